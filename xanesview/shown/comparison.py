"""Predictions of several networks on one plot: sums of the picked sites, on one axis and one measure of intensity."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.inference.shelf import short_names
from xanesview.shown.curve import Curve
from xanesview.shown.drawn_spectrum import spectrum_of
from xanesview.shown.tensors import Look

if TYPE_CHECKING:
    from xanesview.domain.absorption import AbsorptionTensor
    from xanesview.gui.session.workspace import Workspace
    from xanesview.inference.shelf import Networks


@dataclass(frozen=True, eq=False)
class Compared:
    """One further network: its bundle's name, the name to show, its sites, and what its intensities are times."""

    network: str
    name: str
    look: Look
    factor: float
    is_scaled: bool
    is_fitted: bool

    @property
    def label(self) -> str:
        """What stands beside the curve."""
        return f"{self.name}, fitted" if self.is_fitted else self.name


def others(workspace: Workspace) -> list[str]:
    """Networks compared with the current one: those of its edge; the rest wait for a structure with theirs."""
    current, found = workspace.card, []
    for name in workspace.session.compared:
        try:
            fits = current is not None and workspace.networks.card(name).label == current.label
        except XanesviewError:  # a bundle that has gone
            fits = False
        if fits and name != workspace.session.network:
            found.append(name)
    return found


def short_name(workspace: Workspace, network: str) -> str:
    """A network's name beside a curve."""
    return short_names(workspace.networks, (workspace.session.network, *others(workspace)))[network]


def compared(workspace: Workspace) -> tuple[Compared, ...]:
    """The further networks whose prediction is known and can be shown; the same ones at every move of a drag."""
    own = workspace.shown.look()
    names = others(workspace)
    if own is None or not names:
        return ()
    looks = {name: look for name in names if (look := workspace.shown.compared(name)[0]) is not None}
    return _compared(workspace.networks, workspace.session.network, own, tuple(looks.items()))


@lru_cache(maxsize=8)
def _compared(networks: Networks, current: str, own: Look, looks: tuple[tuple[str, Look], ...]) -> tuple[Compared, ...]:
    shorts = short_names(networks, (current, *(name for name, _ in looks)))
    result = []
    for name, look in looks:
        same = look.summed.unit == own.summed.unit
        factor = 1.0 if same else equal_area(own.summed, look.summed)
        if factor is not None:
            fitted = networks.card(name).gives == "directional"
            result.append(Compared(name, shorts[name], look, factor, not same, fitted))
    return tuple(result)


def follows(workspace: Workspace) -> bool:
    """Whether a further network's curve depends on the polarisation."""
    return any(not one.look.is_isotropic for one in compared(workspace))


def equal_area(one: AbsorptionTensor, two: AbsorptionTensor) -> float | None:
    """By what the second isotropic curve is multiplied to have the area of the first over their common energies.

    Of the isotropic curves, so that the factor stays while the polarisation turns. None without common energies.
    """
    low, high = max(one.energy_ev[0], two.energy_ev[0]), min(one.energy_ev[-1], two.energy_ev[-1])
    if high <= low:
        return None
    grid = np.linspace(low, high, 512)
    areas = [float(np.interp(grid, t.energy_ev, t.isotropic()[0]).sum()) for t in (one, two)]
    return areas[0] / areas[1] if areas[0] > 0 and areas[1] > 0 else None


def spectrum(workspace: Workspace, one: Compared) -> Spectrum:
    """The sum of the picked sites by a further network, for the current polarisation."""
    total, weight = one.look.summed, workspace.geometry.weight()
    drawn = spectrum_of(workspace, total, total.contract(weight)[0], one.label)
    if not one.is_scaled:
        return drawn
    return drawn.scaled(one.factor).replace(unit=workspace.shown.look().summed.unit)


def with_provenance(workspace: Workspace, one: Compared, facts: dict[str, str]) -> Spectrum:
    """The same with where it comes from; `facts` are those of the current curve."""
    own = {**facts, "network": one.network}
    if one.is_scaled:
        own["multiplied_by"] = f"{one.factor:.6g}"
        own["scaled"] = "to the area of the current network's isotropic curve; its own unit is " + one.look.summed.unit
    if one.look.is_e0_borrowed:
        own["e0"] = "by the current network, " + workspace.session.network
    if one.is_fitted:
        own["drawn"] = "the tensor fitted to the network"
    return spectrum(workspace, one).replace(provenance=own)


def curves(workspace: Workspace) -> list[Curve]:
    """Curves of the further networks."""
    hidden = workspace.session.hidden_networks
    result = []
    for one in compared(workspace):
        drawn = spectrum(workspace, one)
        card = workspace.networks.card(one.network)
        lines = [card.title]
        if one.is_scaled:
            lines.append("scaled to equal area: another unit of intensity")
        if one.look.is_e0_borrowed:
            lines.append("gives no E₀: placed by that of the current network")
        result.append(
            Curve(
                key=f"compared-{one.network}",
                energy_ev=drawn.energy_ev,
                intensity=drawn.intensity,
                label=f"{one.label} · scaled" if one.is_scaled else one.label,
                role="compared",
                visible=one.network not in hidden,
                tooltip="\n".join(lines),
            )
        )
    return result


def bounds(workspace: Workspace) -> list[float]:
    """Largest intensity that any direction can give, of each further network."""
    return [float(np.max(one.look.summed.largest_eigenvalue())) * one.factor for one in compared(workspace)]


def lower_bounds(workspace: Workspace) -> list[float]:
    """Smallest intensity that any direction can give, of each further network."""
    return [float(np.min(one.look.summed.smallest_eigenvalue())) * one.factor for one in compared(workspace)]


def scaled(workspace: Workspace) -> list[str]:
    """Names of the networks whose intensities were scaled."""
    return [one.name for one in compared(workspace) if one.is_scaled]


def missing(workspace: Workspace) -> dict[str, str]:
    """Further networks that can't be drawn, and why; those still predicting are left out."""
    own, names = workspace.shown.look(), others(workspace)
    if own is None or not names:
        return {}
    drawn = {one.network for one in compared(workspace)}
    shorts = short_names(workspace.networks, (workspace.session.network, *names))
    result = {}
    for name in names:
        look, why = workspace.shown.compared(name)
        if look is not None and name not in drawn:
            why = "It shares no energies with the current network, so their different units can't be brought together."
        if why:
            result[shorts[name]] = why
    return result
