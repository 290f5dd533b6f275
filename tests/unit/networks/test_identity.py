"""Files tell which weights made them, and reading them tells where the network of that name is another one by now."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.unit.inference.tiny_bundles import xane3_bundle
from xanesview import paths
from xanesview.cli.main import main
from xanesview.io.spectra.spectrum_file import read_spectrum
from xanesview.io.spectra.tables import read_prediction_csv
from xanesview.io.spectra.tensor_file import read_tensor
from xanesview.networks.card import CARD, Card
from xanesview.networks.identity import changed_networks, network_facts
from xanesview.networks.weights_file import weights_hash

MOLECULE = "3\n\nC 0 0 0\nO 0 0 1.2\nC 1.4 0 0\n"


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's folder with one network."""
    monkeypatch.setenv("XANESVIEW_HOME", str(tmp_path / "own"))
    folder = paths.network_dirs()[1]
    xane3_bundle(folder / "tiny", version="2026-11-01")
    return folder / "tiny"


def retrained(bundle: Path) -> None:
    """Other weights, and a card that says so."""
    weights = bytearray((bundle / "weights.safetensors").read_bytes())
    weights[-1] ^= 1
    (bundle / "weights.safetensors").write_bytes(bytes(weights))
    card = json.loads((bundle / CARD).read_text(encoding="utf-8"))
    (bundle / CARD).write_text(json.dumps(card | {"version": "2026-12-01"}), encoding="utf-8")


def test_a_saved_bundle_has_the_hash_of_its_weights_on_its_card(shelf: Path) -> None:
    card = Card.from_json(shelf / CARD)
    assert len(card.weights_hash) == 12
    assert card.raw["weights_hash"] == card.weights_hash == weights_hash(shelf / "weights.safetensors")
    assert network_facts(card) == {"network_version": "2026-11-01", "network_hash": card.weights_hash}
    retrained(shelf)
    assert card.weights_hash not in ("", card.raw["weights_hash"])
    assert weights_hash(shelf / "none") == ""


def test_cards_of_shipped_networks_say_which_weights_they_were_written_for() -> None:
    for bundle in sorted(path.parent for path in paths.resource("networks").glob(f"*/{CARD}")):
        card = Card.from_json(bundle / CARD)
        assert card.raw["version"] == card.version == card.training["date"], bundle.name
        assert card.raw["weights_hash"] == card.weights_hash, bundle.name


@pytest.mark.parametrize("name", ["out.csv", "out.h5"])
def test_an_old_prediction_says_that_the_network_has_changed(shelf: Path, tmp_path: Path, capsys, name: str) -> None:
    structure, out = tmp_path / "m.xyz", tmp_path / name
    structure.write_text(MOLECULE, encoding="utf-8")
    assert main(["predict", str(structure), "--network", "tiny", "--out", str(out)]) == 0
    header = read_prediction_csv(out).header if name.endswith("csv") else read_tensor(out).attributes
    assert header["network_hash"] == Card.from_json(shelf / CARD).weights_hash
    assert header["network_version"] == "2026-11-01"
    plot = ["plot", str(out), "--out", str(tmp_path / "p.svg")]
    capsys.readouterr()
    assert main(plot) == 0
    assert "another tiny" not in capsys.readouterr().err
    retrained(shelf)
    assert main(plot) == 0
    told = capsys.readouterr().err
    assert f"notice: {name}: It was made with another tiny (2026-11-01, weights {header['network_hash']})" in told
    assert told.count("another tiny") == 1


def test_exported_curves_say_it_of_each_network_once(shelf: Path, tmp_path: Path) -> None:
    own = Card.from_json(shelf / CARD).weights_hash
    path = tmp_path / "curves.csv"
    lines = [
        "# program: xanesview", "# curve 1 network: tiny", f"# curve 1 network_hash: {own}", "# curve 2 network: tiny",
        "# curve 2 network_hash: 0123456789ab", "# curve 3 network: tiny", "# curve 3 network_hash: 0123456789ab",
        "# curve 4 network: not here", "# curve 4 network_hash: 0123456789ab", "# curve 5 network: tiny",
        "energy_ev,one",
    ]  # fmt: skip
    rows = [f"{e},{e * 0.1}" for e in np.linspace(280, 290, 11)]
    path.write_text("\n".join(lines + rows), encoding="utf-8")
    told = changed_networks(read_spectrum(path).provenance)
    assert len(told) == 1
    assert told[0].startswith("It was made with another tiny (weights 0123456789ab) than the one here (2026-11-01")
