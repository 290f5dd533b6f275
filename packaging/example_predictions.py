"""Predicts the example that the window opens with, for the first frame of a first start; see `inference.kept`.

    python packaging/example_predictions.py [FOLDER]

To be run when the default network, its card or the example has changed: the old files are then found no more.
"""

from __future__ import annotations

import sys
from pathlib import Path

from xanesview.gui.launch import Launch
from xanesview.inference.kept import kept_file, write_kept
from xanesview.inference.predictor import default_sites, load_predictor
from xanesview.io.examples import load_example
from xanesview.networks.card import DEFAULT_NETWORK


def main(folder: Path) -> None:
    """Write the prediction of the first example with the default network, in the place of what was there."""
    structure, predictor = load_example(Launch().shown_example), load_predictor(DEFAULT_NETWORK, "cpu")
    prediction = predictor.predict(structure, default_sites(structure, predictor.card))
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.npz"):
        old.unlink()
    path = kept_file(folder, structure.content_hash, prediction.bundle)
    write_kept(path, prediction)
    print(f"{path}: {len(prediction.tensor.sites)} sites, {path.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    usual = Path(__file__).parents[1] / "resources" / "examples" / "predictions"
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else usual)
