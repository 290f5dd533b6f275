"""The domain check fires where it should, and seldom elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.inference.domain_check import check_sites
from xanesview.inference.predictor import default_sites, load_predictor

TOLUENE = """C -0.0107 1.9132 0.0083
C 0.0035 0.4088 -0.0091
C 1.2056 -0.2952 -0.0052
C 1.2095 -1.6816 0.0020
C 0.0071 -2.3783 0.0054
C -1.1983 -1.6841 0.0021
C -1.1979 -0.2978 -0.0051
H 0.9923 2.3046 -0.1554
H -0.3722 2.2886 0.9656
H -0.6682 2.2894 -0.7740
H 2.1440 0.2419 -0.0083
H 2.1487 -2.2168 0.0046
H 0.0086 -3.4591 0.0107
H -2.1359 -2.2214 0.0047
H -2.1378 0.2373 -0.0081"""


def toluene(scale: float = 1.0) -> Structure:
    rows = [line.split() for line in TOLUENE.splitlines()]
    x = np.array([[float(v) for v in row[1:]] for row in rows]) * scale
    return Structure(
        numbers=np.array([{"C": 6, "H": 1}[row[0]] for row in rows]), positions_angstrom=x,
        cell_angstrom=np.zeros((3, 3)), pbc=np.zeros(3, bool), name="toluene",
    )  # fmt: skip


def verdicts(structure: Structure):
    predictor = load_predictor(device="cpu")
    return predictor.predict(structure, default_sites(structure, predictor.card)).verdicts


def with_atom(structure: Structure, z: int, position) -> Structure:
    return structure.replace(
        numbers=np.append(structure.numbers, z), positions_angstrom=np.vstack([structure.positions_angstrom, position])
    )


def test_an_ordinary_molecule_is_inside():
    assert all(v.inside for v in verdicts(toluene()))


def test_an_exploded_molecule_is_outside_everywhere():
    found = verdicts(toluene(1.8))
    assert not any(v.inside for v in found)
    assert all("no bonded neighbour" in v.reasons for v in found)


def test_a_close_contact_is_named():
    near = toluene().positions_angstrom[0] + [0.3, 0.0, 0.4]
    found = verdicts(with_atom(toluene(), 6, near))
    assert not found[0].inside
    assert "atoms too close together" in found[0].reasons


def test_a_bond_never_seen_is_named():
    structure = with_atom(with_atom(toluene(), 9, [-0.0107, 1.9132, 3.2]), 9, [-0.0107, 1.9132, 4.4])
    assert any("F–F bond" in reason for reason in verdicts(structure)[0].reasons)


def test_an_element_without_training_data_is_refused_with_a_hint():
    structure = with_atom(toluene(), 26, [0.0, 0.0, 4.0])
    with pytest.raises(XanesviewError, match="never seen Fe") as caught:
        verdicts(structure)
    assert "It knows" in caught.value.hint


def test_missing_hydrogens_are_noticed():
    whole = toluene()
    heavy = whole.numbers != 1
    bare = whole.replace(numbers=whole.numbers[heavy], positions_angstrom=whole.positions_angstrom[heavy])
    found = verdicts(bare)
    # The carbon that carries the methyl group keeps all its neighbours.
    assert [v.inside for v in found] == [False, True, False, False, False, False, False]
    assert "an atom seems to be missing next to it" in found[3].reasons
    assert "C bonded to C: not in the training data" in found[0].reasons


def test_a_crystal_is_told_from_the_molecules_of_the_training_data():
    periodic = toluene().replace(cell_angstrom=np.diag([12.0, 14.0, 12.0]), pbc=np.ones(3, bool))
    notices = load_predictor(device="cpu").predict(periodic, [0]).notices
    assert [n.message for n in notices] == ["trained on molecules"]


def test_few_ordinary_molecules_are_outside():
    """The share of the test split is on the card; here, the limits leave room for ordinary noise."""
    rng = np.random.default_rng(0)
    x = toluene().positions_angstrom
    found = [
        v
        for _ in range(10)
        for v in verdicts(toluene().replace(positions_angstrom=x + 0.02 * rng.normal(size=x.shape)))
    ]
    assert np.mean([v.inside for v in found]) > 0.95
    metrics = load_predictor(device="cpu").card.metrics["test"]
    assert metrics["outside_domain_percent"] < 5.0


def small(symbols: str, positions, name: str) -> Structure:
    numbers = np.array([{"C": 6, "O": 8, "F": 9, "l": 17}[one] for one in symbols])
    return Structure(
        numbers=numbers, positions_angstrom=np.array(positions, float), cell_angstrom=np.zeros((3, 3)),
        pbc=np.zeros(3, bool), name=name,
    )  # fmt: skip


CORNERS = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) / np.sqrt(3.0)
CF4 = small("CFFFF", np.vstack([np.zeros((1, 3)), 1.32 * CORNERS]), "CF4")
CCL4 = small("Cllll", np.vstack([np.zeros((1, 3)), 1.77 * CORNERS]), "CCl4")
CO = small("CO", [[0, 0, 0], [0, 0, 1.13]], "CO")


@pytest.mark.parametrize(
    ("structure", "network", "words"),
    [
        (CF4, "c_k_edge_tensor", "C bonded to 4 F"),
        (CCL4, "c_k_edge_tensor", "C bonded to 4 Cl"),
        (CO, "c_k_edge_tensor", "C bonded to O"),
        (CO, "o_k_edge_tensor", "its neighbour, C bonded to O"),
    ],
)
def test_sites_with_rare_sets_of_bonded_elements_are_told(structure, network, words):
    predictor = load_predictor(network, "cpu")
    found = predictor.predict(structure, default_sites(structure, predictor.card)).verdicts
    assert [v.warning for v in found] == ["outside"]
    assert any(words in reason for reason in found[0].reasons)


def test_a_rare_set_of_bonded_elements_is_not_told_again_as_a_number_of_bonds():
    assert [v.reasons for v in verdicts(CO)] == [("C bonded to O: in 1 training molecule",)]
    found = check_sites(toluene(), [0], {"distance": np.zeros(1)}, domain_of_ethers(imbalance={"3": 0.5}))
    assert found[0].reasons == ("4 bonded neighbours, as hardly any training site has",)


def domain_of_ethers(**more) -> dict:
    """A made-up domain in which every set of toluene is known."""
    sets = dict.fromkeys(("C: H H H C", "C: C C C", "C: H C C"), 50)
    return {
        "elements": {"C": 50, "H": 50}, "bonds": {"C–C": 50, "H–C": 50}, "bonded_elements": sets,
        "descriptor_elements": [1, 6], "distance_threshold": 9.0,
    } | more  # fmt: skip


def test_a_large_expected_error_makes_a_site_uncertain_and_not_outside():
    grade = {"usual": {"spread": 0.1}, "slopes": {"spread": 2.0}, "usual_mse": 0.05, "limit": 3.0}
    measures = {"distance": np.zeros(2), "spread": np.array([0.1, 0.2])}
    found = check_sites(toluene(), [0, 2], measures, domain_of_ethers(grade=grade))
    assert [v.warning for v in found] == ["none", "uncertain"]
    assert found[1].inside
    assert found[1].expected == pytest.approx(4.0)
    assert found[1].reasons == ("the networks disagree; error expected 4.0 × the usual",)


def test_older_cards_have_a_limit_of_the_spread_instead_of_a_grade():
    measures = {"distance": np.zeros(2), "spread": np.array([0.1, 0.3])}
    found = check_sites(toluene(), [0, 2], measures, domain_of_ethers(spread_threshold=0.2))
    assert [v.warning for v in found] == ["none", "uncertain"]
    assert found[1].reasons == ("the networks disagree (1.5 × the usual limit)",)


def test_few_training_molecules_with_the_same_bonded_elements_are_counted_in_words():
    sets = domain_of_ethers()["bonded_elements"] | {"C: H H H C": 4}
    measures = {"distance": np.zeros(2)}
    found = check_sites(toluene(), [0, 2], measures, domain_of_ethers(bonded_elements=sets))
    assert [v.warning for v in found] == ["outside", "none"]
    assert found[0].reasons == ("C bonded to 3 H and C: in 4 training molecules",)
