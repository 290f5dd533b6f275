"""The composite loss of XANE(3): spectrum, first and second derivative, and E0, with derivatives faded in."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from xanesview.errors import XanesviewError


@dataclass(frozen=True, eq=False)
class LossTerms:
    """The terms as they are added, each a scalar tensor; ``raw`` leaves out weights and fading."""

    spectrum: torch.Tensor
    gradient: torch.Tensor
    curvature: torch.Tensor
    e0: torch.Tensor
    raw: tuple[torch.Tensor, torch.Tensor, torch.Tensor]

    @property
    def total(self) -> torch.Tensor:
        """What is minimised."""
        return self.spectrum + self.gradient + self.curvature + self.e0


@dataclass(frozen=True)
class CompositeLoss:
    """MSE + gradient_weight · MSE of dI/dE + curvature_weight · MSE of d²I/dE² + |E0 error| / e0_scale_ev.

    Derivatives are differences divided by the step (eV), so that weights do not depend on the grid. With a step of 1
    the public code's plain index differences come back; there the weights are 150 and 200.
    """

    step_ev: float = 1.0
    gradient_weight: float = 150.0
    curvature_weight: float = 200.0
    e0_scale_ev: float = 1.0

    @classmethod
    def balanced(cls, spectra: torch.Tensor, step_ev: float, e0_scale_ev: float = 1.0) -> CompositeLoss:
        """Choose weights so that each derivative term equals the spectrum term for the mean of spectra (n, E)."""
        plain = cls(step_ev, 1.0, 1.0).terms(spectra.mean(dim=0, keepdim=True).expand_as(spectra), spectra)
        spectrum, gradient, curvature = (float(term) for term in plain.raw)
        if not min(gradient, curvature) > 0:
            raise XanesviewError("All training spectra are alike, so the loss has no scale.", "Give more spectra.")
        return cls(step_ev, spectrum / gradient, spectrum / curvature, e0_scale_ev)

    def terms(
        self,
        predicted: torch.Tensor,
        target: torch.Tensor,
        fade: float = 1.0,
        e0_ev: tuple[torch.Tensor, torch.Tensor] | None = None,
    ) -> LossTerms:
        """Compare spectra (n, E), and E0 predicted and true (n,) where given; ``fade`` 0…1 scales the derivatives.

        Where the target is NaN, it is unknown and counts for nothing.
        """
        error = torch.where(torch.isfinite(target), predicted - target, 0.0)
        gradient = torch.diff(error, dim=1) / self.step_ev
        curvature = torch.diff(gradient, dim=1) / self.step_ev
        raw = (error.square().mean(), gradient.square().mean(), curvature.square().mean())
        e0 = error.new_zeros(()) if e0_ev is None else (e0_ev[0] - e0_ev[1]).abs().mean() / self.e0_scale_ev
        return LossTerms(
            raw[0], fade * self.gradient_weight * raw[1], fade * self.curvature_weight * raw[2], e0, raw
        )  # fmt: skip
