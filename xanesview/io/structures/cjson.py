"""Chemical JSON, as Avogadro and Open Babel write it (https://github.com/OpenChemistry/chemicaljson)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.checks import cell_of_parameters, checked_structure
from xanesview.io.structures.frames import frames_notice
from xanesview.io.text_file import LARGEST

_PARAMETERS = ("a", "b", "c", "alpha", "beta", "gamma")


def looks_like_cjson(text: str) -> bool:
    """Tell whether a text begins as JSON and names its dialect or its atoms' coordinates."""
    return text.lstrip().startswith("{") and (
        re.search(r'"chemical ?json"\s*:', text, re.I) is not None
        or (re.search(r'"atoms"\s*:\s*\{', text) is not None and re.search(r'"coords"\s*:', text) is not None)
    )


def read_cjson(path: Path, text: str) -> Structure:
    """Return the structure of a Chemical JSON file, the first of several sets of coordinates.

    Raises
    ------
    XanesviewError
        If the JSON is broken or holds no elements and coordinates.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise XanesviewError(f"{path.name} is not complete JSON.", "It may be cut off; write it again.") from error
    atoms = _part(content, "atoms")
    coordinates = _part(atoms, "coords")
    numbers = _numbers(path, _part(atoms, "elements").get("number"), (-1,))
    if len(numbers) == 0 or not np.all(np.isin(numbers, np.arange(1, 119))):
        raise XanesviewError(
            f"{path.name} has no atoms, or some that are no elements.", "It needs atoms.elements.number, from 1 to 118."
        )
    sets = coordinates.get("3dSets") or coordinates.get("3d sets") or []
    sets = sets if isinstance(sets, list) else []
    cell = _cell(path, _part(content, "unitCell") or _part(content, "unit cell"))
    fractional = coordinates.get("3dFractional") or coordinates.get("3d fractional")
    listed = coordinates.get("3d") or (sets[0] if sets else None)
    if listed is None and fractional is not None and cell is not None:
        positions = _numbers(path, fractional, (-1, 3)) @ cell
    else:
        positions = _numbers(path, listed, (-1, 3))
    if len(positions) != len(numbers):
        raise XanesviewError(
            f"{path.name} has {counted(len(numbers), 'element')} but coordinates of {counted(len(positions), 'atom')}.",
            "Correct the file.",
        )
    properties = _part(content, "properties")
    name = content.get("name") if isinstance(content.get("name"), str) else ""
    return checked_structure(
        numbers.astype(int),
        positions,
        cell,
        None if cell is None else [True] * 3,
        frames_notice(len(sets), "first"),
        name=" ".join(name.split())[:60] or path.stem,
        charge=_whole(properties.get("totalCharge"), 0),
        multiplicity=max(1, _whole(properties.get("totalSpinMultiplicity"), 1)),
        source=str(path),
    )


def _part(content: Any, key: str) -> dict[str, Any]:
    part = content.get(key) if isinstance(content, dict) else None
    return part if isinstance(part, dict) else {}


def _numbers(path: Path, values: Any, shape: tuple[int, ...]) -> np.ndarray:
    try:
        found = np.array([] if values is None else values, float).reshape(shape)
        if not np.all(np.abs(found) < LARGEST):
            raise ValueError("a number is not finite")
        return found
    except (TypeError, ValueError, OverflowError) as error:
        raise XanesviewError(f"{path.name} has lists that are not three numbers an atom.", "Write it again.") from error


def _cell(path: Path, unit_cell: dict[str, Any]) -> np.ndarray | None:
    if "cellVectors" in unit_cell:
        cell = _numbers(path, unit_cell["cellVectors"], (-1, 3))
        if cell.shape != (3, 3):
            raise XanesviewError(f"The cell of {path.name} does not hold three vectors.", "Correct cellVectors.")
        return cell if cell.any() else None
    if all(key in unit_cell for key in _PARAMETERS):
        return cell_of_parameters(_numbers(path, [unit_cell[key] for key in _PARAMETERS], (6,)).tolist(), path.name)
    return None


def _whole(value: Any, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1000 else otherwise
