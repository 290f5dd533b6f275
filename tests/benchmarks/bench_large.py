"""What the prediction of every carbon of a large structure takes: processor time and memory.

``python tests/benchmarks/bench_large.py [--molecules N] [--jitter Å] [--against PROGRAM]``: benzenes on a grid, near
enough to feel each other; with a jitter no two see the same. PROGRAM is the folder of another version's source, which
is timed alike in the same run; the ratio of both is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

SPACING_ANGSTROM = (6.2, 6.9, 4.3)
NETWORK = "c_k_edge_tensor"


def grid_of_benzenes(count: int, jitter_angstrom: float):
    """So many benzenes side by side, row after row."""
    from ase.build import molecule

    from xanesview.domain.structure import Structure

    one, side = molecule("C6H6"), int(np.ceil(count ** (1 / 3)))
    places = np.array([(k % side, k // side % side, k // side**2) for k in range(count)]) * SPACING_ANGSTROM
    positions = (one.positions + places[:, None]).reshape(-1, 3)
    positions += jitter_angstrom * np.random.default_rng(0).standard_normal(positions.shape)
    return Structure(np.tile(one.numbers, count), positions)


def measured(count: int, jitter_angstrom: float) -> dict:
    """Predict in this process; the network is loaded and has been used before the clock starts."""
    from xanesview.api import predict

    predict(grid_of_benzenes(1, 0.0), NETWORK)
    structure, begin = grid_of_benzenes(count, jitter_angstrom), time.process_time()
    tensor = predict(structure, NETWORK).tensor
    return {
        "atoms": len(structure.numbers),
        "sites": len(tensor.sites),
        "processor_s": round(time.process_time() - begin, 1),
        "most_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "checksum": float(tensor.components.sum()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--molecules", type=int, default=417)
    parser.add_argument("--jitter", type=float, default=0.0, metavar="Å")
    parser.add_argument("--against", type=Path, metavar="PROGRAM")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        print(json.dumps(measured(asked.molecules, asked.jitter)))
        return
    here = Path(__file__).resolve().parents[2]
    found = []
    for program in filter(None, (here, asked.against)):
        words = [sys.executable, __file__, "--child"]
        words += ["--molecules", str(asked.molecules), "--jitter", str(asked.jitter)]
        told = subprocess.run(
            words, env={**os.environ, "PYTHONPATH": str(program)}, capture_output=True, text=True, check=True
        )
        found.append(json.loads(told.stdout.splitlines()[-1]))
        print("this version" if program == here else "the other one", found[-1])
    if len(found) == 2:
        print(f"{found[1]['processor_s'] / found[0]['processor_s']:.1f} times the processor time")


if __name__ == "__main__":
    main()
