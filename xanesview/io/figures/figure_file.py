"""Figures as files: SVG, PDF or PNG, with where their curves come from in the file's own metadata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.processing.smooth_line import WORDS
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError, printable
from xanesview.io.atomic import write_bytes
from xanesview.io.figures.curve_looks import FigureCurve, with_roles
from xanesview.io.figures.figure import FigureSpec, draw_spectra, style
from xanesview.version import __version__

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = ("svg", "pdf", "png")
FIGURE_FILTERS = "SVG drawing (*.svg);;PDF document (*.pdf);;PNG picture (*.png)"
"""Filters of a file dialog."""


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
        Ends with .svg, .pdf or .png.
    spec : FigureSpec, optional
        For the dots per inch of a PNG; the figure's own by default.
    provenance : mapping, optional
        Names and values for the metadata.

    Raises
    ------
    XanesviewError
        For another format, or where the file can't be written.
    """
    path = Path(path)
    kind = path.suffix.lower().lstrip(".")
    if kind not in FORMATS:
        raise XanesviewError(
            f"Figures can't be written as “{path.suffix or path.name}”.", "End the name with .svg, .pdf or .png."
        )
    dpi = figure.dpi if spec is None else spec.dpi
    facts = "; ".join(printable(f"{key}: {value}") for key, value in (provenance or {}).items())
    picture = BytesIO()
    with style(spec or FigureSpec()):
        figure.savefig(picture, format=kind, dpi=dpi, facecolor="white", metadata=_metadata(kind, facts))
    write_bytes(path, picture.getbuffer())
    return path


def prepare() -> None:
    """Load matplotlib and its fonts, which takes seconds the first time; to be called beside the work of the user."""
    spectrum = Spectrum(np.arange(3.0), np.arange(3.0), label="ε₀")
    with style(FigureSpec()):
        figure = draw_spectra([spectrum], FigureSpec(dpi=50), "θ")
        for kind in FORMATS:
            nowhere = BytesIO()
            figure.savefig(nowhere, format=kind)


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
        return {"Creator": program, "Description": facts, "Title": "X-ray absorption spectrum"}
    if kind == "pdf":
        return {"Creator": program, "Subject": facts, "Title": "X-ray absorption spectrum"}
    return {"Software": program, "Description": facts, "Title": "X-ray absorption spectrum"}
