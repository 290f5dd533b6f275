"""Geometries of QM9 by number: its own .xyz dialect (a folder), .sdf files (a folder), or all in one ``gdb9.sdf``.

QM9's .xyz: number of atoms; ``gdb N`` and 15 properties; atoms with a charge in a fifth column, numbers possibly
written ``1.2*^-6``; frequencies; two SMILES (GDB's and that of the relaxed geometry); two InChI. Ramakrishnan et al.,
Sci. Data 1, 140022 (2014), https://doi.org/10.1038/sdata.2014.22.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from rdkit import Chem, rdBase

from xanesview.domain.counts import counted
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.checks import checked_structure
from xanesview.io.structures.elements import atomic_number
from xanesview.io.text_file import number as finite_number
from xanesview.io.text_file import read_text
from xanesview.limits import MOST_ATOMS

_HINT = "Give the folder of QM9's .xyz files (dsgdb9nsd_000001.xyz …), a folder of .sdf files, or gdb9.sdf."


class Qm9Geometries:
    """Finds the geometries of some of QM9's molecules; a large .sdf file is gone through once.

    Parameters
    ----------
    place : folder or .sdf file
    wanted : numbers of the molecules that will be asked for

    Raises
    ------
    XanesviewError
        If there is no such place, or no geometries are in it.
    """

    def __init__(self, place: Path, wanted: frozenset[int]) -> None:
        self._files: dict[int, Path] = {}
        self._records: dict[int, str] = {}
        if (place / "gdb9.sdf").is_file():  # the folder as it comes, with tables beside it
            place = place / "gdb9.sdf"
        if place.is_dir():
            for file in sorted(place.iterdir()):
                found = re.search(r"(\d+)$", file.stem)
                if found and file.suffix.lower() in (".xyz", ".sdf", ".mol"):
                    self._files.setdefault(int(found.group(1)), file)
        elif place.is_file():
            self._records = {n: text for n, text in _numbered_records(place) if n in wanted}
        else:
            raise XanesviewError(f"There is no file or folder {place}.", _HINT)
        if not self._files and not self._records:
            raise XanesviewError(f"{place} holds no geometries of these molecules.", _HINT)

    def read(self, number: int) -> Structure:
        """Return the molecule of this number.

        Raises
        ------
        XanesviewError
            If it is missing or broken.
        """
        if number in self._records:
            return _from_molblock(self._records[number], number)
        if number not in self._files:
            raise XanesviewError(f"There is no geometry of molecule {number} of QM9.", _HINT)
        path = self._files[number]
        text = read_text(path)
        if path.suffix.lower() == ".xyz":
            structure = read_qm9_xyz(path, text)
            if structure.name.startswith("gdb_") and structure.name != f"gdb_{number}":
                raise XanesviewError(f"{path.name} holds {structure.name}, not gdb_{number}.", "Get the file again.")
            return structure
        return _from_molblock(re.split(r"^\$\$\$\$", text, flags=re.MULTILINE)[0], number)


def read_qm9_xyz(path: Path, text: str) -> Structure:
    """Return the molecule of one of QM9's .xyz files, or of a plain .xyz file.

    Raises
    ------
    XanesviewError
        Naming the line that can't be understood.
    """
    lines = text.split("\n")
    word = lines[0].strip()
    if not re.fullmatch(r"\d{1,6}", word) or not 0 < int(word) <= MOST_ATOMS:
        raise XanesviewError(f"{path.name} does not begin with a number of atoms.", _HINT)
    count = int(word)
    if len(lines) < 2 + count:
        raise XanesviewError(f"{path.name} announces {counted(count, 'atom')} but is cut off.", "Get the file again.")
    title = lines[1].split()
    name = f"gdb_{title[1]}" if len(title) > 1 and title[0].startswith("gdb") else path.stem
    numbers, positions = [], np.empty((count, 3))
    for k, line in enumerate(lines[2 : 2 + count]):
        where = f"Line {k + 3} of {path.name}"
        words = line.split()
        if len(words) < 4:
            raise XanesviewError(f"{where} should hold an element and three coordinates.", "Get the file again.")
        numbers.append(atomic_number(words[0], where)[0])
        positions[k] = [finite_number(w.replace("*^", "e"), f"{where}: a coordinate") for w in words[1:4]]
    return checked_structure(numbers, positions, name=name, smiles=_smiles_line(lines[2 + count :]), source=str(path))


def _smiles_line(lines: list[str]) -> str | None:
    """Return the SMILES of the relaxed geometry: the second word of the line before the InChI."""
    for line, after in pairwise(lines):
        words = line.split()
        if after.startswith("InChI=") and words:
            return words[min(1, len(words) - 1)]
    return None


def _numbered_records(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the records of an SDF file whose title ends in a number (``gdb_17``)."""
    record: list[str] = []
    try:
        with path.open(encoding="utf-8", errors="replace") as stream:
            for line in stream:
                if not line.startswith("$$$$"):
                    record.append(line)
                    continue
                found = re.search(r"(\d+)\s*$", record[0]) if record else None
                if found:
                    yield int(found.group(1)), "".join(record)
                record = []
    except OSError as error:
        raise XanesviewError(f"{path} cannot be read: {error.strerror or error}.", "Check its permissions.") from error


def _from_molblock(block: str, number: int) -> Structure:
    with rdBase.BlockLogs():
        molecule = Chem.MolFromMolBlock(block, sanitize=False, removeHs=False, strictParsing=False)
        if molecule is None or not molecule.GetNumAtoms() or not molecule.GetNumConformers():
            raise XanesviewError(f"The record of molecule {number} is no complete MOL block.", "Get the file again.")
        plain = Chem.Mol(molecule)
        sane = Chem.SanitizeMol(plain, catchErrors=True) == Chem.SanitizeFlags.SANITIZE_NONE
        smiles = Chem.MolToSmiles(Chem.RemoveHs(plain, sanitize=False)) if sane else None
    atoms = [atomic_number(atom.GetSymbol(), f"Atom {atom.GetIdx()}")[0] for atom in molecule.GetAtoms()]
    return checked_structure(atoms, molecule.GetConformer().GetPositions(), name=f"gdb_{number}", smiles=smiles)
