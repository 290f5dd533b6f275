"""Exported curves read back as they were written: numbers to the last bit, names, kinds, units, provenance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xanesview.domain.spectrum import KINDS, Spectrum
from xanesview.errors import XanesviewError
from xanesview.io.spectra.curves import exported_curves, write_curves
from xanesview.io.spectra.registry import CURVES, spectrum_format
from xanesview.io.spectra.tensor_file import read_tensor

WORDS = (
    "θ = 20°", "a, b", 'say "x"', "two\nlines", "  blanks  ", "curve 2: odd", "a: b", "#", "", "π* · (0.00, −1.00)",
    ";", "energy_ev", "kind", "intensity_unit", "columns", "\u2028", "tab\there", "x (half width of the band)",
    "=1+1", '"', "0.1", "\\n", "é", "名前", "C1", "network_version", "native_fwhm_ev", "energies", "label",
    "curve 1 network",
)  # fmt: skip


def drawn_at_random(seed: int) -> list[Spectrum]:
    """Return a dozen or fewer curves of random numbers, names and facts, each on its own grid."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(rng.integers(1, 13)):
        size = int(rng.integers(1, 40))
        values = rng.normal(size=size) * 10.0 ** rng.integers(-12, 6)
        values[rng.random(size) < 0.1] = np.nan
        facts = {str(rng.choice(WORDS)) or "key": str(rng.choice(WORDS)) for _ in range(rng.integers(0, 6))}
        found.append(
            Spectrum(
                energy_ev=np.sort(rng.uniform(280, 320, size)),
                intensity=values,
                unit=str(rng.choice(["arb. u.", "hartree bohr²/eV", "Mb"])),
                label=str(rng.choice(WORDS)) or "curve",
                kind=str(rng.choice(KINDS)),
                native_fwhm_ev=float(rng.choice([0.0, rng.random()])),
                band=rng.random(size) if rng.random() < 0.4 else None,
                provenance=facts,
                axis=str(rng.choice(["absolute", "relative"])),
            )
        )
    return found


def assert_same(one: Spectrum, two: Spectrum) -> None:
    for name in ("energy_ev", "intensity"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
    assert (one.band is None) == (two.band is None)
    if one.band is not None:
        np.testing.assert_array_equal(one.band, two.band)
    for name in ("label", "kind", "unit", "axis", "native_fwhm_ev", "provenance"):
        assert getattr(one, name) == getattr(two, name), name


@pytest.mark.parametrize("ending", [".csv", ".h5"])
@pytest.mark.parametrize("seed", range(40))
def test_what_is_written_is_read_back(tmp_path: Path, seed: int, ending: str) -> None:
    spectra = drawn_at_random(seed)
    path = tmp_path / f"curves{ending}"
    write_curves(path, spectra)
    again = exported_curves(path)
    assert again is not None
    assert len(again) == len(spectra)
    for one, two in zip(spectra, again, strict=True):
        assert_same(one, two)
    write_curves(tmp_path / f"again{ending}", again)  # and once more
    for one, two in zip(spectra, exported_curves(tmp_path / f"again{ending}"), strict=True):
        assert_same(one, two)


def test_a_table_is_told_from_other_tables(tmp_path: Path) -> None:
    path = tmp_path / "v.csv"
    write_curves(path, drawn_at_random(1))
    assert spectrum_format(path) is CURVES
    columns = tmp_path / "columns.csv"
    columns.write_text("energy,mu\n1,2\n2,3\n3,4\n", encoding="utf-8")
    assert exported_curves(columns) is None


def test_windows_line_ends_are_read(tmp_path: Path) -> None:
    spectra, path = drawn_at_random(3), tmp_path / "v.csv"
    write_curves(path, spectra)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    for one, two in zip(spectra, exported_curves(path), strict=True):
        assert_same(one, two)


@pytest.mark.parametrize("name", ["v.png", "v.svg", "v.txt", "v"])
def test_a_name_of_something_else_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(XanesviewError, match="can't be written as") as caught:
        write_curves(tmp_path / name, drawn_at_random(1))
    assert ".csv" in caught.value.hint
    assert not (tmp_path / name).exists()


def test_damaged_files_are_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "v.csv"
    write_curves(path, drawn_at_random(5))
    lines = path.read_text(encoding="utf-8").split("\n")
    head = [line for line in lines if line.startswith("#")]
    for body in ([], ["energy_ev"], ["energy_ev,a", "1"], ["energy_ev,a", "x,y"]):
        path.write_text("\n".join([*head, *body]), encoding="utf-8")
        with pytest.raises(XanesviewError):
            exported_curves(path)
    h5 = tmp_path / "v.h5"
    write_curves(h5, drawn_at_random(5))
    content = h5.read_bytes()
    for share in (0.5, 0.9):
        h5.write_bytes(content[: int(share * len(content))])
        with pytest.raises(XanesviewError):
            _ = exported_curves(h5) or read_tensor(h5)
