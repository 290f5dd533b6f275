"""What the spectra of an image are made of: sums of components with amounts that can't be negative, a pixel at a time.

All pixels share the design, so the solution of all of them is a few products of matrices (`least_squares`). A shift of
the energies is one for the whole image, since one beamline has measured all of it: it is found on some pixels first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from xanesview.domain.images.design import CombineChoices, Components
from xanesview.domain.images.maps import ImageMap, Maps, told_of_missing
from xanesview.domain.images.spectrum_image import SpectrumImage
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import Cancelled, XanesviewError

_AT_ONCE = 8192
"""Pixels: their spectra stay in the processor's cache."""
_SAMPLED = 4000
"""Pixels on which the shift is found."""
_COARSE_EV = 0.1
_FINE_EV = 0.005
HELD_BYTES = 600_000_000
"""Images up to so many are held in memory while they are gone through."""

Progress = Callable[[int, int], None]


def combine(
    image: SpectrumImage,
    spectra: Sequence[Spectrum],
    choices: CombineChoices | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Maps:
    """Return maps of amounts, fractions and their errors, of offset and edge step, of residual and R-factor.

    The R-factor of a pixel is Σ (b − fit)² / Σ b², its residual the root of the mean of (b − fit)².

    Parameters
    ----------
    image : its spectra b
    spectra : the components
    choices : how they are fitted
    progress : called with pixels done and pixels wanted
    cancelled : asked now and then

    Raises
    ------
    XanesviewError
        If components and image have too few energies in common, or no pixel has a spectrum.
    Cancelled
    """
    choices = choices or CombineChoices()
    parts = Components(spectra, image.energy_ev, choices)
    if image.n_bytes <= HELD_BYTES:
        image = image.loaded(cancelled=cancelled)
    shift_ev = _shift(image, parts, cancelled) if choices.largest_shift_ev > 0.0 else 0.0
    used = parts.used(shift_ev=shift_ev)
    problem, design = parts.problem(used, shift_ev)
    n = len(parts.names)
    found = np.full((image.n_pixels, design.shape[1] + n + 2), np.nan)
    for start, stop, values in pieces(image, cancelled):
        chosen = values[:, used]
        good = np.isfinite(chosen).all(axis=1)
        block = chosen[good].astype(np.float64)
        solution = problem.solution(block)
        left = block - solution.amounts @ design.T
        squares = np.einsum("ne,ne->n", left, left)
        own = np.einsum("ne,ne->n", block, block)
        part = np.full((len(values), found.shape[1]), np.nan)
        noise = np.sqrt(squares / max(design.shape[0] - design.shape[1], 1))
        errors = _errors(solution.amounts[:, :n], problem.covariances(solution.which)[:, :n, :n], noise)
        quality = np.sqrt(squares / block.shape[1]), squares / np.where(own > 0, own, np.nan)
        part[good] = np.column_stack([solution.amounts, errors, *quality])
        found[start:stop] = part
        if progress is not None:
            progress(stop, image.n_pixels)
    n_missing = int(np.isnan(found[:, 0]).sum())
    if n_missing == image.n_pixels:
        raise XanesviewError(
            f"No pixel of {image.label or 'the image'} has a value at every energy that counts.",
            "Choose a range of energies that was measured everywhere.",
        )
    return _maps(image, parts, found, used, shift_ev, n_missing)


def _errors(amounts: np.ndarray, covariances: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Return standard errors (N, K) of fractions, from noise (N,) that is alike at all energies; NaN of absent ones.

    Of f = x / Σx by propagation: var f = (C_kk − 2 f_k Σ_j C_kj + f_k² Σ_ij C_ij) / (Σx)².
    """
    total = amounts.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = amounts / total
        variance = np.einsum("nkk->nk", covariances) - 2.0 * share * covariances.sum(axis=2)
        variance += share**2 * covariances.sum(axis=(1, 2))[:, None]
        errors = noise[:, None] * np.sqrt(np.maximum(variance, 0.0)) / total
    return np.where(amounts > 0.0, errors, np.nan)


def pieces(
    image: SpectrumImage, cancelled: Callable[[], bool] = lambda: False
) -> Iterator[tuple[int, int, np.ndarray]]:
    """Yield first and last pixel (behind it) of pieces of an image, and their spectra (n, E).

    Raises
    ------
    Cancelled
    """
    width = image.n_pixels // image.shape[0]
    for first, last in image.blocks():
        if cancelled():
            raise Cancelled
        values = image.spectra(first, last)
        for start in range(0, len(values), _AT_ONCE):
            if cancelled():
                raise Cancelled
            piece = values[start : start + _AT_ONCE]
            yield first * width + start, first * width + start + len(piece), piece


def fitted_pixel(image: SpectrumImage, values: np.ndarray, maps: Maps, spectra: Sequence[Spectrum],
                 choices: CombineChoices) -> Spectrum:  # fmt: skip
    """Return the sum of components that is nearest to one spectrum (E,), moved as those of the maps."""
    parts = Components(spectra, image.energy_ev, choices)
    shift_ev = float(maps.facts.get("shift_ev", "0"))
    used = parts.used(shift_ev=shift_ev)
    problem, design = parts.problem(used, shift_ev)
    chosen = values[used]
    good = np.isfinite(chosen)
    if not good.all():
        raise XanesviewError("This pixel has no value at some energies.", "Choose another one.")
    amounts = problem.solve(chosen[None])[0]
    return Spectrum(
        image.energy_ev[used], design @ amounts, image.unit or "arb. u.", "sum of components", "computed",
        provenance={name: f"{a:.6g}" for name, a in zip(parts.names, amounts)},
    )  # fmt: skip


def _shift(image: SpectrumImage, parts: Components, cancelled: Callable[[], bool]) -> float:
    """Return by how much all components are moved, eV: what leaves least of some pixels, by scans of finer steps."""
    most = parts.choices.largest_shift_ev
    used = parts.used(most)
    sample = _sample(image)[:, used].astype(np.float64)
    sample = sample[np.isfinite(sample).all(axis=1)]
    if not len(sample):
        return 0.0

    def left(shift_ev: float) -> float:
        if cancelled():
            raise Cancelled
        problem, design = parts.problem(used, shift_ev)
        rest = sample - problem.solve(sample) @ design.T
        return float(np.einsum("ne,ne->", rest, rest))

    step, centre, reach = _COARSE_EV, 0.0, most
    while True:
        n = max(1, round(reach / step))
        tried = np.clip(centre + step * np.arange(-n, n + 1), -most, most)
        centre = float(tried[int(np.argmin([left(float(one)) for one in tried]))])
        if step <= _FINE_EV:
            return round(centre, 4)
        reach, step = step, step / 4.0


def _sample(image: SpectrumImage) -> np.ndarray:
    """Return spectra of the image, evenly spread over its rows, or all where they are few."""
    n_rows, width = image.shape[0], image.n_pixels // image.shape[0]
    wanted = max(1, min(n_rows, _SAMPLED // width, 32))
    rows = np.unique(np.linspace(0, n_rows - 1, wanted).astype(int))
    spectra = np.concatenate([image.spectra(row, row + 1) for row in rows])
    return spectra[:: max(1, len(spectra) // _SAMPLED)]


def _maps(
    image: SpectrumImage, parts: Components, found: np.ndarray, used: np.ndarray, shift_ev: float, n_missing: int
) -> Maps:
    choices, n = parts.choices, len(parts.names)
    unit = image.unit if image.unit not in ("", "arb. u.") else ""
    shaped = np.moveaxis(found.reshape(*image.shape, -1), -1, 0)
    amounts = shaped[:n]
    total = amounts.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        fractions = np.where(total > 0.0, amounts / total, np.nan)
    maps = [ImageMap(f"fraction_{k}", name, fractions[k - 1], "", "fraction")
            for k, name in enumerate(parts.names, start=1)]  # fmt: skip
    maps += [ImageMap(f"amount_{k}", f"{name}, amount", amounts[k - 1], unit if choices.area else "", "amount")
             for k, name in enumerate(parts.names, start=1)]  # fmt: skip
    maps += [ImageMap(f"error_{k}", f"{name}, standard error", shaped[k - n - 3], "", "error")
             for k, name in enumerate(parts.names, start=1)]  # fmt: skip
    if choices.step:
        maps.append(ImageMap("step", "edge step", shaped[n], unit))
    if choices.offset:
        maps.append(ImageMap("offset", "offset", shaped[-n - 3], unit))
    maps.append(ImageMap("residual", "residual", shaped[-2], unit, "quality"))
    maps.append(ImageMap("r_factor", "R-factor", shaped[-1], "", "quality"))
    energies = image.energy_ev[used]
    facts = {
        **{f"component_{k}": name for k, name in enumerate(parts.names, start=1)},
        "energies_ev": f"{energies[0]:.8g} to {energies[-1]:.8g}",
        "points": str(len(energies)),
        "shift_ev": f"{shift_ev:.4g}",
        "components": "mean of one over the energies" if choices.area else "as they are",
        "sum_to_one": str(choices.sum_to_one).lower(),
        **({} if parts.e0_ev is None else {"edge_step_ev": f"{parts.e0_ev:.2f}"}),
    }
    notices = [*told_of_missing(n_missing)]
    notices += [f"{a} and {b} can hardly be told apart." for a, b in parts.alike(used, shift_ev)]
    if choices.largest_shift_ev and abs(shift_ev) > choices.largest_shift_ev - 1e-6:
        notices.append(f"The shift of {shift_ev:+.2f} eV is at its limit.".replace("-", "−"))
    return Maps(image.axes, tuple(maps), {**image.facts, **facts}, tuple(notices))
