"""A file that went bad is named and passed over; what lies beside it is used, and what can be made again is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.damage import KINDS, cut_off, damage
from tests.library_blocks import record, write
from tests.unit.training.data.test_dataset_writer import engine_result
from xanesview.cli import compute as compute_command
from xanesview.cli.main import main
from xanesview.domain.absorption import AbsorptionTensor
from xanesview.errors import XanesviewError
from xanesview.inference import kept as kept_predictions
from xanesview.inference.loaded_network import Prediction
from xanesview.io.examples import load_example
from xanesview.io.npz import read_npz, write_npz
from xanesview.networks.card import CARD, list_bundles
from xanesview.paths import resource
from xanesview.reference import kept as kept_sites
from xanesview.reference.library.library import load_library
from xanesview.reference.making import generation
from xanesview.training.data.dataset import read_datasets

each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
BENZENE = load_example("benzene")


# ---- results of calculations ----


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A folder with eight computed molecules."""
    folder = tmp_path / "out"
    folder.mkdir()
    for k in range(8):
        engine_result(folder / f"C_m{k}.npz", f"m{k}")
    return folder


def others(path: Path, **changed: np.ndarray) -> None:
    write_npz(path, {**read_npz(path), **changed})


@each_kind
def test_one_damaged_result_of_eight_is_named_and_left_out(kind, results, tmp_path, capsys):
    damage(results / "C_m3.npz", kind)
    out = tmp_path / "block.h5"
    assert main(["dataset", "build", str(results), "--out", str(out)]) == 0
    told = [line for line in capsys.readouterr().err.splitlines() if "left out" in line]
    assert len(told) == 1
    assert told[0].startswith("notice: 1 of 8 results was left out: C_m3.npz (not a result of a spectrum calculation (")
    assert [m.name for m in read_datasets([out]).structures] == ["m0", "m1", "m2", "m4", "m5", "m6", "m7"]


@pytest.mark.parametrize(
    "changed",
    [
        {"ptr": np.array([0, 5])}, {"dipole": np.zeros((2, 2))}, {"energy": np.array([np.nan, 296.0])},
        {"sites": np.array([9])}, {"sites": np.array([], int), "ip": np.array([]), "ptr": np.array([0])},
        {"rank": np.array([1])}, {"z": np.array([6, 8])}, {"properties": np.zeros(3)}, {"sigma": np.zeros(2)},
        {"name": np.array(["m"] * 2), "sigma": np.array("x")},
    ],
)  # fmt: skip
def test_a_result_whose_parts_do_not_fit_is_left_out_too(changed, results, tmp_path, capsys):
    others(results / "C_m3.npz", **changed)
    assert main(["dataset", "build", str(results), "--out", str(tmp_path / "block.h5")]) == 0
    assert "1 of 8 results was left out: C_m3.npz (" in capsys.readouterr().err


def test_files_of_other_names_are_counted_without_folders(results, tmp_path, capsys):
    (results / "notes.txt").write_text("x")
    for k in range(3):
        (results / f"C_folder{k}.npz").mkdir()
    assert main(["dataset", "build", str(results), "--out", str(tmp_path / "block.h5")]) == 0
    assert "notice: 1 file of " in capsys.readouterr().err


def test_without_any_good_result_nothing_is_written(results, tmp_path, capsys):
    for path in results.iterdir():
        damage(path, cut_off)
    assert main(["dataset", "build", str(results), "--out", str(tmp_path / "block.h5")]) == 1
    told = capsys.readouterr().err
    assert "8 of 8 results were left out: C_m0.npz (" in told
    assert "There is no molecule to write." in told
    assert not (tmp_path / "block.h5").exists()


@each_kind
def test_a_damaged_file_of_properties_costs_the_properties_of_one_molecule(kind, results, tmp_path, capsys):
    folder = tmp_path / "properties"
    folder.mkdir()
    for k in range(8):
        write_npz(folder / f"m{k}.npz", {"p": np.arange(12.0)})
    damage(folder / "m3.npz", kind)
    out = tmp_path / "block.h5"
    assert main(["dataset", "build", str(results), "--properties", str(folder), "--out", str(out)]) == 0
    assert "m3.npz cannot be read (" in capsys.readouterr().err
    assert len(read_datasets([out]).structures) == 8


@each_kind
def test_a_damaged_result_is_set_aside_and_computed_again(kind, results, tmp_path, monkeypatch, capsys):
    def run_job(job: generation.Job) -> generation.Outcome:
        return generation.Outcome(job, read_npz(results / "C_m0.npz"), (), 1.0)

    monkeypatch.setattr(generation, "run_job", run_job)
    monkeypatch.setattr(compute_command, "_check_engine", lambda arguments: None)
    (tmp_path / "list").write_text("".join(f"m{k} C=O\n" for k in range(8)))
    damage(results / "C_m3.npz", kind)
    (results / "failures.tsv").write_bytes(b"\xff\xfe\x00 nothing\n")
    words = ["compute", "--list", str(tmp_path / "list"), "--out", str(results), "--processes", "1", "--displace"]
    assert main(words) == 0
    told = capsys.readouterr()
    assert "1 of 8 results was renamed to NAME.damaged, to be computed again: C_m3.npz (" in told.err
    assert "1 molecule," in told.out
    assert (results / "C_m3.npz.damaged").is_file()
    assert read_npz(results / "C_m3.npz")
    assert main(words) == 0
    assert "damaged" not in capsys.readouterr().err


# ---- data files, pairs, the library ----


@each_kind
def test_a_damaged_data_file_is_named(kind, results, tmp_path):
    out = tmp_path / "block.h5"
    assert main(["dataset", "build", str(results), "--out", str(out)]) == 0
    before = read_datasets([out])
    damage(out, kind)
    told, after = "", before
    try:
        after = read_datasets([out])
    except XanesviewError as error:
        told = error.message
    assert not told or told.startswith("block.h5 is not a data file of spectra (")
    assert [m.name for m in after.structures] == [m.name for m in before.structures]


@each_kind
def test_a_damaged_block_of_the_library_is_named_and_the_others_are_there(kind, tmp_path):
    write(tmp_path / "a.h5", [record(BENZENE, name="first")] * 20)
    write(tmp_path / "b.h5", [record(BENZENE, name="second")])
    damage(tmp_path / "a.h5", kind)
    library = load_library([tmp_path])
    assert "second" in [entry.name for entry in library.entries]
    assert len(library.entries) == 21 or library.problems[0].startswith("a.h5 cannot be read")


@each_kind
def test_a_damaged_table_of_compared_sizes_is_made_anew(kind, tmp_path, caplog):
    from xanesview.training.spectrum_properties.training import _compared_before

    sizes = [{"hidden_layers": 1, "neurons": 8 + k, "weight_decay": 0.1} for k in range(9)]
    table = [{**size, "r2": 0.5} for size in sizes]
    path = tmp_path / "search.json"
    path.write_text(json.dumps(table))
    assert _compared_before(path, sizes) == table
    assert _compared_before(path, sizes[1:]) is None
    damage(path, kind)
    assert _compared_before(path, sizes) is None
    assert "search.json" in caplog.text
    assert _compared_before(tmp_path / "none.json", sizes) is None


@each_kind
def test_a_damaged_file_made_of_pairs_is_made_anew(kind, tmp_path, caplog):
    from xanesview.training.data.structure_pairs import pairs_data_file

    for name in ("structures", "spectra"):
        (tmp_path / "pairs" / name).mkdir(parents=True)
    for k in range(5):
        (tmp_path / "pairs" / "structures" / f"m{k}.xyz").write_text(f"2\n\nC 0 0 0\nO 0 0 {1.1 + 0.1 * k}\n")
        table = "".join(f"{e} {e % 7 + k}\n" for e in range(280, 310))
        (tmp_path / "pairs" / "spectra" / f"m{k}.txt").write_text(table)
    target = pairs_data_file(tmp_path / "pairs", tmp_path)
    damage(target, kind)
    assert len(read_datasets([pairs_data_file(tmp_path / "pairs", tmp_path)]).structures) == 5


# ---- what can be made again ----


def _prediction() -> Prediction:
    components = np.random.default_rng(2).normal(size=(3, 6, 50)).astype(np.float32)
    tensor = AbsorptionTensor(np.linspace(280.0, 310.0, 50), components, np.arange(3), "Mb", "C K", 1.0)
    return Prediction(tensor, (), 0.1, "CPU", "c_k_edge_tensor", ())


def _keep_prediction() -> None:
    kept_predictions.keep("abc", "c_k_edge_tensor", _prediction())


def _keep_site() -> None:
    draw = np.random.default_rng(3)
    site = kept_sites.ComputedSite(0, draw.random(400), draw.random((400, 3)), 297.5, 1.0)
    kept_sites.keep(BENZENE, "C", {0: site})


CACHES = {
    "predictions": (_keep_prediction, lambda: kept_predictions.read_kept("abc", "c_k_edge_tensor")),
    "reference": (_keep_site, lambda: kept_sites.read_kept(BENZENE, "C")),
}


@each_kind
@pytest.mark.parametrize("name", CACHES)
def test_a_damaged_kept_file_is_thrown_away_once(name, kind, xanesview_home, caplog):
    keep, recall = CACHES[name]
    keep()
    assert recall()
    path = next((xanesview_home / "cache" / name).iterdir())
    damage(path, kind)
    assert not recall()
    assert not path.exists()
    assert [path.name in line and "damaged" in line for line in caplog.messages] == [True]
    assert not recall()
    assert len(caplog.messages) == 1
    keep()
    assert recall()


@pytest.mark.parametrize("name", CACHES)
def test_a_kept_file_of_other_arrays_is_thrown_away(name, xanesview_home):
    keep, recall = CACHES[name]
    keep()
    path = next((xanesview_home / "cache" / name).iterdir())
    wrong = {"sites": np.zeros(2), "count": np.array([7]), "words": np.array("{"), "energy_ev": np.array("x")}
    for changed in ({key: value} for key, value in wrong.items()):
        others(path, **changed)
        recall()
        keep()
    write_npz(path, {"x": np.zeros(1)})
    assert not recall()
    assert not path.exists()


def test_wherever_a_kept_file_is_cut_off_it_counts_as_nothing(xanesview_home):
    keep, recall = CACHES["reference"]
    keep()
    path = next((xanesview_home / "cache" / "reference").iterdir())
    content = path.read_bytes()
    for length in range(0, len(content), 97):
        path.write_bytes(content[:length])
        assert not recall()


# ---- bundles and settings ----


@pytest.mark.parametrize("value", [None, [], "x", 5, {"a": []}])
def test_a_damaged_card_leaves_the_list_of_networks(value, xanesview_home, capsys):
    folder = xanesview_home / "data" / "networks" / "mine"
    shutil.copytree(resource("networks", "c_k_edge_tensor"), folder)
    card = json.loads((folder / CARD).read_text())
    for key in card:
        (folder / CARD).write_text(json.dumps({**card, key: value}))
        assert {"mine", "c_k_edge_tensor"} <= {bundle.name for bundle in list_bundles()}
        assert main(["networks"]) == 0, key
        assert "c_k_edge_xane3" in capsys.readouterr().out
