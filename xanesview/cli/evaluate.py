"""``xanesview evaluate``: what a network misses on a split of data files, or of symmetry; as text, JSON, a report."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from xanesview.cli.numbers_asked import asked_range_ev
from xanesview.cli.telling import say, say_lines, tell_notice, tell_of_network
from xanesview.domain.counts import counted
from xanesview.errors import UsageError
from xanesview.io.atomic import no_folder, write_text
from xanesview.io.json_text import json_text
from xanesview.io.text_file import check_is_file

_STANDARD_OUTPUT = "-"


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    p.add_argument("network", metavar="NETWORK", help="name or folder of a network")
    p.add_argument("--data", nargs="+", default=[], metavar="FILE.h5", help="data files of sticks or tensors")
    p.add_argument("--split", default="test", metavar="NAME", help="any split the files have (default test)")
    p.add_argument(
        "--energy", metavar="LOW:HIGH",
        help="measure only between these energies in eV, such as the white line without the pre-edge",
    )  # fmt: skip
    p.add_argument(
        "--symmetry", action="store_true",
        help="turn, mirror, move and renumber bundled examples (or structures of --data); measure what is missed",
    )  # fmt: skip
    p.add_argument(
        "--json", nargs="?", const=_STANDARD_OUTPUT, metavar="OUT.json",
        help="write the measures to a file as well; without a name print them instead of the table",
    )  # fmt: skip
    p.add_argument("--report", metavar="FOLDER", help="write a page with figures and a table of all sites")
    p.add_argument(
        "--grade", action="store_true",
        help="find, from the data it was trained on, when to warn of a site and how wide bands are; write them and the "
        "measures of val and test on the network's card",
    )  # fmt: skip
    p.add_argument("--quality", action="store_true", help="write quality.h5, which the window shows, into the network")


def run_evaluate(arguments: argparse.Namespace) -> int:
    """Print the measures; write JSON, a report and the bundle's quality file where asked."""
    from xanesview.networks.card import find_bundle

    _check(arguments)
    bundle = find_bundle(arguments.network)
    tell_of_network(arguments.network)
    measured, table = _symmetry(arguments, bundle) if arguments.symmetry else _measures(arguments, bundle)
    text = json_text(measured, indent=2, default=_plain) + "\n"
    if arguments.json == _STANDARD_OUTPUT:
        say_lines(text, end="")
        return 0
    if arguments.json:
        write_text(Path(arguments.json).expanduser(), text)
    say_lines(table)
    return 0


def _check(arguments: argparse.Namespace) -> None:
    if not arguments.data and not arguments.symmetry:
        raise UsageError("Nothing was given to measure on.", "Give --data FILE.h5, or --symmetry.")
    if arguments.symmetry and (arguments.report or arguments.quality or arguments.energy):
        raise UsageError("The symmetry of a network is no split, so there is no report of it.", "Leave --symmetry out.")
    if arguments.energy:
        _shown(arguments.energy)
        if arguments.quality:
            raise UsageError("quality.h5 keeps whole spectra.", "Leave --energy or --quality out.")
    if arguments.symmetry and arguments.grade:
        raise UsageError("Warnings and bands follow from errors, not from symmetry.", "Leave --symmetry out.")
    for name in arguments.data:
        check_is_file(Path(name))
    if arguments.json and not Path(arguments.json).expanduser().parent.is_dir():
        raise no_folder(Path(arguments.json).expanduser())
    if arguments.report and Path(arguments.report).is_file():
        raise UsageError(f"{arguments.report} is a file.", "Give a folder for the report.")


def _symmetry(arguments: argparse.Namespace, bundle: Path) -> tuple[dict, str]:
    """Return how far spectra follow a structure's motions, and the table of it."""
    from xanesview.inference.predictor import load_predictor
    from xanesview.training.testing.symmetry import (
        fitting_examples,
        measure_symmetry,
        structures_of_data,
        symmetry_table,
    )

    predictor = load_predictor(bundle)
    card = predictor.card
    structures = structures_of_data(card, arguments.data) if arguments.data else fitting_examples(card)
    found = measure_symmetry(predictor, structures, tell=lambda words: say(words, file=sys.stderr, flush=True))
    return {"network": card.name, **found}, symmetry_table(card.name, found)


def _graded(arguments: argparse.Namespace, bundle: Path) -> dict:
    """Write what warnings and bands need on the card, say so, and return the comparisons by split."""
    from xanesview.training.testing.bundle_measures import grade_bundle

    found = grade_bundle(bundle, [Path(name) for name in arguments.data])
    say(f"wrote {bundle / 'card.json'}: warnings, bands and measures of {', '.join(found)}", file=sys.stderr)
    return found


def _measures(arguments: argparse.Namespace, bundle: Path) -> tuple[dict, str]:
    """Return the measures of a split, of spectra with every site, and their table; write what was asked for beside."""
    from xanesview.networks.card import CARD, Card
    from xanesview.training.testing.evaluate import evaluate_bundle, metrics_table

    if Card.from_json(bundle / CARD).gives != "properties":
        measured, sites = _of_spectra(arguments, bundle)
        return {**measured, "sites": sites}, metrics_table(measured)
    measured = evaluate_bundle(bundle, arguments.data, arguments.split)
    if arguments.report:
        from xanesview.training.testing.properties_evaluation import report

        data = [Path(name) for name in arguments.data]
        _tell_work("writing the report")
        for path in report(bundle, data, arguments.split, Path(arguments.report).expanduser()):
            say(f"wrote {path}")
    if arguments.quality or arguments.grade:
        tell_notice(f"{bundle.name} gives no spectra, so there are no curves to keep and no sites to grade.")
    return measured, metrics_table(measured)


def _of_spectra(arguments: argparse.Namespace, bundle: Path) -> tuple[dict, list[dict]]:
    """Predict the split once; return its measures and its sites, and write what was asked for beside them."""
    from xanesview.inference.predictor import load_predictor
    from xanesview.training.testing.evaluate import measures
    from xanesview.training.testing.quality import keep_quality
    from xanesview.training.testing.report import write_report
    from xanesview.training.testing.site_warnings import listed_sites
    from xanesview.training.testing.split_comparison import compare_split, within

    found = _graded(arguments, bundle) if arguments.grade else {}
    comparison = found.get(arguments.split)
    if comparison is None:
        if arguments.report:
            _tell_work(f"predicting the split {arguments.split}")
        comparison = compare_split(load_predictor(bundle), arguments.data, arguments.split)
    if arguments.energy:
        comparison = within(comparison, *_shown(arguments.energy))
    measured = measures(comparison)
    if arguments.report:
        _tell_work(f"writing the report of {counted(len(comparison.predicted), 'site')}: figures, table and page")
        say(f"wrote {write_report(arguments.report, comparison, measured)}")
    if arguments.quality:
        say(f"wrote {keep_quality(bundle, comparison)}")
    return measured, listed_sites(comparison)


def _tell_work(words: str) -> None:
    """Say what is done now: packages are loaded and figures drawn for many seconds, whatever the number of sites."""
    say(words, file=sys.stderr, flush=True)


def _shown(text: str) -> tuple[float, float]:
    return asked_range_ev(text, ":", "Give LOW:HIGH in eV, such as 7117:7172.")


def _plain(value: object) -> object:
    """Return numpy's numbers and arrays as JSON knows them."""
    return value.tolist() if hasattr(value, "tolist") else str(value)
