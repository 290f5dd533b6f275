"""Scaled screens: a click picks the atom under it, words and digits find room, the plot has its title."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

#: Windows on 1600 × 1000 pixels, device-independent.
SIZES = {"1": (1400, 860), "1.25": (1092, 590), "1.5": (1040, 620), "2": (798, 470)}


@pytest.mark.parametrize("scale", SIZES)
def test_a_click_picks_the_atom_under_it_and_nothing_is_cut(scale) -> None:
    words = [sys.executable, "-m", "tests.gui.process_at_scale", *map(str, SIZES[scale])]
    done = subprocess.run(
        words, env={**os.environ, "QT_SCALE_FACTOR": scale}, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["ratio"] == float(scale)
    assert len(told["picks"]) >= 3
    for pick in told["picks"]:
        assert pick["picked"] == [pick["atom"]]
        assert pick["lightness"] < 0.6, "a carbon is painted there, not the bright ground"
    assert told["cut"] == []
    assert told["title"].startswith(("Σ 6 C", "sum of all 6 C"))
