"""What frozen curves are called: by what varies between them, and by what tells them from the current curve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.geometry.kinds import geometry_from_header
from xanesview.errors import XanesviewError
from xanesview.io.text_file import whole_number
from xanesview.shown.computed_edges import is_computed
from xanesview.shown.names import drawn_as, numbered, selection_name
from xanesview.shown.varied_angle import VariedAngle, angle_varied_by

if TYPE_CHECKING:
    from xanesview.domain.session import FrozenCurve
    from xanesview.domain.spectrum import Spectrum
    from xanesview.shown.shown import Shown

_SAME_WIDTH_EV = 0.01


def frozen_labels(shown: Shown, spectra: Sequence[Spectrum], networks: Mapping[str, str]) -> list[str]:
    """Return what stands beside each frozen curve; all there is to know is in its tooltip.

    Parameters
    ----------
    spectra
        The frozen curves, with their provenance.
    networks
        Short names of the networks that they were predicted with.

    Returns
    -------
    list of str
        "θ = 20°" where nothing but the tilt differs; two curves that nothing tells apart are numbered.
    """
    facts = [spectrum.provenance for spectrum in spectra]
    told = {name: [one.get(name, "") for one in facts] for name in ("network", "structure_hash", "sites")}
    own_hash = "" if shown.structure is None else shown.structure.content_hash
    own_network = "none" if is_computed(shown.session.network) else shown.session.network
    tells_network = len({*told["network"], own_network}) > 1
    tells_structure = len({*told["structure_hash"], own_hash}) > 1
    names_structures = len({one.get("structure", "") for one in facts}) > 1
    # Several structures, or sites, or networks: the direction is told only where it varies, too.
    others_vary = any(len(set(values)) > 1 for values in told.values())
    directions = _direction_words(facts, shown.session.geometry, others_vary)
    labels = []
    for spectrum, one, direction in zip(spectra, facts, directions, strict=True):
        parts = []
        elsewhere = one.get("structure_hash", "") != own_hash
        if tells_structure and (elsewhere or names_structures):
            parts.append(one.get("structure", "") or spectrum.label)
        if not elsewhere or len(set(told["sites"])) > 1:
            parts.append(_sites_words(shown, one, elsewhere, len(set(told["sites"])) > 1))
        if tells_network and one.get("network"):
            parts.append(networks.get(one["network"], one["network"]))
        parts.append(direction)
        parts.append(how := _how(shown, one, elsewhere))
        parts.append("" if how.startswith("as ") else _width(shown, spectrum))
        words = [part for part in parts if part]
        if len(words) > 1:
            words = [word.removeprefix("ε = ") for word in words]
        labels.append(" · ".join(words) or one.get("polarisation", "").partition(": ")[2] or spectrum.label)
    return numbered(labels)


def _sites_words(shown: Shown, facts: Mapping[str, str], elsewhere: bool, vary: bool) -> str:
    """Which sites, where they are others than the ones that are shown, or differ between the frozen curves."""
    if elsewhere:
        return facts.get("selection", "").removeprefix("sum of ")
    sites = _sites_in(facts)
    if shown.structure is None or not sites or (sites == shown.sites and not vary):
        return ""
    if max(sites) >= shown.structure.n_atoms:
        return ""
    return selection_name(shown.structure, sites).removeprefix("sum of ")


def _sites_in(facts: Mapping[str, str]) -> tuple[int, ...]:
    """The atoms that facts of a curve name, which a file may have garbled; none where one of them is no number."""
    found = [whole_number(word) for word in facts.get("sites", "").split()]
    return () if None in found else tuple(found)


def _how(shown: Shown, facts: Mapping[str, str], elsewhere: bool) -> str:
    """Whether it is drawn, or was made, in another way than the current curve."""
    words = []
    how = facts.get("drawn_as", "computed").partition(":")[0]
    if how != drawn_as(shown.measured).partition(":")[0]:
        words.append(f"as {how}")
    sites = _sites_in(facts)
    computed = facts.get("computed_sites", "")
    here = " ".join(str(i) for i in sites if i in shown.computed_sites)
    if not elsewhere and sites == shown.sites and computed != here:
        whole = "computed" if computed == facts.get("sites") else "partly computed"
        words.append(whole if computed else "predicted")
    return " · ".join(words)


def _width(shown: Shown, spectrum: Spectrum) -> str:
    """The energy resolution that a curve keeps, where the current curve has another one."""
    now = None if shown.drawn is None else shown.drawn.unprocessed.summed.native_fwhm_ev
    kept = spectrum.native_fwhm_ev
    return "" if now is None or not kept or abs(now - kept) < _SAME_WIDTH_EV else f"FWHM {kept:.2g} eV"


def frozen_details(frozen: FrozenCurve) -> str:
    """Return all there is to know of a frozen curve, a line each."""
    width = frozen.spectrum.native_fwhm_ev
    lines = [frozen.spectrum.label]
    if width:
        lines.append(f"Keeps the energy resolution it was frozen with: FWHM {width:.2g} eV")
    return "\n".join(lines)


def _direction_words(
    facts: Sequence[Mapping[str, str]], now: Geometry, others_vary: bool
) -> list[str]:
    """What each curve's direction is called, as shortly as tells them apart."""
    whole = [one.get("polarisation", "").partition(": ")[2] for one in facts]
    geometries, normal = [_geometry(one) for one in facts], now.normal
    settings = [{} if one is None else one.settings_words() for one in geometries]
    if facts and all(settings) and all(type(one) is type(geometries[0]) for one in geometries):
        alike = all(one == settings[0] for one in settings)
        return [""] * len(facts) if alike and others_vary else _setting_words(settings, geometries, now)
    if len(facts) < 2 or any(geometry is None for geometry in geometries):
        return whole
    if all(np.allclose(one.weight().matrix, geometries[0].weight().matrix, atol=1e-9) for one in geometries[1:]):
        return [""] * len(facts) if others_vary else whole
    varied = angle_varied_by(geometries, normal)
    return whole if varied is None else [varied.of(one) for one in geometries]


def varied_angle(shown: Shown, spectra: Sequence[Spectrum]) -> VariedAngle | None:
    """Return by which angle frozen curves are told apart, for the current curve to be named alike; None without one."""
    geometries = [_geometry(one.provenance) for one in spectra]
    if len(geometries) < 2 or any(geometry is None for geometry in geometries) or geometries[0].settings_words():
        return None
    angle = angle_varied_by(geometries, shown.session.geometry.normal)
    return None if angle is None or len({angle.of(one) for one in geometries}) < 2 else angle


def _setting_words(settings: Sequence[Mapping[str, str]], geometries: Sequence[Geometry], now: Geometry) -> list[str]:
    """Of beams and microscopes: the settings that differ between the curves, the current one included."""
    present = now.settings_words() if type(now) is type(geometries[0]) else {}
    compared = [*settings, present] if present else settings
    varied = [name for name in settings[0] if len({one[name] for one in compared}) > 1]
    if not varied:
        return [one.short_label for one in geometries]
    return [", ".join(word for name in varied if (word := one[name])) for one in settings]


def _geometry(facts: Mapping[str, str]) -> Geometry | None:
    try:
        return geometry_from_header(facts) if "experiment" in facts else None
    except XanesviewError:  # of a newer program; its own words say what it is
        return None
