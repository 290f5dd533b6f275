"""Energies of a measurement: which column, in which unit, from angles or steps of a monochromator, in order."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.io.spectra.energy_units import (
    ANGLES,
    DEGREES_PER_UNIT,
    EV_PER_UNIT,
    HC_EV_ANGSTROM,
    UNITS,
    known_unit,
    to_ev,
    unit_in_name,
)
from xanesview.io.spectra.raw_table import RawTable

SILICON_111_ANGSTROM = 3.13556
"""Of silicon at room temperature (CODATA: a = 5.431020 Å); most monochromators of hard X-rays have it."""
_CUBIC_ANGSTROM = {"si": 5.431020, "ge": 5.657906, "c": 3.56712, "insb": 6.47937}
_CRYSTAL = re.compile(r"\b(si|ge|c|insb)\s*[\(\[<]?\s*(\d)\s*[, ]?\s*(\d)\s*[, ]?\s*(\d)\s*[\)\]>]?", re.IGNORECASE)

_LOWEST_EV, _HIGHEST_EV = 20.0, 200_000.0
_LEAST_TURN_DEGREES = 5e-4  # of a scan: by Si(111) 0.2 eV at 7 keV
_ANGLE = r"angle|bragg|theta|θ|\bdeg(ree)?s?\b|goniometer"
_STEPS = r"\bsteps?\b|encoder|\benc\b"
SET_OR_REACHED = (
    r"^en?[ _.-](set|sp|setpoint|read|readback|act|actual|req|requested|meas|measured|att|attained|ach|achieved|nom)$"
)
"""Short names of energies that were asked for, or reached, such as E_set and E_read, in lower case."""
_NAMES = (  # most telling first
    r"^(photon|beam|incident|incoming|mono(chromator)?|x-?ray|scan|true|cal(ibrated)?|corr(ected)?|requested|set|nominal|"
    r"achieved|attained|actual|measured)?[\s_.:-]*energ(y|ies|ie|ia)[\s_.:-]*"
    r"(set|sp|setpoint|requested|axis|scale|mono|drive|attr|bragg|c?enc|rbv|readback|read|achieved|attained|actual|eh\d)?"
    r"\d?$",
    r"^(e|en|ev|kev|hv|hν|eneg|ener|nrj|mono|monoe|energ\w*)$|^omega$|qexafs_energy|energycenc|"
    rf"{SET_OR_REACHED}|"
    r"zapenergy|^e[_ ]?(mono|ph|rbv)|"
    r"^(e|energy) ?[-–−_] ?e_?0$|^rel(ative)?[ _]?energ",
    r"energ(y|ies|ie|ia)([^a-z]|$)|(^|[^a-z])(photon|hv|hν|ev|kev|mono)([^a-z]|$)|^energ",
)  # fmt: skip
_WAVELENGTH = r"^(wave[\s_-]?length|lambda|λ)(?![a-z])"
_ANGSTROM = r"[(\[/\s_]\s*(a|å|ang\w*)\s*[)\]]?\s*$"
_LEAST_APART_EV, _MOST_APART_EV = 0.1, 50.0  # of energies asked for and those reached
_MOTOR = r"(mono|monochromator|dcm|pmono|zapmono|hdh)\d*"
_NO_ENERGY = (
    r"loss offset|ring energy|electron energy|gap|undulator|\bid\b|current|count|time|delta|error|resol|width|offset"
)


@dataclass(frozen=True)
class Axis:
    """A column taken as energies: its place, unit, and whether these are sure; `decided` is False for a mere guess."""

    column: int
    unit: str
    is_sure: bool
    is_decided: bool = True


def guessed_axis(table: RawTable) -> Axis:
    """Return which column holds the energies (or angles), in which unit."""
    if table.energy is not None:
        unit, sure = (table.unit, True) if table.unit else _unit_of(table, table.energy)
        return Axis(table.energy, unit, sure)
    column, sure, decided = _guessed_column(table)
    unit, unit_sure = (table.unit, True) if table.unit else _unit_of(table, column)
    plausible = is_plausible(table.values[:, column], unit) or table.axis == "relative"
    return Axis(
        column, unit, sure and unit_sure and plausible, decided and (plausible or _is_energy_name(table, column))
    )


def _is_energy_name(table: RawTable, column: int) -> bool:
    name = _bare(table.names[column])
    return any(re.search(pattern, name) for pattern in _NAMES) or _is_energy_unit(table.units[column])


def _is_energy_unit(word: str) -> bool:
    return known_unit(word) in EV_PER_UNIT


def still_energies(table: RawTable) -> tuple[int, str] | None:
    """Return a column, and its unit, that is called energy but stands still, as where a monochromator did not move."""
    for column, name in enumerate(table.names):
        unit = _unit_of(table, column)[0]
        finite = table.values[:, column][np.isfinite(table.values[:, column])]
        if not is_called_energy(name) or unit in ANGLES or not 1 <= _n_different(finite) < 3:
            continue
        low, high = np.sort(to_ev(np.array([finite.min(), finite.max()]), unit))
        if _LOWEST_EV <= low <= high <= _HIGHEST_EV:
            return column, unit
    return None


def is_called_energy(name: str) -> bool:
    """Tell whether a whole name is what beamlines call their energies, such as “energy requested”."""
    return re.search(_NAMES[0], _bare(name)) is not None


def strange_unit(table: RawTable, column: int) -> str:
    """Return the unit that a file tells of a column where it is none that is known, else an empty text."""
    word = table.units[column].strip()
    return "" if known_unit(word) or re.search(rf"{_ANGLE}|{_STEPS}", word.lower()) else word


def _bare(name: str) -> str:
    """Return a name in lower case without its unit and brackets."""
    lower = name.lower().strip().strip("\"'#*")
    unit = r"[\s_]*([\(\[/]\s*)?(?<![^\W\d_])(k?ev|degrees?|deg|mdeg|m?rad|radians?)\b\s*[\)\]]?\s*$"
    return re.sub(unit, "", lower).strip(" _,;:") or lower


def _guessed_column(table: RawTable) -> tuple[int, bool, bool]:
    """Return the column of energies, whether that is sure, and whether there was any reason for it."""
    values = table.values
    columns = range(values.shape[1])
    named = []
    for column in columns:
        bare = _bare(table.names[column])
        if re.search(_NO_ENERGY, bare):
            continue
        rank = next((k for k, pattern in enumerate(_NAMES) if re.search(pattern, bare)), None)
        if rank is None and (_is_energy_unit(table.units[column]) or re.search(_WAVELENGTH, bare)):
            rank = len(_NAMES)
        if rank is not None and _n_different(values[:, column]) >= 3:
            wrong = not is_plausible(values[:, column], _unit_of(table, column)[0])
            named.append((wrong, rank, _repeats(values[:, column]), column))
    if named:
        implausible, rank, _, column = min(named)
        rivals = [other for wrong, its, _, other in named if not wrong and its == rank and other != column]
        return column, not implausible and not any(_are_apart(table, column, other) for other in rivals), True
    for pattern in (_ANGLE, _STEPS):
        for column in columns:
            words = f"{table.names[column]} {table.units[column]}".lower()
            scanned = _n_different(values[:, column]) >= 3 and _is_monotonic(values[:, column])
            if scanned and re.search(pattern, words) and is_plausible(values[:, column], _unit_of(table, column)[0]):
                return column, True, True
    rising = [column for column in columns if _is_monotonic(values[:, column])]
    units = {column: _unit_of(table, column)[0] for column in rising}
    likely = [c for c in rising if is_plausible(values[:, c], units[c]) and not _is_index(values[:, c])]
    likely = [c for c in likely if c == 0 or units[c] == "eV"]  # small numbers that rise may be anything
    for found in (likely, rising):
        if found:
            return found[0], found[0] == 0, found is likely
    return 0, False, False


def _are_apart(table: RawTable, column: int, other: int) -> bool:
    """Tell whether two columns are energies of the same points that differ: those asked for and those reached."""
    pair = [to_ev(table.values[:, at], _unit_of(table, at)[0]) for at in (column, other)
            if _unit_of(table, at)[0] not in ANGLES]  # fmt: skip
    if len(pair) < 2:
        return False
    apart = np.abs(pair[0] - pair[1])
    apart = apart[np.isfinite(apart)]
    return bool(apart.size) and _LEAST_APART_EV < float(np.median(apart)) < _MOST_APART_EV


def _n_different(column: np.ndarray) -> int:
    finite = column[np.isfinite(column)]
    return int(np.unique(finite[:5000]).size) if finite.size else 0


def _repeats(column: np.ndarray) -> bool:
    """Tell whether neighbouring points have the same energy, as where a step that was asked for is rounded."""
    finite = column[np.isfinite(column)]
    return bool(np.any(np.diff(finite) == 0.0))


def _is_monotonic(column: np.ndarray) -> bool:
    steps = np.diff(column[np.isfinite(column)])
    return bool(steps.size and np.any(steps != 0) and (np.mean(steps >= 0) > 0.98 or np.mean(steps <= 0) > 0.98))


def _is_index(column: np.ndarray) -> bool:
    """Tell whether a column only counts the points."""
    finite = column[np.isfinite(column)]
    return finite.size > 2 and finite[0] in (0.0, 1.0) and bool(np.all(np.diff(finite) == 1.0))


def is_plausible(column: np.ndarray, unit: str) -> bool:
    """Tell whether numbers in a unit can be the energies of a spectrum."""
    finite = column[np.isfinite(column)]
    if finite.size < 3:
        return False
    low, high = float(finite.min()), float(finite.max())
    if unit in DEGREES_PER_UNIT:
        first, last = low * DEGREES_PER_UNIT[unit], high * DEGREES_PER_UNIT[unit]
        return first > 0.5 and last < 90.0 and last - first > _LEAST_TURN_DEGREES
    if unit == "steps":
        return low > 0
    ends = np.sort(to_ev(np.array([low, high]), unit))  # a wavelength falls where the energy rises
    return bool(ends[0] >= _LOWEST_EV and ends[1] <= _HIGHEST_EV and ends[1] - ends[0] > 0.5)


def _unit_of(table: RawTable, column: int) -> tuple[str, bool]:
    """Return the unit of a column of energies and whether that is sure: by name, then by its numbers."""
    words = f"{table.names[column]} {table.units[column]}".lower()
    finite = table.values[:, column][np.isfinite(table.values[:, column])]
    if finite.size == 0:
        return "eV", False
    low, high = float(finite.min()), float(finite.max())
    told = known_unit(table.units[column]) or unit_in_name(table.names[column])
    if told:
        pass
    elif re.search(_WAVELENGTH, _bare(table.names[column])):
        if re.search(r"(?<![a-z])nm(?![a-z])", words):
            return "nm", True
        return "Å", re.search(_ANGSTROM, words.rstrip()) is not None
    elif re.search(r"kev|kilo", words):
        told = "keV"
    elif re.search(r"(^|[^a-z])ev([^a-z]|$)", words):
        told = "eV"
    elif re.search(r"m(illi)?_?deg", words):
        told = "millidegrees"
    elif match := re.search(r"(?<![a-z])(m|milli)?_?rad(ian)?s?(?![a-z])", words):
        told = "milliradians" if match[1] else "radians"
    elif re.search(_ANGLE, words):
        told = "degrees"
    elif re.search(_STEPS, words) and table.steps_per_degree:
        told = "steps"
    looks_kev = low > 0.02 and high < 150 and high - low < 2.5
    if told == "eV" and looks_kev and low < _LOWEST_EV and low > 0.1:
        return "keV", False
    if told == "keV" and low > 200:
        return "eV", False
    if told:
        return told, True
    if looks_kev and re.fullmatch(_MOTOR, _bare(table.names[column])):  # in keV, or in degrees, which fall
        return ("degrees" if finite[-1] < finite[0] and low > 3.0 else "keV"), False
    # a near-edge spectrum spans tens of eV: between 20 eV and 150 keV, numbers that span less than 2.5 are keV
    return ("keV", True) if looks_kev else ("eV", low > _LOWEST_EV)


def crystal_d_spacing(text: str) -> float | None:
    """Return the spacing of the planes that a text names, such as “Si(111)” or “Ge 220”, in Å, or None."""
    match = _CRYSTAL.search(text)
    if match is None:
        return None
    indices = np.array([int(match[k]) for k in (2, 3, 4)])
    return _CUBIC_ANGSTROM[match[1].lower()] / float(np.linalg.norm(indices)) if indices.any() else None


def in_ev(column: np.ndarray, unit: str, table: RawTable, d_spacing_angstrom: float | None = None) -> np.ndarray:
    """Return energies in eV from a column (R,) in a unit; NaN for angles that reflect nothing.

    Bragg's law: E = h c / (2 d sin θ).

    Raises
    ------
    XanesviewError
        For an unknown unit, or steps of an unknown length.
    """
    if unit not in UNITS:
        raise XanesviewError(f"Energies in “{unit}” are not known.", f"Choose one of {', '.join(UNITS)}.")
    if unit not in ANGLES:
        return to_ev(column, unit) + table.added_ev
    spacing = d_spacing_angstrom or table.d_spacing_angstrom or SILICON_111_ANGSTROM
    if unit != "steps":
        degrees = column * DEGREES_PER_UNIT[unit]
    elif table.steps_per_degree:
        degrees = column / table.steps_per_degree
    else:
        raise XanesviewError("The file tells no steps per degree.", "Give the column of energies or of angles.")
    with np.errstate(all="ignore"):
        energy = HC_EV_ANGSTROM / (2.0 * spacing * np.sin(np.radians(degrees)))
    return np.where((degrees > 0.0) & (degrees <= 90.0), energy, np.nan) + table.added_ev


@dataclass(frozen=True, eq=False)
class Order:
    """How rows become ascending energies: rows that are kept, in order, and to which energy each belongs.

    ``energy_ev`` (E,) are the energies, ``rows`` (K,) the kept rows, ``where`` (K,) the energy of each.
    """

    energy_ev: np.ndarray
    rows: np.ndarray
    where: np.ndarray | None
    notices: tuple[Notice, ...]

    def ordered(self, values: np.ndarray) -> np.ndarray:
        """Return values (R,) on the energies (E,); those of one energy averaged, as far as they are numbers."""
        kept = values[self.rows]
        if self.where is None:
            return kept
        finite = np.isfinite(kept)
        counts = np.bincount(self.where[finite], minlength=self.energy_ev.size)
        sums = np.bincount(self.where[finite], weights=kept[finite], minlength=self.energy_ev.size)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(counts > 0, sums / counts, np.nan)


def in_order(energy_ev: np.ndarray, name: str) -> Order:
    """Return how rows of energies (R,) are put in order, and what was done for it.

    Raises
    ------
    XanesviewError
        If there are fewer than three different energies.
    """
    notices = []
    rows = np.flatnonzero(np.isfinite(energy_ev))
    if rows.size < energy_ev.size and rows.size:
        n = counted(energy_ev.size - rows.size, "row without an energy was", "rows without an energy were")
        notices.append(Notice("spectrum-gaps", f"{n} left out."))
    energy = energy_ev[rows]
    steps = np.diff(energy)
    if np.all(steps <= 0) and np.any(steps < 0):
        energy, rows = energy[::-1], rows[::-1]
        notices.append(Notice("spectrum-order", "The energies fall in the file; the points were turned round."))
    elif np.any(steps < 0):
        order = np.argsort(energy, kind="stable")
        energy, rows = energy[order], rows[order]
        notices.append(Notice("spectrum-order", "The energies were not in order; the points were sorted."))
    where = None
    unique, inverse = np.unique(energy, return_inverse=True)
    if unique.size < energy.size:
        averaged = counted(energy.size - unique.size, "repeated energy was", "repeated energies were")
        notices.append(Notice("spectrum-duplicates", f"{averaged} averaged."))
        energy, where = unique, inverse
    if energy.size < 3:
        different = counted(energy.size, "different energy", "different energies")
        told = f": {energy[0]:.8g} eV throughout" if energy.size and energy[-1] - energy[0] < 0.01 else ""
        raise XanesviewError(f"“{name}” holds only {different}{told}.", "Choose other columns.")
    return Order(np.ascontiguousarray(energy), rows, where, tuple(notices))
