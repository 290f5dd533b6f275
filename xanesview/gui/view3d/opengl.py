"""Whether this machine can draw with OpenGL, asked before VTK is: VTK aborts the program where it can't."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext, QSurfaceFormat

_NEEDED = (3, 2)
_GL_RENDERER = 0x1F01
_DRAWING_PLATFORMS = ("xcb", "windows", "cocoa")


@dataclass(frozen=True)
class OpenGLProbe:
    """What a probe found.

    Attributes
    ----------
    problem : str
        One clause that says why OpenGL can't be used; empty if it can.
    renderer : str
        Name that the driver gives.
    """

    problem: str = ""
    renderer: str = ""


def probe_opengl() -> OpenGLProbe:
    """Make an OpenGL context away from the screen and ask what it can do (1 to 80 ms)."""
    platform = QGuiApplication.platformName()
    if platform not in _DRAWING_PLATFORMS:
        return OpenGLProbe(f"the display system {platform!r} gives no window that VTK can draw in")
    surface_format = QSurfaceFormat()
    surface_format.setVersion(*_NEEDED)
    surface_format.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    surface = QOffscreenSurface()
    surface.setFormat(surface_format)
    surface.create()
    context = QOpenGLContext()
    context.setFormat(surface_format)
    if not surface.isValid() or not context.create() or not context.makeCurrent(surface):
        return OpenGLProbe("this machine offers no OpenGL")
    try:
        found = context.format().version()
        raw = context.functions().glGetString(_GL_RENDERER)
        renderer = raw.decode(errors="replace") if isinstance(raw, bytes) else str(raw or "")
    finally:
        context.doneCurrent()
        surface.destroy()
    if tuple(found) < _NEEDED:
        return OpenGLProbe(f"OpenGL here is {found[0]}.{found[1]}, and 3.2 is needed", renderer)
    return OpenGLProbe("", renderer)
