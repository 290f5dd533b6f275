"""The tour: goes from step to step, sees what is done by hand, and leaves the session as the user has it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt

from xanesview.gui.window.tour.bar import TourBar
from xanesview.gui.window.tour.outline import Outline
from xanesview.gui.window.tour.steps import EXAMPLE, STEPS, Toured
from xanesview.texts import tr

#: Under which name the settings know that it was taken.
SEEN = "tour"


class Tour(QObject):
    """Walks a user through one window.

    Parameters
    ----------
    window
        Where everything is done; its settings remember that the tour was taken.
    """

    def __init__(self, window: Toured) -> None:
        super().__init__(window)
        self._window = window
        self._place = 0
        self._before: object = None
        self._done: set[int] = set()
        self.bar = TourBar(window)
        self.outline = Outline(window)
        self.bar.hide()
        window.addToolBar(Qt.ToolBarArea.BottomToolBarArea, self.bar)
        self.bar.back_wanted.connect(lambda: self._go(self._place - 1))
        self.bar.next_wanted.connect(lambda: self._go(self._place + 1))
        self.bar.act_wanted.connect(lambda: STEPS[self._place].act(window))
        self.bar.end_wanted.connect(self.end)
        workspace = window.workspace
        for signal in (
            workspace.geometry_changed, workspace.selection_changed, workspace.frozen_changed,
            workspace.references_changed, workspace.angles_changed, workspace.tilts.changed, workspace.fitting.changed,
        ):  # fmt: skip
            signal.connect(self._look)

    @property
    def is_under_way(self) -> bool:
        """Whether a step is shown."""
        return not self.bar.isHidden()

    def start(self) -> None:
        """Begin at the first step, on the example that the tour is about; one that is open stays as the user has it."""
        window = self._window
        workspace = window.workspace
        names = [one.name.lower() for one in workspace.session.structures]
        if workspace.structure is not None and workspace.structure.name.lower() == EXAMPLE:
            pass
        elif EXAMPLE in names:
            workspace.show_tab(names.index(EXAMPLE))  # opened again, it would lose its light and its sites
        else:
            window.opening.open_example(EXAMPLE)
        self._done.clear()
        self.bar.show()
        self._go(0)

    def end(self) -> None:
        """Leave; what was done stays."""
        self.bar.hide()
        self.outline.stand_around(None)
        self._window.settings.set_seen(SEEN)

    def _go(self, place: int) -> None:
        if not 0 <= place < len(STEPS):
            self.end()
            return
        self._place, step = place, STEPS[place]
        self._before = step.state(self._window)
        self.bar.show_step(tr(step.title), tr(step.text), tr(step.button), place, len(STEPS))
        self.outline.stand_around(step.place(self._window))
        self._look()

    def _look(self, *_news: object) -> None:
        if not self.is_under_way:
            return
        now = STEPS[self._place].state(self._window)
        if now and (now != self._before or now is True):
            self._done.add(self._place)
        self.bar.show_done(self._place in self._done)
