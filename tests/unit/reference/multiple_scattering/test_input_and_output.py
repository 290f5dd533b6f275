"""feff.inp as FEFF reads it, its spectra as they are read, and the tensor that six of them make."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.unit.reference.multiple_scattering.test_cluster import rotation, rutile
from xanesview.domain.absorption import rotation_voigt
from xanesview.domain.site_spectra import quadratic_design
from xanesview.errors import XanesviewError
from xanesview.io.structures.feff import read_feff
from xanesview.reference.multiple_scattering.calculation import cut_cluster
from xanesview.reference.multiple_scattering.feff_input import feff_input
from xanesview.reference.multiple_scattering.output import (
    CHECK_DIRECTION,
    DIRECTIONS,
    Xmu,
    is_converged,
    parse_xmu,
    tensor_of,
)
from xanesview.reference.multiple_scattering.settings import (
    PRESETS,
    broadening_ev,
    caution,
    energies_ev,
    parse_edge,
)

DATA = Path(__file__).resolve().parents[3] / "data" / "feff10"


def text(**changes) -> str:
    asked = {"shell": "K", "settings": PRESETS["fast"], "polarisation": (0, 0, 1)} | changes
    return feff_input(cut_cluster(rutile(), 0, asked["settings"]), **asked)


def test_the_input_is_read_as_the_cluster_it_was_made_of():
    found = read_feff(Path("feff.inp"), text())
    cluster = cut_cluster(rutile(), 0, PRESETS["fast"])
    np.testing.assert_array_equal(found.numbers, cluster.numbers)
    np.testing.assert_allclose(found.positions_angstrom, cluster.positions_angstrom, atol=1e-6)
    assert found.absorbers == (0,)


def test_the_input_says_what_is_asked_of_feff():
    lines = text(mixing=(0.05, 10)).splitlines()
    assert "SCF 3.5 0 40 0.05 10" in lines
    assert {"FMS 4.5", "COREHOLE RPA", "EDGE K", "S02 1.0", "EXCHANGE 0 0 0"} <= set(lines)
    assert "POLARIZATION 0.00000000 0.00000000 1.00000000" in lines
    begin = lines.index("POTENTIALS") + 1
    assert lines[begin : begin + 3] == ["0 22 Ti -1 -1 0.001", "1 8 O -1 -1 4", "2 22 Ti -1 -1 2"]
    begin = lines.index("user_grid") + 1
    assert float(lines[begin]) == -30.0
    assert all(len(line) <= 100 for line in lines), "FEFF reads no longer lines"


def test_sharp_edges_are_broadened_and_finely_stepped_and_broad_ones_are_left():
    assert broadening_ev("Ti")[0] == 0.0
    added, width = broadening_ev("C")
    assert width == pytest.approx(0.5, abs=2e-3)
    assert added > 0.1
    for element in ("C", "O", "Ti", "Fe", "Mo"):
        grid = energies_ev(broadening_ev(element)[1])
        assert (np.diff(grid) > 0.01).all()
        assert 0.0 in grid
        assert grid[0] == -30.0
        assert 100.0 <= grid[-1] < 106.0
        assert len(grid) < 300
    assert len(energies_ev(0.5)) > len(energies_ev(1.3))


@pytest.mark.parametrize(
    ("words", "edge"),
    [
        ("Ti K", ("Ti", "K")),
        ("fe", ("Fe", "K")),
        ("Cu-K", ("Cu", "K")),
        ("Pt L3", ("Pt", "L3")),
        ("pt-l₃", ("Pt", "L3")),
    ],
)
def test_edges_are_read_as_people_write_them(words, edge):
    assert parse_edge(words) == edge


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Pt L2", "K and L3 edges"),
        ("Ca L3", "L3 edges from Sc"),
        ("Xx K", "no edge"),
        ("H K", "from C"),
        ("", "edge"),
    ],
)
def test_edges_that_are_not_computed_are_refused(words, told):
    with pytest.raises(XanesviewError) as caught:
        parse_edge(words)
    assert told in caught.value.message
    assert caught.value.hint


def test_an_l3_edge_is_asked_of_feff_and_only_that_of_a_3d_metal_with_a_warning():
    assert "\nEDGE L3\n" in text(shell="L3")
    for element in ("Ti", "Cu", "Zn"):
        assert "multiplets" in caution(element, "L3")
        assert caution(element, "K") == ""
    for element in ("Ga", "Mo", "Pt", "U"):
        assert caution(element, "L3") == ""


def test_a_spectrum_of_feff_is_read_with_its_fermi_level():
    xmu = parse_xmu((DATA / "rutile_xmu.dat").read_text())
    assert xmu.e0_ev == pytest.approx(4969.974, abs=1e-3)
    assert (np.diff(xmu.energy_ev) > 0).all()
    assert xmu.mu.max() == pytest.approx(2.0, abs=0.6)
    assert np.interp(xmu.e0_ev + 50.0, xmu.energy_ev, xmu.mu) == pytest.approx(1.0, abs=0.3)


def test_convergence_is_read_from_the_log_of_the_potentials():
    log = (DATA / "rutile_log1.dat").read_text()
    assert is_converged(log)
    assert not is_converged(log.replace("Convergence reached", "No convergence"))


@pytest.mark.parametrize(
    "spoiled", ["", "# only a header\n", "1 2 3\n", "1. 2. 3. **** 5. 6.\n" * 3, "1 2 3 nan 5 6\n" * 3]
)
def test_a_broken_spectrum_is_told(spoiled):
    with pytest.raises(XanesviewError):
        parse_xmu(spoiled)


def spectra(components: np.ndarray, directions: np.ndarray) -> list[Xmu]:
    energy = 5000.0 + np.linspace(-10.0, 40.0, components.shape[1])
    return [Xmu(energy, row, 5001.0) for row in quadratic_design(directions) @ components]


def test_six_directions_give_the_tensor_and_the_seventh_agrees():
    components = np.random.default_rng(0).normal(size=(6, 20))
    found = tensor_of(spectra(components, DIRECTIONS), spectra(components, CHECK_DIRECTION[None])[0])
    np.testing.assert_allclose(found.components, components, atol=1e-12)
    assert found.missed < 1e-12
    assert found.energy_ev[0] == pytest.approx(-11.0)
    assert found.e0_ev == 5001.0


def test_the_tensor_turns_with_the_directions():
    components, r = np.random.default_rng(1).normal(size=(6, 9)), rotation(5)
    turned = tensor_of(spectra(components, DIRECTIONS @ r))  # the crystal turned by R is seen along Rᵀn
    np.testing.assert_allclose(turned.components, rotation_voigt(r) @ components, atol=1e-12)


def test_a_seventh_direction_that_disagrees_breaks_the_calculation():
    components = np.random.default_rng(0).normal(size=(6, 20))
    wrong = spectra(components + 0.1, CHECK_DIRECTION[None])[0]
    with pytest.raises(XanesviewError, match="seventh"):
        tensor_of(spectra(components, DIRECTIONS), wrong)


def test_directions_on_different_energies_are_no_tensor():
    first = spectra(np.ones((6, 20)), DIRECTIONS)
    with pytest.raises(XanesviewError, match="different energies"):
        tensor_of([*first[:5], Xmu(first[5].energy_ev + 1.0, first[5].mu, 5002.0)])
