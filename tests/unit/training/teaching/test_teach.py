"""A copy learns molecules, forgets little since it rehearses, and is tested on what it has not learnt."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.teaching_files import QUICK, SMILES, computed, molecule, tiny_network
from xanesview.errors import XanesviewError
from xanesview.inference.predictor import load_predictor
from xanesview.networks.card import CARD, Card, find_bundle
from xanesview.reference.making.splits import constitution_key
from xanesview.training.teaching.known_molecules import known_molecules
from xanesview.training.teaching.looking import own_errors
from xanesview.training.teaching.own_set import APART, OUT, TEACHES, OwnSet
from xanesview.training.teaching.teach import TeachingChoices, teach

pytest.importorskip("lightning")


@pytest.fixture
def network(tmp_path):
    return tiny_network(tmp_path)


@pytest.fixture
def entries(tmp_path):
    own = OwnSet(tmp_path / "own_spectra")
    for smiles in SMILES[:4]:
        own.add(molecule(smiles), "C", computed(molecule(smiles)))
    return own.content().entries


def test_a_copy_learns_and_the_network_stays_as_it_was(network, entries, tmp_path):
    before = {path.name: path.read_bytes() for path in network.iterdir()}
    marks = dict(zip((one.key for one in entries), (TEACHES, TEACHES, APART, OUT), strict=True))
    told = []
    choices = TeachingChoices(epochs=4, learning_rate=3e-2, **QUICK)
    found = teach(str(network), entries, marks, tmp_path / "copy", "copy", choices, told.append)
    assert {path.name: path.read_bytes() for path in network.iterdir()} == before
    epochs = [line for line in told if "errors" in line]
    order = (0, 1, 2, 3, 4, 4)  # once more after going back
    assert [(line["member"], line["epoch"]) for line in epochs] == [(m, e) for m in range(2) for e in order]
    assert set(epochs[0]["errors"]) == {"taught", "apart", "known"}
    assert epochs[4]["errors"]["taught"] < epochs[0]["errors"]["taught"]
    members = json.loads((tmp_path / "copy" / CARD).read_text(encoding="utf-8"))["training"]["members"]
    assert all(0.0 < one["share_learnt"] <= 1.0 for one in members)
    own, known = found
    assert (own.name, own.n_molecules, list(own.molecules)) == ("own", 1, [entries[2].key])
    assert (known.name, known.n_molecules) == ("known", 2)
    assert own.before == pytest.approx(own_errors(str(network), entries, tmp_path / "look")["errors"][entries[2].key])
    card = Card.from_json(tmp_path / "copy" / CARD)
    assert (card.name, card.raw["members"], "2 molecules" in card.data["method"]) == ("copy", 2, True)
    assert card.raw["taught"]["tests"]["own"]["after"] == pytest.approx(own.after, rel=1e-4)
    assert sorted(card.raw["taught"]["molecules"]) == sorted(one.smiles for one in entries[:2])
    one = molecule("CCO")
    values = load_predictor(tmp_path / "copy", "cpu").predict(one, [0]).tensor.components
    assert np.isfinite(values).all()


def test_what_the_network_has_learnt_is_told_and_is_no_test(network, tmp_path):
    own = OwnSet(tmp_path / "own_spectra")
    known = known_molecules(Card.from_json(network / CARD))
    learnt = next(one for one in known.by_split["train"] if one.smiles and "." not in one.smiles)
    for smiles in ("CC", learnt.smiles):
        own.add(molecule(smiles), "C", computed(molecule(smiles)))
    entries = own.content().entries
    of = {one.smiles: one.key for one in entries}
    assert own_errors(str(network), entries, tmp_path / "look")["learnt"] == [of[learnt.smiles]]
    marks = {of["CC"]: TEACHES, of[learnt.smiles]: APART}
    found = teach(str(network), entries, marks, tmp_path / "copy", "copy", TeachingChoices(epochs=1, **QUICK))
    assert [one.name for one in found] == ["known"]


def test_rehearsal_leaves_out_what_is_kept_apart(network):
    known = known_molecules(Card.from_json(network / CARD))
    everything = known.drawn("train", 10_000, 1)
    assert len(everything) == 73
    without = {constitution_key(everything[0].smiles)}
    rest = known.drawn("train", 10_000, 1, without)
    assert all(constitution_key(one.smiles) not in without for one in rest)
    assert len(rest) < 73


@pytest.mark.parametrize("marks", [OUT, APART])
def test_without_a_molecule_to_teach_nothing_is_written(network, entries, tmp_path, marks):
    with pytest.raises(XanesviewError, match="teach"):
        teach(
            str(network), entries, {one.key: marks for one in entries}, tmp_path / "copy", "copy",
            TeachingChoices(epochs=1, **QUICK),
        )  # fmt: skip
    assert not (tmp_path / "copy" / CARD).exists()


def test_a_network_of_another_kind_is_refused(tmp_path):
    with pytest.raises(XanesviewError, match="can't be taught"):
        teach("c_k_edge_xane3", [], {}, tmp_path / "copy", "copy", TeachingChoices())


def test_the_card_keeps_what_it_was_begun_with(network, entries, tmp_path):
    marks = {one.key: TEACHES for one in entries}
    teach(str(network), entries, marks, tmp_path / "copy", "copy", TeachingChoices(epochs=1, **QUICK))
    raw = json.loads((tmp_path / "copy" / CARD).read_text(encoding="utf-8"))
    assert raw["taught"]["from"].startswith("tiny_c_k")
    assert raw["data"]["files"] == ["c_k_0001.h5"], "so that a copy of the copy rehearses, too"


def test_a_copy_of_a_shipped_network_knows_the_bonds_of_what_it_was_taught(entries, tmp_path):
    marks = {one.key: TEACHES for one in entries}
    teach("c_k_edge_tensor", entries, marks, tmp_path / "copy", "copy", TeachingChoices(epochs=1, members=1, **QUICK))
    before, after = (
        json.loads((folder / CARD).read_text(encoding="utf-8"))["domain"]
        for folder in (find_bundle("c_k_edge_tensor"), tmp_path / "copy")
    )
    assert json.loads((tmp_path / "copy" / CARD).read_text(encoding="utf-8"))["name"] == "copy"
    for name in ("elements", "bonds", "bonded_elements"):
        more = {key: n - before[name].get(key, 0) for key, n in after[name].items() if n != before[name].get(key, 0)}
        assert more, name
        assert all(0 < n <= len(entries) for n in more.values())


def test_what_stands_in_data_that_are_not_shipped_counts_as_learnt():
    known = known_molecules(Card.from_json(find_bundle("c_k_edge_tensor") / CARD))
    keys = {constitution_key(smiles): formula for smiles, formula in (("C", "CH4"), ("Cc1ccccc1", "C7H8"))}
    assert known.learnt(keys) == set(keys)
    assert known.elsewhere == {"ck_tpdft.h5"}


def test_a_member_goes_back_until_it_knows_what_it_knew(monkeypatch):
    import torch

    from xanesview.training.absorption_tensor import teaching
    from xanesview.training.harness import FitResult

    class Module:
        """Errs on what was known by the square of its one weight."""

        def __init__(self) -> None:
            self.average = torch.nn.Linear(1, 1, bias=False)

    def errors(module, _watched):
        return {"known": 1.0 + 0.1 * float(module.average.weight.detach()) ** 2}

    monkeypatch.setattr(teaching, "_errors", errors)
    start, last = {"weight": torch.zeros(1, 1)}, {"weight": torch.ones(1, 1)}
    kept = teaching._not_forgetting(Module(), FitResult(last, {}), start, (), {"known": 1.0})
    assert kept.note["share_learnt"] == 0.4
    assert float(kept.state["weight"]) == pytest.approx(0.4)
    free = teaching._not_forgetting(Module(), FitResult(last, {}), start, (), {})
    assert free.note["share_learnt"] == 1.0
