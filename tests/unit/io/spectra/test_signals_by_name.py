"""Signals by the names of the columns: ratios are never divided again, I0 is known by its common names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xanesview.io.spectra.channels import role
from xanesview.io.spectra.interpretation import Answers
from xanesview.io.spectra.measurement_file import read_measurement

ENERGY = np.arange(280.0, 310.0, 0.5)
MU = 0.6 + np.arctan((ENERGY - 290.0) / 0.8) / np.pi
I0 = 1e5 * (1.0 + 0.02 * np.sin(ENERGY))
COUNTS = {"mu": MU, "I0": I0, "It": I0 * np.exp(-MU), "yield": I0 * MU, "T": np.exp(-MU)}


def scan_of(folder: Path, **columns: str):
    """Return the measurement of a table whose columns are called so and hold these of `COUNTS`."""
    values = [ENERGY, *(COUNTS[text] for text in columns.values())]
    path = folder / "scan.csv"
    head = ",".join(["energy", *columns])
    np.savetxt(path, np.column_stack(values), delimiter=",", header=head, comments="", fmt="%.10g")
    return read_measurement(path)


@pytest.mark.parametrize(
    "columns",
    [
        {"TEY/I0": "mu", "TEY": "yield"},
        {"Drain/I0": "mu", "Drain": "yield"},
        {"Counts/I0": "mu", "I0": "I0"},
        {"-log(I1/I0)": "mu", "I1": "It"},
        {"ln_I0_It": "mu", "It": "It"},
        {"It/I0": "T", "It": "It"},
        {"TEY_I0": "mu", "TEY": "yield", "I0": "I0"},
        {"TEY norm by I0": "mu", "TEY": "yield"},
    ],
)
def test_ratios_and_logarithms_are_drawn_as_they_are_and_never_divided_again(tmp_path, columns) -> None:
    scan = scan_of(tmp_path, **columns).scans[0]
    np.testing.assert_allclose(scan.signals[0].values, MU, rtol=1e-6)
    first = next(iter(columns))
    wrong = [one.formula for one in scan.signals if f"/{first}" in one.formula or f'/"{first}"' in one.formula]
    assert not [formula for formula in wrong if not formula.startswith("ln(1/")]


def test_a_logarithm_the_wrong_way_up_is_turned_and_that_stands_in_the_formula(tmp_path) -> None:
    path = tmp_path / "scan.dat"
    np.savetxt(path, np.column_stack([ENERGY, -MU, COUNTS["It"]]), header="energy log(I1/I0) I1", comments="")
    signal = read_measurement(path).scans[0].signals[0]
    np.testing.assert_allclose(signal.values, MU, rtol=1e-6)
    assert signal.formula == '-"log(I1/I0)"' or signal.formula == "-log(I1/I0)"


@pytest.mark.parametrize(
    "name",
    ["I0_norm", "norm_I0", "Izero", "I_zero", "mon", "Monitor", "Mesh_Current", "AuMesh", "Gold mesh", "Photon flux",
     "beam_monitor", "IC0", "ionchamber0", "I0 normalized"],
)  # fmt: skip
def test_common_names_of_i0_divide_the_yield_and_are_not_drawn_first(tmp_path, name) -> None:
    assert role(name) == "i0"
    found = scan_of(tmp_path, **{name: "I0", "TEY": "yield"})
    np.testing.assert_allclose(found.scans[0].signals[0].values, MU, rtol=1e-6)
    assert [one.about for one in found.questions] == ["signal"]


@pytest.mark.parametrize("name", ["mono", "Common", "harmonic", "lemon", "TEY_norm", "Au", "ring current"])
def test_other_names_are_none_of_i0(name) -> None:
    assert role(name) != "i0"


@pytest.mark.parametrize("counter", ["Detector", "det", "Signal", "counts"])
def test_plain_counters_are_offered_over_their_monitor(tmp_path, counter) -> None:
    found = scan_of(tmp_path, Monitor="I0", **{counter: "yield"})
    assert found.scans[0].signals[0].formula == f"{counter}/Monitor"
    assert f"“{counter}”" in found.questions[0].message


def test_time_stamps_are_not_offered(tmp_path) -> None:
    found = scan_of(tmp_path, counter1="I0", counter2="It", sensors_timestamps="mu")
    assert "sensors_timestamps" not in [one.name for one in found.scans[0].signals]


@pytest.mark.parametrize(("unit", "factor"), [("radians", 1.0), ("mrad", 1000.0)])
def test_angles_in_radians_become_energies(tmp_path, unit, factor) -> None:
    energy = np.linspace(7050.0, 7300.0, 60)
    angle = np.arcsin(12398.419843320026 / (2.0 * 3.1355 * energy)) * factor
    path = tmp_path / "scan.xdi"
    head = f"XDI/1.0\nColumn.1: angle {unit}\nColumn.2: mufluor\nMono.d_spacing: 3.1355\n---"
    np.savetxt(path, np.column_stack([angle, MU]), header=head, fmt="%.12g")
    np.testing.assert_allclose(read_measurement(path).scans[0].energy_ev, energy, rtol=1e-9)
    bare = tmp_path / "scan.dat"
    np.savetxt(bare, np.column_stack([angle, MU]), fmt="%.12g")
    asked = read_measurement(bare, Answers(energy="1", unit=unit, d_spacing_angstrom=3.1355))
    np.testing.assert_allclose(asked.scans[0].energy_ev, energy, rtol=1e-9)


def test_a_spec_scan_of_another_motor_is_no_spectrum_whatever_a_column_is_called(tmp_path) -> None:
    place = np.linspace(0.0, 1.0, 60)
    text = ""
    for number, (command, energy) in enumerate(
        [("zapline energy 0.28 0.31", ENERGY / 1000), ("ascan samx 0 1", place)]
    ):
        text += f"#S {number + 1} {command} 60 1\n#N 3\n#L Energy  mon  det\n"
        text += "".join(f"{e:.8g} {a:.8g} {b:.8g}\n" for e, a, b in zip(energy, I0, COUNTS["yield"]))
    path = tmp_path / "scans.dat"
    path.write_text(text, "utf-8")
    assert [scan.label for scan in read_measurement(path).scans] == ["1 zapline energy 0.28 0.31 60 1"]
