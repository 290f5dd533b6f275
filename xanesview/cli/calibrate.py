"""``xanesview calibrate``: fit how a network's spectra are drawn as measured, and write it to the network's card."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.cli.telling import say, say_in_place, say_lines, tell_notice, tell_of_network
from xanesview.domain.counts import counted
from xanesview.errors import UsageError

if TYPE_CHECKING:
    from xanesview.training.calibration.fit import Calibration


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    p.add_argument("network", nargs="+", metavar="NETWORK", help="names or folders of networks that give spectra")
    p.add_argument(
        "--measured",
        required=True,
        metavar="FOLDER",
        help="measured spectra: index.csv with the columns file, smiles, element, state, and the files it names",
    )
    p.add_argument("--keep-card", action="store_true", help="print what was fitted and leave the cards as they are")


def run_calibrate(arguments: argparse.Namespace) -> int:
    """Fit each network, print a line a file and the medians, write the cards."""
    from xanesview.networks.bundle import save_card
    from xanesview.networks.card import CARD, Card, find_bundle
    from xanesview.networks.card_text import read_card
    from xanesview.training.calibration.fit import calibrated, has_step, predicted_cases
    from xanesview.training.calibration.measured_files import measured_files

    paths = []
    for name in arguments.network:
        tell_of_network(name)
        paths.append(find_bundle(name))
    files = measured_files(Path(arguments.measured).expanduser())
    for path in paths:
        card = Card.from_json(path / CARD)
        if card.gives == "properties":
            raise UsageError(f"{card.name} predicts no spectrum.", "Name networks that give spectra.")
        cases = predicted_cases(path, files, tell_notice)
        found = calibrated(cases, has_step(card, cases), _progress())
        say_lines(f"{card.name}: {found.how}\n{table(found)}")
        if not arguments.keep_card:
            save_card(path, {**read_card(path / CARD), "as_measured": found.card_block()})
            say(f"written to {path / CARD}")
    return 0


def table(found: Calibration) -> str:
    """Return a line a file and medians: as computed, as measured, and by the fit that had not seen the substance."""
    from xanesview.training.calibration.agreement import medians

    heads = "".join(f"{name:>9s}{'rms':>8s}{'line':>8s}" for name in ("r comp.", "r meas.", "left out"))
    lines = [f"{'':26s}{heads}"]
    left_out = {row.name: row for row in found.left_out}
    for computed, fitted in zip(found.as_computed, found.fitted, strict=True):
        three = (computed, fitted, left_out[computed.name])
        cells = "".join(f"{row.r:9.3f}{row.rms:8.3f}{row.error_ev:+8.2f}" for row in three)
        lines.append(f"{computed.name:26s}{cells}")
    cells = ""
    for rows in (found.as_computed, found.fitted, found.left_out):
        told = medians(rows)
        error = told["median_line_error_ev"]
        cells += f"{told['median_r']:9.3f}{told['median_rms']:8.3f}" + ("" if error is None else f"{error:8.2f}")
    name = f"median of {counted(len(found.fitted), 'file')}"
    return "\n".join([*lines, f"{name:26s}{cells}"])


def _progress() -> Callable[[int, int], None]:
    """Return a line of progress on a terminal, else what says nothing."""

    def tell(done: int, total: int) -> None:
        say_in_place(f"{done} of {counted(total, 'substance')} left out in turn", done >= total)

    return tell if sys.stderr.isatty() else lambda *_: None
