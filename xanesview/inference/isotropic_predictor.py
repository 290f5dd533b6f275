"""Networks that give isotropic spectra, as tensors: σ(E) = I(E)·1, so that every polarisation gives the same curve.

What a bundle may carry beyond its weights is used where it is there: thresholds and environments for the domain check,
and in the card under ``uncertainty`` how the members' spread becomes a band:
``{"method": "ensemble" | "bootstrap" | "dropout", "samples": 20, "calibration": BandCalibration.as_dict()}``.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from pathlib import Path

import numpy as np

from xanesview.domain.structure import SYMBOLS, Notice, Structure
from xanesview.inference.domain_check import SiteVerdict
from xanesview.inference.loaded_network import (
    MOST_SITES_WITH_MEMBERS,
    Evaluation,
    LoadedNetwork,
    Progress,
    in_batches,
)
from xanesview.inference.notices import band_notices
from xanesview.networks.card import Card
from xanesview.networks.uncertainty import BandCalibration

SITES_A_BATCH = 64
#: Beyond so many spectra of members two stand for all, one above and one below; then errors of sites only add up.
MOST_SPECTRA_OF_MEMBERS = 4000

ISOTROPIC_NOTICE = Notice(
    "isotropic",
    "isotropic network: the spectrum does not depend on the direction",
    "The network gives the average over all directions of the light. For a polarised spectrum choose a tensor or a "
    "directional network.",
)


class IsotropicPredictor(LoadedNetwork):
    """What networks that give averages over all directions share; a kind adds how it is evaluated.

    Raises
    ------
    XanesviewError
        for a broken bundle or a device that is not there.
    """

    def __init__(self, path: Path, device: str = "auto") -> None:
        super().__init__(path, device)
        self._calibration = _calibration(self.card)

    @abstractmethod
    def _spectra(
        self, structure: Structure, sites: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray | None, np.ndarray | None]:
        """Return the members' spectra (M, S, E), the mean E0 (S,) where there is a head for it, and the last features
        (S, F) of a single network."""

    def _evaluate(
        self, structure: Structure, sites: np.ndarray, progress: Progress | None, cancelled: Callable[[], bool] | None
    ) -> Evaluation:
        import torch

        found, e0, features = [], [], []
        for rows in in_batches(len(sites), SITES_A_BATCH, progress, cancelled):
            with torch.inference_mode():
                spectra, e0_ev, last = self._within_memory(lambda rows=rows: self._spectra(structure, sites[rows]))
            found.append(spectra)
            e0.append(e0_ev)
            features.append(last)
        members = np.concatenate(found, axis=1) * self.card.intensity_scale
        mean = members.mean(axis=0)
        keep = len(members) > 1 and len(sites) <= MOST_SITES_WITH_MEMBERS
        return Evaluation(
            components=as_tensors(mean),
            judged=as_tensors(members),
            members=as_tensors(self._band(members, mean).astype(np.float32)) if keep else None,
            ip_ev=np.concatenate(e0) if e0[0] is not None else None,
            features=np.concatenate(features) if features[0] is not None else None,
            notices=(
                ISOTROPIC_NOTICE,
                *self._told_of(structure),
                *band_notices(len(sites), MOST_SITES_WITH_MEMBERS),
            ),
        )

    def _band(self, members: np.ndarray, mean: np.ndarray) -> np.ndarray:
        """Return members (M, S, E) as far from their mean (S, E) as they err; two for all where they are many."""
        spread = calibrated(members, self._calibration)
        if members.shape[0] * members.shape[1] > MOST_SPECTRA_OF_MEMBERS:
            return mean + spread.std(axis=0) * np.array([1.0, -1.0])[:, None, None]
        return spread

    def _judge(self, structure: Structure, sites: np.ndarray, found: Evaluation) -> tuple[SiteVerdict, ...]:
        """Judge sites by their surroundings where the bundle carries those of its training, else by elements alone."""
        if self._environments is not None:
            return super()._judge(structure, sites, found)
        strange = [SYMBOLS[z] for z in structure.elements if SYMBOLS[z] not in self.card.elements]
        reasons = tuple(f"{symbol}: not in the training data" for symbol in strange)
        return tuple(SiteVerdict(int(site), not reasons, reasons) for site in sites)


def calibrated(members: np.ndarray, calibration: BandCalibration | None) -> np.ndarray:
    """Return members (M, S, E) moved away from their mean so far that their spread is the calibrated 68 % half width.

    Keeping members, not one width, lets errors that sites share add up and others cancel in a sum.
    """
    if calibration is None or len(members) < 2:
        return members
    mean, spread = members.mean(axis=0), members.std(axis=0)
    away = members - mean
    # members that agree to the last digit get the floor from their number, odd against even
    signs = np.resize([1.0, -1.0], len(members))
    signs = (signs - signs.mean()) / signs.std()
    agree = spread < 1e-6 * max(float(np.abs(mean).max()), 1e-30)
    away = np.where(agree, signs[:, None, None], away / np.where(agree, 1.0, spread))
    return mean + away * calibration.half_width(spread)


def _calibration(card: Card) -> BandCalibration | None:
    """Return how wide the card says a band must be, or None."""
    values = card.raw.get("uncertainty", {}).get("calibration")
    return None if values is None else BandCalibration.from_dict(values)


def as_tensors(spectra: np.ndarray) -> np.ndarray:
    """Return I·1 (..., S, 6, E) for spectra (..., S, E)."""
    unit = np.array([1, 1, 1, 0, 0, 0], dtype=spectra.dtype)
    return spectra[..., None, :] * unit[:, None]
