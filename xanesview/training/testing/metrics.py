"""Error measures of predicted absorption tensors, in the terms of the published works (plain numpy)."""

from __future__ import annotations

import numpy as np

N_DIRECTIONS = 32


def isotropic(components: np.ndarray) -> np.ndarray:
    """Return Tr σ / 3 of components (..., 6, E)."""
    return components[..., :3, :].mean(-2)


def random_directions(n_sites: int, n_directions: int = N_DIRECTIONS, seed: int = 0) -> np.ndarray:
    """Return seeded random unit vectors, (S, D, 3)."""
    n = np.random.default_rng(seed).normal(size=(n_sites, n_directions, 3))
    return n / np.linalg.norm(n, axis=-1, keepdims=True)


def direction_weights(directions: np.ndarray) -> np.ndarray:
    """Return W = n̂n̂ᵀ of unit vectors (..., 3) as (..., 6), off-diagonal elements doubled."""
    x, y, z = np.moveaxis(directions, -1, 0)
    return np.stack([x * x, y * y, z * z, 2 * y * z, 2 * x * z, 2 * x * y], -1)


def random_direction_weights(n_sites: int, n_directions: int = N_DIRECTIONS, seed: int = 0) -> np.ndarray:
    """Return W = n̂n̂ᵀ for seeded random directions, (S, D, 6), off-diagonal elements doubled."""
    return direction_weights(random_directions(n_sites, n_directions, seed))


def curve_errors(difference: np.ndarray, energy_ev: np.ndarray) -> dict[str, np.ndarray]:
    """Return the mean square of differences of curves (..., E), of their slopes and of their second derivatives.

    On an even grid of step ΔE: ``gradient`` is the mean of ((d_{k+1} − d_k)/ΔE)², in 1/eV² where curves have no unit;
    ``curvature`` the mean of ((d_{k+2} − 2 d_{k+1} + d_k)/ΔE²)², in 1/eV⁴. Both are divided by ΔE, so that they do not
    depend on the grid (XANE(3)'s public code takes plain index differences).

    Returns
    -------
    dict
        of "spectrum", "gradient", "curvature", each of the shape (...)
    """
    step = float(np.diff(energy_ev).mean())
    return {
        "spectrum": (difference**2).mean(-1),
        "gradient": (np.diff(difference, axis=-1) ** 2).mean(-1) / step**2,
        "curvature": (np.diff(difference, n=2, axis=-1) ** 2).mean(-1) / step**4,
    }


def directional_mse(predicted: np.ndarray, target: np.ndarray, seed: int = 0) -> np.ndarray:
    """Return the mean square error of each (site, direction) pair, (S, D), of scaled components (S, 6, E)."""
    weights = random_direction_weights(len(target), seed=seed)
    difference = predicted - target
    return np.stack([((w @ d) ** 2).mean(-1) for w, d in zip(weights, difference, strict=True)])


def eigenvalues(components: np.ndarray) -> np.ndarray:
    """Return the eigenvalues (S, E, 3), ascending, of components (S, 6, E)."""
    xx, yy, zz, yz, xz, xy = np.moveaxis(components, 1, 0)
    matrix = np.stack([np.stack([xx, xy, xz], -1), np.stack([xy, yy, yz], -1), np.stack([xz, yz, zz], -1)], -2)
    return np.linalg.eigvalsh(matrix)


def negative_depths(lowest: np.ndarray, highest: np.ndarray) -> dict[str, float]:
    """Return how far intensities go below zero, in per cent of each site's highest.

    Parameters
    ----------
    lowest, highest : (S, E) lowest and highest intensity along any direction

    Returns
    -------
    dict
        ``negative_median_percent``, ``negative_p95_percent`` and ``negative_worst_percent`` of the sites' own depths,
        each 0 where a site is nowhere negative
    """
    depth = 100.0 * np.maximum(-lowest.min(-1), 0.0) / np.maximum(highest.max(-1), 1e-30)
    return {
        "negative_median_percent": float(np.median(depth)),
        "negative_p95_percent": float(np.percentile(depth, 95)),
        "negative_worst_percent": float(depth.max()),
    }


def errors_beside_e0(squares: np.ndarray, energy_ev: np.ndarray, e0_ev: np.ndarray) -> dict[str, float]:
    """Return the mean of square errors below each site's E0 and above it: bound transitions and continuum.

    Parameters
    ----------
    squares : (S, E) square errors, of a site's spectra together
    energy_ev : (E,)
    e0_ev : (S,) on the same axis; sites whose E0 isn't known (NaN) do not count

    Returns
    -------
    dict
        ``below_e0`` and ``above_e0``, each the mean over sites of their means; one without any energy is left out
    """
    known = np.isfinite(e0_ev)
    below = energy_ev < e0_ev[known, None]
    found = {}
    for name, mask in (("below_e0", below), ("above_e0", ~below)):
        count = mask.sum(1)
        if count.any():
            sums = np.where(mask, squares[known], 0.0).sum(1)
            found[name] = float((sums[count > 0] / count[count > 0]).mean())
    return found


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


def isotropic_metrics(predicted: np.ndarray, target: np.ndarray, energy_ev: np.ndarray) -> dict[str, float]:
    """Return all site metrics of isotropic spectra (S, E) already divided by the card's intensity scale.

    Gradients and curvatures as in `curve_errors`, peaks as in `peak_errors`, ``negative_…`` as in `negative_depths`.
    """
    errors = curve_errors(predicted - target, energy_ev)
    iso = spread_summary(errors["spectrum"])
    position, intensity = peak_errors(predicted, target, energy_ev)
    return {
        "n_sites": len(target),
        "isotropic_mse": iso["mean"],
        "isotropic_mse_median": iso["median"],
        "isotropic_mse_p95": iso["p95"],
        "isotropic_share_below_0.1": iso["share_below_0.1"],
        "isotropic_gradient_mse": float(errors["gradient"].mean()),
        "isotropic_curvature_mse": float(errors["curvature"].mean()),
        "peak_position_error_ev": float(position.mean()),
        "peak_position_error_median_ev": float(np.median(position)),
        "peak_intensity_error_percent": float(intensity.mean()),
        "peak_intensity_error_median_percent": float(np.median(intensity)),
        **negative_depths(predicted, predicted),
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
    ``not_positive_percent`` the share of (site, energy) pairs whose lowest eigenvalue is below −0.01; ``negative_…``,
    as in `negative_depths`, of the lowest and highest eigenvalues.
    """
    directional = spread_summary(directional_mse(predicted, target))
    anisotropic = np.array(predicted - target)
    anisotropic[:, :3] -= isotropic(anisotropic)[:, None]
    frobenius = (anisotropic[:, :3] ** 2).sum(1) + 2 * (anisotropic[:, 3:] ** 2).sum(1)
    values = eigenvalues(predicted)
    lowest, highest = values[..., 0], values[..., 2]
    out = {
        "n_sites": len(target),
        "mse_mean": directional["mean"],
        "mse_median": directional["median"],
        "mse_p95": directional["p95"],
        "share_below_0.1": directional["share_below_0.1"],
        **isotropic_metrics(isotropic(predicted), isotropic(target), energy_ev),
        "dichroism_mse": float((2.0 / 15.0) * frobenius.mean()),
        "not_positive_percent": float(100.0 * (lowest < -0.01).mean()),
        "lowest_eigenvalue": float(lowest.min()),
        **negative_depths(lowest, highest),
    }
    if predicted_ip_ev is not None:
        out["ip_mae_ev"] = float(np.abs(predicted_ip_ev - target_ip_ev).mean())
    return out
