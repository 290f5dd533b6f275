"""CIF: one crystal structure, its symmetry expanded and its disorder resolved, each assumption noted.

ASE parses the syntax; what the tags mean for a prediction is decided here: which of several disordered alternatives
is kept, what becomes of partial occupancies, and which copies on special positions are one atom.
"""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ase.geometry import cellpar_to_cell
from ase.io.cif import CIFBlock, parse_cif
from ase.spacegroup import Spacegroup
from ase.spacegroup.spacegroup import SpacegroupError, parse_sitesym

from xanesview.domain.structure import Notice, Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.checks import checked_structure, deuterium_notice, frames_notice
from xanesview.io.structures.disorder import CrystalSite, expanded, ordered
from xanesview.io.structures.elements import atomic_number, is_element

_CELL_TAGS = ("length_a", "length_b", "length_c", "angle_alpha", "angle_beta", "angle_gamma")
_PARSER_ERRORS = (
    ValueError, RuntimeError, AssertionError, IndexError, KeyError, StopIteration, TypeError, AttributeError,
)


@dataclass(frozen=True)
class _Sites:
    """What a file's atom loop holds, before symmetry."""

    sites: list[CrystalSite]
    heavy_isotopes: int
    unplaced: int


def read_cif(path: Path, text: str) -> Structure:
    """Return the crystal of a CIF file; of several data blocks, the first with atoms.

    Raises
    ------
    XanesviewError
        If the syntax is broken, no block has atoms, or the cell or a coordinate is missing.
    """
    blocks = [block for block in _blocks(path, text) if _has_atoms(block)]
    if not blocks:
        raise XanesviewError(
            f"{path.name} has no atoms.",
            "The CIF needs _atom_site_ labels and coordinates; some hold only reflections.",
        )
    block = blocks[0]
    cell = _cell(path, block)
    found = _sites(path, block, cell)
    sites, disorder_notices = ordered(found.sites)
    rotations, translations, symmetry_notices = _symmetry(path, block)
    numbers, fractional, overlap_notices = expanded(sites, rotations, translations, cell)
    notices = [
        *frames_notice(len(blocks), "first"),
        *disorder_notices,
        *overlap_notices,
        *symmetry_notices,
        *deuterium_notice(found.heavy_isotopes),
    ]
    if found.unplaced:
        notices.append(
            Notice(
                "unplaced-atoms",
                f"{found.unplaced} atoms of the file have no coordinates and were left out.",
                "Complete the file where these atoms matter.",
            )
        )
    return checked_structure(
        numbers, fractional @ cell, cell, [True, True, True],
        [*notices, *_formula_notice(block, numbers)], name=_title(block) or path.stem, source=str(path),
    )


def _blocks(path: Path, text: str) -> list[CIFBlock]:
    text = "\n".join(line.rstrip() for line in text.lstrip().split("\n")) + "\n"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # ASE warns of what is judged below
            return list(parse_cif(io.BytesIO(text.encode("utf-8"))))
    except _PARSER_ERRORS as error:
        raise XanesviewError(
            f"{path.name} is not a complete CIF file ({_short(error)}).",
            "It may be cut off; check it with a CIF checker or download it again.",
        ) from error


def _has_atoms(block: CIFBlock) -> bool:
    return bool(_column(block, "_atom_site_fract_x") or _column(block, "_atom_site_cartn_x"))


def _column(block: CIFBlock, tag: str) -> list[Any]:
    """Return a loop's column, a single value as a list of one, a missing tag as an empty list."""
    value = block.get(tag)
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _cell(path: Path, block: CIFBlock) -> np.ndarray:
    values = []
    for tag in _CELL_TAGS:
        value = block.get("_cell_" + tag)
        parsed = _float(value)
        if parsed is None or not np.isfinite(parsed) or parsed <= 0:
            raise XanesviewError(
                f"{path.name} has no usable _cell_{tag} (“{value}”)." if value is not None
                else f"{path.name} has no _cell_{tag}.",
                "A crystal needs three cell lengths in Å and three angles in degrees.",
            )
        values.append(parsed)
    try:
        cell = np.asarray(cellpar_to_cell(values))
    except (AssertionError, ValueError, ZeroDivisionError):
        cell = np.full((3, 3), np.nan)
    if not np.all(np.isfinite(cell)) or abs(np.linalg.det(cell)) < 1e-3:
        raise XanesviewError(
            f"The cell of {path.name} is impossible: lengths {values[:3]}, angles {values[3:]}.", "Correct the cell."
        )
    return cell


def _sites(path: Path, block: CIFBlock, cell: np.ndarray) -> _Sites:
    """Return the listed atoms in fractional coordinates."""
    kind = "fract" if _column(block, "_atom_site_fract_x") else "cartn"
    columns = [_column(block, f"_atom_site_{kind}_{axis}") for axis in "xyz"]
    labels = _column(block, "_atom_site_label")
    types = _column(block, "_atom_site_type_symbol")
    count = len(columns[0])
    if not types and not labels:
        raise XanesviewError(f"{path.name} does not say which elements its atoms are.", "Add _atom_site_type_symbol.")
    if any(len(column) != count for column in (*columns, types or columns[0], labels or columns[0])):
        raise XanesviewError(f"The atom loop of {path.name} has columns of different lengths.", "The file is damaged.")
    occupancy = _column(block, "_atom_site_occupancy") or [1.0] * count
    group = _column(block, "_atom_site_disorder_group") or ["."] * count
    assembly = _column(block, "_atom_site_disorder_assembly") or ["."] * count
    sites, heavy, unplaced = [], 0, 0
    for k in range(count):
        words = [column[k] for column in columns]
        if any(word in ("?", ".") for word in words):
            unplaced += 1
            continue
        label = str(labels[k]) if labels else str(types[k])
        where = f"Atom {label} of {path.name}"
        if label.lower() in ("dum", "q") or str(types[k] if types else "").lower() in ("dum", "q"):
            unplaced += 1
            continue
        position = np.array([_coordinate(word, where) for word in words])
        if kind == "cartn":
            position = np.linalg.solve(cell.T, position)
        z, isotope = _element(types[k] if types else None, label, where)
        heavy += isotope
        share = _float(occupancy[k])
        sites.append(
            CrystalSite(
                label, z, tuple(position.tolist()), 1.0 if share is None else share,
                _word(assembly[k]), _word(group[k]),
            )
        )
    if not sites:
        raise XanesviewError(f"{path.name} has no atoms with coordinates.", "The file lists atoms without positions.")
    return _Sites(sites, heavy, unplaced)


def _element(kind: Any, label: str, where: str) -> tuple[int, bool]:
    """Return the element by the type symbol, else by the label (``HO1`` is hydrogen, ``Ho1`` is holmium)."""
    if kind is not None and str(kind) not in (".", "?"):
        return atomic_number(str(kind), where)
    match = re.match(r"[A-Z][a-z]?", label)
    word = match.group(0) if match else label
    if len(word) == 2 and not is_element(word):
        word = word[0]
    return atomic_number(word, where)


def _symmetry(path: Path, block: CIFBlock) -> tuple[np.ndarray, np.ndarray, list[Notice]]:
    """Return rotations (K, 3, 3) and translations (K, 3) of the space group, else the identity and a notice."""
    listed: list[Any] = []
    for tag in (
        "_space_group_symop_operation_xyz", "_space_group_symop.operation_xyz", "_symmetry_equiv_pos_as_xyz"
    ):
        listed = listed or _column(block, tag)
    name = block.get("_space_group_name_h-m_alt") or block.get("_symmetry_space_group_name_h-m")
    number = block.get("_space_group_it_number") or block.get("_symmetry_int_tables_number")
    try:
        if listed:
            rotations, translations = parse_sitesym([str(op).strip(" '\"").lower() for op in listed])
            return np.asarray(rotations, float), np.asarray(translations, float), []
        if name is not None or number is not None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                group = block.get_spacegroup(True)
            return *_operations(group), []
    except (SpacegroupError, *_PARSER_ERRORS):
        pass  # said below: a symmetry that can't be read leaves the atoms as listed
    else:
        return np.eye(3)[None], np.zeros((1, 3)), [
            Notice(
                "no-symmetry",
                "The file names no space group; the listed atoms were taken as the whole cell (P 1).",
                "If atoms are missing, add the symmetry operations to the file.",
            )
        ]
    return np.eye(3)[None], np.zeros((1, 3)), [
        Notice(
            "no-symmetry",
            f"The symmetry of the file ({name or number or 'operations'}) can't be understood; "
            "the listed atoms were taken as the whole cell (P 1).",
            "Atoms may be missing: expand the cell to P 1 with a crystal program.",
        )
    ]


def _operations(group: Spacegroup) -> tuple[np.ndarray, np.ndarray]:
    operations = group.get_symop()
    rotations, translations = zip(*operations)
    return np.array(rotations, float), np.array(translations, float)


def _formula_notice(block: CIFBlock, numbers: list[int]) -> list[Notice]:
    """Return a notice if the stated formula has hydrogen and the atoms have none."""
    formula = block.get("_chemical_formula_sum") or block.get("_chemical_formula_moiety")
    if not isinstance(formula, str) or 1 in numbers:
        return []
    match = re.search(r"\b[HD](\d*)\b", formula)
    if not match:
        return []
    return [
        Notice(
            "missing-hydrogens",
            f"The file's formula is {formula.strip()}, but it holds no hydrogen atoms; "
            "the atoms were taken as they stand, so carbons without their hydrogens are treated as bare.",
            "Add the hydrogens with a molecule editor and open the completed file.",
        )
    ]


def _title(block: CIFBlock) -> str:
    for tag in ("_chemical_name_common", "_chemical_name_mineral", "_chemical_name_systematic"):
        value = block.get(tag)
        if isinstance(value, str) and value.strip(" ?.\n'"):
            return " ".join(value.split())[:60]
    return ""


def _coordinate(value: Any, where: str) -> float:
    parsed = _float(value)
    if parsed is None or not np.isfinite(parsed):
        raise XanesviewError(
            f"{where} has the coordinate “{str(value)[:30]}”, which is not a finite number.", "Correct the file."
        )
    return parsed


def _float(value: Any) -> float | None:
    """Return a CIF number without its standard uncertainty, None for ``?``, ``.`` and words."""
    if isinstance(value, (int, float)):
        return float(value)
    try:
        return float(re.sub(r"\(.*\)$", "", str(value).strip()))
    except ValueError:
        return None


def _word(value: Any) -> str:
    text = str(value).strip()
    return "" if text in (".", "?") else text


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:80] or type(error).__name__
