"""``xanesview dataset teach``: write what a network predicts of many molecules as training data for others."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.cli.arguments import add_command
from xanesview.cli.numbers_asked import WholeIn
from xanesview.cli.telling import say, tell_damaged, tell_of_network
from xanesview.domain.counts import counted
from xanesview.errors import UsageError, XanesviewError

if TYPE_CHECKING:
    import numpy as np

    from xanesview.domain.site_spectra import StructureSpectra
    from xanesview.inference.loaded_network import Predictor


def add_teach(actions: argparse._SubParsersAction) -> None:
    """Say what may stand on the command line."""
    p = add_command(
        actions, "teach", "write a network's isotropic spectra of many molecules as one HDF5 file, for other networks"
    )
    p.add_argument("list", metavar="LIST", help="text file with a line “NAME SMILES” a molecule")
    p.add_argument("--network", required=True, metavar="NAME", help="the teacher, a tensor network of molecules")
    p.add_argument("--out", required=True, metavar="FILE.h5", help="the new data file")
    p.add_argument("--without", nargs="+", default=[], metavar="FILE.h5", help="leave these files' molecules out")
    p.add_argument(
        "--relax",
        choices=("mmff", "gfn2"),
        default="mmff",
        help="geometries; gfn2 takes ten times as long and adds the properties that follow from the electrons alone",
    )
    p.add_argument(
        "--most", type=WholeIn(0, 1e8), default=0, metavar="N",
        help="so many molecules at most (default: all)",
    )  # fmt: skip


def run_teach(arguments: argparse.Namespace) -> int:
    """Run ``dataset teach``; molecules whose constitution tests or chooses networks are always left out."""
    import numpy as np

    from xanesview.inference.predictor import load_predictor
    from xanesview.reference.engine.offsets import ENERGY_OFFSET_EV
    from xanesview.training.data.dataset_writer import PROPERTY_NAMES
    from xanesview.training.data.grid_dataset import written

    left_out: dict[str, str] = {}
    molecules = list(_molecules(Path(arguments.list).expanduser(), arguments.without, left_out))
    if left_out and not molecules:
        name, message = next(iter(left_out.items()))
        raise UsageError(f"{name}: {message}", "Write a line “NAME SMILES” for each molecule.")
    n_listed = len(molecules) + len(left_out)
    tell_of_network(arguments.network)
    teacher = load_predictor(arguments.network)
    card = teacher.card
    if card.gives != "tensor" or card.axis != "absolute" or card.element not in ENERGY_OFFSET_EV:
        raise UsageError(f"{card.name} can't teach others.", "Give a tensor network, such as c_k_edge_tensor.")
    offset = ENERGY_OFFSET_EV[card.element]
    attributes = {
        "title": f"{card.element} {card.edge}-edge spectra as {card.name} predicts them",
        "method": f"predicted by {card.name} {card.version}".rstrip(), "element": card.element, "edge": card.edge,
        "unit": card.unit, "energy_axis": card.axis, "native_broadening": card.raw.get("native_width", ""),
        "energy_offset_ev": offset, "teacher": card.name, "geometry": arguments.relax,
    }  # fmt: skip
    with written(Path(arguments.out).expanduser(), np.asarray(card.energy_ev, float), attributes) as writer:
        for count, (name, smiles) in enumerate(molecules, 1):
            if arguments.most and writer.n_structures >= arguments.most:
                break
            try:
                record, more = _taught(teacher, name, smiles, arguments.relax)
            except XanesviewError as error:
                left_out[name] = error.message
                continue
            if record.sites:
                more["site/e0_ev"] = more["site/e0_ev"] - offset
                writer.add(record, "train", more)
            if count % 500 == 0:
                say(f"{counted(count, 'molecule')} of {len(molecules):,}", flush=True)
        told = counted(writer.n_structures, "molecule")
        writer.name_columns("structure/properties", PROPERTY_NAMES)
    tell_damaged(left_out, n_listed, "left out")
    say(f"{arguments.out}: {told}")
    return 0


def _taught(teacher: Predictor, name: str, smiles: str, relax: str) -> tuple[StructureSpectra, dict[str, np.ndarray]]:
    """Return what the teacher says of one site a class of a molecule, and what else the data file keeps of it."""
    import numpy as np

    from xanesview.domain.structure import SYMBOLS, Structure
    from xanesview.reference.engine.relaxation import displaced, relaxed_from_smiles
    from xanesview.reference.making.properties import gfn2_properties
    from xanesview.training.data.dataset_writer import PROPERTY_NAMES
    from xanesview.training.data.taught import taught

    relaxed, _ = relaxed_from_smiles(smiles, name, relax)
    properties = np.full(len(PROPERTY_NAMES), np.nan)
    if relax == "gfn2":
        properties = gfn2_properties(relaxed, vibrations=False)
    geometry = displaced(relaxed, name)
    structure = Structure(geometry.numbers, geometry.positions_angstrom, name=name, smiles=smiles)
    absorbers = np.flatnonzero(geometry.numbers == SYMBOLS.index(teacher.card.element))
    _, first = np.unique(geometry.rank[absorbers], return_index=True)
    record, ip_ev = taught(teacher, structure, absorbers[np.sort(first)])
    return record, {
        "site/e0_ev": ip_ev, "structure/rank": geometry.rank, "structure/properties": properties[None],
    }  # fmt: skip


def _molecules(path: Path, without: list[str], left_out: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield names and SMILES of a list, those that train and are in none of the data files, each constitution once.

    Lines whose SMILES is none are put into ``left_out``, with what is wrong.
    """
    from xanesview.cli.molecules import listed_lines
    from xanesview.reference.making.splits import constitution_key, split_of

    known = {constitution_key(smiles) for file in without for smiles in _smiles_of(Path(file).expanduser())}
    for number, (name, smiles, *_) in listed_lines(path):
        try:
            key = constitution_key(smiles)
        except XanesviewError as error:
            left_out[f"{name} in line {number}"] = error.message  # several lines may have one name
            continue
        if key not in known and split_of(smiles) == "train":
            known.add(key)
            yield name, smiles


def _smiles_of(path: Path) -> set[str]:
    """Return the SMILES of a data file of either layout."""
    from xanesview.training.data.dataset import opened_data

    with opened_data(path) as f:
        name = "molecule/smiles" if "molecule" in f else "structure/smiles"
        return {smiles for smiles in f[name].asstr()[:] if smiles}
