"""Model cards: what a network bundle says of itself. Reads JSON only; torch is not needed to list the shelf."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from xanesview.domain.processing.as_measured import AsMeasured
from xanesview.domain.processing.expected_shift import ExpectedShift
from xanesview.domain.sticks import FORMER_WIDTHS, StickWidths
from xanesview.errors import OddContent, XanesviewError, in_plain_words
from xanesview.io.text_file import refuse_pipe
from xanesview.networks.card_fields import AXES, GIVES, grid_points
from xanesview.networks.card_fields import CARD as CARD_FIELDS
from xanesview.networks.card_schema import shown
from xanesview.networks.card_text import read_card
from xanesview.networks.kinds import find_kind, loaded
from xanesview.networks.weights_file import check_weights, weights_hash
from xanesview.paths import network_dirs

CARD = "card.json"
WEIGHTS = "weights.safetensors"
FORMAT = "xanesview-network"
FORMAT_VERSION = 1
AS_COMPUTED = "as computed"
DEFAULT_NETWORK = "c_k_edge_tensor"
_UPDATE = "Update xanesview."


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
    def version(self) -> str:
        """What tells this training of the network from others, for people; older cards have the day of the training."""
        return str(self.raw.get("version") or self.training.get("date", ""))

    @property
    def weights_hash(self) -> str:
        """What tells the weights beside the card from any others; empty where there are none."""
        return weights_hash(self.path / WEIGHTS)

    @property
    def stick_widths(self) -> StickWidths:
        """How broad the transitions of its training data were drawn; older cards say only the width below the edge."""
        told = self.raw.get("stick_widths")
        if not told:
            return replace(FORMER_WIDTHS, fwhm_ev=self.native_fwhm_ev)
        return StickWidths(**{width.name: told[width.name] for width in fields(StickWidths)})

    @property
    def gaussian_fwhm_ev(self) -> float:
        """Width of the Gaussian that the training spectra were drawn with, which a total width contains, eV.

        0 where they have the shapes they were computed with, such as the core hole's Lorentzian: those don't add up
        with a Gaussian in squares, so that a width asked for is one that is added.
        """
        return 0.0 if self.raw.get("native_shape") == AS_COMPUTED else self.native_fwhm_ev

    @property
    def as_measured(self) -> AsMeasured | None:
        """How its spectra are drawn to look like measured ones; None where it was never fitted to any."""
        told = self.raw.get("as_measured")
        if not told:
            return None
        return AsMeasured(**{one.name: told[one.name] for one in fields(AsMeasured) if one.name in told})

    def expected_shift(self, drawn_as_measured: bool) -> ExpectedShift | None:
        """Return by how much measured curves may lie beside its spectra; None where that was never found out.

        Nor is it known of spectra as computed whose term values are scaled to be as measured: lines move differently.
        """
        how, told = self.as_measured, self.raw.get("as_measured") or {}
        median = told.get("left_out", {}).get("median_line_error_ev")
        if how is None or median is None or (how.term_scale != 1.0 and not drawn_as_measured):
            return None
        return ExpectedShift.of(float(median), 0.0 if drawn_as_measured else how.shift_ev)

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
                if isinstance(measured.get(key), int | float):
                    return float(measured[key])
        return None

    @classmethod
    def from_json(cls, path: Path) -> Card:
        """Read a card, every field of which is checked.

        Raises
        ------
        XanesviewError
            naming what is missing or wrong.
        """
        path = Path(path)
        try:
            facts = path.stat()
        except (OSError, ValueError):  # why is told by reading it
            return cls.from_values(read_card(path), path.parent)
        return _card_at(path, facts.st_dev, facts.st_ino, facts.st_mtime_ns, facts.st_size)

    @classmethod
    def from_values(cls, raw: dict, path: Path) -> Card:
        """Return the card of what its file says, every field of which is checked; ``path`` is that of the bundle.

        Raises
        ------
        XanesviewError
            naming what is missing or wrong.
        """
        raw = _checked(raw, path.name or str(path))
        told = {field.name: raw[field.name] for field in fields(cls) if field.name in raw}
        numbers = {name: float(raw[name]) for name in _NUMBERS if name in raw}
        given = {"energy_ev": _grid(raw["energy_ev"]), "elements": tuple(raw["elements"]), **numbers}
        return cls(**(told | given | {"path": path, "raw": raw}))


@lru_cache(maxsize=128)
def _card_at(path: Path, *_version: int) -> Card:
    """Return the card of a file in one version of it: lists of networks ask for all of them again and again."""
    return Card.from_values(read_card(path), path.parent)


_NUMBERS = ("native_fwhm_ev", "energy_offset_ev", "intensity_scale")


def _checked(raw: dict, bundle: str) -> dict:
    """Return what a card says after checking every field that the program reads."""
    if raw.get("format") != FORMAT:
        raise XanesviewError(f"The card of {bundle} is not one of a network.", f"Its format must be “{FORMAT}”.")
    version = raw.get("format_version")
    if type(version) is int and version > FORMAT_VERSION:
        raise XanesviewError(f"The card of {bundle} has a format this version does not know.", _UPDATE)
    for name, words, known in (("gives", "gives", GIVES), ("axis", "has the energy axis", AXES)):
        if isinstance(raw.get(name), str) and raw[name] not in known:
            raise XanesviewError(f"The card of {bundle} {words} {shown(raw[name])}, which is unknown.", _UPDATE)
    wrong = CARD_FIELDS.problem(raw) or _wrong_of_kind(raw)
    if wrong:
        raise XanesviewError(f"The card of {bundle} is wrong: {wrong}.", "Correct it, or fetch the bundle again.")
    return raw


def _wrong_of_kind(raw: Mapping) -> str:
    """Return what is wrong with what a card holds as one of its kind."""
    kind = find_kind(raw["kind"])
    if kind is None:
        return ""
    if raw["gives"] != kind.gives:
        return f"gives is {raw['gives']}, and networks of kind {kind.name} give {kind.gives}"
    return loaded(kind.card).problem(raw) if kind.card else ""


def _grid(told: Mapping | list) -> np.ndarray:
    if isinstance(told, dict):
        return np.linspace(told["start"], told["stop"], grid_points(told))
    return np.asarray(told, float)


@dataclass(frozen=True, eq=False)
class BundleInfo:
    """One entry of the shelf: its card, or what is wrong with it; ``notice`` tells where it takes another's place."""

    name: str
    path: Path
    card: Card | None
    problem: str | None = None
    notice: str = ""


def read_bundle_info(path: Path) -> BundleInfo:
    """Look at one folder without loading weights; whatever is wrong with it is told, never raised."""
    card = None
    try:
        card = Card.from_json(path / CARD)
        check_weights(path / WEIGHTS, card.raw.get("members", 1))
    except XanesviewError as error:
        return BundleInfo(path.name, path, card, error.message)
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
            refuse_pipe(path / name)
            with (path / name).open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
    except (OSError, OddContent) as error:
        raise XanesviewError(
            f"{path.name} cannot be read ({in_plain_words(error)}).", "Fetch the bundle again."
        ) from error
    return digest.hexdigest()[:32]


def list_bundles() -> list[BundleInfo]:
    """Return all bundles shipped and installed by the user, in order of name; broken ones carry their problem."""
    names: set[str] = set()
    for folder in network_dirs():
        try:
            names |= {path.name for path in folder.iterdir() if path.is_dir()}
        except OSError:  # not there yet, or not to be read: it holds no network then
            continue
    found = (_on_shelf(name) for name in sorted(names) if not name.startswith((".", "_")))
    return [info for info in found if info is not None]


def names_path(network: str | Path) -> bool:
    """Tell whether a network is meant by its path: every ``Path``, and text with a separator; else by its name."""
    if isinstance(network, Path):
        return True
    separators = [one for one in (os.sep, os.altsep) if one]
    return any(one in network for one in separators) or bool(Path(network).drive) or network in (".", "..")


def as_path(folder: Path) -> str:
    """Return a folder as it has to be written to be taken for a path."""
    return str(folder) if names_path(str(folder)) else f".{os.sep}{folder}"


def look_up(network: str | Path) -> BundleInfo | None:
    """Return what is known of a network meant by its name on the shelf, or by its path; None where there is none."""
    try:
        return _at_path(Path(network).expanduser()) if names_path(network) else _on_shelf(str(network))
    except (OSError, RuntimeError):  # a name too long, a folder that may not be looked into, nobody's home
        return None


def find_bundle(network: str | Path) -> Path:
    """Return the folder of a network meant by its name on the shelf, or by its path.

    Raises
    ------
    XanesviewError
        when there is none, or it is broken.
    """
    info = look_up(network)
    if info is None and names_path(network) and _is_no_folder(network):
        raise XanesviewError(
            f"“{network}” is no folder with a network.", f"A network is a folder that holds {CARD} and {WEIGHTS}."
        )
    if info is None:
        names = ", ".join(b.name for b in list_bundles()) or "none is installed"
        hint = f"Known networks: {names}."
        if network and not names_path(network) and look_up(Path(network)) is not None:
            hint = f"For the folder here write {as_path(Path(network))}. {hint}"
        raise XanesviewError(f"There is no network '{network}'.", hint)
    if info.problem:
        raise XanesviewError(info.problem, f"Look at {info.path}, or choose another network.")
    return info.path


def _is_no_folder(network: str | Path) -> bool:
    """Whether there is something of that name that is no folder."""
    try:
        path = Path(network).expanduser()
        return path.exists() and not path.is_dir()
    except (OSError, RuntimeError):
        return False


def _at_path(path: Path) -> BundleInfo | None:
    if path.name == CARD and path.is_file():
        path = path.parent
    if path.name in ("", ".."):  # messages name the folder
        path = path.resolve()
    return read_bundle_info(path) if path.is_dir() else None


def _on_shelf(name: str) -> BundleInfo | None:
    """Return a network by its name: the user's own before the one that comes with the program, unless it is broken."""
    shipped, own = (folder / name for folder in network_dirs())
    if not name or not (own.is_dir() or shipped.is_dir()):
        return None
    if not own.is_dir():
        return read_bundle_info(shipped)
    info = read_bundle_info(own)
    if not info.problem or not shipped.is_dir():
        return info
    instead = read_bundle_info(shipped)
    if instead.problem:
        return info
    told = f"Your own {name} can't be used: {info.problem} The one that comes with the program is taken instead."
    return replace(instead, notice=told)


def networks_for(element: str) -> list[BundleInfo]:
    """Return the working bundles that predict spectra of an element, tensor networks first."""
    usable = [b for b in list_bundles() if b.card is not None and not b.problem and b.card.element == element]
    usable = [b for b in usable if b.card.gives != "properties"]
    return sorted(usable, key=lambda b: (GIVES.index(b.card.gives), b.name))
