"""Pictures of a movie: the structure with its arrow or beam on the left, its spectrum on the right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from xanesview.errors import XanesviewError

if TYPE_CHECKING:
    from xanesview.domain.geometry.geometry import Geometry
    from xanesview.domain.spectrum import Spectrum
    from xanesview.domain.structure import Structure
    from xanesview.drawing3d.camera import OrbitCamera
    from xanesview.drawing3d.colours import SceneColours

DPI = 150


@dataclass(frozen=True, eq=False)
class MovieFrame:
    """What one picture shows: a structure in an experiment, and the spectrum of both, whose label names it."""

    structure: Structure
    geometry: Geometry
    spectrum: Spectrum


def movie_pictures(
    frames: Sequence[MovieFrame],
    size: tuple[int, int],
    colours: SceneColours,
    *,
    rings: Mapping[int, str] | None = None,
    energies_ev: tuple[float, float] | None = None,
    there_and_back: bool = False,
    camera: OrbitCamera | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[np.ndarray]:
    """Yield pictures (H, W, 3) uint8; axes and camera stay, and the mean of all spectra stands behind each.

    Parameters
    ----------
    frames : at least one; spectra on one energy grid
    size : W, H in pixels, both even
    rings : colours of the rings around sites, by atom
    energies_ev : what the plot shows; all of the spectra by default
    camera : from where a window looks; what that sees whole is whole in every picture (see `seen_throughout`); by
        default one from the standard side that sees all frames
    there_and_back : go back again, without the first and the last twice
    progress : called with (pictures done, pictures in all)

    Raises
    ------
    XanesviewError
        If the spectra have no point between these energies.
    """
    from xanesview.drawing3d.drawing import drawing_of
    from xanesview.drawing3d.framing import seen_throughout
    from xanesview.drawing3d.stage import Stage

    scene_px = (size[0] * 9 // 20 // 2 * 2, size[1])
    drawings = [
        drawing_of(one.structure, colours, scene_px, geometry=one.geometry, rings=rings, camera=camera)
        for one in frames
    ]
    if camera is None:
        camera = max((one.camera for one in drawings), key=lambda one: one.distance_angstrom)  # all fit into this one
    else:
        camera = seen_throughout(camera, scene_px, [(one.shapes, one.arrow) for one in drawings])
    plot = _Plot([_of_experiment(one) for one in frames], (size[0] - scene_px[0], size[1]), energies_ev)
    order = list(range(len(frames)))
    if there_and_back:
        order += order[-2:0:-1]
    kept: dict[int, np.ndarray] = {}
    with Stage(*scene_px) as stage:
        for done, k in enumerate(order, start=1):
            if k not in kept:
                scene = stage.picture(replace(drawings[k], camera=camera))[..., :3]
                kept[k] = np.hstack([scene, plot.picture(k)])
            if progress is not None:
                progress(done, len(order))
            yield kept[k]
            if not there_and_back:
                kept.clear()


def _of_experiment(frame: MovieFrame) -> Spectrum:
    """Return the spectrum of a frame, which names its experiment, as the titles of the axes go by it."""
    spectrum = frame.spectrum
    return spectrum.replace(provenance={**spectrum.provenance, "experiment": frame.geometry.name})


class _Plot:
    """Draws one spectrum after the other on the same axes, with the mean of all behind it."""

    def __init__(
        self, spectra: Sequence[Spectrum], size: tuple[int, int], energies_ev: tuple[float, float] | None
    ) -> None:
        from xanesview.io.figures.curve_looks import FigureCurve
        from xanesview.io.figures.spec import FigureSpec

        self._spectra, self._size = spectra, size
        mean = np.mean([one.intensity for one in spectra], axis=0)
        self._mean = FigureCurve(spectra[0].replace(intensity=mean, label="mean of all", band=None), "isotropic")
        inside = [_inside(one, energies_ev) for one in spectra]
        high, low = max(float(one.max()) for one in inside), min(float(one.min()) for one in inside)
        mm = 25.4 / DPI
        self._spec = FigureSpec(
            width_mm=size[0] * mm, height_mm=size[1] * mm, dpi=DPI, energies_ev=energies_ev,
            intensities=(min(low, 0.0) - 0.02 * high, 1.06 * high), legend="below", font_pt=9.0,
        )  # fmt: skip

    def picture(self, k: int) -> np.ndarray:
        """Return the plot of one spectrum, (H, W, 3)."""
        from PIL import Image

        from xanesview.io.figures.curve_looks import FigureCurve
        from xanesview.io.figures.figure import draw_spectra
        from xanesview.io.figures.figure_file import figure_bytes

        current = FigureCurve(self._spectra[k].replace(band=None), "current")
        figure = draw_spectra([current, self._mean], self._spec)
        picture = Image.open(BytesIO(figure_bytes(figure, "png", self._spec))).convert("RGB")
        return np.asarray(picture.resize(self._size, Image.Resampling.LANCZOS))


def _inside(spectrum: Spectrum, energies_ev: tuple[float, float] | None) -> np.ndarray:
    """Return the intensities that are shown."""
    if energies_ev is None:
        return spectrum.intensity
    inside = (spectrum.energy_ev >= energies_ev[0]) & (spectrum.energy_ev <= energies_ev[1])
    if not inside.any():
        raise XanesviewError(
            f"The spectrum has no point between {energies_ev[0]:g} and {energies_ev[1]:g} eV.",
            f"It reaches from {spectrum.energy_ev[0]:.1f} to {spectrum.energy_ev[-1]:.1f} eV.",
        )
    return spectrum.intensity[inside]
