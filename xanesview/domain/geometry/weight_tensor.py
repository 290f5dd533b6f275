"""WeightTensor: how one experiment weighs the six components of the absorption tensor."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xanesview.domain.structure import checked_rotation
from xanesview.errors import XanesviewError

#: Order of the six independent components of a symmetric tensor, everywhere in the program and its files.
COMPONENTS = ("xx", "yy", "zz", "yz", "xz", "xy")
_ROW = np.array([0, 1, 2, 1, 0, 0])
_COLUMN = np.array([0, 1, 2, 2, 2, 1])


def to_voigt(matrix: np.ndarray) -> np.ndarray:
    """Return the six components (..., 6) of symmetric matrices (..., 3, 3), in the order of COMPONENTS."""
    m = np.asarray(matrix)
    return m[..., _ROW, _COLUMN]


def from_voigt(components: np.ndarray) -> np.ndarray:
    """Return the symmetric matrices (..., 3, 3) of six components (..., 6)."""
    v = np.asarray(components)
    matrix = np.empty((*v.shape[:-1], 3, 3), dtype=v.dtype)
    matrix[..., _ROW, _COLUMN] = v
    matrix[..., _COLUMN, _ROW] = v
    return matrix


@dataclass(frozen=True, eq=False)
class WeightTensor:
    """Weight W of an experiment, I(E) = Σ_ij W_ij σ_ij(E).

    Parameters
    ----------
    matrix : (3, 3) float
        Symmetric, positive semi-definite, trace 1.

    Raises
    ------
    XanesviewError
        If the matrix is not such a tensor.
    """

    matrix: np.ndarray

    def __post_init__(self) -> None:
        matrix = np.array(self.matrix, dtype=np.float64)
        if matrix.shape != (3, 3) or not np.isfinite(matrix).all():
            raise XanesviewError("A weight tensor needs 3×3 finite numbers.")
        if np.abs(matrix - matrix.T).max() > 1e-9:
            raise XanesviewError("A weight tensor must be symmetric.")
        if abs(np.trace(matrix) - 1.0) > 1e-6:
            raise XanesviewError(f"A weight tensor must have the trace 1, not {np.trace(matrix):g}.")
        matrix = (matrix + matrix.T) / 2.0
        if np.linalg.eigvalsh(matrix)[0] < -1e-9:
            raise XanesviewError("A weight tensor must not be negative in any direction.")
        matrix.setflags(write=False)
        object.__setattr__(self, "matrix", matrix)

    @cached_property
    def voigt(self) -> np.ndarray:
        """Weights (6,) of the components in the order of COMPONENTS, the off-diagonal ones counted twice."""
        weights = to_voigt(self.matrix) * np.array([1.0, 1.0, 1.0, 2.0, 2.0, 2.0])
        weights.setflags(write=False)
        return weights

    @property
    def is_isotropic(self) -> bool:
        """Whether the experiment sees only the isotropic spectrum."""
        return bool(np.abs(self.matrix - np.eye(3) / 3.0).max() < 1e-12)

    def text(self) -> str:
        """Return the six components in the order of COMPONENTS for a file's header, to the last bit."""
        return " ".join(f"{name}={float(value)!r}" for name, value in zip(COMPONENTS, to_voigt(self.matrix)))

    def rotated(self, rotation: np.ndarray) -> WeightTensor:
        """Return the weight turned with the experiment, W' = R W Rᵀ, R (3, 3) orthogonal."""
        r = checked_rotation(rotation)
        return WeightTensor(r @ self.matrix @ r.T)
