"""The kinds of experiment there are: the one list that panel, command line and files ask."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from xanesview.domain.geometry.average import parse_average
from xanesview.domain.geometry.beam import PolarisedBeam
from xanesview.domain.geometry.directions import parse_direction
from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.geometry.momentum_transfer import ElectronEnergyLoss
from xanesview.domain.geometry.polarisation import LinearPolarisation, PartialPolarisation, Powder, Unpolarised
from xanesview.errors import XanesviewError, in_plain_words

#: Every kind by its name, in the order in which the window offers them.
KINDS: dict[str, type[Geometry]] = {
    kind.name: kind
    for kind in (LinearPolarisation, PartialPolarisation, PolarisedBeam, Unpolarised, Powder, ElectronEnergyLoss)
}


def offered() -> dict[str, type[Geometry]]:
    """Return the kinds that direction, degree and normal set in full: those that a command line asks for by name."""
    settable = {field.name for field in dataclasses.fields(Geometry)}
    return {name: kind for name, kind in KINDS.items() if settable.issuperset(kind.uses)}


def geometry_from_dict(facts: Mapping[str, Any]) -> Geometry:
    """Return the geometry of a plain dict, as `Geometry.to_dict` writes it; what is left out is as for a new one.

    Raises
    ------
    XanesviewError
        If the kind or one of its values is unknown or can't be.
    """
    values = dict(facts)
    name = values.pop("kind", None)
    if not isinstance(name, str) or name not in KINDS:
        raise XanesviewError(f"There is no experiment “{name}”.", f"Choose one of: {', '.join(KINDS)}.")
    kind = KINDS[name]
    unknown = values.keys() - {field.name for field in dataclasses.fields(kind)}
    if unknown:
        hint = "A newer program may have written it."
        raise XanesviewError(f"The experiment “{name}” has no “{min(unknown)}”.", hint)
    try:
        return kind(**{field: _value(field, value) for field, value in values.items()})
    except (TypeError, ValueError) as error:
        message = f"The experiment “{name}” can't be read ({in_plain_words(error)})."
        raise XanesviewError(message, "The file may be damaged.") from error


def geometry_from_header(header: Mapping[str, str]) -> Geometry:
    """Return the geometry of a file's header, as `Geometry.header` writes it.

    A header without kind is of linear light where it names a direction, else of a powder.
    """
    name = header.get("experiment", LinearPolarisation.name if "direction" in header else Powder.name)
    uses = (*dict.fromkeys((*KINDS[name].uses, "normal", "average")),) if name in KINDS else ()
    return geometry_from_dict({"kind": name} | {field: header[field] for field in uses if field in header})


def _value(field: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if field == "average":
        return parse_average(value)
    return parse_direction(value) if field in ("direction", "normal", "beam") else float(value)
