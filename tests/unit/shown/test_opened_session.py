"""Several structures are open at once, each with what was set for it; one is shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.gui.fake_networks import FakeNetworks
from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.geometry.polarisation import Powder
from xanesview.domain.session import ReferenceCurve, Session
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import Structure
from xanesview.shown import overlay_changes
from xanesview.shown.opened_session import closed, kept_beside, opened, shown_again


def chain(name: str, n: int) -> Structure:
    """A row of carbon atoms 1.4 Å apart."""
    return Structure(np.full(n, 6), np.arange(n)[:, None] * np.array([1.4, 0.0, 0.0]), name=name)


@pytest.fixture
def networks() -> FakeNetworks:
    return FakeNetworks()


@pytest.fixture
def three(networks) -> Session:
    """A, B and C open, in this order; C is shown."""
    session = Session(network="fake")
    for name, n in (("A", 2), ("B", 3), ("C", 4)):
        session, _ = opened(session, networks, chain(name, n))
    return session


def names(session: Session) -> list[str]:
    return [structure.name for structure in session.structures]


def tensor_of(structure: Structure) -> ReferenceCurve:
    components = np.zeros((1, 6, 3))
    tensor = AbsorptionTensor(np.arange(3.0), components, np.array([0]), "arb. u.", "C K", 1.0)
    return ReferenceCurve(tensor=tensor, label=f"computed for {structure.name}")


def test_what_was_shown_stays_open_in_order(three):
    assert names(three) == ["A", "B", "C"]
    assert three.structure.name == "C"
    assert three.place == 2


def test_a_structure_comes_back_as_it_was_left(three, networks):
    before, _ = shown_again(three, networks, 0)
    changed = before.replace(
        picked=(1,), site_weights={1: 0.5}, hidden_sites=frozenset({1}), geometry=Powder.like(before.geometry)
    )
    away, _ = shown_again(changed, networks, 2)
    assert away.structure.name == "C"
    assert names(away) == ["A", "B", "C"]
    again, _ = shown_again(away, networks, 0)
    assert (again.structure.name, again.picked, again.site_weights) == ("A", (1,), {1: 0.5})
    assert again.hidden_sites == {1}
    assert again.geometry == changed.geometry


def test_computed_references_stay_with_their_structure_and_measured_ones_stay_in_view(three, networks):
    measured = ReferenceCurve(spectrum=Spectrum(np.arange(3.0), np.ones(3), kind="measured"), label="measured")
    session = overlay_changes.with_reference(three, tensor_of(three.structure))
    session = overlay_changes.with_reference(session, measured)
    away, _ = shown_again(session, networks, 1)
    assert [r.label for r in away.references] == ["measured"]
    back, _ = shown_again(away, networks, 2)
    assert sorted(r.label for r in back.references) == ["computed for C", "measured"]


def test_opening_what_is_open_shows_it_with_its_references(three, networks):
    session = overlay_changes.with_reference(three, tensor_of(three.structure))
    away, notices = opened(session, networks, chain("A", 2))
    assert names(away) == ["A", "B", "C"]
    assert away.place == 0
    assert any("stays with it" in notice.message for notice in notices)
    back, _ = opened(away, networks, chain("C", 4))
    assert names(back) == ["A", "B", "C"]
    assert [r.label for r in back.references] == ["computed for C"]


@pytest.mark.parametrize(
    ("tab", "left", "shown"), [(0, ["B", "C"], "C"), (1, ["A", "C"], "C"), (2, ["A", "B"], "B")]
)
def test_closing(three, networks, tab, left, shown):
    after, _ = closed(three, networks, tab)
    assert names(after) == left
    assert after.structure.name == shown
    assert after.structures[after.place] is after.structure


def test_closing_the_first_while_it_is_shown_goes_to_its_neighbour(three, networks):
    first, _ = shown_again(three, networks, 0)
    after, _ = closed(first, networks, 0)
    assert (names(after), after.structure.name, after.place) == (["B", "C"], "B", 0)


def test_the_last_one_stays(networks):
    session, _ = opened(Session(network="fake"), networks, chain("A", 2))
    assert closed(session, networks, 0)[0] is session


def test_one_kept_beside_gets_a_first_view_when_it_is_shown(three, networks):
    session = kept_beside(three, chain("D", 5))
    assert names(session) == ["A", "B", "C", "D"]
    assert session.structure.name == "C"
    assert kept_beside(session, replace(chain("D", 5), name="D")) is session
    after, _ = shown_again(session, networks, 3)
    assert after.structure.name == "D"
    assert names(after) == ["A", "B", "C", "D"]
    assert after.picked


def test_atoms_that_a_file_marks_as_absorbing_are_picked(networks):
    amine = Structure([6, 7, 7], [[0, 0, 0], [1.47, 0, 0], [-1.47, 0, 0]], name="amine", absorbers=(2,))
    session, notices = opened(Session(network="fake"), networks, amine)
    assert session.network == "nitrogen"
    assert session.picked == (2,)
    assert "holds no C atom" not in " ".join(notice.message for notice in notices)
    asked, _ = opened(Session(network="fake"), networks, amine, (0,))
    assert (asked.network, asked.picked) == ("fake", (0,))


def test_a_marked_absorber_that_no_network_predicts_is_told(networks):
    complex_ = Structure([26, 6, 8], [[0, 0, 0], [1.8, 0, 0], [2.95, 0, 0]], name="complex", absorbers=(0,))
    session, notices = opened(Session(network="fake"), networks, complex_)
    assert session.picked == (1,)
    assert "Fe 0" in next(notice.message for notice in notices if notice.kind == "absorber")
