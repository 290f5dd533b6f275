"""Damaged and hostile files of measurements: each gives scans or one sentence with a hint, soon."""

from __future__ import annotations

import gzip
import random
import time
import warnings
from pathlib import Path

import pytest

from tests import measured_files as made
from tests.damage import KINDS
from xanesview.errors import XanesviewError
from xanesview.io.recognition import kind_of_file
from xanesview.io.spectra.interpretation import Answers
from xanesview.io.spectra.measurement_file import read_measurement
from xanesview.io.spectra.spectrum_file import sniff

SOON_S = 5.0  # no measure of speed: what hangs takes minutes
SAMPLES = made.files()
STRANGE = (
    b"9" * 3000, b"1e400", b"-1e999", b"nan", b"inf", b"\0\0", b"\xff\xfe", b"'", b'"', b"(" * 300, b"[" * 300,
    b"{" * 300, b");", b"\n\n", b"\t", b"#L", b"#S 1", b"&END", b"=>", b"0x1", b"$x", b"%", b"\\", b"-" * 50,
    "µ½".encode(),
)  # fmt: skip


def mutated(chance: random.Random, data: bytes) -> bytes:
    """Return a file with some damages."""
    for _ in range(chance.choice([1, 1, 2, 5])):
        at = chance.randrange(len(data) + 1)
        kind = chance.randrange(6)
        if kind < 2:
            data = data[:at] + chance.choice(STRANGE) + data[at + chance.choice([0, 3, 20]) :]
        elif kind == 2:
            data = data[:at] + data[at + chance.randrange(1, 300) :]
        elif kind == 3:
            data = data[:at] or data
        elif kind == 4 and data:
            at = min(at, len(data) - 1)
            data = data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]
        else:
            data = data[:at] + chance.randbytes(chance.randrange(1, 40)) + data[at:]
    return data


def take(path: Path, read) -> None:
    """Read, and demand one sentence and a hint where it can't be."""
    begun = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        told = XanesviewError("", "nothing to be told")
        try:
            read(path)
        except XanesviewError as error:
            told = error
    assert "\n" not in told.message
    assert len(told.message) < 700
    assert told.hint
    assert time.process_time() - begun < SOON_S, f"{path.name} took too long"


def spectra(path: Path) -> None:
    for scan in read_measurement(path).scans:
        scan.spectrum()


@pytest.mark.parametrize("name", SAMPLES)
def test_a_damaged_file_gives_scans_or_one_sentence(tmp_path, name) -> None:
    chance = random.Random(name)
    for number in range(12):
        content = SAMPLES[name]
        if content.startswith(b"\x1f\x8b") and number % 2:  # the text inside as well as what packs it
            content = gzip.compress(mutated(chance, gzip.decompress(content)))
        else:
            content = mutated(chance, content)
        path = tmp_path / f"{number}_{name}"
        path.write_bytes(content)
        for read in (kind_of_file, spectra, sniff):
            take(path, read)
    for kind in KINDS:
        path = tmp_path / f"{kind.__name__}_{name}"
        path.write_bytes(kind(SAMPLES[name]))
        take(path, spectra)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("deep.prj", "# Athena project file -- Demeter\n@args = " + "(" * 100_000),
        ("deep2.prj", "# Athena project file -- Demeter\n%h = " + "{'a' => " * 50_000),
        ("deep.json.prj", '{"_____header1": "# Athena project file -- x", "a": ' + "[" * 200_000),
        ("string.prj", "# Athena project file -- Demeter\n$x = '" + "\\'" * 200_000),
        ("many.prj", "# Athena project file -- Demeter\n" + "@x = (\n" * 20_000),
        ("deep.larix", "##LARIX: 1.0\n<:a:>\n" + "[" * 200_000 + "\n"),
        ("long.msa", "#FORMAT : EMSA/MAS\n#NPOINTS : 1e300\n#XPERCHAN : 1e-300\n#SPECTRUM :\n1,\n2,\n3,\n4,\n"),
        ("zero.msa", "#FORMAT : EMSA/MAS\n#XPERCHAN : 0\n#SPECTRUM :\n1,\n2,\n3,\n4,\n"),
        ("wide.spec", "#S 1 ascan\n#L " + "a  " * 100_000 + "\n1 2\n2 3\n3 4\n4 5\n"),
        ("labels.dat", "SSRL   EXAFS Data Collector 1.3\nData:\n" + "name\n" * 100_000),
        ("d.dat", "  9809     KEK-PF   BL9A\n D= 1e9 A\n Offset 0 0\n 1 2 3\n 2 3 4\n 3 4 5\n"),
        ("l.dat", " NPTS  NS DSPACE STPDEG\n 1 2 nan nan\nx\n1 2 3\n2 3 4\n3 4 5\n"),
    ],
)
def test_deep_nesting_and_declared_sizes_end_in_a_sentence_soon(tmp_path, name, content) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    for read in (kind_of_file, spectra, sniff):
        take(path, read)


def test_a_packed_file_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch) -> None:
    from xanesview.io.spectra import packed

    monkeypatch.setattr(packed, "MOST_UNPACKED", 1_000_000)
    path = tmp_path / "bomb.prj"
    path.write_bytes(gzip.compress(b"# Athena project file -- Demeter\n" + b" " * 20_000_000))
    with pytest.raises(XanesviewError, match="unpacks to more than"):
        read_measurement(path)


@pytest.mark.parametrize(
    "expression",
    ["__import__('os')", "I0.__class__", "ln(", "((((" * 100, "I0/It)", "", "1", "I0 It", "exec(1)", "ln(I0/nothing)",
     "a" * 30_000, "-" * 30_000, "$9999", "1e999*I0", "I0/0"],
)  # fmt: skip
def test_no_expression_does_anything_but_arithmetic(tmp_path, expression) -> None:
    path = tmp_path / "columns.dat"
    path.write_bytes(SAMPLES["columns.dat"])
    take(path, lambda one: read_measurement(one, Answers(signal=expression)).scans[0].spectrum())
