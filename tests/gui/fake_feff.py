"""A process that answers like FEFF10's, without computing; started with a way to behave.

quick: an edge step with a peak along z that tells the atom.  hang: tells a stage and never answers, with a process
beside it that would go on.  fail: says that the site did not converge.  slow: half a second a site.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time

import numpy as np

from xanesview.processes import end_group_with_parent


def answer(job: dict, way: str) -> dict:
    if way == "fail":
        return {"number": job["number"], "error": "It did not converge.", "hint": "Relax it.", "scope": "site"}
    if way == "slow":
        time.sleep(0.5)
    energy = np.linspace(-30.0, 100.0, 261)
    step = 1.0 / (1.0 + np.exp(-energy))
    peak = np.exp(-((energy - 10.0 - job["atom"]) ** 2) / 2.0)
    components = np.array([step, step, step + peak, *np.zeros((3, 261))])
    tensor = {"energy_ev": energy.tolist(), "components": components.tolist(), "e0_ev": 4899.0, "missed": 1e-6}
    return {"number": job["number"], "tensor": tensor, "seconds": 0.01}


def main(way: str) -> None:
    import os

    end_group_with_parent(os.getppid())
    for line in sys.stdin:
        job = json.loads(line)
        print(json.dumps({"number": job["number"], "stage": "scattering", "seconds": 0.0}), flush=True)
        if way == "hang":
            subprocess.run([sys.executable, "-c", "import time; time.sleep(60)"])
        print(json.dumps(answer(job, way)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
