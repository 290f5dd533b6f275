"""Measures, quality files, reports and comparison tables of networks whose errors are known beforehand."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.unit.training.absorption_tensor.test_training import write_data
from xanesview.cli.main import main
from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.quality import PLACES, RANKINGS, place_of, with_noise
from xanesview.domain.sticks import FORMER_WIDTHS, MEASURE_WIDTHS, NATIVE_WIDTHS
from xanesview.errors import XanesviewError
from xanesview.inference.domain_check import SiteVerdict
from xanesview.inference.loaded_network import Prediction
from xanesview.io.spectra.quality_file import read_quality, save_quality
from xanesview.io.structures.embedding import structure_from_smiles
from xanesview.networks.card import Card, find_bundle
from xanesview.training.data.dataset import read_datasets
from xanesview.training.data.measured_window import measure_grid
from xanesview.training.testing import bundle_measures, evaluate, network_comparison
from xanesview.training.testing.evaluate import measures, metrics_table, site_depths
from xanesview.training.testing.metrics import curve_errors, direction_weights
from xanesview.training.testing.quality import LARGEST_BYTES, keep_quality, quality_of
from xanesview.training.testing.report import write_report
from xanesview.training.testing.split_comparison import compare_split, on_grid, splits_of, within

SCALE = 0.002
RELATIVE = np.linspace(-10.0, 10.0, 101)
SIZES = {"elements": [1, 6, 8], "basis_centres_ev": [285.0], "basis_sigma_ev": [1.0]}


def card(gives: str = "tensor", axis: str = "absolute") -> Card:
    grid = measure_grid() if axis == "absolute" else RELATIVE
    return Card(
        name=f"known-{gives}", title="known errors", kind="tensor", gives=gives, element="C", edge="K",
        energy_ev=grid, unit="hartree bohr²/eV", native_fwhm_ev=FORMER_WIDTHS.fwhm_ev, elements=("C", "O", "H"),
        licence="BSD-3-Clause", path=Path("known"), intensity_scale=SCALE, axis=axis, raw={"network": SIZES},
    )  # fmt: skip


class KnownPredictor:
    """Answers with the reference plus an error along every direction that the test chose."""

    device = "CPU"

    def __init__(self, data: Path, gives: str = "tensor", axis: str = "absolute", error=lambda energy: 0.0) -> None:
        self.card = card(gives, axis)
        self.error = error
        dataset = read_datasets([data], self.card.energy_ev, axis=axis, widths=self.card.stick_widths)
        self.known = {m.name: m for m in dataset.structures}

    def predict(self, structure, sites, **_ignored) -> Prediction:
        labelled = self.known[structure.name]
        components = labelled.tensors.astype(float)
        components[:, :3] += SCALE * self.error(self.card.energy_ev)
        if self.card.gives == "isotropic":
            mean = components[:, :3].mean(1, keepdims=True)
            components = np.concatenate([np.repeat(mean, 3, 1), np.zeros_like(components[:, 3:])], 1)
        tensor = AbsorptionTensor(
            self.card.energy_ev, components, np.array(sites), self.card.unit, "C K", 1.18,
            ip_ev=labelled.e0_ev + 0.5, axis=self.card.axis,
        )  # fmt: skip
        return Prediction(tensor, tuple(SiteVerdict(int(s), True) for s in sites), 0.0, "CPU", self.card.name)

    def along_directions(self, structure, sites, directions) -> np.ndarray:
        """A network that takes the direction: the reference and one more unit of error than its fitted tensor."""
        components = self.predict(structure, sites).tensor.components.copy()
        components[:, :3] += SCALE
        return np.einsum("dc,sce->dse", direction_weights(np.asarray(directions)), components)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_data(tmp_path / "data.h5")


def noise(variance: float):
    """White noise of an exactly known mean square on the grid."""
    return lambda energy: with_noise(np.zeros_like(energy), variance, seed=3)


# ---- measures ----


@pytest.mark.parametrize("gives", ["tensor", "isotropic", "directional"])
def test_a_perfect_network_has_no_error(data: Path, gives: str) -> None:
    found = measures(compare_split(KnownPredictor(data, gives), [data], "test", direct=False))
    for key in ("isotropic_mse", "isotropic_gradient_mse", "isotropic_curvature_mse", "peak_position_error_ev"):
        assert found[key] == pytest.approx(0.0, abs=1e-8)
    assert found["n_sites"] == 6
    assert found["ip_mae_ev"] == pytest.approx(0.5)
    assert ("mse_mean" in found) is (gives != "isotropic")
    assert found.get("mse_mean", 0.0) == pytest.approx(0.0, abs=1e-8)


@pytest.mark.parametrize("variance", [0.01, 0.3])
def test_noise_of_a_known_variance_is_what_is_measured(data: Path, variance: float) -> None:
    found = measures(compare_split(KnownPredictor(data, error=noise(variance)), [data], "test"))
    assert found["mse_mean"] == pytest.approx(variance, rel=1e-3)
    assert found["isotropic_mse_median"] == pytest.approx(variance, rel=1e-3)
    assert found["dichroism_mse"] == pytest.approx(0.0, abs=1e-8)


@pytest.mark.parametrize("gives", ["tensor", "isotropic"])
def test_errors_below_and_above_e0_are_told_apart(data: Path, gives: str) -> None:
    lowest = min(m.e0_ev.min() for m in read_datasets([data]).subset("test"))
    predictor = KnownPredictor(data, gives, error=lambda energy: 0.2 * (energy < lowest))
    raised = measures(compare_split(predictor, [data], "test"))
    assert raised["isotropic_mse_above_e0"] == pytest.approx(0.0, abs=1e-8)
    assert raised["isotropic_mse_below_e0"] > raised["isotropic_mse"] > 1e-3
    assert ("mse_below_e0" in raised) is (gives == "tensor")


def test_gradient_and_curvature_are_per_ev_whatever_the_grid() -> None:
    for points in (2001, 4001):
        energy = np.linspace(0.0, 20.0 * np.pi, points)
        errors = curve_errors(np.sin(2.0 * energy), energy)
        assert [errors[k] for k in RANKINGS] == pytest.approx([0.5, 2.0, 8.0], rel=5e-3)


def test_a_network_that_takes_the_direction_is_asked_along_it_and_its_fit_told_beside(data: Path) -> None:
    found = measures(compare_split(KnownPredictor(data, "directional"), [data], "test"))
    assert found["mse_mean"] == pytest.approx(1.0, rel=1e-4)
    assert found["fitted_mse_mean"] == pytest.approx(0.0, abs=1e-8)


@pytest.mark.parametrize("gives", ["tensor", "directional"])
def test_a_window_of_energies_leaves_errors_beyond_it_out(data: Path, gives: str) -> None:
    predictor = KnownPredictor(data, gives, error=lambda energy: np.where(energy < 290.0, 3.0, 0.0))
    comparison = compare_split(predictor, [data], "test", direct=False)
    assert measures(comparison)["isotropic_mse"] > 1.0
    found = measures(within(comparison, 290.0, 300.0))
    assert (found["mse_mean"], found["peak_position_error_ev"]) == pytest.approx((0.0, 0.0), abs=1e-8)
    assert found["n_sites"] == 6
    with pytest.raises(XanesviewError, match="there are 0 of the energies compared"):
        within(comparison, 400.0, 500.0)


@pytest.mark.parametrize(
    ("words", "part"),
    [(["--energy", "300:290"], "is empty"), (["--energy", "290"], "no range"),
     (["--energy", "280:290", "--quality"], "keeps whole"), (["--energy", "280:290", "--symmetry"], "no split")],
)  # fmt: skip
def test_a_window_that_makes_no_sense_is_told(data: Path, capsys, words: list[str], part: str) -> None:
    assert main(["evaluate", "c_k_edge_xanesnet", "--data", str(data), *words]) == 2
    assert part in capsys.readouterr().err


def test_relative_axis_leaves_the_error_of_e0_out_and_tells_it(data: Path) -> None:
    found = measures(compare_split(KnownPredictor(data, "isotropic", "relative"), [data], "test"))
    assert (found["axis"], found["isotropic_mse"]) == ("relative", pytest.approx(0.0, abs=1e-8))
    assert found["e0_mae_ev"] == pytest.approx(0.5)
    assert "e0_mae_ev" in metrics_table(found)


def test_sites_without_a_polarised_reference_count_in_isotropic_measures_alone(data: Path) -> None:
    comparison = compare_split(KnownPredictor(data, error=noise(0.3)), [data], "test")
    half = replace(comparison, polarised=np.arange(6) < 3)
    found = measures(half)
    assert (found["n_sites"], found["mse_mean"]) == (6, pytest.approx(0.3, rel=1e-3))
    none = measures(replace(comparison, polarised=np.zeros(6, bool)))
    assert "mse_mean" not in none
    assert none["isotropic_mse"] == pytest.approx(0.3, rel=1e-3)
    assert quality_of(half).exemplars[-1].direction is None or quality_of(half).exemplars[0].direction is None


def test_a_report_of_a_single_site(data: Path, tmp_path: Path) -> None:
    comparison = compare_split(KnownPredictor(data), [data], "test")
    one = {
        name: getattr(comparison, name)[:1]
        for name in ("structures", "predicted", "reference", "directions", "predicted_e0_ev", "reference_e0_ev",
                     "verdicts", "polarised")
    }  # fmt: skip
    single = replace(comparison, **one)
    page = write_report(tmp_path / "one", single, measures(single)).read_text(encoding="utf-8")
    assert "<p>1 site. Mean square errors" in page
    assert read_quality(keep_quality(tmp_path, single)).n_sites == 1


def test_data_of_another_element_are_refused_whatever_their_axis(data: Path) -> None:
    predictor = KnownPredictor(data)
    for axis in ("absolute", "relative"):
        predictor.card = replace(predictor.card, element="Fe", axis=axis)
        with pytest.raises(XanesviewError, match=r"data\.h5 holds spectra of C"):
            compare_split(predictor, [data], "test")


def test_unknown_split_names_those_there_are(data: Path) -> None:
    with pytest.raises(XanesviewError, match="no split 'holdout'") as error:
        compare_split(KnownPredictor(data), [data], "holdout")
    assert "test, train, val" in error.value.hint
    assert splits_of("c_k_edge_tensor", [data]) == ["test", "train", "val"]


def test_depth_of_slab_sites(data: Path) -> None:
    labelled = read_datasets([data], measure_grid()).structures[0]
    assert site_depths(labelled) == ["bulk"]
    heights = np.array([0.5, 2.0, 5.0, 9.5])
    slab = replace(
        labelled, numbers=np.full(4, 26), positions_angstrom=np.stack([heights * 0, heights * 0, heights + 10], 1),
        cell_angstrom=np.diag([3.0, 3.0, 40.0]), pbc=np.array([True, True, False]), sites=np.arange(4),
    )  # fmt: skip
    assert site_depths(slab) == ["slab, 0–1 Å", "slab, 1–3 Å", "slab, deeper than 3 Å", "slab, 0–1 Å"]


def test_curves_go_on_flat_beyond_their_grid() -> None:
    values = on_grid(np.array([[1.0, 2.0, 4.0]]), np.array([0.0, 1.0, 2.0]), np.array([-1.0, 0.5, 2.0, 3.0]))
    assert values.tolist() == [[1.0, 1.5, 4.0, 4.0]]


class Ensemble(KnownPredictor):
    """Two members that differ by a tenth of what they err."""

    def predict(self, structure, sites, **_ignored) -> Prediction:
        result = super().predict(structure, sites)
        away = np.zeros_like(result.tensor.components)
        away[:, :3] = 0.01 * SCALE
        members = np.stack([result.tensor.components + away, result.tensor.components - away])
        return replace(result, tensor=replace(result.tensor, members=members))


def test_a_finished_bundle_is_tested_and_its_bands_calibrated(data: Path, tmp_path: Path, monkeypatch) -> None:
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "card.json").write_text(json.dumps({"gives": "tensor", "metrics": {"other": 1}}))
    predictor = Ensemble(data, error=noise(0.01))
    monkeypatch.setattr(bundle_measures, "load_predictor", lambda path: predictor)
    monkeypatch.setattr(bundle_measures, "splits_of", lambda path, files: splits_in(files))
    monkeypatch.setattr(bundle_measures, "fitting_examples", lambda card: [])  # it knows these data only
    bundle_measures.measure_bundle(folder, [data])
    told = json.loads((folder / "card.json").read_text())
    assert set(told["metrics"]) == {"other", "val", "test"}
    narrow, wide = told["uncertainty"]["calibration"]["factors"]
    assert 8 < narrow < 12 < wide < 25
    bands = told["uncertainty"]["bands"]
    assert bands["site"]["isotropic"] == pytest.approx([1.0, wide / narrow], rel=1e-3)
    assert told["metrics"]["val"]["band_holds_percent"] == pytest.approx(68, abs=1.5)
    assert told["metrics"]["test"]["mse_mean"] == pytest.approx(0.01, rel=1e-2)
    assert read_quality(folder / "quality.h5").split == "test"
    missed = told["symmetry"]["error"]
    assert missed["rotation"]["l2"] > 0.1  # its answers don't turn with the molecule
    assert missed["rotation"]["l0"] < 1e-6 > missed["translation"]["l2"]
    before = told["uncertainty"]
    bundle_measures.measure_bundle(folder, [data])  # calibrated once
    after = json.loads((folder / "card.json").read_text())["uncertainty"]
    assert after["calibration"] == before["calibration"]


def splits_in(files) -> list[str]:
    return read_datasets(files, measure_grid()).splits()


# ---- quality files ----


@pytest.mark.parametrize(("gives", "axis"), [("tensor", "absolute"), ("isotropic", "relative")])
def test_quality_comes_back_as_written(data: Path, tmp_path: Path, gives: str, axis: str) -> None:
    predictor = KnownPredictor(data, gives, axis, noise(0.2))
    comparison = compare_split(predictor, [data], "train")
    path = keep_quality(tmp_path, comparison)
    assert path.name == "quality.h5"
    assert path.stat().st_size < LARGEST_BYTES
    written, read = quality_of(comparison), read_quality(path)
    assert (read.network, read.split, read.data, read.names) == (
        predictor.card.name,
        "train",
        ("data.h5",),
        written.names,
    )
    assert read.polarised is (gives == "tensor")
    for ranking in RANKINGS:
        assert read.errors[ranking] == pytest.approx(written.errors[ranking], rel=1e-6)
        places = [place for place, _ in read.stored(ranking)]
        assert (places[0], places[-1]) == (0, read.n_sites - 1)
    for one, two in zip(read.exemplars, written.exemplars, strict=True):
        assert one.structure.positions_angstrom == pytest.approx(two.structure.positions_angstrom, abs=1e-5)
        assert one.structure.smiles == "C=O"
        assert one.reference.axis == axis
        difference = (one.predicted - one.reference_curve()) / read.scale
        error = (difference**2).mean()
        assert error == pytest.approx(read.errors["spectrum"][one.row], rel=1e-3)
        assert (one.direction is None) is (gives == "isotropic")


def test_places_are_best_median_and_worst() -> None:
    assert [place_of(p, 201) for p in PLACES.values()] == [0, 100, 190, 200]
    assert [place_of(p, 1) for p in PLACES.values()] == [0, 0, 0, 0]


def damaged(path: Path, how: str) -> None:
    if how == "cut":
        path.write_bytes(path.read_bytes()[:2000])
        return
    if how == "text":
        path.write_text("no HDF5")
        return
    with h5py.File(path, "r+") as f:
        if how == "other format":
            f.attrs["format"] = "something"
        elif how == "shape":
            del f["exemplar/predicted"]
            f["exemplar/predicted"] = np.zeros((2, 3))
        elif how == "index":
            f["site/structure"][0] = 10_000
        elif how == "atom":
            f["exemplar/z"][:] = 0
        elif how == "nan":
            f["site/error"][0, 0] = np.nan
        elif how == "link":
            del f["energy_ev"]
            f["energy_ev"] = h5py.ExternalLink(str(path.with_name("data.h5")), "site/ip_ev")
        elif how == "missing":
            del f["site"]
        elif how == "object":
            del f["site/atom"]
            f.create_dataset("site/atom", data=["a"] * f["site/structure"].size, dtype=h5py.string_dtype())


@pytest.mark.parametrize(
    "how", ["cut", "text", "other format", "shape", "index", "atom", "nan", "link", "missing", "object"]
)
def test_a_damaged_quality_file_is_told_in_one_sentence(data: Path, tmp_path: Path, how: str) -> None:
    path = keep_quality(tmp_path, compare_split(KnownPredictor(data, error=noise(0.1)), [data], "test"))
    damaged(path, how)
    with pytest.raises(XanesviewError, match=r"quality\.h5 is damaged") as error:
        read_quality(path)
    assert error.value.message.count(". ") == 0
    assert "--quality" in error.value.hint


def test_a_file_that_unfolds_to_gigabytes_is_refused(data: Path, tmp_path: Path) -> None:
    path = keep_quality(tmp_path, compare_split(KnownPredictor(data), [data], "test"))
    with h5py.File(path, "r+") as f:
        del f["energy_ev"]
        f.create_dataset("energy_ev", shape=(2_000_000_000,), dtype="f8", chunks=(100_000,), compression="gzip")
    with pytest.raises(XanesviewError, match="declares 16,000,000,000 bytes in energy_ev but holds far fewer"):
        read_quality(path)


def test_saving_leaves_the_old_file_when_it_fails(data: Path, tmp_path: Path, monkeypatch) -> None:
    comparison = compare_split(KnownPredictor(data), [data], "test")
    path = keep_quality(tmp_path, comparison)
    before = path.read_bytes()
    with pytest.raises(TypeError):
        save_quality(path, replace(quality_of(comparison), network=object()))
    assert path.read_bytes() == before


# ---- report and command line ----


def test_report_has_page_tables_and_figures(data: Path, tmp_path: Path) -> None:
    comparison = compare_split(KnownPredictor(data, error=noise(0.25)), [data], "test")
    page = write_report(tmp_path / "report", comparison, measures(comparison))
    text = page.read_text(encoding="utf-8")
    for name in ("sorted_errors", "noise", "overlays_spectrum", "overlays_gradient", "overlays_curvature"):
        assert f'src="{name}.png"' in text
        assert (page.parent / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert (page.parent / f"{name}.pdf").read_bytes().startswith(b"%PDF")
    with (page.parent / "sites.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 6
    assert {row["smiles"] for row in rows} == {"C=O"}
    assert [float(row["mse"]) for row in rows] == pytest.approx([0.25] * 6, rel=1e-3)
    assert json.loads((page.parent / "metrics.json").read_text())["mse_mean"] == pytest.approx(0.25, rel=1e-3)


def test_what_is_done_for_a_report_is_said_before_it_is_done(data: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    bundle = find_bundle("c_k_edge_tensor")
    monkeypatch.setattr("xanesview.inference.predictor.load_predictor", lambda *_: KnownPredictor(data))
    told = []

    def written(folder: str, *_: object) -> Path:
        told.append(capsys.readouterr().err)
        return Path(folder) / "index.html"

    monkeypatch.setattr("xanesview.training.testing.report.write_report", written)
    words = ["evaluate", bundle.name, "--data", str(data), "--split", "test", "--report", str(tmp_path / "r")]
    assert main(words) == 0
    assert "predicting the split test" in told[0]
    assert "writing the report of 6 sites: figures, table and page" in told[0]


def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **predictors: KnownPredictor) -> None:
    """Make networks known by name; their cards are the predictors' own."""
    for name, predictor in predictors.items():
        folder = tmp_path / name
        folder.mkdir()
        predictor.card = replace(predictor.card, name=name, path=folder)
    by_path = {predictor.card.path: predictor for predictor in predictors.values()}
    monkeypatch.setattr(Card, "from_json", classmethod(lambda cls, path: by_path[Path(path).parent].card))
    for module in (network_comparison, evaluate):
        monkeypatch.setattr(module, "find_bundle", Path)
        monkeypatch.setattr(module, "load_predictor", lambda path, device="cpu": by_path[Path(path)])


def test_a_sharper_network_is_broadened_to_our_measure_first(data: Path) -> None:
    sharp = KnownPredictor(data)
    raw = {**sharp.card.raw, "stick_widths": NATIVE_WIDTHS.as_dict()}
    fine = np.arange(280.0, 305.01, 0.1)
    sharp.card = replace(sharp.card, energy_ev=fine, native_fwhm_ev=NATIVE_WIDTHS.fwhm_ev, raw=raw)
    sharp.known = {m.name: m for m in read_datasets([data], fine).structures}
    found = measures(compare_split(sharp, [data], "test"))
    assert found["mse_mean"] < 2e-3
    ours = read_datasets([data], measure_grid(), widths=MEASURE_WIDTHS).structures[0].isotropic
    native = read_datasets([data], measure_grid()).structures[0].isotropic
    assert (((native - ours) / SCALE) ** 2).mean() > 100 * found["isotropic_mse"]


def test_comparison_measures_all_on_the_same_sites(data: Path, tmp_path: Path, monkeypatch) -> None:
    shelf(
        tmp_path, monkeypatch, good=KnownPredictor(data, error=noise(0.01)),
        bad=KnownPredictor(data, "isotropic", error=noise(0.5)), taken=KnownPredictor(data, "directional"),
    )  # fmt: skip
    monkeypatch.setattr(network_comparison, "_costs", lambda predictor: {"parameters": "10"})
    names = [tmp_path / name for name in ("good", "bad", "taken")]
    rows, note = network_comparison.compare_networks(names, [data], "test")
    good, bad, taken = rows
    assert good["polarised_mse"] == pytest.approx(0.01, rel=1e-3)
    assert good["isotropic_mse"] == pytest.approx(0.01, rel=1e-3)
    assert bad["isotropic_mse"] == pytest.approx(0.5, rel=1e-3)
    assert "polarised_mse" not in bad
    assert taken["polarised_mse"] == pytest.approx(1.0, rel=1e-3)
    assert "6 sites of 6 structures" in note
    assert f"divided by {SCALE:g}" in note
    text = network_comparison.comparison_table(rows, note)
    assert text.count("own data") == 3
    assert "| good | 0.010 |" in text
    table = network_comparison.comparison_table(rows, note, "csv").splitlines()
    assert table[1].startswith("network,polarised_mse")
    assert len(table) == 2 + 3 + 3


def test_a_relative_network_keeps_its_own_axis_and_meets_the_absolute_one_by_its_own_e0(
    data: Path, tmp_path: Path, monkeypatch
) -> None:
    shelf(tmp_path, monkeypatch, moved=KnownPredictor(data, "isotropic", "relative"))
    monkeypatch.setattr(network_comparison, "_costs", lambda predictor: {})
    rows, _ = network_comparison.compare_networks([tmp_path / "moved"], [data], "test")
    assert rows[0]["relative_mse"] < 1e-4
    assert rows[0]["isotropic_mse"] > 100 * rows[0]["relative_mse"]  # its E0 is 0.5 eV off
    assert rows[0]["e0_mae_ev"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (("compare-networks", "nothing", "--data", "d.h5"), 1, "There is no network 'nothing'"),
        (("compare-networks", "c_k_edge_tensor", "--data", "none.h5"), 1, "no file"),
        (("compare-networks", "c_k_edge_tensor", "--data", "d.h5", "--out", "t.pdf"), 2, "t.pdf"),
        (("compare-networks", "c_k_edge_tensor", "--data", "d.h5", "--scale", "-1"), 2, "--scale is “-1”"),
        (("compare-networks", "c_k_edge_tensor", "n_k_edge_tensor", "--data", "d.h5"), 1, "N K edge"),
        (("evaluate", "c_k_edge_tensor", "--data", "d.h5", "--report", "d.h5"), 2, "d.h5 is a file"),
    ],
)
def test_what_cannot_be_compared_is_told(data: Path, tmp_path: Path, monkeypatch, capsys, words, code, part) -> None:
    monkeypatch.chdir(tmp_path)
    data.rename("d.h5")
    assert main(list(words)) == code
    assert part in capsys.readouterr().err.splitlines()[0]


@pytest.mark.parametrize(("smiles", "element"), [("TIMED_SMILES", "C"), ("TIMED_SMILES", "O"), ("TIMED_AMINE", "N")])
def test_molecules_that_are_timed_are_as_large_and_have_the_absorber(smiles, element):
    structure = structure_from_smiles(getattr(network_comparison, smiles))
    assert structure.n_atoms == 33
    assert len(structure.sites_of(element))
