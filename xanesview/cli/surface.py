"""``xanesview surface``: a slab cut from a bulk crystal, by Miller index, layers, termination and vacuum."""

from __future__ import annotations

import argparse
from pathlib import Path

from xanesview.cli.numbers_asked import NumberIn, WholeIn
from xanesview.cli.telling import say, tell_notice
from xanesview.errors import UsageError
from xanesview.limits import LARGEST_VACUUM_ANGSTROM, MOST_LAYERS


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    p.add_argument("bulk", metavar="BULK", help="structure file of a crystal")
    p.add_argument("--miller", required=True, metavar="H,K,L", help="such as 1,1,0; or four indices, 1,0,-1,0")
    p.add_argument(
        "--layers", type=WholeIn(1, MOST_LAYERS), default=4, metavar="N",
        help="repeats along the normal (default 4)",
    )  # fmt: skip
    p.add_argument(
        "--vacuum", type=NumberIn(0, LARGEST_VACUUM_ANGSTROM, "Å", above=True), default=12.0, metavar="ANGSTROM",
        help="above the slab (default 12)",
    )  # fmt: skip
    p.add_argument(
        "--termination", type=WholeIn(0, 1000), default=0, metavar="K",
        help="which of the cuts (default 0: that which breaks the fewest bonds)",
    )  # fmt: skip
    p.add_argument("--terminations", action="store_true", help="list the cuts, and write nothing")
    p.add_argument("--repeat", default="1,1", metavar="M,N", help="cells wide along the surface (default 1,1)")
    p.add_argument(
        "--primitive", action="store_true",
        help="the smallest cell of the surface, such as 1 × 1 of fcc (111); layers count its repeats",
    )  # fmt: skip
    p.add_argument("--as-in-file", action="store_true", help="count indices on the file's cell, conventional or not")
    p.add_argument("--out", metavar="FILE.extxyz|cif", help="the slab")


def run_surface(arguments: argparse.Namespace) -> int:
    """Cut the slab and write it, or list the terminations."""
    from xanesview.domain.editing.surface import conventional, parse_miller, surface, terminations
    from xanesview.io.structures.registry import read_structure, write_structure

    parse_miller(arguments.miller)  # before anything is read
    repeat = _repeat(arguments.repeat)
    if not (arguments.out or arguments.terminations):
        raise UsageError("There is no file to write.", "Give --out FILE.extxyz, or --terminations.")
    bulk = read_structure(Path(arguments.bulk).expanduser())
    if bulk.pbc.all() and not arguments.as_in_file:
        bulk = conventional(bulk)
    miller = parse_miller(arguments.miller, bulk if bulk.pbc.all() else None)
    if arguments.terminations:
        for one in terminations(bulk, miller, arguments.primitive):
            say(one)
        return 0
    how = (arguments.layers, arguments.vacuum, arguments.termination, repeat, arguments.primitive)
    slab = surface(bulk, miller, *how)
    for notice in slab.notices:
        tell_notice(notice.message, notice.hint)
    target = Path(arguments.out).expanduser()
    write_structure(target, slab)
    thick = float(slab.positions_angstrom[:, 2].max())
    say(f"{target}: {slab.name}, {slab.formula}, {thick:.1f} Å thick")
    return 0


def _repeat(text: str) -> tuple[int, int]:
    words = text.replace("x", ",").replace("×", ",").split(",")
    if len(words) != 2 or not all(word.strip().isdecimal() and len(word.strip()) < 10 for word in words):
        raise UsageError(f"--repeat {text[:40]} is no pair of numbers.", "Write it as 2,2: 1 to 100 each.")
    return int(words[0]), int(words[1])
