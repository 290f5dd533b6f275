"""What stands for an experiment in the 3D scene, as plain shapes; each view draws them in its own way.

Lengths are shares of the half-length that a view gives its arrow, so that a glyph fits a molecule and a slab alike.
"""

from __future__ import annotations

from dataclasses import dataclass

Vector = tuple[float, float, float]


@dataclass(frozen=True)
class MainArrow:
    """A two-headed arrow of full length along a unit vector; its tips can be taken hold of and turn the experiment."""

    direction: Vector


@dataclass(frozen=True)
class SideArrow:
    """A thinner two-headed arrow along a unit vector, `length` times as long as the main one; it can't be held."""

    direction: Vector
    length: float


@dataclass(frozen=True)
class IncomingArrow:
    """A thin arrow that comes in along a unit vector and points at the middle; its outer end can be taken hold of."""

    direction: Vector


@dataclass(frozen=True)
class Disc:
    """A translucent disc across a unit vector."""

    normal: Vector
    radius: float = 0.62


@dataclass(frozen=True)
class Ball:
    """A small ball: nothing to take hold of."""

    radius: float = 0.12


#: The shapes of a glyph from back to front, at most one of them a `MainArrow`, and one an `IncomingArrow`.
Glyph = tuple[MainArrow | SideArrow | IncomingArrow | Disc | Ball, ...]
