"""Orientation of molecules in a film: the whole predicted tensor fitted to spectra at several angles at once.

With n the surface normal in the molecule's frame, a film that is disordered about its normal shows at an angle θ

    I(E, θ) = s [ I_iso(E) + q(θ) S (nᵀσ(E)n − I_iso(E)) ] + h [½ + arctan(2(E − E_step)/w)/π] + b

with q = (3P cos²θ − 1)/2, where σ is moved by one shift and broadened by one Gaussian for all spectra, and b is one
level, such as a background that was not taken off. S is the order parameter ⟨P₂⟩. Scale s, step h and level b follow by
linear least squares wherever the others are (variable projection; Golub and Pereyra, 1973).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.geometry.directions import frame, from_angles_deg, to_angles_deg, unit
from xanesview.domain.geometry.geometry import checked_degree
from xanesview.domain.orientation.film_model import FilmData, Quadratic, half_sphere
from xanesview.domain.orientation.tilt_fit import tilt_text
from xanesview.domain.processing.undetermined import MUCH_LEFT
from xanesview.domain.site_spectra import quadratic_design
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import Cancelled, XanesviewError

_WIDTHS_EV = (0.0, 0.4, 0.8, 1.2)  # Gaussian widths, added, from which the fit starts where 4 eV are the widest
_WIDEST_EV, _WIDEST_SHARE = 4.0, 0.1  # of the energies predicted, where that is more: hard X-ray lines are wide
_OPEN_DEG, _NEARLY_ALL = 60.0, 0.9  # error, and share of all azimuths, from which on the azimuth is open
_CLOSE_DEG = 10.0  # tilts that lie closer together are told to tenths
_N_STARTS = 3
_NEAR = (0.02, 0.05, 0.1, 0.2, 0.35, 0.6, 1.0, 1.5, 2.2, 3.2)
_NEAR_DEG = np.array([0.0, *(sign * k for k in _NEAR for sign in (-1, 1))])
#: Rises of χ² that bound 68 and 95 % of the truth of two parameters, n's two angles.
LEVELS = {0.68: 2.30, 0.95: 5.99}


@dataclass(frozen=True, eq=False)
class OrientationFit:
    """The orientation that fits best, and how sure it is.

    Attributes
    ----------
    normal : (3,) float
        The surface normal in the frame of the structure; n and −n are the same.
    axis : (3,) float
        The molecule's axis, from which the tilt counts.
    tilt_deg, tilt_error_deg : float
        Angle between axis and normal, 0 to 90, and its standard error: how far it may go for χ² to rise by one, with
        azimuth, scale, step, level and a free order following.
    azimuth_deg, azimuth_error_deg : float
        Of the normal about the axis, from e1 of `directions.frame`; the error is NaN where the azimuth is open: where
        it is beyond 60°, or nearly all azimuths lie within 95 % at the best tilt.
    tilt_range_deg : (float, float)
        Least and largest tilt that two standard errors leave, whatever the azimuth (and the order, where it is free):
        wide where the spectra leave it open.
    order, shift_ev, fwhm_ev, scale, step_height : float
        S, the shift of the prediction, the Gaussian width added to it, s and h.
    is_order_free : bool
    degree : float
    level : float
        Of the spectra, the same in all: what is left of a background.
    r_factor : float
        Σ(measured − fitted)²/Σ measured².
    share_left : float
        What is left, in squares, of what a step and a level leave alone.
    window_ev, step_ev
        Energies that were fitted, and where the step is.
    is_width_at_end, is_shift_at_end : bool
        Whether width or shift is the largest that was tried: the tilt can be wrong, as the lines don't fit.
    fitted : tuple of Spectrum
        The fitted curves, each on its measured spectrum's energies in the window.
    """

    normal: np.ndarray
    axis: np.ndarray
    tilt_deg: float
    tilt_error_deg: float
    azimuth_deg: float
    azimuth_error_deg: float
    tilt_range_deg: tuple[float, float]
    order: float
    is_order_free: bool
    shift_ev: float
    fwhm_ev: float
    scale: float
    step_height: float
    level: float
    degree: float
    r_factor: float
    share_left: float
    window_ev: tuple[float, float]
    step_ev: float
    fitted: tuple[Spectrum, ...]
    is_width_at_end: bool
    is_shift_at_end: bool
    _quadratic: Quadratic
    _variance: float

    def rise(self, normals: np.ndarray) -> np.ndarray:
        """Return by how much χ² rises for other normals (D, 3) in the structure's frame; compare it with `LEVELS`.

        Scale, step, level and a free order parameter follow each normal; shift and width stay at the best ones.
        """
        loss, _ = self._quadratic.best(np.asarray(normals, dtype=np.float64), self.order, self.is_order_free)
        least, _ = self._quadratic.best(self.normal[None], self.order, self.is_order_free)
        return np.maximum(loss - least[0], 0.0) / self._variance

    @property
    def rotation(self) -> np.ndarray:
        """The smallest rotation (3, 3) that turns the structure so that the surface normal is z."""
        n = self.normal if self.normal[2] >= 0 else -self.normal
        v, c = np.cross(n, (0.0, 0.0, 1.0)), float(n[2])
        k = np.array([[0.0, -v[2], v[1]], [v[2], 0.0, -v[0]], [-v[1], v[0], 0.0]])
        return np.eye(3) + k + k @ k / (1.0 + c)

    @property
    def leaves_much(self) -> bool:
        """Whether so much is left that it is hardly this molecule, or it stands in more than one way."""
        return self.share_left > MUCH_LEFT

    def text(self) -> str:
        """Return the tilt with its error, such as "35.2 ± 0.4°", or that it is not determined."""
        return tilt_text(self.tilt_deg, self.tilt_error_deg)

    def tilt_range_text(self) -> str:
        """Return the tilts that two standard errors leave, such as "34.9 to 35.6°", to tenths where they lie close."""
        low, high = self.tilt_range_deg
        parts = 10.0 if high - low < _CLOSE_DEG else 1.0
        low, high = np.floor(low * parts + 1e-6) / parts, np.ceil(high * parts - 1e-6) / parts  # never narrower
        return f"{low:.{int(parts > 1.0)}f} to {high:.{int(parts > 1.0)}f}°"

    def azimuth_text(self) -> str:
        """Return the azimuth with its error, such as "25 ± 3°" or "25 ± <1°", or "open"."""
        error = self.azimuth_error_deg
        if not np.isfinite(error):
            return "open"
        return f"{self.azimuth_deg:.0f} ± {'<1' if error < 1.0 else f'{error:.0f}'}°"


def fit_orientation(
    tensor: AbsorptionTensor,
    spectra: Sequence[Spectrum],
    theta_deg: Sequence[float] | np.ndarray,
    *,
    degree: float = 1.0,
    axis: Sequence[float] | np.ndarray = (0.0, 0.0, 1.0),
    window_ev: tuple[float, float] | None = None,
    order: float | None = 1.0,
    step_ev: float | None = None,
    largest_shift_ev: float = 3.0,
    cancelled: Callable[[], bool] | None = None,
) -> OrientationFit:
    """Fit the orientation of a molecule in a film to all its spectra at once.

    Parameters
    ----------
    tensor : of one row, such as the sum of the sites
    spectra : measured ones (A), normalised alike, in one unit
    theta_deg : (A,) angles of the field from the surface normal: grazing angles of p-polarised light
    degree : P; the weaker field lies in the surface
    axis : (3,) of the molecule, such as the normal of its plane, from which the tilt counts
    window_ev : energies to fit; by default all that spectra and prediction share
    order : S, or None to fit it, from 0 to 1
    step_ev : where the edge step is, on the prediction's scale; by default two thirds up the window
    largest_shift_ev : by how much the prediction may be moved either way
    cancelled : asked now and then; once it is true, `Cancelled` is raised

    Raises
    ------
    Cancelled
        If it was.
    XanesviewError
        For fewer than two angles or ten points, an isotropic prediction, or where nothing positive fits.
    """
    degree = checked_degree(degree)
    theta = np.asarray(theta_deg, dtype=np.float64)
    if order is not None and not 0.0 < order <= 1.0:
        raise XanesviewError(f"Molecules with an order of {order:g} can't be fitted.", "Give S above 0, up to 1.")
    data = FilmData.of(tensor, spectra, theta, degree, window_ev, step_ev, largest_shift_ev)
    check = partial(_check, cancelled)
    loss, start = _starts(data, order, largest_shift_ev, check)
    if not np.isfinite(loss):
        raise XanesviewError(
            "No orientation brings the prediction to the spectra.",
            "Check the energies, the angles, and that the spectra are normalised.",
        )
    found = min((_refined(data, one, order, largest_shift_ev, check) for one in start), key=lambda one: one.cost)
    return _result(data, found, unit(axis), order, largest_shift_ev)


def _widest_ev(data: FilmData) -> float:
    return max(_WIDEST_EV, _WIDEST_SHARE * float(data.grid_ev[-1] - data.grid_ev[0]))


def _check(cancelled: Callable[[], bool] | None) -> None:
    if cancelled is not None and cancelled():
        raise Cancelled


def _starts(
    data: FilmData, order: float | None, largest_shift_ev: float, check: Callable[[], None]
) -> tuple[float, list[tuple]]:
    """The least loss of a coarse scan, and starts: (shift, width, normal, order) of the best basins of the sphere."""
    normals = half_sphere(400)
    best = (np.inf, 0.0, 0.0, np.full(len(normals), np.inf), np.ones(len(normals)))
    for fwhm in (_widest_ev(data) / _WIDEST_EV * one for one in _WIDTHS_EV):
        curves = data.broadened(fwhm)
        for shift in np.arange(-largest_shift_ev, largest_shift_ev + 1e-9, 0.2):
            check()
            quadratic = Quadratic.of(data.design(float(shift), curves), data.intensity)
            losses, orders = quadratic.best(normals, 1.0 if order is None else order, False)
            if losses.min() < best[0]:
                if order is None:
                    losses, orders = quadratic.best(normals, 1.0, True)
                best = (float(losses.min()), float(shift), fwhm, losses, orders)
    least, shift, fwhm, losses, orders = best
    starts: list[tuple] = []
    for k in np.argsort(losses):
        if np.isfinite(losses[k]) and all(abs(normals[k] @ one[2]) < 0.94 for one in starts):
            starts.append((shift, fwhm, normals[k], float(orders[k])))
        if len(starts) == _N_STARTS:
            break
    return least, starts


@dataclass(frozen=True, eq=False)
class _Refined:
    cost: float
    values: np.ndarray  # shift, width, two tangents, order where it is free
    start: np.ndarray
    jacobian: np.ndarray
    linear: np.ndarray  # scale and height of the step
    level: float


def _turned(start: np.ndarray, tangents: np.ndarray) -> np.ndarray:
    """The normal (3,) at the end of an arc from the start, by two components of a tangent vector, radians."""
    e1, e2 = _across(start)
    step = tangents[0] * e1 + tangents[1] * e2
    length = float(np.linalg.norm(step))
    return start if length < 1e-12 else np.cos(length) * start + np.sin(length) * step / length


def _across(n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    e1 = np.cross(n, np.eye(3)[int(np.argmin(np.abs(n)))])
    e1 = e1 / np.linalg.norm(e1)
    return e1, np.cross(n, e1)


def _refined(
    data: FilmData, start: tuple, order: float | None, largest_shift_ev: float, check: Callable[[], None]
) -> _Refined:
    from scipy.optimize import least_squares, nnls  # takes long to load

    shift, fwhm, normal, first_order = start
    kept: dict[float, np.ndarray] = {}

    def linear(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        check()
        if float(values[1]) not in kept:
            kept.clear()
            kept[float(values[1])] = data.broadened(float(values[1]))
        design = data.design(float(values[0]), kept[float(values[1])])
        s = values[4] if order is None else order
        n = _turned(normal, values[2:4])
        own = np.column_stack([design[:, 0] + s * design[:, 1:7] @ quadratic_design(n[None])[0], design[:, 7]])
        weights, _ = nnls(own - own.mean(axis=0), data.intensity - data.intensity.mean())
        level = float(data.intensity.mean() - own.mean(axis=0) @ weights)
        return own @ weights + level, weights, level

    begin = [float(np.clip(shift, -largest_shift_ev, largest_shift_ev)), max(fwhm, 0.05), 0.0, 0.0]
    low, high = [-largest_shift_ev, 0.0, -np.pi, -np.pi], [largest_shift_ev, _widest_ev(data), np.pi, np.pi]
    if order is None:
        begin, low, high = [*begin, np.clip(first_order, 0.02, 0.98)], [*low, 0.0], [*high, 1.0]
    size = float(np.linalg.norm(data.intensity))
    found = least_squares(
        lambda values: (linear(values)[0] - data.intensity) / size, begin, bounds=(low, high), x_scale="jac",
        xtol=1e-8, ftol=1e-10, gtol=1e-10, max_nfev=40, diff_step=1e-4,
    )  # fmt: skip
    return _Refined(float(found.cost), found.x, normal, found.jac * size, *linear(found.x)[1:])


def _result(
    data: FilmData, found: _Refined, axis: np.ndarray, order: float | None, largest_shift_ev: float
) -> OrientationFit:
    n = _turned(found.start, found.values[2:4])
    n = n if n @ axis >= 0 else -n
    shift, fwhm = map(float, found.values[:2])
    s = float(found.values[4]) if order is None else float(order)
    design = data.design(shift, data.broadened(fwhm))
    own = np.column_stack([design[:, 0] + s * design[:, 1:7] @ quadratic_design(n[None])[0], design[:, 7]])
    model = own @ found.linear + found.level
    residual = data.intensity - model
    free = max(len(residual) - len(found.values) - 3, 1)
    variance = float(residual @ residual) / free * _correlation(residual, data.rows)
    tilt, azimuth = to_angles_deg(n, axis)
    quadratic = Quadratic.of(design, data.intensity)
    fit = OrientationFit(
        normal=n, axis=axis, tilt_deg=tilt, tilt_error_deg=np.nan, azimuth_deg=azimuth,
        azimuth_error_deg=_azimuth_error_deg(found, n, axis, variance), tilt_range_deg=(tilt, tilt), order=s,
        is_order_free=order is None, shift_ev=shift, fwhm_ev=fwhm,
        scale=float(found.linear[0]), step_height=float(found.linear[1]), level=found.level, degree=data.degree,
        r_factor=float(residual @ residual) / float(data.intensity @ data.intensity),
        share_left=float(residual @ residual) / data.left_by(design[:, 7]), window_ev=data.window_ev,
        step_ev=data.step_ev + shift, fitted=tuple(
            part.replace(intensity=model[rows], kind="predicted", label=f"{part.label}, fitted")
            for part, rows in zip(data.spectra, data.rows)
        ), is_width_at_end=fwhm > _widest_ev(data) - 1e-2, is_shift_at_end=abs(shift) > largest_shift_ev - 1e-2,
        _quadratic=quadratic, _variance=variance,
    )  # fmt: skip
    low, high = _tilt_profile(fit, 1.0)
    object.__setattr__(fit, "tilt_error_deg", max(high - tilt, tilt - low))
    object.__setattr__(fit, "tilt_range_deg", _tilt_profile(fit, 4.0))
    object.__setattr__(fit, "azimuth_error_deg", _not_below_reach(fit))
    return fit


def _correlation(residual: np.ndarray, rows: Sequence[slice]) -> float:
    """By what neighbouring residuals that go together raise the variance: (1 + ρ)/(1 − ρ) of a chain, at least 1.

    What a prediction misses is no noise: it goes on over many points, which then count as few.
    """
    first = np.concatenate([residual[one][:-1] for one in rows])
    second = np.concatenate([residual[one][1:] for one in rows])
    rho = float(first @ second) / max(float(np.sqrt((first @ first) * (second @ second))), 1e-300)
    rho = min(max(rho, 0.0), 0.98)
    return (1.0 + rho) / (1.0 - rho)


def _tilt_profile(fit: OrientationFit, level: float) -> tuple[float, float]:
    """The least and the largest tilt, degrees, up to which χ² rises by no more than a level, over all azimuths."""
    tilts = np.unique(np.clip([*np.arange(0.0, 90.01, 0.5), *(fit.tilt_deg + _NEAR_DEG)], 0.0, 90.0))
    azimuths = np.unique([*np.arange(-180.0, 180.0, 6.0), *(fit.azimuth_deg + _NEAR_DEG)])
    t, a = np.deg2rad(tilts)[:, None], np.deg2rad(azimuths)[None, :]
    local = np.stack([np.sin(t) * np.cos(a), np.sin(t) * np.sin(a), np.cos(t) * np.ones_like(a)], axis=-1)
    rise = fit.rise(local.reshape(-1, 3) @ frame(fit.axis)).reshape(local.shape[:2]).min(axis=1)
    best = int(np.argmin(np.abs(tilts - fit.tilt_deg)))
    rise[best] = 0.0
    inside = np.flatnonzero(rise <= level)
    ends = []
    for k, beside in ((int(inside[0]), -1), (int(inside[-1]), 1)):
        end = tilts[k]
        if 0 <= k + beside < len(tilts):  # χ² rises as a square: its root is interpolated
            here, there = np.sqrt(rise[k]), np.sqrt(rise[k + beside])
            end += (np.sqrt(level) - here) / (there - here) * (tilts[k + beside] - tilts[k])
        ends.append(float(end))
    return ends[0], ends[1]


def _not_below_reach(fit: OrientationFit) -> float:
    """The error of the azimuth, no less than how far χ² rises by at most one at the best tilt; NaN where it is open.

    Curvature has no word on an azimuth that changes nothing: it is left out of the inverse, as if it were known.
    """
    away = np.arange(-180, 180)
    rise = fit.rise(np.array([from_angles_deg(fit.tilt_deg, fit.azimuth_deg + by, fit.axis) for by in away]))
    if np.mean(rise <= LEVELS[0.95]) > _NEARLY_ALL:
        return float("nan")
    sides = (away[(rise > 1.0) & (away < 0)], away[(rise > 1.0) & (away > 0)])
    ends = [float(np.abs(side).min()) - 1.0 for side in sides if len(side)]
    error = max([fit.azimuth_error_deg, *ends])  # a NaN comes first, and stays
    return error if error < _OPEN_DEG else float("nan")


def _azimuth_error_deg(found: _Refined, n: np.ndarray, axis: np.ndarray, variance: float) -> float:
    """Standard error of the azimuth, degrees, from the curvature at the best orientation; NaN where it says nothing."""
    covariance = np.linalg.pinv(found.jacobian.T @ found.jacobian, rcond=1e-12)[2:4, 2:4] * variance

    def azimuth(tangents: np.ndarray) -> float:
        v = _turned(found.start, tangents)
        return to_angles_deg(v if v @ n >= 0 else -v, axis)[1]

    gradient = np.empty(2)
    for k in range(2):
        move = np.eye(2)[k] * 1e-4
        rise = azimuth(found.values[2:4] + move) - azimuth(found.values[2:4] - move)
        gradient[k] = ((rise + 180.0) % 360.0 - 180.0) / 2e-4
    spread = float(np.sqrt(max(gradient @ covariance @ gradient, 0.0)))
    return spread if spread < _OPEN_DEG else float("nan")
