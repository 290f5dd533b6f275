"""One prediction an orbit: equivalent sites are turned from one another, not predicted each."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from xanesview.domain.orbit_tensors import over_orbits
from xanesview.domain.symmetry import SYMMETRY_TOLERANCE_ANGSTROM, Orbit, orbits

if TYPE_CHECKING:
    from xanesview.domain.structure import Structure
    from xanesview.inference.loaded_network import Prediction, Predictor


def predict_orbits(
    predictor: Predictor,
    structure: Structure,
    sites: Sequence[int],
    tolerance_angstrom: float = SYMMETRY_TOLERANCE_ANGSTROM,
    *,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[Prediction, list[Orbit]]:
    """Predict one site an orbit and turn it to the others.

    Parameters
    ----------
    predictor, structure, sites, progress, cancelled : as for `Predictor.predict`
    tolerance_angstrom : of `xanesview.domain.symmetry.orbits`

    Returns
    -------
    The prediction of all sites, in the order given, each with the verdict of its representative; and the orbits.
    """
    found = orbits(structure, sites, tolerance_angstrom)
    own = predictor.predict(
        structure, [orbit.representative for orbit in found], progress=progress, cancelled=cancelled
    )
    verdicts = {verdict.atom: verdict for verdict in own.verdicts}
    of_member = {member: orbit.representative for orbit in found for member in orbit.members}
    return (
        dataclasses.replace(
            own,
            tensor=over_orbits(own.tensor, found).select(sites),
            verdicts=tuple(dataclasses.replace(verdicts[of_member[int(i)]], atom=int(i)) for i in sites),
            features=None,
        ),
        found,
    )
