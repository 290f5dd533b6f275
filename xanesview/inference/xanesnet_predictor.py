"""XANESNET networks of a bundle: isotropic spectra from descriptors, and a band by what the card says is best."""

from __future__ import annotations

import numpy as np

from xanesview.domain.structure import Structure
from xanesview.inference.isotropic_predictor import IsotropicPredictor

DROPOUT_SAMPLES = 20


class XanesnetPredictor(IsotropicPredictor):
    """The perceptrons of one bundle; they give no E0."""

    def _spectra(self, structure: Structure, sites: np.ndarray) -> tuple[np.ndarray, None, None]:
        import torch

        from xanesview.networks.wacsf import wacsf

        descriptors = wacsf(
            structure.numbers,
            structure.positions_angstrom,
            sites,
            self._networks[0].config.descriptor,
            structure.cell_angstrom,
            structure.pbc,
        )
        self._use_threads(0)  # a few hundred numbers a site: nothing that threads could share
        x = torch.as_tensor(descriptors, dtype=torch.float32, device=self._device_name)
        spectra = torch.stack([network(x) for network in self._networks])
        uncertainty = self.card.raw.get("uncertainty", {})
        if uncertainty.get("method") == "dropout":
            n_samples = int(uncertainty.get("samples", DROPOUT_SAMPLES))
            samples = torch.cat([network.dropout_samples(x, n_samples) for network in self._networks])
            spectra = spectra.mean(0) + samples - samples.mean(0)  # dropout gives the band, not the curve
        return spectra.double().cpu().numpy(), None, None
