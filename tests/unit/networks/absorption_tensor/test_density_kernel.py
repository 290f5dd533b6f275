"""The kernel regression on densities: symmetries, what it interpolates, and how it is kept in a bundle."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from e3nn import o3

from tests.unit.networks.equivariance import TensorSymmetryTests
from xanesview.networks.absorption_tensor.density_kernel import PAIRS, PARTS, DensityKernel, DensityKernelConfig
from xanesview.networks.atom_graphs import atom_graph
from xanesview.networks.irreps import octupole_harmonics, quadrupole_to_cartesian
from xanesview.training.data.labelled_graph import LabelledGraph, joined

CUTOFF = 6.0
ENERGIES = 7


def filled(dtype: torch.dtype, sites: int = 5) -> DensityKernel:
    """Return a regression with weights drawn at random."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        kernel = DensityKernel(DensityKernelConfig((1, 6, 7, 8), CUTOFF, sites, ENERGIES, radial=5))
    finally:
        torch.set_default_dtype(before)
    generator = torch.Generator().manual_seed(0)
    for name, value in kernel.named_buffers():
        if name in kernel.state_dict():
            value.copy_(torch.randn(value.shape, generator=generator, dtype=torch.float64))
    kernel.covariant_scale.fill_(1.0)
    kernel.invariants.copy_(torch.nn.functional.normalize(kernel.invariants.abs(), dim=1))
    return kernel.to(dtype)


def graph_of(numbers, positions, sites, cell=None, pbc=None, dtype=torch.float64):
    return atom_graph(numbers, positions, CUTOFF, cell, pbc, sites, dtype, site_cutoff_angstrom=CUTOFF)


class TestDensityKernel(TensorSymmetryTests):
    def evaluate(self, dtype, numbers, positions, sites, cell=None, pbc=None):
        kind = getattr(torch, dtype)
        with torch.inference_mode():
            iso, quad = filled(kind)(graph_of(numbers, positions, sites, cell, pbc, kind))
            tensor = torch.einsum("vm,sme->sve", quadrupole_to_cartesian().to(kind), quad)
            tensor[:, :3] += iso[:, None]
            return tensor.numpy()

    def cutoffs(self):
        return [CUTOFF]


def test_octupole_harmonics_are_those_of_e3nn():
    unit = torch.nn.functional.normalize(torch.randn(50, 3, dtype=torch.float64), dim=1)
    expected = o3.spherical_harmonics(3, unit, False, "component")
    assert (octupole_harmonics(unit) - expected).abs().max() < 1e-12


@pytest.mark.parametrize("pair", PAIRS)
def test_couplings_are_wigner_symbols(pair):
    kernel = filled(torch.float64)
    expected = o3.wigner_3j(2, *pair, dtype=torch.float64)
    found = getattr(kernel, f"coupling{pair[0]}{pair[1]}")
    assert min((found - expected).abs().max(), (found + expected).abs().max()) < 1e-6


def test_parts_cover_all_harmonics():
    assert [p.stop - p.start for p in PARTS] == [1, 3, 5, 7]


def test_a_batch_gives_what_each_structure_gives():
    numbers, x, sites, _, _ = TensorSymmetryTests().structures()[0]
    one, two = graph_of(numbers, x, sites), graph_of(numbers[:5], x[:5] * 1.1, [1])
    kernel = filled(torch.float64)
    joint = kernel(joined([LabelledGraph.of(g) for g in (one, two)]).graph)
    for part, a, b in zip(joint, kernel(one), kernel(two), strict=True):
        assert (part - torch.cat([a, b])).abs().max() < 1e-10


def test_atoms_of_unknown_elements_are_left_out():
    numbers, x, sites, _, _ = TensorSymmetryTests().structures()[0]
    more = np.append(numbers, 26), np.vstack([x, x[sites[0]] + 1.5])
    kernel = filled(torch.float64)
    for a, b in zip(kernel(graph_of(numbers, x, sites)), kernel(graph_of(*more, sites)), strict=True):
        assert (a - b).abs().max() < 1e-12
