"""One door to structure files: the format is told by content first, by extension where the content leaves it open."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.io.text_file import read_text

STRUCTURE_FILTERS = (
    "Structures (*.xyz *.extxyz *.cif *.mcif *.pdb *.ent *.mol *.sdf *.sd *.poscar *.vasp *POSCAR* *CONTCAR*);;"
    "XYZ and extended XYZ (*.xyz *.extxyz);;CIF (*.cif *.mcif);;"
    "POSCAR and CONTCAR (*POSCAR* *CONTCAR* *.vasp *.poscar);;"
    "PDB (*.pdb *.ent);;MOL and SDF (*.mol *.sdf *.sd);;All files (*)"
)
"""For file dialogs."""

_READERS = {
    "xyz": ("xanesview.io.structures.xyz", "read_xyz"),
    "cif": ("xanesview.io.structures.cif", "read_cif"),
    "poscar": ("xanesview.io.structures.poscar", "read_poscar"),
    "pdb": ("xanesview.io.structures.pdb", "read_pdb"),
    "mol": ("xanesview.io.structures.molfile", "read_molfile"),
}
_EXTENSIONS = {
    ".xyz": "xyz", ".extxyz": "xyz", ".cif": "cif", ".mcif": "cif", ".pdb": "pdb", ".ent": "pdb", ".mol": "mol",
    ".sdf": "mol", ".sd": "mol", ".mdl": "mol", ".vasp": "poscar", ".poscar": "poscar",
}


def read_structure(path: str | Path) -> Structure:
    """Return the structure of a file (XYZ, extended XYZ, CIF, POSCAR, PDB, MOL, SDF).

    Raises
    ------
    XanesviewError
        With one sentence and a hint, for anything that can't be used.
    """
    path = Path(path).expanduser()
    text = read_text(path)
    kind = sniff_format(path, text)
    if kind is None:
        raise XanesviewError(
            f"The format of {path.name} is not known.",
            "Structures are read from XYZ, extXYZ, CIF, POSCAR, PDB, MOL and SDF files.",
        )
    module, function = _READERS[kind]
    # the readers bring rdkit or ASE's crystallography with them; only the one that is needed is loaded
    return getattr(importlib.import_module(module), function)(path, text)


def structure_from_smiles(smiles: str, seed: int | None = None) -> Structure:
    """Return a relaxed 3D molecule from a SMILES string; see `embedding.structure_from_smiles`."""
    from xanesview.io.structures import embedding

    return embedding.structure_from_smiles(smiles, embedding.SEED if seed is None else seed)


def is_structure_file(path: str | Path) -> bool:
    """Tell whether a file is a structure by its content or its name."""
    try:
        return sniff_format(Path(path), read_text(path)) is not None
    except XanesviewError:
        return False


def sniff_format(path: Path, text: str) -> str | None:
    """Return ``xyz``, ``cif``, ``poscar``, ``pdb`` or ``mol``, or None.

    What a file holds outweighs what it is called; a file of no clear content is what its name says, so that its
    reader can tell what is wrong with it.
    """
    from xanesview.io.structures.poscar import looks_like_poscar

    head = text[:20000]
    if re.search(r"^\s*data_\S*", head, re.MULTILINE) and re.search(r"^\s*(_|loop_)", head, re.MULTILINE):
        return "cif"
    if re.search(r"^(ATOM  |HETATM|CRYST1|HEADER|MODEL  ).{10}", head, re.MULTILINE):
        return "pdb"
    if any("V2000" in line or "V3000" in line for line in head.split("\n")[:6]):
        return "mol"
    if looks_like_poscar(text[:4000]):
        return "poscar"
    lines = head.split("\n")
    first = next((line.strip() for line in lines if line.strip()), "")
    if re.fullmatch(r"\d+", first):
        return "xyz"
    by_name = _EXTENSIONS.get(path.suffix.lower())
    if by_name is None and re.search(r"(?i)poscar|contcar", path.name):
        by_name = "poscar"
    return by_name


def write_structure(path: str | Path, structure: Structure) -> None:
    """Write a structure as XYZ, extended XYZ or CIF, chosen by the file's extension.

    Raises
    ------
    XanesviewError
        For another extension, a molecule as CIF, or a place that can't be written.
    """
    from xanesview.io.atomic import atomic_write

    path = Path(path).expanduser()
    kind = path.suffix.lower()
    if kind in (".xyz", ".extxyz"):
        from xanesview.io.structures.xyz import write_xyz_lines

        text = "\n".join(write_xyz_lines(structure, extended=kind == ".extxyz" or structure.is_periodic)) + "\n"
    elif kind in (".cif", ".mcif"):
        from xanesview.io.structures.cif_writer import cif_text

        text = cif_text(structure)
    else:
        raise XanesviewError(
            f"Structures are not written as “{path.suffix or path.name}”.", "Choose .xyz, .extxyz or .cif."
        )
    with atomic_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
