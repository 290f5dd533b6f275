"""One table of what a user can set; the settings file, the dialog, the window and tests read it.

A further setting is one line of `SETTINGS`. What the window remembers by itself (layout, recent files, hints seen) is
no setting and stands beside them in the same file.
"""

from __future__ import annotations

from dataclasses import dataclass

FLAG, CHOICE, NUMBER = "flag", "choice", "number"

SCHEMA = 3
"""Version of the settings file. Version 1 did not say its own."""


@dataclass(frozen=True)
class SettingSpec:
    """One setting.

    Attributes
    ----------
    key : str
        Name in the file.
    section, title, told : str
        Where the dialog lists it, what it is called there, and a sentence below.
    kind : str
        FLAG (bool), CHOICE (str) or NUMBER (float).
    default : bool, str or float
    choices : tuple of (value, text)
        Of a choice; those of languages are found when they are asked for.
    low, high : float
        Of a number, both included.
    unit : str
    at_next_start : bool
        Whether the window takes it up at the next start only; else at once.
    """

    key: str
    section: str
    title: str
    told: str
    kind: str
    default: bool | str | float
    choices: tuple[tuple[str, str], ...] = ()
    low: float = 0.0
    high: float = 0.0
    unit: str = ""
    at_next_start: bool = False

    def read(self, value: object) -> bool | str | float:
        """Return what the file holds as the setting has it; the default where that can't be."""
        if self.kind == FLAG:
            return {"yes": True, "no": False}.get(str(value), bool(self.default))
        if self.kind == NUMBER:
            try:
                number = float(str(value))
            except ValueError:
                return self.default
            return number if self.low <= number <= self.high else self.default
        known = isinstance(value, str) and (not self.choices or value in [name for name, _ in self.choices])
        return value if known else self.default

    def written(self, value: bool | str | float) -> str:
        """Return a value as the file holds it."""
        if self.kind == FLAG:
            return "yes" if value else "no"
        return f"{value:g}" if self.kind == NUMBER else str(value)


SETTINGS = (
    SettingSpec(
        "theme", "Appearance", "Theme", "Colours of the window; System follows the desktop while it runs", CHOICE,
        "system", (("system", "System"), ("light", "Light"), ("dark", "Dark")),
    ),
    SettingSpec(
        "font_size", "Appearance", "Font size", "Of texts in the window; small texts follow", NUMBER, 10.0,
        low=7.0, high=18.0, unit="pt",
    ),
    SettingSpec(
        "language", "Appearance", "Language", "What has no translation stays English", CHOICE, "en",
        at_next_start=True,
    ),
    SettingSpec(
        "as_measured", "Spectrum", "As measured",
        "Draw predictions as measured spectra look, where a network was fitted to such; else as computed", FLAG, True,
    ),
    SettingSpec("per_atom", "Spectrum", "Per atom", "Draw sums of sites divided by their number", FLAG, True),
    SettingSpec(
        "whole_molecules", "3D view", "Make molecules whole", "Draw molecules whole that the faces of the cell cut",
        FLAG, True,
    ),
    SettingSpec(
        "angle_from_normal", "Geometry", "Count the angle of a beam from the normal",
        "Else from the surface, as beamlines do", FLAG, False, at_next_start=True,
    ),
)  # fmt: skip

BY_KEY = {spec.key: spec for spec in SETTINGS}
