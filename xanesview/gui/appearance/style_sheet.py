"""The style sheet of the window: one radius, one spacing unit, two text sizes, quiet controls."""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xanesview.gui.appearance.palette import Colours

_SHEET = Template("""
QToolTip { background: $raised; color: $text; border: 1px solid $border; border-radius: ${radius}px; padding: 4px 6px; }
QMainWindow::separator { background: $window; width: ${space}px; height: ${space}px; }
QMainWindow::separator:hover { background: $hover; }
QSplitter::handle { background: $window; }
QSplitter::handle:hover { background: $hover; }
*[small="true"] { font-size: ${small}pt; }
QLabel[muted="true"] { color: $muted; }
QLabel[heading="true"] { font-weight: 600; }
QLabel[problem="true"] { color: $error; }
QFrame[step="true"] { border: 1px solid $border; border-radius: ${radius}px; background: $surface; }
QFrame[step="true"]:hover { border-color: $faint; }
QFrame[step="true"][chosen="true"] { border-color: $control; }

QMenuBar { background: $window; padding: 2px 4px; }
QMenuBar::item { padding: 4px 8px; border-radius: ${radius}px; background: transparent; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $raised; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: ${radius}px; }
QMenu::icon { padding-left: 8px; }
QMenu::item:selected { background: $selection; }
QMenu::item:disabled { color: $faint; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }
QMenu::right-arrow { image: url($g_right); width: 12px; height: 12px; }

QToolBar { background: $window; border: none; border-bottom: 1px solid $border; spacing: 2px; padding: 4px ${space}px; }
QToolBar::separator { background: $border; width: 1px; margin: 5px 6px; }
#qt_toolbar_ext_button { image: url($g_more); width: 18px; padding: 2px; }
#qt_toolbar_ext_button::menu-indicator { image: none; }
QStatusBar { background: $window; border-top: 1px solid $border; color: $muted; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: $muted; font-size: ${small}pt; }

QPushButton, QToolButton { border: 1px solid transparent; border-radius: ${radius}px; padding: 4px 8px; color: $text; }
QPushButton { background: $raised; border-color: $border; padding: 5px 12px; }
QToolButton { background: transparent; }
QPushButton:hover, QToolButton:hover { background: $hover; }
QPushButton:pressed, QToolButton:pressed, QToolButton:checked, QPushButton:checked { background: $selection; }
QPushButton:default { border-color: $control; }
QPushButton[next="true"] { background: $selection; border-color: $control; font-weight: 600; }
QPushButton:focus, QToolButton:focus { border-color: $control; }
QPushButton:disabled, QToolButton:disabled { color: $faint; }
QToolButton[cell="true"] { padding: 2px; }
QToolButton[narrow="true"] { padding: 4px 3px; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QPushButton[flat="true"] { background: transparent; border-color: transparent; }
QPushButton[flat="true"]:hover { background: $hover; }
QToolButton[popupMode="1"] { padding-right: 20px; }
QToolButton[popupMode="2"] { padding-right: 20px; }
QToolButton::menu-indicator { image: url($g_down); subcontrol-origin: padding; subcontrol-position: right center;
    right: 4px; width: 12px; height: 12px; }
QToolButton::menu-button { border: none; width: 18px; }
QToolButton::menu-arrow { image: url($g_down); width: 12px; height: 12px; }
QPushButton::menu-indicator { image: url($g_down); subcontrol-position: right center; right: 6px; width: 12px; }

QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit, QTextEdit {
    background: $surface; border: 1px solid $border; border-radius: ${radius}px; padding: 3px 6px;
    selection-background-color: $selection; selection-color: $text; }
QLineEdit:hover, QSpinBox:hover, QDoubleSpinBox:hover, QComboBox:hover { border-color: $faint; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus { border-color: $control; }
QLineEdit:disabled, QLineEdit:read-only, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled {
    color: $faint; background: $window; }
QLineEdit[invalid="true"], QDoubleSpinBox[invalid="true"] { border-color: $error; }
QLabel#reason { background: $raised; color: $error; border: 1px solid $error; border-radius: ${radius}px;
    padding: 1px 5px; font-size: ${small}pt; }
QSpinBox, QDoubleSpinBox { padding-right: 18px; }
QSpinBox::up-button, QDoubleSpinBox::up-button { subcontrol-origin: border; subcontrol-position: top right;
    width: 18px; border: none; }
QSpinBox::down-button, QDoubleSpinBox::down-button { subcontrol-origin: border; subcontrol-position: bottom right;
    width: 18px; border: none; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url($g_up); width: 10px; height: 10px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url($g_down); width: 10px; height: 10px; }
QSpinBox::up-arrow:disabled, QDoubleSpinBox::up-arrow:disabled { image: url($g_up_faint); }
QSpinBox::down-arrow:disabled, QDoubleSpinBox::down-arrow:disabled { image: url($g_down_faint); }
QComboBox { padding-right: 22px; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url($g_down); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $border; outline: none; padding: 4px;
    selection-background-color: $selection; selection-color: $text; }

QCheckBox, QRadioButton { spacing: 6px; }
QCheckBox::indicator, QTreeView::indicator, QTableView::indicator, QListView::indicator, QMenu::indicator,
QGroupBox::indicator { width: 14px; height: 14px; border: 1px solid $faint; border-radius: 4px; background: $surface; }
QMenu::indicator { margin-left: 6px; }
QCheckBox::indicator:hover, QTreeView::indicator:hover, QTableView::indicator:hover { border-color: $control; }
QCheckBox::indicator:focus { border-color: $control; }
QCheckBox::indicator:checked, QTreeView::indicator:checked, QTableView::indicator:checked,
QListView::indicator:checked, QMenu::indicator:checked, QGroupBox::indicator:checked {
    background: $control; border-color: $control; image: url($g_tick_on); }
QCheckBox::indicator:indeterminate, QTreeView::indicator:indeterminate, QTableView::indicator:indeterminate {
    background: $control; border-color: $control; image: url($g_part_on); }
QCheckBox::indicator:disabled { border-color: $border; background: $window; }
QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid $faint; border-radius: 8px;
    background: $surface; }
QRadioButton::indicator:checked { background: $control; border-color: $control; image: url($g_dot_on); }

QSlider { min-height: 20px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $border; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $control; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -6px 0; border-radius: 8px; background: $raised;
    border: 1px solid $control; }
QSlider::handle:horizontal:hover { background: $selection; }
QSlider::sub-page:horizontal:disabled { background: $border; }
QSlider::handle:horizontal:disabled { border-color: $border; }
QProgressBar { background: $border; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $control; border-radius: 3px; }

QTabWidget::pane { border: none; border-top: 1px solid $border; }
QTabBar { qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $muted; padding: 6px 12px; border: none;
    border-bottom: 2px solid transparent; }
#desk > QTabBar::tab { padding: 6px 7px; }
#desk > QTabBar[tight="true"] { font-size: ${small}pt; }
#desk > QTabBar[tight="true"]::tab { padding: 7px 4px; }
QTabBar::scroller { width: 34px; }
QTabBar QToolButton { background: $window; border-radius: 0; padding: 0; }
QTabBar QToolButton::left-arrow { image: url($g_left); width: 12px; height: 12px; }
QTabBar QToolButton::right-arrow { image: url($g_right); width: 12px; height: 12px; }
QTabBar QToolButton::left-arrow:disabled { image: url($g_left_faint); }
QTabBar QToolButton::right-arrow:disabled { image: url($g_right_faint); }
QTabBar::tab:hover { color: $text; background: $hover; border-top-left-radius: ${radius}px;
    border-top-right-radius: ${radius}px; }
QTabBar::tab:selected { color: $text; border-bottom-color: $control; }
QTabBar::close-button { image: url($g_close); width: 12px; height: 12px; margin: 2px; padding: 2px;
    border-radius: ${radius}px; }
QTabBar::close-button:hover { background: $hover; }
QDockWidget { titlebar-close-icon: url($g_close); titlebar-normal-icon: url($g_up); color: $muted; }
QDockWidget::title { background: $window; padding: 5px ${space}px; text-align: left; }
QGroupBox { border: 1px solid $border; border-radius: ${radius}px; margin-top: 10px; padding: ${space}px; }
QGroupBox::title { subcontrol-origin: margin; left: ${space}px; padding: 0 4px; color: $muted; }

QTableView, QTreeView, QListView { background: $surface; border: none; outline: none; gridline-color: $grid;
    alternate-background-color: $surface; selection-background-color: $selection; selection-color: $text; }
QTableView::item, QTreeView::item, QListView::item { padding: 3px 6px; border: none; }
QTableView::item:hover, QTreeView::item:hover, QListView::item:hover { background: $hover; }
QTableView::item:selected, QTreeView::item:selected, QListView::item:selected { background: $selection; color: $text; }
QHeaderView { background: $surface; border: none; }
QHeaderView::section { background: $surface; color: $muted; border: none; border-bottom: 1px solid $border;
    padding: 4px 6px; font-size: ${small}pt; }
QTableCornerButton::section { background: $surface; border: none; }

QScrollArea { border: none; }
#guide-page { border: none; border-radius: 0; padding: 0; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 1px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 1px; }
QScrollBar::handle { background: $border; border-radius: 4px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: $faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
""")


def style_sheet(scheme: Colours, spacing_px: int, radius_px: int, small_pt: float, glyphs: Mapping[str, str]) -> str:
    """Return the style sheet for a set of colours.

    Parameters
    ----------
    scheme : Colours
    spacing_px, radius_px : int
        The spacing unit and the corner radius, in device-independent pixels.
    small_pt : float
        The smaller of the two text sizes, in points.
    glyphs : mapping
        Name of a mark inside a control ("down", "tick-on", …) to the path of its file.
    """
    return _SHEET.substitute(
        text=scheme.text,
        muted=scheme.muted,
        faint=scheme.faint,
        window=scheme.window,
        surface=scheme.surface,
        raised=scheme.raised,
        border=scheme.border,
        grid=scheme.grid,
        control=scheme.control,
        hover=scheme.hover,
        selection=scheme.selection,
        error=scheme.error,
        radius=radius_px,
        space=spacing_px,
        small=small_pt,
        **{"g_" + name.replace("-", "_"): f'"{path}"' for name, path in glyphs.items()},
    )
