"""From what is shown to the curves of the plot."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from xanesview.shown.curve import Curve, Subject
from xanesview.shown.curve_looks import FILE_FACT, dressed
from xanesview.shown.fitted_series import series_curves
from xanesview.shown.frozen_labels import frozen_details
from xanesview.shown.names import angle_text, title

if TYPE_CHECKING:
    from xanesview.domain.geometry.weight_tensor import WeightTensor
    from xanesview.shown.shown import Compared, Shown, ShownFrozen, ShownReference


def curves(shown: Shown) -> list[Curve]:
    """Return all curves of the plot as the user wants them: current, isotropic, sites, networks, overlays, difference.

    Their order is that of the list of curves, which the user can change; the difference is the last one.
    """
    weight, result = shown.session.geometry.weight(), []
    isotropic_only = shown.gives == "isotropic"
    difference = None
    if shown.drawn is not None:
        look, mean = shown.drawn, shown.look.isotropic
        energy, values = look.summed.energy_ev, look.total(weight)
        band = look.band(weight)
        told = "" if band is None else f"\nBand: {look.band_words(weight)}"
        facts = {"tooltip": f"{title(shown, in_full=True)}{told}", "subject": Subject("prediction"), "band": band}
        result.append(Curve("current", energy, values, current_label(shown), "current", **facts))
        if not isotropic_only:  # the same curve twice
            name = "isotropic average"
            subject = Subject("prediction", "isotropic")
            result.append(Curve("isotropic", energy, mean, name, "isotropic", tooltip=name, subject=subject))
            difference = Curve("difference", energy, values - mean, "difference to isotropic", "difference")
        if shown.draws_single_sites:
            result += _of_sites(shown, weight)
        result += [_of_network(shown, one, weight) for one in shown.compared]
    result += [
        _of_reference(shown, number, placed, weight)
        for number, placed in enumerate(shown.references)
        if placed.is_placed
    ]
    result += series_curves(shown) if shown.references else []
    now = current_label(shown) if shown.frozen and shown.drawn is not None else ""
    result += [_of_frozen(number, one, now) for number, one in enumerate(shown.frozen) if one.spectrum is not None]
    found = dressed(shown.session, result if difference is None else [*result, difference])
    return _told_apart(shown, found) if shown.frozen or shown.references else found  # at every turn of the arrow


def _told_apart(shown: Shown, curves: list[Curve]) -> list[Curve]:
    """Return the curves with “from FILE” behind names of files' curves that another curve has, too."""
    counts = Counter(curve.name for curve in curves)
    result = []
    for curve in curves:
        file = _file_of(shown, curve) if counts[curve.name] > 1 else ""
        words = " · ".join(filter(None, (f"{curve.name} · from {file}", curve.note)))
        result.append(replace(curve, label=words) if file else curve)
    return result


def _file_of(shown: Shown, curve: Curve) -> str:
    """Return the name of the file that a curve was read from, as it is; empty where it comes from none."""
    if curve.subject is not None and curve.subject.kind == "frozen":
        return shown.frozen[curve.subject.which].frozen.spectrum.provenance.get(FILE_FACT, "")
    if curve.subject is not None and curve.subject.kind == "reference":
        return PurePath(shown.references[curve.subject.which].reference.source).name
    return ""


def current_label(shown: Shown) -> str:
    """Return what stands beside the current curve: the title has the numbers, here is room for a few words."""
    own = shown.answer is not None
    if shown.computed_share:
        return shown.computed_share
    if shown.others:
        name = shown.network_names[shown.session.network]
        return f"{name}, fitted" if shown.gives == "directional" and not own else name
    if shown.gives == "isotropic":
        return "isotropic"
    if shown.gives == "directional":
        return "network's answer" if own else "fitted tensor"
    angle = "" if shown.varied_angle is None else angle_text(shown)
    return angle or shown.session.geometry.short_label


def _of_sites(shown: Shown, weight: WeightTensor) -> list[Curve]:
    energy_ev, hidden, picked = shown.drawn.native.energy_ev, shown.session.hidden_sites, shown.session.picked
    rows = shown.site_scales()[:, None] * shown.drawn.spectra(weight).each
    return [
        Curve(
            f"site-{site}",
            energy_ev,
            row,
            shown.labels[site],
            "site",
            visible=site not in hidden,
            tooltip=shown.labels[site],
            subject=Subject("site", site),
            order=picked.index(site),
        )
        for site, row in zip(shown.sites, rows, strict=True)
    ]


def _of_network(shown: Shown, one: Compared, weight: WeightTensor) -> Curve:
    lines = [one.title]
    if one.is_scaled:
        lines.append("scaled to equal area: another unit of intensity")
    if one.look.is_e0_borrowed:
        lines.append("gives no E₀: placed by that of the current network")
    if one.measured is not None or shown.measured is not None:
        lines.append("as computed" if one.measured is None else f"as measured: {one.measured}")
    return Curve(
        key=f"compared-{one.network}",
        energy_ev=one.look.summed.energy_ev,
        intensity=one.intensity(weight),
        label=f"{one.label} · scaled" if one.is_scaled else one.label,
        note="scaled" if one.is_scaled else "",
        role="compared",
        visible=one.network not in shown.session.hidden_networks,
        tooltip="\n".join(lines),
        subject=Subject("network", one.network),
    )


def _of_reference(shown: Shown, number: int, placed: ShownReference, weight: WeightTensor) -> Curve:
    reference = placed.reference
    computed = placed.summed is not None or placed.spectrum.kind == "computed"
    return Curve(
        f"reference-{number}",
        placed.energy_ev,
        placed.intensity(weight),
        placed.label,
        "computed" if computed else "measured",
        band=None if placed.spectrum is None else placed.spectrum.band,
        visible=reference.is_seen_with(shown.structure),
        tooltip=placed.details,
        subject=Subject("reference", number),
        angle_share=placed.angle_share,
        note=placed.note,
    )


def _of_frozen(number: int, one: ShownFrozen, current: str) -> Curve:
    """A frozen curve; what nothing else tells from the current one is called frozen."""
    return Curve(
        f"frozen-{number}",
        one.spectrum.energy_ev,
        one.spectrum.intensity,
        f"{one.label} · frozen" if one.label == current else one.label,
        "frozen",
        band=one.spectrum.band,
        visible=one.frozen.visible,
        tooltip=frozen_details(one.frozen),
        subject=Subject("frozen", number),
        angle_share=one.angle_share,
    )
