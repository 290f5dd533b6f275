"""Some sites of a prediction as they are shown: selected, summed, on an energy axis, at a width."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor, AxisError, PolarisedSpectra
from xanesview.domain.bands import LEVELS
from xanesview.domain.processing.broadening import broaden_tensor_to
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.limits import check_width_ev

if TYPE_CHECKING:
    from collections.abc import Callable

    from xanesview.domain.geometry.weight_tensor import WeightTensor
    from xanesview.domain.processing.as_measured import AsMeasured
    from xanesview.domain.processing.steps.step import Step
    from xanesview.networks.card import Card
    from xanesview.shown.display_map import DisplayMap

_UNIT = np.array([1.0, 1.0, 1.0, 0.0, 0.0, 0.0])


@dataclass(frozen=True, eq=False)
class Answer:
    """What a network that takes the direction as an input gave: spectra (S, E) of sites along one direction."""

    sites: tuple[int, ...]
    spectra: np.ndarray


@dataclass(frozen=True, eq=False)
class Look:
    """Some sites of a prediction as they are shown.

    Attributes
    ----------
    native
        Tensors of the sites (S, 6, E) on the axis shown, at the width they came with; as measured, with shift and step.
    summed
        Their weighted sum as one tensor, at the width shown.
    weights
        Weight of each site in the sum (S,).
    e0_ev
        Weighted mean E0 of the sites, or None where the network gives none.
    fwhm_ev
        Total width to draw, or None for the one they came with.
    problem
        Why the axis asked for can't be shown, else None.
    measured
        How they are drawn as measured, or None where they are drawn as computed.
    is_e0_borrowed
        Whether the sites were moved by the E0 that another network gives.
    display
        The steps that were applied, None where none were.
    plain
        The same before these steps.
    """

    native: AbsorptionTensor
    summed: AbsorptionTensor
    weights: np.ndarray
    e0_ev: float | None
    fwhm_ev: float | None = None
    problem: AxisError | None = None
    is_e0_borrowed: bool = False
    measured: AsMeasured | None = None
    display: DisplayMap | None = None
    plain: Look | None = None

    @property
    def is_normalised(self) -> bool:
        """Whether steps have given it a scale of its own, so that it is neither of an atom nor of a sum."""
        return self.display is not None and bool(self.display.unit)

    @property
    def unprocessed(self) -> Look:
        """The same before steps were applied."""
        return self if self.plain is None else self.plain

    @property
    def axis(self) -> str:
        """The energy axis shown."""
        return self.native.axis

    @property
    def reason(self) -> str:
        """Why the axis asked for can't be shown, in words; empty where it is."""
        return "" if self.problem is None else f"{self.problem.message} {self.problem.hint}".strip()

    @cached_property
    def selected(self) -> AbsorptionTensor:
        """Tensors of the sites (S, 6, E) at the width shown, without their ensemble: only the sum has a band."""
        if self.plain is not None and self.display.links:  # what was broadened before the steps
            total = float(self.weights.sum())
            return self.display.tensor(self.plain.selected, 1.0 / total if total else 1.0)
        return broadened(replace(self.native, members=None), self.fwhm_ev)

    def total(self, weight: WeightTensor) -> np.ndarray:
        """Return the sum of the sites for an experiment, (E,)."""
        return self.summed.contract(weight)[0]

    def band(self, weight: WeightTensor, level: float = LEVELS[0]) -> np.ndarray | None:
        """Return half the width of the band around that sum, (E,), or None where there is no ensemble.

        It is meant to hold 68 or 95 % of the truth, one of `xanesview.domain.bands.LEVELS`.
        """
        band = self.summed.band(weight, level=level)
        return None if band is None else band[0]

    def band_words(self, weight: WeightTensor) -> str:
        """Return in words what that band promises; empty where there is no ensemble."""
        tensor = self.summed
        return "" if tensor.members is None else tensor.bands.words(weight, tensor.n_summed)

    def spectra(self, weight: WeightTensor) -> PolarisedSpectra:
        """Return each site's spectrum times its weight in the sum, and the sum, for an experiment."""
        return self.selected.spectra(weight, self.weights)

    @cached_property
    def is_isotropic(self) -> bool:
        """Whether every polarisation gives the same curve."""
        mean = self.summed.isotropic()[0]
        away = self.summed.components[0] - _UNIT[:, None] * mean
        return bool(np.abs(away).max() <= 1e-9 * max(np.abs(mean).max(), 1e-300))

    @cached_property
    def isotropic(self) -> np.ndarray:
        """The sum averaged over all directions, (E,)."""
        return self.summed.isotropic()[0]


def look_at(
    tensor: AbsorptionTensor,
    sites: tuple[int, ...],
    weights: tuple[float, ...],
    axis: str | None = None,
    fwhm_ev: float | None = None,
    measured: AsMeasured | None = None,
) -> Look:
    """Return some sites and their weighted sum; on their own axis where the one asked for can't be had.

    Parameters
    ----------
    tensor : with at least these sites
    sites : atom indices (S,), at least one
    weights : (S,)
    axis : "absolute", "relative", or None as the tensor comes
    fwhm_ev : total width, or None as the tensor comes; a smaller one changes nothing
    measured : draw them as measured, or (None) as computed
    """
    own, fwhm_ev = _as_drawn(tensor.select(sites), fwhm_ev, measured)
    placed, problem = own, None
    if axis is not None and axis != own.axis:
        try:
            placed = own.on_axis(axis)
        except AxisError as error:
            problem = error
    factors = np.array(weights, dtype=np.float64)
    summed = broadened(placed.summed(factors), fwhm_ev)
    return Look(placed, summed, factors, _mean_e0(own, factors), fwhm_ev, problem, measured=measured)


def _as_drawn(
    tensor: AbsorptionTensor, fwhm_ev: float | None, measured: AsMeasured | None
) -> tuple[AbsorptionTensor, float | None]:
    """Return tensors with shift and step where they are drawn as measured, and the total width to draw."""
    if measured is None:
        return tensor, fwhm_ev
    return measured.applied(tensor), measured.total_fwhm_ev(tensor.native_fwhm_ev, fwhm_ev)


def measured_look(card: Card) -> AsMeasured:
    """Return how spectra of a network are drawn as measured.

    Raises
    ------
    XanesviewError
        If it was never fitted to measured spectra.
    """
    if card.as_measured is None:
        raise XanesviewError(
            f"The network {card.name} was not fitted to measured spectra, so it can't be drawn as measured.",
            "Draw it as computed, or fit it with “xanesview calibrate”.",
        )
    return card.as_measured


def check_width(tensor: AbsorptionTensor, fwhm_ev: float | None) -> None:
    """Check that a total width can be had.

    Raises
    ------
    XanesviewError
        If it is none, or below the width that the tensor came with: what was computed broad can't be made sharp.
    """
    if fwhm_ev is not None:
        check_width_ev(fwhm_ev)
    if fwhm_ev is not None and not fwhm_ev >= tensor.native_fwhm_ev - 1e-6:
        raise XanesviewError(
            f"A width of {fwhm_ev:g} eV is below the prediction's own {tensor.native_fwhm_ev:g} eV.",
            "Give a larger width, or none for the prediction's own.",
        )


def answered(look: Look, answer: Answer, own: AbsorptionTensor) -> Look:
    """Return what a network gave along one direction, as tensors that give these spectra along every direction.

    Parameters
    ----------
    look : of the same sites, fitted
    answer : spectra (S, E) on the network's own axis
    own : the fitted tensor as it came, for its grid and E0
    """
    given, _ = _as_drawn(constant(own.select(answer.sites), answer.spectra), None, look.measured)
    placed = given.on_axis(look.axis)
    summed = broadened(placed.summed(look.weights), look.fwhm_ev)
    found = Look(placed, summed, look.weights, look.e0_ev, look.fwhm_ev, measured=look.measured)
    return found if look.display is None else _displayed(found, look.display)


def processed(look: Look, steps: tuple[Step, ...]) -> Look:
    """Return sites after steps, which count energies on the axis shown; as far as they can be done."""
    from xanesview.shown.display_map import display_map

    summed = look.summed
    mean = Spectrum(summed.energy_ev, look.isotropic, summed.unit, native_fwhm_ev=summed.native_fwhm_ev)
    return _displayed(look, display_map(mean, steps))


def _displayed(look: Look, display: DisplayMap) -> Look:
    if not display.links:
        return replace(look, display=display, plain=look)
    total = float(look.weights.sum())
    native = display.tensor(look.native, 1.0 / total if total else 1.0)
    summed = display.tensor(look.summed)
    shift = display.outcome.after.facts.get("shift_ev", 0.0) if look.axis == "absolute" else 0.0
    e0_ev = None if look.e0_ev is None else look.e0_ev + shift
    return replace(look, native=native, summed=summed, e0_ev=e0_ev, display=display, plain=look)


def constant(tensor: AbsorptionTensor, spectra: np.ndarray) -> AbsorptionTensor:
    """Return tensors that give the spectra (S, E) along every direction, with all else as it was."""
    values = np.asarray(spectra, dtype=np.float64)
    return replace(tensor, components=values[:, None, :] * _UNIT[:, None], members=None)


def broadened(tensor: AbsorptionTensor, fwhm_ev: float | None) -> AbsorptionTensor:
    """Return a tensor at a total width; as it is where that is None or not above its own."""
    if fwhm_ev is None or fwhm_ev <= tensor.native_fwhm_ev:
        return tensor
    return broaden_tensor_to(tensor, fwhm_ev)


class Looks:
    """The latest looks: a change of one thing leaves the others as they are, objects and all."""

    _KEPT = 32

    def __init__(self) -> None:
        self._looks: OrderedDict[tuple, tuple[object, Look]] = OrderedDict()

    def look(self, tensor: AbsorptionTensor, *how: object) -> Look:
        """Return `look_at` of the tensor; `how` are its other arguments."""
        return self._get((id(tensor), *how), tensor, lambda: look_at(tensor, *how))

    def moved_by(
        self,
        giver: AbsorptionTensor,
        tensor: AbsorptionTensor,
        sites: tuple[int, ...],
        weights: tuple[float, ...],
        axis: str,
        fwhm_ev: float | None = None,
        measured: AsMeasured | None = None,
    ) -> Look:
        """Return the same of a network that gives no E0: its sites move by that of another one, as it is drawn."""

        def make() -> Look:
            own, total = _as_drawn(tensor.select(sites), fwhm_ev, measured)
            placed = replace(own, ip_ev=giver.select(sites).ip_ev)
            return replace(look_at(placed, sites, weights, axis, total), measured=measured, is_e0_borrowed=True)

        return self._get((id(giver), id(tensor), sites, weights, axis, fwhm_ev, measured), (giver, tensor), make)

    def moved(self, look: Look, shift_ev: float, axis: str) -> Look:
        """Return sites without an E0 of their own on the other axis, moved by one that is given."""

        def make() -> Look:
            both = (look.native, look.summed)
            native, summed = (replace(one, energy_ev=one.energy_ev + shift_ev, axis=axis) for one in both)
            return replace(look, native=native, summed=summed, problem=None)

        return self._get((id(look), shift_ev, axis), look, make)

    def processed(self, look: Look, steps: tuple[Step, ...]) -> Look:
        """Return `processed` of the same; the look itself without steps."""
        return look if not steps else self._get((id(look), steps), look, lambda: processed(look, steps))

    def answered(self, look: Look, answer: Answer, own: AbsorptionTensor) -> Look:
        """Return `answered` of the same."""
        return self._get((id(look), id(answer)), (look, answer), lambda: answered(look, answer, own))

    def _get(self, key: tuple, held: object, make: Callable[[], Look]) -> Look:
        if key not in self._looks:
            # what the ids in the key belong to is held, too, so that they stay taken
            self._looks[key] = (held, make())
            while len(self._looks) > self._KEPT:
                self._looks.popitem(last=False)
        self._looks.move_to_end(key)
        return self._looks[key][1]


def _mean_e0(tensor: AbsorptionTensor, weights: np.ndarray) -> float | None:
    if tensor.ip_ev is None or not np.isfinite(tensor.ip_ev).all():
        return None
    total = weights.sum()
    return float(tensor.ip_ev @ weights / total) if total > 0 else float(tensor.ip_ev.mean())
