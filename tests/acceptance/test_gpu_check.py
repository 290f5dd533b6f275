"""``tests/gpu_check.py`` works, so that it is ready where there is a graphics processor; here a little of each."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from tests import gpu_check

SCRIPT = Path(gpu_check.__file__)


def rows(text: str) -> dict[str, list[str]]:
    """Return the cells of the table by what was done."""
    lines = [line for line in text.splitlines() if line.startswith("| ")][1:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {first: rest for first, *rest in cells}


@pytest.mark.slow
def test_every_work_is_done_and_told(tmp_path):
    environment = {**os.environ, "OUT": str(tmp_path)}
    command = [sys.executable, str(SCRIPT), "--smallest"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    table = rows((tmp_path / "gpu_check.md").read_text(encoding="utf-8"))
    assert table == rows(done.stdout)
    assert {name for name, *_ in gpu_check.WORKS} <= set(table)
    for name, *_ in gpu_check.WORKS:
        assert any(unit in table[name][1] for unit in ("ms", " s", "a second")), table[name]
    if torch.cuda.is_available():
        assert all("agree" in table[name][3] for name, *_ in gpu_check.WORKS)
    else:
        assert "no graphics processor" in done.stdout.lower()
        assert table["memory full"][3].startswith("not tried")


def test_numbers_that_differ_fail(monkeypatch):
    def work(device, _amount):
        return gpu_check.Done("1 ms", 1e-3, np.array([1.0, 2.0]) * (1.01 if device == "cuda" else 1.0))

    line = gpu_check.compared("made up", work, 1e-3, gpu_check.SMALLEST, True)
    assert line.failed
    assert line.verdict == "DIFFER (1.0e-02)"
    assert not gpu_check.compared("made up", work, 2e-2, gpu_check.SMALLEST, True).failed


def test_a_work_that_stops_on_the_graphics_processor_is_told_and_the_next_is_done():
    def work(device, _amount):
        if device == "cuda":
            raise RuntimeError("Expected all tensors to be on the same device")
        return gpu_check.Done("1 ms", 1e-3, np.ones(2))

    line = gpu_check.compared("made up", work, 1e-3, gpu_check.SMALLEST, True)
    assert line.failed
    assert "same device" in line.graphics
    assert line.processor == "1 ms"


def test_full_memory_without_a_fallback_fails(monkeypatch):
    """On the processor alone: what is asked for on the graphics processor stops, or goes on without a word."""
    from xanesview.inference import loaded_network

    monkeypatch.setattr(gpu_check, "fill_memory", list)
    stopped = gpu_check.fallback("c_k_edge_xanesnet", "predicting")
    if not torch.cuda.is_available():
        assert stopped.failed
        assert "not available" in stopped.graphics
    monkeypatch.setattr(loaded_network.LoadedNetwork, "_move", lambda self: None)
    monkeypatch.setattr("xanesview.inference.device.choose_device", lambda wanted="auto": "cpu")
    silent = gpu_check.fallback("c_k_edge_xanesnet", "loading")
    assert silent.failed
    assert silent.verdict.startswith("NO FALLBACK")
