"""Train an ensemble of absorption-tensor networks and write its bundle."""

from __future__ import annotations

import dataclasses
import datetime
import json
import logging
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from ase.data import chemical_symbols

from xanesview import __version__
from xanesview.domain.sticks import NATIVE_SIGMA_EV, SIGMA_TO_FWHM, native_fwhm_ev
from xanesview.errors import XanesviewError
from xanesview.networks.absorption_tensor import AbsorptionTensorConfig
from xanesview.networks.bundle import save_bundle, save_card
from xanesview.networks.card import CARD, FORMAT, FORMAT_VERSION
from xanesview.training.configuration import TensorTrainingConfig, read_tensor_config
from xanesview.training.dataset import Molecule, SpectraDataset, read_datasets, read_element
from xanesview.training.domain_calibration import domain_data
from xanesview.training.losses import SpectrumLoss
from xanesview.training.metrics import measure_grid, window_ev
from xanesview.training.tensor_module import TensorModule, irreducible_parts, joined, site_batch

MARGIN_EV = 1.0
UNIT = "hartree bohr²/eV"


def energy_basis(element: str, mean_ip_ev: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return centres and standard deviations of Gaussians as wide as the data's native widths, 0.75 σ apart."""
    centre, last = window_ev(element)
    centres, sigmas = [], []
    while centre < last + 2.0:
        sigma = float(native_fwhm_ev(np.array([centre]), mean_ip_ev)[0] / SIGMA_TO_FWHM)
        centres.append(round(centre, 3))
        sigmas.append(round(sigma, 4))
        centre += 0.75 * sigma
    return tuple(centres), tuple(sigmas)


def train_tensor(data: Sequence[Path], config_path: Path | None, out: Path, resume: bool = True) -> Path:
    """Train all members and write ``card.json``, ``weights.safetensors`` and the curves of training.

    Members that are finished are kept when training is started again, and an unfinished one goes on from its last
    checkpoint
    (``resume``); changing the configuration needs another folder.

    Returns
    -------
    Path
        the bundle's folder
    """
    config = read_tensor_config(config_path)
    out.mkdir(parents=True, exist_ok=True)
    _hold_configuration(out, config, data, resume)
    grid = measure_grid(read_element(data[0]), MARGIN_EV)
    dataset = read_datasets(data, grid, splits=["train", "val"])
    train, val = _limited(dataset.subset("train"), config.training.train_sites), dataset.subset("val")
    if not train or not val:
        raise XanesviewError(
            "The data need molecules in the splits 'train' and 'val'.", "Check molecule/split of the file."
        )
    network_config, scale = _network_config(config, dataset, train)
    val = [m for m in val if set(network_config.elements).issuperset(m.numbers.tolist())]
    began = time.time()
    states, notes = [], []
    for member in range(config.training.members):
        state, note = _train_member(member, config, network_config, grid, train, val, scale, out, resume)
        states.append(state)
        notes.append(note)
    _write_bundle(out, config, network_config, dataset, train, val, scale, states, notes, time.time() - began)
    measure_on_card(out, data)
    return out


def measure_on_card(out: Path, data: Sequence[Path]) -> None:
    """Test a finished bundle on ``val`` and, where the data have it, ``test``, and keep the tables on its card."""
    from xanesview.training.evaluate import evaluate_bundle

    present = read_datasets(data, measure_grid(read_element(data[0]))[:2]).splits()
    card = json.loads((out / CARD).read_text(encoding="utf-8"))
    card["metrics"] = {
        split: rounded(evaluate_bundle(out, list(data), split)) for split in ("val", "test") if split in present
    }
    save_card(out, card)


def rounded(value):
    """Return nested metrics with four digits after the point."""
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return round(value, 4) if isinstance(value, float) else value


def _hold_configuration(out: Path, config: TensorTrainingConfig, data: Sequence[Path], resume: bool) -> None:
    held = out / "runs" / "configuration.json"
    text = json.dumps({"config": config.as_dict(), "data": [p.name for p in data]}, indent=1)
    if resume and held.is_file() and held.read_text(encoding="utf-8") != text:
        raise XanesviewError(
            f"{out} holds a training with another configuration.",
            "Choose another folder, or leave --resume out to start again.",
        )
    held.parent.mkdir(exist_ok=True)
    held.write_text(text, encoding="utf-8")


def _limited(molecules: list[Molecule], n_sites: int) -> list[Molecule]:
    """Return molecules in a seeded order until they have so many sites (all for 0)."""
    if not n_sites:
        return molecules
    kept, count = [], 0
    for i in np.random.default_rng(0).permutation(len(molecules)):
        if count >= n_sites:
            break
        kept.append(molecules[i])
        count += len(molecules[i].sites)
    return kept


def _network_config(
    config: TensorTrainingConfig, dataset: SpectraDataset, train: list[Molecule]
) -> tuple[AbsorptionTensorConfig, float]:
    tensors = np.concatenate([m.tensors for m in train])
    ip = np.concatenate([m.ip_ev for m in train])
    first, last = window_ev(dataset.element)
    inside = (dataset.energy_ev >= first - 1e-6) & (dataset.energy_ev <= last + 1e-6)
    scale = float(tensors[:, :3].mean(1)[:, inside].mean())
    centres, sigmas = energy_basis(dataset.element, float(ip.mean()))
    x = (dataset.energy_ev - np.array(centres)[:, None]) / np.array(sigmas)[:, None]
    mean = np.linalg.lstsq(np.exp(-0.5 * x * x).T, irreducible_parts(tensors / scale)[0].mean(0), rcond=1e-3)[0]
    elements = tuple(sorted({int(z) for m in train for z in m.numbers}))
    sizes = dataclasses.asdict(config.network)
    return AbsorptionTensorConfig(
        elements,
        centres,
        sigmas,
        ip_mean_ev=round(float(ip.mean()), 3),
        ip_scale_ev=round(max(float(ip.std()), 0.1), 3),
        mean_coefficients=tuple(round(float(c), 5) for c in mean),
        **sizes,
    ), scale


def derivative_scales(batches, grid: np.ndarray, window: tuple[float, float]) -> tuple[float, float]:
    """Return gradient and curvature errors of the mean predictor over its spectrum error."""
    iso, quad = torch.cat([b.isotropic for b in batches]), torch.cat([b.quadrupole for b in batches])
    plain = SpectrumLoss(torch.as_tensor(grid, dtype=torch.float32), 1, 1, 0, 0, 0, 0, window)
    spectrum, gradient, curvature = (float(e.mean()) for e in plain.site_errors(iso - iso.mean(0), quad))
    return gradient / spectrum, curvature / spectrum


def _train_member(member, config, network_config, grid, train, val, scale, out: Path, resume: bool):
    import lightning
    from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint
    from lightning.pytorch.loggers import CSVLogger

    logging.getLogger("lightning.pytorch").setLevel(logging.WARNING)
    choices = config.training
    folder = out / "runs" / f"member{member}"
    finished = folder / "finished.pt"
    if resume and finished.is_file():
        kept = torch.load(finished, weights_only=True)
        return kept["state"], kept["note"]
    if choices.threads:
        torch.set_num_threads(choices.threads)
    lightning.seed_everything(choices.seed + 1000 * member, verbose=False)
    batches = site_batch(train, network_config, scale)
    window = (grid[0] + MARGIN_EV, grid[-1] - MARGIN_EV)
    steps = choices.epochs * -(-len(batches) // choices.batch_molecules)
    module = TensorModule(network_config, choices, grid, derivative_scales(batches, grid, window), steps, window)
    generator = torch.Generator().manual_seed(choices.seed + 1000 * member)
    loader = torch.utils.data.DataLoader(
        batches, choices.batch_molecules, shuffle=True, collate_fn=joined, generator=generator
    )
    val_loader = torch.utils.data.DataLoader(site_batch(val, network_config, scale), 32, collate_fn=joined)
    best = ModelCheckpoint(folder, filename="best", monitor="val_rmse", save_last=True, enable_version_counter=False)
    callbacks = [best, EarlyStopping("val_rmse", patience=choices.patience)]
    trainer = lightning.Trainer(
        max_epochs=choices.epochs,
        callbacks=callbacks,
        logger=CSVLogger(folder, name="", version=""),
        gradient_clip_val=1.0,
        accelerator="auto",
        devices=1,
        enable_model_summary=False,
        log_every_n_steps=1,
        num_sanity_val_steps=0,
        deterministic=False,
    )
    last = folder / "last.ckpt"
    began = time.time()
    trainer.fit(
        module, loader, val_loader, ckpt_path=str(last) if resume and last.is_file() else None, weights_only=False
    )
    # Our own checkpoint of a moment ago; Lightning's loop state is a pickle.
    kept = torch.load(best.best_model_path, map_location="cpu", weights_only=False)["state_dict"]
    state = {k.removeprefix("average."): v.clone() for k, v in kept.items() if k.startswith("average.")}
    note = {
        "epochs": int(trainer.current_epoch),
        "val_rmse": float(best.best_model_score),
        "seconds": round(time.time() - began, 1),
    }
    torch.save({"state": state, "note": note}, finished)
    return state, note


def _write_bundle(
    out, config, network_config, dataset: SpectraDataset, train, val, scale, states, notes, seconds
) -> None:
    tensors = {f"member{i}.{k}": v for i, state in enumerate(states) for k, v in state.items()}
    domain, environments = domain_data(network_config, states, train, val, scale, dataset.energy_ev)
    tensors["domain.environments"] = torch.from_numpy(environments.astype(np.float16))
    counts = Counter(chemical_symbols[z] for m in train for z in set(m.numbers.tolist()))
    card = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "name": config.bundle.name,
        "title": config.bundle.title,
        "kind": "tensor",
        "gives": "tensor",
        "element": dataset.element,
        "edge": dataset.edge,
        "energy_ev": dict(zip(("start", "stop"), window_ev(dataset.element))) | {"step": 0.1},
        "unit": UNIT,
        "intensity_scale": scale,
        "native_fwhm_ev": round(NATIVE_SIGMA_EV * SIGMA_TO_FWHM, 4),
        "native_width": "Gaussian σ 0.5 eV up to the ionisation potential; FWHM grows to 4 eV over the next 15 eV",
        "energy_offset_ev": dataset.energy_offset_ev,
        "elements": sorted(s for s, n in counts.items() if n >= 20),
        "members": len(states),
        "network": network_config.as_dict(),
        "domain": domain,
        "data": {
            "files": list(dataset.sources),
            "method": "transition-potential DFT (half core hole, PBE), sticks",
            "train_molecules": len(train),
            "train_sites": int(sum(len(m.sites) for m in train)),
            "val_molecules": len(val),
            "val_sites": int(sum(len(m.sites) for m in val)),
            "split": "by constitution (first block of the InChIKey): train / val / test fixed in the file",
        },
        "metrics": {},
        "licence": "BSD-3-Clause",
        "training": {
            "recipe": config.as_dict(),
            "members": notes,
            "parameters_a_member": int(sum(v.numel() for v in states[0].values())),
            "seconds": round(sum(n["seconds"] for n in notes), 1),
            "date": datetime.date.today().isoformat(),
            "program": f"xanesview {__version__}",
        },
    }
    save_bundle(out, card, tensors)
    print(f"wrote {out / CARD} ({config.bundle.name}, {len(states)} members, {seconds / 60:.1f} min)")
