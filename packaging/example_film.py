"""Makes the spectra of a film that the tour fits: computed by a network, with noise; nothing here was measured.

    python packaging/example_film.py [FOLDER]

Benzene whose rings are tilted by 35°, all azimuths alike, at four angles of the field from the surface normal, P 0.95;
scaled, moved and with noise of 1 % of the highest point, as a beamline would hand it over.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

import xanesview

TILT_DEG, DEGREE, ANGLES_DEG = 35.0, 0.95, (20, 40, 60, 90)
ENERGIES_EV = np.arange(280.0, 300.01, 0.1)
SCALE, OFFSET, SHIFT_EV, NOISE = 0.4, 0.03, 0.3, 0.01
_HEAD = (
    f"Computed, not measured: benzene by {{network}}, rings tilted by {TILT_DEG:g} deg, all azimuths, "
    f"noise {100 * NOISE:g} % of the highest point; made for the tour of the program\n"
    f"Degree of polarisation: {DEGREE:g}\n"
    "energy_eV intensity"
)


def main(folder: Path) -> None:
    """Write one file an angle."""
    examples = Path(__file__).parents[1] / "resources" / "examples"
    benzene = xanesview.read(examples / "benzene.extxyz")
    _, _, axes = np.linalg.svd(benzene.positions_angstrom - benzene.positions_angstrom.mean(axis=0))
    tilt = np.radians(TILT_DEG)
    normal = np.cos(tilt) * axes[2] + np.sin(tilt) * axes[0]
    predicted = xanesview.predict(benzene)
    series = predicted.theta_series(
        ANGLES_DEG, degree=DEGREE, average="film", normal=normal, as_measured=True
    )
    rng = np.random.default_rng(35)
    highest = max(float(one.intensity.max()) for one in series.spectra)
    folder.mkdir(parents=True, exist_ok=True)
    for angle, one in zip(ANGLES_DEG, series.spectra, strict=True):
        intensity = np.interp(ENERGIES_EV - SHIFT_EV, one.energy_ev, one.intensity)
        intensity = SCALE * (intensity + NOISE * highest * rng.standard_normal(len(ENERGIES_EV))) + OFFSET
        np.savetxt(
            folder / f"benzene_film_{angle}deg.dat", np.column_stack([ENERGIES_EV, intensity]), fmt=("%.1f", "%.5f"),
            header=_HEAD.format(network=predicted.predictor.card.name),
        )  # fmt: skip


if __name__ == "__main__":
    root = Path(__file__).parents[1] / "resources" / "examples" / "spectra"
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else root)
