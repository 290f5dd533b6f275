"""Templates: all settings of a figure under a name, as a small JSON file that can be passed on.

    {"format": "xanesview figure template", "version": 1, "name": "My journal",
     "settings": {"width_mm": 85, "font_family": "Arial", "legend": "inside", "energy_breaks": [[295, 320]]}}

A template holds values only; nothing in it is run. Settings it lacks are the usual ones; what it has of another version
is left out and told. Titles and names belong to a figure and are in no template; titles of axes are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from xanesview.errors import XanesviewError, has_unprintable, in_plain_words
from xanesview.io.atomic import write_text
from xanesview.io.figures.spec import PRESETS, FigureSpec
from xanesview.io.json_text import json_text
from xanesview.io.text_file import LARGEST, read_text
from xanesview.paths import settings_dir
from xanesview.version import __version__

ENDING = ".json"
FILTER = f"Figure template (*{ENDING})"
FORMAT, VERSION = "xanesview figure template", 1
LONGEST_NAME = 60
_LARGEST = 100_000
_LAST_VERSION = 1_000_000
_FOLDER = "figure_templates"
_HINT = "A template is a JSON file; the guide has an example."
_PAIRS = ("energies_ev", "intensities")
_BREAKS = ("energy_breaks", "intensity_breaks")
_OPTIONAL = ("energies_ev", "intensities", "energy_title", "intensity_title", "spacing")
_FREE = {"inset_x", "inset_y"}
_TYPES = {field.name: field.type for field in fields(FigureSpec)}


@dataclass(frozen=True)
class Template:
    """A name, the settings, and what of a file was left out (names of settings of other versions)."""

    name: str
    spec: FigureSpec
    unknown: tuple[str, ...] = ()

    @property
    def notice(self) -> str:
        """What to tell of settings that were left out; empty where there were none."""
        if not self.unknown:
            return ""
        left = ", ".join(f"“{name}”" for name in self.unknown[:5])
        return f"The template {self.name} has settings that this version doesn't know, and that were left out: {left}."


def settings_of(spec: FigureSpec) -> dict[str, Any]:
    """Return the settings of a figure as plain values by their names."""
    return {field.name: getattr(spec, field.name) for field in fields(spec)}


def with_settings(spec: FigureSpec, settings: Mapping[str, object]) -> FigureSpec:
    """Return a look with other settings.

    Parameters
    ----------
    settings : plain values by name, lists for pairs

    Raises
    ------
    XanesviewError
        For a setting that there isn't, or a value that can't be.
    """
    if _FREE & settings.keys() and "inset_place" not in settings:
        settings = {**settings, "inset_place": "free"}  # whoever says where an inset is to stand wants it there
    unknown = next((name for name in settings if name not in _TYPES), None)
    if unknown is not None:
        raise XanesviewError(f"A figure has no setting “{unknown}”.", f"It has: {', '.join(_TYPES)}.")
    return replace(spec, **{name: _checked(name, value) for name, value in settings.items()})


def preset(name: str) -> FigureSpec:
    """Return the look of a preset.

    Raises
    ------
    XanesviewError
        Where there is none of that name.
    """
    if name not in PRESETS:
        raise XanesviewError(f"There is no preset “{name}”.", f"Choose one of: {', '.join(PRESETS)}.")
    return with_settings(FigureSpec(), PRESETS[name])


def read_template(path: str | Path) -> Template:
    """Return the template of a file.

    Raises
    ------
    XanesviewError
        If it can't be read, is no template, or has a value that can't be.
    """
    path = Path(path)
    text = read_text(path, _LARGEST, _HINT).lstrip("\ufeff")
    try:
        content = json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise XanesviewError(f"{path.name} is no template ({in_plain_words(error)}).", _HINT) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise XanesviewError(f"{path.name} is no template of a figure.", _HINT)
    version = content.get("version", VERSION)
    if isinstance(version, bool) or not isinstance(version, int) or not 1 <= version <= _LAST_VERSION:
        raise XanesviewError(f"The version of {path.name} is none.", f"It is a whole number; ours is {VERSION}.")
    settings, name = content.get("settings", {}), content.get("name", path.stem)
    if not isinstance(settings, dict):
        raise XanesviewError(f"The settings of {path.name} are no table.", _HINT)
    if not isinstance(name, str):
        raise XanesviewError(f"The name of {path.name} is no text.", _HINT)
    known = {key: value for key, value in settings.items() if key in _TYPES}
    try:
        spec, name = with_settings(FigureSpec(), known), checked_name(name)
    except XanesviewError as error:
        raise XanesviewError(f"{path.name}: {error.message}", error.hint) from error
    return Template(name, spec, tuple(key for key in settings if key not in _TYPES))


def write_template(path: str | Path, template: Template) -> Path:
    """Write a template, whole or not at all.

    Raises
    ------
    XanesviewError
        For another ending than .json, or where the file can't be written.
    """
    path = Path(path)
    if path.suffix.lower() != ENDING:
        raise XanesviewError(f"A template can't be written as “{path.name}”.", f"End the name with {ENDING}.")
    content = {
        "format": FORMAT, "version": VERSION, "name": checked_name(template.name),
        "made_by": f"xanesview {__version__}", "settings": settings_of(template.spec),
    }  # fmt: skip
    write_text(path, json_text(content, indent=2) + "\n")
    return path


def checked_name(name: str) -> str:
    """Return the name of a template without spaces around it.

    Raises
    ------
    XanesviewError
        Where it is empty, too long, or holds what can't be seen.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or has_unprintable(name):
        raise XanesviewError(f"“{name}” is no name of a template.", f"Give 1 to {LONGEST_NAME} letters.")
    return name


# ---- the user's own, in a folder of the settings ----


def templates() -> list[str]:
    """Return the names of the user's own templates, in alphabetical order."""
    return sorted(_found(), key=str.casefold)


def template(name_or_path: str | Path) -> Template:
    """Return a template by its name among the user's own, or by the path of its file.

    Raises
    ------
    XanesviewError
        Where there is none.
    """
    if isinstance(name_or_path, str) and (own := _found().get(name_or_path.strip())) is not None:
        return read_template(own)
    path = Path(name_or_path).expanduser()
    if path.suffix.lower() == ENDING or path.exists():
        return read_template(path)
    known = ", ".join(templates()) or "none yet"
    raise XanesviewError(f"There is no template “{name_or_path}”.", f"Yours: {known}. Or give the path of a file.")


def keep_template(template: Template) -> Path:
    """Keep a template among the user's own, in the place of one of the same name.

    Raises
    ------
    XanesviewError
    """
    name = checked_name(template.name)
    return write_template(_found().get(name) or _free_path(name), replace(template, name=name))


def forget_template(name: str) -> None:
    """Delete one of the user's own templates.

    Raises
    ------
    XanesviewError
    """
    path = _found().get(name)
    if path is None:
        return
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise XanesviewError(f"{path} can't be deleted: {error.strerror or error}.") from error


def _found() -> dict[str, Path]:
    """The user's own templates by name; a file that is none is no template."""
    found = {}
    for path in sorted((settings_dir() / _FOLDER).glob(f"*{ENDING}")):
        try:
            found[read_template(path).name] = path
        except XanesviewError:
            continue
    return found


def _free_path(name: str) -> Path:
    folder = settings_dir() / _FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise XanesviewError(f"{folder} can't be made: {error.strerror or error}.", "Make room there.") from error
    stem = re.sub(r"[^\w-]+", "_", name).strip("_") or "template"
    number, path = 1, folder / f"{stem}{ENDING}"
    while path.exists():
        number += 1
        path = folder / f"{stem}_{number}{ENDING}"
    return path


# ---- values ----


def _checked(name: str, value: object) -> object:
    """Return a value in the type of its setting."""
    if value is None and name in _OPTIONAL:
        return None
    if name in _PAIRS:
        return _pair(name, value)
    if name in _BREAKS:
        if not isinstance(value, list | tuple):
            raise _wrong(name, "pairs of numbers, such as [[295, 320]]")
        return tuple(_pair(name, one) for one in value)
    kind = _TYPES[name].partition(" ")[0]
    if kind == "bool":
        if not isinstance(value, bool):
            raise _wrong(name, "true or false")
        return value
    if kind == "str":
        if not isinstance(value, str):
            raise _wrong(name, "a text")
        return value
    number = _number(name, value)
    if kind == "int":
        if number != int(number):
            raise _wrong(name, "a whole number")
        return int(number)
    return number


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LARGEST:
        raise _wrong(name, f"a number of no more than {LARGEST:g}")
    return float(value)


def _pair(name: str, value: object) -> tuple[float, float]:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
        raise _wrong(name, "two numbers")
    return _number(name, value[0]), _number(name, value[1])


def _wrong(name: str, what: str) -> XanesviewError:
    return XanesviewError(f"The setting “{name}” is wrong.", f"It is {what}.")
