"""Predicted structures summed with weights: a mixture, or conformers, as one curve that stays on the plot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.ranking.conformers import averaged
from xanesview.domain.session import FrozenCurve
from xanesview.errors import XanesviewError
from xanesview.shown.curve_facts import drawing_facts
from xanesview.shown.names import drawn_as
from xanesview.shown.predicted_structure import geometries_at

if TYPE_CHECKING:
    from xanesview.shown.predicted_structure import PredictedStructure

#: A name has so many parts, those of the largest weights.
_NAMED = 4
BY_HAND = "shares of absorbing atoms"


def shares_of(weights: Sequence[float]) -> np.ndarray:
    """Return weights (N,) of any sum as shares (N,) of 1.

    Raises
    ------
    XanesviewError
        Where all are zero, or one is negative or no number.
    """
    given = np.asarray(weights, dtype=np.float64)
    if not np.isfinite(given).all() or (given < 0.0).any() or not given.sum() > 0.0:
        raise XanesviewError("The weights add up to nothing.", "Give one structure at least a positive weight.")
    return given / given.sum()


def sum_name(names: Sequence[str], shares: Sequence[float]) -> str:
    """Return what a sum is called: "0.7 phenol + 0.3 benzene", at most four parts of it by name."""
    parts = [k for k, share in enumerate(shares) if share > 0.0]
    named = sorted(sorted(parts, key=lambda k: -shares[k])[:_NAMED])
    words = [f"{shares[k]:.3g} {names[k]}" for k in named]
    left = len(parts) - len(named)
    return " + ".join([*words, f"{left} more"] if left else words)


def weighted_sum(
    structures: Sequence[PredictedStructure],
    weights: Sequence[float],
    thetas_deg: Sequence[float] = (),
    said: str = BY_HAND,
) -> FrozenCurve:
    """Return the mean of structures as a curve, with weights that count absorbing atoms as fractions of mixtures do.

    It is kept as high as a structure of the mixture has absorbing atoms in the mean, so that it is as high as the sum
    of the sites of a structure where curves are drawn per structure.

    Parameters
    ----------
    structures : (N,), predicted by one network
    weights : (N,), of any sum
    thetas_deg : of the field from each structure's surface normal (else z); the first counts, none for the average
    said : where the weights come from

    Raises
    ------
    XanesviewError
        Of weights that add up to nothing, and where the structures have no energies in common.
    """
    shares = shares_of(weights)
    parts = [(one, share) for one, share in zip(structures, shares.tolist(), strict=True) if share > 0.0]
    name = sum_name([one.name for one, _ in parts], [share for _, share in parts])
    candidates = [one.candidate(geometries_at(thetas_deg[:1], one.structure.surface_normal)) for one, _ in parts]
    energies = [one.spectra[0].energy_ev for one in candidates]
    mean = averaged(name, candidates, [share for _, share in parts]).spectra[0]
    mean = mean.windowed(max(grid[0] for grid in energies), min(grid[-1] for grid in energies))
    n_atoms = 1.0 / sum(share / len(one.sites) for one, share in parts)
    kept = mean.scaled(n_atoms).replace(kind="frozen", label=name, provenance=_facts(parts, n_atoms, thetas_deg, said))
    return FrozenCurve(kept, n_atoms=n_atoms)


def _facts(
    parts: list[tuple[PredictedStructure, float]], n_atoms: float, thetas_deg: Sequence[float], said: str
) -> dict[str, str]:
    facts = {
        key: ", ".join(dict.fromkeys(one.facts[key] for one, _ in parts if one.facts.get(key)))
        for key in ("formula", "network", "structure_hash")
    }
    first = parts[0][0].look  # all are drawn alike: by one network
    outside = [f"{one.name}: {one.facts['outside']}" for one, _ in parts if one.facts.get("outside")]
    return {
        **facts,
        "shares": ", ".join(f"{one.name} {100.0 * share:.2f} %" for one, share in parts),
        "weights": said,
        "drawn_as": drawn_as(first.measured),
        **drawing_facts(first),
        "atoms": f"{n_atoms:.6g}",
        "light": f"θ {thetas_deg[0]:g}° from each surface normal" if len(thetas_deg) else "average over directions",
        **({"outside": "; ".join(outside)} if outside else {}),
    }
