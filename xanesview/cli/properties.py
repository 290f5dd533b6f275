"""``xanesview properties``: what a C K-edge spectrum, measured or predicted, tells of its molecule."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.cli.molecules import add_relaxation
from xanesview.cli.numbers_asked import WholeIn
from xanesview.cli.size_told import tell_of_size
from xanesview.cli.telling import say_lines, tell_notice, tell_of_network
from xanesview.errors import UsageError, XanesviewError
from xanesview.io.atomic import no_folder, write_text
from xanesview.io.json_text import json_text
from xanesview.io.text_file import check_is_file
from xanesview.limits import MOST_ATOMS, check_count

if TYPE_CHECKING:
    import numpy as np

    from xanesview.domain.spectrum import Spectrum
    from xanesview.domain.structure import Structure
    from xanesview.inference.property_reader import PropertyReading

#: How a file of spectra is read: summed over its sites, averaged over directions.
_ISOTROPIC_SUM = {
    "sites": "sum", "powder": True, "experiment": None, "polarisation": None, "theta": None, "phi": None,
    "degree": None, "axis": None, "fwhm": None, "drawn_as": "computed",
}  # fmt: skip
_LONGEST_FORMULA = 100


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    p.add_argument("file", nargs="?", metavar="SPECTRUM|STRUCTURE", help="columns, a prediction, or a structure")
    p.add_argument(
        "--smiles", metavar="SMILES",
        help="a molecule (SMILES or name) to predict; beside a spectrum, the one it is of",
    )  # fmt: skip
    add_relaxation(p)
    p.add_argument("--composition", metavar="FORMULA", help="the composition where it is known, such as C6H5Cl")
    p.add_argument("--without-composition", action="store_true", help="read the spectrum alone")
    p.add_argument(
        "--site", type=WholeIn(0, MOST_ATOMS - 1), metavar="ATOM", help="one site of a structure, by its index"
    )
    p.add_argument("--of-site", action="store_true", help="the spectrum file is that of one site")
    p.add_argument("--network", metavar="NAME|PATH", help="network that predicts a structure's spectrum")
    p.add_argument("--reader", metavar="NAME|PATH", help="network that reads (default: c_k_edge_properties)")
    p.add_argument("--json", metavar="OUT.json", help="write the values to a file as well")


def run_properties(arguments: argparse.Namespace) -> int:
    """Read one spectrum and print the table."""
    if arguments.composition and arguments.without_composition:
        raise UsageError("--composition and --without-composition exclude each other.", "Give one of them.")
    spectrum, numbers, title, doubts = _question(arguments)
    if arguments.composition:
        numbers = atoms_of(arguments.composition)
    if arguments.without_composition:
        numbers = None
    from xanesview.inference.property_reader import DEFAULT_READER, load_property_reader

    tell_of_network(arguments.reader or DEFAULT_READER)
    reader = load_property_reader(arguments.reader or DEFAULT_READER)
    reading = reader.read(spectrum, "site" if arguments.site is not None or arguments.of_site else "molecule", numbers)
    if arguments.json:
        _write(Path(arguments.json).expanduser(), reading, title)
    say_lines(table(reading, title))
    if reading.extra_fwhm_ev:
        tell_notice(f"The spectrum was broadened by {reading.extra_fwhm_ev:g} eV to resemble those of the training.")
    if spectrum.kind == "measured":
        tell_notice("The networks learnt isotropic spectra; one of an oriented sample would mislead them.")
    if doubts or not reading.inside:
        tell_notice(f"Outside the training domain: {'; '.join((*doubts, *reading.reasons))}.")
    return 0


def _question(arguments: argparse.Namespace) -> tuple[Spectrum, np.ndarray | None, str, tuple[str, ...]]:
    """Return the spectrum, the atomic numbers where they are known, a title, and why to mistrust the spectrum."""
    from xanesview.cli.file_curves import curves_of
    from xanesview.cli.molecules import built, read
    from xanesview.io.recognition import kind_of_file
    from xanesview.io.structures.registry import structure_from_smiles
    from xanesview.reference.library.names import smiles_to_build

    given = Path(arguments.file) if arguments.file else None
    if given is None and arguments.smiles is None:
        raise UsageError("Nothing to read was given.", "Name a spectrum or a structure file, or give --smiles SMILES.")
    if given is not None:
        check_is_file(given)
        if kind_of_file(given) != "structure":
            if arguments.site is not None:
                raise UsageError("--site chooses an atom of a structure.", "Of a spectrum file say --of-site.")
            spectrum = curves_of(given, argparse.Namespace(**_ISOTROPIC_SUM))[0]
            known = None
            if arguments.smiles is not None:
                known = structure_from_smiles(smiles_to_build(arguments.smiles), force_field=False).numbers
            return spectrum, known, f"{given.name}, {spectrum.kind}", ()
        if arguments.smiles is not None:
            raise UsageError("A structure file and --smiles are two molecules.", "Give one of them.")
    structure = built(arguments.smiles, arguments) if given is None else read(given, arguments)
    numbers = None if structure.is_periodic else structure.numbers
    spectrum, title, doubts = _predicted(structure, arguments)
    return spectrum, numbers, title, doubts


def _predicted(structure: Structure, arguments: argparse.Namespace) -> tuple[Spectrum, str, tuple[str, ...]]:
    """Return the isotropic spectrum of one site, or the mean over all atoms of the network's element."""
    from xanesview.domain.spectrum import Spectrum
    from xanesview.inference import predictor as inference
    from xanesview.inference.property_reader import outside_reasons

    tell_of_network(arguments.network)
    predictor = inference.load_predictor(arguments.network or inference.DEFAULT_NETWORK)
    if predictor.card.element != "C":
        raise XanesviewError(
            f"Properties are read from C K-edge spectra; {predictor.card.name} predicts {predictor.card.label}.",
            "Choose a network for the C K-edge.",
        )
    sites = inference.default_sites(structure, predictor.card) if arguments.site is None else [arguments.site]
    tell_of_size(structure, sites, predictor.card)
    prediction = predictor.predict(structure, sites)
    tensor = prediction.tensor
    if tensor.axis == "relative" and len(sites) > 1:
        tensor = tensor.on_axis("absolute")  # sites are summed where they lie
    mean = f"mean of all {len(sites)} C" if len(sites) > 1 else "its one C"
    what = f"atom {arguments.site}" if arguments.site is not None else mean
    for notice in (*structure.notices, *prediction.notices):
        tell_notice(notice.message, notice.hint)
    title = f"{structure.name or structure.formula}: {structure.formula}, {what}, predicted by {prediction.network}"
    curve = tensor.isotropic().mean(axis=0)
    spectrum = Spectrum(tensor.energy_ev, curve, tensor.unit, title, "predicted", tensor.native_fwhm_ev)
    return spectrum, title, outside_reasons(prediction.verdicts, [int(i) for i in sites])


def atoms_of(formula: str) -> np.ndarray:
    """Return the atomic numbers (N,) of a formula such as C6H5Cl.

    Raises
    ------
    UsageError
        for text that is no formula.
    """
    import numpy as np
    from ase.data import atomic_numbers
    from ase.formula import Formula

    try:
        if len(formula) > _LONGEST_FORMULA:
            raise ValueError("too long")
        counts = Formula(formula.strip()).count()
        check_count(sum(counts.values()), MOST_ATOMS, "atoms", "Write the formula of one molecule.", UsageError)
        numbers = [atomic_numbers[symbol] for symbol, n in counts.items() for _ in range(n)]
    except (ValueError, KeyError, RecursionError) as error:
        raise UsageError(f"“{formula[:_LONGEST_FORMULA]}” is no formula.", "Write it as C6H5Cl.") from error
    if not numbers:
        raise UsageError("The formula is empty.", "Write it as C6H5Cl.")
    return np.array(numbers)


def table(reading: PropertyReading, title: str) -> str:
    """Return the reading as text for a terminal."""
    known = "composition known" if reading.variant.endswith("+composition") else "composition not read"
    lines = [f"{title}; threshold {reading.threshold_ev:.2f} eV; {known}; errors from {reading.tested_on}"]
    lines.append(f"  {'property':26s}{'value':>12s}   {'error':>10s} {'unit':8s}{'R²':>6s}")
    for value in reading.values:
        number, error = value.texts
        r2 = f"{value.r2:.2f}".replace("-", "−")
        left = f"  {value.title:26s}{number:>12s} ± {error:>10s} {value.unit:8s}{r2:>6s}"
        lines.append(left + ("" if value.usable else "  not to be used"))
    return "\n".join(lines)


def _write(path: Path, reading: PropertyReading, title: str) -> None:
    if not path.parent.is_dir():
        raise no_folder(path)
    values = [asdict(value) | {"usable": value.usable} for value in reading.values]
    facts = asdict(reading) | {"values": values, "inside": reading.inside, "title": title}
    write_text(path, json_text(facts, indent=2) + "\n")
