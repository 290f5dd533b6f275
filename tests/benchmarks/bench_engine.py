"""How long a molecule takes: processor seconds of the engine on one core, set-up and a site.

    python tests/benchmarks/bench_engine.py [--against PROGRAM.py]

``--against`` names another program with a function ``tp_sticks(symbols, positions, absorber)`` returning ``energy``
(eV): both compute the same sites in turn in this run, and ratio and largest difference of the first twenty energies are
printed.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from xanesview.domain.structure import SYMBOLS
from xanesview.reference.engine.relaxation import relaxed_from_smiles
from xanesview.reference.engine.tp_dft import TransitionPotential

MOLECULES = {
    "methyl formate": "COC=O",
    "toluene": "Cc1ccccc1",
    "uracil": "O=c1cc[nH]c(=O)[nH]1",
    "benzoic acid": "OC(=O)c1ccccc1",
    "naphthalene": "c1ccc2ccccc2c1",
    "caffeine": "Cn1cnc2c1c(=O)n(C)c(=O)n2C",
}


def other_program(path: str):
    """Load another program's function."""
    spec = importlib.util.spec_from_file_location("other_program", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.tp_sticks


def main() -> None:
    """Print a line a molecule and the ratio over all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--against", metavar="PROGRAM.py")
    other = None
    if path := parser.parse_args().against:
        other = other_program(path)
    ours_total = theirs_total = 0.0
    warm_up = np.array([[0, 0, 0], [0, 0, 1.2], [0, 0.9, -0.6], [0, -0.9, -0.6]])
    TransitionPotential(["C", "O", "H", "H"], warm_up).site(0)
    for name, smiles in MOLECULES.items():
        geometry, _ = relaxed_from_smiles(smiles, name)
        symbols = [SYMBOLS[z] for z in geometry.numbers]
        carbon = [i for i, s in enumerate(symbols) if s == "C"]
        classes = {int(geometry.rank[i]): i for i in reversed(carbon)}
        sites = sorted(classes.values())
        start = time.process_time()
        engine = TransitionPotential(symbols, geometry.positions_angstrom, geometry.charge)
        set_up = time.process_time() - start
        found = [engine.site(i) for i in sites]
        ours = time.process_time() - start
        each = f"set-up {set_up:.2f} s, a site {(ours - set_up) / len(sites):.2f} s"
        text = f"{name:16s} {len(sites):2d} sites {ours:6.2f} s ({each})"
        if other is not None:
            start = time.process_time()
            theirs = [other(symbols, geometry.positions_angstrom, i) for i in sites]
            took = time.process_time() - start
            pairs = zip(found, theirs)
            largest = max(np.abs(a.energy_ev[:20] - b["energy"][: len(a.energy_ev[:20])]).max() for a, b in pairs)
            text += f"; other program {took:6.2f} s, ratio {took / ours:.2f}, largest difference {largest:.4f} eV"
            ours_total, theirs_total = ours_total + ours, theirs_total + took
        print(text, flush=True)
    if other is not None:
        print(f"ratio over all {theirs_total / ours_total:.2f}")


if __name__ == "__main__":
    main()
