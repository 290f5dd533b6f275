"""``xanesview series``: spectra over one angle, as numbers or as a figure."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.cli.arguments import add_axis, add_drawn_as, add_frame, add_width, frame_asked
from xanesview.cli.experiment_options import add_experiment
from xanesview.cli.figure_look import add_look, asked_look
from xanesview.cli.fitting import add_edge, check_edge, network_for
from xanesview.cli.layers import add_layers, check_layers, depth_facts, depth_weights, layered_sites
from xanesview.cli.telling import say
from xanesview.domain.counts import counted
from xanesview.errors import UsageError, XanesviewError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np

    from xanesview.domain.geometry.geometry import Geometry
    from xanesview.domain.orientation.angle_series import AngleSeries
    from xanesview.domain.spectrum import Spectrum
    from xanesview.domain.structure import Structure
    from xanesview.io.figures.spec import FigureSpec

VARIED = {
    "theta": ("θ", "°"), "phi": ("φ", "°"), "grazing": ("grazing angle", "°"), "incidence": ("angle of incidence", "°"),
    "azimuth": ("azimuth", "°"), "field": ("field, from p", "°"), "collection": ("collection semi-angle", "mrad"),
    "convergence": ("convergence semi-angle", "mrad"), "detector_offset": ("detector offset", "mrad"),
}  # fmt: skip
"""Options that a series may go over, with the name and the unit of what varies."""
WIDTH_MM = 110.0
"""Usual width of a figure of a series."""
_HINT = "Give one as from:to:step, such as --theta 20:90:10, or as a list, such as --theta 20,55,90."


def add_series(p: argparse.ArgumentParser, what: str) -> None:
    """Add the options that say of what, and in which experiment, spectra are predicted over an angle.

    Parameters
    ----------
    what : help of FILE
    """
    p.add_argument("file", metavar="FILE", help=what)
    p.add_argument("--network", metavar="NAME|PATH", help="network (default: one that fits the structure, see --edge)")
    add_edge(p)
    add_frame(p)
    p.add_argument("--sites", default="all", metavar="all|C|0,3,5", help="atoms by element or by index from 0")
    add_experiment(p)
    add_layers(p)
    add_axis(p)
    add_width(p)
    add_drawn_as(p)


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    add_series(p, "structure, or tensors as predict --tensor writes them (HDF5)")
    p.add_argument("--out", required=True, metavar="OUT.csv|h5|svg|png|pdf", help="numbers, or a figure")
    p.add_argument(
        "--parts", default="curves,map,dichroism", metavar="PARTS", help="of a figure: curves, map, dichroism (all)"
    )
    p.add_argument("--title", default="", help="title above the figure")
    add_look(p, f"{WIDTH_MM:g}", "by the parts")
    p.epilog = f"The angle that varies is given as from:to:step or as a list: {', '.join(map(_option, VARIED))}."


def run_series(arguments: argparse.Namespace) -> int:
    """Predict the spectra of the series and write them."""
    from xanesview.io.figures.series_file import FIGURES, NUMBERS, write_series

    arguments.tensor = False
    target = Path(arguments.out).expanduser()
    if target.suffix.lower() not in (*FIGURES, *NUMBERS):
        raise UsageError(
            f"“{target.name}” is neither numbers nor a figure.", "End --out in .csv, .h5, .svg, .png or .pdf."
        )
    parts, look = _asked_figure(arguments)
    varied, angles = checked_series(arguments)
    series, difference, facts = predicted_series(arguments, varied, angles)
    if target.suffix.lower() in NUMBERS:
        write_series(target, series, facts, difference)
    else:
        write_series(target, series, facts, difference, spec=look, title=arguments.title, parts=parts)
    last = f"{angles[-1]:g}{'' if series.unit == '°' else ' '}{series.unit}"
    say(f"{target}: {series.name} from {angles[0]:g} to {last}, {counted(len(angles), 'spectrum', 'spectra')}")
    return 0


def checked_series(arguments: argparse.Namespace) -> tuple[str, np.ndarray]:
    """Return the name of the option that a series goes over, and its values (A,), all else of the options checked.

    Raises
    ------
    UsageError
        For none or several series, or options that contradict each other.
    """
    from xanesview.cli.experiment import check_experiment, names_beam

    varied, angles = _varied(arguments)
    if varied == "phi" and arguments.theta is None and not names_beam(arguments):
        arguments.theta = "90"  # turning about the normal shows nothing but in the surface
    check_experiment(_at(arguments, varied, angles[0]))
    check_layers(arguments)
    check_edge(arguments)
    return varied, angles


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def _varied(arguments: argparse.Namespace) -> tuple[str, np.ndarray]:
    """Return the name of the option that a series goes over, and its values (A,)."""
    from xanesview.cli.telling import tell_once
    from xanesview.domain.orientation.angle_series import ends_before, parse_series

    found = {}
    for name in VARIED:
        text = getattr(arguments, name)
        try:
            values = None if text is None else parse_series(text)
        except XanesviewError as error:
            raise UsageError(error.message, error.hint) from error
        if values is not None:
            found[name] = values
            tell_once(ends_before(text))
    if len(found) != 1:
        which = " and ".join(map(_option, found)) or "No option"
        raise UsageError(f"{which} give{'' if len(found) > 1 else 's'} a series; one has to.", _HINT)
    return next(iter(found.items()))


def _at(arguments: argparse.Namespace, varied: str, value: float) -> argparse.Namespace:
    """Return the command line of one angle of the series."""
    return argparse.Namespace(**{**vars(arguments), varied: repr(float(value))})


def asked_structure(arguments: argparse.Namespace) -> Structure:
    """Return the structure of the command line, at the frame that it names."""
    from xanesview import api

    return api.read(arguments.file, frame_asked(arguments))


def predicted_series(
    arguments: argparse.Namespace, varied: str, angles: np.ndarray
) -> tuple[AngleSeries, Spectrum | None, Mapping[str, str]]:
    """Return the spectra over the angle that varies, their dichroism, and where they come from."""
    from xanesview import api
    from xanesview.cli.energies import telling_of_axis
    from xanesview.cli.experiment import asked_experiment
    from xanesview.cli.sites import asked_sites
    from xanesview.cli.size_told import tell_of_size
    from xanesview.cli.telling import tell_notice, tell_of_network
    from xanesview.io.recognition import kind_of_file
    from xanesview.io.spectra.axis_header import axis_facts
    from xanesview.io.spectra.provenance import provenance
    from xanesview.networks.identity import network_facts
    from xanesview.shown.names import drawn_as

    if kind_of_file(Path(arguments.file)) != "structure":
        return _of_tensors(arguments, varied, angles)
    structure = asked_structure(arguments)
    network = arguments.network or network_for(structure, arguments)
    tell_of_network(network)
    predictor = api.predictor_of(network)
    element = predictor.card.element
    geometries = _geometries(arguments, varied, angles, lambda one: asked_experiment(one, structure, element))
    normal = geometries[0].normal
    sites = layered_sites(arguments, structure, element, asked_sites(arguments.sites, structure, element), normal)
    tell_of_size(structure, sites, predictor.card, getattr(arguments, "quiet", False))
    predicted = api.predict_with(
        predictor, structure, sites, by_orbit=arguments.orbits, tolerance_angstrom=arguments.tolerance
    )
    weights = depth_weights(arguments, structure, predicted.tensor.sites, normal)
    how = {
        "site_weights": weights, "axis": arguments.axis, "fwhm_ev": arguments.fwhm,
        "as_measured": arguments.drawn_as == "measured",
    }  # fmt: skip
    with telling_of_axis(predicted.tensor):
        series = predicted.series(geometries, angles, *VARIED[varied], **how)
    for notice in (*structure.notices, *predicted.prediction.notices):
        tell_notice(notice.message, notice.hint)
    look = predicted.look(None, **how)
    facts = provenance(
        structure, network=predicted.prediction.network, unit=look.summed.unit, edge=look.summed.edge,
        native_fwhm_ev=look.summed.native_fwhm_ev,
        extra={
            **network_facts(predictor.card), **axis_facts(look.selected), **depth_facts(arguments, weights),
            **predicted.symmetry_facts(), "sites": " ".join(map(str, predicted.tensor.sites.tolist())),
            "drawn_as": drawn_as(look.measured),
        },
    )  # fmt: skip
    return series, None if _of_electrons(geometries) else predicted.dichroism(normal, **how), facts


def _of_electrons(geometries: list[Geometry]) -> bool:
    return geometries[0].name == "elnes"


def _geometries(
    arguments: argparse.Namespace, varied: str, angles: np.ndarray, ask: Callable[[argparse.Namespace], Geometry]
) -> list[Geometry]:
    return [ask(_at(arguments, varied, angle)) for angle in angles]


def _of_tensors(
    arguments: argparse.Namespace, varied: str, angles: np.ndarray
) -> tuple[AngleSeries, Spectrum | None, Mapping[str, str]]:
    """Return the series of tensors that were predicted before."""
    from xanesview.cli.energies import telling_of_axis
    from xanesview.cli.experiment import asked_experiment
    from xanesview.cli.sites import asked_indices
    from xanesview.domain.geometry.directions import parse_direction
    from xanesview.domain.orientation.angle_series import AngleSeries, dichroism
    from xanesview.io.spectra.tensor_file import read_tensor
    from xanesview.shown.spectra import spectrum_of
    from xanesview.shown.tensors import check_width, look_at

    if arguments.layers or arguments.escape_depth or arguments.orbits or arguments.drawn_as == "measured":
        raise UsageError("Layers, depths, orbits and --as measured need a structure.", "Name the structure's file.")
    found = read_tensor(Path(arguments.file))
    tensor, header = found.tensor, found.attributes
    surface = parse_direction(header["surface_normal"]) if "surface_normal" in header else None
    element = tensor.edge.split()[0] if tensor.edge else "C"
    geometries = _geometries(
        arguments, varied, angles, lambda one: asked_experiment(one, None, element, surface=surface)
    )
    asked = asked_indices(arguments.sites)
    sites = tuple(tensor.sites.tolist() if isinstance(asked, str) else asked)
    check_width(tensor, arguments.fwhm)
    with telling_of_axis(tensor):
        look = look_at(tensor, sites, (1.0,) * len(sites), arguments.axis, arguments.fwhm)
        if look.problem is not None:
            raise look.problem
    name, unit = VARIED[varied]
    spectra = tuple(
        spectrum_of(look.summed, look.total(geometry.weight()), f"{name} = {angle:g} {unit}")
        for geometry, angle in zip(geometries, angles)
    )
    series = AngleSeries(name, unit, angles, tuple(geometries), spectra)
    difference = None
    if not _of_electrons(geometries):
        difference = dichroism(look.summed, geometries[0].normal).difference[0]
        difference = spectrum_of(look.summed, difference, "I∥ − I⊥")
    return series, difference, {key: value for key, value in header.items() if isinstance(value, str)}


def _asked_figure(arguments: argparse.Namespace) -> tuple[list[str], FigureSpec]:
    """Return the parts of a figure and its look; what has no effect is told."""
    from xanesview.cli.telling import tell_notice
    from xanesview.io.figures.angle_figure import PARTS, without_effect
    from xanesview.io.figures.series_file import HEIGHT_MM, PART_MM
    from xanesview.io.figures.spec import FigureSpec

    parts = [word for word in arguments.parts.replace(",", " ").split() if word]
    if not parts or not set(parts) <= set(PARTS):
        raise UsageError(f"“{arguments.parts}” names no parts of a figure.", f"Choose among: {', '.join(PARTS)}.")
    look = asked_look(arguments, FigureSpec(width_mm=WIDTH_MM, height_mm=HEIGHT_MM + PART_MM * len(parts)))
    if unused := without_effect(look):
        tell_notice(f"A figure of a series has no {', '.join(unused)}: left out.")
    return parts, look
