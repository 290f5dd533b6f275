"""Sites that engines compute now: a process a site at a time, as many as the engine is good for."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from xanesview.domain.structure import Structure
from xanesview.gui.background.engine_process import EngineProcess
from xanesview.processes import command_of
from xanesview.reference.engines import ENGINES, MOLECULES, Engine


@dataclass
class Run:
    """One site that is computed: the atom, when it began, how long it should take, what the engine does now."""

    atom: int
    number: int
    since: float
    expected_s: float
    stage: str = ""

    @property
    def taken_s(self) -> float:
        """Time since it began."""
        return time.monotonic() - self.since

    @property
    def left_s(self) -> float:
        """Time it will still take, above zero however late it is."""
        return max(self.expected_s - self.taken_s, 0.15 * self.taken_s)

    @property
    def lateness(self) -> float:
        """By what it takes longer than it should: what follows will be late, too. At least 1."""
        return max(self.taken_s / max(self.expected_s, 0.1), 1.0)

    @property
    def share(self) -> float:
        """How much of it is done, by time, below 1."""
        return min(self.taken_s / max(self.expected_s, 0.1), 0.97)


class EngineRuns(QObject):
    """The processes of all engines, and what runs in them; one engine at a time."""

    answered = Signal(object, object)  # Run, answer (dict)
    died = Signal(object, str)  # Run, what is known
    progressed = Signal()  # a run has come to another stage

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._processes = {
            name: [EngineProcess(self, command_of(engine.module), engine.leads_group) for _ in range(engine.at_a_time)]
            for name, engine in ENGINES.items()
        }
        self._runs: dict[EngineProcess, Run] = {}
        for process in (one for some in self._processes.values() for one in some):
            process.answered.connect(partial(self._answer, process))
            process.progressed.connect(partial(self._progress, process))
            process.died.connect(partial(self._bury, process))

    @property
    def molecules(self) -> EngineProcess:
        """The process of the engine for molecules."""
        return self._processes[MOLECULES.name][0]

    def of(self, engine: Engine) -> list[EngineProcess]:
        """The processes of an engine."""
        return self._processes[engine.name]

    @property
    def now(self) -> list[Run]:
        """What runs, first begun first."""
        return sorted(self._runs.values(), key=lambda run: run.since)

    def free(self, engine: Engine) -> EngineProcess | None:
        """A process that waits for work, one that is started already before others; None where all are busy."""
        idle = [process for process in self.of(engine) if process not in self._runs]
        return min(idle, key=lambda process: not process.is_running, default=None)

    def begin(self, engine: Engine, structure: Structure, atom: int, expected_s: float) -> None:
        """Compute a site in a free process."""
        process = self.free(engine)
        number = process.ask(engine.job(structure, atom))
        self._runs[process] = Run(atom, number, time.monotonic(), expected_s)

    def stop(self) -> None:
        """End all processes at once, whatever they do; no answer will come."""
        self._runs.clear()
        for processes in self._processes.values():
            for process in processes:
                process.stop()

    def _answer(self, process: EngineProcess, number: int, answer: dict) -> None:
        run = self._runs.get(process)
        if run is not None and run.number == number:
            del self._runs[process]
            self.answered.emit(run, answer)

    def _progress(self, process: EngineProcess, number: int, stage: str) -> None:
        run = self._runs.get(process)
        if run is not None and run.number == number:
            run.stage = stage
            self.progressed.emit()

    def _bury(self, process: EngineProcess, number: int, what: str) -> None:
        run = self._runs.get(process)
        if run is not None and run.number == number:
            del self._runs[process]
            self.died.emit(run, what)
