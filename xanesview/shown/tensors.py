"""The tensors that the curves are made of: picked sites and their sums, on the energy axis that is shown."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.errors import XanesviewError

if TYPE_CHECKING:
    from collections.abc import Callable

    from xanesview.domain.session import ReferenceCurve
    from xanesview.gui.session.live_direction import Answer
    from xanesview.gui.session.workspace import Workspace


@dataclass(frozen=True, eq=False)
class Look:
    """Some sites of a prediction as they are shown.

    Attributes
    ----------
    selected, summed
        Tensors of the sites (S, 6, E), and their weighted sum as one, both on `axis`.
    e0_ev
        Weighted mean E0 of the sites, or None where the network gives none.
    problem
        Why the axis asked for can't be shown, else empty.
    is_e0_borrowed
        Whether the sites were moved by the E0 that another network gives.
    """

    selected: AbsorptionTensor
    summed: AbsorptionTensor
    e0_ev: float | None
    problem: str = ""
    is_e0_borrowed: bool = False

    @property
    def axis(self) -> str:
        """The energy axis shown."""
        return self.selected.axis

    @cached_property
    def is_isotropic(self) -> bool:
        """Whether every polarisation gives the same curve."""
        mean = self.summed.isotropic()[0]
        away = self.summed.components[0] - np.array([1.0, 1.0, 1.0, 0.0, 0.0, 0.0])[:, None] * mean
        return bool(np.abs(away).max() <= 1e-9 * max(np.abs(mean).max(), 1e-300))


class Looks:
    """The latest looks; a drag asks for the same ones at every move."""

    _KEPT = 32

    def __init__(self) -> None:
        self._looks: OrderedDict[tuple, tuple[object, Look]] = OrderedDict()

    def look(
        self, tensor: AbsorptionTensor, sites: tuple[int, ...], weights: tuple[float, ...], axis: str | None
    ) -> Look:
        """Some sites and their weighted sum; on their own axis where the one asked for can't be had.

        Parameters
        ----------
        tensor : with at least these sites
        sites : atom indices (S,), at least one
        weights : (S,)
        axis : "absolute", "relative", or None as the tensor comes
        """
        return self._get((id(tensor), sites, weights, axis), tensor, lambda: _look(tensor, sites, weights, axis))

    def moved_by(
        self, giver: AbsorptionTensor, tensor: AbsorptionTensor, sites: tuple[int, ...], weights: tuple, axis: str
    ) -> Look:
        """The same of a network that gives no E0: its sites move by that of another one."""

        def make() -> Look:
            placed = replace(tensor.select(sites), ip_ev=giver.select(sites).ip_ev)
            return replace(_look(placed, sites, weights, axis), is_e0_borrowed=True)

        return self._get((id(giver), id(tensor), sites, weights, axis), (giver, tensor), make)

    def answered(self, look: Look, answer: Answer, weights: tuple[float, ...], own: AbsorptionTensor) -> Look:
        """What a network gave along one direction, as tensors that give these spectra along every direction.

        Parameters
        ----------
        look : of the same sites, fitted
        answer : spectra (S, E) on the network's own axis
        weights : (S,)
        own : the fitted tensor as it came, for its grid and E0
        """
        key = (id(look), id(answer), weights)
        return self._get(key, (look, answer), lambda: _answered(look, answer, weights, own))

    def _get(self, key: tuple, held: object, make: Callable[[], Look]) -> Look:
        if key not in self._looks:
            # what the ids in the key belong to is held, too, so that they stay taken
            self._looks[key] = (held, make())
            while len(self._looks) > self._KEPT:
                self._looks.popitem(last=False)
        self._looks.move_to_end(key)
        return self._looks[key][1]


class ShownTensors:
    """What the workspace shows, as tensors; reads the workspace, changes nothing."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._looks = Looks()

    @property
    def axis(self) -> str:
        """The energy axis that is shown: the one asked for where it can be had, else the network's own."""
        workspace, look = self._workspace, self.look()
        if look is not None:
            return look.axis
        card = workspace.card
        return workspace.session.axis or ("absolute" if card is None else card.axis)

    def look(self) -> Look | None:
        """The picked sites whose tensor is known, or None before the prediction."""
        workspace = self._workspace
        prediction, sites = workspace.prediction, workspace.shown_sites()
        if prediction is None or not sites:
            return None
        return self._looks.look(prediction.tensor, sites, self._weights(sites), workspace.session.axis)

    def drawn(self) -> Look | None:
        """The same sites as they are drawn: by a network that takes the direction as an input, its own answer."""
        workspace, look = self._workspace, self.look()
        sites = workspace.shown_sites()
        answer = workspace.direction.answer(sites) if look is not None and workspace.asks_directions() else None
        if answer is None:
            return look
        return self._looks.answered(look, answer, self._weights(sites), workspace.prediction.tensor)

    @property
    def is_answer(self) -> bool:
        """Whether `drawn` holds the network's own answer to a direction, not a tensor."""
        return self.drawn() is not self.look()

    def compared(self, network: str) -> tuple[Look | None, str]:
        """The same sites by another network on the axis that is shown, or None and why."""
        workspace = self._workspace
        prediction, sites = workspace.known_prediction(network), workspace.shown_sites()
        if prediction is None or not sites or not set(sites) <= set(prediction.tensor.sites.tolist()):
            return None, workspace.problem_of(network)
        weights, axis = self._weights(sites), self.axis
        look = self._looks.look(prediction.tensor, sites, weights, axis)
        if look.problem and workspace.prediction.tensor.ip_ev is not None:
            look = self._looks.moved_by(workspace.prediction.tensor, prediction.tensor, sites, weights, axis)
        return (look, "") if not look.problem else (None, look.problem)

    def reference_sites(self, reference: ReferenceCurve) -> tuple[int, ...]:
        """Sites that a polarised reference is summed over: the picked ones that it holds, else all it holds."""
        sites = tuple(int(i) for i in reference.tensor.sites)
        return tuple(i for i in self._workspace.session.picked if i in sites) or sites

    def reference_sum(self, reference: ReferenceCurve) -> AbsorptionTensor | None:
        """A polarised reference summed like the prediction, or None where its energies can't be shown on the axis.

        Its sites move by their own E0; where the reference has none, all move by that of the prediction.
        """
        sites, axis = self.reference_sites(reference), self.axis
        look = self._looks.look(reference.tensor, sites, self._weights(sites), axis)
        if look.axis == axis:
            return look.summed
        own = self.look()
        if own is None or own.e0_ev is None:
            return None
        shift = own.e0_ev if axis == "absolute" else -own.e0_ev
        return replace(look.summed, energy_ev=look.summed.energy_ev + shift, axis=axis)

    def _weights(self, sites: tuple[int, ...]) -> tuple[float, ...]:
        return tuple(self._workspace.site_weight(site) for site in sites)


def _look(tensor: AbsorptionTensor, sites: tuple[int, ...], weights: tuple[float, ...], axis: str | None) -> Look:
    own = tensor.select(sites)
    selected, problem = own, ""
    if axis is not None and axis != own.axis:
        try:
            selected = own.on_axis(axis)
        except XanesviewError as error:
            problem = f"{error.message} {error.hint}".strip()
    factors = np.array(weights, dtype=np.float64)
    return Look(selected, selected.summed(factors), _mean_e0(own, factors), problem)


def _answered(look: Look, answer: Answer, weights: tuple[float, ...], own: AbsorptionTensor) -> Look:
    unit = np.array([1.0, 1.0, 1.0, 0.0, 0.0, 0.0])
    components = answer.spectra[:, None, :] * unit[:, None]
    tensor = replace(own.select(answer.sites), components=components, members=None)
    selected = tensor.on_axis(look.axis)
    return Look(selected, selected.summed(np.array(weights, dtype=np.float64)), look.e0_ev)


def _mean_e0(tensor: AbsorptionTensor, weights: np.ndarray) -> float | None:
    if tensor.ip_ev is None or not np.isfinite(tensor.ip_ev).all():
        return None
    total = weights.sum()
    return float(tensor.ip_ev @ weights / total) if total > 0 else float(tensor.ip_ev.mean())
