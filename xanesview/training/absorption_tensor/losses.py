"""Losses on the isotropic and quadrupole parts of the absorption tensor, with derivative terms."""

from __future__ import annotations

import torch


def directional_square(isotropic: torch.Tensor, quadrupole: torch.Tensor) -> torch.Tensor:
    """Return the mean over all directions of (n̂ᵀ Δ n̂)² for Δ given as its trace part and its traceless part.

    ⟨(n̂ᵀTn̂)²⟩ = 2/15 ‖T‖² for a traceless symmetric T, so no direction has to be drawn.

    Parameters
    ----------
    isotropic : (S, E);  quadrupole : (S, 5, E), norm = Frobenius norm

    Returns
    -------
    (S, E)
    """
    return isotropic.square() + (2.0 / 15.0) * quadrupole.square().sum(1)


class SpectrumLoss(torch.nn.Module):
    """Spectrum, gradient and curvature errors averaged over directions, robust a site, and two small penalties.

    With ``broad_weight``, the error of the spectra broadened by a Gaussian of ``broad_sigma_ev`` counts too: where a
    line is off by more than its width, it still tells which way to move.

    As in XANE(3) (arXiv 2604.12140) the derivatives are finite differences divided by the energy step; each
    derivative term is
    scaled so that it equals the spectrum term for the mean predictor, then weighted.

    Parameters
    ----------
    energy_ev : (E,) uniform grid
    gradient_scale, curvature_scale : error of the mean predictor in the derivative over its error in the spectrum
    """

    def __init__(
        self,
        energy_ev: torch.Tensor,
        gradient_scale: float,
        curvature_scale: float,
        gradient_weight: float,
        curvature_weight: float,
        robustness: float,
        positivity_weight: float,
        window_ev: tuple[float, float],
        broad_weight: float = 0.0,
        broad_sigma_ev: float = 1.2,
    ) -> None:
        super().__init__()
        self.step = float(energy_ev[1] - energy_ev[0])
        kernel = torch.exp(-0.5 * ((energy_ev[:, None] - energy_ev) / broad_sigma_ev) ** 2)
        self.register_buffer("broadening", kernel / kernel.sum(0), persistent=False)
        self.broad_weight = broad_weight
        inside = (energy_ev >= window_ev[0] - 1e-6) & (energy_ev <= window_ev[1] + 1e-6)
        self.register_buffer("weight", torch.where(inside, 1.0, 0.25).to(torch.get_default_dtype()))
        self.weights = (gradient_weight / gradient_scale, curvature_weight / curvature_scale)
        self.robustness, self.positivity_weight = robustness, positivity_weight

    def site_errors(self, isotropic: torch.Tensor, quadrupole: torch.Tensor) -> list[torch.Tensor]:
        """Return spectrum, gradient and curvature errors (S,) of a difference, averaged over directions and
        energies."""
        errors = []
        for order in range(3):
            square = directional_square(isotropic, quadrupole)
            weight = self.weight[order:]
            errors.append((square * weight).sum(1) / weight.sum())
            if order < 2:
                isotropic, quadrupole = isotropic.diff(dim=-1) / self.step, quadrupole.diff(dim=-1) / self.step
        return errors

    def forward(
        self, predicted, target, ip_error: torch.Tensor, lowest: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the loss and the spectrum errors of the sites (S,).

        ``predicted`` and ``target`` are (isotropic (S, E), quadrupole (S, 5, E)); ``ip_error`` (S,) in units of the
        spread;
        ``lowest`` (S, D, E) intensities along some directions, penalised where negative.
        """
        spectrum, gradient, curvature = self.site_errors(predicted[0] - target[0], predicted[1] - target[1])
        total = spectrum + self.weights[0] * gradient + self.weights[1] * curvature
        if self.broad_weight:
            broad = directional_square(
                (predicted[0] - target[0]) @ self.broadening, (predicted[1] - target[1]) @ self.broadening
            )
            total = total + self.broad_weight * (broad * self.weight).sum(1) / self.weight.sum()
        loss = torch.sqrt(total + self.robustness).mean() + 0.02 * torch.nn.functional.smooth_l1_loss(
            ip_error, torch.zeros_like(ip_error)
        )
        if lowest is not None and self.positivity_weight:
            loss = loss + self.positivity_weight * torch.relu(-lowest).mean()
        return loss, spectrum.detach()
