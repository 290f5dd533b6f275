"""``xanesview fit``: predictions fitted to measured spectra: shift, scale, offset, width and edge step."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.cli.arguments import add_axis, add_drawn_as, add_frame, add_polarisation, add_width
from xanesview.cli.fitting import add_edge, check_edge
from xanesview.cli.measured import add_answers, check_answers
from xanesview.cli.numbers_asked import NumberIn, asked_range_ev
from xanesview.cli.telling import say, tell_notice
from xanesview.errors import UsageError, XanesviewError
from xanesview.limits import LARGEST_ENERGY_EV

if TYPE_CHECKING:
    from xanesview.domain.processing.expected_shift import ExpectedShift
    from xanesview.domain.processing.fitted_prediction import FitChoices, PredictionFit
    from xanesview.domain.spectrum import Spectrum

_MEAN_E0 = "mean_e0_ev"
NOTHING_HINT = "Do molecule, edge and polarisation fit the curve? --range and --largest-shift change what is tried."
NOTHING_WRITTEN = f"{NOTHING_HINT} Nothing was written; --anyway writes it all the same."


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    p.add_argument(
        "file", nargs="+", metavar="FILE",
        help="measured spectra, then the structure that is predicted, or example:NAME (none with --against)",
    )  # fmt: skip
    p.add_argument("--against", nargs="+", metavar="CURVES", help="predicted curves instead: one, or one a spectrum")
    p.add_argument("--network", metavar="NAME|PATH", help="network (default: one that fits the structure, see --edge)")
    add_edge(p)
    add_frame(p)
    p.add_argument("--sites", metavar="sum|0,3,5", default="sum", help="sites whose sum is fitted (default: all)")
    add_polarisation(p)
    add_axis(p)
    add_width(p)
    add_drawn_as(p)
    p.add_argument("--recipe", metavar="RECIPE", help="steps for the measured spectra before the fit")
    p.add_argument("--range", metavar="LOW,HIGH", help="measured energies that count, eV (default: all in common)")
    p.add_argument(
        "--largest-shift", type=NumberIn(0.05, 100, "eV"), default=5.0, metavar="EV",
        help="shifts to try, ± eV (default 5)",
    )  # fmt: skip
    p.add_argument(
        "--e0", type=NumberIn(-LARGEST_ENERGY_EV, LARGEST_ENERGY_EV, "eV"), metavar="EV",
        help="where the edge step is (default: the sites' mean E0)",
    )  # fmt: skip
    p.add_argument("--no-offset", action="store_true", help="don't fit an offset")
    p.add_argument("--no-width", action="store_true", help="don't fit a Gaussian width to add")
    p.add_argument("--no-step", action="store_true", help="don't fit an edge step")
    p.add_argument("--growth", action="store_true", help="fit how the width grows above E0, too")
    p.add_argument("--step-width", action="store_true", help="fit the width of the edge step, too")
    p.add_argument("--out", metavar="OUT.csv|OUT.h5", help="measured and fitted curves, and residuals")
    p.add_argument("--steps", metavar="RECIPE", help="write the fit as steps that bring the first prediction there")
    p.add_argument("--json", metavar="FILE", help="values, errors, correlations and scores")
    p.add_argument("--anyway", action="store_true", help="write files of a fit that means nothing, too")
    add_answers(p)


def run_fit(arguments: argparse.Namespace) -> int:
    """Fit, print what was found and write what was asked for."""
    from xanesview.cli.file_curves import on_one_axis
    from xanesview.domain.processing.prediction_fit import fit_series
    from xanesview.domain.processing.undetermined import doubts, meaningless
    from xanesview.io.example_index import with_examples

    _check(arguments)
    arguments.file = with_examples(arguments.file)
    names = arguments.file if arguments.against else arguments.file[:-1]
    files = [Path(name).expanduser() for name in names]
    check_answers(files, arguments)
    measured = _measured(arguments, files)
    predictions = _predictions(arguments, len(measured))
    are_placed = all(one.axis == "absolute" for one in measured)  # else nobody knows where their edges lie
    curves = on_one_axis([*predictions, *measured], arguments.axis)
    predictions, measured = curves[: len(measured)], curves[len(measured) :]
    choices = _choices(arguments, predictions[0], _expected_shift(predictions[0]) if are_placed else None)
    fit = fit_series(measured, predictions, choices)
    doubt, refused = doubts(fit, choices), bool(meaningless(fit, choices)) and not arguments.anyway
    _tell(fit, "" if refused else doubt)
    if refused:
        raise XanesviewError(doubt, NOTHING_WRITTEN if _is_to_write(arguments) else NOTHING_HINT)
    if arguments.out:
        _write(Path(arguments.out).expanduser(), fit, predictions)
    if arguments.steps:
        from xanesview.io.recipe_file import write_recipe

        write_recipe(Path(arguments.steps).expanduser(), fit.steps_for_prediction(), "prediction onto measured")
    if arguments.json:
        _write_json(Path(arguments.json).expanduser(), fit, doubt)
    return 0


def _check(arguments: argparse.Namespace) -> None:
    if not arguments.against and len(arguments.file) < 2:
        raise UsageError("There is nothing to fit.", "Name a structure after the measured files, or give --against.")
    if arguments.against and (arguments.network or arguments.edge):
        raise UsageError("--against excludes --network and --edge.", "Curves are as they were predicted.")
    check_edge(arguments)


def _measured(arguments: argparse.Namespace, files: Sequence[Path]) -> list[Spectrum]:
    from xanesview.cli.measured_curves import curves_at_angles, curves_of_recipe, plain_curves
    from xanesview.cli.sites import one_an_angle
    from xanesview.domain.processing.applied import processed
    from xanesview.io.recipe_file import read_recipe

    angles = [one.theta for one in one_an_angle(arguments)]
    if len(files) < len(angles):
        spectra = [spectrum for path in files for spectrum in curves_at_angles(path, arguments, angles)]
    else:
        spectra = [spectrum for path in files for spectrum in plain_curves(path, arguments)]
    if arguments.recipe is None:
        return spectra
    recipe = Path(arguments.recipe).expanduser()
    steps = read_recipe(recipe)
    return [processed(one, steps, curves_of_recipe(steps, recipe, files)) for one in spectra]


def _predictions(arguments: argparse.Namespace, n_measured: int) -> list[Spectrum]:
    """Return one prediction a measured curve."""
    from xanesview.cli.file_curves import curves_of, exported_curves_of
    from xanesview.cli.sites import check_polarisation, one_an_angle
    from xanesview.domain.counts import counted
    from xanesview.io.recognition import kind_of_file

    each = one_an_angle(arguments)
    if len(each) not in (1, n_measured):
        raise UsageError(
            f"{counted(n_measured, 'measured curve needs', 'measured curves need')} as many angles, not {len(each)}.",
            "Write them as --theta 20,55,90; several curves of one file are taken by --scan all, or as its columns.",
        )
    for one in each:
        one.network = [arguments.network] if arguments.network else None
        check_polarisation(one)
    if arguments.against:
        found = []
        for name in arguments.against:
            path = Path(name).expanduser()
            exported = exported_curves_of(path, each[0]) if len(each) == 1 else None
            found += [curve for one in each for curve in curves_of(path, one)] if exported is None else exported
    else:
        path = Path(arguments.file[-1]).expanduser()
        if kind_of_file(path) != "structure":
            raise UsageError(
                f"{path.name} is no structure.", "Name it after the measured files, or give --against for curves."
            )
        found = [curve for one in each for curve in curves_of(path, one)]
    if len(found) == 1:
        return found * n_measured
    if len(found) != n_measured:
        raise UsageError(
            f"{n_measured} measured curves can't be fitted with {len(found)} predictions.",
            "Give one prediction, or one a measured curve: --theta 20,55,90, or --against with as many curves.",
        )
    return found


def _choices(arguments: argparse.Namespace, prediction: Spectrum, expected: ExpectedShift | None) -> FitChoices:
    from xanesview.domain.processing.fitted_prediction import FitChoices

    e0 = arguments.e0
    if e0 is None and prediction.axis == "relative":
        e0 = 0.0
    elif e0 is None and _MEAN_E0 in prediction.provenance:
        e0 = float(prediction.provenance[_MEAN_E0])
    hint = "Write the lower energy first, as in 280,305."
    return FitChoices(
        window_ev=None if arguments.range is None else asked_range_ev(arguments.range, r"[,:\s]+", hint),
        largest_shift_ev=arguments.largest_shift, offset=not arguments.no_offset, width=not arguments.no_width,
        growth=arguments.growth, step=not arguments.no_step, step_width=arguments.step_width, e0_ev=e0,
        expected=expected,
    )  # fmt: skip


def _expected_shift(prediction: Spectrum) -> ExpectedShift | None:
    """Return which shift the network of a predicted curve explains; None where none is named or it was never tried."""
    from xanesview.networks.card import look_up

    facts = prediction.provenance
    if prediction.kind != "predicted" or not facts.get("network"):
        return None
    info = look_up(facts["network"])
    if info is None or info.card is None:
        return None
    return info.card.expected_shift(facts.get("drawn_as", "").startswith("measured"))


def _is_to_write(arguments: argparse.Namespace) -> bool:
    return bool(arguments.out or arguments.steps or arguments.json)


def _tell(fit: PredictionFit, doubt: str) -> None:
    from xanesview.domain.processing.fit_of_measured import of_measured
    from xanesview.domain.processing.undetermined import poorness

    for value in fit.values:
        say(value)
    moved = of_measured(fit)["shift_ev"]
    say(f"As the window tells it: {moved.label[0].lower()}{str(moved)[1:]}")
    say(f"E0 of the edge step: {fit.e0_ev:.2f} eV, on the prediction's energies")
    short = {name: name.removesuffix("_ev").removesuffix("_ev_per").replace("_", " ") for name in fit.names}
    width = max(len(name) for name in short.values())
    say()
    say("Correlations")
    say(" " * width, *(f"{short[name]:>{width}}" for name in fit.names))
    for name, row in zip(fit.names, fit.correlations):
        say(f"{short[name]:<{width}}", *(f"{value:>{width}.2f}".replace("-", "−") for value in row))
    say()
    for curve in fit.curves:
        s = curve.scores
        say(
            f"{curve.measured.label}: cosine {s.cosine:.4f}, Pearson {s.pearson:.4f}, R-factor {s.r_factor:.4g}, "
            f"weighted {curve.weighted_r_factor:.4g}; {s.n_points} points, {s.window_ev[0]:.1f} to "
            f"{s.window_ev[1]:.1f} eV"
        )
    for notice in (*filter(None, (doubt, poorness(fit))), *fit.notices):
        tell_notice(notice)


def _write(target: Path, fit: PredictionFit, predictions: Sequence[Spectrum]) -> None:
    from xanesview.io.spectra.curves import write_curves

    values = {f"fit {value.name}": str(value) for value in fit.values}
    spectra = []
    for k, (curve, prediction) in enumerate(zip(fit.curves, predictions)):
        steps = {f"fit step {n}": step.describe() for n, step in enumerate(fit.steps_for_prediction(k), start=1)}
        facts = {**prediction.provenance, **values, **steps}
        spectra += [curve.measured, curve.fitted.replace(provenance=facts), curve.residual.replace(provenance=values)]
    write_curves(target, spectra)
    say(f"{target}: {len(spectra)} curves")


def _write_json(target: Path, fit: PredictionFit, doubt: str) -> None:
    import dataclasses

    from xanesview.io.atomic import write_text
    from xanesview.io.json_text import json_text

    told = {
        "values": {one.name: {"value": one.value, "error": one.error, "unit": one.unit} for one in fit.values},
        "correlations": {"names": list(fit.names), "matrix": fit.correlations.tolist()},
        "scores": [
            {
                "curve": curve.measured.label,
                **dataclasses.asdict(curve.scores),
                "weighted_r_factor": curve.weighted_r_factor,
            }
            for curve in fit.curves
        ],
        "e0_ev": fit.e0_ev,
        "reduced_chi_square": fit.reduced_chi_square,
        "error_factor": fit.error_factor,
        "doubts": doubt,
        "notices": list(fit.notices),
    }
    write_text(target, json_text(told, indent=2) + "\n")
    say(f"{target}: values and scores")
