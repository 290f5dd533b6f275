"""Shown: all that one look at a session shows, each question answered once. Curves, chips, titles read only this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from xanesview.domain.session import FrozenCurve, ReferenceCurve, Session
from xanesview.domain.spectrum import Spectrum
from xanesview.shown.tensors import Look, Looks

if TYPE_CHECKING:
    from xanesview.domain.absorption import AbsorptionTensor
    from xanesview.domain.geometry.weight_tensor import WeightTensor
    from xanesview.domain.processing.as_measured import AsMeasured
    from xanesview.domain.processing.outcome import Outcome
    from xanesview.domain.processing.steps.step import Step
    from xanesview.domain.structure import Structure
    from xanesview.inference.loaded_network import Prediction
    from xanesview.networks.card import Card
    from xanesview.shown.varied_angle import VariedAngle

#: Beyond this many picked sites the plot shows their sum only; single curves, each as high as the mean or higher, would
#: be a tangle in which the one that counts is lost.
MOST_SITE_CURVES = 6


@dataclass(frozen=True, eq=False)
class Compared:
    """One further network: its bundle's name, title, the name to show, its sites, the factor of its intensities."""

    network: str
    title: str
    name: str
    look: Look
    factor: float
    is_scaled: bool
    is_fitted: bool

    @property
    def measured(self) -> AsMeasured | None:
        """How it is drawn as measured, None where as computed."""
        return self.look.measured

    @property
    def label(self) -> str:
        """What stands beside the curve."""
        return f"{self.name}, fitted" if self.is_fitted else self.name

    def intensity(self, weight: WeightTensor) -> np.ndarray:
        """Return the sum of the sites for an experiment, (E,), in the current network's measure."""
        return self.factor * self.look.total(weight)


@dataclass(frozen=True, eq=False)
class ShownReference:
    """A reference where it is drawn: neither sum nor spectrum where its energies can't be shown on the axis.

    Attributes
    ----------
    summed
        Of a polarised one: its sites summed and processed like the prediction, then by its own steps.
    spectrum
        Of a measured one: processed, then moved to the axis.
    outcome
        What its steps came to.
    is_elsewhere
        Whether it was measured at another edge than is shown, beside several open structures: it is not drawn here.
    sites
        Sites that a polarised one is summed over.
    label
        What stands beside the curve.
    note
        What was done to it, as the label ends with it.
    angle_share
        Of one of a series of angles, the place of its angle on the scale of colours, 0 to 1.
    """

    reference: ReferenceCurve
    summed: AbsorptionTensor | None = None
    spectrum: Spectrum | None = None
    sites: tuple[int, ...] = ()
    label: str = ""
    outcome: Outcome | None = None
    angle_share: float | None = None
    is_elsewhere: bool = False
    note: str = ""

    @cached_property
    def details(self) -> str:
        """Its name and what was done to it, a line each."""
        name = self.reference.label if self.spectrum is None else self.spectrum.label
        told = [name, self.reference.statement]
        if self.outcome is not None:
            told += self.outcome.lines
            if self.outcome.failed is not None:
                told.append(f"Step {self.outcome.failed + 1}: {self.outcome.problem}")
        return "\n".join(filter(None, told))

    @property
    def is_placed(self) -> bool:
        """Whether it can be drawn."""
        return self.summed is not None or self.spectrum is not None

    @property
    def energy_ev(self) -> np.ndarray:
        """Where it is drawn, (E,)."""
        return self.spectrum.energy_ev if self.summed is None else self.summed.energy_ev

    def intensity(self, weight: WeightTensor) -> np.ndarray:
        """Return what is drawn for an experiment, (E,), processed."""
        if self.summed is None:
            return self.spectrum.intensity
        return self.summed.contract(weight)[0]


@dataclass(frozen=True, eq=False)
class ShownFrozen:
    """A frozen curve on the axis that is shown, or None where it can't be, and what stands beside it.

    One of a series that differs by an angle alone has this angle, and its place on the scale of colours, 0 to 1.
    """

    frozen: FrozenCurve
    spectrum: Spectrum | None
    label: str
    angle_deg: float | None = None
    angle_share: float | None = None


@dataclass(frozen=True, eq=False)
class Shown:
    """One look at a session: built when session, card, tensors or answer change, and never changed.

    A turn of the light changes the session's geometry and nothing else here: see `turned`.

    Attributes
    ----------
    session : Session
    card : Card or None
        Of the chosen network, None where it can't be read.
    prediction : Prediction or None
        All sites known so far; with Refine on computed ones in the place of predicted ones.
    absorbers : tuple of int
        Atoms the network can predict in the structure.
    predicted_sites, computed_sites : frozenset of int
        Atoms whose tensor is known; those of them that were computed from first principles.
    sites : tuple of int
        Picked atoms whose tensor is known, in the order they were picked.
    names, labels : mapping
        What each of `sites` is called: "C1"; what stands beside its curve: "C1 computed".
    selection : str
        What the picked atoms together are called: "sum of all 6 C"; with how many of them are known, where not all are.
    look : Look or None
        The sites as tensors, None before the prediction.
    answer : Look or None
        The sites as a network that takes the direction as an input answered for it.
    axis : str
        The energy axis that is shown: the one asked for where it can be had, else the network's own.
    others : tuple of str
        Networks compared with the current one, drawn or not.
    compared : tuple of Compared
        Those of them that can be drawn.
    missing : mapping of name to reason
        Those of them that can't.
    network_names : mapping
        Short names of the current network and the compared ones.
    references, frozen
        Overlays where they are drawn.
    varied_angle : VariedAngle or None
        By which angle of the light frozen curves are told apart, where it is one alone: the current one is named alike.
    steps : tuple of Step
        What is done to the prediction, with energies on the axis shown.
    only_computed : str
        Why the current curves can't be drawn as measured; empty where they can.
    """

    session: Session
    card: Card | None = None
    prediction: Prediction | None = None
    absorbers: tuple[int, ...] = ()
    predicted_sites: frozenset[int] = frozenset()
    computed_sites: frozenset[int] = frozenset()
    sites: tuple[int, ...] = ()
    names: Mapping[int, str] = field(default_factory=dict)
    labels: Mapping[int, str] = field(default_factory=dict)
    selection: str = ""
    look: Look | None = None
    answer: Look | None = None
    axis: str = "absolute"
    others: tuple[str, ...] = ()
    compared: tuple[Compared, ...] = ()
    missing: Mapping[str, str] = field(default_factory=dict)
    network_names: Mapping[str, str] = field(default_factory=dict)
    references: tuple[ShownReference, ...] = ()
    frozen: tuple[ShownFrozen, ...] = ()
    varied_angle: VariedAngle | None = None
    steps: tuple[Step, ...] = ()
    only_computed: str = ""
    looks: Looks = field(default_factory=Looks, repr=False)

    @property
    def structure(self) -> Structure | None:
        """The structure shown."""
        return self.session.structure

    @property
    def drawn(self) -> Look | None:
        """The sites as they are drawn: by a network that takes the direction as an input, its own answer."""
        return self.look if self.answer is None else self.answer

    @property
    def gives(self) -> str:
        """What the network gives: "tensor", "directional", "isotropic", empty without one."""
        return "" if self.card is None else self.card.gives

    @property
    def asks_directions(self) -> bool:
        """Whether the network answers each direction anew, and the user has not chosen its fitted tensor."""
        return self.gives == "directional" and not self.session.fitted

    @property
    def ignores_direction(self) -> bool:
        """Whether the polarisation changes no curve: an isotropic network, and no other one that follows it."""
        return self.gives == "isotropic" and all(one.look.is_isotropic for one in self.compared)

    @property
    def measured(self) -> AsMeasured | None:
        """How the current curves are drawn as measured; None where they are drawn as computed."""
        return None if self.look is None else self.look.measured

    @property
    def ip_ev(self) -> float | None:
        """Where the mean ionisation potential (or E0) of the sites lies on the axis shown, eV, or None."""
        if self.look is None:
            return None
        return 0.0 if self.look.axis == "relative" else self.look.e0_ev

    @property
    def computed_share(self) -> str:
        """How many of the shown sites are computed: "", "2 of 6 computed", "computed"."""
        count = sum(site in self.computed_sites for site in self.sites)
        if not count:
            return ""
        return "computed" if count == len(self.sites) else f"{count} of {len(self.sites)} computed"

    @property
    def draws_single_sites(self) -> bool:
        """Whether single sites have curves of their own: not where they are many, or beside other networks."""
        return 2 <= len(self.sites) <= MOST_SITE_CURVES and not self.others

    def turned(self, session: Session) -> Shown:
        """Return the same for a session that differs in nothing but its geometry."""
        return self.replace(session=session)

    @property
    def n_atoms(self) -> float:
        """How many atoms the sum of `sites` stands for: their weights together."""
        if not self.session.site_weights:  # asked at every turn of the arrow
            return float(len(self.sites))
        return float(sum(self.session.weight_of(site) for site in self.sites))

    @property
    def divisor(self) -> float:
        """By what the sum of the sites is divided to be drawn: 1 per structure, the number of atoms per atom."""
        return (self.n_atoms or 1.0) if self.session.per_atom else 1.0

    @property
    def is_normalised(self) -> bool:
        """Whether steps have given what is drawn a scale of its own: it is neither of an atom nor of a sum."""
        return self.look is not None and self.look.is_normalised

    def weights(self, sites: Sequence[int] | None = None) -> tuple[float, ...]:
        """Return the weight of each of some sites (`sites` by default) in what is drawn.

        Per atom they add up to 1, so that the "sum" is the mean over the atoms.
        """
        weights = tuple(self.session.weight_of(site) for site in (self.sites if sites is None else sites))
        total = sum(weights) if self.session.per_atom else 1.0
        return tuple(weight / total for weight in weights) if total > 0 else weights

    def site_scales(self) -> np.ndarray:
        """By what the part (S,) of each site in what is drawn is multiplied for its own curve.

        Beside a mean over atoms each is drawn as it is, whatever its weight there; beside a sum, as its part of it.
        """
        scales = np.full(len(self.sites), self.divisor)
        if self.session.per_atom and self.session.site_weights:
            weights = np.array([self.session.weight_of(site) for site in self.sites])
            scales = np.divide(scales, weights, out=scales, where=weights > 0)
        return scales

    def replace(self, **changes: Any) -> Shown:
        """Return a copy with the given fields changed."""
        return replace(self, **changes)


def equal_area(one: AbsorptionTensor, two: AbsorptionTensor) -> float | None:
    """Return by what the second isotropic curve is multiplied to have the area of the first over their common energies.

    Of the isotropic curves, so that the factor stays while the polarisation turns. None without common energies.
    """
    low, high = max(one.energy_ev[0], two.energy_ev[0]), min(one.energy_ev[-1], two.energy_ev[-1])
    if high <= low:
        return None
    grid = np.linspace(low, high, 512)
    areas = [float(np.interp(grid, t.energy_ev, t.isotropic()[0]).sum()) for t in (one, two)]
    return areas[0] / areas[1] if areas[0] > 0 and areas[1] > 0 else None
