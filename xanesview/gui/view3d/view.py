"""The 3D view drawn with OpenGL, and the choice between it and the flat one."""

from __future__ import annotations

import logging

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from xanesview.domain.structure import Notice
from xanesview.drawing3d.colours import rgb_bytes
from xanesview.drawing3d.sampling import samples_per_pixel
from xanesview.gui.view3d.annotations import Annotation
from xanesview.gui.view3d.flat_view import FlatView
from xanesview.gui.view3d.interaction import InteractiveView
from xanesview.gui.view3d.opengl import OpenGLProbe, probe_opengl

_log = logging.getLogger(__name__)

_N_SPRITES = 6


class StructureView(InteractiveView):
    """The structure and the arrow, drawn with VTK.

    Parameters
    ----------
    parent : QWidget, optional

    Notes
    -----
    Ask :func:`probe_opengl` first, as :func:`create_view` does.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        # VTK costs 0.3 s and needs libGL: only who draws with it imports it.
        from xanesview.drawing3d.scene_actors import SceneActors
        from xanesview.gui.view3d.canvas import GLCanvas

        super().__init__(parent)
        self._finer = 1
        self._canvas = GLCanvas(self, self._before_frame, self._set_rough)
        self._canvas.setGeometry(self.rect())
        self._scene = SceneActors(self._canvas.scene)
        self._canvas.keep_with(self._scene.without_arrow, self._scene.arrow_alone)
        self._looks = 0
        self._sprites = [self._canvas.sprite() for _ in range(_N_SPRITES)]
        self._scene.paint_ground(self._scheme)

    @property
    def frame_cost_s(self) -> float:
        """Seconds that the last frame drawn without smoothing took."""
        return self._canvas.frame_cost_s

    def close_view(self) -> None:
        """Release VTK's window and all it holds. Call it before the window is deleted; twice does no harm."""
        self._canvas.release()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw when the view appears."""
        super().showEvent(event)
        self._refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the canvas fill the view."""
        self._canvas.setGeometry(self.rect())
        super().resizeEvent(event)

    def apply_theme(self) -> None:
        """Take the colours of the palette now in force."""
        super().apply_theme()
        self._looks += 1
        self._scene.paint_ground(self._scheme)

    def _refresh(self, moving: bool = False) -> None:
        self._canvas.schedule(moving)

    def _structure_changed(self) -> None:
        self._looks += 1
        self._canvas.forget_cost()
        self._scene.structure.set_structure(self._shapes)

    def _atoms_moved(self) -> None:
        self._looks += 1
        self._scene.structure.move(self._shapes)

    def _colours_changed(self) -> None:
        self._looks += 1
        self._scene.structure.set_colours(self._shapes)

    def _sites_changed(self) -> None:
        self._looks += 1
        self._scene.structure.set_rings({atom: rgb_bytes(colour) for atom, colour in self._picked.items()})
        faint = rgb_bytes(self._scheme.faint)
        self._scene.structure.set_marks(dict.fromkeys(sorted(self._marked - set(self._picked)), faint))

    def _hover_changed(self) -> None:
        self._looks += 1
        self._scene.structure.set_hover(self._hovered_atom, rgb_bytes(self._scheme.text))
        self._scene.structure.set_chosen(self._chosen, rgb_bytes(self._scheme.control))

    def _site_marks_changed(self) -> None:
        self._looks += 1
        colours = rgb_bytes(self._scheme.muted), rgb_bytes(self._scheme.control)
        self._scene.structure.set_sites(self._sites, self._site, colours)

    def _before_frame(self) -> object:
        """Bring VTK up to date with the state; called once a frame. Return what is drawn but for the arrow's turn."""
        arrow = None if self._shapes is None else self.arrow
        held = self._gesture.tip if self._gesture is not None and self._gesture.kind == "tip" else -1
        self._scene.set_arrow(arrow, self._arrow_colour(), held if held >= 0 else self._hovered_tip)
        self._scene.set_peanuts(self._peanuts, self._shapes)
        self._scene.set_confidence(self._confidence, self._shapes)
        self._scene.aim(self.camera, self._shapes, arrow)
        self._scene.structure.set_pixel_ratio(self._finer * self.devicePixelRatioF())
        self._show_annotations()
        if held < 0:
            return None
        camera, width, height = self.camera, self._canvas.width(), self._canvas.height()
        seen = np.concatenate([camera.position_angstrom, camera.rotation.ravel(), arrow.origin_angstrom])
        return (
            seen.tobytes(), arrow.half_length_angstrom, width, height, self.devicePixelRatioF(), self._looks,
            self._shapes, self._peanuts, self._confidence,
        )  # fmt: skip

    def _set_rough(self, rough: bool) -> None:
        scale = self.camera.focal_px / self.camera.distance_angstrom * self.devicePixelRatioF()
        self._scene.structure.set_rough(scale if rough else None)

    def _show_annotations(self) -> None:
        shown = self._foreground().all()
        for sprite, annotation in zip(self._sprites, shown, strict=False):
            if annotation.rect.isEmpty():
                sprite.hide()
                continue
            ratio = self.devicePixelRatioF()
            if annotation.key is None or annotation.key != sprite.key:
                sprite.show(_painted(annotation, ratio), annotation.key)
            else:
                sprite.reveal()
            sprite.place(annotation.rect, self.height(), ratio)
        for sprite in self._sprites[len(shown) :]:
            sprite.hide()

    def _render_image(self, scale: int, transparent: bool) -> QImage:
        hovered, self._hovered_tip = self._hovered_tip, -1
        self._scene.structure.set_hover(-1, (0, 0, 0))
        self._finer = scale * samples_per_pixel(scale)
        picture = self._canvas.grab_scene(scale, transparent)
        self._hovered_tip, self._finer = hovered, 1
        self._hover_changed()
        return picture


def _painted(annotation: Annotation, ratio: float) -> QImage:
    """Return an annotation as a picture of its rectangle."""
    rect = annotation.rect
    size = (max(1, round(rect.width() * ratio)), max(1, round(rect.height() * ratio)))
    image = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(ratio, ratio)
    painter.translate(-rect.topLeft())
    annotation.paint(painter)
    painter.end()
    return image


def create_view(parent: QWidget | None = None) -> tuple[InteractiveView, Notice | None]:
    """Return the best view that this machine can draw.

    Parameters
    ----------
    parent : QWidget, optional

    Returns
    -------
    view : StructureView or FlatView
    notice : Notice or None
        Says why the flat view has to do.
    """
    probe = probe_opengl()
    if not probe.problem:
        try:
            return StructureView(parent), None
        except ImportError as error:
            _log.warning("VTK can't be loaded: %s", error)
            probe = OpenGLProbe("VTK's libraries can't be loaded")
    _log.warning("no OpenGL view: %s", probe.problem)
    notice = Notice(
        "device",
        f"The structure is drawn flat: {probe.problem}.",
        "Everything works, only less smoothly. A graphics driver with OpenGL 3.2 or newer brings the full view.",
    )
    return FlatView(parent), notice
