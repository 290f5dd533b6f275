"""What the pictures of a movie say of its experiment."""

from __future__ import annotations

import numpy as np

from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.geometry.momentum_transfer import ElectronEnergyLoss
from xanesview.domain.geometry.polarisation import LinearPolarisation
from xanesview.domain.spectrum import Spectrum
from xanesview.drawing3d.movie import MovieFrame, movie_pictures
from xanesview.gui.appearance.palette import LIGHT
from xanesview.io.examples import find_example
from xanesview.io.structures.registry import read_structure


def test_the_axes_are_called_after_the_experiment() -> None:
    structure = read_structure(find_example("benzene").path)
    energy = np.linspace(280.0, 300.0, 81)
    spectrum = Spectrum(energy, np.exp(-((energy - 285.0) ** 2)), unit="Mb/eV", label="one")

    def plot(geometry: Geometry) -> np.ndarray:
        (picture,) = movie_pictures([MovieFrame(structure, geometry, spectrum)], (640, 280), LIGHT)
        return picture[:, 288:].astype(int)

    light, electrons = plot(LinearPolarisation()), plot(ElectronEnergyLoss())
    differ = np.abs(electrons - light).max(axis=2) > 60
    assert differ[:, :30].any(), "Loss intensity, not Absorption"
    assert differ[200:, 60:].any(), "Energy loss, not Photon energy"
