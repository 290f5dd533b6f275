"""Which part of the plane a spectrum plot shows, from the shape of the curves (numpy only)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.processing.smooth_line import is_coarse, smooth_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xanesview.shown.curve import Curve

PREDICTED = ("current", "isotropic", "site", "compared")

_ONSET = 0.02  # share of the highest intensity that counts as the beginning of absorption
_RISE = 0.1  # share of a curve's span that makes a peak
_BEFORE_ONSET = 0.06  # share of the energy range shown before it


def energy_range(curves: Sequence[Curve], home: tuple[float, float] | None = None) -> tuple[float, float] | None:
    """Return the energies to show, in eV: the predicted ones, from a little before the first absorption.

    The onset is read from the isotropic average where there is one, since absorption in any direction shows there:
    turning the polarisation then never moves the axis. The axis grows for what other visible curves of the same edge
    hold: for frozen ones as far as they go, for the others within the predicted energies. Without a prediction the
    curves of one edge are shown: those that share energies with `home`, the predicted ones of before.
    """
    shown = [curve for curve in curves if curve.energy_ev.size > 1 and curve.role != "difference"]
    predicted = [curve for curve in shown if curve.role in PREDICTED]
    chosen = predicted or of_one_edge([curve for curve in shown if curve.visible] or shown, home)
    if not chosen:
        return None
    start, high = first, last = _extent(chosen)
    low = start
    steady = [curve for curve in chosen if curve.role == "isotropic"] or chosen
    onsets = [onset for onset in map(_onset, steady) if onset is not None]
    room = _BEFORE_ONSET * (last - first)
    if onsets:
        low = max(low, min(onsets) - room)
    if predicted:
        for curve in shown:
            risen = _risen(curve, first, last) if curve.visible and curve not in steady else None
            if risen is not None:
                low = min(low, max(risen[0] - room, min(first, _extent([curve])[0])))
                high = max(high, risen[1])
    return (low, high) if high > low else None


def predicted_extent(curves: Sequence[Curve]) -> tuple[float, float] | None:
    """Return the first and the last energy of the predicted curves, in eV, or None where there is none."""
    predicted = [curve for curve in curves if curve.role in PREDICTED and curve.energy_ev.size > 1]
    return _extent(predicted) if predicted else None


def _extent(curves: Sequence[Curve]) -> tuple[float, float]:
    low = min(float(np.min(curve.energy_ev)) for curve in curves)
    return low, max(float(np.max(curve.energy_ev)) for curve in curves)


def of_one_edge(curves: list[Curve], home: tuple[float, float] | None) -> list[Curve]:
    """Return the curves that share energies with `home`, else the most that are joined by shared energies."""
    edges: list[list[Curve]] = []
    for curve in curves:
        joined = [edge for edge in edges if _share(_extent(edge), _extent([curve]))]
        edges = [edge for edge in edges if not any(edge is one for one in joined)]
        edges.append([one for edge in joined for one in edge] + [curve])
    if home is not None:
        here = [edge for edge in edges if _share(_extent(edge), home)]
        edges = here or edges
    return max(edges, key=len, default=[])


def _share(one: tuple[float, float], two: tuple[float, float]) -> bool:
    return one[0] <= two[1] and two[0] <= one[1]


def _risen(curve: Curve, first: float, last: float) -> tuple[float, float] | None:
    """Return the energies, eV, between which a curve holds its peaks, or None where it is of another edge.

    A peak begins where the intensity has risen by `_RISE` of its span above the least before it, and ends so, too.
    """
    there = np.isfinite(curve.intensity)
    if not _share(_extent([curve]), (first, last)):
        return None
    if curve.role != "frozen":
        there &= (curve.energy_ev >= first) & (curve.energy_ev <= last)
    energy, values = curve.energy_ev[there], curve.intensity[there]
    span = float(np.ptp(values)) if values.size else 0.0
    if span <= 0:
        return None
    begins = np.flatnonzero(values - np.minimum.accumulate(values) >= _RISE * span)
    ends = np.flatnonzero(values - np.minimum.accumulate(values[::-1])[::-1] >= _RISE * span)
    held = [*begins[:1], *ends[-1:]]
    return float(energy[min(held)]), float(energy[max(held)])


def _onset(curve: Curve) -> float | None:
    """Return the first energy at which a curve holds `_ONSET` of its highest intensity, in eV."""
    intensity = np.nan_to_num(curve.intensity)
    highest = float(intensity.max())
    if highest <= 0:
        return None
    return float(curve.energy_ev[int(np.argmax(intensity >= _ONSET * highest))])


def intensity_range(curves: Sequence[Curve], bound: float | None, floor: float = 0.0) -> tuple[float, float]:
    """Return the intensities to show.

    Parameters
    ----------
    curves : sequence of Curve
    bound : float or None
        What the current curve cannot exceed in any direction. Where it is given, the current curve's own numbers
        play no part, so that the axis stays while the polarisation turns.
    floor : float
        What the current curve cannot fall below in any direction, together with a bound.
    """
    lows, highs = [min(0.0, floor)], [] if bound is None else [float(bound)]
    if bound is not None:  # what is lifted takes the room that it needs in any direction along
        lifted = [curve.offset for curve in curves if curve.offset and curve.role in PREDICTED]
        lows += [offset + min(0.0, floor) for offset in lifted]
        highs += [offset + float(bound) for offset in lifted]
    predicted = [curve.energy_ev for curve in curves if curve.role in PREDICTED and curve.energy_ev.size]
    first = min((float(energy[0]) for energy in predicted), default=-np.inf)
    last = max((float(energy[-1]) for energy in predicted), default=np.inf)
    for curve in curves:
        if curve.role == "difference" or (bound is not None and curve.role in PREDICTED):
            continue
        inside = (curve.energy_ev >= first) & (curve.energy_ev <= last)  # the energies shown are the predicted ones
        if curve.role == "frozen" and inside.any():  # and all those of frozen curves of this edge
            inside[:] = True
        finite = curve.drawn[inside & np.isfinite(curve.intensity)]
        if finite.size:
            lows.append(float(finite.min()))
            highs.append(float(finite.max()))
    high = max(highs, default=0.0)
    low = min(lows)
    if high <= low:
        high = low + 1.0
    span = high - low
    return low - 0.02 * span, high + 0.05 * span


def difference_curve(curves: Sequence[Curve]) -> tuple[np.ndarray, np.ndarray] | None:
    """Return energies and current minus isotropic intensity, each (E,), or None where one of the two is missing."""
    current = next((curve for curve in curves if curve.role == "current"), None)
    isotropic = next((curve for curve in curves if curve.role == "isotropic"), None)
    if current is None or isotropic is None:
        return None
    if current.energy_ev.shape == isotropic.energy_ev.shape and np.array_equal(current.energy_ev, isotropic.energy_ev):
        return current.energy_ev, current.intensity - isotropic.intensity
    there = np.interp(current.energy_ev, isotropic.energy_ev, isotropic.intensity, left=np.nan, right=np.nan)
    return current.energy_ev, current.intensity - there


def nearest_peak(energy_ev: np.ndarray, intensity: np.ndarray, at_ev: float, within_ev: float) -> float | None:
    """Return the energy of the local maximum nearest to `at_ev`, in eV, or None if none lies within reach."""
    if intensity.size < 3:
        return None
    middle = intensity[1:-1]
    peaks = np.flatnonzero((middle >= intensity[:-2]) & (middle > intensity[2:])) + 1
    peaks = peaks[np.abs(energy_ev[peaks] - at_ev) <= within_ev]
    if peaks.size == 0:
        return None
    return float(energy_ev[peaks[np.argmin(np.abs(energy_ev[peaks] - at_ev))]])


def as_line(curve: Curve) -> Curve:
    """Return a curve as it is drawn: on a coarse grid the smooth line through its points, unless it was measured."""
    if curve.role == "measured" or not is_coarse(curve.energy_ev):
        return curve
    energy_ev, intensity, band = smooth_line(curve.energy_ev, curve.intensity, curve.band)
    return replace(curve, energy_ev=energy_ev, intensity=intensity, band=band)


def next_finite(values: np.ndarray, place: int, step: int) -> int | None:
    """Return the place of the first finite value from a place on, in steps of 1 or −1; None where there is none."""
    if 0 <= place < values.size and np.isfinite(values[place]):
        return place
    rest = values[max(place, 0) :] if step > 0 else values[: place + 1][::-1]
    found = np.flatnonzero(np.isfinite(rest))
    return max(place, 0) + step * int(found[0]) if found.size else None


def value_at(curve: Curve, at_ev: float) -> float | None:
    """Return the intensity of a curve as it is drawn at an energy, or None outside its points or in a gap."""
    curve = as_line(curve)
    energies = curve.energy_ev
    if energies.size < 2 or not energies[0] <= at_ev <= energies[-1]:
        return None
    value = float(np.interp(at_ev, energies, curve.intensity))
    return value if np.isfinite(value) else None


def spread_labels(wanted_px: Sequence[float], height_px: float, low_px: float, high_px: float) -> list[float]:
    """Move labels apart just far enough that none overlaps another, keeping their order.

    Parameters
    ----------
    wanted_px : sequence of float, (L,)
        Where each label's centre would stand beside its curve.
    height_px : float
        Least distance of two centres.
    low_px, high_px : float
        Where centres may lie.

    Returns
    -------
    list of float, (L,)
        Centres, as near to the wanted ones as least squares allows (pool-adjacent-violators on the sorted ones).
    """
    order = np.argsort(wanted_px, kind="stable")
    # With y_k = z_k + k·height the condition y_{k+1} ≥ y_k + height is that z does not fall.
    blocks: list[list[float]] = []  # sum of wanted z, count
    for rank, index in enumerate(order):
        blocks.append([float(wanted_px[index]) - rank * height_px, 1.0])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            total, count = blocks.pop()
            blocks[-1][0] += total
            blocks[-1][1] += count
    centres = np.concatenate([np.full(int(count), total / count) for total, count in blocks]) if blocks else np.empty(0)
    top = max(low_px, high_px - (len(centres) - 1) * height_px)
    centres = np.clip(centres, low_px, top) + height_px * np.arange(len(centres))
    result = [0.0] * len(centres)
    for rank, index in enumerate(order):
        result[int(index)] = float(centres[rank])
    return result
