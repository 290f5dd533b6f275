"""``xanesview library``: the user's own references, with folders and the bundled computed spectra beside them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.cli.arguments import add_actions, add_command
from xanesview.cli.numbers_asked import WholeIn
from xanesview.cli.telling import say, tell_notice
from xanesview.domain.counts import counted
from xanesview.errors import XanesviewError

if TYPE_CHECKING:
    from xanesview.reference.collection.collection import Collection
    from xanesview.reference.collection.entry import Entry
    from xanesview.reference.collection.gathering import Gathered

_MOST_TOLD = 5


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    actions = add_actions(p)
    add = add_command(actions, "add", "keep the spectra of files; folders are watched from then on")
    add.add_argument(
        "names", nargs="+", metavar="FILE|FOLDER", help="spectra of any format that is read; a folder of them"
    )
    add.add_argument(
        "--tags", default="", metavar="WORDS",
        help="tags for what is added, and for what comes into a folder that is watched, with commas between them",
    )  # fmt: skip
    add.add_argument("--once", action="store_true", help="read folders once and don't watch them")
    search = add_command(actions, "search", "list own references, then bundled computed spectra")
    search.add_argument("words", nargs="*", metavar="WORDS", help="of name, compound, edge, angle, tags, citation")
    search.add_argument("--own", action="store_true", help="leave the bundled spectra out")
    search.add_argument("--limit", type=WholeIn(1, 1e6), default=50, metavar="N", help="list at most N (default 50)")
    export = add_command(actions, "export", "write own references that have all words, with whom to cite")
    export.add_argument("words", nargs="*", metavar="WORDS", help="as of search; all references without")
    export.add_argument("--out", required=True, metavar="FILE", help="ends in .csv or .h5")
    remove = add_command(actions, "remove", "take references away by their numbers, or watch a folder no more")
    remove.add_argument("names", nargs="+", metavar="NUMBER|FOLDER", help="as “library search” and “folders” list them")
    add_command(actions, "folders", "list the folders that are watched, after looking for what is new in them")


def run_library(arguments: argparse.Namespace) -> int:
    """Run ``add``, ``search``, ``export``, ``remove`` or ``folders``."""
    from xanesview.reference.collection.collection import Collection

    collection = Collection()
    run = {"add": _add, "search": _search, "export": _export, "remove": _remove, "folders": _folders}
    try:
        return run[arguments.action](arguments, collection)
    finally:
        for notice in collection.notices:
            tell_notice(notice.message, notice.hint)


def _add(arguments: argparse.Namespace, collection: Collection) -> int:
    from xanesview.reference.collection.gathering import follow, gather

    code, tags = 0, tuple(filter(None, map(str.strip, arguments.tags.split(","))))
    for name in arguments.names:
        path = Path(name).expanduser().absolute()
        if path.is_dir():
            if not arguments.once:
                collection.watch(path, tags)
            gathered = follow(collection, path)
            told = f"{path}: {_told(gathered)}" + ("" if arguments.once else "; it is watched")
        else:
            gathered = gather(collection, [path])
            if gathered.problems:
                from xanesview.cli.telling import tell_error

                tell_error(XanesviewError(gathered.problems[0][1], "Choose a file of a spectrum."))
                code = 1
                continue
            told = f"{path.name}: {_told(gathered)}"
        if tags and gathered.numbers:
            for entry in collection.entries(gathered.numbers):
                collection.edit([entry.number], tags=tuple(dict.fromkeys((*entry.told.tags, *tags))))
        say(told + ".")
        _tell_problems(gathered)
    return code


def _search(arguments: argparse.Namespace, collection: Collection) -> int:
    words = " ".join(arguments.words)
    entries = collection.search(words, 1_000_000)
    for entry in entries[: arguments.limit]:
        say(_line(entry))
        if entry.told.citation:
            say(f"{'':>9}{entry.told.citation}")
    if len(entries) > arguments.limit:
        say(f"{len(entries) - arguments.limit} more; --limit shows them.")
    n_bundled = 0 if arguments.own or not words.strip() else _bundled(words, arguments.limit)
    if not entries and not n_bundled:
        held = counted(collection.count(), "spectrum", "spectra")
        raise XanesviewError(
            f"Nothing in your library answers “{words}”." if words else "Your library is empty.",
            f"It holds {held} of your own; “xanesview library add” adds files and folders.",
        )
    return 0


def _bundled(words: str, most: int) -> int:
    """List the bundled computed spectra that answer, and return how many."""
    from xanesview.reference.library.library import edge_of, load_library, shown_name
    from xanesview.reference.library.search import search

    found = search(load_library(), words, most)
    for entry in [one.entry for one in found]:
        say(f"{'bundled':>7}  {edge_of(entry):<5} {shown_name(entry):<28} {entry.formula}  {entry.smiles}")
    return len(found)


def _export(arguments: argparse.Namespace, collection: Collection) -> int:
    from xanesview.io.spectra.curves import write_curves

    entries = collection.search(" ".join(arguments.words), 1_000_000)
    if not entries:
        raise XanesviewError(
            "There is nothing to export: nothing in your library has all these words.",
            "“xanesview library search” lists what there is.",
        )
    spectra = [collection.spectrum(entry.number) for entry in sorted(entries, key=lambda one: one.number)]
    write_curves(arguments.out, spectra)
    say(f"{counted(len(spectra), 'spectrum', 'spectra')} written to {arguments.out}.")
    uncited = sum(not entry.told.citation for entry in entries)
    if uncited:
        tell_notice(f"Of {counted(uncited, 'spectrum', 'spectra')} it is not known whom to cite.")
    return 0


def _remove(arguments: argparse.Namespace, collection: Collection) -> int:
    folders = collection.folders()
    for name in arguments.names:
        path = Path(name).expanduser().absolute()
        if path in folders:
            collection.unwatch(path)
            say(f"{path} is watched no more; what was read of it stays.")
        elif name.isascii() and name.isdigit() and len(name) < 12 and collection.entries([int(name)]):
            collection.remove([int(name)])
            say(f"{name} is removed.")
        else:
            raise XanesviewError(
                f"“{name}” is no number of your library, and no folder that is watched.",
                "“xanesview library search” and “xanesview library folders” list them.",
            )
    return 0


def _folders(arguments: argparse.Namespace, collection: Collection) -> int:
    from xanesview.reference.collection.gathering import follow

    folders, tags = collection.folders(), collection.folder_tags()
    if not folders:
        say("No folder is watched.")
    for folder in folders:
        gathered = follow(collection, folder)
        say(f"{folder}: {_told(gathered)}.{''.join(f' #{tag}' for tag in tags.get(folder, ()))}")
        _tell_problems(gathered)
    return 0


def _line(entry: Entry) -> str:
    told = entry.told
    angle = "" if told.angle_deg is None else f"{told.angle_deg:g}°"
    words = [f"{entry.number:>7}  {told.edge_label:<5} {told.name:<28} {angle:<6} {told.compound}".rstrip()]
    words += [f"#{tag}" for tag in told.tags]
    words += ["(file missing)"] if entry.missing else []
    return "  ".join(words)


def _told(gathered: Gathered) -> str:
    missing = f", {counted(gathered.n_missing, 'file is', 'files are')} missing" if gathered.n_missing else ""
    return f"{counted(gathered.n_spectra, 'spectrum', 'spectra')} of {counted(gathered.n_files, 'new file')}{missing}"


def _tell_problems(gathered: Gathered) -> None:
    for name, why in gathered.problems[:_MOST_TOLD]:
        tell_notice(f"{Path(name).name} is left out: {why}")
    if len(gathered.problems) > _MOST_TOLD:
        tell_notice(f"{len(gathered.problems) - _MOST_TOLD} more are left out.")
