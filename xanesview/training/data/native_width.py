"""How wide the spectra of a data set are already: what cards say of it."""

from __future__ import annotations

import numpy as np

from xanesview.networks.card import AS_COMPUTED
from xanesview.training.data.labelled import SpectraDataset


def native_width(dataset: SpectraDataset) -> dict:
    """Return ``native_fwhm_ev`` and ``native_width`` of a card, of sticks ``stick_widths``, else ``native_shape``."""
    if dataset.widths is not None:
        return {
            "native_fwhm_ev": round(dataset.widths.fwhm_ev, 4),
            "native_width": str(dataset.widths),
            "stick_widths": dataset.widths.as_dict(),
        }
    step = float(np.median(np.diff(dataset.energy_ev)))
    return {
        "native_fwhm_ev": round(2.0 * step, 3),
        "native_width": "as computed; the figure is twice the grid's step",
        "native_shape": AS_COMPUTED,
    }
