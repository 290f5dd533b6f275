"""A training goes on with the settings it began with, and only with these."""

from __future__ import annotations

import dataclasses
import json

import pytest

from xanesview.errors import XanesviewError
from xanesview.training.configuration import TrainingConfig
from xanesview.training.held_configuration import hold_configuration
from xanesview.training.xanesnet.training import RECIPE

USUAL = TrainingConfig(RECIPE.kind, RECIPE.network, RECIPE.training, fixed=RECIPE.fixed)


def with_training(**changes) -> TrainingConfig:
    return dataclasses.replace(USUAL, training=dataclasses.replace(USUAL.training, **changes))


def held(tmp_path):
    return tmp_path / "runs" / "configuration.json"


def test_the_same_goes_on_and_another_does_not(tmp_path):
    hold_configuration(tmp_path, with_training(epochs=7), [tmp_path / "a.h5"], resume=False, usual=USUAL)
    hold_configuration(tmp_path, with_training(epochs=7), [tmp_path / "a.h5"], resume=True, usual=USUAL)
    for config, name in ((with_training(epochs=8), "a.h5"), (with_training(epochs=7), "b.h5")):
        with pytest.raises(XanesviewError, match="another configuration"):
            hold_configuration(tmp_path, config, [tmp_path / name], resume=True, usual=USUAL)


def test_where_it_runs_may_change(tmp_path):
    hold_configuration(tmp_path, with_training(threads=1), [], resume=False)
    hold_configuration(tmp_path, with_training(threads=4, accelerator="cpu"), [], resume=True)


def test_settings_that_an_earlier_version_did_not_have_were_as_usual(tmp_path):
    hold_configuration(tmp_path, USUAL, [], resume=False, usual=USUAL)
    told = json.loads(held(tmp_path).read_text())
    del told["config"]["training"]["minutes"]
    held(tmp_path).write_text(json.dumps(told))
    hold_configuration(tmp_path, USUAL, [], resume=True, usual=USUAL)
    assert json.loads(held(tmp_path).read_text())["config"]["training"]["minutes"] == 0.0
    del told["config"]["bundle"]
    held(tmp_path).write_text(json.dumps(told))
    with pytest.raises(XanesviewError, match="another configuration"):
        hold_configuration(tmp_path, with_training(minutes=3.0), [], resume=True, usual=USUAL)


def test_a_damaged_one_is_written_anew(tmp_path):
    hold_configuration(tmp_path, USUAL, [], resume=False)
    held(tmp_path).write_text("{")
    hold_configuration(tmp_path, USUAL, [], resume=True)
    assert json.loads(held(tmp_path).read_text())["config"]["kind"] == RECIPE.kind


def test_an_earlier_training_is_set_aside_and_told_where_it_got_somewhere(tmp_path, caplog):
    hold_configuration(tmp_path, USUAL, [], resume=False)
    hold_configuration(tmp_path, USUAL, [], resume=False)
    assert [place.name for place in tmp_path.iterdir()] == ["runs"], "nothing was trained: nothing to keep"
    for number in (1, 2):
        finished = tmp_path / "runs" / "member0" / "finished.pt"
        finished.parent.mkdir()
        finished.write_text(str(number))
        hold_configuration(tmp_path, USUAL, [], resume=True)
        assert finished.exists()
        hold_configuration(tmp_path, USUAL, [], resume=False)
        assert not finished.exists()
        assert (tmp_path / f"runs_before_{number}" / "member0" / "finished.pt").read_text() == str(number)
        assert f"runs_before_{number}" in caplog.text


def test_only_the_process_that_writes_sets_aside(tmp_path, monkeypatch):
    (tmp_path / "runs" / "member0").mkdir(parents=True)
    (tmp_path / "runs" / "member0" / "last.ckpt").write_text("")
    monkeypatch.setenv("LOCAL_RANK", "1")
    hold_configuration(tmp_path, USUAL, [], resume=False)
    assert [place.name for place in tmp_path.iterdir()] == ["runs"]


@pytest.mark.parametrize("text", ["{}", "[]", "3", '{"config": [], "data": []}', "{", "[[1, 2]]"])
def test_a_damaged_configuration_is_called_damaged_in_plain_words(tmp_path, text, caplog):
    hold_configuration(tmp_path, USUAL, [], resume=False, usual=USUAL)
    held(tmp_path).write_text(text)
    hold_configuration(tmp_path, USUAL, [], resume=True, usual=USUAL)
    told = next(line for line in caplog.messages if "damaged" in line)
    assert "is written anew" in told
    assert not any(word in told for word in ("Expecting", "dict", "object", "char "))
    assert json.loads(held(tmp_path).read_text())["data"] == []


def test_a_folder_in_its_place_is_told_at_once(tmp_path, caplog):
    held(tmp_path).mkdir(parents=True)
    with pytest.raises(XanesviewError, match="is a folder, and no file can be written"):
        hold_configuration(tmp_path, USUAL, [], resume=True, usual=USUAL)
    assert not caplog.messages
