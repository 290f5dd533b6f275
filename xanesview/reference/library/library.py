"""The library of computed spectra: which molecules it holds, and their spectra on demand.

The index is read from the heads of the blocks (a few milliseconds a file), so that it can't be out of step with them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.sticks import NATIVE_WIDTHS, stick_tensor
from xanesview.errors import Cancelled, XanesviewError
from xanesview.io.spectra.stick_file import StickEntry, StickMolecule, read_entries, read_molecule
from xanesview.paths import data_dir, resource
from xanesview.reference.library.names import names_of

UNIT = "hartree bohr²/eV"
STEP_EV = 0.1
#: First and last energy of the K edges, eV: from below the first line to where a finite basis ends to mean anything.
WINDOWS_EV = {"C": (278.0, 312.0), "N": (394.0, 428.0), "O": (524.0, 560.0), "F": (680.0, 716.0)}


@dataclass(frozen=True)
class Library:
    """All molecules of some blocks; ``problems`` says which blocks can't be read and why."""

    entries: tuple[StickEntry, ...]
    problems: tuple[str, ...] = ()

    def edges(self) -> tuple[str, ...]:
        """Return the edges there are, such as "C K"."""
        return tuple(sorted({edge_of(entry) for entry in self.entries}))

    def undisplaced(self, formula: str) -> list[StickEntry]:
        """Return the molecules of a formula in the shape they have at rest."""
        return [entry for entry in self.entries if entry.formula == formula and not entry.is_displaced]


def library_dirs() -> list[Path]:
    """Return the folders that hold blocks: the one that comes with the program, then the user's own."""
    return [resource("reference"), data_dir() / "reference"]


def load_library(folders: Iterable[Path] | None = None, cancelled: Callable[[], bool] = lambda: False) -> Library:
    """Read the index of all blocks of some folders, by default of those of the program and of the user.

    Raises
    ------
    Cancelled
        Before the next block, where `cancelled` says that nobody waits any more: all of them take seconds once.
    """
    chosen = library_dirs() if folders is None else folders
    entries: list[StickEntry] = []
    problems: list[str] = []
    for path in [path for folder in chosen for path in sorted(folder.glob("*.h5"))]:
        if cancelled():
            raise Cancelled
        try:
            state = path.stat()
            entries += _entries(path, state.st_mtime_ns, state.st_size)
        except OSError as error:
            problems.append(f"{path.name} cannot be read: {error.strerror or error}.")
        except XanesviewError as error:
            problems.append(error.message)
    return Library(tuple(entries), tuple(problems))


@lru_cache(maxsize=256)
def _entries(path: Path, _changed_ns: int, _size: int) -> tuple[StickEntry, ...]:
    return tuple(read_entries(path))


def edge_of(entry: StickEntry) -> str:
    """Return the edge with its element, such as "C K"."""
    return f"{entry.element} {entry.edge}"


def energies_ev(molecule: StickMolecule) -> np.ndarray:
    """Return the grid (E,) on which a molecule's spectra are given, eV."""
    first = min(float(energy.min()) for energy, _ in molecule.sticks) + molecule.energy_offset_ev
    low, high = WINDOWS_EV.get(molecule.entry.element, (np.floor(first) - 5.0, np.floor(first) + 30.0))
    return low + STEP_EV * np.arange(round((high - low) / STEP_EV) + 1)


def tensor_of(molecule: StickMolecule) -> AbsorptionTensor:
    """Return the tensors of the computed sites in the frame of the calculation, with native widths."""
    grid, offset = energies_ev(molecule), molecule.energy_offset_ev
    components = [
        stick_tensor(grid, energy, dipole, float(ip), offset)
        for (energy, dipole), ip in zip(molecule.sticks, molecule.ip_ev, strict=True)
    ]
    return AbsorptionTensor(
        energy_ev=grid,
        components=np.stack(components),
        sites=molecule.sites,
        unit=UNIT,
        edge=edge_of(molecule.entry),
        native_fwhm_ev=NATIVE_WIDTHS.fwhm_ev,
        ip_ev=molecule.ip_ev + offset,
    )


def isotropic_of(entry: StickEntry) -> Spectrum:
    """Return the isotropic spectrum of a molecule per absorbing atom.

    Sites computed for one atom of an equivalence class count as often as the class has atoms.
    """
    molecule = read_molecule(entry)
    tensor = tensor_of(molecule)
    weights = site_multiplicities(molecule)
    return Spectrum(
        energy_ev=tensor.energy_ev,
        intensity=weights @ tensor.isotropic() / weights.sum(),
        unit=tensor.unit,
        label=shown_name(entry),
        kind="computed",
        native_fwhm_ev=tensor.native_fwhm_ev,
        provenance={
            "source": source_of(entry),
            "smiles": entry.smiles,
            "edge": edge_of(entry),
            "sigma_angstrom": f"{entry.sigma_angstrom:.2f}",
            "average": f"isotropic, per {entry.element} atom",
        },
    )


def site_multiplicities(molecule: StickMolecule) -> np.ndarray:
    """Return for how many atoms each computed site stands, (S,): its class's atoms shared by its computed sites."""
    alike = molecule.structure.numbers == molecule.structure.numbers[molecule.sites[0]]
    rank = molecule.rank[molecule.sites]
    return np.array([np.sum(alike & (molecule.rank == r)) / np.sum(rank == r) for r in rank])


def source_of(entry: StickEntry) -> str:
    """Say where a spectrum comes from."""
    called = shown_name(entry)
    name = entry.name if called in (_plain_name(entry), entry.formula) else f"{entry.name} ({called})"
    return f"library {entry.path.name}, {name}" + (f"; {entry.method}" if entry.method else "")


def shown_name(entry: StickEntry) -> str:
    """Return what a molecule is called; its formula where it has but a number in a list."""
    head, _, tail = entry.name.partition("_")
    in_list = head in ("ring", "qm9", "fl", "flu", "odd") and tail.isdigit()
    numbered = in_list or (head[:3] == "cur" and head[3:].isdigit())
    if entry.name and not numbered:
        return _plain_name(entry)
    known = names_of(entry.smiles)
    return known[0] if known else entry.formula


def _plain_name(entry: StickEntry) -> str:
    """Its name in words: “acetic acid”, “ammonia”, “1,1-dichloroethane” of acetic_acid, odd_ammonia, 1_1-…."""
    name = re.sub(r"(?<![A-Za-z])([0-9NOS])_(?=[0-9NOS]-)", r"\1,", entry.name.removeprefix("odd_"))
    return name.replace("_", " ")
