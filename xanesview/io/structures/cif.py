"""CIF: one crystal structure, its symmetry expanded and its disorder resolved, each assumption noted.

Crystals of the core dictionary (also magnetic ones), macromolecules of mmCIF, and components of the Protein Data
Bank's dictionary are told apart by their tags. `cif_syntax` reads the syntax and says why neither gemmi nor ASE does;
the symmetry operations come from gemmi (`space_groups`). What the tags mean for a prediction is decided here and in
`crystal`, `disorder` and `labels`: which of several disordered alternatives is kept, what becomes of partial
occupancies, which copies on special positions are one atom, which element a label means.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.structure import SYMBOLS, Notice, Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.checks import cell_of_parameters, checked_structure, deuterium_notice
from xanesview.io.structures.cif_syntax import CifBlock, cif_blocks, plain_text
from xanesview.io.structures.disorder import CrystalSite, ordered
from xanesview.io.structures.elements import atomic_number
from xanesview.io.structures.frames import chosen_frame, frame_notice
from xanesview.io.structures.labels import Neighbours, formula_elements, heavy_atom, labelled_elements, mixed_type
from xanesview.io.text_file import LARGEST, plain_float
from xanesview.limits import MOST_ATOMS, check_count

if TYPE_CHECKING:
    from xanesview.io.structures.crystal import DeclaredSymmetry

_CELL_TAGS = ("length_a", "length_b", "length_c", "angle_alpha", "angle_beta", "angle_gamma")
_NEAR_ANGSTROM = 3.2
_MOST_IMAGES = 20_000
_DUMMY = ("dum", "dummy", "q")


@dataclass(frozen=True)
class _Row:
    """One row of the atom loop: label, type (may be empty), fractional position, occupancy, assembly and group."""

    label: str
    kind: str
    fractional: tuple[float, float, float]
    occupancy: float
    assembly: str
    group: str


def looks_like_cif(text: str) -> bool:
    """Tell whether a text has a data block and a tag or loop."""
    return bool(re.search(r"^[^\S\n]*data_\S*", text, re.MULTILINE | re.IGNORECASE)) and bool(
        re.search(r"^[^\S\n]*(_|loop_)", text, re.MULTILINE | re.IGNORECASE)
    )


def read_cif(path: Path, text: str, frame: int | None = None) -> Structure:
    """Return the structure of a CIF or mmCIF file; of several data blocks with atoms, the first or that of a frame.

    Raises
    ------
    XanesviewError
        If no block has atoms, there is no such frame, or the cell or a coordinate is missing or no number.
    """
    from xanesview.io.structures import mmcif

    blocks = cif_blocks(text)
    with_atoms = [block for block in blocks if _has_atoms(block) or mmcif.is_component(block)]
    if not with_atoms:
        raise XanesviewError(
            f"{path.name} has no atoms.",
            "The CIF needs _atom_site_ labels and coordinates; some hold only reflections.",
        )
    place = chosen_frame(path, len(with_atoms), frame, 0)
    block = with_atoms[place["frame"]]
    if "_atom_site_fract_x" in block.incomplete or "_atom_site_cartn_x" in block.incomplete:
        raise XanesviewError(
            f"The atom loop of {path.name} is incomplete: a row has fewer values than the others.",
            "The file is cut off, or a value with blanks lacks its quotes.",
        )
    if not _has_atoms(block):
        structure = mmcif.component(path, block)
    elif mmcif.is_macromolecule(block):
        structure = mmcif.macromolecule(path, block)
    else:
        structure = _crystal(path, block)
    if len(with_atoms) == 1:
        return structure
    return structure.replace(notices=(*frame_notice(place, frame), *structure.notices), **place)


def write_cif(path: Path, structure: Structure) -> None:
    """Write a crystal; see `cif_writer.cif_text`."""
    from xanesview.io.atomic import write_text
    from xanesview.io.structures.cif_writer import cif_text

    text = cif_text(structure)
    write_text(path, text)


def _has_atoms(block: CifBlock) -> bool:
    return bool(block.column("_atom_site_fract_x") or block.column("_atom_site_cartn_x"))


def _crystal(path: Path, block: CifBlock) -> Structure:
    """Return the cell's atoms of a block of the core dictionary."""
    # gemmi's tables are loaded only when a crystal is read
    from xanesview.io.structures.crystal import Composition, cell_contents, likely_setting

    cell = _cell(path, block)
    declared = _declared_symmetry(block)
    total = block.word("_chemical_formula_sum")
    formula = total or block.word("_chemical_formula_moiety", "_chemical_formula_structural")
    elements = formula_elements(formula)
    rows, unplaced = _rows(path, block, cell)
    positions = np.array([row.fractional for row in rows])
    setting = likely_setting(declared, cell)

    def neighbours(k: int) -> tuple[np.ndarray, np.ndarray]:
        return _neighbours(k, positions, setting.rotations, setting.translations, cell)

    sites, heavy, label_notices = _sites(path, rows, elements, neighbours)
    kept, disorder_notices = ordered(sites)
    units = _float(block.word("_cell_formula_units_z"))
    composition = Composition(elements if total else {}, units)
    numbers, fractional, labels, notices = cell_contents(kept, declared, cell, composition, path.name)
    notices = [*label_notices, *disorder_notices, *notices, *deuterium_notice(heavy)]
    if unplaced:
        notices.append(
            Notice(
                "unplaced-atoms",
                f"{unplaced} atoms of the file have no coordinates and were left out.",
                "Complete the file where these atoms matter.",
            )
        )
    return checked_structure(
        numbers, fractional @ cell, cell, [True, True, True],
        [*notices, *_formula_notice(formula, elements, numbers)], labels,
        name=_title(block) or path.stem, source=str(path),
    )  # fmt: skip


def _cell(path: Path, block: CifBlock) -> np.ndarray:
    values = []
    for tag in _CELL_TAGS:
        word = block.word("_cell_" + tag)
        parsed = _float(word)
        if parsed is None or not np.isfinite(parsed) or parsed <= 0:
            told = f"usable _cell_{tag} (“{word[:30]}”)" if word else f"_cell_{tag}"
            raise XanesviewError(
                f"{path.name} has no {told}.",
                "A crystal needs three cell lengths in Å and three angles in degrees.",
            )
        values.append(parsed)
    return cell_of_parameters(values, path.name)


def _declared_symmetry(block: CifBlock) -> DeclaredSymmetry:
    """Return what the block says of its space group, in whatever dictionary's words."""
    from xanesview.io.structures.crystal import DeclaredSymmetry
    from xanesview.io.structures.space_groups import combined, without_spin

    triplets = block.column(
        "_space_group_symop_operation_xyz", "_symmetry_equiv_pos_as_xyz", "_symmetry_equiv_pos_site_as_xyz"
    )
    if any(text.count(",") < 2 for text in triplets):  # written with blanks and without quotes
        triplets = re.sub(r"\s*,\s*", ",", " ".join(triplets)).split()
    magnetic = block.column("_space_group_symop_magn_operation_xyz")
    if magnetic and not triplets:
        centrings = [without_spin(text) for text in block.column("_space_group_symop_magn_centering_xyz")]
        triplets = combined([without_spin(text) for text in magnetic], centrings)
    names = [
        block.word(f"_{tag}")
        for tag in (
            "space_group_name_h-m_alt", "symmetry_space_group_name_h-m", "space_group_name_h-m",
            "symmetry_space_group_name_h-m_alt", "space_group_name_h-m_full", "space_group_name_h-m_ref",
        )
    ]  # fmt: skip
    number = _float(block.word("_space_group_it_number", "_symmetry_int_tables_number"))
    return DeclaredSymmetry(
        [text for text in triplets if text not in ("?", ".")],
        block.word("_space_group_name_hall", "_symmetry_space_group_name_hall"),
        [name for name in names if name],
        int(number) if number is not None and 1 <= number <= 230 else None,
    )


def _rows(path: Path, block: CifBlock, cell: np.ndarray) -> tuple[list[_Row], int]:
    """Return the rows of the atom loop in fractional coordinates, and how many atoms have none."""
    kind = "fract" if block.column("_atom_site_fract_x") else "cartn"
    columns = [block.column(f"_atom_site_{kind}_{axis}") for axis in "xyz"]
    labels = block.column("_atom_site_label")
    types = block.column("_atom_site_type_symbol")
    count = len(columns[0])
    hint = "Cut out the region around the absorbing atoms."
    check_count(count, MOST_ATOMS, f"atoms of {path.name}", hint)
    if not types and not labels:
        raise XanesviewError(f"{path.name} does not say which elements its atoms are.", "Add _atom_site_type_symbol.")
    if any(len(column) != count for column in (*columns, types or columns[0], labels or columns[0])):
        raise XanesviewError(f"The atom loop of {path.name} has columns of different lengths.", "The file is damaged.")

    def column(tag: str, default: str) -> list[str]:
        values = block.column(f"_atom_site_{tag}")
        return values if len(values) == count else [default] * count

    optional = zip(
        labels or types, types or [""] * count, column("occupancy", "1"), column("disorder_assembly", "."),
        column("disorder_group", "."), column("calc_flag", "."),
    )  # fmt: skip
    rows, unplaced = [], 0
    for words, (label, type_symbol, share, assembly, group, flag) in zip(zip(*columns), optional):
        dummy = label.lower() in _DUMMY or type_symbol.lower() in _DUMMY or flag.lower() == "dum"
        if dummy or "?" in words or "." in words:
            unplaced += 1
            continue
        where = f"Atom {label[:20]} of {path.name}"
        position = [_coordinate(word, where) for word in words]
        if kind == "cartn":
            position = np.linalg.solve(cell.T, position).tolist()
        occupancy = _float(share)
        rows.append(
            _Row(
                label, _word(type_symbol), tuple(position), 1.0 if occupancy is None else occupancy,
                _word(assembly), _word(group),
            )
        )  # fmt: skip
    if not rows:
        raise XanesviewError(f"{path.name} has no atoms with coordinates.", "The file lists atoms without positions.")
    return rows, unplaced


def _sites(
    path: Path, rows: Sequence[_Row], formula: dict[int, float], neighbours: Neighbours
) -> tuple[list[CrystalSite], int, list[Notice]]:
    """Return the listed atoms with their elements, how many are deuterium, and what was assumed of their labels."""
    parts: dict[int, list[tuple[int, float]]] = {}
    types: dict[str, tuple[list[tuple[int, float]], bool]] = {}  # thousands of atoms have a handful of types
    heavy = 0
    for k, row in enumerate(rows):
        kind = row.kind or (row.label if re.search(r"[,/]", row.label) else "")
        if kind not in types:
            types[kind] = _elements_of_type(kind, f"Atom {row.label[:20]} of {path.name}")
        elements, isotope = types[kind]
        if elements:
            parts[k] = elements
            heavy += isotope
    notices = _groups_notice([row.kind for row in rows])
    if len(parts) < len(rows):
        known = {k: elements[0][0] for k, elements in parts.items()}
        labels = [row.kind or row.label for row in rows]
        named, assumed = labelled_elements(labels, known, formula, neighbours, path.name)
        notices += assumed
        parts.update((k, [(z, 1.0)]) for k, (z, _) in named.items())
        heavy += sum(isotope for _, isotope in named.values())
    times = Counter(row.label for row in rows)
    sites = [
        CrystalSite(_name(row, k, times), z, row.fractional, row.occupancy * share, row.assembly, row.group)
        for k, row in enumerate(rows)
        for z, share in parts[k]
    ]
    return sites, heavy, notices


def _name(row: _Row, k: int, times: Mapping[str, int]) -> str:
    """Return what to call the atom of a row, counted from 0, by its label or, where others have it too, the row."""
    return row.label if times[row.label] == 1 else f"{row.label[:12]} (row {k + 1})"


def _elements_of_type(kind: str, where: str) -> tuple[list[tuple[int, float]], bool]:
    """Return elements and shares of a type symbol, and whether it is deuterium; nothing for a type that is a label."""
    mixture = mixed_type(kind)
    if mixture:
        return [(atomic_number(symbol, where)[0], share) for symbol, share in mixture], False
    if not kind:
        return [], False
    group = heavy_atom(kind)
    if group is not None:
        return [(group, 1.0)], False
    try:
        z, isotope = atomic_number(kind, where)
    except XanesviewError:
        if re.match(r"[A-Za-z]", kind) and len(kind) > 1:
            return [], False  # "OW": read as a label
        raise
    return [(z, 1.0)], isotope


def _groups_notice(kinds: Sequence[str]) -> list[Notice]:
    """Return a notice if types are molecules or groups, of which the heavy atom was taken."""
    groups = {kind: z for kind in kinds if (z := heavy_atom(kind)) is not None}
    if not groups:
        return []
    told = ", ".join(f"{SYMBOLS[z]} for {kind[:20]}" for kind, z in groups.items())
    return [
        Notice(
            "assumed-elements",
            f"Types of atoms in the file are molecules or groups; {told} was taken, without hydrogens.",
            "Give _atom_site_type_symbol as elements, and list the hydrogens as atoms.",
        )
    ]


def _neighbours(
    k: int, positions: np.ndarray, rotations: np.ndarray, translations: np.ndarray, cell: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return indices (M,) and distances (M,) in Å of the atoms around one, their symmetry copies included."""
    if len(positions) * len(rotations) > _MOST_IMAGES:  # of large molecules all neighbours are listed
        rotations, translations = np.eye(3)[None], np.zeros((1, 3))
    images = np.einsum("kij,nj->nki", rotations, positions) + translations
    difference = images - positions[k]
    distance = np.linalg.norm((difference - np.round(difference)) @ cell, axis=2)
    distance[k, distance[k] < 0.5] = np.inf  # itself, on a special position several times
    nearest = distance.min(axis=1)
    near = np.flatnonzero((nearest < _NEAR_ANGSTROM) & (nearest > 0.3))
    return near, nearest[near]


def _formula_notice(formula: str, elements: dict[int, float], numbers: list[int]) -> list[Notice]:
    """Return a notice if the stated formula has hydrogen and the atoms have none."""
    if 1 not in elements or 1 in numbers:
        return []
    return [
        Notice(
            "missing-hydrogens",
            f"The file's formula is {formula.strip()[:60]}, but it holds no hydrogen atoms; "
            "the atoms were taken as they stand, so carbons without their hydrogens are treated as bare.",
            "Add the hydrogens with a molecule editor and open the completed file.",
        )
    ]


def _title(block: CifBlock) -> str:
    for tag in ("_chemical_name_common", "_chemical_name_mineral", "_chemical_name_systematic"):
        value = plain_text(block.word(tag)).strip(" ?.'")
        if value:
            return value[:60]
    return ""


def _coordinate(word: str, where: str) -> float:
    parsed = _float(word)
    if parsed is None or not abs(parsed) < LARGEST:
        raise XanesviewError(
            f"{where} has the coordinate “{word[:30]}”, which is not a finite number.", "Correct the file."
        )
    return parsed


def _float(word: str) -> float | None:
    """Return a CIF number without its standard uncertainty, or a fraction, None for ``?``, ``.`` and words."""
    text = word.partition("(")[0].strip()
    try:
        return plain_float(text)
    except ValueError:
        pass
    fraction = re.fullmatch(r"([-+]?\d{1,6})/(\d{1,6})", text)
    return int(fraction[1]) / int(fraction[2]) if fraction and int(fraction[2]) else None


def _word(value: str) -> str:
    text = value.strip()
    return "" if text in (".", "?") else text
