"""Predictions kept on disk, so that a structure seen before shows its spectrum before torch is even loaded.

A kept prediction is found by the structure's content, the network's (card and weights, wherever they stand and however
old they are), and `VERSION`. That of the example that the window opens with comes with the program, so that a first
start has a spectrum in its first frame; with another network or another example it is not found, and never stale.
"""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.inference.domain_check import SiteVerdict
from xanesview.inference.loaded_network import Prediction
from xanesview.io import kept_arrays
from xanesview.io.npz import read_npz, write_npz
from xanesview.networks.card import CARD, Card, bundle_identity, find_bundle
from xanesview.networks.uncertainty import band_scales
from xanesview.paths import cache_dir, resource

log = logging.getLogger(__name__)

VERSION = 2
"""To be raised when the same files predict other numbers, verdicts or notices than before, or are kept differently."""
LARGEST_BYTES = 8_000_000
"""Larger predictions aren't kept: they take longer to read than a window may wait."""
MOST_FILES = 300
CAME_WITH = ("examples", "predictions")
"""Folder of the resources with predictions that came with the program; packaging/example_predictions.py writes it."""


def read_kept(structure_hash: str, network: str) -> Prediction | None:
    """Return what was predicted for a structure in an earlier session, or None.

    Parameters
    ----------
    structure_hash : str
        The structure's content hash.
    network : str
        Name or path of the network.

    Returns
    -------
    Prediction or None
        ``elapsed_s`` is 0: nothing was computed.
    """
    try:
        folder = find_bundle(network)
        identity = bundle_identity(folder)
        card = Card.from_json(folder / CARD)
    except (XanesviewError, OSError) as error:
        log.warning("what was predicted with %s before can't be looked up: %s", network, error)
        return None
    found = kept_arrays.recall(_path(structure_hash, identity), lambda arrays: _unpacked(arrays, card, identity))
    return _that_came(structure_hash, card, identity) if found is None else found


def _that_came(structure_hash: str, card: Card, identity: str) -> Prediction | None:
    """Return a prediction that came with the program, or None; its file is never touched."""
    try:
        arrays = read_npz(kept_file(resource(*CAME_WITH), structure_hash, identity))
        return _unpacked(arrays, card, identity)
    except FileNotFoundError:
        return None
    except (XanesviewError, KeyError, ValueError, IndexError, TypeError) as error:
        log.warning("a prediction that came with the program can't be used: %s", error)
        return None


def keep(structure_hash: str, network: str, prediction: Prediction) -> None:
    """Keep a prediction for later sessions; large ones are left out, the oldest files go.

    It stays with the files that it was made from, even where others have taken their place since.
    """
    tensor = prediction.tensor
    n_bytes = tensor.components.nbytes + (0 if tensor.members is None else tensor.members.nbytes)
    if n_bytes > LARGEST_BYTES:
        return
    try:
        path = _path(structure_hash, prediction.bundle or bundle_identity(find_bundle(network)))
        if not kept_arrays.keep(path, _packed(prediction), compressed=False):
            return
        files = sorted(path.parent.glob("*.npz"), key=lambda one: one.stat().st_mtime)
        for old in files[:-MOST_FILES]:
            old.unlink(missing_ok=True)
    except (XanesviewError, OSError) as error:  # a full disk must not stand between the user and the spectrum
        log.warning("a prediction can't be kept: %s", error)


def write_kept(path: Path, prediction: Prediction) -> None:
    """Write a prediction into a file of its own, small rather than fast.

    Raises
    ------
    XanesviewError
        If it can't be written.
    """
    write_npz(path, _packed(prediction))


def kept_file(folder: Path, structure_hash: str, identity: str) -> Path:
    """Return the file of a folder that a structure's prediction is in, by its hash and the network's identity."""
    key = hashlib.sha256(f"{VERSION} {structure_hash} {identity}".encode()).hexdigest()[:32]
    return folder / f"{key}.npz"


def _path(structure_hash: str, identity: str) -> Path:
    return kept_file(cache_dir() / "predictions", structure_hash, identity)


def _packed(prediction: Prediction) -> dict[str, np.ndarray]:
    tensor = prediction.tensor
    words = {
        "device": prediction.device,
        "verdicts": [[v.atom, v.inside, list(v.reasons), v.uncertain, v.expected] for v in prediction.verdicts],
        "notices": [[n.kind, n.message, n.hint] for n in prediction.notices],
        "axis": tensor.axis,
    }
    arrays = {
        "energy_ev": tensor.energy_ev,
        "components": tensor.components,
        "sites": tensor.sites,
        "words": np.array(json.dumps(words)),
    }
    if tensor.members is not None:
        arrays["members"] = tensor.members
    if tensor.ip_ev is not None:
        arrays["ip_ev"] = np.asarray(tensor.ip_ev)
    return arrays


def _unpacked(arrays: dict[str, np.ndarray], card: Card, identity: str) -> Prediction:
    words = json.loads(str(arrays["words"]))
    tensor = AbsorptionTensor(
        energy_ev=arrays["energy_ev"],
        components=arrays["components"],
        sites=arrays["sites"],
        unit=card.unit,
        edge=card.label,
        native_fwhm_ev=card.gaussian_fwhm_ev,
        ip_ev=arrays.get("ip_ev"),
        members=arrays.get("members"),
        axis=words["axis"],
        bands=band_scales(card),
    )
    return Prediction(
        tensor=tensor,
        verdicts=tuple(
            SiteVerdict(atom, inside, tuple(reasons), *graded) for atom, inside, reasons, *graded in words["verdicts"]
        ),
        elapsed_s=0.0,
        device=words["device"],
        network=card.name,
        notices=tuple(Notice(*three) for three in words["notices"]),
        bundle=identity,
    )
