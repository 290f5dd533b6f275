"""Our harmonics and couplings are e3nn's."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from e3nn import o3

from tests.unit.networks.equivariance import rotation
from xanesview.errors import XanesviewError
from xanesview.networks.irreps import (
    IRREPS,
    PATHS,
    SLICES,
    coupling_matrix,
    irreps_text,
    multiplicities,
    quadrupole_to_cartesian,
    spherical_harmonics,
)


def directions(n: int = 40) -> torch.Tensor:
    return torch.nn.functional.normalize(
        torch.randn(n, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64), dim=1
    )


def test_harmonics_are_those_of_e3nn():
    n = directions()
    theirs = o3.spherical_harmonics(o3.Irreps("+".join(IRREPS)), n, normalize=False, normalization="component")
    assert torch.allclose(spherical_harmonics(n), theirs, atol=1e-12)


@pytest.mark.parametrize("path", range(len(PATHS)))
def test_couplings_are_wigner_3j(path):
    l1, l2, l3 = PATHS[path]
    start = sum(2 * p[2] + 1 for p in PATHS[:path])
    block = coupling_matrix().reshape(-1, 9, 9)[start : start + 2 * l3 + 1, SLICES[l1], SLICES[l2]]
    wigner = o3.wigner_3j(l1, l2, l3, dtype=torch.float64).permute(2, 0, 1) * (2 * l3 + 1) ** 0.5
    sign = torch.sign((block * wigner).sum())
    assert torch.allclose(block, sign * wigner, atol=1e-7)


def test_quadrupole_turns_as_a_traceless_tensor():
    v = torch.randn(5, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    r = torch.from_numpy(rotation(3))
    turned = o3.Irreps("2e").D_from_matrix(r.float()).double() @ v

    def matrix(vector):
        xx, yy, zz, yz, xz, xy = (quadrupole_to_cartesian() @ vector).tolist()
        return np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])

    assert np.allclose(matrix(turned), r.numpy() @ matrix(v) @ r.numpy().T, atol=1e-6)
    assert np.trace(matrix(v)) == pytest.approx(0.0, abs=1e-12)
    assert np.linalg.norm(matrix(v)) == pytest.approx(float(v.norm()))


@pytest.mark.parametrize("text", ["32x0e+16x1o+8x2e", "63x0e", "0e + 2x2e+3x1o", "4x1o+1x0e+4x1o"])
def test_irreps_are_read_as_e3nn_reads_them(text):
    theirs = o3.Irreps(text)
    assert multiplicities(text) == tuple(theirs.count(kind) for kind in IRREPS)
    assert irreps_text(multiplicities(text)) == str(theirs.regroup())


@pytest.mark.parametrize("text", ["", "32", "32x0e+", "8x1e", "2x3o", "-1x0e", "0x0e16x1o", "1.5x0e"])
def test_what_is_no_irreps_here_is_named(text):
    with pytest.raises(XanesviewError, match="no irreps of 0e, 1o and 2e"):
        multiplicities(text)
