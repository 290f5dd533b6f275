"""From sites that FEFF10 has computed to a network of one's own that predicts in the window, as the guide has it."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import numpy as np
import pytest

from tests.gui.acting import current, shown
from tests.unit.reference.multiple_scattering.test_cluster import rutile
from xanesview.cli.main import main
from xanesview.inference.shelf import InstalledNetworks
from xanesview.io.structures.cif_writer import cif_text
from xanesview.paths import data_dir, resource
from xanesview.reference.multiple_scattering.offsets import EDGE_OFFSET_EV

RESULTS = Path(__file__).resolve().parents[1] / "data" / "feff10" / "results"
"""Titanium in rutile and in four rattled copies of it, computed with FEFF10, preset fast."""
NAME = "own_k_edge_tensor"


def tiny(recipe: Path, path: Path) -> Path:
    """Write the recipe that comes with the program with sizes that train in a moment."""
    small = {"channels": "4", "readout_hidden": "8", "members": "1", "epochs": "1"}
    lines = recipe.read_text(encoding="utf-8").splitlines()
    keys = [line.partition(" = ")[0] for line in lines]
    told = [f"{key} = {small[key]}" if key in small else line for key, line in zip(keys, lines, strict=True)]
    path.write_text("\n".join(told), encoding="utf-8")
    return path


class Shelf(InstalledNetworks):
    """The networks there are; the window of tests opens the gate of its networks at the end."""

    gate, step = threading.Event(), threading.Event()


@pytest.fixture
def networks(tmp_path):
    """The shelf with a network of titanium that was trained on computed sites."""
    results = tmp_path / "results"
    shutil.copytree(RESULTS, results)
    data, out = tmp_path / "ti.h5", data_dir() / "networks" / NAME
    recipe = tiny(resource("training", "tensor_crystals.toml"), tmp_path / "tiny.toml")
    assert main(["dataset", "build", str(results), "--edge", "Ti K", "--out", str(data)]) == 0
    assert main(["train", "tensor", "--data", str(data), "--config", str(recipe), "--out", str(out)]) == 0
    return Shelf()


def test_a_network_of_ones_own_predicts_its_edge_in_the_window(window, networks, qtbot, tmp_path):
    card = networks.card(NAME)
    assert (card.element, card.edge, card.gives, card.axis, card.unit) == ("Ti", "K", "tensor", "relative", "edge step")
    assert card.energy_offset_ev == EDGE_OFFSET_EV["Ti"], "predicted and computed curves lie on one scale"
    assert card.is_of_crystals
    crystal = tmp_path / "rutile.cif"
    crystal.write_text(cif_text(rutile()), encoding="utf-8")
    window.opening.open_file(crystal)
    qtbot.waitUntil(lambda: bool(shown(window, "current")), timeout=60_000)
    assert window.workspace.session.network == NAME
    assert window.toolbar.absorber.currentText() == "Ti K"
    offered = [window.toolbar.network.itemText(row) for row in range(window.toolbar.network.count())]
    assert offered[1:4] == ["FEFF10, fast", "FEFF10, standard", "FEFF10, careful"], "to compare it with"
    window.directions.z()
    along = current(window).copy()
    window.directions.x()
    assert np.abs(along - current(window)).max() > 1e-4, "the curve follows the arrow"
    assert np.isfinite(along).all()
