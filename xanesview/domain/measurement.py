"""What a file of a measurement holds: scans on their energies, raw channels, and the signals that are made of them.

A reader gives a `Measurement`; a curve is one `Signal` of one `Scan`. What the file left open stands in `questions`:
an answer was taken so that something can be shown, and the user is told of it or asked.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError

SIGNAL_KINDS = ("absorption", "normalised", "transmission", "fluorescence", "yield", "reference", "optical", "raw")
"""What a signal is: µ as the file gives it, normalised µ, ln(I0/I), I_f/I0, an electron yield over I0, a reference
foil, an optical constant, or a column as it is."""

_ROWS = "rows without a number, or with one beyond 1e30, were"
FEWEST_POINTS = 3
UNIT_KEY = "intensity_unit"
WIDTH_KEY = "native_fwhm_ev"
KIND_KEY = "kind of curve"
"""Facts of curves of this program in files of others: the unit of intensities, the width the curve has already, and
what it is where it differs from its scan."""


@dataclass(frozen=True, eq=False)
class Channel:
    """One column as it was recorded.

    Parameters
    ----------
    name : str
        As the file has it.
    values : (E,) float
        On the energies of the scan; NaN where there is none.
    unit : str
        As the file says, or empty.
    """

    name: str
    values: np.ndarray
    unit: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", _frozen(self.values))


@dataclass(frozen=True, eq=False)
class Signal:
    """A curve that a scan offers.

    Parameters
    ----------
    name : str
        By which it is chosen and labelled, such as “µ (transmission)”.
    formula : str
        What it was made of, in the file's names: ``ln(I0/It)``.
    values : (E,) float
        On the energies of the scan; NaN where there is none.
    kind : str
        One of `SIGNAL_KINDS`.
    facts : mapping of str to str
        What is known of this signal alone, such as the direction that it was predicted for.
    """

    name: str
    formula: str
    values: np.ndarray
    kind: str = "raw"
    facts: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in SIGNAL_KINDS:
            raise ValueError(f"{self.kind} is no kind of signal")
        object.__setattr__(self, "values", _frozen(self.values))


@dataclass(frozen=True)
class Question:
    """What a file does not decide.

    Parameters
    ----------
    about : str
        "energy", "unit", "signal" or "scan".
    message : str
        One sentence: what was taken.
    hint : str
        How another answer is given, with the option of the command line.
    choices : tuple of str
        The answers that the file offers, the one taken first.
    """

    about: str
    message: str
    hint: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Scan:
    """One scan, or one group of a project.

    Parameters
    ----------
    label : str
        Its name in the file.
    energy_ev : (E,) float, eV
        Ascending, each energy once.
    signals : tuple of Signal
        At least one; the first is drawn unless another is asked for.
    channels : tuple of Channel
        What was recorded.
    facts : mapping of str to str
        What the file says of sample, beamline, element, edge.
    settings : mapping of str to str
        How the file's program processes it, in that program's names (``bkg_e0`` of Athena); nothing of it is applied.
    energy_from : str
        What the energies were made of, such as “angle (degrees, d = 3.1356 Å)”.
    notices : tuple of Notice
        What was mended: order, repeated energies, rows without energies.
    kind : str
        "measured", or "computed" where another program wrote it.
    axis : str
        "absolute", or "relative" where energies count from an edge that the file does not tell.
    """

    label: str
    energy_ev: np.ndarray
    signals: tuple[Signal, ...]
    channels: tuple[Channel, ...] = ()
    facts: Mapping[str, str] = dataclasses.field(default_factory=dict)
    settings: Mapping[str, str] = dataclasses.field(default_factory=dict)
    energy_from: str = ""
    notices: tuple[Notice, ...] = ()
    kind: str = "measured"
    axis: str = "absolute"

    def __post_init__(self) -> None:
        energy = _frozen(self.energy_ev)
        object.__setattr__(self, "energy_ev", energy)
        if not self.signals:
            raise ValueError("a scan needs a signal")
        if any(one.values.shape != energy.shape for one in (*self.signals, *self.channels)):
            raise ValueError("a scan needs as many values as energies")
        if (np.diff(energy) <= 0).any():
            raise ValueError("the energies of a scan ascend")

    def signal(self, name: str | None = None) -> Signal:
        """Return a signal by name or formula; the first by default.

        Raises
        ------
        XanesviewError
            If there is none of that name.
        """
        if name is None:
            return self.signals[0]
        wanted = name.strip().lower()
        for one in self.signals:
            if wanted in (one.name.lower(), one.formula.lower()):
                return one
        offered = ", ".join(f"“{one.name}”" for one in self.signals[:12])
        raise XanesviewError(f"{self.label} offers no signal “{name}”.", f"It offers {offered}.")

    def notices_of(self, name: str | None = None) -> tuple[Notice, ...]:
        """Return what was mended for one signal, its points without a value counted."""
        lacking = int((~np.isfinite(self.signal(name).values)).sum())
        if not lacking:
            return self.notices
        rows = counted(lacking, "row without a number, or with one beyond 1e30, was", _ROWS)
        return (Notice("spectrum-gaps", f"{rows} left out."), *self.notices)

    def spectrum(self, name: str | None = None, label: str | None = None) -> Spectrum:
        """Return one signal as a spectrum, without the points that have no value.

        Parameters
        ----------
        name : str, optional
            Of the signal; the first by default.
        label : str, optional
            Instead of the scan's own.

        Raises
        ------
        XanesviewError
            If there is no such signal, or it has fewer than three points.
        """
        signal = self.signal(name)
        usable = np.isfinite(signal.values)
        n_usable = int(usable.sum())
        if n_usable < FEWEST_POINTS:
            lacking = counted(int((~usable).sum()), "row")
            raise XanesviewError(
                f"{signal.formula} of “{self.label}” holds {counted(n_usable, 'usable point')}; in {lacking} there is "
                "no number that can be used, but nan, inf, nothing or one beyond 1e30.",
                "Choose other columns, or check the delimiter and the decimal mark.",
            )
        notices = self.notices_of(name)
        facts = {
            **self.facts,
            **signal.facts,
            **({"energy column": self.energy_from} if self.energy_from else {}),
            "intensity column": signal.formula,
            **({"notice": " ".join(notice.message for notice in notices)} if notices else {}),
        }
        return Spectrum(
            energy_ev=self.energy_ev[usable],
            intensity=signal.values[usable],
            unit=facts.get(UNIT_KEY, "arb. u."),
            label=self.label if label is None else label,
            kind=facts.pop(KIND_KEY, self.kind),
            native_fwhm_ev=_width_ev(facts.get(WIDTH_KEY, "")),
            provenance=facts,
            axis=self.axis,
        )


@dataclass(frozen=True, eq=False)
class Measurement:
    """All that a file of a measurement holds.

    Parameters
    ----------
    name : str
        Of the file.
    format : str
        Name of the file's format.
    scans : tuple of Scan
        At least one, in the file's order.
    questions : tuple of Question
        What the file left open.
    notices : tuple of Notice
        What was left out or mended in the file as a whole.
    """

    name: str
    format: str
    scans: tuple[Scan, ...]
    questions: tuple[Question, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Whether the file decides everything, so that nothing need be asked."""
        return not self.questions


def _width_ev(told: str) -> float:
    try:
        width = float(told)
    except ValueError:
        return 0.0
    return width if 0.0 <= width < 1e3 else 0.0


def _frozen(values: np.ndarray) -> np.ndarray:
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array
