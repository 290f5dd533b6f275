"""FEFF output folders: each folder with ``feff.inp`` and ``xmu.dat`` is one absorber and one polarisation.

Read from feff.inp: TITLE, EDGE or HOLE, RMULTIPLIER, POLARIZATION, POTENTIALS and ATOMS (x y z ipot; the absorber has
ipot 0). xmu.dat: ``#`` lines, then omega, e, k, mu, mu0, chi; mu over omega (eV) is kept. Without POLARIZATION the
spectrum is the average over all directions. Folders with the same cluster and absorber are one site.
https://feff.phys.washington.edu/feff/Docs/feff8/feff8web/node7.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xanesview.domain.site_spectra import SiteSpectra, StructureSpectra
from xanesview.domain.structure import SYMBOLS, Structure
from xanesview.errors import XanesviewError
from xanesview.io.imported import SpectraSource, Warn
from xanesview.io.imported.column_table import read_columns
from xanesview.io.structures.feff import feff_input
from xanesview.io.text_file import number, read_text

SOURCE = SpectraSource(
    title="FEFF spectra",
    method="FEFF, real-space multiple scattering",
    unit="mu(E) of xmu.dat, normalised to the atomic background by FEFF",
    energy_axis="absolute, scale of the calculation (omega of xmu.dat)",
    native_broadening="core-hole lifetime and what EXCHANGE and CORRECTIONS add; see feff.inp",
)
_EDGES = ("NO", "K", "L1", "L2", "L3", "M1", "M2", "M3", "M4", "M5")
_OTHER = {
    "ELNE": "ELNES",
    "EXEL": "EXELFS",
    "NRIX": "NRIXS",
    "XES": "XES",
    "XMCD": "XMCD",
    "XNCD": "XNCD",
    "RECI": "RECIPROCAL",
    "CIF": "CIF",
    "TDLD": "TDLDA",
    "ABSO": "ABSOLUTE",
    "EXAF": "EXAFS",
    "DANE": "DANES",
    "FPRI": "FPRIME",
}
"""Cards (four letters count) whose output is no normalised near-edge absorption, or whose atoms are not in feff.inp."""
_SAME_ANGSTROM = 1e-4


@dataclass(frozen=True, eq=False)
class _Folder:
    """One calculation; ``polarisation`` (3,) or None for the average."""

    structure: Structure
    absorber: int
    edge: str
    polarisation: np.ndarray | None
    energy_ev: np.ndarray
    mu: np.ndarray


def read_feff(place: Path, warn: Warn) -> Iterator[tuple[str, StructureSpectra]]:
    """Yield edge ("Fe K") and structure of all FEFF folders at or below a folder.

    A structure's parent is the first folder below ``place``.

    Raises
    ------
    XanesviewError
        If there is no feff.inp.
    """
    inputs = sorted(p for p in place.rglob("feff.inp") if p.is_file())
    if not inputs:
        raise XanesviewError(
            f"{place} holds no FEFF calculation.", "Each folder of a calculation needs feff.inp and xmu.dat."
        )
    groups: dict[tuple, list[tuple[_Folder, str]]] = {}
    for file in inputs:
        try:
            found = read_feff_folder(file.parent)
        except XanesviewError as error:
            warn(error, str(file.parent))
            continue
        below = file.parent.relative_to(place).parts
        groups.setdefault((_cluster_key(found.structure), found.edge), []).append(
            (found, below[0] if below else place.name)
        )
    for (_, edge), members in groups.items():
        first, parent = members[0]
        by_atom: dict[int, list[_Folder]] = {}
        for found, _ in members:
            atom = _atom_at(first.structure, found.structure.positions_angstrom[found.absorber])
            by_atom.setdefault(atom, []).append(found)
        sites = []
        for atom, folders in sorted(by_atom.items()):
            try:
                sites.append(_merged(atom, folders))
            except XanesviewError as error:
                warn(error, f"{parent}, atom {atom}")
        if sites:
            yield edge, StructureSpectra(first.structure, tuple(sites), parent)


def read_feff_folder(folder: Path) -> _Folder:
    """Read feff.inp and xmu.dat of one folder.

    Raises
    ------
    XanesviewError
        If one is missing, cut off, or for something else than linear or averaged absorption.
    """
    found = feff_input(folder / "feff.inp", read_text(folder / "feff.inp"))
    cards = found.cards
    for card, called in _OTHER.items():
        if card in cards:
            raise XanesviewError(
                f"feff.inp uses {called}, which is not read.", "Only XANES of clusters, normalised by FEFF, is."
            )
    if "XANE" not in cards:
        raise XanesviewError(
            "feff.inp has no XANES card, so that FEFF computed EXAFS, which is not read.",
            "Add XANES to feff.inp and repeat the calculation.",
        )
    if "ELLI" in cards and any(abs(number(w, "ELLIPTICITY")) > 1e-9 for w in cards["ELLI"][:1]):
        raise XanesviewError("feff.inp asks for elliptical polarisation.", "Only linear and averaged spectra are read.")
    polarisation = None
    if "POLA" in cards:
        words = cards["POLA"]
        if len(words) < 3:
            raise XanesviewError("POLARIZATION in feff.inp lacks its three numbers.", "Correct feff.inp.")
        polarisation = np.array([number(w, "POLARIZATION in feff.inp") for w in words[:3]])
        if not polarisation.any():
            polarisation = None  # FEFF itself takes a zero vector as no polarisation
    if len(found.absorbers) != 1:
        raise XanesviewError(
            f"feff.inp has {len(found.absorbers)} atoms of potential 0.", "Exactly one atom, the absorber, has ipot 0."
        )
    structure, absorber = found.structure(folder / "feff.inp"), found.absorbers[0]
    columns = _xmu(folder / "xmu.dat")
    element = SYMBOLS[structure.numbers[absorber]]
    return _Folder(structure, absorber, f"{element} {_edge(cards)}", polarisation, columns[:, 0], columns[:, 3])


def _edge(cards: dict[str, list[str]]) -> str:
    words = cards.get("EDGE") or cards.get("HOLE") or ["K"]
    text = words[0].upper()
    if text.isdigit() and int(text) < len(_EDGES):
        text = _EDGES[int(text)]
    if text not in _EDGES[1:]:
        raise XanesviewError(f"The edge {words[0]} of feff.inp is not known.", "K, L1–L3 and M1–M5 are read.")
    return text


def _xmu(path: Path) -> np.ndarray:
    """Return the table (E, 6) of xmu.dat."""
    if not path.is_file():
        raise XanesviewError("There is no xmu.dat beside feff.inp.", "The calculation has not finished; repeat it.")
    lines = [(k, line) for k, line in enumerate(read_text(path).split("\n"), start=1) if line.strip()]
    columns = read_columns(path, [(k, line) for k, line in lines if not line.lstrip().startswith("#")], 6)
    first = np.concatenate([[True], np.diff(columns[:, 0]) != 0])  # a fine grid may repeat omega to its three decimals
    return columns[first]


def _merged(atom: int, folders: list[_Folder]) -> SiteSpectra:
    """Return one site of all its polarisations, on the grid of the first folder."""
    energy = folders[0].energy_ev
    polarised = [f for f in folders if f.polarisation is not None]
    for other in folders[1:]:
        if np.abs(other.energy_ev[[0, -1]] - energy[[0, -1]]).max() > 1.0:
            raise XanesviewError(
                "The polarisations of one absorber reach over different energies.",
                "Repeat them with the same XANES card.",
            )

    def on_grid(folder: _Folder) -> np.ndarray:
        return np.interp(energy, folder.energy_ev, folder.mu)

    averages = [on_grid(f) for f in folders if f.polarisation is None]
    directions = np.array([f.polarisation for f in polarised]).reshape(-1, 3)
    spectra = np.array([on_grid(f) for f in polarised]).reshape(len(polarised), len(energy))
    return SiteSpectra(atom, energy, directions, spectra, averages[0] if averages else None)


def _cluster_key(structure: Structure) -> bytes:
    """Return what is equal for the same atoms at the same places, in whatever order they are listed."""
    rows = np.column_stack([structure.numbers, np.rint(structure.positions_angstrom / _SAME_ANGSTROM)]).astype("<i8")
    return rows[np.lexsort(rows.T)].tobytes()


def _atom_at(structure: Structure, position_angstrom: np.ndarray) -> int:
    return int(np.linalg.norm(structure.positions_angstrom - position_angstrom, axis=1).argmin())
