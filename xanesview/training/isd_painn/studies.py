"""Studies of a trained ISD-PaiNN: benzene turned in the light, distance from a quadratic form, error by size."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.geometry.polarisation import linear
from xanesview.domain.structure import Structure
from xanesview.inference.directional_predictor import DirectionalPredictor
from xanesview.inference.predictor import load_predictor
from xanesview.io.examples import find_example, load_reference_tensor
from xanesview.io.structures.registry import read_structure
from xanesview.networks.bundle import save_card
from xanesview.networks.card import CARD, Card
from xanesview.networks.quadratic_form import FIT_DIRECTIONS, FIT_WEIGHTS, fitted_tensor
from xanesview.training.data.labelled import LabelledStructure
from xanesview.training.data.measured_window import measure_grid
from xanesview.training.data.splits import n_heavy_atoms
from xanesview.training.testing.bundle_measures import rounded
from xanesview.training.testing.metrics import direction_weights, random_directions
from xanesview.training.testing.split_comparison import SplitComparison, compare_split, on_grid, splits_of

ANGLES_DEG = tuple(range(0, 91, 10))
_KEPT_OF_OTHERS = (
    "n_sites", "n_structures", "mse_mean", "mse_median", "mse_p95", "share_below_0.1", "isotropic_mse",
    "isotropic_mse_median", "isotropic_share_below_0.1", "gradient_mse", "curvature_mse", "molecular_sum_mse",
    "molecular_sum_mse_median", "molecular_sum_share_below_0.1", "n_molecular_sums",
)  # fmt: skip


def studies(bundle: Path, data: Sequence[Path]) -> dict:
    """Return the studies of a finished bundle on its test split (else, where the data have none, what chose it).

    Returns
    -------
    dict
        ``quadratic_form`` (see `quadratic_departure`), ``by_heavy_atoms`` (see `errors_by_size`) and, for a carbon
        network, ``benzene_orientations`` (see `orientation_series`)
    """
    predictor = load_predictor(bundle)
    split = "test" if "test" in splits_of(bundle, list(data)) else "val"
    comparison = compare_split(predictor, list(data), split)
    found = {
        "quadratic_form": quadratic_departure(predictor, comparison.structures),
        "by_heavy_atoms": errors_by_size(comparison),
    }
    if predictor.card.label == "C K" and predictor.card.axis == "absolute":
        found["benzene_orientations"] = benzene_orientations(predictor)
    return found


def errors_by_size(comparison: SplitComparison) -> dict[str, dict]:
    """Return {number of heavy atoms: n_sites, n_structures, mean and median error, share below 0.1} of a split."""
    errors = comparison.directional_errors["spectrum"]
    rows, structures = defaultdict(list), defaultdict(set)
    for row, owner in enumerate(comparison.owner):
        size = n_heavy_atoms(comparison.structures[owner])
        rows[size].append(row)
        structures[size].add(int(owner))
    return {
        str(size): {
            "n_sites": len(rows[size]),
            "n_structures": len(structures[size]),
            "mse_mean": float(errors[rows[size]].mean()),
            "mse_median": float(np.median(errors[rows[size]])),
            "share_below_0.1": float((errors[rows[size]] < 0.1).mean()),
        }
        for size in sorted(rows)
    }


def quadratic_departure(predictor: DirectionalPredictor, structures: Sequence[LabelledStructure]) -> dict:
    """Return what the quadratic form that is fitted to a network misses at sixteen other directions, as a share of the
    anisotropy there (rms over energies and directions).

    Returns
    -------
    dict
        over all sites: ``share_of_rms`` (rms of all that is missed over the rms of all anisotropy), ``median`` and
        ``p95`` of the sites' own shares, ``n_sites``
    """
    n_fit = len(FIT_DIRECTIONS)
    others = random_directions(1, 16, seed=1)[0]
    directions = np.concatenate([FIT_DIRECTIONS, others])
    missed, anisotropy = [], []
    for labelled in structures:
        spectra = predictor.along_directions(labelled.structure, labelled.sites, directions)
        form = fitted_tensor(FIT_DIRECTIONS, spectra[:n_fit], FIT_WEIGHTS)
        asked = spectra[n_fit:]
        expected = np.einsum("dv,sve->dse", direction_weights(others), form.components)
        missed.append(((asked - expected) ** 2).mean((0, 2)))
        anisotropy.append(((asked - asked.mean(0)) ** 2).mean((0, 2)))
    missed, anisotropy = np.concatenate(missed), np.concatenate(anisotropy)
    shares = np.sqrt(missed / np.maximum(anisotropy, 1e-30)) if anisotropy.any() else np.zeros(len(missed))
    return {
        "share_of_rms": float(np.sqrt(missed.sum() / max(anisotropy.sum(), 1e-30))) if anisotropy.any() else 0.0,
        "median": float(np.median(shares)),
        "p95": float(np.percentile(shares, 95)),
        "n_sites": len(missed),
        "fitted_to_directions": n_fit,
        "tested_at_directions": len(others),
    }


def benzene_orientations(predictor: DirectionalPredictor) -> list[dict]:
    """Return the orientation series of the bundled benzene against its transition-potential DFT reference."""
    example = find_example("benzene")
    structure = read_structure(example.path)
    return orientation_series(predictor, structure, load_reference_tensor(example.references[0]))


def orientation_series(
    predictor: DirectionalPredictor,
    structure: Structure,
    reference: AbsorptionTensor,
    angles_deg: Sequence[float] = ANGLES_DEG,
) -> list[dict]:
    """Compare a flat molecule's spectra with a reference for light between the normal and the plane.

    Parameters
    ----------
    structure : flat molecule
    reference : tensors of all its sites
    angles_deg : between E and the normal; 90 is in the plane, along the first site seen from the centre

    Returns
    -------
    list of dict
        ``angle_deg``; ``molecule_mse`` of the mean over the sites and ``site_mse``, the mean of the sites' own, both
        divided by the card's intensity scale squared and taken on the grid of our measure; ``reference_peak`` and
        ``predicted_peak``, the highest intensity of the mean below 287 eV on the same scale: the π* resonance
    """
    card = predictor.card
    grid, sites = measure_grid(card.element), reference.sites
    centred = structure.positions_angstrom - structure.centre_angstrom
    normal = np.linalg.svd(centred)[2][2]
    axis = centred[sites[0]] - (centred[sites[0]] @ normal) * normal
    axis /= np.linalg.norm(axis)
    angles = np.radians(np.asarray(angles_deg, float))
    directions = np.cos(angles)[:, None] * normal + np.sin(angles)[:, None] * axis
    predicted = on_grid(predictor.along_directions(structure, sites, directions), card.energy_ev, grid)
    bound = grid < 287.0
    rows = []
    for angle, direction, values in zip(angles_deg, directions, predicted / card.intensity_scale, strict=True):
        wanted = on_grid(reference.contract(linear(direction)), reference.energy_ev, grid) / card.intensity_scale
        rows.append(
            {
                "angle_deg": float(angle),
                "molecule_mse": float(((values.mean(0) - wanted.mean(0)) ** 2).mean()),
                "site_mse": float(((values - wanted) ** 2).mean()),
                "reference_peak": float(wanted.mean(0)[bound].max()),
                "predicted_peak": float(values.mean(0)[bound].max()),
            }
        )
    return rows


def add_studies(bundle: Path, found: Mapping) -> None:
    """Write studies on the card of a bundle, under metrics, beside those that are there."""
    card = json.loads((bundle / CARD).read_text(encoding="utf-8"))
    metrics = card.setdefault("metrics", {})
    metrics["studies"] = metrics.get("studies", {}) | rounded(dict(found))
    save_card(bundle, card)


def of_other_training(bundle: Path, split: str = "test") -> dict:
    """Return what the card of another training says of its test, with its cost: a row for a table of studies."""
    card = Card.from_json(bundle / CARD)
    tested = card.metrics[split]
    members = card.training["members"]
    return {
        "split": card.data["split"],
        "epochs": sum(int(m["epochs"]) for m in members),
        "cpu_minutes": round(sum(float(m["cpu_minutes"]) for m in members), 1),
        "train_sites": card.data["train_sites"],
        **{key: tested[key] for key in _KEPT_OF_OTHERS if key in tested},
    }
