"""Figures as files: SVG, PDF, PNG or TIFF, with where their curves come from in the file's own metadata."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.processing.smooth_line import WORDS
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError, printable
from xanesview.io.atomic import write_bytes
from xanesview.io.figures.breaks import seen_breaks
from xanesview.io.figures.curve_looks import FigureCurve, with_roles
from xanesview.io.figures.figure import FigureContent, draw_spectra
from xanesview.io.figures.names_outside import unnamed_in
from xanesview.io.figures.spec import FigureSpec
from xanesview.io.figures.style import style
from xanesview.version import __version__

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = ("svg", "pdf", "png", "tiff", "tif")
ENDINGS_HINT = "End the name with .svg, .pdf, .png or .tiff."
FIGURE_FILTERS = "SVG drawing (*.svg);;PDF document (*.pdf);;PNG picture (*.png);;TIFF picture (*.tiff *.tif)"
"""Filters of a file dialog."""
_TITLE = "X-ray absorption spectrum"
_TIFF_DESCRIPTION, _TIFF_SOFTWARE = 270, 305


def write_figure(
    path: str | Path,
    content: FigureContent,
    spec: FigureSpec | None = None,
    tell: Callable[[str], None] | None = None,
) -> Path:
    """Draw a figure and write it: what window, command line and scripts all call, so that theirs are the same.

    Parameters
    ----------
    path : path
        Ends with .svg, .pdf, .png or .tiff.
    content : FigureContent
        Curves, title, panel below, picture of the inset; the provenance of the curves goes into the file.
    spec : FigureSpec, optional
    tell : function of a sentence, optional
        Called for what the look asks for and the figure can't have, see `left_out`.

    Raises
    ------
    XanesviewError
        For another format, a figure that can't be drawn, or where the file can't be written.
    """
    spec = spec or FigureSpec()
    check_format(path)
    figure = drawn(content, spec)
    for sentence in left_out(figure, content, spec) if tell is not None else ():
        tell(sentence)
    return save_figure(figure, path, spec=spec, provenance=collected_provenance(content.curves))


def left_out(figure: Figure, content: FigureContent, spec: FigureSpec) -> list[str]:
    """Return sentences on what a look asks for and a figure of a content can't have: breaks, sticks, names."""
    axes = figure.axes[0]
    told = []
    for breaks, ends, unit in (
        (spec.energy_breaks, axes.get_xlim(), " eV"), (spec.intensity_breaks, axes.get_ylim(), " of the intensity"),
    ):  # fmt: skip
        for first, last in sorted(set(breaks) - set(seen_breaks(breaks, *ends))):
            part = f"from {first:g} to {last:g}{unit}"
            told.append(f"The break {part} is not between the ends of the axis, and left out.")
    for legend in figure.legends:
        if unnamed := unnamed_in(legend):
            names = f"the {'name' if unnamed == 1 else 'names'} of {counted(unnamed, 'curve')}"
            told.append(f"There is no room for {names}: make the figure larger, or the letters smaller.")
    curves = [one for one in content.curves if isinstance(one, FigureCurve)]
    if spec.sticks and all(curve.sticks is None for curve in curves):
        told.append("There are no sticks in the figure: no curve comes with E0 of its sites on the absolute axis.")
    return told


def drawn(content: FigureContent, spec: FigureSpec) -> Figure:
    """Return the figure of a content, laid out for good."""
    return draw_spectra(content.curves, spec, content.title, content.below, content.scene)


def save_figure(
    figure: Figure, path: str | Path, *, spec: FigureSpec | None = None, provenance: Mapping[str, str] | None = None
) -> Path:
    """Write a figure in the format its name ends with.

    Text stays text in SVG, fonts are embedded in PDF, and where the curves come from is kept in the file's own
    metadata.

    Parameters
    ----------
    figure : matplotlib Figure
        From `draw_spectra`.
    path : path
        Ends with .svg, .pdf, .png or .tiff.
    spec : FigureSpec, optional
        For the dots per inch of a PNG or TIFF; the default's by default.
    provenance : mapping, optional
        Names and values for the metadata.

    Raises
    ------
    XanesviewError
        For another format, or where the file can't be written.
    """
    write_bytes(path, figure_bytes(figure, check_format(path), spec or FigureSpec(), provenance))
    return Path(path)


def check_format(path: str | Path) -> str:
    """Return the format that a name ends with.

    Raises
    ------
    XanesviewError
        Where no figure is written as that.
    """
    path = Path(path)
    kind = path.suffix.lower().lstrip(".")
    if kind not in FORMATS:
        raise XanesviewError(f"Figures can't be written as “{path.suffix or path.name}”.", ENDINGS_HINT)
    return kind


def figure_bytes(
    figure: Figure,
    kind: str,
    spec: FigureSpec,
    provenance: Mapping[str, str] | None = None,
    dpi: float | None = None,
) -> memoryview:
    """Return a figure as the bytes of a file.

    Parameters
    ----------
    kind : one of `FORMATS`
    spec : its look
    provenance : names and values for the metadata
    dpi : dots per inch, those of the look by default; a preview has as many as fill its place
    """
    facts = "; ".join(printable(f"{key}: {value}") for key, value in (provenance or {}).items())
    dpi = spec.dpi if dpi is None else dpi
    picture = BytesIO()
    with style(spec):
        if kind in ("tiff", "tif"):
            return _tiff(figure, dpi, facts)
        figure.savefig(picture, format=kind, dpi=dpi, facecolor="white", metadata=_metadata(kind, facts))
    return picture.getbuffer()


def _tiff(figure: Figure, dpi: float, facts: str) -> memoryview:
    """Return RGB without transparency, which is what journals take, packed without loss."""
    from PIL import Image
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    raw = BytesIO()
    figure.savefig(raw, format="png", dpi=dpi, facecolor="white")
    told = ImageFileDirectory_v2()
    told[_TIFF_DESCRIPTION], told[_TIFF_SOFTWARE] = f"{_TITLE}\n{facts}", f"xanesview {__version__}"
    picture = Image.open(raw, formats=["PNG"]).convert("RGB")
    packed = BytesIO()
    picture.save(packed, format="TIFF", compression="tiff_lzw", dpi=(dpi, dpi), tiffinfo=told)
    return packed.getbuffer()


def prepare() -> None:
    """Load matplotlib and its fonts, which takes seconds the first time; to be called beside the work of the user."""
    spectra = [Spectrum(np.arange(3.0), k + np.arange(3.0), label="ε₀") for k in range(2)]
    spec = FigureSpec(dpi=50)
    figure = draw_spectra(spectra, spec, "θ")
    for kind in ("png", "svg", "pdf"):
        figure_bytes(figure, kind, spec)


def collected_provenance(spectra: Sequence[Spectrum | FigureCurve]) -> dict[str, str]:
    """Return what the provenances of all curves say, each different value once, the units, and how lines are drawn."""
    found: dict[str, list[str]] = {}
    for one in spectra:
        spectrum = one.spectrum if isinstance(one, FigureCurve) else one
        units = {"energy_unit": "eV", "intensity_unit": spectrum.unit}
        for key, value in {**spectrum.provenance, **units}.items():
            if str(value) and str(value) not in found.setdefault(key, []):
                found[key].append(str(value))
    if any(curve.is_smoothed for curve in with_roles(spectra)):
        found["lines"] = [WORDS]
    return {key: " | ".join(values) for key, values in found.items() if values}


def _metadata(kind: str, facts: str) -> dict[str, str]:
    program = f"xanesview {__version__}"
    if kind == "svg":
        return {"Creator": program, "Description": facts, "Title": _TITLE}
    if kind == "pdf":
        return {"Creator": program, "Subject": facts, "Title": _TITLE}
    return {"Software": program, "Description": facts, "Title": _TITLE}
