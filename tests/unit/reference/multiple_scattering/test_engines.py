"""Which engine computes what, and the tensors that FEFF10's sites become on the grids of cards."""

from __future__ import annotations

import gemmi
import numpy as np
import pytest

from tests.unit.reference.multiple_scattering.test_cluster import rutile
from tests.unit.reference.multiple_scattering.test_kept_sites import site
from xanesview.domain.session import Session
from xanesview.errors import XanesviewError
from xanesview.inference.shelf import InstalledNetworks
from xanesview.io.examples import load_example
from xanesview.reference.engines import ENGINES, MOLECULES, SCATTERING, engine_for, engine_named, scattering
from xanesview.reference.multiple_scattering.offsets import EDGE_OFFSET_EV
from xanesview.reference.multiple_scattering.settings import PRESETS, is_computable
from xanesview.shown.computed_edges import (
    WithComputedEdges,
    computed_card,
    computed_name,
    edges_without_network,
    engine_of,
    first_edge,
    is_computed,
    preset_of,
    with_presets,
)
from xanesview.shown.computed_sites import ComputedSites, blend, replaces
from xanesview.shown.opened_session import opened


@pytest.mark.parametrize(
    ("structure", "element", "engine"),
    [
        (load_example("benzene"), "C", MOLECULES),
        (load_example("thiophene"), "S", SCATTERING),
        (load_example("benzene_film"), "C", SCATTERING),
        (rutile(), "O", SCATTERING),
        (rutile(), "Ti", SCATTERING),
        (None, "C", MOLECULES),
    ],
)
def test_feff_computes_what_repeats_and_edges_the_other_engine_lacks(structure, element, engine):
    assert engine_for(structure, element) is engine


def test_names_of_computed_edges_say_which_engine_fills_them():
    for structure, element in ((rutile(), "Ti"), (load_example("thiophene"), "S"), (load_example("glycine"), "F")):
        name = computed_name(element, structure)
        card = computed_card(name)
        assert is_computed(name)
        assert (card.element, card.edge) == (element, "K")
        assert engine_of(card, structure) is engine_for(structure, element)
    assert computed_name("F", load_example("glycine")) == "computed:F", "names that kept sessions hold stay valid"
    with pytest.raises(XanesviewError):
        computed_card("computed:feff:Xx")


def test_edges_that_no_network_is_meant_for_are_offered():
    shelf = InstalledNetworks()
    assert edges_without_network(shelf, rutile()) == [("O", "K"), ("Ti", "K"), ("Ti", "L3")]
    assert edges_without_network(shelf, load_example("hematite_001")) == [("O", "K"), ("Fe", "L3")]
    assert edges_without_network(shelf, load_example("benzene")) == []
    assert edges_without_network(shelf, load_example("thiophene")) == [("S", "K")]
    assert edges_without_network(shelf, None) == []


def test_sites_stand_on_the_grid_of_the_card_with_its_offset():
    sites = {0: site(0, 4898.0, 300), 1: site(1, 4899.0, 300)}
    card = computed_card("computed:feff:Ti")
    found = blend(card, None, sites, SCATTERING).tensor
    assert (found.axis, found.unit, found.edge) == ("relative", "edge step", "Ti K")
    np.testing.assert_array_equal(found.energy_ev, card.energy_ev)
    np.testing.assert_allclose(found.ip_ev, np.array([4898.0, 4899.0]) + EDGE_OFFSET_EV["Ti"])
    assert found.on_axis("absolute").energy_ev.mean() == pytest.approx(4966.0, abs=80.0)


def test_computed_sites_take_the_place_of_a_crystal_networks_and_not_of_a_molecules_one():
    iron = InstalledNetworks().card("fe_k_edge_tensor")
    carbon = InstalledNetworks().card("c_k_edge_tensor")
    assert replaces(iron, SCATTERING)
    assert not replaces(carbon, SCATTERING)
    assert replaces(carbon, MOLECULES)
    assert EDGE_OFFSET_EV["Fe"] == iron.energy_offset_ev, "predicted and computed curves lie on one scale"
    sites = {0: site(0, 7039.0, 300)}
    found = blend(iron, None, sites, SCATTERING).tensor
    np.testing.assert_array_equal(found.energy_ev, iron.energy_ev)


def test_sites_of_one_engine_are_not_taken_for_those_of_the_other():
    known = ComputedSites()
    structure = rutile()
    known.add(structure, "O", {2: site(2)}, SCATTERING)
    assert set(known.of(structure, "O", SCATTERING)) == {2}
    assert dict(known.of(structure, "O", MOLECULES)) == {}
    assert set(ComputedSites().of(structure, "O", SCATTERING)) == {2}


def test_offsets_bring_fermi_levels_to_the_tabulated_edges():
    for element in ("Ti", "Cu", "Zn"):
        z = gemmi.Element(element).atomic_number
        edge = {"Ti": 4966.4, "Cu": 8978.9, "Zn": 9658.9}[element]
        below, above = (gemmi.cromer_liberman(z, edge + by)[1] for by in (-5.0, 5.0))
        assert above > 3.0 * below
        octahedron = {"Ti": 4899.31, "Cu": 8894.31, "Zn": 9573.76}[element]
        assert octahedron + EDGE_OFFSET_EV[element] == pytest.approx(edge, abs=1.0)


@pytest.mark.parametrize(
    ("name", "edge", "preset"),
    [
        ("computed:feff:Ti", ("Ti", "K"), "standard"),
        ("computed:feff:Ti:fast", ("Ti", "K"), "fast"),
        ("computed:feff:Pt-L3", ("Pt", "L3"), "standard"),
        ("computed:feff:Pt-L3:careful", ("Pt", "L3"), "careful"),
    ],
)
def test_names_of_computed_edges_say_shell_and_preset(name, edge, preset):
    card = computed_card(name)
    engine = engine_of(card, rutile())
    assert (card.element, card.edge) == edge
    assert (engine.shell, engine.preset, preset_of(card)) == (edge[1], preset, preset)
    assert computed_name(edge[0], rutile(), edge[1], preset) == name
    assert engine_named(engine.key) is engine
    assert engine.job(rutile(), 0)["preset"] == preset
    assert list(with_presets(card, rutile()).values()) == [engine_for(rutile(), *edge, p) for p in PRESETS]


def test_names_of_unknown_presets_and_engines_are_refused():
    with pytest.raises(XanesviewError, match="preset"):
        computed_card("computed:feff:Ti:hasty")
    for key in ("feff:K:hasty", "feff:M5:fast", "feff:fast", "abacus"):
        with pytest.raises(KeyError):
            engine_named(key)


def test_sites_of_one_preset_or_shell_are_not_taken_for_those_of_another():
    known, fast, edge = ComputedSites(), scattering("fast"), scattering(shell="L3")
    known.add(rutile(), "Ti", {0: site(0)}, fast)
    assert set(known.of(rutile(), "Ti", fast)) == set(ComputedSites().of(rutile(), "Ti", fast)) == {0}
    assert dict(known.of(rutile(), "Ti", SCATTERING)) == dict(known.of(rutile(), "Ti", edge)) == {}
    assert edge.tensor({0: site(0)}, "Ti").edge == "Ti L3"
    assert not replaces(computed_card("computed:feff:Ti"), edge)


def test_a_crystal_is_shown_first_at_its_3d_metal_or_at_what_is_mostly_measured_of_its_heaviest_element():
    def chosen(*symbols):
        return first_edge([(one, shell) for one in symbols for shell in ("K", "L3") if is_computable(one, shell)])

    assert chosen("O", "Ti", "Sr") == ("Ti", "K")
    assert chosen("O", "Zr") == ("Zr", "K")
    assert chosen("C", "Pt") == ("Pt", "L3")
    assert chosen("C") == ("C", "K")
    assert first_edge([("Fe", "L3")]) == ("Fe", "L3")


def test_what_is_told_of_an_engine_is_whole_sentences():
    for engine in ENGINES.values():
        assert engine.told_energies("O").endswith(".")
    assert "+67 eV" in SCATTERING.told_energies("Ti")


@pytest.mark.parametrize(
    ("current", "structure", "chosen"),
    [
        ("c_k_edge_tensor", rutile(), "computed:feff:Ti"),
        ("computed:feff:O", rutile(), "computed:feff:O"),
        ("computed:feff:S", load_example("thiophene"), "computed:feff:S"),
        ("computed:feff:C", load_example("benzene"), "c_k_edge_tensor"),
        ("computed:feff:Ti", load_example("hematite_001"), "fe_k_edge_tensor"),
        ("c_k_edge_tensor", load_example("benzene_film"), "c_k_edge_tensor"),
    ],
)
def test_what_opens_is_shown_at_an_edge_that_is_predicted_or_computed(current, structure, chosen):
    after, _ = opened(Session(network=current), WithComputedEdges(InstalledNetworks()), structure)
    assert after.network == chosen
    assert after.picked


def test_a_crystal_with_elements_that_the_networks_of_its_edge_have_not_seen_is_computed():
    slab = load_example("hematite_001")
    doped = slab.replace(numbers=np.where(np.arange(slab.n_atoms) == slab.n_atoms - 1, 15, slab.numbers))
    shelf = WithComputedEdges(InstalledNetworks())
    assert opened(Session(network="c_k_edge_tensor"), shelf, slab)[0].network == "fe_k_edge_tensor"
    assert opened(Session(network="c_k_edge_tensor"), shelf, doped)[0].network == "computed:feff:Fe"
    assert ("Fe", "K") in edges_without_network(shelf, doped)


@pytest.mark.parametrize(
    ("name", "network"),
    [
        ("rutile_110", "computed:feff:Ti"),
        ("anatase_101", "computed:feff:Ti"),
        ("zno_1010", "computed:feff:Zn"),
        ("cuo_111", "cu_k_edge_xane3"),
        ("graphite_0001", "c_k_edge_tensor"),
    ],
)
def test_bundled_slabs_open_with_a_network_or_with_what_feff_takes(name, network):
    slab = load_example(name)
    shelf = WithComputedEdges(InstalledNetworks())
    after, _ = opened(Session(network="c_k_edge_tensor"), shelf, slab)
    sites = tuple(slab.sites_of(shelf.card(network).element).tolist())
    assert (after.network, tuple(sorted(after.picked))) == (network, sites)
    card = shelf.card(network)
    for engine in with_presets(card, slab).values():
        assert 10.0 < engine.site_seconds(slab, sites[0]) < 7200.0
    assert len(with_presets(card, slab)) == 3
