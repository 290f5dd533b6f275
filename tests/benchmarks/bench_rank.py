"""How often the right molecule comes first among its isomers and neighbours, when measured spectra ask which it is.

    python tests/benchmarks/bench_rank.py FOLDER [--element C] [--most 200] [--ties FILE.csv]

``FOLDER`` holds ``index.csv`` with the columns file, smiles, element, state and the spectra, as for bench_measured.py.
The candidates of a file are the molecules of the library nearest in composition, isomers first, and the right one on
the geometry that ``predict`` builds; all are predicted by the shipped network of the edge and drawn as measured, as
``xanesview rank`` does. A line a file: the place of the right molecule among all, its misfit beside the best one's,
how many can't be told from the best and whether the right one is among them; then the shares. ``--ties`` writes misfits
and errors of the best and the right one, from which the width of a tie was chosen.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from xanesview.domain.geometry.polarisation import Powder
from xanesview.domain.ranking.candidate import Candidate
from xanesview.domain.ranking.ranking import RankChoices, rank
from xanesview.errors import XanesviewError
from xanesview.inference.predictor import load_predictor
from xanesview.io.spectra.stick_file import read_molecule
from xanesview.reference.library.library import load_library, shown_name
from xanesview.reference.making.splits import constitution_key
from xanesview.shown.candidates import nearest_in_composition, predicted_candidate
from xanesview.training.calibration.measured_files import WINDOWS_EV, measured_files


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--element", default="C", choices=("C", "N", "O"))
    parser.add_argument("--most", type=int, default=200)
    parser.add_argument("--ties", type=Path)
    asked = parser.parse_args()
    predictor = load_predictor(f"{asked.element.lower()}_k_edge_tensor")
    library, kept, rows = load_library(), {}, []
    print(f"{'file':<24} place of    misfit: right  best     tied  right among them")
    for file in measured_files(asked.folder, asked.element):
        if not file.smiles:
            continue
        structure = file.structure()
        right = predicted_candidate("RIGHT", structure, predictor, [Powder()])[0]
        key, others = constitution_key(file.smiles), []
        for entry in nearest_in_composition(library, asked.element, structure.formula, asked.most + 5):
            if constitution_key(entry.smiles) == key or len(others) >= asked.most:
                continue
            if entry.smiles not in kept:
                kept[entry.smiles] = _candidate(entry, predictor)
            if kept[entry.smiles] is not None:
                others.append(kept[entry.smiles])
        found = rank([file.spectrum()], [right, *others], RankChoices(window_ev=WINDOWS_EV[asked.element]))
        place = next(k for k, one in enumerate(found.ranked, 1) if one.name == "RIGHT")
        one, best, tied = found.ranked[place - 1], found.ranked[0], found.tied()
        rival = next(other for other in found.ranked if other.name != "RIGHT")
        rows.append((place, one.is_tied, len(tied), one.misfit, one.error, rival.misfit, rival.error))
        place_of = f"{place:>3} of {len(found.ranked):<4}"
        misfits = f"{100 * one.misfit:9.1f} %  {100 * best.misfit:5.1f} %"
        among = f"{len(tied):>4}  {'yes' if one.is_tied else 'no':<4} {best.name if place > 1 else ''}"
        print(f"{file.name:<24} {place_of} {misfits}  {among}", flush=True)
    places = np.array([row[0] for row in rows])
    shares = [f"{name} {np.mean(places <= n):.0%}" for name, n in (("first", 1), ("among five", 5), ("among ten", 10))]
    tied = f"among those that can't be told from the best {np.mean([row[1] for row in rows]):.0%}"
    print(f"\n{len(rows)} files: {', '.join(shares)}; {tied} (median {np.median([r[2] for r in rows]):.0f})")
    if asked.ties:
        np.savetxt(asked.ties, np.array([row[3:] for row in rows]), delimiter=",", header="right,±,rival,±")


def _candidate(entry, predictor) -> Candidate | None:
    try:
        structure = read_molecule(entry).structure
        return predicted_candidate(shown_name(entry), structure, predictor, [Powder()])[0]
    except XanesviewError:
        return None


if __name__ == "__main__":
    main()
