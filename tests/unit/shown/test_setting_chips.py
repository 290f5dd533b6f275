"""Chips of what is set: said of nothing at the start, and of each setting in words that hold."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from xanesview.domain.layers import slab_layers
from xanesview.domain.session import Session
from xanesview.domain.structure import Structure
from xanesview.shown.curve import Curve, Subject
from xanesview.shown.setting_chips import CURVES, GEOMETRY, PREDICT, RESOLUTION, WEIGHTS, setting_chips
from xanesview.shown.shown import Shown

CARD = SimpleNamespace(gaussian_fwhm_ev=0.75)
MOLECULE = Structure(numbers=np.array([6, 8, 6]), positions_angstrom=1.4 * np.eye(3))


def shown(**changes) -> Shown:
    session = Session(structure=MOLECULE, network="one", picked=(0, 2)).replace(**changes.pop("session", {}))
    return Shown(session, card=CARD, sites=(0, 2), names={0: "C1", 2: "C2"}).replace(**changes)


def curve(number: int, visible: bool) -> Curve:
    x = np.arange(3.0)
    return Curve(f"site-{number}", x, x, f"C{number}", "site", visible=visible, subject=Subject("site", number))


def test_nothing_is_set_at_the_start():
    assert setting_chips(shown(), [curve(1, True)]) == []


def test_the_resolution_names_the_width_and_the_floor():
    (chip,) = setting_chips(shown(session={"broadening_fwhm_ev": 1.2}), [])
    assert (chip.text, chip.opens) == ("resolution 1.2 eV", RESOLUTION)
    assert "0.75 eV" in chip.detail


def test_weights_of_sites_in_the_sum_are_named_and_others_are_not():
    (chip,) = setting_chips(shown(session={"site_weights": {0: 2.0, 1: 3.0, 2: 1.0}}), [])
    assert (chip.text, chip.opens) == ("weighted: C1 × 2", WEIGHTS)


def test_weights_by_depth_say_so_and_say_tey():
    slab = Structure(
        numbers=np.array([26, 26, 26]), positions_angstrom=[[0, 0, 0], [0, 0, 4], [0, 0, 8]],
        cell_angstrom=np.diag([3.0, 3.0, 40.0]), pbc=[True, True, False],
    )  # fmt: skip
    names, sites = {0: "Fe1", 1: "Fe2", 2: "Fe3"}, (0, 1, 2)
    for depth, words in ((25.0, "weighted: TEY, 25 Å"), (10.0, "weighted: escape depth, 10 Å")):
        weights = dict(zip(sites, slab_layers(slab, sites).escape_weights(depth).tolist(), strict=True))
        session = Session(structure=slab, network="one", picked=sites, site_weights=weights)
        (chip,) = setting_chips(Shown(session, card=CARD, sites=sites, names=names, absorbers=sites), [])
        assert (chip.text, chip.opens) == (words, WEIGHTS)
        assert "escape" in chip.detail


def test_hidden_curves_are_counted():
    (one,) = setting_chips(shown(), [curve(1, False), curve(2, True)])
    assert (one.text, one.opens) == ("hidden: C1", CURVES)
    (two,) = setting_chips(shown(), [curve(1, False), curve(2, False)])
    assert two.text == "2 hidden curves"


def test_a_relaxed_geometry_is_told_with_how_far_atoms_moved():
    origin = "GFN2-xTB (before: MMFF94; rms 0.12 Å)"
    (chip,) = setting_chips(shown(session={"structure": replace(MOLECULE, geometry_origin=origin)}), [])
    assert chip.text == "relaxed geometry"
    assert "before: MMFF94; rms 0.12 Å" in chip.detail


def test_where_both_geometries_are_known_the_chip_opens_the_choice():
    relaxed = replace(MOLECULE, geometry_origin="GFN2-xTB (before: MMFF94; rms 0.12 Å)")
    built = replace(MOLECULE, geometry_origin="MMFF94")
    (one,) = setting_chips(shown(session={"structure": relaxed}), [], geometries=True)
    (other,) = setting_chips(shown(session={"structure": built}), [], geometries=True)
    assert (one.text, one.opens) == ("relaxed geometry", GEOMETRY)
    assert (other.text, other.opens) == ("geometry before relaxation", GEOMETRY)
    assert setting_chips(shown(session={"structure": built}), []) == []
    assert setting_chips(shown(session={"structure": relaxed}), [])[0].opens == ""


def test_picked_sites_without_a_prediction_are_told_once_nothing_runs():
    partial = shown(sites=(0,))
    (chip,) = setting_chips(partial, [])
    assert (chip.text, chip.opens) == ("1 of 2 sites not predicted", PREDICT)
    assert setting_chips(partial, [], is_busy=True) == []
