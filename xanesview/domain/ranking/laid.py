"""Candidates laid over measured curves at one shift and width, by linear least squares, and the error of the misfit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.processing.as_measured import STEP_WIDTH_EV
from xanesview.domain.processing.edge import find_e0
from xanesview.domain.processing.fit_model import Measured, Shape, overlap
from xanesview.domain.processing.steps.arctangent_step import arctangent
from xanesview.domain.processing.steps.step import clean_points
from xanesview.domain.ranking.candidate import Candidate, Ranked
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError

if TYPE_CHECKING:
    from xanesview.domain.ranking.choices import RankChoices

_DRAWS = 24
_ALIKE_EV = 1.0
"""Over how many eV the error of a prediction is alike: about the width of a line."""
_LEAST_ERROR = 0.03
"""Of the prediction's highest point: no prediction is better than that beside a measurement, whatever its band says."""


def shapes_of(candidate: Candidate, n_curves: int) -> list[Shape]:
    spectra = candidate.spectra * n_curves if len(candidate.spectra) == 1 else candidate.spectra
    if len(spectra) != n_curves:
        have = counted(len(spectra), "spectrum", "spectra")
        raise XanesviewError(
            f"{candidate.name} has {have} for {counted(n_curves, 'measured curve')}.",
            "Give one, or one a measured curve.",
        )
    shapes = []
    for one in spectra:
        points = clean_points(one.energy_ev, one.intensity)
        shapes.append(Shape.of(points.energy_ev, points.intensity))
    return shapes


def e0_of(candidate: Candidate, shapes: Sequence[Shape]) -> float:
    if candidate.e0_ev is not None:
        return candidate.e0_ev
    return find_e0(shapes[0].energy_ev, shapes[0].intensity)


class Laid:
    """Candidates at one shift and width over all measured curves: the columns of a linear problem, and its solution."""

    def __init__(self, curves, used, parts, columns, shift_ev, fwhm_ev, asked) -> None:
        self.used, self.parts, self.columns = used, parts, columns
        self.shift_ev, self.fwhm_ev, self.asked = shift_ev, fwhm_ev, asked
        self.weight = np.concatenate([1.0 / one.sigma for one in used])
        self.target = np.concatenate([one.intensity for one in used]) * self.weight
        extra = [np.zeros(len(self.target))]
        if asked.step:
            extra = [np.concatenate([arctangent(one.energy_ev - shift_ev, parts[0][2], STEP_WIDTH_EV) for one in used])]
        self.extra = np.stack(extra) * self.weight
        each = np.concatenate([np.full(len(one.energy_ev), k) for k, one in enumerate(used)])
        self.offsets = np.stack([(each == k) * (1.0 if asked.offset else 0.0) for k in range(len(used))]) * self.weight
        self.offset_base = self._basis()
        self.spread = float(np.sum(self.without_offsets(self.target) ** 2))

    def _basis(self) -> np.ndarray:
        norms = np.linalg.norm(self.offsets, axis=1)
        return self.offsets[norms > 0] / norms[norms > 0, None]

    def without_offsets(self, rows: np.ndarray) -> np.ndarray:
        """Return rows (…, N) without what offsets can explain."""
        return rows - (rows @ self.offset_base.T) @ self.offset_base

    def solved(self, columns: np.ndarray) -> tuple[np.ndarray, float]:
        """Return the non-negative factors of candidates (P, N) and of the step, and the misfit."""
        from scipy.optimize import nnls

        design = self.without_offsets(np.concatenate([columns * self.weight, self.extra]))
        factors, rest = nnls(design.T, self.without_offsets(self.target))
        return factors, rest / max(np.sqrt(self.spread), 1e-300)

    def error(self, columns: np.ndarray) -> float:
        """Return the standard deviation of the misfit of curves within the bands."""
        chance = np.random.default_rng(7)  # the same draws for all, so that an order is the same each time
        bands = np.stack([_bands(self.used, part, self.shift_ev) for part in self.parts])
        misfits = []
        for _ in range(_DRAWS):
            noise = np.concatenate([_alike(chance, one.energy_ev) for one in self.used])
            misfits.append(self.solved(columns + bands * noise)[1])
        return float(np.std(misfits))

    def ranked(self, measured: Sequence[Spectrum]) -> Ranked:
        """Return the result, with its error and its fitted curves."""
        factors, misfit = self.solved(self.columns)
        n = len(self.parts)
        total = float(factors[:n].sum())
        if total <= 0.0:
            raise XanesviewError(
                "No positive factor brings the prediction to the measured curve.",
                "Check its intensity column, or subtract its background first.",
            )
        plain = (factors @ np.concatenate([self.columns * self.weight, self.extra])) / self.weight
        rest = (self.target / self.weight - plain) * self.weight
        offsets = [float(np.dot(rest, o) / max(np.dot(o, o), 1e-300)) for o in self.offsets]
        ends = np.cumsum([len(one.energy_ev) for one in self.used])[:-1]
        fitted = tuple(
            Spectrum(one.energy_ev, part + offset, whole.unit, f"{whole.label}, fitted", "predicted", axis=whole.axis)
            for one, part, offset, whole in zip(self.used, np.split(plain, ends), offsets, measured)
        )
        return Ranked(
            candidates=tuple(part[0] for part in self.parts), fractions=tuple((factors[:n] / total).tolist()),
            misfit=min(misfit, 1.0), error=self.error(self.columns), shift_ev=self.shift_ev, fwhm_ev=self.fwhm_ev,
            scale=total, step_height=float(factors[n]) / total, offsets=tuple(offsets), fitted=fitted,
        )  # fmt: skip


def laid_over(curves: Sequence[Measured], parts, shift_ev: float, fwhm_ev: float, asked: RankChoices) -> Laid:
    """Lay candidates, each (candidate, shapes, E0), over the points that all of them reach."""
    used = []
    for k, curve in enumerate(curves):
        reached = np.logical_and.reduce([overlap(curve, shapes[k], shift_ev) for _, shapes, _ in parts])
        used.append(curve.where(reached))
    columns = np.stack([
        np.concatenate([
            np.interp(one.energy_ev - shift_ev, shape.energy_ev, shape.broadened(fwhm_ev, 0.0, e0))
            for one, shape in zip(used, shapes)
        ])
        for _, shapes, e0 in parts
    ])  # fmt: skip
    return Laid(curves, used, parts, columns, shift_ev, fwhm_ev, asked)


def _bands(used: Sequence[Measured], part, shift_ev: float) -> np.ndarray:
    """Return one standard deviation of a prediction at the measured energies, (N,)."""
    candidate, shapes, _ = part
    spectra = candidate.spectra * len(used) if len(candidate.spectra) == 1 else candidate.spectra
    rows = []
    for one, spectrum, shape in zip(used, spectra, shapes):
        least = _LEAST_ERROR * float(np.max(np.abs(shape.intensity)))
        band = np.zeros_like(spectrum.energy_ev) if spectrum.band is None else np.nan_to_num(spectrum.band)
        rows.append(np.maximum(np.interp(one.energy_ev - shift_ev, spectrum.energy_ev, band), least))
    return np.concatenate(rows)


def _alike(chance: np.random.Generator, energy_ev: np.ndarray) -> np.ndarray:
    """Return noise (E,) of variance one that is alike over about an eV."""
    knots = np.arange(energy_ev[0] - _ALIKE_EV, energy_ev[-1] + 2 * _ALIKE_EV, _ALIKE_EV)
    at = (energy_ev - knots[0]) / _ALIKE_EV
    left = np.floor(at).astype(int)
    share = at - left
    values = chance.standard_normal(len(knots) + 1)
    norm = np.sqrt(share**2 + (1 - share) ** 2)
    return ((1 - share) * values[left] + share * values[left + 1]) / norm
