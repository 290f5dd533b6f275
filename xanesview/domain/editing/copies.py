"""Larger, strained and rattled copies of a structure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from ase.data import atomic_masses

from xanesview.domain.structure import Structure, close_contacts, complete_cell
from xanesview.errors import UsageError
from xanesview.limits import (
    DEBYE_KELVINS,
    KELVINS,
    LARGEST_SEED,
    LARGEST_SIGMA_ANGSTROM,
    MOST_ATOMS,
    MOST_COPIES,
    check_count,
)

MOST_REPEATS = 100
LARGEST_STRAIN_PERCENT = 30.0
_USUAL_ATOMS = 2000  # of a structure of which there may be the most copies
_HBAR2_OVER_AMU_K = 48.5083  # ħ² / (1 amu · k_B), Å² · amu · K


def supercell(structure: Structure, repeat: Sequence[int]) -> Structure:
    """Return the structure repeated along its cell vectors; the atoms of the first copy keep their numbers.

    Raises
    ------
    UsageError
        For numbers that make no sense, or a repeat along what is not periodic.
    """
    counts = [int(n) for n in repeat]
    if len(counts) != 3 or not all(1 <= n <= MOST_REPEATS for n in counts):
        asked = " × ".join(map(str, counts))
        raise UsageError(f"A cell can't be repeated {asked} times.", f"Give 1 to {MOST_REPEATS} each, such as 2,2,1.")
    if any(n > 1 and not periodic for n, periodic in zip(counts, structure.pbc)):
        raise UsageError(
            "The structure does not repeat along every cell vector that is asked for.",
            "Give 1 along what is not periodic: of a slab such as 2,2,1.",
        )
    check_count(structure.n_atoms * int(np.prod(counts)), MOST_ATOMS, "atoms", "Repeat it less often.", UsageError)
    cell = structure.cell_angstrom
    shifts = np.array([(a, b, c) for a in range(counts[0]) for b in range(counts[1]) for c in range(counts[2])], float)
    positions = (structure.positions_angstrom[None] + (shifts @ cell)[:, None]).reshape(-1, 3)
    times = "×".join(map(str, counts))
    return structure.replace(
        numbers=np.tile(structure.numbers, len(shifts)), positions_angstrom=positions,
        cell_angstrom=np.array(counts)[:, None] * cell, name=f"{structure.name or structure.formula} {times}",
        source="", smiles=None, frame=0, n_frames=1, conformer=None,
    )  # fmt: skip


def strained(structure: Structure, percent: Sequence[float]) -> Structure:
    """Return a periodic structure with its cell vectors lengthened by (3,) percent; atoms keep their fractions.

    Across what is not periodic nothing changes.

    Raises
    ------
    UsageError
        For a molecule, or a strain beyond ±30 %.
    """
    strain = np.asarray(percent, float)
    if not structure.is_periodic:
        raise UsageError("A molecule has no cell to strain.", "Move its atoms instead.")
    if strain.shape != (3,) or not (np.abs(strain) <= LARGEST_STRAIN_PERCENT).all():
        raise UsageError(
            f"A strain must be three numbers within ±{LARGEST_STRAIN_PERCENT:g} %.",
            "Write the strains along the cell vectors, such as 1,1,0.",
        )
    if (strain[~structure.pbc] != 0.0).any():
        raise UsageError("There is no strain across what is not periodic.", "Give 0 there: of a slab such as 1,1,0.")
    cell = complete_cell(structure)
    stretched = cell * (1.0 + strain / 100.0)[:, None]
    positions = structure.positions_angstrom @ np.linalg.inv(cell) @ stretched
    after = structure.cell_angstrom * (1.0 + strain / 100.0)[:, None]
    told = ", ".join(f"{value:+g} %" for value in strain)
    return structure.replace(
        positions_angstrom=positions, cell_angstrom=after, name=f"{structure.name or structure.formula} ({told})",
        geometry_origin=f"strained by {told} along the cell vectors", source="", frame=0, n_frames=1,
        conformer=None,
    )  # fmt: skip


def rattled(structure: Structure, sigma_angstrom: float | np.ndarray, seed: int) -> Structure:
    """Return the structure with every coordinate displaced at random.

    Parameters
    ----------
    structure : Structure
    sigma_angstrom : float or (N,) float, Å
        Standard deviation of each Cartesian coordinate, of all atoms or of each.
    seed : int
        The same seed gives the same displacements on every machine.

    Raises
    ------
    UsageError
        For a deviation beyond 0.5 Å.
    """
    sigma = np.broadcast_to(np.asarray(sigma_angstrom, float), (structure.n_atoms,))
    if not ((sigma >= 0.0) & (sigma <= LARGEST_SIGMA_ANGSTROM)).all():
        raise UsageError(
            f"Displacements of {float(np.max(sigma)):g} Å can't be.", f"Give up to {LARGEST_SIGMA_ANGSTROM:g} Å."
        )
    step = np.random.default_rng(seed).standard_normal((structure.n_atoms, 3)) * sigma[:, None]
    positions = structure.positions_angstrom + step
    told = f"σ {sigma.max():.3f} Å" if np.ptp(sigma) < 1e-9 else f"σ {sigma.min():.3f} to {sigma.max():.3f} Å"
    return structure.replace(
        positions_angstrom=positions, geometry_origin=f"rattled, {told}, seed {seed}", source="", frame=0, n_frames=1,
        conformer=None,
    )


def copies(structure: Structure, sigma_angstrom: float | np.ndarray, count: int, seed: int = 0) -> list[Structure]:
    """Return so many rattled copies, none of whose atoms come closer than any bond; see `rattled`.

    A copy with such a contact that the structure itself has not is drawn again.

    Raises
    ------
    UsageError
        For numbers that make no sense, or displacements so large that hardly a copy is without contacts.
    """
    if not 1 <= count <= MOST_COPIES:
        raise UsageError(f"There can't be {count} copies.", f"Give 1 to {MOST_COPIES}.")
    if not 0 <= seed <= LARGEST_SEED:
        raise UsageError(f"No random numbers begin with {seed}.", f"Give a whole number from 0 to {LARGEST_SEED:,}.")
    most = MOST_COPIES * _USUAL_ATOMS
    check_count(structure.n_atoms * count, most, "atoms of all copies", "Ask for fewer copies.", UsageError)
    own = {one[:2] for one in close_contacts(structure)}
    found: list[Structure] = []
    for draw in range(20 * count):
        one = rattled(structure, sigma_angstrom, seed + draw)
        if {pair[:2] for pair in close_contacts(one)} <= own:
            found.append(one)
            if len(found) == count:
                return found
    raise UsageError(
        "With such displacements atoms come closer than any bond in nearly every copy.", "Give a smaller σ."
    )


def thermal_sigma(numbers: np.ndarray, temperature_k: float, debye_k: float) -> float:
    """Return the standard deviation of a coordinate of atoms, Å, in a Debye solid of their mean mass.

    ⟨u²⟩ = 3ħ²T/(m k θ²) · [φ(θ/T) + θ/4T] along each axis, φ(x) = 1/x ∫₀ˣ t/(eᵗ−1) dt (Willis and Pryor, Thermal
    Vibrations in Crystallography, 1975); the second term is the motion at rest. All atoms move alike: at high
    temperature a displacement follows from forces, not from masses.

    Parameters
    ----------
    numbers : (N,) int
    temperature_k : float
        0 gives the motion at rest.
    debye_k : float
        Debye temperature θ of the solid.

    Raises
    ------
    UsageError
        For temperatures that make no sense.
    """
    if not (KELVINS[0] <= temperature_k <= KELVINS[1] and DEBYE_KELVINS[0] <= debye_k <= DEBYE_KELVINS[1]):
        raise UsageError(
            f"A temperature of {temperature_k:g} K and a Debye temperature of {debye_k:g} K can't be.",
            "Give up to 5000 K each, and a Debye temperature of at least 10 K.",
        )
    mass = float(atomic_masses[np.asarray(numbers)].mean())
    rest = 0.25 / debye_k
    if temperature_k > 0.0:
        x = debye_k / temperature_k
        half = 0.5 * min(x, 60.0)  # beyond, nothing is left of the integrand
        t, weights = np.polynomial.legendre.leggauss(64)
        t = half * (t + 1.0)
        phi = half * float(weights @ (t / np.expm1(t))) / x
        rest += phi * temperature_k / debye_k**2
    return float(np.sqrt(3.0 * _HBAR2_OVER_AMU_K * rest / mass))
