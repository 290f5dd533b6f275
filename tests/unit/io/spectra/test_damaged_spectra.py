"""Damaged and hostile files of spectra: each gives a spectrum or one sentence, soon, whatever the file is called."""

from __future__ import annotations

import random
import re
import time
import warnings
from pathlib import Path

import h5py
import numpy as np
import pytest

from xanesview.cli.arguments import parsed
from xanesview.cli.file_curves import curves_of
from xanesview.errors import XanesviewError
from xanesview.io.recognition import kind_of_file
from xanesview.io.spectra.spectrum_file import read_spectrum
from xanesview.io.structures.registry import FORMATS

ENERGY_EV = np.linspace(280.0, 320.0, 120)
EDGE = 1.0 / (1.0 + np.exp(290.0 - ENERGY_EV))
#: Half a second is what is promised; the rest is for a machine that is busy or slow.
SOON_S = 5.0  # no measure of speed: what hangs takes minutes
STRANGE = (
    b"9" * 5000, b"1e400", b"-1e400", b"1" * 400, b"nan", b"inf", b"1e308", b"0." + b"1" * 100_000, b"\xff\xfe",
    b"\xb2", b"1D5000", b"1_0",
    b"\0", b"\r", b"\t", b";", b'"', "½".encode(), "١٢".encode(), b" ".join([b"1.5"] * 3000),
)  # fmt: skip
NAMES = ("same", "same", "same", "a.cif", "a.xyz", "POSCAR", "a.cjson", "a.cell", "a.in", "a.json", "a.db", "a.traj")


def _table(form: str) -> bytes:
    return "\n".join(form.format(e, y) for e, y in zip(ENERGY_EV, EDGE)).encode()


def _samples(folder: Path) -> dict[str, bytes]:
    tensor = ",".join(["energy_ev", *(f"site_0_{c}" for c in ("xx", "yy", "zz", "yz", "xz", "xy"))])
    with h5py.File(folder / "sample.h5", "w") as file:
        file["energy_ev"], file["site/atom"] = ENERGY_EV, np.array([0, 1])
        file["site/tensor"] = np.ones((2, 6, len(ENERGY_EV)))
        file.attrs["native_fwhm_ev"] = 0.3
    return {
        "plain.dat": _table("{:.3f} {:.6f}"),
        "comma.csv": b"energy;mu\n" + _table("{:.3f};{:.6f}").replace(b".", b","),
        "x.xdi": b"# XDI/1.0\n# Column.1: energy eV\n# Column.2: xmu\n# Sample.name: Fe\n# ---\n" + _table("{}\t{}\t1"),
        "sum.csv": b"# edge: C K\n# native_fwhm_ev: 0.3\nenergy_ev,site_0,sum\n" + _table("{0:.3f},{1:.6f},{1:.6f}"),
        "tensor.csv": f"# edge: C K\n{tensor}\n".encode() + _table("{0:.3f}" + ",{1:.6f}" * 6),
        "tensor.h5": (folder / "sample.h5").read_bytes(),
    }


def _mutated(chance: random.Random, data: bytes) -> bytes:
    """Return a file with one or some damages of many kinds."""
    for _ in range(chance.choice([1, 1, 2, 4, 16])):
        at = chance.randrange(len(data) + 1)
        kind = chance.randrange(10)
        if kind < 3:
            data = data[:at] + chance.choice(STRANGE) + data[at + chance.choice([0, 0, 3]) :]
        elif kind == 3:
            data = data[:at] + data[at + chance.randrange(1, 400) :]
        elif kind == 4:
            data = data[:at] or data
        elif kind == 5:
            data = data[:at] + chance.randbytes(chance.randrange(1, 50)) + data[at:]
        elif kind == 6 and len(data) < 1_000_000:
            data = data[:at] + data[at : at + 100] * chance.choice([2, 200, 2000]) + data[at:]
        elif kind == 7 and len(data) < 1_000_000:
            data = data.replace(b"\n", chance.choice([b" ", b",", b"\r", b"\t", b"\n\n"]))
        elif kind == 8:
            data = data.decode("latin-1").encode(chance.choice(["utf-16", "utf-16-le", "utf-16-be", "utf-32"]))
        else:
            numbers = list(re.finditer(rb"[\d.]+", data[:5000]))
            if numbers:
                one = chance.choice(numbers)
                data = data[: one.start()] + chance.choice(STRANGE) + data[one.end() :]
    return data


def _take(path: Path, read) -> None:
    """Read, and demand a sentence where it can't be; no warning of numpy's counts as a sentence."""
    told = ""
    begun = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            read(path)
        except XanesviewError as error:
            told = error.message
    assert "\n" not in told
    assert len(told) < 600
    assert time.process_time() - begun < SOON_S, f"{path.name} took too long"


def _curves(path: Path) -> None:
    if kind_of_file(path) == "spectrum":
        curves_of(path, parsed(["plot", str(path), "--out", "x.svg"]))


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_file_gives_a_spectrum_or_one_sentence(tmp_path, seed):
    chance = random.Random(seed)
    samples = _samples(tmp_path)
    for number in range(80):
        own = chance.choice(list(samples))
        called = chance.choice(NAMES)
        path = tmp_path / f"{number}_{own if called == 'same' else called}"
        path.write_bytes(_mutated(chance, samples[own]))
        for read in (kind_of_file, read_spectrum, _curves):
            _take(path, read)


@pytest.mark.parametrize(
    "content",
    [
        b"1.5 " * 1_900_000,
        b"1.5," * 1_900_000,
        b"1" * 7_500_000,
        b"\n" * 7_500_000,
        b" " * 7_500_000 + b"1 2",
        b"# x\n" * 1_900_000,
        b"lorem ipsum\n" * 600_000,
        b"".join(b"%.4f %d\n" % (280 + k * 1e-4, k) for k in range(190_000)) + b"the end\n",
        b"# " + b"-=" * 1_000_000 + b"\n1 2\n2 3\n3 4\n",
        b"\n".join(b" ".join([b"1.5"] * 5000) for _ in range(60)),
        b"\n".join(b"9" * 20_000 + b" " + b"1" * 20_000 for _ in range(150)),
        b"energy_ev,site_0,sum\n1," + b"1" * 200_000 + b",2\n2,1,2\n3,1,2\n",
        b"energy_ev,site_" + b"1" * 5000 + b",sum\n1,2,2\n2,1,2\n3,1,2\n",
        b'energy_ev,site_0,sum\n1,"2\n' + b"3,1,2\n" * 100_000,
        b"[" * 1_000_000,
    ],
    ids=lambda content: content[:12].decode("latin-1").encode("unicode_escape").decode(),
)  # fmt: skip
@pytest.mark.parametrize("name", ["spectrum.dat", "table.csv", "crystal.cif"])
def test_endless_lines_columns_and_digits_end_soon(tmp_path, content, name):
    path = tmp_path / name
    path.write_bytes(content)
    for read in (kind_of_file, read_spectrum, _curves):
        _take(path, read)


def test_a_number_beyond_all_spectra_is_a_gap(tmp_path):
    path = tmp_path / "gap.dat"
    path.write_bytes(_table("{:.3f} {:.6f}") + b"\n321 1e400\n322 1e300\n")
    spectrum = read_spectrum(path)
    assert spectrum.energy_ev[-1] == 320.0
    assert "2 rows without a number" in spectrum.provenance["notice"]


@pytest.mark.parametrize("table", ["energy_ev", "site/atom", "site/tensor", "site/intensity", "sum"])
def test_a_table_that_declares_more_than_it_holds_is_refused(tmp_path, table):
    path = tmp_path / "bomb.h5"
    shape = (2, 6, 15_000_000) if table == "site/tensor" else (10**10,)
    with h5py.File(path, "w") as file:
        for name, values in {"energy_ev": ENERGY_EV, "site/atom": [0], "site/tensor": np.ones((1, 6, 120))}.items():
            if name != table:
                file[name] = values
        file.create_dataset(table, shape, "i8" if table == "site/atom" else "f8", chunks=True, compression="gzip")
    begun = time.process_time()
    with pytest.raises(XanesviewError, match=r"too many to open|holds far fewer"):
        curves_of(path, parsed(["plot", str(path), "--out", "x.svg"]))
    assert time.process_time() - begun < SOON_S


@pytest.mark.parametrize("values", [ENERGY_EV * 1j, ["a"] * 120, 5.0])
def test_a_table_of_something_else_is_refused(tmp_path, values):
    path = tmp_path / "other.h5"
    with h5py.File(path, "w") as file:
        file["energy_ev"], file["site/atom"], file["site/tensor"] = values, [0], np.ones((1, 6, 120))
    with pytest.raises(XanesviewError, match=r"other\.h5"):
        curves_of(path, parsed(["plot", str(path), "--out", "x.svg"]))


@pytest.mark.parametrize("filling", ["\n", " \n", "\t", "#\n", "1\n", "a ", "1 2\n", "_", "'", "&\n", "!\n", "\n;"])
def test_no_format_takes_long_to_recognise(filling):
    text = (filling * 20_000)[:20_000]
    for fmt in FORMATS:
        begun = time.process_time()
        if fmt.sniff:
            fmt.is_content(text)
        assert time.process_time() - begun < 0.3, fmt.name
