"""In the status bar: how many jobs run; behind it the list with progress, time left and a way to end each."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QProgressBar, QScrollArea, QToolButton, QVBoxLayout, QWidget

from xanesview.domain.counts import counted
from xanesview.gui.actions.computing import duration
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.theme import icon, small_font
from xanesview.gui.session.jobs import DONE, FAILED, RUNNING, STOPPED, Job, JobList
from xanesview.texts import tr

NEWS_MS = 30_000
_EVERY_MS = 500
_STEPS = 1000
_WIDTH_PX, _MOST_HEIGHT_PX = 420, 320
_ENDED = {DONE: "Done", FAILED: "Failed", STOPPED: "Stopped"}


class JobsButton(QToolButton):
    """Shown while something runs or has news; opens and closes the list.

    What went well is told for `NEWS_MS` and then stands in the list alone (Ctrl+J); what failed until it was looked at.
    """

    def __init__(self, jobs: JobList, parent: QWidget | None = None) -> None:
        super().__init__(parent, objectName="jobs", autoRaise=True)
        self._jobs = jobs
        self.panel: JobsPanel | None = None
        self._told: set[Job] = set()  # no longer news
        self._forget = QTimer(self, singleShot=True, interval=NEWS_MS)
        self._forget.timeout.connect(lambda: self._no_news(failed=False))
        self.setToolTip(plain("What runs and what has run (Ctrl+J)"))
        self.clicked.connect(self.toggle)
        jobs.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Say how many run, else how many have ended since it was looked at."""
        running = len(self._jobs.running)
        self._told &= set(self._jobs.jobs)
        ended = [job for job in self._jobs.jobs if not job.is_running and job not in self._told]
        if any(job.state != FAILED for job in ended) and not self._forget.isActive():
            self._forget.start()
        failed = sum(job.state == FAILED for job in ended)
        if running:
            text = counted(running, tr("job"), tr("jobs"))
        elif failed:
            text = counted(failed, tr("job failed"), tr("jobs failed"))
        else:
            text = counted(len(ended), tr("job ended"), tr("jobs ended"))
        self.setText(text)
        self.setAccessibleName(tr("Jobs: {told}").format(told=text))
        self.setVisible(bool(running or ended))

    def _no_news(self, *, failed: bool) -> None:
        """What has ended was told long enough; with `failed` that, too."""
        ended = [job for job in self._jobs.jobs if not job.is_running]
        self._told |= {job for job in ended if failed or job.state != FAILED}
        self.refresh()

    def toggle(self) -> None:
        """Open the list above the button, or close it."""
        if self.panel is None:
            self.panel = JobsPanel(self._jobs, self.window())
        if self.panel.isVisible():
            self.panel.hide()
            self._no_news(failed=True)
        else:
            self.panel.show_above(self if self.isVisible() else self.parentWidget())


class JobsPanel(QDialog):
    """A small window that stays beside the work: one row a job, the newest first."""

    def __init__(self, jobs: JobList, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Tool)
        self.setObjectName("jobs-panel")
        self.setWindowTitle(tr("Jobs"))
        self._jobs = jobs
        self.rows: dict[Job, JobRow] = {}
        self._empty = Label(tr("Nothing runs. What takes long stands here, with a way to end it."), wordWrap=True)
        self._empty.setProperty("muted", True)
        place = QWidget()
        self._column = QVBoxLayout(place)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._empty)
        self._column.addStretch(1)
        area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(place)
        self._place = place
        self.clear = QToolButton(text=tr("Dismiss all that ended"), objectName="dismiss-ended")
        self.clear.setToolTip(plain("Forget the jobs that are over"))
        self.clear.clicked.connect(jobs.dismiss_ended)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        column.addWidget(area, 1)
        column.addWidget(self.clear, 0, Qt.AlignmentFlag.AlignRight)
        self._clock = QTimer(self, interval=_EVERY_MS)
        self._clock.timeout.connect(self._tick)
        jobs.changed.connect(self.refresh)

    def show_above(self, button: QWidget) -> None:
        """Open above a button, at the right edge of the window."""
        self.refresh()
        self.resize(_WIDTH_PX, min(_MOST_HEIGHT_PX, self._place.sizeHint().height() + 8 * SPACING))
        window = self.parentWidget()
        corner = window.mapToGlobal(QPoint(window.width(), window.height()))
        top = button.mapToGlobal(QPoint(0, 0)).y() if button is not window else corner.y()
        self.move(corner.x() - self.width() - SPACING, top - self.frameGeometry().height() - SPACING)
        self.show()
        self.activateWindow()

    def refresh(self) -> None:
        """Show the rows as they are now; a row stays the same widget, so that the keyboard stays on its button."""
        listed = self._jobs.jobs
        for job in [job for job in self.rows if job not in listed]:
            self.rows.pop(job).deleteLater()
        for job in listed:
            if job not in self.rows:
                self.rows[job] = row = JobRow(job, self._jobs)
                self._column.insertWidget(0, row)
            self.rows[job].refresh()
        self._empty.setVisible(not listed)
        self.clear.setEnabled(any(not job.is_running for job in listed))
        if self.isVisible() and self._jobs.running:
            self._clock.start()

    def _tick(self) -> None:
        for row in self.rows.values():
            row.refresh()
        if not self.isVisible() or not self._jobs.running:
            self._clock.stop()

    def event(self, event: QEvent) -> bool:
        """Keep Escape for closing this window: all other keys still reach the main one."""
        if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def showEvent(self, event) -> None:
        """Follow while it is seen."""
        super().showEvent(event)
        self._clock.start()


class JobRow(QFrame):
    """Name, bar, what it does or how it ended, time left, and a button that ends or dismisses it."""

    def __init__(self, job: Job, jobs: JobList) -> None:
        super().__init__()
        self.setObjectName("job")
        self.job, self._list = job, jobs
        self.name = Label(job.name, wordWrap=True)
        self.told = Label(wordWrap=True)
        self.told.setFont(small_font())
        self.told.setProperty("muted", True)
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName(job.name)
        self.button = QToolButton(autoRaise=True, objectName="end-job")
        self.button.clicked.connect(self._press)
        words = QVBoxLayout()
        words.setSpacing(2)
        for widget in (self.name, self.bar, self.told):
            words.addWidget(widget)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, SPACING)
        row.addLayout(words, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)

    def refresh(self) -> None:
        """Show how far it is, or how it ended."""
        job = self.job
        self.bar.setVisible(job.is_running)
        if job.is_running:
            self.bar.setRange(0, 0 if job.share is None else _STEPS)
            if job.share is not None:
                self.bar.setValue(round(_STEPS * job.share))
            left = "" if job.left_s is None else tr("{time} left").format(time=duration(job.left_s))
            state = tr("Stopping…") if job.is_stopping else ""
            parts = (state, job.sentence, left or tr("{time} so far").format(time=duration(job.taken_s)))
        else:
            parts = (tr(_ENDED[job.state]), job.sentence, tr("after {time}").format(time=duration(job.taken_s)))
        self.told.setText(" · ".join(filter(None, parts)))
        running = job.state == RUNNING
        self.button.setIcon(icon("stop" if running else "close"))
        self.button.setEnabled(not running or job.can_be_stopped)
        words = tr("Stop: {name}") if running else tr("Dismiss: {name}")
        self.button.setToolTip(plain(words.format(name=job.name)))
        self.button.setAccessibleName(words.format(name=job.name))

    def _press(self) -> None:
        if self.job.is_running:
            self.job.stop()
            self.refresh()
        else:
            self._list.dismiss(self.job)
