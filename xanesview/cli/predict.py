"""``xanesview predict``: spectra or tensors of the sites of one or more structures, as CSV or HDF5."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.cli.arguments import add_axis, add_drawn_as, add_frame, add_structures, add_width
from xanesview.cli.experiment_options import add_experiment
from xanesview.cli.fitting import add_edge, check_edge
from xanesview.cli.frames_mean import add_mean, averaged, check_mean, frames_of, mean_facts
from xanesview.cli.layers import add_layers, check_layers, depth_facts, depth_weights, layered_sites
from xanesview.cli.molecules import add_relaxation
from xanesview.cli.numbers_asked import WholeIn
from xanesview.cli.overwriting import check_apart, read_files
from xanesview.cli.predict_many import ENOUGH_INPUTS, predict_in_processes, predict_on_cluster, processes_for
from xanesview.cli.predict_together import Predictors, prepare, read_or_error
from xanesview.cli.size_told import tell_of_size
from xanesview.cli.telling import say, say_in_place, tell_error, tell_notice, tell_of_network
from xanesview.domain.counts import counted
from xanesview.errors import UsageError, XanesviewError
from xanesview.io.atomic import is_stream, made_folder
from xanesview.io.example_index import PREFIX
from xanesview.io.spectra.registry import PREDICTION_ENDINGS, TENSORS
from xanesview.io.structures.registry import ENDINGS, FORMATS_IN_WORDS

if TYPE_CHECKING:
    from xanesview.domain.geometry.geometry import Geometry
    from xanesview.domain.structure import Structure
    from xanesview.networks.card import Card
    from xanesview.shown.tensors import Look


_TOGETHER = 4
"""Small molecules that a network is asked about at once; parts of inputs for processes hold a multiple of it."""


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    add_structures(p, f"structure files ({FORMATS_IN_WORDS}), or example:NAME")
    add_relaxation(p)
    add_frame(p)
    add_mean(p)
    p.add_argument("--network", metavar="NAME|PATH", help="network (default: one that fits the structure, see --edge)")
    add_edge(p)
    p.add_argument(
        "--sites",
        default="all",
        metavar="all|C|0,3,5",
        help="atoms by element or by index from 0 (default: every atom of the network's element)",
    )
    add_experiment(p)
    add_layers(p)
    add_axis(p)
    add_width(p)
    add_drawn_as(p)
    p.add_argument(
        "--recipe",
        metavar="RECIPE.toml|json|{…}",
        help="steps of processing, as for “xanesview process”; a recipe of JSON can stand here itself",
    )
    p.add_argument("--tensor", action="store_true", help="write six tensor components a site, not one spectrum")
    p.add_argument("--out", required=True, metavar="OUT.csv|OUT.h5|FOLDER", help="file, or folder for several files")
    p.add_argument("--format", choices=("csv", "h5"), help="format inside a folder (default csv)")
    p.add_argument("--device", default="auto", metavar="auto|cpu|cuda|mps", help="where to compute (default auto)")
    p.add_argument(
        "--processes",
        type=WholeIn(1, 1024),
        metavar="N",
        help="processes that share several inputs (default: one a core from 40 inputs on, without a GPU)",
    )
    p.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="predict on a running Dask cluster whose workers see the same files (extra “cluster”)",
    )
    p.add_argument("--network-hash", metavar="HASH", help="refuse a network with other weights, as copied lines do")
    p.add_argument("--structure-hash", metavar="HASH", help="refuse another structure, as copied lines do")
    p.add_argument("--quiet", action="store_true", help="say nothing on success")


def run_predict(arguments: argparse.Namespace) -> int:
    """Predict each input and write it; an input that can't be used doesn't keep the others from being written."""
    from xanesview.cli.experiment import check_experiment, names_beam
    from xanesview.cli.sites import asked_indices, names_polarisation
    from xanesview.networks.card import find_bundle

    inputs = _inputs(arguments)
    check_experiment(arguments)
    check_layers(arguments)
    check_mean(arguments)
    if arguments.tensor and (names_polarisation(arguments) or names_beam(arguments)):
        raise UsageError(
            "Tensors hold every polarisation, so none can be chosen with --tensor.",
            "Leave --tensor or the polarisation out.",
        )
    if arguments.tensor and arguments.recipe is not None:
        raise UsageError("A recipe processes spectra, not tensors.", "Leave --tensor or --recipe out.")
    asked_indices(arguments.sites)
    if arguments.recipe is not None:
        from xanesview.io.recipe_file import asked_recipe

        asked_recipe(arguments.recipe)  # what is wrong with it is told before a network is loaded
    targets = _targets(arguments, [name for name, _ in inputs])
    _check_drawn_as(arguments, targets)
    check_edge(arguments)
    if arguments.scheduler is not None:
        return 1 if _on_cluster(arguments, targets) else 0
    if len(inputs) == 1:
        structure = inputs[0][1]()  # a file that can't be read is told before a network is loaded
        if arguments.network is not None:
            tell_of_network(arguments.network)
        _predict_one(arguments, Predictors(arguments)(structure), structure, targets[0])
        return 0
    if arguments.network is not None:  # one that isn't there is told once, not of each input
        tell_of_network(arguments.network)
        find_bundle(arguments.network)
    processes = processes_for(len(inputs), arguments.processes, arguments.device)
    if processes > 1:
        return 1 if predict_in_processes(arguments, targets, processes, predict_some) else 0
    return 1 if predict_some(arguments, list(enumerate(targets))) else 0


def _on_cluster(arguments: argparse.Namespace, targets: list[Path]) -> int:
    from xanesview.networks.card import find_bundle

    if arguments.processes is not None:
        raise UsageError("With --scheduler the cluster says how many processes predict.", "Leave --processes out.")
    if is_stream(targets[0]):
        raise UsageError("Workers of a cluster can't write into a pipe or a device.", "Name a file or a folder.")
    if arguments.network is not None:
        tell_of_network(arguments.network)
        find_bundle(arguments.network)
    return predict_on_cluster(arguments, targets, arguments.scheduler, predict_some)


def predict_some(arguments: argparse.Namespace, some: Sequence[tuple[int, Path]]) -> int:
    """Predict some of the inputs one after the other, by their numbers, into their targets; return how many failed.

    Raises
    ------
    UsageError
        For what can't be asked of any input.
    """
    failed, inputs = 0, _inputs(arguments)
    predictor_for = Predictors(arguments)
    for begin in range(0, len(some), _TOGETHER):
        group = some[begin : begin + _TOGETHER]
        read = [read_or_error(inputs[number][1]) for number, _ in group]
        if len(inputs) >= ENOUGH_INPUTS:
            prepare(arguments, [one for one in read if not isinstance(one, XanesviewError)], predictor_for)
        for (number, target), structure in zip(group, read, strict=True):
            try:
                if isinstance(structure, XanesviewError):
                    raise structure
                _predict_one(arguments, predictor_for(structure), structure, target)
            except UsageError:
                raise
            except XanesviewError as error:
                failed += 1
                tell_error(error, about=inputs[number][0])
    return failed


def _inputs(arguments: argparse.Namespace) -> list[tuple[str, Callable[[], Structure]]]:
    """Return a name for, and a way to read, each input."""
    from xanesview.cli.molecules import built, read

    given = arguments.smiles or []
    strings = [text for text in given if text is not None]
    inputs: list[tuple[str, Callable[[], Structure]]] = []
    if None in given:  # a bare --smiles: the positional arguments are SMILES
        strings += arguments.file
    else:
        inputs += [(Path(name).name or name, lambda name=name: read(name, arguments)) for name in arguments.file]
    inputs += [(text, lambda text=text: built(text, arguments)) for text in strings]
    if not inputs:
        raise UsageError("Nothing to predict was given.", "Name a structure file, or give --smiles SMILES.")
    return inputs


def _targets(arguments: argparse.Namespace, names: list[str]) -> list[Path]:
    """Return the file to write for each input: OUT itself for one, files in the folder OUT for several."""
    out = Path(arguments.out).expanduser()
    suffix, into_stream = out.suffix.lower(), is_stream(out)
    is_folder = out.is_dir() or arguments.out.endswith(("/", "\\")) or not (suffix or out.exists())
    if not is_folder:
        if suffix not in PREDICTION_ENDINGS and not into_stream:
            raise UsageError(f"“{out.name}” is neither CSV nor HDF5.", "End --out in .csv or .h5, or name a folder.")
        if len(names) > 1:
            raise UsageError(
                f"{len(names)} inputs cannot go into one file.", f"Give a folder instead, such as --out {out.stem}."
            )
        if arguments.format and PREDICTION_ENDINGS.get(suffix, arguments.format) != arguments.format:
            raise UsageError(f"--format {arguments.format} contradicts “{out.name}”.", "Leave --format out.")
        return [out]
    kind = arguments.format or "csv"
    made_folder(out)
    targets, taken = [], set()
    for name in names:
        stem = _stem(name)
        unique, k = stem, 2
        while unique.lower() in taken:
            unique, k = f"{stem}_{k}", k + 1
        taken.add(unique.lower())
        targets.append(out / f"{unique}.{kind}")
    check_apart(targets, read_files(arguments))
    return targets


def _stem(name: str) -> str:
    """Return a file name's stem, or a SMILES with the characters that file names allow."""
    path = Path(name.removeprefix(PREFIX))
    name = path.name if name.startswith(PREFIX) else name
    stem = path.stem if path.suffix.lower() in ENDINGS else name
    safe = "".join(c if c.isalnum() or c in "._-+=()" else "_" for c in stem).strip(".")
    return safe[:80] or "structure"


def _check_drawn_as(arguments: argparse.Namespace, targets: list[Path]) -> None:
    """Raise UsageError for tensors as measured: what is written as tensors is what the network gives."""
    if arguments.drawn_as == "measured" and (arguments.tensor or not all(_as_table(arguments, p) for p in targets)):
        raise UsageError(
            "Tensors are written as computed only; --as measured is how spectra are drawn.",
            "Leave --as or --tensor out, and write spectra as CSV.",
        )


def _predict_one(arguments: argparse.Namespace, predictor: object, structure: Structure, target: Path) -> None:
    from xanesview import api
    from xanesview.cli.energies import OF_FITTED, answers_itself, telling_of_axis
    from xanesview.cli.experiment import asked_experiment
    from xanesview.cli.predict_large import PredictionInPortions, goes_in_portions
    from xanesview.cli.sites import asked_sites
    from xanesview.inference.predictor import default_sites
    from xanesview.io.spectra.axis_header import axis_facts
    from xanesview.io.spectra.provenance import provenance
    from xanesview.io.spectra.tables import write_prediction_csv, write_prediction_h5
    from xanesview.networks.identity import network_facts
    from xanesview.shown.curve_facts import drawing_facts, steps_facts
    from xanesview.shown.names import drawn_as
    from xanesview.shown.site_warnings import site_warnings, warning_facts

    frames = frames_of(structure) if arguments.mean else []
    structure = frames[0] if frames else structure
    card = predictor.card
    _check_same(arguments, card, structure)
    geometry = asked_experiment(arguments, structure, card.element)
    sites = asked_sites(arguments.sites, structure, card.element)
    sites = layered_sites(arguments, structure, card.element, sites, geometry.normal)
    as_table = _as_table(arguments, target)
    chosen = default_sites(structure, card) if sites is None else sites
    in_portions = None
    if goes_in_portions(arguments, predictor, structure, chosen, as_table):
        in_portions = PredictionInPortions(predictor, structure, chosen, target, _progress(arguments))
        if not arguments.quiet:
            in_portions.tell()
        predicted = in_portions.predicted()
    else:
        tell_of_size(structure, sites, card, arguments.quiet)
        predicted = api.predict_with(
            predictor, structure, sites, by_orbit=arguments.orbits, tolerance_angstrom=arguments.tolerance,
            progress=_progress(arguments),
        )  # fmt: skip
    predicted = averaged(predicted, frames) if frames else predicted
    prediction = predicted.prediction
    weights = depth_weights(arguments, structure, prediction.tensor.sites, geometry.normal)
    asked = geometry if as_table and not arguments.tensor and not frames else None
    with telling_of_axis(prediction.tensor):
        as_measured = arguments.drawn_as == "measured"
        look = predicted.look(
            asked, site_weights=weights, axis=arguments.axis, fwhm_ev=arguments.fwhm, as_measured=as_measured
        )
    if arguments.recipe is not None:
        look = _processed(look, arguments.recipe)
    tensor, spectra = look.selected, None if arguments.tensor else look.spectra(geometry.weight())
    header = provenance(
        structure,
        network=prediction.network,
        polarisation="tensor components" if arguments.tensor else geometry.describe(),
        unit=tensor.unit,
        edge=tensor.edge,
        native_fwhm_ev=tensor.native_fwhm_ev,
        extra={
            **network_facts(card),
            **_orientation(arguments, geometry),
            **depth_facts(arguments, weights),
            **predicted.symmetry_facts(),
            **(mean_facts(frames) if frames else {}),
            "sites": " ".join(str(i) for i in tensor.sites.tolist()),
            **({} if look.summed.unit == tensor.unit else {"intensity_unit_of_sum": look.summed.unit}),
            **axis_facts(tensor),
            **({} if arguments.tensor else {"weight_tensor": geometry.weight().text()}),
            **drawing_facts(look),
            **steps_facts(look),
            **_answer(card, asked is not None),
            "drawn_as": drawn_as(look.measured),
            **warning_facts(prediction.verdicts),
            "device": prediction.device,
        },
    )
    if in_portions is not None:
        in_portions.write(target, header, prediction, None if arguments.tensor else geometry.weight())
    else:
        write = write_prediction_csv if as_table else write_prediction_h5
        write(target, tensor, header, spectra)
    silent = {"isotropic"} if geometry.weight().is_isotropic and not arguments.tensor else set()
    if answers_itself(card) and asked is not None:
        silent |= set(OF_FITTED)
    told = [notice for notice in prediction.notices if notice.kind not in silent]
    for notice in (*structure.notices, *told):
        tell_notice(notice.message, notice.hint)
    for warned in site_warnings(prediction.verdicts, lambda atom: f"{structure.symbols[atom]} {atom}"):
        tell_notice(f"{structure.name or target.stem}, {warned.sentence}")
    if not arguments.quiet and not is_stream(target):  # which may be standard output
        say(
            f"{target}: {structure.formula}, {counted(tensor.n_sites, 'site')}, {_of_frames(frames)}"
            f"{'tensors' if arguments.tensor else geometry.describe()}, {prediction.network}, "
            f"{prediction.elapsed_s:.2f} s on {prediction.device}"
        )


def _check_same(arguments: argparse.Namespace, card: Card, structure: Structure) -> None:
    """Refuse what is not what a copied line was copied from."""
    if arguments.network_hash is not None and arguments.network_hash != card.weights_hash:
        raise XanesviewError(
            f"The network {card.name} here has the weights {card.weights_hash} ({card.version}), not "
            f"{arguments.network_hash}: it would give other numbers.",
            "Name the one that was meant, or leave --network-hash out to take this one.",
        )
    if arguments.structure_hash is not None and arguments.structure_hash != structure.content_hash:
        raise XanesviewError(
            f"{structure.name or structure.formula} is not the structure that was meant "
            f"({structure.content_hash} instead of {arguments.structure_hash}).",
            "Its file has changed, or it was relaxed otherwise; leave --structure-hash out to take it as it is.",
        )


def _processed(look: Look, recipe: str) -> Look:
    """Return sites after the steps of a recipe, all of which have to be possible."""
    from xanesview.io.recipe_file import asked_recipe
    from xanesview.shown.tensors import processed

    found = processed(look, asked_recipe(recipe))
    outcome = found.display.outcome
    if outcome.failed is not None:
        raise XanesviewError(f"Step {outcome.failed + 1} can't be done: {outcome.problem}", "Leave it out.")
    return found


def _as_table(arguments: argparse.Namespace, target: Path) -> bool:
    """Tell whether spectra are written as CSV; a pipe or a device has no ending that says so."""
    return not TENSORS.is_named_by(target) and arguments.format != "h5"


def _of_frames(frames: list[Structure]) -> str:
    return f"mean of {counted(len(frames), 'frame')}, " if frames else ""


def _answer(card: Card, asked: bool) -> dict[str, str]:
    """Return for the header what the numbers of a network that takes the direction as an input are."""
    from xanesview.cli.energies import answers_itself

    if not answers_itself(card):
        return {}
    return {"answer": "the network's own for this direction" if asked else "the tensor fitted to the network"}


def _orientation(arguments: argparse.Namespace, geometry: Geometry) -> dict[str, str]:
    """Return for the header the exact experiment, which `describe` rounds, and the normal that θ counts from."""
    found = {} if arguments.tensor else geometry.header()
    if geometry.normal is not None:
        found["surface_normal"] = ",".join(f"{x:.10g}" for x in geometry.normal)
    return found


def _progress(arguments: argparse.Namespace) -> Callable[[int, int], None] | None:
    """Return a progress line for long predictions on a terminal, else None."""
    if arguments.quiet or not sys.stderr.isatty():
        return None

    def tell(done: int, total: int) -> None:
        if total >= 300:
            say_in_place(f"{done} of {total} sites", done >= total)

    return tell
