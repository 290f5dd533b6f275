"""Series of spectra over an angle as files: numbers (CSV, HDF5) or a figure, by the ending of the name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.errors import XanesviewError

if TYPE_CHECKING:
    from xanesview.domain.orientation.angle_series import AngleSeries
    from xanesview.domain.spectrum import Spectrum
    from xanesview.io.figures.spec import FigureSpec

NUMBERS, FIGURES = (".csv", ".h5", ".hdf5"), (".svg", ".png", ".pdf", ".tiff", ".tif")
HEIGHT_MM, PART_MM = 30.0, 32.0
"""Height of a figure without parts, and what each adds."""


def check_series_name(path: Path) -> None:
    """Raise XanesviewError where nothing writes the ending of a name."""
    if path.suffix.lower() not in (*NUMBERS, *FIGURES):
        raise XanesviewError(
            f"“{path.name}” is neither numbers nor a figure.", "End the name in .csv, .h5, .svg, .png, .pdf or .tiff."
        )


def write_series(
    path: Path,
    series: AngleSeries,
    facts: Mapping[str, str],
    dichroism: Spectrum | None = None,
    *,
    spec: FigureSpec | None = None,
    title: str = "",
    parts: Sequence[str] | None = None,
) -> None:
    """Write a series.

    Parameters
    ----------
    path : .csv, .h5 for numbers; .svg, .png, .pdf, .tiff for a figure
    series : AngleSeries
    facts : where it comes from; each spectrum gets its geometry and angle beside them
    dichroism : I∥ − I⊥, left out without one
    spec, title, parts : of a figure; all parts by default

    Raises
    ------
    XanesviewError
        If nothing writes this ending, or the file can't be written.
    """
    check_series_name(path)
    if path.suffix.lower() in NUMBERS:
        from xanesview.io.spectra.curves import write_curves

        spectra = [
            spectrum.replace(provenance={**facts, **geometry.header(), "angle": f"{angle:g} {series.unit}"})
            for spectrum, geometry, angle in zip(series.spectra, series.geometries, series.angles, strict=True)
        ]
        write_curves(path, [*spectra, *([] if dichroism is None else [dichroism.replace(provenance=dict(facts))])])
        return
    from xanesview.io.figures.angle_figure import PARTS, draw_series
    from xanesview.io.figures.figure_file import save_figure
    from xanesview.io.figures.spec import FigureSpec

    parts = PARTS if parts is None else parts
    spec = spec or FigureSpec(width_mm=110.0, height_mm=HEIGHT_MM + PART_MM * len(parts))
    figure = draw_series(series, spec, title, dichroism, parts)
    save_figure(figure, path, spec=spec, provenance={**facts, "series": f"{series.name}, {series.unit}"})
