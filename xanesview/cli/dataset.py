"""``xanesview dataset``: make an HDF5 data file of computed spectra, and tell what one holds."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.cli.arguments import add_actions, add_command
from xanesview.cli.dataset_teach import add_teach, run_teach
from xanesview.cli.telling import say, tell_damaged, tell_notice
from xanesview.domain.counts import counted
from xanesview.errors import UsageError, XanesviewError

if TYPE_CHECKING:
    import numpy as np

METHOD = (
    "TP-DFT, half core hole, restricted PBE; absorber uncontracted def2-TZVP (s,p,d), other heavy atoms "
    "ccECP/cc-pVDZ, H def2-SVP; density-fitted Coulomb; double-basis diffuse augmentation on the absorber"
)


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    actions = add_actions(p)
    build = add_command(actions, "build", "write the results in folders as one HDF5 file, which is never rewritten")
    build.add_argument("folder", nargs="+", metavar="FOLDER", help="folders that “xanesview compute” wrote")
    build.add_argument("--out", required=True, metavar="FILE.h5", help="the new data file")
    build.add_argument(
        "--edge", default="C", metavar="EDGE",
        help="C, N, O or F: results of the engine for molecules (default C); “Ti K” and the like: of FEFF10",
    )  # fmt: skip
    build.add_argument(
        "--energy", metavar="LOW:HIGH:COUNT", help="grid of FEFF10's spectra, eV from E0 (default: all, by 0.5 eV)"
    )
    build.add_argument("--properties", metavar="FOLDER", help="folder of NAME.npz files with 12 properties “p” each")
    taken = add_command(
        actions, "import", "write site spectra that others computed as one HDF5 file, on one energy grid"
    )
    taken.add_argument(
        "source",
        metavar="SOURCE",
        help="site_spectra_0.5eV.hdf5 of the ISD-PaiNN authors; a folder of FEFF calculations (feff.inp and xmu.dat in "
        "each) or of FDMNES calculations (input and _conv.txt); an ASE database whose rows hold data energy_ev, "
        "spectra, absorber (or sites) and, where polarised, directions",
    )
    taken.add_argument("--out", required=True, metavar="FILE.h5", help="the new data file")
    taken.add_argument("--format", choices=("isdpainn", "feff", "fdmnes", "ase"), help="what SOURCE is (default: look)")
    taken.add_argument("--structures", metavar="PATH", help="isdpainn: folder of QM9's .xyz or .sdf files, or gdb9.sdf")
    taken.add_argument("--edge", metavar="EDGE", help="which spectra, such as “Fe K”, if SOURCE holds several edges")
    taken.add_argument(
        "--energy",
        metavar="LOW:HIGH:COUNT",
        help="grid in eV (default: isdpainn 288:310:256; others the range that all spectra cover)",
    )
    add_teach(actions)
    info = add_command(actions, "info", "tell what a data file holds")
    info.add_argument("file_name", metavar="FILE.h5")


def run_dataset(arguments: argparse.Namespace) -> int:
    """Run the action asked for."""
    from xanesview.cli.dataset_import import run_import

    return {"build": _build, "import": run_import, "teach": run_teach, "info": _info}[arguments.action](arguments)


def _build(arguments: argparse.Namespace) -> int:
    from xanesview.cli.dataset_feff import run_build_feff
    from xanesview.reference.engine.limits import EDGES

    if arguments.edge not in EDGES:
        element = _element_of_molecules(arguments)
        if element is None:
            return run_build_feff(arguments)
        arguments.edge = element
    from xanesview.domain.sticks import NATIVE_WIDTHS
    from xanesview.reference.engine.offsets import ENERGY_OFFSET_EV
    from xanesview.training.data.dataset_writer import write_block

    records = []
    by_name: dict[str, list] = {}
    left_out: dict[str, str] = {}
    paths = list(_results(arguments.folder, arguments.edge))
    if not paths:
        raise UsageError(
            f"There is no result of the {arguments.edge} K-edge ({arguments.edge}_NAME.npz) in {arguments.folder[0]}.",
            "Give folders that “xanesview compute” wrote, and the edge with --edge.",
        )
    for path in paths:
        try:
            record = _record(path, arguments.properties)
        except XanesviewError as error:
            left_out[path.name] = error.message
            continue
        if record is None:
            tell_notice(f"{path.name} is kept for acceptance and left out.")
        elif any(_alike(record, one) for one in by_name.get(record.name, ())):
            tell_notice(f"{record.name} is there twice; the second is left out.")
        else:
            by_name.setdefault(record.name, []).append(record)
            records.append(record)
    records = _named_apart(records)
    tell_damaged(left_out, len(paths), "left out")
    attributes = {
        "title": f"{arguments.edge} K-edge transition-potential DFT sticks of molecules",
        "element": arguments.edge,
        "edge": "K",
        "energy_offset_ev": ENERGY_OFFSET_EV[arguments.edge],
        "method": METHOD,
        "diffuse_set": _diffuse_sets(records),
        "native_broadening": str(NATIVE_WIDTHS),
        "stick_window_ev": 40.0,
    }
    write_block(Path(arguments.out).expanduser(), records, attributes)
    size = Path(arguments.out).expanduser().stat().st_size
    sites = sum(len(r.sites) for r in records)
    share = f"{size / 1e6:.1f} MB, {size / sites / 1e3:.1f} kB a site"
    say(f"{arguments.out}: {counted(len(records), 'molecule')}, {counted(sites, 'site')}, {share}")
    return 0


def _alike(one, other) -> bool:
    """Tell whether two results are of the same geometry of the same molecule."""
    import numpy as np

    same = one.smiles == other.smiles and np.array_equal(one.numbers, other.numbers)
    return same and bool(np.allclose(one.positions_angstrom, other.positions_angstrom, rtol=0.0, atol=1e-3))


def _named_apart(records: list) -> list:
    """Return records of which no two have the same name; those of other molecules get another, which is told."""
    from dataclasses import replace

    from xanesview.reference.making.naming import unique_names

    names = unique_names([record.name for record in records])
    for record, name in zip(records, names):
        if name != record.name:
            tell_notice(f"{record.name} names several molecules, or geometries; a later one is called {name}.")
    return [replace(record, name=name) for record, name in zip(records, names)]


def _diffuse_sets(records: list) -> str:
    """Say with which diffuse functions the molecules were computed, and how many with each where they differ."""
    from xanesview.reference.engine.diffuse_set import FORMER_DIFFUSE_SET

    counts = Counter(record.diffuse or FORMER_DIFFUSE_SET for record in records)
    if len(counts) == 1:
        return next(iter(counts))
    return "; ".join(f"{counted(count, 'molecule')}: {name}" for name, count in counts.most_common())


def _element_of_molecules(arguments: argparse.Namespace) -> str | None:
    """Return the element of an edge named as FEFF10's are, “C K”, if the engine for molecules has computed it.

    Results of FEFF10, where there are any, are meant first.
    """
    from xanesview.reference.engine.limits import EDGES
    from xanesview.reference.making.site_results import result_names

    element, _, shell = arguments.edge.replace("-", " ").partition(" ")
    folders = [Path(name).expanduser() for name in arguments.folder]
    if element not in EDGES or shell.strip() != "K":
        return None

    def there(pattern: str) -> bool:
        return any(any(folder.glob(pattern)) for folder in folders)

    return element if there(f"{element}_*.npz") and not there(result_names(element, "K")) else None


def _results(folders: list[str], edge: str) -> Iterator[Path]:
    """Yield the result files of an edge, sorted by name, folder after folder."""
    for name in folders:
        folder = Path(name).expanduser()
        if not folder.is_dir():
            raise UsageError(f"There is no folder {name}.", "Give folders that “xanesview compute” wrote.")
        found = sorted(folder.glob(f"{edge}_*.npz"))
        taken = set(found)
        n_others = sum(1 for one in folder.iterdir() if one.is_file() and one not in taken)
        if found and n_others:
            tell_notice(f"{counted(n_others, 'file')} of {name} not called {edge}_NAME.npz: passed over.")
        yield from found


def _record(path: Path, properties: str | None):
    """Return one molecule; None when its constitution is kept for acceptance."""
    import dataclasses

    from xanesview.reference.making.splits import HIDDEN, split_of
    from xanesview.training.data.dataset_writer import read_site_spectra

    record = read_site_spectra(path)
    split = record.split or split_of(record.smiles)
    if split == HIDDEN:
        return None
    if properties is not None and not record.has_properties:
        record = dataclasses.replace(record, properties=_properties(path, Path(properties).expanduser()))
    return dataclasses.replace(record, split=split)


def _properties(path: Path, folder: Path) -> np.ndarray:
    """Return a molecule's properties (12,) from a folder of files named after molecules; NaN where there are none."""
    import numpy as np

    from xanesview.io.npz import read_npz
    from xanesview.training.data.dataset_writer import PROPERTY_NAMES

    unknown = np.full(len(PROPERTY_NAMES), np.nan)
    found = folder / f"{path.stem.split('_', 1)[1]}.npz"
    try:
        values = read_npz(found).get("p", unknown)
    except FileNotFoundError:
        return unknown
    except XanesviewError as error:
        tell_notice(f"{error.message} {path.name} is taken without properties.")
        return unknown
    if values.shape != unknown.shape:
        tell_notice(f"{found.name} holds no {len(unknown)} properties; {path.name} is taken without.")
        return unknown
    return values


def _info(arguments: argparse.Namespace) -> int:
    from xanesview.io.hdf5 import opened_h5
    from xanesview.io.text_file import check_is_file
    from xanesview.limits import LARGEST_TRAINING_TABLE
    from xanesview.training.data.dataset import check_opened

    path = Path(arguments.file_name).expanduser()
    check_is_file(path)
    with opened_h5(path, "is not a data file", "Give an HDF5 data file.", LARGEST_TRAINING_TABLE) as f:
        check_opened(f, path)
        lines = [*(f"{key}: {value}" for key, value in sorted(f.attrs.items())), *_described(f)]
    for line in lines:
        say(line)
    return 0


def _described(f) -> Iterator[str]:
    """Yield molecules and sites by split, elements, and displaced geometries."""
    import numpy as np

    from xanesview.cli.dataset_import import described_grid

    group = "molecule" if "molecule" in f else "structure"
    splits = f[f"{group}/split"].asstr()[:]
    owner = f[f"site/{group}"][:]
    sites = Counter(splits[owner])
    for split, count in sorted(Counter(splits).items()):
        yield f"{split}: {counted(count, group)}, {counted(sites[split], 'site')}"
    from xanesview.domain.structure import SYMBOLS

    elements = ", ".join(SYMBOLS[z] for z in np.unique(f[f"{group}/z"][:]))
    yield f"elements: {elements}"
    if f"{group}/sigma_angstrom" in f:
        yield f"displaced geometries: {int((f[f'{group}/sigma_angstrom'][:] > 0).sum())}"
    if "stick/energy_ev" in f:
        yield f"sticks: {len(f['stick/energy_ev'])}"
    else:
        yield from described_grid(f)
