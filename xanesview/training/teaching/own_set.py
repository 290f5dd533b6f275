"""The user's own site spectra to teach from: a folder that grows with every computed site, and imported data files.

``EDGE_HASH.npz``
    one molecule and element each, as ``xanesview compute`` writes them, so that ``xanesview dataset build`` takes the
    folder as it is.
``imported/NAME.h5``
    copies of data files that ``dataset build`` or ``dataset import`` wrote.
``marks.json``
    which molecules teach, which are kept apart for the test, and which are left out.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xanesview.domain.structure import Structure
from xanesview.domain.symmetry import graph_classes
from xanesview.errors import OddContent, XanesviewError, in_plain_words
from xanesview.io.atomic import made_folder, write_bytes, write_text
from xanesview.io.npz import write_npz
from xanesview.io.text_file import check_is_file, refuse_pipe
from xanesview.paths import data_dir
from xanesview.reference.engine.diffuse_set import DIFFUSE_SET
from xanesview.reference.kept import ComputedSite
from xanesview.training.data.dataset import check_opened, opened_data
from xanesview.training.data.dataset_writer import StickRecord, read_site_spectra

TEACHES, APART, OUT = "train", "apart", "out"
#: What a click on a molecule's mark goes through.
MARKS = (TEACHES, APART, OUT)
_MARKS_FILE = "marks.json"
_IMPORTED = "imported"
_APART_SHARE = 3
"""One constitution in so many is kept apart for the test."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OwnEntry:
    """One molecule of the set, of one edge.

    ``key`` tells it from all others and stays; ``path`` is its file, and ``row`` its place in a data file, -1 in a file
    of its own; entries with the same ``constitution`` are kept apart together.
    """

    key: str
    path: Path
    row: int
    name: str
    smiles: str
    formula: str
    element: str
    edge: str
    n_sites: int
    constitution: str

    @property
    def is_imported(self) -> bool:
        """Whether it came with a data file."""
        return self.row >= 0


@dataclass(frozen=True)
class OwnContent:
    """All that the set holds: the molecules, and what can't be read, each in a sentence."""

    entries: tuple[OwnEntry, ...]
    problems: tuple[str, ...] = ()

    def of_edge(self, element: str, edge: str) -> list[OwnEntry]:
        """Return the molecules of an edge."""
        return [one for one in self.entries if (one.element, one.edge) == (element, edge)]


class OwnSet:
    """The folder of the user's own spectra, by default the one among the user's data."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = data_dir() / "own_spectra" if folder is None else Path(folder)

    # ---- growing ----

    def add(self, structure: Structure, element: str, sites: Mapping[int, ComputedSite], smiles: str = "") -> bool:
        """Add computed sites of a molecule, each once; tell whether any is new.

        Parameters
        ----------
        sites : by atom, on the engine's scale, in the frame of the structure
        smiles : of the molecule, where the structure doesn't tell

        Raises
        ------
        XanesviewError
            where the file can't be written.
        """
        path = self._path(structure, element)
        known = self._kept(path)
        new = {int(atom): site for atom, site in sites.items() if int(atom) not in known and len(site.energy_ev)}
        if not new or structure.is_periodic:
            return False
        together = dict(sorted({**known, **new}.items()))
        rank, ends = graph_classes(structure), [len(site.energy_ev) for site in together.values()]
        arrays = {
            "name": np.array(structure.name or structure.formula),
            "smiles": np.array(structure.smiles or smiles),
            "split": np.array("train"),
            "sigma": np.array(0.0),
            "z": structure.numbers,
            "pos": structure.positions_angstrom,
            "rank": rank,
            "charge": np.array(structure.charge),
            "sites": np.array(list(together)),
            "ip": np.array([site.ip_ev for site in together.values()]),
            "ptr": np.cumsum([0, *ends]),
            "energy": np.concatenate([site.energy_ev for site in together.values()]),
            "dipole": np.concatenate([site.dipole_bohr for site in together.values()]),
            "diffuse": np.array(DIFFUSE_SET),
        }
        made_folder(self.folder)
        write_npz(path, arrays)
        return True

    def add_file(self, path: Path) -> str:
        """Take a data file of ``dataset build`` or ``dataset import`` in, as a copy; return the copy's name.

        The same file given twice is there once.

        Raises
        ------
        XanesviewError
            for a file that is no such data file, or where the copy can't be written.
        """
        path = Path(path)
        check_is_file(path)
        with opened_data(path) as f:
            check_opened(f, path)
            if not {"element", "edge"} <= set(f.attrs):
                raise OddContent("it tells no element and edge")
        content = path.read_bytes()
        folder = made_folder(self.folder / _IMPORTED)
        for there in sorted(folder.glob("*.h5")):
            if there.stat().st_size == len(content) and there.read_bytes() == content:
                return there.name
        target = folder / f"{path.stem}.h5"
        if target.exists():
            target = folder / f"{path.stem}_{hashlib.sha256(content).hexdigest()[:8]}.h5"
        write_bytes(target, content)
        return target.name

    # ---- reading ----

    def content(self) -> OwnContent:
        """Return what the set holds; what is damaged is told and passed over, never deleted."""
        entries: list[OwnEntry] = []
        problems: list[str] = []
        for path in sorted(self.folder.glob("*.npz")):
            try:
                entries.append(_entry(path, read_site_spectra(path)))
            except XanesviewError as error:
                problems.append(error.message)
        for path in sorted((self.folder / _IMPORTED).glob("*.h5")):
            try:
                entries += _imported(path)
            except (XanesviewError, OSError) as error:
                problems.append(error.message if isinstance(error, XanesviewError) else in_plain_words(error))
        return OwnContent(tuple(entries), tuple(problems))

    def marks(self, entries: Sequence[OwnEntry]) -> dict[str, str]:
        """Return for each entry's key whether it teaches, is kept apart or left out.

        What is new is marked once and for all: about one constitution in three is kept apart, isomers of unknown bonds
        together with their formula.
        """
        kept = self._kept_marks()
        found = {one.key: kept[one.key] for one in entries if kept.get(one.key) in MARKS}
        fresh = [one for one in entries if one.key not in found]
        if fresh:
            found |= _marked(entries, found)
            self._write_marks(kept | found)
        return found

    def set_marks(self, marks: Mapping[str, str]) -> None:
        """Mark some entries otherwise.

        Raises
        ------
        XanesviewError
            where that can't be written.
        """
        made_folder(self.folder)
        self._write_marks(self._kept_marks() | dict(marks), strict=True)

    # ---- files ----

    def _path(self, structure: Structure, element: str) -> Path:
        text = f"{structure.content_hash} {structure.charge}"
        return self.folder / f"{element}_{hashlib.sha256(text.encode()).hexdigest()[:16]}.npz"

    def _kept(self, path: Path) -> dict[int, ComputedSite]:
        """Return the sites that a file holds; a damaged one is set aside under another name, and told in the log."""
        if not path.exists():
            return {}
        try:
            record = read_site_spectra(path)
        except XanesviewError as error:
            log.warning("%s is kept aside: %s", path, error.message)
            path.replace(path.with_suffix(".damaged"))
            return {}
        rows = zip(record.sites, record.sticks, record.ip_ev, strict=True)
        return {int(a): ComputedSite(int(a), e, d, float(ip), 0.0) for a, (e, d), ip in rows}

    def _kept_marks(self) -> dict[str, str]:
        path = self.folder / _MARKS_FILE
        try:
            refuse_pipe(path)
            kept = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(kept, dict):
                raise OddContent("it holds no marks")
            return {str(key): str(mark) for key, mark in kept.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            log.warning("%s is damaged and is written anew (%s).", path, in_plain_words(error))
            return {}

    def _write_marks(self, marks: Mapping[str, str], strict: bool = False) -> None:
        try:
            write_text(self.folder / _MARKS_FILE, json.dumps(marks, indent=0, sort_keys=True))
        except XanesviewError as error:
            if strict:
                raise
            log.warning("the marks of the own spectra can't be kept: %s", error.message)


def _marked(entries: Iterable[OwnEntry], known: Mapping[str, str]) -> dict[str, str]:
    """Return marks of entries that have none, constitutions that are known already as they are marked."""
    of_group = {one.constitution: known[one.key] for one in entries if known.get(one.key) in (TEACHES, APART)}
    found = {}
    for one in (one for one in entries if one.key not in known):
        if one.constitution not in of_group:
            apart = sum(mark == APART for mark in of_group.values())
            of_group[one.constitution] = APART if _APART_SHARE * (apart + 1) <= len(of_group) + 1 else TEACHES
        found[one.key] = of_group[one.constitution]
    return found


def _entry(path: Path, record: StickRecord) -> OwnEntry:
    formula = Structure(record.numbers, record.positions_angstrom).formula
    constitution = _constitution(record.smiles, formula)
    element = path.name.partition("_")[0]
    return OwnEntry(
        path.stem, path, -1, record.name, record.smiles, formula, element, "K", len(record.sites), constitution
    )


def _imported(path: Path) -> list[OwnEntry]:
    """Return the molecules of a data file of either layout."""
    with opened_data(path) as f:
        group = "molecule" if "molecule" in f else "structure"
        names = f[f"{group}/name"].asstr()[:]
        smiles = f[f"{group}/smiles"].asstr()[:] if f"{group}/smiles" in f else [""] * len(names)
        parents = f[f"{group}/parent"].asstr()[:] if f"{group}/parent" in f else [""] * len(names)
        splits = f[f"{group}/split"].asstr()[:] if f"{group}/split" in f else [""] * len(names)
        owner, ends, numbers = f[f"site/{group}"][:], f[f"{group}/atom_ptr"][:], f[f"{group}/z"][:]
        element, edge = str(f.attrs["element"]), str(f.attrs["edge"])
    count = np.bincount(owner, minlength=len(names))
    found = []
    for row, name in enumerate(names):
        if not count[row] or splits[row] == "hidden":
            continue
        here = numbers[ends[row] : ends[row + 1]]
        formula = Structure(here, np.arange(3.0 * len(here)).reshape(-1, 3)).formula
        constitution = parents[row] or _constitution(smiles[row], formula)
        found.append(
            OwnEntry(
                f"{path.stem}/{row}", path, row, name, smiles[row], formula, element, edge, int(count[row]),
                constitution,
            )
        )  # fmt: skip
    return found


def _constitution(smiles: str, formula: str) -> str:
    from xanesview.reference.making.splits import constitution_key

    if smiles:
        try:
            return constitution_key(smiles)
        except XanesviewError:
            pass  # a program's own way to write it: the formula has to do
    return formula
