"""Names of molecules that are built."""

from __future__ import annotations

from xanesview.reference.library.names import with_name


def test_a_smiles_gets_the_name_that_the_table_knows() -> None:
    assert with_name("OC(=O)c1ccccc1") == "OC(=O)c1ccccc1 benzoic acid"
    assert with_name("c1ccccc1 my sample") == "c1ccccc1 my sample"
    assert with_name("FC(F)(Br)C(Cl)=NO") == "FC(F)(Br)C(Cl)=NO", "nobody knows it"
    assert with_name("not a smiles") == "not a smiles"
