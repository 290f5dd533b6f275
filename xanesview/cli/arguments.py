"""What may stand on the command line. Nothing heavy is imported here: ``xanesview --help`` answers at once."""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Sequence
from typing import NoReturn

from xanesview.errors import UsageError
from xanesview.networks.kinds import imported_kinds, trained_kinds
from xanesview.version import __version__

COMMANDS = ("gui", "predict", "plot", "evaluate", "compare-networks", "train", "ablate", "info", "networks",
            "import-checkpoint", "compute", "dataset", "reference", "properties")
_VALUE_MAY_BE_NEGATIVE = (
    "--polarisation", "--polarization", "--theta", "--phi", "--normal", "--shift", "--range",
)


class Parser(argparse.ArgumentParser):
    """A parser whose errors are ours: one sentence and a hint, raised as UsageError."""

    def error(self, message: str) -> NoReturn:
        sentence = message[:1].upper() + message[1:].rstrip(".") + "."
        raise UsageError(sentence, f"“{self.prog} --help” shows what can be given.")


def parsed(argv: Sequence[str]) -> argparse.Namespace:
    """Return the options of one command line; ``.command`` names the subcommand.

    Raises
    ------
    UsageError
        If it can't be understood.
    """
    arguments, rest = build_parser().parse_known_args(prepared(argv))
    # argparse takes file names in one run only; names after an option come back as leftovers
    if rest and isinstance(getattr(arguments, "file", None), list) and not any(word.startswith("-") for word in rest):
        arguments.file += rest
        rest = []
    if rest:
        unknown = next((word for word in rest if word.startswith("-")), rest[0])
        raise UsageError(
            f"“{unknown}” is not understood.", f"“xanesview {arguments.command} --help” shows what can be given."
        )
    return arguments


def build_parser() -> Parser:
    """Return the parser of all subcommands."""
    parser = Parser(
        prog="xanesview",
        description="Draw a molecule or a surface, turn the polarisation, watch its X-ray absorption spectrum.",
        epilog="“xanesview [FILE]” opens the window. “xanesview COMMAND --help” explains a command.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"xanesview {__version__}")
    parser.add_argument("--debug", action="store_true", help="show the full trace of an unexpected error")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser, required=True)
    _add_gui(commands)
    _add_predict(commands)
    _add_plot(commands)
    _add_evaluate(commands)
    _add_train(commands)
    _add_info(commands)
    _command(commands, "networks", "list the networks that are there, broken ones with what is wrong")
    _add_import_checkpoint(commands)
    _add_properties(commands)
    _add_compute(commands)
    _add_dataset(commands)
    _add_reference(commands)
    return parser


def prepared(argv: Sequence[str]) -> list[str]:
    """Return the arguments as argparse can take them.

    ``--debug`` may stand anywhere; a value that begins with a minus sign is tied to its option, since argparse takes
    ``-1,0,0`` for an option; without a subcommand the window is meant.

    Raises
    ------
    UsageError
        For a first word that looks like a misspelt subcommand.
    """
    # after a lone "--" everything is a file name
    end = list(argv).index("--") if "--" in argv else len(argv)
    words, names = list(argv[:end]), list(argv[end:])
    debug = "--debug" in words
    words = [word for word in words if word != "--debug"]
    tied: list[str] = []
    for word in words:
        minus = word.replace("−", "-")  # a minus sign pasted from a paper
        if tied and tied[-1] in _VALUE_MAY_BE_NEGATIVE and re.match(r"-[\d.xyz]", minus):
            tied[-1] = f"{tied[-1]}={minus}"
        else:
            tied.append(word)
    if not _names_command(tied):
        tied.insert(0, "gui")
    return (["--debug"] if debug else []) + tied + names


def _names_command(words: Sequence[str]) -> bool:
    """Tell whether the first word is a subcommand (or asks for help or the version)."""
    if not words:
        return False
    first = words[0]
    if first in COMMANDS or first in ("-h", "--help", "--version"):
        return True
    if re.fullmatch(r"[a-z]+", first) and len(words) > 1:
        near = difflib.get_close_matches(first, COMMANDS, n=1, cutoff=0.75)
        from pathlib import Path

        if near and not Path(first).exists():
            raise UsageError(f"There is no command “{first}”.", f"Did you mean “xanesview {near[0]}”?")
    return False


def _command(commands: argparse._SubParsersAction, name: str, line: str) -> argparse.ArgumentParser:
    return commands.add_parser(name, help=line, description=line[:1].upper() + line[1:] + ".", allow_abbrev=False)


def _add_gui(commands: argparse._SubParsersAction) -> None:
    p = _command(commands, "gui", "open the window (also without this word)")
    p.add_argument("file", nargs="*", metavar="FILE", help="structure (and spectrum) files to open")
    p.add_argument("--smiles", metavar="SMILES", help="open a molecule built from its SMILES")
    p.add_argument("--example", metavar="NAME", help="open a bundled example, for instance benzene")
    p.add_argument("--network", metavar="NAME|PATH", help="network to predict with")
    p.add_argument("--theme", choices=("light", "dark", "system"), help="colours of the window")
    p.add_argument("--size", metavar="WxH", help="size of the window, for instance 1400x860")
    p.add_argument("--fresh", action="store_true", help="neither read nor write settings")
    p.add_argument(
        "--screenshot", metavar="PNG", help="write a picture of the window with its first spectrum, then end"
    )


def _add_polarisation(p: argparse.ArgumentParser) -> None:
    p.add_argument(
        "--polarisation", "--polarization", metavar="X,Y,Z", help="direction of the field, e.g. 0,0,1 or -1,0,0"
    )
    p.add_argument("--theta", metavar="T", help="angle of the field from the surface normal (else z), degrees")
    p.add_argument("--phi", metavar="P", help="angle of the field from x, degrees (0 if left out)")
    p.add_argument("--powder", action="store_true", help="mean over all directions (the default)")
    p.add_argument(
        "--experiment", metavar="KIND",
        help="linear (the default with a direction), partial, unpolarised (the direction is the beam's) or powder",
    )
    p.add_argument("--degree", metavar="P", help="degree of linear polarisation, 0 to 1, of --experiment partial")


def _add_axis(p: argparse.ArgumentParser) -> None:
    p.add_argument(
        "--axis", choices=("absolute", "relative"),
        help="energies as they are, or from E0 of each site (default: as the network gives them)",
    )


def _add_predict(commands: argparse._SubParsersAction) -> None:
    p = _command(commands, "predict", "predict spectra and write them as CSV or HDF5")
    p.add_argument("file", nargs="*", metavar="FILE", help="structure files (XYZ, extXYZ, CIF, POSCAR, PDB, MOL, SDF)")
    p.add_argument(
        "--smiles", nargs="?", action="append", metavar="SMILES",
        help="a molecule by its SMILES; without a value the FILEs themselves are SMILES",
    )
    p.add_argument("--network", metavar="NAME|PATH", help="network (default: the C K-edge tensor network)")
    p.add_argument(
        "--sites", default="all", metavar="all|C|0,3,5",
        help="atoms by element or by index from 0 (default: every atom of the network's element)",
    )
    _add_polarisation(p)
    _add_axis(p)
    p.add_argument("--tensor", action="store_true", help="write six tensor components a site, not one spectrum")
    p.add_argument("--out", required=True, metavar="OUT.csv|OUT.h5|FOLDER", help="file, or folder for several files")
    p.add_argument("--format", choices=("csv", "h5"), help="format inside a folder (default csv)")
    p.add_argument("--device", default="auto", metavar="auto|cpu|cuda|mps", help="where to compute (default auto)")
    p.add_argument("--quiet", action="store_true", help="say nothing on success")


def _add_plot(commands: argparse._SubParsersAction) -> None:
    p = _command(commands, "plot", "draw predicted or measured spectra as a figure")
    p.add_argument(
        "file", nargs="+", metavar="FILE", help="predicted CSV or HDF5, columns of a measurement, or structures"
    )
    p.add_argument(
        "--network", metavar="NAME|PATH", action="append",
        help="network to predict structures with; several are overlaid (default: the C K-edge tensor network)",
    )
    p.add_argument("--out", required=True, metavar="FIGURE.svg|pdf|png")
    p.add_argument("--sites", metavar="sum|all|0,3,5", default="sum", help="curves of a prediction (default sum)")
    _add_polarisation(p)
    _add_axis(p)
    p.add_argument("--range", metavar="LOW,HIGH", help="energies to show, eV")
    p.add_argument("--title", default="", help="title above the figure")
    p.add_argument("--width", type=float, default=85.0, metavar="MM", help="width in mm (default 85)")
    p.add_argument("--height", type=float, default=65.0, metavar="MM", help="height in mm (default 65)")
    p.add_argument("--dpi", type=int, default=300, help="resolution of a PNG (default 300)")


def _add_evaluate(commands: argparse._SubParsersAction) -> None:
    p = _command(commands, "evaluate", "measure a network on a split of a data file")
    p.add_argument("network", metavar="NETWORK", help="name or folder of a network")
    p.add_argument("--data", required=True, nargs="+", metavar="FILE.h5", help="data files of sticks or tensors")
    p.add_argument("--split", default="test", metavar="NAME", help="any split the files have (default test)")
    p.add_argument("--json", metavar="OUT.json", help="write the measures to a file as well")
    p.add_argument("--report", metavar="FOLDER", help="write a page with figures and a table of all sites")
    p.add_argument("--quality", action="store_true", help="write quality.h5, which the window shows, into the network")
    p = _command(commands, "compare-networks", "measure several networks on the same sites of one edge")
    p.add_argument("file", nargs="+", metavar="NETWORK", help="names or folders of networks that give spectra")
    p.add_argument("--data", required=True, nargs="+", metavar="FILE.h5", help="data files of sticks")
    p.add_argument("--split", default="test", metavar="NAME", help="any split the files have (default test)")
    p.add_argument("--scale", type=float, metavar="X", help="divisor of all spectra (default: the first network's)")
    p.add_argument("--out", metavar="TABLE.md|.csv", help="write the table to a file as well")


def _add_train(commands: argparse._SubParsersAction) -> None:
    for name, told in (("train", "train a network"), ("ablate", "train the variants of a network on equal budgets")):
        p = _command(commands, name, told)
        p.add_argument("kind", metavar="KIND", help="one of: " + ", ".join(trained_kinds()))
        p.add_argument("--data", required=True, nargs="+", metavar="FILE.h5", help="data files")
        p.add_argument("--config", metavar="FILE.toml", help="settings (default: those of the shipped network)")
        p.add_argument("--out", required=True, metavar="FOLDER", help="folder of the new network bundle")
        if name == "train":
            p.add_argument("--resume", action="store_true", help="go on from the last checkpoint in FOLDER")
            p.add_argument(
                "--from",
                dest="start",
                metavar="NETWORK",
                help="begin with the weights of this tensor network, of another edge with all but its last layers",
            )
        else:
            p.add_argument("--minutes", type=float, default=0.0, metavar="M", help="processor time of each variant")
            p.add_argument("--only", metavar="NAME,NAME", help="these variants only")
            p.add_argument("--split", default="test", metavar="SPLIT", help="what to test on (default test)")


def _add_info(commands: argparse._SubParsersAction) -> None:
    p = _command(commands, "info", "tell what a structure file holds and which networks suit it")
    p.add_argument("file", nargs="*", metavar="FILE", help="structure files, predictions or network folders")
    p.add_argument("--smiles", action="append", metavar="SMILES", help="a molecule by its SMILES")


def _add_import_checkpoint(commands: argparse._SubParsersAction) -> None:
    p = _command(commands, "import-checkpoint", "make a network bundle of the weights that its authors published")
    p.add_argument("kind", metavar="KIND", help="one of: " + ", ".join(imported_kinds()))
    p.add_argument("file_name", metavar="FILE", help="the authors' file, read without running code from it")
    p.add_argument("--config", metavar="FILE.json", help="sizes of the network (default: the published ones)")
    p.add_argument("--out", required=True, metavar="FOLDER", help="folder of the new bundle")


def _add_properties(commands: argparse._SubParsersAction) -> None:
    p = _command(commands, "properties", "read properties of a molecule from its C K-edge spectrum")
    p.add_argument("file", nargs="?", metavar="SPECTRUM|STRUCTURE", help="columns, a prediction, or a structure")
    p.add_argument("--smiles", metavar="SMILES", help="a molecule to predict; beside a spectrum, the one it is of")
    p.add_argument("--composition", metavar="FORMULA", help="the composition where it is known, such as C6H5Cl")
    p.add_argument("--without-composition", action="store_true", help="read the spectrum alone")
    p.add_argument("--site", type=int, metavar="ATOM", help="one site of a structure, by its index from 0")
    p.add_argument("--of-site", action="store_true", help="the spectrum file is that of one site")
    p.add_argument("--network", metavar="NAME|PATH", help="network that predicts a structure's spectrum")
    p.add_argument("--reader", metavar="NAME|PATH", help="network that reads (default: c_k_edge_properties)")
    p.add_argument("--json", metavar="OUT.json", help="write the values to a file as well")


def _add_compute(commands: argparse._SubParsersAction) -> None:
    p = _command(commands, "compute", "compute K-edge spectra of molecules from first principles (extra “abinitio”)")
    p.add_argument("file", nargs="*", metavar="FILE", help="files of molecules")
    p.add_argument(
        "--smiles", nargs="?", action="append", metavar="SMILES",
        help="a molecule by its SMILES; without a value the FILEs themselves are SMILES",
    )
    p.add_argument("--list", metavar="FILE", help="text file with a line “name SMILES [split]” a molecule")
    p.add_argument("--edge", choices=("C", "N", "O", "F"), default="C", help="element whose K edge to compute")
    p.add_argument("--out", required=True, metavar="FOLDER", help="folder for one .npz file a molecule")
    p.add_argument(
        "--sites", default="all", metavar="all|0,3,5", help="atoms by index (default: one of each equivalence class)"
    )
    p.add_argument(
        "--relax", action=argparse.BooleanOptionalAction, default=None,
        help="relax with GFN2-xTB first (default: molecules from SMILES are relaxed, files computed as they are)",
    )
    p.add_argument(
        "--displace", action="store_true", help="turn molecules at random and displace half of them, for training data"
    )
    p.add_argument("--properties", action="store_true", help="add twelve molecular properties with GFN2-xTB")
    p.add_argument("--processes", type=int, metavar="N", help="processes (default: one a core)")
    p.add_argument("--scheduler", metavar="ADDRESS", help="compute on a running Dask cluster (extra “cluster”)")
    p.add_argument("--minutes", type=float, metavar="M", help="begin no molecule after so many minutes")
    p.add_argument("--part", type=int, default=0, metavar="K", help="take every N-th molecule from the K-th on")
    p.add_argument("--parts", type=int, default=1, metavar="N", help="number of parts (default 1)")
    p.add_argument("--retry", action="store_true", help="try molecules again that failed before")
    p.add_argument("--quiet", action="store_true", help="say nothing on success")


def _add_dataset(commands: argparse._SubParsersAction) -> None:
    p = _command(commands, "dataset", "make a data file of computed spectra, or tell what one holds")
    actions = p.add_subparsers(dest="action", metavar="ACTION", parser_class=Parser, required=True)
    build = _command(actions, "build", "write the results in folders as one HDF5 file, which is never rewritten")
    build.add_argument("folder", nargs="+", metavar="FOLDER", help="folders that “xanesview compute” wrote")
    build.add_argument("--out", required=True, metavar="FILE.h5", help="the new data file")
    build.add_argument("--edge", choices=("C", "N", "O", "F"), default="C", help="element of the K edge (default C)")
    build.add_argument("--properties", metavar="FOLDER", help="folder of NAME.npz files with 12 properties “p” each")
    taken = _command(actions, "import", "write site spectra that others computed as one HDF5 file, on one energy grid")
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
    info = _command(actions, "info", "tell what a data file holds")
    info.add_argument("file_name", metavar="FILE.h5")


def _add_reference(commands: argparse._SubParsersAction) -> None:
    p = _command(commands, "reference", "look into the library of computed spectra")
    actions = p.add_subparsers(dest="action", metavar="ACTION", parser_class=Parser, required=True)
    search = _command(actions, "search", "list molecules by name, formula, SMILES or InChIKey")
    search.add_argument("text", metavar="TEXT", help="part of a name, formula, SMILES (whole or part), InChIKey")
    search.add_argument("--similar", action="store_true", help="TEXT is a SMILES: list the molecules most like it")
    search.add_argument("--limit", type=int, default=20, metavar="N", help="list at most N (default 20)")
    match = _command(actions, "match", "find the spectra of a molecule in its own geometry")
    match.add_argument("file_name", metavar="FILE", help="structure file, or with --smiles a SMILES")
    match.add_argument("--smiles", action="store_true", help="FILE is a SMILES")
    match.add_argument("--edge", choices=("C", "N", "O", "F"), default="C", help="element of the K edge (default C)")
    match.add_argument("--out", metavar="FILE.h5", help="write the tensors, turned into the molecule's frame")
