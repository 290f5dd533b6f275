"""Published ISD-PaiNN checkpoints as bundles: read without running code from the file, checked key by key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch

from xanesview.domain.structure import SYMBOLS
from xanesview.errors import XanesviewError, in_plain_words
from xanesview.io.text_file import refuse_pipe
from xanesview.limits import LARGEST_SETTINGS, check_bytes
from xanesview.networks.bundle import save_bundle
from xanesview.networks.card import FORMAT, FORMAT_VERSION
from xanesview.networks.isd_painn.card_fields import NETWORK
from xanesview.networks.isd_painn.network import REPRODUCIBLE_NEIGHBOURS, IsdPainn, IsdPainnConfig
from xanesview.networks.kinds import kind_named
from xanesview.networks.torch_file import read_torch_file

KIND = "isd-painn"
FIRST_KEY = "invariant_atom_emb.embeddings.weight"
ENERGY_EV = (288.0, 310.0)
NATIVE_FWHM_EV = 0.5


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """The weights of a file under the published names, and what was noticed on the way."""

    state: Mapping[str, torch.Tensor]
    notes: tuple[str, ...]


def read_checkpoint(path: Path) -> Checkpoint:
    """Read a file that torch.save wrote, with torch's safe loading only.

    Raises
    ------
    XanesviewError
        for a file that is damaged, wants to run code, or holds no weights.
    """
    path = Path(path)
    content = read_torch_file(path, in_place=True)
    state = content.get("model_state_dict", content) if isinstance(content, dict) else None
    if not isinstance(state, dict) or not all(isinstance(v, torch.Tensor) for v in state.values()) or not state:
        raise XanesviewError(
            f"{path.name} holds no weights: neither “model_state_dict” nor a table of tensors.",
            "Use the file that the authors' train.py writes.",
        )
    return _without_prefix({str(k): v for k, v in state.items()})


def _without_prefix(state: dict[str, torch.Tensor]) -> Checkpoint:
    """Cut off what stands before the published names in all keys."""
    found = [k for k in state if k.endswith(FIRST_KEY)]
    prefix = found[0].removesuffix(FIRST_KEY) if found else ""
    if not prefix:
        return Checkpoint(state, ())
    renamed = {k.removeprefix(prefix): v for k, v in state.items()}
    return Checkpoint(renamed, (f"All names began with “{prefix}”; that was left out.",))


_ASKED = {int: "a whole number", float: "a number", bool: "true or false"}


def read_config(path: Path | None) -> IsdPainnConfig:
    """Return the configuration in a JSON file, or the published one.

    Raises
    ------
    XanesviewError
        for a key that is unknown or a value of the wrong kind.
    """
    if path is None:
        return IsdPainnConfig()
    path = Path(path)
    try:
        refuse_pipe(path)
        check_bytes(path.stat().st_size, LARGEST_SETTINGS, path.name, "Look at the file.")
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise XanesviewError(f"{path.name} cannot be read ({in_plain_words(error)}).", "Look at the file.") from error
    kinds = {f.name: type(f.default) for f in fields(IsdPainnConfig)}
    if not isinstance(values, dict):
        raise XanesviewError(f"{path.name} is not a JSON object.", f"Its keys may be: {', '.join(kinds)}.")
    for key, value in values.items():
        if key not in kinds:
            raise XanesviewError(f"{path.name} has the unknown key “{key}”.", f"Known keys: {', '.join(kinds)}.")
        number = kinds[key] is float and type(value) in (int, float)
        if not number and type(value) is not kinds[key]:
            raise XanesviewError(f"{path.name}: “{key}” is {json.dumps(value)[:60]}.", f"Give {_ASKED[kinds[key]]}.")
        if kinds[key] is not bool and value <= 0:
            raise XanesviewError(f"{path.name}: “{key}” is {value!r}.", "Give a number above zero.")
    wrong = next(filter(None, (NETWORK.fields[key].problem(value, f"“{key}”") for key, value in values.items())), "")
    if wrong:
        raise XanesviewError(f"{path.name}: {wrong}.", "Give a number of that range.")
    return IsdPainnConfig.from_dict(values)


def check_state(state: Mapping[str, torch.Tensor], config: IsdPainnConfig) -> None:
    """Compare names and shapes with what a configuration needs.

    Raises
    ------
    XanesviewError
        naming the first key that is missing, has another shape, or is not known.
    """
    hint = "Give the configuration that the file was trained with (--config)."
    with torch.device("meta"):
        expected = {k: tuple(v.shape) for k, v in IsdPainn(config).state_dict().items()}
    for key, shape in expected.items():
        if key not in state:
            raise XanesviewError(f"The checkpoint lacks “{key}”, shape {shape}.", hint)
        found = tuple(state[key].shape)
        if found != shape:
            raise XanesviewError(f"“{key}” has the shape {found}; the configuration needs {shape}.", hint)
        if not state[key].is_floating_point() or not bool(torch.isfinite(state[key]).all()):
            raise XanesviewError(f"“{key}” holds values that are not finite numbers.", "Fetch the file again.")
    unknown = next((key for key in state if key not in expected), None)
    if unknown is not None:
        raise XanesviewError(f"The checkpoint has “{unknown}”, which the configuration does not know.", hint)


def import_isd_painn(path: Path, config_path: Path | None, folder: Path) -> tuple[str, ...]:
    """Make a bundle of a published checkpoint and return what was noticed.

    Parameters
    ----------
    path, config_path : the checkpoint, and JSON with the configuration's keys (the published one by default)
    folder : of the new bundle; must not hold one yet
    """
    folder = Path(folder)
    if (folder / "card.json").exists():
        raise XanesviewError(f"{folder} already holds a network.", "Give another folder with --out.")
    if folder.exists() and not folder.is_dir():
        raise XanesviewError(f"{folder} is a file.", "Give a folder with --out.")
    config = read_config(config_path)
    checkpoint = read_checkpoint(path)
    check_state(checkpoint.state, config)
    tensors = {f"member0.{k}": v.detach().to(torch.float32).clone() for k, v in checkpoint.state.items()}
    save_bundle(folder, imported_card(folder.name, config, Path(path).name), tensors)
    return checkpoint.notes


def imported_card(name: str, config: IsdPainnConfig, source: str) -> dict:
    """Return the card of an imported network: what the published description says of it."""
    first, last = ENERGY_EV
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "name": name,
        "title": "ISD-PaiNN, imported: C K-edge spectra along a direction",
        "kind": KIND,
        "gives": kind_named(KIND).gives,
        "element": "C",
        "edge": "K",
        "energy_ev": [float(e) for e in np.linspace(first, last, config.out_channels)],
        "unit": "relative to the mean of the training set",
        "native_fwhm_ev": NATIVE_FWHM_EV,
        "elements": list(SYMBOLS[1 : config.num_elements + 1]),
        "members": 1,
        "network": config.as_dict(),
        "domain": {"most_neighbours": REPRODUCIBLE_NEIGHBOURS, "periodic": config.use_pbc},
        "data": {"source": "CASTEP site spectra of organic molecules, 0.5 eV Gaussian, along x, y and z"},
        "metrics": {},
        "training": {"imported_from": source},
        "licence": "the authors' (Zenodo 10.5281/zenodo.10547719); see there",
    }
