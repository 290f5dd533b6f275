"""A card with a wrong value is an entry of the shelf that says what is wrong; the others stay where they are."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.unit.networks.small_bundles import CARD, make_bundle, weights
from xanesview.cli.main import main
from xanesview.errors import XanesviewError
from xanesview.inference.predictor import load_predictor
from xanesview.inference.property_reader import PropertyReader
from xanesview.inference.shelf import InstalledNetworks
from xanesview.limits import LARGEST_SETTINGS
from xanesview.networks import kinds
from xanesview.networks.absorption_tensor.card_fields import KERNEL_NETWORK
from xanesview.networks.absorption_tensor.density_kernel import DensityKernelConfig
from xanesview.networks.bundle import load_weights, save_bundle
from xanesview.networks.card import Card, bundle_identity, find_bundle, list_bundles, networks_for, read_bundle_info
from xanesview.networks.card_fields import ACTIVATION, BAND_LEVEL
from xanesview.networks.card_text import DEEPEST
from xanesview.networks.perceptron import ACTIVATIONS
from xanesview.networks.uncertainty import LEVELS
from xanesview.networks.wacsf import PARAMETERISATIONS, VARIANTS, WacsfConfig
from xanesview.networks.xanesnet.card_fields import DESCRIPTOR
from xanesview.paths import resource
from xanesview.shown.network_list import fitting

SHIPPED = sorted(path.parent.name for path in resource("networks").glob("*/card.json"))


def changed(name: str, place: str, value: object, folder: Path) -> Path:
    """Return a copy of a shipped bundle with another value at a place of its card, such as ``domain.elements.C``."""
    shutil.copytree(resource("networks", name), folder, symlinks=True)
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    *path, last = [int(step) if step.isdigit() else step for step in place.split(".")]
    block = card
    for step in path:
        block = block[step]
    block[last] = value
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")
    return folder


def assert_told_everywhere(capsys: pytest.CaptureFixture[str], words: str) -> None:
    """A broken bundle “mine” on the shelf is listed with what is wrong; shipped ones are listed as ever."""
    found = {info.name: info for info in list_bundles()}
    assert words in found["mine"].problem
    assert not any(found[name].problem for name in SHIPPED)
    assert main(["networks"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert f"mine cannot be used: {found['mine'].problem}" in out
    assert "C K-edge absorption tensor" in out
    assert main(["info", str(found["mine"].path)]) == 0
    assert words in capsys.readouterr().out
    session = SimpleNamespace(network="c_k_edge_tensor")
    entries = fitting(InstalledNetworks(), SimpleNamespace(card=None, structure=None, session=session))
    assert words in next(entry.problem for entry in entries if entry.name == "mine")
    assert networks_for("C")[0].name == "c_k_edge_tensor"
    with pytest.raises(XanesviewError) as caught:
        find_bundle("mine")
    assert words in caught.value.message


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        ("format_version", "2", "format_version is “2”, not a whole number"),
        ("energy_ev.step", 0, "energy_ev.step is 0, not a number above 0"),
        ("energy_ev.stop", 1e12, "energy_ev.stop is 1000000000000.0, not a number from -1e+06 to 1,000,000"),
        ("energy_ev.step", 5e-8, "energy_ev.step makes 500,000,001 points; 2 to 10,000 are allowed"),
        ("energy_ev", [285.0], "energy_ev has 1 values; 2 to 10,000 are allowed"),
        ("data", None, "data is null, not a table"),
        ("data.files", "ck.h5", "data.files is “ck.h5”, not a list"),
        ("elements", [6], "elements[0] is 6, not a chemical symbol"),
        ("element", "Zz", "element is “Zz”, not a chemical symbol"),
        ("domain", [], "domain is a list, not a table"),
        ("domain.bonds.C–C", None, "domain.bonds.C–C is null, not a whole number"),
        ("domain.distance_threshold", -0.5, "domain.distance_threshold is -0.5, not a number of at least 0"),
        ("metrics", "good", "metrics is “good”, not a table"),
        ("metrics.test", [1], "metrics.test is a list, not a table"),
        ("metrics.test.by_class", {"amine": {}}, "metrics.test.by_class.amine lacks n_sites"),
        ("training", 7, "training is 7, not a table"),
        ("training.members.0", None, "training.members[0] is null, not a table"),
        ("domain.grade.limit", 0, "domain.grade.limit is 0, not a number above 0"),
        ("domain.grade.slopes", {"mood": 1.0}, "domain.grade.usual and slopes name different things"),
        ("domain.bonded_elements", {"C: F": -1}, "domain.bonded_elements.C: F is -1, not a whole number of at least 0"),
        ("uncertainty.bands.sum", {"isotropic": [1.0, 2.0]}, "uncertainty.bands.sum lacks direction"),
        ("uncertainty.bands.site.direction", [1.0], "uncertainty.bands.site.direction has 1 values; 2 are allowed"),
        ("uncertainty.calibration.factors", [1.0], "factors has 1, levels has 2 values"),
        ("uncertainty.calibration.levels", [0.5, 0.9], "levels does not hold 0.68"),
        ("network", {"elements": [6]}, "network lacks basis_centres_ev, basis_sigma_ev"),
        ("network.channels", 10**9, "network.channels is 1000000000, not a whole number from 1 to 1,024"),
        ("network.basis_sigma_ev", [1.0], "basis_sigma_ev has 1"),
        ("gives", "isotropic", "gives is isotropic, and networks of kind tensor give tensor"),
        ("members", 2.5, "members is 2.5, not a whole number"),
        ("title", "a\x1b[2Jb", "title holds control characters"),
        ("licence", "x" * 10**6, "licence has 1,000,000 characters"),
        ("edge", 10**400, "edge is a number of too many digits, not an edge"),
        ("edge", "Q", "edge is “Q”, not an edge or an emission line, such as K"),
        ("name", "", "name is “”, not a name of a network"),
        ("name", "../../etc/passwd", "name is “../../etc/passwd”, not a name of a network"),
        ("intensity_scale", 1e-300, "intensity_scale is 1e-300, not a number from 1e-09 to 1,000,000,000"),
        ("members", 1, "the card tells of 1 member, the weights are of 4"),
        ("members", 9, "the card tells of 9 members, the weights are of 4"),
        ("members", 10**400, "members is a number of too many digits, not a whole number"),
        ("title", "a\u202eb", "title holds control characters"),
        ("intensity_scale", float("nan"), "intensity_scale is null, not a number from"),
        ("as_measured", {"shift_ev": 0.2}, "as_measured lacks fwhm_ev, step_height, step_width_ev"),
        ("as_measured.fwhm_ev", -1, "as_measured.fwhm_ev is -1, not a number from 0 to 100"),
        ("as_measured.step_width_ev", 0, "as_measured.step_width_ev is 0, not a number above 0"),
        ("as_measured.left_out", {"n_files": 3}, "as_measured.left_out lacks median_r, median_rms"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_in_every_list(place, value, words, xanesview_home, capsys) -> None:
    changed("c_k_edge_tensor", place, value, xanesview_home / "data" / "networks" / "mine")
    assert_told_everywhere(capsys, words)


@pytest.mark.parametrize(
    ("name", "place", "value", "words"),
    [
        ("c_k_edge_isd_painn", "network.out_channels", 7, "network.out_channels is 7, and energy_ev has 101 values"),
        ("c_k_edge_isd_painn", "network.use_pbc", 0, "network.use_pbc is 0, not true or false"),
        ("c_k_edge_xane3", "network.emin", 99.0, "network.emin is 99, not below emax, 20"),
        ("c_k_edge_xane3", "network.basis_start", "odd", "network.basis_start is “odd”, not one of edge, even, spaced"),
        ("c_k_edge_xanesnet", "network.energy_ev", [1.0, 2.0, 9e5], "network.energy_ev is not first energy"),
        ("c_k_edge_xanesnet", "network.energy_ev", [2800.0, 3050.0, 101],
         "network.energy_ev is 2800 to 3050 eV, and energy_ev is 280 to 305 eV"),
        ("c_k_edge_xanesnet", "energy_ev", {"start": 280.0, "stop": 310.0, "step": 0.3},
         "network.energy_ev is 280 to 305 eV, and energy_ev is 280 to 310 eV"),
        ("c_k_edge_xanesnet", "network.descriptor.n_g2", "9", "network.descriptor.n_g2 is “9”"),
        ("c_k_edge_xanesnet", "uncertainty.samples", 10**9, "uncertainty.samples is 1000000000"),
        ("fe_k_edge_tensor", "kernel", {}, "kernel lacks share, network"),
        ("fe_k_edge_tensor", "kernel.network.n_sites", 10**12, "kernel.network.n_sites is 1000000000000"),
        ("c_k_edge_properties", "variants", None, "variants is null, not a list"),
        ("c_k_edge_properties", "variants.1.network.neurons", 0, "variants[1].network.neurons is 0"),
        ("c_k_edge_properties", "variants.1.name", "molecule", "variants names a network twice"),
        ("c_k_edge_properties", "properties", [], "properties has 0 values"),
        ("c_k_edge_properties", "widths_ev", [0], "widths_ev[0] is 0"),
        ("c_k_edge_properties", "metrics.test.variants.site", {"n": 3}, "metrics.test.variants.site lacks properties"),
    ],
)  # fmt: skip
def test_what_a_kind_adds_is_checked_too(name, place, value, words, tmp_path) -> None:
    info = read_bundle_info(changed(name, place, value, tmp_path / "mine"))
    assert words in info.problem
    with pytest.raises(XanesviewError) as caught:
        (PropertyReader if name.endswith("properties") else load_predictor)(tmp_path / "mine")
    assert words in caught.value.message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "cannot be read"),
        (b"[1]", "is not a JSON object"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b'{"title": "\xe9"}', "cannot be read"),
        (b"[" * 100_000, "nests too deep"),
        (b'{"a": ' * (DEEPEST + 1) + b"1" + b"}" * (DEEPEST + 1), "nests too deep"),
        (b'{"a": "' + b"x" * LARGEST_SETTINGS + b'"}', "more than 4 MB"),
        (json.dumps({**CARD, "name": "mine", "format": "other"}).encode(), "is not one of a network"),
        (json.dumps({**CARD, "name": "mine", "format_version": 9}).encode(), "has a format this version does not know"),
        (json.dumps({**CARD, "name": "mine", "unit": None}).encode(), "unit is null, not text"),
        (json.dumps({**CARD, "name": "mine"}).encode()[:-1] + b', "unit": "Mb"}', "“unit” is there twice"),
    ],
)
def test_a_file_that_is_no_card_is_told(content: bytes, words: str, xanesview_home, capsys) -> None:
    folder = make_bundle(xanesview_home / "data" / "networks" / "mine")
    (folder / "card.json").write_bytes(content)
    assert_told_everywhere(capsys, words)


def test_a_card_that_is_no_file_is_told(xanesview_home, capsys) -> None:
    folder = make_bundle(xanesview_home / "data" / "networks" / "mine")
    (folder / "card.json").unlink()
    (folder / "card.json").mkdir()
    assert_told_everywhere(capsys, "cannot be read (not a file)")


@pytest.mark.parametrize("content", [b"", b"\xff" * 64, (2**40).to_bytes(8, "little") + b"{}", weights()[:-4]])
def test_weights_that_are_cut_off_or_damaged_are_told_in_every_list(content: bytes, xanesview_home, capsys) -> None:
    folder = make_bundle(xanesview_home / "data" / "networks" / "mine")
    (folder / "weights.safetensors").write_bytes(content)
    assert_told_everywhere(capsys, "The weights of mine cannot be read")


def test_weights_larger_than_any_memory_are_told_without_being_read(xanesview_home, capsys) -> None:
    folder = make_bundle(xanesview_home / "data" / "networks" / "mine")
    with (folder / "weights.safetensors").open("wb") as stream:
        stream.truncate(10**12)  # takes no room on the disk
    assert_told_everywhere(capsys, "would take 1,000 GB; up to 2 GB are taken")


def test_what_a_card_says_beside_what_is_known_is_left_alone(tmp_path: Path) -> None:
    odd = {"mood": None, "notes": [[{"deep": [1, 2]}]], "metrics": {"val": {"own": 10**400}}, "domain": {"own": "x"}}
    info = read_bundle_info(make_bundle(tmp_path / "mine", **odd))
    assert info.problem is None
    assert info.card.raw["notes"] == [[{"deep": [1, 2]}]]


@pytest.mark.parametrize("kind", kinds.KINDS, ids=lambda kind: kind.name)
def test_every_size_of_a_kind_is_described(kind: kinds.Kind) -> None:
    described = kinds.loaded(kind.card).fields["network"].fields
    recipe = kinds.loaded(kind.training).RECIPE
    assert set(recipe.network.as_dict()) <= set(described)
    wrong = {name: described[name].problem(value, name) for name, value in recipe.network.as_dict().items()}
    assert not any(wrong[name] for name in wrong if name not in recipe.fixed), wrong


def test_words_that_cards_and_networks_share_are_the_same() -> None:
    assert set(ACTIVATION.choices) == set(ACTIVATIONS)
    assert LEVELS[0] == BAND_LEVEL
    assert set(DESCRIPTOR.fields["variant"].choices) == set(VARIANTS)
    assert set(DESCRIPTOR.fields["g2_parameterisation"].choices) == set(PARAMETERISATIONS)
    assert set(WacsfConfig().as_dict()) == set(DESCRIPTOR.fields)
    assert set(DensityKernelConfig((6,), 5.0, 1, 2).as_dict()) == set(KERNEL_NETWORK.fields)


def test_a_network_far_larger_than_its_weights_is_not_built(tmp_path: Path) -> None:
    sizes = CARD["network"] | {"channels": 1024, "layers": 32}
    path = make_bundle(tmp_path / "mine", network=sizes)
    assert read_bundle_info(path).problem is None
    with pytest.raises(XanesviewError, match="make a network that is far larger than its weights"):
        load_predictor(path, "cpu")


@pytest.mark.parametrize(
    ("name", "tensor", "words"),
    [
        ("c_k_edge_xanesnet", "domain.environments", "“domain.environments” has the shape"),
        ("fe_k_edge_tensor", "kernel.mean", "“kernel.mean” has the shape"),
        ("c_k_edge_properties", "site.domain.mean", "site, “domain.mean” has the shape"),
    ],
)
def test_other_tensors_that_do_not_fit_are_named(name, tensor, words, tmp_path) -> None:
    path = resource("networks", name)
    tensors = load_weights(path)
    tensors[tensor] = tensors[tensor][..., :3].clone()
    save_bundle(tmp_path / "mine", Card.from_json(path / "card.json").raw, tensors)
    with pytest.raises(XanesviewError) as caught:
        (PropertyReader if name.endswith("properties") else load_predictor)(tmp_path / "mine")
    assert words in caught.value.message


def test_the_identity_of_shipped_networks_is_what_it_was() -> None:
    known = json.loads((Path(__file__).parents[2] / "data" / "predictions_of_shipped_networks.json").read_text())
    same = [bundle_identity(find_bundle(name)) == one[1] for name, one in known["networks"].items()]
    assert any(same)
