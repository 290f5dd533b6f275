"""What teaching ten molecules of a family does to ten others.

    python tests/benchmarks/bench_teach.py FOLDER [--network c_k_edge_tensor] [--data FILE.h5] [--family SMARTS]

The family is one that the network hardly knows: by default allenes, of which c_k_edge_tensor has learnt two. Those of
c_k_0008.h5, a block of the library that it was not trained on, are put in an order that says nothing of them; ten teach
a copy and the ten next are kept apart. The copy's errors before and after stand beside those on the network's own test
molecules.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
FAMILY, BLOCK = "C=C=C", "c_k_0008.h5"
COUNT = 10


def family(own, pattern) -> list:
    """Return the molecules of the family, one of each constitution, in the order of a hash."""
    from rdkit import Chem

    found = {}
    for entry in own.content().entries:
        if Chem.MolFromSmiles(entry.smiles).HasSubstructMatch(pattern):
            found.setdefault(entry.constitution, entry)
    return [found[key] for key in sorted(found, key=lambda key: hashlib.sha256(key.encode()).hexdigest())]


def main() -> None:
    """Teach and tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--network", default="c_k_edge_tensor", metavar="NAME|PATH")
    parser.add_argument("--data", type=Path, metavar="FILE.h5", help=f"spectra to take them from (default {BLOCK})")
    parser.add_argument("--family", default=FAMILY, metavar="SMARTS")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--members", type=int, default=0, help="0: all of the network's")
    for name in ("repeats", "rehearsed", "watched", "tested", "batch_structures"):
        parser.add_argument(f"--{name}", type=int)
    parser.add_argument("--learning_rate", type=float)
    arguments = parser.parse_args()
    import torch
    from rdkit import Chem

    from xanesview.networks.card import CARD, Card, find_bundle
    from xanesview.paths import resource
    from xanesview.training.teaching.known_molecules import known_molecules
    from xanesview.training.teaching.looking import formulas
    from xanesview.training.teaching.own_set import APART, TEACHES, OwnSet
    from xanesview.training.teaching.teach import TeachingChoices, teach

    torch.set_num_threads(1)
    pattern = Chem.MolFromSmarts(arguments.family)
    if pattern is None:
        parser.error(f"{arguments.family} is no SMARTS")
    data = arguments.data or resource("reference", BLOCK)
    card = Card.from_json(find_bundle(arguments.network) / CARD)
    if data.name in card.data.get("files", ()):
        parser.error(f"{arguments.network} has learnt {data.name}: nothing of it would be new to a copy")
    own = OwnSet(arguments.folder / "own_spectra")
    own.add_file(data)
    molecules = family(own, pattern)
    learnt = known_molecules(card).learnt(formulas(molecules))  # from other files
    molecules = [one for one in molecules if one.constitution not in learnt][: 2 * COUNT]
    if len(molecules) < 2 * COUNT:
        parser.error(f"{len(molecules)} new molecules of {data.name} match {arguments.family}; {2 * COUNT} are needed")
    marks = {one.key: TEACHES if k < COUNT else APART for k, one in enumerate(molecules)}
    apart = ("folder", "network", "data", "family")
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
