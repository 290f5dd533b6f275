"""What is no regular file is refused at once, whoever reads it: a pipe without a writer would hang for ever."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from xanesview.cli.main import main
from xanesview.errors import OddContent, XanesviewError
from xanesview.io import atomic
from xanesview.io.atomic import append_text
from xanesview.io.examples import load_example
from xanesview.io.hdf5 import believed_h5
from xanesview.io.npz import read_npz
from xanesview.io.recognition import kind_of_file
from xanesview.io.spectra.curve_file import holds_curves
from xanesview.io.spectra.spectrum_file import read_spectrum
from xanesview.io.structures.registry import read_structure, write_structure
from xanesview.networks.card import CARD, WEIGHTS, bundle_identity
from xanesview.networks.isd_painn.checkpoint import read_config
from xanesview.networks.torch_file import read_torch_file
from xanesview.networks.weights_file import weights_hash

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in the file system here")


@pytest.fixture(params=["molecule.xyz", "crystal.cif", "POSCAR", "spectrum.dat", "data.h5"])
def pipe(request, tmp_path: Path) -> Path:
    path = tmp_path / request.param
    os.mkfifo(path)
    return path


@pytest.mark.parametrize("read", [read_structure, read_spectrum])
def test_a_pipe_is_refused(pipe, read):
    with pytest.raises(XanesviewError, match="is a pipe or a device"):
        read(pipe)


@pytest.mark.parametrize("command", ["predict", "info", "plot"])
def test_the_command_line_says_so(pipe, command, tmp_path, capsys):
    words = [] if command == "info" else ["--out", str(tmp_path / ("out.svg" if command == "plot" else "out.csv"))]
    assert main([command, str(pipe), *words]) == 1
    assert "is a pipe or a device" in capsys.readouterr().err


def test_a_device_is_refused():
    with pytest.raises(XanesviewError, match="is a pipe or a device"):
        read_structure("/dev/zero")


def _believed(path: Path) -> None:
    with believed_h5(path):
        pass


def _identity(path: Path) -> None:
    for name in (CARD, WEIGHTS):
        os.link(path, path.with_name(name))
    bundle_identity(path.parent)


@pytest.mark.parametrize(
    "read",
    [read_torch_file, read_npz, _believed, read_config, _identity, lambda path: append_text(path, "a")],
    ids=["checkpoint", "arrays", "HDF5", "configuration", "bundle", "log"],
)
def test_our_own_files_are_no_pipes(read, tmp_path: Path) -> None:
    path = tmp_path / "a"
    os.mkfifo(path)
    with pytest.raises((XanesviewError, OddContent), match="pipe or a device"):
        read(path)


def test_what_asks_a_pipe_is_answered(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    os.mkfifo(path)
    assert not holds_curves(path)
    assert weights_hash(path) == ""


def test_a_training_does_not_wait_for_a_pipe(tmp_path: Path) -> None:
    """It goes on from the start; where nothing could be written in the end, it says so at once."""
    from xanesview.training.checkpoints import BEFORE, FINISHED, LAST, newest_checkpoint, read_finished
    from xanesview.training.held_configuration import _read_held

    for name in (LAST, BEFORE, FINISHED, "configuration.json"):
        os.mkfifo(tmp_path / name)
    assert newest_checkpoint(tmp_path) is None
    with pytest.raises(XanesviewError, match="is no file, and none can be written in its place"):
        read_finished(tmp_path / FINISHED)
    assert _read_held(tmp_path / "configuration.json") is None


@pytest.fixture(params=["nothing reads", "its reader sleeps"])
def sleeping(request, tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "out.csv"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK) if request.param == "its reader sleeps" else None
    yield path
    if reader is not None:
        assert os.read(reader, 10) == b"", "nothing was written"
        os.close(reader)


@pytest.mark.parametrize("link", [False, True])
def test_nothing_is_written_into_a_pipe(link: bool, sleeping: Path, tmp_path: Path) -> None:
    path = tmp_path / "link.csv" if link else sleeping
    if link:
        path.symlink_to(sleeping)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(XanesviewError, match=r"\.csv is a pipe, which no file can be written to\.$"):
        atomic.write_bytes(path, b"1" * 200_000)  # more than a pipe holds
    assert sorted(tmp_path.iterdir()) == before
    assert sleeping.is_fifo()


@pytest.mark.parametrize(
    ("command", "ending"),
    [("predict", "csv"), ("predict", "h5"), ("plot", "svg"), ("render", "png"), ("render", "html"), ("animate", "gif"),
     ("series", "csv"), ("edit", "xyz")],
)  # fmt: skip
def test_no_command_writes_into_a_pipe(command: str, ending: str, tmp_path: Path, capsys) -> None:
    write_structure(tmp_path / "a.xyz", load_example("formaldehyde"))
    path = tmp_path / f"out.{ending}"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    words = {"series": ["--theta", "0:90:30"], "animate": ["--theta", "0:90:30"], "edit": ["--repeat", "1,1,1"]}
    assert main([command, str(tmp_path / "a.xyz"), "--out", str(path), *words.get(command, [])]) == 1
    assert f"{path.name} is a pipe, which no file can be written to." in capsys.readouterr().err
    os.close(reader)


@pytest.mark.parametrize(
    "words",
    [["dataset", "info"], ["dataset", "import", "--out", "x.h5"], ["evaluate", "c_k_edge_xane3", "--data"]],
    ids=" ".join,
)
def test_a_pipe_is_not_said_to_be_missing(words: list[str], tmp_path: Path, capsys) -> None:
    path = tmp_path / "data.h5"
    os.mkfifo(path)
    assert main([*words, str(path)]) == 1
    assert "is a pipe or a device" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc here")
def test_what_the_system_makes_while_it_is_read_is_not_read(tmp_path, capsys):
    """Files of /proc are said to be regular and to hold nothing; reading some of them waits for ever."""
    link = tmp_path / "kernel.dat"
    link.symlink_to("/proc/self/status")
    for read in (read_structure, read_spectrum):
        with pytest.raises(XanesviewError, match="is made by the system, not a file"):
            read(link)
    assert kind_of_file(tmp_path / "kernel.dat") == "spectrum", "by its name"
    assert main(["info", str(link)]) == 1
    assert "is made by the system, not a file" in capsys.readouterr().err
