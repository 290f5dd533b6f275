"""What a file to be laid over the prediction holds: read in a thread, so nothing of the window is touched here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.domain.counts import counted
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import Notice, Structure
from xanesview.io.examples import find_example, load_reference_file
from xanesview.io.spectra.angle_files import angled
from xanesview.io.spectra.angle_spectra import AngledSpectrum
from xanesview.io.spectra.curves import exported_curves
from xanesview.io.spectra.registry import TENSORS, spectrum_format
from xanesview.io.spectra.spectrum_file import ColumnPreview, read_spectrum_with_notices, sniff
from xanesview.io.structures.minerals import examples_with
from xanesview.shown.overlays import FAR_EV

if TYPE_CHECKING:
    from xanesview.domain.session import ReferenceCurve
    from xanesview.io.spectra.tensor_file import TensorFile  # h5py takes long to load
    from xanesview.shown.tensors import Look

_TO_NORMALISE = (
    "To be normalised it takes level ranges of 3 eV before and 12 eV behind the edge; the step Edge step, under "
    "Processing, sets them by hand."
)
_NEXT = "Fit, under Processing, brings it and the prediction together; Export makes a figure of both."


@dataclass(frozen=True, eq=False)
class Contents:
    """One of: curves that the program exported, computed tensors, a series of angles in one table, a spectrum of plain
    columns, columns to ask about."""

    exported: list[Spectrum] | None = None
    tensors: TensorFile | None = None
    columns: tuple[Spectrum, tuple[Notice, ...]] | None = None
    preview: ColumnPreview | None = None
    series: tuple[AngledSpectrum, ...] | None = None


def read_beside(path: Path) -> Contents:
    """Read a file of spectra.

    Raises
    ------
    XanesviewError
        If it can't be read.
    """
    exported = exported_curves(path)
    if exported is not None:
        return Contents(exported=exported)
    if spectrum_format(path) is TENSORS:
        return Contents(tensors=load_reference_file(path))
    series = angled([path])
    if series is not None and len(series) > 1:
        return Contents(series=series)
    preview = sniff(path)
    if preview.confident:
        return Contents(columns=read_spectrum_with_notices(path, preview))
    return Contents(preview=preview)

def other_structure(attributes: Mapping[str, str], structure: Structure | None) -> str:
    """Return the name of the structure a file of tensors belongs to, where it says so and it is another one."""
    theirs = attributes.get("structure_hash", "")
    if not theirs or structure is None or theirs == structure.content_hash:
        return ""
    name = Path(attributes.get("structure", "")).stem or attributes.get("formula", "")
    own = structure.name or structure.formula
    return "another structure" if not name else f"{name} in another geometry" if name == own else name


def notice_of_new(added: ReferenceCurve, predicted: Spectrum, look: Look | None, structure: Structure | None) -> Notice:
    """Return what is said of a measured curve that came beside a prediction: what was done to it, or where it lies.

    Where E0 is not known nobody can tell whether a curve on the other energy axis lies beyond the prediction.
    """
    spectrum = added.spectrum
    if predicted.axis != spectrum.axis and look is not None and look.unprocessed.e0_ev is not None:
        predicted = predicted.on_axis(spectrum.axis, look.unprocessed.e0_ev)
    low, high, first, last = (one.energy_ev[k] for one in (spectrum, predicted) for k in (0, -1))
    if spectrum.axis == predicted.axis and (high < first or low > last):
        is_far = max(first - high, low - last) > FAR_EV  # it is of another edge, and not drawn
        where = f"{spectrum.label} lies at {low:.0f} to {high:.0f} eV, outside the prediction "
        message = f"{where}({first:.0f} to {last:.0f} eV), so it is not {'drawn' if is_far else 'in view'}."
        there = None if is_far else (float(low), float(high))
        return Notice("reference-elsewhere", message, _where_it_belongs(spectrum, structure), there)
    if added.steps:
        hint = f"{_TO_NORMALISE} {_NEXT}" if "(no edge step" in added.statement else _NEXT
        return Notice("loaded", f"{spectrum.label}: {added.statement}.", hint)
    message = f"{spectrum.label} is drawn {added.statement or 'as it stands'}."
    return Notice("reference-elsewhere", message, f"Is it the right column? {_TO_NORMALISE}")


def notices_of_many(told: Sequence[tuple[str, Notice]]) -> list[Notice]:
    """Return what is said of many files that were read, each sentence once, with of how many of them it is."""
    labels: dict[str, list[str]] = {}
    first: dict[str, Notice] = {}
    for label, notice in told:
        labels.setdefault(notice.message, []).append(label)
        first.setdefault(notice.message, notice)
    return [
        Notice(first[message].kind, f"{_of_whom(of)}: {message}", first[message].hint)
        for message, of in labels.items()
    ]  # fmt: skip


def _of_whom(labels: Sequence[str]) -> str:
    return labels[0] if len(labels) == 1 else f"{labels[0]} and {counted(len(labels) - 1, 'other curve')}"


def notice_of_new_ones(added: Sequence[ReferenceCurve], notices: Sequence[Notice]) -> Notice:
    """Return what is said of many curves that came beside a prediction together; `notices` are each one's own."""
    outside = [one for one in notices if "outside the prediction" in one.message]
    if len(outside) == len(added):
        return Notice(outside[0].kind, f"{outside[0].message} So do the others.", outside[0].hint, outside[0].shows_ev)
    lies = "lies" if len(outside) == 1 else "lie"
    where = f"; {len(outside)} of them {lies} outside the prediction" if outside else ""
    return Notice("loaded", f"{counted(len(added), 'spectrum', 'spectra')} laid over the prediction{where}.", _NEXT)


def _where_it_belongs(spectrum: Spectrum, structure: Structure | None) -> str:
    """Return what to do with a curve of another edge: which structures there are of its element, where that is known.
    """
    element = spectrum.provenance.get("element.symbol", "").strip()
    if not element:
        return "Is it another edge? Open a structure with that element, or give it a shift in the table of references."
    edge = f"{element} {spectrum.provenance.get('element.edge', '').strip()}".strip()
    if structure is not None and element in structure.symbols:
        return f"It was measured at the {edge} edge: choose that as the absorber."
    titles = [find_example(name).title for name in examples_with(element)]
    there = f" Start has examples: {', '.join(titles)}." if titles else ""
    return f"It was measured at the {edge} edge: open a structure with {element}.{there}"
