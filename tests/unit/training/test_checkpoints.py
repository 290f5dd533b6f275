"""A training that was killed goes on as if nothing had been, from the last checkpoint that is whole and harmless."""

from __future__ import annotations

import math
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.full_disk import contents, full_disk
from tests.unit.training.absorption_tensor.test_training import TINY, write_data
from xanesview.cli.main import main
from xanesview.errors import XanesviewError
from xanesview.networks.bundle import load_weights
from xanesview.training.averaged_module import AveragedModule
from xanesview.training.checkpoints import BEFORE, FINISHED, LAST, Checkpoints, newest_checkpoint, read_finished
from xanesview.training.kinds import train

CONFIG = TINY.replace("members = 2", "members = 1").replace("epochs = 3", "epochs = 4")


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data(tmp_path_factory.mktemp("data") / "data.h5")


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("config") / "config.toml"
    path.write_text(CONFIG)
    return path


@pytest.fixture(scope="module")
def whole(data: Path, config: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, torch.Tensor]:
    """The weights of a training that nothing disturbed."""
    return load_weights(train("tensor", [data], config, tmp_path_factory.mktemp("whole") / "net"))


@pytest.fixture
def killed(data: Path, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a member whose training was killed in its fourth epoch; three checkpoints have been written."""
    begun = AveragedModule.training_step

    def step(self, batch, index):
        if self.current_epoch == 3:
            raise Killed
        return begun(self, batch, index)

    with monkeypatch.context() as patch:
        patch.setattr(AveragedModule, "training_step", step)
        with pytest.raises(Killed):
            train("tensor", [data], config, tmp_path / "net")
    place = tmp_path / "net" / "runs" / "member0"
    assert {LAST, BEFORE} <= {path.name for path in place.iterdir()}
    return place


def goes_on_to(whole: dict[str, torch.Tensor], place: Path, data: Path, config: Path) -> None:
    """Resume, and compare with the undisturbed training to the last bit."""
    weights = load_weights(train("tensor", [data], config, place.parents[1], resume=True))
    assert weights.keys() == whole.keys()
    for name, values in weights.items():
        np.testing.assert_array_equal(values.numpy(), whole[name].numpy(), err_msg=name)


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[2 * len(content) // 3] ^= 0x10
    path.write_bytes(content)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def of_something_else(path: Path) -> None:
    torch.save({"epoch": 3}, path)


def of_another_network(path: Path) -> None:
    content = torch.load(path, weights_only=True)
    torch.save(content | {"state_dict": {name: torch.zeros(3, 2) for name in content["state_dict"]}}, path)


def without_a_version(path: Path) -> None:
    content = torch.load(path, weights_only=True)
    torch.save({key: value for key, value in content.items() if key != "pytorch-lightning_version"}, path)


def test_a_killed_training_gives_what_an_undisturbed_one_gives(killed, data, config, whole):
    goes_on_to(whole, killed, data, config)


@pytest.mark.parametrize("damage", [cut_off, flip, empty, of_something_else, of_another_network, without_a_version])
def test_a_damaged_checkpoint_is_named_and_the_one_before_taken(damage, killed, data, config, whole, caplog):
    damage(killed / LAST)
    goes_on_to(whole, killed, data, config)
    told = [line for line in caplog.messages if LAST in line]
    assert len(told) == 1
    assert f"goes on from {BEFORE}" in told[0]


@pytest.fixture(scope="module")
def kept(data: Path, config: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a member whose training has ended, with its last two checkpoints."""
    return train("tensor", [data], config, tmp_path_factory.mktemp("kept") / "net") / "runs" / "member0"


def changed(path: Path, change: Callable[[dict], object]) -> None:
    content = torch.load(path, weights_only=True)
    change(content)
    torch.save(content, path)


def first_weight(content: dict) -> tuple[dict, str]:
    state = content["state_dict"]
    return state, next(name for name, value in state.items() if value.is_floating_point() and value.ndim == 2)


def not_finite(content: dict) -> None:
    state, name = first_weight(content)
    state[name] = state[name].clone()
    state[name][0, 0] = float("nan")


def of_another_shape(content: dict) -> None:
    state, name = first_weight(content)
    state[name] = torch.zeros(3, 2)


def without_a_weight(content: dict) -> None:
    state, name = first_weight(content)
    del state[name]


def average_of_another_shape(content: dict) -> None:
    average = content["callbacks"]["BestAverage"]["state"]
    average[next(iter(average))] = torch.zeros(3, 2)


def moments_not_finite(content: dict) -> None:
    moments = next(iter(content["optimizer_states"][0]["state"].values()))
    moments["exp_avg"] = torch.full_like(moments["exp_avg"], float("nan"))


CHANGES = {
    "its optimiser holds numbers that are not finite": moments_not_finite,
    "optimiser holds numbers": lambda content: content["optimizer_states"][0]["param_groups"][0].update(lr=math.inf),
    "number of 0 or more": lambda content: content.update(epoch=-5),
    "its global_step is many": lambda content: content.update(global_step="many"),
    "holds numbers that are not finite": not_finite,
    "has the shape (3, 2), not (": of_another_shape,
    "is missing": without_a_weight,
    "is unknown to this network": lambda content: content["state_dict"].update(more=torch.zeros(2)),
    "“state_dict” is of another kind": lambda content: content.update(state_dict=[1, 2]),
    "“optimizer_states” is of another kind": lambda content: content.update(optimizer_states="none"),
    "of the averaged weights": average_of_another_shape,
    "averaged weights are of another kind": lambda content: content["callbacks"].update(BestAverage={"score": "low"}),
}


def _weights(place: Path) -> dict[str, torch.Tensor]:
    return torch.load(place / BEFORE, weights_only=True)["state_dict"]


@pytest.mark.parametrize("words", CHANGES)
def test_what_does_not_fit_in_a_checkpoint_is_said_and_the_one_before_taken(words, kept, tmp_path, caplog):
    place = Path(shutil.copytree(kept, tmp_path / "member0"))
    weights = _weights(place)
    changed(place / LAST, CHANGES[words])
    assert newest_checkpoint(place, weights) == place / BEFORE
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith(f"{LAST} can't be used: ")
    assert words in caplog.messages[0]
    assert f"goes on from {BEFORE}" in caplog.messages[0]


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-100]),
        lambda path: path.write_bytes(bytes(path.stat().st_size)),
        lambda path: torch.save([1, 2, 3], path),
        lambda path: path.write_text("epoch,loss"),
        lambda path: (path.unlink(), path.mkdir()),
    ],
    ids=["cut off", "zeros", "a list", "text", "a folder"],
)
def test_what_is_no_checkpoint_is_passed_over(damage, kept, tmp_path, caplog):
    place = Path(shutil.copytree(kept, tmp_path / "member0"))
    damage(place / LAST)
    assert newest_checkpoint(place, _weights(place)) == place / BEFORE
    assert len(caplog.messages) == 1
    assert LAST in caplog.messages[0]


def test_the_whole_checkpoints_of_a_training_fit(kept):
    assert newest_checkpoint(kept, _weights(kept)) == kept / LAST


def without_groups(path: Path) -> None:
    content = torch.load(path, weights_only=True)
    torch.save(content | {"optimizer_states": [{"state": {}, "param_groups": []}]}, path)


def test_what_only_lightning_finds_amiss_is_passed_over(killed, data, config, whole, caplog):
    without_groups(killed / LAST)
    goes_on_to(whole, killed, data, config)
    assert (killed / f"odd_{LAST}").is_file(), "nothing is deleted"
    assert sum("does not fit this network" in line for line in caplog.messages) == 1


def test_what_lightning_finds_amiss_in_all_checkpoints_ends_in_a_sentence(killed, data, config):
    for name in (LAST, BEFORE):
        without_groups(killed / name)
    with pytest.raises(XanesviewError, match=rf"can't go on from {BEFORE}") as told:
        train("tensor", [data], config, killed.parents[1], resume=True)
    assert "--resume" in told.value.hint


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: torch.save({}, path), "holds no finished training"),
        (lambda path: path.write_bytes(b""), "it is empty"),
    ],
)
def test_a_finished_training_that_is_none_is_told_in_words(tmp_path, caplog, make, words):
    make(tmp_path / FINISHED)
    assert read_finished(tmp_path / FINISHED) is None
    (told,) = caplog.messages
    assert words in told
    assert told.endswith("from the last checkpoint.")
    assert "('state')" not in told
    assert ".)." not in told


def test_what_no_file_can_be_written_in_the_place_of_is_told_before_hours_of_work(tmp_path):
    (tmp_path / FINISHED).mkdir()
    with pytest.raises(XanesviewError, match="is no file"):
        read_finished(tmp_path / FINISHED)


def test_numbers_of_the_optimiser_that_are_not_finite_in_all_checkpoints_are_told(killed, data, config, whole, caplog):
    for name in (LAST, BEFORE):
        changed(killed / name, moments_not_finite)
    goes_on_to(whole, killed, data, config)
    told = [line for line in caplog.messages if "optimiser" in line]
    assert len(told) == 1
    assert "begins from the start" in told[0]


def test_a_validation_that_is_no_number_ends_the_training_in_a_sentence(data, config, tmp_path, monkeypatch, capsys):
    errors = AveragedModule.validation_step

    def step(self, batch, index):
        errors(self, batch, index)
        if self.current_epoch == 2:
            self._validation[-1][0] = math.nan

    monkeypatch.setattr(AveragedModule, "validation_step", step)
    out = tmp_path / "net"
    assert main(["train", "tensor", "--data", str(data), "--config", str(config), "--out", str(out)]) == 1
    told = capsys.readouterr().err
    assert "error: The training stopped in epoch 3: its validation error is no number any more." in told
    assert "Traceback" not in told
    assert not (out / "weights.safetensors").exists()
    assert newest_checkpoint(out / "runs" / "member0") is not None  # of the epoch before


def test_a_checkpoint_without_averaged_weights_replaces_no_network(data, config, tmp_path):
    out = train("tensor", [data], config, tmp_path / "net")
    member, before = out / "runs" / "member0", (out / "weights.safetensors").read_bytes()
    (member / FINISHED).unlink()
    for name in (LAST, BEFORE):
        content = torch.load(member / name, weights_only=True)
        torch.save(content | {"callbacks": {}}, member / name)
    with pytest.raises(XanesviewError, match="without averaged weights"):
        train("tensor", [data], config, out, resume=True)
    assert (out / "weights.safetensors").read_bytes() == before
    assert not (member / FINISHED).exists()


def test_a_configuration_nested_beyond_measure_is_damaged(killed, data, config, whole):
    (killed.parent / "configuration.json").write_text('{"a":' * 100_000 + "1" + "}" * 100_000)
    goes_on_to(whole, killed, data, config)


def test_without_a_whole_checkpoint_the_training_begins_anew(killed, data, config, whole, caplog):
    cut_off(killed / LAST)
    cut_off(killed / BEFORE)
    goes_on_to(whole, killed, data, config)
    assert any(LAST in line and BEFORE in line and "from the start" in line for line in caplog.messages)


def test_a_damaged_result_and_configuration_are_made_anew_from_the_last_checkpoint(data, config, tmp_path, caplog):
    expected = load_weights(train("tensor", [data], config, tmp_path / "net"))
    place = tmp_path / "net" / "runs" / "member0"
    cut_off(place / FINISHED)
    cut_off(place.parent / "configuration.json")
    goes_on_to(expected, place, data, config)
    assert any(FINISHED in line for line in caplog.messages)
    assert any("configuration.json" in line for line in caplog.messages)


class Malicious:
    """Unpickles into a call that makes a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (str(self.folder),)


@pytest.mark.parametrize("name", [LAST, FINISHED])
@pytest.mark.parametrize("container", ["zip", "pickle", "legacy"])
def test_a_checkpoint_that_tries_to_run_code_is_refused(name, container, killed, data, config, tmp_path, capsys):
    trace = tmp_path / "was-run"
    content = {"state_dict": {}, "loops": Malicious(trace), "callbacks": {}}
    if container == "pickle":
        (killed / name).write_bytes(pickle.dumps(content))
    else:
        torch.save(content, killed / name, _use_new_zipfile_serialization=container == "zip")
    words = ["train", "tensor", "--data", str(data), "--config", str(config), "--out", str(killed.parents[1])]
    assert main([*words, "--resume"]) == 1
    told = capsys.readouterr().err
    errors = [line for line in told.splitlines() if line.startswith("error:")]
    assert len(errors) == 1
    assert f"{name} was refused" in errors[0]
    way = f" to go on from {BEFORE}" if name == LAST else ""
    assert f"hint: Delete {killed / name}{way}, or leave --resume out" in told
    assert not trace.exists()


def test_who_starts_again_does_not_go_on_from_what_was(killed, data, config, monkeypatch):
    def step(self, batch, index):
        raise Killed

    monkeypatch.setattr(AveragedModule, "training_step", step)
    with pytest.raises(Killed):
        train("tensor", [data], config, killed.parents[1], resume=False)
    assert not (killed / LAST).exists()
    assert not (killed / BEFORE).exists()


def test_a_full_disk_ends_the_training_in_one_sentence_and_leaves_its_checkpoints(killed, data, config, whole):
    before = {name: (killed / name).read_bytes() for name in (LAST, BEFORE)}
    with full_disk(20_000), pytest.raises(XanesviewError, match="cannot be written") as told:
        train("tensor", [data], config, killed.parents[1], resume=True)
    assert told.value.hint
    assert (killed / LAST).read_bytes() == before[LAST]
    assert not [name for name in contents(killed) if Path(name).name.startswith(".")]
    goes_on_to(whole, killed, data, config)


def test_a_checkpoint_is_written_whole_or_not_at_all(tmp_path):
    writer = Checkpoints()
    writer.save_checkpoint({"epoch": 1, "x": torch.zeros(1000)}, tmp_path / LAST)
    writer.save_checkpoint({"epoch": 2, "x": torch.zeros(1000)}, tmp_path / LAST)
    second = (tmp_path / LAST).read_bytes()
    with full_disk(2000), pytest.raises(XanesviewError, match="cannot be written"):
        writer.save_checkpoint({"epoch": 3, "x": torch.zeros(1000)}, tmp_path / LAST)
    assert (tmp_path / LAST).read_bytes() == second
    writer.save_checkpoint({"epoch": 3, "x": torch.zeros(1000)}, tmp_path / LAST)
    assert (tmp_path / BEFORE).read_bytes() == second
