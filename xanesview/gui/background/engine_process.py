"""A process that computes sites or geometries for the window, which only ever waits for its lines."""

from __future__ import annotations

import json
import logging

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

from xanesview.processes import command_of, kill_group, own_environment

log = logging.getLogger(__name__)


RELAXATION = command_of("xanesview.reference.engine.relaxation_worker")
#: A killed process is gone within milliseconds; waiting longer than this means something is very wrong.
_GONE_MS = 500


class EngineProcess(QObject):
    """Starts the process with the first job, keeps it for the next ones, kills it on `stop`.

    Parameters
    ----------
    command
        Program and arguments; it speaks in lines as `xanesview.reference.engine.worker` does.
    leads_group
        Whether it starts processes of its own, which end with it.
    """

    answered = Signal(int, object)  # job number, answer (dict)
    progressed = Signal(int, str)  # job number, what it does now
    died = Signal(int, str)  # job number, what is known

    def __init__(
        self, parent: QObject | None = None, command: tuple[str, ...] = RELAXATION, leads_group: bool = False
    ) -> None:
        super().__init__(parent)
        self.command = tuple(command)
        self._leads_group = leads_group
        self._process: QProcess | None = None
        self._rest = b""
        self._number = 0
        self._awaited: int | None = None
        self._leader = 0  # number of the process, which the system forgets when it ends

    @property
    def is_running(self) -> bool:
        """Whether the process is there (it may be idle)."""
        return self._process is not None

    @property
    def process_id(self) -> int:
        """The system's number of the process, 0 where there is none."""
        return 0 if self._process is None else int(self._process.processId())

    def ask(self, job: dict) -> int:
        """Begin a job; returns the number its answer will carry."""
        if self._process is None:
            self._start()
        self._number += 1
        self._awaited = self._number
        self._process.write(json.dumps({"number": self._number, **job}).encode() + b"\n")
        return self._number

    def stop(self) -> None:
        """End the process at once, whatever it does; no answer will come."""
        process, self._process = self._process, None
        self._awaited = None
        self._rest = b""
        if process is None:
            return
        process.blockSignals(True)
        if self._leads_group:
            kill_group(int(process.processId()))
        process.kill()
        process.waitForFinished(_GONE_MS)
        process.deleteLater()

    def _start(self) -> None:
        process = self._process = QProcess(self)
        environment = QProcessEnvironment()
        for name, value in own_environment().items():  # the same code, wherever the window was started
            environment.insert(name, value)
        process.setProcessEnvironment(environment)
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._log)
        process.finished.connect(self._ended)
        process.errorOccurred.connect(self._failed)
        process.started.connect(lambda: setattr(self, "_leader", int(process.processId())))
        process.start(self.command[0], list(self.command[1:]))

    def _read(self) -> None:
        if self._process is None:
            return
        *lines, self._rest = (self._rest + bytes(self._process.readAllStandardOutput())).split(b"\n")
        for line in lines:
            try:
                answer = json.loads(line)
                number = int(answer["number"])
            except (ValueError, KeyError, TypeError):
                log.warning("the engine's process said %r", line[:200])
                continue
            if number != self._awaited:
                continue
            if "stage" in answer:
                self.progressed.emit(number, str(answer["stage"]))
                continue
            self._awaited = None
            self.answered.emit(number, answer)

    def _log(self) -> None:
        if self._process is not None:
            text = bytes(self._process.readAllStandardError()).decode(errors="replace").strip()
            if text:
                log.warning("engine: %s", text)

    def _ended(self, code: int, status: QProcess.ExitStatus) -> None:
        killed = status == QProcess.ExitStatus.CrashExit
        self._give_up("was ended by the system, perhaps for lack of memory" if killed else f"ended with code {code}")

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._give_up(f"can't be started ({self.command[0]})")

    def _give_up(self, what: str) -> None:
        process, self._process = self._process, None
        number, self._awaited = self._awaited, None
        self._rest = b""
        if process is not None:
            if self._leads_group and self._leader:
                kill_group(self._leader)  # what it had started goes on without it
            process.deleteLater()
        if number is not None:
            self.died.emit(number, what)
