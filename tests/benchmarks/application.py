"""The application that a benchmark opens the window in: OpenGL as the program asks for it."""

from __future__ import annotations

import sys

from PySide6.QtGui import QSurfaceFormat
from PySide6.QtWidgets import QApplication


def prepared_application() -> QApplication:
    """Return the application, made with the surface format that must stand before the first window."""
    from xanesview.gui.app import prepare_environment

    prepare_environment()
    surface = QSurfaceFormat()
    surface.setVersion(3, 2)
    surface.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    QSurfaceFormat.setDefaultFormat(surface)
    return QApplication.instance() or QApplication(sys.argv[:1])
