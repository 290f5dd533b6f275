"""The curve that is shown as a command line and as Python that give the same numbers to whoever runs them."""

from __future__ import annotations

import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.domain.geometry.beam import PolarisedBeam
from xanesview.domain.geometry.directions import exact
from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.geometry.momentum_transfer import ElectronEnergyLoss
from xanesview.domain.geometry.polarisation import PartialPolarisation, Powder, Unpolarised
from xanesview.domain.processing.steps.registry import steps_to_dicts
from xanesview.domain.processing.steps.scale_and_offset import ScaleAndOffset
from xanesview.domain.structure import FROM_SMILES
from xanesview.errors import XanesviewError
from xanesview.io.example_index import named_from_anywhere
from xanesview.io.recipe_file import recipe_text
from xanesview.networks.card import names_path
from xanesview.shown.computed_edges import is_computed

if TYPE_CHECKING:
    from xanesview.domain.processing.steps.step import Step
    from xanesview.domain.structure import Structure
    from xanesview.shown.shown import Shown

_ELECTRONS = {
    "energy_loss_ev": "--energy-loss", "beam_energy_kev": "--beam-energy",
    "collection_semi_angle_mrad": "--collection", "convergence_semi_angle_mrad": "--convergence",
    "detector_offset_mrad": "--detector-offset", "detector_azimuth_deg": "--detector-azimuth",
}  # fmt: skip


@dataclass(frozen=True)
class Reproduction:
    """A text to run elsewhere.

    Attributes
    ----------
    text : str
    left_out : tuple[str, ...]
        What of the curve as it is drawn the text does not do, a sentence each.
    """

    text: str
    left_out: tuple[str, ...] = ()


def as_command(shown: Shown) -> Reproduction:
    """Return the command line that writes the current curve as ``curve.csv``: its column ``sum``, and the sites.

    Raises
    ------
    XanesviewError
        Where no command gives it: without a prediction, with computed sites, or for a structure that is in no file.
    """
    session = _checked(shown)
    words = [_program(), "predict", *_structure_words(shown.structure), "--network", _network(session.network)]
    words += _hash_words(shown)
    words += ["--sites", ",".join(str(site) for site in sorted(shown.sites))]
    steps = _steps(shown)
    weights = shown.weights(sorted(shown.sites)) if steps else _weights(shown)
    if weights:
        words += ["--site-weights", ",".join(exact(weight) for weight in weights)]
    if session.orbit_tolerance_angstrom is not None:
        words += ["--orbits", "--tolerance", exact(session.orbit_tolerance_angstrom)]
    words += _experiment_words(session.geometry)
    words += ["--axis", shown.look.axis]
    if shown.drawn.fwhm_ev is not None:
        words += ["--fwhm", exact(shown.drawn.fwhm_ev)]
    words += ["--as", "computed" if shown.measured is None else "measured"]
    if steps:  # done to what is drawn, mean or sum; what is written is the sum of it
        factor = 1.0 if shown.drawn.is_normalised else shown.divisor
        back = () if factor == 1.0 else (ScaleAndOffset(scale=factor),)
        words += ["--recipe", recipe_text((*steps, *back))]
    return Reproduction(shlex.join([*words, "--out", "curve.csv"]), _left_out(shown))


def as_python(shown: Shown) -> Reproduction:
    """Return Python that makes the current curve as ``spectrum``.

    Raises
    ------
    XanesviewError
        As for `as_command`.
    """
    session = _checked(shown)
    structure, header = shown.structure, session.geometry.header()
    how = [f"axis={shown.look.axis!r}"]
    steps = _steps(shown)
    weights = shown.weights(sorted(shown.sites)) if steps else _weights(shown)
    if weights:
        how.append(f"site_weights={list(weights)!r}")
    if shown.drawn.fwhm_ev is not None:
        how.append(f"fwhm_ev={shown.drawn.fwhm_ev!r}")
    if shown.measured is not None:
        how.append("as_measured=True")
    orbit = ""
    if session.orbit_tolerance_angstrom is not None:
        orbit = f", by_orbit=True, tolerance_angstrom={session.orbit_tolerance_angstrom!r}"
    lines = [
        "import xanesview",
        "from xanesview.domain.geometry.kinds import geometry_from_header",
        "",
        f"structure = {_structure_code(structure)}",
        f'assert structure.content_hash == "{structure.content_hash}", "the structure is another one"',
        f"predicted = xanesview.predict(structure, {_network(session.network)!r}, {sorted(shown.sites)!r}{orbit})",
        *_network_line(shown),
        f"experiment = geometry_from_header({header!r})",
    ]
    if steps:
        lines += _processed_lines(shown, steps, how)
        return Reproduction("\n".join(lines) + "\n", _left_out(shown))
    lines += [
        f"spectrum = predicted.spectrum(experiment, {', '.join(how)})",
        "energy_ev, intensity = spectrum.energy_ev, spectrum.intensity",
    ]
    return Reproduction("\n".join(lines) + "\n", _left_out(shown))


def _steps(shown: Shown) -> tuple[Step, ...]:
    """Return the steps that the current curve is drawn with."""
    display = shown.drawn.display
    return shown.steps if display is not None and display.outcome.after is not None else ()


def _processed_lines(shown: Shown, steps: tuple[Step, ...], how: list[str]) -> list[str]:
    """Return the lines that process the curve as the window does: what is drawn, mean or sum, then the sum of it."""
    factor = 1.0 if shown.drawn.is_normalised else shown.divisor
    return [
        "from xanesview.domain.processing.steps.registry import steps_from_dicts",
        "from xanesview.shown.tensors import processed",
        "",
        f"steps = steps_from_dicts({steps_to_dicts(steps)!r})",
        f"look = processed(predicted.look(experiment, {', '.join(how)}), steps)",
        f"energy_ev, intensity = look.summed.energy_ev, {exact(factor)} * look.total(experiment.weight())",
    ]


def _checked(shown: Shown):
    """Return the session of a curve that can be made elsewhere."""
    session, structure = shown.session, shown.structure
    if structure is None or shown.drawn is None or shown.look is None or not shown.sites:
        raise XanesviewError("There is no predicted curve to copy.", "Pick a site and wait for its prediction.")
    if is_computed(session.network) or shown.computed_sites:
        raise XanesviewError(
            "Computed spectra are made by an engine, which no copied line runs.",
            "Show the prediction alone, or export the curve as data.",
        )
    if _is_from_smiles(structure):
        return session
    if not _is_in_its_file(structure):
        raise XanesviewError(
            f"{structure.name or structure.formula} as it is shown stands in no file.",
            "Save the session, or open a file that holds it.",
        )
    return session


def _is_in_its_file(structure: Structure) -> bool:
    """Whether its file, read again, gives the same atoms: it may have been relaxed, cut or changed since."""
    from xanesview.io.structures.registry import read_structure

    if not structure.source or not Path(structure.source).is_file():
        return False
    try:
        again = read_structure(structure.source, structure.frame if structure.n_frames > 1 else None)
    except XanesviewError:
        return False
    return again.content_hash == structure.content_hash


def _is_from_smiles(structure: Structure) -> bool:
    return structure.source == FROM_SMILES and bool(structure.typed_smiles)


def _structure_words(structure: Structure) -> list[str]:
    if _is_from_smiles(structure):
        return ["--smiles", structure.typed_smiles, "--relax", _relaxation(structure)]
    words = [named_from_anywhere(structure.source)]
    if structure.n_frames > 1:
        words += ["--frame", str(structure.frame + 1)]
    return words


def _structure_code(structure: Structure) -> str:
    if _is_from_smiles(structure):
        return f"xanesview.from_smiles({structure.typed_smiles!r}, {_relaxation(structure)!r})"
    frame = f", {structure.frame}" if structure.n_frames > 1 else ""
    return f"xanesview.read({named_from_anywhere(structure.source)!r}{frame})"


def _hash_words(shown: Shown) -> list[str]:
    """Return the options that refuse another network or structure than those shown."""
    network = shown.card.weights_hash if shown.card is not None else ""
    words = ["--network-hash", network] if network else []
    return [*words, "--structure-hash", shown.structure.content_hash]


def _network_line(shown: Shown) -> list[str]:
    network = shown.card.weights_hash if shown.card is not None else ""
    line = f'assert predicted.predictor.card.weights_hash == "{network}", "the network is another one"'
    return [line] if network else []


def _program() -> str:
    """Return what runs the program; a bundle that is on no path is named by its place."""
    is_bundle_alone = getattr(sys, "frozen", False) and shutil.which("xanesview") is None
    return sys.executable if is_bundle_alone else "xanesview"


def _from_anywhere(path: str | Path) -> str:
    """Return a path that holds in whatever folder the text is run: the program may have been given another one."""
    return str(Path(path).absolute())


def _network(name: str) -> str:
    """Return a network's name, or its path from anywhere."""
    return _from_anywhere(Path(name).expanduser()) if names_path(name) else name


def _relaxation(structure: Structure) -> str:
    """Return how far a molecule was relaxed, as command line and `from_smiles` call it."""
    origin = structure.geometry_origin
    return "gfn2" if "GFN2" in origin else "none" if origin.startswith("ETKDG") else "mmff"


def _weights(shown: Shown) -> tuple[float, ...]:
    """Return the weights of the sites in their sum; nothing where all are 1."""
    weights = tuple(shown.session.weight_of(site) for site in sorted(shown.sites))
    return () if set(weights) <= {1.0} else weights


def _experiment_words(geometry: Geometry) -> list[str]:
    """Return the options of an experiment, to the last bit."""
    if isinstance(geometry, Powder):
        return ["--powder"]
    direction = _vector(geometry.direction)
    if isinstance(geometry, ElectronEnergyLoss):
        words = ["--experiment", "elnes", "--beam", direction]
        for name, option in _ELECTRONS.items():
            words += [option, exact(getattr(geometry, name))]
        words += [] if geometry.relativistic else ["--without-relativity"]
    elif isinstance(geometry, PolarisedBeam):
        words = ["--beam", _vector(geometry.beam), "--polarisation", direction, "--degree", exact(geometry.degree)]
    elif isinstance(geometry, PartialPolarisation):
        words = ["--experiment", "partial", "--polarisation", direction, "--degree", exact(geometry.degree)]
    elif isinstance(geometry, Unpolarised):
        words = ["--experiment", "unpolarised", "--polarisation", direction]
    else:
        words = ["--polarisation", direction]
    if geometry.normal is not None:
        words += ["--normal", _vector(geometry.normal)]
    if geometry.average is not None:
        words += ["--average", geometry.average.text()]
    return words


def _vector(v) -> str:
    return ",".join(exact(float(x)) for x in v)


def _left_out(shown: Shown) -> tuple[str, ...]:
    told = []
    if shown.session.per_atom and len(shown.sites) > 1:
        told.append("The plot draws the mean over the sites; the copied line gives their sum.")
    return tuple(told)

