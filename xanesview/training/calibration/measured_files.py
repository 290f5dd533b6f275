"""A folder of measured spectra, ``index.csv`` and the files it names, with the molecule or crystal of each."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError, in_plain_words
from xanesview.io.spectra.spectrum_file import read_spectrum, sniff
from xanesview.io.structures.registry import ENDINGS, read_structure, structure_from_smiles
from xanesview.io.text_file import read_text
from xanesview.paths import resource

INDEX = "index.csv"
WINDOWS_EV = {"C": (283.0, 300.0), "N": (397.0, 414.0), "O": (529.0, 547.0), "Fe": (7100.0, 7180.0)}
"""Where spectra of an edge are compared."""
_COLUMNS = ("file", "smiles", "element", "state")
_HINT = f"Its columns are {', '.join(_COLUMNS)}."
_FEWEST_POINTS = 3
_STEPS_ABOVE_EV = 1000.0  # beyond it the absorption of everything else is a slope that is taken away
_BEFORE_EV, _BEHIND_EV = (-150.0, -30.0), (40.0, 600.0)


@dataclass(frozen=True)
class MeasuredFile:
    """One measured spectrum: its file, a SMILES string or none, the absorber, and what is said of its state."""

    path: Path
    smiles: str
    element: str
    state: str

    @property
    def name(self) -> str:
        """What tables call it."""
        return self.path.stem

    @property
    def substance(self) -> str:
        """The same for files of one molecule; a crystal is known by its name."""
        return self.smiles or self.name

    @property
    def crystal(self) -> Path | None:
        """Structure file of the same name, beside the spectrum or among the program's crystals, None without one."""
        folders = (self.path.parent, resource("crystals"))
        found = (folder / f"{self.name}{ending}" for folder in folders for ending in sorted(ENDINGS))
        return next((path for path in found if path != self.path and path.is_file()), None)

    @property
    def why_not(self) -> str:
        """Why it can't be predicted, empty where it can."""
        if self.element not in WINDOWS_EV:
            return f"spectra of {self.element or 'no element'} are not compared"
        if self.smiles or self.crystal is not None:
            return ""
        return "the index has no SMILES string for it, and there is no structure file of its name"

    @property
    def resolution_ev(self) -> float:
        """The resolution that its state names, such as “0.7 eV”; 0 where it names none."""
        named = re.search(r"(\d+(?:\.\d+)?) eV", self.state)
        return float(named.group(1)) if named else 0.0

    def structure(self) -> Structure:
        """Return its molecule, built from the SMILES string, or its crystal."""
        return structure_from_smiles(self.smiles) if self.smiles else read_structure(self.crystal)

    def spectrum(self) -> Spectrum:
        """Return what was measured; hard X-rays as edge steps, ln(I0/I) where the file holds I0 and I."""
        names = [column.lower() for column in sniff(self.path).columns]
        choice = {}
        if "i0" in names and "itrans" in names:
            choice = {"i0_column": names.index("i0"), "intensity_column": names.index("itrans"), "transmission": True}
        spectrum = read_spectrum(self.path, **choice)
        energy, first = np.unique(spectrum.energy_ev, return_index=True)
        spectrum = spectrum.replace(energy_ev=energy, intensity=spectrum.intensity[first], band=None)
        if WINDOWS_EV[self.element][0] > _STEPS_ABOVE_EV:
            spectrum = in_edge_steps(spectrum, WINDOWS_EV[self.element])
        _check_window(spectrum, WINDOWS_EV[self.element])
        return spectrum.replace(native_fwhm_ev=self.resolution_ev)


def measured_files(folder: Path, element: str | None = None) -> list[MeasuredFile]:
    """Return the spectra that can be predicted: those with a molecule or a crystal, of one absorber or of all.

    What else the index names, and why it can't be predicted, tells `unpredicted_files`.

    Raises
    ------
    XanesviewError
        If the folder has no index, or one without the columns file, smiles, element and state.
    """
    return [file for file in _indexed(folder, element) if not file.why_not]


def unpredicted_files(folder: Path, element: str | None = None) -> list[MeasuredFile]:
    """Return the spectra of the index that can't be predicted; ``why_not`` of each is the reason."""
    return [file for file in _indexed(folder, element) if file.why_not]


def _indexed(folder: Path, element: str | None) -> list[MeasuredFile]:
    index = Path(folder) / INDEX
    if not index.exists():
        raise XanesviewError(f"There is no {INDEX} in {folder}.", "Name the folder of the measured spectra.")
    try:
        rows = list(csv.DictReader(read_text(index).splitlines(), restval=""))
    except csv.Error as error:
        raise XanesviewError(f"{index} can't be read as a table ({in_plain_words(error)}).", _HINT) from error
    missing = [name for name in _COLUMNS if rows and name not in rows[0]]
    if missing or not rows:
        raise XanesviewError(
            f"{index} has no column {missing[0]}." if missing else f"{index} names no spectrum.",
            _HINT,
        )
    files = [MeasuredFile(Path(folder) / row["file"], row["smiles"], row["element"], row["state"]) for row in rows]
    return [file for file in files if element in (None, file.element)]


def _check_window(spectrum: Spectrum, window_ev: tuple[float, float]) -> None:
    """Raise XanesviewError where there is nothing in the window of the edge that a prediction could be laid over."""
    low, high = window_ev
    inside = spectrum.intensity[(spectrum.energy_ev >= low) & (spectrum.energy_ev <= high)]
    if len(inside) < _FEWEST_POINTS:
        raise XanesviewError(
            f"{spectrum.label} has {counted(len(inside), 'point')} from {low:.0f} to {high:.0f} eV.",
            f"{_FEWEST_POINTS} at least are compared there.",
        )
    if not inside.mean() > 0.0 or np.ptp(inside) == 0.0:
        raise XanesviewError(
            f"{spectrum.label} is no absorption from {low:.0f} to {high:.0f} eV: it is flat, or mostly below zero.",
            "Check its column of intensities.",
        )


def in_edge_steps(spectrum: Spectrum, window_ev: tuple[float, float]) -> Spectrum:
    """Return an absorption with a line taken away that fits before the edge, divided by its step, flat behind it.

    The edge is the steepest point in the window; the step is that of a parabola behind the edge, continued to it.
    """
    energy, mu = spectrum.energy_ev, spectrum.intensity
    inside = (energy >= window_ev[0]) & (energy <= window_ev[1])
    if inside.sum() < 3:
        raise XanesviewError(
            f"{spectrum.label} has {counted(int(inside.sum()), 'point')} at its edge, from {window_ev[0]:.0f} to "
            f"{window_ev[1]:.0f} eV.",
            "Three at least are needed.",
        )
    edge = float(energy[inside][np.argmax(np.gradient(mu, energy)[inside])])
    before, behind = (
        (energy >= edge + low) & (energy <= edge + high) for low, high in (_BEFORE_EV, _BEHIND_EV)
    )
    if before.sum() < 3 or behind.sum() < 4:
        raise XanesviewError(
            f"{spectrum.label} has too few points before or behind its edge at {edge:.0f} eV to find the step.",
            f"It has to reach from {edge + _BEFORE_EV[0]:.0f} to {edge + 2 * _BEHIND_EV[0]:.0f} eV at least.",
        )
    mu = mu - np.polyval(np.polyfit(energy[before] - edge, mu[before], 1), energy - edge)
    parabola = np.polyfit(energy[behind] - edge, mu[behind], 2)
    step = float(parabola[-1])
    flat = mu - np.where(energy > edge, np.polyval(parabola, energy - edge) - step, 0.0)
    return spectrum.replace(intensity=flat / step, unit="edge step")
