"""Measured gas-phase lines against computed ones: prints a table in Markdown and the offset of each edge.

    python tests/benchmarks/bench_lines.py [OUT.md]

Marks of measured values: D, read in a digital electron-loss spectrum (0.7 eV), or confirmed there within 0.05 eV; S,
read in a source; K, from memory and unchecked, good to 0.1–0.2 eV at best. Takes about three minutes on one core.
"""

from __future__ import annotations

import os
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from rdkit import Chem

from xanesview.domain.structure import SYMBOLS
from xanesview.reference.engine.offsets import ENERGY_OFFSET_EV
from xanesview.reference.engine.relaxation import relaxed_from_smiles
from xanesview.reference.engine.tp_dft import SiteSticks, TransitionPotential

FIRST_LINE_SHARE = 0.1  # of the strongest stick within 8 eV: what counts as a line
TOGETHER_EV = 0.15
FILE = "gas, electron loss (database of A. P. Hitchcock)"

MAXIMUM = ", maximum"  # ends the label of a line that is a site's strongest, not its first

# molecule, SMILES, then lines: (SMARTS whose first atom is the site, label, measured eV, where to look, mark)
LINES = [
    ("ethene", "C=C", [("C", "C π*", 284.68, "Tronc 1979; Hitchcock 1977", "K")]),
    ("acetylene", "C#C", [("C", "C π*", 285.8, "Hitchcock 1977", "K")]),
    ("benzene", "c1ccccc1", [("c", "C π*", 285.2, "Horsley 1985", "D")]),
    (
        "buta-1,3-diene",
        "C=CC=C",
        [("[CH2]", "terminal C π*", 284.2, "Sodhi 1985", "K"), ("[CH]", "inner C π*", 284.8, "Sodhi 1985", "K")],
    ),
    ("carbon dioxide", "O=C=O", [
        ("C", "C π*", 290.77, "Sodhi 1984; Ma 1991", "K"), ("O", "O π*", 535.4, "Wight 1974; Sodhi 1984", "K")]),
    ("carbon monoxide", "[C-]#[O+]", [
        ("[#6]", "C π*", 287.40, "Sodhi 1984", "D"), ("[#8]", "O π*", 534.21, "Sodhi 1984", "D")]),
    ("carbonyl fluoride", "FC(F)=O", [
        ("C", "C π*", 290.9, "Robin 1988", "K"), ("O", "O π*", 532.7, "Robin 1988", "K"),
        ("F", "F π*", 689.2, "Robin 1988", "K")]),
    ("carbonyl sulfide", "O=C=S", [
        ("C", "C π*", 288.2, "Wight 1974", "K"), ("O", "O π*", 533.7, "Wight 1974", "K")]),
    ("carbon disulfide", "S=C=S", [("C", "C π*", 286.1, "Wight 1974", "K")]),
    ("cyanogen", "N#CC#N", [
        ("C", "C π*", 286.3, "Hitchcock 1979", "K"), ("N", "N π*", 398.9, "Hitchcock 1979", "K")]),
    ("hydrogen cyanide", "C#N", [
        ("C", "C π*", 286.37, "Hitchcock 1979", "K"), ("N", "N π*", 399.70, "Hitchcock 1979", "K")]),
    ("acetonitrile", "CC#N", [
        ("C#N", "C of CN π*", 286.9, "Hitchcock 1989", "D"), ("N", "N π*", 399.9, "Hitchcock 1989", "D")]),
    ("formaldehyde", "C=O", [
        ("C", "C π*", 285.59, "Remmers 1992 (near 286.0 in 1980)", "K"), ("O", "O π*", 530.82, "Remmers 1992", "K")]),
    ("acetone", "CC(C)=O", [
        ("C=O", "C of CO π*", 286.79, FILE, "D"), ("O", "O π*", 531.17, FILE, "D")]),
    ("acetaldehyde", "CC=O", [("C=O", "C of CO π*", 286.40, FILE, "D"), ("O", "O π*", 531.15, FILE, "D")]),
    ("acetic acid", "CC(=O)O", [
        ("C=O", "C of CO π*", 288.68, FILE, "D"), ("O=C", "O of CO π*", 531.94, FILE, "D"),
        ("[OH]", "OH, maximum", 535.15, FILE, "D")]),
    ("dimethyl carbonate", "COC(=O)OC", [
        ("C=O", "C of CO π*", 290.31, FILE, "D"), ("O=C", "O of CO π*", 532.91, FILE, "D")]),
    ("p-benzoquinone", "O=C1C=CC(=O)C=C1", [
        ("[CH]", "CH π*", 283.74, FILE, "D"), ("[CH]", "CH, maximum", 286.02, FILE, "D"),
        ("O", "O π*", 529.89, FILE, "D")]),
    ("nitrobenzene", "[O-][N+](=O)c1ccccc1", [("[N+]", "N π*", 403.76, FILE, "D"), ("O=N", "O π*", 530.86, FILE, "D")]),
    ("benzonitrile", "N#Cc1ccccc1", [("N", "N, maximum", 400.01, FILE, "D")]),
    ("formamide", "NC=O", [
        ("C", "C π*", 288.1, "Ishii 1987", "K"), ("N", "N π*", 401.9, "Ishii 1987", "K"),
        ("O", "O π*", 531.5, "Ishii 1987", "K")]),
    ("formic acid", "OC=O", [
        ("C", "C π*", 288.1, "Ishii 1987; Prince 2003", "K"), ("O=C", "O of CO π*", 532.17, "Prince 2003", "K")]),
    ("formyl fluoride", "O=CF", [
        ("C", "C π*", 288.2, "Ishii 1987", "K"), ("O", "O π*", 532.1, "Ishii 1987", "K")]),
    ("fluoroethene", "C=CF", [
        ("[CH2]", "CH₂ π*", 285.0, "McLaren 1987", "K"), ("[CH]", "CHF π*", 287.1, "McLaren 1987", "K")]),
    ("1,1-difluoroethene", "C=C(F)F", [
        ("[CH2]", "CH₂ π*", 285.1, "McLaren 1987", "K"), ("CF", "CF₂ π*", 289.3, "McLaren 1987", "K")]),
    ("tetrafluoroethene", "FC(F)=C(F)F", [("C", "C π*", 290.1, "McLaren 1987", "K")]),
    ("chloromethane", "CCl", [("C", "C σ*(C–Cl)", 287.3, "Hitchcock 1978", "K")]),
    ("methanol", "CO", [("C", "C 3s", 288.0, "Wight 1974; Prince 2003", "K"), ("O", "O 3s", 534.1, "Wight 1974", "K")]),
    ("furan", "c1ccoc1", [
        ("cco", "Cβ π*", 285.6, "Newbury 1986", "K"), ("co", "Cα π*", 286.5, "Newbury 1986", "K"),
        ("o", "O π*", 535.2, "Sci. Rep. 2026, table 3", "S")]),
    ("pyrrole", "c1cc[nH]c1", [
        ("cc[nH]", "Cβ π*", 285.7, "Newbury 1986", "K"), ("c[nH]", "Cα π*", 286.3, "Newbury 1986", "D"),
        ("[nH]", "N π*", 402.3, "Newbury 1986", "D")]),
    ("pyridine", "c1ccncc1", [
        ("ccn", "Cβ π*", 284.9, "Hannay 1999", "D"), ("cn", "Cα π*", 285.5, "Hannay 1999", "K"),
        ("n", "N π*", 398.8, "Horsley 1985; Hannay 1999", "D")]),
    ("imidazole", "c1c[nH]cn1", [
        ("[n;H0]", "N: π*", 399.9, "Apen 1993", "D"), ("[nH]", "NH π*", 402.3, "Apen 1993", "D")]),
    ("nitrogen", "N#N", [("N", "N π*", 400.88, "Sodhi 1984", "K")]),
    ("nitrous oxide", "[N-]=[N+]=O", [
        ("[N-]", "terminal N π*", 401.0, "Wight 1974; Tronc 1980", "K"),
        ("[N+]", "central N π*", 404.6, "Wight 1974; Tronc 1980", "K"), ("O", "O π*", 534.7, "Wight 1974", "K")]),
    ("ammonia", "N", [("N", "N 3s", 400.66, "Schirmer 1993", "K")]),
    ("water", "O", [("O", "O 3s", 534.0, "Schirmer 1993", "K")]),
    ("fluorine", "FF", [("F", "F σ*", 682.2, "Hitchcock 1981", "K")]),
    ("hydrogen fluoride", "F", [("F", "F σ*", 687.4, "Hitchcock 1981", "K")]),
    ("fluorobenzene", "Fc1ccccc1", [
        ("cccF", "ring CH π*", 285.3, "Hitchcock 1987", "K"), ("cF", "C–F π*", 287.4, "Hitchcock 1987", "K")]),
    ("phenol", "Oc1ccccc1", [("cO", "C–OH π*", 287.1, "Francis 1992", "D")]),
]


def first_line_ev(sticks: SiteSticks) -> float:
    """Return the energy of the first transition that shows, unshifted; degenerate ones are averaged."""
    strength = sticks.energy_ev * (sticks.dipole_bohr**2).sum(1)
    early = sticks.energy_ev < sticks.energy_ev[0] + 8.0
    shown = np.flatnonzero(early & (strength > FIRST_LINE_SHARE * strength[early].max()))
    near = shown[sticks.energy_ev[shown] < sticks.energy_ev[shown[0]] + TOGETHER_EV]
    return float(np.average(sticks.energy_ev[near], weights=strength[near]))


def strongest_line_ev(sticks: SiteSticks) -> float:
    """Return the energy of the strongest transition within 8 eV of the first, unshifted."""
    strength = sticks.energy_ev * (sticks.dipole_bohr**2).sum(1)
    early = sticks.energy_ev < sticks.energy_ev[0] + 8.0
    return float(sticks.energy_ev[np.argmax(np.where(early, strength, 0.0))])


def computed_lines() -> list[tuple]:
    """Return (edge, molecule, label, measured, computed unshifted, source, mark) of every line."""
    found = []
    for name, smiles, lines in LINES:
        geometry, molecule = relaxed_from_smiles(smiles, name)
        symbols = [SYMBOLS[z] for z in geometry.numbers]
        engine = TransitionPotential(symbols, geometry.positions_angstrom, geometry.charge)
        for smarts, label, measured, source, mark in lines:
            atom = molecule.GetSubstructMatches(Chem.MolFromSmarts(smarts))[0][0]
            value = (strongest_line_ev if label.endswith(MAXIMUM) else first_line_ev)(engine.site(atom))
            found.append((symbols[atom], name, label, measured, value, source, mark))
            print(f"{name} {label}: {measured - value:+.2f}", file=sys.stderr, flush=True)
    return found


def report(found: list[tuple]) -> str:
    """Return the table, with each edge's offset, spread and errors."""
    text = ["| edge | molecule | line | measured (eV) | computed (eV) | error (eV) | measured by | mark |"]
    summary = ["| edge | lines | mean offset (eV) | spread (eV) | offset used (eV) | mean absolute error (eV) |"]
    text.append("|---" * 8 + "|")
    summary.append("|---" * 6 + "|")
    for edge in ("C", "N", "O", "F"):
        rows = [r for r in found if r[0] == edge]
        shifts = np.array([r[3] - r[4] for r in rows])
        used = ENERGY_OFFSET_EV[edge]
        errors = -shifts + used
        for row, error in zip(rows, errors):
            _, molecule, label, measured, computed, source, mark = row
            cells = (edge, molecule, label, f"{measured:.2f}", f"{computed + used:.2f}", f"{error:+.2f}", source, mark)
            text.append("| " + " | ".join(cells) + " |")
        numbers = (shifts.mean(), shifts.std(ddof=1), used, np.abs(errors).mean())
        summary.append(f"| {edge} | {len(rows)} | " + " | ".join(f"{x:.2f}" for x in numbers) + " |")
    return "\n".join([*summary, "", *text, ""])


if __name__ == "__main__":
    table = report(computed_lines())
    print(table)
    if len(sys.argv) > 1:
        from pathlib import Path

        Path(sys.argv[1]).write_text(table, encoding="utf-8")
