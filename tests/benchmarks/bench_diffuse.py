"""What the diffuse functions on the absorber do to the continuum: the false peak near 299 eV and the hole near 296.

    python tests/benchmarks/bench_diffuse.py

Carbon spectra, all sites, with the former functions (ratio 1.86) at the former widths, with today's (1.4) and a still
larger set (1.25) at today's. *hole* is the lowest point from 293.5 to 298 eV and *peak* the highest one up to 302 eV,
both over the mean from 293.5 to 302 eV; a step or a smooth shoulder has both near 1. *MSE* is between the isotropic
spectra of the larger set and today's, in units of the squared mean intensity from 280 to 305 eV, as the networks'
errors are.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from xanesview.domain.sticks import NATIVE_WIDTHS, StickWidths, stick_tensor
from xanesview.domain.structure import SYMBOLS
from xanesview.reference.engine import absorber
from xanesview.reference.engine.diffuse_set import DIFFUSE, even_tempered
from xanesview.reference.engine.offsets import ENERGY_OFFSET_EV
from xanesview.reference.engine.relaxation import relaxed_from_smiles
from xanesview.reference.engine.tp_dft import TransitionPotential

FORMER = even_tempered(0, 4.0, 0.008, 11) + even_tempered(1, 4.0, 0.008, 11) + even_tempered(2, 2.0, 0.010, 9)
LARGER = even_tempered(0, 8.0, 0.004, 35) + even_tempered(1, 8.0, 0.004, 35) + even_tempered(2, 4.0, 0.005, 31)
FORMER_WIDTHS = StickWidths(1.18, 4.0, 15.0, 0.0)
MOLECULES = {"benzene": "c1ccccc1", "polystyrene (ethylbenzene)": "CCc1ccccc1", "acetone": "CC(C)=O"}
ENERGY_EV = np.arange(280.0, 305.0, 0.05)


def spectrum(geometry, functions: list, widths: StickWidths) -> np.ndarray:
    """Return the isotropic spectrum of all carbons (E,), each class as often as it has atoms."""
    symbols = [SYMBOLS[z] for z in geometry.numbers]
    carbons = [i for i, s in enumerate(symbols) if s == "C"]
    absorber.DIFFUSE = functions
    engine = TransitionPotential(symbols, geometry.positions_angstrom, geometry.charge)
    total = np.zeros_like(ENERGY_EV)
    for rank in sorted({int(geometry.rank[i]) for i in carbons}):
        members = [i for i in carbons if geometry.rank[i] == rank]
        site = engine.site(members[0])
        tensor = stick_tensor(ENERGY_EV, site.energy_ev, site.dipole_bohr, site.ip_ev, ENERGY_OFFSET_EV["C"], widths)
        total += len(members) * tensor[:3].mean(0)
    return total


def hole_and_peak(curve: np.ndarray) -> tuple[float, float]:
    """Return the lowest and the highest point beyond it, over the mean of the part."""
    part = (ENERGY_EV >= 293.5) & (ENERGY_EV <= 302.0)
    mean = curve[part].mean()
    low = curve[(ENERGY_EV >= 293.5) & (ENERGY_EV <= 298.0)].min()
    high = curve[(ENERGY_EV >= 297.0) & (ENERGY_EV <= 302.0)].max()
    return low / mean, high / mean


def main() -> None:
    """Print a line a molecule."""
    print(f"{'':<26} former: hole peak   today's: hole peak   larger: hole peak   MSE larger, today's")
    for name, smiles in MOLECULES.items():
        geometry, _ = relaxed_from_smiles(smiles, name)
        former = spectrum(geometry, FORMER, FORMER_WIDTHS)
        now, larger = (spectrum(geometry, one, NATIVE_WIDTHS) for one in (DIFFUSE, LARGER))
        mse = float(np.mean((larger - now) ** 2) / now.mean() ** 2)
        told = "   ".join("{:10.2f} {:5.2f}".format(*hole_and_peak(one)) for one in (former, now, larger))
        print(f"{name:<26} {told}   {mse:12.5f}", flush=True)


if __name__ == "__main__":
    main()
