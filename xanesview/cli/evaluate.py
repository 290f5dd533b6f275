"""``xanesview evaluate``: the measures of a network on a split of data files, as text, JSON, a report."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from xanesview.cli.telling import tell_notice
from xanesview.errors import UsageError, XanesviewError
from xanesview.io.atomic import atomic_write
from xanesview.io.text_file import check_is_file


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    p.add_argument("network", metavar="NETWORK", help="name or folder of a network")
    p.add_argument("--data", required=True, nargs="+", metavar="FILE.h5", help="data files of sticks or tensors")
    p.add_argument("--split", default="test", metavar="NAME", help="any split the files have (default test)")
    p.add_argument("--json", metavar="OUT.json", help="write the measures to a file as well")
    p.add_argument("--report", metavar="FOLDER", help="write a page with figures and a table of all sites")
    p.add_argument("--quality", action="store_true", help="write quality.h5, which the window shows, into the network")


def run_evaluate(arguments: argparse.Namespace) -> int:
    """Print the measures; write JSON, a report and the bundle's quality file where asked."""
    from xanesview.networks.card import CARD, Card, find_bundle

    for name in arguments.data:
        check_is_file(Path(name))
    bundle = find_bundle(arguments.network)
    if arguments.json and not Path(arguments.json).expanduser().parent.is_dir():
        raise XanesviewError(f"There is no folder for {arguments.json}.", "Make the folder first.")
    if arguments.report and Path(arguments.report).is_file():
        raise UsageError(f"{arguments.report} is a file.", "Give a folder for the report.")
    from xanesview.training.testing.evaluate import evaluate_bundle, metrics_table

    wants_curves = arguments.report or arguments.quality
    if wants_curves and Card.from_json(bundle / CARD).gives != "properties":
        measured = _with_curves(arguments, bundle)
    else:
        measured = evaluate_bundle(arguments.network, arguments.data, arguments.split)
        if arguments.report:
            from xanesview.training.testing.properties_evaluation import report

            data = [Path(name) for name in arguments.data]
            for path in report(bundle, data, arguments.split, Path(arguments.report).expanduser()):
                print(f"wrote {path}")
        if arguments.quality:
            tell_notice(f"{bundle.name} gives no spectra, so there are no curves to keep.")
    if arguments.json:
        with atomic_write(Path(arguments.json).expanduser()) as temporary:
            text = json.dumps(measured, indent=2, ensure_ascii=False, default=_plain)
            temporary.write_text(text + "\n", encoding="utf-8")
    print(metrics_table(measured))
    return 0


def _with_curves(arguments: argparse.Namespace, bundle: Path) -> dict:
    """Predict the split once; return its measures, and write what was asked for beside them."""
    from xanesview.inference.predictor import load_predictor
    from xanesview.training.testing.evaluate import measures
    from xanesview.training.testing.quality import keep_quality
    from xanesview.training.testing.report import write_report
    from xanesview.training.testing.split_comparison import compare_split

    comparison = compare_split(load_predictor(bundle), arguments.data, arguments.split)
    measured = measures(comparison)
    if arguments.report:
        print(f"wrote {write_report(arguments.report, comparison, measured)}")
    if arguments.quality:
        print(f"wrote {keep_quality(bundle, comparison)}")
    return measured


def _plain(value: object) -> object:
    """Return numpy's numbers and arrays as JSON knows them."""
    return value.tolist() if hasattr(value, "tolist") else str(value)
