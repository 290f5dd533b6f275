"""Ways out: figure, data, picture of the 3D view, clipboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from xanesview.domain.session import ReferenceCurve
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.gui.session.workspace import Workspace
from xanesview.gui.settings import Settings
from xanesview.shown import comparison, curves


class Exporting(QObject):
    """Writes what the window shows; the numbers in a file are those of the curves.

    Parameters
    ----------
    view
        Gives the 3D view as it is now.
    """

    def __init__(self, workspace: Workspace, settings: Settings, window: QWidget, view: Callable[[], object]) -> None:
        super().__init__(window)
        self.workspace = workspace
        self.settings = settings
        self._window = window
        self._view = view

    def spectra(self) -> list[Spectrum]:
        """The visible curves as spectra with their provenance: current, isotropic, sites, references, frozen."""
        workspace = self.workspace
        found: list[Spectrum] = []
        current = curves.current_spectrum(workspace)
        if current is not None:
            hidden = workspace.session.hidden_sites
            single = len(workspace.shown_sites()) > 1 and not comparison.others(workspace)
            sites = curves.site_spectra(workspace) if single else {}
            predicted = [current, curves.isotropic_spectrum(workspace)]
            found += [curves.with_provenance(workspace, spectrum) for spectrum in predicted]
            found += [
                curves.with_provenance(workspace, spectrum, (site,))
                for site, spectrum in sites.items()
                if site not in hidden
            ]
            hidden = workspace.session.hidden_networks
            facts = {k: v for k, v in found[0].provenance.items() if not k.startswith("computed_")}
            shown = [one for one in comparison.compared(workspace) if one.network not in hidden]
            found += [comparison.with_provenance(workspace, one, facts) for one in shown]
        for reference in workspace.session.references:
            spectrum = curves.reference_spectrum(workspace, reference) if reference.visible else None
            if spectrum is not None:
                facts = {**spectrum.provenance, **self._reference_facts(reference)}
                found.append(replace(spectrum, label=reference.label, provenance=facts))
        kept = [curves.frozen_spectrum(workspace, frozen) for frozen in workspace.session.frozen if frozen.visible]
        found += [spectrum for spectrum in kept if spectrum is not None]
        return found

    def _reference_facts(self, reference: ReferenceCurve) -> dict[str, str]:
        """What was done to a reference, so that its numbers lead back to its file."""
        facts = {"source": reference.source} if reference.source else {}
        if reference.tensor is not None:
            facts["sites"] = " ".join(map(str, self.workspace.shown.reference_sites(reference)))
            facts["polarisation"] = curves.polarisation_text(self.workspace)
        if reference.shift_ev:
            facts["shifted_by_ev"] = f"{reference.shift_ev:.6g}"
        if reference.scale != 1.0:
            facts["multiplied_by"] = f"{reference.scale:.10g}"
        return facts

    def figure(self) -> None:
        """Ask for size and format, then write the figure."""
        from xanesview.gui.dialogs.export_figure import ExportFigureDialog

        spectra = self._spectra_or_tell()
        if not spectra:
            return
        dialog = ExportFigureDialog(spectra, title=curves.title(self.workspace), parent=self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def data(self) -> None:
        """Ask for a name, then write the curves as CSV or HDF5."""
        if not self._spectra_or_tell():
            return
        name = self._ask_name("Save data", ".csv", "CSV (*.csv);;HDF5 (*.h5 *.hdf5)")
        if name:
            self.write_data(Path(name))

    def write_data(self, path: Path) -> None:
        """Write the visible curves, each on its own grid."""
        from xanesview.io.spectra.curve_file import write_curves_h5
        from xanesview.io.spectra.tables import write_csv

        write = write_curves_h5 if path.suffix.lower() in (".h5", ".hdf5") else write_csv
        self._attempt(lambda: write(path, [_told_apart(spectrum) for spectrum in self.spectra()]), path)

    def picture(self) -> None:
        """Ask for a name, then write the 3D view."""
        name = self._ask_name("Save 3D picture", ".png", "PNG (*.png)")
        if name:
            self._attempt(lambda: self._view().screenshot(Path(name), scale=2), Path(name))

    def copy(self) -> None:
        """Put the figure on the clipboard."""
        from io import BytesIO

        from xanesview.io.figures.figure import FigureSpec, draw_spectra

        spectra = self._spectra_or_tell()
        if not spectra:
            return
        spec = FigureSpec()
        buffer = BytesIO()
        draw_spectra(spectra, spec, curves.title(self.workspace)).savefig(buffer, format="png", dpi=spec.dpi)
        QGuiApplication.clipboard().setImage(QImage.fromData(buffer.getvalue(), "PNG"))

    def _spectra_or_tell(self) -> list[Spectrum]:
        spectra = self.spectra()
        if not spectra:
            self.workspace.message.emit(
                Notice("export", "There is no curve to save yet.", "Open a structure and pick a site first.")
            )
        return spectra

    def _ask_name(self, heading: str, ending: str, kinds: str) -> str:
        structure = self.workspace.structure
        stem = "xanesview" if structure is None else (structure.name or structure.formula).replace("/", "-")
        start = Path(self.settings.folder or ".") / f"{stem}{ending}"
        name, _ = QFileDialog.getSaveFileName(self._window, heading, str(start), kinds)
        if name and not Path(name).suffix:
            name += ending
        if name:
            self.settings.folder = str(Path(name).parent)
        return name

    def _attempt(self, write: Callable[[], object], path: Path) -> None:
        try:
            write()
        except XanesviewError as error:
            self.workspace.message.emit(Notice("export", error.message, error.hint))
        except OSError as error:
            self.workspace.message.emit(
                Notice("export", f"{path.name} can't be written: {error.strerror or error}.", "Choose another folder.")
            )


def _told_apart(spectrum: Spectrum) -> Spectrum:
    """A curve of computed sites only is computed, also where it stands in the place of the predicted one."""
    facts = spectrum.provenance
    computed = spectrum.kind == "predicted" and facts.get("computed_sites") == facts.get("sites", "")
    return replace(spectrum, kind="computed") if computed else spectrum
