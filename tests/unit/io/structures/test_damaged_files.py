"""Files that are cut, mutated or absurd: a structure or one clear sentence, soon, whatever the reader."""

from __future__ import annotations

import gc
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from xanesview.errors import XanesviewError
from xanesview.io.structures.registry import FORMATS, read_structure

FILES = Path(__file__).parents[3] / "data" / "structures"
HUGE = "9" * 5000
SECONDS = 0.5


@pytest.fixture(scope="module", autouse=True)
def readers_loaded() -> None:
    """Load every reader once: what is timed is the reading, not the import."""
    for fmt in FORMATS:
        fmt.function("read")
    for name in ("sodium_chloride.cif", "ethanol.mol", "water.xyz"):
        read_structure(FILES / name)


@pytest.fixture(scope="module", autouse=True)
def no_collection() -> Iterator[None]:
    """Keep the collector of garbage out of what is timed: behind thousands of tests it takes a second or two."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def outcome(path: Path) -> str:
    """Read a file; return its formula, or the sentence that refuses it. No warning, no other error, no delay."""
    begin = time.process_time()  # not of the wall clock, which runs on while others compute
    formula, refusal = "", None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            formula = read_structure(path).formula
        except XanesviewError as error:
            refusal = error
    assert time.process_time() - begin < SECONDS
    if refusal is None:
        return formula
    assert refusal.message.endswith(".")
    assert "\n" not in refusal.message
    assert refusal.hint
    return refusal.message


CELL = "data_x\n_cell_length_a {}\n_cell_length_b 5\n_cell_length_c 5\n_cell_angle_alpha {}\n_cell_angle_beta 90\n"
ATOMS = (
    "_cell_angle_gamma 90\n_space_group_IT_number {}\nloop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n"
    "_atom_site_fract_z\nNa1 0 0 0\nCl1 {} .5 .5\n"
)


@pytest.mark.parametrize(
    ("name", "text", "part"),
    [
        ("charge.extxyz", f"1\nProperties=species:S:1:pos:R:3 charge={HUGE}\nC 0 0 0\n", "C"),
        ("count.xyz", f"{HUGE}\n\nC 0 0 0\n", "number of atoms"),
        ("second_count.xyz", f"1\n\nC 0 0 0\n{HUGE}\n", "next number"),
        ("columns.extxyz", f"1\nProperties=species:S:1:pos:R:{HUGE}\nC 0 0 0\n", "C"),
        ("superscript.xyz", "1\n\n² 0 0 0\n", "not a chemical element"),
        ("superscript_column.extxyz", "1\nProperties=species:S:1:pos:R:²\nC 0 0 0\n", "C"),
        ("tiny.extxyz", '1\nLattice="1e-3 0 0 0 1e-3 0 0 0 1000" pbc="T T T"\nC 0 0 0\n', "every 0.001 Å"),
        ("endless.extxyz", '1\nLattice="2 0 0 0 2 0 0 0 1e19" pbc="T T F"\nC 0 0 0\n', "longer than"),
        ("skewed.extxyz", '1\nLattice="9 0 0 90000 9 0 0 0 9"\nC 0 0 0\n', "skewed"),
        ("far.xyz", "1\n\nC 1e300 0 0\n", "below"),
        ("needle.cif", CELL.format(5, 0.09) + ATOMS.format(1, 0.5), "overlap their own images"),
        ("no_angle.cif", CELL.format(5, 180) + ATOMS.format(1, 0.5), "impossible"),
        ("far.cif", CELL.format(5, 90) + ATOMS.format(225, HUGE), "not a finite number"),
        ("long.cif", CELL.format(HUGE, 90) + ATOMS.format(1, 0.5), "_cell_length_a"),
        ("division.cif", CELL.format(5, 90) + "loop_\n_symmetry_equiv_pos_as_xyz\n'x,y,z+1/0.0'\n"
         + ATOMS.format(1, 0.5), "ClNa"),
        ("POSCAR_needle", "x\n-64\n1 0 0\n0 1 0\n0 0 1e10\nSi\n1\nDirect\n0 0 0\n", "longer than"),
        ("POSCAR_overflow", "x\n1e308\n1e308 0 0\n0 1 0\n0 0 1\nSi\n1\nDirect\n0 0 0\n", "below"),
        ("angle.pdb", "CRYST1   40.000   40.000   20.000  90.00  90.00   0.00 P 1\n"
         "HETATM    1  C1  MOL A   1       0.000   0.000   0.000  1.00  0.00           C\n", "impossible"),
        ("count.mol", "\n\n\n²  0  0  0  0  0  0  0  0  0999 V2000\n", "no number of atoms"),
        ("symbol.mol", "\n\n\n  1  0  0  0  0  0  0  0  0  0999 V2000\n    0.0000    0.0000    0.0000\x8e C 0\n", ""),
        ("query.mol", "\n\n\n  0  0  0     0  0              0 V3000\nM  V30 BEGIN CTAB\nM  V30 COUNTS 1 0 0 0 0\n"
         "M  V30 BEGIN ATOM\nM  V30 1 C nan 0 0 0\nM  V30 END ATOM\nM  V30 END CTAB\nM  END\n", "not a finite number"),
        ("deep.cjson", '{"atoms": {"coords": ' + "[" * 100_000, "not complete JSON"),
        ("big.cjson", '{"chemicalJson": 1, "atoms": {"elements": {"number": [6]}, "coords": {"3d": [1e999, 0, 0]}}}',
         "not three numbers"),
    ],
)  # fmt: skip
def test_absurd_numbers(tmp_path: Path, name: str, text: str, part: str) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode("utf-8"))
    assert part in outcome(path)


def test_every_file_cut_anywhere_is_told_or_read(tmp_path: Path) -> None:
    sources = [p for p in sorted(FILES.iterdir()) if p.is_file() and p.stat().st_size < 3000]
    assert len(sources) > 80
    for source in sources:
        data = source.read_bytes()
        for end in np.linspace(1, len(data) - 1, 6).astype(int):
            path = tmp_path / source.name
            path.write_bytes(data[:end])
            assert outcome(path)


@pytest.mark.parametrize(
    "token", [b"nan", b"1e308", b"-1", b"0", HUGE[:400].encode(), "²".encode(), b"'", b"\xff", b"x,y"]
)
def test_every_file_with_a_word_exchanged_is_told_or_read(tmp_path: Path, token: bytes) -> None:
    random = np.random.default_rng(len(token))
    for source in [p for p in sorted(FILES.iterdir()) if p.is_file() and p.stat().st_size < 3000]:
        words = source.read_bytes().split(b" ")
        for k in random.integers(0, len(words), 3):
            path = tmp_path / source.name
            path.write_bytes(b" ".join([*words[:k], token, *words[k + 1 :]]))
            assert outcome(path)


# ---- contacts ----


def lattice(count: int, spacing: float = 2.4) -> np.ndarray:
    grid = np.stack(np.meshgrid(*[np.arange(7)] * 3, indexing="ij"), -1).reshape(-1, 3)[:count]
    return grid * spacing


def xyz_of(positions: np.ndarray) -> str:
    return "\n".join([str(len(positions)), "block", *(f"Si {x:.4f} {y:.4f} {z:.4f}" for x, y, z in positions)])


@pytest.mark.parametrize("gap", [0.0, 0.3, 0.9])
def test_one_bad_contact_among_hundreds_is_told(tmp_path: Path, gap: float) -> None:
    positions = lattice(300)
    positions[150] = positions[149] + [gap, 0, 0]
    (tmp_path / "large.xyz").write_text(xyz_of(positions))
    structure = read_structure(tmp_path / "large.xyz")
    assert structure.n_atoms == 300
    notice = next(n for n in structure.notices if n.kind == "overlap")
    assert "Si atom 149 and Si atom 150" in notice.message
    assert f"{gap:.2f} Å" in notice.message
    assert "those of other atoms stand" in notice.hint


def test_in_a_small_molecule_or_everywhere_it_is_refused(tmp_path: Path) -> None:
    small = lattice(8)
    small[1] = small[0] + [0.3, 0, 0]
    (tmp_path / "small.xyz").write_text(xyz_of(small))
    (tmp_path / "bohr.xyz").write_text(xyz_of(lattice(300, spacing=0.9)))
    for name in ("small.xyz", "bohr.xyz"):
        with pytest.raises(XanesviewError, match="overlap"):
            read_structure(tmp_path / name)
