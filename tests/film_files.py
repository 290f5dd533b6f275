"""Files of a film measured at several angles, made of known numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np

THETAS_DEG = (20.0, 40.0, 55.0, 70.0, 90.0)
ENERGY_EV = np.arange(282.0, 312.0, 0.1)


def write_spectra(folder: Path, intensities: np.ndarray, energy_ev: np.ndarray = ENERGY_EV, name: str = "film") -> list:
    """Write spectra (A, E) of `THETAS_DEG`, a file an angle; return the paths."""
    paths = []
    for theta, row in zip(THETAS_DEG, intensities, strict=True):
        path = folder / f"{name}_{theta:g}deg.dat"
        lines = [f"{e:.3f} {y:.6e}" for e, y in zip(energy_ev, row, strict=True)]
        path.write_text("# energy_ev intensity\n" + "\n".join(lines) + "\n")
        paths.append(path)
    return paths


def write_table(path: Path, intensities: np.ndarray, energy_ev: np.ndarray = ENERGY_EV) -> Path:
    """Write the same as one table, a column an angle; return the path."""
    rows = [",".join([f"{e:.3f}", *(f"{y:.6e}" for y in row)]) for e, row in zip(energy_ev, intensities.T, strict=True)]
    path.write_text(",".join(["energy", *(f"{theta:g}" for theta in THETAS_DEG)]) + "\n" + "\n".join(rows) + "\n")
    return path
