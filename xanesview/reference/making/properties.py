"""Twelve molecular properties with GFN2-xTB, those that QM9 lists, in the order of `PROPERTY_NAMES`.

Bannwarth, Ehlert, Grimme, J. Chem. Theory Comput. 15, 1652 (2019). Energies are total GFN2-xTB energies with harmonic,
rigid-rotor, ideal-gas terms at 298.15 K and 1 atm (symmetry number 1). ⟨r²⟩ takes Mulliken populations of all electrons
at the nuclei, from the centre of mass.
"""

from __future__ import annotations

import numpy as np
from ase import Atoms
from ase.thermochemistry import IdealGasThermo
from ase.units import Bohr, Debye, Hartree, invcm, kB

from xanesview.reference.engine.gfn2 import gfn2_calculator
from xanesview.reference.engine.relaxation import MoleculeGeometry, relax

FORCE_TOLERANCE = 0.005  # eV/Å
STEP_BOHR = 0.005
FIELD = 2e-3  # hartree / (e bohr)
LOWEST_VIBRATION_EV = 20 * invcm
TEMPERATURE_K = 298.15
PRESSURE_PA = 101325.0
ELECTRON_MASSES = 1822.888486


def gfn2_properties(geometry: MoleculeGeometry, vibrations: bool = True) -> np.ndarray:
    """Return the twelve properties (12,) of a molecule, relaxed further; NaN for those of vibrations without them.

    Raises
    ------
    XanesviewError
        when tblite is missing or the relaxation fails.
    """
    gfn2_calculator(geometry.charge)  # tells when tblite is missing
    from tblite.interface import Calculator

    atoms = Atoms(numbers=geometry.numbers, positions=geometry.positions_angstrom)
    relax(atoms, geometry.charge, FORCE_TOLERANCE, 300)
    x = atoms.positions / Bohr

    def calculator() -> Calculator:
        found = Calculator("GFN2-xTB", atoms.numbers, x, charge=float(geometry.charge))
        found.set("verbosity", 0)
        return found

    calc = calculator()
    ground = calc.singlepoint()
    eps, occupation = ground.get("orbital-energies") * Hartree, ground.get("orbital-occupations")
    energy = float(ground.get("energy")) * Hartree
    homo, lumo = float(eps[occupation > 1].max()), float(eps[occupation < 1].min())
    charges, moment = ground.get("charges").copy(), ground.get("dipole").copy()
    from_centre = ((atoms.positions - atoms.get_center_of_mass()) ** 2).sum(1)
    extent = float(((atoms.numbers - charges) * from_centre).sum()) / Bohr**2
    dipole = float(np.linalg.norm(moment)) * Bohr / Debye
    alpha = _polarisability_bohr3(calculator)
    electronic = (dipole, alpha, homo, lumo, lumo - homo, extent)
    if not vibrations:
        return np.array([*electronic, *[np.nan] * 6])
    waves, linear = _vibrations_ev(calc, ground, atoms)
    thermo = IdealGasThermo(
        np.maximum(waves, LOWEST_VIBRATION_EV), _shape(atoms, linear), energy, atoms, symmetrynumber=1, spin=0
    )
    zero_point = float(waves.sum()) / 2
    enthalpy = thermo.get_enthalpy(TEMPERATURE_K, verbose=False)
    gibbs = thermo.get_gibbs_energy(TEMPERATURE_K, PRESSURE_PA, verbose=False)
    u = np.maximum(waves, LOWEST_VIBRATION_EV) / (kB * TEMPERATURE_K)
    cv = kB * ((2.5 if linear else 3.0) + float((u**2 * np.exp(u) / np.expm1(u) ** 2).sum()))
    thermal = (zero_point, energy + zero_point, enthalpy - kB * TEMPERATURE_K, enthalpy, gibbs, cv * 1000)
    return np.array([*electronic, *thermal])


def _shape(atoms: Atoms, linear: bool) -> str:
    return "monatomic" if len(atoms) == 1 else "linear" if linear else "nonlinear"


def _vibrations_ev(calc, ground, atoms: Atoms) -> tuple[np.ndarray, bool]:
    """Return the harmonic quanta without translations and rotations, eV, and whether the molecule is linear."""
    x, n = atoms.positions / Bohr, len(atoms)
    hessian = np.empty((3 * n, 3 * n))
    for k in range(3 * n):
        sides = []
        for sign in (1, -1):
            moved = x.copy()
            moved.ravel()[k] += sign * STEP_BOHR
            calc.update(moved)
            sides.append(calc.singlepoint(ground).get("gradient").copy())
        hessian[k] = (sides[0] - sides[1]).ravel() / (2 * STEP_BOHR)
    mass = np.repeat(atoms.get_masses(), 3) * ELECTRON_MASSES
    squares = np.linalg.eigvalsh((hessian + hessian.T) / 2 / np.sqrt(np.outer(mass, mass)))
    spread = np.linalg.svd(atoms.positions - atoms.get_center_of_mass())[1]
    linear = n == 2 or (n > 2 and bool(spread[1] < 1e-2))
    waves = np.sort(np.sqrt(np.maximum(squares, 0)) * Hartree)
    return waves[3 if n == 1 else 5 if linear else 6 :], linear


def _polarisability_bohr3(calculator) -> float:
    """Return the isotropic polarisability from dipoles in finite fields along x, y and z."""
    from tblite import library

    def dipole(field: np.ndarray) -> np.ndarray:
        calc = calculator()
        # a numpy array is refused (tblite 0.8)
        calc.add("electric-field", library.ffi.cast("double *", field.ctypes.data))
        return calc.singlepoint().get("dipole")

    axes = np.eye(3) * FIELD
    return abs(float(np.mean([(dipole(a)[k] - dipole(-a)[k]) / (2 * FIELD) for k, a in enumerate(axes)])))
