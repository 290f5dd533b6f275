"""The undo list in a session file: complete, small, bounded, and never in the way of the work."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.changed_sessions import resaid, said_in
from tests.random_work import RandomWork
from xanesview.domain.session import ReferenceCurve, Session
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.work import KeptHistory, KeptStep, Work
from xanesview.gui.session.changes import changed_parts
from xanesview.io.examples import load_example
from xanesview.io.session_file import history
from xanesview.io.session_file.session_file import work_from_bytes, work_to_bytes


def curve(n: int = 50, at: float = 290.0) -> ReferenceCurve:
    energy = np.linspace(280.0, 310.0, n)
    return ReferenceCurve(spectrum=Spectrum(energy, np.exp(-((energy - at) ** 2)), kind="measured"), label=f"{at}")


def many(n: int) -> Work:
    """A session with steps that each changed the broadening."""
    session = Session(structure=load_example("benzene"), broadening_fwhm_ev=9.0)
    steps = [KeptStep(f"step {k}", session.replace(broadening_fwhm_ev=8.0 - 0.01 * k)) for k in range(n)]
    return Work(session, history=KeptHistory(tuple(steps)))


@pytest.mark.parametrize("seed", range(3))
def test_steps_come_back_as_they_were(seed):
    work = RandomWork(seed).work()
    again = work_from_bytes(work_to_bytes(work)).history
    assert (again.left_out, again.problem) == (3, "")
    for side in ("undo", "redo"):
        before, after = getattr(work.history, side), getattr(again, side)
        assert [one.text for one in before] == [one.text for one in after]
    assert again.undo[0].session.picked == ()
    assert again.undo[1].session.structure is None
    assert again.redo[0].session.references == ()
    assert len(again.undo[0].session.references) == len(work.session.references)


def test_a_step_costs_what_it_changed():
    few, lots = len(work_to_bytes(many(1))), len(work_to_bytes(many(101)))
    assert lots - few < 100 * 60
    said = said_in(work_to_bytes(many(2)))["history"]["undo"]
    assert [list(one["changed"]) for one in said] == [["broadening_fwhm_ev"]] * 2


def test_sessions_share_what_did_not_change():
    work = work_from_bytes(work_to_bytes(many(3)))
    assert all(one.session.structure is work.session.structure for one in work.history.undo)
    assert changed_parts(work.session, work.history.undo[0].session) == {"broadening_fwhm_ev"}


def test_of_many_curves_those_that_changed_are_written():
    curves = tuple(curve(20, 285.0 + k) for k in range(9))
    session = Session(structure=load_example("benzene"), references=curves)
    moved = (*curves[:4], curves[4].replace(label="before"), *curves[5:])
    work = Work(session, history=KeptHistory((KeptStep("rename", session.replace(references=moved)),)))
    said = said_in(work_to_bytes(work))["history"]["undo"][0]["changed"]["references"]
    assert [one.get("$same", "new") for one in said] == [0, 1, 2, 3, "new", 5, 6, 7, 8]
    again = work_from_bytes(work_to_bytes(work))
    assert [one.label for one in again.history.undo[0].session.references][4] == "before"
    assert again.history.undo[0].session.references[0] is again.session.references[0]


@pytest.mark.parametrize("place", [-1, 9, "0", None, 1.5])
def test_a_place_that_is_none_costs_the_list_only(place):
    session = Session(structure=load_example("benzene"), references=(curve(),))
    work = Work(session, history=KeptHistory((KeptStep("x", session.replace(references=(curve(), curve()))),)))

    def spoil(said):
        said["history"]["undo"][0]["changed"]["references"] = [{"$same": place}]

    again = work_from_bytes(resaid(work_to_bytes(work), spoil))
    assert (again.history.undo, again.history.left_out) == ((), 1)


def test_too_many_steps_are_cut_at_the_oldest_and_counted():
    again = work_from_bytes(work_to_bytes(many(history.MOST_STEPS + 7))).history
    assert (len(again.undo), again.left_out) == (history.MOST_STEPS, 7)
    assert again.undo[0].text == "step 0"


def test_curves_that_only_the_list_needs_are_bounded(monkeypatch):
    monkeypatch.setattr(history, "LARGEST_BYTES", 20_000)
    session = Session(structure=load_example("benzene"))
    steps = [KeptStep(f"{k}", session.replace(references=(curve(500, 285.0 + k),))) for k in range(5)]  # 8 kB each
    again = work_from_bytes(work_to_bytes(Work(session, history=KeptHistory(tuple(steps))))).history
    assert (len(again.undo), again.left_out) == (2, 3)


def test_a_damaged_step_costs_the_list_only():
    def spoil(said):
        said["history"]["undo"][1]["changed"] = {"picked": [77]}

    work = work_from_bytes(resaid(work_to_bytes(many(4)), spoil))
    assert work.session.broadening_fwhm_ev == 9.0
    assert [one.text for one in work.history.undo] == ["step 0"]
    assert work.history.left_out == 3
    assert "damaged" in work.history.problem


@pytest.mark.parametrize("value", [1, [], {"undo": 5}, {"of": 3, "undo": [1]}, "x"])
def test_odd_lists_are_told_of(value):
    def spoil(said):
        said["history"] = value

    work = work_from_bytes(resaid(work_to_bytes(many(2)), spoil))
    assert work.history.undo == ()
    assert work.history.problem


def test_a_list_beside_another_session_is_not_believed():
    """An older program writes it back as it was, though the work is another by then."""

    def older(said):
        said["session"]["broadening_fwhm_ev"] = 3.0

    work = work_from_bytes(resaid(work_to_bytes(many(2)), older))
    assert work.session.broadening_fwhm_ev == 3.0
    assert work.history.undo == ()
    assert "program" in work.history.problem


def test_what_is_written_is_plain_json():
    json.dumps(said_in(work_to_bytes(RandomWork(1).work()))["history"], allow_nan=False)
