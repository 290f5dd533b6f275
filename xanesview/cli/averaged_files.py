"""Structures of one file taken as conformers of one molecule, for ``xanesview rank --conformers``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.cli.telling import tell_notice
from xanesview.errors import XanesviewError

if TYPE_CHECKING:
    from xanesview.domain.ranking.candidate import Candidate
    from xanesview.domain.structure import Structure

#: Shares below this are not named.
_NAMED = 0.05


def averaged_files(
    found: Sequence[tuple[Path, Structure, Candidate]], temperature_k: float
) -> list[Candidate]:
    """Return one candidate a file, its structures weighted by their GFN2-xTB energies as they lie.

    A file of different molecules, and one of which an energy can't be computed, is told of and left as it is.
    """
    files: dict[Path, list[tuple[Structure, Candidate]]] = {}
    for path, structure, candidate in found:
        files.setdefault(path, []).append((structure, candidate))
    result: list[Candidate] = []
    for path, own in files.items():
        if len(own) == 1:
            result.append(own[0][1])
            continue
        try:
            result.append(_averaged(path, own, temperature_k))
        except XanesviewError as error:
            tell_notice(f"{path.name} is not averaged: {error.message}", error.hint)
            result += [candidate for _, candidate in own]
    return result


def _averaged(path: Path, own: Sequence[tuple[Structure, Candidate]], temperature_k: float) -> Candidate:
    from xanesview.domain.ranking.conformers import averaged, boltzmann_shares
    from xanesview.reference.engine.gfn2 import energy_ev

    formulas = sorted({structure.formula for structure, _ in own})
    if len(formulas) > 1:
        raise XanesviewError(f"it holds {' and '.join(formulas[:3])}.", "Conformers are of one molecule.")
    shares = boltzmann_shares([energy_ev(structure) for structure, _ in own], temperature_k)
    candidates = [candidate for _, candidate in own]
    order = sorted(range(len(own)), key=lambda k: -shares[k])
    named = [f"{candidates[k].name} {100 * shares[k]:.0f} %" for k in order if shares[k] >= _NAMED]
    tell_notice(f"{path.name}: {len(own)} conformers at {temperature_k:g} K: {', '.join(named)}.")
    return averaged(f"{path.stem} ({len(own)} conformers)", candidates, shares.tolist())
