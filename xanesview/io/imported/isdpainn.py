"""The C K-edge site spectra of the ISD-PaiNN authors (``site_spectra_0.5eV.hdf5``) with geometries of QM9.

Layout: group ``MOLECULE/SITE`` (both decimal; the molecule as numbered in QM9, the site as atom index from 0) with
``energies`` (E,) in eV from the first transition, ``spectrum`` (E, 4) average, x, y, z (or (E, 3) without the
average) and the attributes ``excitation_energy`` (eV, to add to the energies) and ``multiplicity``. The frame is that
of QM9's geometries. Shibata et al., Sci. Data 9, 214 (2022), https://doi.org/10.1038/s41597-022-01303-8.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np

from xanesview.domain.site_spectra import SiteSpectra, StructureSpectra
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError, in_plain_words
from xanesview.io.hdf5 import check_dataset, read_h5
from xanesview.io.imported import SpectraSource, Warn
from xanesview.io.imported.qm9 import Qm9Geometries
from xanesview.io.text_file import check_is_file

SOURCE = SpectraSource(
    title="C K-edge spectra of QM9 molecules (ISD-PaiNN's data)",
    method="CASTEP, excited-core-hole DFT, by Shibata et al., Sci. Data 9, 214 (2022)",
    unit="2 x dynamical structure factor, 1/eV",
    energy_axis="absolute, scale of the calculation (excitation energy added)",
    native_broadening="Gaussian, sigma as in the file's name (published: 0.5 eV, FWHM 1.18 eV)",
)
DEFAULT_GRID_EV = np.linspace(288.0, 310.0, 256)
"""The grid that the authors train on; they take a spectrum as zero where it was not computed."""


def read_isdpainn(path: Path, structures: Path, warn: Warn) -> Iterator[StructureSpectra]:
    """Yield the molecules in the order of their numbers.

    Parameters
    ----------
    path : the HDF5 file
    structures : folder of QM9's .xyz or .sdf files, or one .sdf file with many molecules
    warn : told about molecules that are left out

    Raises
    ------
    XanesviewError
        If the file has another layout, or there are no geometries.
    """
    check_is_file(path)
    try:
        with read_h5(path) as file:
            numbers = sorted(int(name) for name in file if name.isdigit())
            if not numbers:
                raise XanesviewError(
                    f"{path.name} holds no molecules.",
                    "The file needs groups MOLECULE/SITE with energies and spectrum, as site_spectra_0.5eV.hdf5 has.",
                )
            geometries = Qm9Geometries(structures, frozenset(numbers))
            for number, group in ((number, file[str(number)]) for number in numbers):
                try:
                    structure = geometries.read(number)
                    sites = tuple(_site(group[name], int(name), structure) for name in _sites(group, number))
                    yield StructureSpectra(structure, sites)
                except XanesviewError as error:
                    warn(error, f"molecule {number}")
    except OSError as error:
        raise XanesviewError(
            f"{path.name} cannot be read as HDF5 ({in_plain_words(error)}).",
            "It may be damaged or cut off; get it again.",
        ) from error


def _sites(group: h5py.Group, number: int) -> list[str]:
    names = sorted((name for name in group if name.isdigit()), key=int) if isinstance(group, h5py.Group) else []
    if not names:
        raise XanesviewError(f"Molecule {number} has no sites.", "It was left out.")
    return names


def _site(group: h5py.Group, atom: int, structure: Structure) -> SiteSpectra:
    if atom >= structure.n_atoms or structure.numbers[atom] != 6:
        what = structure.symbols[atom] if atom < structure.n_atoms else "no atom"
        raise XanesviewError(
            f"Site {atom} should be a carbon but is {what} of {structure.name}.",
            "The geometries and the spectra do not belong together; give QM9's own files.",
        )
    try:
        for name in ("energies", "spectrum"):
            check_dataset(group[name], Path(group.file.filename))
        energy = group["energies"][:].astype(float) + float(group.attrs["excitation_energy"])
        values = group["spectrum"][:].astype(float)
        multiplicity = int(group.attrs.get("multiplicity", 1))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise XanesviewError(
            f"Site {atom} lacks energies, spectrum or excitation_energy.",
            "The layout is that of site_spectra_0.5eV.hdf5.",
        ) from error
    if values.ndim != 2 or values.shape[0] != len(energy) or values.shape[1] not in (3, 4):
        raise XanesviewError(
            f"The spectrum of site {atom} has the shape {values.shape}, not ({len(energy)}, 4).",
            "Its columns are the average, x, y and z.",
        )
    directional = values[:, -3:].T
    if values.shape[1] == 4:
        scale = np.abs(values).max(initial=0.0)
        if np.abs(values[:, 0] - directional.mean(axis=0)).max(initial=0.0) > 1e-3 * scale:
            raise XanesviewError(
                f"The first column of site {atom} is not the mean of the other three.",
                "The columns must be the average, x, y and z.",
            )
    return SiteSpectra(atom, energy, np.eye(3), directional, directional.mean(axis=0), multiplicity)
