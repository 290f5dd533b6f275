"""A process that teaches a copy of a network for the window: ``python -m xanesview.training.teaching.worker``.

A job is {"do": "look" | "teach", "network", "folder", "own" (the folder of the user's set), "keys"; to teach also
"marks", "name", "choices"}. What goes on is told as {"number", "stage"} with a line of JSON as the stage; the answer is
{"number", "found"} or {"number", "error", "hint"}.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from xanesview.reference.engine.worker import serve_group, told


def answer(job: dict, say: Callable[[dict], None]) -> dict:
    """Do one job; whatever goes wrong is part of the answer."""
    number = job["number"]

    def tell(line: dict) -> None:
        say({"number": number, "stage": json.dumps(line)})

    try:
        return {"number": number, "found": _done(job, tell)}
    except Exception as error:  # the window must hear of it
        logging.getLogger(__name__).warning("teaching failed", exc_info=error)
        return {"number": number, **told(error)}


def _done(job: dict, tell: Callable[[dict], None]) -> dict:
    import torch

    from xanesview.training.teaching.own_set import OwnSet

    torch.set_num_threads(1)
    wanted = set(job["keys"])
    entries = [one for one in OwnSet(Path(job["own"])).content().entries if one.key in wanted]
    folder = Path(job["folder"])
    if job["do"] == "look":
        from xanesview.training.teaching.looking import own_errors

        return own_errors(job["network"], entries, folder, tell)
    from xanesview.training.teaching.teach import TeachingChoices, teach

    choices = TeachingChoices(**job.get("choices", {}))
    found = teach(job["network"], entries, job["marks"], folder, job["name"], choices, tell)
    return {"tests": [asdict(one) for one in found]}


if __name__ == "__main__":
    serve_group(answer)
