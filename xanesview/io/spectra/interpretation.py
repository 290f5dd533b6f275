"""From columns as recorded to scans on energies: the same for all formats, by the names, or as the user says."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.measurement import Channel, Measurement, Question, Scan, Signal
from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.io.spectra.channels import offered
from xanesview.io.spectra.energy_axis import (
    SILICON_111_ANGSTROM,
    Axis,
    Order,
    crystal_d_spacing,
    guessed_axis,
    in_ev,
    in_order,
    still_energies,
    strange_unit,
)
from xanesview.io.spectra.energy_units import ANGLES, UNITS, known_unit
from xanesview.io.spectra.expression import column_index, evaluate
from xanesview.io.spectra.raw_table import Offer, RawTable

_HINT_SIGNAL = "--signal chooses another, by name or as an expression such as ln(I0/It)."
_MOST_CHANNELS = 400
_SAYS_NOTHING = re.compile(r"(nx)?entry[\s_#.]*\d{0,4}", re.IGNORECASE)
"""Names of the only scan of a file, which is better called by its sample or its file."""
_LEAST_BELOW_EDGE_EV = 1.0
"""Below 0 eV no photon has an energy: a column that goes there counts from an edge, or from the Fermi energy."""


@dataclass(frozen=True)
class Answers:
    """What the user says of a file; None where the file, or a guess, decides.

    Attributes
    ----------
    energy : str or None
        Column of energies, by name or number; the path of a dataset in HDF5.
    signal : str or None
        Name of an offered signal, a column by name or number, or an expression of columns.
    unit : str or None
        One of `energy_units.UNITS` but steps, or a crystal such as Si(111), which means degrees.
    scan : str or None
        Number of the scan from 1, its label, or "all".
    d_spacing_angstrom : float or None
        Of the monochromator, for angles.
    delimiter, decimal : str or None
        Of columns of text.
    """

    energy: str | None = None
    signal: str | None = None
    unit: str | None = None
    scan: str | None = None
    d_spacing_angstrom: float | None = None
    delimiter: str | None = None
    decimal: str | None = None


def unit_asked(answers: Answers) -> tuple[str | None, float | None]:
    """Return the unit and the d-spacing (Å) that the answers mean.

    Raises
    ------
    XanesviewError
        For an unknown unit or a spacing that no crystal has.
    """
    spacing = answers.d_spacing_angstrom
    if spacing is not None and not 0.1 < spacing < 50.0:
        raise XanesviewError(f"A d-spacing of {spacing:g} Å is none.", "Give it in Å, such as 3.1356 for Si(111).")
    if answers.unit is None:
        return ("degrees" if spacing is not None else None), spacing
    crystal = crystal_d_spacing(answers.unit)
    if crystal is not None:
        return "degrees", crystal
    unit = "steps" if answers.unit.strip().lower() == "steps" else known_unit(answers.unit)
    if not unit:
        raise XanesviewError(
            f"Energies in “{answers.unit}” are not known.",
            f"Choose one of {', '.join(UNITS[:-1])}, or a crystal such as Si(111) for angles in degrees.",
        )
    return unit, spacing


def axis_of(table: RawTable, answers: Answers) -> Axis:
    """Return which column is taken as energies, in which unit."""
    unit, _ = unit_asked(answers)
    axis = guessed_axis(table)
    if answers.energy is not None:
        column = column_index(answers.energy, table)
        given = unit or (table.unit if column == table.energy else "")
        axis = guessed_axis(table.replace(energy=column, unit=given))
        axis = Axis(column, axis.unit, True, True)
    if unit is not None:
        axis = Axis(axis.column, unit, axis.is_sure or answers.energy is not None, True)
    return axis


def signals_offered(table: RawTable, axis: Axis) -> tuple[tuple[Offer, ...], bool]:
    """Return the signals of a table, the usual one first, and whether that is sure."""
    if table.offers:
        return table.offers, table.is_sure
    found = offered(table, axis.column)
    return found.offers, found.is_sure


def scan_of(table: RawTable, answers: Answers, name: str) -> tuple[Scan, tuple[Question, ...]]:
    """Return a table's scan and what was left open in it.

    Raises
    ------
    XanesviewError
        If nothing tells which column the energies are, or the answers don't fit the table.
    """
    axis = axis_of(table, answers)
    if not axis.is_decided:
        if (still := still_energies(table)) is not None:
            in_order(in_ev(table.values[:, still[0]], still[1], table), name)  # tells of too few energies
        raise XanesviewError(
            f"{name} does not tell its energies: the numbers of its first columns are none in eV or keV.",
            "Say which they are: --energy COLUMN --unit eV (or keV, degrees), and --signal for the intensities.",
        )
    _, spacing = unit_asked(answers)
    energy = in_ev(table.values[:, axis.column], axis.unit, table, spacing)
    if not np.isfinite(energy).any():
        raise XanesviewError(
            f"“{name}” holds 0 usable points in these columns; in {counted(len(energy), 'row')} there is no "
            "number that can be used, but nan, inf, nothing or one beyond 1e30.",
            "Choose other columns, or check the delimiter and the decimal mark.",
        )
    order = in_order(energy, name)
    offers, signals_sure = signals_offered(table, axis)
    counts_from_edge = table.axis == "absolute" and float(order.energy_ev[0]) < -_LEAST_BELOW_EDGE_EV
    questions = _questions_of_energy(table, axis, answers, name, counts_from_edge)
    signals = []
    if answers.signal is not None:
        signals.append(_asked_signal(table, offers, answers.signal, order, axis.column))
        if not np.isfinite(signals[0].values).any():
            raise XanesviewError(
                f"“{answers.signal.strip()[:60]}” of {name} holds 0 usable points; in "
                f"{counted(order.energy_ev.size, 'row')} there is no number that can be used, but nan, "
                "inf, nothing or one beyond 1e30.",
                "Choose another signal, or correct the expression.",
            )
    elif not signals_sure and len(offers) > 1:
        others = ", ".join(f"“{_short(offer)}”" for offer in offers[1:5])
        questions.append(
            Question(
                "signal",
                f"{name}: {_short(offers[0])} was taken as the absorption; {others} could be it.",
                _HINT_SIGNAL,
                tuple(offer.expression for offer in offers),
            )
        )
    for offer in offers:
        if answers.signal is None or offer.formula != signals[0].formula or offer.name != signals[0].name:
            signals.append(_signal(table, offer, order))
    if not signals:
        raise XanesviewError(f"{name} holds no intensities beside its energies.", "Choose another file or scan.")
    channels = tuple(
        Channel(column, order.ordered(table.values[:, k]), table.units[k])
        for k, column in enumerate(table.names[:_MOST_CHANNELS])
        if k != axis.column
    )
    scan = Scan(
        label=table.label or table.facts.get("sample.name", "") or name.rsplit(".", 1)[0],
        energy_ev=order.energy_ev,
        signals=tuple(signals),
        channels=channels,
        facts=table.facts,
        settings=table.settings,
        energy_from=_energy_words(table, axis, spacing),
        notices=(*table.notices, *order.notices),
        kind=table.kind,
        axis="relative" if counts_from_edge else table.axis,
    )
    return scan, tuple(questions)


def _short(offer: Offer) -> str:
    """Return what to call a signal in a sentence: its formula, or its name where that is long."""
    return offer.expression.replace('"', "") if len(offer.expression) < 50 else offer.name


def _asked_signal(table: RawTable, offers: tuple[Offer, ...], asked: str, order: Order, energy: int) -> Signal:
    """Return the signal that is asked for: an offered one, a column by name or by number from 1, or an expression."""
    wanted = asked.strip().lower()
    for offer in offers:
        if wanted in (offer.name.lower(), offer.expression.lower(), offer.formula.lower()):
            return _signal(table, offer, order)
    if wanted in (name.lower() for name in table.names) or wanted.isdecimal():
        column = column_index(asked, table)
        if column == energy:
            raise XanesviewError(
                f"Column {column + 1}, “{table.names[column]}”, holds the energies.",
                "Choose another for --signal, or say by --energy where the energies are.",
            )
        return Signal(table.names[column], table.names[column], order.ordered(table.values[:, column]), "raw")
    return Signal(asked.strip(), asked.strip(), order.ordered(evaluate(asked, table)), "raw")


def _signal(table: RawTable, offer: Offer, order: Order) -> Signal:
    values = order.ordered(evaluate(offer.expression, table))
    return Signal(offer.name, offer.formula, values, offer.kind, offer.facts)


def _questions_of_energy(
    table: RawTable, axis: Axis, answers: Answers, name: str, counts_from_edge: bool
) -> list[Question]:
    questions = []
    unit, spacing = unit_asked(answers)
    others = tuple(one for k, one in enumerate(table.names) if k != axis.column)
    if counts_from_edge and answers.energy is None:
        message = (
            f"{name}: “{table.names[axis.column]}”, in {axis.unit}, goes below 0 and counts from an edge not told."
        )
        hint = "--energy COLUMN takes another; a step energy_shift of a recipe puts the curve where it belongs."
        questions.append(Question("energy", message, hint, (table.names[axis.column], *others)))
    elif not axis.is_sure and answers.energy is None:
        questions.append(
            Question(
                "energy",
                f"{name}: “{table.names[axis.column]}” was taken as the energies, in {axis.unit}.",
                "--energy COLUMN and --unit say otherwise.",
                (table.names[axis.column], *others),
            )
        )
    strange = strange_unit(table, axis.column)
    if strange and unit is None and spacing is None:
        questions.append(
            Question(
                "unit",
                f"{name} gives its energies in “{strange[:30]}”, which is no known unit of energy; "
                f"{axis.unit} was taken.",
                "--unit says which it is.",
                UNITS[:-1],
            )
        )
    if axis.unit in ANGLES and (spacing or table.d_spacing_angstrom) is None:
        questions.append(
            Question(
                "unit",
                f"{name} tells angles but no crystal; Si(111), d = {SILICON_111_ANGSTROM} Å, was taken.",
                "--unit names another, such as Si(311), or --d-spacing gives it in Å.",
                ("Si(111)", "Si(311)", "Si(220)", "Ge(111)", "InSb(111)"),
            )
        )
    if table.assumption and unit is None and spacing is None:
        questions.append(Question("unit", f"{name}: {table.assumption}", "--unit and --d-spacing say otherwise."))
    return questions


def _energy_words(table: RawTable, axis: Axis, spacing: float | None) -> str:
    """Return what the energies were made of."""
    if table.energy_from is not None and axis.column == table.energy and axis.unit == table.unit:
        return table.energy_from + (_added(table.added_ev) if table.added_ev else "")
    words = f"{table.names[axis.column]} ({axis.unit}"
    if axis.unit in ANGLES:
        used = spacing or table.d_spacing_angstrom or SILICON_111_ANGSTROM
        words += f", d = {used:.6g} Å"
        if axis.unit == "steps":
            words += f", {table.steps_per_degree:g} a degree"
    return words + ")" + (_added(table.added_ev) if table.added_ev else "")


def _added(shift_ev: float) -> str:
    return f" {'+' if shift_ev > 0 else '−'} {abs(shift_ev):.10g} eV"


def measurement_of(
    tables: tuple[RawTable, ...], answers: Answers, name: str, format_name: str, notices: tuple[Notice, ...] = ()
) -> Measurement:
    """Return the measurement of a file's tables, all scans or the one that is asked for.

    Raises
    ------
    XanesviewError
        If no scan can be used, or the one that is asked for is not there.
    """
    chosen = chosen_tables(tables, answers, name)
    scans, questions, faults = [], [], []
    for table in chosen:
        told = name if len(tables) == 1 else f"“{table.label}” of {name}"
        try:
            scan, open_questions = scan_of(table, answers, told)
        except XanesviewError as error:
            if len(chosen) == 1:
                raise
            faults.append(error)
            continue
        if len(tables) == 1 and (not table.label or _SAYS_NOTHING.fullmatch(table.label)):
            stem = table.facts.get("sample.name", "") or name.rsplit(".", 1)[0]
            scan = Scan(**{**scan.__dict__, "label": stem})
        scans.append(scan)
        questions += [one for one in open_questions if one.about not in {known.about for known in questions}]
    if not scans:
        raise faults[0]
    if faults:
        left = f"{len(faults)} of {len(chosen)} scans of {name} were left out: {faults[0].message}"
        notices = (*notices, Notice("spectrum-scans", left, faults[0].hint))
    if len(scans) > 1 and answers.scan is None:
        labels = ", ".join(f"“{scan.label}”" for scan in scans[1:5])
        message = f"{name} holds {len(scans)} scans; the first, “{scans[0].label}”, was taken, not {labels}."
        hint = f"--scan N chooses another, from 1 to {len(scans)}, --scan all takes all."
        questions.insert(0, Question("scan", message, hint, tuple(scan.label for scan in scans)))
    return Measurement(name, format_name, tuple(scans), tuple(questions), notices)


def chosen_tables(tables: tuple[RawTable, ...], answers: Answers, name: str) -> tuple[RawTable, ...]:
    """Return the tables that the answers ask for: one by number or label, or all.

    Raises
    ------
    XanesviewError
        If there is no such scan.
    """
    if answers.scan is None or answers.scan.strip().lower() == "all":
        return tables
    wanted = answers.scan.strip()
    labels = [table.label.strip().lower() for table in tables]
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 8 and 1 <= int(wanted) <= len(tables):
        return (tables[int(wanted) - 1],)
    if wanted.lower() in labels:
        return (tables[labels.index(wanted.lower())],)
    offered_labels = ", ".join(f"{k} “{table.label}”" for k, table in enumerate(tables[:12], start=1))
    raise XanesviewError(f"{name} has no scan “{wanted}”.", f"It has {offered_labels}.")
