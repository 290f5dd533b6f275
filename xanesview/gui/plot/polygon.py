"""Points in pixels as Qt wants them."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QPolygonF

_FARTHEST_PX = 5_000.0
"""Far outside the screen the raster engine overflows; a little outside is as good."""


def polygon(x: np.ndarray, y: np.ndarray) -> QPolygonF:
    """Return points x, y, (P,) each, in pixels."""
    made = pg.functions.create_qpolygonf(x.size)
    memory = pg.functions.ndarray_from_qpolygonf(made)
    memory[:, 0] = x
    np.minimum(np.maximum(y, -_FARTHEST_PX), _FARTHEST_PX, out=memory[:, 1])
    return made
