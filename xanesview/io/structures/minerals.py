"""Minerals and oxides by name: people type them where molecules are built, and no SMILES string can say them."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Mineral:
    """A crystal by its name, its formula, and the bundled example of it; empty where none comes with the program."""

    name: str
    formula: str
    example: str = ""

    @property
    def sentence(self) -> str:
        """What to say of it where a molecule is asked for."""
        return f"{self.name} ({self.formula}) is a crystal; names and SMILES build molecules."

    @property
    def hint(self) -> str:
        """Where its structure is to be had."""
        if self.example:
            return f"A structure of it comes with the program: the example {self.example}."
        return "Open a CIF of it (Ctrl+O), from a database of crystals such as COD."


_HERE = (
    Mineral("Wustite", "FeO", "feo"),
    Mineral("Hematite", "Fe₂O₃", "hematite_001"),
    Mineral("Magnetite", "Fe₃O₄", "magnetite_001"),
    Mineral("Rutile", "TiO₂", "rutile_110"),
    Mineral("Anatase", "TiO₂", "anatase_101"),
    Mineral("Zincite", "ZnO", "zno_1010"),
    Mineral("Cuprite", "Cu₂O", "cu2o"),
    Mineral("Tenorite", "CuO", "cuo"),
    Mineral("Graphite", "C", "graphite_0001"),
)
_ELSEWHERE = """
Maghemite Fe₂O₃; Goethite FeOOH; Lepidocrocite FeOOH; Ferrihydrite Fe₅HO₈·4H₂O; Siderite FeCO₃;
Pyrite FeS₂; Marcasite FeS₂; Chalcopyrite CuFeS₂; Ilmenite FeTiO₃; Brookite TiO₂; Perovskite CaTiO₃; Corundum Al₂O₃;
Spinel MgAl₂O₄; Periclase MgO; Calcite CaCO₃; Aragonite CaCO₃; Dolomite CaMg(CO₃)₂; Magnesite MgCO₃; Quartz SiO₂;
Cristobalite SiO₂; Forsterite Mg₂SiO₄; Kaolinite Al₂Si₂O₅(OH)₄; Zircon ZrSiO₄; Gypsum CaSO₄·2H₂O; Barite BaSO₄;
Apatite Ca₅(PO₄)₃(OH); Fluorite CaF₂; Halite NaCl; Bunsenite NiO; Manganosite MnO; Pyrolusite MnO₂; Hausmannite Mn₃O₄;
Wurtzite ZnS; Sphalerite ZnS; Malachite Cu₂CO₃(OH)₂; Azurite Cu₃(CO₃)₂(OH)₂; Galena PbS; Cinnabar HgS;
Cassiterite SnO₂; Ceria CeO₂; Zirconia ZrO₂; Diamond C
"""
_OTHER_NAMES = {
    "wüstite": "Wustite", "haematite": "Hematite", "zinc oxide": "Zincite", "sapphire": "Corundum",
    "alumina": "Corundum", "titania": "Rutile", "magnesia": "Periclase", "silica": "Quartz", "rock salt": "Halite",
    "hydroxyapatite": "Apatite",
}  # fmt: skip
_FORMULAS = (
    "Hematite", "Magnetite", "Rutile", "Zincite", "Cuprite", "Tenorite", "Wustite", "Corundum", "Calcite", "Quartz",
    "Periclase", "Bunsenite", "Manganosite", "Pyrolusite", "Pyrite",
)  # fmt: skip
"""Those that are meant by their formulas; where several have one, the first."""
_INDICES = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def _all() -> dict[str, Mineral]:
    rows = (row.split() for row in _ELSEWHERE.split(";"))
    return {one.name: one for one in (*_HERE, *(Mineral(name, formula) for name, formula in rows))}


_BY_NAME = _all()


def examples_with(symbol: str) -> list[str]:
    """Return the bundled crystals that hold an element."""
    return [one.example for one in _HERE if re.search(rf"{re.escape(symbol)}(?![a-z])", one.formula)]


def mineral_of(text: str) -> Mineral | None:
    """Return the mineral that a text names, by name in any letters, or by formula as it is written; None for others."""
    words = " ".join(text.split())
    name = _OTHER_NAMES.get(words.casefold(), words.capitalize())
    if name in _BY_NAME:
        return _BY_NAME[name]
    formula = words.translate(_INDICES).replace(" ", "")
    return next((one for one in map(_BY_NAME.get, _FORMULAS) if one.formula.translate(_INDICES) == formula), None)
