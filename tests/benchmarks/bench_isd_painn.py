"""What directions cost ISD-PaiNN, at its published size and as it comes with the program:
``python tests/benchmarks/bench_isd_painn.py``.

One thread; processor time, not time on the clock: other programs on the machine count less.
"""

from __future__ import annotations

import os
import time

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np

ROUNDS = 9
DIRECTIONS = 7


def milliseconds(work) -> float:
    """Return the median processor time of some work."""
    times = []
    for _ in range(ROUNDS + 2):
        start = time.process_time()
        work()
        times.append(1e3 * (time.process_time() - start))
    return float(np.median(times[2:]))


def main() -> None:
    """Print times for a 33-atom molecule, and their ratios beside the targets."""
    import torch

    from xanesview.io.structures.registry import structure_from_smiles
    from xanesview.networks.atom_graphs import atom_graph
    from xanesview.networks.isd_painn.directions import prepared, spectra_along
    from xanesview.networks.isd_painn.network import IsdPainn, IsdPainnConfig

    torch.set_num_threads(1)
    torch.manual_seed(0)
    molecule = structure_from_smiles("CC(C)Cc1ccc(cc1)C(C)C(=O)O")
    network = IsdPainn(IsdPainnConfig()).eval().requires_grad_(False)
    directions = torch.randn(DIRECTIONS, 3)

    def known():
        graph = atom_graph(molecule.numbers, molecule.positions_angstrom, network.config.cutoff)
        return prepared(network, graph)

    structure = known()
    first = milliseconds(lambda: spectra_along(network, known(), directions[:1]))
    further = milliseconds(lambda: spectra_along(network, structure, directions[:1]))
    several = milliseconds(lambda: spectra_along(network, known(), directions))
    several_further = milliseconds(lambda: spectra_along(network, structure, directions))
    plain = milliseconds(lambda: network(structure.graph, directions[0]))
    print(f"{molecule.n_atoms} atoms, {len(structure.graph.source)} edges, one thread, processor time")
    print(f"one direction, nothing known       {first:8.1f} ms  (edge by edge, as in training: {plain:.1f} ms)")
    print(f"a further direction                {further:8.1f} ms")
    print(f"{DIRECTIONS} directions, nothing known        {several:8.1f} ms")
    print(f"{DIRECTIONS} further directions               {several_further:8.1f} ms")
    print(f"{DIRECTIONS} directions / one, nothing known  {several / first:8.2f}     target below 5")
    print(f"{DIRECTIONS} further directions / one further {several_further / further:8.2f}     target below 5")
    print(f"first / further direction          {first / further:8.2f}     target at least 1.4")
    live(molecule)


def live(molecule) -> None:
    """Print what a dragged arrow costs with the network that comes with the program, all carbon sites."""
    from xanesview.domain.geometry.polarisation import linear, powder, unpolarised
    from xanesview.inference.directional_predictor import DirectionalPredictor
    from xanesview.io.examples import load_example
    from xanesview.networks.card import find_bundle

    path = find_bundle("c_k_edge_isd_painn")
    predictor = DirectionalPredictor(path, "cpu")
    random = np.random.default_rng(0)
    for structure in (load_example("benzene"), molecule):
        sites = structure.sites_of("C")
        work = {
            "linear": lambda s=structure, c=sites: predictor.along(s, c, linear(random.normal(size=3))),
            "unpolarised": lambda s=structure, c=sites: predictor.along(s, c, unpolarised(random.normal(size=3))),
            "powder": lambda s=structure, c=sites: predictor.along(s, c, powder()),
            "linear, nothing known": lambda s=structure, c=sites: forgetful(predictor).along(
                s, c, linear(random.normal(size=3))
            ),
            "fitted tensor and domain": lambda s=structure, c=sites: predictor.predict(s, c),
        }
        print(f"{predictor.card.name}, {structure.n_atoms} atoms, {len(sites)} sites")
        for name, one in work.items():
            print(f"  {name:26s} {milliseconds(one):8.1f} ms")


def forgetful(predictor):
    """Return a predictor after it has forgotten what it kept of structures."""
    predictor.forget()
    return predictor


if __name__ == "__main__":
    main()
