"""Error measures of predicted absorption tensors, in the terms of the published works (plain numpy)."""

from __future__ import annotations

import numpy as np

from xanesview.errors import XanesviewError

N_DIRECTIONS = 32
# Bound resonances and the first 13 eV or so of the continuum; structure above depends on the basis set.
WINDOWS_EV = {"C": (280.0, 305.0), "N": (395.0, 420.0), "O": (527.0, 552.0)}
STEP_EV = 0.25


def window_ev(element: str) -> tuple[float, float]:
    """Return the energies that an element's K-edge networks are measured on.

    Raises
    ------
    XanesviewError
        for an element without such networks.
    """
    if element not in WINDOWS_EV:
        raise XanesviewError(
            f"No energy window is set for the {element} K-edge.", f"Elements: {', '.join(WINDOWS_EV)}."
        )
    return WINDOWS_EV[element]


def measure_grid(element: str = "C", margin_ev: float = 0.0) -> np.ndarray:
    """Return the grid of our measure: for C K-edge networks 280–305 eV, in 0.25 eV steps; with a margin on both
    sides."""
    first, last = window_ev(element)
    n = round((last - first + 2 * margin_ev) / STEP_EV) + 1
    return np.linspace(first - margin_ev, last + margin_ev, n)


def isotropic(components: np.ndarray) -> np.ndarray:
    """Return Tr σ / 3 of components (..., 6, E)."""
    return components[..., :3, :].mean(-2)


def random_direction_weights(n_sites: int, n_directions: int = N_DIRECTIONS, seed: int = 0) -> np.ndarray:
    """Return W = n̂n̂ᵀ for seeded random directions, (S, D, 6), off-diagonal elements doubled."""
    n = np.random.default_rng(seed).normal(size=(n_sites, n_directions, 3))
    x, y, z = np.moveaxis(n / np.linalg.norm(n, axis=-1, keepdims=True), -1, 0)
    return np.stack([x * x, y * y, z * z, 2 * y * z, 2 * x * z, 2 * x * y], -1)


def directional_mse(predicted: np.ndarray, target: np.ndarray, seed: int = 0) -> np.ndarray:
    """Return the mean square error of each (site, direction) pair, (S, D), of scaled components (S, 6, E)."""
    weights = random_direction_weights(len(target), seed=seed)
    difference = predicted - target
    return np.stack([((w @ d) ** 2).mean(-1) for w, d in zip(weights, difference, strict=True)])


def lowest_eigenvalue(components: np.ndarray) -> np.ndarray:
    """Return the lowest eigenvalue (S, E) of components (S, 6, E)."""
    xx, yy, zz, yz, xz, xy = np.moveaxis(components, 1, 0)
    matrix = np.stack([np.stack([xx, xy, xz], -1), np.stack([xy, yy, yz], -1), np.stack([xz, yz, zz], -1)], -2)
    return np.linalg.eigvalsh(matrix)[..., 0]


def peak_errors(predicted: np.ndarray, target: np.ndarray, energy_ev: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return |ΔE| of the maximum in eV and 100 |ΔI|/I_ref of the maximum in %, for curves (S, E) (XANESNET's terms)."""
    p, t = predicted.argmax(1), target.argmax(1)
    rows = np.arange(len(target))
    height, reference = predicted[rows, p], target[rows, t]
    return np.abs(energy_ev[p] - energy_ev[t]), 100.0 * np.abs(height - reference) / reference


def spread_summary(values: np.ndarray) -> dict[str, float]:
    """Return mean, median, 95th percentile and share below 0.1."""
    return {
        "mean": float(np.mean(values)),
        "median": float(np.median(values)),
        "p95": float(np.percentile(values, 95)),
        "share_below_0.1": float(np.mean(values < 0.1)),
    }


def tensor_metrics(
    predicted: np.ndarray,
    target: np.ndarray,
    energy_ev: np.ndarray,
    predicted_ip_ev: np.ndarray | None = None,
    target_ip_ev: np.ndarray | None = None,
) -> dict[str, float]:
    """Return all site metrics of components (S, 6, E) already divided by the card's intensity scale.

    ``dichroism_mse`` is the error of what is left when the isotropic part is taken away, averaged over directions;
    ``not_positive_percent`` the share of (site, energy) pairs whose lowest eigenvalue is below −0.01.
    """
    directional = spread_summary(directional_mse(predicted, target))
    iso_predicted, iso_target = isotropic(predicted), isotropic(target)
    iso = spread_summary(((iso_predicted - iso_target) ** 2).mean(1))
    anisotropic = np.array(predicted - target)
    anisotropic[:, :3] -= isotropic(anisotropic)[:, None]
    frobenius = (anisotropic[:, :3] ** 2).sum(1) + 2 * (anisotropic[:, 3:] ** 2).sum(1)
    position, intensity = peak_errors(iso_predicted, iso_target, energy_ev)
    lowest = lowest_eigenvalue(predicted)
    step = energy_ev[1] - energy_ev[0]
    out = {
        "n_sites": len(target),
        "mse_mean": directional["mean"],
        "mse_median": directional["median"],
        "mse_p95": directional["p95"],
        "share_below_0.1": directional["share_below_0.1"],
        "isotropic_mse": iso["mean"],
        "isotropic_mse_median": iso["median"],
        "isotropic_mse_p95": iso["p95"],
        "isotropic_share_below_0.1": iso["share_below_0.1"],
        "isotropic_gradient_mse": float((np.diff(iso_predicted - iso_target, axis=1) ** 2).mean() / step**2),
        "dichroism_mse": float((2.0 / 15.0) * frobenius.mean()),
        "peak_position_error_ev": float(position.mean()),
        "peak_position_error_median_ev": float(np.median(position)),
        "peak_intensity_error_percent": float(intensity.mean()),
        "peak_intensity_error_median_percent": float(np.median(intensity)),
        "not_positive_percent": float(100.0 * (lowest < -0.01).mean()),
        "lowest_eigenvalue": float(lowest.min()),
    }
    if predicted_ip_ev is not None:
        out["ip_mae_ev"] = float(np.abs(predicted_ip_ev - target_ip_ev).mean())
    return out
