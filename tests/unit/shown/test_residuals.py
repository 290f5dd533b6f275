"""What is left of references."""

from __future__ import annotations

import numpy as np

from xanesview.shown.curve import Curve, Subject
from xanesview.shown.residuals import residual_curves


def test_each_visible_reference_minus_the_current_curve_where_both_are():
    energy = np.linspace(280.0, 300.0, 201)
    current = Curve("current", energy, np.sin(energy), "", "current", subject=Subject("prediction"))
    grid = np.linspace(270.0, 310.0, 81)
    film = Curve("reference-0", grid, np.ones(81), "film", "measured", subject=Subject("reference", 0), order=3)
    hidden = Curve("reference-1", grid, np.ones(81), "", "measured", visible=False, subject=Subject("reference", 1))
    far = Curve("reference-2", grid + 500.0, np.ones(81), "", "measured", subject=Subject("reference", 2))
    (rest,) = residual_curves([current, film, hidden, far])
    assert (rest.key, rest.order, rest.role) == ("residual-reference-0", 3, "measured")
    np.testing.assert_allclose(rest.energy_ev, np.arange(280.0, 300.1, 0.5))
    np.testing.assert_allclose(rest.intensity, 1.0 - np.interp(rest.energy_ev, energy, np.sin(energy)))
    assert residual_curves([film]) == []
