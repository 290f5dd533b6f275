"""A shift that no calibration explains is told; those of the spectra that networks were calibrated on are not."""

from __future__ import annotations

import pytest

from tests.unit.domain.processing.test_undetermined import measured, prediction
from xanesview.domain.processing.expected_shift import ExpectedShift, beyond_calibration
from xanesview.domain.processing.fitted_prediction import FitChoices
from xanesview.domain.processing.prediction_fit import fit_prediction
from xanesview.gui.dialogs.fit_details import poor_head
from xanesview.networks.card import look_up


def test_a_shift_counts_from_where_the_calibration_puts_it():
    expected = ExpectedShift.of(0.1, -2.0)
    assert expected.within_ev == pytest.approx(0.7)
    assert expected.beyond(-2.0) == expected.beyond(-1.4) == expected.beyond(-2.6) == ""
    assert "3.0 eV away from where the network's calibration puts them, which is good to 0.7 eV" in expected.beyond(1.0)
    assert expected.beyond(-5.0) == expected.beyond(1.0), "whichever way: the window and the command line differ in it"


@pytest.mark.parametrize(("shift_ev", "is_told"), [(0.4, False), (1.5, True), (-1.5, True)])
def test_a_fit_tells_of_a_shift_beyond_it(shift_ev, is_told):
    fit = fit_prediction(measured(shift_ev), prediction(), FitChoices(expected=ExpectedShift(0.0, 0.7)))
    assert bool(beyond_calibration(fit.notices)) == is_told
    assert poor_head(fit) == ("Shift beyond calibration: " if is_told else "")
    assert beyond_calibration(fit_prediction(measured(shift_ev), prediction()).notices) == ""


@pytest.mark.parametrize(("network", "largest_ev"), [
    ("c_k_edge_tensor", 0.66), ("n_k_edge_tensor", 0.43), ("o_k_edge_tensor", 0.70), ("fe_k_edge_tensor", 0.70),
])  # fmt: skip
def test_shipped_networks_allow_what_their_measured_spectra_need_and_no_oxidation_state(network, largest_ev):
    card = look_up(network).card
    expected = card.expected_shift(drawn_as_measured=True)
    assert not expected.beyond(largest_ev)
    assert expected.beyond(2.0)
    as_computed = card.expected_shift(drawn_as_measured=False)
    if card.as_measured.term_scale == 1.0:
        assert as_computed.shift_ev == card.as_measured.shift_ev
        assert as_computed.within_ev == expected.within_ev
    else:
        assert as_computed is None


def test_a_network_that_was_never_calibrated_explains_no_shift():
    assert look_up("cu_k_edge_xanesnet").card.expected_shift(drawn_as_measured=True) is None
