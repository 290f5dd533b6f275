"""What both 3D views show, from where they see it, and the pictures of it. What the mouse does is in `interaction`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget

from xanesview.domain.geometry.directions import frame as angle_frame
from xanesview.domain.geometry.directions import to_angles_deg
from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.geometry.polarisation import LinearPolarisation
from xanesview.domain.structure import Structure, site_description
from xanesview.drawing3d.arrow import Arrow
from xanesview.drawing3d.camera import OrbitCamera, rotation_looking_from, standard_rotation
from xanesview.drawing3d.confidence import ConfidenceSphere
from xanesview.drawing3d.drawing import Drawing, caption_of, scene_facts
from xanesview.drawing3d.framing import ArrowRoom, arrow_in_view, arrow_origin, fit_camera
from xanesview.drawing3d.peanuts import Peanuts
from xanesview.drawing3d.shapes import StructureShapes
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.palette import Colours
from xanesview.gui.appearance.picture_file import save_picture
from xanesview.gui.appearance.theme import colours, small_font, text_font
from xanesview.gui.view3d.annotations import DragSphere, Foreground, Letter, Pill, Triad
from xanesview.gui.view3d.picking import nearest_tip, ray_sphere_pick
from xanesview.shown.names import site_name
from xanesview.texts import tr

HINT = "drag me"
_PICK_SLACK_PX = 3.0
_NO_ROOM = ArrowRoom(3.0, np.eye(3), np.full((3, 2), 3.0))  # before there is a structure
_AXES = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}


@dataclass
class Gesture:
    """A mouse button being held.

    Attributes
    ----------
    kind : str
        ``"tip"``, ``"orbit"``, ``"pan"``; ``"atom"`` or ``"bond"`` in a view that edits; ``"molecule"``.
    button : Qt.MouseButton
    pressed, last : QPointF
        Where the button went down, and where the pointer was last.
    moved : bool
        Whether it has left the reach of a click.
    tip : int
        Which handle is held (0 at +n̂, 1 at -n̂, 2 the beam's).
    far_side : bool
        Whether that tip is on the half of the sphere away from the viewer.
    grip : QPointF
        From the tip to where it was taken hold of, so that it doesn't jump under the pointer.
    centre_angstrom, radius_angstrom
        The sphere that the tip runs over while it is held.
    camera : OrbitCamera or None
        As it was when the button went down.
    atom, bond
        What of the structure is held.
    start_angstrom : (3,) float or None
        Where the atom was drawn then.
    structure : Structure or None
        As it was then.
    """

    kind: str
    button: Qt.MouseButton
    pressed: QPointF
    last: QPointF
    moved: bool = False
    tip: int = -1
    far_side: bool = False
    grip: QPointF = field(default_factory=QPointF)
    centre_angstrom: np.ndarray | None = None
    radius_angstrom: float = 0.0
    camera: OrbitCamera | None = None
    atom: int = -1
    bond: tuple | None = None
    start_angstrom: np.ndarray | None = None
    structure: Structure | None = None


class BaseView(QWidget):
    """A view of a structure with the polarisation arrow: what it shows and from where it is seen.

    A subclass draws it; `interaction.InteractiveView` lets the mouse change it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setMinimumSize(160, 120)
        self.setAccessibleName(tr("Structure"))
        self.camera = OrbitCamera()
        self._shapes: StructureShapes | None = None
        self._geometry: Geometry = LinearPolarisation()
        self._isotropic_reason: str | None = None
        self._picked: dict[int, str] = {}
        self._marked: frozenset[int] = frozenset()
        self._origin: np.ndarray | None = None
        self._hint_visible = False
        self._hovered_atom = -1
        self._hovered_tip = -1
        self._gesture: Gesture | None = None
        self._snapping = False
        self._room = _NO_ROOM
        self._scheme: Colours = colours(self)
        self._atom_labels: Callable[[int], str] | None = None
        self._whole = True
        self._peanuts: Peanuts | None = None
        self._confidence: ConfidenceSphere | None = None
        self._mode_words = ""
        self._drag_words: tuple[str, bool] = ("", False)
        self._chosen = -1

    # --- what a subclass does -------------------------------------------------------------------------------------

    def _refresh(self, moving: bool = False) -> None:
        """Ask for one frame; `moving` says that more follow soon."""
        raise NotImplementedError

    def _structure_changed(self) -> None:
        """Build what is drawn of the structure anew."""

    def _atoms_moved(self) -> None:
        """Draw the same atoms and their bonds elsewhere."""

    def _colours_changed(self) -> None:
        """Paint the atoms in other colours."""

    def _sites_changed(self) -> None:
        """Draw other rings."""

    def _hover_changed(self) -> None:
        """Outline another atom."""

    def _site_marks_changed(self) -> None:
        """Draw other marks of where a molecule can stand on a surface."""

    def _render_image(self, scale: int, transparent: bool) -> QImage:
        """Return the scene without annotations, `scale` times the view's size in device pixels."""
        raise NotImplementedError

    # --- state ----------------------------------------------------------------------------------------------------

    @property
    def structure(self) -> Structure | None:
        """The structure shown."""
        return None if self._shapes is None else self._shapes.structure

    @property
    def arrow(self) -> Arrow:
        """The arrow as it is drawn now."""
        arrow = arrow_in_view(self.camera, self._geometry, self._arrow_origin(), self._room)
        held = self._gesture
        if held is None or held.kind != "tip" or not arrow.has_tips:
            return arrow
        return replace(arrow, half_length_angstrom=held.radius_angstrom)  # a tip that is held stays at its pointer

    def set_structure(self, structure: Structure | None, keep_camera: bool = False) -> None:
        """Show another structure whole, from the standard side, or from where the camera is; None empties the view."""
        shapes = None if structure is None else StructureShapes.of(structure, self._whole)
        self._shapes = None if shapes is None else shapes.on_surface(self._geometry.normal)
        self._picked, self._marked = {}, frozenset()
        self._peanuts = self._confidence = None
        self._origin = None
        self._hovered_atom = self._chosen = -1
        self._structure_changed()
        if self._shapes is not None and keep_camera:
            self._room = self._room_now()
        elif self._shapes is not None:
            self.camera.rotation = standard_rotation(self._shapes.positions_angstrom, structure.surface_normal)
            self.fit()
        self._refresh()

    def set_whole_molecules(self, whole: bool) -> None:
        """Bring molecules together that the cell's faces cut, or draw their atoms where the structure has them."""
        if whole == self._whole:
            return
        self._whole = whole
        if self._shapes is None:
            return
        shapes = StructureShapes.of(self._shapes.structure, whole)
        if np.array_equal(shapes.positions_angstrom, self._shapes.positions_angstrom):
            return
        self._shapes = replace(shapes, colours=self._shapes.colours, normal=self._shapes.normal)
        self._hovered_atom = -1
        self._structure_changed()
        self._sites_changed()
        self.fit()

    def set_geometry(self, geometry: Geometry, isotropic_reason: str | None = None) -> None:
        """Turn the arrow, or show what stands for another polarisation.

        Parameters
        ----------
        geometry : Geometry
        isotropic_reason : str, optional
            Why the direction makes no difference; then the arrow is grey and says this under the pointer.
        """
        turned = geometry.normal != self._geometry.normal
        self._geometry = geometry
        self._isotropic_reason = isotropic_reason
        if turned and self._shapes is not None:
            self._show_normal(self._shapes.on_surface(geometry.normal))
        self._refresh(moving=self._gesture is not None)

    def _show_normal(self, shapes: StructureShapes) -> None:
        """Draw the normal of another surface."""
        if shapes is not self._shapes:
            self._shapes = shapes
            self._structure_changed()
            self._sites_changed()

    def set_picked(self, picked: Mapping[int, str]) -> None:
        """Ring the picked atoms, each in the colour of its curve (``#rrggbb``)."""
        self._picked = dict(picked)
        self._room = self._room_now()
        self._sites_changed()
        self._refresh()

    def set_marked(self, atoms: set[int]) -> None:
        """Mark the atoms whose spectrum has been predicted with a faint ring."""
        self._marked = frozenset(atoms)
        self._sites_changed()
        self._refresh()

    def set_atom_colours(self, colours: Mapping[int, str] | None) -> None:
        """Paint atoms in colours (``#rrggbb``) that say something of them; None gives all their elements' back.

        Another structure begins with the colours of its elements.
        """
        if self._shapes is None:
            return
        named = {atom: QColor(colour) for atom, colour in (colours or {}).items()}
        self._shapes = self._shapes.recoloured({a: (c.red(), c.green(), c.blue()) for a, c in named.items()})
        self._colours_changed()
        self._refresh()

    def set_peanuts(self, peanuts: Peanuts | None, moving: bool = False) -> None:
        """Show the anisotropy of sites at one energy; None shows none. Another structure begins without.

        `moving` says that other energies follow soon.
        """
        if peanuts is not None or self._peanuts is not None:
            self._peanuts = peanuts
            self._refresh(moving=moving)

    def set_confidence(self, sphere: ConfidenceSphere | None) -> None:
        """Show about the structure where the surface normal of a film may point; None shows nothing."""
        if sphere is not self._confidence:
            self._confidence = sphere
            self._refresh()

    def set_origin(self, origin_angstrom: np.ndarray | None) -> None:
        """Let the arrow go through a point (3,); None: through the middle of the picked atoms, else of all."""
        self._origin = None if origin_angstrom is None else np.asarray(origin_angstrom, float)
        self._room = self._room_now()
        self._refresh()

    def set_chosen(self, atom: int) -> None:
        """Outline the atom that is edited; -1 outlines none."""
        if atom != self._chosen:
            self._chosen = atom
            self._hover_changed()
            self._refresh()

    def set_drag_words(self, words: str, warns: bool = False) -> None:
        """Say something beside the atom that is dragged; a warning has its colour."""
        self._drag_words = (words, warns)
        self._refresh(moving=self._gesture is not None)

    def set_hint_visible(self, visible: bool) -> None:
        """Write "drag me" beside the arrow, or no longer."""
        self._hint_visible = visible
        self._refresh()

    def set_atom_labels(self, label: Callable[[int], str] | None) -> None:
        """Name atoms under the pointer with a function from index to text; None: element, index, neighbours."""
        self._atom_labels = label

    def apply_theme(self) -> None:
        """Take the colours of the palette now in force."""
        self._scheme = colours(self)
        self._sites_changed()
        self._site_marks_changed()
        self._hover_changed()
        self._refresh()

    def close_view(self) -> None:
        """Release what the view holds; it draws no more. May be called again."""

    # --- camera ---------------------------------------------------------------------------------------------------

    def fit(self) -> None:
        """Show the whole structure and the arrow, from where the camera looks now; of a slab's vacuum only a part."""
        if self._shapes is None:
            return
        self._room = self._room_now()
        fit_camera(self.camera, self._shapes, self._arrow_origin() if self.arrow.has_tips else None)
        self._refresh()

    def look_along(self, direction: str | np.ndarray) -> None:
        """Look along ``"x"``, ``"y"``, ``"z"`` or a vector (3,), from its positive end, and fit."""
        vector = np.asarray(_AXES[direction] if isinstance(direction, str) else direction, float)
        if np.linalg.norm(vector) == 0:
            raise XanesviewError("Can't look along a vector of no length.", "Give a direction such as 0, 0, 1.")
        self.camera.look_along(vector)
        self.fit()

    def stand_on(self, normal: np.ndarray, axis: np.ndarray) -> None:
        """Turn what is shown so that a direction of it (3,) points up, and fit; an axis (3,) leans to the side."""
        if self._shapes is None:
            return
        aside = np.cross(normal, axis)
        if np.linalg.norm(aside) < 0.02:
            self.camera.rotation = standard_rotation(self._shapes.positions_angstrom, normal)
        else:  # the lean is seen from the side, a little from above and off, lest a flat molecule is a line
            aside = aside / np.linalg.norm(aside)
            back = -0.86 * aside + 0.36 * np.cross(aside, normal) + 0.36 * np.asarray(normal)
            self.camera.rotation = rotation_looking_from(back, normal)
        self.fit()

    def look_from(self, target_angstrom: np.ndarray, rotation: np.ndarray, visible_angstrom: float) -> None:
        """Look at a point (3,) with the camera turned by a rotation (3, 3), so much filling the view's shorter side."""
        self.camera.resize(self.width(), self.height())
        self.camera.target_angstrom, self.camera.rotation = target_angstrom, rotation
        self.camera.see(visible_angstrom)
        self._refresh()

    def centre_on(self, atom: int) -> None:
        """Put an atom in the middle of the view."""
        if self._shapes is not None:
            self.camera.target_angstrom = self._shapes.positions_angstrom[atom].copy()
            self._refresh()

    def tips_px(self) -> np.ndarray:
        """Return where the arrow's tips are on the widget, (2, 2); (0, 2) where it has none."""
        if self._shapes is None:
            return np.zeros((0, 2))
        return self.camera.project(self.arrow.tips_angstrom())[0]

    def atoms_px(self) -> np.ndarray:
        """Return where the atoms are on the widget, (N, 2)."""
        if self._shapes is None:
            return np.zeros((0, 2))
        return self.camera.project(self._shapes.positions_angstrom)[0]

    def atom_at(self, x_px: float, y_px: float) -> int:
        """Return the atom under a place of the widget, or -1."""
        if self._shapes is None:
            return -1
        eye, direction = self.camera.ray(x_px, y_px)
        slack = _PICK_SLACK_PX * self.camera.distance_angstrom / self.camera.focal_px
        return ray_sphere_pick(eye, direction, self._shapes.positions_angstrom, self._shapes.radii_angstrom, slack)

    def tip_at(self, x_px: float, y_px: float) -> int:
        """Return what a press here would take hold of (tips of the arrow: 0 at +n̂, 1 at -n̂; 2 the beam), or -1."""
        if self._shapes is None or not self.arrow.has_tips:
            return -1
        handles, depths = self.camera.project(self.arrow.handles_angstrom())
        return nearest_tip(handles, depths, x_px, y_px)

    def handle_px(self, handle: int) -> np.ndarray:
        """Return where a handle (numbered as for `tip_at`) is on the widget, (2,)."""
        return self.camera.project(self.arrow.handles_angstrom()[handle])[0]

    def _arrow_origin(self) -> np.ndarray:
        if self._origin is not None or self._shapes is None:
            return np.zeros(3) if self._origin is None else self._origin
        return arrow_origin(self._shapes, self._picked)

    def _room_now(self) -> ArrowRoom:
        return _NO_ROOM if self._shapes is None else ArrowRoom.of(self._shapes, self._arrow_origin())

    def _angle_normal(self) -> np.ndarray | None:
        """Return what θ is measured from, (3,); None stands for z."""
        if self._geometry.normal is not None:
            return np.asarray(self._geometry.normal, float)
        return None if self.structure is None else self.structure.surface_normal

    # --- pictures -------------------------------------------------------------------------------------------------

    def image(self, transparent: bool = False, scale: int = 1) -> QImage:
        """Return the view as a picture, with the axes but without hints.

        Parameters
        ----------
        transparent : bool
            Leave the background out.
        scale : int
            How many times finer than the screen.
        """
        # A view that was never on the screen has not been told its size.
        self.camera.resize(self.width(), self.height())
        picture = self._render_image(scale, transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(picture.width() / max(self.width(), 1), picture.height() / max(self.height(), 1))
        held = self._gesture is not None and self._gesture.kind == "tip"
        self._foreground(hints=False, sphere=held).paint(painter)
        painter.end()
        return picture

    def drawing(self) -> Drawing | None:
        """Return what the view shows, for a scene file; None without a structure."""
        if self._shapes is None:
            return None
        self.camera.resize(self.width(), self.height())
        return Drawing(
            self._shapes, self.camera, self._scheme, self.arrow, self._arrow_colour(), dict(self._picked),
            caption_of(self._shapes.structure, self._geometry), self._facts(), self._peanuts,
        )  # fmt: skip

    def _facts(self) -> dict[str, str]:
        facts = scene_facts(self._shapes.structure, self._geometry)
        return facts if self._peanuts is None else {**facts, "anisotropy": self._peanuts.words}

    def screenshot(
        self, path: str | Path, transparent: bool = False, scale: int = 1, facts: Mapping[str, str] | None = None
    ) -> None:
        """Save the view as a picture in the format of the file's ending (PNG, JPEG), with facts in its metadata.

        Raises
        ------
        XanesviewError
            Another ending, or the file can't be written.
        """
        save_picture(self.image(transparent, scale), path, facts)

    def _foreground(self, hints: bool = True, sphere: bool = True) -> Foreground:
        """Return the annotations of the next frame."""
        if self._shapes is None:
            return Foreground(None, None, None, None, None, None)
        triad = Triad(self.camera, small_font(), self._scheme)
        gesture = self._gesture
        held = gesture is not None and gesture.kind == "tip" and gesture.moved and self.arrow.has_tips
        arrow = self.arrow
        accent = self._arrow_colour()
        drag_sphere = normal = label = hint = None
        if self._shapes.normal_line is not None:
            end = self.camera.project(self._shapes.normal_line[1])[0]
            normal = Letter("n", tuple(end), small_font(), self._scheme)
        if held and sphere:
            drag_sphere = DragSphere(
                self.camera, arrow, angle_frame(self._angle_normal()), self._scheme,
                snap_step_deg=self._geometry.snap_step_deg if self._snapping else None, accent=accent,
                direction=-arrow.beam if gesture.tip == 2 else arrow.direction,
            )  # fmt: skip
        if held:
            label = self._angle_label(gesture.tip, accent)
        elif self._drag_words[0] and gesture is not None and gesture.kind in ("atom", "bond", "molecule"):
            label = self._edit_label(gesture)
        elif hints and self._hovered_atom >= 0 and gesture is None:
            place, depth = self.camera.project(self._shapes.positions_angstrom[self._hovered_atom])
            text = (self._atom_labels or self._plain_label)(self._hovered_atom)
            radius = self._shapes.radii_angstrom[self._hovered_atom] * self.camera.focal_px / depth
            label = Pill(text, tuple(place), self.camera, small_font(), self._scheme, away=(0.0, -1.0), gap=radius + 10)
        wanted = self._hint_visible and not self._mode_words and self._isotropic_reason is None
        if hints and wanted and not held and arrow.has_tips:
            upper = int(np.argmin(self.tips_px()[:, 1]))
            hint = self._tip_pill(tr(HINT), upper, accent)
        mode = None
        if hints and self._mode_words:
            top = (0.5 * self.camera.width, 0.0)
            mode = Pill(
                self._mode_words, top, self.camera, text_font(), self._scheme, away=(0.0, 1.0), gap=10, edge=accent
            )
        return Foreground(drag_sphere, triad, normal, label, hint, mode)

    def _edit_label(self, gesture: Gesture) -> Pill:
        """Return what is said beside the atom or bond that is held."""
        held = [gesture.bond[1] if gesture.kind == "bond" else gesture.atom]
        place, depth = self.camera.project(self._shapes.positions_angstrom[held[0]])
        radius = self._shapes.radii_angstrom[held[0]] * self.camera.focal_px / depth
        words, warns = self._drag_words
        edge = self._scheme.warning if warns else self._scheme.border
        return Pill(
            words, tuple(place), self.camera, text_font(), self._scheme, away=(0.0, -1.0), gap=radius + 12, edge=edge
        )

    def _angle_label(self, tip: int, accent: str) -> Pill:
        if tip == 2:
            text = f"grazing {self._geometry.grazing_deg:.0f}°   azimuth {self._geometry.azimuth_deg:.0f}°"
        else:
            theta, phi = to_angles_deg(self._geometry.direction, self._angle_normal())
            text = f"θ {round(theta) + 0:d}°   φ {round(phi) + 0:d}°"
        return self._tip_pill(text.replace("-0°", "0°").replace("-", "\N{MINUS SIGN}"), tip, accent)

    def _tip_pill(self, text: str, tip: int, accent: str) -> Pill:
        """Return a text that stands beyond a tip, to the side of it rather than above."""
        here = self.handle_px(tip)
        way = here - self.camera.project(self.arrow.origin_angstrom)[0]
        away = (way[0] + np.copysign(0.6 * abs(way[1]), way[0]), way[1])
        return Pill(text, tuple(here), self.camera, text_font(), self._scheme, away=away, gap=22, edge=accent)

    def _arrow_colour(self) -> str:
        return self._scheme.accent if self._isotropic_reason is None else self._scheme.faint

    def _plain_label(self, atom: int) -> str:
        structure = self._shapes.structure
        neighbours = site_description(structure, atom, self._shapes.bonds)
        name = site_name(structure, atom)
        return f"{name} · {neighbours}" if neighbours else name
