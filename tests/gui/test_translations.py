"""Every text passes one door, and a language is a file."""

from __future__ import annotations

import json
import os
import re
from functools import partial

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton

from tests.gui.fake_networks import FakeNetworks
from tests.gui.spoken import Bracketed, outside, said
from tests.sentences import notices, refusals, steps, without_names
from xanesview import texts
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.gui.actions.action_spec import Submenu
from xanesview.gui.actions.action_table import ACTIONS, MENUS
from xanesview.gui.appearance.translations import languages, speak
from xanesview.gui.dialogs.changed_file import ChangedFileDialog
from xanesview.gui.dialogs.export_figure import ExportFigureDialog
from xanesview.gui.dialogs.unsaved import UnsavedDialog
from xanesview.gui.main_window import MainWindow
from xanesview.gui.panels.panel_table import PANELS
from xanesview.gui.plot.chips import ChipRow
from xanesview.gui.setting_table import SETTINGS
from xanesview.gui.settings import Settings
from xanesview.gui.window.messages import MessageBar
from xanesview.gui.window.offers import Choice, OfferBar
from xanesview.gui.window.palette.dialog import CommandPalette
from xanesview.paths import data_dir, resource
from xanesview.shown.curve import Chip

_SYMBOLS = {"S", "v", "J", "x", "y", "z", "a", "b", "c", "n", "∥"}


@pytest.fixture
def made(qtbot):
    """Makes a window in the language that is spoken then."""
    windows = []

    def make() -> MainWindow:
        window = MainWindow(networks=FakeNetworks(), settings=Settings(fresh=True), network="fake")
        windows.append(window)
        with qtbot.waitExposed(window):
            window.show()
        window.opening.open_example("benzene")
        qtbot.waitUntil(lambda: bool(window.plot.curves()), timeout=20_000)
        return window

    yield make
    for window in windows:
        window.saving.asks = False
        window.close()
        window.deleteLater()


def test_all_texts_of_menus_panels_tips_and_buttons_pass_the_door(made):
    asked = Bracketed()
    texts.speak("brackets", asked)
    window = made()
    for title in window.docks:
        assert window.tabs[title] is not None
    QApplication.processEvents()
    # of Qt's own tab bars
    assert [one for one in sorted(set(outside(window))) if one[1] != "Close Tab"] == []
    for spec in ACTIONS:
        assert {spec.text, spec.tooltip} <= asked.asked
    for panel in PANELS:
        assert {panel.title, panel.tooltip} <= asked.asked
    assert all("«" in dock.windowTitle() for dock in window.docks.values())


def table() -> dict[str, str]:
    return json.loads(resource("translations", "de.json").read_text(encoding="utf-8"))


def test_the_german_file_has_menus_actions_panels_and_settings():
    german = table()
    wanted = {text for spec in ACTIONS for text in (spec.text, spec.tooltip, spec.short, spec.needs)}
    wanted |= {text for panel in PANELS for text in (panel.title, panel.tooltip)}
    wanted |= {heading for heading, _ in MENUS}
    wanted |= {entry.title for _, entries in MENUS for entry in entries if isinstance(entry, Submenu)}
    wanted |= {text for spec in SETTINGS for text in (spec.section, spec.title, spec.told)}
    wanted |= {text for spec in SETTINGS for _, text in spec.choices}
    wanted -= _SYMBOLS | {""}
    missing = sorted(wanted - german.keys())
    assert len(missing) < 0.08 * len(wanted), f"what is new stays English until somebody writes it: {missing}"


def test_the_window_speaks_german(made, qtbot):
    speak("de")
    window = made()
    assert [action.text().replace("&", "") for action in window.menuBar().actions()][:2] == ["Datei", "Bearbeiten"]
    assert window.named_actions["freeze"].text().replace("&", "") == "Kurve festhalten"
    assert window.docks["References"].windowTitle() == "Vergleich"
    window.tabs.show("History")
    QApplication.processEvents()
    assert window.tabs["History"].edit_button.text() == "Schritt ändern"
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    palette = window.findChild(CommandPalette)
    QTest.keyClicks(palette.field, "festhalten")
    assert palette.titles()[0] == "Kurve festhalten"
    palette.reject()


@pytest.mark.parametrize(
    ("wanted", "most"), [(steps, 0.03), (notices, 0.05), (lambda: refusals("gui", "shown"), 0.05)],
    ids=["steps", "notices", "refusals"],
)  # fmt: skip
def test_the_german_file_has_what_is_said_with_values_in_it(wanted, most):
    german = {without_names(text) for text in table()}
    said = {without_names(text) for text in wanted()}
    said = {text for text in said if (len(re.findall(r"[^\W\d_]", text)) > 6 and not text.islower()) or " " in text}
    assert len(said) > 40
    missing = sorted(said - german)
    assert len(missing) <= most * len(said), f"what is new stays English until somebody writes it: {missing}"


def test_a_sentence_with_values_in_it_is_told_by_its_template():
    speak("de")
    assert texts.told("pick sum of all 6 C") == "Summe aller 6 C wählen"
    assert texts.told("pick C1") == "C1 wählen"
    assert texts.told("C1 holds no N atom. Pick a N atom.") == "C1 enthält kein N-Atom. Wählen Sie ein N-Atom."
    assert texts.told("Nobody has written this one, 3 times.") == "Nobody has written this one, 3 times."
    texts.speak("en", {})
    assert texts.told("pick C1") == "pick C1"


def test_a_template_with_few_words_of_its_own_takes_no_sentence_apart():
    speak("de")
    assert texts.told("3 of 12") == "3 von 12"
    assert texts.told("4 sites") == "4 Lagen"
    assert texts.told("pick C1, undone") == "C1 wählen, zurückgenommen"
    for text in (
        "The rest of it lies under /tmp/x.", "absorption tensor of organic molecules", "Nobody has written of 5 sites",
    ):  # fmt: skip
        assert texts.told(text) == text


def test_offers_fits_and_chips_are_told_in_german():
    speak("de")
    told = {
        "Work from 30 Nov, 03:12 was not saved: changes to “a film.xanesview”.":
            "Die Arbeit vom 30 Nov, 03:12 wurde nicht gespeichert: Änderungen an „a film.xanesview“.",
        "What is known of it is in /tmp/x.log.": "Was darüber bekannt ist, steht in /tmp/x.log.",
        "The fit is poor: R-factor 7.1 %, what is left has structure, most at 285.2 eV.":
            "Die Anpassung ist schlecht: R-Faktor 7.1 %, das Residuum hat Struktur, am meisten bei 285.2 eV.",
        "resolution 0.5 eV": "Auflösung 0.5 eV",
        "3 of 6 sites not predicted": "3 von 6 Lagen nicht vorhergesagt",
        "The curve is the sum of 3 predicted sites. A click predicts the others.":
            "Die Kurve ist die Summe von 3 vorhergesagten Lagen. Ein Klick sagt die anderen vorher.",
    }  # fmt: skip
    assert {text: texts.told(text) for text in told} == told
    assert {"isotropic average", "Measured", "/ atom", "Copy report", "Leave it"} <= table().keys()


def test_buttons_of_an_offer_are_said_in_german(qtbot):
    speak("de")
    bar = OfferBar()
    qtbot.addWidget(bar)
    bar.offer("Something.", "", (Choice("Recover", "Show it as it was", lambda: None),))
    button = bar.findChild(QToolButton, "offer-recover")
    assert (button.text(), button.toolTip()) == ("Wiederherstellen", "Alles zeigen, wie es war")


def test_the_figure_dialog_speaks_the_language(qtbot):
    grid = np.linspace(280.0, 310.0, 31)
    spectrum = Spectrum(grid, np.exp(-((grid - 285.0) ** 2)), label="isotropic average")
    texts.speak("brackets", Bracketed())
    dialog = ExportFigureDialog([spectrum])
    qtbot.addWidget(dialog)
    tabs = dialog.controls.tabs
    assert [tabs.tabText(at) for at in range(tabs.count())] == ["«Page»", "«Axes»", "«Curves»", "«Inset»"]
    assert outside(dialog.controls) == []
    said_here = {text for root in (dialog.controls, dialog.templates) for _, text in said(root)}
    wanted = {text.strip("«»") for text in said_here if text.startswith("«")} - {"×"}
    assert len(wanted) > 40
    assert sorted(wanted - table().keys()) == [], "what is new is to be written"


def test_steps_and_notices_are_said_in_german_and_kept_in_english(made, qtbot):
    speak("de")
    window = made()
    window.workspace.pick((0,))
    window.workspace.curves.freeze()
    window.tabs.show("History")
    panel = window.tabs["History"]
    panel.set_seen(True)
    assert panel.texts()[0] == "Anfang"
    assert panel.texts()[-2:] == ["C1 wählen", "Kurve festhalten"]
    assert window.named_actions["undo"].text().replace("&", "") == "Rückgängig Kurve festhalten"
    assert window.workspace.undo_stack.undoText() == "freeze curve", "files of sessions are the same in every language"
    window.workspace.pick((11,))
    bar = window.structure_messages
    qtbot.waitUntil(lambda: bar.notice is not None)
    assert "sagt C-Atome vorher, nicht" in bar.findChild(QLabel, "message-sentence").text()
    assert bar.findChild(QLabel, "message-hint").text() == "Wählen Sie ein C-Atom."


def test_a_language_of_the_user_goes_before_and_one_that_is_broken_is_passed_over():
    folder = data_dir() / "translations"
    folder.mkdir(parents=True)
    (folder / "de.json").write_text('{"Save": "Sichern", "{n} of": "ohne Platz", "Quit": 7}')
    (folder / "xx.json").write_text("{")
    (folder / "fr.json").write_text('{"language": "français", "Save": "Enregistrer"}')
    assert [code for code, _ in languages()] == ["en", "de", "fr"]
    assert ("fr", "français") in languages()
    speak("de")
    assert [texts.tr(text) for text in ("Save", "Quit", "{n} of", "not there")] == [
        "Sichern", "Beenden", "{n} of", "not there",
    ]  # fmt: skip
    for code in ("xx", "none", "../de", ""):
        speak(code)
        assert (texts.language(), texts.tr("Save")) == ("en", "Save")


@pytest.mark.parametrize(
    "table",
    [
        '[]', '"x"', "7", "null", "", "[" * 100_000, '{"language": 7, "Save": ["a"], "Quit": {"a": 1}}',
        '{"{n} sites": "{m} Orte"}', '{"{n} sites": "{n:>9999999}"}', '{"{n} sites": "{n!r}"}',
        '{"{n} sites": "{n} } Orte"}',
        '{"{n} sites": "{n.__class__} Orte"}', '{"{n} sites": "{n} {"}', '{"Save": "a}"}', '{"Save": "\\ud800"}',
        json.dumps({"Save": "x" * 1_000_000}), json.dumps({"Save": "x" * 5_000_000}), "\x00",
    ],
    ids=range(18),
)  # fmt: skip
def test_broken_tables_of_a_language_leave_the_english_texts(table):
    folder = data_dir() / "translations"
    folder.mkdir(parents=True)
    (folder / "xx.json").write_text(table, encoding="utf-8")
    languages()
    speak("xx")
    assert texts.tr("Save") == "Save"
    assert texts.tr("{n} sites").format(n=3) == "3 sites"
    speak("en")


def test_a_pipe_is_no_language():
    folder = data_dir() / "translations"
    (folder / "de").mkdir(parents=True)
    os.mkfifo(folder / "xx.json")
    (folder / "yy.json").mkdir()
    assert [code for code, _ in languages()] == ["en", "de"]
    speak("xx")
    assert texts.tr("Save") == "Save"


def test_the_language_chosen_is_spoken_at_the_next_start(qapp, monkeypatch):
    from xanesview.gui import app as app_module

    Settings().set_value("language", "de")
    app_module.make_application(app_module.Launch())
    assert texts.tr("Save") == "Speichern"
    texts.speak("en", {})
    app_module.make_application(app_module.Launch(fresh=True))
    assert texts.tr("Save") == "Save"


def shown_message(window: MainWindow) -> str:
    return " ".join(label.text() for bar in window.findChildren(MessageBar) for label in bar.findChildren(QLabel))


def is_said(window: MainWindow, words: str) -> bool:
    return words in shown_message(window)


def test_what_files_are_refused_with_is_said_in_german(made, tmp_path, qtbot):
    speak("de")
    window = made()
    (tmp_path / "empty.xyz").write_text("")
    (tmp_path / "letters.xyz").write_text("1\n\nC 0.0 zero 0.0\n")
    (tmp_path / "element.xyz").write_text("1\n\nQq 0.0 0.0 0.0\n")
    (tmp_path / "cut.mol").write_text("benzene\n")
    said = {
        "missing.xyz": "Es gibt keine Datei",
        "empty.xyz": "Die Datei empty.xyz ist leer. Wählen Sie eine Datei, die etwas enthält.",
        "letters.xyz": "Zeile 3 von letters.xyz: eine Koordinate ist „zero“, keine Zahl. Berichtigen Sie die Datei",
        "element.xyz": "hat das Atom „Qq“, das kein chemisches Element ist.",
        "cut.mol": "cut.mol hat keine Zeile mit den Anzahlen der Atome und Bindungen",
    }
    for name, words in said.items():
        window.opening.open_file(tmp_path / name)
        qtbot.waitUntil(partial(is_said, window, words))


def test_what_a_network_and_a_step_are_refused_with_is_told_in_german():
    speak("de")
    told = {
        "Water has no C atom; C K-edge predicts C K. Open a structure with this element, or choose a network for "
        "another edge.":
            "Water hat kein C-Atom; C K-edge sagt C K vorher. Öffnen Sie eine Struktur mit diesem Element, oder wählen "
            "Sie ein Netz für eine andere Kante.",
        "“film.csv” has 2 columns, no number 4. Choose another column.":
            "„film.csv“ hat 2 Spalten, keine Nummer 4. Wählen Sie eine andere Spalte.",
        "E0 (300.0 eV) is outside of the data, 280 to 290 eV.":
            "E0 (300.0 eV) liegt außerhalb der Daten, 280 bis 290 eV.",
    }  # fmt: skip
    assert {text: texts.told(text) for text in told} == told


def test_axes_curves_and_examples_are_said_in_german_and_exported_in_english(made, qtbot):
    speak("de")
    window = made()
    window.workspace.pick((0,))
    window.workspace.curves.freeze()
    plot = window.plot
    axes = [plot._plot.getAxis(name) for name in ("bottom", "left")]
    assert [axis.titles[0] for axis in axes] == ["Photonenergie (eV)", "Absorption (Mb/eV je Atom)"]
    plot.set_unit("edge steps")
    assert axes[1].titles[0] == "Absorption (Kantensprünge)"
    plot.set_unit("hartree bohr²/eV per atom", "Loss intensity")
    assert axes[1].titles[0] == "Verlustintensität (Hartree Bohr²/eV je Atom)"
    window.show_start()
    titles = [window.start.examples.item(row).text() for row in range(window.start.examples.count())]
    assert {"Benzol", "Hämatit-(001)-Platte", "Cuprit, Cu2O"} <= set(titles)
    named = [curve.label for curve in plot.curves()]
    assert "isotropic average" in named, "what is exported"


def test_facts_in_a_row_are_told_one_by_one():
    speak("de")
    assert texts.told("film_40deg · −0.50 eV · 3 steps") == "film_40deg · −0.50 eV · 3 Schritte"
    assert texts.told("prediction: edge step · gaussian broadening") == "Vorhersage: Kantensprung · Gauß-Verbreiterung"
    assert texts.told("my film: nobody knows · of it") == "my film: nobody knows · of it"


def test_question_of_unsaved_work_and_tips_of_curves_are_in_german(made):
    speak("de")
    window = made()
    question = UnsavedDialog("a <b>film</b>", lambda: None, lambda: None, window)
    assert question.text() == "Die Änderungen an „a <b>film</b>“ speichern?"
    assert question.informativeText() == "Ohne Speichern gehen sie verloren."
    changed = XanesviewError(
        "a.xanesview was changed on 30 Nov, 12:03 by another window or program.", "Choose another file."
    )
    dialog = ChangedFileDialog(changed, lambda: None, lambda: None, lambda: None, window)
    assert dialog.text() == "a.xanesview wurde am 30 Nov, 12:03 von einem anderen Fenster oder Programm geändert."
    assert dialog.informativeText() == "Wählen Sie eine andere Datei."
    assert dialog.overwrite.text() == "Überschreiben"
    chips = ChipRow(window)
    chips.set_chips([Chip("resolution 0.5 eV", "", "warning")])
    assert "Warnung: Auflösung 0.5 eV" in [one.accessibleName() for one in chips.findChildren(QPushButton)]
