"""Every format that is written is read back with its numbers, its names and all that is known of it: all pairs."""

from __future__ import annotations

import gzip
import itertools
from pathlib import Path

import numpy as np
import pytest

from tests.measured_files import ENERGY, I0, IT, MU
from xanesview.cli.main import main
from xanesview.domain.measurement import Scan
from xanesview.domain.spectrum import Spectrum
from xanesview.io.spectra.curves import write_curves
from xanesview.io.spectra.measurement_file import read_measurement
from xanesview.io.spectra.spectrum_file import read_spectrum
from xanesview.io.spectra.written import scans_of_own

FORMATS = (".csv", ".xdi", ".h5", ".prj")
ODD = "θ = 20° of a film: “a, b” | 'c' \\ so"
FACTS = {
    "network": "c_k_edge_tensor",
    "network_version": "2026-11-30",
    "network_hash": "46a679fd5a71",
    "structure_hash": "e657bca450e94c6d40b5c5624e044734",
    "site_weights": "1 0.5 0.25",
    "direction": "0.34202014332566877,0,0.9396926207859084",
    "step 1": "E0 by the largest derivative: 7112.01 eV",
    "step 2": "edge step: 0.98 | flattened",
    "e0_ev": " ".join(f"{289 + k / 7:.4f}" for k in range(300)),
    "notices": "one | two: three",
    "edge": "Fe K",
    "odd: key": "  blanks, \t and\nlines ",
    "sample.name": "rust",
    "program": "xanesview 0.1.0",
    "label": "not the scan's",
    "signal 1 kind": "odd",
    "empty": "",
}


def _predicted(folder: Path) -> Path:
    path = folder / "hematite.csv"
    words = ["example:hematite_001", "--sites", "0,5", "--theta", "20", "--out", str(path), "--quiet"]
    assert main(["predict", *words]) == 0
    return path


def _tensors(folder: Path) -> Path:
    path = folder / "benzene.h5"
    assert main(["predict", "example:benzene", "--sites", "0,1", "--theta", "20", "--out", str(path), "--quiet"]) == 0
    return path


def _measured(folder: Path) -> Path:
    path = folder / "scan.dat"
    np.savetxt(path, np.column_stack([ENERGY, I0, IT]), header="energy I0 It")
    return path


def _curves(folder: Path) -> Path:
    path = folder / "curves.csv"
    one = Spectrum(ENERGY, MU, "edge steps", ODD, "measured", 0.0, provenance=FACTS)
    two = Spectrum(ENERGY, MU * np.pi, "hartree bohr²/eV", "sum", "predicted", 0.75,
                   provenance={**FACTS, "direction": "0,0,1"})  # fmt: skip
    write_curves(path, [one, two, Spectrum(ENERGY, 2 * MU, label="µ", kind="frozen", provenance={"site": "3"})])
    return path


def _processed(folder: Path) -> Path:
    recipe = folder / "recipe.toml"
    recipe.write_text('[[steps]]\nkind = "e0"\n\n[[steps]]\nkind = "energy_shift"\nshift_ev = 0.3\n', encoding="utf-8")
    words = [str(_measured(folder)), "--recipe", str(recipe), "--out", str(folder / "done"), "--quiet"]
    assert main(["process", *words]) == 0
    return folder / "done" / "scan.csv"


SOURCES = {"predicted": _predicted, "tensors": _tensors, "measured": _measured, "curves": _curves,
           "processed": _processed}  # fmt: skip


def _scan(path: Path) -> Scan:
    own = scans_of_own(path)
    return own[0] if own is not None else read_measurement(path).scans[0]


def _check(found: Scan, expected: Scan, holds_raw: bool) -> None:
    """Compare a scan that was read back with the one that was written, on whatever axis."""
    shift = 0.0
    if expected.axis == "relative" and found.axis == "absolute":
        shift = np.mean([float(word) for word in expected.facts["e0_ev"].split()])
        assert f"{shift:.4f} eV added" in found.energy_from
    else:
        assert found.axis == expected.axis
        assert found.energy_from == expected.energy_from
    np.testing.assert_allclose(found.energy_ev, expected.energy_ev + shift, rtol=1e-13, atol=1e-9)
    assert (found.label, found.kind) == (expected.label, expected.kind)
    facts = {key: value for key, value in expected.facts.items() if not (shift and key == "energies")}
    assert facts.items() <= {"file": facts.get("file"), **found.facts}.items()
    assert set(found.facts) - set(facts) <= {"file", "intensity_unit", "element.symbol", "element.edge"}
    signals = [one for k, one in enumerate(expected.signals) if holds_raw or k == 0 or one.kind != "raw"]
    assert [(one.name, one.formula, one.kind, dict(one.facts)) for one in found.signals] == [
        (one.name, one.formula, one.kind, dict(one.facts)) for one in signals
    ]
    for one, two in zip(found.signals, signals, strict=True):
        np.testing.assert_array_equal(one.values, two.values)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(("first", "second"), list(itertools.product(FORMATS, FORMATS)))
def test_every_pair_of_formats_gives_back_numbers_names_and_facts(tmp_path, source, first, second, capsys) -> None:
    path = SOURCES[source](tmp_path)
    expected = _scan(path)
    once, twice = tmp_path / f"once{first}", tmp_path / f"twice{second}"
    assert main(["convert", str(path), "--out", str(once)]) == 0
    _check(_scan(once), expected, first != ".prj")
    assert main(["convert", str(once), "--out", str(twice)]) == 0
    again = _scan(once) if first == ".prj" or second != ".prj" else expected
    _check(_scan(twice), again if again.axis == "absolute" else expected, ".prj" not in (first, second))
    window, written = read_spectrum(twice), _scan(twice).spectrum()  # as the window reads it, without a question
    np.testing.assert_array_equal(window.intensity, written.intensity)
    assert (window.label, window.unit, window.native_fwhm_ev) == (written.label, written.unit, written.native_fwhm_ev)
    assert window.provenance == written.provenance


@pytest.mark.parametrize("ending", FORMATS)
def test_each_signal_is_a_spectrum_with_its_own_unit_width_and_kind(tmp_path, ending) -> None:
    path, out = _curves(tmp_path), tmp_path / f"out{ending}"
    assert main(["convert", str(path), "--out", str(out)]) == 0
    scan = read_measurement(out).scans[0]
    predicted = scan.spectrum("sum")
    assert (predicted.kind, predicted.unit, predicted.native_fwhm_ev) == ("predicted", "hartree bohr²/eV", 0.75)
    assert predicted.provenance["direction"] == "0,0,1"
    assert scan.spectrum(ODD).kind == "measured"
    assert scan.spectrum(ODD).provenance["direction"] == FACTS["direction"]
    assert scan.spectrum("µ").provenance["site"] == "3"


def test_a_project_that_athena_saved_again_keeps_what_was_changed_there(tmp_path) -> None:
    out = tmp_path / "out.prj"
    assert main(["convert", str(_measured(tmp_path)), "--out", str(out)]) == 0
    text = gzip.decompress(out.read_bytes()).decode()
    lines = [line for line in text.splitlines() if not line.startswith("# written by")]
    saved = (
        "\n".join(lines).replace("'bkg_eshift','0'", "'bkg_eshift','0.5'").replace("'label','scan'", "'label','mine'")
    )
    out.write_bytes(gzip.compress(saved.encode()))
    scan = read_measurement(out).scans[0]
    np.testing.assert_allclose(scan.energy_ev, ENERGY + 0.5)
    assert scan.label == "mine"
    assert scan.energy_from == "energy (eV) + 0.5 eV"
    assert scan.signals[0].formula == "ln(I0/It)"
    assert "edge of the file" in scan.facts


def test_a_table_whose_columns_another_program_changed_is_read_by_what_stands_there(tmp_path) -> None:
    out = tmp_path / "out.csv"
    assert main(["convert", str(_measured(tmp_path)), "--out", str(out)]) == 0
    out.write_text(out.read_text(encoding="utf-8").replace("energy_ev,µ (transmission),", "energy_ev,other,"), "utf-8")
    scan = read_measurement(out).scans[0]
    assert "other" in [one.name for one in scan.signals]
    np.testing.assert_allclose(scan.energy_ev, ENERGY)


def test_columns_that_are_no_absorption_are_told_of_where_a_project_has_no_place_for_them(tmp_path, capsys) -> None:
    assert main(["convert", str(_measured(tmp_path)), "--out", str(tmp_path / "out.prj")]) == 0
    assert "left out: “I0”, “It”" in capsys.readouterr().err
