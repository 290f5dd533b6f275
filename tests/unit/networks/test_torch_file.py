"""Files of torch are read no further than what they are, and as numbers only."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import torch

from xanesview.errors import DamagedFileError
from xanesview.networks.torch_file import read_torch_file, write_torch_file


def packed_anew(source: Path, target: Path, how: int) -> Path:
    """Write the parts of an archive as another program would."""
    with zipfile.ZipFile(source) as parts, zipfile.ZipFile(target, "w", how) as archive:
        for name in parts.namelist():
            archive.writestr(name, parts.read(name))
    return target


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "state.pt"
    write_torch_file(path, {"a": torch.arange(5.0), "b": 3})
    found = read_torch_file(path)
    assert found["b"] == 3
    assert torch.equal(found["a"], torch.arange(5.0))


def test_a_file_that_unfolds_to_much_more_is_refused_before_it_is_unfolded(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "zeros.pt"
    write_torch_file(path, {"a": torch.zeros(2_000_000)})
    bomb = packed_anew(path, tmp_path / "bomb.pt", zipfile.ZIP_DEFLATED)
    assert bomb.stat().st_size < path.stat().st_size / 100
    monkeypatch.setattr(zipfile.ZipFile, "testzip", lambda _self: pytest.fail("it was unfolded"))
    with pytest.raises(DamagedFileError, match="unfold to 8 MB"):
        read_torch_file(bomb)


def test_a_file_whose_parts_were_stored_anew_is_read(tmp_path: Path) -> None:
    path = tmp_path / "zeros.pt"
    write_torch_file(path, {"a": torch.zeros(2000)})
    again = packed_anew(path, tmp_path / "again.pt", zipfile.ZIP_STORED)
    assert torch.equal(read_torch_file(again)["a"], torch.zeros(2000))


def test_what_begins_as_no_checkpoint_is_not_said_to_hold_code(tmp_path: Path) -> None:
    path = tmp_path / "noise.pt"
    path.write_bytes(bytes(range(1, 200)) * 20)
    with pytest.raises(DamagedFileError, match="begins as no checkpoint does"):
        read_torch_file(path)


@pytest.mark.parametrize("is_archive", [True, False], ids=["archive", "older format"])
def test_a_checkpoint_that_was_cut_off_says_so_once(tmp_path: Path, is_archive: bool) -> None:
    path = tmp_path / "state.pt"
    torch.save({"a": torch.arange(500.0)}, path, _use_new_zipfile_serialization=is_archive)
    path.write_bytes(path.read_bytes()[:700])
    with pytest.raises(DamagedFileError) as caught:
        read_torch_file(path)
    told = f"{caught.value.message} {caught.value.hint}"
    assert sum(told.count(words) for words in ("cut off", "damaged")) == 1
