"""Properties from made-up spectra, from the data file to the answer: trained, tested, read, refused, reported."""

from __future__ import annotations

import csv
import dataclasses
import json
import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch

from tests.library_blocks import record, write
from xanesview.cli.main import main
from xanesview.domain.processing.broadening import broaden_to
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.sticks import StickWidths, stick_tensor
from xanesview.errors import XanesviewError
from xanesview.inference.property_reader import PropertyReader
from xanesview.io.structures.registry import structure_from_smiles
from xanesview.networks.card import read_bundle_info
from xanesview.networks.spectrum_properties.network import PROPERTIES, property_scores, sums_over_atoms
from xanesview.paths import resource
from xanesview.training.ablation import ablate
from xanesview.training.configuration import read_config
from xanesview.training.data.properties_data import collect, folds_by_constitution, read_labelled
from xanesview.training.kinds import train
from xanesview.training.spectrum_properties.training import RECIPE
from xanesview.training.testing.evaluate import evaluate_bundle, metrics_table

SMILES = ("CC", "CCC", "CCCC", "CC(C)C", "CCO", "CO", "CCN", "CN", "COC", "CCF", "CF", "CCCO", "CC(C)O", "CCCN", "CNC",
          "CCCF")  # fmt: skip
KEYS = [p.key for p in PROPERTIES]
TINY = """
[network]
n_points = 160
neurons = 32
hidden_layers = 1
[training]
members = 2
epochs = 20
batch_structures = 8
learning_rate = 1e-2
patience = 100
folds = 2
search_epochs = 8
search_layers = [1]
search_neurons = [16, 32]
search_weight_decays = [1e-2]
average_decay = 0.9
threads = 1
[bundle]
name = "tiny_properties"
title = "made-up properties"
"""


def made_up(height: float) -> tuple[np.ndarray, np.ndarray]:
    """Sticks of a peak of a height over a continuum."""
    energy = np.concatenate([[292.0], np.arange(297.0, 330.0, 0.5)])
    strength = np.concatenate([[height], np.full(len(energy) - 1, 0.25)])
    dipole = np.zeros((len(energy), 3))
    dipole[:, 2] = np.sqrt(strength) * 0.1
    return energy, dipole


def properties(height: float, numbers: np.ndarray) -> dict[str, float]:
    """The gap is the peak's height, the polarisability a sum over atoms, the dipole moment nothing a spectrum tells."""
    atoms = 3.0 * np.count_nonzero(numbers == 1) + 11.0 * np.count_nonzero(numbers > 1)
    values = dict.fromkeys(KEYS, height + 0.01 * atoms) | {"gap_ev": height, "polarisability_bohr3": atoms}
    return values | {"dipole_moment_debye": (1e4 * height) % 97.0}


def write_data(path: Path, copies: int = 5) -> Path:
    """Write molecules whose heights vary; the columns of the properties in another order than the program's."""
    rng = np.random.default_rng(1)
    records, rows = [], []
    for number, smiles in enumerate(SMILES):
        structure = structure_from_smiles(smiles)
        for copy in range(copies):
            height = float(rng.uniform(0.5, 3.0))
            split = "val" if number % 8 == 6 else "test" if number % 8 == 7 else "train"
            found = record(structure, f"m{number}_{copy}", smiles)
            sticks = tuple(made_up(height) for _ in found.sites)
            records.append(dataclasses.replace(found, split=split, sticks=sticks))
            rows.append(properties(height, structure.numbers))
    write(path, records)
    names = sorted(KEYS)
    with h5py.File(path, "r+") as f:
        if "molecule/properties" in f:
            del f["molecule/properties"]
        f["molecule/properties"] = np.array([[row[n] for n in names] for row in rows])
        f["molecule/properties"].attrs["names"] = names
    return path


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("properties")


@pytest.fixture(scope="module")
def data(place: Path) -> Path:
    return write_data(place / "data.h5")


@pytest.fixture(scope="module")
def bundle(place: Path, data: Path) -> Path:
    (place / "tiny.toml").write_text(TINY)
    return train("properties", [data], place / "tiny.toml", place / "tiny")


@pytest.fixture(scope="module")
def reader(bundle: Path) -> PropertyReader:
    return PropertyReader(bundle)


def spectrum(data: Path, structure: int = 0, kind: str = "computed") -> Spectrum:
    """The isotropic spectrum of one of the molecules, at its native width."""
    dataset, _ = read_labelled([data])
    found = dataset.structures[structure]
    return Spectrum(dataset.energy_ev, found.isotropic[0], kind=kind, native_fwhm_ev=0.75)


def test_the_shipped_recipe_fits_the_window():
    config = read_config(None, RECIPE)
    assert config.network.window.after_ev == pytest.approx(15.9)
    assert config.training.widths_ev[:3] == (0.75, 1.2, 1.8)


def test_a_bundle_holds_four_networks_that_were_chosen_and_tested(bundle: Path):
    info = read_bundle_info(bundle)
    assert info.problem is None
    card = info.card
    assert (card.gives, card.element, card.raw["kind"]) == ("properties", "C", "spectrum-properties")
    names = [v["name"] for v in card.raw["variants"]]
    assert names == ["molecule", "molecule+composition", "site", "site+composition"]
    for variant in card.raw["variants"]:
        assert len(variant["cross_validation"]) == 2
        best = max(variant["cross_validation"], key=lambda row: row["r2"])
        assert variant["network"]["neurons"] == best["neurons"]
    tested = card.metrics["test"]["variants"]
    assert tested["molecule"]["properties"]["gap_ev"]["r2"] > 0.9
    assert tested["molecule"]["properties"]["dipole_moment_debye"]["r2"] < 0.5
    assert tested["molecule+composition"]["properties"]["polarisability_bohr3"]["r2"] > 0.95
    assert card.metrics["test"]["composition_only"]["polarisability_bohr3"]["mae"] < 1e-3
    assert set(card.metrics) == {"val", "test"}
    assert (bundle / "weights.safetensors").stat().st_size < 8_000_000


def test_a_training_goes_on_from_what_is_finished(bundle: Path, data: Path, place: Path):
    before = (bundle / "card.json").read_text()
    train("properties", [data], place / "tiny.toml", bundle)
    assert json.loads((bundle / "card.json").read_text())["metrics"] == json.loads(before)["metrics"]


def test_neither_shift_nor_unit_changes_the_answer(reader: PropertyReader, data: Path):
    plain = spectrum(data)
    values = [v.value for v in reader.read(plain).values]
    for other in (plain.shifted(3.7), plain.scaled(2e-5), plain.shifted(-11.0).scaled(700.0)):
        reading = reader.read(other)
        np.testing.assert_allclose([v.value for v in reading.values], values, rtol=1e-4)
        assert reading.inside


@pytest.mark.parametrize("width", [0.75, 1.2, 1.8])
def test_broadened_spectra_are_inside_the_domain(reader: PropertyReader, data: Path, width: float):
    plain = spectrum(data)
    reading = reader.read(broaden_to(plain, width), "molecule")
    assert reading.inside, reading.reasons
    gap = next(v for v in reading.values if v.key == "gap_ev")
    assert gap.usable
    assert gap.value == pytest.approx(_height(data), abs=5 * gap.error + 0.05)


def _height(data: Path) -> float:
    with h5py.File(data) as f:
        column = list(f["molecule/properties"].attrs["names"]).index("gap_ev")
        return float(f["molecule/properties"][0, column])


def test_what_it_can_t_read_is_refused_in_a_sentence(reader: PropertyReader, data: Path):
    plain = spectrum(data)
    with pytest.raises(XanesviewError, match=r"ends 8\.\d eV above its threshold; 15\.9 eV are needed") as refused:
        reader.read(plain.windowed(276.0, 293.0))
    assert "reaches further" in refused.value.hint
    with pytest.raises(XanesviewError, match=r"begins at 286\.0 eV above its threshold"):
        reader.read(plain.windowed(286.0, 309.0))


def test_strange_spectra_and_compositions_are_outside(reader: PropertyReader, data: Path):
    plain = spectrum(data)
    rough = plain.replace(
        intensity=plain.intensity * (1 + 0.5 * np.sin(4.0 * plain.energy_ev)) + 1e-9,
    )
    reading = reader.read(rough)
    assert not reading.inside
    assert "unlike the mean spectra of molecules in the training data" in reading.reasons[0]
    large = reader.read(plain, "molecule", [6] * 40 + [1] * 4)
    assert "40 C atoms; at most 3 in the training data" in large.reasons
    metal = reader.read(plain, "molecule", [6, 6, 1, 1, 26])
    assert any("Fe: in few or no training molecules" in reason for reason in metal.reasons)


def test_a_sharp_measured_spectrum_is_broadened_to_what_was_learnt(reader: PropertyReader, data: Path):
    energy, dipole = made_up(_height(data))
    grid = np.arange(276.0, 309.0, 0.1)
    sharp = stick_tensor(grid, energy, dipole, 297.0, -6.77, StickWidths(0.35, 4.0, 15.0, 0.0))[:3].mean(axis=0)
    as_measured = reader.read(Spectrum(grid, sharp, kind="measured"))
    as_computed = reader.read(Spectrum(grid, sharp, kind="computed"))
    assert as_measured.extra_fwhm_ev > 0.5
    assert as_computed.extra_fwhm_ev == 0.0
    assert not as_computed.inside
    assert reader.read(spectrum(data, kind="measured")).extra_fwhm_ev < as_measured.extra_fwhm_ev


def test_only_networks_that_read_properties_are_taken():
    from xanesview.networks.card import find_bundle

    with pytest.raises(XanesviewError, match="gives tensor spectra, not properties"):
        PropertyReader(find_bundle("c_k_edge_tensor"))


def test_no_constitution_is_in_two_folds(data: Path):
    dataset, table = read_labelled([data])
    window = dataclasses.replace(RECIPE.network, n_points=160).window
    samples = collect(dataset.structures, dataset.energy_ev, table, KEYS, "site", window, (1.1774,))
    folds = folds_by_constitution(dataset.structures, samples.owner, 4, seed=3)
    where = {}
    for owner, fold in zip(samples.owner, folds, strict=True):
        where.setdefault(dataset.structures[owner].smiles, set()).add(int(fold))
    assert all(len(found) == 1 for found in where.values())
    assert set(folds.tolist()) == {0, 1, 2, 3}
    assert samples.n_left_out == 0
    assert samples.vectors.mean(axis=2) == pytest.approx(1.0, abs=1e-4)


def test_data_without_properties_are_refused(tmp_path: Path, data: Path):
    bare = tmp_path / "bare.h5"
    shutil.copy(data, bare)
    with h5py.File(bare, "r+") as f:
        del f["molecule/properties"]
    with pytest.raises(XanesviewError, match="holds no properties of its molecules"):
        read_labelled([bare])


def test_unknown_values_do_not_count():
    true = torch.tensor([[1.0, 5.0], [2.0, float("nan")], [3.0, 7.0]])
    scores = property_scores(("a", "b"), torch.tensor([[1.0, 5.0], [2.0, 0.0], [3.0, 7.0]]), true)
    assert [(s.r2, s.mae) for s in scores] == [(1.0, 0.0), (1.0, 0.0)]


def test_what_an_atom_adds_is_not_spoilt_by_a_few_strange_molecules():
    rng = np.random.default_rng(0)
    counts = rng.integers(0, 9, (80, 6)).astype(float)
    values = counts @ np.array([[1.0], [-5.0], [2.0], [3.0], [4.0], [0.0]]) + 7.0
    values[:6] += 300.0
    found = sums_over_atoms(counts, values)
    assert found[:, 0] == pytest.approx([1.0, -5.0, 2.0, 3.0, 4.0, 0.0, 7.0], abs=0.1)


def test_the_report_holds_a_table_and_parity_plots(bundle: Path, data: Path, tmp_path: Path, capsys):
    out = tmp_path / "report"
    assert main(["evaluate", str(bundle), "--data", str(data), "--report", str(out)]) == 0
    told = capsys.readouterr().out
    assert "R² (MAE)" in told
    assert "composition alone, linear" in told
    rows = list(csv.DictReader((out / "properties.csv").open(encoding="utf-8")))
    computed = [r for r in rows if r["spectra"] == "computed"]
    assert len(computed) == 4 * len(KEYS)
    assert {r["network"] for r in computed} == {"molecule", "molecule+composition", "site", "site+composition"}
    for name in ("molecule", "molecule_composition", "site", "site_composition"):
        assert (out / f"parity_{name}.pdf").read_bytes().startswith(b"%PDF")
        assert (out / f"parity_{name}.png").read_bytes().startswith(b"\x89PNG")
    measured = evaluate_bundle(bundle, [data], "val")
    assert "computed spectra" in metrics_table(measured)


def test_variants_are_compared_by_what_they_read(data: Path, place: Path):
    (place / "fast.toml").write_text(TINY.replace("epochs = 20", "epochs = 2").replace("members = 2", "members = 1"))
    table = ablate("properties", [data], place / "fast.toml", place / "ablation", 0.0, ["no hidden layer"])
    header, row = table.splitlines()
    assert header.split() == ["variant", "r2_molecule", "r2_molecule+composition", "r2_site", "r2_site+composition"]
    assert row.startswith("no hidden layer")
    assert all(float(cell) <= 1.0 for cell in row.removeprefix("no hidden layer").split())


def test_the_command_line_reads_a_measured_file(bundle: Path, data: Path, tmp_path: Path, capsys):
    plain = spectrum(data)
    path, out = tmp_path / "film.dat", tmp_path / "film.json"
    path.write_text("\n".join(f"{e:.3f}\t{1e5 * c:.3f}" for e, c in zip(plain.energy_ev, plain.intensity, strict=True)))
    assert main(["properties", str(path), "--reader", str(bundle), "--composition", "C2H6", "--json", str(out)]) == 0
    told = capsys.readouterr()
    assert "HOMO–LUMO gap" in told.out
    assert "composition known" in told.out
    assert "not to be used" in told.out
    assert "isotropic spectra" in told.err
    found = json.loads(out.read_text())
    assert [v["key"] for v in found["values"]] == KEYS
    assert found["variant"] == "molecule+composition"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "Nothing to read was given"),
        (["--smiles", "CC", "--composition", "C2Q"], "is no formula"),
        (["--smiles", "CC", "--composition", "C2", "--without-composition"], "exclude each other"),
    ],
)
def test_the_command_line_refuses_what_makes_no_sense(words: list[str], message: str, capsys):
    assert main(["properties", *words]) == 2
    assert message in capsys.readouterr().err


def test_data_of_which_no_property_is_known_are_not_measured(capsys):
    """The newest block of our library holds none."""
    assert main(["evaluate", "c_k_edge_properties", "--data", str(resource("reference/c_k_0007.h5"))]) == 1
    assert "No property" in capsys.readouterr().err
