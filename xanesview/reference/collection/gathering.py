"""Spectra of files and folders, with what is known of them: what the collection takes in."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from xanesview.domain.spectrum import Spectrum
from xanesview.errors import Cancelled, XanesviewError
from xanesview.io.spectra.angle_files import angled
from xanesview.io.spectra.column_text import read_lines
from xanesview.io.spectra.curves import exported_curves
from xanesview.io.spectra.measurement_file import read_measurement
from xanesview.io.spectra.registry import COLUMNS, ENDINGS, PREDICTIONS, TENSORS, measured_format, spectrum_format
from xanesview.io.spectra.tensor_file import read_tensor
from xanesview.io.spectra.written import scans_of_own
from xanesview.io.spectra.xray_atlas import CATALOGUES
from xanesview.io.text_file import MAX_BYTES
from xanesview.reference.collection.collection import Collection
from xanesview.reference.collection.description import description_of
from xanesview.reference.collection.entry import Record

MOST_FILES = 20_000
_MOST_SCANS = 500
_FRESH_S = 3.0
_COMMENTS = 2000
_PLAIN = ("source", "citation", "reference", "doi", "licence", "license")
XAS_DATA_LIBRARY = "XAS Data Library (https://xaslib.xrayabsorption.org)"


@dataclass
class Gathered:
    """What became of files: how many spectra are kept, and why others hold none."""

    n_spectra: int = 0
    n_files: int = 0
    n_missing: int = 0
    numbers: list[int] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)  # file and reason
    is_fresh: bool = False  # one was written a moment ago, and may be written on

    def add(self, other: Gathered) -> None:
        """Count another part in."""
        self.n_spectra += other.n_spectra
        self.n_files += other.n_files
        self.n_missing += other.n_missing
        self.numbers += other.numbers
        self.problems += other.problems
        self.is_fresh = self.is_fresh or other.is_fresh


def gather(
    collection: Collection,
    paths: list[Path],
    progress: Callable[[int, int], object] = lambda _done, _all: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Gathered:
    """Keep the spectra of files that the user names, also those that were removed before.

    Raises
    ------
    XanesviewError
        If the collection can't be written.
    Cancelled
        Between two files.
    """
    gathered = Gathered()
    for place, path in enumerate(paths):
        progress(place, len(paths))
        if cancelled():
            raise Cancelled
        path = path.expanduser().absolute()
        collection.take_back(str(path))
        _take(collection, path, gathered)
    return gathered


def follow(
    collection: Collection,
    folder: Path,
    progress: Callable[[int, int], object] = lambda _done, _all: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Gathered:
    """Bring the collection to what a watched folder holds now: new and changed files are read, gone ones marked.

    What is new gets the tags of the watched folders that it lies in.

    Raises
    ------
    XanesviewError, Cancelled
        As `gather`.
    """
    gathered = Gathered()
    known = {name: state for name, state in collection.states().items() if Path(name).is_relative_to(folder)}
    there = {str(path): path for path in files_of(folder)}
    gone = [name for name in known if name not in there and not Path(name).exists()]
    if gone:  # what comes back, as a disk that is mounted again, is read anew
        gathered.n_missing = collection.mark_missing(gone)
    new = [path for name, path in there.items() if known.get(name) != state_of(path)]
    watched = collection.folder_tags() if new else {}
    for place, path in enumerate(new):
        progress(place, len(new))
        if cancelled():
            raise Cancelled
        tags = [tag for above, own in watched.items() if path.is_relative_to(above) for tag in own]
        _take(collection, path, gathered, is_named=False, tags=tags)
    return gathered


def files_of(folder: Path) -> list[Path]:
    """Return the files of a folder and those below it that may hold spectra, by their names; links are not followed.

    Of a table and a JSON file of the X-ray Atlas with the same name the latter, which tells more.
    """
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            if name.startswith(".") or name in CATALOGUES or path.suffix.lower() not in ENDINGS:
                continue
            if path.suffix.lower() == ".csv" and f"{path.stem}.json" in names:
                continue
            found.append(path)
            if len(found) >= MOST_FILES:
                return found
    return found


def folders_below(folder: Path, most: int) -> list[str]:
    """Return a folder that is there with those below it, to be watched: at most so many."""
    found: list[str] = []
    for place, folders, _names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found.append(place)
        if len(found) >= most:
            break
    return found


def state_of(path: Path) -> str:
    """Return what tells whether a file has changed; empty for one that can't be looked at."""
    try:
        state = path.stat()
    except OSError:
        return ""
    return f"{state.st_size} {state.st_mtime_ns}"


def _is_fresh(path: Path) -> bool:
    try:
        return abs(time.time() - path.stat().st_mtime) < _FRESH_S
    except OSError:
        return False


def read_records(path: Path) -> list[Record]:
    """Return the spectra of a file with what is known of them.

    Raises
    ------
    XanesviewError
        If it holds none.
    """
    found = list(_spectra(path))
    if not found:
        raise XanesviewError(f"{path.name} holds no spectrum.", "Choose another file.")
    comments = _comments(path)
    records = []
    for place, (spectrum, angle) in enumerate(found[:_MOST_SCANS]):
        facts = {**comments, **spectrum.provenance}
        if "citation" not in facts and _is_in_data_library(path, facts):
            facts["collection"] = XAS_DATA_LIBRARY
        spectrum = spectrum.replace(provenance=facts)
        told = description_of(spectrum, path.stem, angle)
        if "collection" in facts:
            told = told.replace(citation=", ".join(filter(None, (told.citation, facts["collection"]))))
        records.append(Record(spectrum, told, place))
    return records


def _spectra(path: Path) -> Iterator[tuple[Spectrum, float | None]]:
    exported = exported_curves(path)
    if exported is not None:
        yield from ((one, None) for one in exported)
        return
    found = spectrum_format(path)
    if found is TENSORS:
        file = read_tensor(path)
        yield Spectrum(
            energy_ev=file.tensor.energy_ev, intensity=file.tensor.isotropic().mean(axis=0), unit=file.tensor.unit,
            label=path.stem, kind="computed", native_fwhm_ev=file.tensor.native_fwhm_ev, axis=file.tensor.axis,
            provenance={**file.attributes, "edge": file.tensor.edge, "average": "isotropic, per absorbing atom"},
        ), None  # fmt: skip
        return
    if found is PREDICTIONS:
        yield from ((scan.spectrum(), None) for scan in scans_of_own(path) or ())
        return
    series = angled([path]) if found is COLUMNS else None
    if series is not None:
        yield from ((one.spectrum, one.angle_deg) for one in series)
        return
    for scan in read_measurement(path).scans:
        try:
            yield scan.spectrum(), None
        except XanesviewError:  # another scan of the file may have points
            continue


def _comments(path: Path) -> dict[str, str]:
    """Return what the comments of a text file say that is no field of XDI: its source, and an XDI file's own words."""
    if measured_format(path) is None or path.suffix.lower() in (".h5", ".hdf5", ".nxs", ".xlsx", ".prj", ".larix"):
        return {}
    try:
        lines = read_lines(path)[:400]
    except XanesviewError:
        return {}
    facts: dict[str, str] = {}
    words, in_words = [], False
    for line in lines:
        if not line.lstrip().startswith("#"):
            break
        text = line.lstrip("# \t").strip()
        if text.startswith("///"):
            in_words = True
        elif text.startswith("---"):
            in_words = False
        elif in_words and text:
            words.append(text)
        key, colon, value = text.partition(":")
        if colon and value.strip() and key.strip().lower() in _PLAIN:
            facts[key.strip().lower()] = value.strip()
    return {**facts, **({"comments": "; ".join(words)[:_COMMENTS]} if words else {})}


def _is_in_data_library(path: Path, facts: dict[str, str]) -> bool:
    """Whether a file lies as those of the XAS Data Library do: an XDI file in a folder called like its element."""
    element, above = facts.get("element.symbol", ""), path.parent.parent
    if path.suffix.lower() != ".xdi" or not element:
        return False
    in_element = path.parent.name == element and (above.name == "data" or (above / "data").is_dir())
    return in_element or "XASDataLibrary" in path.parts


def _take(
    collection: Collection, path: Path, gathered: Gathered, is_named: bool = True, tags: Sequence[str] = ()
) -> None:
    state = state_of(path)
    gathered.n_files += 1
    gathered.is_fresh = gathered.is_fresh or _is_fresh(path)
    try:
        if os.path.exists(path) and path.is_file() and path.stat().st_size > MAX_BYTES:
            raise XanesviewError(f"{path.name} is larger than {MAX_BYTES // 1_000_000} MB.", "Take one spectrum of it.")
        records = read_records(path)
    except XanesviewError as error:
        gathered.problems.append((str(path), error.message))
        if not is_named:
            collection.pass_over([(str(path), state, error.message)])
        return
    if tags:  # what the user has said of a file that is read again counts for more, see `Collection.keep`
        records = [
            replace(one, told=one.told.replace(tags=tuple(dict.fromkeys((*one.told.tags, *tags))))) for one in records
        ]
    numbers = collection.keep(records, str(path), state)
    gathered.numbers += numbers
    gathered.n_spectra += len(numbers)
