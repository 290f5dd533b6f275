"""Small blocks of the library with a spectrum that any geometry has by rule, so that tests know every tensor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from xanesview.domain.structure import Structure
from xanesview.domain.symmetry import graph_classes
from xanesview.training.data.dataset_writer import StickRecord, write_block

OFFSET_EV = -6.77
ATTRIBUTES = {"element": "C", "edge": "K", "energy_offset_ev": OFFSET_EV, "method": "by rule"}


def sticks(structure: Structure, atom: int) -> tuple[np.ndarray, np.ndarray]:
    """Transitions along the lines to all other atoms: turning or mirroring the molecule turns or mirrors them."""
    others = [k for k in range(structure.n_atoms) if k != atom]
    lines = structure.positions_angstrom[others] - structure.positions_angstrom[atom]
    distance = np.linalg.norm(lines, axis=1)
    energy = 290.0 + 0.8 * distance + 0.3 * structure.numbers[others] - OFFSET_EV - 6.77
    order = np.argsort(energy)
    return energy[order], (0.1 * lines / distance[:, None] ** 2)[order]


def record(
    structure: Structure, name: str = "ring_00001", smiles: str = "", sites: Sequence[int] | None = None, **more
) -> StickRecord:
    """One molecule as calculated; by default all its carbon atoms."""
    chosen = structure.sites_of(more.get("symbol", "C")) if sites is None else np.array(sites)
    return StickRecord(
        name=name,
        smiles=smiles or structure.smiles or "",
        split="train",
        sigma_angstrom=more.get("sigma_angstrom", 0.0),
        numbers=structure.numbers,
        positions_angstrom=structure.positions_angstrom,
        rank=graph_classes(structure),
        sites=chosen,
        ip_ev=np.full(len(chosen), 297.0),
        sticks=tuple(sticks(structure, int(atom)) for atom in chosen),
    )


def write(path: Path, records: Sequence[StickRecord], element: str = "C") -> Path:
    """Write a block."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_block(path, records, {**ATTRIBUTES, "element": element})
    return path
