"""CPU time of every processing step on a million points, on an even grid and an uneven one.

    python -m tests.benchmarks.bench_processing
"""

from __future__ import annotations

import time

import numpy as np

from tests.unit.domain.processing.test_steps import VALUES
from xanesview.domain.processing.applied import apply
from xanesview.domain.processing.steps.registry import KINDS, step_from_dict

N = 1_000_000


def main() -> None:
    """Print one line a step kind."""
    rng = np.random.default_rng(0)
    grids = {"even": np.linspace(6900.0, 7900.0, N), "uneven": np.sort(rng.uniform(6900.0, 7900.0, N))}
    for name, energy in grids.items():
        x = energy - 7112.0
        mu = 0.4 - 1e-4 * x + 0.5 + np.arctan(x) / np.pi + rng.normal(0.0, 1e-3, N)
        curves = {"flux": (energy, 2.0 + 0.0 * x), "other": (energy, 0.5 * mu + 1.0), "scan 2": (energy, 1.01 * mu)}
        for kind in KINDS:
            step = step_from_dict({"kind": kind.kind, **VALUES[kind.kind]})
            if kind.kind == "deglitch":
                step = step.replace(automatic=True)
            start = time.process_time()
            apply((step,), energy, mu, curves)
            print(f"{name:7s} {kind.kind:22s} {time.process_time() - start:6.2f} s")


if __name__ == "__main__":
    main()
