"""Session files: work to bytes and back, by pure functions; what is written, which versions are read, what is refused.

A file says in which version of the format it was written, as [major, minor]. A newer minor version has parts that this
program doesn't know: they are kept and written back. A newer major one can't be read without them.
"""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path
from typing import Any

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.session import Session
from xanesview.domain.work import Unknown, Work
from xanesview.errors import OddContent, XanesviewError
from xanesview.io.atomic import write_bytes
from xanesview.io.npz import DAMAGE
from xanesview.io.session_file import history, values
from xanesview.io.session_file.archive import ArraysWritten, damaged, packed, unpacked
from xanesview.io.session_file.checks import check_session, check_work
from xanesview.io.session_file.damaged_parts import names_in, without_damaged
from xanesview.io.session_file.on_disk import check_unchanged, digest_of
from xanesview.io.text_file import holds_nothing, link_fault, refuse_pipe
from xanesview.limits import LARGEST_TABLE, check_bytes
from xanesview.version import __version__

FORMAT = "xanesview session"
VERSION = (1, 3)
"""Major and minor: the first counts up when older programs would misread a file, the second when parts are added."""
LEFT_OUT: frozenset[str] = frozenset()
"""Fields of Session that a file deliberately does not hold; all others are written."""

_HEAD = ("format", "version")
_PARTS = tuple(one.name for one in dataclasses.fields(Work) if one.name not in ("unknown", "history", "damaged"))
_HISTORY = "history"


def work_to_bytes(work: Work) -> bytes:
    """Return the bytes of a session file."""
    arrays, kept = ArraysWritten(), values.Kept(work.unknown.fields)
    hints = values.fields_of(Work)
    said: dict[str, Any] = {"format": FORMAT, "version": list(max(VERSION, work.unknown.version))}
    for name in _PARTS:
        said[name] = values.written(hints[name], getattr(work, name), arrays, kept)
    said["session"] = {name: one for name, one in said["session"].items() if name not in LEFT_OUT}
    told = work.history
    if told.undo or told.redo or told.left_out:
        of = values.digest(said["session"])
        said[_HISTORY] = history.written(history.bounded(told, work.session), work.session, of, arrays, kept)
    said["program"] = work.program or __version__
    said["written"] = work.written or datetime.datetime.now().astimezone().isoformat(timespec="seconds")
    said.update({name: part for name, part in work.unknown.parts.items() if name not in said})
    return packed(said, {**work.unknown.members, **arrays.members})


def work_from_bytes(content: bytes, file: str = "The session") -> Work:
    """Return what a session file holds.

    Parameters
    ----------
    content : bytes
    file : str
        What it is called in sentences.

    Raises
    ------
    DamagedFileError
        If it is no such file, or was cut off or changed, beyond what `Work.damaged` tells of.
    XanesviewError
        If a newer program wrote it, or it is too large.
    """
    said, arrays = unpacked(file, content)
    version = _version(said, file)
    kept = values.Kept()
    hints = values.fields_of(Work)
    left_out: tuple[str, ...] = ()
    try:
        bad = arrays.damaged(names_in([said[name] for name in _PARTS if name in said]))
        if bad:
            said, left_out = without_damaged(said, bad)
        with np.errstate(all="ignore"):  # numbers that overflow are refused by what they belong to
            parts = {name: values.read(hints[name], said[name], arrays, kept) for name in _PARTS if name in said}
        if not isinstance(parts.get("session"), Session):
            raise OddContent("there is no session in it")
        steps = history.read(
            said.get(_HISTORY), parts["session"], values.digest(said["session"]), arrays, kept, check_session
        )
        unknown = Unknown(
            version,
            {name: part for name, part in said.items() if name not in (*_PARTS, *_HEAD, _HISTORY)},
            kept.fields,
            arrays.left(),
        )
        work = Work(**parts, history=steps, unknown=unknown, damaged=left_out)
        check_work(work)
    except (*DAMAGE, OddContent, RecursionError, AttributeError, XanesviewError) as error:
        raise damaged(file, error) from error
    return work


def read_session_file(path: str | Path) -> Work:
    """Return what a session file holds; raises as `read_with_digest`."""
    return read_with_digest(path)[0]


def read_with_digest(path: str | Path) -> tuple[Work, str]:
    """Return what a session file holds, and the digest of its bytes, by which `write_session_file` knows it again.

    Raises
    ------
    XanesviewError
        As `work_from_bytes`, or if the system does not let us read it.
    """
    path = Path(path)
    try:
        refuse_pipe(path)
        check_bytes(path.stat().st_size, LARGEST_TABLE, path.name, "It is no session that xanesview has saved.")
        content = b"" if holds_nothing(path) else path.read_bytes()
    except FileNotFoundError as error:
        raise XanesviewError(f"There is no file {path}.", "Check its name.") from error
    except OddContent as error:
        raise XanesviewError(f"{path.name} cannot be read ({error}).", "Give the name of a file.") from error
    except OSError as error:
        if path.is_symlink():
            raise XanesviewError(f"{path.name} is a link {link_fault(path)}.", "Make the link anew.") from error
        raise XanesviewError(f"{path.name} cannot be read: {error.strerror or error}.", "Check the disk.") from error
    return work_from_bytes(content, path.name), digest_of(content)


def write_session_file(path: str | Path, work: Work, known: str = "") -> str:
    """Write a session file, completely or not at all: what was there before stays where it can't be written.

    Parameters
    ----------
    known : str
        Digest of what may be overwritten; anything may where it is empty.

    Returns
    -------
    str
        The digest of what was written.

    Raises
    ------
    ChangedOnDiskError
        If the file has other content than the one that is known.
    XanesviewError
        If it can't be written.
    """
    content = work_to_bytes(work)
    if known:
        check_unchanged(Path(path), known)
    write_bytes(path, content)
    return digest_of(content)


def summary(work: Work, name: str) -> list[str]:
    """Return what a session file holds in a few lines."""
    session = work.session
    lines = [f"{name}: session, {counted(len(session.structures), 'structure')}"]
    lines += [f"  structure     {one.name or one.formula}: {one.formula}" for one in session.structures]
    lines.append(f"  polarisation  {session.geometry.describe()}")
    for used in work.networks:
        which = ", ".join(filter(None, (used.version, used.weights_hash and f"weights {used.weights_hash}")))
        lines.append(f"  network       {used.name}{f' ({which})' if which else ''}")
    if work.predictions:
        n_sites = sum(one.tensor.n_sites for one in work.predictions)
        lines.append(f"  predictions   of {counted(n_sites, 'site')}")
    references = [*session.references, *(one for kept in session.kept for one in kept.references)]
    for one in references:
        steps = f", {counted(len(one.steps), 'step')}" if one.steps else ""
        lines.append(f"  reference     {one.label or 'without a name'}{steps}")
    if session.frozen:
        lines.append(f"  frozen        {counted(len(session.frozen), 'curve')}")
    if work.fit is not None:
        lines.append(f"  fit           to {work.fit.label or 'a reference'}")
    if work.damaged:
        lines.append(f"  damaged       left out: {', '.join(work.damaged)}")
    lines.append(f"  written       {work.written or 'at an unknown time'} by xanesview {work.program}")
    return lines


def _version(said: dict[str, Any], file: str) -> tuple[int, int]:
    version = said.get("version")
    whole = isinstance(version, list) and len(version) == 2 and all(type(one) is int for one in version)
    if said.get("format") != FORMAT or not whole or min(version) < 0:
        raise damaged(file, OddContent("it does not say in which format it is"))
    if version[0] > VERSION[0]:
        raise XanesviewError(
            f"{file} was saved by a newer xanesview (session format {version[0]}.{version[1]}; "
            f"this one reads {VERSION[0]}.x).",
            "Open it with that version.",
        )
    return (version[0], version[1])
