"""Chemical classes of carbon, nitrogen and oxygen sites, for tables of errors."""

from __future__ import annotations

from functools import lru_cache

from rdkit import Chem, RDLogger

from xanesview.io.structures.smiles import parsed_smiles

# The first pattern that matches the site's atom names its class.
CARBON_CLASSES = (
    ("nitrile", "[#6;X2]#[#7]"),
    ("alkyne, cumulated", "[#6;X2]"),
    ("CF3, CF2", "[#6;X4](F)F"),
    ("carboxyl, ester, amide", "[#6;X3](=[#8])[#7,#8]"),
    ("aldehyde, ketone", "[#6;X3]=[#8]"),
    ("aromatic with H", "[c;H1]"),
    ("aromatic without H", "c"),
    ("C=N, amidine", "[#6;X3]=[#7]"),
    ("alkene", "[#6;X3]=[#6,#16]"),
    ("alkyl next to O", "[#6;X4][#8]"),
    ("alkyl next to N", "[#6;X4][#7]"),
    ("alkyl next to F, Cl, S, P, Si", "[#6;X4][F,Cl,S,P,Si]"),
    ("CH3", "[#6;X4;H3]"),
    ("other alkyl", "[#6;X4]"),
)


NITROGEN_CLASSES = (
    ("nitrile", "[#7]#[#6]"),
    ("nitro", "[#7](~[#8;X1])~[#8;X1]"),
    ("aromatic with H or substituent", "[n;X3]"),
    ("aromatic with lone pair", "n"),
    ("amide", "[#7;X3][#6]=[#8]"),
    ("imine, amidine", "[#7]=[#6]"),
    ("amine next to a ring", "[#7;X3]c"),
    ("amine", "[#7;X3]"),
)
OXYGEN_CLASSES = (
    ("nitro", "[#8;X1]~[#7]"),
    ("sulfonyl, sulfoxide, phosphoryl", "[#8;X1]~[#16,#15]"),
    ("C=O of acid, ester, amide", "[#8;X1]=[#6][#7,#8]"),
    ("C=O of aldehyde, ketone", "[#8;X1]=[#6]"),
    ("aromatic", "o"),
    ("acid, ester, single bond", "[#8;X2][#6]=[#8]"),
    ("hydroxyl", "[#8;H1]"),
    ("ether", "[#8;X2]([#6])[#6]"),
)
CLASSES = {"C": CARBON_CLASSES, "N": NITROGEN_CLASSES, "O": OXYGEN_CLASSES}


@lru_cache(maxsize=4)
def _patterns(element: str):
    return [(name, Chem.MolFromSmarts(smarts)) for name, smarts in CLASSES.get(element, ())]


def atom_classes(element: str, smiles: str, n_atoms: int) -> list[str]:
    """Return the class of each atom of a molecule whose atoms are in RDKit's order, hydrogens last.

    Parameters
    ----------
    element : symbol of the absorber
    smiles : str
    n_atoms : int, hydrogens included; atoms without a class get "other"
    """
    RDLogger.DisableLog("rdApp.*")
    molecule = parsed_smiles(smiles)
    classes = ["other"] * n_atoms
    if molecule is None:
        return classes
    for name, pattern in reversed(_patterns(element)):
        for match in molecule.GetSubstructMatches(pattern, uniquify=False, maxMatches=10_000):
            if match[0] < n_atoms and molecule.GetAtomWithIdx(match[0]).GetSymbol() == element:
                classes[match[0]] = name
    return classes
