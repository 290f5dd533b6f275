"""What a sample averages over: domains, azimuths, tilts, all orientations; each turns the weight of an experiment.

A sample whose parts are turned by R against the structure as drawn has ⟨R σ Rᵀ⟩ in place of σ. Since the spectrum is
the contraction W : σ, the same number comes of ⟨Rᵀ W R⟩ : σ: the average is taken once, of the weight.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import ClassVar

import numpy as np

from xanesview.domain.geometry.directions import exact, frame
from xanesview.domain.geometry.weight_tensor import WeightTensor
from xanesview.domain.structure import checked_rotation
from xanesview.errors import XanesviewError

_REACH = 8.0  # standard deviations to which a Gaussian is integrated
_HINT = (
    "Write crystal, film, powder, domains:0,120,240 (azimuths, degrees), tilt:20 or tilt:20@35 (Gaussian width and "
    "mean, degrees), order:0.6 (⟨P₂⟩) or mosaic:5 (Gaussian width, degrees)."
)


class Average(ABC):
    """One kind of sample. A subclass states how a weight is averaged, and its text, which `parse_average` reads.

    Attributes
    ----------
    title : str
        What a panel calls it.
    """

    title: ClassVar[str]

    @abstractmethod
    def averaged(self, matrix: np.ndarray, normal: Sequence[float] | None) -> np.ndarray:
        """Return the averaged weight (3, 3) of a weight (3, 3); `normal` (3,) is the sample's, z without one."""

    @abstractmethod
    def text(self) -> str:
        """Return the average as it is typed and stored."""

    @abstractmethod
    def describe(self) -> str:
        """Return the average in a few words."""


@dataclass(frozen=True)
class TwinnedDomains(Average):
    """Domains turned about the surface normal against one another, each a single crystal.

    Parameters
    ----------
    azimuths_deg : by how much each is turned from the structure as drawn, degrees
    fractions : their shares, which need not add up to 1; equal ones by default
    """

    title = "Twinned domains"

    azimuths_deg: tuple[float, ...] = (0.0, 120.0, 240.0)
    fractions: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        azimuths = tuple(float(x) for x in self.azimuths_deg)
        object.__setattr__(self, "azimuths_deg", azimuths)
        if not azimuths or not np.isfinite(azimuths).all():
            raise XanesviewError("Domains need azimuths, as finite numbers of degrees.", "Such as 0,120,240.")
        if self.fractions is not None:
            object.__setattr__(self, "fractions", tuple(float(x) for x in self.fractions))
        _shares(len(azimuths), self.fractions)

    def averaged(self, matrix: np.ndarray, normal: Sequence[float] | None) -> np.ndarray:
        """Return Σ f RᵀWR over the domains."""
        axes = frame(normal)
        return _turned(matrix, [_turn(axes, azimuth) for azimuth in self.azimuths_deg], self.fractions)

    def text(self) -> str:
        """Return such as "domains:0,90" or, with shares, "domains:0=0.7,90=0.3"."""
        shares = [""] * len(self.azimuths_deg) if self.fractions is None else [f"={exact(f)}" for f in self.fractions]
        return "domains:" + ",".join(exact(azimuth) + share for azimuth, share in zip(self.azimuths_deg, shares))

    def describe(self) -> str:
        """Return how many domains there are."""
        n = len(self.azimuths_deg)
        return f"{n} domain{'s' * (n != 1)} about the normal"


@dataclass(frozen=True)
class AzimuthalDisorder(Average):
    """A film without order about its normal (or with threefold or higher symmetry): uniaxial about the normal."""

    title = "Film, all azimuths"

    def averaged(self, matrix: np.ndarray, normal: Sequence[float] | None) -> np.ndarray:
        """Return w nnᵀ + (1 − w)/2 (1 − nnᵀ), w = nᵀWn."""
        return _uniaxial(matrix, normal, 1.0)

    def text(self) -> str:
        """Return "film"."""
        return "film"

    def describe(self) -> str:
        """Return the average in words."""
        return "averaged over azimuths"


@dataclass(frozen=True)
class OrderParameter(Average):
    """A film in which the drawn normal is spread about the surface normal, with ⟨P₂⟩ = ⟨(3cos²τ − 1)/2⟩ = S.

    There is no order about either axis: the uniaxial part of the weight is multiplied by S. 1 is `AzimuthalDisorder`,
    0 a powder, −½ means that the drawn normal lies in the surface.
    """

    title = "Order parameter"

    order: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "order", float(self.order))
        if not -0.5 <= self.order <= 1.0:  # also refuses NaN
            raise XanesviewError(f"An order parameter of {self.order:g} does not exist.", "⟨P₂⟩ lies from −0.5 to 1.")

    def averaged(self, matrix: np.ndarray, normal: Sequence[float] | None) -> np.ndarray:
        """Return a third of the unit matrix and S times the uniaxial part."""
        return _uniaxial(matrix, normal, self.order)

    def text(self) -> str:
        """Return such as "order:0.6"."""
        return f"order:{exact(self.order)}"

    def describe(self) -> str:
        """Return the order parameter."""
        return _order_text(self.order)


@dataclass(frozen=True)
class TiltDistribution(Average):
    """A film whose parts are tilted by τ from the drawn normal, Gaussian in τ, with all azimuths alike.

    The share of orientations with tilt τ is proportional to exp(−(τ − mean)²/2w²) sin τ, τ from 0 to 180°: a Gaussian
    on the sphere, as for the director of a liquid crystal. Parts have all azimuths about their own normal, too.

    Parameters
    ----------
    width_deg : w, standard deviation, degrees; 0 is one tilt
    mean_deg : the tilt at which the Gaussian is centred, degrees
    """

    title = "Tilt distribution"

    width_deg: float = 10.0
    mean_deg: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "width_deg", _checked_width(self.width_deg))
        object.__setattr__(self, "mean_deg", float(self.mean_deg))
        if not 0.0 <= self.mean_deg <= 180.0:
            raise XanesviewError(f"A mean tilt of {self.mean_deg:g}° does not exist.", "It lies from 0 to 180°.")

    @cached_property
    def order(self) -> float:
        """The order parameter ⟨P₂⟩ that the distribution has."""
        tilt, share = _gaussian_tilts(self.width_deg, self.mean_deg)
        return float(share @ (3.0 * np.cos(tilt) ** 2 - 1.0)) / 2.0

    def averaged(self, matrix: np.ndarray, normal: Sequence[float] | None) -> np.ndarray:
        """Return the weight averaged over tilts and all azimuths; it depends on the distribution by ⟨P₂⟩ alone."""
        return _uniaxial(matrix, normal, self.order)

    def text(self) -> str:
        """Return such as "tilt:20" or "tilt:20@35"."""
        mean = f"@{exact(self.mean_deg)}" if self.mean_deg else ""
        return f"tilt:{exact(self.width_deg)}{mean}"

    def describe(self) -> str:
        """Return mean and width."""
        return f"tilt {self.mean_deg:g} ± {self.width_deg:g}°, {_order_text(self.order)}"


@dataclass(frozen=True)
class MosaicSpread(Average):
    """A textured film or an imperfect crystal: tilted a little every way, with the azimuth as drawn.

    Parts are turned by τ about an axis in the surface, all such axes alike, Gaussian in τ as in `TiltDistribution`.

    Parameters
    ----------
    width_deg : standard deviation of τ, degrees
    """

    title = "Mosaic spread"

    width_deg: float = 5.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "width_deg", _checked_width(self.width_deg))

    def averaged(self, matrix: np.ndarray, normal: Sequence[float] | None) -> np.ndarray:
        """Return ⟨RᵀWR⟩, by quadrature over τ and eight axes, exact for the second power of direction cosines."""
        axes, operator = frame(normal), _mosaic_operator(self.width_deg)
        mean = axes.T @ np.einsum("ijab,ab->ij", operator, axes @ matrix @ axes.T) @ axes
        return (mean + mean.T) / 2.0

    def text(self) -> str:
        """Return such as "mosaic:5"."""
        return f"mosaic:{exact(self.width_deg)}"

    def describe(self) -> str:
        """Return the width."""
        return f"mosaic spread {self.width_deg:g}°"


@dataclass(frozen=True)
class AllOrientations(Average):
    """A powder of the structure as drawn."""

    title = "Powder"

    def averaged(self, matrix: np.ndarray, normal: Sequence[float] | None) -> np.ndarray:
        """Return a third of the unit matrix."""
        return np.eye(3) / 3.0

    def text(self) -> str:
        """Return "powder"."""
        return "powder"

    def describe(self) -> str:
        """Return the average in words."""
        return "averaged over all orientations"


def rotation_average(
    weight: WeightTensor, rotations: Sequence[np.ndarray] | np.ndarray, fractions: Sequence[float] | None = None
) -> WeightTensor:
    """Return the weight of a sample whose parts are turned by rotations (K, 3, 3) against the structure as drawn.

    For twins of any law, such as those of symmetry operations. `fractions` (K,) are the shares of the parts, equal
    ones by default.

    Raises
    ------
    XanesviewError
        If a matrix is not orthogonal, or the shares are negative or add up to nothing.
    """
    return WeightTensor(_turned(weight.matrix, [checked_rotation(r) for r in rotations], fractions))


def parse_average(text: str) -> Average | None:
    """Return the average that a user typed or a file holds; None for "crystal", a single crystal as drawn.

    Raises
    ------
    XanesviewError
        If it can't be understood, or there is no such average.
    """
    kind, _, words = text.strip().replace("−", "-").partition(":")
    kind = kind.strip().lower()
    plain = {"crystal": None, "film": AzimuthalDisorder(), "powder": AllOrientations()}
    if kind in plain and not words:
        return plain[kind]
    try:
        if kind == "domains":
            return _parse_domains(words)
        if kind == "tilt":
            return TiltDistribution(*(float(word) for word in words.split("@")[:2]))
        if kind in ("order", "mosaic"):
            return {"order": OrderParameter, "mosaic": MosaicSpread}[kind](float(words))
    except ValueError:
        pass
    raise XanesviewError(f"“{text}” is no average over a sample.", _HINT)


def _parse_domains(words: str) -> TwinnedDomains:
    parts = [word.partition("=") for word in re.split(r"[,\s]+", words.strip()) if word]
    fractions = tuple(float(share) for _, sign, share in parts if sign)
    if fractions and len(fractions) != len(parts):
        raise XanesviewError("Some domains have a share, others none.", "Write domains:0=0.7,90=0.3.")
    return TwinnedDomains(tuple(float(azimuth) for azimuth, _, _ in parts), fractions or None)


def _order_text(order: float) -> str:
    return f"⟨P₂⟩ = {order:.2f}".replace("-", "\N{MINUS SIGN}")


def _checked_width(width_deg: float) -> float:
    if not 0.0 <= width_deg <= 360.0:  # also refuses NaN
        raise XanesviewError(f"A width of {width_deg:g}° does not exist.", "Give degrees from 0 to 360.")
    return float(width_deg)


def _shares(count: int, fractions: Sequence[float] | np.ndarray | None) -> np.ndarray:
    shares = np.ones(count) if fractions is None else np.asarray(fractions, dtype=np.float64)
    if shares.shape != (count,) or not np.isfinite(shares).all() or (shares < 0).any() or not shares.sum() > 0:
        raise XanesviewError(
            f"{count} parts need {count} shares that are not negative and not all zero.", "Such as 0.7 and 0.3."
        )
    return shares / shares.sum()


def _turned(
    matrix: np.ndarray, rotations: Sequence[np.ndarray], fractions: Sequence[float] | np.ndarray | None
) -> np.ndarray:
    r = np.asarray(rotations, dtype=np.float64).reshape(-1, 3, 3)
    mean = np.einsum("k,kai,ab,kbj->ij", _shares(len(r), fractions), r, matrix, r)
    return (mean + mean.T) / 2.0


def _uniaxial(matrix: np.ndarray, normal: Sequence[float] | None, order: float) -> np.ndarray:
    """Return 1/3 + S (3w − 1)/2 (nnᵀ − 1/3), w = nᵀWn."""
    n = frame(normal)[2]
    part = np.outer(n, n) - np.eye(3) / 3.0
    return np.eye(3) / 3.0 + order * (3.0 * float(n @ matrix @ n) - 1.0) / 2.0 * part


def _gaussian_tilts(width_deg: float, mean_deg: float) -> tuple[np.ndarray, np.ndarray]:
    """Return tilts (K,), radians, and their shares (K,)."""
    mean, width = np.deg2rad(mean_deg), np.deg2rad(width_deg)
    if width < 1e-6:
        return np.array([mean]), np.ones(1)
    low, high = max(0.0, mean - _REACH * width), min(np.pi, mean + _REACH * width)
    nodes, weights = np.polynomial.legendre.leggauss(120)
    tilt = low + (high - low) * (nodes + 1.0) / 2.0
    share = weights * np.exp(-((tilt - mean) ** 2) / (2.0 * width**2)) * np.sin(tilt)
    return tilt, share / share.sum()


@lru_cache(maxsize=64)
def _mosaic_operator(width_deg: float) -> np.ndarray:
    """⟨R_ai R_bj⟩ (i, j, a, b) of a mosaic in the frame of its surface; made once, since an arrow that is dragged asks
    for the average of one weight after another."""
    tilts, shares = _gaussian_tilts(width_deg, 0.0)
    azimuths, axes = np.arange(8) * 45.0, np.eye(3)
    r = np.array([_turn(axes, a) @ _tilt(axes, tilt) @ _turn(axes, -a) for tilt in tilts for a in azimuths])
    return np.einsum("k,kai,kbj->ijab", np.repeat(shares / len(azimuths), len(azimuths)), r, r)


def _turn(axes: np.ndarray, azimuth_deg: float) -> np.ndarray:
    """Rotation about e3 of a frame (rows e1, e2, e3)."""
    c, s = np.cos(np.deg2rad(azimuth_deg)), np.sin(np.deg2rad(azimuth_deg))
    return axes.T @ np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]]) @ axes


def _tilt(axes: np.ndarray, tilt: float) -> np.ndarray:
    """Rotation about e2 of a frame, by radians: e3 moves towards e1."""
    c, s = np.cos(tilt), np.sin(tilt)
    return axes.T @ np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]]) @ axes


def averaged_text(average: Average | None) -> str:
    """Return what is added to an experiment in words: nothing for a single crystal."""
    return "" if average is None else f", {average.describe()}"


#: The kinds of averages that there are, in the order in which a panel offers them; None stands for a single crystal.
AVERAGES: tuple[type[Average], ...] = (
    TwinnedDomains, AzimuthalDisorder, TiltDistribution, OrderParameter, MosaicSpread, AllOrientations,
)  # fmt: skip
