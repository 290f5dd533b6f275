"""``xanesview compute`` takes a result for what it is: never two under one name, never another's for one's own."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from xanesview.cli.main import main
from xanesview.domain.structure import SYMBOLS
from xanesview.io.npz import read_npz, write_npz

METHANAL = "4\n\nC 0 0 -0.53\nO 0 0 {z}\nH 0 0.94 -1.11\nH 0 -0.94 -1.11\n"
METHANE = "5\n\nC 0 0 0\nH .63 .63 .63\nH -.63 -.63 .63\nH -.63 .63 -.63\nH .63 -.63 -.63\n"


@pytest.fixture
def engine(monkeypatch) -> list[str]:
    """Stands for the engine: gives the formulas of what it computes. Nitrogen it can't."""
    made: list[str] = []

    class Engine:
        def __init__(self, symbols, positions, charge):
            self._symbols = symbols

        def site(self, atom):
            from xanesview.errors import XanesviewError

            formula = "".join(sorted(self._symbols))
            if "N" in formula:
                raise XanesviewError("It did not converge.", "Leave it out.")
            made.append(formula)
            return SimpleNamespace(
                atom=atom, energy_ev=np.array([291.0, 293.0]), dipole_bohr=np.ones((2, 3)), ip_ev=297.0, gap_ev=8.0
            )

    monkeypatch.setattr("xanesview.reference.engine.tp_dft.TransitionPotential", Engine)
    return made


@pytest.fixture
def run(tmp_path, engine, capsys):
    """Run ``compute`` into one folder; gives its exit code and what it says."""

    def compute(*words: object) -> tuple[int, str, str]:
        common = ["--out", str(tmp_path / "out"), "--processes", "1"]
        relax = [] if "--relax" in words else ["--relax", "mmff"] if "--list" in words else []
        code = main(["compute", *map(str, words), *relax, *common])
        told = capsys.readouterr()
        return code, told.out, told.err

    return compute


def listed(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "list.txt"
    path.write_text(text, encoding="utf-8")
    return path


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def found(tmp_path: Path) -> dict[str, str]:
    """The formula that each result holds."""
    return {
        path.stem: "".join(sorted(SYMBOLS[z] for z in read_npz(path)["z"]))
        for path in sorted((tmp_path / "out").glob("*.npz"))
    }


def test_files_of_one_name_are_kept_apart_and_told(run, engine, tmp_path):
    one = written(tmp_path / "m1" / "mol.xyz", METHANAL.format(z=0.675))
    two = written(tmp_path / "m2" / "mol.xyz", METHANE)
    code, out, err = run(one, two)
    assert code == 0
    assert "2 molecules, 2 sites" in out
    assert found(tmp_path) == {"C_mol": "CHHO", "C_mol_2": "CHHHH"}
    assert "mol as mol_2" in err
    assert run(two, one)[2].count("2 of 2 molecules are done already") == 1
    assert len(engine) == 2


def test_lines_of_one_name_are_kept_apart_in_capitals_too(run, engine, tmp_path):
    path = listed(tmp_path, "a C=O\na CC\nA C\na_2 CO\na C=O\n")
    code, _, err = run("--list", path)
    assert code == 0
    assert found(tmp_path) == {"C_a": "CHHO", "C_a_2": "CHHHHO", "C_a_3": "CCHHHHHH", "C_A_4": "CHHHH"}
    assert "a is given more than once, with nothing that differs; computed once" in err
    assert "4 of 5 molecules are done" in run("--list", path)[2]
    assert len(engine) == 4


def test_parts_agree_on_names(run, tmp_path):
    path = listed(tmp_path, "a C=O\na CC\n")
    run("--list", path, "--part", 1, "--parts", 2)
    assert found(tmp_path) == {"C_a_2": "CCHHHHHH"}
    run("--list", path, "--part", 0, "--parts", 2)
    assert found(tmp_path) == {"C_a": "CHHO", "C_a_2": "CCHHHHHH"}


def test_another_molecule_of_a_name_is_computed_beside_it(run, engine, tmp_path):
    run("--list", listed(tmp_path, "a C=O\n"))
    code, _, err = run("--list", listed(tmp_path, "a CC=O\n"))
    assert code == 0
    assert "done already" not in err
    assert "a as a_2" in err
    assert found(tmp_path) == {"C_a": "CHHO", "C_a_2": "CCHHHHO"}
    assert len(engine) == 3, "one site, then two"


def test_an_edited_geometry_is_computed_again(run, engine, tmp_path):
    path = tmp_path / "mol.xyz"
    for z, count in ((0.675, 1), (0.675, 1), (0.685, 2), (0.675, 2), (0.685, 2)):
        written(path, METHANAL.format(z=z))
        assert run(path)[0] == 0
        assert len(engine) == count
    assert sorted(found(tmp_path)) == ["C_mol", "C_mol_2"]


@pytest.mark.parametrize("more", [["--relax", "none"], ["--displace"], ["--sites", "1"], ["--properties"]])
def test_what_is_asked_otherwise_is_not_done_already(run, tmp_path, more, monkeypatch):
    monkeypatch.setattr("xanesview.reference.making.properties.gfn2_properties", lambda _: np.ones(12))
    path = listed(tmp_path, "a CC\n")
    run("--list", path, "--sites", 0)
    assert "1 of 1 molecule is done already" in run("--list", path, "--sites", 0)[2]
    more = more if "--sites" in more else [*more, "--sites", "0"]
    assert "done already" not in run("--list", path, *more)[2]
    assert sorted(found(tmp_path)) == ["C_a", "C_a_2"]
    assert "1 of 1 molecule is done already" in run("--list", path, *more)[2]


def test_fewer_sites_of_a_result_are_done_already(run, engine, tmp_path):
    path = listed(tmp_path, "a CC=O\n")
    run("--list", path)
    assert "1 of 1 molecule is done already" in run("--list", path, "--sites", "1")[2]


def test_results_of_former_versions_are_compared_by_what_they_hold(run, engine, tmp_path):
    path = written(tmp_path / "mol.xyz", METHANAL.format(z=0.675))
    run(path)
    run("--list", listed(tmp_path, "a C=O\n"))
    for result in (tmp_path / "out").glob("*.npz"):
        arrays = {name: values for name, values in read_npz(result).items() if name not in ("identity", "asked")}
        write_npz(result, arrays)
    assert "done already" in run(path)[2]
    assert "done already" in run("--list", tmp_path / "list.txt")[2]
    written(path, METHANAL.format(z=0.685))
    assert "mol as mol_2" in run(path)[2]
    assert "a as a_2" in run("--list", listed(tmp_path, "a CC=O\n"))[2]


def test_only_what_failed_itself_had_failed_before(run, engine, tmp_path):
    code, _, _ = run("--list", listed(tmp_path, "a CN\nb C\n"))
    assert code == 1, "one of the two has failed"
    _, _, err = run("--list", tmp_path / "list.txt")
    assert "1 of 2 molecules is done already." in err
    assert "1 of 2 molecules had failed before and is left out. failures.tsv says why; --retry tries it again" in err
    assert "had failed" not in run("--list", tmp_path / "list.txt", "--retry")[2]
    _, _, err = run("--list", listed(tmp_path, "a CO\n"))
    assert "failed" not in err
    assert found(tmp_path)["C_a"] == "CHHHHO"
    assert "1 of 1 molecule had failed before" in run("--list", listed(tmp_path, "a CN\n"))[2]
    assert "a as a_2" in run("--list", tmp_path / "list.txt", "--retry")[2]
    assert found(tmp_path)["C_a"] == "CHHHHO"


def test_lines_of_failures_of_former_versions_tell_the_smiles(run, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "failures.tsv").write_text("C_a.npz\tCN\tIt did not converge.\n", encoding="utf-8")
    assert "had failed before" in run("--list", listed(tmp_path, "a CN\n"))[2]
    assert "had failed before" not in run("--list", listed(tmp_path, "a CO\n"))[2]
