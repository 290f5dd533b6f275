"""Weights that are no numbers, or none of a network: told as damage of the network, never given as a result."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from tests.unit.inference.test_domain_check import toluene
from tests.unit.inference.tiny_bundles import isd_painn_bundle, xane3_bundle, xanesnet_bundle
from xanesview.cli.main import main
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.inference.domain_check import CENTRES_ANGSTROM
from xanesview.inference.finite import check_finite
from xanesview.inference.predictor import load_predictor
from xanesview.inference.property_reader import DEFAULT_READER, PropertyReader
from xanesview.io.json_text import json_text
from xanesview.networks.bundle import save_bundle
from xanesview.networks.card import CARD, WEIGHTS, find_bundle

DOMAIN = {
    "elements": {"C": 9, "H": 9}, "bonds": {"C-C": 9, "C-H": 9}, "descriptor_elements": [1, 6],
    "distance_threshold": 1.0, "grade": {"usual": {"distance": 1.0}, "slopes": {"distance": 1.0}, "usual_mse": 1.0,
                                         "limit": 10.0},
}  # fmt: skip
LINE = Spectrum(
    np.linspace(280.0, 320.0, 401), np.exp(-((np.linspace(280.0, 320.0, 401) - 288.0) ** 2)), kind="predicted",
    native_fwhm_ev=1.2,
)  # fmt: skip


def changed(source: Path, folder: Path, change, begin: str = "member0.") -> Path:
    """Write a bundle again with its first table of weights changed."""
    tensors = load_file(source / WEIGHTS)
    key = next(k for k, v in tensors.items() if k.startswith(begin) and v.is_floating_point() and v.ndim > 1)
    tensors[key] = change(tensors[key])
    save_bundle(folder, json.loads((source / CARD).read_text()), tensors)
    return folder


@pytest.mark.parametrize("make", [xane3_bundle, xanesnet_bundle, isd_painn_bundle])
def test_weights_that_are_no_numbers_are_told_as_damage(make, tmp_path):
    broken = changed(make(tmp_path / "whole"), tmp_path / "broken", lambda v: v * torch.nan)
    with pytest.raises(XanesviewError, match="values that are not numbers") as told:
        load_predictor(broken, device="cpu").predict(toluene(), [0])
    assert told.value.hint == "The network is damaged: fetch its bundle again."


def test_whole_numbers_are_no_weights(tmp_path):
    broken = changed(xane3_bundle(tmp_path / "whole"), tmp_path / "broken", lambda v: torch.ones_like(v).to(torch.int8))
    with pytest.raises(XanesviewError, match="holds whole numbers"):
        load_predictor(broken, device="cpu")


def test_numbers_of_a_whole_network_blame_what_was_asked():
    with pytest.raises(XanesviewError) as told:
        check_finite(np.array([np.nan]), [torch.nn.Linear(2, 2)], "Look elsewhere.")
    assert told.value.hint == "Look elsewhere."


@pytest.mark.parametrize("change", [lambda v: v * torch.nan, lambda v: v.float() * 0 + 1e38], ids=["nan", "overflow"])
def test_properties_that_are_no_numbers_are_refused(tmp_path, change):
    broken = changed(find_bundle(DEFAULT_READER), tmp_path / "reader", change)
    with pytest.raises(XanesviewError, match="values that are not numbers") as told:
        PropertyReader(broken).read(LINE)
    assert "damaged" in told.value.hint


def test_training_spectra_that_are_no_numbers_are_refused(tmp_path):
    broken = changed(find_bundle(DEFAULT_READER), tmp_path / "reader", lambda v: v * torch.nan, "molecule.domain.")
    with pytest.raises(XanesviewError, match="not numbers"):
        PropertyReader(broken)


def test_the_command_writes_nothing_of_a_damaged_reader(tmp_path, capsys):
    broken = changed(find_bundle(DEFAULT_READER), tmp_path / "reader", lambda v: v * torch.nan)
    (tmp_path / "line.txt").write_text("\n".join(f"{e} {i}" for e, i in zip(LINE.energy_ev, LINE.intensity)))
    words = ["properties", str(tmp_path / "line.txt"), "--reader", str(broken), "--json", str(tmp_path / "out.json")]
    assert main(words) == 1
    assert "values that are not numbers" in capsys.readouterr().err
    assert not (tmp_path / "out.json").exists()


def with_environments(folder: Path, environments: torch.Tensor | None) -> Path:
    """A network whose card was graded by training environments, with such a table or none."""
    whole = xane3_bundle(folder.with_name("whole"))
    card, tensors = json.loads((whole / CARD).read_text()) | {"domain": DOMAIN}, load_file(whole / WEIGHTS)
    save_bundle(folder, card, tensors | ({} if environments is None else {"domain.environments": environments}))
    return folder


def test_a_lost_check_of_the_domain_is_told_with_every_prediction(tmp_path):
    lost = load_predictor(with_environments(tmp_path / "lost", None), device="cpu")
    notices = lost.predict(toluene(), [0]).notices
    (notice,) = (one for one in notices if one.kind == "damaged")
    assert "training environments of whole are missing" in notice.message
    assert "Fetch the bundle again" in notice.hint
    assert not any(one.kind == "no-domain" for one in notices)


def test_training_environments_that_are_no_numbers_are_damage(tmp_path):
    table = torch.ones(4, 3 * len(CENTRES_ANGSTROM))
    assert load_predictor(with_environments(tmp_path / "whole_one", table), device="cpu")
    table[1, 2] = torch.nan
    with pytest.raises(XanesviewError, match=r"“domain\.environments” holds values that are not numbers"):
        load_predictor(with_environments(tmp_path / "broken", table), device="cpu")


def test_json_knows_no_nan():
    value = {"a": [1.5, float("nan")], "b": float("inf"), "words": "NaN is “not a number”", "c": np.array([np.nan])}
    text = json_text(value, indent=1, default=lambda one: one.tolist())
    assert json.loads(text, parse_constant=lambda word: pytest.fail(word)) == {
        "a": [1.5, None], "b": None, "words": "NaN is “not a number”", "c": [None]
    }  # fmt: skip
