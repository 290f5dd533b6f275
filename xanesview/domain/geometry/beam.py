"""Light of a beam that falls on a surface: grazing angle, azimuth, s and p polarisation, degree of polarisation."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from xanesview.domain.geometry.directions import frame, from_angles_deg, parse_angle_deg, unit
from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.geometry.glyph import Glyph, IncomingArrow, MainArrow, SideArrow, Vector
from xanesview.errors import XanesviewError

_PARALLEL = 1e-8  # sine of the angle below which two directions count as parallel
_PERPENDICULAR = 1e-12


@dataclass(frozen=True)
class PolarisedBeam(Geometry):
    """Light that travels along k̂ with the field ε̂ ⟂ k̂: W = P ε̂ε̂ᵀ + (1−P) (k̂×ε̂)(k̂×ε̂)ᵀ.

    P = 1 is linear, P = ½ unpolarised light. Without a beam the light is p-polarised on the surface: k̂ lies in the
    plane of the field and the normal, and the weaker field in the surface, as for `PartialPolarisation`.

    A field that is given with a beam and isn't perpendicular to it is projected; one along the beam gives way to that
    of p-polarised light, as does one that is not given.

    Parameters
    ----------
    direction : tuple of three floats
        ε̂.
    beam : tuple of three floats or None
        k̂, where the light goes to; any length may be given.
    """

    name = "beam"
    title = "Beam"
    tooltip = "A beam on the surface: grazing angle, azimuth, s and p polarisation"
    uses = ("direction", "degree", "normal", "beam")

    beam: Vector | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        field = np.asarray(self.direction)
        if self.beam is None:
            object.__setattr__(self, "beam", _tuple(p_beam(field, self.normal)))
            return
        k = np.asarray(self.beam, dtype=np.float64)
        if not (k.shape == (3,) and abs(float(k @ k) - 1.0) < 1e-14):  # a unit vector stays to the last bit
            k = unit(k)
        object.__setattr__(self, "beam", _tuple(k))
        if abs(float(field @ k)) > _PERPENDICULAR:
            object.__setattr__(self, "direction", _tuple(_across(field, k, self.normal)))

    @classmethod
    def like(cls, other: Geometry) -> Self:
        """Return a beam with what another kind was set to.

        What is known of field and beam stays. A field alone is taken as p-polarised light, and a beam alone has such;
        unpolarised light and electrons don't tell a beam from its opposite, so that one comes from above.
        """
        field, beam = other.field_and_beam()
        if field is None and np.dot(beam, frame(other.normal)[2]) > _PARALLEL:
            beam = _tuple(-np.asarray(beam) + 0.0)
        return cls(field or beam, other.degree, other.normal, other.average, beam=beam)

    def field_and_beam(self) -> tuple[Vector, Vector]:
        """Return the stronger field and the beam."""
        return self.direction, self.beam

    @classmethod
    def at_grazing(
        cls,
        grazing_deg: float,
        azimuth_deg: float = 0.0,
        polarisation_deg: float = 0.0,
        degree: float = 1.0,
        normal: Sequence[float] | np.ndarray | None = None,
    ) -> Self:
        """Return the beam of a laboratory's angles.

        Parameters
        ----------
        grazing_deg : from the surface (Stöhr's θ): 90 is normal incidence; with p-polarised light it is the angle
            between the field and the surface normal
        azimuth_deg : of the beam along the surface, from e1 of `directions.frame`
        polarisation_deg : of the stronger field about the beam, from p (0) towards s (90)
        degree : P
        normal : (3,), else z
        """
        k = beam_direction(grazing_deg, azimuth_deg, normal)
        p = from_angles_deg(grazing_deg, azimuth_deg, normal)
        s = np.cross(p, k)
        turn = np.deg2rad(polarisation_deg)
        return cls(_tuple(unit(np.cos(turn) * p + np.sin(turn) * s)), degree, _optional(normal), beam=_tuple(k))

    @property
    def weaker(self) -> Vector:
        """The weaker field's direction, k̂ × ε̂."""
        return _tuple(unit(np.cross(self.beam, self.direction)))

    @cached_property
    def _laboratory(self) -> tuple[float, float, float]:
        """Grazing angle, azimuth and the field's angle from p, degrees: worked out once, however often a drag asks."""
        e1, e2, n = frame(self.normal)
        k, field = np.asarray(self.beam), np.asarray(self.direction)
        across = float(np.linalg.norm(np.cross(k, n)))
        grazing = float(np.rad2deg(np.arctan2(-(k @ n), across))) + 0.0
        along = field if across < _PARALLEL else k
        azimuth = float(np.rad2deg(np.arctan2(along @ e2, along @ e1))) + 0.0
        p = np.asarray(from_angles_deg(grazing, azimuth, self.normal))
        angle = float(np.rad2deg(np.arctan2(field @ np.cross(p, k), field @ p)))
        return grazing, azimuth, (angle + 90.0 - 1e-9) % 180.0 - 90.0 + 1e-9

    @property
    def grazing_deg(self) -> float:
        """Angle of the beam from the surface, 0 to 90; negative where it comes from below."""
        return self._laboratory[0]

    @property
    def from_below(self) -> str:
        """A sentence on a beam that comes through the back of the sample; empty where it falls on the surface."""
        below = -round(self.grazing_deg, 1)
        return f"The beam comes through the back of the sample, {below:g}° from below the surface." if below > 0 else ""

    @property
    def incidence_deg(self) -> float:
        """Angle of the beam from the surface normal, 0 for normal incidence."""
        return 90.0 - self.grazing_deg

    @property
    def azimuth_deg(self) -> float:
        """Azimuth of the beam along the surface, from e1; of a beam along the normal that of its field."""
        return self._laboratory[1]

    @property
    def polarisation_deg(self) -> float:
        """Angle of the stronger field about the beam, from p (0) towards s (90), −90 to 90; 0 at normal incidence."""
        return self._laboratory[2]

    def with_direction(self, direction: Sequence[float] | np.ndarray) -> Self:
        """Return the geometry with the field along another direction, and a beam across it.

        p-polarised light stays p-polarised, so that the grazing angle follows the field. Else the beam turns as little
        as it has to; where the field is laid along the beam the light becomes p-polarised.
        """
        field, k = unit(direction), np.asarray(self.beam)
        across = k - (k @ field) * field
        length = float(np.linalg.norm(across))
        n = frame(self.normal)[2]
        if self._is_p_polarised and np.linalg.norm(np.cross(field, n)) > _PARALLEL:
            beam = _tuple((-1.0 if k @ n > _PARALLEL else 1.0) * p_beam(field, self.normal))
        else:  # of a field along the normal the azimuth stays
            beam = None if length < _PARALLEL else _tuple(across / length)
        return dataclasses.replace(self, direction=_tuple(field), beam=beam)

    @property
    def _is_p_polarised(self) -> bool:
        s = np.cross(frame(self.normal)[2], self.beam)
        return bool(abs(s @ np.asarray(self.direction)) < _PARALLEL)

    def change_from(self, before: Geometry) -> str:
        """Return what it is called to go from another geometry to this one; the beam's own turn by its name."""
        if isinstance(before, PolarisedBeam) and before.beam != self.beam and before.average == self.average:
            return "turn beam"
        return super().change_from(before)

    def with_beam(self, beam: Sequence[float] | np.ndarray) -> Self:
        """Return the geometry with the beam along another direction, and a field across it.

        The field keeps its angle from p, so that p- and s-polarised light stay what they are. To and from normal
        incidence, where there is no such angle, it turns as little as it has to.
        """
        k, n = unit(beam), frame(self.normal)[2]
        p = n - (n @ k) * k
        length = float(np.linalg.norm(p))
        if self.is_normal_incidence or length < _PARALLEL:
            return dataclasses.replace(self, beam=_tuple(k))
        p, turn = p / length, np.deg2rad(self.polarisation_deg)
        field = unit(np.cos(turn) * p + np.sin(turn) * np.cross(p, k))
        return dataclasses.replace(self, beam=_tuple(k), direction=_tuple(field))

    def with_angles(
        self,
        grazing_deg: float | None = None,
        azimuth_deg: float | None = None,
        polarisation_deg: float | None = None,
    ) -> Self:
        """Return the geometry with one or more of its laboratory angles changed; see `at_grazing`."""
        angles = [
            own if given is None else given
            for given, own in (
                (grazing_deg, self.grazing_deg),
                (azimuth_deg, self.azimuth_deg),
                (polarisation_deg, self.polarisation_deg),
            )
        ]
        other = type(self).at_grazing(*angles, degree=self.degree, normal=self.normal)
        return dataclasses.replace(self, direction=other.direction, beam=other.beam)

    def with_normal(self, normal: Sequence[float] | np.ndarray | None) -> Self:
        """Return the geometry on another surface, at the same angles of the laboratory."""
        angles = (self.grazing_deg, self.azimuth_deg, self.polarisation_deg)
        other = type(self).at_grazing(*angles, degree=self.degree, normal=normal)
        return dataclasses.replace(self, direction=other.direction, beam=other.beam, normal=other.normal)

    @property
    def is_normal_incidence(self) -> bool:
        """Whether the beam goes along the surface normal, where s and p are one and azimuth and field turn alike."""
        return bool(np.linalg.norm(np.cross(self.beam, frame(self.normal)[2])) < _PARALLEL)

    def matrix(self) -> np.ndarray:
        """Return P ε̂ε̂ᵀ + (1−P) (k̂×ε̂)(k̂×ε̂)ᵀ."""
        return self.degree * np.outer(self.direction, self.direction) + (1.0 - self.degree) * np.outer(
            self.weaker, self.weaker
        )

    @property
    def _field_word(self) -> str:
        angle = self.polarisation_deg
        between = f"{angle:.1f}° from p".replace("-", "−")
        return "p" if abs(angle) < 0.05 else "s" if abs(abs(angle) - 90.0) < 0.05 else between

    @property
    def short_label(self) -> str:
        """The grazing angle, azimuth and field where they are not 0 and p, such as "grazing 20°, s"."""
        azimuth, field = _degrees(self.azimuth_deg), self._field_word
        around = "" if azimuth == "0°" else f", azimuth {azimuth}"
        return f"grazing {_degrees(self.grazing_deg)}{around}{'' if field == 'p' else f', {field}'}"

    def settings_words(self) -> dict[str, str]:
        """Return grazing angle, azimuth, field, degree and average in a word or two each."""
        return {
            "grazing": f"grazing {_degrees(self.grazing_deg)}", "azimuth": f"azimuth {_degrees(self.azimuth_deg)}",
            "field": self._field_word, "degree": f"P = {self.degree:.2f}", "average": self._average_word,
        }  # fmt: skip

    def describe(self) -> str:
        """Return the angles of the laboratory, field and degree in words."""
        grazing, azimuth = (f"{round(angle, 1) + 0.0:.1f}°" for angle in (self.grazing_deg, self.azimuth_deg))
        words = f"beam {grazing} grazing, azimuth {azimuth}".replace("-", "−")
        return f"{words}, {self._field_word}, P = {self.degree:.2f}{self._average_text()}"

    def glyph(self) -> Glyph:
        """Return the beam and arrows along the stronger and the weaker field, in the ratio of their intensities."""
        beam, main, rest = IncomingArrow(self.beam), MainArrow(self.direction), 1.0 - self.degree
        if rest < 1e-6:
            return beam, main
        return beam, SideArrow(self.weaker, min(1.0, rest / max(self.degree, 1e-6))), main


def _degrees(angle: float) -> str:
    return f"{round(angle, 1) + 0.0:g}°".replace("-", "−")


def parse_beam_angle_deg(text: str, from_normal: bool = False) -> float:
    """Return the angle of a beam that a user typed, 0 to 90 degrees from the surface or from its normal.

    Raises
    ------
    XanesviewError
        If it is no angle, or one at which no beam falls on the surface.
    """
    angle = parse_angle_deg(text)
    if not 0.0 <= angle <= 90.0:
        name, origin = ("An angle of incidence", "normal") if from_normal else ("A grazing angle", "surface")
        shown = f"{angle:g}".replace("-", "\N{MINUS SIGN}")
        raise XanesviewError(f"{name} counts from the {origin}, 0 to 90°, so {shown}° does not exist.")
    return angle


def beam_direction(
    grazing_deg: float, azimuth_deg: float = 0.0, normal: Sequence[float] | np.ndarray | None = None
) -> np.ndarray:
    """Return where a beam goes to (3,): down to the surface at a grazing angle, along an azimuth, degrees."""
    if not -90.0 <= grazing_deg <= 90.0:  # also refuses NaN
        raise XanesviewError(
            f"A grazing angle of {grazing_deg:g}° does not exist.", "It counts from the surface, 0 to 90°."
        )
    return from_angles_deg(90.0 + grazing_deg, azimuth_deg, normal)


def p_beam(field: Sequence[float] | np.ndarray, normal: Sequence[float] | np.ndarray | None = None) -> np.ndarray:
    """Return the beam (3,) that comes from above with a field (3,) in its plane of incidence.

    A field in the surface has normal incidence; one along the normal a beam along e1 of the surface.
    """
    axes, e = frame(normal), unit(field)
    height = float(e @ axes[2])
    down = height * e - axes[2]  # −n projected across the field
    length = float(np.linalg.norm(down))
    return axes[0] if length < _PARALLEL else down / length + 0.0


def _across(field: np.ndarray, beam: np.ndarray, normal: Sequence[float] | None) -> np.ndarray:
    """Return the field (3,) projected across the beam; p-polarised where it lies along it."""
    across = field - (field @ beam) * beam
    length = float(np.linalg.norm(across))
    if length > _PARALLEL:
        return across / length + 0.0
    e1, _, n = frame(normal)
    p = n - (n @ beam) * beam
    if np.linalg.norm(p) < _PARALLEL:  # normal incidence: every field lies in the surface
        p = e1 - (e1 @ beam) * beam
    return p / np.linalg.norm(p) + 0.0


def _tuple(vector: np.ndarray) -> Vector:
    return tuple(np.asarray(vector, dtype=np.float64).tolist())


def _optional(vector: Sequence[float] | np.ndarray | None) -> Vector | None:
    return None if vector is None else _tuple(np.asarray(vector))
