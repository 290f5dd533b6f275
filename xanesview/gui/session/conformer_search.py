"""Conformers of a molecule sought beside the window, in a process of its own that ends when they are given up."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from xanesview.domain.structure import Notice, Structure
from xanesview.gui.background.engine_process import EngineProcess
from xanesview.gui.background.latest_work import LatestWork
from xanesview.paths import data_dir
from xanesview.processes import command_of

CONFORMERS = command_of("xanesview.reference.conformer_worker")
KIND = "conformers"
"""Of the notices that tell of them."""
_STAGE = re.compile(r"(\d{1,4}) of (\d{1,4})")


class ConformerSearch(QObject):
    """One search at a time; a further one takes the place of the one that runs.

    Attributes
    ----------
    done, total : int
        How many conformers are relaxed, of how many; 0 of 0 before that is known.
    smiles : str
        What is sought for.
    """

    changed = Signal()
    found = Signal(object)  # the conformers, list of Structure: frames of one file
    told = Signal(object)  # a Notice: why there are none, or what is to be known of them

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.engine = EngineProcess(self, CONFORMERS)
        self.engine.answered.connect(self._take)
        self.engine.progressed.connect(self._follow)
        self.engine.died.connect(self._bury)
        self._reading = LatestWork(KIND, "The conformers could not be read", self)
        self._reading.done.connect(self._tell)
        self._reading.failed.connect(self._fail)
        self._number: int | None = None
        self._path = Path()
        self.done = self.total = 0
        self.smiles = ""

    @property
    def is_busy(self) -> bool:
        """Whether conformers are awaited."""
        return self._number is not None or self._reading.is_busy

    def ask(self, smiles: str, most: int, temperature_k: float, within_kj: float) -> None:
        """Seek the conformers of a SMILES; see `reference.conformers`."""
        self.cancel()
        self.smiles, self.done, self.total = smiles, 0, 0
        self._path = free_place(KIND, smiles)
        how = {"most": most, "temperature_k": temperature_k, "within_kj": within_kj}
        self._number = self.engine.ask({"smiles": smiles, "path": str(self._path), **how})
        self.changed.emit()

    def cancel(self) -> None:
        """Give up the search."""
        self._number = None
        self._reading.forget()
        self.engine.stop()
        self.changed.emit()

    def shutdown(self) -> None:
        """The window closes."""
        self._number = None
        self.engine.stop()
        self._reading.shutdown()

    def _follow(self, number: int, stage: str) -> None:
        counted = _STAGE.fullmatch(stage)
        if number == self._number and counted:
            self.done, self.total = int(counted[1]), int(counted[2])
            self.changed.emit()

    def _take(self, number: int, answer: dict[str, Any]) -> None:
        if number != self._number:
            return
        self._number = None
        self.engine.stop()
        if "error" in answer:
            self._fail(answer["error"], answer.get("hint", ""))
            return
        path, count = self._path, int(answer["count"])
        notices = tuple(Notice(KIND, str(message), str(hint)) for message, hint in answer.get("notices", ()))

        def read(cancelled: Callable[[], bool]) -> list[Structure]:
            from xanesview.io.structures.registry import read_structure

            frames = [read_structure(path, k) for k in range(count) if not cancelled()]
            return [one.replace(notices=(*one.notices, *notices)) for one in frames]

        self._reading.ask(read)

    def _tell(self, frames: list[Structure]) -> None:
        self.changed.emit()
        self.found.emit(frames)

    def _bury(self, number: int, what: str) -> None:
        if number == self._number:
            self._number = None
            self._fail(f"The process that relaxes conformers {what}.", "Try it again.")

    def _fail(self, message: str, hint: str) -> None:
        self.changed.emit()
        if message:
            self.told.emit(Notice(KIND, message, hint))


def free_place(kind: str, name: str) -> Path:
    """Return a file of frames among the user's data that isn't there yet, named after the molecule."""
    folder = data_dir() / kind
    stem = re.sub(r"[^\w=()+-]", "_", name)[:60].strip("_") or "molecule"
    names = (f"{stem}.extxyz", *(f"{stem}_{k}.extxyz" for k in range(2, 10_000)))
    return next(folder / name for name in names if not (folder / name).exists())
