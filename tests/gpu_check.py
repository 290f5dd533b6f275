"""The same work on the graphics processor and on the processor, side by side: ``python tests/gpu_check.py``.

Under five minutes. A molecule, a slab and a large structure are predicted, then 10,000 molecules; the light is turned
with a network that takes the direction as an input; a tensor network is trained for one epoch on data that come with
the program; and a prediction is asked for while the graphics processor's memory is full, which has to go on on the
processor and say so.
Numbers of both have to agree. Exit code 1 where they don't, or where a fallback fails.

Without a graphics processor it says so and does the processor's column only. ``--smallest`` does a little of each, in
seconds. The table goes into the folder that the environment variable OUT names, too, as ``gpu_check.md``.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from xanesview.errors import XanesviewError  # noqa: E402, after the folder it comes from

#: Largest difference between the two that single precision explains, as a share of the highest intensity.
AGREEMENT = 2e-3
#: Loss of an epoch: the order of sums differs from step to step, so the two drift apart.
TRAINING_AGREEMENT = 0.1
#: The smallest piece of memory that torch hands out, bytes.
SMALLEST_PIECE = 512


#: What may go wrong on a device that nobody has tried; it goes into the table, and the next work is done.
FAILURES = (ArithmeticError, LookupError, OSError, RuntimeError, TypeError, ValueError, XanesviewError)


@dataclass(frozen=True)
class Amount:
    """How much of each work is done."""

    repeats: int
    molecules: int
    benzenes: int
    patience_s: float
    directions: int
    training: dict[str, dict[str, object]]
    training_data: str


FULL = Amount(
    repeats=10,
    molecules=10_000,
    benzenes=250,
    patience_s=50.0,
    directions=120,
    training={"training": {"members": 1, "epochs": 1}},
    training_data="c_k_0003.h5",
)
SMALLEST = Amount(
    repeats=1,
    molecules=6,
    benzenes=10,
    patience_s=10.0,
    directions=4,
    training={
        "network": {"channels": 8, "layers": 1, "readout_hidden": 16},
        "training": {"members": 1, "epochs": 1, "train_sites": 24},
    },
    training_data="n_k_0000.h5",
)


@dataclass(frozen=True, eq=False)
class Done:
    """What came of one work on one device: how long it took, in words, the time alone, and its numbers."""

    words: str
    seconds: float
    numbers: np.ndarray


@dataclass(frozen=True)
class Line:
    """One row of the table."""

    work: str
    graphics: str
    processor: str
    faster: str
    verdict: str
    failed: bool = False


# ---------------------------------------------------------------- the work


def one_structure(example: str, network: str) -> Callable[[str, Amount], Done]:
    """Return the prediction of every site of a bundled example, loading and first call left out."""

    def work(device: str, amount: Amount) -> Done:
        from xanesview.inference.predictor import default_sites, load_predictor
        from xanesview.io.examples import load_example

        structure, predictor = load_example(example), load_predictor(network, device)
        sites = default_sites(structure, predictor.card)
        predictor.predict(structure, sites)
        times = []
        for _ in range(amount.repeats):
            begin = time.perf_counter()
            prediction = predictor.predict(structure, sites)
            times.append(time.perf_counter() - begin)
        median = float(np.median(times))
        return Done(f"{1e3 * median:.0f} ms", median, prediction.tensor.components)

    return work


def many_molecules(device: str, amount: Amount) -> Done:
    """Predict molecules of the bundled library, each displaced a little, one after the other.

    The interface predicts one structure a call: there are no batches of structures, only of the sites of one. What
    patience does not allow is extrapolated.
    """
    from xanesview.inference.predictor import load_predictor

    predictor = load_predictor("c_k_edge_tensor", device)
    first: list[np.ndarray] = []
    begin, count = time.perf_counter(), 0
    for structure in displaced_molecules(amount.molecules):
        tensor = predictor.predict(structure, structure.sites_of("C")).tensor
        if count < 5:
            first.append(tensor.components[0])
        count += 1
        if time.perf_counter() - begin > amount.patience_s:
            break
    each = (time.perf_counter() - begin) / count
    words = f"{1.0 / each:.0f} a second"
    if count < amount.molecules:
        words += f" ({count:,} done, all in {each * amount.molecules / 60:.1f} min)"
    return Done(words, each * amount.molecules, np.stack(first))


def large_structure(device: str, amount: Amount) -> Done:
    """Predict every carbon of benzenes side by side, no two alike: member by member, atoms in blocks."""
    from tests.benchmarks.bench_large import grid_of_benzenes
    from xanesview.inference.predictor import load_predictor

    predictor, structure = load_predictor("c_k_edge_tensor", device), grid_of_benzenes(amount.benzenes, 0.02)
    sites = structure.sites_of("C")
    predictor.predict(structure, sites[:100])
    begin = time.perf_counter()
    tensor = predictor.predict(structure, sites).tensor
    seconds = time.perf_counter() - begin
    return Done(f"{seconds:.1f} s, {len(sites) / seconds:.0f} sites a second", seconds, tensor.components[:200])


def displaced_molecules(count: int) -> Iterator:
    """Yield so many structures: molecules of the library in turn, no two alike."""
    from dataclasses import replace

    from xanesview.io.spectra.stick_file import read_entries, read_molecule
    from xanesview.paths import resource

    entries = read_entries(resource("reference", "c_k_0000.h5"))
    molecules = [read_molecule(entry).structure for entry in entries[: min(count, 200)]]
    random = np.random.default_rng(0)
    for k in range(count):
        molecule = molecules[k % len(molecules)]
        moved = molecule.positions_angstrom + random.normal(scale=0.02, size=molecule.positions_angstrom.shape)
        yield replace(molecule, positions_angstrom=moved)


def drag(device: str, amount: Amount) -> Done:
    """Turn the light with ISD-PaiNN, asked anew for each direction as under a dragged arrow."""
    from xanesview.domain.geometry.polarisation import linear
    from xanesview.inference.predictor import load_predictor
    from xanesview.io.examples import load_example

    structure, predictor = load_example("caffeine"), load_predictor("c_k_edge_isd_painn", device)
    sites = structure.sites_of("C")
    predictor.along(structure, sites, linear([0, 0, 1]))
    times, spectra = [], []
    for angle in np.linspace(0.0, np.pi, amount.directions):
        begin = time.perf_counter()
        spectra.append(predictor.along(structure, sites, linear([np.sin(angle), 0.1, np.cos(angle)])))
        times.append(time.perf_counter() - begin)
    median, p95 = float(np.median(times)), float(np.percentile(times, 95))
    return Done(f"{1e3 * median:.1f} ms a direction, p95 {1e3 * p95:.1f}", median, np.stack(spectra))


def training_epoch(device: str, amount: Amount) -> Done:
    """Train a tensor network for one epoch on a bundled block; its numbers are the validation error."""
    from xanesview.networks.card import CARD, Card
    from xanesview.paths import resource
    from xanesview.training.configuration import read_config
    from xanesview.training.kinds import training_of

    module = training_of("tensor")
    changes = {**amount.training}
    changes["training"] = {**changes["training"], "accelerator": "gpu" if device == "cuda" else "cpu"}
    config = read_config(None, module.RECIPE, changes)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "bundle"
        begin = time.perf_counter()
        module.train([resource("reference", amount.training_data)], config, out, False)
        seconds = time.perf_counter() - begin
        error = Card.from_json(out / CARD).training["members"][0]["val_rmse"]
    return Done(f"{seconds:.1f} s", seconds, np.array([error]))


WORKS: tuple[tuple[str, Callable[[str, Amount], Done], float], ...] = (
    ("molecule, 24 atoms (tensor network)", one_structure("caffeine", "c_k_edge_tensor"), AGREEMENT),
    ("slab, 120 atoms, 48 Fe sites (tensor network and kernel)", one_structure("hematite_001", "fe_k_edge_tensor"),
     AGREEMENT),
    ("slab, 120 atoms, 48 Fe sites (XANE(3))", one_structure("hematite_001", "fe_k_edge_xane3"), AGREEMENT),
    ("benzenes side by side, every carbon (tensor network)", large_structure, AGREEMENT),
    ("molecules of the library, one a call (tensor network)", many_molecules, AGREEMENT),
    ("dragged arrow, 24 atoms (ISD-PaiNN)", drag, AGREEMENT),
    ("one epoch of training (tensor network)", training_epoch, TRAINING_AGREEMENT),
)  # fmt: skip


def in_short(error: Exception) -> str:
    """Return the kind of an error and the beginning of what it says, for a cell of the table."""
    return f"{type(error).__name__} {' '.join(str(error).split())}"[:80]


def compared(name: str, work: Callable[[str, Amount], Done], allowed: float, amount: Amount, graphics: bool) -> Line:
    """Do a work on both devices, or on the processor alone."""
    processor = work("cpu", amount)
    if not graphics:
        return Line(name, "–", processor.words, "–", "not compared")
    try:
        on_graphics = work("cuda", amount)
    except FAILURES as error:
        return Line(name, f"stopped: {in_short(error)}", processor.words, "–", "FAILED", failed=True)
    difference = float(np.abs(on_graphics.numbers - processor.numbers).max() / np.abs(processor.numbers).max())
    agrees = difference <= allowed
    return Line(
        name,
        on_graphics.words,
        processor.words,
        f"{processor.seconds / on_graphics.seconds:.1f}",
        f"{'agree' if agrees else 'DIFFER'} ({difference:.1e})",
        failed=not agrees,
    )


# ---------------------------------------------------------------- memory that runs out


def fallback(network: str, when: str) -> Line:
    """Fill the graphics processor's memory, predict, and look whether the processor takes over and says so.

    Parameters
    ----------
    network
        Name of a network for carbon.
    when
        "loading": memory is full before the network is loaded; "predicting": before a structure is predicted.
    """
    import torch

    from xanesview.inference.predictor import default_sites, predictor_class
    from xanesview.io.examples import load_example
    from xanesview.networks.card import CARD, Card, find_bundle

    name = f"memory full while {when} ({network})"
    path, structure = find_bundle(network), load_example("benzene_film")
    make = predictor_class(Card.from_json(path / CARD))
    sites = default_sites(structure, Card.from_json(path / CARD))
    expected = make(path, "cpu").predict(structure, sites).tensor.components
    held: list = []
    try:
        predictor = make(path, "cuda") if when == "predicting" else None
        held += fill_memory()
        predictor = make(path, "cuda") if predictor is None else predictor
        begin = time.perf_counter()
        prediction = predictor.predict(structure, sites)
        seconds = time.perf_counter() - begin
    except FAILURES as error:
        return Line(name, f"stopped: {in_short(error)}", "–", "–", "NO FALLBACK", failed=True)
    finally:
        held.clear()
        torch.cuda.empty_cache()
    told = [notice.message for notice in prediction.notices if notice.kind == "device"]
    difference = float(np.abs(prediction.tensor.components - expected).max() / np.abs(expected).max())
    fell_back = prediction.device.startswith("CPU") and bool(told) and difference <= AGREEMENT
    verdict = f"fell back, says “{told[0]}”" if fell_back else f"NO FALLBACK: {prediction.device}, {told}"
    return Line(name, "full", f"{1e3 * seconds:.0f} ms", "–", verdict, failed=not fell_back)


def fill_memory() -> list:
    """Return tensors that hold all memory of the graphics processor, down to the last piece that torch keeps ready."""
    import torch

    torch.cuda.synchronize()
    torch.cuda.empty_cache()
    held, size = [], torch.cuda.mem_get_info()[0]
    while size >= SMALLEST_PIECE:
        try:
            held.append(torch.empty(size, dtype=torch.uint8, device="cuda"))
        except torch.OutOfMemoryError:
            size //= 2
    return held


def fallbacks(graphics: bool) -> list[Line]:
    """Return what became of each kind of network when memory was full."""
    if not graphics:
        return [Line("memory full", "–", "–", "–", "not tried: no graphics processor")]
    networks = ("c_k_edge_tensor", "c_k_edge_isd_painn", "c_k_edge_xane3", "c_k_edge_xanesnet")
    return [fallback(network, when) for network in networks for when in ("predicting", "loading")]


# ---------------------------------------------------------------- the table


def table(lines: list[Line]) -> str:
    """Return the rows as a table in Markdown, with columns that stand under one another in a terminal, too."""
    rows = [("work", "graphics processor", "processor", "times faster", "numbers")]
    rows += [(line.work, line.graphics, line.processor, line.faster, line.verdict) for line in lines]
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    text = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    text.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(text)


def machine(graphics: bool) -> str:
    """Return what it was done on, in a line."""
    import torch

    from xanesview.inference.device import processor_threads

    device = torch.cuda.get_device_name() if graphics else "no graphics processor that torch can use"
    cores = os.cpu_count()
    return f"torch {torch.__version__}; {device}; {cores} processor cores, up to {processor_threads()} threads"


def main(arguments: list[str] | None = None) -> int:
    """Do the work, print the table; 1 where something went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--smallest", action="store_true", help="a little of each, in seconds")
    amount = SMALLEST if parser.parse_args(arguments).smallest else FULL
    warnings.simplefilter("ignore")
    import torch

    graphics = torch.cuda.is_available()
    heading = machine(graphics)
    print(heading, flush=True)
    if not graphics:
        print("There is no graphics processor here: the processor's column only.", flush=True)
    lines = []
    for name, work, allowed in WORKS:
        lines.append(compared(name, work, allowed, amount, graphics))
        print(f"{name}: done", flush=True)
    lines += fallbacks(graphics)
    text = f"{heading}\n\n{table(lines)}\n"
    print("\n" + text, flush=True)
    if os.environ.get("OUT"):
        (Path(os.environ["OUT"]) / "gpu_check.md").write_text(text, encoding="utf-8")
    return int(any(line.failed for line in lines))


if __name__ == "__main__":
    sys.exit(main())
