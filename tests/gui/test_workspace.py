"""The session, its undo steps and its predictions, without a window."""

from __future__ import annotations

import numpy as np
import pytest

from tests.gui.fake_networks import ENERGY_EV, FakeNetworks, site_tensor
from xanesview.domain.geometry.polarisation import Powder
from xanesview.domain.processing.steps.scale_and_offset import ScaleAndOffset
from xanesview.domain.session import ReferenceCurve
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.gui.background.ending import wait_for_threads
from xanesview.gui.background.live_prediction import LivePrediction
from xanesview.gui.session.workspace import Workspace
from xanesview.io.examples import load_example
from xanesview.shown.bounds import lower_bound, upper_bound
from xanesview.shown.chips import chips, isotropic_reason
from xanesview.shown.curves import curves
from xanesview.shown.names import title
from xanesview.shown.spectra import current_spectrum, exported, exported_spectra, isotropic_spectrum


@pytest.fixture
def workspace(qtbot, networks: FakeNetworks):
    live = LivePrediction(networks.load)
    yield Workspace(networks, live, "fake")
    networks.gate.set()
    live.shutdown()
    assert wait_for_threads(5.0)


def predicted(qtbot, workspace: Workspace, example: str = "benzene") -> Workspace:
    with qtbot.waitSignal(workspace.prediction_changed, check_params_cb=lambda: bool(workspace.shown.sites)):
        workspace.open_structure(load_example(example))
    return workspace


def test_benzene_opens_with_all_its_carbons_and_the_arrow_along_the_normal(qtbot, workspace):
    predicted(qtbot, workspace)
    assert len(workspace.session.picked) == 6
    assert abs(workspace.geometry.direction[2]) == pytest.approx(1.0, abs=1e-3)
    assert title(workspace.shown).startswith("sum of all 6 C · ε = (")


def test_a_structure_without_the_absorber_brings_a_network_that_fits(qtbot, workspace):
    predicted(qtbot, workspace)
    ammonia = Structure([7, 1, 1, 1], [[0, 0, 0], [0.9, 0.3, 0], [-0.4, 0.9, 0], [-0.5, -0.6, 0.7]], name="Ammonia")
    with qtbot.waitSignal(workspace.message) as told:
        workspace.open_structure(ammonia)
    assert workspace.session.network == "nitrogen"
    assert workspace.session.picked == (0,)
    assert told.args[0].message == "Ammonia holds no C atom, so it is shown at the N K edge."
    workspace.undo_stack.undo()
    assert workspace.session.network == "fake"
    workspace.open_structure(Structure([18], [[0, 0, 0]], name="Argon"))  # nothing fits: it says what is missing
    assert workspace.session.network == "fake"


def test_sites_to_begin_with_are_picked(qtbot, workspace):
    workspace.open_structure(load_example("styrene"), picked=[3, 1])
    assert workspace.session.picked == (3, 1)


def test_current_curve_is_the_contraction_of_the_summed_tensor(qtbot, workspace):
    predicted(qtbot, workspace)
    workspace.set_per_atom(False)
    workspace.set_geometry(workspace.geometry.with_direction((0.6, 0.0, 0.8)))
    expected = sum(0.36 * site_tensor(i)[0] + 0.64 * site_tensor(i)[2] for i in workspace.session.picked)
    spectrum = current_spectrum(workspace.shown)
    np.testing.assert_allclose(spectrum.energy_ev, ENERGY_EV)
    np.testing.assert_allclose(spectrum.intensity, expected, atol=1e-10)
    assert spectrum.band.max() > 0
    workspace.set_per_atom(True)
    mean = current_spectrum(workspace.shown)
    np.testing.assert_allclose(mean.intensity, expected / 6, atol=1e-10)
    np.testing.assert_allclose(mean.band, spectrum.band / 6, atol=1e-10)


def test_weights_scale_their_site_and_undo_takes_them_back(qtbot, workspace):
    predicted(qtbot, workspace)
    workspace.set_per_atom(False)
    workspace.pick((0, 1))
    before = current_spectrum(workspace.shown).intensity
    workspace.set_site_weight(1, 3.0)
    after = current_spectrum(workspace.shown).intensity
    np.testing.assert_allclose(after - before, 2 * site_tensor(1)[2], atol=1e-8)
    workspace.undo_stack.undo()
    np.testing.assert_allclose(current_spectrum(workspace.shown).intensity, before)
    with pytest.raises(XanesviewError, match="can't be -1"):
        workspace.set_site_weight(1, -1)


def test_moves_of_one_gesture_are_one_undo_step_and_two_gestures_are_two(qtbot, workspace):
    predicted(qtbot, workspace)
    start, steps = workspace.geometry, workspace.undo_stack.count()
    for _ in range(2):
        gesture = workspace.begin_gesture()
        for angle in np.radians([10, 20, 30]):
            workspace.set_geometry(workspace.geometry.with_direction((np.sin(angle), 0, np.cos(angle))), gesture)
    assert workspace.undo_stack.count() == steps + 2
    workspace.undo_stack.undo()
    workspace.undo_stack.undo()
    assert workspace.geometry == start


def test_a_drag_never_asks_the_network(qtbot, workspace, networks):
    predicted(qtbot, workspace)
    asked = len(networks.asked)
    for angle in np.linspace(0, 1.5, 40):
        workspace.set_geometry(workspace.geometry.with_direction((np.sin(angle), 0, np.cos(angle))))
    workspace.pick((3,))
    workspace.pick((1, 2))
    assert len(networks.asked) == asked == 1, "all absorbers come with the first request"


def test_undoing_an_open_needs_no_new_prediction(qtbot, workspace, networks):
    predicted(qtbot, workspace)
    predicted(qtbot, workspace, "pyridine")
    asked = len(networks.asked)
    workspace.undo_stack.undo()
    assert workspace.structure.name.lower().startswith("benzene")
    assert len(workspace.shown.sites) == 6
    assert len(networks.asked) == asked


def test_only_the_signals_of_what_changed_are_emitted(qtbot, workspace):
    predicted(qtbot, workspace)
    heard = []
    workspace.structure_changed.connect(lambda: heard.append("structure"))
    workspace.selection_changed.connect(lambda: heard.append("selection"))
    workspace.geometry_changed.connect(lambda: heard.append("geometry"))
    workspace.set_geometry(Powder.like(workspace.geometry))
    workspace.pick((2,))
    assert heard == ["geometry", "selection"]


def test_powder_draws_the_isotropic_average(qtbot, workspace):
    predicted(qtbot, workspace)
    workspace.set_geometry(Powder.like(workspace.geometry))
    np.testing.assert_allclose(
        current_spectrum(workspace.shown).intensity, isotropic_spectrum(workspace.shown).intensity, atol=1e-8
    )


def test_no_direction_rises_above_the_bound_of_the_axis(qtbot, workspace):
    predicted(qtbot, workspace)
    bound = upper_bound(workspace.shown)
    for vector in np.random.default_rng(0).normal(size=(50, 3)):
        workspace.set_geometry(workspace.geometry.with_direction(vector / np.linalg.norm(vector)))
        assert current_spectrum(workspace.shown).intensity.max() <= bound + 1e-9
        assert current_spectrum(workspace.shown).intensity.min() >= lower_bound(workspace.shown) - 1e-9


def test_frozen_curve_stays_as_it_was_across_structures(qtbot, workspace):
    predicted(qtbot, workspace)
    kept = current_spectrum(workspace.shown).intensity
    workspace.curves.freeze()
    predicted(qtbot, workspace, "pyridine")
    frozen = [curve for curve in curves(workspace.shown) if curve.role == "frozen"]
    assert len(frozen) == 1
    assert "enzene" in frozen[0].label
    np.testing.assert_allclose(frozen[0].intensity, kept)


def test_a_frozen_curve_is_named_by_what_tells_it_from_the_current_one(qtbot, workspace):
    def label() -> str:
        return next(curve.label for curve in curves(workspace.shown) if curve.role == "frozen")

    predicted(qtbot, workspace)
    workspace.curves.freeze()
    assert label() == "ε = (0.00, 0.00, 1.00) · frozen"
    workspace.pick((1,))
    assert label() == "all 6 C · (0.00, 0.00, 1.00)"
    predicted(qtbot, workspace, "pyridine")
    assert label() == "Benzene · (0.00, 0.00, 1.00)"


def reference_of(workspace: Workspace, label: str = "TP-DFT") -> ReferenceCurve:
    return ReferenceCurve(tensor=workspace.shown.prediction.tensor, label=label)


def test_a_computed_reference_leaves_with_its_structure_and_undo_brings_both_back(qtbot, workspace):
    predicted(qtbot, workspace)
    measured = ReferenceCurve(spectrum=current_spectrum(workspace.shown), label="film, 20°")
    workspace.add_reference(reference_of(workspace))
    workspace.add_reference(measured)
    workspace.open_structure(load_example("benzene"))
    assert [r.label for r in workspace.session.references] == ["TP-DFT", "film, 20°"], "the same structure again"
    with qtbot.waitSignal(workspace.message) as told:
        predicted(qtbot, workspace, "pyridine")
    assert [r.label for r in workspace.session.references] == ["film, 20°"]
    assert "“TP-DFT” belongs to Benzene" in told.args[0].message
    workspace.undo_stack.undo()
    assert workspace.structure.name == "Benzene"
    assert [r.label for r in workspace.session.references] == ["TP-DFT", "film, 20°"]


def test_a_computed_reference_of_other_atoms_is_refused(qtbot, workspace):
    predicted(qtbot, workspace)
    of_benzene = reference_of(workspace)
    predicted(qtbot, workspace, "acetonitrile")
    with pytest.raises(XanesviewError, match="computed for another structure"):
        workspace.add_reference(of_benzene)
    assert workspace.session.references == ()


def test_picking_a_hydrogen_says_why_not(qtbot, workspace):
    predicted(qtbot, workspace)
    before = workspace.session.picked
    hydrogen = int(workspace.structure.sites_of("H")[0])
    with qtbot.waitSignal(workspace.message) as told:
        workspace.pick((hydrogen,))
    assert "predicts C atoms, not H" in told.args[0].message
    assert workspace.session.picked == before


def test_a_structure_without_the_element_says_so_and_keeps_going(qtbot, workspace):
    water = Structure(
        numbers=np.array([8, 1, 1]), positions_angstrom=np.array([[0, 0, 0], [0.96, 0, 0], [-0.24, 0.93, 0]])
    )
    with qtbot.waitSignal(workspace.message) as told:
        workspace.open_structure(water)
    assert "no C atom" in told.args[0].message
    assert curves(workspace.shown) == []
    predicted(qtbot, workspace)


def test_another_networks_element_moves_the_pick_there(qtbot, workspace):
    predicted(qtbot, workspace, "pyridine")
    with qtbot.waitSignal(workspace.prediction_changed, check_params_cb=lambda: bool(workspace.shown.sites)):
        workspace.set_network("nitrogen")
    assert [workspace.structure.symbols[i] for i in workspace.session.picked] == ["N"]


def test_sites_outside_training_raise_a_chip(qtbot, workspace, networks):
    networks.outside = ["S–S bond"]
    predicted(qtbot, workspace)
    found = chips(workspace.shown)
    assert [chip.text for chip in found] == ["outside training: S–S bond"]
    assert "C1" in found[0].detail


def test_isotropic_network_says_why_the_arrow_does_nothing(qtbot, workspace):
    workspace.set_network("isotropic")
    predicted(qtbot, workspace)
    assert "polarisation changes nothing" in isotropic_reason(workspace.shown)
    assert "isotropic network" in [chip.text for chip in chips(workspace.shown)]
    first = current_spectrum(workspace.shown).intensity
    workspace.set_geometry(workspace.geometry.with_direction((1, 0, 0)))
    np.testing.assert_allclose(current_spectrum(workspace.shown).intensity, first, atol=1e-12)


def chain(n_atoms: int) -> Structure:
    positions = np.zeros((n_atoms, 3))
    positions[:, 0] = 1.4 * np.arange(n_atoms)
    return Structure(numbers=np.full(n_atoms, 6), positions_angstrom=positions, name="chain")


def test_many_absorbers_come_in_batches_the_picked_first(qtbot, workspace, networks):
    workspace.open_structure(chain(650))
    picked = workspace.session.picked
    assert sorted(picked) == list(range(650))
    qtbot.waitUntil(lambda: len(workspace.shown.predicted_sites) == 650, timeout=10_000)
    assert networks.asked[:2] == [picked[:1], picked[1:201]]
    assert all(len(batch) <= 200 for batch in networks.asked)
    assert not workspace.is_busy


def test_stopping_keeps_what_is_known_and_later_picks_are_still_predicted(qtbot, workspace, networks):
    workspace.open_structure(chain(650))
    qtbot.waitUntil(lambda: len(workspace.shown.predicted_sites) > 0)
    networks.gate.clear()
    workspace.cancel_prediction()
    known = workspace.shown.predicted_sites
    assert 0 < len(known) < 650
    assert title(workspace.shown).startswith(f"sum of all 650 C, {len(known)} so far · ")
    networks.gate.set()
    workspace.set_site_weight(0, 2.0)  # the same sites are picked, so it isn't begun again
    assert not workspace.is_busy
    other = next(i for i in range(650) if i not in known)
    workspace.pick((other,))
    qtbot.waitUntil(lambda: other in workspace.shown.predicted_sites)
    assert workspace.shown.sites == (other,)


def test_what_an_earlier_session_predicted_needs_no_network(qtbot, workspace, networks):
    from tests.gui.fake_networks import FakePredictor

    benzene = load_example("benzene")
    earlier = FakePredictor(networks.card("fake"), networks).predict(benzene, range(6))
    networks.kept[benzene.content_hash, "fake"] = earlier
    networks.asked.clear()
    workspace.open_structure(benzene)
    mean = np.mean([site_tensor(i)[2] for i in range(6)], axis=0)
    np.testing.assert_allclose(current_spectrum(workspace.shown).intensity, mean, atol=1e-12)
    assert not workspace.is_busy
    assert networks.asked == []


def test_what_is_predicted_is_kept_for_later_sessions(qtbot, workspace, networks):
    predicted(qtbot, workspace)
    assert networks.n_kept == 1


def test_a_structure_opens_with_all_its_absorbers(qtbot, workspace):
    predicted(qtbot, workspace, "toluene")
    assert workspace.session.picked == tuple(workspace.structure.sites_of("C").tolist())
    assert len(workspace.shown.sites) == 7


def test_per_atom_and_per_structure_differ_by_the_number_of_atoms_and_measured_curves_go_along(qtbot, workspace):
    predicted(qtbot, workspace)
    mean = current_spectrum(workspace.shown)
    workspace.curves.freeze()
    measured = Spectrum(energy_ev=ENERGY_EV, intensity=7.0 * mean.intensity, kind="measured", label="film")
    workspace.add_reference(ReferenceCurve(spectrum=measured, label="film", steps=(ScaleAndOffset(1 / 7),)))
    site_curves = {c.key: c.intensity for c in curves(workspace.shown) if c.role == "site"}

    def drawn(key: str) -> np.ndarray:
        return next(c.intensity for c in curves(workspace.shown) if c.key == key)

    for key in ("current", "frozen-0", "reference-0"):
        np.testing.assert_allclose(drawn(key), mean.intensity, atol=1e-9)
    workspace.set_per_atom(False)
    for key in ("current", "frozen-0", "reference-0"):
        np.testing.assert_allclose(drawn(key), 6 * mean.intensity, atol=1e-9)
    for key, intensity in site_curves.items():
        np.testing.assert_allclose(drawn(key), intensity, atol=1e-12)
    workspace.undo_stack.undo()
    assert workspace.session.per_atom
    np.testing.assert_allclose(drawn("reference-0"), mean.intensity, atol=1e-9)


def test_a_frozen_sum_of_many_atoms_and_one_of_few_share_a_plot(qtbot, workspace):
    with qtbot.waitSignal(workspace.prediction_changed, check_params_cb=lambda: len(workspace.shown.sites) == 150):
        workspace.open_structure(chain(150))
    large = current_spectrum(workspace.shown).intensity.max()
    workspace.curves.freeze()
    predicted(qtbot, workspace)
    heights = {c.key: c.intensity.max() for c in curves(workspace.shown)}
    assert heights["frozen-0"] == pytest.approx(large)
    assert 0.1 < heights["frozen-0"] / heights["current"] < 10
    found = {s.label: s for s in exported_spectra(workspace.shown)}
    kept = next(s for s in found.values() if "150 C" in s.provenance["selection"])
    np.testing.assert_allclose(kept.intensity.max(), 150 * large)


def test_exported_data_are_sums_and_figures_are_as_drawn(qtbot, workspace):
    predicted(qtbot, workspace)
    total = sum(site_tensor(i)[2] for i in range(6))
    data, figure = exported_spectra(workspace.shown)[0], exported(workspace.shown, as_drawn=True)[0][1]
    np.testing.assert_allclose(data.intensity, total, atol=1e-9)
    np.testing.assert_allclose(figure.intensity, total / 6, atol=1e-9)
    assert (data.unit, figure.unit) == ("Mb/eV", "Mb/eV per atom")
    workspace.set_per_atom(False)
    for as_drawn in (False, True):
        np.testing.assert_allclose(exported(workspace.shown, as_drawn=as_drawn)[0][1].intensity, total, atol=1e-9)


def test_sites_that_rise_above_the_mean_have_room(qtbot, workspace):
    predicted(qtbot, workspace)
    workspace.set_site_weight(2, 3.0)
    highest = max(c.intensity.max() for c in curves(workspace.shown))
    assert upper_bound(workspace.shown) >= highest


def test_the_axis_has_room_for_the_band_at_the_highest_peak(qtbot, workspace):
    predicted(qtbot, workspace)
    workspace.pick((0,))
    current = current_spectrum(workspace.shown)  # the arrow stands along π*, which is the highest peak
    assert upper_bound(workspace.shown) == pytest.approx(float((current.intensity + current.band).max()))
    before = upper_bound(workspace.shown)
    workspace.set_geometry(workspace.geometry.with_direction((1.0, 0.0, 0.0)))
    assert upper_bound(workspace.shown) == pytest.approx(before)  # a drag moves no axis
