"""Fitting how a network's spectra are drawn as measured: shift, width and edge step of an edge, and molecules left out.

The numbers are those of the edge: of a file nothing is fitted but a scale. The misfit of a file is what is left of its
measured spectrum, as it was recorded, after the best scale, divided by its own variation; the mean over the files is
made as small as can be. Misfits are not squared, so that a molecule that a network doesn't know says no more than the
others. Term values are scaled only where that is worth a number more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.counts import counted
from xanesview.domain.processing.as_measured import STEP_WIDTH_EV, AsMeasured
from xanesview.domain.processing.broadening import broaden_to
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.inference.predictor import default_sites, load_predictor
from xanesview.networks.card import Card
from xanesview.training.calibration.agreement import COMPARED_AT_FWHM_EV, Agreement, agreement, medians
from xanesview.training.calibration.measured_files import WINDOWS_EV, MeasuredFile

AS_COMPUTED = AsMeasured()
_FEWEST_SUBSTANCES = 3
_LARGEST = AsMeasured(shift_ev=5.0, fwhm_ev=12.0, step_height=1.0)
_FIRST_SHIFTS_EV = np.arange(-_LARGEST.shift_ev, _LARGEST.shift_ev + 0.1, 0.25)
_FIRST_FWHM_EV = 1.0
_TERM_SCALES = (0.7, 1.3)
_WORTH_A_SCALE = 0.05
"""By what share a scale of term values has to lower the mean misfit to be kept: a shift alone is simpler to tell."""


@dataclass(frozen=True, eq=False)
class Case:
    """One measured spectrum and what a network says of its substance: tensors (S, 6, E), on absolute energies."""

    file: MeasuredFile
    measured: Spectrum
    tensor: AbsorptionTensor
    is_crystal: bool = False

    def curve(self, how: AsMeasured = AS_COMPUTED) -> Spectrum:
        """Return the isotropic sum over the sites as it is drawn."""
        moved = how.applied(self.tensor)
        native = Spectrum(moved.energy_ev, moved.isotropic().sum(0), moved.unit, native_fwhm_ev=moved.native_fwhm_ev)
        return broaden_to(native, how.total_fwhm_ev(moved.native_fwhm_ev))

    def misfit(self, how: AsMeasured) -> float:
        """Return what the curve leaves of the measured spectrum, 0 where they are alike, in its standard deviation."""
        low, high = WINDOWS_EV[self.file.element]
        curve, energy = self.curve(how), self.measured.energy_ev
        inside = (energy >= max(low, curve.energy_ev[0])) & (energy <= min(high, curve.energy_ev[-1]))
        here, there = self.measured.intensity[inside], np.interp(energy[inside], curve.energy_ev, curve.intensity)
        step = np.gradient(energy[inside])
        scale = (step * here) @ there / max((step * there) @ there, 1e-300)
        mean = step @ here / step.sum()
        return float(np.sqrt(step @ (here - max(scale, 0.0) * there) ** 2 / (step @ (here - mean) ** 2)))

    def agreement(self, how: AsMeasured = AS_COMPUTED) -> Agreement:
        """Return how well the curve meets the measured spectrum."""
        file, ips = self.file, self.tensor.ip_ev
        below = WINDOWS_EV[file.element][1]
        if ips is not None and not self.is_crystal:
            below = float(np.min(ips)) + how.shift_ev
        return agreement(file.name, file.element, self.measured, self.curve(how), below, self.tensor.native_fwhm_ev)


@dataclass(frozen=True, eq=False)
class Calibration:
    """What was fitted, and how the files were met as computed, as measured, and by the fit to all other substances."""

    how: AsMeasured
    as_computed: tuple[Agreement, ...]
    fitted: tuple[Agreement, ...]
    left_out: tuple[Agreement, ...]

    def card_block(self) -> dict:
        """Return the block ``as_measured`` of a card."""
        element = self.fitted[0].element
        return {
            **self.how.as_dict(),
            "fitted_on": [row.name for row in self.fitted],
            "window_ev": list(WINDOWS_EV[element]),
            "compared_at_fwhm_ev": COMPARED_AT_FWHM_EV.get(element, 0.0),
            **{name: medians(getattr(self, name)) for name in ("as_computed", "fitted", "left_out")},
        }


def predicted_cases(
    network: str | Path, files: Sequence[MeasuredFile], told: Callable[[str], None] = lambda _: None
) -> list[Case]:
    """Predict the substances of the files of a network's element; what can't be read or predicted is told and left out.

    Raises
    ------
    XanesviewError
        If the network gives no spectra on absolute energies.
    """
    predictor = load_predictor(network)
    card, cases = predictor.card, []
    for file in files:
        if file.element != card.element or (file.crystal is not None and not file.smiles) != card.is_of_crystals:
            continue
        try:
            spectrum, structure = file.spectrum(), file.structure()
            tensor = predictor.predict(structure, default_sites(structure, card)).tensor
        except XanesviewError as error:
            told(f"{file.name} was left out: {error.message}")
            continue
        if tensor.axis == "relative" and tensor.ip_ev is None:
            raise XanesviewError(
                f"{card.name} gives no {card.e0_name}, so its energies have no place beside measured ones.",
                "Only networks with absolute energies can be fitted to measured spectra.",
            )
        cases.append(Case(file, spectrum, _on_even_grid(tensor), card.is_of_crystals))
    return cases


def _on_even_grid(tensor: AbsorptionTensor) -> AbsorptionTensor:
    """Return tensors on absolute energies in equal steps, which are broadened much faster, without their ensemble."""
    placed = replace(tensor, members=None).on_axis("absolute")
    low, high = placed.energy_ev[0], placed.energy_ev[-1]
    n = round((high - low) / float(np.diff(placed.energy_ev).min())) + 1
    return placed.on_axis("absolute", np.linspace(low, high, n))


def has_step(card: Card, cases: Sequence[Case]) -> bool:
    """Whether an edge step can be lacking: not in edge-step spectra, and only where ionisation potentials are known."""
    return card.unit != "edge step" and all(case.tensor.ip_ev is not None for case in cases)


def fitted(
    cases: Sequence[Case], with_step: bool, start: AsMeasured | None = None, with_scale: bool | None = None
) -> AsMeasured:
    """Return what has the smallest mean misfit: shift, width, (where asked for) height of the step and scale of terms.

    Parameters
    ----------
    with_step : of a step its width is given, its height fitted
    start : where the fit begins; by default all shifts are tried
    with_scale : whether term values are scaled; by default where it is worth a number more and a step is fitted, too
    """
    is_first = start is None
    if start is None:
        tried = [AsMeasured(float(shift), _FIRST_FWHM_EV) for shift in _FIRST_SHIFTS_EV]
        start = replace(min(tried, key=lambda how: _misfit(cases, how)), step_height=0.1 if with_step else 0.0)
    names = ["shift_ev", "fwhm_ev", *(["step_height"] if with_step else [])]
    best = start if with_scale else _minimum(cases, start, names, is_first)
    if with_scale or (with_scale is None and with_step):
        scaled = _minimum(cases, best, [*names, "term_scale"], is_first)
        if with_scale or _misfit(cases, scaled) < (1.0 - _WORTH_A_SCALE) * _misfit(cases, best):
            best = scaled
    # a width or a step that is almost none is none: the shorter description
    reached = _misfit(cases, best)
    for name in ("fwhm_ev", "step_height"):
        without = replace(best, **{name: 0.0})
        best = without if _misfit(cases, without) <= reached * 1.0005 else best
    return AsMeasured(
        round(best.shift_ev, 3), round(best.fwhm_ev, 3), round(best.step_height, 4), STEP_WIDTH_EV,
        round(best.term_scale, 3),
    )  # fmt: skip


def _misfit(cases: Sequence[Case], how: AsMeasured) -> float:
    return float(np.mean([case.misfit(how) for case in cases]))


_RANGES = {
    "shift_ev": (-_LARGEST.shift_ev, _LARGEST.shift_ev),
    "fwhm_ev": (0.0, _LARGEST.fwhm_ev),
    "step_height": (0.0, _LARGEST.step_height),
    "term_scale": _TERM_SCALES,
}
_STEPS = {"shift_ev": 0.15, "fwhm_ev": 0.4, "step_height": 0.08, "term_scale": 0.05}


def _minimum(cases: Sequence[Case], start: AsMeasured, names: Sequence[str], is_first: bool) -> AsMeasured:
    """Return where the mean misfit is smallest with some of the numbers free."""
    from scipy.optimize import minimize

    def made(values: np.ndarray) -> AsMeasured:
        return replace(start, **dict(zip(names, map(float, values), strict=True)))

    first = np.array([getattr(start, name) for name in names])
    # with one substance less the best is near: a smaller simplex, and no finer than the substances differ
    size, finest = (1.0, 0.004) if is_first else (0.4, 0.01)
    simplex = np.array([first, *(first + size * step for step in np.diag([_STEPS[name] for name in names]))])
    found = minimize(
        lambda values: _misfit(cases, made(values)), first, method="Nelder-Mead", bounds=[_RANGES[n] for n in names],
        options={"initial_simplex": simplex, "xatol": finest, "fatol": 0.01 * finest, "maxfev": 250},
    )  # fmt: skip
    return made(found.x)


def calibrated(
    cases: Sequence[Case], with_step: bool, progress: Callable[[int, int], None] = lambda *_: None
) -> Calibration:
    """Fit to all files, then leave one substance after the other out of the fit and look at its own files.

    Raises
    ------
    XanesviewError
        If there are fewer than three substances.
    """
    substances = list(dict.fromkeys(case.file.substance for case in cases))
    if len(substances) < _FEWEST_SUBSTANCES:
        raise XanesviewError(
            f"There are measured spectra of {counted(len(substances), 'substance')}; "
            f"a fit needs at least {_FEWEST_SUBSTANCES}.",
            "Put more files into the folder and its index.",
        )
    how = fitted(cases, with_step)
    left_out = []
    for k, one in enumerate(substances):
        others = [case for case in cases if case.file.substance != one]
        own = fitted(others, with_step, start=how, with_scale=how.term_scale != 1.0)
        left_out += [case.agreement(own) for case in cases if case.file.substance == one]
        progress(k + 1, len(substances))
    return Calibration(
        how, tuple(case.agreement() for case in cases), tuple(case.agreement(how) for case in cases), tuple(left_out)
    )
