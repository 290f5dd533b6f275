"""Envelopes that take what an atom contributes to zero at a cutoff."""

from __future__ import annotations

import torch


def polynomial_envelope(x: torch.Tensor) -> torch.Tensor:
    """Return the envelope of exponent 5 at distances in units of the cutoff, any shape.

    1 at 0, and 0 from 1 on with two derivatives (Klicpera, Groß and Günnemann, arXiv 2003.03123).
    """
    return torch.where(x < 1.0, 1.0 - 21.0 * x**5 + 35.0 * x**6 - 15.0 * x**7, 0.0)
