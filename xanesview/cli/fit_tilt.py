"""``xanesview fit-tilt``: how orbitals, and whole molecules, are tilted in a film, from spectra at several angles."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.cli.arguments import add_frame, frame_asked
from xanesview.cli.fitting import add_edge, check_edge, network_for
from xanesview.cli.numbers_asked import asked_range_ev
from xanesview.cli.telling import say
from xanesview.errors import UsageError, XanesviewError

if TYPE_CHECKING:
    from xanesview.domain.orientation.orientation_fit import OrientationFit
    from xanesview.domain.orientation.peak_intensity import PeakIntensities
    from xanesview.domain.orientation.tilt_fit import TiltFit
    from xanesview.io.spectra.angle_spectra import AngledSpectrum

_WINDOW_HINT = "Write the two energies of the resonance, as in 284:286.5."
_FIGURES = (".svg", ".png", ".pdf")
_SEPARATORS = r"\s*[:,;]\s*"


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    p.add_argument("file", nargs="+", metavar="FILE", help="spectra of one angle each, or a table of a column an angle")
    p.add_argument(
        "--angles", metavar="20,40,…",
        help="of the spectra, degrees (default: those in column titles, file names or headers)",
    )  # fmt: skip
    p.add_argument(
        "--from-normal",
        action="store_true",
        help="angles are the beam's from the surface normal, instead of grazing ones (the field's from the normal)",
    )
    p.add_argument("--window", required=True, metavar="LOW:HIGH", help="energies of the resonance, eV")
    p.add_argument("--orbital", choices=("vector", "plane"), default="vector", help="of the resonance (default vector)")
    p.add_argument(
        "--degree", metavar="P", help="degree of linear polarisation (default: that of the files' headers, else 1)"
    )
    p.add_argument(
        "--measure", choices=("area", "height", "fit"), default="area",
        help="of the resonance: area in the window, height at its peak, or area of a fitted Gaussian beside an "
        "arctangent step (default area)",
    )  # fmt: skip
    p.add_argument(
        "--background", choices=("step", "line", "none"), default="step",
        help="taken off an area or a height: a level and an arctangent step fitted outside the window, a line through "
        "what lies beside it, or none (default step)",
    )  # fmt: skip
    whole = p.add_argument_group("the whole predicted tensor")
    whole.add_argument("--structure", metavar="FILE", help="molecule whose predicted tensor is fitted to all spectra")
    whole.add_argument("--network", metavar="NAME|PATH", help="network (default: one that fits the structure)")
    add_edge(whole)
    add_frame(whole)
    whole.add_argument("--axis", metavar="N", help="the molecule's axis: 0,0,1 or atoms:0,3,5 (default: its plane's)")
    whole.add_argument("--range", metavar="LOW:HIGH", help="energies to fit (default: all that are shared)")
    whole.add_argument("--order", default="1", metavar="S|free", help="order parameter ⟨P₂⟩, or free (default 1)")
    p.add_argument("--out", metavar="OUT.svg|png|pdf", help="figure of intensity against cos²θ")


def run_fit_tilt(arguments: argparse.Namespace) -> int:
    """Fit and print; the last line is the tilt with its error."""
    from xanesview.domain.orientation.measured_tilt import measured_tilt

    low, high = asked_range_ev(arguments.window, _SEPARATORS, _WINDOW_HINT)
    degree = None if arguments.degree is None else _checked_degree(arguments.degree)
    order = _order(arguments.order)
    target = None if arguments.out is None else Path(arguments.out).expanduser()
    if target is not None and target.suffix.lower() not in _FIGURES:
        raise UsageError(f"“{target.name}” is no figure.", "End --out in .svg, .png or .pdf.")
    check_edge(arguments)
    spectra = _spectra(arguments)
    degree, of_headers = _degree_of(spectra, degree)
    theta = [one.angle_deg for one in spectra]
    measured = [one.spectrum for one in spectra]
    found = measured_tilt(
        measured, theta, (low, high), orbital=arguments.orbital, degree=degree, measure=arguments.measure,
        background=arguments.background,
    )  # fmt: skip
    peaks, fit = found.peaks, found.fit
    _tell(spectra, peaks, fit, of_headers)
    orientation = None
    if arguments.structure is not None:
        orientation = _whole(arguments, spectra, degree, order)
        _tell_whole(orientation)
        _tell_ends(orientation)
    if target is not None:
        _draw(target, fit, peaks, measured, orientation)
        say(f"{target}: intensity against cos²θ")
    if orientation is None and fit.is_impossible:
        say(f"tilt not determined (no tilt gives such intensities; nearest {fit.tilt_deg:.1f}°)")
        return 1
    say(f"tilt {fit.text() if orientation is None else orientation.text()}")
    return 0


def _checked_degree(text: str) -> float:
    from xanesview.domain.geometry.geometry import checked_degree, parse_degree

    try:
        return checked_degree(parse_degree(text))
    except XanesviewError as error:
        raise UsageError(error.message, error.hint) from error


def _degree_of(spectra: list[AngledSpectrum], asked: float | None) -> tuple[float, bool]:
    """Return the degree of polarisation to fit with, and whether the files' headers tell it."""
    from xanesview.cli.telling import tell_notice
    from xanesview.io.spectra.angle_spectra import told_degrees

    told = told_degrees(spectra)
    words = " and ".join(f"{one:g}" for one in told)
    if asked is not None:
        if told and told != [asked]:
            tell_notice(f"The files' headers tell P = {words}; {asked:g} is taken, as asked for.")
        return asked, False
    if len(told) > 1:
        raise XanesviewError(f"The files' headers tell several degrees of polarisation: {words}.", "Give --degree.")
    return (told[0], True) if told else (1.0, False)


def _order(text: str) -> float | None:
    if text.strip().lower() == "free":
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = 0.0
    if not 0.0 < value <= 1.0:
        raise UsageError(f"“{text}” is no order parameter.", "Give a number above 0, up to 1, or free.")
    return value


def _spectra(arguments: argparse.Namespace) -> list[AngledSpectrum]:
    """Return the spectra by ascending angle of the field from the surface normal."""
    from dataclasses import replace

    from xanesview.domain.orientation.angle_series import parse_series
    from xanesview.io.spectra.angle_spectra import read_angle_spectra

    angles = None
    if arguments.angles is not None:
        try:
            angles = parse_series(arguments.angles)
        except XanesviewError as error:
            raise UsageError(error.message, error.hint) from error
        if angles is None:
            raise UsageError("A tilt needs spectra at two different angles at least.", "Such as --angles 20,55,90.")
    found = read_angle_spectra(arguments.file, angles)
    if arguments.from_normal:
        found = [replace(one, angle_deg=90.0 - one.angle_deg) for one in found]
    return sorted(found, key=lambda one: one.angle_deg)


def _tell(spectra: list[AngledSpectrum], peaks: PeakIntensities, fit: TiltFit, of_headers: bool) -> None:
    from xanesview.cli.telling import tell_notice
    from xanesview.domain.geometry.dichroism import DICHROIC_RATIO_CONVENTION
    from xanesview.domain.orientation.peak_intensity import MEASURES

    low, high = peaks.window_ev
    place = "" if peaks.centre_ev is None else f", at {peaks.centre_ev:.2f} eV"
    width = "" if peaks.fwhm_ev is None else f", FWHM {peaks.fwhm_ev:.2f} eV"
    say(f"{MEASURES[peaks.how]}, {low:g} to {high:g} eV{place}{width}; angles from {spectra[0].source}")
    say(f"  background: {peaks.background}")
    say("  θ (°)   intensity      fitted  spectrum")
    for one, value, curve in zip(spectra, fit.intensity, fit.curve(fit.theta_deg)):
        say(f"{one.angle_deg:7.1f}  {value:10.5g}  {curve:10.5g}  {one.spectrum.label}")
    source = " (by the files' headers)" if of_headers else ""
    say(f"{fit.orbital} orbital, P = {fit.degree:g}{source}: tilt {fit.text()}, R = {fit.ratio:+.3f}")
    say(f"  {DICHROIC_RATIO_CONVENTION}; of the fitted curve")
    if len(spectra) == 2:
        tell_notice("Two angles leave no scatter: the error is that of the spectra's noise alone.")
    if fit.is_beyond:
        tell_notice(
            f"No tilt gives such intensities (cos² = {fit.squared_cosine:.2f}); the nearest is given.",
            "Background, normalisation, P, or the kind of orbital may be others.",
        )


def _whole(
    arguments: argparse.Namespace, spectra: list[AngledSpectrum], degree: float, order: float | None
) -> OrientationFit:
    from xanesview import api
    from xanesview.cli.telling import tell_notice, tell_of_network

    structure = api.read(arguments.structure, frame_asked(arguments))
    network = arguments.network or network_for(structure, arguments)
    tell_of_network(network)
    predicted = api.predict(structure, network)
    for notice in predicted.prediction.notices:
        tell_notice(notice.message, notice.hint)
    window = None
    if arguments.range is not None:
        window = asked_range_ev(arguments.range, _SEPARATORS, "Write the lower energy first, as in 280:300.")
    fit = api.fit_orientation(
        predicted, [one.spectrum for one in spectra], [one.angle_deg for one in spectra], degree=degree,
        axis=arguments.axis, window_ev=window, order=order,
    )  # fmt: skip
    expected = predicted.predictor.card.expected_shift(drawn_as_measured=False)
    if expected is not None and (beyond := expected.beyond(fit.shift_ev)):
        tell_notice(beyond)
    return fit


def _tell_whole(fit: OrientationFit) -> None:
    low, high = fit.window_ev
    order = f"{fit.order:.2f}{' (fitted)' if fit.is_order_free else ''}"
    say(
        f"whole tensor, {low:g} to {high:g} eV: tilt {fit.text()}, azimuth {fit.azimuth_text()}, "
        f"R-factor {fit.r_factor:.4f}"
    )
    say(
        f"  prediction shifted {fit.shift_ev:+.2f} eV, width added {fit.fwhm_ev:.2f} eV, "
        f"edge step at {fit.step_ev:.1f} eV, level {fit.level:.3g}, order {order}; two standard errors leave tilts "
        f"from {fit.tilt_range_text()}; {100 * fit.share_left:.0f} % unexplained"
    )


def _tell_ends(fit: OrientationFit) -> None:
    from xanesview.cli.telling import tell_notice
    from xanesview.domain.processing.undetermined import much_left

    if fit.leaves_much:
        tell_notice(much_left(fit.share_left), "Do molecule, edge and angles fit the spectra?")
    if fit.is_width_at_end:
        tell_notice(
            f"The width added, {fit.fwhm_ev:.2f} eV, is the most that was tried, so the tilt is not to be trusted.",
            "Check energies and resolution, or fit a narrower --range.",
        )
    if fit.is_shift_at_end:
        tell_notice(
            f"The shift, {fit.shift_ev:+.2f} eV, is at the end of what was tried, so the tilt is not to be trusted.",
            "Check the energy scale of the spectra, and that molecule and edge are those measured.",
        )


def _draw(
    target: Path,
    fit: TiltFit,
    peaks: PeakIntensities,
    measured: list,
    orientation: OrientationFit | None,
) -> None:
    from xanesview.io.figures.figure_file import save_figure
    from xanesview.io.figures.tilt_figure import draw_tilt

    unit = measured[0].unit if peaks.how == "height" else f"{measured[0].unit} × eV"
    figure = draw_tilt(fit, unit=unit, spectra=measured, orientation=orientation)
    facts = {
        "orbital": fit.orbital, "degree": f"{fit.degree:g}", "window_ev": "{:g}:{:g}".format(*peaks.window_ev),
        "tilt": fit.text(), "measure": peaks.how, "background": peaks.background,
    }  # fmt: skip
    save_figure(figure, target, provenance=facts)
