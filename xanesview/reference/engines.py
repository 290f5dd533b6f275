"""The engines that compute spectra, each with what window and session need of it: what it can, how long, what came out.

`MOLECULES`, transition-potential DFT, for K edges of light elements in molecules; `SCATTERING`, FEFF10, for everything
that repeats and for all other edges: `scattering` gives it with another preset or for another shell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Protocol

import numpy as np

from xanesview.domain.absorption import EDGE_STEP, AbsorptionTensor
from xanesview.domain.sticks import NATIVE_WIDTHS, StickWidths
from xanesview.domain.structure import Structure
from xanesview.reference import kept as sticks
from xanesview.reference.engine import feasibility
from xanesview.reference.engine.limits import EDGES
from xanesview.reference.engine.offsets import OFFSET_SPREAD_EV
from xanesview.reference.multiple_scattering import feasibility as feff
from xanesview.reference.multiple_scattering import kept as scattered
from xanesview.reference.multiple_scattering.access import check_installed
from xanesview.reference.multiple_scattering.cluster import ByContent
from xanesview.reference.multiple_scattering.offsets import edge_offset_ev
from xanesview.reference.multiple_scattering.settings import (
    PRESETS,
    SHELLS,
    STANDARD,
    Settings,
    broadening_ev,
    energies_ev,
)
from xanesview.reference.multiple_scattering.site_processes import AT_A_TIME
from xanesview.reference.multiple_scattering.site_worker import job_of


class Engine(Protocol):
    """One way to compute sites.

    Attributes
    ----------
    name, title, method : short, for people, in full
    key : name with what its results depend on, as sessions keep it; ``engine_named`` finds it again
    preset : of `PRESETS`, empty where there are none
    shell : of the edges, "K" or "L3"
    unit : of its tensors
    module : of the process that computes
    leads_group : whether that process starts others, which must end with it
    at_a_time : sites that are computed beside one another
    start_s : time until the process is ready
    """

    name: str
    key: str
    title: str
    method: str
    preset: str
    shell: str
    unit: str
    module: str
    leads_group: bool
    at_a_time: int
    start_s: float

    def check(self, structure: Structure, element: str) -> None:
        """Raise XanesviewError for an edge or a structure that it can't compute, whatever is installed."""

    def check_installed(self) -> None:
        """Raise XanesviewError where its package is missing."""

    def turns(self, structure: Structure) -> bool:
        """Whether equivalent sites are looked for."""

    def shared_seconds(self, structure: Structure) -> float:
        """Time for what all sites of a structure share."""

    def site_seconds(self, structure: Structure, atom: int) -> float:
        """Time for one site once that is made."""

    def job(self, structure: Structure, atom: int) -> dict:
        """The line that asks for a site, without its number."""

    def site(self, atom: int, answer: dict) -> Any:
        """The site that an answer holds."""

    def read_kept(self, structure: Structure, element: str) -> dict[int, Any]:
        """Sites of earlier sessions."""

    def keep(self, structure: Structure, element: str, sites: Mapping[int, Any]) -> None:
        """Keep sites for later ones."""

    def packed(self, sites: Mapping[int, Any]) -> dict[str, np.ndarray]:
        """Sites as named arrays."""

    def unpacked(self, arrays: Mapping[str, np.ndarray]) -> dict[int, Any]:
        """Sites of such arrays; ValueError or KeyError where they are none."""

    def tensor(self, sites: Mapping[int, Any], element: str) -> AbsorptionTensor:
        """The sites' tensors on the engine's own grid, with what is known of their E0."""

    def told_energies(self, element: str) -> str:
        """In a sentence: how energies are brought to the scale of experiment."""


#: Larger structures are not searched for symmetry: computing them takes so long that it doesn't matter.
LARGEST_TURNED = 300


class Molecules:
    """Transition-potential DFT with half a core hole."""

    name, title, method, unit = "molecules", "TP-DFT", sticks.METHOD, sticks.UNIT
    key, preset, shell = "molecules", "", "K"
    module, leads_group, at_a_time, start_s = "xanesview.reference.engine.site_worker", False, 1, feasibility.START_S

    def check(self, structure: Structure, element: str) -> None:
        feasibility.check_edge(element)
        feasibility.check_structure(structure)

    def check_installed(self) -> None:
        feasibility.check_engine()

    def turns(self, structure: Structure) -> bool:
        return structure.n_atoms <= LARGEST_TURNED and not structure.is_periodic

    def shared_seconds(self, structure: Structure) -> float:
        return feasibility.molecule_seconds(structure)

    def site_seconds(self, structure: Structure, atom: int) -> float:
        return feasibility.site_seconds(structure)

    def job(self, structure: Structure, atom: int) -> dict:
        return {
            "symbols": structure.symbols,
            "positions_angstrom": structure.positions_angstrom.tolist(),
            "charge": structure.charge,
            "atom": int(atom),
        }

    def site(self, atom: int, answer: dict) -> sticks.ComputedSite:
        found = answer["sticks"]
        arrays = np.array(found["energy_ev"]), np.array(found["dipole_bohr"])
        return sticks.ComputedSite(atom, *arrays, float(found["ip_ev"]), float(answer["seconds"]))

    def read_kept(self, structure: Structure, element: str) -> dict[int, sticks.ComputedSite]:
        return sticks.read_kept(structure, element)

    def keep(self, structure: Structure, element: str, sites: Mapping[int, sticks.ComputedSite]) -> None:
        sticks.keep(structure, element, sites)

    def packed(self, sites: Mapping[int, sticks.ComputedSite]) -> dict[str, np.ndarray]:
        return sticks.packed(sites)

    def unpacked(self, arrays: Mapping[str, np.ndarray]) -> dict[int, sticks.ComputedSite]:
        return sticks.unpacked(arrays)

    def tensor(self, sites: Mapping[int, sticks.ComputedSite], element: str) -> AbsorptionTensor:
        return sticks.computed_tensor(sites, element, sticks.GRID_EV[element])

    def tensor_on(
        self,
        sites: Mapping[int, sticks.ComputedSite],
        element: str,
        energy_ev: np.ndarray,
        axis: str,
        offset_ev: float,
        widths: StickWidths = NATIVE_WIDTHS,
    ) -> AbsorptionTensor:
        """Return the sites on a grid and axis; for energies from E0 each is made on its own absolute grid."""
        if axis == "absolute":
            return sticks.computed_tensor(sites, element, energy_ev, widths)
        each = [
            sticks.computed_tensor({atom: site}, element, energy_ev + site.ip_ev + offset_ev, widths)
            for atom, site in sites.items()
        ]
        return replace(
            each[0],
            energy_ev=energy_ev,
            components=np.concatenate([one.components for one in each]),
            sites=np.concatenate([one.sites for one in each]),
            ip_ev=np.concatenate([one.ip_ev for one in each]),
            axis="relative",
        )

    def told_energies(self, element: str) -> str:
        spread = OFFSET_SPREAD_EV[element]
        return f"One constant brings all {element} K energies to the scale of experiment, good to ± {spread} eV."


class Scattering:
    """FEFF10: full multiple scattering in a cluster.

    Parameters
    ----------
    settings : radii
    shell : of the absorber, "K" or "L3"
    """

    name, title, unit = "feff", "FEFF10", EDGE_STEP
    module, leads_group = "xanesview.reference.multiple_scattering.site_worker", True
    at_a_time, start_s = AT_A_TIME, feff.START_S

    def __init__(self, settings: Settings = STANDARD, shell: str = "K") -> None:
        self.settings, self.shell = settings, shell
        self.preset = settings.name
        self.key = self.name if (shell, settings) == ("K", STANDARD) else f"{self.name}:{shell}:{settings.name}"
        self.method = f"{scattered.METHOD}, {settings.name}: within {settings.scattering_angstrom:g} Å"

    def check(self, structure: Structure, element: str) -> None:
        feff.check_structure(structure, element, self.shell)

    def check_installed(self) -> None:
        check_installed()

    def turns(self, structure: Structure) -> bool:
        return structure.n_atoms <= LARGEST_TURNED

    def shared_seconds(self, structure: Structure) -> float:
        return 0.0

    def site_seconds(self, structure: Structure, atom: int) -> float:
        return _seconds(ByContent(structure), atom, self.settings, self.shell)

    def job(self, structure: Structure, atom: int) -> dict:
        return job_of(structure, atom, self.shell, self.preset)

    def site(self, atom: int, answer: dict) -> scattered.ScatteringSite:
        found = answer["tensor"]
        arrays = np.array(found["energy_ev"]), np.array(found["components"])
        return scattered.ScatteringSite(atom, *arrays, float(found["e0_ev"]), float(answer["seconds"]))

    def read_kept(self, structure: Structure, element: str) -> dict[int, scattered.ScatteringSite]:
        return scattered.read_kept(structure, element, self.shell, self.preset)

    def keep(self, structure: Structure, element: str, sites: Mapping[int, scattered.ScatteringSite]) -> None:
        scattered.keep(structure, element, self.shell, self.preset, sites)

    def packed(self, sites: Mapping[int, scattered.ScatteringSite]) -> dict[str, np.ndarray]:
        return scattered.packed(sites)

    def unpacked(self, arrays: Mapping[str, np.ndarray]) -> dict[int, scattered.ScatteringSite]:
        return scattered.unpacked(arrays)

    def grid_ev(self, element: str) -> np.ndarray:
        """Return the energies (E,) from E0 that an edge is drawn on."""
        return energies_ev(broadening_ev(element, self.shell)[1])

    def tensor(self, sites: Mapping[int, scattered.ScatteringSite], element: str) -> AbsorptionTensor:
        tensor = scattered.scattering_tensor(sites, element, self.shell, "relative")
        return replace(tensor, ip_ev=tensor.ip_ev + edge_offset_ev(element, self.shell))

    def tensor_on(
        self,
        sites: Mapping[int, scattered.ScatteringSite],
        element: str,
        energy_ev: np.ndarray,
        axis: str,
        offset_ev: float,
    ) -> AbsorptionTensor:
        """Return the sites on a grid and axis; what lies beyond their own ends keeps their last value."""
        tensor = scattered.scattering_tensor(sites, element, self.shell, "relative", energy_ev)
        tensor = replace(tensor, ip_ev=tensor.ip_ev + offset_ev)
        return tensor if axis == "relative" else tensor.on_axis("absolute", energy_ev)

    def told_energies(self, element: str) -> str:
        offset = edge_offset_ev(element, self.shell)
        if not offset:
            return "Energies count from the Fermi level that FEFF finds; absolute ones are on FEFF's own scale."
        return (
            "Energies count from the Fermi level that FEFF finds; one constant brings absolute ones near to those of "
            f"measured {element} {self.shell} edges, within some eV ({offset:+.0f} eV)."
        )


@lru_cache(maxsize=2000)
def _seconds(one: ByContent, atom: int, settings: Settings, shell: str) -> float:
    return feff.site_seconds(one.structure, atom, settings, shell)


@lru_cache
def _scattering(settings: Settings, shell: str) -> Scattering:
    return Scattering(settings, shell)


def scattering(preset: str = STANDARD.name, shell: str = "K") -> Scattering:
    """Return FEFF10 with a preset for edges of a shell, always the same object; KeyError for others than there are."""
    if shell not in SHELLS:
        raise KeyError(shell)
    return _scattering(PRESETS[preset], shell)


MOLECULES, SCATTERING = Molecules(), scattering()
ENGINES: dict[str, Molecules | Scattering] = {one.name: one for one in (MOLECULES, SCATTERING)}


def engine_named(key: str) -> Molecules | Scattering:
    """Return the engine of a key; KeyError where there is none."""
    parts = key.split(":")
    return scattering(parts[2], parts[1]) if len(parts) == 3 and parts[0] == SCATTERING.name else ENGINES[key]


def engine_for(
    structure: Structure | None, element: str, shell: str = "K", preset: str = STANDARD.name
) -> Molecules | Scattering:
    """Return which engine computes an edge: FEFF10 where the structure repeats or the other one has no such edge."""
    periodic = structure is not None and structure.is_periodic
    return scattering(preset, shell) if periodic or shell != "K" or element not in EDGES else MOLECULES


def computable_edges(structure: Structure) -> list[tuple[str, str]]:
    """Return element and shell of the edges of a structure that one of the engines computes, by atomic number."""
    return feff.computable_edges(structure)
