"""Bundles with random weights, small enough to be made in a test: the paths through the program, not the science."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from xanesview.domain.structure import Structure
from xanesview.networks.bundle import save_bundle
from xanesview.networks.isd_painn.checkpoint import imported_card
from xanesview.networks.isd_painn.network import IsdPainn, IsdPainnConfig
from xanesview.networks.xane3.network import Xane3, Xane3Config
from xanesview.networks.xanesnet.network import Xanesnet, XanesnetConfig

RELATIVE_EV = np.linspace(-10.0, 20.0, 61)
ABSOLUTE_EV = (280.0, 305.0, 51)


def card(name: str, kind: str, gives: str, network: dict, **more) -> dict:
    """What a card must say, and what a test adds."""
    return {
        "format": "xanesview-network", "format_version": 1, "name": name, "title": f"{kind} with random weights",
        "kind": kind, "gives": gives, "element": "C", "edge": "K", "unit": "hartree bohr²/eV", "native_fwhm_ev": 1.2,
        "elements": ["C", "H", "N", "O"], "licence": "BSD-3-Clause", "members": 1, "network": network,
    } | more  # fmt: skip


def xane3_bundle(folder: Path, members: int = 1, **more) -> Path:
    """XANE(3) in the paper's form, on the relative axis, with an E0 head around 290 eV."""
    config = Xane3Config.paper(
        mul_0=8, mul_1=4, mul_2=2, num_layers=2, num_radial=6, num_basis=20, emin=-10.0, emax=20.0, e0_mean_ev=290.5
    )
    weights = {}
    for member in range(members):
        torch.manual_seed(member)
        weights |= {f"member{member}.{k}": v for k, v in Xane3(config).state_dict().items()}
    facts = {"axis": "relative", "energy_ev": RELATIVE_EV.tolist(), "members": members}
    save_bundle(folder, card(folder.name, "xane3", "isotropic", config.as_dict(), **facts | more), weights)
    return folder


def xanesnet_bundle(folder: Path, members: int = 3, **more) -> Path:
    """XANESNET on the absolute axis, with a calibrated band."""
    config = XanesnetConfig(ABSOLUTE_EV, hidden=(16, 16))
    weights = {}
    for member in range(members):
        torch.manual_seed(member)
        weights |= {f"member{member}.{k}": v for k, v in Xanesnet(config).state_dict().items()}
    facts = {
        "axis": "absolute",
        "energy_ev": config.grid_ev.tolist(),
        "members": members,
        "uncertainty": {
            "method": "ensemble",
            "calibration": {"factors": [1.5, 3.0], "floor": 0.02, "levels": [0.68, 0.95]},
        },
    }
    save_bundle(folder, card(folder.name, "xanesnet", "isotropic", config.as_dict(), **facts | more), weights)
    return folder


def isd_painn_bundle(folder: Path, **more) -> Path:
    """ISD-PaiNN as it would be imported."""
    torch.manual_seed(0)
    config = IsdPainnConfig.from_dict(IsdPainnConfig().as_dict() | {"hidden_channels": 16, "num_layers": 2})
    weights = {f"member0.{k}": v for k, v in IsdPainn(config).state_dict().items()}
    save_bundle(folder, imported_card(folder.name, config, "made for this test") | more, weights)
    return folder


def slab() -> Structure:
    """Two layers of graphite as a slab of four atoms, 3.35 Å apart."""
    cell = np.array([[2.46, 0.0, 0.0], [-1.23, 2.1304, 0.0], [0.0, 0.0, 20.0]])
    flat = np.array([[0.0, 0.0, 5.0], [0.0, 1.4203, 5.0], [0.0, 0.0, 8.35], [1.23, 0.7101, 8.35]])
    return Structure(
        numbers=np.full(4, 6), positions_angstrom=flat, cell_angstrom=cell, pbc=np.array([True, True, False]),
        name="two layers",
    )  # fmt: skip
