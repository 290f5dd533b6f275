"""A process that answers like the first-principles engine, without computing; started with a way to behave.

quick: a line at 286 + 0.1·atom eV (after the offset of C) along z.  hang: never answers.  die: ends at the first job.
fail: says that the site did not converge.  slow: half a second a site.
"""

from __future__ import annotations

import json
import sys
import time

OFFSET_EV = -6.77


def answer(job: dict, way: str) -> dict:
    if way == "fail":
        return {"number": job["number"], "error": "It did not converge.", "hint": "Relax it.", "scope": "site"}
    if way == "slow":
        time.sleep(0.5)
    sticks = {
        "energy_ev": [286.0 + 0.1 * job["atom"] - OFFSET_EV],
        "dipole_bohr": [[0.0, 0.0, 0.1]],
        "ip_ev": 291.0 - OFFSET_EV,
    }
    return {"number": job["number"], "sticks": sticks, "seconds": 0.01}


def main(way: str) -> None:
    for line in sys.stdin:
        if way == "die":
            sys.exit(3)
        if way == "hang":
            continue
        print(json.dumps(answer(json.loads(line), way)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
