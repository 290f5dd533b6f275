"""mmCIF: atoms of the first model of a Protein Data Bank entry, or of a component of its dictionary.

https://mmcif.wwpdb.org; a component's file (a ligand) holds ideal and observed coordinates and no crystal.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.checks import checked_structure, deuterium_notice
from xanesview.io.structures.cif_syntax import CifBlock, plain_text
from xanesview.io.structures.elements import atomic_number
from xanesview.io.structures.frames import frames_notice
from xanesview.io.structures.macromolecule import AtomRecord, CrystalFrame, structure_of_records
from xanesview.io.text_file import number

_CELL = (*(f"_cell_length_{axis}" for axis in "abc"), *(f"_cell_angle_{name}" for name in ("alpha", "beta", "gamma")))
_COMPONENT = "_chem_comp_atom_"
_COORDINATES = ("pdbx_model_cartn_{}_ideal", "model_cartn_{}", "{}")  # of a component, the better ones first
_UNKNOWN = ("", ".", "?")


def is_macromolecule(block: CifBlock) -> bool:
    """Tell whether the atoms of a block are listed as the Protein Data Bank lists them."""
    listed = any(block.column(f"_atom_site_{tag}") for tag in ("label_atom_id", "auth_atom_id", "group_pdb"))
    no_cell = all(block.word(tag).strip("0.") == "" for tag in _CELL[:3])
    return bool(block.column("_atom_site_cartn_x")) and (listed or no_cell)


def is_component(block: CifBlock) -> bool:
    """Tell whether a block describes one component, such as a ligand, with coordinates."""
    return _component_tags(block) is not None


def macromolecule(path: Path, block: CifBlock) -> Structure:
    """Return the first model, one alternative of each residue.

    Raises
    ------
    XanesviewError
        Naming the atom that can't be understood.
    """
    count = len(block.column("_atom_site_cartn_x"))

    def column(*tags: str, default: str = "") -> list[str]:
        values = block.column(*(f"_atom_site_{tag}" for tag in tags)) or [default] * count
        if len(values) != count:
            raise XanesviewError(f"The atom loop of {path.name} has columns of different lengths.", "It is damaged.")
        return [default if value in _UNKNOWN else value for value in values]

    models = column("pdbx_pdb_model_num", default="1")
    names = column("label_atom_id", "auth_atom_id", "id")
    symbols = column("type_symbol")
    residues = zip(
        column("auth_asym_id", "label_asym_id"), column("auth_seq_id", "label_seq_id"),
        column("pdbx_pdb_ins_code"), column("label_comp_id", "auth_comp_id"),
    )  # fmt: skip
    positions = zip(column("cartn_x"), column("cartn_y"), column("cartn_z"))
    rows = zip(models, names, symbols, residues, positions, column("label_alt_id"), column("occupancy", default="1"))
    records = []
    for k, (model, name, symbol, residue, position, alternative, share) in enumerate(rows):
        if model != models[0]:
            continue
        where = f"Atom {k + 1} ({name}) of {path.name}"
        z, heavy = atomic_number(symbol or _symbol_of_name(name, residue[3]), where)
        place = " ".join(residue)
        coordinates = tuple(number(word, f"{where}: a coordinate") for word in position)
        records.append(
            AtomRecord(z, heavy, coordinates, alternative, f"{name} {place}", place, number(share, f"{where}: a share"))
        )
    words = [block.word(tag) for tag in _CELL]
    cell = tuple(number(word, f"The cell of {path.name}") for word in words) if all(words) else ()
    group = block.word("_symmetry_space_group_name_h-m", "_space_group_name_h-m_alt")
    title = plain_text(block.word("_struct_title", "_chem_comp_name")) or block.name
    several = frames_notice(len(dict.fromkeys(models)), "first")
    return structure_of_records(path, records, CrystalFrame(cell, group), several, title)


def component(path: Path, block: CifBlock) -> Structure:
    """Return a component as a molecule, at its ideal coordinates where they are known.

    Raises
    ------
    XanesviewError
        Naming the atom that can't be understood.
    """
    tags = _component_tags(block)
    names = block.column(f"{_COMPONENT}atom_id")
    symbols = block.column(f"{_COMPONENT}type_symbol") or names
    columns = [block.column(tag) for tag in tags]
    if any(len(column) != len(symbols) for column in columns):
        raise XanesviewError(f"The atom loop of {path.name} has columns of different lengths.", "It is damaged.")
    found = [atomic_number(word, f"Atom {k + 1} of {path.name}") for k, word in enumerate(symbols)]
    positions = [[number(word, f"A coordinate of {path.name}") for word in row] for row in zip(*columns)]
    charge = block.word("_chem_comp_pdbx_formal_charge")
    return checked_structure(
        [z for z, _ in found],
        np.array(positions),
        notices=deuterium_notice(sum(heavy for _, heavy in found)),
        name=plain_text(block.word("_chem_comp_name"))[:60] or block.name or path.stem,
        charge=int(number(charge, f"The charge of {path.name}")) if charge else 0,
        source=str(path),
    )


def _symbol_of_name(name: str, residue: str) -> str:
    """Return what an atom's name says of its element: all of it for an ion, else its first letter (CA, HG21, 1HB)."""
    letters = name.lstrip("0123456789'\"")
    return letters if name == residue else letters[:1]


def _component_tags(block: CifBlock) -> list[str] | None:
    """Return the tags of x, y, z whose values are all known."""
    if not any(tag.startswith(_COMPONENT) for tag in block.values):
        return None
    for pattern in _COORDINATES:
        tags = [_COMPONENT + pattern.format(axis) for axis in "xyz"]
        if all(block.column(tag) and not set(block.column(tag)) & set(_UNKNOWN) for tag in tags):
            return tags
    return None
