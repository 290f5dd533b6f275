"""A spectrum image or series beside the session: its pixels, what they are made of, and what they tell.

It is no part of the session: nothing of it changes what is shown until a curve is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from xanesview.domain.images.design import CombineChoices
from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.gui.background.latest_work import LatestWork
from xanesview.gui.session.image_pixels import ImagePixels
from xanesview.limits import LARGEST_SHOWN_IMAGE, size
from xanesview.shown.image_curves import Component, components_of, pixel_curve, scale_beside
from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.domain.images.maps import Maps
    from xanesview.domain.images.spectrum_image import SpectrumImage
    from xanesview.domain.session import ReferenceCurve
    from xanesview.domain.spectrum import Spectrum
    from xanesview.gui.session.jobs import Job, JobList
    from xanesview.shown.curve import Curve
    from xanesview.shown.shown import Shown

PROPERTIES = ("property", "distance")


class ImageMapping(QObject):
    """Reads an image, takes it apart, reads properties of it and writes maps, each beside the window.

    Attributes
    ----------
    image : SpectrumImage or None
        With its spectra in memory.
    maps : Maps or None
    choices : CombineChoices
    pixels : ImagePixels
        Which of them are looked at.
    problem : str
        Why the last step came to nothing.
    datasets : tuple of str
        Of the file, where it has several images or series.
    """

    opened = Signal()  # another image
    changed = Signal()  # something has begun or ended, or other components count
    mapped = Signal()  # other maps
    drawn_changed = Signal()  # other curves lie on the plot
    told = Signal(object)  # a Notice
    _progressed = Signal(int, int)

    def __init__(self, shown: Callable[[], Shown], jobs: JobList, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shown, self._jobs = shown, jobs
        self._job: Job | None = None
        self._path = Path()
        self._chosen: dict[str, bool] = {}
        self._fitted_with: tuple[list[Spectrum], CombineChoices] | None = None
        self.image: SpectrumImage | None = None
        self.mean: Spectrum | None = None
        self.maps: Maps | None = None
        self.choices = CombineChoices()
        self.problem = ""
        self.datasets: tuple[str, ...] = ()
        self.pixels = ImagePixels(self)
        self.pixels.changed.connect(self.drawn_changed)
        self._doing = LatestWork("image", "The image could not be mapped", self)
        self._doing.done.connect(lambda deliver: deliver())
        self._doing.failed.connect(self._fail)
        self._doing.busy_changed.connect(lambda _busy: self.changed.emit())
        self._progressed.connect(self._tell_progress)

    @property
    def is_busy(self) -> bool:
        """Whether something is being read, computed or written."""
        return self._doing.is_busy

    @property
    def path(self) -> Path:
        """The file that is shown, or being read."""
        return self._path

    # ---- what is asked for ----

    def open(self, path: Path, dataset: str | None = None) -> None:
        """Read an image in the place of the one shown; of several in a file the first, or the one that is named."""
        self._path = Path(path)

        def work(cancelled: Callable[[], bool]) -> Callable[[], None]:
            from xanesview.io.images.registry import read_image

            image = read_image(path, dataset)
            if image.n_bytes > LARGEST_SHOWN_IMAGE:
                raise XanesviewError(
                    f"{path.name} would take {size(image.n_bytes)}; the window holds up to "
                    f"{size(LARGEST_SHOWN_IMAGE)}.",
                    "Map it by “xanesview map”, which reads it in pieces.",
                )
            image = image.loaded(self._progress, cancelled)
            mean = image.mean_spectrum()
            return lambda: self._take_image(image, mean, dataset is not None)

        self._begin(tr("Read {name}").format(name=self._path.name), work)

    def fit(self) -> None:
        """Take the spectra apart into the components that count."""
        image, choices = self.image, self.choices
        spectra = [one.spectrum for one in self.components() if one.is_on]
        if image is None:
            return

        def work(cancelled: Callable[[], bool]) -> Callable[[], None]:
            from xanesview.domain.images.combination import combine

            maps = combine(image, spectra, choices, self._progress, cancelled)
            return lambda: self._take_fit(maps, (spectra, choices))

        self._begin(tr("Take {name} apart").format(name=image.label), work)

    def read_properties(self) -> None:
        """Read properties of the molecules in each pixel; a fitted offset is taken away first."""
        image, maps = self.image, self.maps
        if image is None:
            return
        offset = None if maps is None else next((one.values for one in maps.maps if one.key == "offset"), None)

        def work(cancelled: Callable[[], bool]) -> Callable[[], None]:
            from xanesview.inference.property_maps import property_maps
            from xanesview.inference.property_reader import load_property_reader

            found = property_maps(image, load_property_reader(), "molecule", offset, self._progress, cancelled)
            return lambda: self._take_properties(found)

        self._begin(tr("Read properties of {name}").format(name=image.label), work)

    def save(self, path: Path) -> None:
        """Write the maps."""
        maps, image = self.maps, self.image
        if maps is None or image is None:
            return

        def work(_cancelled: Callable[[], bool]) -> Callable[[], None]:
            from xanesview.io.images.maps_file import write_maps

            write_maps(path, maps, image.label)
            return lambda: self._end(tr("Saved to {path}.").format(path=path), tell=True)

        self._begin(tr("Write {name}").format(name=path.name), work)

    def cancel(self) -> None:
        """Give up what runs; what is there stays."""
        if self._job is not None:
            self._job.is_stopping = True
        self._doing.forget()
        self._end()

    def change(self, **changes: Any) -> None:
        """Fit in another way, see `CombineChoices`."""
        self.choices = replace(self.choices, **changes)
        self.changed.emit()

    def shutdown(self) -> None:
        """The window closes."""
        self._doing.shutdown()

    # ---- components ----

    def components(self) -> list[Component]:
        """Return the curves of the plot that may count, and whether they do."""
        return components_of(self._shown(), self._chosen)

    def choose(self, key: str, is_on: bool) -> None:
        """Let a curve count, or not."""
        self._chosen[key] = is_on
        self.changed.emit()

    # ---- on the plot ----

    def curves(self) -> list[Curve]:
        """Return the spectrum of the pixels looked at, and what it was fitted with, as curves of the plot."""
        spectrum = self.pixels.spectrum(self.image)
        if spectrum is None or self.mean is None:
            return []
        shown = self._shown()
        factor = scale_beside(shown, self.mean)
        found = [pixel_curve(shown, spectrum, factor, "image-pixel", "measured")]
        fitted = self._fitted(spectrum)
        if fitted is not None:
            found.append(pixel_curve(shown, fitted, factor, "image-sum", "computed"))
        return [one for one in found if one is not None]

    def kept(self) -> ReferenceCurve | None:
        """Return the spectrum of the pixels looked at as a measured reference."""
        from xanesview.domain.session import ReferenceCurve

        spectrum = self.pixels.spectrum(self.image)
        if spectrum is None:
            return None
        label = f"{self.image.label}, {spectrum.label}"
        return ReferenceCurve(spectrum=spectrum.replace(label=label), label=label, source=str(self._path))

    def _fitted(self, spectrum: Spectrum) -> Spectrum | None:
        if self._fitted_with is None or self.maps is None or "shift_ev" not in self.maps.facts:
            return None
        from xanesview.domain.images.combination import fitted_pixel

        try:
            return fitted_pixel(self.image, spectrum.intensity, self.maps, *self._fitted_with).replace(
                label=tr("sum of components")
            )
        except XanesviewError:  # a pixel without a value
            return None

    # ---- what comes ----

    def _begin(self, name: str, work: Callable[[Callable[[], bool]], Callable[[], None]]) -> None:
        self._doing.forget()
        self._end()
        self.problem = ""
        self._job = self._jobs.begin(name, self.cancel)
        self._doing.ask(work)
        self.changed.emit()

    def _progress(self, done: int, wanted: int) -> None:
        self._doing.tell(lambda: self._progressed.emit(done, wanted))

    def _tell_progress(self, done: int, wanted: int) -> None:
        if self._job is not None and self._doing.is_busy:
            self._job.progress(done / wanted)

    def _take_image(self, image: SpectrumImage, mean: Spectrum, is_another: bool) -> None:
        self.datasets = self.datasets if is_another else image.datasets
        self.image, self.mean, self.maps, self._fitted_with = image, mean, None, None
        self.pixels.reset(image)
        self._end()
        for notice in image.notices:
            self.told.emit(notice)
        self.opened.emit()
        self.mapped.emit()

    def _take_fit(self, maps: Maps, fitted_with: tuple[list[Spectrum], CombineChoices]) -> None:
        self.maps, self._fitted_with = maps, fitted_with
        self._end(" ".join(maps.notices))
        self.mapped.emit()
        self.drawn_changed.emit()

    def _take_properties(self, found: Maps) -> None:
        kept = None if self.maps is None else self.maps.replace(
            maps=tuple(one for one in self.maps.maps if not one.key.startswith(PROPERTIES))
        )  # fmt: skip
        self.maps = found if kept is None or not kept.maps else kept.with_maps(found)
        self._end(" ".join(found.notices))
        self.mapped.emit()

    def _fail(self, message: str, hint: str) -> None:
        self.problem = f"{message} {hint}".strip()
        self._end(self.problem, failed=bool(message))
        if message:
            self.told.emit(Notice("image", message, hint))

    def _end(self, sentence: str = "", failed: bool = False, tell: bool = False) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.end(sentence, failed)
        if tell:
            self.told.emit(Notice("saved", sentence))
        self.changed.emit()
