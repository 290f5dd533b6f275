"""XANE(3) networks of a bundle: isotropic spectra on the axis from each absorber's E0, which a head of theirs gives."""

from __future__ import annotations

import numpy as np

from xanesview.domain.structure import Structure
from xanesview.inference.isotropic_predictor import IsotropicPredictor


class Xane3Predictor(IsotropicPredictor):
    """The XANE(3) networks of one bundle."""

    def _spectra(
        self, structure: Structure, sites: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray | None, np.ndarray | None]:
        import torch

        from xanesview.networks.xane3.graphs import absorber_graph
        from xanesview.networks.xane3.network import AbsorberGroups

        graph, _ = absorber_graph(
            self._networks[0].config,
            structure.numbers,
            structure.positions_angstrom,
            structure.cell_angstrom,
            structure.pbc,
            sites,
            trimmed=True,
        )
        graph = graph.to(self._device_name)
        self._use_threads(len(graph.source))
        groups = AbsorberGroups.of_sites(graph)
        grid = torch.as_tensor(self.card.energy_ev, dtype=torch.float32, device=self._device_name)
        spectra, e0 = [], []
        for network in self._networks:
            output = network(graph, groups)
            spectra.append(network.spectra(output, grid).double().cpu().numpy())
            if output.e0_ev is not None:
                e0.append(output.e0_ev.double().cpu().numpy())
        last = output.readout.cpu().numpy() if len(self._networks) == 1 else None
        return np.stack(spectra), np.mean(e0, axis=0) if e0 else None, last
