"""Quantum ESPRESSO's inputs whose cell is told by ibrav: with A, B, C and cosines as with celldm."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ase.geometry import cell_to_cellpar

from xanesview.errors import XanesviewError
from xanesview.io.structures.registry import read_structure

BOHR = 0.529177210903
FCC = (2.9698, 2.9698, 2.9698, 60, 60, 60)


def written(folder: Path, system: str) -> Path:
    """Write an input of pw.x with one carbon atom at the origin and one amid the cell."""
    path = folder / "crystal.pwi"
    path.write_text(
        f"&control\n/\n&system\n {system}, nat=2, ntyp=1\n/\nATOMIC_SPECIES\nC 12.0 C.UPF\n"
        "ATOMIC_POSITIONS crystal\nC 0 0 0\nC 0.5 0.5 0.5\n"
    )
    return path


@pytest.mark.parametrize(
    ("system", "parameters"),
    [
        ("ibrav=1, A=4.2", (4.2, 4.2, 4.2, 90, 90, 90)), ("ibrav=2, a = 4.2", FCC),
        (f"ibrav=2, celldm(1)={4.2 / BOHR}", FCC), ("ibrav=4, A=2.46, C=10.0", (2.46, 2.46, 10, 90, 90, 120)),
        ("ibrav=5, A=5.0, cosAB=0.5", (5, 5, 5, 60, 60, 60)), ("ibrav=-5, A=5.0, cosAB=0.5", (5, 5, 5, 60, 60, 60)),
        ("ibrav=6, A=4.0, C=6.0", (4, 4, 6, 90, 90, 90)), ("ibrav=8, A=4, B=5, C=6", (4, 5, 6, 90, 90, 90)),
        ("ibrav=12, A=4, B=5, C=6, cosAB=0.5", (4, 5, 6, 90, 90, 60)),
        ("ibrav=-12, A=4, B=5, C=6, cosAC=-0.5", (4, 5, 6, 90, 120, 90)),
        ("ibrav=14, A=4, B=5, C=6, cosAB=0.1, cosAC=0.2, cosBC=0.3", (4, 5, 6, 72.5424, 78.4630, 84.2608)),
    ],
)  # fmt: skip
def test_cells_by_lengths_and_cosines(tmp_path: Path, system: str, parameters: tuple[float, ...]) -> None:
    crystal = read_structure(written(tmp_path, system))
    np.testing.assert_allclose(cell_to_cellpar(crystal.cell_angstrom), parameters, atol=1e-3)
    middle = crystal.cell_angstrom.sum(axis=0) / 2
    np.testing.assert_allclose(crystal.positions_angstrom[1] - crystal.positions_angstrom[0], middle, atol=1e-9)


def test_a_lattice_without_any_length_is_refused(tmp_path: Path) -> None:
    with pytest.raises(XanesviewError, match="gives no lattice parameter"):
        read_structure(written(tmp_path, "ibrav=4, C=10.0"))
