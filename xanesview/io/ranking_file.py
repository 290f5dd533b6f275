"""A ranking as a table or as JSON."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.io.atomic import write_text
from xanesview.io.json_text import json_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xanesview.domain.ranking.candidate import Ranked, Ranking

_FIELDS = (
    "misfit", "error", "tied_with_best", "shift_ev", "added_fwhm_ev", "scale", "edge_step", "shift_at_limit"
)  # fmt: skip


def write_ranking_csv(path: Path, ranking: Ranking) -> None:
    """Write a line a candidate, the best first, then the mixtures.

    Raises
    ------
    XanesviewError
        If the file can't be written.
    """
    lines = [_row(k, one) for k, one in enumerate(ranking.ranked, start=1)]
    write_lines_csv(path, [*lines, *(_row(0, one) for one in ranking.mixtures)])


def write_lines_csv(path: Path, lines: Sequence[Mapping[str, object]]) -> None:
    """Write lines that have the same fields, of which there is at least one, under a line of their names.

    Raises
    ------
    XanesviewError
        If the file can't be written.
    """
    text = io.StringIO()
    table = csv.DictWriter(text, list(lines[0]))
    table.writeheader()
    table.writerows(lines)
    write_text(path, text.getvalue())


def write_ranking_json(path: Path, ranking: Ranking) -> None:
    """Write the same with what every candidate is, what was left out, and the verdict.

    Raises
    ------
    XanesviewError
        If the file can't be written.
    """
    told = {
        "measured": [{"label": one.label, "points": len(one.energy_ev)} for one in ranking.measured],
        "verdict": ranking.verdict(),
        "ranked": [_row(k, one) | dict(one.candidates[0].facts) for k, one in enumerate(ranking.ranked, start=1)],
        "mixtures": [
            _row(0, one) | {"parts": [{"name": c.name, "fraction": f} for c, f in zip(one.candidates, one.fractions)]}
            for one in ranking.mixtures
        ],
        "left_out": [{"name": name, "why": why} for name, why in ranking.left_out],
    }
    write_text(path, json_text(told, indent=2) + "\n")


def _row(number: int, one: Ranked) -> dict[str, object]:
    return {"rank": number or "mixture", "name": one.name, **ranked_fields(one)}


def ranked_fields(one: Ranked | None) -> dict[str, object]:
    """Return what a comparison found, as a file has it; empty fields where there is none."""
    if one is None:
        return dict.fromkeys(_FIELDS, "")
    values = (
        round(one.misfit, 5), round(one.error, 5), one.is_tied, round(one.shift_ev, 3), round(one.fwhm_ev, 3),
        float(f"{one.scale:.6g}"), float(f"{one.step_height * one.scale:.6g}"), one.at_limit,
    )  # fmt: skip
    return dict(zip(_FIELDS, values, strict=True))
