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
)
from xanesview.cli.figure_look import add_look, asked_look
from xanesview.cli.fitting import add_edge, check_edge
from xanesview.cli.folders import with_folders_opened
from xanesview.cli.measured import add_answers, check_answers
from xanesview.cli.numbers_asked import asked_range_ev
from xanesview.cli.telling import say
from xanesview.errors import UsageError
from xanesview.io.atomic import is_stream
from xanesview.limits import MOST_CURVES, check_count


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    p.add_argument(
        "file",
        nargs="+",
        metavar="FILE",
        help="predicted CSV or HDF5, curves that the window exported, columns of a measurement, structures or "
        "example:NAME; a folder of spectra; or one saved session, drawn as the window shows it",
    )
    p.add_argument(
        "--network",
        metavar="NAME|PATH",
        action="append",
        help="network to predict structures with; several are overlaid (default: one that fits, see --edge)",
    )
    add_edge(p)
    add_frame(p)
    p.add_argument("--out", required=True, metavar="FIGURE.svg|pdf|png|tiff")
    p.add_argument("--sites", metavar="sum|all|0,3,5", default="sum", help="curves of a prediction (default sum)")
    add_polarisation(p)
    add_axis(p)
    add_width(p)
    add_drawn_as(p)
    add_answers(p)
    p.add_argument("--range", metavar="LOW,HIGH", help="energies to show, eV")
    p.add_argument("--title", help="title above the figure (of the window's work by default its own)")
    add_look(p)
    p.add_argument(
        "--inset",
        metavar="PICTURE.png|structure",
        help="a picture in the plot: a PNG, or the 3D view of the first structure among the files",
    )


def run_plot(arguments: argparse.Namespace) -> int:
    """Draw the curves of all files and write the figure."""
    from dataclasses import replace

    from xanesview.cli.figure_scene import asked_scene
    from xanesview.cli.file_curves import (
        check_shown,
        check_used,
        curves_of,
        exported_curves_of,
        on_one_axis,
        on_one_scale,
    )
    from xanesview.cli.session_figure import draw_session, named_session
    from xanesview.cli.sites import check_polarisation
    from xanesview.cli.telling import tell_notice
    from xanesview.io.example_index import with_examples
    from xanesview.io.figures import figure_file, fonts, spec
    from xanesview.io.figures.curve_looks import with_roles, with_site_lines
    from xanesview.io.figures.figure import FigureContent
    from xanesview.io.figures.heading import heading_of

    check_polarisation(arguments)
    spec.check_title(arguments.title or "")
    check_edge(arguments)
    target = Path(arguments.out).expanduser()
    if target.suffix.lower().lstrip(".") not in figure_file.FORMATS:
        what = "is a pipe or a device, which no figure goes to" if is_stream(target) else "is no figure"
        raise UsageError(f"“{arguments.out}” {what}.", "End --out in .svg, .pdf, .png or .tiff.")
    arguments.file = with_examples(arguments.file)
    if (session := named_session(arguments.file)) is not None:
        return draw_session(session, arguments, target)
    arguments.file = with_folders_opened(arguments.file)
    check_count(len(arguments.file), MOST_CURVES, "files of one figure", "Draw fewer of them, or several figures.")
    look = asked_look(arguments)
    hint = "Write the lower energy first, as in 280,305."
    if arguments.range is not None:
        look = replace(look, energies_ev=asked_range_ev(arguments.range, r"[,:\s]+", hint))
    check_used(arguments)
    check_answers([Path(name).expanduser() for name in arguments.file], arguments)
    scene = asked_scene(arguments)
    found, as_they_are = [], set()
    for name in arguments.file:
        exported = exported_curves_of(Path(name), arguments)
        as_they_are |= set(range(len(found), len(found) + len(exported or ())))
        found += curves_of(Path(name), arguments) if exported is None else exported
    spectra = on_one_scale(on_one_axis(found, arguments.axis), as_they_are)
    check_shown(spectra, look.energies_ev)
    if scene is not None:
        look = replace(look, inset=True)
    elif look.inset:
        tell_notice("The template has an inset, and no picture was given: --inset gives one.")
    curves = with_site_lines(with_roles(spectra))
    from_window = len(as_they_are) == len(spectra) > 1
    title = heading_of(curves) if arguments.title is None and from_window else arguments.title or ""
    content = FigureContent(curves, title, scene=scene)
    if told := fonts.missing_font(look, content.texts):
        tell_notice(told)
    figure_file.write_figure(target, content, look, tell=tell_notice)
    say(f"{target}: {len(spectra)} curve{'s' * (len(spectra) != 1)}")
    return 0
