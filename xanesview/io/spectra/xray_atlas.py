"""The X-ray Atlas (https://xrayatlas.wsu.edu): its JSON files of one molecule or one experiment, and its CSV tables.

Three layouts are met. A file of a molecule has ``header`` and ``experiments``, each with a spectrum an angle under
``data``. A file of one experiment, ``MOLECULES/NAME/C(K)_TEY_ANSTO_SXR_Collins_1-Material.json``, has ``user``,
``instrument``, ``sample`` and a ``dataset`` of spectra with their geometry; beside it stands the same as a CSV table
whose columns θ and φ tell the spectra apart, as in the table that the Atlas takes. Molecules of folders are looked up
in ``INDEX.json`` above them. θ is the angle of the field from the surface normal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError, in_plain_words
from xanesview.io.spectra.column_text import guess_layout, read_lines, rows_of
from xanesview.io.spectra.interpretation import Answers
from xanesview.io.spectra.raw_table import Offer, RawTable
from xanesview.io.text_file import read_text

ATLAS = "X-ray Atlas (https://xrayatlas.wsu.edu)"
CATALOGUES = ("INDEX.json", "METADATA.json", "registry.json")
"""Files of the Atlas that hold no spectra."""
_MU = (Offer("µ", '"mu"', "absorption"),)
_EDGE = re.compile(r"([A-Z][a-z]?)\s*[ (-]\s*([KLM][1-5]?)\)?")
_MOST_CATALOGUE_BYTES = 20_000_000
_FEWEST_POINTS = 3


def looks_like_atlas(text: str) -> bool:
    """Tell whether a text begins as a file of the Atlas does."""
    begin = text.lstrip("\ufeff \t\r\n")
    if begin.startswith("{"):
        return all(key in begin for key in ('"header"', '"experiments"')) or (
            '"dataset"' in begin and any(key in begin for key in ('"e_field_polar"', '"instrument"'))
        )
    return len(_columns(begin.split("\n", 1)[0])) == len(_NAMES)


def read_atlas(path: Path, answers: Answers) -> tuple[RawTable, ...]:
    """Return a table a spectrum: the angles of all experiments of a file.

    Raises
    ------
    XanesviewError
        If the file can't be read, or holds no spectrum.
    """
    text = read_text(path)
    tables = tuple(_of_json(path, text) if text.lstrip().startswith("{") else _of_table(path))
    if not tables:
        raise XanesviewError(
            f"{path.name} holds no spectrum of the X-ray Atlas.", "Its spectra need as many intensities as energies."
        )
    return tables


# ---- JSON ----


def _of_json(path: Path, text: str) -> Iterator[RawTable]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise XanesviewError(
            f"{path.name} cannot be read as JSON ({in_plain_words(error)}).", "It may be damaged or cut off."
        ) from error
    if isinstance(_of(content, "experiments"), list):
        yield from _of_molecule(path, content)
    else:
        yield from _of_experiment(path, content)


def _of_molecule(path: Path, content: Mapping[str, Any]) -> Iterator[RawTable]:
    header = _of(content, "header")
    for experiment in content["experiments"]:
        group = _of(experiment, "group")
        facts = {
            **_molecule_facts(header),
            "sample.prep": _word(content, "prep"),
            **_edge_facts(_word(experiment, "edge")),
            "scan.mode": _word(experiment, "type"),
            "facility.name": _word(experiment, "synchrotron"),
            "beamline.name": _word(experiment, "endstation"),
            "citation": _joined(_word(group, "name"), _word(group, "link"), ATLAS),
        }
        data = _of(experiment, "data")
        for angle, columns in data.items() if isinstance(data, dict) else ():
            table = _table(path, facts, _of(columns, "energy"), _of(columns, "mu"), angle, None)
            if table is not None:
                yield table


def _of_experiment(path: Path, content: Mapping[str, Any]) -> Iterator[RawTable]:
    user, instrument, sample = (_of(content, name) for name in ("user", "instrument", "sample"))
    facts = {
        **_names_in(path),
        **_catalogued(path),
        **_filled({
            **_edge_facts(_word(instrument, "edge")),
            "scan.mode": _word(instrument, "technique"),
            "facility.name": _word(instrument, "facility"),
            "beamline.name": _word(instrument, "instrument"),
            "scan.normalisation": _word(instrument, "normalization_method"),
            "sample.vendor": _word(sample, "vendor"),
            "sample.prep": _joined(*(_word(_of(sample, "preparation_method"), key) for key in ("method", "details"))),
            "sample.orientation": _word(sample, "mol_orientation_details"),
            "citation.doi": _word(user, "doi"),
        }),
        "citation": _joined(
            _word(user, "name"), _group(_word(user, "group")), _word(user, "affiliation"), _doi(_word(user, "doi")),
            ATLAS,
        ),
    }  # fmt: skip
    spectra = _of(content, "dataset")
    for one in spectra if isinstance(spectra, list) else ():
        geometry = _of(one, "geometry")
        energy = _first(_of(one, "energy"), "signal", "energy")
        signal = _first(_of(one, "intensity"), "signal", "intensity")
        if signal is None:
            signal = _first(_of(one, "absorption"), "signal", "absorption")
        theta = _first(geometry, "e_field_polar", "theta")
        phi = _first(geometry, "e_field_azimuth", "phi")
        table = _table(path, facts, energy, signal, theta, phi)
        if table is not None:
            yield table


# ---- tables ----

_NAMES = {"energy": r"energy.*", "mu": r"mu|µ|absorption", "theta": r"theta.*", "phi": r"phi.*"}


def _columns(line: str) -> dict[str, int]:
    """Return which column is what, by the names of a heading."""
    cells = [cell.strip().strip('"').lower() for cell in line.split(",")]
    return {
        name: next(k for k, cell in enumerate(cells) if re.fullmatch(pattern, cell))
        for name, pattern in _NAMES.items()
        if any(re.fullmatch(pattern, cell) for cell in cells)
    }


def _of_table(path: Path) -> Iterator[RawTable]:
    lines = read_lines(path)
    place = _columns(lines[0].lstrip("\ufeff"))
    rows = rows_of(lines, guess_layout(lines, path.name)).values
    if rows.shape[0] < _FEWEST_POINTS or max(place.values()) >= rows.shape[1]:
        return
    facts = {**_names_in(path), **_catalogued(path)}
    if facts:  # else anybody may have written it
        facts["citation"] = _joined(_group(facts.get("person.group", "")), ATLAS)
    facts.setdefault("sample.name", path.stem)
    angles = rows[:, [place["theta"], place["phi"]]]
    for theta, phi in dict.fromkeys(map(tuple, np.nan_to_num(angles, nan=-1.0).tolist())):
        own = rows[(np.nan_to_num(angles, nan=-1.0) == (theta, phi)).all(axis=1)]
        table = _table(
            path, facts, own[:, place["energy"]], own[:, place["mu"]],
            None if theta == -1.0 else theta, None if phi == -1.0 else phi,
        )  # fmt: skip
        if table is not None:
            yield table


# ---- what is said of a spectrum ----


def _table(path: Path, facts: Mapping[str, str], energy: Any, signal: Any, theta: Any, phi: Any) -> RawTable | None:
    """Return a spectrum as a table; None where there are not as many intensities as energies, or too few."""
    try:
        columns = np.array([energy, signal], dtype=np.float64)
    except (TypeError, ValueError):
        return None
    if columns.ndim != 2 or columns.shape[1] < _FEWEST_POINTS:
        return None
    own, notices = _filled({"file": path.name, "format": "X-ray Atlas", **facts}), ()
    ascends = [bool((np.diff(column) > 0).all()) for column in columns]
    if ascends == [False, True]:  # as in the files of the first Atlas
        columns = columns[::-1]
        notices = (
            Notice("spectrum-swapped", "Its energies stood under the name of its intensities, and these there."),
        )
    for name, angle in (("sample.theta", theta), ("sample.phi", phi)):
        if (number := _number(angle)) is not None:
            own[name] = f"{number:g}"
    edge = " ".join(filter(None, (own.get("element.symbol"), own.get("element.edge"))))
    told = (
        own.get("sample.name"),
        edge,
        own.get("scan.mode"),
        f"{own['sample.theta']}°" if "sample.theta" in own else "",
    )
    return RawTable(
        names=("energy", "mu"), values=columns.T, units=("eV", ""), label=" ".join(filter(None, told)), facts=own,
        energy=0, unit="eV", offers=_MU, is_sure=True, notices=notices,
    )  # fmt: skip


def _molecule_facts(header: Any) -> dict[str, str]:
    return {
        "sample.name": _word(header, "name"),
        "sample.formula": _word(header, "formula") or _word(header, "chemical_formula"),
        "sample.smiles": _word(header, "SMILES"),
        "sample.inchi": _word(header, "InChI"),
        "sample.cas": _word(header, "cas"),
        "sample.vendor": _word(header, "vendor"),
    }


def _catalogued(path: Path) -> dict[str, str]:
    """Return what the catalogues about a file say of its molecule, which is called as its folder is."""
    folder = path.absolute().parent
    for catalogue in (folder.parent / "INDEX.json", folder / "METADATA.json"):
        try:
            if catalogue.stat().st_size > _MOST_CATALOGUE_BYTES:
                continue
            content = json.loads(catalogue.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError, RecursionError):  # without it the molecule is called as the folder is
            continue
        for one in _molecules(content):
            if _word(one, "name") == folder.name:
                return _filled(_molecule_facts(one))
    return {"sample.name": folder.name} if folder.parent.name == "MOLECULES" else {}


def _molecules(content: Any) -> Iterator[Any]:
    """Yield the molecules of a catalogue, in a list or under a name."""
    if isinstance(content, dict):
        if "name" in content:
            yield content
        content = list(content.values())
    for one in content if isinstance(content, list) else ():
        if isinstance(one, dict | list):
            yield from _molecules(one)


def _names_in(path: Path) -> dict[str, str]:
    """Return what the name of a file says: edge, experiment, facility, instrument, group and vendor."""
    edge, *words = path.stem.split("_")
    if not _edge_facts(edge) or len(words) < 3:
        return {}
    names = ("scan.mode", "facility.name", "beamline.name", "person.group", "sample.vendor")
    return {**_edge_facts(edge), **_filled(dict(zip(names, words, strict=False)))}


def _edge_facts(text: str) -> dict[str, str]:
    found = _EDGE.fullmatch(text.strip())
    return {"element.symbol": found[1], "element.edge": found[2]} if found else {}


def _group(name: str) -> str:
    return name if not name or name.lower().endswith("group") else f"{name} group"


def _doi(text: str) -> str:
    return "" if not text else text if "doi" in text.lower() else f"doi:{text}"


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts))


def _filled(facts: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in facts.items() if value}


def _of(content: Any, key: str) -> Any:
    return content.get(key) if isinstance(content, dict) else None


def _first(content: Any, *keys: str) -> Any:
    return next((found for key in keys if (found := _of(content, key)) is not None), None)


def _word(content: Any, key: str) -> str:
    """Return a text or number of a mapping as one line; empty for all else."""
    value = _of(content, key)
    return " ".join(str(value).split())[:500] if isinstance(value, str | int | float) else ""


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if np.isfinite(number) else None
