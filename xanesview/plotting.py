"""Figures for scripts, the same as those of window and command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from warnings import warn

import numpy as np

from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError

if TYPE_CHECKING:
    from xanesview.io.figures.curve_looks import FigureCurve


def plot(
    spectra: Sequence[Spectrum | FigureCurve],
    path: str | Path,
    *,
    title: str = "",
    template: str | Path | None = None,
    preset: str | None = None,
    scene: np.ndarray | str | Path | None = None,
    **settings: object,
) -> Path:
    """Draw spectra as window and ``xanesview plot`` do and write the figure, with where its curves come from.

    Parameters
    ----------
    spectra : sequence of Spectrum or FigureCurve
    path : path
        Ends with .svg, .pdf, .png or .tiff.
    title : str
    template : str or path, optional
        One of yours by its name, or a file.
    preset : str, optional
        "single", "one and a half", "double" or "slide"; without a template.
    scene : (H, W, 4) uint8 array or path of a PNG, optional
        Picture of an inset.
    **settings
        Single settings of `FigureSpec`, such as ``width_mm=170, legend="inside"``; they go before template and preset.

    Warns
    -----
    UserWarning
        For breaks off the axes, and for sticks where no spectrum comes with E0 of its sites: those of predictions do.

    Raises
    ------
    XanesviewError
        For a setting or a template that can't be, or where the file can't be written.

    Examples
    --------
    >>> predicted = xanesview.open("benzene.xyz").predict()
    >>> curves = [predicted.spectrum(theta=angle) for angle in (20, 90)]
    >>> xanesview.plot(curves, "benzene.svg", title="Benzene", preset="single").name
    'benzene.svg'
    """
    from xanesview.io.figures import template as templates
    from xanesview.io.figures.curve_looks import with_roles, with_site_lines
    from xanesview.io.figures.figure import FigureContent
    from xanesview.io.figures.figure_file import write_figure
    from xanesview.io.figures.scene_picture import read_picture
    from xanesview.io.figures.spec import FigureSpec

    if template is not None and preset is not None:
        raise XanesviewError("A template has a size of its own.", "Give a template or a preset.")
    spec = FigureSpec() if preset is None else templates.preset(preset)
    spec = spec if template is None else templates.template(template).spec
    picture = scene if scene is None or isinstance(scene, np.ndarray) else read_picture(scene)
    spec = templates.with_settings(spec, {"inset": picture is not None, **settings})
    curves = with_site_lines(with_roles(spectra))
    return write_figure(
        path, FigureContent(curves, title, scene=picture), spec, tell=lambda told: warn(told, stacklevel=4)
    )
