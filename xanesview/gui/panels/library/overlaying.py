"""What the library panel lists laid over the prediction: computed spectra, and the user's own, several at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.domain.session import ReferenceCurve
from xanesview.domain.structure import Notice
from xanesview.io.spectra.angle_spectra import AngledSpectrum
from xanesview.shown.read_curves import as_overlays

if TYPE_CHECKING:
    from collections.abc import Callable

    from xanesview.domain.spectrum import Spectrum
    from xanesview.gui.session.workspace import Workspace
    from xanesview.io.spectra.stick_file import StickEntry
    from xanesview.reference.collection.entry import Entry
    from xanesview.reference.library.matching import Offer

NUMBER_FACT = "library number"
_FOLLOWS = (".h5", ".hdf5")


class Overlaying:
    """Lays what is chosen over the prediction; what lies there already is shown again, not laid over twice.

    Parameters
    ----------
    workspace : Workspace
    open_file : callable
        Lays a file over the prediction, see `Opening.overlay`.
    """

    def __init__(self, workspace: Workspace, open_file: Callable[[Sequence[Path]], None]) -> None:
        self._workspace, self._open_file = workspace, open_file
        self._explained = False

    def offer(self, offer: Offer) -> None:
        """Lay over what there is for the loaded molecule."""
        from xanesview.reference.library.library import source_of

        card = self._workspace.shown.card
        edge = "" if card is not None and card.element == offer.entry.element else f" {offer.tensor.edge}"
        source = f"{source_of(offer.entry)}; laid over with {offer.rms_angstrom:.2f} Å rms"
        reference = ReferenceCurve(tensor=offer.tensor, label=f"TP-DFT{edge}", source=source)
        added = self._add(reference)
        missing = set(offer.missing) & set(self._workspace.session.picked)
        if added and missing:
            message = f"The library has no spectrum of {len(missing)} of the picked sites; its sum leaves them out."
            self._workspace.message.emit(Notice("library", message, "Pick others, or compute them."))

    def computed(self, subject: Offer | StickEntry) -> None:
        """Lay a computed spectrum that comes with the program over the prediction."""
        if hasattr(subject, "tensor"):
            self.offer(subject)
        else:
            self.bundled(subject)

    def bundled(self, entry: StickEntry) -> None:
        """Lay the isotropic average of a computed molecule over the prediction."""
        from xanesview.reference.library.library import isotropic_of, shown_name

        spectrum = isotropic_of(entry)
        label = f"{shown_name(entry)}, isotropic per {entry.element}"
        reference = ReferenceCurve(spectrum=spectrum, label=label, source=spectrum.provenance["source"])
        if self._add(reference) and not self._explained:
            self._explained = True  # the curve's label goes on saying it
            shape = f" with atoms displaced by {entry.sigma_angstrom:.2f} Å" if entry.is_displaced else ""
            self._workspace.message.emit(
                Notice(
                    "library",
                    f"{shown_name(entry)}{shape} is drawn as its isotropic average per {entry.element} atom.",
                    "It has no orientation in common with the loaded molecule, so the arrow doesn't change it.",
                )
            )

    def own(self, found: Sequence[tuple[Entry, Spectrum]]) -> None:
        """Lay the user's references over the prediction in one undo step; those of one sample as a series of angles."""
        new = [(entry, spectrum) for entry, spectrum in found if not self._show_again(entry)]
        series, single = _series_among(new)
        stack = self._workspace.undo_stack
        many = len(series) + len(single) > 1
        if many:
            stack.beginMacro("add references of the library")
        for name, members in series.items():
            self._workspace.angles.add_series(name, members, members[0].spectrum.provenance.get("source", ""))
        for entry, spectrum in single:
            self._own_one(entry, spectrum)
        if many:
            stack.endMacro()

    def _own_one(self, entry: Entry, spectrum: Spectrum) -> None:
        path = Path(entry.source) if entry.source else None
        if entry.kind == "computed" and path is not None and path.suffix.lower() in _FOLLOWS and not entry.missing:
            self._open_file([path])  # it holds tensors, which follow the arrow, or all of its curves
            return
        spectrum = _numbered(entry, spectrum)
        if entry.kind == "measured":
            self._workspace.processing.overlay(
                ReferenceCurve(spectrum=spectrum, label=spectrum.label, source=entry.source)
            )
            return
        references, frozen = as_overlays([spectrum], entry.source, self._workspace.shown.divisor)
        self._workspace.curves.add_all(references, frozen, "add reference")

    def _show_again(self, entry: Entry) -> bool:
        """Show one of the user's references that lies over the prediction already; False where it doesn't."""
        for index, there in enumerate(self._workspace.session.references):
            facts = {} if there.spectrum is None else there.spectrum.provenance
            if facts.get(NUMBER_FACT) == str(entry.number):
                if not there.visible:
                    self._workspace.replace_reference(index, there.replace(visible=True))
                return True
        return False

    def _add(self, reference: ReferenceCurve) -> bool:
        """Overlay a reference unless it is there; return whether it is new."""
        for index, there in enumerate(self._workspace.session.references):
            of_tensor = reference.tensor is not None and there.tensor is reference.tensor
            if of_tensor or (reference.tensor is None and there.source == reference.source):
                if not there.visible:
                    self._workspace.replace_reference(index, there.replace(visible=True))
                return False
        self._workspace.add_reference(reference)
        return True


def _numbered(entry: Entry, spectrum: Spectrum) -> Spectrum:
    return spectrum.replace(provenance={**spectrum.provenance, NUMBER_FACT: str(entry.number)})


def _series_among(
    found: Sequence[tuple[Entry, Spectrum]],
) -> tuple[dict[str, list[AngledSpectrum]], list[tuple[Entry, Spectrum]]]:
    """Return measured spectra of one sample, edge and mode at several angles as series, and the others."""
    groups: dict[tuple[str, ...], list[tuple[Entry, Spectrum]]] = {}
    single = []
    for entry, spectrum in found:
        if entry.kind != "measured" or entry.told.angle_deg is None:
            single.append((entry, spectrum))
            continue
        facts = spectrum.provenance
        key = (entry.told.name, entry.told.edge_label, facts.get("scan.mode", ""), facts.get("sample.phi", ""))
        groups.setdefault(key, []).append((entry, spectrum))
    series = {}
    for (name, *_), members in groups.items():
        if len({entry.told.angle_deg for entry, _ in members}) < max(2, len(members)):
            single += members
            continue
        angled = [AngledSpectrum(_numbered(entry, one), entry.told.angle_deg, "given") for entry, one in members]
        series[name] = sorted(angled, key=lambda one: one.angle_deg)
    return series, single
