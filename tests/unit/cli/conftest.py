"""A network that is a formula, so that every number on the command line can be known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.inference import predictor as inference
from xanesview.inference.domain_check import SiteVerdict
from xanesview.inference.loaded_network import Prediction
from xanesview.networks.card import Card

ENERGY_EV = np.linspace(280.0, 305.0, 101)
STRUCTURES = Path(__file__).parents[2] / "data" / "structures"


def expected_components(atom: int) -> np.ndarray:
    """Return the tensor (6, E) that the formula gives an atom."""
    peak = np.exp(-0.5 * ((ENERGY_EV - 285.0 - 0.1 * atom) / 0.5) ** 2)
    return np.array([0.2, 0.3, 1.0, 0.05, -0.02, 0.01])[:, None] * peak


class FormulaPredictor:
    """Gives each carbon `expected_components`; atoms above number 900 are outside its domain."""

    device = "CPU"
    card = Card(
        name="formula", title="A formula", kind="tensor", gives="tensor", element="C", edge="K", energy_ev=ENERGY_EV,
        unit="hartree bohr²/eV", native_fwhm_ev=1.18, elements=("C", "H", "N", "O"), licence="BSD-3-Clause",
        path=Path("formula"),
    )  # fmt: skip

    def predict(self, structure, sites, *, progress=None, cancelled=None) -> Prediction:
        """Return the formula's tensors."""
        components = np.array([expected_components(int(site)) for site in sites])
        tensor = AbsorptionTensor(ENERGY_EV, components, np.asarray(sites), self.card.unit, "C K", 1.18)
        squeezed = structure.notices and structure.notices[0].kind == "overlap"
        verdicts = tuple(SiteVerdict(int(s), not squeezed, ("close contact",) if squeezed else ()) for s in sites)
        return Prediction(tensor, verdicts, 0.01, self.device, "formula")


@pytest.fixture
def formula(monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """Put the formula in place of the networks; return the list of what was loaded."""
    loaded: list[tuple] = []

    def load(name_or_path: object = inference.DEFAULT_NETWORK, device: str = "auto") -> FormulaPredictor:
        loaded.append((name_or_path, device))
        return FormulaPredictor()

    monkeypatch.setattr(inference, "load_predictor", load)
    return loaded
