"""``xanesview networks --markdown``: the page Networks of the guide is what the cards say now."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.networks.small_bundles import weights
from xanesview.cli.main import main
from xanesview.cli.network_page import in_order, number, overview, page
from xanesview.networks.card import BundleInfo, list_bundles
from xanesview.paths import resource

README = Path(__file__).resolve().parents[3] / "README.md"


@pytest.fixture
def shipped() -> list[BundleInfo]:
    return list_bundles()


def test_the_page_of_the_guide_is_up_to_date(capsys):
    assert main(["networks", "--markdown"]) == 0
    kept = resource("docs", "networks.md").read_text(encoding="utf-8")
    assert capsys.readouterr().out == kept, "write it anew: xanesview networks --markdown > resources/docs/networks.md"


def test_the_table_of_the_readme_is_up_to_date(shipped):
    assert overview(in_order(info.card for info in shipped)) in README.read_text(encoding="utf-8")


def test_each_network_has_a_section_with_the_figures_of_its_card(shipped):
    text = page(shipped)
    for info in shipped:
        section = text.split(f"\n## {info.name}\n")[1].split("\n## ")[0]
        test = info.card.metrics["test"]
        for key in ("mse_mean", "isotropic_mse"):
            assert key not in test or number(test[key]) in section
        for group in ("by_class", "by_element", "by_parent", "by_depth"):
            assert all(f"| {name} |" in section for name in test.get(group, {}))
        assert info.card.licence in section


def test_broken_networks_are_named_with_what_is_wrong(tmp_path, shipped):
    broken = BundleInfo("mine", tmp_path, None, "There is no card.json in mine.")
    text = page([*shipped[:1], broken])
    assert text.endswith("## Networks that cannot be used\n\n- `mine`: There is no card.json in mine.\n")


def test_a_card_that_tells_little_makes_a_section_all_the_same(tmp_path):
    from xanesview.networks.card import read_bundle_info

    told = json.loads((resource("networks", "c_k_edge_tensor") / "card.json").read_text(encoding="utf-8"))
    told |= {"data": {}, "metrics": {}, "training": {}, "domain": {}, "name": "bare"}
    (tmp_path / "card.json").write_text(json.dumps(told), encoding="utf-8")
    (tmp_path / "weights.safetensors").write_bytes(weights())
    text = page([read_bundle_info(tmp_path)])
    assert "| `bare` | C K | σ(E) | molecules |  |" in text
    assert "Learnt from molecules" in text


@pytest.mark.parametrize(
    ("value", "told"),
    [(0.0777, "0.078"), (0.0059, "0.0059"), (6.34e-4, "6.3e-4"), (0.0, "0.0000"), (1205, "1,205"), (None, "")],
)
def test_numbers_keep_what_matters(value, told):
    assert number(value) == told
