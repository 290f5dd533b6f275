"""The fit finds what was done to spectra, and a molecule that is left out is really left out."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.processing.as_measured import AsMeasured
from xanesview.errors import XanesviewError
from xanesview.networks.card import Card
from xanesview.training.calibration import fit
from xanesview.training.calibration.fit import Case, calibrated, fitted, has_step
from xanesview.training.calibration.measured_files import MeasuredFile

ENERGY = np.linspace(280.0, 305.0, 251)
TRUTH = AsMeasured(0.31, 0.6, 0.25)


def case(seed: int, how: AsMeasured = TRUTH, name: str = "") -> Case:
    """What a network says of a made-up molecule, and its "measured" spectrum: the same as `how` draws it, scaled."""
    rng = np.random.default_rng(seed)
    ips = 290.0 + rng.uniform(0.0, 2.0, 3)
    lines = 285.0 + rng.uniform(0.0, 3.0, 3)
    spectra = np.exp(-0.5 * ((ENERGY - lines[:, None]) / 0.4) ** 2)
    spectra += 0.6 * np.exp(-0.5 * ((ENERGY - ips[:, None] - 3.0) / 2.5) ** 2) + 0.3 * (ips[:, None] + 1.0 < ENERGY)
    components = np.zeros((3, 6, len(ENERGY)))
    components[:, :3] = spectra[:, None]
    tensor = AbsorptionTensor(ENERGY, components, np.arange(3), "Mb", "C K", 0.94, ips)
    file = MeasuredFile(Path(f"{name or seed}_C.csv"), f"C{seed}", "C", "gas, 0.7 eV")
    bare = Case(file, None, tensor)
    measured = bare.curve(how)
    return Case(file, measured.scaled(rng.uniform(0.1, 9.0)).replace(native_fwhm_ev=0.7), tensor)


def test_shift_width_and_step_are_found_again():
    how = fitted([case(seed) for seed in range(4)], with_step=True, with_scale=False)
    assert how.shift_ev == pytest.approx(TRUTH.shift_ev, abs=0.01)
    assert how.fwhm_ev == pytest.approx(TRUTH.fwhm_ev, abs=0.05)
    assert how.step_height == pytest.approx(TRUTH.step_height, abs=0.01)


def test_a_width_or_a_step_that_is_not_there_is_none():
    how = fitted([case(seed, AsMeasured(-0.4)) for seed in range(3)], with_step=True, with_scale=False)
    assert how == AsMeasured(pytest.approx(-0.4, abs=0.01), 0.0, 0.0)
    assert fitted([case(seed) for seed in range(3)], with_step=False).step_height == 0.0


def test_scale_and_unit_of_a_file_say_nothing():
    one = case(1)
    tenfold = Case(one.file, one.measured.scaled(10.0), one.tensor)
    assert one.misfit(AsMeasured(0.1)) == pytest.approx(tenfold.misfit(AsMeasured(0.1)), rel=1e-12)
    assert one.misfit(TRUTH) == pytest.approx(0.0, abs=1e-6)


def test_a_substance_left_out_is_not_in_its_own_fit():
    cases = [case(0), case(1), case(2), case(3, AsMeasured(-0.9, 0.6, 0.25), "odd")]
    found = calibrated(cases, with_step=True)
    odd = next(row for row in found.left_out if row.name == "odd_C")
    assert odd.shift_ev == pytest.approx(-0.9 - TRUTH.shift_ev, abs=0.05), "drawn by the fit to the other three"
    assert {row.name for row in found.left_out} == {row.name for row in found.fitted}
    block = found.card_block()
    assert block["fitted_on"] == ["0_C", "1_C", "2_C", "odd_C"]
    assert block["fitted"]["median_r"] >= block["as_computed"]["median_r"]
    assert block["left_out"]["n_files"] == 4


def test_two_files_of_one_substance_are_left_out_together():
    cases = [case(0), case(1), case(2), case(2, AsMeasured(-0.9, 0.6, 0.25), "film")]
    found = calibrated(cases, with_step=False)
    film = next(row for row in found.left_out if row.name == "film_C")
    assert film.shift_ev == pytest.approx(-0.9 - TRUTH.shift_ev, abs=0.1)


def test_too_few_substances_are_told():
    with pytest.raises(XanesviewError, match="2 substances"):
        calibrated([case(0), case(1)], with_step=True)


def test_edge_step_spectra_lack_no_step():
    def card(unit: str) -> Card:
        return Card("n", "N", "tensor", "tensor", "C", "K", ENERGY, unit, 1.0, ("C",), "", Path("n"))

    assert has_step(card("Mb"), [case(0)])
    assert not has_step(card("edge step"), [case(0)])


def test_a_scale_of_term_values_is_found_and_only_kept_where_it_is_worth_it():
    truth = AsMeasured(-0.3, 0.5, 0.3, term_scale=0.85)
    how = fitted([case(seed, truth) for seed in range(4)], with_step=True)
    assert how.term_scale == pytest.approx(0.85, abs=0.01)
    assert how.shift_ev == pytest.approx(-0.3, abs=0.04)
    assert fitted([case(seed) for seed in range(4)], with_step=True).term_scale == 1.0


def test_a_file_that_can_not_be_read_is_left_out_and_named(tmp_path, monkeypatch):
    (tmp_path / "good_C.csv").write_text("284,0\n285,1\n286,0.2\n287,0.4\n")
    (tmp_path / "words_C.csv").write_text("no numbers\n")
    os.mkfifo(tmp_path / "pipe_C.csv")
    predictor = SimpleNamespace(
        card=SimpleNamespace(element="C", is_of_crystals=False),
        predict=lambda _structure, _sites: SimpleNamespace(tensor=case(1).tensor),
    )
    monkeypatch.setattr(fit, "load_predictor", lambda _: predictor)
    monkeypatch.setattr(fit, "default_sites", lambda *_: None)
    names = ["missing_C", "pipe_C", "words_C", "good_C"]
    files = [MeasuredFile(tmp_path / f"{name}.csv", "C=C", "C", "gas, 0.7 eV") for name in names]
    told = []
    assert [found.file.name for found in fit.predicted_cases("network", files, told.append)] == ["good_C"]
    assert [sentence.split(" was left out: ")[0] for sentence in told] == names[:3]
