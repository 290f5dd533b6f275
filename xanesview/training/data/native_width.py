"""How wide the spectra of a data set are already: what cards say of it."""

from __future__ import annotations

import numpy as np

from xanesview.domain.sticks import NATIVE_SIGMA_EV, SIGMA_TO_FWHM
from xanesview.training.data.dataset import SpectraDataset

STICKS_FWHM_EV = round(NATIVE_SIGMA_EV * SIGMA_TO_FWHM, 4)
STICKS_WIDTH = "Gaussian σ 0.5 eV up to the ionisation potential; FWHM grows to 4 eV over the next 15 eV"


def native_width(dataset: SpectraDataset) -> dict:
    """Return ``native_fwhm_ev`` and ``native_width`` of a card."""
    if dataset.method.endswith("sticks"):
        return {"native_fwhm_ev": STICKS_FWHM_EV, "native_width": STICKS_WIDTH}
    step = float(np.median(np.diff(dataset.energy_ev)))
    return {"native_fwhm_ev": round(2.0 * step, 3), "native_width": "as computed; the figure is twice the grid's step"}
