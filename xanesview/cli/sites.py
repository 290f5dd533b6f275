"""Which sites and which polarisation a command line asks for."""

from __future__ import annotations

import argparse
import copy
import re
from collections.abc import Sequence

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.geometry.directions import from_angles_deg, parse_angle_deg, parse_direction
from xanesview.domain.geometry.geometry import Geometry, parse_degree
from xanesview.domain.geometry.kinds import offered
from xanesview.domain.geometry.polarisation import LinearPolarisation, Powder
from xanesview.domain.structure import SYMBOLS, Structure
from xanesview.errors import UsageError, XanesviewError
from xanesview.limits import MOST_ATOMS, check_count

_SITES_HINT = "Give all, an element such as C, or indices from 0 such as 0,3,5."


def names_polarisation(arguments: argparse.Namespace) -> bool:
    """Tell whether the options name a polarisation."""
    return arguments.powder or any(
        value is not None
        for value in (arguments.polarisation, arguments.theta, arguments.experiment, arguments.degree)
    )


def one_an_angle(arguments: argparse.Namespace) -> list[argparse.Namespace]:
    """Return the command line once for each angle of --theta 20,55,90; once as it is without angles."""
    angles = [word for word in (arguments.theta or "").replace(";", ",").split(",") if word.strip()]
    each = [copy.copy(arguments) for _ in angles or [None]]
    for one, angle in zip(each, angles):
        one.theta = angle
    return each


def check_polarisation(arguments: argparse.Namespace) -> None:
    """Raise UsageError unless the options name at most one polarisation, each in a form that can be read."""
    given = [
        name
        for name, there in (
            ("--polarisation", arguments.polarisation is not None),
            ("--theta/--phi", arguments.theta is not None or arguments.phi is not None),
            ("--powder", arguments.powder),
        )
        if there
    ]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} exclude each other.", "Give one polarisation.")
    if arguments.powder and arguments.experiment is not None:
        raise UsageError("--powder and --experiment exclude each other.", "Give one polarisation.")
    if arguments.phi is not None and arguments.theta is None:
        raise UsageError("--phi needs --theta.", "θ is the angle from the surface normal (else z), φ that from x.")
    try:
        kind = _asked_kind(arguments)
        directed = arguments.polarisation is not None or arguments.theta is not None
        _check_belongs(kind, "direction", "--polarisation or --theta", directed)
        _check_belongs(kind, "degree", "--degree", arguments.degree is not None)
        asked_geometry(arguments, None)
    except XanesviewError as error:
        raise UsageError(error.message, error.hint) from error


def _check_belongs(kind: type[Geometry], field: str, option: str, there: bool) -> None:
    """Raise UsageError where what a kind's weight depends on is not given, or something else is."""
    if field in kind.uses and not there:
        raise UsageError(f"The experiment “{kind.name}” needs a {field}.", f"Give {option}.")
    if there and field not in kind.uses:
        kinds = ", ".join(name for name, one in offered().items() if field in one.uses)
        raise UsageError(f"The experiment “{kind.name}” has no {field}.", f"{option} belongs to --experiment {kinds}.")


def _asked_kind(arguments: argparse.Namespace) -> type[Geometry]:
    """Return the kind of experiment that was asked for, else linear light where a direction was given, else powder."""
    name = arguments.experiment
    if name is None:
        directed = arguments.polarisation is not None or arguments.theta is not None
        name = (LinearPolarisation if directed else Powder).name
    kinds = offered()
    if name not in kinds:
        raise UsageError(f"There is no experiment “{name}”.", f"Choose one of: {', '.join(kinds)}.")
    return kinds[name]


def asked_geometry(arguments: argparse.Namespace, normal: Sequence[float] | None) -> Geometry:
    """Return the polarisation that was asked for, powder by default; θ counts from the surface normal (3,), else z."""
    asked = {"normal": normal}
    if arguments.polarisation is not None:
        asked["direction"] = parse_direction(arguments.polarisation)
    elif arguments.theta is not None:
        phi = parse_angle_deg(arguments.phi) if arguments.phi is not None else 0.0
        asked["direction"] = from_angles_deg(parse_angle_deg(arguments.theta), phi, normal)
    if arguments.degree is not None:
        asked["degree"] = parse_degree(arguments.degree)
    return _asked_kind(arguments)(**asked)


def asked_indices(text: str) -> list[int] | str:
    """Return atom indices (``0,3,5`` or ``0-5``), or the element or ``all`` that was asked for.

    Raises
    ------
    UsageError
        If it is none of these.
    """
    words = [word for word in re.split(r"[,\s]+", text.strip()) if word]
    if len(words) == 1 and words[0].lower() == "all":
        return "all"
    if len(words) == 1 and words[0].capitalize() in SYMBOLS[1:]:
        return words[0].capitalize()
    indices: list[int] = []
    for word in words:
        match = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", word)
        if not match:
            raise UsageError(f"“{text}” names no sites.", _SITES_HINT)
        first, last = int(match.group(1)), int(match.group(2) or match.group(1))
        if last < first:
            raise UsageError(f"“{word}” is no range of sites.", "Write it as 0-5.")
        check_count(len(indices) + last - first + 1, MOST_ATOMS, "sites", "No structure has as many atoms.", UsageError)
        indices += range(first, last + 1)
    if not indices:
        raise UsageError("No site is named.", _SITES_HINT)
    return list(dict.fromkeys(indices))


def check_index(index: int, structure: Structure) -> None:
    """Raise XanesviewError unless a structure has the atom of that index."""
    if index >= structure.n_atoms:
        raise XanesviewError(
            f"There is no atom {index}; the structure has {counted(structure.n_atoms, 'atom')}.",
            f"Indices count from 0 to {structure.n_atoms - 1}.",
        )


def asked_sites(text: str, structure: Structure, element: str) -> np.ndarray | None:
    """Return the asked-for atoms (S,), or None for every atom of the network's element.

    Raises
    ------
    XanesviewError
        If an index is not there, or an atom is of another element than the network's.
    """
    asked = asked_indices(text)
    if isinstance(asked, str):
        if asked not in ("all", element):
            raise XanesviewError(
                f"The network predicts {element} sites, not {asked}.",
                f"Leave --sites out or choose a network for {asked}; “xanesview networks” lists them.",
            )
        return None
    for index in asked:
        check_index(index, structure)
        if structure.symbols[index] != element:
            available = ", ".join(str(i) for i in structure.sites_of(element)[:12].tolist())
            raise XanesviewError(
                f"Atom {index} is {structure.symbols[index]}; the network predicts {element} sites.",
                f"{element} atoms: {available or 'none'}.",
            )
    return np.array(asked, dtype=int)
