"""The edge step: a line before the edge, a polynomial behind it, and their distance at E0.

The procedure is the field's usual one, as Athena and Larch have it (B. Ravel, M. Newville, J. Synchrotron Rad. 12
(2005) 537; M. Newville, J. Phys. Conf. Ser. 430 (2013) 012007): the pre-edge line is fitted to µ·E^v, the post-edge
polynomial to what lies above it, both without weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xanesview.domain.counts import counted
from xanesview.errors import XanesviewError

_SHORT_EV = 100.0
"""A scan that ends nearer behind E0 is a near-edge one; the usual ranges are made for longer ones."""


@dataclass(frozen=True)
class EdgeRanges:
    """Where the two lines are fitted, eV relative to E0, and how.

    Attributes
    ----------
    pre_low_ev, pre_high_ev, post_low_ev, post_high_ev : float
    degree : int
        Of the post-edge polynomial, 0 to 3.
    pre_degree : int
        Of the pre-edge line: 1, or 0 for a constant.
    victoreen : int
        v: the pre-edge line is fitted to µ·E^v.
    """

    pre_low_ev: float
    pre_high_ev: float
    post_low_ev: float
    post_high_ev: float
    degree: int
    pre_degree: int = 1
    victoreen: int = 0

    def in_words(self) -> str:
        """Return the ranges as “pre-edge −150 to −75 eV, post-edge 25 to 800 eV of degree 2”."""
        words = (
            f"pre-edge {self.pre_low_ev:.4g} to {self.pre_high_ev:.4g} eV, "
            f"post-edge {self.post_low_ev:.4g} to {self.post_high_ev:.4g} eV of degree {self.degree}"
        )
        return words.replace("-edge", "\0").replace("-", "−").replace("\0", "-edge")


@dataclass(frozen=True, eq=False)
class EdgeLines:
    """Both lines of an edge on the grid of the data, and the step between them.

    Attributes
    ----------
    e0_ev : float
    step : float
        post − pre at E0; above zero.
    pre, post : (E,) float
        In the unit of the data.
    ranges : EdgeRanges
        As they were used.
    """

    e0_ev: float
    step: float
    pre: np.ndarray
    post: np.ndarray
    ranges: EdgeRanges

    def normalised(self, energy_ev: np.ndarray, intensity: np.ndarray, flatten: bool) -> np.ndarray:
        """Return the intensity (E,) without the pre-edge line, over the step.

        Flattening takes the post-edge polynomial's slope and curvature away above E0, so that the curve levels at 1.
        """
        found = (intensity - self.pre) / self.step
        if flatten:
            found = found - np.where(energy_ev >= self.e0_ev, (self.post - self.pre) / self.step - 1.0, 0.0)
        return found


def default_ranges(energy_ev: np.ndarray, e0_ev: float, **given: float | int | None) -> EdgeRanges:
    """Return ranges that suit the data, where none are given.

    As in Larch: before the edge from the second point to half its distance, behind it from 25 eV (or a fifteenth of the
    range, to 5 eV) to the last point; degree 2 over at least 300 eV, 1 over 30, else 0. A near-edge scan that ends
    within 100 eV has resonances there, so its second half is taken, with degree 0 up to 50 eV.

    Parameters
    ----------
    energy_ev : (E,) array, eV, ascending
    e0_ev : float
    **given
        Fields of `EdgeRanges`; None lets the data decide.

    Raises
    ------
    XanesviewError
        If E0 is not inside the data.
    """
    first, last = float(energy_ev[0]) - e0_ev, float(energy_ev[-1]) - e0_ev
    if not first < 0.0 < last:
        raise XanesviewError(
            f"E0 ({e0_ev:.2f} eV) is outside of the data, {energy_ev[0]:.2f} to {energy_ev[-1]:.2f} eV.",
            "Find E0 anew, or give it by hand.",
        )
    asked = {key: value for key, value in given.items() if value is not None}
    short = last < _SHORT_EV
    pre_low = _rounded(float(energy_ev[1]) - e0_ev)
    low = max(float(asked.get("pre_low_ev", min(pre_low, 0.5 * first))), first)
    high = float(asked.get("pre_high_ev", 0.5 * low))
    post_high = min(float(asked.get("post_high_ev", _rounded(last))), last)
    usual = 0.5 * post_high if short else min(25.0, 5.0 * round(post_high / 15.0))
    post_low = float(asked.get("post_low_ev", min(usual, post_high - 2.0) if post_high > 4.0 else 0.5 * post_high))
    span = post_high - post_low
    degree = int(asked.get("degree", 2 if span >= 300.0 else 1 if span >= (50.0 if short else 30.0) else 0))
    return EdgeRanges(
        low, high, post_low, post_high, degree, int(asked.get("pre_degree", 1)), int(asked.get("victoreen", 0))
    )


def edge_lines(energy_ev: np.ndarray, intensity: np.ndarray, e0_ev: float, ranges: EdgeRanges) -> EdgeLines:
    """Return the lines of an edge and its step.

    Parameters
    ----------
    energy_ev : (E,) array, eV, ascending
    intensity : (E,) array
    e0_ev : float
    ranges : EdgeRanges

    Raises
    ------
    XanesviewError
        If a range holds too few points, or the intensity behind the edge is not above that before it.
    """
    x = energy_ev - e0_ev
    before = _points_in(x, ranges.pre_low_ev, ranges.pre_high_ev, 1, "pre-edge")
    behind = _points_in(x, ranges.post_low_ev, ranges.post_high_ev, ranges.degree + 1, "post-edge")
    if before.stop - before.start < 3 or ranges.pre_degree == 0:  # as usual: of one or two points no line is made
        pre = np.full(x.shape, float(intensity[before].mean()))
    else:
        power = np.power(energy_ev / e0_ev, ranges.victoreen) if ranges.victoreen else np.ones_like(x)
        line = np.polynomial.Polynomial.fit(x[before], (intensity * power)[before], 1)
        pre = line(x) / power
    rest = np.polynomial.Polynomial.fit(x[behind], (intensity - pre)[behind], ranges.degree)
    post, step = pre + rest(x), float(rest(0.0))
    if not step > 1e-9 * float(np.ptp(intensity)) + 1e-12 * float(np.abs(intensity).max()):
        raise XanesviewError(
            f"The post-edge polynomial is not above the pre-edge line at E0 ({e0_ev:.2f} eV): there is no edge step.",
            "Move the ranges, lower the degree, or normalise to a maximum or an area.",
        )
    return EdgeLines(e0_ev, step, pre, post, ranges)


def _points_in(x: np.ndarray, low_ev: float, high_ev: float, fewest: int, name: str) -> slice:
    """Return the points of a range as Larch takes them: from the last one not above its lower end to the one before
    that nearest to its upper end, so that the numbers can be compared.
    """
    start = max(int(np.searchsorted(x, low_ev, side="right")) - 1, 0)
    stop = max(int(np.argmin(np.abs(x - high_ev))), start + 1)
    n = stop - start if x[start] < high_ev and x[-1] > low_ev else 0
    if n < fewest:
        raise XanesviewError(
            f"The {name} range, {low_ev:.4g} to {high_ev:.4g} eV from E0, holds {counted(n, 'point')} of at least "
            f"{fewest}.",
            "Widen the range, or lower the degree.",
        )
    return slice(start, stop)


def _rounded(value_ev: float) -> float:
    """Return a distance from E0 to the nearest 5 eV where it is long."""
    return 5.0 * round(value_ev / 5.0) if abs(value_ev) >= 20.0 else value_ev
