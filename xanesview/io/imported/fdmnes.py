"""FDMNES output folders: an input file and the ``_conv.txt`` file of the absorber that it names.

The input file is any .txt or .inp file with the keyword Filout and Crystal, Molecule (a b c α β γ, then Z x y z in
units of the axes) or Cif_file; ``Absorber`` names one atom, counted from 1, and is the first where it is missing.
Keywords count to their ninth letter and have other spellings (``_SPELLINGS``). The spectrum is the column
``<xanes>``, the average over all directions, as FDMNES writes it: summed over the atoms equivalent to the absorber,
whose number (natomsym) becomes the multiplicity where it is told. Energies count from the edge; the line that ends in
``= E_edge, Z, n_edge, …``, which the file before the convolution begins with, makes them absolute. Inputs with
Polarise are refused: their columns refer to axes and weights that the output does not repeat.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from ase.geometry import cellpar_to_cell

from xanesview.domain.site_spectra import SiteSpectra, StructureSpectra
from xanesview.domain.structure import SYMBOLS, Structure
from xanesview.errors import XanesviewError
from xanesview.io.imported import SpectraSource, Warn
from xanesview.io.imported.column_table import read_columns
from xanesview.io.structures.checks import checked_structure
from xanesview.io.structures.registry import read_structure
from xanesview.io.text_file import number, read_text

SOURCE = SpectraSource(
    title="FDMNES spectra",
    method="FDMNES, finite differences or multiple scattering (see the input)",
    unit="<xanes> of FDMNES (megabarn, summed over the equivalent absorbers: see site/multiplicity)",
    energy_axis="absolute, scale of the calculation (E_edge added)",
    native_broadening="core-hole width and arctangent of FDMNES' convolution",
)
_REFUSED = {
    "polarise": "polarisations",
    "spgroup": "a space group",
    "xes": "emission",
    "atom": "atom types",
    "atom_conf": "atom types",
    "occupancy": "partial occupancies",
    "crystal_t": "partial occupancies",
    "molecule_": "partial occupancies",
    "film": "films",
    "surface": "surfaces",
    "interface": "interfaces",
    "bulk": "substrates",
    "pdb_file": "PDB files",
    "symsite": "imposed equivalences",
    "nrixs": "X-ray Raman spectra",
    "rixs": "emission",
    "optic": "optical spectra",
}
_SPELLINGS = {
    "crystal": ("crist", "cryst", "cristallo", "cristal"),
    "molecule": ("molec", "molecola"),
    "absorber": ("absorbeur", "iabsorbeu", "absorbor", "assorbito"),
    "edge": ("seuil", "threshold", "soglia"),
    "filout": ("fileout", "file_out"),
    "cif_file": ("ciffile", "cristal_c", "crystal_c"),
    "polarise": ("polarised", "polarisat", "polarizat", "polar", "polarize", "polarized"),
    "atom": ("atome", "atoms", "atomes", "atomo", "atomi"),
    "end": ("fin", "fine"),
}
_HEAD_LINES = 40
_CANONICAL = {spelling: name for name, spellings in _SPELLINGS.items() for spelling in spellings}


def read_fdmnes(place: Path, warn: Warn) -> Iterator[tuple[str, StructureSpectra]]:
    """Yield edge ("Fe K") and structure of all FDMNES calculations at or below a folder.

    Raises
    ------
    XanesviewError
        If there is none.
    """
    inputs = [(file, text) for file in _text_files(place) if (text := _input_text(file)) is not None]
    if not inputs:
        raise XanesviewError(
            f"{place} holds no FDMNES calculation.",
            "Each needs its input file (with Filout, Crystal or Molecule, Absorber) and its _conv.txt file.",
        )
    for file, text in inputs:
        below = file.parent.relative_to(place).parts
        try:
            yield _calculation(file, text, below[0] if below else file.stem)
        except XanesviewError as error:
            warn(error, str(file))


def holds_fdmnes(place: Path) -> bool:
    """Tell whether an input file of FDMNES lies at or below a folder."""
    return any(_input_text(file) is not None for file in _text_files(place))


def _text_files(place: Path) -> list[Path]:
    return sorted(p for p in place.rglob("*") if p.suffix.lower() in (".txt", ".inp") and p.is_file())


def _input_text(path: Path) -> str | None:
    """Return the text of a file if it is an input file."""
    if path.stem.endswith("_conv"):
        return None
    try:
        text = read_text(path, max_bytes=5_000_000)
    except XanesviewError:  # not text, or a large output: no input file
        return None
    return text if re.search(r"^[^\S\n]*(filout|fileout|file_out)\b", text, re.IGNORECASE | re.MULTILINE) else None


def _calculation(path: Path, text: str, parent: str) -> tuple[str, StructureSpectra]:
    blocks = _blocks(text)
    for keyword, what in _REFUSED.items():
        if keyword in blocks:
            hint = "List all atoms by atomic number, or give Cif_file."
            if keyword in ("polarise", "xes", "nrixs", "rixs", "optic"):
                hint = "Repeat the calculation without it, for the absorption averaged over all directions."
            raise XanesviewError(f"{path.name} uses {keyword}: {what} are not read.", hint)
    structure = _structure(path, blocks)
    atom = _absorber(path, blocks, structure)
    columns, head = _spectrum(_output(path, blocks))
    edge_words = [word for line in blocks.get("edge", ()) for word in line.split()]
    edge = edge_words[0].upper() if edge_words else "K"
    edge = "K" if edge == "K1" else edge
    if not re.fullmatch(r"K|L[123]|M[1-5]", edge):
        raise XanesviewError(f"The edge {edge} of {path.name} is not read.", "K, L1–L3 and M1–M5 are.")
    edge_ev = head.get("E_edge", 0.0)
    if columns[0, 0] < 0.5 * edge_ev:  # with Energphot the energies are absolute already
        columns[:, 0] += edge_ev
    multiplicity = int(head.get("natomsym", head.get("natomsym_f", 1)))
    e0_ev = edge_ev if edge_ev > 0.0 else np.nan
    site = SiteSpectra(
        atom, columns[:, 0], isotropic=columns[:, 1], multiplicity=max(1, multiplicity), e0_ev=e0_ev
    )
    return f"{SYMBOLS[structure.numbers[atom]]} {edge}", StructureSpectra(structure, (site,), parent)


def _absorber(path: Path, blocks: dict[str, list[str]], structure: Structure) -> int:
    """Return the index of the absorbing atom."""
    words = [word for line in blocks.get("absorber", ()) for word in line.split()]
    if not words and "z_absorbe" not in blocks:
        return 0  # as FDMNES itself does
    if len(words) != 1 or not words[0].isdigit() or not 1 <= int(words[0]) <= structure.n_atoms:
        raise XanesviewError(
            f"{path.name} does not name one absorbing atom.", "Absorber needs one number, counted from 1."
        )
    return int(words[0]) - 1


def _blocks(text: str) -> dict[str, list[str]]:
    """Return the lines after each keyword, in its usual spelling; ``!`` begins a comment, ``End`` ends the input."""
    blocks: dict[str, list[str]] = {}
    current: list[str] = []
    takes_text = jumped = False
    for line in text.split("\n"):
        line = line.split("!", 1)[0].strip()
        if not line:
            continue
        word = line.split()[0].lower()[:9]
        word = _CANONICAL.get(word, word)
        if jumped:
            jumped = word not in ("endjump", "end_jump")
        elif takes_text:  # a file name may look like a keyword
            current.append(line)
            takes_text = False
        elif word == "jump":
            jumped = True
        elif word[0].isalpha() and not re.fullmatch(r"[klmno][1-5]*", word):
            if word == "end":
                break
            current = blocks.setdefault(word, [])
            takes_text = word in ("filout", "cif_file", "comment", "spgroup")
        else:
            current.append(line)
    return blocks


def _structure(path: Path, blocks: dict[str, list[str]]) -> Structure:
    if blocks.get("cif_file"):
        cif = path.parent / _path(blocks["cif_file"][0])
        return read_structure(cif if cif.suffix else cif.with_suffix(".cif"))
    keyword = next((k for k in ("crystal", "molecule") if k in blocks), None)
    if keyword is None:
        raise XanesviewError(f"{path.name} has no Crystal, Molecule or Cif_file.", "Other structures are not read.")
    lines = blocks[keyword]
    cell_words = lines[0].split() if lines else []
    rows = lines[1:]
    if len(cell_words) == 3 and rows and len(rows[0].split()) == 3:  # angles may stand on a line of their own
        cell_words, rows = cell_words + rows[0].split(), rows[1:]
    parameters = [number(w, f"The cell of {path.name}") for w in cell_words[:6]]
    if len(parameters) == 3:
        parameters += [90.0, 90.0, 90.0]
    if len(parameters) != 6 or min(parameters) <= 0:
        raise XanesviewError(f"{keyword.title()} in {path.name} lacks a b c and angles.", "Correct the input file.")
    cell = np.array(cellpar_to_cell(parameters))
    table = read_columns(path, list(enumerate(rows, start=1)), 4) if len(rows) > 1 else _single(path, rows)
    numbers = table[:, 0].astype(int)
    if (numbers != table[:, 0]).any() or (numbers < 1).any() or (numbers > 118).any():
        raise XanesviewError(
            f"An atom of {path.name} does not begin with an atomic number.", "Atom types (keyword Atom) are not read."
        )
    periodic = keyword == "crystal"
    return checked_structure(
        numbers, table[:, 1:] @ cell, cell if periodic else None, [True] * 3 if periodic else None,
        name=path.stem, source=str(path),
    )  # fmt: skip


def _single(path: Path, rows: list[str]) -> np.ndarray:
    words = rows[0].split() if rows else []
    if len(words) < 4:
        raise XanesviewError(f"{path.name} has no atoms.", "Each line holds Z x y z.")
    return np.array([[number(word, f"An atom of {path.name}") for word in words[:4]]])


def _output(path: Path, blocks: dict[str, list[str]]) -> Path:
    """Return the _conv.txt file: where Filout says, or beside the input under the same name."""
    if not blocks.get("filout"):
        raise XanesviewError(f"Filout in {path.name} names no file.", "Correct the input file.")
    stem = _path(blocks["filout"][0])
    places = [path.parent / f"{stem}_conv.txt", path.parent / f"{stem.name}_conv.txt"]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise XanesviewError(
            f"There is no {stem.name}_conv.txt beside {path.name}.", "Run FDMNES with the keyword Convolution."
        )
    return found


def _spectrum(conv: Path) -> tuple[np.ndarray, dict[str, float]]:
    """Return energy and <xanes> (E, 2), and what the line of E_edge tells."""
    head: dict[str, float] = {}
    for place in (conv, conv.with_name(conv.name.replace("_conv.txt", ".txt"))):
        if place.is_file():  # the first has what the convolution says, the second what the calculation says
            head |= edge_line(read_text(place).split("\n"))
    lines = list(enumerate(read_text(conv).split("\n"), start=1))
    named = ((at, line.lstrip("# ").split()) for at, line in lines)
    at, words = next(((at, words) for at, words in named if words and words[0].lower() == "energy"), (0, []))
    if "<xanes>" not in words:
        raise XanesviewError(f"{conv.name} has no columns Energy and <xanes>.", "It is no absorption spectrum.")
    column = words.index("<xanes>")
    columns = read_columns(conv, [(k, line) for k, line in lines[at:] if line.strip()], column + 1)[:, [0, column]]
    if not head and columns[0, 0] < 50.0:
        raise XanesviewError(
            f"The energy of the edge of {conv.name} is not known.",
            "Keep the file before the convolution beside it; its first line holds E_edge.",
        )
    first = np.concatenate([[True], np.diff(columns[:, 0]) > 0])  # ranges that meet repeat an energy
    return columns[first], head


def edge_line(lines: Sequence[str]) -> dict[str, float]:
    """Return the numbers by name of a line like ``8333.0 28 = E_edge, Z`` above the columns; empty without one.

    For gnuplot, and since 2022, the line begins with ``#``; ``Epsii(1..2)`` names two numbers of different core states.

    Raises
    ------
    XanesviewError
        If a value of it is no number.
    """
    for line in lines[:_HEAD_LINES]:
        values, _, names = line[:2000].lstrip("# ").partition("=")
        if "E_edge" not in names:
            continue
        several = re.compile(r"(\w+)\(1\.\.(\d{1,2})\)")
        names = several.sub(lambda match: ",".join([match[1]] * int(match[2])), names)
        pairs = zip((name.strip() for name in names.split(",")), values.split())
        return {name: number(word, f"{name} of FDMNES") for name, word in pairs}
    return {}


def _path(text: str) -> Path:
    return Path(text.strip().strip("'\"").replace("\\", "/"))
