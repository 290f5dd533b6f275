"""What the command line says of values it can't use names the option, and hints lead somewhere."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.training.data.test_dataset_writer import engine_result
from xanesview.cli.arguments import prepared
from xanesview.cli.main import main
from xanesview.errors import XanesviewError
from xanesview.io.structures.checks import checked_structure
from xanesview.io.structures.registry import read_structure
from xanesview.training.data.dataset import read_datasets

ELNES = ["--experiment", "elnes", "--beam", "0,0,1"]


@pytest.mark.parametrize(
    ("words", "told", "hint"),
    [
        ([*ELNES, "--collection", "1e-200", "--convergence", "1e-200"], "collection semi-angle", "--collection"),
        ([*ELNES, "--convergence", "1e-200"], "convergence semi-angle", "--convergence"),
        ([*ELNES, "--detector-offset", "1e-200"], "detector's offset", "--detector-offset"),
        ([*ELNES, "--collection", "-3"], "collection semi-angle", "--collection"),
        ([*ELNES, "--beam-energy", "0"], "beam energy", "--beam-energy"),
        (["--site-weights", "-1,1"], "--site-weights is “-1”", "one number a site"),
        (["--site-weights", "0,0"], "sum to zero", "above zero"),
    ],
)
def test_values_that_can_not_be_used(words, told, hint, formula, tmp_path, capsys):
    code = main(["predict", "--smiles", "CC", "--relax", "none", *words, "--out", str(tmp_path / "o.csv")])
    error = capsys.readouterr().err.splitlines()
    assert code == 2
    assert told in error[0]
    assert hint in error[1]
    assert "“xanesview --help”" not in error[1]


def test_the_smallest_apertures_can_be_computed(formula, tmp_path):
    words = [*ELNES, "--collection", "1e-9", "--convergence", "1e-9", "--detector-offset", "1e-9"]
    out = ["--out", str(tmp_path / "o.csv")]
    assert main(["predict", "--smiles", "CC", "--relax", "none", *words, *out, "--quiet"]) == 0


@pytest.mark.parametrize("value", ["-1,0,0", "-.5,1", "−1:2", "-1", "-20,40"])
@pytest.mark.parametrize("option", ["--site-weights", "--energy", "--window", "--angles", "--sites", "--miller"])
def test_lists_that_begin_with_a_minus_sign_are_values(option, value):
    assert prepared(["predict", option, value])[1] == f"{option}={value.replace('−', '-')}"


def test_second_values_and_options_are_left_as_they_are():
    words = ["edit", "a.xyz", "--move", "3", "-1,0,0", "--add", "H", "0,0,1", "--relax", "--quiet"]
    assert prepared(words) == [*words[:4], " -1,0,0", *words[5:]]


def test_hints_name_the_command(capsys):
    from xanesview.cli import telling

    telling.tell_of_command("dataset build")
    telling.tell_error(XanesviewError("No."))
    assert "“xanesview dataset build --help”" in capsys.readouterr().err
    main(["no_such_file_at_all.xyz", "--nonsense"])
    assert "dataset" not in capsys.readouterr().err


@pytest.mark.parametrize("smiles", ["[U]", "[He]"])
def test_what_no_network_predicts_is_told_without_naming_one(smiles, tmp_path, capsys):
    assert main(["predict", "--smiles", smiles, "--relax", "none", "--out", str(tmp_path / "o.csv")]) == 1
    error, hint = capsys.readouterr().err.splitlines()[-2:]
    assert "No network predicts an atom of" in error
    assert "C, Cu, Fe, N and O" in error
    assert "c_k_edge" not in error
    assert "xanesview networks" in hint


def test_crowded_atoms_are_counted_as_they_lie():
    positions = np.random.default_rng(0).uniform(0, 2, (20_000, 3))
    with pytest.raises(XanesviewError, match=r"2,\d{3} of its 20,000 lie in one cube of 1 Å"):
        checked_structure([6] * 20_000, positions, name="heap")


def test_a_molfile_with_wrong_columns_is_told_so(tmp_path):
    path = tmp_path / "a.mol"
    path.write_text("x\n\n\n  2  1  0  0  0  0            999 V2000\n 0.0 0.0 0.0 C\n 1.2 0 0 O\n  1  2  2\nM  END\n")
    with pytest.raises(XanesviewError, match=r"Line 5 of a\.mol has its atom in the wrong columns"):
        read_structure(path)
    path.write_text("x\n\n\n  2  1  0  0  0  0            999 V2000\nM  END\n")
    with pytest.raises(XanesviewError, match="announces 2 atoms but holds 0"):
        read_structure(path)


def test_other_molecules_of_a_name_are_kept_in_a_data_file(tmp_path, capsys):
    for folder, write in (("one", engine_result), ("two", engine_result), ("three", _other)):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder / "C_m.npz")
    folders = [str(tmp_path / name) for name in ("one", "two", "three")]
    assert main(["dataset", "build", *folders, "--out", str(tmp_path / "x.h5")]) == 0
    told = capsys.readouterr().err
    assert "m is there twice; the second is left out" in told
    assert "a later one is called m_2" in told
    assert sorted(one.name for one in read_datasets([tmp_path / "x.h5"], np.arange(285.0, 295.0)).structures) == [
        "m", "m_2",
    ]  # fmt: skip


def _other(path) -> None:
    """Another geometry of the same name."""
    from xanesview.io.npz import read_npz, write_npz

    engine_result(path)
    arrays = read_npz(path)
    write_npz(path, {**arrays, "pos": arrays["pos"] + [[0, 0, 0], [0, 0, 0.1], [0, 0, 0], [0, 0, 0]]})
