"""Quality of a network, site by site: errors on structures it was not trained on, and exemplars to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.geometry.weight_tensor import WeightTensor
from xanesview.domain.structure import Structure

#: What sites are ranked by: the mean square error of the spectrum, of its slope, of its second derivative.
RANKINGS = ("spectrum", "gradient", "curvature")
#: Places in a ranking that a reader wants to see, as percentiles of the sites, best first.
PLACES = {"best": 0.0, "median": 50.0, "95th percentile": 95.0, "worst": 100.0}
#: Errors whose look is shown by known noise.
NOISE_LEVELS = (0.01, 0.1, 1.0)


@dataclass(frozen=True, eq=False)
class Exemplar:
    """One site with its predicted and its reference spectrum.

    Parameters
    ----------
    row : int
        Row of the site in the table of all sites.
    structure : Structure
    atom : int
        Absorber.
    direction : (3,) float or None
        Polarisation of `predicted`; None for isotropic spectra.
    predicted : (E,) float
        In the unit of the network's card.
    reference : AbsorptionTensor
        One site, same unit and energies; 1 × the isotropic spectrum where there is no polarised reference.
    predicted_e0_ev : float
        Ionisation potential (or Fermi level) that the network gives; NaN where it gives none.
    """

    row: int
    structure: Structure
    atom: int
    direction: np.ndarray | None
    predicted: np.ndarray
    reference: AbsorptionTensor
    predicted_e0_ev: float = float("nan")

    def reference_curve(self) -> np.ndarray:
        """Return the reference along the exemplar's direction (isotropic without one), (E,)."""
        if self.direction is None:
            return self.reference.isotropic()[0]
        return self.reference.contract(WeightTensor(np.outer(self.direction, self.direction)))[0]


@dataclass(frozen=True, eq=False)
class Quality:
    """Errors of all sites of a split in three rankings, and exemplars along each.

    Parameters
    ----------
    network, split : str
    data : tuple of str
        Names of the data files.
    polarised : bool
        Whether errors are means over directions; if not they are those of isotropic spectra.
    scale : float
        Spectra were divided by this number before errors were taken.
    names, smiles : (S,) tuples of str
        Structure of each site.
    atoms : (S,) int
    errors : mapping of ranking to (S,) float
        Mean square error of each site, in 1, 1/eV² and 1/eV⁴.
    exemplars : tuple of Exemplar
    """

    network: str
    split: str
    data: tuple[str, ...]
    polarised: bool
    scale: float
    names: tuple[str, ...]
    smiles: tuple[str, ...]
    atoms: np.ndarray
    errors: Mapping[str, np.ndarray]
    exemplars: tuple[Exemplar, ...]

    @property
    def n_sites(self) -> int:
        """Number of sites, S."""
        return len(self.atoms)

    def order(self, ranking: str) -> np.ndarray:
        """Return the rows of the sites, the best first, (S,)."""
        return np.argsort(self.errors[ranking], kind="stable")

    def sorted_errors(self, ranking: str) -> np.ndarray:
        """Return the errors, the smallest first, (S,)."""
        return np.sort(self.errors[ranking])

    def stored(self, ranking: str) -> list[tuple[int, Exemplar]]:
        """Return the places in the ranking (0 is best) that have an exemplar, in rising order."""
        place = np.empty(self.n_sites, int)
        place[self.order(ranking)] = np.arange(self.n_sites)
        return sorted(((int(place[e.row]), e) for e in self.exemplars), key=lambda pair: pair[0])

    def nearest(self, ranking: str, place: float) -> tuple[int, Exemplar]:
        """Return the exemplar nearest to a place in the ranking, with its own place."""
        return min(self.stored(ranking), key=lambda pair: abs(pair[0] - place))

    def site_label(self, row: int) -> str:
        """Return a site's structure and atom."""
        return f"{self.names[row]}, atom {int(self.atoms[row])}"


def place_of(percent: float, n_sites: int) -> int:
    """Return the place in a ranking of n sites that stands for a percentile (0 is the best, n − 1 the worst)."""
    return round(percent / 100.0 * (n_sites - 1))


def with_noise(curve: np.ndarray, mse: float, scale: float = 1.0, seed: int = 0) -> np.ndarray:
    """Return a curve (E,) with white Gaussian noise whose mean square, in units of the scale, is exactly `mse`.

    Known noise on a real spectrum shows what a mean square error means, as in the publication of ISD-PaiNN.
    """
    noise = np.random.default_rng(seed).normal(size=np.shape(curve))
    return curve + scale * noise * np.sqrt(mse / np.mean(noise**2))
