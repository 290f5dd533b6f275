"""``predict`` of very many sites in portions: the same files, and what was done before a stop is not done again."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from ase.build import molecule

from xanesview.cli import predict_large
from xanesview.cli.main import main
from xanesview.inference import loaded_network, portions
from xanesview.inference.tensor_predictor import TensorPredictor
from xanesview.io.spectra.tables import read_prediction_csv
from xanesview.io.spectra.tensor_file import read_tensor
from xanesview.networks.absorption_tensor import network as network_module

ALONE = ["--network", "c_k_edge_tensor"]


@pytest.fixture
def cluster(tmp_path: Path) -> Path:
    """60 ethenes side by side: half of them off their places, so that those see something of their own."""
    one, random = molecule("C2H4"), np.random.default_rng(0)
    places = np.array(list(np.ndindex(5, 4, 3))) * (6.1, 5.2, 4.4)
    positions = one.positions + places[:, None]
    positions[::2] += 0.03 * random.standard_normal(positions[::2].shape)
    lines = [
        f"{symbol} {x:.6f} {y:.6f} {z:.6f}"
        for each in positions
        for symbol, (x, y, z) in zip(one.get_chemical_symbols(), each, strict=True)
    ]
    path = tmp_path / "cluster.xyz"
    path.write_text(f"{len(lines)}\n\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Portions of 30 sites, boxes of 90 atoms, blocks of 64."""
    monkeypatch.setattr(predict_large, "FROM_SITES", 50)
    monkeypatch.setattr(predict_large, "ROWS_AT_A_TIME", 16)
    monkeypatch.setattr(portions, "SITES_A_PORTION", 30)
    monkeypatch.setattr(portions, "_ATOMS_A_BOX", 90)
    monkeypatch.setattr(loaded_network, "LARGE_ATOMS", 50)
    monkeypatch.setattr(network_module, "ATOMS_A_BLOCK", 64)


def told(header: dict[str, str]) -> dict[str, str]:
    """Return a header without what differs from run to run."""
    return {key: value for key, value in header.items() if not re.match("date|device|created", key)}


@pytest.mark.parametrize("more", [["--tensor"], ["--theta", "30"]])
def test_the_hdf5_file_is_the_same(cluster, tmp_path, small_portions, monkeypatch, more) -> None:
    assert main(["predict", str(cluster), *ALONE, *more, "--out", str(tmp_path / "portions.h5")]) == 0
    monkeypatch.setattr(predict_large, "FROM_SITES", 10**9)
    assert main(["predict", str(cluster), *ALONE, *more, "--out", str(tmp_path / "whole.h5")]) == 0
    found, whole = read_tensor(tmp_path / "portions.h5"), read_tensor(tmp_path / "whole.h5")
    highest = np.abs(whole.tensor.components).max()
    np.testing.assert_allclose(found.tensor.components, whole.tensor.components, atol=5e-5 * highest)
    np.testing.assert_array_equal(found.tensor.sites, whole.tensor.sites)
    np.testing.assert_allclose(found.tensor.ip_ev, whole.tensor.ip_ev, atol=1e-3)
    if "--theta" in more:
        np.testing.assert_allclose(found.total, whole.total, atol=5e-5 * np.abs(whole.total).max())
        np.testing.assert_allclose(found.intensity, whole.intensity, atol=5e-5 * highest)
    mine, theirs = told(found.attributes), told(whole.attributes)
    assert {key for key in theirs if mine.get(key) != theirs[key]} <= {"e0_ev"}
    assert not list(tmp_path.glob(".*parts"))


def test_the_table_is_the_same(cluster, tmp_path, small_portions, monkeypatch) -> None:
    assert main(["predict", str(cluster), *ALONE, "--out", str(tmp_path / "portions.csv")]) == 0
    monkeypatch.setattr(predict_large, "FROM_SITES", 10**9)
    assert main(["predict", str(cluster), *ALONE, "--out", str(tmp_path / "whole.csv")]) == 0
    found, whole = read_prediction_csv(tmp_path / "portions.csv"), read_prediction_csv(tmp_path / "whole.csv")
    assert list(found.columns) == list(whole.columns)
    for name, values in whole.columns.items():
        np.testing.assert_allclose(found.columns[name], values, atol=5e-5 * np.abs(values).max())


def test_a_second_run_goes_on_where_the_first_was_stopped(cluster, tmp_path, small_portions, monkeypatch) -> None:
    asked: list[int] = []
    ask = TensorPredictor.predict

    def stopped(self, structure, sites, **how):
        if len(asked) == 2:
            raise MemoryError
        asked.append(len(sites))
        return ask(self, structure, sites, **how)

    out = tmp_path / "out.h5"
    monkeypatch.setattr(TensorPredictor, "predict", stopped)
    monkeypatch.setattr(predict_large, "_MOST_WORKERS", 1)
    assert main(["predict", str(cluster), *ALONE, "--out", str(out)]) == 1
    assert not out.exists()
    done = list(tmp_path.glob(".out.h5.parts/*_told.json"))
    assert done

    def counted(self, structure, sites, **how):
        asked.append(len(sites))
        return ask(self, structure, sites, **how)

    asked.clear()
    monkeypatch.setattr(TensorPredictor, "predict", counted)
    assert main(["predict", str(cluster), *ALONE, "--out", str(out)]) == 0
    rest = len(asked)
    asked.clear()
    assert main(["predict", str(cluster), *ALONE, "--out", str(out)]) == 0
    assert rest == len(asked) - len(done), "what was done is not done again, and forgotten once the file is there"


def test_portions_of_another_structure_are_not_taken(cluster, tmp_path, small_portions, monkeypatch) -> None:
    out = tmp_path / "out.h5"
    with monkeypatch.context() as patch:
        patch.setattr(predict_large.PredictionInPortions, "write", lambda *_args: None)
        assert main(["predict", str(cluster), *ALONE, "--out", str(out)]) == 0
    first = sorted(tmp_path.glob(".out.h5.parts/*"))
    cluster.write_text(cluster.read_text(encoding="utf-8").replace("C 0.0", "C 0.1", 1), encoding="utf-8")
    assert main(["predict", str(cluster), *ALONE, "--out", str(out)]) == 0
    assert first
    monkeypatch.setattr(predict_large, "FROM_SITES", 10**9)
    assert main(["predict", str(cluster), *ALONE, "--out", str(tmp_path / "whole.h5")]) == 0
    found, whole = read_tensor(out).tensor.components, read_tensor(tmp_path / "whole.h5").tensor.components
    np.testing.assert_allclose(found, whole, atol=5e-5 * np.abs(whole).max())


def test_sites_of_a_portion_are_judged_by_their_spread_as_those_of_small_structures_are():
    assert portions.SITES_A_PORTION <= loaded_network.MOST_SITES_WITH_MEMBERS
