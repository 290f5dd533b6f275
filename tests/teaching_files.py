"""A tiny tensor network without training, and computed sites to teach it with."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.library_blocks import sticks
from xanesview.domain.structure import Structure
from xanesview.reference.kept import ComputedSite

SMILES = ("CC", "CCC", "CCO", "CO", "C=C", "C=O", "CN", "CCN")
#: What makes a teaching take a moment.
QUICK = {"repeats": 1, "rehearsed": 3, "watched": 2, "tested": 2}


def tiny_network(folder: Path, name: str = "tiny_c_k", files: tuple[str, ...] = ("c_k_0001.h5",)) -> Path:
    """Write the bundle of a network of two members with random weights that says it learnt from some files."""
    import torch

    from xanesview.networks.absorption_tensor.network import AbsorptionTensorConfig, AbsorptionTensorNetwork
    from xanesview.networks.bundle import save_bundle
    from xanesview.networks.card import FORMAT, FORMAT_VERSION

    centres = np.arange(280.0, 306.0, 2.0)
    config = AbsorptionTensorConfig(
        elements=(1, 6, 7, 8, 9, 14, 16), basis_centres_ev=tuple(centres.tolist()),
        basis_sigma_ev=(1.5,) * len(centres), channels=4, layers=1, readout_hidden=8, radial_hidden=8,
        ip_mean_ev=291.0, ip_scale_ev=1.0, mean_coefficients=(0.2,) * len(centres),
    )  # fmt: skip
    torch.manual_seed(0)
    states = [AbsorptionTensorNetwork(config).state_dict() for _ in range(2)]
    tensors = {f"member{k}.{key}": value for k, state in enumerate(states) for key, value in state.items()}
    card = {
        "format": FORMAT, "format_version": FORMAT_VERSION, "name": name, "title": "Tiny C K", "kind": "tensor",
        "gives": "tensor", "element": "C", "edge": "K", "axis": "absolute", "version": "2026-11-30",
        "energy_ev": {"start": 280.0, "stop": 305.0, "step": 0.5}, "unit": "hartree bohr²/eV",
        "native_fwhm_ev": 0.75, "intensity_scale": 0.002, "energy_offset_ev": -6.77, "elements": ["C", "H", "N", "O"],
        "licence": "BSD-3-Clause", "members": 2, "network": config.as_dict(), "data": {"files": list(files)},
    }  # fmt: skip
    save_bundle(folder / name, card, tensors)
    return folder / name


def molecule(smiles: str) -> Structure:
    """A molecule in a geometry of RDKit."""
    from rdkit import Chem
    from rdkit.Chem import AllChem

    mol = Chem.AddHs(Chem.MolFromSmiles(smiles))
    AllChem.EmbedMolecule(mol, randomSeed=1)
    numbers = [atom.GetAtomicNum() for atom in mol.GetAtoms()]
    return Structure(numbers, mol.GetConformer().GetPositions(), name=smiles, smiles=smiles)


def computed(structure: Structure, atoms=None) -> dict[int, ComputedSite]:
    """Sites as the engine would give them, by the rule of `library_blocks`."""
    found = structure.sites_of("C").tolist() if atoms is None else atoms
    return {atom: ComputedSite(atom, *sticks(structure, atom), 297.0, 1.0) for atom in found}
