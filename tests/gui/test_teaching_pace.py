"""How long a teaching still takes: measured on this computer as soon as it learns."""

from __future__ import annotations

import pytest

from xanesview.gui.session.teaching_pace import TeachingPace

PLAN = {"repeats": 6, "rehearsed": 96, "watched": 24, "tested": 60}


def test_a_busy_computer_is_found_out_by_the_first_steps():
    now = [0.0]
    pace = TeachingPace(PLAN, 10, 4, 9, lambda: now[0])
    free_s = pace.whole_s()
    now[0] = 100.0  # which torch took to load: no measure of the learning
    assert pace.testing_left_s(0.0) is None
    assert pace.left_s(0.01) is None
    now[0] += 60.0
    left_s = pace.left_s(0.06)
    assert left_s == pytest.approx(0.94 / 0.05 * 60.0 + pace.testing_left_s(0.0))
    assert pace.slowness > 5.0
    assert pace.whole_s(pace.slowness) == pytest.approx(free_s * pace.slowness)
    now[0] += 30.0  # it has become faster
    assert pace.left_s(0.5) < left_s
    assert pace.testing_left_s(1.0) == 0.0


def test_more_to_learn_takes_longer():
    few, many = TeachingPace(PLAN, 1, 4, 9), TeachingPace(PLAN, 20, 4, 9)
    assert few.whole_s() < many.whole_s() < TeachingPace(PLAN, 20, 4, 18).whole_s()
