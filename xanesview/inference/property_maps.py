"""Properties of the molecules in each pixel of an image, as the network of `property_reader` reads them.

Every spectrum is laid on the network's window by its own threshold, as one spectrum is; the width by which measured
spectra are broadened is chosen once, on the mean of all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.images.combination import HELD_BYTES, pieces
from xanesview.domain.images.maps import ImageMap, Maps
from xanesview.domain.images.spectrum_image import SpectrumImage
from xanesview.domain.processing.broadening import gaussian
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.inference.property_reader import MOLECULE, PropertyReader
from xanesview.networks.spectrum_properties.spectrum_vector import THRESHOLD_SHARE

_AT_THRESHOLD = 1e-6


def property_maps(
    image: SpectrumImage,
    reader: PropertyReader,
    kind: str = MOLECULE,
    background: np.ndarray | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Maps:
    """Return maps of the properties that spectra tell enough of, and of how far each spectrum is from the training.

    Parameters
    ----------
    image : of C K-edge spectra
    reader : the network
    kind : "molecule" or "site"
    background : of the image's shape, what is taken away from each spectrum first, such as a fitted offset
    progress : called with pixels done and pixels wanted
    cancelled : asked now and then

    Raises
    ------
    XanesviewError
        If the mean spectrum is none that the network reads, or no pixel's is.
    Cancelled
    """
    if image.n_bytes <= HELD_BYTES:
        image = image.loaded(cancelled=cancelled)
    reading = reader.read(_mean(image, reader, background, cancelled), kind)
    widen = _widening(image.energy_ev, reading.extra_fwhm_ev)
    chosen = [k for k, value in enumerate(reading.values) if value.usable]
    found = np.full((image.n_pixels, len(chosen) + 1), np.nan)
    for start, stop, block in _pieces(image, background, cancelled):
        vectors, good = _vectors(image.energy_ev, block if widen is None else block @ widen, reader)
        if good.any():
            rows = start + np.flatnonzero(good)
            found[rows, :-1] = reader.values(vectors[good], kind)[:, chosen]
            found[rows, -1] = reader.distance(vectors[good], kind)
        if progress is not None:
            progress(stop, image.n_pixels)
    n_read = int(np.isfinite(found[:, -1]).sum())
    if not n_read:
        raise XanesviewError(
            "No pixel has a spectrum that begins at an edge and reaches far enough above it.",
            "Take away the background first, such as by a fit with an offset.",
        )
    shaped = np.moveaxis(found.reshape(*image.shape, -1), -1, 0)
    maps = [
        ImageMap(f"property_{reading.values[k].key}", reading.values[k].title, shaped[n], reading.values[k].unit,
                 "property")
        for n, k in enumerate(chosen)
    ]  # fmt: skip
    maps.append(ImageMap("distance", "distance from training, 1 at its limit", shaped[-1], "", "quality"))
    facts = {
        "reader": reader.card.name,
        "reader_threshold": f"{100 * THRESHOLD_SHARE:.0f} % of the maximum",
        "reader_broadening_ev": f"{reading.extra_fwhm_ev:g}",
        **{f"error_{value.key}": f"{value.error:.3g}" for value in reading.values if value.usable},
    }
    return Maps(image.axes, tuple(maps), facts, _notices(image, reading, n_read, shaped[-1]))


def _pieces(image: SpectrumImage, background: np.ndarray | None, cancelled: Callable[[], bool]) -> Iterator[tuple]:
    """Yield pieces of an image with the background taken away."""
    flat = None if background is None else background.reshape(-1)
    for start, stop, values in pieces(image, cancelled):
        block = values.astype(np.float64)
        yield start, stop, block if flat is None else block - flat[start:stop, None]


def _mean(
    image: SpectrumImage, reader: PropertyReader, background: np.ndarray | None, cancelled: Callable[[], bool]
) -> Spectrum:
    """Return the mean of the pixels that have an edge; of all, which says what is wrong, where none has."""
    total, n = np.zeros(len(image.energy_ev)), 0
    for _, _, block in _pieces(image, background, cancelled):
        good = _laid(image.energy_ev, block, reader)[1]
        total, n = total + block[good].sum(axis=0), n + int(good.sum())
    return image.mean_spectrum() if not n else Spectrum(image.energy_ev, total / n, kind="measured")


def _notices(image: SpectrumImage, reading, n_read: int, distance: np.ndarray) -> tuple[str, ...]:
    told = []
    if n_read < image.n_pixels:
        left = counted(image.n_pixels - n_read, "pixel has", "pixels have")
        told.append(f"{left} no edge that properties can be read from.")
    with np.errstate(invalid="ignore"):
        outside = int((distance > 1.0).sum())
    if outside:
        share = f"{outside} of {counted(n_read, 'pixel')} {'is' if outside == 1 else 'are'}"
        told.append(f"{share} outside the training domain of the properties, and pale in their maps.")
    if reading.reasons:
        told.append(f"The mean spectrum is outside the training domain: {'; '.join(reading.reasons)}.")
    if reading.extra_fwhm_ev:
        told.append(f"Spectra were broadened by {reading.extra_fwhm_ev:g} eV to resemble those of the training.")
    return tuple(told)


def _widening(energy_ev: np.ndarray, extra_ev: float) -> np.ndarray | None:
    """Return the matrix (E, E) that broadens rows of spectra; None where nothing is to do."""
    if not extra_ev:
        return None
    return np.stack([gaussian(energy_ev, one, extra_ev) for one in np.eye(len(energy_ev))])


def _vectors(energy_ev: np.ndarray, spectra: np.ndarray, reader: PropertyReader) -> tuple[np.ndarray, np.ndarray]:
    """Return spectra (n, E) on the window's grid, as `spectrum_vector` lays one, and for which (n,) that can be."""
    start, good = _laid(energy_ev, spectra, reader)
    grid = reader.window.step_ev * np.arange(reader.window.n_points) - reader.window.before_ev
    vectors = np.zeros((len(spectra), reader.window.n_points))
    for row in np.flatnonzero(good):
        vectors[row] = np.interp(start[row] + grid, energy_ev, spectra[row])
    mean = vectors.mean(axis=1, keepdims=True)
    good &= mean[:, 0] > 0.0
    return vectors / np.where(mean > 0.0, mean, 1.0), good


def _laid(energy_ev: np.ndarray, spectra: np.ndarray, reader: PropertyReader) -> tuple[np.ndarray, np.ndarray]:
    """Return where spectra (n, E) begin, eV, and which (n,) have an edge with enough of the spectrum around it."""
    window = reader.window
    good = np.isfinite(spectra).all(axis=1)
    top = np.where(good, np.nan_to_num(spectra).max(axis=1), 0.0)
    good &= top > 0.0
    level = THRESHOLD_SHARE * top
    reached = np.nan_to_num(spectra) >= level[:, None]
    first = np.argmax(reached, axis=1)
    good &= first > 0
    first = np.maximum(first, 1)
    rows = np.arange(len(spectra))
    below, above = spectra[rows, first - 1], spectra[rows, first]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(above > below, (level - below) / (above - below), 0.0)
    start = energy_ev[first - 1] + share * (energy_ev[first] - energy_ev[first - 1])
    good &= (start + window.after_ev <= energy_ev[-1] + _AT_THRESHOLD) & (
        start - window.before_ev >= energy_ev[0] - _AT_THRESHOLD
    )
    return start, good
