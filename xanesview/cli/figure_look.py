"""How a figure of the command line looks: preset, template and single settings, the same for every command."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from xanesview.cli.numbers_asked import NumberIn, WholeIn
from xanesview.errors import UsageError, XanesviewError
from xanesview.io.figures.spec import DPIS, HEIGHTS_MM, WIDTHS_MM

if TYPE_CHECKING:
    from xanesview.io.figures.spec import FigureSpec

_OPTIONS = {"width": "width_mm", "height": "height_mm", "dpi": "dpi"}
"""Options that are settings of the figure by themselves."""


def add_look(p: argparse.ArgumentParser, width: str = "85", height: str = "62") -> None:
    """Take how a figure is to look: a preset, a template, single settings.

    Parameters
    ----------
    width, height : what the help says of the usual size, mm
    """
    p.add_argument(
        "--preset", metavar="NAME", help="single (85 mm), one and a half (120 mm), double (170 mm) or slide"
    )
    p.add_argument(
        "--template", metavar="NAME|FILE.json", help="a template of yours that the window saved, or a file with one"
    )
    p.add_argument("--width", type=NumberIn(*WIDTHS_MM, "mm"), metavar="MM", help=f"width in mm (default {width})")
    p.add_argument("--height", type=NumberIn(*HEIGHTS_MM, "mm"), metavar="MM", help=f"height in mm (default {height})")
    p.add_argument("--dpi", type=WholeIn(*DPIS), help="resolution of a PNG or TIFF (default 300)")
    p.add_argument(
        "--set", metavar="SETTING=VALUE", action="append", default=[], dest="settings",
        help="another setting of the figure, such as legend=inside or energy_breaks=[[295,320]]; see the guide",
    )


def asked_look(arguments: argparse.Namespace, usual: FigureSpec | None = None) -> FigureSpec:
    """Return the look that is asked for: a template or a preset, then single settings.

    Parameters
    ----------
    usual : FigureSpec, optional
        What holds without template and preset. Of a figure that is higher than one with a single plot a preset takes
        its width, letters and lines; the height stays.

    Raises
    ------
    UsageError
        For settings that can't be.
    XanesviewError
        For a template that can't be read.
    """
    from dataclasses import replace

    from xanesview.cli.telling import tell_notice
    from xanesview.io.figures import template
    from xanesview.io.figures.spec import FigureSpec

    spec = FigureSpec() if usual is None else usual
    if arguments.template is not None and arguments.preset is not None:
        raise UsageError("A template has a size of its own.", "Give --template or --preset, and --width to change it.")
    if arguments.template is not None:
        found = template.template(arguments.template)
        spec = found.spec
        if found.notice:
            tell_notice(found.notice)
    given = {name: getattr(arguments, option) for option, name in _OPTIONS.items()}
    settings = {name: value for name, value in given.items() if value is not None}
    for text in arguments.settings:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"“{text}” sets nothing.", "Write --set SETTING=VALUE, such as --set legend=inside.")
        settings[name.strip()] = _value(value.strip())
    try:
        if arguments.preset is not None:
            height = 0.0 if usual is None else usual.height_mm
            spec = template.preset(arguments.preset)
            spec = replace(spec, height_mm=max(spec.height_mm, height))
        return template.with_settings(spec, settings)
    except XanesviewError as error:
        raise UsageError(error.message, error.hint) from error


def _value(text: str) -> object:
    """Return what a text says as JSON, else the text."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
