"""Files of spectra that were given together: which of them are one sample at several angles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xanesview.errors import XanesviewError
from xanesview.io.spectra.angle_spectra import AngledSpectrum, read_angle_spectra, without_angle
from xanesview.io.spectra.registry import TENSORS, spectrum_format


@dataclass(frozen=True, eq=False)
class FilesOfAngles:
    """Series of spectra by ascending angle, each with its name, and the files that belong to none."""

    series: tuple[tuple[str, tuple[AngledSpectrum, ...]], ...]
    others: tuple[Path, ...]


def angled(paths: Sequence[Path]) -> tuple[AngledSpectrum, ...] | None:
    """Return the spectra of files with their angles; None where angles are not told, or a file can't be read."""
    try:
        return tuple(read_angle_spectra(paths))
    except (XanesviewError, OSError):
        return None


def files_of_angles(paths: Sequence[Path]) -> FilesOfAngles:
    """Tell series among files of one spectrum each: names that differ in an angle alone, or angles in headers.

    Tables of several spectra, tensors and files without an angle belong to none.
    """
    groups: dict[str, list[tuple[Path, AngledSpectrum]]] = {}
    for path in paths:
        found = None if spectrum_format(path) is TENSORS else angled([path])
        if found is not None and len(found) == 1:
            name = without_angle(path.stem) if found[0].source == "name" else ""
            groups.setdefault(name or path.resolve().parent.name, []).append((path, found[0]))
    groups = {
        name: members for name, members in groups.items() if len({one.angle_deg for _, one in members}) > 1
    }  # fmt: skip
    taken = {path for members in groups.values() for path, _ in members}
    series = tuple(
        (name, tuple(sorted((one for _, one in members), key=lambda one: one.angle_deg)))
        for name, members in groups.items()
    )
    return FilesOfAngles(series, tuple(path for path in paths if path not in taken))
