"""Ten absorption scans by formula, such as beamlines give: edges, white lines, wiggles, slopes, noise, uneven grids.

Their pre-edge lines and edge steps as xraylarch finds them are in ``tests/data/larch_pre_edge.json``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Scan(NamedTuple):
    """One scan, and what its normalisation is asked to be."""

    name: str
    e0_ev: float
    step: float
    width_ev: float
    white_line: float
    slope_per_ev: float
    noise: float
    first_ev: float
    last_ev: float
    settings: dict[str, float | int]


SCANS = (
    Scan("Fe foil", 7112.0, 1.0, 2.0, 0.3, -1e-4, 1e-4, -150.0, 800.0, {}),
    Scan("Cu foil, thick", 8979.0, 2.7, 2.5, 0.2, -4e-4, 2e-4, -200.0, 950.0, {}),
    Scan("Ti oxide", 4966.0, 0.35, 1.5, 0.9, -2e-4, 1e-4, -100.0, 450.0, {}),
    Scan("S, short", 2472.0, 0.8, 0.8, 1.6, -1e-4, 3e-4, -60.0, 200.0, {}),
    Scan("Pt L3", 11564.0, 1.6, 3.0, 1.2, -1e-4, 2e-4, -180.0, 1100.0, {"nvict": 1}),
    Scan("Zn, rising background", 9659.0, 0.5, 2.0, 0.8, 3e-4, 2e-4, -150.0, 700.0, {"nnorm": 1}),
    Scan("Mo, by hand", 20000.0, 1.1, 5.0, 0.1, -1e-4, 1e-4, -250.0, 1000.0,
         {"pre1": -200.0, "pre2": -40.0, "norm1": 100.0, "norm2": 900.0, "nnorm": 2}),
    Scan("Ni, cubic", 8333.0, 1.3, 2.0, 0.4, -2e-4, 1e-4, -150.0, 850.0,
         {"pre1": -140.0, "pre2": -30.0, "norm1": 120.0, "norm2": 840.0, "nnorm": 3}),
    Scan("O K", 535.0, 0.02, 1.2, 2.0, 2e-5, 1e-6, -14.0, 45.0,
         {"pre1": -13.0, "pre2": -6.0, "norm1": 20.0, "norm2": 44.0, "nnorm": 0}),
    Scan("C K, noisy", 288.0, 0.4, 1.5, 1.5, 1e-3, 1e-3, -9.0, 40.0,
         {"pre1": -8.5, "pre2": -5.0, "norm1": 18.0, "norm2": 38.0, "nnorm": 1}),
)  # fmt: skip


def energies(scan: Scan) -> np.ndarray:
    """Return the grid: wide steps before the edge, fine ones over it, then even ones of the electron's momentum."""
    soft = scan.e0_ev < 1000.0
    fine = 0.1 if soft else 0.3
    if soft:
        return scan.e0_ev + np.arange(scan.first_ev, scan.last_ev, fine)
    before = np.arange(scan.first_ev, -20.0, 5.0)
    over = np.arange(-20.0, 30.0, fine)
    momentum = np.arange(np.sqrt(30.0 * 0.262468), np.sqrt(scan.last_ev * 0.262468), 0.05)
    return scan.e0_ev + np.concatenate([before, over, momentum**2 / 0.262468])


def intensities(scan: Scan, seed: int | None = None) -> np.ndarray:
    """Return µ(E) of a scan with its noise."""
    x = energies(scan) - scan.e0_ev
    rise = 0.5 + np.arctan(2.0 * x / scan.width_ev) / np.pi
    white = scan.white_line * np.exp(-0.5 * ((x - 1.5 * scan.width_ev) / scan.width_ev) ** 2)
    momentum = np.sqrt(np.maximum(x, 0.0) * 0.262468)
    damped = np.exp(-0.03 * momentum**2) / np.maximum(momentum, 1.0)
    wiggles = 0.15 * np.sin(4.4 * momentum) * damped * (1.0 - np.exp(-(momentum**2)))
    fall = 1.0 - 2e-4 * np.maximum(x, 0.0) + 5e-8 * np.maximum(x, 0.0) ** 2
    clean = 0.4 + scan.slope_per_ev * x + scan.step * (rise * fall + white + wiggles)
    noise = np.random.default_rng(len(scan.name) if seed is None else seed).normal(0.0, scan.noise, len(x))
    return clean + noise
