"""Rows of a list of many structures, and what a file says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xanesview.domain.ranking.candidate import Ranked
    from xanesview.io.structure_sources import StructureSource
    from xanesview.shown.predicted_structure import PredictedStructure


@dataclass(frozen=True, eq=False)
class CandidateRow:
    """One structure of the list.

    Attributes
    ----------
    source : StructureSource
    found : PredictedStructure or None
        None until it is predicted, and where it can't be.
    problem : str
        Why it can't be.
    """

    source: StructureSource
    found: PredictedStructure | None = None
    problem: str = ""

    @property
    def name(self) -> str:
        """What to call it."""
        return self.source.name if self.found is None else self.found.name


def candidate_lines(
    rows: Sequence[CandidateRow], ranked: Callable[[int], Ranked | None], order: Iterable[int]
) -> list[dict[str, object]]:
    """Return a line a row for a table: what it is, what the comparison found, what has to be said of it.

    Parameters
    ----------
    rows : of the list
    ranked : gives what the comparison found of a row; numbers behind the last row are mixtures
    order : of the lines, by the numbers of the rows
    """
    return [_line(rows[k] if k < len(rows) else None, ranked(k)) for k in order]


def _line(row: CandidateRow | None, ranked: Ranked | None) -> dict[str, object]:
    from xanesview.io.ranking_file import ranked_fields

    found = None if row is None else row.found
    facts = {} if found is None else found.facts
    said = () if found is None else (*found.warnings, *found.notices)
    return {
        "name": ranked.name if row is None and ranked is not None else row.name,
        "formula": facts.get("formula", ""),
        "sites": "" if found is None else len(found.sites),
        **ranked_fields(ranked),
        "outside_training": facts.get("outside", ""),
        "remarks": " | ".join(said),
        "problem": "" if row is None else row.problem,
        "network": facts.get("network", ""),
        "structure_hash": facts.get("structure_hash", ""),
        "file": "" if row is None else str(row.source.path),
        "frame": "" if row is None or row.source.frame is None else row.source.frame + 1,
    }
