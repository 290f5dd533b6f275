"""Blocks come back as they were written, and are never overwritten."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.errors import XanesviewError
from xanesview.training.data.dataset import read_datasets
from xanesview.training.data.dataset_writer import read_site_spectra, rounded, write_block
from xanesview.training.data.measured_window import measure_grid

ATTRIBUTES = {"element": "C", "edge": "K", "energy_offset_ev": -6.77}


def engine_result(path, name: str = "m", **more):
    """Write what the transition-potential programs leave for formaldehyde's only carbon."""
    np.savez(
        path, name=name, smiles="C=O", z=np.array([6, 8, 1, 1]),
        pos=np.array([[0, 0, 0], [0, 0, 1.2], [0, 0.9, -0.5], [0, -0.9, -0.5]]),
        sites=np.array([0]), rank=np.array([2, 3, 0, 0]), sigma=0.02, ptr=np.array([0, 2]), energy=np.array([292.8,
        296.0]),
        dipole=np.array([[0.1, 0, 0], [0, 0.05, 0]]), ip=np.array([300.1]), gap=np.array([5.0]), **more,
    )  # fmt: skip
    return path


def test_a_block_is_read_back(tmp_path):
    records = [
        read_site_spectra(engine_result(tmp_path / f"{i}.npz", f"m{i}"), split)
        for i, split in enumerate(["train", "val", "train"])
    ]
    write_block(tmp_path / "block.h5", records, ATTRIBUTES)
    dataset = read_datasets([tmp_path / "block.h5"], measure_grid())
    assert [m.name for m in dataset.structures] == ["m0", "m1", "m2"]
    assert dataset.splits() == ["train", "val"]
    molecule = dataset.structures[2]
    assert molecule.sigma_angstrom == pytest.approx(0.02)
    assert molecule.e0_ev[0] == pytest.approx(300.1 - 6.77, abs=1e-3)
    iso = molecule.tensors[0, :3].mean(0)
    assert measure_grid()[iso.argmax()] == pytest.approx(292.8 - 6.77, abs=0.25)
    assert molecule.tensors[0, 0].max() > 3 * molecule.tensors[0, 1].max()


def test_results_say_their_diffuse_functions(tmp_path):
    old = read_site_spectra(engine_result(tmp_path / "old.npz"), "train")
    new = read_site_spectra(engine_result(tmp_path / "new.npz", diffuse="s 3.0 to 0.01 in 9"), "train")
    assert (old.diffuse, new.diffuse) == ("", "s 3.0 to 0.01 in 9")


def test_blocks_are_never_rewritten(tmp_path):
    record = read_site_spectra(engine_result(tmp_path / "a.npz"), "train")
    write_block(tmp_path / "block.h5", [record], ATTRIBUTES)
    with pytest.raises(XanesviewError, match="never rewritten"):
        write_block(tmp_path / "block.h5", [record], ATTRIBUTES)
    with pytest.raises(XanesviewError, match="no molecule"):
        write_block(tmp_path / "other.h5", [], ATTRIBUTES)


def test_another_file_is_no_result(tmp_path):
    (tmp_path / "x.npz").write_bytes(b"nothing")
    with pytest.raises(XanesviewError, match="not a result"):
        read_site_spectra(tmp_path / "x.npz", "train")


def test_dipoles_keep_four_digits_and_nothing_is_lost_at_the_ends() -> None:
    values = np.array([0.0, -0.0, 1.0, -1.0, 1e-30, 0.1, -0.333333, 1.9999999, 123.456], dtype=np.float32)
    kept = rounded(values)
    assert kept.dtype == np.float32
    np.testing.assert_allclose(kept, values, rtol=4e-5, atol=0)
    np.testing.assert_array_equal(rounded(kept), kept)
