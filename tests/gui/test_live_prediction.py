"""The worker: newest wins, late answers are dropped, the end is prompt."""

from __future__ import annotations

import threading

import pytest

from tests.gui.fake_networks import FakeNetworks
from xanesview.errors import XanesviewError
from xanesview.gui.background.ending import wait_for_threads
from xanesview.gui.background.live_prediction import LivePrediction
from xanesview.io.examples import load_example


@pytest.fixture
def live(qtbot, networks: FakeNetworks):
    worker = LivePrediction(networks.load)
    yield worker
    networks.gate.set()
    worker.shutdown()
    assert wait_for_threads(5.0)


def test_an_answer_carries_its_number_and_comes_from_another_thread(qtbot, live, networks):
    with qtbot.waitSignal(live.finished) as answer:
        number = live.request(load_example("benzene"), (0, 3), "fake")
    assert answer.args[0] == number
    assert answer.args[1].tensor.sites.tolist() == [0, 3]
    assert threading.main_thread() not in networks.threads


def test_the_newest_request_wins(qtbot, live, networks):
    networks.gate.clear()
    benzene = load_example("benzene")
    answers = []
    live.finished.connect(lambda number, _prediction: answers.append(number))
    numbers = [live.request(benzene, (site,), "fake") for site in range(5)]
    networks.gate.set()
    qtbot.waitUntil(lambda: answers == [numbers[-1]])
    assert len(networks.asked) <= 2, "requests that waited behind the first are never computed"
    assert not live.is_busy


def test_nothing_comes_after_cancel(qtbot, live, networks):
    networks.gate.clear()
    with qtbot.assertNotEmitted(live.finished, wait=150):
        live.request(load_example("benzene"), (0,), "fake")
        assert live.is_busy
        live.cancel()
        networks.gate.set()
    assert not live.is_busy


def test_a_users_error_arrives_as_sentence_and_hint(qtbot, live, networks):
    networks.error = XanesviewError("Two atoms overlap.", "Check the file.")
    with qtbot.waitSignal(live.failed) as told:
        number = live.request(load_example("benzene"), (0,), "fake")
    assert told.args == [number, "Two atoms overlap.", "Check the file."]


def test_a_bug_in_a_network_is_told_and_the_worker_goes_on(qtbot, live, networks):
    networks.error = ZeroDivisionError("float division by zero")
    with qtbot.waitSignal(live.failed) as told:
        live.request(load_example("benzene"), (0,), "fake")
    assert "float division by zero" in told.args[1]
    networks.error = None
    with qtbot.waitSignal(live.finished):
        live.request(load_example("benzene"), (1,), "fake")


def test_shutdown_during_a_prediction_is_prompt_and_leaves_no_thread(qtbot, networks):
    before = threading.active_count()
    worker = LivePrediction(networks.load)
    networks.gate.clear()
    worker.request(load_example("benzene"), (0,), "fake")
    qtbot.waitUntil(lambda: bool(networks.asked))
    worker.shutdown()
    assert wait_for_threads(2.0)
    assert threading.active_count() <= before + 1
    assert worker.request(load_example("benzene"), (0,), "fake") > 0, "a late request does no harm"
    worker.shutdown()
    assert wait_for_threads(0.0)


def test_what_is_asked_beside_waits_for_the_window_and_is_not_lost(qtbot, live, networks):
    benzene = load_example("benzene")
    networks.gate.clear()
    beside = [live.beside(benzene, (site,), "fake") for site in (1, 2)]
    qtbot.waitUntil(lambda: networks.asked == [(1,)])
    with qtbot.waitSignal(live.finished) as answer:
        number = live.request(benzene, (0,), "fake")  # cuts the other short
        networks.gate.set()
    assert answer.args[0] == number
    assert [one.result(5.0).tensor.sites.tolist() for one in beside] == [[1], [2]]
    assert networks.asked[1] == (0,), "the window went first"


def test_what_fails_beside_is_raised_there_and_what_is_given_up_ends(qtbot, live, networks):
    benzene = load_example("benzene")
    networks.error = XanesviewError("Two atoms overlap.", "Check the file.")
    with qtbot.assertNotEmitted(live.failed, wait=50), pytest.raises(XanesviewError, match="overlap"):
        live.beside(benzene, (0,), "fake").result(5.0)
    networks.error = None
    networks.gate.clear()
    running, waiting = (live.beside(benzene, (site,), "fake") for site in (0, 1))
    qtbot.waitUntil(lambda: networks.asked[-1] == (0,))
    waiting.cancel()
    live.shutdown()
    networks.gate.set()
    qtbot.waitUntil(lambda: running.cancelled() or running.done())
    assert live.beside(benzene, (0,), "fake").cancelled(), "nobody answers any more"
