"""Published ISD-PaiNN files: read safely, checked key by key, made into bundles that predict the same."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.unit.networks.parity import ParityCase
from xanesview.cli.main import main
from xanesview.errors import XanesviewError
from xanesview.networks.atom_graphs import atom_graph
from xanesview.networks.bundle import load_weights
from xanesview.networks.card import CARD, Card, read_bundle_info
from xanesview.networks.isd_painn.checkpoint import import_isd_painn, read_checkpoint
from xanesview.networks.members import load_members

CASE = ParityCase("isd_painn.npz", "dev_tiny")


def published_table() -> dict[str, tuple[int, ...]]:
    """Return names and shapes as the published description lists them."""
    table = {
        "invariant_atom_emb.embeddings.weight": (9, 512),
        "equivariant_atom_emb.embeddings.weight": (9, 512),
        "radial_basis.rbf.offset": (64,),
    }
    for k in range(8):
        table |= {
            f"message_layers.{k}.x_proj.0.weight": (512, 512),
            f"message_layers.{k}.x_proj.0.bias": (512,),
            f"message_layers.{k}.x_proj.2.weight": (1536, 512),
            f"message_layers.{k}.x_proj.2.bias": (1536,),
            f"message_layers.{k}.rbf_proj.weight": (1536, 64),
            f"message_layers.{k}.rbf_proj.bias": (1536,),
            f"message_layers.{k}.x_layernorm.weight": (512,),
            f"message_layers.{k}.x_layernorm.bias": (512,),
            f"update_layers.{k}.vec_proj.weight": (1024, 512),
            f"update_layers.{k}.xvec_proj.0.weight": (512, 1024),
            f"update_layers.{k}.xvec_proj.0.bias": (512,),
            f"update_layers.{k}.xvec_proj.2.weight": (1536, 512),
            f"update_layers.{k}.xvec_proj.2.bias": (1536,),
            f"upd_out_scalar_scale_{k}.scale_factor": (),
        }
    return table | {"out_invariant.0.weight": (256, 512), "out_invariant.0.bias": (256,)}


def saved(path: Path, state: dict[str, torch.Tensor]) -> Path:
    """Write a file in the published container."""
    losses = {"loss": [np.float64(0.3), 0.2], "valloss": [np.float64(0.4)]}
    torch.save({"model_state_dict": state, "optimizer_state_dict": {"state": {}}, "epoch": 3, "loss": losses}, path)
    return path


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(CASE.config))
    return path


@pytest.fixture
def tiny_file(tmp_path: Path) -> Path:
    return saved(tmp_path / "model_state_random_split.pt", CASE.weights)


def test_a_file_of_the_published_size_becomes_a_bundle_that_predicts(tmp_path: Path, capsys) -> None:
    generator = torch.Generator().manual_seed(1)
    table = published_table()
    assert len(table) == 117
    state = {k: torch.randn(shape, generator=generator) / max(shape[-1:] or (1,)) ** 0.5 for k, shape in table.items()}
    state["radial_basis.rbf.offset"] = torch.linspace(0, 1, 64)
    path = saved(tmp_path / "model_state_random_split.pt", state)
    assert path.stat().st_size > 96_000_000
    assert main(["import-checkpoint", "isd-painn", str(path), "--out", str(tmp_path / "published")]) == 0
    assert "Wrote" in capsys.readouterr().out
    path.unlink()

    info = read_bundle_info(tmp_path / "published")
    assert info.problem is None
    assert (info.card.gives, info.card.element, info.card.edge) == ("directional", "C", "K")
    assert (info.card.energy_ev[0], info.card.energy_ev[-1], len(info.card.energy_ev)) == (288.0, 310.0, 256)
    assert info.card.elements == ("H", "He", "Li", "Be", "B", "C", "N", "O", "F")
    (network,) = load_members(info.card, load_weights(tmp_path / "published"))
    graph = atom_graph(CASE["in/CH3CN/z"], CASE["in/CH3CN/pos"], 8.0)
    spectra = network(graph, torch.tensor([0.0, 0.6, 0.8]))
    assert spectra.shape == (6, 256)
    assert torch.isfinite(spectra).all()
    assert spectra.std() > 0.01


def test_an_imported_network_gives_the_published_spectra(tiny_file: Path, config_file: Path, tmp_path: Path) -> None:
    import_isd_painn(tiny_file, config_file, tmp_path / "tiny")
    (network,) = load_members(Card.from_json(tmp_path / "tiny" / CARD), load_weights(tmp_path / "tiny"))
    graph = atom_graph(CASE["in/C6H6/z"], CASE["in/C6H6/pos"], 5.0)
    for direction, reference in zip(CASE["in/C6H6/directions"], CASE["out/C6H6/y_f32"], strict=True):
        assert np.abs(network(graph, torch.from_numpy(direction)).numpy() - reference).max() < 1e-5


def test_unknown_prefixes_are_cut_off_and_told(config_file: Path, tmp_path: Path, capsys) -> None:
    path = saved(tmp_path / "wrapped.pt", {f"_orig_mod.module.{k}": v for k, v in CASE.weights.items()})
    words = ["import-checkpoint", "isd-painn", str(path), "--config", str(config_file), "--out", str(tmp_path / "b")]
    assert main(words) == 0
    assert "“_orig_mod.module.”" in capsys.readouterr().out


def test_a_bare_state_dictionary_is_read_as_well(tmp_path: Path) -> None:
    torch.save(CASE.weights, tmp_path / "bare.pt")
    assert read_checkpoint(tmp_path / "bare.pt").state.keys() == CASE.weights.keys()


def without(key: str):
    return {k: v for k, v in CASE.weights.items() if k != key}


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (
            without("message_layers.0.rbf_proj.bias") | {"message_layers.1.rbf_proj.bias": torch.zeros(2)},
            r"lacks “message_layers.0.rbf_proj.bias”, shape \(96,\)",
        ),
        (
            CASE.weights | {"update_layers.0.vec_proj.weight": torch.zeros(64, 31), "extra": torch.zeros(1)},
            r"“update_layers.0.vec_proj.weight” has the shape \(64, 31\); the configuration needs \(64, 32\)",
        ),
        (CASE.weights | {"message_layers.2.rbf_proj.bias": torch.zeros(96)}, "has “message_layers.2.rbf_proj.bias”"),
        (CASE.weights | {"out_invariant.0.bias": torch.full((64,), torch.nan)}, "“out_invariant.0.bias” holds values"),
    ],
)
def test_the_first_wrong_key_is_named(state, message, config_file: Path, tmp_path: Path) -> None:
    path = saved(tmp_path / "odd.pt", state)
    with pytest.raises(XanesviewError, match=message):
        import_isd_painn(path, config_file, tmp_path / "bundle")
    assert not (tmp_path / "bundle").exists()


def test_the_wrong_configuration_is_told_by_the_first_shape(tiny_file: Path, tmp_path: Path) -> None:
    with pytest.raises(XanesviewError, match=r"“invariant_atom_emb.embeddings.weight” has the shape \(9, 32\)") as told:
        import_isd_painn(tiny_file, None, tmp_path / "bundle")
    assert "--config" in told.value.hint


class Malicious:
    """Unpickles into a call that makes a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (str(self.folder),)


@pytest.mark.parametrize("container", ["zip", "pickle", "legacy"])
def test_a_file_that_tries_to_run_code_is_refused(container: str, tmp_path: Path, capsys) -> None:
    path, trace = tmp_path / "evil.pt", tmp_path / "was-run"
    content = {"model_state_dict": dict(CASE.weights), "epoch": Malicious(trace)}
    if container == "pickle":
        path.write_bytes(pickle.dumps(Malicious(trace)))
    else:
        torch.save(content, path, _use_new_zipfile_serialization=container == "zip")
    assert main(["import-checkpoint", "isd-painn", str(path), "--out", str(tmp_path / "bundle")]) == 1
    assert "was refused" in capsys.readouterr().err
    assert not trace.exists()
    assert not (tmp_path / "bundle").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "torch can read"), (b"hello world, no weights", "torch can read"), (b"PK\x03\x04", "torch")],
)
def test_other_files_are_told_in_one_sentence(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "file.pt"
    path.write_bytes(content)
    with pytest.raises(XanesviewError, match=message):
        read_checkpoint(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x80\x04K\x01.",
        (60).to_bytes(8, "little") + b'{"a":{"dtype":"F32","shape":[1000000000000],"data_offsets":[0,4]}}',
        (2**62).to_bytes(8, "little") + b"{}",
        (500).to_bytes(8, "little") + b'{"a":{"dtype":"F32","shape":[1],"data',
        (2).to_bytes(8, "little") + b"{}",
    ],
    ids=["empty", "pickle", "huge shape", "huge head", "cut off", "no weights"],
)
def test_a_bad_file_of_safetensors_is_told_in_one_sentence(content: bytes, tmp_path: Path, capsys) -> None:
    path = tmp_path / "file.safetensors"
    path.write_bytes(content)
    assert main(["import-checkpoint", "isd-painn", str(path), "--out", str(tmp_path / "out")]) == 1
    told = capsys.readouterr().err
    assert "file.safetensors" in told
    assert "nexpected" not in told
    assert not (tmp_path / "out").exists()


def test_a_checkpoint_without_weights_is_told(tmp_path: Path) -> None:
    torch.save({"epoch": 3}, tmp_path / "none.pt")
    with pytest.raises(XanesviewError, match="holds no weights"):
        read_checkpoint(tmp_path / "none.pt")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"hidden": 32}, "unknown key “hidden”"),
        ({"num_layers": 2.5}, "“num_layers” is 2.5"),
        ({"cutoff": -1.0}, "“cutoff” is -1.0"),
        ([1], "not a JSON object"),
    ],
)
def test_a_wrong_configuration_is_told(values, message, tiny_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "odd.json"
    path.write_text(json.dumps(values))
    with pytest.raises(XanesviewError, match=message):
        import_isd_painn(tiny_file, path, tmp_path / "bundle")


def test_a_bundle_is_not_overwritten(tiny_file: Path, config_file: Path, tmp_path: Path) -> None:
    import_isd_painn(tiny_file, config_file, tmp_path / "tiny")
    with pytest.raises(XanesviewError, match="already holds a network"):
        import_isd_painn(tiny_file, config_file, tmp_path / "tiny")


def test_other_kinds_are_a_usage_error(tiny_file: Path, tmp_path: Path, capsys) -> None:
    assert main(["import-checkpoint", "schnet", str(tiny_file), "--out", str(tmp_path / "b")]) == 2
    assert "Kinds: isd-painn" in capsys.readouterr().err
