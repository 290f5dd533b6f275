"""The shipped network that reads properties: complete card, known molecules, identities on the trained weights."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.cli.main import main
from xanesview.cli.networks import description
from xanesview.domain.processing.broadening import broaden_to
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.inference.predictor import load_predictor
from xanesview.inference.property_reader import DEFAULT_READER, PropertyReader, load_property_reader
from xanesview.io.examples import load_example
from xanesview.networks.card import read_bundle_info
from xanesview.networks.spectrum_properties.network import PROPERTIES


@pytest.fixture(scope="module")
def reader() -> PropertyReader:
    return load_property_reader(DEFAULT_READER)


def predicted(name: str) -> tuple[Spectrum, np.ndarray]:
    """The isotropic mean over the carbon atoms of an example, and its atomic numbers."""
    structure = load_example(name)
    tensor = load_predictor().predict(structure, structure.sites_of("C")).tensor
    curve = tensor.isotropic().mean(axis=0)
    return Spectrum(tensor.energy_ev, curve, kind="predicted", native_fwhm_ev=0.75), structure.numbers


def test_the_card_tells_how_well_each_property_was_tested(reader: PropertyReader):
    card = reader.card
    assert [p["key"] for p in card.raw["properties"]] == [p.key for p in PROPERTIES]
    assert set(card.metrics) == {"val", "test"}
    tested = card.metrics["test"]
    assert tested["variants"]["molecule"]["properties"]["gap_ev"]["r2"] > 0.6
    assert tested["variants"]["molecule"]["properties"]["u0_ev"]["r2"] < 0.5  # the spectrum alone can't tell
    assert tested["variants"]["molecule+composition"]["properties"]["gap_ev"]["r2"] > 0.75
    assert tested["from_predicted"]["molecule+composition"]["properties"]["gap_ev"]["r2"] > 0.75
    alone, read = tested["composition_only"], tested["variants"]["molecule+composition"]["properties"]
    assert all(read[key]["mae"] < alone[key]["mae"] for key in alone)
    assert len(card.raw["variants"][0]["cross_validation"]) == 18


def test_the_shelf_describes_it(reader: PropertyReader):
    text = description(read_bundle_info(reader.card.path))
    assert "properties of molecules from a spectrum, 0.0–15.9 eV from threshold" in text
    assert "mean R²" in text
    assert "4 × 443,440 parameters" in text


@pytest.mark.parametrize(("name", "gap", "u0"), [("benzene", 4.934, -429.45), ("phenylalanine", 3.6, None)])
def test_known_molecules(reader: PropertyReader, name: str, gap: float, u0: float | None):
    spectrum, numbers = predicted(name)
    values = {v.key: v for v in reader.read(spectrum, numbers=numbers).values}
    assert values["gap_ev"].value == pytest.approx(gap, abs=3 * values["gap_ev"].error)
    if u0 is not None:
        assert values["u0_ev"].error < 2.0
        assert values["u0_ev"].value == pytest.approx(u0, abs=3 * values["u0_ev"].error)
    assert not values["dipole_moment_debye"].usable


def test_shift_unit_and_width(reader: PropertyReader):
    spectrum, numbers = predicted("benzene")
    first = reader.read(spectrum, numbers=numbers)
    assert first.inside, first.reasons
    moved = reader.read(spectrum.shifted(5.3).scaled(1e6), numbers=numbers)
    np.testing.assert_allclose([v.value for v in moved.values], [v.value for v in first.values], rtol=1e-4)
    for width in (1.5, 2.0):
        broad = reader.read(broaden_to(spectrum, width), numbers=numbers)
        assert broad.inside, broad.reasons
        gap = {v.key: v.value for v in broad.values}["gap_ev"]
        assert gap == pytest.approx({v.key: v.value for v in first.values}["gap_ev"], abs=1.5)


def test_errors_are_those_of_molecules_of_the_same_kind(reader: PropertyReader):
    spectrum, _ = predicted("thiophene")
    plain = reader.read(spectrum, numbers=[6] * 4 + [1] * 4 + [8])
    sulfur = reader.read(spectrum, numbers=[6] * 4 + [1] * 4 + [16])
    energy = [next(v.error for v in r.values if v.key == "u0_ev") for r in (plain, sulfur)]
    assert energy[1] > 5 * energy[0]
    assert "of H, C, N, O, F" in plain.tested_on
    assert "with other atoms" in sulfur.tested_on


def test_a_spectrum_of_another_edge_is_refused(reader: PropertyReader):
    spectrum, numbers = predicted("benzene")
    iron = Spectrum(spectrum.energy_ev + 6830.0, spectrum.intensity, kind="measured")
    with pytest.raises(XanesviewError, match="begins at 71"):
        reader.read(iron, numbers=numbers)
    from_edge = Spectrum(spectrum.energy_ev - 290.0, spectrum.intensity, kind="predicted")
    assert reader.read(from_edge, numbers=numbers).threshold_ev < 0


def test_a_composition_without_carbon_is_refused(reader: PropertyReader):
    spectrum, _ = predicted("benzene")
    with pytest.raises(XanesviewError, match="no carbon") as told:
        reader.read(spectrum, numbers=[8, 1, 1])
    assert "spectrum alone" in told.value.hint


def test_the_command_refuses_it_too(tmp_path, capsys):
    assert main(["predict", "--smiles", "C=O", "--network", "c_k_edge_tensor", "--out", str(tmp_path / "a.csv")]) == 0
    capsys.readouterr()
    assert main(["properties", str(tmp_path / "a.csv"), "--composition", "H2O"]) == 1
    assert "no carbon" in capsys.readouterr().err
