"""Facts of curves that are shown: of which structure, network, sites and light they are, and what was done to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from xanesview.domain.geometry.geometry import Geometry, exact
from xanesview.domain.processing.applied import provenance_of
from xanesview.domain.session import Session
from xanesview.domain.spectrum import Spectrum
from xanesview.io.spectra.axis_header import e0_facts
from xanesview.networks.identity import network_facts
from xanesview.reference.engine.offsets import ENERGY_OFFSET_EV, OFFSET_SPREAD_EV
from xanesview.reference.engines import MOLECULES
from xanesview.shown.computed_edges import engine_of, is_computed
from xanesview.shown.names import drawn_as, polarisation_text, selection_name
from xanesview.shown.shown import Shown, ShownReference
from xanesview.shown.site_warnings import warning_facts
from xanesview.shown.tensors import Look


def with_provenance(
    shown: Shown, spectrum: Spectrum, sites: tuple[int, ...] | None = None, geometry: Geometry | None = None
) -> Spectrum:
    """Return the same curve with where it comes from.

    Parameters
    ----------
    sites : where it isn't the sum of all shown
    geometry : where it is of another experiment than the one shown
    """
    structure, session = shown.structure, shown.session
    words = polarisation_text(shown) if geometry is None else geometry.describe()
    geometry = session.geometry if geometry is None else geometry
    sites = shown.sites if sites is None else sites
    facts = {
        **({} if shown.card is None else {"edge": shown.card.label}),
        "structure": structure.name or structure.formula,
        "formula": structure.formula,
        "structure_hash": structure.content_hash,
        "source": structure.source,
        **({"geometry_origin": structure.geometry_origin} if structure.geometry_origin else {}),
        **({"smiles": structure.typed_smiles or structure.smiles} if structure.smiles else {}),
        "network": "none" if is_computed(session.network) else session.network,
        **({} if is_computed(session.network) else network_facts(shown.card)),
        "sites": " ".join(str(i) for i in sites),
        "selection": selection_name(structure, sites),
        **_weights_facts(session, sites),
        **_computed_facts(shown, sites),
        **_warning_facts(shown, sites),
        **_band_facts(shown, spectrum),
        "polarisation": f"{geometry.name}: {words}",
        **geometry.header(),
        "weight_tensor": geometry.weight().text(),
        "drawn_as": drawn_as(shown.measured),
        **site_e0_facts(shown.drawn, sites),
        **drawing_facts(shown.drawn),
        **steps_facts(shown.drawn),
        **_whose_steps(shown),
        "made": datetime.now().astimezone().isoformat(timespec="seconds"),
    }
    if shown.gives == "directional":
        facts["drawn"] = "the tensor fitted to the network" if shown.answer is None else "the network's own answer"
    if session.orbit_tolerance_angstrom is not None:
        facts["predicted"] = "one site an orbit, turned to the others"
        facts["tolerance_angstrom"] = f"{session.orbit_tolerance_angstrom:g}"
    if session.broadening_fwhm_ev is not None:
        added = shown.card is not None and not shown.card.gaussian_fwhm_ev
        how = "added to the computed widths, FWHM" if added else "total FWHM"
        facts["broadening"] = f"Gaussian, {how} {session.broadening_fwhm_ev:g} eV"
    return replace(spectrum, provenance=facts)


def _weights_facts(session: Session, sites: tuple[int, ...]) -> dict[str, str]:
    """Weights of the sites in their sum, where they are not all 1."""
    weights = [session.weight_of(site) for site in sites]
    return {} if set(weights) <= {1.0} else {"site_weights": " ".join(exact(weight) for weight in weights)}


def site_e0_facts(look: Look | None, sites: tuple[int, ...]) -> dict[str, str]:
    """E0 of the sites, where the network gives it."""
    return {} if look is None else e0_facts(look.native.select(sites))


def drawing_facts(look: Look | None) -> dict[str, str]:
    """By how much a curve was moved as measured ones are, and which Gaussian width was added to it in squares."""
    if look is None:
        return {}
    look = look.unprocessed
    total, native = look.summed.native_fwhm_ev, look.native.native_fwhm_ev
    shift = 0.0 if look.measured is None or look.axis == "relative" else look.measured.shift_ev
    return {"shift_ev": exact(shift), "added_fwhm_ev": f"{max(total**2 - native**2, 0.0) ** 0.5:.6g}"}


def steps_facts(look: Look | None) -> dict[str, str]:
    """What steps did to a prediction, one fact a step."""
    display = None if look is None else look.display
    return {} if display is None or display.outcome.after is None else provenance_of(dict(display.outcome.after.facts))


def _whose_steps(shown: Shown) -> dict[str, str]:
    """Say where steps were done to a mean over atoms, of which the curve is the sum: heights in them are the mean's."""
    if not steps_facts(shown.drawn) or shown.is_normalised or shown.divisor == 1.0:
        return {}
    return {"steps_are_of": f"the mean over {shown.divisor:.10g} atoms, of which this is the sum"}


def _warning_facts(shown: Shown, sites: tuple[int, ...]) -> dict[str, str]:
    """Which of the sites are outside the training data or uncertain, and why."""
    verdicts = () if shown.prediction is None else shown.prediction.verdicts
    return warning_facts(verdict for verdict in verdicts if verdict.atom in sites)


def _band_facts(shown: Shown, spectrum: Spectrum) -> dict[str, str]:
    """What the band of a curve promises; nothing without a band."""
    if spectrum.band is None or shown.drawn is None:
        return {}
    return {"band": shown.drawn.band_words(shown.session.geometry.weight())}


def _computed_facts(shown: Shown, sites: tuple[int, ...]) -> dict[str, str]:
    """Which of the sites are computed, and how; nothing where none is."""
    found = [i for i in sites if i in shown.computed_sites]
    if not found:
        return {}
    element, engine = shown.card.element, engine_of(shown.card, shown.structure)
    offset = f"{shown.card.energy_offset_ev}"
    if engine is MOLECULES:
        offset = f"{ENERGY_OFFSET_EV[element]} (± {OFFSET_SPREAD_EV[element]})"
    return {
        "computed_sites": " ".join(map(str, found)),
        "computed_with": engine.method,
        "computed_energy_offset_ev": offset,
    }


def reference_facts(shown: Shown, placed: ShownReference) -> dict[str, str]:
    """What was done to a reference, so that its numbers lead back to its file."""
    reference = placed.reference
    facts = {**reference.facts, **({"source": reference.source} if reference.source else {})}
    if reference.angle_deg is not None:
        facts |= {"angle": f"{reference.angle_deg:g} °", "series": reference.series}
    if reference.structure_hash:
        facts.setdefault("structure_hash", reference.structure_hash)
    if placed.summed is not None:
        facts["sites"] = " ".join(map(str, placed.sites))
        geometry = shown.session.geometry
        facts["polarisation"] = f"{geometry.name}: {polarisation_text(shown)}"
        facts |= geometry.header() | {"weight_tensor": geometry.weight().text()}
        facts["drawn_as"] = drawn_as(None)
    if reference.statement:
        facts["processed"] = reference.statement
    if placed.summed is not None and placed.outcome is not None and placed.outcome.after is not None:
        facts |= provenance_of(dict(placed.outcome.after.facts))
    if placed.outcome is not None and placed.outcome.failed is not None:
        facts["step not done"] = f"{placed.outcome.failed + 1}: {placed.outcome.problem}"
    return facts
