"""Writes ``quality.h5`` of a bundle: ranked errors of a split and exemplars, for the window's Quality panel.

`xanesview train` does it at the end. Call ``write_quality(bundle, data, split)`` for a bundle that came in another way;
it takes as long as an evaluation.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.quality import RANKINGS, Exemplar, Quality, place_of
from xanesview.inference.predictor import load_predictor
from xanesview.io.spectra.quality_file import QUALITY, save_quality
from xanesview.networks.card import CARD, Card, find_bundle
from xanesview.training.testing.split_comparison import SplitComparison, compare_split

#: Percentiles of each ranking that get an exemplar; those of `xanesview.domain.quality.PLACES` are among them.
STORED_PERCENTILES = (0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98, 100)
LARGEST_BYTES = 300_000
_FEWER = ((0, 10, 25, 50, 75, 90, 95, 100), (0, 50, 95, 100))


def write_quality(
    bundle_path: str | Path, data: str | Path | Sequence[str | Path], split: str = "test", device: str = "auto"
) -> Path | None:
    """Test a finished bundle on a split and write its ``quality.h5``.

    Parameters
    ----------
    bundle_path : folder of the bundle (card and weights)
    data : the data files that its card is measured on
    split : "test" as a rule
    device : as of `load_predictor`

    Returns
    -------
    Path or None
        the file; None for networks that give no spectra, which have no curves to show

    Raises
    ------
    XanesviewError
        for data that have no such split or another edge.
    """
    path = find_bundle(bundle_path)
    if Card.from_json(path / CARD).gives == "properties":
        return None
    return keep_quality(path, compare_split(load_predictor(path, device), data, split))


def keep_quality(path: Path, comparison: SplitComparison) -> Path:
    """Write the quality file of a comparison into a bundle's folder.

    Where it would grow past `LARGEST_BYTES`, as with large slabs, it gets fewer exemplars: at the least best, median,
    95th percentile and worst of each ranking.
    """
    target = path / QUALITY
    for percentiles in (STORED_PERCENTILES, *_FEWER):
        save_quality(target, quality_of(comparison, percentiles))
        if target.stat().st_size <= LARGEST_BYTES:
            break
    return target


def quality_of(comparison: SplitComparison, percentiles: Sequence[float] = STORED_PERCENTILES) -> Quality:
    """Return errors of all sites and exemplars at percentiles of each ranking.

    An exemplar of a polarised network shows the direction, among its random ones, whose error is nearest to the site's
    own error, so that the curves look as good or bad as the site is.
    """
    c = comparison
    errors = {name: np.asarray(values, float) for name, values in c.site_errors().items()}
    rows: dict[int, None] = {}
    for ranking in RANKINGS:
        order = np.argsort(errors[ranking], kind="stable")
        rows |= {int(order[place_of(percent, len(order))]): None for percent in percentiles}
    return Quality(
        network=c.card.name,
        split=c.split,
        data=c.sources,
        polarised=not c.is_isotropic,
        scale=c.scale,
        names=tuple(c.structures[k].name for k in c.owner),
        smiles=tuple(c.structures[k].smiles for k in c.owner),
        atoms=c.atoms,
        errors=errors,
        exemplars=tuple(_exemplar(c, row) for row in sorted(rows)),
    )


def _exemplar(c: SplitComparison, row: int) -> Exemplar:
    labelled = c.structures[c.owner[row]]
    atom = int(c.atoms[row])
    direction = None
    predicted = c.predicted[row, :3].mean(0)
    if not c.is_isotropic and c.polarised[row]:
        errors = c.directional_errors["spectrum"][row]
        typical = int(np.abs(errors - errors.mean()).argmin())
        direction = c.directions[row, typical]
        predicted = c.along(row)[0][typical]
    e0 = c.reference_e0_ev[row]
    reference = AbsorptionTensor(
        energy_ev=c.energy_ev,
        components=_shown_reference(c, row)[None] * c.scale,
        sites=np.array([atom]),
        unit=c.card.unit,
        edge=c.card.label,
        native_fwhm_ev=c.card.native_fwhm_ev,
        ip_ev=np.array([e0]) if np.isfinite(e0) else None,
        axis=c.axis,
    )
    predicted_e0 = float(c.predicted_e0_ev[row])
    return Exemplar(row, labelled.structure, atom, direction, predicted * c.scale, reference, predicted_e0)


def _shown_reference(c: SplitComparison, row: int) -> np.ndarray:
    """Return what the prediction is to be compared with, (6, E): isotropic where the network is."""
    if not c.is_isotropic:
        return c.reference[row]
    mean = c.reference[row, :3].mean(0)
    return np.concatenate([np.repeat(mean[None], 3, 0), np.zeros((3, len(mean)))])
