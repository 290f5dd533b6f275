"""Spherical harmonics and coupling coefficients up to l = 2, in e3nn's conventions (0e + 1o + 2e).

Written out so that a prediction does not have to import e3nn (1.3 s); the tests compare every number with e3nn.
Features have the shape (..., 9, C): one scalar, three vector and five quadrupole components of C channels each.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import torch

from xanesview.errors import XanesviewError

IRREPS = ("0e", "1o", "2e")
SLICES = (slice(0, 1), slice(1, 4), slice(4, 9))
DIMENSION = 9
COMPONENT_L = torch.tensor([0, 1, 1, 1, 2, 2, 2, 2, 2])

# (l of the first factor, l of the second, l of the product), grouped by the product's l; only even l1 + l2 + l3
# conserve parity here.
PATHS = (
    (0, 0, 0),
    (1, 1, 0),
    (2, 2, 0),
    (0, 1, 1),
    (1, 0, 1),
    (1, 2, 1),
    (2, 1, 1),
    (0, 2, 2),
    (1, 1, 2),
    (2, 0, 2),
    (2, 2, 2),
)
PATHS_INTO = (3, 4, 4)
PRODUCT_DIMENSION = sum(2 * l3 + 1 for _, _, l3 in PATHS)
PRODUCT_PATH = torch.tensor([p for p, (_, _, l3) in enumerate(PATHS) for _ in range(2 * l3 + 1)])


def multiplicities(irreps: str) -> tuple[int, int, int]:
    """Return the channels of 0e, 1o and 2e that a card tells as irreps, such as ``32x0e+16x1o+8x2e``.

    Raises
    ------
    XanesviewError
        for another notation, or irreps that features here don't have.
    """
    found = dict.fromkeys(IRREPS, 0)
    for term in irreps.split("+"):
        match = re.fullmatch(r"\s*(?:(\d+)x)?(\d+[eo])\s*", term, re.ASCII)
        if match is None or match[2] not in found:
            raise XanesviewError(f"“{irreps}” are no irreps of 0e, 1o and 2e.", "Write them like 32x0e+16x1o+8x2e.")
        found[match[2]] += int(match[1] or 1)
    return tuple(found[kind] for kind in IRREPS)


def irreps_text(channels: Sequence[int]) -> str:
    """Return the irreps of so many channels of 0e, 1o and 2e as e3nn writes them, without those that have none."""
    return "+".join(f"{n}x{kind}" for n, kind in zip(channels, IRREPS, strict=True) if n)


def spherical_harmonics(unit_vectors: torch.Tensor) -> torch.Tensor:
    """Return Y_lm for l = 0, 1, 2 in component normalisation.

    Parameters
    ----------
    unit_vectors : (..., 3)

    Returns
    -------
    (..., 9); each l block has squared norm 2l + 1
    """
    x, y, z = unit_vectors.unbind(-1)
    s3, s5, s15 = math.sqrt(3.0), math.sqrt(5.0), math.sqrt(15.0)
    return torch.stack(
        [
            torch.ones_like(x),
            s3 * x,
            s3 * y,
            s3 * z,
            s15 * x * z,
            s15 * x * y,
            s5 * (y * y - 0.5 * (x * x + z * z)),
            s15 * y * z,
            0.5 * s15 * (z * z - x * x),
        ],
        dim=-1,
    )


def octupole_harmonics(unit_vectors: torch.Tensor) -> torch.Tensor:
    """Return Y_3m in component normalisation, (..., 7), for unit vectors (..., 3)."""
    x, y, z = unit_vectors.unbind(-1)
    xz, zx = math.sqrt(3.0) * x * z, 0.5 * math.sqrt(3.0) * (z * z - x * x)
    ring, s6, s30 = 4.0 * y * y - x * x - z * z, math.sqrt(6.0) / 4.0, math.sqrt(30.0) / 6.0
    return math.sqrt(7.0) * torch.stack(
        [
            s30 * (xz * z + zx * x),
            math.sqrt(5.0) * xz * y,
            s6 * ring * x,
            0.5 * y * (2.0 * y * y - 3.0 * (x * x + z * z)),
            s6 * ring * z,
            math.sqrt(5.0) * zx * y,
            s30 * (zx * z - xz * x),
        ],
        dim=-1,
    )


def sphere_quadrature() -> tuple[torch.Tensor, torch.Tensor]:
    """Return points (72, 3) and weights (72,) that integrate polynomials up to degree 11 over the sphere, average 1."""
    nodes, weights = np.polynomial.legendre.leggauss(6)
    angles = 2.0 * np.pi * np.arange(12) / 12
    sine = np.sqrt(1.0 - nodes**2)
    points = np.stack(
        [np.outer(sine, np.cos(angles)), np.outer(sine, np.sin(angles)), np.repeat(nodes[:, None], 12, 1)], -1
    ).reshape(-1, 3)
    return torch.from_numpy(points), torch.from_numpy(np.repeat(weights, 12) / 24.0)


def coupling_matrix() -> torch.Tensor:
    """Return the coupling coefficients of all paths as one matrix, a copy of what is made once.

    The real Gaunt integrals ∫ Y Y Y over the sphere, exact by quadrature, scaled a path to e3nn's component
    normalisation
    (√(2l₃+1) times a Wigner 3j symbol of unit norm).

    Returns
    -------
    (35, 81) float64 tensor: product component by (first component × 9 + second component)
    """
    return torch.from_numpy(_coupling().copy())


@lru_cache(maxsize=1)
def _coupling() -> np.ndarray:
    points, w = sphere_quadrature()
    y, w = spherical_harmonics(points).numpy(), w.numpy()
    gaunt = np.einsum("p,pi,pj,pk->kij", w, y, y, y)
    rows = []
    for l1, l2, l3 in PATHS:
        block = np.zeros((2 * l3 + 1, DIMENSION, DIMENSION))
        part = gaunt[SLICES[l3], SLICES[l1], SLICES[l2]]
        block[:, SLICES[l1], SLICES[l2]] = part * math.sqrt(2 * l3 + 1) / np.linalg.norm(part)
        rows.append(block.reshape(2 * l3 + 1, -1))
    matrix = np.concatenate(rows)
    matrix[np.abs(matrix) < 1e-12] = 0.0
    return matrix


def quadrupole_to_cartesian() -> torch.Tensor:
    """Return the (6, 5) matrix from a 2e vector to the traceless tensor xx, yy, zz, yz, xz, xy.

    Scaled so that the Frobenius norm of the tensor (off-diagonal elements counted twice) is the norm of the vector.
    """
    r2, r6 = math.sqrt(0.5), math.sqrt(1.0 / 6.0)
    m = torch.zeros(6, 5, dtype=torch.float64)
    m[4, 0] = r2  # xz
    m[5, 1] = r2  # xy
    m[0, 2], m[1, 2], m[2, 2] = -r6, 2.0 * r6, -r6  # 2y² − x² − z²
    m[3, 3] = r2  # yz
    m[0, 4], m[2, 4] = -r2, r2  # z² − x²
    return m
