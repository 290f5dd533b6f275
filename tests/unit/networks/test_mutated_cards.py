"""Cards changed at random: reading, listing and predicting end well, or in an error that a user can read."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.unit.inference.test_domain_check import toluene
from tests.unit.inference.tiny_bundles import isd_painn_bundle, xane3_bundle, xanesnet_bundle
from xanesview.cli.main import main
from xanesview.cli.network_page import page
from xanesview.cli.networks import description
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.inference import predictor, property_reader
from xanesview.inference.explanation import default_windows, methods_of
from xanesview.inference.shelf import InstalledNetworks, fitting_network
from xanesview.networks.card import CARD, Card, read_bundle_info
from xanesview.paths import resource
from xanesview.shown.network_list import fitting
from xanesview.training.data.splits import as_trained
from xanesview.training.testing.network_comparison import training_minutes

SHIPPED = sorted(path.parent for path in resource("networks").glob("*/card.json"))
ODD = (
    None, True, "", "2", [], {}, [None], {"a": None}, 0, -1, 3, 0.5, 10**9, 10**400, 1e300, -1e-300, float("nan"),
    float("inf"), "x" * 5000, "a\x1b[1m\n", "\ud800", {"start": 0, "stop": 1, "step": 0}, [[]] * 3,
)  # fmt: skip
ENERGY = np.arange(280.0, 312.0, 0.1)
CURVE = Spectrum(ENERGY, 1 / (1 + np.exp(290.0 - ENERGY)) + np.exp(-((ENERGY - 288.0) ** 2)), "1", "", "computed", 1.2)


def mutated(card: dict, rng: random.Random) -> bytes:
    """Return a card as a file after one to three changes at places drawn at random."""
    card = json.loads(json.dumps(card))
    for _ in range(rng.choice((1, 1, 2, 3))):
        block, key = card, rng.choice(list(card))
        while isinstance(block[key], dict | list) and block[key] and rng.random() < 0.75:
            block = block[key]
            key = rng.choice(list(block) if isinstance(block, dict) else range(len(block)))
        change = rng.choice(("drop", "odd", "odd", "twice", "nest", "turn"))
        if change == "drop":
            del block[key]
        elif change == "twice" and isinstance(block[key], list):
            block[key] = block[key] * 2
        elif change == "nest":
            block[key] = rng.choice(([block[key]], {"a": block[key]}))
        elif change == "turn" and type(block[key]) in (int, float) and abs(block[key]) < 1e15:
            block[key] = rng.choice((-block[key], block[key] * 1e6, block[key] + 1, str(block[key])))
        else:
            block[key] = rng.choice(ODD)
        if not card:
            break
    data = json.dumps(card).encode()
    if rng.random() < 0.1:
        at = rng.randrange(len(data))
        data = rng.choice((data[:at], data[:at] + b"\xff" + data[at:], data.replace(b": ", b": " + b"[" * 2000, 1)))
    return data


def read_everywhere(folder: Path) -> None:
    """Do with a bundle what lists, the window and evaluations do with its card alone."""
    info = read_bundle_info(folder)
    text = description(info)
    assert len(text) < 20_000
    assert folder.name in page([info]) or info.problem is None
    assert not any(ord(character) < 32 and character != "\n" for character in text)
    if info.problem is not None:
        return
    card, structure = info.card, toluene()
    networks = SimpleNamespace(bundles=lambda: [info], card=lambda _name: card)
    fitting_network(networks, structure, "c_k_edge_tensor")
    fitting(networks, SimpleNamespace(card=card, structure=structure, session=SimpleNamespace(network=info.name)))
    assert card.e0_error_ev is None or card.e0_error_ev == card.e0_error_ev
    if methods_of(card):
        default_windows(card)
    as_trained([], list(card.data.get("files", ())), card)
    training_minutes(card)


def predict_with(folder: Path) -> None:
    """Load a network and ask it."""
    predictor._loaded.clear()
    property_reader._loaded.clear()
    if Card.from_json(folder / CARD).gives == "properties":
        property_reader.load_property_reader(folder).read(CURVE, "site", toluene().numbers)
        return
    network = predictor.load_predictor(folder, "cpu")
    found = network.predict(toluene(), predictor.default_sites(toluene(), network.card)[:2])
    assert np.isfinite(found.tensor.components).all()


def try_each(source: Path, folder: Path, n: int, seed: int, ask: Callable[[Path], None]) -> int:
    """Return how many of so many mutations end in an error that a user can read; no other error gets out."""
    card, rng = json.loads((source / CARD).read_text(encoding="utf-8")), random.Random(seed)
    folder.mkdir(parents=True)
    for path in source.iterdir():
        if path.name != CARD:
            (folder / path.name).symlink_to(path.resolve())
    refused = 0
    for _ in range(n):
        content = mutated(card, rng)
        (folder / CARD).write_bytes(content)
        try:
            ask(folder)
        except XanesviewError:
            refused += 1
        except Exception as error:
            error.add_note(f"card: {content[:2000]!r}")
            raise
    return refused


@pytest.mark.parametrize("source", SHIPPED, ids=lambda path: path.name)
def test_shipped_cards_changed_at_random_are_read_or_told(source: Path, tmp_path: Path) -> None:
    try_each(source, tmp_path / "mine", 30, 11, read_everywhere)


@pytest.mark.parametrize("make", [xane3_bundle, xanesnet_bundle, isd_painn_bundle, None])
def test_networks_with_cards_changed_at_random_predict_or_say_why(make, tmp_path: Path) -> None:
    source = resource("networks", "c_k_edge_properties") if make is None else make(tmp_path / "source")
    refused = try_each(source, tmp_path / "mine", 60, 5, predict_with)
    assert refused > 5


def test_the_shelf_stays_open_whatever_one_card_says(xanesview_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def list_all(folder: Path) -> None:
        assert main(["networks"]) == 0
        assert main(["info", str(folder)]) == 0
        assert len(InstalledNetworks().bundles()) == len(SHIPPED) + 1
        assert "unexpected" not in capsys.readouterr().err

    source = resource("networks", "c_k_edge_tensor")
    assert try_each(source, xanesview_home / "data" / "networks" / "mine", 25, 3, list_all) == 0
