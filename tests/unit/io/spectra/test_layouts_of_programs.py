"""Tables as plotting programs and spectrometers write them: curves side by side, gaps, transmittances, wavelengths."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from xanesview.domain.measurement import Measurement
from xanesview.io.spectra.interpretation import Answers
from xanesview.io.spectra.measurement_file import read_measurement

ENERGY = np.round(np.arange(7090.0, 7150.0, 0.5), 3)
MU = 0.1 + 0.6 / (1.0 + np.exp(-(ENERGY - 7120.0) / 0.8)) + 0.2 * np.exp(-(((ENERGY - 7124.0) / 1.5) ** 2))


def read(path: Path, head: str, *columns, between: str = " ", **answers: str) -> Measurement:
    """Write columns below a line of names, and read them."""
    rows = [between.join("" if v is None else f"{v:.6f}" for v in row) for row in zip(*columns)]
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return read_measurement(path, Answers(**answers))


@pytest.mark.parametrize("head", ["Energy\tA\tEnergy\tB", "E1\tA\tE2\tB", "Energy (eV)\tA\tEnergy (eV)\tB"])
def test_curves_behind_energies_of_their_own_are_scans_of_their_own(tmp_path, head):
    found = read(tmp_path / "origin.txt", head, ENERGY, MU, ENERGY + 1.0, 2.0 * MU, between="\t")
    assert [scan.label for scan in found.scans] == ["A", "B"]
    assert found.scans[1].energy_ev == pytest.approx(ENERGY + 1.0)
    assert found.scans[1].signals[0].values == pytest.approx(2.0 * MU, abs=1e-5)
    assert [question.about for question in found.questions] == ["scan"]


def test_unnamed_pairs_of_columns_are_scans_of_their_own(tmp_path):
    found = read(tmp_path / "pairs.txt", "# from a plot", ENERGY, MU, ENERGY + 0.25, 2.0 * MU)
    assert len(found.scans) == 2
    assert found.scans[1].energy_ev == pytest.approx(ENERGY + 0.25)


def test_a_shorter_curve_ends_where_its_numbers_do(tmp_path):
    short = [*(ENERGY[:80] + 1.0), *[None] * (ENERGY.size - 80)]
    values = [*MU[:80], *[None] * (ENERGY.size - 80)]
    found = read(tmp_path / "short.csv", "Energy,A,Energy,B", ENERGY, MU, short, values, between=",")
    assert [scan.energy_ev.size for scan in found.scans] == [ENERGY.size, 80]
    assert not found.scans[1].notices


def test_energies_that_repeat_the_first_are_left_out(tmp_path):
    found = read(tmp_path / "same.csv", "Energy,A,Energy,B", ENERGY, MU, ENERGY, 2.0 * MU, between=",")
    (scan,) = found.scans
    assert [channel.name for channel in scan.channels] == ["A", "B"]


def test_who_names_a_column_counts_those_of_the_file(tmp_path):
    found = read(tmp_path / "a.txt", "Energy A Energy B", ENERGY, MU, ENERGY + 1.0, MU, energy="3", signal="4")
    assert found.scans[0].energy_ev[0] == pytest.approx(ENERGY[0] + 1.0)


def test_a_column_of_few_numbers_takes_no_row_away(tmp_path):
    foil = [value if k % 3 == 0 else None for k, value in enumerate(MU)]
    found = read(tmp_path / "sparse.csv", "energy,mu,ref", ENERGY, MU, foil, between=",")
    (scan,) = found.scans
    assert scan.energy_ev == pytest.approx(ENERGY)
    assert scan.signals[0].name == "mu"
    assert not scan.notices
    assert np.isfinite(scan.signals[1].values).sum() == ENERGY.size // 3


def test_lines_may_end_where_nothing_was_measured(tmp_path):
    rows = [f"{e:.2f},{m:.5f}" + (",21.5" if k % 10 == 0 else "") for k, (e, m) in enumerate(zip(ENERGY, MU))]
    (tmp_path / "t.csv").write_text("energy,mu,temp\n" + "\n".join(rows), encoding="utf-8")
    (scan,) = read_measurement(tmp_path / "t.csv", Answers()).scans
    assert (scan.energy_ev.size, scan.signals[0].name, scan.notices) == (ENERGY.size, "mu", ())


@pytest.mark.parametrize("between", ["", "\n", "# scan 2\n"])
def test_scans_below_each_other_are_scans_of_their_own(tmp_path, between):
    first, second = (
        "".join(f"{e + shift:.2f} {factor * m:.5f}\n" for e, m in zip(ENERGY, MU)) for shift, factor in ((0, 1), (1, 2))
    )
    (tmp_path / "two.txt").write_text(f"# energy mu\n{first}{between}{second}", encoding="utf-8")
    scans = read_measurement(tmp_path / "two.txt", Answers()).scans
    assert [scan.label for scan in scans] == ["scan 1", "scan 2"]
    assert scans[1].energy_ev == pytest.approx(ENERGY + 1.0)
    assert scans[1].signals[0].values == pytest.approx(2.0 * MU, abs=1e-4)


def test_points_in_no_order_are_one_scan(tmp_path):
    order = np.random.default_rng(3).permutation(ENERGY.size)
    found = read(tmp_path / "r.txt", "# energy mu", ENERGY[order], MU[order])
    assert len(found.scans) == 1
    up_and_down = np.r_[ENERGY, ENERGY[::-1]]
    assert len(read(tmp_path / "u.txt", "# energy mu", up_and_down, np.r_[MU, MU[::-1]]).scans) == 1


@pytest.mark.parametrize(
    ("name", "factor"), [("Transmission", 1.0), ("transmittance(%)", 100.0), ("%T", 100.0), ("T(%)", 100.0)]
)
def test_a_transmittance_becomes_an_absorption(tmp_path, name, factor):
    found = read(tmp_path / "t.txt", f"# energy {name}", ENERGY, factor * np.exp(-MU))
    assert found.scans[0].signals[0].values == pytest.approx(MU, abs=1e-3)
    assert not found.questions


def test_a_transmitted_intensity_alone_is_asked_about(tmp_path):
    found = read(tmp_path / "t.txt", "# energy It", ENERGY, 5e4 * np.exp(-MU))
    signal = found.scans[0].signals[0]
    assert signal.values - signal.values[0] == pytest.approx(MU - MU[0], abs=1e-3)
    assert [question.about for question in found.questions] == ["signal"]


def test_a_sum_of_channels_that_nothing_tells_of_is_asked_about(tmp_path):
    found = read(tmp_path / "c.txt", "# energy ch1 ch2 ch3", ENERGY, MU, 2 * MU, 3 * MU)
    assert [question.about for question in found.questions] == ["signal"]
    told = read(tmp_path / "d.txt", "# energy I0 ch1 ch2 ch3", ENERGY, np.full(ENERGY.size, 1e5) + ENERGY, MU, MU, MU)
    assert told.scans[0].signals[0].kind == "fluorescence"


@pytest.mark.parametrize(
    ("name", "factor", "asked"),
    [
        ("lambda(A)", 1.0, False),
        ("Lambda_A", 1.0, False),
        ("wavelength/A", 1.0, False),
        ("wavelength_nm", 0.1, False),
        ("wavelength", 1.0, True),
    ],
)
def test_wavelengths_become_energies(tmp_path, name, factor, asked):
    path = tmp_path / "w.txt"
    rows = [f"{factor * 12398.419843320026 / e:.10f} {m:.6f}" for e, m in zip(ENERGY, MU)]
    path.write_text("\n".join([f"# {name} abs", *rows]), encoding="utf-8")
    found = read_measurement(path, Answers())
    assert found.scans[0].energy_ev == pytest.approx(ENERGY, abs=1e-3)
    assert [question.about for question in found.questions] == (["energy"] if asked else [])


def test_energies_asked_for_and_reached_that_differ_are_asked_about(tmp_path):
    found = read(tmp_path / "q.txt", "# energy_requested energy_attained mu", ENERGY + 0.3, ENERGY, MU)
    assert [question.about for question in found.questions] == ["energy"]
    near = read(tmp_path / "n.txt", "# energy_requested energy_attained mu", ENERGY + 0.01, ENERGY, MU)
    assert not near.questions


def test_rounded_energies_give_way_to_those_that_were_reached(tmp_path):
    found = read(tmp_path / "r.txt", "# E_set E_read mu", np.floor(ENERGY), ENERGY, MU)
    assert found.scans[0].energy_ev == pytest.approx(ENERGY)
    assert [signal.name for signal in found.scans[0].signals] == ["mu"]


def test_commas_between_and_in_numbers_are_told_by_the_names(tmp_path):
    path = tmp_path / "both.csv"
    rows = [f"{e:.2f},{m:.5f}".replace(".", ",") for e, m in zip(7012.0 + 5.0 * np.arange(60), MU)]
    path.write_text("energy,mu\n" + "\n".join(rows), encoding="utf-8")
    (scan,) = read_measurement(path, Answers()).scans
    assert scan.energy_ev == pytest.approx(7012.0 + 5.0 * np.arange(60))
    assert scan.signals[0].values == pytest.approx(MU[:60], abs=1e-5)
    assert math.isclose(scan.signals[0].values[-1], MU[59], abs_tol=1e-5)
