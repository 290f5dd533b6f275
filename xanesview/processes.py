"""Processes that end: a child with its parent, and the program within two seconds of being asked to, whatever it does.

Python serves signals, waits for threads and cleans up in its main thread only. Code that was not written in Python may
keep that thread, or one that the interpreter waits for, for minutes. So a thread watches over the end.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from concurrent.futures import Future

    Submit = Callable[..., Future]

#: How long the program may take to end in good order once it is asked to, s.
GRACE_S = 1.6
#: How long the program's end waits for threads that nobody has told to end, s.
_THREADS_S = 0.3
#: How often a parent is looked for where the system does not tell of its end, s.
_LOOK_S = 0.5
_PR_SET_PDEATHSIG = 1  # <sys/prctl.h>

#: Signals by which a process is asked to end; not every system knows the one of a terminal that is closed.
ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))

_some_run_on = False


class Terminated(KeyboardInterrupt):
    """The system asks the program to end, for instance at a shutdown; what ends at Ctrl+C ends at this, too."""


def command_of(module: str) -> tuple[str, ...]:
    """Return program and arguments that run one of our modules in a process of its own; see `own_environment`.

    Python is not to look for modules in the folder it is started in, which is the user's: a ``random.py`` beside a
    downloaded structure would be run. A bundle's program never does, and takes ``-m`` too.
    """
    return (sys.executable, *(() if getattr(sys, "frozen", False) else ("-P",)), "-m", module)


def keep_to_installed_modules() -> None:
    """Let no process that this one starts, by whatever way, look for modules in the folder it is started in."""
    os.environ["PYTHONSAFEPATH"] = "1"


def own_environment() -> dict[str, str]:
    """Return the environment in which a process finds the same code as this one."""
    here = str(Path(__file__).resolve().parents[1])
    path = os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path, "PYTHONSAFEPATH": "1"}


def cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def exit_code(number: int) -> int:
    """Return the exit code that a shell gives to a process that a signal has ended: 143 for SIGTERM, 130 for SIGINT."""
    return 128 + number


@dataclass
class Request:
    """Whether the process was asked to end: the number of the signal, or None."""

    number: int | None = None


@contextlib.contextmanager
def ended_when_asked(tell: Callable[[int], None]) -> Iterator[Request]:
    """Let SIGTERM raise `Terminated` inside the block, and end the process where that has not ended the block in time.

    So does SIGHUP, which comes when a terminal is closed. SIGINT (Ctrl+C) raises KeyboardInterrupt as ever and is
    watched in the same way. A signal that the process was started to ignore stays ignored; a second one ends the
    process at once.

    Parameters
    ----------
    tell
        Called with the signal's number, in another thread, before the process is ended without further ado.

    Yields
    ------
    Request
        for what has made something else of the exception, as libraries do
    """
    request = Request()
    if threading.current_thread() is not threading.main_thread():
        yield request  # signals are no matter of this thread
        return
    numbers = [n for n in ENDING if signal.getsignal(n) not in (signal.SIG_IGN, None)]
    ear, mouth = socket.socketpair()
    mouth.setblocking(False)
    over = threading.Event()
    threading.Thread(target=_watch, args=(ear, numbers, over, tell), name="ending", daemon=True).start()
    raise_once = _raise_once(request)
    handlers = {number: signal.signal(number, raise_once) for number in numbers}
    hook = sys.unraisablehook
    former = signal.set_wakeup_fd(mouth.fileno(), warn_on_full_buffer=False)
    try:
        yield request
    finally:
        signal.set_wakeup_fd(former)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        sys.unraisablehook = hook
        over.set()
        mouth.close()


def _raise_once(request: Request) -> Callable[[int, FrameType | None], None]:
    def handle(number: int, _frame: FrameType | None) -> None:
        if request.number is not None:
            os._exit(exit_code(number))
        request.number = number
        sys.unraisablehook = lambda _problem: None  # raised where nobody can catch it: the watching thread ends it all
        raise KeyboardInterrupt if number == signal.SIGINT else Terminated

    return handle


def _watch(ear: socket.socket, numbers: list[int], over: threading.Event, tell: Callable[[int], None]) -> None:
    """End the process when a signal has come and the block goes on all the same; the system itself writes to `ear`."""
    with ear:
        while received := ear.recv(64):
            asked = [number for number in received if number in numbers]
            if asked:
                if not over.wait(GRACE_S):
                    with contextlib.suppress(Exception):
                        tell(asked[0])
                    leave(exit_code(asked[0]))
                return


def end_with_parent(parent: int) -> None:
    """Let the system end this process as soon as its parent has ended, however that came about.

    To be called first of all in a child. Ctrl+C is left to the parent: the terminal sends it to both.

    Parameters
    ----------
    parent
        The parent's process number, as the parent knows it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not (sys.platform.startswith("linux") and _ended_by_kernel()):
        threading.Thread(target=_end_after, args=(parent,), name="parent", daemon=True).start()
    if os.name == "posix" and os.getppid() != parent:  # it has ended before the system could be asked
        os._exit(1)


def end_group_with_parent(parent: int) -> None:
    """Lead a group of processes of one's own, which ends as a whole as soon as the parent has ended.

    For a child that starts further processes: those would outlive it if the system ended only itself. To be called
    first of all. Ctrl+C no longer reaches the group; the parent ends it with `kill_group`.

    Parameters
    ----------
    parent
        The parent's process number, as the parent knows it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if os.name == "posix" and os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    threading.Thread(target=_end_group_after, args=(parent,), name="parent", daemon=True).start()


def _end_group_after(parent: int) -> None:
    while os.name != "posix" or os.getppid() == parent:  # elsewhere the end of the input tells, see `worker.serve`
        time.sleep(_LOOK_S)
    end_own_group()


def end_own_group() -> NoReturn:
    """End this process and those it has started, at once; its folders for a while go first."""
    _forget_folders(os.getpid())
    kill_group(os.getpid())
    os._exit(1)


def kill_group(leader: int) -> None:
    """Kill a process that leads a group, and all of the group, and remove its folders; also where it has ended."""
    if leader <= 0:
        return
    if os.name == "posix":
        for kill in (os.killpg, os.kill):  # the second where it has not come to leading a group yet
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(leader, signal.SIGKILL)
    else:
        import subprocess

        subprocess.run(["taskkill", "/T", "/F", "/PID", str(leader)], capture_output=True, check=False)
    _forget_folders(leader)


def folder_prefix(purpose: str, process: int | str | None = None) -> str:
    """Return how the names of a process's folders for a while begin: whoever ends the process removes them by it."""
    return f"xanesview-{purpose}-{os.getpid() if process is None else process}-"


def _forget_folders(process: int) -> None:
    import shutil
    import tempfile

    with contextlib.suppress(OSError):
        for _ in range(2):  # what is being ended may still make a file meanwhile
            for folder in Path(tempfile.gettempdir()).glob(folder_prefix("*", process) + "*"):
                shutil.rmtree(folder, ignore_errors=True)


def _ended_by_kernel() -> bool:
    """Ask Linux to kill this process with its parent; it does so also in the middle of a calculation."""
    import ctypes

    try:
        return ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0) == 0
    except (OSError, AttributeError):
        return False


def _end_after(parent: int) -> None:
    import multiprocessing

    known = multiprocessing.parent_process()
    if known is not None:
        known.join()
    else:
        while os.getppid() == parent:
            time.sleep(_LOOK_S)
    os._exit(1)


@contextlib.contextmanager
def children_ended() -> Iterator[None]:
    """Kill the processes that multiprocessing has started if the block is left by an error, Ctrl+C or a request."""
    import multiprocessing

    try:
        yield
    except BaseException:
        for child in multiprocessing.active_children():
            child.kill()
        raise


@contextlib.contextmanager
def own_pool(processes: int, begin: Callable[..., None] | None = None, *arguments: object) -> Iterator[Submit]:
    """Yield what hands work to so many processes of their own, which end with this one, however it ends.

    Parameters
    ----------
    begin : called first of all in each of them, with the arguments

    Raises
    ------
    concurrent.futures.process.BrokenProcessPool
        If one of them ends by itself.
    """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    _begin_tracking_quietly()
    how = (os.getpid(), begin, arguments)
    made = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _begin_child, how)

    def submit(work: Callable[..., object], *given: object) -> Future:
        with starting_children():
            return made.submit(work, *given)

    with made, children_ended():
        yield submit


def _begin_tracking_quietly() -> None:
    """Start Python's process that frees what is shared, so that it doesn't complain where this one is killed.

    It frees it all the same; “leaked semaphore objects” on the terminal would only frighten.
    """
    if getattr(sys, "frozen", False):
        return  # a bundle starts that process by options of its own, and would not know it with another one

    from multiprocessing import resource_tracker

    sys.warnoptions.append("ignore::UserWarning:multiprocessing.resource_tracker")
    try:
        resource_tracker.ensure_running()
    finally:
        sys.warnoptions.pop()


def _begin_child(parent: int, begin: Callable[..., None] | None, arguments: tuple) -> None:
    end_with_parent(parent)
    if begin is not None:
        begin(*arguments)


@contextlib.contextmanager
def starting_children() -> Iterator[None]:
    """Start children inside, each wholly: what asks this process to end meanwhile is heard of after the block.

    A child whose start is broken off would be unknown to `children_ended`, and complain of what it was not told.
    Ctrl+C never reaches the children.
    """
    asked: list[int] = []
    numbers = [n for n in ENDING if callable(signal.getsignal(n))]
    if threading.current_thread() is not threading.main_thread():
        numbers = []  # signals are no matter of this thread
    handlers = {number: signal.signal(number, lambda one, _frame: asked.append(one)) for number in numbers}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT]) if hasattr(signal, "pthread_sigmask") else None
    try:
        yield
    finally:
        if before is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for number in asked[:1]:
            handlers[number](number, None)


def do_not_wait() -> None:
    """Let `leave_if_some_run` end the process at once: threads run on that were asked to end and did not."""
    global _some_run_on
    _some_run_on = True


def leave_if_some_run(code: int) -> None:
    """End the process with this exit code where a thread would keep it alive; to be called last of all."""
    deadline = time.monotonic() + _THREADS_S
    others = [t for t in threading.enumerate() if not t.daemon and t is not threading.current_thread()]
    for thread in others:
        thread.join(max(0.0, deadline - time.monotonic()))
    if _some_run_on or any(thread.is_alive() for thread in others):
        leave(code)


def leave(code: int) -> NoReturn:
    """End the process now, whatever its threads do; what was printed is written."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    os._exit(code)
