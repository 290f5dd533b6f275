"""Processes of the system and what becomes of them, read from Linux's /proc."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path

#: On a machine that does much else a start takes long; ending is what is measured.
STARTS_S = 90.0
#: The program promises two seconds; a busy machine may take longer to tell of it.
ENDS_S = 5.0

#: Code that waits for ever in a library, where no signal handler and no exception can reach: a lock that is held.
STUCK = "import ctypes; _l = ctypes.create_string_buffer(64); [ctypes.CDLL(None).pthread_mutex_lock(_l) for _ in '12']"


def children(pid: int) -> dict[int, str]:
    """Return the living children of a process, and theirs: number to command line."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _status(int(entry.name))):
            parents[int(entry.name)] = int(fields["PPid"])
    found, grown = {pid}, True
    while grown:
        more = {child for child, parent in parents.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return {child: _command(child) for child in found - {pid} if is_alive(child)}


def is_alive(pid: int) -> bool:
    """Tell whether a process still runs; one that has ended and waits to be asked for its code does not."""
    return _status(pid).get("State", "Z")[0] not in "ZX"


def wait_until(condition: Callable[[], object], within_s: float = STARTS_S) -> float:
    """Wait until something holds and return how long that took, s; an assertion fails where it takes too long."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < within_s, f"not within {within_s} s"
        time.sleep(0.02)
    return time.monotonic() - start


def kill_all(pids: Iterable[int]) -> None:
    """Leave nothing behind, whatever the test has found."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _status(pid: int) -> dict[str, str]:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # it has ended meanwhile
        return {}
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
