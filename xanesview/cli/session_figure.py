"""A saved session on the command line: its figure, and its curves."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.cli.telling import say, tell_notice
from xanesview.errors import UsageError

if TYPE_CHECKING:
    import numpy as np

    from xanesview.opened_session import OpenedSession

_DECIDED = ("network", "edge", "frame", "fwhm", "axis", "energy", "signal", "unit", "d_spacing", "scan")
"""Options that a session has decided for itself."""


def named_session(names: list[str]) -> Path | None:
    """Return the session among files, which has to be the only one; None where there is none.

    Raises
    ------
    UsageError
        Where there are others beside it.
    """
    from xanesview.io.session_mark import is_session_file
    from xanesview.io.text_file import check_is_file

    paths = [Path(name).expanduser() for name in names]
    found = next((path for path in paths if path.is_file() and is_session_file(path)), None)
    if found is not None and len(paths) > 1:
        hint = f"Give it alone; “xanesview convert {found.name} --out curves.csv” writes its curves for a figure."
        raise UsageError(f"{found.name} is a session, and makes a figure by itself.", hint)
    if found is not None:
        check_is_file(found)
    return found


def opened_session(path: Path) -> OpenedSession:
    """Return a session, with what has to be said of it told."""
    from xanesview.opened_session import open_session

    session = open_session(path)
    for notice in session.notices:
        tell_notice(notice.message)
    return session


def check_settled(arguments: argparse.Namespace) -> None:
    """Refuse options for what a session has decided itself.

    Raises
    ------
    UsageError
    """
    from xanesview.cli.sites import names_polarisation

    given = [f"--{name.replace('_', '-')}" for name in _DECIDED if getattr(arguments, name, None) is not None]
    if "drawn_as" in arguments:  # of a figure: what else predictions are asked
        given += ["--as measured"] * (arguments.drawn_as == "measured")
        given += ["--sites"] * (arguments.sites.strip().lower() != "sum")
        given += ["A polarisation"] * names_polarisation(arguments)
    if given:
        hint = "Leave it out, or change the session in the window."
        raise UsageError(f"{given[0]} does not change what a session shows.", hint)


def draw_session(path: Path, arguments: argparse.Namespace, target: Path) -> int:
    """Write the figure of a session as the window exports it; ``.title`` and the look may ask for something else."""
    from dataclasses import replace

    from xanesview.cli.figure_look import asked_look
    from xanesview.cli.file_curves import check_shown
    from xanesview.cli.numbers_asked import asked_range_ev
    from xanesview.io.figures import figure_file, fonts

    check_settled(arguments)
    session = opened_session(path)
    figure = session.figure()
    look = asked_look(arguments, figure.usual_spec())
    if arguments.range is not None:
        look = replace(look, energies_ev=asked_range_ev(arguments.range, r"[,:\s]+", "Write it as in 280,305."))
        check_shown([curve.spectrum for curve in figure.curves], look.energies_ev)
    scene = _scene(session, arguments.inset, look.inset)
    look = figure.spec(replace(look, inset=scene is not None))
    content = figure.content(arguments.title, scene, below=look.below)
    if told := fonts.missing_font(look, content.texts):
        tell_notice(told)
    figure_file.write_figure(target, content, look, tell=tell_notice)
    say(f"{target}: {len(figure.curves)} curve{'s' * (len(figure.curves) != 1)}")
    return 0


def _scene(session: OpenedSession, inset: str | None, in_template: bool) -> np.ndarray | None:
    """The picture of an inset: a PNG, or the 3D view of the session where that or a template asks for it."""
    if inset is not None and inset != "structure":
        from xanesview.io.figures.scene_picture import read_picture

        return read_picture(Path(inset).expanduser())
    if inset is None and not in_template:
        return None
    scene = session.scene()
    if scene is None and inset is not None:
        raise UsageError(f"{session.name} has no structure to be seen in an inset.", "Give --inset a PNG.")
    return scene
