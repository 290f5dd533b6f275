"""Tiny files and short command lines that ask for more than any memory holds: refused in one sentence, at once.

Every reader is asked in a process of its own that may take a gigabyte beside what it begins with.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import resource as process_limits
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from xanesview.cli.dataset import _info
from xanesview.cli.dataset_import import parse_grid
from xanesview.cli.main import main
from xanesview.cli.numbers_asked import asked_size
from xanesview.cli.properties import atoms_of
from xanesview.cli.sites import asked_indices
from xanesview.domain.site_spectra import SiteSpectra
from xanesview.domain.sticks import NATIVE_WIDTHS, StickWidths, rebroadened
from xanesview.errors import DamagedFileError, UsageError, XanesviewError
from xanesview.io import npz
from xanesview.io.figures.spec import FigureSpec
from xanesview.io.hdf5 import opened_h5
from xanesview.io.imported.isdpainn import _site
from xanesview.io.npz import read_npz
from xanesview.io.spectra.column_text import LARGEST_BYTES, MOST_LINES
from xanesview.io.spectra.quality_file import read_quality
from xanesview.io.spectra.stick_file import read_entries
from xanesview.io.spectra.tensor_file import read_tensor
from xanesview.limits import (
    LARGEST_SESSION_TEXT,
    LARGEST_TABLE,
    LARGEST_TRAINING_TABLE,
    MOST_ATOMS,
    MOST_ENERGIES,
    MOST_PIXELS,
    check_bytes,
    check_count,
    check_table,
    size,
)
from xanesview.networks.isd_painn.checkpoint import read_config
from xanesview.paths import resource
from xanesview.training.data.dataset import read_datasets
from xanesview.training.data.grid_dataset import common_grid, written
from xanesview.training.data.structure_pairs import _even

ROOM_BYTES = 1_000_000_000
SECONDS = 60  # on a machine that does much else
TEXT = h5py.string_dtype()


@pytest.fixture
def small_memory() -> Callable[[Callable, object], str]:
    """Ask a reader in a process with little memory; gives what it says of the file."""
    context = multiprocessing.get_context("fork")

    def ask(read: Callable, path: object) -> str:
        answers = context.SimpleQueue()
        process = context.Process(target=_asked, args=(read, path, answers))
        process.start()
        process.join(SECONDS)
        assert process.exitcode == 0, f"{read.__name__} took too much or too long ({process.exitcode})"
        return answers.get()

    return ask


def _asked(read: Callable, path: object, answers) -> None:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    room = pages * process_limits.getpagesize() + ROOM_BYTES
    process_limits.setrlimit(process_limits.RLIMIT_AS, (room, room))
    try:
        read(path)
    except XanesviewError as error:
        answers.put(f"{error.message} {error.hint}")
    else:
        answers.put("read")


def stick_block(path: Path) -> Path:
    """The smallest block of the library that comes with the program."""
    block = min(resource("reference").glob("*.h5"), key=lambda one: one.stat().st_size)
    path.write_bytes(block.read_bytes())
    return path


def quality(path: Path) -> Path:
    """A quality file that comes with the program."""
    path.write_bytes((resource("networks", "c_k_edge_tensor") / "quality.h5").read_bytes())
    return path


def tensors(path: Path) -> Path:
    """Absorption tensors of one site."""
    with h5py.File(path, "w") as file:
        file.update({"energy_ev": np.arange(280.0, 290.0), "site/atom": [0], "site/tensor": np.ones((1, 6, 10))})
        file.attrs["edge"] = "C K"
    return path


def grid_data(path: Path) -> Path:
    """Spectra on a grid to train on."""
    from tests.unit.training.data.test_grid_training import write_crystals

    return write_crystals(path)


def read_training(path: Path) -> None:
    read_datasets([path])


def describe(path: Path) -> None:
    _info(argparse.Namespace(file_name=str(path)))


READERS = [
    (tensors, read_tensor, ("energy_ev", "site/atom", "site/tensor")),
    (quality, read_quality, ("energy_ev", "site/error", "exemplar/reference", "structure/name")),
    (stick_block, read_entries, ("molecule/z", "site/molecule", "molecule/name")),
    (stick_block, read_training, ("stick/energy_ev", "stick/dipole_bohr", "molecule/split")),
    (stick_block, describe, ("molecule/z", "molecule/split")),
    (grid_data, read_training, ("energy_ev", "site/tensor", "structure/pos_angstrom", "structure/name")),
]
CASES = [(make, read, table) for make, read, tables in READERS for table in tables]


@pytest.mark.parametrize(("make", "read", "table"), CASES, ids=lambda one: getattr(one, "__name__", one))
def test_a_table_that_declares_far_more_than_is_stored_is_refused(make, read, table, tmp_path, small_memory) -> None:
    path = make(tmp_path / "bomb.h5")
    with h5py.File(path, "r+") as file:
        shape, dtype = (10**10, *file[table].shape[1:]), file[table].dtype
        del file[table]
        file.create_dataset(table, shape, dtype, chunks=(1000, *shape[1:]), fillvalue=None)
    assert path.stat().st_size < 3_000_000
    said = small_memory(read, path)
    assert "bomb.h5" in said
    assert f"bytes in {table} but holds far fewer" in said


@pytest.mark.parametrize(("make", "read"), [(make, read) for make, read, _ in READERS if read is not describe])
def test_a_table_packed_to_unfold_to_gigabytes_is_refused(make, read, tmp_path, small_memory) -> None:
    """Beside the tables that are read, too: nobody looks at them, and they are refused for all files alike."""
    path = make(tmp_path / "bomb.h5")
    with h5py.File(path, "r+") as file:
        zeros = file.create_dataset("more", (10**12,), "f8", chunks=(10**6,), compression="gzip", compression_opts=9)
        zeros[: 10**6] = 0.0
    said = small_memory(read, path)
    assert "bomb.h5" in said
    assert "bytes in more but holds far fewer" in said


def test_a_size_that_overflows_is_a_size_all_the_same(tmp_path: Path) -> None:
    path = tensors(tmp_path / "bomb.h5")
    with h5py.File(path, "r+") as file:
        file.create_dataset("sum", (2**33, 2**31), "f8", chunks=(1000, 1))
    with pytest.raises(XanesviewError, match="declares 147,573,952,589,676,412,928 bytes in sum"):
        read_tensor(path)


@pytest.mark.parametrize("chunks", [None, (2,)])
def test_text_that_declares_gigabytes_is_refused(chunks, tmp_path, small_memory) -> None:
    path = stick_block(tmp_path / "bomb.h5")
    with h5py.File(path, "r+") as file:
        names = file["molecule/name"][:]
        del file["molecule/name"]
        place = file.create_dataset("molecule/name", len(names), TEXT, chunks=chunks)
        place[:] = names
        at = place.id.get_offset() if chunks is None else place.id.get_chunk_info(0).byte_offset
    content = bytearray(path.read_bytes())
    content[at : at + 4] = (4_000_000_000).to_bytes(4, "little")
    path.write_bytes(content)
    said = small_memory(read_entries, path)
    assert "molecule/name declares 4,000," in said


def test_whole_numbers_that_make_tables_are_checked(tmp_path: Path, small_memory) -> None:
    path = stick_block(tmp_path / "bomb.h5")
    with h5py.File(path, "r+") as file:
        file["site/molecule"][0] = 2**31 - 1
    assert "sites of a molecule that is not there" in small_memory(read_entries, path)


@pytest.mark.parametrize("kind", ["virtual", "external", "link"])
def test_tables_that_lie_in_other_files_are_refused(kind: str, tmp_path: Path) -> None:
    path = tensors(tmp_path / "a.h5")
    (tmp_path / "raw").write_bytes(bytes(800))
    with h5py.File(path, "r+") as file:
        del file["energy_ev"]
        if kind == "virtual":
            layout = h5py.VirtualLayout((10,), "f8")
            layout[:] = h5py.VirtualSource(str(tmp_path / "b.h5"), "x", (10,))
            file.create_virtual_dataset("energy_ev", layout)
        elif kind == "external":
            file.create_dataset("energy_ev", (10,), "f8", external=[(str(tmp_path / "raw"), 0, 80)])
        else:
            file["energy_ev"] = h5py.ExternalLink(str(tmp_path / "b.h5"), "x")
    with pytest.raises(XanesviewError, match="energy_ev lies in another file"):
        read_tensor(path)


def test_a_site_of_imported_spectra_that_declares_too_much_is_refused(tmp_path: Path) -> None:
    from tests.unit.inference.test_domain_check import toluene

    with h5py.File(tmp_path / "bomb.h5", "w") as file:
        group = file.create_group("1/0")
        group.create_dataset("energies", (10**11,), "f8", chunks=(100,))
        group.create_dataset("spectrum", (10**11, 4), "f8", chunks=(100, 4))
        group.attrs["excitation_energy"] = 280.0
        with pytest.raises(XanesviewError, match="but holds far fewer"):
            _site(group, 0, toluene())


def test_what_is_stored_whole_is_read(tmp_path: Path) -> None:
    """Zeros pack a thousandfold, and sites without a tensor are not stored at all: neither is a trap."""
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("zeros", data=np.zeros(5_000_000), compression="gzip", compression_opts=9)
        file.create_dataset("noise", data=np.random.default_rng(1).random(200_000))
        sparse = file.create_dataset("sparse", (2_000, 6, 500), "f4", chunks=(50, 6, 500), fillvalue=np.nan)
        sparse[:1] = 1.0
        file.create_dataset("words", data=["a", "", "é" * 1000], dtype=TEXT)
    with opened_h5(tmp_path / "a.h5", "is damaged", "") as file:
        assert np.isnan(file["sparse"][5]).all()
        assert file["words"].asstr()[2] == "é" * 1000


@pytest.mark.parametrize("lie", ["shape", "zeros"])
def test_arrays_that_declare_more_than_is_packed_are_refused(lie, tmp_path, small_memory, monkeypatch) -> None:
    monkeypatch.setattr(npz, "LARGEST_TABLE", 50_000_000)
    path, head = tmp_path / "a.npz", io.BytesIO()
    shape = (10**10,) if lie == "shape" else (8_000_000,)
    np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": shape})
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("x.npy", "w", force_zip64=True) as stream,
    ):
        stream.write(head.getvalue())
        for _ in range(0 if lie == "shape" else 64):
            stream.write(bytes(1_000_000))
    assert path.stat().st_size < 4_000_000
    said = small_memory(read_npz, path)
    wanted = {"shape": "declares 80,000,000,000 bytes", "zeros": "a.npz would take 64 MB; up to 50 MB are taken"}
    assert wanted[lie] in said


@pytest.mark.parametrize(
    ("ask", "text", "words"),
    [
        (atoms_of, "C999999999", "999,999,999 atoms are too many; up to 200,000 are taken"),
        (atoms_of, "(((C9999)9999)9999)9999", "atoms are too many"),
        (atoms_of, "(" * 5000 + "C" + ")" * 5000, "is no formula"),
        (atoms_of, "(" * 90 + "C" + ")" * 90, "is no formula"),
        (asked_indices, "0-999999999", "1,000,000,000 sites are too many; up to 200,000 are taken"),
        (asked_indices, ",".join(["0-150000"] * 1000), "sites are too many"),
        (parse_grid, "280:320:1000000000000", "1,000,000,000,000 energies are too many; up to 10,000 are taken"),
        (parse_grid, f"280:320:{'9' * 5000}", "is no range of energies"),
        (lambda text: asked_size(text, 64, 8192), "99999x99999", "is not a size from 64x64 to 8192x8192"),
        (lambda text: asked_size(text, 64, 8192), f"{'9' * 5000}x100", "is not a size"),
    ],
)  # fmt: skip
def test_options_that_ask_for_too_much_are_refused_before_anything_is_made(ask, text, words) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(UsageError, match=words):
            ask(text)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


def test_the_command_line_ends_with_one_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    curve = tmp_path / "a.txt"
    energies = np.arange(280.0, 310.0, 0.2)
    np.savetxt(curve, np.stack([energies, 1.0 / (1.0 + np.exp(290.0 - energies))], 1))
    assert main(["properties", str(curve), "--composition", "C999999999"]) == 2
    assert main(["plot", str(curve), "--out", str(tmp_path / "a.png"), "--width", "1000", "--height", "1000",
                 "--dpi", "2400"]) == 2  # fmt: skip
    told = capsys.readouterr().err
    assert "error: 999,999,999 atoms are too many; up to 200,000 are taken." in told
    assert "pixels are too many; up to 100,000,000 are taken." in told
    assert not list(tmp_path.glob("*.png"))


def test_a_picture_has_a_largest_size() -> None:
    assert np.prod(FigureSpec(180.0, 120.0, 1200).size_px) < MOST_PIXELS
    with pytest.raises(XanesviewError, match="pixels are too many"):
        FigureSpec(180.0, 180.0, 2400)


def test_grids_that_spectra_would_need_have_a_largest_size(tmp_path: Path) -> None:
    fine = np.array([280.0, 280.0 + 1e-9, 280.0 + 2e-9, 300.0])
    with pytest.raises(XanesviewError, match="energies are too many"):
        common_grid([SiteSpectra(0, fine, isotropic=fine), SiteSpectra(0, fine + 1.0, isotropic=fine)])
    with pytest.raises(XanesviewError, match="energies are too many"):
        _even(fine)
    with (
        pytest.raises(XanesviewError, match="10,001 energies are too many"),
        written(tmp_path / "a.h5", np.arange(MOST_ENERGIES + 1.0), {}),
    ):
        pass
    with pytest.raises(XanesviewError, match="would take"):
        rebroadened(np.arange(5.0) * 1e-6, np.ones(5), 0.0, NATIVE_WIDTHS, StickWidths(1e4, 1e4, 1.0, 0.0))


def test_sizes_of_a_checkpoint_have_limits(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"hidden_channels": 1000000000}')
    with pytest.raises(XanesviewError, match="“hidden_channels” is 1000000000, not a whole number from 1 to 4,096"):
        read_config(tmp_path / "a.json")


def test_sizes_are_said_as_people_write_them() -> None:
    said = [size(n) for n in (0, 999, 100_000, 999_999, 4_000_000, 70_400_000, 3e9, 1e12)]
    assert said == ["0 bytes", "999 bytes", "100 kB", "1 MB", "4 MB", "70.4 MB", "3 GB", "1,000 GB"]


def test_the_guide_tells_the_limits_that_are() -> None:
    page = (Path(__file__).parents[2] / "resources" / "docs" / "files.md").read_text(encoding="utf-8")
    told = page[page.index("## How large"):].partition("## Settings")[0].replace("\n", " ")
    for words in (
        f"structure or a formula has up to {MOST_ATOMS:,} atoms",
        f"columns {MOST_LINES:,} lines and {size(LARGEST_BYTES)}",
        f"grid of energies {MOST_ENERGIES:,} points",
        f"unfolds to {size(LARGEST_TABLE)}",
        f"training data to {size(LARGEST_TRAINING_TABLE)}",
        f"and {size(LARGEST_SESSION_TEXT)}",
    ):
        assert words in told


def test_limits_are_said_with_what_there_may_be() -> None:
    check_count(MOST_ATOMS, MOST_ATOMS, "atoms", "")
    check_bytes(10, 10, "The file", "")
    check_table("a.h5", "x", declared=10_000, stored=0, in_file=100)
    check_table("a.h5", "x", declared=1_000_000_000, stored=1_000_000, in_file=2_000_000)
    with pytest.raises(XanesviewError, match=r"x of a\.h5 would take 3 GB; up to 2 GB are taken\.") as caught:
        check_table("a.h5", "x", declared=3_000_000_000, stored=3_000_000_000, in_file=3_000_000_000)
    assert caught.value.hint == "Split the file into smaller ones."
    with pytest.raises(DamagedFileError, match=r"a\.h5 declares 2,000,000 bytes in x but holds far fewer\."):
        check_table("a.h5", "x", declared=2_000_000, stored=1_000, in_file=10_000)
