"""A kind of network is one folder and one entry: what the entries name is there, and one more is known everywhere."""

from __future__ import annotations

from pathlib import Path

import grimp
import numpy as np
import pytest
from torch import nn

from tests.unit.networks import made_up_kind
from tests.unit.training.absorption_tensor.test_training import write_data
from xanesview.cli.main import main
from xanesview.errors import XanesviewError
from xanesview.inference.explanation import explain, methods_of
from xanesview.inference.loaded_network import LoadedNetwork
from xanesview.inference.predictor import load_predictor
from xanesview.inference.shelf import short_name
from xanesview.io.examples import load_example
from xanesview.networks import kinds
from xanesview.networks.card import CARD, GIVES, Card, read_bundle_info
from xanesview.networks.configuration import Configuration
from xanesview.shown.network_list import line
from xanesview.training.ablation import ablate
from xanesview.training.data.dataset import read_datasets
from xanesview.training.data.measured_window import measure_grid
from xanesview.training.kinds import train

NETWORKS = Path(kinds.__file__).parent


@pytest.mark.parametrize("kind", kinds.KINDS, ids=lambda kind: kind.name)
def test_what_an_entry_names_is_there(kind: kinds.Kind) -> None:
    assert kind.gives in GIVES
    assert issubclass(kinds.loaded(kind.configuration), Configuration)
    assert issubclass(kinds.loaded(kind.network), nn.Module)
    assert bool(kind.predictor) is (kind.gives != "properties")
    if kind.predictor:
        assert issubclass(kinds.loaded(kind.predictor), LoadedNetwork)
    assert all(callable(kinds.loaded(place)) for place in (*kind.explanations.values(), kind.checkpoint) if place)
    training = kinds.loaded(kind.training)
    assert training.RECIPE.kind == kind.name
    assert isinstance(training.RECIPE.network, kinds.loaded(kind.configuration))
    assert callable(training.train)
    assert training.ABLATIONS


def test_every_folder_of_a_network_is_a_kind_and_knows_no_other() -> None:
    folders = {path.parent.name for path in NETWORKS.glob("*/network.py")}
    assert folders == {kind.network.split(".")[2] for kind in kinds.KINDS}
    graph = grimp.build_graph("xanesview", cache_dir=None)
    for room in ("networks", "training"):
        for one in folders:
            mine = f"xanesview.{room}.{one}"
            for module in {mine, *graph.find_descendants(mine)}:
                foreign = {name.split(".")[2] for name in graph.find_modules_directly_imported_by(module)
                           if name.count(".") > 2} & folders - {one}  # fmt: skip
                assert not foreign, f"{module} imports {foreign}"


def test_names_are_unique() -> None:
    names = [kind.name for kind in kinds.KINDS]
    assert len(set(names)) == len(names) == len(kinds.trained_kinds())
    with pytest.raises(XanesviewError, match="kind 'schnet' are unknown"):
        kinds.kind_named("schnet")


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bundle of a kind whose one entry is added to the registry, trained on made-up data."""
    monkeypatch.setattr(kinds, "KINDS", (*kinds.KINDS, made_up_kind.KIND))
    config = tmp_path / "mean.toml"
    config.write_text('[network]\nfactor = 2.0\n[bundle]\nname = "mean"\ntitle = "The mean"\n')
    return train("mean", [write_data(tmp_path / "data.h5")], config, tmp_path / "mean")


def test_a_kind_with_an_entry_is_trained_and_tested(bundle: Path, tmp_path: Path) -> None:
    card = Card.from_json(bundle / CARD)
    assert (card.kind, card.gives) == ("made-up", "isotropic")
    assert card.training["recipe"]["network"] == {"factor": 2.0}
    assert card.metrics["test"]["n_sites"] == 6
    table = ablate("mean", [tmp_path / "data.h5"], None, tmp_path / "variants", 0.0)
    assert [text.split()[0] for text in table.splitlines()] == ["variant", "baseline", "half"]


def test_a_kind_with_an_entry_predicts_what_it_learnt(bundle: Path, tmp_path: Path) -> None:
    tensor = load_predictor(bundle, "cpu").predict(load_example("pyridine"), [0, 1]).tensor
    learnt = read_datasets([tmp_path / "data.h5"], measure_grid(), ["train"]).structures
    mean = np.concatenate([m.isotropic for m in learnt]).mean(0)
    np.testing.assert_allclose(tensor.isotropic(), np.tile(2.0 * mean, (2, 1)), rtol=1e-4)


def test_a_kind_with_an_entry_is_listed_explained_and_imported(bundle: Path, tmp_path: Path, capsys) -> None:
    info = read_bundle_info(bundle)
    assert info.problem is None
    assert short_name(info.card) == "MeanNet"
    assert line(info.card).startswith("MeanNet · isotropic · ")
    assert line(info.card).endswith("for nothing")
    assert methods_of(info.card) == ("attention", "occlusion")
    assert explain(load_example("pyridine"), 0, bundle).method == "attention"
    assert main(["train", "--help"]) == 0
    assert "properties, mean" in " ".join(capsys.readouterr().out.split())
    weights = tmp_path / "weights.pt"
    weights.write_bytes(b"")
    assert main(["import-checkpoint", "made-up", str(weights), "--out", str(tmp_path / "imported")]) == 0
    assert "read weights.pt into imported" in capsys.readouterr().out


def test_without_its_entry_a_kind_is_unknown_everywhere(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "KINDS", kinds.KINDS[:-1])
    assert "kind 'made-up' are unknown" in read_bundle_info(bundle).problem
    assert short_name(Card.from_json(bundle / CARD)) == "The mean"
    with pytest.raises(XanesviewError, match="kind 'made-up' are unknown"):
        load_predictor(bundle, "cpu")
    with pytest.raises(XanesviewError, match="no kind of network “mean” to train"):
        train("mean", [], None, bundle)
