"""Candidates for a measured spectrum: structures as a network predicts them, molecules of the library as computed.

Spectra are per absorbing atom and drawn as measured where the network of the edge was fitted to measured spectra.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.geometry.polarisation import Powder
from xanesview.domain.ranking.candidate import Candidate
from xanesview.errors import UsageError
from xanesview.shown.predicted_structure import predicted_structure
from xanesview.shown.spectra import spectrum_of
from xanesview.shown.tensors import look_at

if TYPE_CHECKING:
    from xanesview.domain.processing.as_measured import AsMeasured
    from xanesview.domain.structure import Structure
    from xanesview.inference.loaded_network import Predictor
    from xanesview.io.spectra.stick_file import StickEntry
    from xanesview.reference.library.library import Library


def predicted_candidate(
    name: str, structure: Structure, predictor: Predictor, geometries: Sequence[Geometry]
) -> tuple[Candidate, tuple[str, ...]]:
    """Return a structure as a candidate, one spectrum a geometry, and what has to be said of its prediction.

    Raises
    ------
    XanesviewError
        If the network can't predict it.
    """
    from xanesview.inference.predictor import default_sites

    prediction = predictor.predict(structure, default_sites(structure, predictor.card))
    found = predicted_structure(name, structure, prediction, predictor.card)
    return found.candidate(geometries, getattr(predictor, "along", None)), found.notices


def library_candidates(entries: Iterable[StickEntry], measured: AsMeasured | None) -> list[Candidate]:
    """Return computed molecules as candidates, each with its isotropic spectrum.

    Parameters
    ----------
    entries : of one edge
    measured : how spectra of the edge are drawn as measured, as the card of its network says; None for as computed
    """
    from xanesview.io.spectra.stick_file import read_molecule
    from xanesview.reference.library.library import shown_name, site_multiplicities, source_of, tensor_of

    found = []
    for entry in entries:
        molecule = read_molecule(entry)
        tensor, counts = tensor_of(molecule), site_multiplicities(molecule)
        shares = tuple((counts / counts.sum()).tolist())
        look = look_at(tensor, tuple(int(s) for s in tensor.sites), shares, "absolute", None, measured)
        if look.problem is not None:
            raise look.problem
        weight = Powder().weight()
        called = shown_name(entry)
        name = f"{called} {entry.smiles}" if called == entry.formula else called  # isomers share a formula
        spectrum = spectrum_of(look.summed, look.total(weight), name, None, kind="computed")
        facts = {"formula": entry.formula, "smiles": entry.smiles, "source": source_of(entry)}
        found.append(Candidate(name, (spectrum,), look.e0_ev, facts))
    return found


def nearest_in_composition(library: Library, element: str, formula: str, most: int) -> list[StickEntry]:
    """Return so many molecules of an edge, those nearest in composition first: isomers, then neighbours.

    Each constitution once, at rest where the library has it so. Without a formula all count alike.

    Raises
    ------
    UsageError
        If the formula can't be read.
    """
    asked = _counts(formula)
    if formula and not asked:
        raise UsageError(f"“{formula}” is no formula.", "Write it as C7H8O.")
    best: dict[str, StickEntry] = {}
    for entry in library.entries:
        if entry.element == element and (entry.smiles not in best or best[entry.smiles].is_displaced):
            best[entry.smiles] = entry

    def distance(entry: StickEntry) -> tuple[float, str]:
        have = _counts(entry.formula)
        far = sum(abs(have.get(e, 0) - asked.get(e, 0)) * (0.25 if e == "H" else 1.0) for e in {*have, *asked})
        return (far if asked else 0.0), entry.name
    return sorted(best.values(), key=distance)[:most]


def _counts(formula: str) -> dict[str, int]:
    """Return the atoms of a formula such as C7H8O; nothing of a text that is none."""
    if not re.fullmatch(r"(?:[A-Z][a-z]?\d{0,4})+", formula):
        return {}
    found: dict[str, int] = {}
    for symbol, count in re.findall(r"([A-Z][a-z]?)(\d*)", formula):
        found[symbol] = found.get(symbol, 0) + int(count or 1)
    return found
