"""Explains a site's spectrum in a thread of its own; torch is first imported there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.domain.structure import Structure
from xanesview.gui.background.latest_work import LatestWork

if TYPE_CHECKING:
    from PySide6.QtCore import QObject


@dataclass(frozen=True, eq=False)
class Question:
    """What is to be explained; see `xanesview.inference.explanation.explain`."""

    structure: Structure
    site: int
    network: Path
    windows_ev: tuple[tuple[float, float], ...]
    method: str


class Explaining(LatestWork):
    """Answers the newest question with the question and its `Explanation`; an older one that runs is cancelled."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("explanation", "The explanation could not be made", parent)

    def explain(self, question: Question) -> None:
        """Explain this, and nothing that was asked before."""
        self.ask(lambda cancelled: (question, self._explained(question, cancelled)))

    def _explained(self, question: Question, cancelled):
        from xanesview.inference.explanation import explain

        return explain(
            question.structure, question.site, question.network, question.windows_ev, question.method,
            cancelled=cancelled,
        )  # fmt: skip
