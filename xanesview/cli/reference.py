"""``xanesview reference``: search the library of computed spectra, get those of a molecule in its own frame."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from xanesview.cli.arguments import add_actions, add_command
from xanesview.cli.molecules import add_relaxation
from xanesview.cli.numbers_asked import WholeIn
from xanesview.cli.telling import say, tell_notice
from xanesview.domain.counts import counted
from xanesview.errors import XanesviewError

if TYPE_CHECKING:
    from xanesview.reference.library.library import Library


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    actions = add_actions(p)
    search = add_command(actions, "search", "list molecules by name, formula, SMILES or InChIKey")
    search.add_argument("text", metavar="TEXT", help="part of a name, formula, SMILES (whole or part), InChIKey")
    search.add_argument(
        "--similar", action="store_true", help="TEXT is a SMILES or a name: list the molecules most like it"
    )
    search.add_argument("--limit", type=WholeIn(1, 1e6), default=20, metavar="N", help="list at most N (default 20)")
    match = add_command(actions, "match", "find the spectra of a molecule in its own geometry")
    match.add_argument("file_name", metavar="FILE", help="structure file, or with --smiles a SMILES")
    match.add_argument("--smiles", action="store_true", help="FILE is a SMILES")
    add_relaxation(match)
    match.add_argument("--edge", choices=("C", "N", "O", "F"), default="C", help="element of the K edge (default C)")
    match.add_argument("--out", metavar="FILE.h5", help="write the tensors, turned into the molecule's frame")


def run_reference(arguments: argparse.Namespace) -> int:
    """Run ``search`` or ``match``."""
    from xanesview.reference.library.library import load_library

    library = load_library()
    for problem in library.problems:
        tell_notice(problem)
    if not library.entries:
        raise XanesviewError("There are no computed spectra in this installation.", "Install xanesview again.")
    return _search(arguments, library) if arguments.action == "search" else _match(arguments, library)


def _search(arguments: argparse.Namespace, library: Library) -> int:
    from xanesview.reference.library.library import edge_of, shown_name
    from xanesview.reference.library.names import smiles_of
    from xanesview.reference.library.search import lacking, search, similar

    found = similar(library, arguments.text, len(library.entries)) if arguments.similar else (
        search(library, arguments.text, len(library.entries))
    )  # fmt: skip
    if not found:
        known = smiles_of(arguments.text) is not None
        raise XanesviewError(
            lacking(library, arguments.text) or f"Nothing in the library answers “{arguments.text}”.",
            f"It holds {counted(len(library.entries), 'molecule')} ({', '.join(library.edges())}); "
            + ("--similar lists those most like it." if known else "try a formula or a SMILES."),
        )
    if (missing := lacking(library, arguments.text)) is not None:
        tell_notice(missing)
    for one in found[: arguments.limit]:
        entry = one.entry
        shape = f"displaced by {entry.sigma_angstrom:.2f} Å" if entry.is_displaced else "at rest"
        sites = counted(entry.n_sites, "site")
        facts = f"{shown_name(entry):<28} {entry.formula:<12} {sites:<9} {shape:<20} {one.why:<13}"
        say(f"{edge_of(entry)}  {facts} {entry.smiles}")
    if len(found) > arguments.limit:
        say(f"{len(found) - arguments.limit} more; --limit shows them.")
    return 0


def _match(arguments: argparse.Namespace, library: Library) -> int:
    from xanesview.cli.molecules import built, read
    from xanesview.reference.library.library import shown_name, source_of
    from xanesview.reference.library.matching import offers

    structure = (built if arguments.smiles else read)(arguments.file_name, arguments)
    found = [offer for offer in offers(structure, library) if offer.entry.element == arguments.edge]
    name = structure.name or structure.formula
    if not found:
        raise XanesviewError(
            f"The library has no {arguments.edge} K spectra of {name} in this geometry.",
            "“xanesview compute” computes them; “xanesview reference search” lists what there is.",
        )
    (offer,) = found
    total = len(offer.tensor.sites) + len(offer.missing)
    say(
        f"{name}: {offer.tensor.edge}, {len(offer.tensor.sites)} of {counted(total, 'site')}, heavy atoms within "
        f"{offer.rms_angstrom:.2f} Å rms of {shown_name(offer.entry)} ({offer.entry.smiles})"
    )
    if offer.borrowed:
        atoms = " ".join(str(atom) for atom in offer.borrowed)
        tell_notice(f"Atoms {atoms} take the tensor of one with the same bonds but not quite the same surroundings.")
    if arguments.out:
        from xanesview.io.spectra.tensor_file import write_prediction_h5

        header = {"kind": "computed", "source": source_of(offer.entry), "structure": name,
                  "rms_angstrom": f"{offer.rms_angstrom:.3f}"}  # fmt: skip
        write_prediction_h5(arguments.out, offer.tensor, header)
        say(f"Written: {arguments.out}")
    return 0
