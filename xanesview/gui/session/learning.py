"""A copy of a network that learns: what its process tells, as curves and as a line of the list of jobs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.gui.session.jobs import Job
    from xanesview.gui.session.teaching_pace import TeachingPace

#: Where in the bar the learning begins, and where the test does.
_FROM, _TO = 0.05, 0.92


@dataclass
class Learning:
    """A copy that learns, or has learnt: errors (member, epoch, {group: error}), and the tests once it is done."""

    network: str
    name: str
    folder: Path
    job: Job | None = None
    pace: TeachingPace | None = None
    curves: list[tuple[int, int, dict[str, float]]] = field(default_factory=list)
    tests: dict[str, dict[str, float]] | None = None

    def follow(self, line: Mapping[str, Any]) -> None:
        """Take up what the process has told, a line of `training.teaching.worker`."""
        stage = line.get("stage")
        if "errors" in line:
            self.curves.append((int(line["member"]), int(line["epoch"]), dict(line["errors"])))
        if stage == "reading":
            self.job.progress(self.job.share, sentence=tr("reads the molecules"))
        elif stage == "learning":
            self.job.progress(_FROM, sentence=tr("learns"))
        elif stage == "testing":
            tested = float(line["share"])
            left_s = self.pace.testing_left_s(tested)
            self.job.progress(_TO + (1.0 - _TO) * tested, left_s, tr("is tested"))
        elif line["epoch"]:
            self._tell_learnt(int(line["member"]), int(line["members"]), float(line["epoch"]), int(line["epochs"]))

    def _tell_learnt(self, member: int, members: int, epoch: float, epochs: int) -> None:
        learnt = (member + epoch / max(1, epochs)) / max(1, members)
        words = tr("member {member} of {members}, epoch {epoch} of {epochs}").format(
            member=member + 1, members=members, epoch=min(int(epoch) + 1, epochs), epochs=epochs
        )
        self.job.progress(_FROM + (_TO - _FROM) * learnt, self.pace.left_s(learnt), words)


def parsed(text: str) -> dict | None:
    """Return a line that the process has told; None for anything else."""
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None
