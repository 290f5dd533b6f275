"""``xanesview dataset``: make an HDF5 data file of computed spectra, and tell what one holds."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.cli.arguments import add_actions, add_command
from xanesview.cli.telling import tell_error, tell_notice
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
    build.add_argument("--edge", choices=("C", "N", "O", "F"), default="C", help="element of the K edge (default C)")
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
    info = add_command(actions, "info", "tell what a data file holds")
    info.add_argument("file_name", metavar="FILE.h5")


def run_dataset(arguments: argparse.Namespace) -> int:
    """Run ``dataset build``, ``dataset import`` or ``dataset info``."""
    from xanesview.cli.dataset_import import run_import

    return {"build": _build, "import": run_import, "info": _info}[arguments.action](arguments)


def _build(arguments: argparse.Namespace) -> int:
    from xanesview.domain.sticks import NATIVE_WIDTHS
    from xanesview.reference.engine.offsets import ENERGY_OFFSET_EV
    from xanesview.training.data.dataset_writer import write_block

    records = []
    names: set[str] = set()
    for path in _results(arguments.folder, arguments.edge):
        try:
            record = _record(path, arguments.properties)
        except XanesviewError as error:
            tell_error(error, path.name)
            continue
        if record is None:
            tell_notice(f"{path.name} is kept for acceptance and left out.")
        elif record.name in names:
            tell_notice(f"{record.name} is there twice; the second is left out.")
        else:
            names.add(record.name)
            records.append(record)
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
    print(f"{arguments.out}: {len(records)} molecules, {sites} sites, {share}")
    return 0


def _diffuse_sets(records: list) -> str:
    """Say with which diffuse functions the molecules were computed, and how many with each where they differ."""
    from xanesview.reference.engine.diffuse_set import FORMER_DIFFUSE_SET

    counts = Counter(record.diffuse or FORMER_DIFFUSE_SET for record in records)
    if len(counts) == 1:
        return next(iter(counts))
    return "; ".join(f"{count} molecules: {name}" for name, count in counts.most_common())


def _results(folders: list[str], edge: str) -> Iterator[Path]:
    """Yield the result files of an edge, sorted by name, folder after folder."""
    for name in folders:
        folder = Path(name).expanduser()
        if not folder.is_dir():
            raise UsageError(f"There is no folder {name}.", "Give folders that “xanesview compute” wrote.")
        yield from sorted(folder.glob(f"{edge}_*.npz"))


def _record(path: Path, properties: str | None):
    """Return one molecule; None when its constitution is kept for acceptance."""
    import numpy as np

    from xanesview.reference.making.splits import HIDDEN, split_of
    from xanesview.training.data.dataset_writer import read_site_spectra

    record = read_site_spectra(path, "", _properties(path, properties))
    with np.load(path, allow_pickle=False) as stored:
        split = str(stored["split"]) if "split" in stored.files else ""
    split = split or split_of(record.smiles)
    if split == HIDDEN:
        return None
    import dataclasses

    return dataclasses.replace(record, split=split)


def _properties(path: Path, folder: str | None) -> np.ndarray | None:
    """Return the molecule's properties (12,): its own, or from a folder of files named after molecules; else None."""
    import numpy as np

    with np.load(path, allow_pickle=False) as stored:
        if "properties" in stored.files:
            return stored["properties"]
    if folder is None:
        return None
    found = Path(folder).expanduser() / f"{path.stem.split('_', 1)[1]}.npz"
    if not found.is_file():
        return None
    with np.load(found, allow_pickle=False) as stored:
        return stored["p"]


def _info(arguments: argparse.Namespace) -> int:
    import h5py

    path = Path(arguments.file_name).expanduser()
    if not path.is_file():
        raise XanesviewError(f"There is no file {path}.", "Give an HDF5 data file.")
    try:
        with h5py.File(path, "r", locking=False) as f:
            for key, value in sorted(f.attrs.items()):
                print(f"{key}: {value}")
            _describe(f)
    except BrokenPipeError:  # the reader of our output has seen enough; the file is as good as it was
        raise
    except (OSError, KeyError) as error:
        raise XanesviewError(f"{path.name} is not a data file ({error}).", "Give an HDF5 data file.") from error
    return 0


def _describe(f) -> None:
    """Print molecules and sites by split, elements, and displaced geometries."""
    import numpy as np

    from xanesview.cli.dataset_import import describe_grid

    group = "molecule" if "molecule" in f else "structure"
    splits = f[f"{group}/split"].asstr()[:]
    owner = f[f"site/{group}"][:]
    sites = Counter(splits[owner])
    for split, count in sorted(Counter(splits).items()):
        print(f"{split}: {count} {group}s, {sites[split]} sites")
    from xanesview.domain.structure import SYMBOLS

    elements = ", ".join(SYMBOLS[z] for z in np.unique(f[f"{group}/z"][:]))
    print(f"elements: {elements}")
    if f"{group}/sigma_angstrom" in f:
        print(f"displaced geometries: {int((f[f'{group}/sigma_angstrom'][:] > 0).sum())}")
    if "stick/energy_ev" in f:
        print(f"sticks: {len(f['stick/energy_ev'])}")
    else:
        describe_grid(f)
