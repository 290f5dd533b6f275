"""Figures for scripts, the same as those of window and command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from warnings import warn

import numpy as np

from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError

if TYPE_CHECKING:
    from xanesview.io.figures.curve_looks import FigureCurve
    from xanesview.io.figures.figure import FigureContent
    from xanesview.io.figures.spec import FigureSpec


def plot(
    spectra: Spectrum | Sequence[Spectrum | FigureCurve],
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
    spectra : Spectrum, or sequence of Spectrum or FigureCurve
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
    from xanesview.io.figures.curve_looks import with_roles, with_site_lines
    from xanesview.io.figures.figure import FigureContent

    if isinstance(spectra, Spectrum):
        spectra = [spectra]
    if not isinstance(spectra, Sequence):
        raise XanesviewError(f"{spectra!r:.60} holds no spectra.", "Give a list, such as [predicted.spectrum()].")
    spec, picture = asked_spec(template, preset, scene, settings)
    return write(path, FigureContent(with_site_lines(with_roles(spectra)), title, scene=picture), spec)


def asked_spec(
    template: str | Path | None,
    preset: str | None,
    scene: np.ndarray | str | Path | None,
    settings: Mapping[str, object],
    usual: FigureSpec | None = None,
) -> tuple[FigureSpec, np.ndarray | None]:
    """Return the look that is asked for and the picture of its inset, see `plot`.

    Parameters
    ----------
    usual : FigureSpec, optional
        What holds without template and preset; a preset is at least as high, and a picture may follow for an inset.
    """
    from dataclasses import replace

    from xanesview.io.figures import template as templates
    from xanesview.io.figures.scene_picture import read_picture
    from xanesview.io.figures.spec import FigureSpec

    if template is not None and preset is not None:
        raise XanesviewError("A template has a size of its own.", "Give a template or a preset.")
    spec = FigureSpec() if usual is None else usual
    if preset is not None:
        chosen = templates.preset(preset)
        spec = replace(chosen, height_mm=max(chosen.height_mm, spec.height_mm if usual is not None else 0.0))
    spec = spec if template is None else templates.template(template).spec
    picture = scene if scene is None or isinstance(scene, np.ndarray) else read_picture(scene)
    inset = picture is not None or (usual is not None and spec.inset)
    return templates.with_settings(spec, {"inset": inset, **settings}), picture


def write(path: str | Path, content: FigureContent, spec: FigureSpec) -> Path:
    """Write a figure; what can't be shown is warned of where the caller's caller stands."""
    from xanesview.io.figures.figure_file import write_figure

    return write_figure(path, content, spec, tell=lambda told: warn(told, stacklevel=5))
