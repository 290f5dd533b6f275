"""What libraries say of damaged files is told in the program's own words."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch
from safetensors import safe_open

from xanesview.errors import OddContent, XanesviewError, in_plain_words
from xanesview.io.npz import read_npz
from xanesview.networks.torch_file import read_torch_file

TOLD = {
    "line 1, column 1 is no JSON": lambda _: json.loads("no"),
    "line 2 is no TOML": lambda _: tomllib.loads("a = 1\nb\nc = 2"),
    "it is no text in UTF-8": lambda _: b"\xff".decode("utf-8"),
    "its content is damaged or of another kind": lambda path: safe_open(str(path), framework="numpy"),
    "Is a directory": lambda path: path.parent.open(),
    "a part of it is missing": lambda _: {}["weights"],
}


@pytest.mark.parametrize("told", TOLD)
def test_what_a_library_says_is_told_in_plain_words(told: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"no such file at all")
    with pytest.raises(Exception) as raised:
        TOLD[told](path)
    assert in_plain_words(raised.value) == told
    with pytest.raises(OSError) as raised:
        h5py.File(path)
    assert in_plain_words(raised.value) == "its content is damaged or of another kind"


def test_our_own_words_stay() -> None:
    assert in_plain_words(OddContent("sites without a structure")) == "sites without a structure"
    assert in_plain_words(XanesviewError("It is too large.")) == "It is too large"


def _script(path: Path) -> None:
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), str(path))


def _npz(path: Path) -> None:
    with path.open("wb") as stream:
        np.savez(stream, a=np.arange(3))


def _objects(path: Path) -> None:
    with path.open("wb") as stream:
        np.savez(stream, a=np.array([{}], dtype=object))


def _tar(path: Path) -> None:
    import tarfile

    with tarfile.open(path, "w") as archive:
        archive.add(__file__, "storages")


@pytest.mark.parametrize(
    ("written", "read", "told"),
    [
        (_script, read_torch_file, "was refused: its format may hold code"),
        (_tar, read_torch_file, "was refused: its format may hold code"),
        (_npz, read_torch_file, "is not a checkpoint that torch can read (its content is damaged or of another kind)"),
        (_objects, read_npz, "cannot be read (its content is damaged or of another kind)"),
    ],
)
def test_files_of_another_kind(written: Callable, read: Callable, told: str, tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    written(path)
    with pytest.raises(XanesviewError) as raised:
        read(path)
    assert told in raised.value.message
    for words in ("weights_only", "torch.load", "enforce", "allow_pickle"):
        assert words not in raised.value.message + raised.value.hint


def test_values_too_long_to_be_read_are_cut() -> None:
    error = XanesviewError(f"“{'a' * 5000}” names no sites.", f"Did you mean “{'b' * 500}”?")
    assert error.message == f"“{'a' * 100}…” names no sites."
    assert error.hint == f"Did you mean “{'b' * 100}…”?"
    name = "a" * 110
    assert XanesviewError(f"“{name}” is no file.").message == f"“{name}” is no file."
    assert XanesviewError(f"C{'9' * 300} has {10**300 - 1:,} atoms.").message == (
        f"C{'9' * 20}… has 999{',999' * 5}… atoms."
    )
    assert XanesviewError(f"“{'9' * 300}” is none.").message == f"“{'9' * 20}…” is none."
