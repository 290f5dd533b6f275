"""Whatever the program writes: where the disk fills up, the old file stays, nothing half is left, and it is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch

from tests.full_disk import contents, full_disk
from tests.library_blocks import ATTRIBUTES, record
from tests.unit.training.data import test_grid_training as crystals
from xanesview.cli.main import main
from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.quality import RANKINGS, Exemplar, Quality
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.inference import kept as kept_predictions
from xanesview.inference.loaded_network import Prediction
from xanesview.io.atomic import append_text, atomic_write, write_bytes, write_text
from xanesview.io.examples import load_example
from xanesview.io.figures.figure import draw_spectra
from xanesview.io.figures.figure_file import save_figure
from xanesview.io.npz import write_npz
from xanesview.io.spectra.curve_file import write_curves_h5
from xanesview.io.spectra.curve_table import write_csv
from xanesview.io.spectra.quality_file import save_quality
from xanesview.io.spectra.tables import write_prediction_csv
from xanesview.io.spectra.tensor_file import write_prediction_h5
from xanesview.io.structures.registry import write_structure
from xanesview.networks.bundle import save_bundle, save_card
from xanesview.reference import kept as kept_sites
from xanesview.reference.making.generation import Job, Outcome, write_outcome
from xanesview.training.data.dataset_writer import write_block
from xanesview.training.data.grid_dataset import written

ENERGY_EV = np.linspace(280.0, 310.0, 301)
BENZENE = load_example("benzene")
SPECTRUM = Spectrum(ENERGY_EV, np.random.default_rng(1).random(301), label="made up")


def _tensor(n_sites: int = 6) -> AbsorptionTensor:
    components = np.random.default_rng(2).normal(size=(n_sites, 6, len(ENERGY_EV))).astype(np.float32)
    return AbsorptionTensor(ENERGY_EV, components, np.arange(n_sites), "Mb", "C K", 1.0)


def _quality() -> Quality:
    one = _tensor(1)
    exemplar = Exemplar(0, BENZENE, 0, None, one.isotropic()[0], one, 290.0)
    errors = {ranking: np.random.default_rng(3).random(400) for ranking in RANKINGS}
    sites = {"names": ("benzene",) * 400, "smiles": ("c1ccccc1",) * 400, "atoms": np.zeros(400, int)}
    return Quality("net", "test", ("data.h5",), False, 1.0, errors=errors, exemplars=(exemplar,), **sites)


def _grid_file(folder: Path) -> None:
    crystals.write_crystals(folder / "fe.h5")


def _outcome(folder: Path) -> None:
    arrays = {"energy": np.random.default_rng(4).random(2000), "sites": np.array([0])}
    write_outcome(Outcome(Job("benzene", "c1ccccc1", "C"), arrays, (), 1.0), folder)


def _failed(folder: Path) -> None:
    write_outcome(Outcome(Job("benzene", "c1ccccc1", "C"), None, ("It did not converge. " * 20,), 1.0), folder)


def _figure(ending: str) -> Callable[[Path], None]:
    return lambda folder: save_figure(draw_spectra([SPECTRUM]), folder / f"figure.{ending}")


def _bundle(folder: Path) -> None:
    weights = {"w": torch.from_numpy(np.random.default_rng(5).random((40, 40)))}
    save_bundle(folder, {"name": "net", "title": "a network"}, weights)


#: What writes over a file that is there, by name; each takes the folder to write into.
REWRITERS: dict[str, Callable[[Path], object]] = {
    "curves as HDF5": lambda folder: write_curves_h5(folder / "curves.h5", [SPECTRUM] * 4),
    "tensors as HDF5": lambda folder: write_prediction_h5(folder / "tensors.h5", _tensor(), {"network": "net"}),
    "quality file": lambda folder: save_quality(folder / "quality.h5", _quality()),
    "curves as CSV": lambda folder: write_csv(folder / "curves.csv", [SPECTRUM]),
    "prediction as CSV": lambda folder: write_prediction_csv(folder / "tensors.csv", _tensor(), {"network": "net"}),
    "structure as XYZ": lambda folder: write_structure(folder / "benzene.xyz", BENZENE),
    "structure as CIF": lambda folder: write_structure(folder / "hematite.cif", load_example("hematite_001")),
    "figure as SVG": _figure("svg"),
    "figure as PDF": _figure("pdf"),
    "figure as PNG": _figure("png"),
    "bundle": _bundle,
    "card": lambda folder: save_card(folder, {"name": "net", "title": "a network" * 20}),
    "computed molecule": _outcome,
    "list of failures": _failed,
    "arrays": lambda folder: write_npz(folder / "arrays.npz", {"x": np.random.default_rng(6).random(500)}),
    "text": lambda folder: write_text(folder / "facts.json", json.dumps(["fact"] * 100)),
    "bytes": lambda folder: write_bytes(folder / "bytes", bytes(1000)),
    "a longer log": lambda folder: append_text(folder / "log", "line\n" * 100),
}

#: What refuses to write over a file.
WRITERS: dict[str, Callable[[Path], object]] = {
    "block of transitions": lambda folder: write_block(folder / "block.h5", [record(BENZENE)] * 5, ATTRIBUTES),
    "spectra on a grid": _grid_file,
}


@pytest.mark.parametrize("share", [0.0, 0.5, 0.98])
@pytest.mark.parametrize("name", REWRITERS)
def test_a_disk_that_fills_up_leaves_the_old_file_and_one_sentence(name: str, share: float, tmp_path: Path) -> None:
    write = REWRITERS[name]
    write(tmp_path)
    before = contents(tmp_path)
    with full_disk(int(share * max(map(len, before.values())))), pytest.raises(XanesviewError) as told:
        write(tmp_path)
    assert contents(tmp_path) == before
    assert told.value.message.count("\n") == 0
    assert "cannot be written" in told.value.message
    assert any(f"The file {tmp_path / name} cannot" in told.value.message for name in before)
    assert told.value.hint
    write(tmp_path)  # there is room again


@pytest.mark.parametrize("share", [0.0, 0.5, 0.98])
@pytest.mark.parametrize("name", WRITERS)
def test_a_new_data_file_is_whole_or_not_there(name: str, share: float, tmp_path: Path) -> None:
    (tmp_path / "room").mkdir()
    (tmp_path / "full").mkdir()
    WRITERS[name](tmp_path / "room")
    size = max(map(len, contents(tmp_path / "room").values()))
    with full_disk(int(share * size)), pytest.raises(XanesviewError, match="cannot be written"):
        WRITERS[name](tmp_path / "full")
    assert contents(tmp_path / "full") == {}


def test_what_can_be_made_again_is_done_without_and_the_log_says_so_once(xanesview_home: Path, caplog) -> None:
    prediction = Prediction(_tensor(), (), 0.1, "CPU", "c_k_edge_tensor", ())
    site = kept_sites.ComputedSite(0, np.array([292.0]), np.array([[0.0, 0.0, 0.3]]), 297.5, 1.0)
    with full_disk(100):
        for _ in range(3):
            kept_predictions.keep("abc", "c_k_edge_tensor", prediction)
            kept_sites.keep(BENZENE, "C", {0: site})
    assert kept_predictions.read_kept("abc", "c_k_edge_tensor") is None
    assert kept_sites.read_kept(BENZENE, "C") == {}
    assert contents(xanesview_home / "cache") == {}
    assert len([line for line in caplog.messages if "nothing more is kept" in line]) == 2
    kept_predictions.keep("abc", "c_k_edge_tensor", prediction)
    assert kept_predictions.read_kept("abc", "c_k_edge_tensor") is not None


def test_a_stream_of_the_process_is_written_into_not_replaced(tmp_path: Path) -> None:
    read, write = os.pipe()
    with os.fdopen(read, "rb") as reader, os.fdopen(write, "wb"):
        name = Path(f"/dev/fd/{write}")
        (tmp_path / "link.csv").symlink_to(name)
        for path in (name, tmp_path / "link.csv"):
            write_text(path, "spectrum")
            assert os.read(reader.fileno(), 100) == b"spectrum"
    assert [p.name for p in tmp_path.iterdir()] == ["link.csv"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the device that is always full is Linux's")
def test_output_onto_a_full_disk_is_one_sentence_and_exit_code_1() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "xanesview", "networks"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr.splitlines()[0].startswith("error: The file that the output goes to cannot be written: No space")
    assert len(done.stderr.splitlines()) == 2


def test_a_writer_within_a_writer_names_the_file_that_was_asked_for(tmp_path: Path) -> None:
    with (
        full_disk(100),
        pytest.raises(XanesviewError, match="cannot be written") as told,
        atomic_write(tmp_path / "picture.png") as temporary,
    ):
        write_text(temporary, "x" * 1000)
    assert told.value.message.startswith(f"The file {tmp_path / 'picture.png'} cannot be written")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the device that is always full is Linux's")
@pytest.mark.parametrize(
    ("command", "name", "more"),
    [("predict", "", ["--format", "csv"]), ("predict", "", ["--format", "h5"]), ("predict", "out.csv", []),
     ("render", "out.glb", [])],
)  # fmt: skip
def test_a_device_that_is_full_is_named_in_one_sentence(command, name, more, tmp_path: Path, capsys) -> None:
    target = Path("/dev/full")
    if name:
        (tmp_path / name).symlink_to(target)
        target = tmp_path / name
    write_structure(tmp_path / "molecule.xyz", load_example("formaldehyde"))
    assert main([command, str(tmp_path / "molecule.xyz"), "--out", str(target), *more]) == 1
    errors = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("notice:")]
    assert errors[0] == f"error: The file {target} cannot be written: No space left on device."
    assert errors[1].startswith("hint: ")
    assert len(errors) == 2


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="streams have such names on Linux")
def test_a_name_of_standard_output_is_written_into_not_replaced(tmp_path: Path) -> None:
    with (tmp_path / "out.txt").open("w") as out:
        code = (
            "from xanesview.io.atomic import is_stream, write_text\n"
            "assert is_stream('/proc/self/fd/1')\nwrite_text('/proc/self/fd/1', 'spectrum')"
        )
        subprocess.run([sys.executable, "-c", code], stdout=out, check=True)
    assert (tmp_path / "out.txt").read_text() == "spectrum"


def test_a_file_without_an_ending_is_no_folder_to_write_to(tmp_path: Path, capsys) -> None:
    (tmp_path / "spectra").write_text("mine")
    assert main(["predict", "--smiles", "C=O", "--relax", "none", "--out", str(tmp_path / "spectra")]) == 2
    assert "“spectra” is neither CSV nor HDF5" in capsys.readouterr().err
    assert (tmp_path / "spectra").read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(XanesviewError, match="cannot be made"):
        save_bundle(tmp_path / "file" / "net", {"name": "net"}, {"w": torch.ones(2)})


def test_a_grid_that_counts_from_an_unknown_edge_says_so(tmp_path: Path) -> None:
    attributes = {"element": "Fe", "edge": "K", "unit": "edge step"}
    with written(tmp_path / "fe.h5", crystals.ENERGY_EV, attributes, from_unknown_e0=True) as writer:
        writer.add(crystals.crystal(2.0, "tensor"), "train")
    with h5py.File(tmp_path / "fe.h5") as file:
        assert np.isnan(file["site/e0_ev"][:]).tolist() == [True]


def test_a_name_that_is_too_long_is_told_as_any_other_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(XanesviewError, match="cannot be written: File name too long"):
        write_bytes(tmp_path / ("n" * 300), b"a")
    assert contents(tmp_path) == {}
