"""The diffuse functions on the absorber: even-tempered primitives for Rydberg states and the near continuum.

Their exponents fall by a ratio of about 1.4, which puts the sticks of the continuum closer together than their native
widths. The former ratio of 1.86 left steps of several eV, a hole near 296 and a peak near 299 eV in every carbon
spectrum; lines below the ionisation potential are the same.
"""

from __future__ import annotations


def even_tempered(l: int, largest: float, smallest: float, n: int) -> list:
    """Return n primitive shells whose exponents (bohr⁻²) fall by a constant ratio."""
    ratio = (largest / smallest) ** (1 / (n - 1))
    return [[l, [largest / ratio**i, 1.0]] for i in range(n)]


DIFFUSE = even_tempered(0, 6.0, 0.006, 21) + even_tempered(1, 6.0, 0.006, 21) + even_tempered(2, 3.0, 0.008, 18)
DIFFUSE_SET = "s, p 6.0 to 0.006 in 21 steps, d 3.0 to 0.008 in 18 (bohr^-2)"
FORMER_DIFFUSE_SET = "s, p 4.0 to 0.008 in 11 steps, d 2.0 to 0.010 in 9 (bohr^-2)"
"""What result files call the exponents; those that name none were computed with the former ones."""
