"""``xanesview predict`` with many inputs: shared by processes, the same files and words in the same order."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from xanesview.cli.main import main
from xanesview.cli.predict_many import ENOUGH_INPUTS, processes_for
from xanesview.inference.tensor_predictor import TensorPredictor
from xanesview.io.examples import find_example

NAMES = ("benzene", "acetonitrile", "pyridine", "thiophene")


def said(capsys: pytest.CaptureFixture[str], folder: Path) -> tuple[list[str], list[str]]:
    """Return what was written on standard output and error, without times and the folder's name."""
    found = capsys.readouterr()
    out, err = (text.replace(str(folder), "folder").splitlines() for text in found)
    return [re.sub(r", [\d.]+ s on .*", "", line) for line in out], err


def written(folder: Path) -> dict[str, list[str]]:
    """Return the files of a folder, without the lines that tell when and by how many threads they were made."""
    files = {path.name: path.read_text(encoding="utf-8").splitlines() for path in sorted(folder.iterdir())}
    return {name: [line for line in lines if not re.match("# (date|device)", line)] for name, lines in files.items()}


def test_processes_write_and_say_what_one_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "broken.xyz").write_text("2\n\nC 0 0\n", encoding="utf-8")
    files = [str(find_example(name).path) for name in NAMES] * 3
    files.insert(5, str(tmp_path / "broken.xyz"))
    found = {}
    for processes in ("1", "2"):
        folder = tmp_path / processes
        assert main(["predict", *files, "--theta", "30", "--processes", processes, "--out", str(folder)]) == 1
        found[processes] = *said(capsys, folder), written(folder)
    assert found["1"] == found["2"]
    assert len(found["2"][0]) == len(found["2"][2]) == 12
    assert sum("broken.xyz" in line for line in found["2"][1]) == 1


def test_what_holds_for_all_is_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(find_example(name).path) for name in NAMES]
    how = ["--processes", "2", "--out", str(tmp_path / "out")]
    assert main(["predict", *files, "--network", "no_such_network", *how]) == 1
    assert capsys.readouterr().err.count("no network 'no_such_network'") == 1


@pytest.mark.parametrize(
    ("n_inputs", "asked", "device", "one"),
    [(ENOUGH_INPUTS - 1, None, "cpu", True), (500, None, "cuda", True), (500, 1, "cpu", True), (3, 2, "cpu", False)],
)
def test_few_inputs_and_a_gpu_take_one_process(n_inputs, asked, device, one) -> None:
    assert (processes_for(n_inputs, asked, device) == 1) is one
    assert processes_for(n_inputs, asked, device) <= n_inputs


def test_small_molecules_asked_together_have_the_curves_that_each_has_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken.xyz").write_text("2\n\nC 0 0\n", encoding="utf-8")
    files = [str(tmp_path / "broken.xyz"), *(str(find_example(name).path) for name in NAMES)]
    prepared: list[int] = []
    ask = TensorPredictor.prepare
    monkeypatch.setattr(TensorPredictor, "prepare", lambda self, some: prepared.append(len(some)) or ask(self, some))
    found = {}
    for enough in (len(files), 40):
        monkeypatch.setattr("xanesview.cli.predict.ENOUGH_INPUTS", enough)
        folder = tmp_path / str(enough)
        assert main(["predict", *files, "--theta", "30", "--out", str(folder)]) == 1
        found[enough] = *said(capsys, folder), written(folder)
    assert prepared == [3, 1], "the readable ones of four inputs, then the last"
    (words, told, together), (words_alone, told_alone, alone) = found.values()
    assert (words, told) == (words_alone, told_alone)
    assert together.keys() == alone.keys()
    for name, lines in together.items():
        one, other = (
            np.array([[float(x) for x in line.split(",")] for line in some if line[0].isdigit()])
            for some in (lines, alone[name])
        )
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4 * np.abs(other[:, 1:]).max())
