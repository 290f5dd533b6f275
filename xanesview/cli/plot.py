"""``xanesview plot``: predictions, tensor references and measured columns in one figure."""

from __future__ import annotations

import argparse
from pathlib import Path

from xanesview.cli.arguments import (
    add_axis,
    add_drawn_as,
    add_frame,
    add_polarisation,
    add_width,
    asked_range_ev,
)
from xanesview.cli.fitting import add_edge, check_edge
from xanesview.cli.measured import add_answers
from xanesview.errors import UsageError
from xanesview.io.atomic import is_stream


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    p.add_argument(
        "file", nargs="+", metavar="FILE",
        help="predicted CSV or HDF5, curves that the window exported, columns of a measurement, or structures",
    )
    p.add_argument(
        "--network", metavar="NAME|PATH", action="append",
        help="network to predict structures with; several are overlaid (default: one that fits, see --edge)",
    )
    add_edge(p)
    add_frame(p)
    p.add_argument("--out", required=True, metavar="FIGURE.svg|pdf|png")
    p.add_argument("--sites", metavar="sum|all|0,3,5", default="sum", help="curves of a prediction (default sum)")
    add_polarisation(p)
    add_axis(p)
    add_width(p)
    add_drawn_as(p)
    add_answers(p)
    p.add_argument("--range", metavar="LOW,HIGH", help="energies to show, eV")
    p.add_argument("--title", default="", help="title above the figure")
    p.add_argument("--width", type=float, default=85.0, metavar="MM", help="width in mm (default 85)")
    p.add_argument("--height", type=float, default=65.0, metavar="MM", help="height in mm (default 65)")
    p.add_argument("--dpi", type=int, default=300, help="resolution of a PNG (default 300)")


def run_plot(arguments: argparse.Namespace) -> int:
    """Draw the curves of all files and write the figure."""
    from xanesview.cli.file_curves import (
        check_shown,
        check_used,
        curves_of,
        exported_curves_of,
        on_one_axis,
        on_one_scale,
    )
    from xanesview.cli.sites import check_polarisation
    from xanesview.io.figures import figure, figure_file

    check_polarisation(arguments)
    figure.check_title(arguments.title)
    check_edge(arguments)
    target = Path(arguments.out).expanduser()
    if target.suffix.lower().lstrip(".") not in figure_file.FORMATS:
        what = "is a pipe or a device, which no figure goes to" if is_stream(target) else "is no figure"
        raise UsageError(f"“{arguments.out}” {what}.", "End --out in .svg, .pdf or .png.")
    hint = "Write the lower energy first, as in 280,305."
    shown = None if arguments.range is None else asked_range_ev(arguments.range, r"[,:\s]+", hint)
    spec = figure.FigureSpec(
        width_mm=arguments.width, height_mm=arguments.height, dpi=arguments.dpi, energies_ev=shown
    )
    check_used(arguments)
    found, as_they_are = [], set()
    for name in arguments.file:
        exported = exported_curves_of(Path(name), arguments)
        as_they_are |= set(range(len(found), len(found) + len(exported or ())))
        found += curves_of(Path(name), arguments) if exported is None else exported
    spectra = on_one_scale(on_one_axis(found, arguments.axis), as_they_are)
    check_shown(spectra, shown)
    drawn = figure.draw_spectra(spectra, spec, title=arguments.title)
    figure_file.save_figure(drawn, target, spec=spec, provenance=figure_file.collected_provenance(spectra))
    print(f"{target}: {len(spectra)} curve{'s' * (len(spectra) != 1)}")
    return 0
