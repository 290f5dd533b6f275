"""``xanesview edit``: atoms moved, exchanged, added, deleted; groups turned; repeated, strained, rattled copies."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.cli.numbers_asked import NumberIn, WholeIn
from xanesview.cli.telling import say, tell_notice
from xanesview.errors import UsageError
from xanesview.limits import (
    DEBYE_KELVINS,
    KELVINS,
    LARGEST_HEIGHT_ANGSTROM,
    LARGEST_MOVE_ANGSTROM,
    LARGEST_SIGMA_ANGSTROM,
    MOST_COPIES,
)

if TYPE_CHECKING:
    import numpy as np

    from xanesview.domain.structure import Notice, Structure

_ALONG_AXIS = NumberIn(-LARGEST_MOVE_ANGSTROM, LARGEST_MOVE_ANGSTROM)
_TURN = NumberIn(-360, 360, "degrees")
_VECTOR_HINT = "Write three numbers with commas, such as 0.1,0,-0.25."


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    p.description = (
        "Atoms count from 0 as in the file, also behind --delete, which comes last of what is done to atoms: they are "
        "moved, placed, turned, exchanged, added, deleted in this order; then relaxed, repeated, strained, rattled."
    )
    p.add_argument("file", metavar="FILE", help="structure file")
    p.add_argument("--frame", type=WholeIn(1, 1e8), metavar="K", help="which structure of several, from 1")
    pair = {"action": "append", "nargs": 2, "default": []}
    p.add_argument("--move", **pair, metavar=("ATOM", "DX,DY,DZ"), help="by a vector, Å; again for further atoms")
    p.add_argument("--place", **pair, metavar=("ATOM", "X,Y,Z"), help="at a position, Å")
    p.add_argument("--turn", **pair, metavar=("I,J", "DEG"), help="turn what hangs on J about the bond of I and J")
    p.add_argument("--element", **pair, metavar=("ATOM", "SYMBOL"), help="make it another element")
    p.add_argument(
        "--add", **pair, metavar=("SYMBOL", "X,Y,Z|ATOM"), help="at a position, or bonded to an atom where most room is"
    )
    p.add_argument("--delete", action="append", default=[], metavar="ATOM[,ATOM]", help="take atoms away")
    p.add_argument("--adsorb", metavar="SMILES", help="put a molecule on a slab; its first atom stands on the site")
    p.add_argument("--on", metavar="ATOM[,ATOM]", help="site: a surface atom, or several over whose middle it stands")
    p.add_argument(
        "--height", type=NumberIn(0, LARGEST_HEIGHT_ANGSTROM, "Å", above=True), metavar="ANGSTROM",
        help="of its first atom (default: covalent radii)",
    )  # fmt: skip
    p.add_argument("--lying", action="store_true", help="with its flattest side to the surface, else upright")
    p.add_argument("--turned", type=_TURN, default=0.0, metavar="DEG", help="about the surface normal")
    p.add_argument(
        "--relax", action="store_true",
        help="relax the molecule with GFN2-xTB, those on a slab with GFN1-xTB; bonds may change",
    )  # fmt: skip
    p.add_argument("--repeat", metavar="A,B,C", help="a supercell, such as 2,2,1")
    p.add_argument("--strain", metavar="A,B,C", help="lengthen cell vectors by so many percent, such as 1,1,0")
    p.add_argument(
        "--rattle", type=NumberIn(0, LARGEST_SIGMA_ANGSTROM, "Å"), metavar="ANGSTROM",
        help="displace each coordinate at random by this σ",
    )  # fmt: skip
    p.add_argument(
        "--temperature", type=NumberIn(*KELVINS, "K"), metavar="K", help="rattle by a Debye solid's σ; with --debye"
    )
    p.add_argument("--debye", type=NumberIn(*DEBYE_KELVINS, "K"), metavar="K", help="Debye temperature")
    p.add_argument(
        "--copies", type=WholeIn(1, MOST_COPIES), default=1, metavar="N",
        help="so many rattled copies, as frames (default 1)",
    )  # fmt: skip
    p.add_argument("--seed", type=WholeIn(0, 1e8), default=0, metavar="N", help="of the displacements (default 0)")
    p.add_argument("--out", metavar="FILE.extxyz|xyz|cif", help="the edited structure")


def run_edit(arguments: argparse.Namespace) -> int:
    """Edit the structure and write it."""
    from xanesview.domain.counts import counted
    from xanesview.io.structures.registry import read_structure, write_structure
    from xanesview.io.structures.xyz import write_frames

    if not arguments.out:
        raise UsageError("There is no file to write.", "Give --out FILE.extxyz.")
    frame = None if arguments.frame is None else arguments.frame - 1
    before = read_structure(Path(arguments.file).expanduser(), frame)
    structure = _whole(_with_molecule(_atoms_edited(before, arguments), arguments), arguments)
    results = _rattled(structure, arguments)
    target = Path(arguments.out).expanduser()
    if results == [before]:
        raise UsageError("Nothing was asked to be changed.", "“xanesview edit --help” lists what can be done.")
    for notice in structure.notices:
        if notice not in before.notices:
            tell_notice(notice.message, notice.hint)
    if len(results) == 1:
        write_structure(target, results[0])
    else:
        write_frames(target, results)
    one = results[0]
    several = f", {counted(len(results), 'copy', 'copies')}" if len(results) > 1 else ""
    say(f"{target}: {one.formula}, {counted(one.n_atoms, 'atom')}{several}")
    return 0


def _atoms_edited(structure: Structure, arguments: argparse.Namespace) -> Structure:
    """Return the structure after what is done to single atoms, and a notice where they are too close."""
    from xanesview.domain.editing import atoms as edits
    from xanesview.domain.editing.bond_turn import group_about, turned
    from xanesview.shown.names import site_name

    touched: set[int] = set()
    for word, vector in arguments.move:
        atom = _atom(word)
        structure = edits.moved(structure, [atom], _vector(vector))
        touched.add(atom)
    for word, vector in arguments.place:
        atom = _atom(word)
        structure = edits.placed(structure, [atom], [_vector(vector)])
        touched.add(atom)
    for bond, angle in arguments.turn:
        group = group_about(structure, *_bond(bond))
        structure = turned(structure, group, _number(angle, _TURN))
        touched.update(group.atoms.tolist())
    for word, symbol in arguments.element:
        structure = edits.with_element(structure, [_atom(word)], symbol)
        touched.add(_atom(word))
    for symbol, where in arguments.add:
        at = _vector(where) if "," in where else edits.free_place(structure, _atom(where), symbol)
        structure = edits.with_atom(structure, symbol, at)
        touched.add(structure.n_atoms - 1)
    gone = [_atom(word) for words in arguments.delete for word in words.split(",")]
    close = edits.contact_notice(structure, sorted(touched - set(gone)), site_name) if touched - set(gone) else None
    if gone:
        structure = edits.without(structure, gone)
    return structure if close is None else structure.replace(notices=(*structure.notices, close))


def _with_molecule(structure: Structure, arguments: argparse.Namespace) -> Structure:
    """Return the slab with the molecule that is to stand on it."""
    if (arguments.adsorb is None) != (arguments.on is None):
        raise UsageError("--adsorb and --on belong together.", "Give a SMILES and the surface atom that it stands on.")
    if arguments.adsorb is None:
        asked = ("--lying", arguments.lying), ("--height", arguments.height is not None), ("--turned", arguments.turned)
        alone = next((option for option, is_given in asked if is_given), None)
        if alone is not None:
            raise UsageError(f"{alone} is of a molecule on the slab, and none is given.", "Give --adsorb SMILES.")
        return structure
    from xanesview.domain.editing.adsorbate import adsorbed, pressed_contact, usual_height
    from xanesview.domain.editing.atoms import CONTACT, contact_notice
    from xanesview.domain.structure import Notice
    from xanesview.io.structures.registry import structure_from_smiles
    from xanesview.reference.library.names import smiles_to_build
    from xanesview.shown.names import site_name
    from xanesview.shown.surface_words import pressed_words

    molecule = structure_from_smiles(smiles_to_build(arguments.adsorb))
    site = [_atom(word) for word in arguments.on.split(",")]
    how = {"turn_deg": arguments.turned, "lies": arguments.lying}
    height = usual_height(structure, site, molecule, **how) if arguments.height is None else arguments.height
    after = adsorbed(structure, molecule, site, height, **how)
    close = contact_notice(after, range(structure.n_atoms, after.n_atoms), site_name)
    pressed = pressed_contact(after, structure.n_atoms)
    if close is None and pressed is not None:
        said = pressed_words(after, *pressed)
        close = Notice(CONTACT, said, "Without --height the molecule stands where it first touches the slab.")
    hangs = _on_lower_face(structure, after)
    return after.replace(notices=(*after.notices, *(one for one in (hangs, close) if one is not None)))


def _on_lower_face(slab: Structure, after: Structure) -> Notice | None:
    """Return what is said of a molecule that hangs below the slab, since the atom that was named lies there."""
    from xanesview.domain.structure import Notice

    heights = after.positions_angstrom @ slab.surface_normal
    if heights[slab.n_atoms :].mean() > heights[: slab.n_atoms].mean():
        return None
    return Notice("surface", "The molecule hangs on the slab's lower face.", "Name an atom of the upper one with --on.")


def _whole(structure: Structure, arguments: argparse.Namespace) -> Structure:
    """Return the structure relaxed, repeated and strained as asked for."""
    from xanesview.domain.editing.copies import strained, supercell

    if arguments.relax:
        from xanesview.reference.engine.gfn2 import relaxed

        structure = relaxed(structure, bonds_may_change=True).structure
    if arguments.repeat:
        words = arguments.repeat.replace("x", ",").replace("×", ",").split(",")
        if not all(word.strip().isdecimal() and len(word.strip()) < 10 for word in words):
            raise UsageError(
                f"--repeat {arguments.repeat[:40]} is not understood.", "Write it as 2,2,1: 1 to 100 each."
            )
        structure = supercell(structure, [int(word) for word in words])
    if arguments.strain:
        structure = strained(structure, _vector(arguments.strain))
    return structure


def _rattled(structure: Structure, arguments: argparse.Namespace) -> list[Structure]:
    from xanesview.domain.editing.copies import copies, thermal_sigma

    if arguments.rattle is not None and arguments.temperature is not None:
        raise UsageError("--rattle and --temperature exclude each other.", "Give σ, or what it follows from.")
    if (arguments.temperature is None) != (arguments.debye is None):
        raise UsageError("--temperature and --debye belong together.", "Copper has a Debye temperature of 343 K.")
    if arguments.temperature is not None:
        sigma = thermal_sigma(structure.numbers, arguments.temperature, arguments.debye)
    elif arguments.rattle is not None:
        sigma = arguments.rattle
    elif arguments.copies != 1:
        raise UsageError("Copies are rattled ones.", "Give --rattle or --temperature, too.")
    else:
        return [structure]
    return copies(structure, sigma, arguments.copies, arguments.seed)


def _atom(text: str) -> int:
    if not text.strip().isdecimal() or len(text.strip()) > 9:
        raise UsageError(f"“{text[:40]}” is no atom.", "Atoms are whole numbers from 0, in the order of the file.")
    return int(text)


def _bond(text: str) -> tuple[int, int]:
    words = text.replace("-", ",").split(",")
    if len(words) != 2:
        hint = "Write its two atoms, such as 0,5; what hangs on the second turns."
        raise UsageError(f"“{text[:40]}” is no bond.", hint)
    return _atom(words[0]), _atom(words[1])


def _number(text: str, taken: NumberIn) -> float:
    try:
        return taken(text)
    except argparse.ArgumentTypeError:
        hint = f"Write one such as -0.25, {taken.stated}."
        raise UsageError(f"“{text.strip()[:40]}” can't be taken.", hint) from None


def _vector(text: str) -> np.ndarray:
    words = text.split(",")
    if len(words) != 3:
        raise UsageError(f"“{text.strip()[:40]}” is no vector.", _VECTOR_HINT)
    import numpy as np

    return np.array([_number(word, _ALONG_AXIS) for word in words])
