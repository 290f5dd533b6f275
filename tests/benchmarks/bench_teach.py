"""What teaching ten molecules of a family does to ten others.

    python tests/benchmarks/bench_teach.py FOLDER --network NETWORK

The family is one on which c_k_edge_tensor of 2026-11-29 erred most: molecules with a CF₃ group at a carbon with four
single bonds and no halogen. Those of c_k_0006.h5, a block of the library that NETWORK was not trained on, are put in an
order that says nothing of them; ten teach a copy and the ten next are kept apart. The copy's errors before and after
stand beside those on the network's own test molecules. The c_k_edge_tensor that comes with the program now has learnt
that block; the one before is in the history of its folder, and a network with the block left out does as well.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
BLOCK, FAMILY, MOST_HEAVY = "c_k_0006.h5", "[CX4;!$([CX4][F,Cl])][CX4](F)(F)F", 11
COUNT = 10


def family(own) -> list:
    """Return the molecules of the family, one of each constitution, in the order of a hash."""
    from rdkit import Chem

    pattern, found = Chem.MolFromSmarts(FAMILY), {}
    for entry in own.content().entries:
        molecule = Chem.MolFromSmiles(entry.smiles)
        if molecule.HasSubstructMatch(pattern) and molecule.GetNumHeavyAtoms() <= MOST_HEAVY:
            found.setdefault(entry.constitution, entry)
    return [found[key] for key in sorted(found, key=lambda key: hashlib.sha256(key.encode()).hexdigest())]


def main() -> None:
    """Teach and tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--network", required=True, metavar="NAME|PATH", help=f"one that has not learnt {BLOCK}")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--members", type=int, default=0, help="0: all of the network's")
    for name in ("repeats", "rehearsed", "watched", "tested", "batch_structures"):
        parser.add_argument(f"--{name}", type=int)
    parser.add_argument("--learning_rate", type=float)
    arguments = parser.parse_args()
    import torch

    from xanesview.networks.card import CARD, Card, find_bundle
    from xanesview.paths import resource
    from xanesview.training.teaching.own_set import APART, TEACHES, OwnSet
    from xanesview.training.teaching.teach import TeachingChoices, teach

    if BLOCK in Card.from_json(find_bundle(arguments.network) / CARD).data.get("files", ()):
        parser.error(f"{arguments.network} has learnt {BLOCK}: nothing of it would be new to a copy")
    torch.set_num_threads(1)
    own = OwnSet(arguments.folder / "own_spectra")
    own.add_file(resource("reference", BLOCK))
    molecules = family(own)[: 2 * COUNT]
    marks = {one.key: TEACHES if k < COUNT else APART for k, one in enumerate(molecules)}
    apart = ("folder", "network")
    asked = {name: value for name, value in vars(arguments).items() if name not in apart and value is not None}
    choices = TeachingChoices(**asked)
    began = time.process_time()

    def tell(line: dict) -> None:
        print(f"{time.process_time() - began:6.0f} s  {line}", flush=True)

    print(", ".join(one.smiles for one in molecules))
    tests = teach(arguments.network, molecules, marks, arguments.folder / "copy", "taught", choices, tell)
    for one in tests:
        change = 100.0 * (one.after / one.before - 1.0)
        counts = f"{one.n_molecules} molecules, {one.n_sites} sites"
        print(f"{one.name:6s} {counts:28s} {one.before:.4f} → {one.after:.4f}  ({change:+.1f} %)")
    smiles = {one.key: one.smiles for one in molecules}
    for key, (before, after) in tests[0].molecules.items():
        print(f"  {smiles[key]:30s} {before:.4f} → {after:.4f}")


if __name__ == "__main__":
    main()
