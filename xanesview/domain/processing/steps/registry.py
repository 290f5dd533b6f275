"""All kinds of steps, and steps as plain values: what a recipe holds.

A further kind is a file of this room and a line in `KINDS`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xanesview.domain.processing.steps.alignment import Alignment
from xanesview.domain.processing.steps.arctangent_broadening import ArctangentBroadening
from xanesview.domain.processing.steps.arctangent_step import ArctangentStep
from xanesview.domain.processing.steps.area import Area
from xanesview.domain.processing.steps.at_energy import AtEnergy
from xanesview.domain.processing.steps.crop import Crop
from xanesview.domain.processing.steps.deglitch import Deglitch
from xanesview.domain.processing.steps.derivative import Derivative
from xanesview.domain.processing.steps.double_normalisation import DoubleNormalisation
from xanesview.domain.processing.steps.edge_energy import EdgeEnergy
from xanesview.domain.processing.steps.edge_step import EdgeStep
from xanesview.domain.processing.steps.energy_calibration import EnergyCalibration
from xanesview.domain.processing.steps.energy_shift import EnergyShift
from xanesview.domain.processing.steps.gaussian_broadening import GaussianBroadening
from xanesview.domain.processing.steps.i0_division import I0Division
from xanesview.domain.processing.steps.lorentzian_broadening import LorentzianBroadening
from xanesview.domain.processing.steps.maximum import Maximum
from xanesview.domain.processing.steps.merge import Merge
from xanesview.domain.processing.steps.scale_and_offset import ScaleAndOffset
from xanesview.domain.processing.steps.smoothing import Smoothing
from xanesview.domain.processing.steps.step import Step
from xanesview.domain.processing.steps.subtraction import Subtraction
from xanesview.errors import XanesviewError

KINDS: tuple[type[Step], ...] = (
    EnergyShift,
    EnergyCalibration,
    Alignment,
    Crop,
    Deglitch,
    I0Division,
    DoubleNormalisation,
    Subtraction,
    Merge,
    EdgeEnergy,
    EdgeStep,
    Area,
    Maximum,
    AtEnergy,
    ScaleAndOffset,
    GaussianBroadening,
    LorentzianBroadening,
    ArctangentBroadening,
    ArctangentStep,
    Smoothing,
    Derivative,
)
"""In the order of a menu."""

MOST_STEPS = 200


def kind_named(name: object) -> type[Step]:
    """Return the step kind of this name.

    Raises
    ------
    XanesviewError
        If there is none.
    """
    found = next((kind for kind in KINDS if kind.kind == name), None)
    if found is None:
        raise XanesviewError(f"There is no step “{name}”.", f"Steps: {', '.join(kind.kind for kind in KINDS)}.")
    return found


def step_from_dict(values: object) -> Step:
    """Return a step of plain values: ``kind`` and the parameters that are not as by default.

    Raises
    ------
    XanesviewError
        For an unknown kind or parameter, or a value that can't be.
    """
    if not isinstance(values, Mapping):
        raise XanesviewError(
            "A step must be a table of values.", 'Write kind and parameters, as in kind = "edge_step".'
        )
    if "kind" not in values:
        raise XanesviewError("A step has no kind.", f"Kinds: {', '.join(kind.kind for kind in KINDS)}.")
    kind = kind_named(values["kind"])
    given: dict[str, Any] = {key: value for key, value in values.items() if key != "kind"}
    known = kind.parameters()
    for key in given:
        if key not in known:
            raise XanesviewError(
                f"The step “{kind.kind}” has no parameter “{key}”.", f"Parameters: {', '.join(known)}."
            )
    try:
        return kind(**given)
    except XanesviewError as error:
        raise XanesviewError(f"The step “{kind.kind}” can't be used: {error.message}", error.hint) from error


def steps_from_dicts(values: object) -> tuple[Step, ...]:
    """Return the steps of a list of plain values, in their order.

    Raises
    ------
    XanesviewError
        Naming the first that can't be used by its number, from 1.
    """
    if not isinstance(values, list | tuple):
        raise XanesviewError("The steps must be a list.", "Write each as a table [[steps]].")
    if len(values) > MOST_STEPS:
        raise XanesviewError(f"{len(values):,} steps are too many.", f"Up to {MOST_STEPS} are taken.")
    steps = []
    for number, one in enumerate(values, start=1):
        try:
            steps.append(step_from_dict(one))
        except XanesviewError as error:
            raise XanesviewError(f"Step {number}: {error.message}", error.hint) from error
    return tuple(steps)


def steps_to_dicts(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Return steps as plain values, which `steps_from_dicts` reads back."""
    return [step.to_dict() for step in steps]
