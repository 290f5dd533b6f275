"""Light and dark: contrast, colour blindness, icons, and widgets that follow."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from PySide6.QtCore import QFile
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF, QPixmap
from PySide6.QtWidgets import QApplication, QLabel

from tests.full_disk import full_disk
from xanesview.gui.appearance import theme
from xanesview.gui.appearance.palette import DARK, LIGHT, RADIUS, SPACING, Colours
from xanesview.gui.appearance.style_sheet import style_sheet
from xanesview.io.figures import curve_looks

# Machado, Oliveira and Fernandes, IEEE Trans. Vis. Comput. Graph. 15 (2009) 1291, table 1, severity 1.
VISIONS = {
    "normal": np.eye(3),
    "red-blind": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "green-blind": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "blue-blind": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def linear(colour: str) -> np.ndarray:
    value = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    """Return CIE L*a*b* of linear RGB."""
    xyz = TO_XYZ @ np.clip(light, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one: str, two: str) -> float:
    """Return the contrast ratio of WCAG 2."""
    bright, dim = sorted((float(TO_XYZ[1] @ linear(colour)) for colour in (one, two)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_curves_stay_apart_for_the_colour_blind(scheme: Colours) -> None:
    shown = [scheme.accent, *scheme.curves[:6]]
    for vision in VISIONS.values():
        seen = [lab(np.array(vision) @ linear(colour)) for colour in shown]
        closest = min(np.linalg.norm(one - two) for one, two in itertools.combinations(seen, 2))
        assert closest > 15


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_words_and_curves_stand_out(scheme: Colours) -> None:
    for ground in (scheme.surface, scheme.window, scheme.raised, scheme.selection):
        assert contrast(scheme.text, ground) > 7
        assert contrast(scheme.muted, ground) > 3.5
    for colour in (scheme.warning, scheme.error):
        assert contrast(colour, scheme.surface) > 4
    assert contrast(scheme.accent, scheme.surface) > 4.5
    assert all(contrast(colour, scheme.surface) >= 3 for colour in scheme.curves), "WCAG 2, graphical objects"


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_kinds_of_curves_have_families_of_their_own(scheme: Colours) -> None:
    families = [(scheme.accent,), (scheme.faint,), scheme.curves, *scheme.overlays.values()]
    every = [colour for family in families for colour in family]
    assert len(set(every)) == len(every)
    seen = [lab(linear(colour)) for colour in every]
    assert min(np.linalg.norm(one - two) for one, two in itertools.combinations(seen, 2)) > 12
    assert all(contrast(colour, scheme.surface) >= 3 for family in scheme.overlays.values() for colour in family)
    accent = lab(linear(scheme.accent))
    apart = [np.linalg.norm(lab(linear(colour)) - accent) for colour in scheme.overlays["frozen"]]
    assert min(apart) > 38, "a frozen curve that looks like the current one is none to the eye"


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_measured_curves_differ_in_lightness_for_every_eye(scheme: Colours) -> None:
    """They lie over one another, and no reader of a figure knows beforehand which is which."""
    family = scheme.overlays["measured"]
    for vision in VISIONS.values():
        seen = [lab(np.array(vision) @ linear(colour)) for colour in family]
        assert min(np.linalg.norm(one - two) for one, two in itertools.combinations(seen, 2)) > 20
    lightness = sorted(lab(linear(colour))[0] for colour in family)
    assert min(np.diff(lightness)) > 7
    if scheme.dark:  # white and pale pink beside white words look all alike
        assert min(np.linalg.norm(lab(linear(colour))[1:]) for colour in family) > 30
    accent = lab(linear(scheme.accent))
    assert min(np.linalg.norm(lab(linear(colour)) - accent) for colour in family) > 40, "none looks like the arrow's"


def test_printed_curves_have_the_colours_of_the_window() -> None:
    assert (LIGHT.accent, LIGHT.curves) == (curve_looks.ACCENT, curve_looks.COLOURS)
    assert {"site": LIGHT.curves, **LIGHT.overlays} == curve_looks.FAMILIES


def test_modes_switch_palette_and_back(qapp: QApplication) -> None:
    label = QLabel("text")
    for mode, scheme in (("dark", DARK), ("light", LIGHT)):
        assert theme.apply_theme(qapp, mode) is scheme
        assert theme.colours(label) is scheme
        assert theme.is_dark(qapp.palette()) == scheme.dark
    assert theme.apply_theme(qapp, "system") in (LIGHT, DARK)
    with pytest.raises(ValueError, match="mode"):
        theme.apply_theme(qapp, "sepia")


def test_figures_have_one_width_so_that_numbers_do_not_dance(qapp: QApplication) -> None:
    metrics = QFontMetricsF(theme.text_font())
    assert QFontInfo(theme.text_font()).pointSizeF() == pytest.approx(theme.TEXT_SIZE_PT, abs=0.6)
    assert len({metrics.horizontalAdvance(figure) for figure in "0123456789"}) == 1


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_marks_inside_controls_need_no_disk(qapp: QApplication, scheme, xanesview_home) -> None:
    with full_disk(0):
        paths = theme._glyphs(scheme)
    assert {"down", "tick-on", "up-faint"} <= paths.keys()
    sheet = style_sheet(scheme, SPACING, RADIUS, theme.SMALL_TEXT_SIZE_PT, paths)
    drawn = set()
    for path in set(re.findall(r'url\("?(.*?)"?\)', sheet)):
        picture = QPixmap(path)
        assert not picture.isNull(), path
        assert QFile(path).open(QFile.OpenModeFlag.ReadOnly)
        drawn.add(picture.toImage().pixelColor(6, 6).name(QColor.NameFormat.HexArgb))
    assert len(drawn) > 2, "each is its own drawing"
    assert not list(xanesview_home.rglob("*.svg"))


def test_icons_follow_the_theme(qapp: QApplication) -> None:
    for mode, scheme in (("light", LIGHT), ("dark", DARK)):
        theme.apply_theme(qapp, mode)
        picture = theme.icon("open").pixmap(24, 24).toImage()
        inked = [picture.pixelColor(x, y) for x in range(picture.width()) for y in range(picture.height())]
        solid = [colour.name() for colour in inked if colour.alpha() == 255]
        assert scheme.text in solid
    assert theme.icon("there-is-no-such-drawing").isNull()
