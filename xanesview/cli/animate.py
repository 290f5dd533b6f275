"""``xanesview animate``: the structure with its arrow beside its spectrum while an angle turns, as a movie."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.cli.numbers_asked import NumberIn, asked_range_ev, asked_size
from xanesview.cli.series import VARIED, add_series, asked_structure, checked_series, predicted_series
from xanesview.domain.counts import counted
from xanesview.errors import UsageError, XanesviewError

if TYPE_CHECKING:
    import numpy as np

    from xanesview.domain.orientation.angle_series import AngleSeries
    from xanesview.domain.spectrum import Spectrum
    from xanesview.domain.structure import Structure
    from xanesview.gui.appearance.palette import Colours

_LEAST_PX, _MOST_PX = 128, 3840


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    add_series(p, "structure")
    p.add_argument("--out", required=True, metavar="OUT.gif|webp|mp4", help="movie; MP4 with the extra “movie”")
    p.add_argument("--size", default="1280x560", metavar="WxH", help="pixels (default 1280x560)")
    p.add_argument("--rate", type=NumberIn(0.5, 60), default=12.0, metavar="F", help="frames a second (default 12)")
    p.add_argument("--there-and-back", action="store_true", help="turn back again, so that it can go on for ever")
    p.add_argument("--range", metavar="LOW,HIGH", help="energies to show, eV")
    p.add_argument("--quiet", action="store_true", help="say nothing on success")
    p.epilog = "The angle that turns is given as from:to:step, such as --theta 0:90:3."


def run_animate(arguments: argparse.Namespace) -> int:
    """Predict the series, draw its frames and write the movie."""
    from xanesview.io.movie_file import check_movie_name, write_movie
    from xanesview.io.recognition import kind_of_file

    arguments.tensor = False
    target = Path(arguments.out).expanduser()
    try:
        check_movie_name(target)
    except XanesviewError as error:
        raise UsageError(error.message, error.hint) from error
    size = asked_size(arguments.size, _LEAST_PX, _MOST_PX)
    hint = "Write the lower energy first, as in 280,305."
    shown = None if arguments.range is None else asked_range_ev(arguments.range, r"[,:\s]+", hint)
    varied, angles = checked_series(arguments)
    if kind_of_file(Path(arguments.file)) != "structure":
        raise UsageError(f"{Path(arguments.file).name} is no structure.", "A movie shows one; tensors alone do not.")
    series, _, facts = predicted_series(arguments, varied, angles)
    structure = asked_structure(arguments)
    frames = _frames(arguments, structure, series, (size[0] // 2 * 2, size[1] // 2 * 2), shown, facts)
    count = write_movie(target, frames, arguments.rate, "; ".join(f"{k}: {v}" for k, v in facts.items()))
    if not arguments.quiet:
        name, unit = VARIED[varied]
        turned = f"{name} from {angles[0]:g} to {angles[-1]:g}{'' if unit == '°' else ' '}{unit}"
        print(f"{target}: {turned}, {counted(count, 'frame')}, {size[0]} × {size[1]} pixels")
    return 0


def _frames(
    arguments: argparse.Namespace, structure: Structure, series: AngleSeries, size: tuple[int, int],
    shown: tuple[float, float] | None, facts,
) -> Iterator[np.ndarray]:  # fmt: skip
    """Yield pictures (H, W, 3): the scene on the left, the spectrum on the right, on one ground."""
    import numpy as np

    from xanesview.drawing3d.drawing import drawing_of
    from xanesview.drawing3d.stage import Stage
    from xanesview.gui.appearance.palette import LIGHT

    scene_px = (size[0] * 9 // 20 // 2 * 2, size[1])
    plot_px = (size[0] - scene_px[0], size[1])
    sites = [int(word) for word in facts.get("sites", "").split()]
    rings = _rings(sites, LIGHT)
    drawings = [drawing_of(structure, LIGHT, scene_px, geometry=one, rings=rings) for one in series.geometries]
    camera = max((one.camera for one in drawings), key=lambda one: one.distance_angstrom)  # all fit into this one
    drawings = [replace(one, camera=camera) for one in drawings]
    plot = _Plot(series, plot_px, shown)
    order = list(range(len(series.spectra)))
    if arguments.there_and_back:
        order += order[-2:0:-1]
    kept: dict[int, np.ndarray] = {}
    with Stage(*scene_px) as stage:
        for done, k in enumerate(order, start=1):
            if k not in kept:
                kept[k] = np.hstack([stage.picture(drawings[k])[..., :3], plot.picture(k)])
            _progress(arguments, done, len(order))
            yield kept[k]
            if not arguments.there_and_back:
                kept.clear()


class _Plot:
    """Draws the spectrum of each angle on the same axes, with the mean of the series behind it."""

    def __init__(self, series: AngleSeries, size: tuple[int, int], shown: tuple[float, float] | None) -> None:
        import numpy as np

        from xanesview.io.figures.curve_looks import FigureCurve
        from xanesview.io.figures.spec import FigureSpec

        self._series = series
        mean = np.mean([one.intensity for one in series.spectra], axis=0)
        mean = series.spectra[0].replace(intensity=mean, label="mean of the series", band=None)
        self._mean = FigureCurve(mean, "isotropic")
        inside = [self._inside(one, shown) for one in series.spectra]
        high, low = max(float(one.max()) for one in inside), min(float(one.min()) for one in inside)
        dpi = 150
        mm = 25.4 / dpi
        self._spec = FigureSpec(
            width_mm=size[0] * mm, height_mm=size[1] * mm, dpi=dpi, energies_ev=shown,
            intensities=(min(low, 0.0) - 0.02 * high, 1.06 * high), legend="below", font_pt=9.0,
        )  # fmt: skip
        self._size = size

    def picture(self, k: int) -> np.ndarray:
        """Return the plot of one angle, (H, W, 3)."""
        import io

        import numpy as np
        from PIL import Image

        from xanesview.io.figures.curve_looks import FigureCurve
        from xanesview.io.figures.figure import draw_spectra
        from xanesview.io.figures.figure_file import figure_bytes

        series, angle = self._series, self._series.angles[k]
        unit = series.unit if series.unit == "°" else f" {series.unit}"
        current = series.spectra[k].replace(label=f"{series.name} = {angle:.1f}{unit}", band=None)
        figure = draw_spectra([FigureCurve(current, "current"), self._mean], self._spec)
        picture = Image.open(io.BytesIO(figure_bytes(figure, "png", self._spec))).convert("RGB")
        return np.asarray(picture.resize(self._size, Image.Resampling.LANCZOS))

    @staticmethod
    def _inside(spectrum: Spectrum, shown: tuple[float, float] | None) -> np.ndarray:
        if shown is None:
            return spectrum.intensity
        inside = (spectrum.energy_ev >= shown[0]) & (spectrum.energy_ev <= shown[1])
        if not inside.any():
            raise XanesviewError(
                f"The spectrum has no point between {shown[0]:g} and {shown[1]:g} eV.",
                f"It reaches from {spectrum.energy_ev[0]:.1f} to {spectrum.energy_ev[-1]:.1f} eV.",
            )
        return spectrum.intensity[inside]


def _rings(sites: list[int], colours: Colours) -> dict[int, str]:
    return {} if len(sites) > len(colours.curves) else {site: colours.curve(k) for k, site in enumerate(sites)}


def _progress(arguments: argparse.Namespace, done: int, total: int) -> None:
    if not arguments.quiet and sys.stderr.isatty():
        print(f"\rframe {done} of {total}", end="\n" if done == total else "", file=sys.stderr, flush=True)
