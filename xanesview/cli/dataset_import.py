"""``xanesview dataset import``: site spectra that others computed become one HDF5 data file."""

from __future__ import annotations

import argparse
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from xanesview.cli.numbers_asked import asked_range_ev
from xanesview.cli.telling import MOST_NAMED, say, tell_error, tell_notice, where_all_stand
from xanesview.domain.counts import counted
from xanesview.domain.site_spectra import StructureSpectra
from xanesview.domain.structure import SYMBOLS
from xanesview.errors import UsageError, XanesviewError
from xanesview.io.imported import SpectraSource
from xanesview.io.text_file import check_is_file
from xanesview.limits import MOST_ENERGIES, check_count

FORMATS = ("isdpainn", "feff", "fdmnes", "ase")


def run_import(arguments: argparse.Namespace) -> int:
    """Run ``dataset import``; 1 where a part of the source had to be left out."""
    source = Path(arguments.source).expanduser()
    out = Path(arguments.out).expanduser()
    kind = arguments.format or _sniffed(source)
    grid = None if arguments.energy is None else parse_grid(arguments.energy)
    left_out = _LeftOut()
    try:
        read = _import_isdpainn if kind == "isdpainn" else partial(_import_listed, kind)
        counts = read(source, arguments, out, grid, left_out)
    finally:
        left_out.tell_rest()
    known = ", ".join(f"{n} {name}" for name, n in counts.items() if n)
    say(f"{out}: {counted(sum(counts.values()), 'site')} ({known}), {out.stat().st_size / 1e6:.1f} MB")
    return 1 if left_out.count else 0


def parse_grid(text: str) -> np.ndarray:
    """Return the energies of ``LOW:HIGH:COUNT``, ends included.

    Raises
    ------
    UsageError
        If it can't be understood.
    """
    hint = "Give LOW:HIGH:COUNT in eV, such as 288:310:256."
    ends, _, count = text.rpartition(":")
    n = int(count) if re.fullmatch(r"[0-9]{1,18}", count) else 0
    if n < 2:
        raise UsageError(f"“{text}” is no range of energies.", hint)
    check_count(n, MOST_ENERGIES, "energies", "Give LOW:HIGH:COUNT with fewer points.", UsageError)
    return np.linspace(*asked_range_ev(ends, ":", hint), n)


def split_of_record(record: StructureSpectra) -> str:
    """Return train, val, test or hidden: by constitution where there is a SMILES, else by parent or formula."""
    from xanesview.reference.making.splits import split_of

    if record.structure.smiles:
        try:
            return split_of(record.structure.smiles)
        except XanesviewError:  # QM9 has a few that RDKit refuses; they go by their name
            pass
    key = record.parent or record.structure.formula
    bucket = int(hashlib.sha256(("xanesview" + key).encode()).hexdigest()[:8], 16) % 10
    return "val" if bucket == 0 else "test" if bucket == 1 else "train"


class _LeftOut:
    """Tells the first parts that could not be read; how many more there are, and where all stand, in the end."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    @property
    def count(self) -> int:
        """How many were left out."""
        return len(self._lines)

    def __call__(self, error: XanesviewError, about: str) -> None:
        self._lines.append(f"{about}: {error.message} {error.hint}".strip())
        if self.count <= MOST_NAMED:
            tell_error(error, about)

    def tell_rest(self) -> None:
        """Tell how many were left out if not all were told."""
        if self.count > MOST_NAMED:
            where = where_all_stand(self._lines)
            tell_notice(f"{self.count:,} parts were left out; the first {MOST_NAMED} are told above{where}.")


def _sniffed(source: Path) -> str:
    """Return the format of a file or folder."""
    if source.is_file():
        by_suffix = {".h5": "isdpainn", ".hdf5": "isdpainn", ".db": "ase", ".json": "ase"}
        if source.suffix.lower() in by_suffix:
            return by_suffix[source.suffix.lower()]
        raise UsageError(f"The format of {source.name} is not known.", f"Choose with --format: {', '.join(FORMATS)}.")
    if source.exists() and not source.is_dir():
        check_is_file(source)
    if not source.is_dir():
        raise UsageError(f"There is no file or folder {source}.", "Give an HDF5 file, a database or a folder.")
    if next(source.rglob("feff.inp"), None):
        return "feff"
    from xanesview.io.imported.fdmnes import holds_fdmnes

    if not holds_fdmnes(source):
        raise XanesviewError(
            f"{source} holds no calculation that can be imported.",
            "Give a folder of FEFF calculations (feff.inp, xmu.dat) or of FDMNES ones (input and _conv.txt).",
        )
    return "fdmnes"


def _attributes(facts: SpectraSource, edge: str, source: Path) -> dict[str, str]:
    element, shell = edge.split()
    return {
        "title": facts.title, "method": facts.method, "unit": facts.unit, "energy_axis": facts.energy_axis,
        "native_broadening": facts.native_broadening, "element": element, "edge": shell, "source": source.name,
    }  # fmt: skip


def _import_isdpainn(
    source: Path, arguments: argparse.Namespace, out: Path, grid: np.ndarray | None, left_out: _LeftOut
) -> Counter[str]:
    """Write the molecules one by one, zero outside what was computed, as the authors take them."""
    from xanesview.io.imported import isdpainn
    from xanesview.training.data.grid_dataset import written

    if arguments.structures is None:
        raise UsageError("The geometries are in another file.", "Give QM9's folder or gdb9.sdf with --structures.")
    if arguments.edge not in (None, "C K"):
        raise UsageError(f"These are C K spectra, not {arguments.edge}.", "Leave --edge out.")
    energy = isdpainn.DEFAULT_GRID_EV if grid is None else grid
    short = 0
    with written(out, energy, _attributes(isdpainn.SOURCE, "C K", source), outside=0.0) as writer:
        for record in isdpainn.read_isdpainn(source, Path(arguments.structures).expanduser(), left_out):
            writer.add(record, split_of_record(record))
            short += sum(site.energy_ev[-1] < energy[-1] for site in record.sites)
    if short:
        sites = counted(short, "site was", "sites were")
        tell_notice(f"{sites} computed to less than {energy[-1]:g} eV, and 0 is taken beyond.")
    return writer.kinds


def _import_listed(
    kind: str, source: Path, arguments: argparse.Namespace, out: Path, grid: np.ndarray | None, left_out: _LeftOut
) -> Counter[str]:
    """Write what a folder or database holds of one edge; without a given grid, on the one that all cover."""
    from xanesview.training.data.grid_dataset import common_grid, written

    facts, records = _opened(kind, source, left_out)
    found = list(records)
    edges = Counter(edge for edge, _ in found)
    if not edges:
        raise XanesviewError(f"No spectrum of {source} could be read.", "See above why.")
    edge = arguments.edge or next(iter(edges))
    told = ", ".join(f"{name} ({count})" for name, count in edges.items())
    if edge not in edges or (arguments.edge is None and len(edges) > 1):
        raise UsageError(f"{source.name} holds spectra of {told}.", "Choose one with --edge, such as --edge “Fe K”.")
    chosen = [record for name, record in found if name == edge]
    energy = common_grid([site for record in chosen for site in record.sites]) if grid is None else grid
    tells_e0 = any(np.isfinite(site.e0_ev) for record in chosen for site in record.sites)
    with written(out, energy, _attributes(facts, edge, source)) as writer:
        for record in chosen:
            e0_ev = {"site/e0_ev": np.array([site.e0_ev for site in record.sites])} if tells_e0 else {}
            try:
                writer.add(record, split_of_record(record), e0_ev)
            except XanesviewError as error:
                left_out(error, record.structure.name)
    return writer.kinds


def _opened(
    kind: str, source: Path, left_out: _LeftOut
) -> tuple[SpectraSource, Iterator[tuple[str, StructureSpectra]]]:
    if kind == "feff":
        from xanesview.io.imported import feff

        return feff.SOURCE, feff.read_feff(source, left_out)
    if kind == "fdmnes":
        from xanesview.io.imported import fdmnes

        return fdmnes.SOURCE, fdmnes.read_fdmnes(source, left_out)
    from xanesview.io.imported import ase_database

    return ase_database.SOURCE, ase_database.read_ase_database(source, left_out)


def described_grid(f) -> Iterator[str]:
    """Yield lines on what is known of the sites of a file of spectra on a grid, and on the grid."""
    energy = f["energy_ev"][:]
    yield f"grid: {len(energy)} energies from {energy[0]:g} to {energy[-1]:g} eV"
    owner, atom = f["site/structure"][:], f["site/atom"][:]
    absorbing = Counter(SYMBOLS[z] for z in f["structure/z"][:][f["structure/atom_ptr"][:][owner] + atom])
    yield "absorbers: " + ", ".join(f"{count} {symbol}" for symbol, count in absorbing.items())
    told = {
        "tensor": "as tensors (every polarisation known)",
        "diagonal": "x, y and z only (diagonal of the tensor; kept as directional spectra)",
        "directional": "some directions only (kept as directional spectra)",
        "isotropic": "the average over all directions only",
    }
    kinds = Counter(f["site/kind"].asstr()[:]) if "site/kind" in f else Counter(tensor=len(owner))
    for kind, count in kinds.items():
        yield f"{counted(count, 'site')}: {told.get(kind, kind)}"
