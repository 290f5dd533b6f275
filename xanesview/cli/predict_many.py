"""Many inputs of ``xanesview predict`` shared by processes, here or on a cluster.

What each says is written in the order of the inputs.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from xanesview.errors import UsageError, XanesviewError

ENOUGH_INPUTS = 40
"""From so many inputs on the time that further processes take to load torch is won back."""
_AT_A_TIME = 8
_AHEAD = 3
"""Tasks a process that wait: few, so that an error among the first inputs ends the rest soon."""


@dataclass(frozen=True)
class Part:
    """What became of some inputs: what was written on standard output and error, told once, and how many failed."""

    said: str
    told: str
    once: list[str] = field(default_factory=list)
    failed: int = 0
    refused: tuple[str, str] | None = None  # message and hint of an error that holds for all


def processes_for(n_inputs: int, asked: int | None, device: str) -> int:
    """Return how many processes predict so many inputs: those asked for, else one a core for many on a processor."""
    if asked is not None:
        return min(asked, n_inputs)
    if n_inputs < ENOUGH_INPUTS or device not in ("auto", "cpu") or _has_gpu(device):
        return 1
    from xanesview.processes import cores

    return min(cores(), n_inputs // (ENOUGH_INPUTS // 2))


def _has_gpu(device: str) -> bool:
    from xanesview.inference.device import choose_device, may_have_gpu

    if device == "cpu" or not may_have_gpu():
        return False
    return choose_device(device) != "cpu"


def predict_in_processes(
    arguments: argparse.Namespace, targets: Sequence[Path], processes: int, work: Callable[..., int]
) -> int:
    """Predict all inputs into their targets and return how many failed.

    Parameters
    ----------
    work : a module's function that predicts some inputs, given the arguments and their numbers and targets, and
        returns how many failed

    Raises
    ------
    UsageError
        As one process would.
    XanesviewError
        If a process ends by itself.
    """
    from concurrent.futures.process import BrokenProcessPool

    from xanesview.io.atomic import note_written
    from xanesview.processes import own_pool

    note_written(targets[0])  # from now on: the processes say what they have written when a part is done
    try:
        with own_pool(processes, _begin, arguments, processes) as submit:
            return _passed_on(partial(submit, _predicted, work), targets, processes)
    except BrokenProcessPool as error:
        raise XanesviewError(
            "A process ended before its structure was done, perhaps for lack of memory.", "Use fewer --processes."
        ) from error


def predict_on_cluster(
    arguments: argparse.Namespace, targets: Sequence[Path], address: str, work: Callable[..., int]
) -> int:
    """Predict all inputs on a running Dask cluster whose workers see the same files; return how many failed.

    Parameters
    ----------
    work : as `predict_in_processes` takes it

    Raises
    ------
    UsageError
        As one process would.
    XanesviewError
        Without a cluster that answers, or if its workers die.
    """
    from xanesview.cli.cluster import cluster
    from xanesview.io.atomic import note_written

    there = _as_seen_elsewhere(arguments)
    whole = [target.absolute() for target in targets]
    note_written(targets[0])
    with cluster(address) as client:
        submit = partial(client.submit, _predicted_there, work, there, pure=False)
        return _passed_on(submit, whole, sum(client.nthreads().values()))


def _as_seen_elsewhere(arguments: argparse.Namespace) -> argparse.Namespace:
    """Return arguments that mean the same in another working directory."""
    from xanesview.io.recipe_file import asked_recipe, recipe_text
    from xanesview.networks.card import names_path

    def whole(path: str) -> str:
        return str(Path(path).expanduser().absolute())

    there = argparse.Namespace(**vars(arguments))
    if None not in (arguments.smiles or []):
        there.file = [whole(name) for name in arguments.file]
    if arguments.network is not None and names_path(arguments.network):
        there.network = whole(arguments.network)
    if arguments.recipe is not None:
        there.recipe = recipe_text(asked_recipe(arguments.recipe))
    there.out = whole(arguments.out)
    return there


def _passed_on(submit: Callable[[list], Future], targets: Sequence[Path], at_once: int) -> int:
    """Have parts of the inputs predicted, pass on in order what they say, and return how many inputs failed."""
    parts = [
        [(k, targets[k]) for k in range(begin, min(begin + _AT_A_TIME, len(targets)))]
        for begin in range(0, len(targets), _AT_A_TIME)
    ]
    failed = 0
    for part in _in_order(submit, parts, _AHEAD * max(1, at_once)):
        failed += part.failed
        _pass_on(part)
    return failed


def _in_order(submit: Callable[[list], Future], parts: list[list], ahead: int) -> Iterator[Part]:
    waiting: list[Future] = []
    rest = iter(parts)
    for part in rest:
        waiting.append(submit(part))
        if len(waiting) >= ahead:
            yield waiting.pop(0).result()
    for future in waiting:
        yield future.result()


def _pass_on(part: Part) -> None:
    from xanesview.cli.telling import tell_once

    for message in part.once:
        tell_once(message)
    sys.stderr.write(part.told)
    sys.stderr.flush()
    sys.stdout.write(part.said)
    sys.stdout.flush()
    if part.refused is not None:
        raise UsageError(*part.refused)


# ---- in a child ----

_asked: argparse.Namespace | None = None
_alone = threading.Lock()
"""What is said is gathered a process, so that the threads of a cluster's worker take turns; torch uses them all."""


def _begin(arguments: argparse.Namespace, processes: int) -> None:
    global _asked
    from xanesview.inference.device import share_processor

    share_processor(processes)
    _asked = arguments


def _predicted_there(work: Callable[..., int], arguments: argparse.Namespace, part: list[tuple[int, Path]]) -> Part:
    global _asked
    with _alone:
        _asked = arguments
        return _predicted(work, part)


def _predicted(work: Callable[..., int], part: list[tuple[int, Path]]) -> Part:
    from xanesview.cli.telling import keeping_what_is_told_once

    said, told, failed, refused = io.StringIO(), io.StringIO(), 0, None
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(told), keeping_what_is_told_once() as once:
        try:
            failed = work(_asked, part)
        except UsageError as error:
            refused = (error.message, error.hint)
    return Part(said.getvalue(), told.getvalue(), list(once), failed, refused)
