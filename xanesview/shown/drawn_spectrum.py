"""From a tensor and a polarisation to the spectrum that is drawn, broadened as the session says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.spectrum import Spectrum

if TYPE_CHECKING:
    from xanesview.domain.absorption import AbsorptionTensor
    from xanesview.gui.session.workspace import Workspace


def spectrum_of(
    workspace: Workspace,
    tensor: AbsorptionTensor,
    intensity: np.ndarray,
    label: str,
    band: np.ndarray | None = None,
    kind: str = "predicted",
) -> Spectrum:
    """An intensity (E,), with half the width of its band (E,), on the grid and axis of the tensor it comes from."""
    spectrum = Spectrum(
        energy_ev=tensor.energy_ev,
        intensity=intensity,
        unit=tensor.unit,
        label=label,
        kind=kind,
        native_fwhm_ev=tensor.native_fwhm_ev,
        band=None if band is None else np.atleast_2d(band)[0],
        axis=tensor.axis,
    )
    total = workspace.session.broadening_fwhm_ev
    if total is None or total <= spectrum.native_fwhm_ev:
        return spectrum
    from xanesview.domain.processing.broadening import broaden_to  # brings scipy, which the window's start does without

    return broaden_to(spectrum, total)
