"""``xanesview process``: the steps of a recipe applied to spectra, each written with what was done to it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.cli.measured import add_answers, check_answers
from xanesview.cli.overwriting import check_apart, read_files
from xanesview.cli.telling import say, tell_error, tell_notice
from xanesview.domain.counts import counted
from xanesview.errors import UsageError, XanesviewError

if TYPE_CHECKING:
    from xanesview.domain.processing.steps.step import Curves, Step
    from xanesview.domain.spectrum import Spectrum

_MERGED = "merged"


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    p.add_argument("file", nargs="+", metavar="FILE", help="spectra: columns, XDI, exported curves, predictions")
    p.add_argument(
        "--recipe", required=True, metavar="RECIPE.toml|json",
        help="steps, in their order; the guide's page on processing lists them",
    )  # fmt: skip
    p.add_argument("--out", required=True, metavar="FOLDER", help="folder for one CSV a file")
    p.add_argument(
        "--merge", action="store_true",
        help=f"also write the mean of all files, with its spread, as {_MERGED}.csv; outliers are named",
    )  # fmt: skip
    p.add_argument("--quiet", action="store_true", help="say nothing on success")
    add_answers(p)


def run_process(arguments: argparse.Namespace) -> int:
    """Process each file and write it; one that can't be processed doesn't keep the others from being written."""
    from xanesview.cli.measured_curves import curves_of_recipe
    from xanesview.io.recipe_file import read_recipe

    recipe = Path(arguments.recipe).expanduser()
    steps = read_recipe(recipe)
    files = [Path(name).expanduser() for name in arguments.file]
    check_answers(files, arguments)
    targets = _targets(arguments, files)
    curves = curves_of_recipe(steps, recipe, files)
    done: list[tuple[Path, Spectrum]] = []
    failed = 0
    for path, target in zip(files, targets):
        try:
            found = _process_one(path, target, steps, curves, recipe.name, arguments)
        except XanesviewError as error:
            failed += 1
            tell_error(error, about="" if path.name in error.message else path.name)
            continue
        done += [(path, spectrum) for spectrum in found]
        if not arguments.quiet:
            say(f"{target}: {_in_short(found)}")
    if arguments.merge and done:
        _merge(arguments, done, steps)
    if failed and len(files) > 1:
        tell_notice(f"{failed} of {counted(len(files), 'file')} could not be processed.")
    return 1 if failed else 0


def _targets(arguments: argparse.Namespace, files: Sequence[Path]) -> list[Path]:
    from xanesview.io.atomic import made_folder

    out = Path(arguments.out).expanduser()
    if out.suffix and not out.is_dir() and len(out.suffix) <= 5 and not arguments.out.endswith("/"):
        raise UsageError(f"“{out.name}” is no folder.", f"Give one for --out, such as {out.stem}.")
    made_folder(out)
    targets, taken = [], {_MERGED} if arguments.merge else set()
    for path in files:
        unique, k = path.stem, 2
        while unique.lower() in taken:
            unique, k = f"{path.stem}_{k}", k + 1
        taken.add(unique.lower())
        targets.append(out / f"{unique}.csv")
    written = [*targets, *([out / f"{_MERGED}.csv"] if arguments.merge else [])]
    check_apart(written, [path for path in read_files(arguments) if path.is_file()])
    return targets


def _process_one(
    path: Path, target: Path, steps: Sequence[Step], curves: Curves, recipe: str, arguments: argparse.Namespace
) -> list[Spectrum]:
    from xanesview.cli.measured_curves import plain_curves
    from xanesview.domain.processing.applied import processed
    from xanesview.io.spectra.curves import write_curves

    found = [processed(spectrum, steps, curves) for spectrum in plain_curves(path, arguments)]
    found = [one.replace(provenance={**one.provenance, "recipe": recipe}) for one in found]
    write_curves(target, found)
    return found


def _in_short(found: Sequence[Spectrum]) -> str:
    first = found[0].provenance
    n_steps = sum(key.startswith("step ") for key in first)
    words = [counted(len(found[0]), "point") if len(found) == 1 else counted(len(found), "curve")]
    words.append(counted(n_steps, "step"))
    if len(found) == 1:
        for key, name, unit in (("e0_ev", "E0", " eV"), ("edge_step", "edge step", "")):
            if f"processed {key}" in first:
                words.append(f"{name} {float(first[f'processed {key}']):.6g}{unit}")
    return ", ".join(words)


def _merge(arguments: argparse.Namespace, done: Sequence[tuple[Path, Spectrum]], steps: Sequence[Step]) -> None:
    """Write the mean of what was processed."""
    from xanesview.domain.processing.merging import merged
    from xanesview.domain.spectrum import Spectrum
    from xanesview.io.spectra.curves import write_curves

    scans = {f"{path.name} ({k})": (one.energy_ev, one.intensity) for k, (path, one) in enumerate(done, start=1)}
    found = merged(scans)
    if found.outliers:
        tell_notice(f"Unlike the other scans, but in the mean: {', '.join(found.outliers)}.")
    first = done[0][1]
    facts = {
        "scans": ", ".join(scans),
        **({"outliers": ", ".join(found.outliers)} if found.outliers else {}),
        "band": "standard deviation of one scan",
        **_shared([one.provenance for _, one in done], steps),
    }
    mean = Spectrum(
        found.energy_ev, found.mean, first.unit, f"mean of {counted(found.n_scans, 'scan')}", first.kind,
        first.native_fwhm_ev, found.spread, facts, first.axis,
    )  # fmt: skip
    target = Path(arguments.out).expanduser() / f"{_MERGED}.csv"
    write_curves(target, [mean])
    if not arguments.quiet:
        say(f"{target}: {mean.label}")


def _shared(each: Sequence[Mapping[str, str]], steps: Sequence[Step]) -> dict[str, str]:
    """Return what all scans have in their provenance: the steps, and what was found where the scans differ in it."""
    facts = {key: value for key, value in each[0].items() if all(one.get(key) == value for one in each)}
    for number, step in enumerate((step for step in steps if step.on), start=1):
        facts.setdefault(f"step {number}", f"{step.describe()}, in each scan by itself")
    for key in ("processed e0_ev", "processed edge_step"):
        found = [one[key] for one in each if key in one]
        if key not in facts and len(found) == len(each):
            facts[key] = f"{sum(map(float, found)) / len(found):.8g}"
            facts[f"{key} of each scan"] = ", ".join(found)
    return facts
