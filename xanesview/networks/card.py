"""Model cards: what a network bundle says of itself. Reads JSON only; torch is not needed to list the shelf."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from xanesview.domain.sticks import FORMER_WIDTHS, StickWidths
from xanesview.errors import XanesviewError
from xanesview.networks.kinds import find_kind
from xanesview.paths import network_dirs

CARD = "card.json"
WEIGHTS = "weights.safetensors"
FORMAT = "xanesview-network"
FORMAT_VERSION = 1
DEFAULT_NETWORK = "c_k_edge_tensor"
_TYPES = {
    **dict.fromkeys(("format", "name", "title", "kind", "gives", "element", "edge", "unit", "licence", "axis"), str),
    **dict.fromkeys(("domain", "data", "metrics", "training", "network", "uncertainty"), dict),
    "format_version": int, "members": int, "energy_ev": list | dict, "elements": list,
}  # fmt: skip
REQUIRED = (
    "format",
    "format_version",
    "name",
    "title",
    "kind",
    "gives",
    "element",
    "edge",
    "energy_ev",
    "unit",
    "native_fwhm_ev",
    "elements",
    "licence",
    "network",
)
AXES = ("absolute", "relative")
GIVES = ("tensor", "directional", "isotropic", "properties")


@dataclass(frozen=True, eq=False)
class Card:
    """What a bundle contains, in which units, and how well it was tested.

    ``energy_ev`` (E,) grid in eV, on the axis "relative" counted from each site's E0; ``elements`` symbols inside the
    training domain (seen in enough molecules); ``raw`` the whole file as read.
    """

    name: str
    title: str
    kind: str
    gives: str
    element: str
    edge: str
    energy_ev: np.ndarray
    unit: str
    native_fwhm_ev: float
    elements: tuple[str, ...]
    licence: str
    path: Path
    energy_offset_ev: float = 0.0
    intensity_scale: float = 1.0
    domain: Mapping = field(default_factory=dict)
    data: Mapping = field(default_factory=dict)
    metrics: Mapping = field(default_factory=dict)
    training: Mapping = field(default_factory=dict)
    raw: Mapping = field(default_factory=dict)
    axis: str = "absolute"

    @property
    def label(self) -> str:
        """Element and edge, as in ``C K``."""
        return f"{self.element} {self.edge}"

    @property
    def stick_widths(self) -> StickWidths:
        """How broad the transitions of its training data were drawn; older cards say only the width below the edge."""
        told = self.raw.get("stick_widths")
        return StickWidths(**told) if told else replace(FORMER_WIDTHS, fwhm_ev=self.native_fwhm_ev)

    @property
    def is_of_crystals(self) -> bool:
        """Whether the training data repeat in space: crystals and slabs, not molecules."""
        return bool(self.data.get("periodic", False))

    @property
    def e0_name(self) -> str:
        """What energies are counted from: "IP", the ionisation potential; "E0" where it is a Fermi level; "threshold"
        of a spectrum that properties are read from."""
        if self.gives == "properties":
            return "threshold"
        return "E0" if self.is_of_crystals else "IP"

    @property
    def e0_error_ev(self) -> float | None:
        """Mean absolute error of E0 on the test split (else validation), eV; None where the card has none."""
        for split in ("test", "val"):
            measured = self.metrics.get(split, {})
            for key in ("e0_mae_ev", "ip_mae_ev"):
                if isinstance(measured, dict) and isinstance(measured.get(key), int | float):
                    return float(measured[key])
        return None

    @classmethod
    def from_json(cls, path: Path) -> Card:
        """Read a card.

        Raises
        ------
        XanesviewError
            naming what is missing or wrong.
        """
        raw = _checked(Path(path))
        try:
            return cls(
                raw["name"],
                raw["title"],
                raw["kind"],
                raw["gives"],
                raw["element"],
                raw["edge"],
                _grid(raw["energy_ev"]),
                raw["unit"],
                float(raw["native_fwhm_ev"]),
                tuple(raw["elements"]),
                raw["licence"],
                Path(path).parent,
                float(raw.get("energy_offset_ev", 0.0)),
                float(raw.get("intensity_scale", 1.0)),
                raw.get("domain", {}),
                raw.get("data", {}),
                raw.get("metrics", {}),
                raw.get("training", {}),
                raw,
                raw.get("axis", "absolute"),
            )
        except (TypeError, ValueError, KeyError) as error:
            raise XanesviewError(
                f"The card of {Path(path).parent.name} has a wrong value ({error}).", "Fetch the bundle again."
            ) from error


def _checked(path: Path) -> dict:
    """Return what a card says after checking that it is one."""
    bundle = path.parent.name
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise XanesviewError(
            f"There is no {CARD} in {bundle}.", "A network is a folder with card.json and weights."
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise XanesviewError(f"The card of {bundle} cannot be read ({error}).", "Fetch the bundle again.") from error
    if not isinstance(raw, dict):
        raise XanesviewError(f"The card of {bundle} is not a JSON object.", "Fetch the bundle again.")
    missing = [key for key in REQUIRED if key not in raw]
    if missing:
        raise XanesviewError(f"The card of {bundle} lacks {', '.join(missing)}.", "Fetch the bundle again.")
    for key, kind in _TYPES.items():
        if key in raw and (not isinstance(raw[key], kind) or isinstance(raw[key], bool)):
            raise XanesviewError(f"The card of {bundle} has a wrong value for {key}.", "Fetch the bundle again.")
    if not all(isinstance(symbol, str) for symbol in raw["elements"]):
        raise XanesviewError(f"The card of {bundle} names elements that are none.", "Fetch the bundle again.")
    if raw["format"] != FORMAT or raw["format_version"] > FORMAT_VERSION:
        raise XanesviewError(f"The card of {bundle} has a format this version does not know.", "Update xanesview.")
    if raw["gives"] not in GIVES:
        raise XanesviewError(f"The card of {bundle} gives '{raw['gives']}', which is unknown.", "Update xanesview.")
    axis = raw.get("axis", "absolute")
    if axis not in AXES:
        raise XanesviewError(
            f"The card of {bundle} has the energy axis '{axis}', which is unknown.",
            "Update xanesview.",
        )
    return raw


def _grid(value) -> np.ndarray:
    if isinstance(value, dict):
        n = round((value["stop"] - value["start"]) / value["step"]) + 1
        return np.linspace(value["start"], value["stop"], n)
    grid = np.asarray(value, float)
    if grid.ndim != 1 or not grid.size or not np.isfinite(grid).all():
        raise ValueError("its energies are no grid")
    return grid


@dataclass(frozen=True, eq=False)
class BundleInfo:
    """One entry of the shelf: its card, or what is wrong with it."""

    name: str
    path: Path
    card: Card | None
    problem: str | None = None


def read_bundle_info(path: Path) -> BundleInfo:
    """Look at one folder without loading weights."""
    try:
        card = Card.from_json(path / CARD)
    except XanesviewError as error:
        return BundleInfo(path.name, path, None, error.message)
    if not (path / WEIGHTS).is_file():
        return BundleInfo(path.name, path, card, f"The weights ({WEIGHTS}) are missing.")
    if find_kind(card.kind) is None:
        return BundleInfo(path.name, path, card, f"Networks of kind '{card.kind}' are unknown to this version.")
    return BundleInfo(path.name, path, card)


def bundle_identity(path: Path) -> str:
    """Return what tells the content of a bundle, card and weights, from any other's; not its name, place or age.

    Raises
    ------
    XanesviewError
        for a file that can't be read.
    """
    digest = hashlib.sha256()
    try:
        for name in (CARD, WEIGHTS):
            digest.update(hashlib.sha256((path / name).read_bytes()).digest())
    except OSError as error:
        raise XanesviewError(f"{path.name} cannot be read ({error}).", "Fetch the bundle again.") from error
    return digest.hexdigest()[:32]


def list_bundles() -> list[BundleInfo]:
    """Return all bundles shipped and installed by the user, in order of name; broken ones carry their problem."""
    found: dict[str, BundleInfo] = {}
    for folder in network_dirs():
        if folder.is_dir():
            for path in sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith((".", "_"))):
                found[path.name] = read_bundle_info(path)
    return [found[name] for name in sorted(found)]


def find_bundle(name_or_path: str | Path) -> Path:
    """Return the folder of a network given by name or path.

    Raises
    ------
    XanesviewError
        when there is none, or it is broken.
    """
    path = Path(name_or_path)
    if path.name == CARD and path.is_file():
        path = path.parent
    if not path.is_dir():
        candidates = [folder / str(name_or_path) for folder in network_dirs()]
        path = next((c for c in reversed(candidates) if c.is_dir()), path)
    if not path.is_dir():
        names = ", ".join(b.name for b in list_bundles()) or "none is installed"
        raise XanesviewError(f"There is no network '{name_or_path}'.", f"Known networks: {names}.")
    info = read_bundle_info(path)
    if info.problem:
        raise XanesviewError(info.problem, f"Look at {path}, or choose another network.")
    return path


def networks_for(element: str) -> list[BundleInfo]:
    """Return the working bundles that predict spectra of an element, tensor networks first."""
    usable = [b for b in list_bundles() if b.card is not None and not b.problem and b.card.element == element]
    usable = [b for b in usable if b.card.gives != "properties"]
    return sorted(usable, key=lambda b: (GIVES.index(b.card.gives), b.name))
