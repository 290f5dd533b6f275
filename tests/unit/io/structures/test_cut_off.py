"""Structure files that end before they should: refused, or read with a notice, and never as less without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from xanesview.errors import XanesviewError
from xanesview.io.structures.registry import read_structure

CELL = (
    "%block lattice_cart\n 8 0 0\n 0 8 0\n 0 0 8\n%endblock lattice_cart\n"
    "%block positions_abs\n C 0 0 0\n O 0 0 1.13\n%endblock positions_abs\n"
)
ROW = "HETATM{n:>5}  {name:<3} FOR A   1       0.000   0.000{z:8.3f}  1.00  0.00\n"
MODEL = "MODEL        1\n" + ROW.format(n=1, name="C1", z=0) + ROW.format(n=2, name="O1", z=1.13)
ATOMS = "ANIMSTEPS 2\nATOMS 1\nC 0 0 0\nO 0 0 1.13\nATOMS 2\nC 0 0 0\nO 0 0 1.20\n"
STEPS = "ANIMSTEPS 2\nCRYSTAL\nPRIMVEC\n8 0 0\n0 8 0\n0 0 8\n" + "".join(
    f"PRIMCOORD {k}\n2 1\nC 0 0 0\nO 0 0 1.{k}\n" for k in (1, 2)
)
CRYSTAL = (
    "TITL urea\nCELL 0.71073 5.565 5.565 4.684 90 90 90\nLATT -1\nSFAC C O\nUNIT 1 1\nFVAR 0.8\n"
    "C1 1 0 0 0.1 11 0.02\nO1 2 0 0 0.37 11 0.03\nHKLF 4\nEND\n"
)


def _read(folder: Path, name: str, text: str, frame: int | None = None) -> tuple[int, int, list[str]]:
    path = folder / name
    path.write_text(text)
    found = read_structure(path, frame)
    return len(found.numbers), found.n_frames, [one.message for one in found.notices if one.kind == "cut-off"]


@pytest.mark.parametrize(("name", "text"), [("a.cell", CELL), ("a.pdb", MODEL + "ENDMDL\nEND\n"), ("a.axsf", ATOMS),
                                            ("b.axsf", STEPS), ("a.res", CRYSTAL)])  # fmt: skip
def test_a_whole_file_is_read_without_a_word(tmp_path, name, text):
    atoms, _, told = _read(tmp_path, name, text)
    assert atoms == 2
    assert told == []


@pytest.mark.parametrize("n_lines", [7, 8])
def test_a_castep_block_without_its_end_is_refused(tmp_path, n_lines):
    text = "".join(CELL.splitlines(True)[:n_lines])
    with pytest.raises(XanesviewError, match=r"The block POSITIONS_ABS of a.cell has no end"):
        _read(tmp_path, "a.cell", text)


def test_a_castep_block_that_begins_in_another_is_refused(tmp_path):
    with pytest.raises(XanesviewError, match=r"LATTICE_CART of a.cell has no end"):
        _read(tmp_path, "a.cell", CELL.replace("%endblock lattice_cart\n", ""))


def test_the_only_model_of_a_pdb_file_that_is_cut_off_says_so(tmp_path):
    atoms, _, told = _read(tmp_path, "a.pdb", "".join(MODEL.splitlines(True)[:2]))
    assert atoms == 1
    assert told == ["The file has no ENDMDL, so that atoms may be missing."]


@pytest.mark.parametrize("ending", ["END\n", "TER\nCONECT    1    2\nEND\n"])
def test_a_model_before_the_end_of_a_pdb_file_is_whole(tmp_path, ending):
    assert _read(tmp_path, "a.pdb", MODEL + ending)[2] == []


def test_a_model_that_is_cut_off_after_whole_ones_is_left_out(tmp_path):
    atoms, n, told = _read(tmp_path, "a.pdb", MODEL + "ENDMDL\n" + "".join(MODEL.splitlines(True)[:2]))
    assert (atoms, n) == (2, 1)
    assert told == ["The file ends amid another structure, which was left out."]


@pytest.mark.parametrize(("n_lines", "atoms"), [(4, 2), (3, 1)])
def test_an_animation_that_holds_fewer_steps_than_it_announces_says_so(tmp_path, n_lines, atoms):
    held, _, told = _read(tmp_path, "a.axsf", "".join(ATOMS.splitlines(True)[:n_lines]))
    assert held == atoms
    assert told == ["The file announces 2 structures but holds 1; the last may lack atoms."]


@pytest.mark.parametrize(("asked", "is_told"), [(None, True), (0, False), (1, True)])
def test_a_last_step_of_fewer_atoms_says_so(tmp_path, asked, is_told):
    _, n, told = _read(tmp_path, "a.axsf", "".join(ATOMS.splitlines(True)[:-1]), asked)
    assert n == 2
    assert told == ["The last structure of the file has fewer atoms than the one before."] * is_told


@pytest.mark.parametrize("left_out", [1, 2, 3])
def test_a_last_step_of_fewer_atoms_than_announced_is_left_out(tmp_path, left_out):
    atoms, n, told = _read(tmp_path, "a.axsf", "".join(STEPS.splitlines(True)[:-left_out]))
    assert (atoms, n) == (2, 1)
    assert told == ["The file ends amid another structure, which was left out."]


@pytest.mark.parametrize(("n_lines", "atoms"), [(8, 2), (7, 1)])
def test_a_shelx_file_without_its_end_says_so(tmp_path, n_lines, atoms):
    held, _, told = _read(tmp_path, "a.res", "".join(CRYSTAL.splitlines(True)[:n_lines]))
    assert held == atoms
    assert told == ["The file has no HKLF and no END, so that atoms may be missing."]


@pytest.mark.parametrize("announced", ["1", "3", "9999999999", "9" * 30])
def test_mol2_of_another_number_of_atoms_than_announced_is_refused(tmp_path, announced):
    text = f"@<TRIPOS>MOLECULE\nx\n {announced} 1 1\nSMALL\n\n@<TRIPOS>ATOM\n1 C1 0 0 0 C.3\n2 O1 1.2 0 0 O.2\n"
    with pytest.raises(XanesviewError, match=r"announces [\d,]+ atoms? but holds 2"):
        _read(tmp_path, "a.mol2", text)
