"""Members that are asked together say what each says alone."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.inference import tensor_predictor
from xanesview.inference.predictor import default_sites, load_predictor
from xanesview.io.examples import load_example


@pytest.mark.parametrize(
    ("network", "example"),
    [
        ("c_k_edge_tensor", "caffeine"),
        ("c_k_edge_tensor", "benzene_film"),
        ("n_k_edge_tensor", "caffeine"),
        ("o_k_edge_tensor", "caffeine"),
        ("fe_k_edge_tensor", "hematite_001"),
    ],
)
def test_together_as_alone(network: str, example: str, monkeypatch: pytest.MonkeyPatch) -> None:
    predictor, structure = load_predictor(network, "cpu"), load_example(example)
    sites = default_sites(structure, predictor.card)[: tensor_predictor.SITES_A_BATCH]
    together = predictor.predict(structure, sites)
    monkeypatch.setattr(tensor_predictor, "ATOMS_TOGETHER", 0)
    alone = predictor.predict(structure, sites)
    scale = np.abs(alone.tensor.components).max()
    # sums of 32-bit numbers in another order: as exact as turned structures agree, a hundred-thousandth of the largest
    np.testing.assert_allclose(together.tensor.components, alone.tensor.components, atol=3e-5 * scale)
    np.testing.assert_allclose(together.tensor.members, alone.tensor.members, atol=2e-4 * scale)
    np.testing.assert_allclose(together.tensor.ip_ev, alone.tensor.ip_ev, atol=1e-4)
    assert [one.warning for one in together.verdicts] == [one.warning for one in alone.verdicts]


def test_it_can_be_given_up() -> None:
    from xanesview.errors import Cancelled

    predictor, structure = load_predictor("c_k_edge_tensor", "cpu"), load_example("caffeine")
    with pytest.raises(Cancelled):
        predictor.predict(structure, [int(structure.sites_of("C")[0])], cancelled=lambda: True)
