"""Write a periodic structure as CIF in space group P 1: every atom of the cell is listed."""

from __future__ import annotations

import numpy as np
from ase.geometry import cell_to_cellpar

from xanesview.domain.cells import cell_volume
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError


def cif_text(structure: Structure) -> str:
    """Return the text of a CIF file.

    A CIF knows lengths and angles of the cell, not how it lies in space: the atoms are given in fractions of the
    cell, so a polarisation in Cartesian axes may have to be turned after reading the file back.

    Raises
    ------
    XanesviewError
        For a molecule, which has no cell.
    """
    if not structure.is_periodic or cell_volume(structure.cell_angstrom) < 1e-6:
        raise XanesviewError("A molecule without a unit cell cannot be written as CIF.", "Write it as .xyz instead.")
    lengths_angles = cell_to_cellpar(structure.cell_angstrom)
    fractional = np.linalg.solve(structure.cell_angstrom.T, structure.positions_angstrom.T).T
    names = [f"_cell_{kind}_{axis}" for kind, axes in
             (("length", "abc"), ("angle", ("alpha", "beta", "gamma"))) for axis in axes]
    title = (structure.name or structure.formula).replace("'", "").replace("\n", " ")
    lines = ["data_" + "".join(c if c.isalnum() else "_" for c in title)[:70], f"_chemical_name_common '{title}'"]
    lines += [f"{name:<24}{value:.6f}" for name, value in zip(names, lengths_angles)]
    lines += [
        "_space_group_name_H-M_alt 'P 1'",
        "_space_group_IT_number 1",
        "loop_",
        " _space_group_symop_operation_xyz",
        " 'x, y, z'",
        "loop_",
        " _atom_site_label",
        " _atom_site_type_symbol",
        " _atom_site_fract_x",
        " _atom_site_fract_y",
        " _atom_site_fract_z",
        " _atom_site_occupancy",
    ]
    for k, (symbol, (x, y, z)) in enumerate(zip(structure.symbols, fractional)):
        lines.append(f" {symbol}{k + 1} {symbol} {x:.8f} {y:.8f} {z:.8f} 1.0")
    return "\n".join(lines) + "\n"


