"""``xanesview evaluate``: the measures of a network on a split of a data file."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from xanesview.errors import XanesviewError
from xanesview.io.atomic import atomic_write
from xanesview.io.text_file import check_is_file
from xanesview.networks.card import find_bundle


def run_evaluate(arguments: argparse.Namespace) -> int:
    """Print the measures, and write them as JSON where asked."""
    check_is_file(Path(arguments.data))
    find_bundle(arguments.network)
    if arguments.json and not Path(arguments.json).expanduser().parent.is_dir():
        raise XanesviewError(f"There is no folder for {arguments.json}.", "Make the folder first.")
    from xanesview.training.evaluate import evaluate_bundle, metrics_table

    measures = evaluate_bundle(arguments.network, arguments.data, arguments.split)
    if arguments.json:
        with atomic_write(Path(arguments.json).expanduser()) as temporary:
            text = json.dumps(measures, indent=2, ensure_ascii=False, default=_plain)
            temporary.write_text(text + "\n", encoding="utf-8")
    print(metrics_table(measures))
    return 0


def _plain(value: object) -> object:
    """Return numpy's numbers and arrays as JSON knows them."""
    return value.tolist() if hasattr(value, "tolist") else str(value)
