"""Maps as files: HDF5 with an NXdata that opens as a picture elsewhere, CSV, or a TIFF of as many pages as maps.

In HDF5 the maps lie in ``entry/maps``, an NXdata whose signal is the first of them and whose others are auxiliary ones,
each with its title as ``long_name``; how they were made stands in ``entry/process`` (NXprocess).
"""

from __future__ import annotations

import csv
from io import BytesIO
from pathlib import Path

import numpy as np

from xanesview.domain.images.maps import Maps
from xanesview.errors import XanesviewError
from xanesview.io.atomic import atomic_write, text_stream, write_bytes
from xanesview.io.spectra.provenance import provenance

NUMBERS, TIFF, FIGURES = (".csv", ".h5", ".hdf5", ".nxs"), (".tif", ".tiff"), (".png", ".svg", ".pdf")
ENDINGS = (*NUMBERS, *TIFF, *FIGURES)
MAP_FILTERS = (
    "HDF5, NeXus (*.h5 *.nxs);;CSV table (*.csv);;TIFF, a page a map (*.tif);;PNG picture (*.png);;"
    "SVG drawing (*.svg);;PDF document (*.pdf)"
)
"""Filters of a file dialog."""
_TIFF_DESCRIPTION, _TIFF_SOFTWARE = 270, 305


def check_maps_name(path: Path) -> None:
    """Raise XanesviewError where nothing writes the ending of a name."""
    if path.suffix.lower() not in ENDINGS:
        raise XanesviewError(
            f"Maps can't be written as “{path.suffix or path.name}”.",
            "End the name in .h5, .csv, .tif, .png, .svg or .pdf.",
        )


def write_maps(path: str | Path, maps: Maps, title: str = "") -> None:
    """Write maps in the format that the name ends with.

    Raises
    ------
    XanesviewError
        If nothing writes this ending, a series is asked for as TIFF, or the file can't be written.
    """
    path = Path(path)
    check_maps_name(path)
    ending = path.suffix.lower()
    if ending in FIGURES:
        from xanesview.io.figures.figure_file import save_figure
        from xanesview.io.figures.map_figure import draw_maps

        save_figure(draw_maps(maps, title), path, provenance={**provenance(), **maps.facts})
    elif ending in TIFF:
        _write_tiff(path, maps)
    elif ending == ".csv":
        _write_csv(path, maps)
    else:
        _write_h5(path, maps, title)


def _write_h5(path: Path, maps: Maps, title: str) -> None:
    from xanesview.io.hdf5 import written_h5

    with written_h5(path) as file:
        file.attrs.update({"NX_class": "NXroot", "default": "entry"})
        for key, value in provenance().items():
            file.attrs[key] = value
        entry = file.create_group("entry")
        entry.attrs.update({"NX_class": "NXentry", "default": "maps"})
        entry["title"] = title or maps.facts.get("file", "") or "maps"
        plot = entry.create_group("maps")
        names = _axis_names(maps)
        plot.attrs.update({"NX_class": "NXdata", "signal": maps.maps[0].key, "axes": names})
        plot.attrs["auxiliary_signals"] = [one.key for one in maps.maps[1:]]
        for name, axis in zip(names, maps.axes, strict=True):
            values = plot.create_dataset(name, data=axis.values)
            values.attrs.update({"long_name": axis.label, "units": axis.unit})
        for one in maps.maps:
            values = plot.create_dataset(one.key, data=one.values, compression="gzip", shuffle=True)
            values.attrs.update({"long_name": one.title, "units": one.unit, "kind": one.kind})
        process = entry.create_group("process")
        process.attrs["NX_class"] = "NXprocess"
        process["program"] = "xanesview"
        told = process.create_group("facts")
        told.attrs["NX_class"] = "NXcollection"
        for key, value in {**maps.facts, "notices": " ".join(maps.notices)}.items():
            told.attrs[key] = value


def _axis_names(maps: Maps) -> list[str]:
    """Return names of the axes that differ from one another and from those of the maps."""
    usual = ("number",) if len(maps.axes) == 1 else ("y", "x")
    names = ["".join(c if c.isascii() and c.isalnum() else "_" for c in axis.name) for axis in maps.axes]
    taken = {one.key for one in maps.maps}
    are_good = len(set(names)) == len(names) and all(name.strip("_") and name not in taken for name in names)
    return names if are_good else list(usual)


def _write_csv(path: Path, maps: Maps) -> None:
    lines = [*provenance(extra=maps.facts).items(), *(("notice", one) for one in maps.notices)]
    lines += [(one.key, one.label) for one in maps.maps]
    at = np.meshgrid(*(axis.values for axis in maps.axes), indexing="ij")
    columns = [*(one.ravel() for one in at), *(one.values.ravel() for one in maps.maps)]
    names = [*(axis.label for axis in maps.axes), *(one.label for one in maps.maps)]
    with atomic_write(path) as temporary, text_stream(temporary) as stream:
        stream.writelines(f"# {key}: {' '.join(value.split())}\n" for key, value in lines)
        csv.writer(stream, lineterminator="\n").writerow(names)
        stream.writelines(
            ",".join("" if value != value else f"{value:.7g}" for value in row) + "\n"
            for row in np.column_stack(columns).tolist()
        )


def _write_tiff(path: Path, maps: Maps) -> None:
    from PIL import Image
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    from xanesview.version import __version__

    if len(maps.axes) == 1:
        raise XanesviewError("A series has curves, not pictures.", "Write it as .csv, .h5 or .png.")
    pages, told = [], []
    for one in maps.maps:
        pages.append(Image.fromarray(one.values.astype(np.float32)))
        about = ImageFileDirectory_v2()
        about[_TIFF_DESCRIPTION], about[_TIFF_SOFTWARE] = one.label, f"xanesview {__version__}"
        told.append(about)
    for page, about in zip(pages, told, strict=True):
        page.encoderinfo = {"tiffinfo": about}
    packed = BytesIO()
    pages[0].save(packed, format="TIFF", save_all=True, append_images=pages[1:], tiffinfo=told[0])
    write_bytes(path, packed.getbuffer())
