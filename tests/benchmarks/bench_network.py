"""How long the shipped network takes, one processor thread: run with ``python tests/benchmarks/bench_network.py``."""

from __future__ import annotations

import os
import time

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np

ROUNDS = 20


def structures():
    """Return benzene, a molecule of 33 atoms, and a periodic slab of 96 atoms (eight flat benzenes)."""
    from xanesview.domain.structure import Structure
    from xanesview.io.examples import load_example
    from xanesview.io.structures.registry import structure_from_smiles

    benzene = load_example("benzene")
    ibuprofen = structure_from_smiles("CC(C)Cc1ccc(cc1)C(C)C(=O)O")
    places = [[7.5 * (k % 2), 7.5 * (k // 2 % 2), 5.0 + 3.6 * (k // 4)] for k in range(8)]
    x = benzene.positions_angstrom - benzene.positions_angstrom.mean(0)
    slab = Structure(
        numbers=np.tile(benzene.numbers, 8), positions_angstrom=np.concatenate([x + p for p in places]),
        cell_angstrom=np.diag([15.0, 15.0, 20.0]), pbc=np.array([True, True, False]), name="benzene slab",
    )  # fmt: skip
    return [
        ("benzene, all sites", benzene, 40.0),
        ("33-atom molecule", ibuprofen, 150.0),
        ("96-atom periodic slab", slab, 500.0),
    ]


def main() -> None:
    """Print medians beside the limits, and the ratio to benzene."""
    import torch

    from xanesview.inference.predictor import default_sites, load_predictor

    predictor = load_predictor(device="cpu")
    torch.set_num_threads(1)
    import xanesview.inference.device as device

    device.SHARED_WORK_EDGES = 10**9
    first = None
    print(f"{'':26s} atoms sites  median ms  limit ms  ratio to benzene")
    for name, structure, limit in structures():
        sites = default_sites(structure, predictor.card)
        times = []
        for _ in range(ROUNDS + 3):
            start = time.perf_counter()
            predictor.predict(structure, sites)
            times.append(1e3 * (time.perf_counter() - start))
        median = float(np.median(times[3:]))
        first = first or median
        print(f"{name:26s} {structure.n_atoms:5d} {len(sites):5d} {median:10.1f} {limit:9.0f} {median / first:10.1f}")


if __name__ == "__main__":
    main()
