"""What lies in another file than the one that is opened is never looked at, whatever names it, and is told of."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest
from h5py import h5s

from tests.measured_files import ENERGY, MU
from xanesview.errors import XanesviewError
from xanesview.io.hdf5 import read_h5
from xanesview.io.spectra.hdf5_tree import member, members
from xanesview.io.spectra.measurement_file import read_measurement

N = len(ENERGY)


def _of_link(group: h5py.Group, name: str, other: Path) -> None:
    group[name] = h5py.ExternalLink(str(other), "/numbers")


def _of_soft_link_to_link(group: h5py.Group, name: str, other: Path) -> None:
    _of_link(group.file, f"there_{name}", other)
    group[name] = h5py.SoftLink(f"/there_{name}")


def _of_virtual_table(group: h5py.Group, name: str, other: Path) -> None:
    layout = h5py.VirtualLayout((N,), dtype="f8", maxshape=(None,))
    source = h5py.VirtualSource(str(other), "numbers", shape=(N,), maxshape=(None,))
    layout[0 : h5s.UNLIMITED] = source[0 : h5s.UNLIMITED]  # its length is that of the other file's
    group.create_virtual_dataset(name, layout)


def _of_external_table(group: h5py.Group, name: str, other: Path) -> None:
    group.create_dataset(name, (N,), "f8", external=[(str(other), 0, N * 8)])


WAYS = [_of_link, _of_soft_link_to_link, _of_virtual_table, _of_external_table]
PARTS = ["mu", "energy", "errors"]


def _scan(path: Path, other: Path, part: str, way) -> Path:
    """A scan of which one part lies in another file."""
    with h5py.File(path, "w", libver="latest") as file:
        data = file.create_group("entry/data")
        file.attrs["default"], file["entry"].attrs["default"] = "entry", "data"
        file["entry"].attrs["NX_class"], data.attrs["NX_class"] = "NXentry", "NXdata"
        data.attrs["signal"], data.attrs["axes"] = "mu", ["energy"]
        for name, values in (("energy", ENERGY), ("mu", MU), ("errors", MU / 100)):
            if name == part:
                way(data, name, other)
            else:
                data[name] = values
        if part != "energy":
            data["energy"].attrs["units"] = "eV"
    return path


@pytest.fixture(params=["pipe", "file"])
def other(request, tmp_path) -> Path:
    path = tmp_path / "other.h5"
    if request.param == "pipe":
        os.mkfifo(path)
    return path


def _fill(other: Path) -> None:
    if not other.is_fifo():
        with h5py.File(other, "w") as file:
            file["numbers"] = MU


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes by name")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("command", ["info", "library"])
def test_no_part_of_a_scan_is_looked_for_in_another_file(tmp_path, other, way, command) -> None:
    paths = [_scan(tmp_path / f"{part}.nxs", other, part, way) for part in PARTS]
    _fill(other)
    words = ["info"] if command == "info" else ["library", "add"]
    for path in paths:
        done = subprocess.run(
            [sys.executable, "-m", "xanesview", *words, str(path)], timeout=60, capture_output=True, text=True,
            check=False, env={**os.environ, "XANESVIEW_HOME": str(tmp_path / "home")},
        )  # fmt: skip
        assert "unexpected" not in done.stderr
        if path.stem == "errors":
            assert done.returncode == 0, done.stderr  # not needed
            assert "errors" not in done.stdout.replace(path.name, "").replace(str(path), "")
        else:
            assert done.returncode == 1, done.stdout
            assert f"{path.stem} of {path.name} lies in other files" in done.stderr


def test_a_whole_group_of_another_file_is_told_of(tmp_path) -> None:
    _scan(tmp_path / "other.nxs", tmp_path / "none", "", None)
    with h5py.File(tmp_path / "scan.nxs", "w") as file:
        file["entry"] = h5py.ExternalLink("other.nxs", "/entry")
    with pytest.raises(XanesviewError, match=r"entry of scan\.nxs lies in other files"):
        read_measurement(tmp_path / "scan.nxs")


def test_nothing_in_another_file_is_there_for_whoever_asks(tmp_path) -> None:
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["numbers"] = np.arange(10.0)
    with h5py.File(tmp_path / "scan.h5", "w") as file:
        file["here"] = np.arange(10.0)
        file["there"] = h5py.ExternalLink("other.h5", "/numbers")
        file["soft"] = h5py.SoftLink("/there")
        file["self"] = h5py.ExternalLink("scan.h5", "/here")
    with read_h5(tmp_path / "scan.h5") as file:
        assert [name for name, _ in members(file)] == ["here"]
        for name in ("there", "soft", "self"):
            assert file.get(name) is None
            assert member(file, name) is None
            with pytest.raises(KeyError):
                file[name]
