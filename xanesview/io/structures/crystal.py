"""From listed atoms and a declared symmetry to the atoms of one cell.

A file may name its space group, list its operations, do both or half of it. Which operations are meant is decided
here: those listed count; where they are fewer than the named group has, the atoms tell whether the rest was left out
or the whole cell is listed; where a symbol has two origins, formula and distances tell which one fits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.structure import Notice, Structure
from xanesview.io.structures.checks import impossible_contacts, repeats_too_closely
from xanesview.io.structures.disorder import SAME_ATOM_ANGSTROM, CrystalSite, TooDense, expanded
from xanesview.io.structures.space_groups import (
    IDENTITY,
    Setting,
    fits_cell,
    hall_setting,
    is_symbol,
    listed_setting,
    named_settings,
    numbered_settings,
)

_COPY_ANGSTROM = 0.1
"""A listed atom this near to the symmetry copy of another one of its element is that copy."""
_LISTED_ANGSTROM = 0.5
_ENOUGH_SITES = 20
_MOST_PAIRS = 30_000_000  # of listed atoms and copies: some tenths of a second
_TELLING = 0.05  # difference of compositions that decides


@dataclass(frozen=True)
class DeclaredSymmetry:
    """What a file says of its space group: listed operations, Hall symbol, Hermann–Mauguin symbols, number."""

    triplets: Sequence[str] = ()
    hall: str = ""
    names: Sequence[str] = ()
    number: int | None = None

    @property
    def name(self) -> str:
        """What to call it in a sentence."""
        words = [*self.names, self.hall, "" if self.number is None else f"no. {self.number}"]
        return next((word for word in words if word), "")

    @property
    def is_understood(self) -> bool:
        """Whether a symbol or the number is that of a space group, be it one that fits the cell or not."""
        return self.number is not None or hall_setting(self.hall) is not None or any(map(is_symbol, self.names))

    def settings(self, cell_angstrom: np.ndarray) -> list[Setting]:
        """Return the settings that the symbols may mean in a cell, without regard to listed operations."""
        hall = hall_setting(self.hall)
        if hall is not None and fits_cell(hall, cell_angstrom):
            return [hall]
        for name in self.names:
            found = named_settings(name, cell_angstrom)
            if found:
                return found
        return [] if self.number is None else numbered_settings(self.number, cell_angstrom)


@dataclass(frozen=True)
class Composition:
    """Atoms of each element in the file's formula, by atomic number, and formula units a cell where known."""

    counts: Mapping[int, float] = field(default_factory=dict)
    units: float | None = None

    def misfit(self, numbers: Sequence[int]) -> float:
        """Return how far a cell's atoms are from the formula: 0 where they agree, about 1 where nothing does."""
        elements = [z for z in self.counts if z != 1]  # hydrogens are left out of many files
        wanted = np.array([self.counts[z] for z in elements])
        there = np.array([np.count_nonzero(np.asarray(numbers) == z) for z in elements], float)
        if not wanted.any() or not there.any():
            return 0.0
        if self.units:
            return float(np.abs(there - wanted * self.units).sum() / (wanted * self.units).sum())
        return float(np.abs(there / there.sum() - wanted / wanted.sum()).sum())


@dataclass(frozen=True, eq=False)
class CellContents:
    """Atoms of one cell in one setting: numbers, fractional positions (N, 3), labels of the listed atoms, notices.

    ``strains`` counts what speaks against the setting: impossible contacts, and listed atoms whose copies nearly meet,
    as they do beside a special position.
    """

    setting: Setting
    numbers: list[int]
    fractional: np.ndarray
    labels: list[str]
    notices: list[Notice]
    strains: int = 0


def likely_setting(declared: DeclaredSymmetry, cell_angstrom: np.ndarray) -> Setting:
    """Return the operations that a file most likely means, before its atoms are looked at."""
    listed = listed_setting(declared.triplets)
    named = declared.settings(cell_angstrom)
    if listed is not None and len(listed[0]) > 1:
        return listed[0]
    return named[0] if named else IDENTITY


def cell_contents(
    sites: Sequence[CrystalSite],
    declared: DeclaredSymmetry,
    cell_angstrom: np.ndarray,
    composition: Composition,
    name: str,
) -> tuple[list[int], np.ndarray, list[str], list[Notice]]:
    """Return all atoms of the cell.

    Parameters
    ----------
    sites : the listed atoms of one arrangement
    declared : what the file says of its symmetry
    cell_angstrom : (3, 3) rows a, b, c, Å
    composition : what the file says the cell holds
    name : of the file, for errors

    Returns
    -------
    numbers : (N,) list
    fractional : (N, 3) array
    labels : (N,) list, of the listed atom that each is a copy of
    notices : what had to be assumed

    Raises
    ------
    XanesviewError
        If the cell is so small or flat that atoms meet their own images, or has more atoms than can be read.
    """
    repeats_too_closely([site.number for site in sites], cell_angstrom, np.ones(3, bool), name)
    listed = listed_setting(declared.triplets) if declared.triplets else None
    named = declared.settings(cell_angstrom)
    if listed is None:
        if not named:
            found = _contents(sites, IDENTITY, cell_angstrom, judged=False)
            return found.numbers, found.fractional, found.labels, [*found.notices, _no_symmetry(declared)]
        try:
            best, notices = _best(sites, named, cell_angstrom, composition)
        except TooDense:
            if _share_of_copies_listed(sites, named[0], cell_angstrom) < 0.5:
                raise
            best = None  # the whole cell is listed
        if best is None or _is_whole_already(sites, best, cell_angstrom):
            found = _contents(sites, IDENTITY, cell_angstrom, judged=False)
            return found.numbers, found.fractional, found.labels, found.notices
        return best.numbers, best.fractional, best.labels, [*best.notices, *notices]
    setting, closed = listed
    larger = [group for group in named if setting.keys < group.keys]
    found = _contents(sites, setting, cell_angstrom, judged=bool(larger))
    if larger:
        try:
            whole, _ = _best(sites, larger, cell_angstrom, composition, judged=True)
        except TooDense:
            whole = found
        if _is_left_out(sites, found, whole, cell_angstrom, composition):
            notices = [*whole.notices, _completed(len(declared.triplets), whole.setting)]
            return whole.numbers, whole.fractional, whole.labels, notices
    told = [_completed(len(declared.triplets), setting)] if closed else []
    return found.numbers, found.fractional, found.labels, [*found.notices, *told]


def _contents(
    sites: Sequence[CrystalSite], setting: Setting, cell_angstrom: np.ndarray, judged: bool
) -> CellContents:
    """Return the cell's atoms; where settings are compared (`judged`) with what speaks against this one."""
    kept, copies = _without_copies(sites, setting, cell_angstrom)
    numbers, fractional, labels, notices = expanded(kept, setting, cell_angstrom)
    if copies:
        message = f"{counted(copies, 'listed atom is a symmetry copy', 'listed atoms are symmetry copies')} of others; "
        message += "each position was filled once."
        notices = [*notices, Notice("copies", message, "List each atom once, or write the file in P 1.")]
    strains = 0
    if judged:
        strains = len(impossible_contacts(Structure(numbers, fractional @ cell_angstrom, cell_angstrom, [True] * 3)))
        strains += _copies_nearly_meet(kept, setting, cell_angstrom)
    return CellContents(setting, numbers, fractional, labels, notices, strains)


def _copies_nearly_meet(sites: Sequence[CrystalSite], setting: Setting, cell_angstrom: np.ndarray) -> int:
    """Return of how many atoms copies lie too near to be two atoms and too far apart to be one, rounding apart."""
    own = np.array([site.fractional for site in sites])
    meets = np.zeros(len(sites), bool)
    for rotation, translation in zip(setting.rotations, setting.translations):
        difference = own @ rotation.T + translation - own
        distance = np.linalg.norm((difference - np.round(difference)) @ cell_angstrom, axis=1)
        meets |= (distance > _COPY_ANGSTROM) & (distance < SAME_ATOM_ANGSTROM)
    return int(meets.sum())


def _is_whole_already(sites: Sequence[CrystalSite], found: CellContents, cell_angstrom: np.ndarray) -> bool:
    """Tell whether the listed atoms are a whole cell, distorted from the named group, which would double atoms."""
    if len(found.setting) == 1 or _share_of_copies_listed(sites, found.setting, cell_angstrom) < 0.5:
        return False
    listed, whole = (_contents(sites, s, cell_angstrom, judged=True) for s in (IDENTITY, found.setting))
    return listed.strains < whole.strains


def _best(
    sites: Sequence[CrystalSite],
    settings: Sequence[Setting],
    cell_angstrom: np.ndarray,
    composition: Composition,
    judged: bool = False,
) -> tuple[CellContents, list[Notice]]:
    """Return the contents in the setting that suits formula and distances best, and a notice if that was a choice.

    Else the setting with fewer atoms, whose atoms lie on special positions; else the second origin, at the centre of
    symmetry, which the International Tables recommend.
    """
    if len(settings) == 1:
        return _contents(sites, settings[0], cell_angstrom, judged=judged), []
    found, refused = [], None
    for setting in settings:
        try:
            found.append(_contents(sites, setting, cell_angstrom, judged=True))
        except TooDense as error:
            refused = error
    if refused is not None and not found:
        raise refused
    misfits = [round(composition.misfit(contents.numbers) / _TELLING) for contents in found]
    keys = [
        (misfit, contents.strains, len(contents.numbers), not contents.setting.label.endswith(":2"))
        for misfit, contents in zip(misfits, found)
    ]
    best = found[keys.index(min(keys))]
    if misfits.count(min(misfits)) == 1 and composition.counts:
        return best, []
    return best, [
        Notice(
            "assumed-setting",
            f"The file does not say which origin or axes its space group has; {best.setting.label} was taken.",
            "List the symmetry operations in the file if this is wrong.",
        )
    ]


def _is_left_out(
    sites: Sequence[CrystalSite],
    listed: CellContents,
    whole: CellContents,
    cell_angstrom: np.ndarray,
    composition: Composition,
) -> bool:
    """Tell whether a list of operations leaves out some that the named group has, rather than the cell being listed.

    The formula decides where it can; a cell whose atoms map on one another is whole already; and a group that would
    put atoms into one another is that of an ideal structure, from which this one was relaxed or distorted.
    """
    if len(whole.numbers) == len(listed.numbers):
        return False
    as_listed, completed = (composition.misfit(contents.numbers) for contents in (listed, whole))
    if abs(as_listed - completed) > _TELLING:
        return completed < as_listed
    if _share_of_copies_listed(sites, whole.setting, cell_angstrom) > 0.5:
        return False
    return whole.strains <= listed.strains


def _share_of_copies_listed(sites: Sequence[CrystalSite], setting: Setting, cell_angstrom: np.ndarray) -> float:
    """Return which share of the symmetry copies of some atoms are listed as atoms of the same element."""
    positions = np.array([site.fractional for site in sites])
    numbers = np.array([site.number for site in sites])
    listed = total = 0
    for k in np.linspace(0, len(sites) - 1, min(_ENOUGH_SITES, len(sites))).astype(int):
        copies = setting.rotations @ positions[k] + setting.translations
        own = np.linalg.norm(((copies - positions[k]) - np.round(copies - positions[k])) @ cell_angstrom, axis=1)
        elsewhere = own > _LISTED_ANGSTROM
        total += int(np.count_nonzero(elsewhere))
        listed += _n_listed(copies[elsewhere], positions[numbers == numbers[k]], cell_angstrom)
    return listed / total if total else 1.0


def _n_listed(wanted: np.ndarray, positions: np.ndarray, cell_angstrom: np.ndarray) -> int:
    """Return at how many of some fractional positions (M, 3) one of others (N, 3) lies."""
    from scipy.spatial import cKDTree  # takes long to load

    tree = cKDTree(_wrapped(positions), boxsize=1.0)
    reach = _LISTED_ANGSTROM * float(np.linalg.norm(np.linalg.inv(cell_angstrom), axis=0).max())
    count = 0
    for position, near in zip(wanted, tree.query_ball_point(_wrapped(wanted), reach, p=np.inf)):
        difference = positions[near] - position
        distance = np.linalg.norm((difference - np.round(difference)) @ cell_angstrom, axis=1)
        count += bool(np.any(distance < _LISTED_ANGSTROM))
    return count


def _wrapped(fractional: np.ndarray) -> np.ndarray:
    inside = np.mod(fractional, 1.0)
    return np.where(inside < 1.0, inside, 0.0)  # of a tiny negative number the remainder rounds to 1


def _without_copies(
    sites: Sequence[CrystalSite], setting: Setting, cell_angstrom: np.ndarray
) -> tuple[Sequence[CrystalSite], int]:
    """Return the sites without whole atoms that are symmetry copies of earlier ones, and how many those were."""
    if len(setting) == 1:
        return sites, 0
    n_listed, sites = len(sites), _each_once(sites)
    if len(sites) ** 2 * len(setting) > _MOST_PAIRS:
        return sites, n_listed - len(sites)
    positions = np.array([site.fractional for site in sites])
    numbers = np.array([site.number if site.occupancy >= 0.999 and not site.group else 0 for site in sites])
    dropped = np.zeros(len(sites), bool)
    for k in np.flatnonzero(numbers):
        later = np.flatnonzero((numbers == numbers[k]) & ~dropped & (np.arange(len(sites)) > k))
        if dropped[k] or not len(later):
            continue
        copies = setting.rotations @ positions[k] + setting.translations
        difference = copies[:, None] - positions[None, later]
        distance = np.linalg.norm((difference - np.round(difference)) @ cell_angstrom, axis=2)
        dropped[later[distance.min(axis=0) < _COPY_ANGSTROM]] = True
    return [site for site, drop in zip(sites, dropped) if not drop], n_listed - int((~dropped).sum())


def _each_once(sites: Sequence[CrystalSite]) -> list[CrystalSite]:
    """Return the sites without whole atoms that are listed more than once at the same place."""
    found = {}
    for k, site in enumerate(sites):
        is_whole = site.occupancy >= 0.999 and not site.group
        found.setdefault((site.number, site.fractional) if is_whole else k, site)
    return list(found.values())


def _completed(n_listed: int, setting: Setting) -> Notice:
    which = "the group they make" if setting.label == "listed" else setting.label
    return Notice(
        "symmetry-completed",
        f"The file lists {n_listed} of the {len(setting)} symmetry operations of {which}; the others were added.",
        "If the listed atoms are the whole cell, write the file in P 1.",
    )


def _no_symmetry(declared: DeclaredSymmetry) -> Notice:
    name = declared.name
    if not name and not declared.triplets:
        return Notice(
            "no-symmetry",
            "The file names no space group; the listed atoms were taken as the whole cell (P 1).",
            "If atoms are missing, add the symmetry operations to the file.",
        )
    if not name:
        reason = "The symmetry operations of the file are not understood"
    elif declared.is_understood:
        reason = f"The space group of the file ({name}) doesn't fit its cell, whose lengths or angles it would change"
    else:
        reason = f"The name of the file's space group ({name}) is not understood"
    return Notice(
        "no-symmetry",
        f"{reason}; the listed atoms were taken as the whole cell (P 1).",
        "Atoms may be missing: expand the cell to P 1 with a crystal program.",
    )
