"""What is shown as measured: by which networks, in labels, chips and exports; never in the tensors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.gui.fake_networks import ENERGY_EV, FakeNetworks, ManyNetworks, card
from xanesview.domain.geometry.polarisation import linear
from xanesview.domain.processing.as_measured import AsMeasured
from xanesview.domain.session import FrozenCurve, ReferenceCurve, Session
from xanesview.domain.structure import Structure
from xanesview.inference.store import PredictionStore
from xanesview.shown.builder import ShownBuilder
from xanesview.shown.chips import chips
from xanesview.shown.computed_sites import ComputedSites
from xanesview.shown.curves import curves
from xanesview.shown.setting_chips import own_width_ev
from xanesview.shown.shown import Shown
from xanesview.shown.spectra import current_spectrum, exported_spectra, frozen_curve
from xanesview.shown.tensors import Answer

HOW = AsMeasured(0.4, 0.5, 0.2)
BLOCK = {**HOW.as_dict(), "left_out": {"n_files": 22, "median_r": 0.93, "median_rms": 0.1, "median_line_error_ev": 0.1}}


class Fitted(ManyNetworks):
    """The tensor network was fitted to measured spectra; the one called "other" by other numbers."""

    def __init__(self) -> None:
        super().__init__()
        other = {**BLOCK, "shift_ev": -1.0}
        self._cards["fake"] = card(raw={"as_measured": BLOCK})
        self._cards["other"] = card("other", raw={"as_measured": other})
        self._cards["directional"] = replace(self._cards["directional"], raw={"as_measured": BLOCK})


def shown(networks: FakeNetworks | None = None, **changes) -> Shown:
    """Two carbon atoms, all that the networks say of them known."""
    networks = networks or Fitted()
    structure = Structure(np.array([6, 6]), np.array([[0.0, 0.0, 0.0], [1.4, 0.0, 0.0]]), name="C2")
    session = Session(structure=structure, network="fake", picked=(0, 1)).replace(**changes)
    store = PredictionStore(networks)
    for name in ("fake", "other", "isotropic", "bare", "relative", "directional"):
        if name in networks._cards:
            store.add(structure.content_hash, name, networks.load(name).predict(structure, [0, 1]))
    return ShownBuilder(networks, store, ComputedSites()).build(session, refine=False, failures={})


@pytest.mark.parametrize("as_measured", [True, False])
def test_the_own_width_is_that_of_the_curve_as_it_is_drawn(as_measured):
    one = shown(as_measured=as_measured)
    assert own_width_ev(one) == pytest.approx(current_spectrum(one).native_fwhm_ev, abs=1e-9)


def test_a_new_session_shows_spectra_as_measured():
    measured, computed = shown(), shown(as_measured=False)
    assert measured.measured == HOW
    assert computed.measured is None
    one, two = current_spectrum(measured), current_spectrum(computed)
    np.testing.assert_allclose(one.energy_ev, ENERGY_EV + 0.4)
    assert one.native_fwhm_ev == pytest.approx(np.hypot(0.6, 0.5))
    assert two.native_fwhm_ev == 0.6
    assert measured.ip_ev == pytest.approx(computed.ip_ev + 0.4)
    assert one.intensity[-1] > two.intensity[-1], "the step"


def test_the_area_is_that_of_the_computed_curve_and_the_step():
    measured, computed = shown(), shown(as_measured=False)
    weight = linear((0, 0, 1))
    step = HOW.step(computed.look.native).sum(0) / computed.divisor
    total = np.trapezoid(measured.look.total(weight), ENERGY_EV)
    expected = np.trapezoid(computed.look.total(weight) + step, ENERGY_EV)
    assert total == pytest.approx(expected, rel=1e-3)


def test_the_prediction_itself_is_the_same_in_both():
    networks = Fitted()
    before = networks.load("fake").predict(None, [0, 1]).tensor
    for as_measured in (True, False):
        tensor = shown(networks, as_measured=as_measured).prediction.tensor
        np.testing.assert_array_equal(tensor.components, before.components)
        np.testing.assert_array_equal(tensor.energy_ev, before.energy_ev)
        assert tensor.native_fwhm_ev == before.native_fwhm_ev


def test_single_sites_add_up_to_the_sum():
    look, weight = shown().look, linear((0, 0.6, 0.8))
    np.testing.assert_allclose(look.spectra(weight).total, look.total(weight), atol=1e-9)


def test_a_network_that_was_not_fitted_says_why_it_is_shown_as_computed():
    one = shown(network="isotropic")
    assert one.measured is None
    assert "was not fitted to measured spectra" in one.only_computed
    assert not shown().only_computed


def test_a_larger_resolution_that_is_asked_for_is_the_total():
    assert current_spectrum(shown(broadening_fwhm_ev=2.0)).native_fwhm_ev == 2.0
    assert current_spectrum(shown(broadening_fwhm_ev=0.65)).native_fwhm_ev == pytest.approx(np.hypot(0.6, 0.5))


def test_compared_networks_go_by_their_own_cards():
    one = shown(compared=("other", "isotropic"))
    other, isotropic = one.compared
    assert other.measured.shift_ev == -1.0
    assert isotropic.measured is None
    told = {chip.text: chip.detail for chip in chips(one)}
    assert "isotropic" in told["compared as computed"].lower()
    tips = {curve.key: curve.tooltip for curve in curves(one)}
    assert "as computed" in tips["compared-isotropic"]
    assert "as measured: shifted by −1.00 eV" in tips["compared-other"]


def test_a_network_without_e0_is_placed_by_the_one_of_the_current_as_it_is_drawn():
    measured = shown(compared=("bare",), axis="relative").compared[0]
    computed = shown(compared=("bare",), axis="relative", as_measured=False).compared[0]
    np.testing.assert_allclose(measured.look.summed.energy_ev, computed.look.summed.energy_ev - 0.4, atol=1e-9)


def test_an_answer_for_a_direction_is_drawn_alike():
    builder_shown = shown(network="directional")
    spectra = np.array([np.exp(-0.5 * ((ENERGY_EV - 285.0) / 0.4) ** 2)] * 2)
    answer = Answer((0, 1), spectra)
    looks = builder_shown.looks
    look = looks.answered(builder_shown.look, answer, builder_shown.prediction.tensor)
    assert look.measured == HOW
    np.testing.assert_allclose(look.summed.energy_ev, ENERGY_EV + 0.4)
    peak = look.summed.energy_ev[np.argmax(look.total(linear((1, 0, 0))))]
    assert peak == pytest.approx(285.4, abs=0.1)


def test_the_chip_tells_shift_width_step_and_molecules_left_out():
    (chip,) = [chip for chip in chips(shown()) if chip.text.startswith("as measured")]
    assert chip.text == "as measured: +0.40 eV · 0.5 eV wider · step 20 %"
    for words in ("shifted by +0.40 eV", "0.50 eV of Gaussian width", "20 % of the tail", "22 measured", "0.93"):
        assert words in chip.detail
    assert not any(chip.text.startswith("as measured") for chip in chips(shown(as_measured=False)))


def test_every_exported_curve_says_how_it_is_drawn():
    tensor = shown().prediction.tensor
    reference = ReferenceCurve(tensor=tensor, label="TP-DFT")
    one = shown(compared=("other", "isotropic"), references=(reference,))
    told = {spectrum.label: spectrum.provenance["drawn_as"] for spectrum in exported_spectra(one)}
    assert told["isotropic average"] == f"measured: {HOW}"
    assert told["TP-DFT · as computed"] == "computed"
    assert sorted(text.partition(":")[0] for text in told.values()) == ["computed", "computed", *["measured"] * 3]
    plain = exported_spectra(shown(as_measured=False))
    assert {spectrum.provenance["drawn_as"] for spectrum in plain} == {"computed"}
    assert one.references[0].label == "TP-DFT · as computed"


def test_a_frozen_curve_of_the_other_kind_says_so():
    frozen: FrozenCurve = frozen_curve(shown(as_measured=False))
    assert shown(frozen=(frozen,)).frozen[0].label.endswith("as computed")
    assert "as computed" not in shown(frozen=(frozen,), as_measured=False).frozen[0].label
    measured = frozen_curve(shown())
    assert shown(frozen=(measured,), as_measured=False).frozen[0].label.endswith("as measured")
    np.testing.assert_allclose(measured.spectrum.energy_ev, ENERGY_EV + 0.4)
    np.testing.assert_allclose(measured.other.energy_ev, ENERGY_EV - 290.2)
