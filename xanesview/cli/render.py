"""``xanesview render``: a structure with the polarisation as a picture, a glTF scene or a page, without a window."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.cli.arguments import add_frame, add_polarisation
from xanesview.cli.molecules import add_relaxation
from xanesview.cli.numbers_asked import asked_size
from xanesview.cli.telling import say, tell_notice
from xanesview.drawing3d import export
from xanesview.errors import UsageError, XanesviewError
from xanesview.io.atomic import is_stream
from xanesview.limits import check_address_space

if TYPE_CHECKING:
    import numpy as np

    from xanesview.domain.structure import Structure
    from xanesview.gui.appearance.palette import Colours

_LEAST_PX, _MOST_PX = 64, 8192
_STRUCTURES_OWN = ("a", "b", "c", "normal")


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    p.add_argument("structure", nargs="?", metavar="STRUCTURE", help="structure file")
    p.add_argument("--smiles", metavar="SMILES", help="a molecule built from its SMILES")
    add_relaxation(p)
    add_frame(p)
    p.add_argument("--example", metavar="NAME", help="a bundled example, for instance benzene")
    p.add_argument(
        "--out",
        required=True,
        metavar="OUT.png|jpg|glb|gltf|html",
        help="picture; scene for 3D viewers; page that a browser turns, in one file",
    )
    p.add_argument("--size", default="1600x1200", metavar="WxH", help="pixels of a picture (default 1600x1200)")
    p.add_argument(
        "--look",
        default="auto",
        metavar="auto|x|y|z|X,Y,Z",
        help="from where: an axis; a, b, c where there is a cell, normal where there is a surface; a direction "
        "(default: as the window opens)",
    )
    p.description += " Without a polarisation no arrow is drawn."
    add_polarisation(p)
    p.add_argument(
        "--cut-molecules",
        action="store_true",
        help="leave molecules of a crystal cut at the cell's faces, as the file has them (default: made whole)",
    )
    p.add_argument("--sites", metavar="all|C|0,3,5", help="atoms to ring; the arrow goes through their middle")
    p.add_argument(
        "--background", choices=("light", "dark", "transparent"), default="light", help="behind the scene (light)"
    )
    p.add_argument("--quiet", action="store_true", help="say nothing on success")


def run_render(arguments: argparse.Namespace) -> int:
    """Draw one structure and write the file."""
    from xanesview.cli.sites import asked_geometry, asked_indices, check_polarisation, names_polarisation
    from xanesview.drawing3d.drawing import drawing_of
    from xanesview.gui.appearance.palette import DARK, LIGHT

    target = Path(arguments.out).expanduser()
    transparent = arguments.background == "transparent"
    size = asked_size(arguments.size, _LEAST_PX, _MOST_PX)
    check_polarisation(arguments)
    kind = _kind(target, transparent)
    if kind.flat:
        check_address_space()
    if arguments.sites is not None:
        asked_indices(arguments.sites)
    structure = _structure(arguments)
    colours = DARK if arguments.background == "dark" else LIGHT
    drawing = drawing_of(
        structure,
        colours,
        size,
        # Without an option no arrow is drawn, though a spectrum would be a powder's.
        geometry=asked_geometry(arguments, structure.surface_normal) if names_polarisation(arguments) else None,
        rings=_rings(arguments.sites, structure, colours),
        look=_look(arguments.look, structure),
        whole=not arguments.cut_molecules,
    )
    export.write(drawing, target, transparent)
    for notice in structure.notices:
        tell_notice(notice.message, notice.hint)
    if not arguments.quiet:
        say(f"{target}: {drawing.caption}" + (f", {size[0]} × {size[1]} pixels" if kind.flat else ""))
    return 0


def _kind(target: Path, transparent: bool) -> export.Kind:
    """Return what to write; a wrong ending is told before anything is read."""
    try:
        kind = export.kind_of(target)
    except XanesviewError as error:
        message = f"“{target}” is a pipe or a device, which no picture goes to." if is_stream(target) else error.message
        raise UsageError(message, error.hint) from error
    if transparent and not kind.transparent:
        raise UsageError(f"“{target.name}” can't be transparent.", "End --out in .png, or choose another background.")
    return kind


def _structure(arguments: argparse.Namespace) -> Structure:
    from xanesview.cli.molecules import built, read
    from xanesview.io.examples import load_example

    given = [arguments.structure, arguments.smiles, arguments.example]
    if sum(one is not None for one in given) != 1:
        what = "Nothing to draw was given." if not any(given) else "More than one structure was given."
        raise UsageError(what, "Name one structure file, or give --smiles SMILES or --example NAME.")
    if arguments.smiles is not None:
        return built(arguments.smiles, arguments)
    return read(arguments.structure, arguments) if arguments.example is None else load_example(arguments.example)


def _look(text: str, structure: Structure) -> np.ndarray | None:
    """Return from where to look, (3,): an axis, a direction that has a name in this structure, or a vector."""
    from xanesview.domain.geometry.directions import named_directions, parse_direction

    if text == "auto":
        return None
    named = named_directions(structure)
    if text in named:
        return named[text]
    if text in _STRUCTURES_OWN:
        raise UsageError(_lacking(text, structure), f"Give auto, {', '.join(named)}, or three numbers.")
    try:
        return parse_direction(text)
    except XanesviewError as error:
        raise UsageError(
            f"“{text}” is no direction to look from.", f"Give auto, {', '.join(named)}, or three numbers."
        ) from error


def _lacking(name: str, structure: Structure) -> str:
    """Return why a structure has no direction of a name that others have."""
    called = structure.name or structure.formula
    if name == "normal":
        return f"{called} has no surface, so no normal to look along."
    if structure.is_periodic:
        return f"{called} doesn't repeat along {name}, so there is no cell vector {name} to look along."
    return f"{called} has no cell, so no cell vector {name} to look along."


def _rings(text: str | None, structure: Structure, colours: Colours) -> dict[int, str]:
    """Return the atoms to ring, in the colours their curves have in the window; beyond those, in one."""
    from xanesview.cli.sites import asked_indices, check_index

    if text is None:
        return {}
    asked = asked_indices(text)
    if isinstance(asked, str):
        sites = list(range(structure.n_atoms)) if asked == "all" else structure.sites_of(asked).tolist()
        if not sites:
            raise XanesviewError(f"There is no {asked} in {structure.formula}.", "Give another element for --sites.")
    else:
        sites = asked
        for index in sites:
            check_index(index, structure)
    many = len(sites) > len(colours.curves)
    return {site: colours.curve(0 if many else order) for order, site in enumerate(sites)}
