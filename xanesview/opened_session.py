"""Session files for scripts and the command line, as part of `xanesview.api`: what the window showed, without it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.domain.counts import counted
from xanesview.errors import XanesviewError
from xanesview.io.recognition import kind_of_file
from xanesview.io.text_file import check_is_file

if TYPE_CHECKING:
    import numpy as np

    from xanesview.domain.spectrum import Spectrum
    from xanesview.domain.structure import Notice, Structure
    from xanesview.domain.work import Work
    from xanesview.gui.plot.screen_figure import ScreenFigure
    from xanesview.shown.shown import Shown


@dataclass(frozen=True, eq=False)
class OpenedSession:
    """A saved session as the window would show it, with the numbers that the file has kept: no network is asked.

    Attributes
    ----------
    name : str
        Of the file.
    work : Work
        All that the file holds.
    shown : Shown
        What a window shows of it.
    notices : tuple of Notice
        What has to be said of it: networks that have gone or changed, damaged parts.
    """

    name: str
    work: Work
    shown: Shown
    notices: tuple[Notice, ...] = ()

    def __repr__(self) -> str:
        names = ", ".join(one.name or one.formula for one in self.structures)
        return f"<OpenedSession {self.name}: {names or 'no structure'}; {counted(len(self.spectra()), 'curve')}>"

    @property
    def structures(self) -> tuple[Structure, ...]:
        """The open structures, in the order of their tabs."""
        return self.work.session.structures

    def spectra(self, *, hidden: bool = False) -> list[Spectrum]:
        """Return the curves with their provenance, as the window exports them: sums over the picked sites.

        Parameters
        ----------
        hidden : bool
            Those that aren't drawn, too.

        Examples
        --------
        >>> session = xanesview.open_session("film.xanesview")
        >>> [spectrum.label for spectrum in session.spectra()][:2]
        ['ε = (0.00, 0.00, 1.00)', 'isotropic average']
        """
        from xanesview.shown.spectra import exported_spectra

        return exported_spectra(self.shown, hidden=hidden)

    def figure(self) -> ScreenFigure:
        """Return the figure that the window exports: curves with names, colours and order, ranges, lower panel.

        Raises
        ------
        XanesviewError
            If it shows no curve.
        """
        from xanesview.gui.window.kept_plot import kept_figure

        figure = kept_figure(self.shown, self.work)
        if not figure.curves:
            raise XanesviewError(f"{self.name} shows no curve.", "Open it in the window and pick a site.")
        return figure

    def scene(self) -> np.ndarray | None:
        """Return the 3D view as the inset of a figure, (H, W, 4) uint8, from where the window looked; None without one.

        Raises
        ------
        XanesviewError
            If this machine can't draw without a window.
        """
        from xanesview.gui.window.kept_plot import kept_scene

        return kept_scene(self.shown, self.work)

    def plot(
        self,
        path: str | Path,
        *,
        title: str | None = None,
        template: str | Path | None = None,
        preset: str | None = None,
        scene: np.ndarray | str | Path | None = None,
        **settings: object,
    ) -> Path:
        """Write the figure of what the window shows, as its dialog does; parameters as for `xanesview.plot`.

        Parameters
        ----------
        title : str, optional
            By default that of the plot; empty for none.
        scene : optional
            By default, where template or settings ask for an inset, the 3D view as the window showed it.

        Examples
        --------
        >>> xanesview.open_session("film.xanesview").plot("film.pdf", preset="double").name
        'film.pdf'
        """
        from xanesview.plotting import asked_spec, write

        figure = self.figure()
        spec, picture = asked_spec(template, preset, scene, settings, usual=figure.usual_spec())
        if spec.inset and picture is None:
            picture = self.scene()
        return write(path, figure.content(title, picture, below=spec.below), figure.spec(spec))


def open_session(path: str | Path) -> OpenedSession:
    """Return a session that the window has saved.

    Raises
    ------
    XanesviewError
        If it is none, can't be read, or was saved by a newer program.

    Examples
    --------
    >>> xanesview.open_session("film.xanesview").structures[0].formula
    'C6H6'
    """
    from xanesview.io.session_file.session_file import read_session_file
    from xanesview.shown.kept_session import shown_of

    path = Path(path)
    check_is_file(path)
    if kind_of_file(path) != "session":
        raise XanesviewError(f"{path.name} is no session.", "Structures are opened with xanesview.open.")
    work = read_session_file(path)
    shown, notices = shown_of(work)
    return OpenedSession(path.name, work, shown, tuple(notices))
