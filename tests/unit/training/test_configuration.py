"""A configuration file sets the sizes of a network itself, but for those that the data give."""

from __future__ import annotations

import math
import time

import pytest

from xanesview.domain.sticks import NATIVE_WIDTHS, StickWidths
from xanesview.errors import UsageError, XanesviewError
from xanesview.networks.card_schema import Block
from xanesview.networks.kinds import kind_named, loaded, trained_kinds
from xanesview.paths import resource
from xanesview.training.ablation import variant
from xanesview.training.configuration import Recipe, read_config
from xanesview.training.kinds import training_of
from xanesview.training.recipe_fields import BUNDLE, STICKS, TRAINING

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
        ("xane3", "num_layers = 2.5", "num_layers is 2.5, not a whole number from 1 to 64"),
        ("xanesnet", "attention = true", "unknown key 'attention'"),
    ],
)
def test_what_the_data_give_and_what_is_no_size_is_refused(tmp_path, kind, line, words) -> None:
    (tmp_path / "a.toml").write_text(f"[network]\n{line}\n")
    with pytest.raises(UsageError, match=words):
        read_config(tmp_path / "a.toml", training_of(kind).RECIPE)


def test_a_size_that_makes_no_sense_is_told_at_once(tmp_path) -> None:
    (tmp_path / "a.toml").write_text('[network]\nactivation = "step"\n')
    with pytest.raises(XanesviewError, match="activation is “step”, not one of relu"):
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


@pytest.mark.parametrize("kind", trained_kinds())
def test_every_setting_has_a_range(kind) -> None:
    recipe = training_of(kind).RECIPE
    read = read_config(None, Recipe(recipe.kind, recipe.network, recipe.training, fixed=recipe.fixed)).as_dict()
    card = loaded(kind_named(recipe.kind).card).fields["network"].fields
    sizes = set(card) | {name for of in card.values() if isinstance(of, Block) for name in of.fields}
    assert set(read["training"]) == {*TRAINING.fields, *recipe.choices.fields}
    assert set(read["bundle"]) == set(BUNDLE.fields)
    assert set(read["sticks"]) == set(STICKS.fields)
    assert set(read["network"]) <= sizes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[training]\nepochs = -1", r"\[training\] epochs is -1, not a whole number from 1 to 1,000,000\.$"),
        ("[training]\nepochs = 3.5", "epochs is 3.5, not a whole number"),
        ("[training]\nepochs = true", "epochs is true, not a whole number"),
        ("[training]\nepochs = 0x" + "f" * 5001, "epochs is a number of too many digits"),
        ("[training]\nlearning_rate = nan", "learning_rate is nan, not a number above 0"),
        ("[training]\nlearning_rate = inf", "learning_rate is a number of too many digits"),
        ("[training]\nbatch_structures = 0", "batch_structures is 0, not a whole number from 1"),
        ("[training]\nminutes = -1", "minutes is -1, not a number from 0"),
        ('[training]\nsplit = "halves"', "split is “halves”, not one of file, random, scaffold, size:N, spectrum"),
        ('[training]\ndevices = "many"', "devices is “many”, not a number of devices"),
        ('[training]\naccelerator = "abacus"', "accelerator is “abacus”, not one of auto, cpu"),
        ("[training]\nrobustness = nan", "robustness is nan"),
        ("[network]\nzetas = []", "zetas has 0 values"),
        ('[network]\nhidden = ["wide"]', "hidden.0. is “wide”"),
        ("[network]\ndropout = 2", "dropout is 2"),
        ("[sticks]\nramp_ev = 0", "ramp_ev is 0, not a number above 0"),
        ("[sticks]\nfwhm_ev = nan", "fwhm_ev is nan"),
        ('[bundle]\nname = "../../../evil"', "name is “../../../evil”, not a plain word"),
        ('[bundle]\nname = ".."', "not a plain word"),
        ('[bundle]\nname = ""', "not a plain word"),
        ("training = 5", "training is 5, not a table"),
        ("network = [1]", "network is a list, not a table"),
        ("[[training]]\nepochs = 1", "training is a list, not a table"),
        ("[training]\nepochs = " + "9" * 5001, "a number in it has too many digits"),
        (".".join(["a"] * 40_000) + " = 1", "one of its keys nests too deep"),
        (".".join(['"a.b"'] * 16_000) + " = 1", "one of its keys nests too deep"),
        ("a = " + "[" * 5000 + "]" * 5000, "it nests too deep"),
        ("#" * 200_000, "it has 200,001 bytes"),
    ],
    ids=lambda text: text[:30],
)
def test_what_no_training_could_take_is_told_in_a_sentence(tmp_path, text, words) -> None:
    (tmp_path / "a.toml").write_text(text + "\n", encoding="utf-8")
    begun = time.process_time()
    with pytest.raises(UsageError, match=words):
        read_config(tmp_path / "a.toml", training_of("xanesnet").RECIPE)
    assert time.process_time() - begun < 5.0


def test_settings_are_checked_beside_each_other(tmp_path) -> None:
    (tmp_path / "a.toml").write_text("[training]\nfirst_ev = 30\n")
    with pytest.raises(UsageError, match="first_ev is 30, not below last_ev, 20"):
        read_config(tmp_path / "a.toml", training_of("xane3").RECIPE)
    (tmp_path / "a.toml").write_text("[training]\nfolds = 1\n")
    with pytest.raises(UsageError, match="folds is 1"):
        read_config(tmp_path / "a.toml", training_of("properties").RECIPE)


def test_what_is_asked_beside_the_file_is_checked_too() -> None:
    recipe = Recipe("xanesnet", training_of("xanesnet").RECIPE.network)
    with pytest.raises(UsageError, match=r"The recipe: \[training\] minutes is nan"):
        read_config(None, recipe, {"training": {"minutes": math.nan}})


@pytest.mark.parametrize("kind", trained_kinds())
def test_the_changes_of_every_ablation_are_in_range(kind) -> None:
    module = training_of(kind)
    for name, changes in module.ABLATIONS.items():
        read_config(None, module.RECIPE, variant(changes, name, 1.0))


def test_points_in_words_and_comments_nest_nothing(tmp_path) -> None:
    words = "1. 2. 3. 4. 5. 6. 7. 8. 9. a.b.c.d.e.f.g.h.i.j."
    (tmp_path / "a.toml").write_text(f'# {words}\n[bundle]\nlimits = "{words}"\nname = "a.b-c_2"\n')
    assert read_config(tmp_path / "a.toml", training_of("tensor").RECIPE).bundle.limits == words
