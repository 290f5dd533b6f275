"""Commas that part columns and decimals alike: read where it can be told, else refused, never cut to whole numbers."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.errors import XanesviewError
from xanesview.io.spectra.interpretation import Answers
from xanesview.io.spectra.measurement_file import read_measurement

ENERGY = np.round(np.linspace(280.1, 300.1, 81), 3)
MU = np.round(0.2 + np.exp(-((ENERGY - 290.0) ** 2)), 5)


_NO_ANSWERS = Answers()


def _read(path, lines, answers=_NO_ANSWERS):
    path.write_text("\n".join(lines) + "\n")
    return read_measurement(path, answers).scans[0]


def _comma(value: float, form: str = ".5f") -> str:
    return format(value, form).replace(".", ",")


@pytest.mark.parametrize("head", [[], ["energy,mu,i0"], ["# energy mu i0"]])
def test_pairs_of_digits_are_numbers(tmp_path, head) -> None:
    scan = _read(tmp_path / "a.csv", [*head, *(f"{_comma(e)},{_comma(y)},1,5" for e, y in zip(ENERGY, MU))])
    np.testing.assert_allclose(scan.energy_ev, ENERGY)
    np.testing.assert_allclose(scan.signals[0].values, MU)


def test_quoted_numbers_are_whole(tmp_path) -> None:
    lines = [f'"{_comma(e, ".6g")}","{_comma(y, ".6g")}"' for e, y in zip(ENERGY, MU)]
    scan = _read(tmp_path / "a.csv", ['"energy","mu"', *lines])
    np.testing.assert_allclose(scan.energy_ev, ENERGY, atol=1e-3)
    np.testing.assert_allclose(scan.signals[0].values, MU, atol=1e-5)


def test_what_cannot_be_told_is_refused(tmp_path) -> None:
    energy = np.linspace(280.0, 300.0, 201)
    with pytest.raises(XanesviewError, match="which is which can't be told"):
        _read(tmp_path / "a.csv", [f"{_comma(e, '.6g')},{_comma(0.2 + k / 7, '.4g')}" for k, e in enumerate(energy)])


def test_whole_numbers_between_commas_stay_columns(tmp_path) -> None:
    scan = _read(tmp_path / "a.csv", [f"{e},{3 * e + 100},{e * e},7" for e in range(280, 330)])
    np.testing.assert_allclose(scan.energy_ev, np.arange(280.0, 330.0))
    np.testing.assert_allclose(scan.signals[0].values, 3.0 * np.arange(280, 330) + 100)


def test_whoever_says_it_is_believed(tmp_path) -> None:
    lines = [f"{_comma(e)},{_comma(y)}" for e, y in zip(ENERGY, MU)]
    scan = _read(tmp_path / "a.csv", lines, Answers(delimiter=",", decimal=","))
    np.testing.assert_allclose(scan.energy_ev, ENERGY)
