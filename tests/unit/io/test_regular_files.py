"""What is no regular file is refused at once, whoever reads it: a pipe without a writer would hang for ever."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from xanesview.cli.main import main
from xanesview.errors import XanesviewError
from xanesview.io.spectra.spectrum_file import read_spectrum
from xanesview.io.structures.registry import read_structure

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
