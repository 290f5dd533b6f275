"""Any frame of a trajectory can be chosen; which one it is of how many is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ase import Atoms
from ase.io.trajectory import Trajectory

from xanesview.errors import XanesviewError
from xanesview.io.structures.registry import read_structure

CELL = "4 0 0 0 4 0 0 0 4"


def extended(path: Path) -> Path:
    """Three frames of CO in a cell, the oxygen at 1.1, 1.2 and 1.3 Å."""
    frames = [
        f'2\nLattice="{CELL}" Properties=species:S:1:pos:R:3 pbc="T T T"\nC 0 0 0\nO 0 0 {1.1 + 0.1 * k}\n'
        for k in range(3)
    ]
    path.write_text("".join(frames))
    return path


def models(path: Path) -> Path:
    """The same as models of a PDB file."""
    lines = []
    for k in range(3):
        lines += [f"MODEL     {k + 1:>4}"]
        for n, (symbol, z) in enumerate((("C", 0.0), ("O", 1.1 + 0.1 * k)), start=1):
            place = f"   0.000   0.000{z:8.3f}  1.00  0.00           {symbol}"
            lines.append(f"HETATM{n:>5}  {symbol}   CMO A   1    {place}")
        lines += ["ENDMDL"]
    path.write_text("\n".join([*lines, "END"]) + "\n")
    return path


def configurations(path: Path) -> Path:
    """The same as configurations of an XDATCAR, with a cell of its own each."""
    text = "".join(
        f"melt\n1\n{4 + k} 0 0\n0 4 0\n0 0 4\nC O\n1 1\nDirect configuration=     {k + 1}\n0 0 0\n"
        f"0 0 {(1.1 + 0.1 * k) / 4}\n"
        for k in range(3)
    )
    path.write_text(text)
    return path


def of_ase(path: Path) -> Path:
    """The same as ASE writes it: elements stand in the first frame only."""
    with Trajectory(path, "w") as trajectory:
        for k in range(3):
            trajectory.write(Atoms("CO", [[0, 0, 0], [0, 0, 1.1 + 0.1 * k]], cell=[4, 4, 4], pbc=True))
    return path


def molfiles(path: Path) -> Path:
    """The same as records of an SDF."""
    records = [
        f"CO {k}\n  made\n\n  2  1  0  0  0  0  0  0  0  0999 V2000\n"
        f"    0.0000    0.0000    0.0000 C   0  3\n    0.0000    0.0000{1.1 + 0.1 * k:10.4f} O   0  3\n"
        "  1  2  3  0\nM  CHG  2   1  -1   2   1\nM  END\n> <number>\n1\n\n"
        for k in range(3)
    ]
    path.write_text("$$$$\n".join(records))
    return path


def mol2s(path: Path) -> Path:
    """The same as molecules of a MOL2 file."""
    path.write_text(
        "".join(
            f"@<TRIPOS>MOLECULE\nCO {k}\n2 1\n@<TRIPOS>ATOM\n1 C1 0 0 0 C.1\n2 O1 0 0 {1.1 + 0.1 * k} O.2\n"
            for k in range(3)
        )
    )
    return path


def blocks(path: Path) -> Path:
    """The same as data blocks of a CIF, with one without atoms between them."""
    cell = "".join(f"_cell_length_{x} 4\n" for x in "abc") + "".join(
        f"_cell_angle_{x} 90\n" for x in ("alpha", "beta", "gamma")
    )
    loop = "loop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n"
    each = [f"data_{k}\n{cell}{loop}C1 0 0 0\nO1 0 0 {(1.1 + 0.1 * k) / 4}\n" for k in range(3)]
    path.write_text("\n".join(["data_global\n_journal_year 2020", *each]))
    return path


def animation(path: Path) -> Path:
    """The same as an AXSF with a cell of its own for each step."""
    steps = [
        f"PRIMVEC {k + 1}\n{4 + k} 0 0\n0 4 0\n0 0 4\nPRIMCOORD {k + 1}\n2 1\nC 0 0 0\nO 0 0 {1.1 + 0.1 * k}\n"
        for k in range(3)
    ]
    path.write_text("ANIMSTEPS 3\nCRYSTAL\n" + "".join(steps))
    return path


def jobs(path: Path) -> Path:
    """The same as linked jobs of a Gaussian input."""
    each = [f"#p hf/sto-3g\n\nCO {k}\n\n0 1\nC 0.0 0.0 0.0\nO 0.0 0.0 {1.1 + 0.1 * k}\n\n" for k in range(3)]
    path.write_text("--Link1--\n".join(each))
    return path


WRITERS = {"a.extxyz": extended, "a.pdb": models, "XDATCAR": configurations, "a.traj": of_ase} | {
    "a.sdf": molfiles, "a.mol2": mol2s, "a.cif": blocks, "a.axsf": animation, "a.gjf": jobs
}  # fmt: skip


@pytest.mark.parametrize("name", WRITERS)
def test_each_frame_is_read_as_it_was_written(tmp_path: Path, name: str) -> None:
    path = WRITERS[name](tmp_path / name)
    for frame in range(3):
        structure = read_structure(path, frame)
        assert (structure.frame, structure.n_frames, structure.symbols) == (frame, 3, ["C", "O"])
        np.testing.assert_allclose(structure.positions_angstrom[1], [0, 0, 1.1 + 0.1 * frame], atol=1e-6)
        assert "several-frames" not in [notice.kind for notice in structure.notices]
    assert read_structure(path, -1).frame == 2
    assert read_structure(path).frame == (2 if name == "a.extxyz" else 0)


@pytest.mark.parametrize("name", ["XDATCAR", "a.axsf"])
def test_a_configuration_may_have_a_cell_of_its_own(tmp_path: Path, name: str) -> None:
    path = WRITERS[name](tmp_path / name)
    assert [read_structure(path, k).cell_angstrom[0, 0] for k in range(3)] == [4, 5, 6]


@pytest.mark.parametrize("name", WRITERS)
def test_a_frame_that_is_not_there_says_how_many_there_are(tmp_path: Path, name: str) -> None:
    path = WRITERS[name](tmp_path / name)
    with pytest.raises(XanesviewError, match="holds 3 structures; there is no frame 4") as told:
        read_structure(path, 3)
    assert told.value.hint == "Give a frame from 1 to 3."


def test_a_format_without_frames_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.cjson"
    path.write_text('{"chemicalJson": 1, "atoms": {"elements": {"number": [6]}, "coords": {"3d": [0, 0, 0]}}}')
    assert read_structure(path, 0).n_frames == 1
    with pytest.raises(XanesviewError, match="Frames of Chemical JSON files can't be chosen"):
        read_structure(path, 1)
