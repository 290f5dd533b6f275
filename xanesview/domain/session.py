"""Session: all that one look at a structure and its spectra consists of, frozen."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.curve_look import PLAIN, CurveLook
from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.geometry.polarisation import LinearPolarisation
from xanesview.domain.orientation.study import AngleStudy
from xanesview.domain.processing import step_lists
from xanesview.domain.processing.steps.step import Step
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError


@dataclass(frozen=True)
class ReferenceCurve:
    """A curve to compare with: a spectrum, or a computed tensor that follows the polarisation.

    The raw data stay; what is drawn, compared and exported is what `steps` make of them. `statement` says what was done
    at first or by a fit, until the user changes it; `scaled_to` is hash and name of the structure to whose prediction
    that was, and which of its curves. `structure_hash` is that of the structure whose atoms the sites of a tensor are,
    a measured spectrum has none; `computed_for` names the structure that a tensor's file says it belongs to, where that
    is another one than was open; `facts` are what its file says of itself, to tell it from others of the same name.
    One of a series of angles has the `angle_deg` of the field from the surface normal, and the name of its `series`.
    `hidden_with` are hashes of structures that a measured curve is hidden beside, though it is visible beside others.
    """

    spectrum: Spectrum | None = None
    tensor: AbsorptionTensor | None = None
    label: str = ""
    steps: tuple[Step, ...] = ()
    visible: bool = True
    statement: str = ""
    source: str = ""
    structure_hash: str = ""
    scaled_to: tuple[str, str, str] = ("", "", "")
    computed_for: str = ""
    look: CurveLook = PLAIN
    facts: Mapping[str, str] = field(default_factory=dict)
    angle_deg: float | None = None
    series: str = ""
    hidden_with: frozenset[str] = frozenset()

    def is_seen_with(self, structure: Structure | None) -> bool:
        """Whether it is drawn beside a structure."""
        return self.visible and (structure is None or structure.content_hash not in self.hidden_with)

    def seen_with(self, structure: Structure | None, seen: bool, *, here_only: bool) -> ReferenceCurve:
        """Return the curve shown or hidden beside a structure, or (not `here_only`) beside all."""
        own = frozenset() if structure is None else frozenset({structure.content_hash})
        if seen:
            return self.replace(visible=True, hidden_with=self.hidden_with - own)
        if here_only and own:
            return self.replace(hidden_with=self.hidden_with | own)
        return self.replace(visible=False)

    @property
    def is_of_structure(self) -> bool:
        """Whether it belongs to the structure it was computed for, in whose tab it stays."""
        return self.tensor is not None or self.spectrum.kind == "computed"

    @property
    def is_computed(self) -> bool:
        """Whether it comes from a calculation, with or without a tensor."""
        return self.tensor is not None or self.spectrum.kind != "measured"

    def __post_init__(self) -> None:
        if (self.spectrum is None) == (self.tensor is None):
            raise XanesviewError("A reference is either a spectrum or a tensor.")

    def scaled_elsewhere(self, structure: Structure | None) -> str:
        """Return the name of the structure it was scaled to by itself, where that is not this one; else nothing."""
        here = self.scaled_to[0] in ("", "" if structure is None else structure.content_hash)
        return "" if here or not self.statement else self.scaled_to[1]

    @property
    def shift_ev(self) -> float:
        """By how much its energy shifts move it together, eV."""
        return step_lists.total_shift_ev(self.steps)

    @property
    def scale(self) -> float:
        """The factor of its last scale, 1 without one."""
        return step_lists.last_scale(self.steps)

    def with_steps(self, steps: tuple[Step, ...]) -> ReferenceCurve:
        """Return the curve with other steps, by hand: whatever was said of the first ones no longer holds."""
        return self.replace(steps=tuple(steps), statement="")

    def replace(self, **changes: Any) -> ReferenceCurve:
        """Return a copy with the given fields changed."""
        return dataclasses.replace(self, **changes)


@dataclass(frozen=True)
class FrozenCurve:
    """A curve kept for comparison with what follows.

    `other` is the same curve on the other energy axis, where E0 was known: the sites of a sum move by their own E0, so
    one can't be had from the other later. Both are sums over sites whose weights add up to `n_atoms`. `done` and
    `done_other` are the same after the steps that the prediction had when the curve was frozen; None of curves that go
    along with the prediction's steps, as those of sessions before there was such a thing.
    """

    spectrum: Spectrum
    visible: bool = True
    other: Spectrum | None = None
    look: CurveLook = PLAIN
    n_atoms: float = 1.0
    done: Spectrum | None = None
    done_other: Spectrum | None = None

    def on_axis(self, axis: str, e0_ev: float | None = None) -> Spectrum | None:
        """Return the curve on an axis: as it was kept, else moved by an E0, else None."""
        for kept in (self.spectrum, self.other):
            if kept is not None and kept.axis == axis:
                return kept
        return None if e0_ev is None else self.spectrum.on_axis(axis, e0_ev)

    def done_on_axis(self, axis: str, e0_ev: float | None = None) -> Spectrum | None:
        """Return the curve after its steps on an axis: as it was kept, else moved by an E0, else None."""
        for kept in (self.done, self.done_other):
            if kept is not None and kept.axis == axis:
                return kept
        return None if e0_ev is None or self.done is None else self.done.on_axis(axis, e0_ev)


@dataclass(frozen=True)
class KeptStructure:
    """A structure that is open beside the one shown, with all that was set for it.

    Parameters
    ----------
    structure : Structure
    network : str
    picked : tuple of int
    site_weights : mapping of atom index to weight
    hidden_sites : frozenset of int
    geometry : Geometry or None
        None where it has not been shown yet: whoever shows it first chooses what to look at.
    references : tuple of ReferenceCurve
        Computed ones, whose sites are its atoms.
    """

    structure: Structure
    network: str = ""
    picked: tuple[int, ...] = ()
    site_weights: Mapping[int, float] = field(default_factory=dict)
    hidden_sites: frozenset[int] = frozenset()
    geometry: Geometry | None = None
    references: tuple[ReferenceCurve, ...] = ()


@dataclass(frozen=True)
class Session:
    """What is open, picked, set and overlaid.

    Parameters
    ----------
    structure : Structure or None
    network : str
        Name of the network that predicts.
    picked : tuple of int
        Atom indices, in the order they were picked.
    site_weights : mapping of atom index to weight
        1 where an atom is not named.
    hidden_sites : frozenset of int
        Picked atoms whose own curves are hidden.
    geometry : Geometry
    references, frozen
        Curves to compare with.
    broadening_fwhm_ev : float or None, eV
        Total width to draw; None draws the native width.
    axis : str or None
        Energies "absolute" or "relative" to E0; None as the network gives them.
    compared : tuple of str
        Names of further networks whose predictions are overlaid.
    hidden_networks : frozenset of str
        Those of them whose curves are hidden.
    fitted : bool
        Of a network that takes the direction as an input: draw the tensor fitted to it instead of its own answers.
    as_measured : bool
        Draw predictions as measured spectra look, where the network was fitted to such, else as computed.
    per_atom : bool
        Draw sums over sites divided by the sum of their weights, else as they are, per structure.
    kept : tuple of KeptStructure
        Further open structures, in the order of their tabs.
    place : int
        How many of them stand before the one shown.
    unrelaxed : frozenset of str
        Hashes of molecules that keep the geometry they were built with, though a relaxed one is known.
    looks : mapping of str to CurveLook
        How curves look that are neither reference nor frozen, see `curve_looks.look_key`.
    prediction_steps : mapping of str to tuple of Step
        What is done to predictions of an edge, such as "C K", before they are drawn beside measured curves. Their
        energies are absolute where E0 is known or the axis is.
    window_ev : (low, high) or None
        Energies that count in scores and fits, on the same scale; all where None.
    angles : AngleStudy
        What is set about series of angles and tilts.
    orbit_tolerance_angstrom : float or None, Å
        How far atoms may be off their places where one site an orbit is predicted and turned to the others; None where
        each site is predicted by itself.
    """

    structure: Structure | None = None
    network: str = ""
    picked: tuple[int, ...] = ()
    site_weights: Mapping[int, float] = field(default_factory=dict)
    hidden_sites: frozenset[int] = frozenset()
    geometry: Geometry = field(default_factory=LinearPolarisation)
    references: tuple[ReferenceCurve, ...] = ()
    frozen: tuple[FrozenCurve, ...] = ()
    broadening_fwhm_ev: float | None = None
    axis: str | None = None
    compared: tuple[str, ...] = ()
    hidden_networks: frozenset[str] = frozenset()
    fitted: bool = False
    as_measured: bool = True
    per_atom: bool = True
    kept: tuple[KeptStructure, ...] = ()
    place: int = 0
    unrelaxed: frozenset[str] = frozenset()
    looks: Mapping[str, CurveLook] = field(default_factory=dict)
    prediction_steps: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)
    window_ev: tuple[float, float] | None = None
    angles: AngleStudy = field(default_factory=AngleStudy)
    orbit_tolerance_angstrom: float | None = None

    @property
    def structures(self) -> tuple[Structure, ...]:
        """All open structures in the order of their tabs; the one shown stands at `place`."""
        kept = [one.structure for one in self.kept]
        return tuple(kept if self.structure is None else [*kept[: self.place], self.structure, *kept[self.place :]])

    def weight_of(self, atom: int) -> float:
        """Return the weight of a site in the sum."""
        return float(self.site_weights.get(atom, 1.0))

    def replace(self, **changes: Any) -> Session:
        """Return a copy with the given fields changed."""
        return dataclasses.replace(self, **changes)
