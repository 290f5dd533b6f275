"""``xanesview conformers``: conformers of a molecule from its SMILES, with their energies and shares, as frames."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from xanesview.cli.numbers_asked import NumberIn, WholeIn
from xanesview.cli.telling import say, say_in_place, tell_notice
from xanesview.domain.conformer import KJ_PER_MOL_PER_EV, ROOM_K
from xanesview.errors import UsageError
from xanesview.limits import KELVINS

_MOST, _LARGEST_MOST, _WITHIN_KJ, _LARGEST_KJ = 20, 200, 25.0, 500.0


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    p.description = (
        "They are embedded (ETKDG), relaxed with MMFF94 and GFN2-xTB, and weighted by g exp(−E/kT). Mirror images, and "
        "copies in which equivalent atoms have changed places, are one conformer that counts g times."
    )
    p.add_argument("--smiles", required=True, metavar="SMILES", help="the molecule, or a name that the library knows")
    p.add_argument("--out", metavar="FILE.extxyz|xyz|sdf", help="the conformers as frames (default: list them only)")
    p.add_argument(
        "--most", type=WholeIn(1, _LARGEST_MOST), default=_MOST, metavar="N",
        help=f"relax so many at most, those lowest in MMFF94 (default {_MOST})",
    )  # fmt: skip
    p.add_argument(
        "--temperature", type=NumberIn(*KELVINS, "K", above=True), default=ROOM_K, metavar="K",
        help=f"of the shares (default {ROOM_K:g})",
    )  # fmt: skip
    p.add_argument(
        "--within", type=NumberIn(0, _LARGEST_KJ, "kJ/mol"), default=_WITHIN_KJ, metavar="KJ",
        help=f"leave out those that lie higher above the lowest (default {_WITHIN_KJ:g} kJ/mol)",
    )  # fmt: skip
    p.add_argument("--quiet", action="store_true", help="print no table")


def run_conformers(arguments: argparse.Namespace) -> int:
    """Find the conformers, write and list them."""
    from xanesview.io.structures.conformer_file import ENDINGS, write_conformers
    from xanesview.reference.conformers import conformers_from_smiles

    target = None if arguments.out is None else Path(arguments.out).expanduser()
    if target is not None and target.suffix.lower() not in ENDINGS:
        raise UsageError(f"Conformers are not written as “{target.name}”.", f"End --out in {', '.join(ENDINGS)}.")
    frames = conformers_from_smiles(
        arguments.smiles, arguments.most, arguments.temperature, arguments.within, progress=_progress(arguments)
    )
    for notice in frames[0].notices:
        tell_notice(notice.message, notice.hint)
    if target is not None:
        write_conformers(target, frames)
    if not arguments.quiet:
        kelvins = arguments.temperature
        say(f"{frames[0].formula}, {frames[0].smiles}: shares at {kelvins:g} K by GFN2-xTB energies")
        say("conformer   kJ/mol   counts   share")
        for k, one in enumerate(frames, 1):
            known = one.conformer
            above = KJ_PER_MOL_PER_EV * known.above_lowest_ev
            say(f"{k:9d}   {above:6.2f}   {known.times:6g}   {100 * known.share:4.1f} %")
        if target is not None:
            say(f"written to {target}")
    return 0


def _progress(arguments: argparse.Namespace) -> Callable[[int, int], None] | None:
    if arguments.quiet or not sys.stderr.isatty():
        return None

    def tell(done: int, total: int) -> None:
        words = f"relaxed {done} of {total} conformers" if done < total else ""
        say_in_place(words)

    return tell
