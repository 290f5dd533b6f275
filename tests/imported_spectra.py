"""Small sources of site spectra in the layouts of others, made up: no calculation stands behind the numbers."""

from __future__ import annotations

import shutil
from pathlib import Path

import h5py
import numpy as np

DATA = Path(__file__).parent / "data" / "imported"
SIX = ((1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 1, 1), (1, 0, 1), (1, 1, 0))


def write_isdpainn(path, sites=((1, 0), (5, 0)), columns=4):
    """Write the layout of site_spectra_0.5eV.hdf5: x, y, z peak with heights 1, 2, 3 one eV above the first energy."""
    energy = np.arange(-5.0, 25.0, 0.1)
    peak = np.exp(-0.5 * ((energy - 1.0) / 0.5) ** 2)
    directional = np.stack([peak, 2 * peak, 3 * peak], axis=1)
    with h5py.File(path, "w") as f:
        for molecule, site in sites:
            group = f.create_group(f"{molecule}/{site}")
            group["energies"] = energy
            values = np.column_stack([directional.mean(axis=1), directional])
            group["spectrum"] = values[:, 4 - columns:]
            group.attrs.update(excitation_energy=289.0, multiplicity=2 if molecule == 5 else 1)
    return path


def feff_folder(place: Path, polarisation: tuple | None, height: float = 1.0) -> Path:
    """Write a calculation with another POLARIZATION card, mu multiplied by height."""
    place.mkdir(parents=True)
    text = (DATA / "feff" / "feff.inp").read_text(encoding="utf-8")
    card = "" if polarisation is None else "POLARIZATION " + " ".join(map(str, polarisation))
    lines = [card if line.startswith("POLARIZATION") else line for line in text.split("\n")]
    (place / "feff.inp").write_text("\n".join(lines), encoding="utf-8")
    rows = []
    for line in (DATA / "feff" / "xmu.dat").read_text(encoding="utf-8").splitlines():
        words = line.split()
        if not line.startswith("#"):
            line = " ".join([*words[:3], f"{height * float(words[3]):.8E}", *words[4:]])
        rows.append(line)
    (place / "xmu.dat").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return place


def fdmnes_folder(place: Path, **changes: str) -> Path:
    """Copy the hand-made calculation; keyword arguments replace text in the input."""
    shutil.copytree(DATA / "fdmnes", place)
    path = place / "nio_inp.txt"
    text = path.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return place
