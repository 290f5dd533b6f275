"""Measured spectra with their angles: by the name of each file, a line of its header, or the columns of one table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.geometry.geometry import checked_degree
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.io.spectra.column_text import guess_layout, is_comment, read_lines
from xanesview.io.spectra.curves import exported_curves
from xanesview.io.spectra.measurement_file import read_measurement
from xanesview.io.spectra.registry import COLUMNS, XRAY_ATLAS, measured_format
from xanesview.io.spectra.spectrum_file import read_spectrum

_NUMBER = r"(\d{1,3}(?:[.,p]\d+)?)"
_UNIT = r"(?:deg(?:rees?)?|°|º|grad)"
_NAMED = r"(?:theta|θ|th|angle|ang|grazing)"
_IN_NAMES = (
    rf"(?<![\d.]){_NUMBER}\s*[-_]?\s*{_UNIT}(?![a-z])",
    rf"(?<![a-z]){_NAMED}\s*[-_=]?\s*{_NUMBER}(?!\d)",
)
_IN_HEADERS = (rf"(?<![a-z]){_NAMED}(?:\s*\(?{_UNIT}\)?|_deg)?\s*[:=\s]\s*{_NUMBER}(?!\d)",)
_DEGREE = re.compile(
    r"(?<![a-z])(?:degree[_ ]of[_ ](?:linear[_ ])?polari[sz]ation|polari[sz]ation[_ ]degree)\s*(?:\(?p\)?)?"
    r"\s*[:=\s]\s*(\d+(?:[.,]\d+)?)\s*(%?)(?![\w.,])"
)
_HINT = "Give them with --angles, such as --angles 20,55,90, in the order of the spectra."
_HEADER_LINES = 200
_ALIKE = ("sample.name", "element.symbol", "element.edge", "scan.mode", "sample.phi")
#: A spectrum, its angle, degrees, where that stands, and the degree of polarisation.
_Found = tuple[Spectrum, float | None, str, float | None]


@dataclass(frozen=True, eq=False)
class AngledSpectrum:
    """A measured spectrum, the angle that it was taken at, degrees, and where the angle stands: "name", "header",
    "columns" or "given"; the degree of linear polarisation that its file tells, None where it tells none."""

    spectrum: Spectrum
    angle_deg: float
    source: str
    degree: float | None = None


def read_angle_spectra(
    paths: Sequence[str | Path], angles_deg: Sequence[float] | np.ndarray | None = None
) -> list[AngledSpectrum]:
    """Return measured spectra with their angles.

    Parameters
    ----------
    paths : files of one spectrum each, or of one energy column and a column an angle, or series that this program wrote
    angles_deg : one a spectrum, in the order of files and columns; by default they are looked for in column titles
        ("20", "20 deg"), file names (film_55deg.dat) and headers (# angle: 55)

    The degree of polarisation is taken from headers (# degree of polarisation: 0.95).

    Raises
    ------
    XanesviewError
        If a file can't be read, or angles are missing or can't be told.
    """
    found: list[_Found] = []
    for path in map(Path, paths):
        found += _spectra_of(path, wanted=angles_deg is not None)
    if not found:
        raise XanesviewError("There is no spectrum to read.", "Name files of measured spectra.")
    if angles_deg is not None:
        given = at_angles([spectrum for spectrum, *_ in found], angles_deg)
        return [replace(one, degree=degree) for one, (*_, degree) in zip(given, found)]
    missing = [spectrum.label for spectrum, angle, *_ in found if angle is None]
    if missing:
        raise XanesviewError(f"The angle of {missing[0]} stands neither in its name nor in its header.", _HINT)
    result = [AngledSpectrum(spectrum, float(angle), source, degree) for spectrum, angle, source, degree in found]
    beyond = next((one for one in result if not 0.0 <= one.angle_deg <= 180.0), None)
    if beyond is not None:
        raise XanesviewError(f"{beyond.spectrum.label} has an angle of {beyond.angle_deg:g}°.", _HINT)
    return result


def at_angles(spectra: Sequence[Spectrum], angles_deg: Sequence[float] | np.ndarray) -> list[AngledSpectrum]:
    """Return spectra with the angles that were given for them, degrees.

    Raises
    ------
    XanesviewError
        If there are more or fewer angles than spectra, or one does not exist.
    """
    if len(angles_deg) != len(spectra):
        raise XanesviewError(
            f"{counted(len(spectra), 'spectrum needs', 'spectra need')} as many angles, not {len(angles_deg)}.",
            "Give one angle a spectrum, in the order of files and columns.",
        )
    beyond = next((angle for angle in angles_deg if not 0.0 <= angle <= 180.0), None)
    if beyond is not None:
        raise XanesviewError(f"An angle of {beyond:g}° does not exist.", "Between 0 and 180°.")
    return [AngledSpectrum(one, float(angle), "given") for one, angle in zip(spectra, angles_deg)]


def angle_in_name(name: str) -> float | None:
    """Return the angle, degrees, of a name such as film_55deg or theta=20; None where there is none, or several."""
    for pattern in _IN_NAMES:
        found = {match.group(1) for match in re.finditer(pattern, name.lower())}
        if found:
            return _number(found.pop()) if len(found) == 1 else None
    return None


def without_angle(name: str) -> str:
    """Return a name without its angle, so that those of one series are the same: film for film_55deg and film_20deg."""
    for pattern in _IN_NAMES:
        if re.search(pattern, name.lower()):
            return re.sub(r"[\s_\-]{2,}", "_", re.sub(pattern, "", name, flags=re.IGNORECASE)).strip(" _-.,")
    return name


def angle_in_header(lines: Sequence[str]) -> float | None:
    """Return the angle, degrees, of lines such as "# angle: 55" or "# Sample.theta: 20"; None without exactly one."""
    for pattern in _IN_HEADERS:
        found = {match.group(1) for line in lines for match in re.finditer(pattern, line.lower())}
        if found:
            return _number(found.pop()) if len(found) == 1 else None
    return None


def degree_in_header(lines: Sequence[str]) -> float | None:
    """Return the degree of linear polarisation of lines such as "# Degree of polarisation: 0.95" or "… 95 %"; None
    without exactly one, or where there is no such degree."""
    found = {match.groups() for line in lines for match in _DEGREE.finditer(line.lower())}
    if len(found) != 1:
        return None
    value, percent = found.pop()
    return _degree(float(value.replace(",", ".")) / (100.0 if percent else 1.0))


def told_degrees(spectra: Sequence[AngledSpectrum]) -> list[float]:
    """Return the degrees of polarisation that the files of a series tell, each once, ascending: one if they agree."""
    return sorted({one.degree for one in spectra if one.degree is not None})


def angles_of_columns(titles: Sequence[str]) -> list[float] | None:
    """Return the angles that the titles of columns are, or None where they are none.

    Numbers that only count the columns (1, 2, 3 …) are no angles.
    """
    angles = []
    for title in titles:
        cleaned = title.strip().strip('"').lower()
        plain = re.fullmatch(rf"{_NUMBER}\s*{_UNIT}?", cleaned)
        angle = _number(plain.group(1)) if plain else angle_in_name(cleaned)
        if angle is None:
            return None
        angles.append(angle)
    counts = [float(k) for k in range(1, len(angles) + 1)]
    if angles in (counts, [k - 1.0 for k in counts]) or len(set(angles)) != len(angles):
        return None
    return angles


def _spectra_of(path: Path, wanted: bool) -> list[_Found]:
    exported = exported_curves(path) if path.is_file() else None
    if exported is not None:
        angled = [(one, _of_exported(one.provenance, one.label)) for one in exported]
        if any(angle is not None for _, angle in angled):
            angled = [(one, angle) for one, angle in angled if angle is not None]  # leaves out a dichroism
        return [(one, angle, "columns", _degree(one.provenance.get("degree"))) for one, angle in angled]
    told = _of_scans(path)
    if told:
        return told
    lines = read_lines(path)
    first = next((k for k, line in enumerate(lines) if re.match(r"\s*[-+]?\d", line)), len(lines))
    head = lines[: min(first, _HEADER_LINES)]
    degree = degree_in_header(head)
    table = _table(path, lines)
    if table is not None:
        titles, values = table
        angles = angles_of_columns(titles)
        if angles is not None or wanted:
            return [
                (
                    Spectrum(
                        values[:, 0], values[:, k + 1], label=f"{path.stem}, {_with_degree(title)}", kind="measured"
                    ),
                    None if angles is None else angles[k],
                    "columns",
                    degree,
                )
                for k, title in enumerate(titles)
            ]
        if angle_in_name(path.stem) is None and angle_in_header(lines[:_HEADER_LINES]) is None:
            raise XanesviewError(
                f"The columns of {path.name} have no angles as their titles ({', '.join(titles)}).", _HINT
            )
    spectrum = read_spectrum(path)
    angle, source = angle_in_name(path.stem), "name"
    if angle is None:
        angle, source = angle_in_header(head), "header"
    return [(spectrum, angle, source, degree)]


def _with_degree(title: str) -> str:
    """Return the title of a column with the sign of what it counts, where it is a number alone."""
    return f"{title}°" if re.fullmatch(_NUMBER, title.strip()) else title


def _of_scans(path: Path) -> list[_Found]:
    """Return the scans of a file that tells the angle of each, where they differ in nothing else; else none."""
    found = measured_format(path) if path.is_file() else None
    if found is None or found.module == COLUMNS.module:
        return []
    measurement = read_measurement(path)
    scans = measurement.scans
    if found is XRAY_ATLAS:
        others = {tuple(scan.facts.get(key, "") for key in _ALIKE) for scan in scans}
        angles = [scan.facts.get("sample.theta", "") for scan in scans]
    else:
        others = {without_angle(scan.label) for scan in scans}
        angles = [angle_in_name(scan.label) for scan in scans]
    is_open = any(one.about in ("energy", "unit") for one in measurement.questions)
    told = all(angle not in ("", None) for angle in angles)
    if len(others) > 1 or is_open or not told or len(set(angles)) < len(angles):
        return []
    return [(scan.spectrum(), float(angle), "columns", None) for scan, angle in zip(scans, angles, strict=True)]


def _degree(told: str | float | None) -> float | None:
    """Return a degree of polarisation that a file tells; None where it tells none that there is."""
    try:
        return None if told is None else checked_degree(float(told))
    except (ValueError, XanesviewError):
        return None


def _of_exported(provenance: Mapping[str, str], label: str) -> float | None:
    told = provenance.get("angle", "")
    found = re.fullmatch(r"([\d.]+) °", told)
    return float(found.group(1)) if found else angle_in_name(label)


def _table(path: Path, lines: Sequence[str]) -> tuple[list[str], np.ndarray] | None:
    """Titles of two or more columns beside that of energies, and the numbers (R, C); None for another file."""
    layout = guess_layout(lines, path.name)
    rows = {k: row for k, line in enumerate(lines) if not is_comment(line) and (row := layout.numbers(line))}
    width = Counter(map(len, rows.values())).most_common(1)[0][0] if rows else 0
    # Titles such as 20, 55, 90 beside a word are no row of numbers, and neither is a line of another width.
    kept = [k for k, row in rows.items() if len(row) == width]
    if width < 3 or len(kept) < 3:
        return None
    values, first = np.array([rows[k] for k in kept]), kept[0]
    titles = None
    for line in reversed(lines[max(0, first - 3) : first]):
        cells = layout.cells(re.sub(r"^\s*(#|%|!|//)\s*", "", line) if is_comment(line) else line)
        if len(cells) == values.shape[1] and re.search(r"[a-zA-Zµμ]", cells[0]):
            titles = cells[1:]
            break
    if titles is None:
        titles = [f"column {k + 2}" for k in range(values.shape[1] - 1)]
    return titles, values


def _number(text: str) -> float:
    return float(text.replace(",", ".").replace("p", "."))
