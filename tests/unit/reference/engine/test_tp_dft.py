"""The engine by physics: symmetry, known lines, stability, and agreement with an independent program's sticks."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from xanesview.domain.sticks import FORMER_WIDTHS, NATIVE_WIDTHS, stick_tensor
from xanesview.domain.structure import SYMBOLS, Structure
from xanesview.errors import Cancelled, XanesviewError
from xanesview.reference.engine import basis, grid
from xanesview.reference.engine.contractions import SHORT_CONTRACTIONS
from xanesview.reference.engine.diffuse import PrimitivesAt
from xanesview.reference.engine.diffuse_set import DIFFUSE, even_tempered
from xanesview.reference.engine.offsets import ENERGY_OFFSET_EV
from xanesview.reference.engine.pyscf_access import gto
from xanesview.reference.engine.relaxation import relaxed_from_smiles
from xanesview.reference.engine.scf import Problem
from xanesview.reference.engine.tp_dft import SiteSticks, TransitionPotential, compute_sites, tensor_of

DATA = Path(__file__).parents[3] / "data" / "reference"
FORMALDEHYDE = (
    ["C", "O", "H", "H"],
    np.array([[0.0, 0.0, -0.53], [0.0, 0.0, 0.675], [0.0, 0.94, -1.11], [0.0, -0.94, -1.11]]),
)
ETHENE = (
    ["C", "C", "H", "H", "H", "H"],
    np.array(
        [[0, 0, 0.664], [0, 0, -0.664], [0, 0.923, 1.234], [0, -0.923, 1.234], [0, 0.923, -1.234], [0, -0.923, -1.234]]
    ),
)
GRID_EV = {"C": np.arange(280.0, 305.0, 0.1), "O": np.arange(525.0, 550.0, 0.1)}


def benzene() -> tuple[list[str], np.ndarray]:
    angles = np.arange(6) * np.pi / 3
    ring = np.stack([np.cos(angles), np.sin(angles), 0 * angles], 1)
    return ["C"] * 6 + ["H"] * 6, np.concatenate([1.39 * ring, 2.475 * ring])


def tensor(sticks: SiteSticks, element: str) -> np.ndarray:
    """Return the (E, 3, 3) tensor with lines 1.18 eV wide."""
    return tensor_of([sticks], element, GRID_EV[element], FORMER_WIDTHS).matrix()[0]


def pi_line_ev(sticks: SiteSticks, element: str) -> float:
    """Return the energy of the first strong transition on the scale of experiment."""
    strength = (sticks.dipole_bohr**2).sum(1)
    first = np.flatnonzero(strength > 0.2 * strength[sticks.energy_ev < sticks.energy_ev[0] + 8].max())[0]
    return float(sticks.energy_ev[first] + ENERGY_OFFSET_EV[element])


def relative(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.linalg.norm(a - b) / np.linalg.norm(b))


@pytest.fixture(scope="module")
def formaldehyde() -> SiteSticks:
    return TransitionPotential(*FORMALDEHYDE).site(0)


@pytest.mark.parametrize("name", ["formaldehyde", "fluoroacetonitrile"])
def test_sticks_agree_with_an_independent_program(name, monkeypatch):
    """Stored: all integrals analytic, converged to the limit, the former diffuse set; every C, N, O and F site."""
    former = even_tempered(0, 4.0, 0.008, 11) + even_tempered(1, 4.0, 0.008, 11) + even_tempered(2, 2.0, 0.010, 9)
    monkeypatch.setattr("xanesview.reference.engine.absorber.DIFFUSE", former)
    with np.load(DATA / f"{name}.npz") as stored:
        data = dict(stored)
    symbols = [SYMBOLS[z] for z in data["z"]]
    engine = TransitionPotential(symbols, data["pos"])
    for k, atom in enumerate(data["sites"]):
        energy, dipole = (data[q][data["ptr"][k] : data["ptr"][k + 1]] for q in ("energy", "dipole"))
        found = engine.site(int(atom))
        offset = ENERGY_OFFSET_EV[symbols[atom]]
        window = np.arange(energy[0] - 5, energy[0] + 20, 0.25) + offset
        ours = stick_tensor(window, found.energy_ev, found.dipole_bohr, found.ip_ev, offset, FORMER_WIDTHS)
        theirs = stick_tensor(window, energy, dipole, float(data["ip"][k]), offset, FORMER_WIDTHS)
        assert np.abs(found.energy_ev[:20] - energy[:20]).max() < 0.01
        assert relative(ours, theirs) < 0.01
        assert found.ip_ev == pytest.approx(float(data["ip"][k]), abs=0.01)


def test_rotated_molecule_gives_the_rotated_tensor(formaldehyde):
    rotation, _ = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))
    symbols, positions = FORMALDEHYDE
    turned = TransitionPotential(symbols, positions @ rotation.T + 4.0).site(0)
    expected = rotation @ tensor(formaldehyde, "C") @ rotation.T
    assert relative(tensor(turned, "C"), expected) < 0.01


def test_pi_line_is_polarised_along_the_normal_of_the_molecular_plane(formaldehyde):
    here = np.argmin(np.abs(GRID_EV["C"] - pi_line_ev(formaldehyde, "C")))
    sigma = tensor(formaldehyde, "C")[here]
    assert sigma[0, 0] > 100 * max(abs(sigma[1, 1]), abs(sigma[2, 2]))


def test_equivalent_sites_have_equal_spectra():
    engine = TransitionPotential(*ETHENE)
    first, second = engine.site(0), engine.site(1)
    assert np.abs(first.energy_ev[:20] - second.energy_ev[:20]).max() < 0.003
    assert relative(tensor(first, "C"), tensor(second, "C")) < 0.003
    assert pi_line_ev(first, "C") == pytest.approx(284.7, abs=0.3)


def test_formaldehyde_lines(formaldehyde):
    assert pi_line_ev(formaldehyde, "C") == pytest.approx(286.0, abs=0.3)
    assert pi_line_ev(TransitionPotential(*FORMALDEHYDE).site(1), "O") == pytest.approx(530.8, abs=0.4)


@pytest.mark.slow
def test_benzene_line_and_its_six_sites():
    engine = TransitionPotential(*benzene())
    sites = [engine.site(i) for i in range(6)]
    assert pi_line_ev(sites[0], "C") == pytest.approx(285.2, abs=0.3)
    turn = np.array([[0.5, -np.sqrt(0.75), 0], [np.sqrt(0.75), 0.5, 0], [0, 0, 1]])
    for a, b in pairwise(sites):
        assert relative(tensor(b, "C"), turn @ tensor(a, "C") @ turn.T) < 0.02


def test_a_finer_grid_changes_little(formaldehyde, monkeypatch):
    monkeypatch.setattr("xanesview.reference.engine.valence.HEAVY_POINTS", (60, 194))
    monkeypatch.setattr("xanesview.reference.engine.valence.HYDROGEN_POINTS", (50, 110))
    monkeypatch.setattr("xanesview.reference.engine.valence.ABSORBER_POINTS", (75, 302))
    monkeypatch.setattr(grid, "NEGLIGIBLE_ORBITAL", 1e-6)
    fine = TransitionPotential(*FORMALDEHYDE).site(0)
    assert np.abs(fine.energy_ev[:5] - formaldehyde.energy_ev[:5]).max() < 0.05
    assert relative(tensor(fine, "C"), tensor(formaldehyde, "C")) < 0.05


@pytest.mark.slow
def test_saturated_molecules_get_a_finer_grid():
    geometry, _ = relaxed_from_smiles("C1C2CC3CC1CC(C2)C3", "adamantane")
    engine = TransitionPotential([SYMBOLS[z] for z in geometry.numbers], geometry.positions_angstrom)
    assert engine.system.missing_electrons > 5e-3
    weights = np.concatenate([b.weights for atom in engine.system.atoms for b in atom.blocks])
    points = np.concatenate([b.points for atom in engine.system.atoms for b in atom.blocks])
    exponent, centre = 0.8, engine.system.positions[0] + 0.3
    gaussian = np.exp(-exponent * ((points - centre) ** 2).sum(1)) * (exponent / np.pi) ** 1.5
    assert gaussian @ weights == pytest.approx(1.0, abs=1e-3)
    assert len(engine.site(0).energy_ev) > 50


def test_the_coarse_grid_between_steps_changes_no_line(formaldehyde, monkeypatch):
    def without_sketch(*parts):
        return Problem(*parts[:4], None, *parts[5:])

    monkeypatch.setattr("xanesview.reference.engine.absorber.Problem", without_sketch)
    plain = TransitionPotential(*FORMALDEHYDE).site(0)
    assert np.abs(plain.energy_ev[:20] - formaldehyde.energy_ev[:20]).max() < 0.004
    assert relative(tensor(plain, "C"), tensor(formaldehyde, "C")) < 0.003


@pytest.mark.parametrize(("symbol", "degree"), sorted(SHORT_CONTRACTIONS))
def test_short_contractions_are_the_published_ones(symbol, degree):
    long = next(s for s in gto.basis.load("ccecp-cc-pvdz", symbol) if s[0] == degree and len(s) > 2)
    short = next(s for s in basis.valence_shells(symbol) if s[0] == degree and len(s) > 2)
    published, ours = (basis.functions_at(symbol, np.zeros(3), [shell]) for shell in (long, short))
    assert len(short) < len(long)
    assert gto.intor_cross("int1e_ovlp", published, ours)[0, 0] > 0.999998
    kinetic = [one.intor("int1e_kin")[0, 0] for one in (published, ours)]
    assert kinetic[1] == pytest.approx(kinetic[0], rel=3e-4)


def test_more_diffuse_functions_leave_the_spectrum(formaldehyde, monkeypatch):
    denser = even_tempered(0, 8.0, 0.004, 29) + even_tempered(1, 8.0, 0.004, 29) + even_tempered(2, 4.0, 0.006, 25)
    monkeypatch.setattr("xanesview.reference.engine.absorber.DIFFUSE", denser)
    larger = TransitionPotential(*FORMALDEHYDE).site(0)
    assert np.abs(larger.energy_ev[:6] - formaldehyde.energy_ev[:6]).max() < 0.005
    below = GRID_EV["C"] < formaldehyde.ip_ev + ENERGY_OFFSET_EV["C"]
    assert relative(tensor(larger, "C")[below], tensor(formaldehyde, "C")[below]) < 0.02
    assert relative(tensor(larger, "C"), tensor(formaldehyde, "C")) < 0.05


def test_diffuse_functions_on_points_are_those_of_their_integrals():
    molecule = basis.functions_at("C", np.array([0.1, -0.2, 0.3]), DIFFUSE)
    rng = np.random.default_rng(4)
    points, w = 3.0 * rng.normal(size=(60, 3)), rng.normal(size=(4, 60)).astype(np.float32)
    values, derived = PrimitivesAt(molecule)(points, w)
    expected = molecule.eval_gto("GTOval_sph_deriv1", points)
    assert values == pytest.approx(expected[0], abs=1e-6)
    assert derived == pytest.approx(np.einsum("xpi,xp->pi", expected, w), abs=3e-6)


def test_continuum_has_no_gaps_wider_than_its_native_widths(formaldehyde):
    """Sticks that matter lie closer together than they are broadened, up to the end of the window."""
    strength = (formaldehyde.dipole_bohr**2).sum(1)
    above = formaldehyde.energy_ev > formaldehyde.ip_ev
    counted = above & (strength > 0.05 * strength[above].max())
    places = formaldehyde.energy_ev[counted & (formaldehyde.energy_ev < formaldehyde.ip_ev + 15.0)]
    assert (np.diff(places) < NATIVE_WIDTHS.of(places[1:], formaldehyde.ip_ev)).all()


def test_loaded_structure_gives_a_positive_tensor_in_its_own_frame():
    symbols, positions = FORMALDEHYDE
    numbers = [SYMBOLS.index(s) for s in symbols]
    structure = Structure(np.array(numbers), positions, np.zeros((3, 3)), np.zeros(3, bool))
    told = []
    sticks = compute_sites(structure, [0], done=lambda index, found: told.append((index, found.atom)))
    found = tensor_of(sticks, "C", GRID_EV["C"])
    assert told == [(0, 0)]
    assert found.edge == "C K"
    assert np.linalg.eigvalsh(found.matrix()[0]).min() > -1e-9
    with pytest.raises(Cancelled):
        compute_sites(structure, [0], cancelled=lambda: True)


@pytest.mark.parametrize(
    ("symbols", "charge", "words"),
    [
        (["C", "H", "H", "H"], 0, "open shell"),
        (["C", "H", "H", "H", "H"], 1, "open shell"),
        (["C", "Br", "H", "H", "H"], 0, "Br"),
        (["C"] * 4000 + ["H"] * 4000, 0, "memory"),
    ],
)
def test_what_cannot_be_computed_is_said_at_once(symbols, charge, words):
    positions = np.arange(3 * len(symbols), dtype=float).reshape(-1, 3)
    with pytest.raises(XanesviewError, match=words) as told:
        TransitionPotential(symbols, positions, charge)
    assert told.value.hint


def test_calculation_without_convergence_is_told(monkeypatch):
    monkeypatch.setattr("xanesview.reference.engine.scf.MAX_CYCLES", 3)
    with pytest.raises(XanesviewError, match="did not converge in 3 cycles"):
        TransitionPotential(*FORMALDEHYDE).site(0)
