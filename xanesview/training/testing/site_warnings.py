"""What a bundle's card needs so that warnings are right, found on the data it was trained on; and how right they are.

From training molecules: how many have a site bonded to which elements. From validation sites: how large an error is to
be expected where the ensemble disagrees or the surroundings are far from any that were learnt, and where it is so large
that a site is called uncertain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import nnls
from scipy.stats import spearmanr

from xanesview.inference.domain_check import bond_pairs, bonded_elements, check_sites
from xanesview.inference.site_grade import SiteGrade
from xanesview.networks.neighbours import neighbour_edges
from xanesview.training.data.labelled import LabelledStructure
from xanesview.training.testing.split_comparison import SplitComparison

WARNED_PERCENT = 12.0
"""Share of validation sites that are outside or uncertain: few enough that at most a fifth of other molecules' sites
are, many enough that they hold most of the worst."""
WORST_PERCENT = 5.0
LONGEST_BOND_ANGSTROM = 3.5
_FEWEST_SITES = 10
_LEAST = 1e-12


def bonded_counts(train: Sequence[LabelledStructure]) -> dict[str, int]:
    """Return of how many training molecules an atom is bonded to each set of elements.

    Displaced copies of a molecule are one; every structure of a crystal counts.
    """
    found: dict[str, set] = {}
    for number, m in enumerate(train):
        i, j, d = neighbour_edges(m.positions_angstrom, m.cell_angstrom, m.pbc, LONGEST_BOND_ANGSTROM)
        bonded = bond_pairs(m.numbers, i, j, np.linalg.norm(d, axis=1))
        owner = number if m.pbc.any() or not m.parent else m.parent
        bound = np.unique(i[bonded])
        for name in set(bonded_elements(m.numbers, i[bonded], j[bonded], bound).values()):
            found.setdefault(name, set()).add(owner)
    return {name: len(owners) for name, owners in sorted(found.items())}


def fit_grade(measures: Mapping[str, np.ndarray], mse: np.ndarray, outside: np.ndarray) -> SiteGrade | None:
    """Fit the expected error of validation sites; None where there are too few, or no measure varies.

    Parameters
    ----------
    measures : (S,) each
    mse : (S,) mean square errors in units of the squared intensity scale
    outside : (S,) sites that are warned of in any case; with uncertain ones they make WARNED_PERCENT
    """
    varying = {name: values for name, values in measures.items() if np.median(values) > 0 and np.ptp(values) > 0}
    if len(mse) < _FEWEST_SITES or not varying:
        return None
    usual = {name: float(np.median(values)) for name, values in varying.items()}
    start = SiteGrade(usual, dict.fromkeys(usual, 1.0), 1.0, 1.0)
    columns = np.stack(list(start.contributions(varying).values()), axis=1)
    target = np.log(np.maximum(mse, _LEAST))
    slopes, _ = nnls(columns - columns.mean(0), target - target.mean())  # a higher measure never means a smaller error
    if not slopes.any():
        return None
    usual_mse = float(np.exp(target.mean() - columns.mean(0) @ slopes))
    grade = replace(start, slopes=dict(zip(usual, slopes.tolist(), strict=True)), usual_mse=usual_mse)
    ratios = grade.ratios(varying)[~outside]
    left = max(WARNED_PERCENT / 100.0 * len(mse) - outside.sum(), 0.0) / max(len(ratios), 1)
    return replace(grade, limit=float(np.quantile(ratios, 1.0 - left)))


def judged_again(comparison: SplitComparison, domain: Mapping) -> SplitComparison:
    """Return a comparison with the verdicts that another ``domain`` of the card gives; no network is asked."""
    verdicts, row = [], 0
    for labelled in comparison.structures:
        mine = comparison.verdicts[row : row + len(labelled.sites)]
        row += len(labelled.sites)
        if not mine[0].measures:
            return comparison
        measures = {name: np.array([one.measures[name] for one in mine]) for name in mine[0].measures}
        verdicts += check_sites(labelled.structure, labelled.sites, measures, domain)
    return replace(comparison, verdicts=tuple(verdicts))


def all_measures(comparison: SplitComparison) -> dict[str, np.ndarray]:
    """Return what was measured of each site without knowing the truth, (S,) each."""
    return {
        name: np.array([verdict.measures[name] for verdict in comparison.verdicts])
        for name in comparison.verdicts[0].measures
    }


def warning_measures(comparison: SplitComparison) -> dict[str, float]:
    """Return how right warnings are: how many sites have one, how much more these err than others, how many of the
    worst they hold, and how the expected errors rank the true ones (Spearman)."""
    mse = comparison.site_errors()["spectrum"]
    warnings = np.array([verdict.warning for verdict in comparison.verdicts])
    warned = warnings != "none"
    worst = mse >= np.quantile(mse, 1.0 - WORST_PERCENT / 100.0)
    found = {"uncertain_percent": 100.0 * float((warnings == "uncertain").mean())}
    if warned.any() and not warned.all():
        found["warned_error_ratio"] = float(mse[warned].mean() / max(mse[~warned].mean(), _LEAST))
        found["warned_share_of_worst"] = float(warned[worst].mean())
    expected = [verdict.expected for verdict in comparison.verdicts]
    if None not in expected and len(set(expected)) > 1 and np.ptp(mse) > 0:
        found["expected_error_rank_correlation"] = float(spearmanr(expected, mse)[0])
    return found


def listed_sites(comparison: SplitComparison) -> list[dict]:
    """Return every site: ``structure``, ``smiles``, ``atom``, ``mse``, ``expected_mse`` where known, ``warning`` and
    ``reasons``."""
    grade = comparison.card.domain.get("grade")
    mse = comparison.site_errors()["spectrum"]
    out = []
    for row, verdict in enumerate(comparison.verdicts):
        structure = comparison.structures[comparison.owner[row]]
        found = {"structure": structure.name, "smiles": structure.smiles, "atom": int(comparison.atoms[row])}
        found["mse"] = float(mse[row])
        if grade is not None and verdict.expected is not None:
            found["expected_mse"] = verdict.expected * grade["usual_mse"]
        out.append(found | {"warning": verdict.warning, "reasons": list(verdict.reasons)})
    return out
