"""Numbers in files are what instruments and programs write: Python's underscores between digits are none."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from tests import measured_files as made
from xanesview.errors import XanesviewError
from xanesview.io.spectra import athena, lytle, srs
from xanesview.io.spectra.column_text import LAYOUTS
from xanesview.io.spectra.spectrum_file import read_spectrum
from xanesview.io.structures.registry import read_structure

HERE = Path(__file__).parents[2] / "data" / "structures"
SAMPLES = (
    "water.xyz", "ethanol.mol", "acetonitrile.mol2", "methanol.cjson", "urea.res", "silicon.cell", "silicon.pwi",
    "rutile_geometry.in", "hydrogen_peroxide.com", "graphene.xsf", "POSCAR_rutile", "sodium_chloride.cif",
    "packed_cell.pdb",
)  # fmt: skip


@pytest.mark.parametrize("name", SAMPLES)
def test_a_coordinate_with_an_underscore_is_none(name: str, tmp_path: Path) -> None:
    text = (HERE / name).read_text(encoding="latin-1")
    whole = read_structure(HERE / name)
    places = [found for found in re.finditer(r"(?<![\w.])-?\d+\.\d+(?![\w.])", text) if float(found[0])]
    path = tmp_path / name
    for found in places[-1], places[len(places) // 2]:
        word = re.sub(r"(\d\.\d*?)(\d)$", r"\1", found[0]) + "0_0"
        path.write_text(text[: found.start()] + word + text[found.end() :], encoding="latin-1")
        try:
            read = read_structure(path)
        except XanesviewError:
            continue
        np.testing.assert_allclose(read.positions_angstrom, whole.positions_angstrom)  # it stood where nothing is read


def test_cells_of_a_table_with_an_underscore_are_none() -> None:
    assert [layout.number("280_0") for layout in LAYOUTS] == [None] * len(LAYOUTS)
    assert np.isnan(athena._number("280_0"))
    assert np.isnan(lytle._number("280_0"))
    assert srs._points(["280_0 1.0 2.0", "281.0 1.0 2.0"]) == [[281.0, 1.0, 2.0]]


def test_a_row_with_an_underscore_is_no_row(tmp_path: Path) -> None:
    energy = np.linspace(280.0, 300.0, 21)
    lines = made.rows(energy, np.sin(energy)).splitlines()
    lines[5] = lines[5].replace("28", "2_8", 1)
    path = tmp_path / "scan.dat"
    path.write_text("\n".join(lines) + "\n")
    assert read_spectrum(path).energy_ev.size == 20
