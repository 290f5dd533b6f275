"""What stands above the numbers of a column file: names and units of the columns, fields, a crystal."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from xanesview.io.spectra.column_text import Layout, Rows, is_comment
from xanesview.io.spectra.energy_axis import crystal_d_spacing, is_called_energy
from xanesview.io.spectra.energy_units import known_unit

_LINES_LOOKED_AT = 600
_LONGEST_FIELD = 2000  # characters of a line of the header: patterns may go through it many times
_LONGEST_NAME = 60
_UNIT = re.compile(
    r"k?ev|deg(rees?)?|mdeg|°|counts?|cts|cps|hz|m?a|na|pa|v|mv|s|sec(onds?)?|"
    r"arb\.?( ?u(nits)?\.?)?|a\.?u\.?|%|mm|um|µm|k|mb(arn)?",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"^[\s#%!;*/@]*(?:col(?:umn)?s?|array|channel|label|field)?[\s._#]*(\d{1,4})\s*(?:[:=)\]]|\.\s)\s*(\S.*?)\s*$",
    re.IGNORECASE,
)
_DEFINED = re.compile(r"^[\s#%!;]*([A-Z]{1,3}\d{1,4})\s*=\s*\{([^}]+)\}")
_SPACING = re.compile(r"\bd[-_ ]?spac\w*[^\d\n]{0,12}(\d{1,2}\.\d+)", re.IGNORECASE)


def column_names(lines: Sequence[str], rows: Rows, layout: Layout) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return names and units of the columns of numbers; “column 1” … where the file has no names.

    They come from an XDI header, from lines that list the columns, or from the last fitting line above the numbers.

    References
    ----------
    XAS Data Interchange, specification 1.0: ``# Column.1: energy eV``.
    """
    head = lines[: rows.first_line]
    names, units = _xdi_names(head, rows.n_cells)
    if names is None:
        names = _named_line(head, rows.n_cells, layout)
        listed = _listed_names(head, rows.n_cells)
        defined = {match[1]: match[2].strip() for line in head[-400:] if (match := _DEFINED.match(line))}
        if names is not None and defined:
            names = [defined.get(name, name) for name in names]
        elif names is None and listed is not None:
            names = listed
        units = _unit_line(head, rows.n_cells, layout) or [""] * rows.n_cells
    if names is None:
        names = [""] * rows.n_cells
    kept = [(names[cell], units[cell]) for cell in rows.columns]
    return (
        tuple(name[:_LONGEST_NAME] or f"column {k}" for k, (name, _) in enumerate(kept, start=1)),
        tuple(unit for _, unit in kept),
    )


def _xdi_names(head: Sequence[str], n_cells: int) -> tuple[list[str] | None, list[str]]:
    """Return names and units of ``# Column.1: energy eV || address``, or None."""
    named: dict[int, str] = {}
    for line in head:
        match = re.match(r"\s*#\s*Column\.(\d{1,5})\s*:\s*(.*?)\s*$", line, flags=re.IGNORECASE)
        if match and 1 <= int(match[1]) <= n_cells:
            named.setdefault(int(match[1]) - 1, match[2].split("||")[0].strip())
    if not named:
        return None, []
    names = [named.get(index, "") for index in range(n_cells)]
    units = [""] * n_cells
    for index, name in enumerate(names):
        words = name.rsplit(None, 1)
        if len(words) == 2 and (_UNIT.fullmatch(words[1]) or _tells_unit(*words)):
            names[index], units[index] = words
    return names, units


def _tells_unit(name: str, word: str) -> bool:
    """Tell whether the word behind a name of energies is their unit: XDI has it there, known or not."""
    return bool(known_unit(word)) or (name.lower() == "energy" and not is_called_energy(f"{name} {word}"))


def _cuts(layout: Layout) -> tuple[Callable[[str], list[str]], ...]:
    plain = (layout, Layout("\t", "."), Layout(" ", "."), Layout(",", "."), Layout(";", "."))
    return (
        *(one.cells for one in plain[:2]),
        lambda words: re.findall(r'"([^"]*)"', words),
        lambda words: re.split(r"\s{2,}|\t+", words.strip()),
        *(one.cells for one in plain[2:]),
    )


def _named_line(head: Sequence[str], n_cells: int, layout: Layout) -> list[str] | None:
    """Return the cells of the last line above the numbers that fits their columns."""
    for place, line in enumerate(reversed(head[-40:])):
        text = re.sub(r"^\s*(#L\b|[#%!*@;]|//)+\s*", "", line).strip()
        if not text or set(text) <= set("-=_#/+* "):
            continue
        for cut in _cuts(layout):
            cells = [_unquoted(cell).rstrip(",") for cell in cut(text)]
            while len(cells) > n_cells and not cells[-1]:
                cells.pop()
            if len(cells) == n_cells and _are_names(cells) and not all(map(_UNIT.fullmatch, cells)):
                return cells
        if not is_comment(line) and place > 3:
            break
    return None


def _unquoted(cell: str) -> str:
    """Return a cell without the quotation marks around it; the dashes of f″ are none."""
    cell = cell.strip().strip('"') if not cell.rstrip().endswith('""') else cell.strip()
    return cell.strip("'") if len(cell) > 1 and cell[0] == cell[-1] == "'" else cell


def _unit_line(head: Sequence[str], n_cells: int, layout: Layout) -> list[str] | None:
    """Return the cells of a line of units, such as ``eV  A  A``, near the numbers."""
    for line in reversed(head[-4:]):
        text = re.sub(r"^\s*(#|%|!|//|\*|@|;)+\s*", "", line).strip()
        for cut in _cuts(layout):
            cells = [cell.strip().strip("\"'()[]") for cell in cut(text)]
            if len(cells) == n_cells and all(map(_UNIT.fullmatch, cells)):
                return cells
    return None


def _are_names(cells: Sequence[str]) -> bool:
    """Tell whether cells can head columns: the first is a word, no one is a sentence, angles may be numbers."""
    if not re.search(r"[^\W\d]", cells[0]) or cells[0].endswith((":", "=")):  # “angle: 70” is a field
        return False
    if any(len(cell) > _LONGEST_NAME or len(cell.split()) > 4 or cell.endswith((";", "…")) for cell in cells):
        return False
    words = sum(bool(re.search(r"[^\W\d]", cell)) for cell in cells)
    return words == len(cells) or all(re.fullmatch(r"[-+]?[\d.]+ ?(°|deg)?", cell) for cell in cells[1:])


def _listed_names(head: Sequence[str], n_cells: int) -> list[str] | None:
    """Return names that stand one a line with their numbers: ``# 1: energy``, ``Column 2 = I0``."""
    found: dict[int, str] = {}
    for line in head[-_LINES_LOOKED_AT:]:
        match = _LISTED.match(line[:_LONGEST_FIELD])
        if match and 1 <= int(match[1]) <= n_cells:
            found[int(match[1])] = match[2].split("||")[0].split("-->")[0].strip().strip("\"'{}")
    if len(found) < n_cells or not all(re.search(r"[^\W\d]", name) for name in found.values()):
        return None
    return [found[k] for k in range(1, n_cells + 1)]


def d_spacing(lines: Sequence[str]) -> float | None:
    """Return the d-spacing (Å) that header lines tell, as a number or by a crystal, or None."""
    for line in lines[:_LINES_LOOKED_AT]:
        if match := _SPACING.search(line[:400]):
            value = float(match[1])
            if 0.3 < value < 30.0:
                return value
    for line in lines[:_LINES_LOOKED_AT]:
        if re.search(r"mono|crystal|diffraction|reflection", line[:400], re.IGNORECASE):
            found = crystal_d_spacing(line[:400])
            if found:
                return found
    return None


def network_fields(lines: Sequence[str]) -> dict[str, str]:
    """Return what the comments of an exported table say of the networks that its curves were made with."""
    fields = {}
    for line in lines[:400]:
        match = re.match(r"\s*#\s*((?:curve \d+ )?network(?:_version|_hash)?)\s*:\s*(.+?)\s*$", line[:_LONGEST_FIELD])
        if match:
            fields[match[1]] = match[2]
    return fields


def header_fields(lines: Sequence[str]) -> dict[str, str]:
    """Return the ``# Family.key: value`` fields of an XDI header, keys in lower case, without those of columns."""
    fields = {}
    for line in lines[:_LINES_LOOKED_AT]:
        match = re.match(r"\s*#\s*([A-Za-z]\w*\.\w+)\s*:\s*(.+?)\s*$", line[:_LONGEST_FIELD])
        if match and not match[1].lower().startswith("column."):
            fields[match[1].lower()] = match[2]
    return fields
