"""A process that computes sites or geometries for the window, which only ever waits for its lines."""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

from xanesview.domain.structure import Structure

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "xanesview.reference.engine.site_worker")
RELAXATION = (sys.executable, "-m", "xanesview.reference.engine.relaxation_worker")
#: A killed process is gone within milliseconds; waiting longer than this means something is very wrong.
_GONE_MS = 500


class EngineProcess(QObject):
    """Starts the process with the first job, keeps it for the next ones, kills it on `stop`.

    Parameters
    ----------
    command
        Program and arguments; it speaks in lines as `xanesview.reference.engine.worker` does.
    """

    answered = Signal(int, object)  # job number, answer (dict)
    died = Signal(int, str)  # job number, what is known

    def __init__(self, parent: QObject | None = None, command: tuple[str, ...] = COMMAND) -> None:
        super().__init__(parent)
        self.command = tuple(command)
        self._process: QProcess | None = None
        self._rest = b""
        self._number = 0
        self._awaited: int | None = None

    @property
    def is_running(self) -> bool:
        """Whether the process is there (it may be idle)."""
        return self._process is not None

    @property
    def process_id(self) -> int:
        """The system's number of the process, 0 where there is none."""
        return 0 if self._process is None else int(self._process.processId())

    def compute(self, structure: Structure, atom: int) -> int:
        """Begin one site; returns the number its answer will carry."""
        job = {
            "symbols": structure.symbols,
            "positions_angstrom": structure.positions_angstrom.tolist(),
            "charge": structure.charge,
            "atom": int(atom),
        }
        return self.ask(job)

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
        process.kill()
        process.waitForFinished(_GONE_MS)
        process.deleteLater()

    def _start(self) -> None:
        process = self._process = QProcess(self)
        environment = QProcessEnvironment.systemEnvironment()
        here = str(Path(__file__).resolve().parents[3])  # the same code, wherever the window was started
        there = environment.value("PYTHONPATH")
        environment.insert("PYTHONPATH", os.pathsep.join(filter(None, [here, there])))
        process.setProcessEnvironment(environment)
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._log)
        process.finished.connect(self._ended)
        process.errorOccurred.connect(self._failed)
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
            if number == self._awaited:
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
            process.deleteLater()
        if number is not None:
            self.died.emit(number, what)
