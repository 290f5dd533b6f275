"""Offers work that a window has left which ended without being asked to, in a bar, until it is answered."""

from __future__ import annotations

import datetime
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.domain.counts import counted
from xanesview.errors import XanesviewError
from xanesview.gui.session.autosave import answered, claim_left_work
from xanesview.gui.window.messages import copy_report
from xanesview.gui.window.offers import Choice, OfferBar

if TYPE_CHECKING:
    from xanesview.domain.work import Work
    from xanesview.gui.actions.saving import Saving

_MOST_CHARACTERS = 20_000
log = logging.getLogger(__name__)


def offer_left_work(offers: OfferBar, saving: Saving) -> None:
    """Offer what was left, the newest first; what can't be read is told of, and stays where it is."""
    for path in claim_left_work():
        try:
            when = _when(path)
            work = _read(path)
        except OSError:  # somebody has taken it away meanwhile
            answered(path)
            continue
        except XanesviewError as error:
            if not path.exists():
                answered(path)
                continue
            log.warning("%s can't be offered: %s", path, error)
            offers.offer(
                f"Work from {when} was not saved, and what was kept of it can't be read.",
                f"It is damaged; it stays in {path.parent}.",
                (Choice("Dismiss", "Go on without it", lambda p=path: answered(p)),),
            )
            continue
        offers.offer(
            f"Work from {when} was not saved: {_what(work)}.",
            f"If you leave it, it can still be opened from {path.parent}.",
            (
                Choice("Recover", "Show it as it was", lambda w=work, p=path: _recover(saving, w, p)),
                Choice("Leave it", "Go on without it", lambda p=path: answered(p)),
            ),
        )


def _recover(saving: Saving, work: Work, path: Path) -> None:
    def recover() -> None:
        saving.recover(work)
        answered(path)

    saving.when_safe(recover)


def offer_crash_report(offers: OfferBar, path: Path) -> None:
    """Offer what the interpreter said of a crash, to be sent to whoever mends the program."""

    def copy() -> None:
        with path.open(encoding="utf-8", errors="replace") as stream:
            copy_report(stream.read(_MOST_CHARACTERS))

    offers.offer(
        "xanesview ended by a fault the last time.",
        f"What is known of it is in {path}.",
        (
            Choice("Copy report", "Copy it with versions, display and folders, for whoever mends the program", copy),
            Choice("Dismiss", "It stays in the folder of logs", lambda: None),
        ),
    )


def _read(path: Path) -> Work:
    from xanesview.io.session_file.session_file import read_session_file

    return read_session_file(path)


def _when(path: Path) -> str:
    return datetime.datetime.fromtimestamp(path.stat().st_mtime).strftime("%d %b, %H:%M")


def _what(work: Work) -> str:
    """What work is, in a few words."""
    session = work.session
    if work.origin:
        return f"changes to “{Path(work.origin).name}”"
    names = [one.name or one.formula for one in session.structures]
    told = [f"“{names[0]}”" if len(names) == 1 else counted(len(names), "structure")] if names else []
    if session.references:
        told.append(counted(len(session.references), "reference"))
    if session.frozen:
        told.append(counted(len(session.frozen), "frozen curve"))
    return ", ".join(told) or "settings of an empty window"
