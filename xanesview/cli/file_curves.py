"""The curves of files: predictions, tensor references, measured columns, and structures to be predicted."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np

from xanesview import api
from xanesview.cli.arguments import frame_asked
from xanesview.cli.energies import OF_FITTED, answers_itself, telling_of_axis
from xanesview.cli.fitting import network_for
from xanesview.cli.measured import measured_spectra
from xanesview.cli.sites import asked_geometry, asked_indices, names_polarisation
from xanesview.cli.telling import tell_notice, tell_of_network
from xanesview.domain.absorption import COMPONENTS, AbsorptionTensor
from xanesview.domain.comparison import best_scale
from xanesview.domain.geometry.directions import parse_direction
from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.geometry.kinds import geometry_from_header
from xanesview.domain.processing.as_measured import AsMeasured
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import UsageError, XanesviewError
from xanesview.io.recognition import kind_of_file
from xanesview.io.spectra.axis_header import MEAN_E0_KEY, axis_facts, axis_of, e0_of
from xanesview.io.spectra.curves import exported_curves
from xanesview.io.spectra.registry import PREDICTIONS, TENSORS, spectrum_format
from xanesview.io.spectra.tables import PredictionTable, read_prediction_csv
from xanesview.io.spectra.tensor_file import read_tensor
from xanesview.io.structures.registry import read_structure
from xanesview.io.text_file import check_is_file
from xanesview.networks.card import look_up
from xanesview.networks.identity import changed_networks
from xanesview.shown.names import drawn_as
from xanesview.shown.spectra import spectrum_of
from xanesview.shown.tensors import check_width, constant, look_at, measured_look


def check_used(arguments: argparse.Namespace) -> None:
    """Refuse options for structures and predictions where no file is one: nothing would come of them.

    Raises
    ------
    UsageError
    """
    structures = {"--network": arguments.network, "--edge": arguments.edge, "--frame": arguments.frame}
    predictions = {
        "--fwhm": arguments.fwhm is not None,
        "--as measured": arguments.drawn_as == "measured",
        "--sites": arguments.sites.strip().lower() != "sum",
        "The polarisation": names_polarisation(arguments),
    }
    given = [name for name, there in {**structures, **predictions}.items() if there]
    if not given:
        return
    made = {_made_of(Path(name)) for name in arguments.file}
    if "structure" in made:
        return
    needless = [name for name in given if name in structures or "prediction" not in made]
    if needless:
        what = "structures" if "prediction" in made else "structures and predictions"
        raise UsageError(f"{needless[0]} belongs to {what}, and none is given.", "Leave it out, or name a structure.")


def _made_of(path: Path) -> str:
    """Return whether a file is a structure, a prediction, or curves as they are."""
    check_is_file(path)
    if spectrum_format(path) in (TENSORS, PREDICTIONS):
        return "prediction"
    return "structure" if kind_of_file(path) == "structure" else "curves"


def check_shown(spectra: Sequence[Spectrum], shown: tuple[float, float] | None) -> None:
    """Refuse a range of energies in which no curve has a point.

    Raises
    ------
    XanesviewError
    """
    if shown is None or any(((one.energy_ev >= shown[0]) & (one.energy_ev <= shown[1])).any() for one in spectra):
        return
    low, high = min(one.energy_ev[0] for one in spectra), max(one.energy_ev[-1] for one in spectra)
    message = f"No curve has a point between {shown[0]:g} and {shown[1]:g} eV."
    raise XanesviewError(message, f"They reach from {low:.1f} to {high:.1f} eV.")


def curves_of(path: Path, arguments: argparse.Namespace) -> list[Spectrum]:
    """Return the curves of one file: the sum or the sites of a prediction, or the spectrum of a measurement."""
    check_is_file(path)
    kind = spectrum_format(path)
    if kind is TENSORS:
        found = read_tensor(path)
        _tell_changed(path, found.attributes)
        measured = _measured(path, found.attributes, arguments)
        return _of_tensor(path, found.tensor, found.attributes, arguments, measured)
    if kind is PREDICTIONS:
        table = read_prediction_csv(path)
        _tell_changed(path, table.header)
        tensor, measured = _tensor(table), _measured(path, table.header, arguments)
        if tensor is not None:
            return _of_tensor(path, tensor, table.header, arguments, measured)
        return _of_table(path, table, arguments, measured)
    if kind_of_file(path) == "structure":
        return _of_structure(path, arguments)
    spectra = measured_spectra(path, arguments)
    _tell_changed(path, spectra[0].provenance)
    return spectra


def exported_curves_of(path: Path, arguments: argparse.Namespace) -> list[Spectrum] | None:
    """Return the curves of a file that the window exported, as they were, or None for any other file."""
    check_is_file(path)
    spectra = exported_curves(path)
    if spectra is None:
        return None
    if names_polarisation(arguments):
        raise XanesviewError(
            f"{path.name} holds curves of one polarisation each, which can't be changed.",
            "Leave the polarisation out, or predict the structure again.",
        )
    for spectrum in spectra:
        _tell_changed(path, spectrum.provenance)
    return spectra


def _tell_changed(path: Path, header: Mapping[str, str]) -> None:
    for sentence in changed_networks(header):
        tell_notice(f"{path.name}: {sentence}")


def _of_structure(path: Path, arguments: argparse.Namespace) -> list[Spectrum]:
    """Return what each of the networks that are asked for predicts of a structure."""
    structure = read_structure(path, frame_asked(arguments))
    geometry = asked_geometry(arguments, structure.surface_normal)
    networks = arguments.network or [network_for(structure, arguments)]
    spectra = []
    for name in networks:
        if arguments.network:
            tell_of_network(name)
        predicted = api.predict_with(api.predictor_of(name), structure)
        prediction, own = predicted.prediction, answers_itself(predicted.predictor.card)
        for notice in prediction.notices:
            if not own or notice.kind not in OF_FITTED:
                tell_notice(f"{prediction.network}: {notice.message}", notice.hint)
        measured = measured_look(predicted.predictor.card) if arguments.drawn_as == "measured" else None
        tensor = predicted.look(geometry).native
        header = {
            "title": f"{structure.name or path.stem}, {prediction.network}" if len(networks) > 1 else structure.name,
            "structure": structure.name or structure.formula,
            "structure_hash": structure.content_hash,
            **({"geometry_origin": structure.geometry_origin} if structure.geometry_origin else {}),
            "network": prediction.network,
            **axis_facts(tensor),
            **geometry.header(),
        }
        try:
            spectra += _of_tensor(path, tensor, header, arguments, measured)
        except XanesviewError as error:
            if len(networks) == 1:
                raise
            raise XanesviewError(f"{prediction.network}: {error.message}", error.hint) from error
    return spectra


def _measured(path: Path, header: Mapping[str, str], arguments: argparse.Namespace) -> AsMeasured | None:
    """Return how a file's curves are drawn as measured: as the card of its network says; None for as they are."""
    if arguments.drawn_as == "computed" or header.get("drawn_as", "").startswith("measured"):
        return None
    info = look_up(header["network"]) if header.get("network") else None
    if info is None or info.card is None or info.card.as_measured is None:
        tell_notice(f"{path.name} is drawn as computed: it names no network that was fitted to measured spectra.")
        return None
    return info.card.as_measured


def _of_table(
    path: Path, table: PredictionTable, arguments: argparse.Namespace, measured: AsMeasured | None
) -> list[Spectrum]:
    """Return curves of spectra that were predicted for one polarisation."""
    if not _same_weight(_geometry(table.header, arguments), geometry_from_header(table.header)):
        raise XanesviewError(
            f"{path.name} holds spectra of one polarisation ({table.header.get('polarisation', 'powder')}), "
            "which can't be changed.",
            "Predict with --tensor, or as HDF5, to choose the polarisation when plotting.",
        )
    title = f"{_name(path, table.header)}, {table.header.get('polarisation', '')}".rstrip(", ")
    facts = {"label": title, "unit": table.header.get("intensity_unit", "arb. u."), "provenance": table.header}
    width = table.native_fwhm_ev
    chosen = _chosen(arguments.sites, table.sites, path)
    names = ["sum"] if chosen is None else [f"site_{site}" for site in chosen]
    if chosen is None and "sum" not in table.columns:
        raise XanesviewError(f"{path.name} has no column sum.", "Give --sites all.")
    if chosen is None:
        facts["unit"] = table.header.get("intensity_unit_of_sum", facts["unit"])
    axis = axis_of(table.header)
    if arguments.axis not in (None, axis) or arguments.fwhm is not None or measured is not None:
        unit = table.header.get("intensity_unit", facts["unit"])
        return _of_tensor(path, _of_one_polarisation(table, unit, width), table.header, arguments, measured)
    e0 = e0_of(table.header, table.sites)
    provenance = {**table.header, **({} if e0 is None else {MEAN_E0_KEY: f"{e0.mean():.4f}"})}
    return [
        Spectrum(table.energy_ev, table.columns[name], facts["unit"], _label(title, name), "predicted", width,
                 provenance=provenance, axis=axis)
        for name in names
    ]  # fmt: skip


def _of_one_polarisation(table: PredictionTable, unit: str, width: float) -> AbsorptionTensor:
    """Return the spectra of a table as tensors that give them along every direction, so that each site can move."""
    spectra = np.array([table.columns[f"site_{site}"] for site in table.sites])
    zeros = np.zeros((len(spectra), 6, spectra.shape[1]))
    tensor = AbsorptionTensor(
        table.energy_ev, zeros, np.array(table.sites), unit, table.header.get("edge", ""), width,
        ip_ev=e0_of(table.header, table.sites), axis=axis_of(table.header),
    )  # fmt: skip
    return constant(tensor, spectra)


def _of_tensor(
    path: Path,
    tensor: AbsorptionTensor,
    header: Mapping[str, str],
    arguments: argparse.Namespace,
    measured: AsMeasured | None = None,
) -> list[Spectrum]:
    """Return curves of tensors, contracted with the polarisation that is asked for, else that of the file."""
    geometry = _geometry(header, arguments)
    chosen = _chosen(arguments.sites, tensor.sites.tolist(), path)
    sites = tuple(tensor.sites.tolist() if chosen is None else chosen)
    fwhm_ev = arguments.fwhm
    check_width(tensor, fwhm_ev)
    look = look_at(tensor, sites, (1.0,) * len(sites), arguments.axis, fwhm_ev, measured)
    with telling_of_axis(tensor):
        if look.problem is not None:
            raise look.problem
    kind = "computed" if "method" in header else "predicted"
    title = f"{_name(path, header)}, {geometry.describe()}"
    facts = {**header, "polarisation": geometry.describe()}
    if measured is not None:
        title, facts["drawn_as"] = f"{title}, as measured", drawn_as(measured)
    if look.e0_ev is not None:
        facts[MEAN_E0_KEY] = f"{look.e0_ev:.4f}"
    weight = geometry.weight()
    spectra = look.spectra(weight)
    drawn = [("sum", spectra.total)] if chosen is None else [(f"site_{s}", r) for s, r in zip(sites, spectra.each)]
    band = look.band(weight) if chosen is None else None
    return [
        spectrum_of(look.summed, row, _label(title, name), band, kind).replace(provenance=facts) for name, row in drawn
    ]


def _geometry(header: Mapping[str, str], arguments: argparse.Namespace) -> Geometry:
    """Return the polarisation that is asked for, else the one the file was predicted with, else powder."""
    if not names_polarisation(arguments):
        return geometry_from_header(header)
    return asked_geometry(arguments, parse_direction(header["surface_normal"]) if "surface_normal" in header else None)


def _same_weight(first: Geometry, second: Geometry) -> bool:
    """Tell whether two geometries weigh the tensor alike: ε and −ε do."""
    return bool(np.allclose(first.weight().matrix, second.weight().matrix, atol=1e-6))


def _tensor(table: PredictionTable) -> AbsorptionTensor | None:
    """Return the tensors of a table that was written with --tensor, else None."""
    sites = table.sites
    names = [[f"site_{site}_{component}" for component in COMPONENTS] for site in sites]
    if not sites or not all(name in table.columns for row in names for name in row):
        return None
    return AbsorptionTensor(
        energy_ev=table.energy_ev,
        components=np.array([[table.columns[name] for name in row] for row in names]),
        sites=np.array(sites),
        unit=table.header.get("intensity_unit", "arb. u."),
        edge=table.header.get("edge", ""),
        native_fwhm_ev=table.native_fwhm_ev,
        ip_ev=e0_of(table.header, sites),
        axis=axis_of(table.header),
    )


def _chosen(text: str, available: list[int], path: Path) -> list[int] | None:
    """Return the sites to draw one by one, or None for their sum."""
    if text.strip().lower() == "sum":
        return None
    asked = asked_indices(text)
    if isinstance(asked, str):
        return available
    missing = [site for site in asked if site not in available]
    if missing:
        raise XanesviewError(
            f"{path.name} has no spectrum of atom {missing[0]}.",
            "It has those of " + ", ".join(str(site) for site in available[:20]) + ".",
        )
    return asked


def on_one_axis(spectra: list[Spectrum], axis: str | None) -> list[Spectrum]:
    """Move curves without sites of their own, as measurements are, by the mean E0 of the first prediction."""
    wanted = axis or next((s.axis for s in spectra if s.kind != "measured"), spectra[0].axis if spectra else "absolute")
    known = [s.provenance[MEAN_E0_KEY] for s in spectra if MEAN_E0_KEY in s.provenance]
    moved = []
    for spectrum in spectra:
        own = spectrum.provenance.get(MEAN_E0_KEY, known[0] if known else None)
        if spectrum.axis != wanted and own is not None:
            tell_notice(f"{spectrum.label} was moved by an E0 of {float(own):.2f} eV.")
        moved.append(spectrum.on_axis(wanted, None if own is None else float(own)))
    return moved


def on_one_scale(spectra: list[Spectrum], as_they_are: Collection[int] = ()) -> list[Spectrum]:
    """Scale measured spectra, whose unit is arbitrary, to the first calculated one, and say so in the label.

    Predictions in another unit than the first are scaled likewise: networks differ in what they were trained on.
    `as_they_are` are the places of curves that stay: exported ones were scaled, or left unscaled, by their user.
    """
    leading = next((spectrum for spectrum in spectra if spectrum.kind != "measured"), None)
    if leading is None:
        return spectra
    scaled = []
    for place, spectrum in enumerate(spectra):
        if place in as_they_are or (spectrum.kind != "measured" and spectrum.unit == leading.unit):
            scaled.append(spectrum)
            continue
        try:
            factor = best_scale(spectrum, leading)
        except XanesviewError as error:
            tell_notice(f"{spectrum.label} was not scaled: {error.message}")
            scaled.append(spectrum)
            continue
        tell_notice(f"{spectrum.label} was multiplied by {factor:.4g} to compare with {leading.label}.")
        facts = {**spectrum.provenance, "scale": f"{factor:.6g}"}
        scaled.append(spectrum.scaled(factor).replace(label=f"{spectrum.label} (scaled)", provenance=facts))
    return scaled


def _name(path: Path, header: Mapping[str, str]) -> str:
    """Return what to call a file's curves: a reference's title, a prediction's structure, else the file's name."""
    return header.get("title") or header.get("structure") or path.stem


def _label(title: str, name: str) -> str:
    return title if name == "sum" else f"{title}, {name.replace('_', ' ')}"
