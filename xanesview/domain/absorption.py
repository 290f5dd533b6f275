"""AbsorptionTensor: the polarisation-dependent absorption σ_ij(E) of the sites of a structure."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xanesview.domain.bands import LEVELS, UNSCALED, BandScales, effective_number
from xanesview.domain.counts import counted
from xanesview.domain.geometry.directions import unit
from xanesview.domain.geometry.weight_tensor import COMPONENTS, WeightTensor, from_voigt, to_voigt
from xanesview.domain.structure import checked_rotation
from xanesview.errors import XanesviewError

__all__ = [
    "AXES",
    "COMPONENTS",
    "EDGE_STEP",
    "AbsorptionTensor",
    "AxisError",
    "PolarisedSpectra",
    "SiteWeights",
    "from_voigt",
    "rotation_voigt",
    "to_voigt",
    "unit_of_sum",
    "unit_per_atom",
]

#: Unit of spectra whose absorption rises by 1 at the edge of one atom.
EDGE_STEP = "edge step"

#: Weights by atom index (an atom that is not named has the weight 1), or one number a site (S,).
SiteWeights = Mapping[int, float] | Sequence[float] | np.ndarray

#: Energies as they are, or counted from each site's E0 (its ionisation potential; FEFF's Fermi level).
AXES = ("absolute", "relative")

#: A tensor counts as negative only beyond what single precision loses, relative to the largest value.
_NEGATIVE_TOLERANCE = 1e-6


class AxisError(XanesviewError):
    """The energies can't be shown on the axis that was asked for."""


@dataclass(frozen=True, eq=False)
class PolarisedSpectra:
    """Spectra of some sites for one experiment: of each site times its weight in the sum (S, E), and the sum (E,)."""

    weight: WeightTensor
    each: np.ndarray
    total: np.ndarray


@dataclass(frozen=True, eq=False)
class AbsorptionTensor:
    """Absorption of each site as a real symmetric tensor on an energy grid, I(E; n̂) = n̂ᵀ σ(E) n̂.

    Parameters
    ----------
    energy_ev : (E,) float, eV
        Strictly ascending grid; on the axis "relative" counted from each site's own E0.
    components : (S, 6, E) float, in `unit`
        In the order of COMPONENTS: xx, yy, zz, yz, xz, xy.
    sites : (S,) int
        Atom index of each site; −1 for a sum.
    unit : str
        Unit of the components.
    edge : str
        Such as "C K".
    native_fwhm_ev : float, eV
        Width that the spectra already have; they can't be drawn sharper.
    ip_ev : (S,) float or None, eV
        E0 of each site on the absolute axis: its ionisation potential, or the Fermi level of a solid.
    members : (M, S, 6, E) float or None
        Answers of the members of an ensemble, whose spread is the band.
    axis : str
        One of AXES.
    bands : BandScales
        By what the spread of the members is multiplied to be half the width of a band.
    n_summed : float
        How many sites a row stands for, see `xanesview.domain.bands.effective_number`.
    """

    energy_ev: np.ndarray
    components: np.ndarray
    sites: np.ndarray
    unit: str
    edge: str
    native_fwhm_ev: float
    ip_ev: np.ndarray | None = None
    members: np.ndarray | None = None
    axis: str = "absolute"
    bands: BandScales = UNSCALED
    n_summed: float = 1.0

    def __post_init__(self) -> None:
        if self.axis not in AXES:
            raise XanesviewError(f"“{self.axis}” is no energy axis.", f"Choose one of: {', '.join(AXES)}.")
        energy = np.array(self.energy_ev, dtype=np.float64)
        sites = np.array(self.sites, dtype=np.int64)
        if energy.ndim != 1 or len(energy) == 0 or not np.isfinite(energy).all() or (np.diff(energy) <= 0).any():
            raise XanesviewError("The energies of an absorption tensor must ascend.")
        expected = (len(sites), 6, len(energy))
        if sites.ndim != 1:
            raise XanesviewError("The sites of an absorption tensor must be a plain list of atoms.")
        if np.shape(self.components) != expected:
            raise XanesviewError(f"The absorption tensor needs the shape {expected}, not {np.shape(self.components)}.")
        # Stored with the component first, so that a contraction is one product of a row with a matrix.
        components = _component_first(np.asarray(self.components, dtype=np.float64))
        if not np.isfinite(components).all():
            raise XanesviewError("The absorption tensor holds values that are not finite numbers.")
        members = self.members
        if members is not None:
            members = np.asarray(members)
            if members.ndim != 4 or members.shape[1:] != expected:
                raise XanesviewError(f"The ensemble needs the shape (M, {expected}), not {members.shape}.")
            members = _component_first(members)
        ip_ev = None if self.ip_ev is None else np.array(self.ip_ev, dtype=np.float64).reshape(len(sites))
        values = {"energy_ev": energy, "components": components, "sites": sites, "ip_ev": ip_ev, "members": members}
        for key, value in values.items():
            if value is not None:
                value.setflags(write=False)
            object.__setattr__(self, key, value)

    @property
    def n_sites(self) -> int:
        """Number of sites, S."""
        return len(self.sites)

    @cached_property
    def _flat(self) -> np.ndarray:
        """Components as a contiguous (6, S·E) array; a view."""
        return self.components.transpose(1, 0, 2).reshape(6, -1)

    def matrix(self) -> np.ndarray:
        """Return σ as matrices (S, E, 3, 3)."""
        return from_voigt(self.components.transpose(0, 2, 1))

    def contract(self, weight: WeightTensor) -> np.ndarray:
        """Return the spectra I(E) = Σ_ij W_ij σ_ij(E) of the sites, (S, E)."""
        return (weight.voigt @ self._flat).reshape(self.n_sites, -1)

    def spectra(self, weight: WeightTensor, site_weights: SiteWeights | None = None) -> PolarisedSpectra:
        """Return the spectra of the sites, each times its weight in the sum, and the sum."""
        each = self.weights_array(site_weights)[:, None] * self.contract(weight)
        return PolarisedSpectra(weight, each, each.sum(axis=0))

    def isotropic(self) -> np.ndarray:
        """Return the isotropic spectra Tr σ / 3, (S, E)."""
        return self._flat[:3].mean(axis=0).reshape(self.n_sites, -1)

    def band(
        self, weight: WeightTensor, site_weights: SiteWeights | None = None, level: float = LEVELS[0]
    ) -> np.ndarray | None:
        """Return half the width of the band: the spread over the members of the ensemble, times the scale of what is
        drawn.

        Parameters
        ----------
        weight : WeightTensor
        site_weights : optional
            If given, the band of the weighted sum, (E,); an empty mapping is the plain sum. If not, each site's,
            (S, E).
        level : one of `xanesview.domain.bands.LEVELS`
            Share of the truth that the band shall hold.

        Returns
        -------
        (S, E) or (E,) array, or None where there is no ensemble
        """
        if self.members is None:
            return None
        flat = self.members.transpose(2, 0, 1, 3).reshape(6, -1)
        spectra = (weight.voigt.astype(flat.dtype) @ flat).reshape(len(self.members), self.n_sites, -1)
        n_sites = self.n_summed
        if site_weights is not None:
            weights = self.weights_array(site_weights)
            spectra = np.einsum("s,mse->me", weights, spectra)
            n_sites *= effective_number(weights)
        return self.bands.factor(weight, n_sites, level) * spectra.std(axis=0)

    def weights_array(self, site_weights: SiteWeights | None) -> np.ndarray:
        """Return one weight a site (S,): from a mapping by atom index (1 where not named), an array, or None."""
        if site_weights is None:
            return np.ones(self.n_sites)
        if isinstance(site_weights, Mapping):
            return np.array([float(site_weights.get(int(site), 1.0)) for site in self.sites])
        weights = np.asarray(site_weights, dtype=np.float64)
        if weights.shape != (self.n_sites,):
            raise XanesviewError(f"{self.n_sites} sites need {self.n_sites} weights, not {weights.shape}.")
        return weights

    def summed(self, site_weights: SiteWeights | None = None) -> AbsorptionTensor:
        """Return the (weighted) sum over the sites as a tensor with one site, numbered −1; its unit says what it is."""
        weights = self.weights_array(site_weights)
        members = None if self.members is None else np.einsum("s,msce->mce", weights, self.members)[:, None]
        return dataclasses.replace(
            self,
            components=np.einsum("s,sce->ce", weights, self.components)[None],
            sites=np.array([-1]),
            unit=unit_of_sum(self.unit, weights),
            ip_ev=None,
            members=members,
            n_summed=self.n_summed * effective_number(weights),
        )

    def select(self, sites: Sequence[int] | np.ndarray) -> AbsorptionTensor:
        """Return the tensor of some sites, given by atom index, in the order given."""
        row = {int(site): k for k, site in enumerate(self.sites)}
        missing = [int(site) for site in sites if int(site) not in row]
        if missing:
            raise XanesviewError(f"There is no spectrum of atom {missing[0]}.", "Predict this site first.")
        rows = np.array([row[int(site)] for site in sites], dtype=np.int64)
        return dataclasses.replace(
            self,
            components=_taken(self.components, rows),
            sites=self.sites[rows],
            ip_ev=None if self.ip_ev is None else self.ip_ev[rows],
            members=None if self.members is None else _taken(self.members, rows),
        )

    def rotated(self, rotation: np.ndarray) -> AbsorptionTensor:
        """Return the tensor of the structure turned by R (3, 3): σ' = R σ Rᵀ."""
        return self._mapped(rotation_voigt(rotation))

    def on_axis(self, axis: str, energy_ev: np.ndarray | None = None) -> AbsorptionTensor:
        """Return the same tensors over absolute energies, or over energies from each site's E0.

        Each site is moved by its own E0 and interpolated linearly on one grid. Where the sites differ in E0 their
        ends no longer meet: the default grid keeps what all of them cover, so that nothing is made up.

        Parameters
        ----------
        axis : one of AXES
        energy_ev : (G,) grid in eV, optional
            By default the own grid moved by the mean E0, cut to the common range; one site (or sites of one E0) keeps
            its points. Beyond a site's own range its end value holds: no point is ever NaN.

        Raises
        ------
        AxisError
            If E0 is needed and not known, or the sites have no range in common.
        """
        if axis not in AXES:
            raise XanesviewError(f"“{axis}” is no energy axis.", f"Choose one of: {', '.join(AXES)}.")
        shifts = np.zeros(self.n_sites)
        if axis != self.axis:
            if self.ip_ev is None or not np.isfinite(self.ip_ev).all():
                raise AxisError(
                    "E0 of these sites is not known, so their energies can't be counted from it, or from zero.",
                    f"Stay on the {self.axis} axis.",
                )
            shifts = self.ip_ev if axis == "absolute" else -self.ip_ev
        elif energy_ev is None:
            return self
        if energy_ev is None:
            if np.ptp(shifts) < 1e-9:
                return dataclasses.replace(self, energy_ev=self.energy_ev + shifts[:1].sum(), axis=axis)
            energy_ev = _common_grid(self.energy_ev, shifts)
        return self.read_at(np.asarray(energy_ev, dtype=np.float64) - shifts[:, None], energy_ev, axis)

    def read_at(self, places_ev: np.ndarray, energy_ev: np.ndarray, axis: str) -> AbsorptionTensor:
        """Return tensors on another grid (G,), whose point k holds what each site has at ``places_ev[:, k]``, (S, G).

        Interpolated linearly; beyond a site's own range its end value holds.
        """
        below, share = _places(self.energy_ev, places_ev)
        members = None if self.members is None else _interpolated(self.members, below, share)
        components = _interpolated(self.components, below, share)
        return dataclasses.replace(self, energy_ev=energy_ev, components=components, members=members, axis=axis)

    def film_averaged(self, normal: Sequence[float] | np.ndarray) -> AbsorptionTensor:
        """Return the tensor of a film that is disordered (or at least threefold) about its normal (3,).

        It keeps σ∥ = nᵀσn and σ⊥ = (Tr σ − σ∥)/2.
        """
        n = unit(normal)
        nn = np.outer(n, n)
        across = (np.eye(3) - nn) / 2.0
        # σ' = (W∥ : σ) nnᵀ + (W⊥ : σ) (1 − nnᵀ), W⊥ = (1 − nnᵀ)/2
        mapping = np.outer(to_voigt(nn), WeightTensor(nn).voigt)
        mapping += np.outer(to_voigt(2.0 * across), WeightTensor(across).voigt)
        return self._mapped(mapping)

    def largest_eigenvalue(self) -> np.ndarray:
        """Return the most that any linear polarisation can give, (S, E): a bound for the height of a plot."""
        return self._eigenvalues[..., 2]

    def smallest_eigenvalue(self) -> np.ndarray:
        """Return the least that any linear polarisation can give, (S, E): negative where a tensor is not positive."""
        return self._eigenvalues[..., 0]

    def negative_share(self) -> float:
        """Return the share of (site, energy) pairs at which some polarisation gives a negative absorption.

        Values within single precision of zero, relative to the largest, do not count.
        """
        lowest, largest = self._eigenvalues[..., 0], np.abs(self._eigenvalues).max(initial=0.0)
        return float((lowest < -_NEGATIVE_TOLERANCE * largest).mean()) if lowest.size else 0.0

    def principal_axes(self, site_index: int, energy_ev: float) -> tuple[np.ndarray, np.ndarray]:
        """Return eigenvalues (3,), largest first, and axes (3, 3), one a column, of row `site_index` at an energy.

        Between two grid points the tensor is interpolated linearly; beyond the grid it is the nearest one.
        """
        here = np.array([np.interp(energy_ev, self.energy_ev, row) for row in self.components[site_index]])
        values, vectors = np.linalg.eigh(from_voigt(here))
        return values[::-1], vectors[:, ::-1]

    @cached_property
    def _eigenvalues(self) -> np.ndarray:
        return np.linalg.eigvalsh(self.matrix())

    def _mapped(self, mapping: np.ndarray) -> AbsorptionTensor:
        """Apply a linear map (6, 6) to the components."""
        members = self.members
        if members is not None:
            members = np.einsum("ab,msbe->msae", mapping.astype(members.dtype), members)
        return dataclasses.replace(self, components=mapping @ self.components, members=members)


def rotation_voigt(rotation: np.ndarray) -> np.ndarray:
    """Return the (6, 6) matrix that turns the six components of σ into those of R σ Rᵀ."""
    r = checked_rotation(rotation)
    # Column k holds the components of the turned unit tensor k.
    return to_voigt(r @ from_voigt(np.eye(6)) @ r.T).T


def _common_grid(energy_ev: np.ndarray, shifts_ev: np.ndarray) -> np.ndarray:
    """Return the part (G,) of the grid, moved by the mean shift, that every moved grid covers."""
    low, high = energy_ev[0] + shifts_ev.max(), energy_ev[-1] + shifts_ev.min()
    grid = energy_ev + shifts_ev.mean()
    grid = grid[(grid >= low - 1e-9) & (grid <= high + 1e-9)]
    if len(grid) < 2:
        raise AxisError("E0 of these sites differs by more than the spectra are wide.", "Pick fewer sites.")
    return grid


def _places(grid_ev: np.ndarray, wanted_ev: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the point below each wanted energy (S, G) and the share of the next one, clipped to the grid (E,)."""
    if len(grid_ev) == 1:
        return np.zeros(wanted_ev.shape, dtype=np.int64), np.zeros(wanted_ev.shape)
    below = np.clip(np.searchsorted(grid_ev, wanted_ev, side="right") - 1, 0, len(grid_ev) - 2)
    share = (wanted_ev - grid_ev[below]) / (grid_ev[below + 1] - grid_ev[below])
    return below, np.clip(share, 0.0, 1.0)


def _interpolated(values: np.ndarray, below: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Return values (..., S, 6, E) at the places (S, G) of each site, (..., S, 6, G)."""
    index = below.reshape((1,) * (values.ndim - 3) + (len(below), 1, -1))
    above = np.minimum(index + 1, values.shape[-1] - 1)
    weight = share.astype(values.dtype)[:, None]
    return np.take_along_axis(values, index, -1) * (1 - weight) + np.take_along_axis(values, above, -1) * weight


def _component_first(components: np.ndarray) -> np.ndarray:
    """Copy (..., S, 6, E) so that memory runs over the component first, and return it in its usual shape.

    What lies so already and can't be written to, as in another tensor, is taken as it is: sums over thousands of sites
    would else spend their time on copies.
    """
    moved = np.moveaxis(components, -2, 0)
    owner = moved if moved.base is None else moved.base
    if moved.flags.c_contiguous and not (moved.flags.writeable or getattr(owner, "flags", moved.flags).writeable):
        return components
    own = np.array(moved, order="C")
    own.setflags(write=False)
    return np.moveaxis(own, 0, -2)


def _taken(components: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return some sites of (..., S, 6, E), laid out like the whole."""
    moved = np.moveaxis(components, -2, 0)
    own = np.ascontiguousarray(np.take(moved, rows, axis=-2))
    own.setflags(write=False)
    return np.moveaxis(own, 0, -2)


def unit_of_sum(unit: str, weights: np.ndarray) -> str:
    """Return the unit of a sum of sites with weights (S,): one of edge steps has as many of them as the weights say."""
    total = float(weights.sum())
    if unit != EDGE_STEP or np.isclose(total, 1.0):
        return unit
    if (weights == 1.0).all():
        return f"edge steps of {counted(len(weights), 'site')}"
    return f"edge steps, {total:.4g} by weight"


def unit_per_atom(unit: str) -> str:
    """Return the unit of one site from that of a sum, see `unit_of_sum`."""
    return EDGE_STEP if unit.startswith("edge steps") else unit
