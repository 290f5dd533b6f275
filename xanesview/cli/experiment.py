"""The experiment that a command line asks for in a laboratory's terms: beam and surface, energy loss, the sample."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from xanesview.cli.numbers_asked import asked_number
from xanesview.cli.sites import asked_geometry, check_polarisation
from xanesview.cli.telling import tell_once
from xanesview.domain.geometry.average import parse_average
from xanesview.domain.geometry.beam import PolarisedBeam, beam_direction, parse_beam_angle_deg
from xanesview.domain.geometry.directions import parse_angle_deg, parse_direction
from xanesview.domain.geometry.frames import parse_normal
from xanesview.domain.geometry.geometry import Geometry, parse_degree
from xanesview.domain.geometry.momentum_transfer import K_EDGE_EV, ElectronEnergyLoss
from xanesview.domain.geometry.polarisation import LinearPolarisation, PartialPolarisation, Powder, Unpolarised
from xanesview.errors import UsageError, XanesviewError

if TYPE_CHECKING:
    from xanesview.domain.structure import Structure

_BEAM = ("beam", "grazing", "incidence")
"""Options that say where the beam goes; one of them may be given."""
_ELECTRONS = ("beam_energy", "collection", "convergence", "detector_offset", "detector_azimuth", "energy_loss")
"""Options of ELNES alone."""
_NAMED_BY = {
    "collection": "--collection", "convergence": "--convergence", "azimuth": "--detector-azimuth",
    "detector": "--detector-offset", "beam": "--beam-energy", "loss": "--energy-loss",
}  # fmt: skip
"""Which option a sentence on an ELNES measurement is about, by a word of it."""


def names_beam(arguments: argparse.Namespace) -> bool:
    """Tell whether the options say where a beam goes."""
    return any(getattr(arguments, name, None) is not None for name in _BEAM)


def check_experiment(arguments: argparse.Namespace) -> None:
    """Check that the options name one experiment at most, each in a form that can be read.

    Raises
    ------
    UsageError
    """
    given = [f"--{name}" for name in _BEAM if getattr(arguments, name, None) is not None]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} exclude each other.", "Give the beam once.")
    _check_electrons(arguments)
    if not names_beam(arguments):
        for name in ("azimuth", "field"):
            if getattr(arguments, name, None) is not None:
                raise UsageError(f"--{name} needs a beam.", "Give --grazing, --incidence or --beam.")
        if arguments.experiment in (PolarisedBeam.name, ElectronEnergyLoss.name):
            raise UsageError(f"--experiment {arguments.experiment} needs a beam.", "Give --beam, such as 0,0,1.")
        check_polarisation(arguments)
    else:
        _check_beam(arguments)
    try:
        geometry = asked_experiment(arguments, None, "C")
    except UsageError:
        raise
    except XanesviewError as error:
        raise UsageError(error.message, error.hint) from error
    if geometry.average is not None and isinstance(geometry, Powder):
        raise UsageError("--average needs a polarisation or a beam.", "A powder is averaged over everything already.")


def _check_electrons(arguments: argparse.Namespace) -> None:
    if arguments.experiment == ElectronEnergyLoss.name:
        return
    given = [f"--{name.replace('_', '-')}" for name in _ELECTRONS if getattr(arguments, name, None) is not None]
    if given or getattr(arguments, "without_relativity", False):
        given = given or ["--without-relativity"]
        raise UsageError(f"{given[0]} belongs to --experiment elnes.", "Give --experiment elnes and --beam.")


def _check_beam(arguments: argparse.Namespace) -> None:
    kind = arguments.experiment
    known = (PolarisedBeam, LinearPolarisation, PartialPolarisation, Unpolarised, ElectronEnergyLoss)
    if kind is not None and kind not in [one.name for one in known]:
        raise UsageError(f"The experiment “{kind}” has no beam.", f"With one: {', '.join(one.name for one in known)}.")
    for name in ("theta", "phi"):
        if getattr(arguments, name, None) is not None:
            raise UsageError(f"--{name} and a beam exclude each other.", "Give --field, or the field's --polarisation.")
    if arguments.powder:
        raise UsageError("--powder and a beam exclude each other.", "Leave one of them out.")
    if arguments.field is not None and arguments.polarisation is not None:
        raise UsageError("--field and --polarisation exclude each other.", "Give the field once.")
    directed = "--field" if arguments.field is not None else "--polarisation" if arguments.polarisation else ""
    if kind in (Unpolarised.name, ElectronEnergyLoss.name):
        for option, there in ((directed, directed), ("--degree", arguments.degree is not None)):
            if there:
                raise UsageError(f"The experiment “{kind}” has no {option}.", "Leave it out.")
    if kind == LinearPolarisation.name and arguments.degree is not None:
        raise UsageError("Linear light is polarised in full, so it has no --degree.", "Leave --experiment out.")
    if arguments.beam is not None and arguments.azimuth is not None:
        raise UsageError("--beam and --azimuth exclude each other.", "The beam's direction says its azimuth.")


def asked_experiment(
    arguments: argparse.Namespace, structure: Structure | None, element: str, *, surface: Sequence[float] | None = None
) -> Geometry:
    """Return the experiment that was asked for, powder by default.

    Parameters
    ----------
    arguments : checked by `check_experiment`
    structure : which the surface normal may depend on; None to check what was typed
    element : of the absorbing atoms, for the energy loss
    surface : normal (3,) where there is no structure, as of a file of tensors
    """
    normal = surface if structure is None else structure.surface_normal
    if getattr(arguments, "normal", None) is not None:
        normal = parse_normal(arguments.normal, structure)
    normal = None if normal is None else tuple(float(x) for x in normal)
    geometry = _with_beam(arguments, normal, element) if names_beam(arguments) else asked_geometry(arguments, normal)
    if isinstance(geometry, PolarisedBeam) and (structure is not None or surface is not None):
        tell_once(geometry.from_below)
    average = parse_average(getattr(arguments, "average", "crystal"))
    return geometry if average is None else geometry.with_average(average)


def _with_beam(arguments: argparse.Namespace, normal: Sequence[float] | None, element: str) -> Geometry:
    beam = asked_beam(arguments, normal)
    if arguments.experiment == ElectronEnergyLoss.name:
        return _energy_loss(arguments, beam, normal, element)
    if arguments.experiment == Unpolarised.name:
        return Unpolarised(beam, normal=normal)
    degree = 1.0 if arguments.degree is None else parse_degree(arguments.degree)
    if arguments.polarisation is not None:
        field = parse_direction(arguments.polarisation)
        if np.linalg.norm(np.cross(field, beam)) < 1e-6:
            raise UsageError("The field lies along the beam.", "Light's field is across it: give another direction.")
        return PolarisedBeam(field, degree, normal, beam=beam)
    # A field along the beam gives way to that of p-polarised light.
    light = PolarisedBeam(beam, degree, normal, beam=beam)
    return light.with_angles(azimuth_deg=_azimuth(arguments, light), polarisation_deg=_field_deg(arguments))


def asked_beam(arguments: argparse.Namespace, normal: Sequence[float] | None) -> np.ndarray:
    """Return where the beam goes to (3,)."""
    if arguments.beam is not None:
        return parse_direction(arguments.beam)
    if arguments.grazing is not None:
        grazing = parse_beam_angle_deg(arguments.grazing)
    else:
        grazing = 90.0 - parse_beam_angle_deg(arguments.incidence, from_normal=True)
    return beam_direction(grazing, 0.0 if arguments.azimuth is None else parse_angle_deg(arguments.azimuth), normal)


def _azimuth(arguments: argparse.Namespace, light: PolarisedBeam) -> float:
    """The azimuth asked for, which at normal incidence is that of the field."""
    return light.azimuth_deg if arguments.azimuth is None else parse_angle_deg(arguments.azimuth)


def _field_deg(arguments: argparse.Namespace) -> float:
    text = "p" if arguments.field is None else arguments.field.strip().lower()
    return {"p": 0.0, "s": 90.0}[text] if text in ("p", "s") else parse_angle_deg(text)


def _energy_loss(
    arguments: argparse.Namespace, beam: np.ndarray, normal: Sequence[float] | None, element: str
) -> ElectronEnergyLoss:
    def number(name: str, default: float) -> float:
        text = getattr(arguments, name)
        if text is None:
            return default
        try:
            return asked_number(text.replace(",", "."))
        except argparse.ArgumentTypeError as error:
            raise UsageError(f"--{name.replace('_', '-')} {error}.", "Write it as a number.") from None

    if element not in K_EDGE_EV and arguments.energy_loss is None:
        raise UsageError(f"The energy of the {element} K edge isn't known here.", "Give --energy-loss.")
    asked = {
        "energy_loss_ev": number("energy_loss", K_EDGE_EV.get(element, 0.0)),
        "beam_energy_kev": number("beam_energy", 200.0),
        "collection_semi_angle_mrad": number("collection", 5.0),
        "convergence_semi_angle_mrad": number("convergence", 0.0),
        "detector_offset_mrad": number("detector_offset", 0.0),
        "detector_azimuth_deg": number("detector_azimuth", 0.0),
        "relativistic": not arguments.without_relativity,
    }
    try:
        return ElectronEnergyLoss(tuple(beam.tolist()), normal=normal, **asked)
    except XanesviewError as error:
        option = next((option for words, option in _NAMED_BY.items() if words in error.message), "")
        hint = f"{error.hint} Give another {option}.".strip() if option else error.hint
        raise UsageError(error.message, hint) from error
