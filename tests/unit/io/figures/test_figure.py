"""Exported figures are opened again: size, fonts, metadata, and the numbers of the curves."""

from __future__ import annotations

import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
import zlib
from pathlib import Path

import numpy as np
import pytest

from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.io.figures.curve_looks import FigureCurve, with_roles
from xanesview.io.figures.figure import MOST_POINTS, draw_spectra
from xanesview.io.figures.figure_file import collected_provenance, figure_bytes, save_figure
from xanesview.io.figures.spec import FigureSpec

ENERGY = np.linspace(280.0, 310.0, 301)  # fine: drawn as it is
INTENSITY = 2.2 * np.exp(-((ENERGY - 285.1) ** 2)) + 0.5 * (1 + np.tanh(ENERGY - 291))
FACTS = {"network": "c_k_edge_tensor", "polarisation": "ε = (0.00, 0.64, 0.77)"}


def spectra() -> list[Spectrum]:
    return [
        Spectrum(
            ENERGY,
            INTENSITY,
            unit="Mb",
            label="ε = (0, 0, 1)",
            kind="predicted",
            band=0.1 + 0 * ENERGY,
            provenance=FACTS,
        ),
        Spectrum(ENERGY, 0.5 * INTENSITY, unit="Mb", label="isotropic average", kind="predicted"),
        Spectrum(ENERGY[::2], 0.9 * INTENSITY[::2], label="measured", kind="measured"),
        Spectrum(ENERGY, 1.1 * INTENSITY, label="TP-DFT", kind="computed"),
    ]


def save(tmp_path: Path, ending: str, spec: FigureSpec) -> Path:
    figure = draw_spectra(spectra(), spec, "sum of 6 sites")
    return save_figure(figure, tmp_path / f"figure.{ending}", spec=spec, provenance=FACTS)


def assert_same_shape(points: np.ndarray, energies: np.ndarray, intensities: np.ndarray) -> None:
    """Compare a drawn line, (P, 2) in any linear coordinates, with the numbers it shows."""
    assert len(points) == len(energies)
    for drawn, meant in ((points[:, 0], energies), (points[:, 1], intensities)):
        slope, offset = np.polyfit(drawn, meant, 1)
        np.testing.assert_allclose(slope * drawn + offset, meant, atol=1e-4 * np.ptp(meant))


def test_svg_keeps_text_size_provenance_and_numbers(tmp_path: Path) -> None:
    root = ET.parse(save(tmp_path, "svg", FigureSpec(width_mm=85, height_mm=60))).getroot()
    svg = "{http://www.w3.org/2000/svg}"
    assert float(root.get("width").removesuffix("pt")) == pytest.approx(85 / 25.4 * 72, abs=0.01)
    texts = "".join("".join(node.itertext()) for node in root.iter(f"{svg}text"))
    for words in ("Photon energy (eV)", "Absorption (Mb)", "TP-DFT", "ε = (0, 0, 1)", "sum of 6 sites"):
        assert words in texts
    assert "c_k_edge_tensor" in ET.tostring(root, encoding="unicode")
    for name, factor in (("current-0", 1.0), ("isotropic-1", 0.5)):
        group = next(node for node in root.iter() if node.get("id") == name)
        points = np.array(re.findall(r"[ML] ([-\d.]+) ([-\d.]+)", group.find(f"{svg}path").get("d")), float)
        assert_same_shape(points, ENERGY, factor * INTENSITY)


def test_a_coarse_spectrum_is_drawn_smoothly_through_its_points_and_the_figure_says_so(tmp_path: Path) -> None:
    coarse = Spectrum(ENERGY[::8], INTENSITY[::8], unit="Mb", label="iron", kind="predicted", band=0.1 * INTENSITY[::8])
    measured = Spectrum(ENERGY[::8], INTENSITY[::8], label="measured", kind="measured")
    axes = draw_spectra([coarse, measured]).axes[0]
    energy, drawn = (np.asarray(numbers) for numbers in axes.lines[0].get_data())
    assert np.diff(energy).max() < 0.2
    at = np.searchsorted(energy, coarse.energy_ev - 1e-9)
    np.testing.assert_allclose(drawn[at], coarse.intensity)
    assert drawn.min() == coarse.intensity.min()
    np.testing.assert_array_equal(axes.lines[1].get_xdata(), measured.energy_ev)  # nothing is added to a measurement
    said = collected_provenance([coarse, measured])["lines"]
    assert "drawn through their points by a limited cubic spline" in said
    assert "lines" not in collected_provenance([measured])
    path = save_figure(draw_spectra([coarse]), tmp_path / "iron.svg", provenance=collected_provenance([coarse]))
    assert said in path.read_text(encoding="utf-8")


def test_pdf_has_its_size_embedded_fonts_metadata_and_numbers(tmp_path: Path) -> None:
    data = save(tmp_path, "pdf", FigureSpec(width_mm=170, height_mm=80)).read_bytes()
    box = [float(x) for x in re.search(rb"/MediaBox \[ ([\d. ]+)\]", data)[1].split()]
    assert box[2:] == pytest.approx([170 / 25.4 * 72, 80 / 25.4 * 72], abs=0.01)
    assert b"/FontFile2" in data
    assert b"/Subject" in data
    streams = [zlib.decompress(part) for part in re.findall(rb"stream\r?\n(x.*?)\r?\nendstream", data, flags=re.S)]
    lines = [
        np.array(re.findall(rb"([-\d.]+) ([-\d.]+) [ml]\b", piece), float)
        for stream in streams
        for piece in re.findall(rb"[-\d.]+ [-\d.]+ m\n(?:[-\d.]+ [-\d.]+ l\n)+", stream)
    ]
    current = [points for points in lines if len(points) == ENERGY.size]
    assert len(current) == 3  # current, isotropic, computed; the band is filled, not stroked
    assert_same_shape(current[0], ENERGY, INTENSITY)


def test_png_has_its_size_in_pixels_and_its_dots_per_inch(tmp_path: Path) -> None:
    spec = FigureSpec(width_mm=85, height_mm=60, dpi=200)
    data = save(tmp_path, "png", spec).read_bytes()
    assert struct.unpack(">II", data[16:24]) == spec.size_px
    at = data.index(b"pHYs")
    assert struct.unpack(">I", data[at + 4 : at + 8])[0] == round(200 / 0.0254)
    assert b"c_k_edge_tensor" in data


def test_roles_follow_kind_and_order() -> None:
    given = [*spectra(), Spectrum(ENERGY, INTENSITY, label="C1", kind="predicted")]
    assert [curve.role for curve in with_roles(given)] == ["current", "isotropic", "measured", "computed", "site"]
    assert with_roles([FigureCurve(spectra()[0], "frozen", "#123456")])[0].colour == "#123456"


def test_chosen_ranges_are_kept() -> None:
    axes = draw_spectra(spectra(), FigureSpec(energies_ev=(283, 290), intensities=(0, 3))).axes[0]
    assert axes.get_xlim() == (283, 290)
    assert axes.get_ylim() == (0, 3)


def test_wrong_sizes_formats_and_places_are_told(tmp_path: Path) -> None:
    for wrong in ({"width_mm": 1.0}, {"height_mm": 5000.0}, {"dpi": 3}):
        with pytest.raises(XanesviewError):
            FigureSpec(**wrong)
    figure = draw_spectra(spectra())
    for path in (tmp_path / "figure.docx", tmp_path / "figure", tmp_path / "missing" / "figure.svg"):
        with pytest.raises(XanesviewError) as caught:
            save_figure(figure, path)
        assert caught.value.hint
    with pytest.raises(XanesviewError):
        draw_spectra([])


@pytest.mark.parametrize("name", ["$$", "$^$", "$x$", r"$\nocommand$", r"\$5 & $_{a}$", "a\x01b"])
@pytest.mark.parametrize("count", [1, 12], ids=["beside the curves", "below them"])
def test_names_are_drawn_as_they_are_called(tmp_path: Path, name: str, count: int) -> None:
    """Dollars are mathematics to matplotlib: what it can't read it fails at, what it can it draws as something else."""
    curves = [Spectrum(ENERGY, 1e6 * INTENSITY, unit=name, label=f"{name} {k}", axis="relative") for k in range(count)]
    spec = FigureSpec(width_mm=85 if count == 1 else 150, height_mm=70)
    figure = draw_spectra(curves, spec, title=name)
    path = save_figure(figure, tmp_path / "a.svg", provenance={"structure": name})
    drawn = {"".join(text.itertext()) for text in ET.parse(path).iter("{http://www.w3.org/2000/svg}text")}
    shown = name.replace("\x01", "�")
    assert {shown, f"{shown} 0", f"Absorption ({shown})"} <= drawn
    assert not any("mathdefault" in text for text in drawn)  # the numbers on the axes
    for ending in ("pdf", "png"):
        save_figure(figure, tmp_path / f"a.{ending}")


@pytest.mark.parametrize(
    "choice",
    [{"energies_ev": pair} for pair in ((-1e308, 1e308), (np.nan, 300.0), (0.0, np.inf), (300.0, 280.0))]
    + [{"intensities": pair} for pair in ((-1e308, 1e308), (np.nan, 1.0), (1.0, 1.0))],
)
def test_ranges_that_are_none_are_told(choice: dict) -> None:
    with pytest.raises(XanesviewError, match=r"no energies|is empty|No intensities"):
        FigureSpec(**choice)


@pytest.mark.parametrize("factor", [(1e305, 1.0), (1.0, 1e308)], ids=["energies", "intensities"])
def test_numbers_that_overflow_are_told(factor: tuple[float, float]) -> None:
    curve = Spectrum(ENERGY * factor[0], INTENSITY / INTENSITY.max() * factor[1], label="large")
    with pytest.raises(XanesviewError, match=r"large holds numbers above 1e\+30"):
        draw_spectra([curve])


def test_provenance_is_collected_once_each() -> None:
    units = {"energy_unit": "eV", "intensity_unit": spectra()[0].unit}
    assert collected_provenance([spectra()[0], spectra()[0]]) == {**FACTS, **units}


def test_a_figure_needs_no_window_system() -> None:
    code = (
        "import sys, numpy as np\n"
        "import xanesview.io.figures.figure as f\n"
        "assert 'matplotlib' not in sys.modules\n"
        "from xanesview.domain.spectrum import Spectrum\n"
        "f.draw_spectra([Spectrum(np.arange(5.0), np.arange(5.0))])\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
        "assert not any(name.startswith('PySide6') for name in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize("count", [1, 7, 12])
def test_the_title_of_the_axis_is_not_cut_by_a_long_legend(count: int) -> None:
    curves = [
        Spectrum(ENERGY, INTENSITY, unit="hartree bohr²/eV", label=f"a name as long as a line {k}", kind="frozen")
        for k in range(count)
    ]
    figure = draw_spectra(curves, FigureSpec())
    label = figure.axes[0].yaxis.label
    figure.draw_without_rendering()
    box = label.get_window_extent()
    assert box.y0 >= 0
    assert box.y1 <= figure.bbox.height
    told = label.get_text().replace("\n", " ")
    assert told == "Absorption (hartree bohr²/eV)", "the legend leaves it its height, in two lines if need be"


def test_a_low_figure_breaks_the_title_of_its_axis() -> None:
    curve = Spectrum(ENERGY, INTENSITY, unit="hartree bohr²/eV", label="one")
    assert draw_spectra([curve], FigureSpec(height_mm=45)).axes[0].get_ylabel() == "Absorption\n(hartree bohr²/eV)"


def test_a_million_noisy_points_are_drawn_with_their_outline(tmp_path) -> None:
    energy = np.linspace(280.0, 300.0, 1_000_000)
    noise = np.random.default_rng(0).standard_normal(energy.size)
    noise[123_456] = 40.0
    figure = draw_spectra([Spectrum(energy, noise, label="noisy", kind="measured")], FigureSpec(width_mm=85))
    (line,) = [one for one in figure.axes[0].lines if len(one.get_xdata()) > 100]
    assert 10_000 < len(line.get_xdata()) <= MOST_POINTS + 2
    assert line.get_ydata().max() == 40.0
    assert line.get_ydata().min() == noise.min()
    assert figure_bytes(figure, "png", FigureSpec(width_mm=85))[1:4] == b"PNG"
