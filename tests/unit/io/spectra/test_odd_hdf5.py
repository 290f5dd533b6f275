"""HDF5 files that are odd but right: behind a block of the user's, with Latin-1 in them, of thousands of groups."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.measured_files import ENERGY, MU
from xanesview.errors import XanesviewError
from xanesview.io.recognition import kind_of_file
from xanesview.io.spectra import hdf5_tree
from xanesview.io.spectra.measurement_file import read_measurement


def _nxdata(path: Path, **options: object) -> Path:
    with h5py.File(path, "w", **options) as file:
        data = file.create_group("entry/data")
        file["entry"].attrs["NX_class"], data.attrs["NX_class"] = "NXentry", "NXdata"
        data.attrs["signal"], data.attrs["axes"] = "mu", ["energy"]
        data["energy"], data["mu"] = ENERGY, MU
        data["energy"].attrs["units"] = "eV"
    return path


@pytest.mark.parametrize("size", [512, 4096, 32768])
def test_a_file_behind_a_block_of_the_users_is_read(tmp_path, size) -> None:
    path = _nxdata(tmp_path / "scan.nxs", userblock_size=size)
    with path.open("r+b") as stream:
        stream.write(b"notes of the beamline\n")
    assert kind_of_file(path) == "spectrum"
    scan = read_measurement(path).scans[0]
    np.testing.assert_allclose(scan.signals[0].values, MU)


@pytest.mark.parametrize("name", ["signal", "axes", "title"])
def test_text_in_latin_1_keeps_no_file_from_being_read(tmp_path, name) -> None:
    path = _nxdata(tmp_path / "scan.nxs")
    with h5py.File(path, "r+") as file:
        data = file["entry/data"]
        data.attrs.pop(name, None)
        data.attrs.create(name, "µ in Å".encode(), dtype=h5py.string_dtype("utf-8", 8))
    written = path.read_bytes()
    assert written.count("µ in Å".encode()) == 1
    path.write_bytes(written.replace("µ in Å".encode(), "µ in Å".encode("latin-1").ljust(8, b"\0")))
    scan = read_measurement(path).scans[0]
    assert np.allclose(scan.signals[0].values, MU) or "mu" in [one.name for one in scan.signals]


def test_no_group_of_a_file_is_looked_at_again_and_again(tmp_path, monkeypatch) -> None:
    path = tmp_path / "empty.nxs"
    n = 300
    with h5py.File(path, "w") as file:
        for k in range(n):
            file.create_group(f"entry{k}").attrs["NX_class"] = "NXentry"
    looked = []
    members = hdf5_tree._members
    monkeypatch.setattr(hdf5_tree, "_members", lambda group: looked.append(group.name) or members(group))
    assert kind_of_file(path) == "spectrum"
    with pytest.raises(XanesviewError, match="no columns of numbers"):
        read_measurement(path)
    assert len(looked) <= 2 * (n + 1), "once for an image, once for a spectrum"
    assert not hdf5_tree._walked, "nothing of a closed file is kept"


def _heap_objects(content: bytes) -> list[int]:
    """Where the objects of the file's heap of text begin."""
    begin = content.index(b"GCOL\x01")
    at, found = begin + 16, []
    while at < begin + int.from_bytes(content[begin + 8 : begin + 16], "little"):
        found.append(at)
        number, size = (int.from_bytes(content[at + a : at + b], "little") for a, b in ((0, 2), (8, 16)))
        at += size if number == 0 else 16 + (size + 7) // 8 * 8
    return found


def _heap_leads_nowhere(content: bytes) -> tuple[int, bytes]:
    return _heap_objects(content)[-1] + 8, bytes(8)  # what is free has no size: the next object is itself


def _heap_object_is_free(content: bytes) -> tuple[int, bytes]:
    return _heap_objects(content)[1], bytes(2)


def _heap_object_is_huge(content: bytes) -> tuple[int, bytes]:
    return _heap_objects(content)[0] + 8, b"\xf0" + b"\xff" * 7


def _text_is_huge(content: bytes) -> tuple[int, bytes]:
    at = content.index(b"NX_class")
    return content.index((7).to_bytes(4, "little"), at + 32) + 3, b"\xff"


def _kind_of_text_is_none(content: bytes) -> tuple[int, bytes]:
    return content.index(b"\x19\x01\x01", content.index(b"signal")) + 1, b"\x5a"


@pytest.mark.parametrize(
    "damage",
    [_heap_leads_nowhere, _heap_object_is_free, _heap_object_is_huge, _text_is_huge, _kind_of_text_is_none],
)
@pytest.mark.parametrize("libver", ["earliest", "latest"])
def test_damaged_text_neither_ends_nor_stops_the_program(tmp_path, damage, libver) -> None:
    """Each of them makes the library read for ever, read beyond its memory, or ask for 4 GB."""
    path = _nxdata(tmp_path / "scan.nxs", libver=libver)
    content = bytearray(path.read_bytes())
    at, changed = damage(bytes(content))
    content[at : at + len(changed)] = changed
    path.write_bytes(content)
    limits = "import resource; resource.setrlimit(resource.RLIMIT_AS, (3 << 30,) * 2); "
    run = "import sys; from xanesview.cli.main import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", limits + run, "info", str(path)], timeout=60, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    assert "unexpected" not in done.stderr
    assert done.returncode == 0 or "scan.nxs" in done.stderr
