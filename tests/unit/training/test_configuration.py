"""A configuration file sets the sizes of a network itself, but for those that the data give."""

from __future__ import annotations

import pytest

from xanesview.domain.sticks import NATIVE_WIDTHS, StickWidths
from xanesview.errors import UsageError, XanesviewError
from xanesview.networks.kinds import trained_kinds
from xanesview.paths import resource
from xanesview.training.configuration import read_config
from xanesview.training.kinds import training_of

RECIPES = sorted(resource("training", "tensor.toml").parent.glob("*.toml"))


def kind_of(name: str) -> str:
    """Return the kind that a shipped recipe is of; its file begins with the name of the kind's own recipe."""
    own = {training_of(kind).RECIPE.default.removesuffix(".toml"): kind for kind in trained_kinds()}
    return next(kind for stem, kind in own.items() if name.startswith(stem))


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_every_shipped_recipe_can_be_read(path) -> None:
    recipe = training_of(kind_of(path.stem)).RECIPE
    read = read_config(path, recipe)
    assert read.bundle.title
    assert type(read.network) is type(recipe.network)
    assert not set(recipe.fixed) & set(read.as_dict()["network"])


def test_keys_reach_the_parts_of_a_configuration(tmp_path) -> None:
    (tmp_path / "a.toml").write_text("[network]\nr_max = 5\nzetas = [1.0, 2.0]\nhidden = [8]\n")
    read = read_config(tmp_path / "a.toml", training_of("xanesnet").RECIPE)
    assert (read.network.descriptor.r_max, read.network.descriptor.zetas) == (5.0, (1.0, 2.0))
    assert read.network.hidden == (8,)
    written = read.as_dict()["network"]
    assert (written["r_max"], written["hidden"], written["n_g2"]) == (5.0, (8,), 32)


@pytest.mark.parametrize(
    ("kind", "line", "words"),
    [
        ("isd-painn", "out_channels = 4", "unknown key 'out_channels'"),
        ("xane3", "max_z = 4", "unknown key 'max_z'"),
        ("xane3", "num_layers = 2.5", "num_layers should be int, not 2.5"),
        ("xanesnet", "attention = true", "unknown key 'attention'"),
    ],
)
def test_what_the_data_give_and_what_is_no_size_is_refused(tmp_path, kind, line, words) -> None:
    (tmp_path / "a.toml").write_text(f"[network]\n{line}\n")
    with pytest.raises(UsageError, match=words):
        read_config(tmp_path / "a.toml", training_of(kind).RECIPE)


def test_a_size_that_makes_no_sense_is_told_at_once(tmp_path) -> None:
    (tmp_path / "a.toml").write_text('[network]\nactivation = "step"\n')
    with pytest.raises(XanesviewError, match="no activation “step”"):
        read_config(tmp_path / "a.toml", training_of("xanesnet").RECIPE)


def test_a_recipe_says_how_broad_transitions_are_drawn(tmp_path) -> None:
    file = tmp_path / "broad.toml"
    file.write_text("[sticks]\nfwhm_ev = 0.9\nramp_ev = 10\n", encoding="utf-8")
    config = read_config(file, training_of("tensor").RECIPE)
    assert config.sticks == StickWidths(0.9, NATIVE_WIDTHS.continuum_fwhm_ev, 10.0, NATIVE_WIDTHS.start_ev)
    assert config.as_dict()["sticks"]["fwhm_ev"] == 0.9
    file.write_text("[sticks]\nwidth = 0.9\n", encoding="utf-8")
    with pytest.raises(UsageError, match="unknown key 'width'"):
        read_config(file, training_of("tensor").RECIPE)
