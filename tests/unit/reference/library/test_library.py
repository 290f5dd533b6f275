"""The library: what its blocks hold, what a search finds, what a damaged block does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from rdkit import Chem
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from tests import library_blocks
from xanesview.domain.sticks import stick_tensor
from xanesview.errors import XanesviewError
from xanesview.io.spectra.stick_file import read_molecule
from xanesview.io.structures.embedding import structure_from_smiles
from xanesview.paths import resource
from xanesview.reference.library.first_data import split_elsewhere
from xanesview.reference.library.library import Library, isotropic_of, load_library, shown_name, tensor_of
from xanesview.reference.library.names import names_of, plain_name, smiles_of
from xanesview.reference.library.search import lacking, search, similar
from xanesview.reference.making.splits import HIDDEN, constitution_key, split_of

MOLECULES = {"furan": "c1ccoc1", "ring_00002": "Cc1ccoc1", "qm9_000003": "CCO", "ring_00004": "COC"}


@pytest.fixture
def library(tmp_path: Path) -> Library:
    records = [
        library_blocks.record(structure_from_smiles(smiles), name, sigma_angstrom=0.04 if name == "ring_00002" else 0.0)
        for name, smiles in MOLECULES.items()
    ]
    library_blocks.write(tmp_path / "c_k_0000.h5", records[:3])
    library_blocks.write(tmp_path / "c_k_0001.h5", records[3:])
    return load_library([tmp_path])


def names(found) -> list[str]:
    return [one.entry.name for one in found]


def test_the_index_tells_what_the_blocks_hold(library: Library) -> None:
    assert [entry.name for entry in library.entries] == list(MOLECULES)
    furan = library.entries[0]
    assert (furan.formula, furan.element, furan.edge, furan.n_sites) == ("C4H4O", "C", "K", 4)
    assert [entry.is_displaced for entry in library.entries] == [False, True, False, False]
    assert library.edges() == ("C K",)
    assert library.problems == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Furan", ["furan", "ring_00002"]),
        ("3-methylfuran", ["ring_00002"]),
        ("Ethanol", ["qm9_000003"]),
        ("dimethyl ether", ["ring_00004"]),
        ("Methoxy methane", ["ring_00004"]),
        ("ethyl alcohol", ["qm9_000003"]),
        ("EthylAlcohol", ["qm9_000003"]),
        ("3 methyl‑furan", ["ring_00002"]),
        ("[H]OC([H])([H])C", ["qm9_000003"]),
        ("C1=COC=C1", ["furan", "ring_00002"]),
        ("ring_", ["ring_00004", "ring_00002"]),
        ("C2H6O", ["ring_00004", "qm9_000003"]),
        ("OC2H6", ["ring_00004", "qm9_000003"]),
        ("C₂H₆O", ["ring_00004", "qm9_000003"]),
        ("OCC", ["qm9_000003"]),
        ("o1cccc1", ["furan", "ring_00002"]),
        ("no such thing", []),
        ("", []),
    ],
)
def test_search(library: Library, text: str, expected: list[str]) -> None:
    assert sorted(names(search(library, text))) == sorted(expected)


def test_the_molecule_itself_comes_before_what_contains_it(library: Library) -> None:
    found = search(library, "o1cccc1")
    assert [(one.entry.name, one.why) for one in found] == [("furan", "the molecule"), ("ring_00002", "contains it")]


def test_a_name_comes_before_those_that_contain_it(library: Library) -> None:
    assert names(search(library, "furan")) == ["furan", "ring_00002"]


def test_every_name_means_one_molecule_and_every_molecule_is_written_as_it_is_looked_up() -> None:
    rows = [line.split("\t") for line in resource("reference", "names.tsv").read_text("utf-8").splitlines()[1:]]
    for smiles, *_ in rows:
        assert Chem.CanonSmiles(smiles, useChiral=0) == smiles
    called = [name.lower() for _, *known in rows for name in known]
    assert len(called) == len(set(called))
    assert all(called)


@pytest.mark.parametrize(
    ("name", "formula"), [("caffeine", "C8H10N4O2"), ("adenine", "C5H5N5"), ("EDOT", "C6H6O2S"), ("pyrene", "C16H10")]
)
def test_names_belong_to_their_molecules(name: str, formula: str) -> None:
    rows = [line.split("\t") for line in resource("reference", "names.tsv").read_text("utf-8").splitlines()[1:]]
    (smiles,) = [smiles for smiles, *known in rows if name in known]
    assert CalcMolFormula(Chem.MolFromSmiles(smiles)) == formula
    assert name in names_of(Chem.MolToSmiles(Chem.MolFromSmiles(smiles), doRandom=True))


@pytest.mark.parametrize(
    "alike",
    [
        ("toluene", "methylbenzene", "phenylmethane", "Methyl benzene"),
        ("acetone", "propan-2-one", "2-propanone", "dimethyl ketone"),
        ("acetic acid", "ethanoic acid"),
        ("α-pinene", "alpha-pinene"),
        ("2,2’-bipyridine", "2,2'-bipyridine", "bipy"),
        ("furfural", "furan-2-carbaldehyde"),
    ],
)
def test_names_of_one_molecule_lead_to_the_same_smiles(alike: tuple[str, ...]) -> None:
    assert smiles_of(alike[0]) is not None
    assert {smiles_of(name) for name in alike} == {smiles_of(alike[0])}


def test_names_stay_apart_where_spaces_and_hyphens_do_not_count() -> None:
    rows = [line.split("\t") for line in resource("reference", "names.tsv").read_text("utf-8").splitlines()[1:]]
    for smiles, *known in rows:
        assert {smiles_of(name) for name in known} == {smiles}
    assert smiles_of("no such thing") is None
    assert plain_name("N,N-Dimethyl formamide") == "n,ndimethylformamide"


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("coronene", "C24H12"), ("PTCDA", "C24H8O6"), ("camphor", "C10H16O"), ("nicotine", "C10H14N2"),
        ("glutathione", "C10H17N3O6S"), ("uric acid", "C5H4N4O3"), ("18-crown-6", "C12H24O6"), ("DBU", "C9H16N2"),
        ("porphine", "C20H14N4"), ("adrenaline", "C9H13NO3"), ("cubane", "C8H8"), ("oleic acid", "C18H34O2"),
    ],
)  # fmt: skip
def test_names_of_larger_molecules_have_their_formulas(name: str, formula: str) -> None:
    assert CalcMolFormula(Chem.MolFromSmiles(smiles_of(name))) == formula


@pytest.mark.parametrize("written", ["C[C@H](N)C(=O)O", "[NH2][C@@H](C)C(O)=O", "OC(=O)C(N)C", "NC(C)C(=O)O"])
def test_a_smiles_finds_its_molecule_however_it_is_written(tmp_path: Path, written: str) -> None:
    library_blocks.write(tmp_path / "c_k_0000.h5", [library_blocks.record(structure_from_smiles("CC(N)C(=O)O"), "a")])
    assert [(one.why, one.score) for one in search(load_library([tmp_path]), written)] == [("the molecule", 1.0)]


def test_what_a_name_stands_for_is_looked_for_by_similarity(library: Library) -> None:
    assert similar(library, "3-methylfuran") == similar(library, "Cc1ccoc1")


def test_the_bundled_library_is_searched_by_name() -> None:
    found = search(load_library(), "caffeine")
    assert found
    assert {shown_name(one.entry) for one in found} == {"caffeine"}
    assert names_of("not a SMILES") == ()


@pytest.mark.parametrize("part", [slice(None), slice(14)])
def test_search_by_inchi_key(library: Library, part: slice) -> None:
    key = Chem.MolToInchiKey(Chem.MolFromSmiles("CCO"))
    assert names(search(library, key[part])) == ["qm9_000003"]


def test_similar_molecules_come_in_order(library: Library) -> None:
    found = similar(library, "Cc1ccoc1")
    assert names(found)[:2] == ["ring_00002", "furan"]
    assert found[0].score == pytest.approx(1.0)
    with pytest.raises(XanesviewError):
        similar(library, "no smiles")


def test_of_molecules_of_like_bonds_those_of_the_same_elements_come_first() -> None:
    found = [shown_name(one.entry) for one in similar(load_library(), "methylbenzene")]
    assert found[0] == "ethylbenzene"
    assert found.index("styrene") < found.index("phenol")
    assert found == [shown_name(one.entry) for one in similar(load_library(), "Cc1ccccc1")]


@pytest.mark.parametrize("text", ["toluene", "Methylbenzene", "Cc1ccccc1", "c1ccccc1C"])
def test_what_networks_learnt_from_elsewhere_is_said_to_be(text: str) -> None:
    said = lacking(load_library(), text)
    assert "networks of the C K-edge learnt from it, in data that don't come with the program" in said
    assert f"no C K spectrum of {text if smiles_of(text) else 'toluene'};" in said


def test_what_no_network_has_met_is_said_to_be() -> None:
    """Of the molecules kept aside those that are in no data file."""
    candidates = (f"{'C' * n}{end}" for n in range(1, 12) for end in ("", "O", "N", "=O", "Cl", "F", "C#N", "C(=O)O"))
    aside = [one for one in candidates if split_of(one) == HIDDEN]
    met = {one: split_elsewhere(constitution_key(one)) for one in aside}
    assert set(met.values()) >= {"", "train"}
    new = next(one for one, split in met.items() if not split)
    assert "is kept aside to test networks with: no network learns from it" in lacking(load_library(), new)


@pytest.mark.parametrize(
    ("text", "said"),
    [("furan", None), ("p-xylene", "The library has no spectrum of p-xylene."), ("no such", None), ("", None)],
)
def test_what_the_library_lacks_is_said_of_molecules_alone(library: Library, text: str, said: str | None) -> None:
    assert lacking(library, text) == said


def test_tensors_are_the_sticks_with_native_widths(library: Library) -> None:
    molecule = read_molecule(library.entries[2])
    tensor = tensor_of(molecule)
    (energy, dipole), ip = molecule.sticks[1], float(molecule.ip_ev[1])
    expected = stick_tensor(tensor.energy_ev, energy, dipole, ip, library_blocks.OFFSET_EV)
    np.testing.assert_allclose(tensor.components[1], expected)
    assert tensor.sites.tolist() == [0, 1]
    assert tensor.edge == "C K"
    assert tensor.ip_ev[1] == pytest.approx(ip + library_blocks.OFFSET_EV)


def test_an_isotropic_spectrum_counts_each_atom_once(tmp_path: Path) -> None:
    propane = structure_from_smiles("CCC")
    library_blocks.write(tmp_path / "all.h5", [library_blocks.record(propane)])
    library_blocks.write(tmp_path / "some.h5", [library_blocks.record(propane, sites=[0, 1])])
    every, some = (isotropic_of(entry) for entry in load_library([tmp_path]).entries)
    np.testing.assert_allclose(some.intensity, every.intensity, rtol=0.02, atol=0.01 * every.intensity.max())
    assert every.kind == "computed"


def test_names_are_shown_and_formulas_where_there_is_none(library: Library) -> None:
    assert [shown_name(entry) for entry in library.entries] == ["furan", "3-methylfuran", "ethanol", "dimethyl ether"]
    assert shown_name(replace(library.entries[1], smiles="C1CC1C1CC1")) == "C5H6O"


def test_a_damaged_block_is_told_and_the_others_are_read(tmp_path: Path, library: Library) -> None:
    (tmp_path / "c_k_0002.h5").write_bytes(b"cut off")
    again = load_library([tmp_path])
    assert again.entries == library.entries
    assert len(again.problems) == 1
    assert "c_k_0002.h5" in again.problems[0]


@pytest.mark.parametrize("name", ["ring_01761", "qm9_023873", "fl_047", "flu_0416", "odd_00042", "cur181"])
def test_a_molecule_that_has_but_a_number_is_called_by_its_formula(name):
    entry = SimpleNamespace(name=name, smiles="CC(=O)OCC(F)(F)F", formula="C4H5F3O2")
    assert shown_name(entry) == "C4H5F3O2"
    entry.name = "trifluoroethyl acetate"
    assert shown_name(entry) == "trifluoroethyl acetate"
