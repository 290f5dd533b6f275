"""Layouts of beamlines and programs apart from the usual ones: energies and the usual signal come out right."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.measured_files import ANGLE, ENERGY, I0, IT, MU, rows
from xanesview.domain.measurement import Scan
from xanesview.io.spectra.measurement_file import read_measurement

KEV = ENERGY / 1000.0
TWO = np.stack([MU, 2 * MU, 3 * MU])


def _text(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def _spec(path: Path) -> Path:
    motors = "#F x\n#E 1\n#O0 energy  samx\n\n#S 1 ascan  samx 0 1 3 1\n#N 2\n#L samx  i0\n0 1\n1 1\n2 1\n3 1\n\n"
    cut = "#S 3 escan 7.1 7.13 59 1\n#N 3\n#L energy  i0  i1\n7.08 1 1\n#C Mon  Scan aborted after 1 points.\n"
    return _text(path, f"{motors}#S 2 escan 7.1 7.13 59 1\n#N 3\n#L energy  i0  i1\n{rows(KEV, I0, IT)}\n{cut}")


def _diamond(path: Path) -> Path:
    head = "&SRS\nSRSRUN=12,SRSTLE='foil'\n&END\nqexafs_energy\tTime\tI0\tIt\tlnI0It\n"
    return _text(path, head + rows(ENERGY, 1 + 0 * MU, I0, IT, MU, joint="\t"))


def _units_below_names(path: Path) -> Path:
    return _text(path, "energy\tmu\nkeV\tarb\n" + rows(KEV, MU, joint="\t"))


def _commas_behind_names(path: Path) -> Path:
    return _text(path, " C Density=2.2\n Energy(eV), Delta, Beta\n" + rows(ENERGY, MU[::-1], MU))


def _anomalous(path: Path) -> Path:
    return _text(path, " Photon energy  f'  f''\n" + rows(ENERGY, -MU, MU))


def _monitor(path: Path) -> Path:
    body = rows(ENERGY, np.arange(60), I0, I0 * MU)
    return _text(path, f"#F x\n#S 1 escan 7100 7130\n#N 4\n#L E_Mono  Epoch  MonCounts  FluorCounts\n{body}")


def _emsa(path: Path) -> Path:
    head = "#FORMAT      : EMSA/MAS Spectral Data File\n#NPOINTS     : 60\n#NCOLUMNS    : 2\n#DATATYPE    : XY\n"
    head += "#XUNITS      : Energy Loss (keV)\n#SPECTRUM    : \n"
    pairs = [f"{e:.5f}, {y:.10g}" for e, y in zip(KEV, MU)]
    return _text(path, head + "\n".join(", ".join(pairs[k : k + 2]) for k in range(0, 60, 2)) + "\n#ENDOFDATA   : \n")


def _positioners(path: Path) -> Path:
    with h5py.File(path, "w") as file:
        entry = file.create_group("3.1")
        entry.attrs["NX_class"] = "NXentry"
        entry["measurement/I0"], entry["measurement/It"] = I0, IT
        entry["instrument/positioners/energy"], entry["instrument/positioners/samx"] = KEV, 0.5
    return path


def _plot(path: Path, axes: list[str], values: np.ndarray) -> Path:
    with h5py.File(path, "w") as file:
        plot = file.create_group("entry/data")
        file["entry"].attrs["NX_class"] = "NXentry"
        plot.attrs["NX_class"], plot.attrs["signal"], plot.attrs["axes"] = "NXdata", "mu", axes
        plot["energy"], plot["angle"], plot["mu"] = ENERGY, [20.0, 55.0, 90.0], values
        plot["energy"].attrs["units"], plot["angle"].attrs["units"] = "eV", "deg"
    return path


def _workbook(path: Path) -> Path:
    """Numbers with decimal commas as text, an empty column, a title, and a sheet that was moved before another."""
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    link = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'

    def cell(place: str, text: object) -> str:
        return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'

    body = f"<row>{cell('A1', 'Foil, run 5')}</row><row>{cell('B3', 'Energie (keV)')}{cell('C3', 'mu')}</row>"
    for k, (energy, mu) in enumerate(zip(KEV, MU), start=4):
        cells = (cell(f"B{k}", f"{energy:.5f}".replace(".", ",")), cell(f"C{k}", f"{mu:.10f}".replace(".", ",")))
        body += f"<row>{''.join(cells)}</row>"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        sheets = '<sheet name="b" sheetId="2" r:id="rId2"/><sheet name="a" sheetId="1" r:id="rId1"/>'
        archive.writestr("xl/workbook.xml", f"<workbook {space} {link}><sheets>{sheets}</sheets></workbook>")
        targets = "".join(f'<Relationship Id="rId{k}" Target="worksheets/sheet{k}.xml"/>' for k in (1, 2))
        archive.writestr("xl/_rels/workbook.xml.rels", f"<Relationships>{targets}</Relationships>")
        for k, rows_of_sheet in ((1, f"<row>{cell('A1', 'notes')}</row>"), (2, body)):
            sheet = f"<worksheet {space}><sheetData>{rows_of_sheet}</sheetData></worksheet>"
            archive.writestr(f"xl/worksheets/sheet{k}.xml", sheet)
    path.write_bytes(content.getvalue())
    return path


LAYOUTS = {
    "scans.spec": _spec, "diamond.dat": _diamond, "units.txt": _units_below_names, "cxro.dat": _commas_behind_names,
    "f2.dat": _anomalous, "emsa.msa": _emsa, "bliss.h5": _positioners, "book.xlsx": _workbook, "mon.spec": _monitor,
}  # fmt: skip


def _first(path: Path) -> Scan:
    return read_measurement(path).scans[0]


@pytest.mark.parametrize("name", LAYOUTS)
def test_energies_and_the_usual_signal_come_out(tmp_path, name) -> None:
    scan = _first(LAYOUTS[name](tmp_path / name))
    np.testing.assert_allclose(scan.energy_ev, ENERGY, rtol=1e-6)
    np.testing.assert_allclose(scan.signals[0].values, MU, rtol=1e-6)


@pytest.mark.parametrize(("axes", "values"), [(["angle", "energy"], TWO), (["energy", "angle"], TWO.T)])
def test_spectra_of_a_stack_are_called_by_its_other_axis_whichever_comes_first(tmp_path, axes, values) -> None:
    scans = read_measurement(_plot(tmp_path / "a.h5", axes, values)).scans
    assert [scan.label for scan in scans] == ["entry angle = 20 deg", "entry angle = 55 deg", "entry angle = 90 deg"]
    for k, scan in enumerate(scans, start=1):
        np.testing.assert_allclose(scan.signals[0].values, k * MU)


def test_a_motor_in_degrees_or_kev_is_asked_for(tmp_path) -> None:
    """Numbers from 16 to 17 can be either; angles fall where energies rise."""
    head = "#F x\n#S 1 ascan mono 16 16.3 59 1\n#N 3\n#L mono  I0  I1\n"
    falling = read_measurement(_text(tmp_path / "a.spec", head + rows(ANGLE, I0, IT)))
    np.testing.assert_allclose(falling.scans[0].energy_ev, ENERGY, atol=0.2)
    rising = read_measurement(_text(tmp_path / "b.spec", head + rows(KEV, I0, IT)))
    np.testing.assert_allclose(rising.scans[0].energy_ev, ENERGY)
    assert any("degrees" in one.message for one in falling.questions)
    assert any("in keV" in one.message for one in rising.questions)


@pytest.mark.parametrize("head", ["# E-E0 mu\n", "#   Energy (eV)    sigmatot\n", "# energy mu\n"])
def test_energies_below_zero_count_from_an_edge_and_that_is_told(tmp_path, head) -> None:
    found = read_measurement(_text(tmp_path / "a.dat", head + rows(ENERGY - 7112.0, MU)))
    assert found.scans[0].axis == "relative"
    assert "goes below 0 and counts from an edge" in found.questions[0].message
