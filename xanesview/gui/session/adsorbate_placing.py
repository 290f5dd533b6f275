"""A molecule being put on the slab that is shown: on which site, how high, how turned; typed or dragged, one step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PySide6.QtCore import QObject, Signal

from xanesview.domain.editing.adsorbate import LEAST_HEIGHT_ANGSTROM, adsorbed, pressed_contact, usual_height
from xanesview.domain.editing.surface_sites import SurfaceSite, nearest_site, surface_sites
from xanesview.errors import XanesviewError
from xanesview.limits import LARGEST_HEIGHT_ANGSTROM

if TYPE_CHECKING:
    from collections.abc import Callable

    from xanesview.domain.session import Session
    from xanesview.domain.structure import Structure
    from xanesview.gui.session.structure_editing import StructureEditing

STEP = "put a molecule on the surface"
_AS_HIGH_ANGSTROM = 0.1


class Bench(Protocol):
    """What is needed of the workspace, which holds this."""

    editing: StructureEditing
    structure_changed: Signal
    session: Session
    structure: Structure | None
    begin_gesture: Callable[[], int]
    take_back: Callable[[int], None]


@dataclass(frozen=True, eq=False)
class Stand:
    """How a molecule stands.

    Attributes
    ----------
    site : SurfaceSite
    height_angstrom : float
        Of its first atom over the site.
    turn_deg : float
        About the normal.
    lies : bool
        With its flattest side to the surface.
    beside_angstrom : (3,) float
        By how much it stands beside the site.
    """

    site: SurfaceSite
    height_angstrom: float = 2.0
    turn_deg: float = 0.0
    lies: bool = False
    beside_angstrom: np.ndarray = None

    @property
    def beside(self) -> np.ndarray:
        """By how much it stands beside the site, (3,)."""
        return np.zeros(3) if self.beside_angstrom is None else self.beside_angstrom


class AdsorbatePlacing(QObject):
    """Where a molecule stands on a slab while the user seeks its place.

    Attributes
    ----------
    snaps : bool
        Whether a molecule that is let go stands on the nearest site.
    """

    active_changed = Signal(bool)
    changed = Signal()  # how it stands, or that there is a molecule
    refused = Signal(object)  # XanesviewError: it can't stand so, and what is shown stays

    def __init__(self, workspace: Bench) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._session: Session | None = None  # with the bare slab
        self._molecule: Structure | None = None
        self._stand: Stand | None = None
        self._held: Stand | None = None  # as it stood when it was taken hold of
        self._before: Stand | None = None  # the same, whatever keys were pressed since
        self._own_height = False  # typed or dragged, so that another site keeps it
        self._gesture: int | None = None
        self._shown = ""  # hash of the last structure that came of it
        self._sites: dict[bool, tuple[SurfaceSite, ...]] = {}
        self._edited = False
        self.snaps = True
        workspace.structure_changed.connect(self._follow)

    @property
    def is_active(self) -> bool:
        """Whether a molecule is being put there."""
        return self._session is not None

    @property
    def slab(self) -> Structure | None:
        """The bare slab; None while nothing is put anywhere."""
        return None if self._session is None else self._session.structure

    @property
    def molecule(self) -> Structure | None:
        """What is put there; None before it is built."""
        return self._molecule

    @property
    def stand(self) -> Stand | None:
        """How it stands, or would."""
        return self._stand

    @property
    def stands(self) -> bool:
        """Whether the structure shown has the molecule on it."""
        structure = self._workspace.structure
        n = 0 if self._molecule is None else self._molecule.n_atoms
        return self.is_active and n > 0 and structure is not None and structure.n_atoms == self.slab.n_atoms + n

    @property
    def pressed(self) -> tuple[int, int, float] | None:
        """Two atoms that are closer than any bond, and their distance, Å; see `pressed_contact`."""
        return pressed_contact(self._workspace.structure, self.slab.n_atoms) if self.stands else None

    def sites(self, below: bool = False) -> tuple[SurfaceSite, ...]:
        """Return the sites of the slab's upper or lower face."""
        if below not in self._sites:
            self._sites[below] = surface_sites(self.slab, below)
        return self._sites[below]

    # ---- the mode ----

    def begin(self, atom: int = -1) -> None:
        """Begin on the slab that is shown, on top of an atom or, without one, of the topmost in its middle."""
        editing = self._workspace.editing
        self._edited = editing.is_active
        editing.set_active(False)
        self._session, self._molecule, self._gesture = self._workspace.session, None, None
        self._sites, self._own_height, self._shown, self._held = {}, False, "", None
        tops = [site for site in self.sites() if site.kind == "top"]
        level = max(float(site.place_angstrom @ site.normal) for site in tops)
        highest = [site for site in tops if site.place_angstrom @ site.normal > level - _AS_HIGH_ANGSTROM]
        middle = np.mean([site.place_angstrom for site in highest], axis=0)
        central = min(highest, key=lambda site: float(np.linalg.norm(site.place_angstrom - middle)))
        self._stand = Stand(next((site for site in tops if site.atoms == (atom,)), central))
        self.active_changed.emit(True)
        self.changed.emit()

    def keep(self) -> None:
        """Leave the molecule where it stands."""
        self._leave()

    def take_away(self) -> None:
        """Take the molecule away, as if it had never been."""
        gesture, self._gesture = self._gesture, None
        self.let_go(cancelled=True)
        if gesture is not None:
            self._shown = ""
            self._session, before = None, self._session  # what is shown next is none of its own
            self._workspace.take_back(gesture)
            self._session = before
        self._leave()

    def _leave(self) -> None:
        if self._session is None:
            return
        self._session = self._molecule = self._stand = self._held = None
        self.active_changed.emit(False)
        if self._edited:
            self._workspace.editing.set_active(True)

    def _follow(self) -> None:
        """Another structure is shown: its slab or the molecule is gone, such as by undo, and so is the mode."""
        structure = self._workspace.structure
        own = "" if self._session is None else self._shown or self.slab.content_hash
        if self._session is not None and (structure is None or structure.content_hash != own):
            self._leave()

    # ---- what is typed and clicked ----

    def take(self, molecule: Structure) -> None:
        """Put a molecule there that has been built."""
        self._molecule = molecule
        self._put(self._rested(self._stand))

    def choose(self, site: SurfaceSite) -> None:
        """Let it stand on a site."""
        self._put(self._rested(replace(self._stand, site=site, beside_angstrom=None)))

    def set_height(self, height_angstrom: float) -> None:
        """Lift or lower it; other sites keep the height."""
        self._own_height = True
        self._put(replace(self._stand, height_angstrom=height_angstrom))

    def set_turn(self, turn_deg: float) -> None:
        """Turn it about the normal."""
        self._put(self._rested(replace(self._stand, turn_deg=turn_deg)))

    def set_lies(self, lies: bool) -> None:
        """Lay it down, or let it stand."""
        self._put(self._rested(replace(self._stand, lies=lies)))

    def _rested(self, stand: Stand) -> Stand:
        """Return the stand at the usual height over its site, unless a height was given."""
        if self._own_height or self._molecule is None:
            return stand
        height = usual_height(
            self.slab, stand.site, self._molecule, beside_angstrom=stand.beside, turn_deg=stand.turn_deg,
            lies=stand.lies,
        )  # fmt: skip
        return replace(stand, height_angstrom=min(height, LARGEST_HEIGHT_ANGSTROM))

    def _structure(self, stand: Stand) -> Structure:
        return adsorbed(
            self.slab, self._molecule, stand.site, stand.height_angstrom, beside_angstrom=stand.beside,
            turn_deg=stand.turn_deg, lies=stand.lies,
        )  # fmt: skip

    def _put(self, stand: Stand) -> None:
        self._stand = stand
        if self._molecule is not None:
            try:
                structure = self._structure(stand)
            except XanesviewError as error:
                self.changed.emit()
                self.refused.emit(error)
                return
            if self._gesture is None:
                self._gesture = self._workspace.begin_gesture()
            self._shown = structure.content_hash
            self._workspace.editing.adsorb(self._session, structure, self._gesture)
        self.changed.emit()

    # ---- what is dragged ----

    def hold(self) -> None:
        """The mouse takes hold of the molecule."""
        if self.stands:
            self._before = self._stand if self._held is None else self._before
            self._held = self._stand
            self._workspace.editing.begin(STEP, self._gesture, freezes=False)

    def drag(self, kind: str, value: np.ndarray | float) -> None:
        """Slide it ("slide") by a vector (3,), lift it ("lift") by a length, Å, or turn it ("spin") by degrees.

        All counts from where it was taken hold of.

        Raises
        ------
        XanesviewError
            Where it can't stand so; what is shown stays.
        """
        held = self._held
        if held is None:
            return
        if kind == "lift":
            height = float(np.clip(held.height_angstrom + value, LEAST_HEIGHT_ANGSTROM, LARGEST_HEIGHT_ANGSTROM))
            self._show(replace(held, height_angstrom=height))
            self._own_height = True
        elif kind == "spin":
            self._show(replace(held, turn_deg=float((held.turn_deg + value + 180.0) % 360.0 - 180.0)))
        else:
            self._show(self._over(held, np.asarray(value, float)))

    def let_go(self, cancelled: bool = False) -> None:
        """Leave it where it was dragged, on the nearest site where it snaps; or where it was before the drag."""
        held, self._held = self._held, None
        if held is None:
            return
        editing = self._workspace.editing
        if cancelled:
            self._stand = self._before
            self._shown = self._structure(self._before).content_hash
            editing.cancel()
        else:
            if self.snaps and self._stand.beside.any():
                self._snap()
            editing.end()
        self.changed.emit()

    def _snap(self) -> None:
        stand = self._rested(replace(self._stand, beside_angstrom=None))
        try:
            self._show(stand)
        except XanesviewError as error:  # it stays where it was let go
            self.refused.emit(error)

    def _over(self, held: Stand, by: np.ndarray) -> Stand:
        """Return the stand after a slide along the surface, over the site that is nearest now, as high as before."""
        normal = held.site.normal
        by = by - (by @ normal) * normal
        point = held.site.place_angstrom + held.beside + by
        below = bool(normal @ self.slab.surface_normal < 0.0)
        site, _ = nearest_site(self.sites(below), self.slab, point)
        beside = point - site.place_angstrom
        rise = float(beside @ normal)
        height = float(np.clip(held.height_angstrom + rise, LEAST_HEIGHT_ANGSTROM, LARGEST_HEIGHT_ANGSTROM))
        return replace(held, site=site, height_angstrom=height, beside_angstrom=beside - rise * normal)

    def _show(self, stand: Stand) -> None:
        structure = self._structure(stand)
        self._stand, self._shown = stand, structure.content_hash
        self._workspace.editing.drag_to(structure)
        self.changed.emit()
