"""Which files are what: by content first, by name where the content leaves it open, from one list of formats each."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from xanesview.errors import XanesviewError
from xanesview.io.recognition import kind_of_file
from xanesview.io.spectra import registry as spectra
from xanesview.io.structures import registry as structures

FILES = Path(__file__).parents[2] / "data" / "structures"
COLUMNS = "\n".join(f"{280 + k / 2} {k % 7}" for k in range(40))


@pytest.mark.parametrize("registry", [structures, spectra])
def test_every_format_can_be_called_and_dialogs_show_all_of_them(registry) -> None:
    filters = getattr(registry, "STRUCTURE_FILTERS", None) or registry.SPECTRUM_FILTERS
    for fmt in registry.FORMATS:
        assert fmt.sniff or fmt.magic
        for role in ("sniff", "read", "write"):
            assert not getattr(fmt, role) or callable(fmt.function(role))
        assert f"{fmt.name} ({fmt.patterns})" in filters
        for ending in fmt.endings:
            assert ending == ending.lower()
            assert ending.startswith(".")
            assert f"*{ending}" in filters.split(";;")[0]


def test_a_registry_imports_no_reader() -> None:
    code = (
        "import sys, xanesview.io.recognition; "
        "print([m for m in ('numpy', 'ase', 'rdkit', 'gemmi', 'h5py', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("film.xdi", "spectrum"), ("film.xy", "spectrum"), ("film.norm", "spectrum"), ("film.xas", "spectrum"),
        ("film.txt", "spectrum"), ("film", "spectrum"), ("film.xyz", "spectrum"), ("film.in", "spectrum"),
    ],
)  # fmt: skip
def test_columns_of_numbers_are_a_spectrum_whatever_they_are_called(tmp_path: Path, name: str, kind: str) -> None:
    (tmp_path / name).write_text(COLUMNS)
    assert kind_of_file(tmp_path / name) == kind


@pytest.mark.parametrize("source", ["water.xyz", "graphite.cif", "POSCAR_rutile", "urea.res", "silicon.pwi"])
@pytest.mark.parametrize("ending", [".txt", ".dat", ".xmu", ""])
def test_a_structure_is_one_whatever_it_is_called(tmp_path: Path, source: str, ending: str) -> None:
    copy = tmp_path / f"copy{ending}"
    copy.write_bytes((FILES / source).read_bytes())
    assert kind_of_file(copy) == "structure"


def test_what_says_nothing_is_what_its_name_says(tmp_path: Path) -> None:
    for name, kind in (("a.cif", "structure"), ("POSCAR", "structure"), ("a.xdi", "spectrum"), ("a.docx", None)):
        (tmp_path / name).write_text("nothing of use\n")
        assert kind_of_file(tmp_path / name) == kind
    assert kind_of_file(tmp_path) is None
    assert kind_of_file(tmp_path / "missing.xyz") == "structure"


def test_names_break_ties_only(tmp_path: Path) -> None:
    table = "# unit: Mb\nenergy_ev,site_0,sum\n" + "\n".join(f"{280 + k},{k},{k}" for k in range(9))
    (tmp_path / "predicted.csv").write_text(table)
    (tmp_path / "measured.csv").write_text(COLUMNS.replace(" ", ","))
    assert spectra.spectrum_format(tmp_path / "predicted.csv") is spectra.PREDICTIONS
    assert spectra.spectrum_format(tmp_path / "measured.csv").name == "Columns of numbers"
    (tmp_path / "tensors.dat").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    assert spectra.spectrum_format(tmp_path / "tensors.dat") is spectra.TENSORS


def test_an_unknown_format_names_those_that_are_read(tmp_path: Path) -> None:
    (tmp_path / "letter.docx").write_text("Dear colleague,\n")
    with pytest.raises(XanesviewError, match="not known") as caught:
        structures.read_structure(tmp_path / "letter.docx")
    for fmt in structures.FORMATS:
        assert fmt.name in caught.value.hint
