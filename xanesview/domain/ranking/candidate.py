"""What is ranked and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.spectrum import Spectrum


@dataclass(frozen=True, eq=False)
class Candidate:
    """A structure with its spectra.

    Attributes
    ----------
    name : str
    spectra : tuple[Spectrum, ...]
        One a measured curve, per absorbing atom so that mixtures count atoms, best drawn as measured; a band, where
        there is one, is meant to hold 68 %.
    e0_ev : float or None
        Where the edge step is, eV, on the scale of the spectra.
    facts : dict
        What is told of it elsewhere: file, formula, network.
    """

    name: str
    spectra: tuple[Spectrum, ...]
    e0_ev: float | None = None
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Ranked:
    """A candidate, or a mixture of several, laid over the measured curves.

    Attributes
    ----------
    candidates : tuple[Candidate, ...]
    fractions : tuple[float, ...]
        Of the absorbing atoms; (1,) for one candidate.
    misfit : float
        Root of the share of the measured variance that is left, 0 to 1.
    error : float
        One standard deviation of the misfit, from the bands of the predictions.
    shift_ev, fwhm_ev : float
        What moved and broadened the predictions.
    scale, step_height : float
        Factor of the prediction, and height of the edge step in units of the prediction.
    offsets : tuple[float, ...]
        One a measured curve.
    fitted : tuple[Spectrum, ...]
        On the measured energies that count.
    is_tied : bool
        It can't be told from the best one, of mixtures from the best mixture, within the errors of the predictions.
    at_limit : bool
        The shift ended at the largest that was tried.
    """

    candidates: tuple[Candidate, ...]
    fractions: tuple[float, ...]
    misfit: float
    error: float
    shift_ev: float
    fwhm_ev: float
    scale: float
    step_height: float
    offsets: tuple[float, ...]
    fitted: tuple[Spectrum, ...]
    is_tied: bool = False
    at_limit: bool = False

    @property
    def name(self) -> str:
        """What to call it: a mixture by its parts and their percentages."""
        if len(self.candidates) == 1:
            return self.candidates[0].name
        return " + ".join(
            f"{100 * share:.0f} % {one.name}" for share, one in zip(self.fractions, self.candidates, strict=True)
        )


@dataclass(frozen=True, eq=False)
class Ranking:
    """All candidates, the best first.

    Attributes
    ----------
    measured : tuple[Spectrum, ...]
        What was compared: the points that count.
    ranked : tuple[Ranked, ...]
        Single candidates.
    mixtures : tuple[Ranked, ...]
        The best of two and of three, each only where it fits better than fewer parts beyond the errors; the better of
        them stands first, behind it those of as many parts that can't be told from it.
    left_out : tuple[tuple[str, str], ...]
        Candidates that could not be compared, and why.
    more_mixtures : int
        About how many others can't be told from the best mixture, either.
    """

    measured: tuple[Spectrum, ...]
    ranked: tuple[Ranked, ...]
    mixtures: tuple[Ranked, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    more_mixtures: int = 0

    def tied(self) -> tuple[Ranked, ...]:
        """Return the best candidate and those that can't be told from it."""
        return tuple(one for one in self.ranked if one.is_tied)

    def verdict(self) -> str:
        """Say in a sentence or two what may be concluded."""
        if not self.ranked:
            return "No candidate could be compared."
        tied = self.tied()
        best = self.ranked[0]
        if best.misfit > POOR:
            said = f"None fits well: {best.name} leaves {100 * best.misfit**2:.0f} % of the variance."
        elif len(tied) == 1:
            said = f"{best.name} fits best, and better than the others beyond the error of the prediction."
        else:
            others = [one.name for one in tied[1:]]
            named = ", ".join(others[:4]) + (f" and {len(others) - 4} more" if len(others) > 4 else "")
            said = f"{best.name} fits best; {named} can't be told from it within the error of the prediction."
        for one in self.mixtures[:1]:
            said += f" A mixture fits better: {one.name}." + self._other_mixtures()
        return said

    def _other_mixtures(self) -> str:
        others = [one.name for one in self.mixtures[1:] if one.is_tied]
        more = len(others) - 1 + self.more_mixtures
        if not others:
            return ""
        named = f"{others[0]} and {counted(more, 'other')}" if more else others[0]
        return f" {named} can't be told from it."


POOR = float(np.sqrt(0.3))
"""A misfit beyond which a candidate is no answer: over 30 % of the variance are left."""

TIED = 1.64
"""Two candidates whose misfits differ by less than so many standard deviations of the difference are not told apart."""
