"""How exactly spectra follow a structure that is turned, mirrored, moved or renumbered, measured with e3nn.

An absorption tensor is 0e + 2e: under a rotation or rotoinversion R its l = 0 part stays and its l = 2 part turns with
the Wigner matrix D(R). What a network misses of that is rounding, or a mistake.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from e3nn import o3
from scipy.spatial.transform import Rotation

from xanesview.domain.counts import counted
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.inference.loaded_network import Predictor
from xanesview.io.examples import examples
from xanesview.io.structures.registry import read_structure
from xanesview.networks.card import Card
from xanesview.training.data.dataset import read_datasets

IRREPS = o3.Irreps("0e + 2e")
PARTS = {"tensor": ("l0", "l2"), "isotropic": ("l0",), "directional": ("spectrum",)}
MOTIONS = ("rotation", "rotoinversion", "translation", "permutation")
REVERSAL = "reversal"
N_DIRECTIONS = 4
FURTHEST_ANGSTROM = 20.0
_MATRIX = np.array([[0, 5, 4], [5, 1, 3], [4, 3, 2]])  # place of xx, yy, zz, yz, xz, xy in a 3 × 3 matrix
_TITLES = {"l0": "l = 0", "l2": "l = 2", "spectrum": "I(n̂)"}


@dataclass(frozen=True)
class Thoroughness:
    """How many of the smallest molecules and of the smallest periodic structures are asked, how many sites of each, and
    how often each is moved at random."""

    molecules: int
    periodic: int
    sites: int
    repeats: int


FULL = Thoroughness(100, 100, 24, 4)
LIGHT = Thoroughness(2, 1, 4, 1)
"""For the end of a training: seconds."""
_LEAST_PART = 1e-3  # of the largest part: in cubic crystals l = 2 is nothing but rounding


@dataclass(frozen=True, eq=False)
class Motion:
    """A structure turned about the origin, moved and renumbered: x' = R x + t, atom k' = order[k].

    ``rotation`` (3, 3), proper or not; ``translation_angstrom`` (3,); ``order`` (N,).
    """

    name: str
    rotation: np.ndarray
    translation_angstrom: np.ndarray
    order: np.ndarray

    @classmethod
    def drawn(cls, name: str, n_atoms: int, rng: np.random.Generator) -> Motion:
        """Return a random motion of the kinds in `MOTIONS`."""
        rotation, translation, order = np.eye(3), np.zeros(3), np.arange(n_atoms)
        if name in ("rotation", "rotoinversion"):
            rotation = Rotation.from_quat(rng.normal(size=4)).as_matrix() * (1.0 if name == "rotation" else -1.0)
        elif name == "translation":
            translation = rng.uniform(-FURTHEST_ANGSTROM, FURTHEST_ANGSTROM, 3)
        else:
            order = rng.permutation(n_atoms)
        return cls(name, rotation, translation, order)

    def moved(self, structure: Structure) -> Structure:
        """Return the structure after the motion, its cell turned along."""
        turned = structure.rotated(self.rotation).translated(self.translation_angstrom)
        return turned.replace(
            numbers=turned.numbers[self.order], positions_angstrom=turned.positions_angstrom[self.order]
        )

    def places(self, sites: np.ndarray) -> np.ndarray:
        """Return where atoms stand after the motion."""
        return np.argsort(self.order)[sites]


def fitting_examples(card: Card) -> list[Structure]:
    """Return the bundled structures with atoms that a network predicts, and no element that it doesn't know."""
    return _known_to(card, [read_structure(example.path) for example in examples()])


def structures_of_data(card: Card, data: Sequence[str | Path]) -> list[Structure]:
    """Return the structures of data files that a network predicts, by the same rule."""
    return _known_to(card, [labelled.structure for labelled in read_datasets(data).structures])


def _known_to(card: Card, structures: Sequence[Structure]) -> list[Structure]:
    return [s for s in structures if card.element in s.symbols and set(s.symbols) <= set(card.elements)]


def measure_symmetry(
    predictor: Predictor,
    structures: Sequence[Structure],
    thoroughness: Thoroughness = FULL,
    seed: int = 0,
    tell: Callable[[str], None] | None = None,
) -> dict:
    """Move structures at random and compare what a network says before and after.

    Tensors are compared as irreps, σ(R x) with D(R) σ(x), l = 0 and l = 2 apart; of networks of averages there is l = 0
    only. Networks that take the direction as an input are asked for I(R n̂; R x), to be I(n̂; x), and for I(−n̂; x).
    ``tell`` hears which structure is asked.

    Returns
    -------
    dict
        ``error`` {motion: {part: largest error, over the largest value of that part in all structures, which
        counts as a thousandth of the other's at least}}; ``structures``
        (names), ``sites`` and ``repeats``, what was asked

    Raises
    ------
    XanesviewError
        for a network that predicts no spectrum, or no structure.
    """
    card = predictor.card
    if card.gives not in PARTS:
        raise XanesviewError(f"{card.name} predicts no spectrum of a structure.", "Choose another network.")
    chosen = _smallest(structures, thoroughness)
    if not chosen:
        raise XanesviewError(
            f"No bundled example has {card.element} atoms and only elements that {card.name} knows.",
            "Give a data file with --data.",
        )
    rng = np.random.default_rng(seed)
    missed: dict[str, dict[str, float]] = {}
    largest = dict.fromkeys(PARTS[card.gives], 0.0)
    n_sites = 0
    for k, structure in enumerate(chosen, start=1):
        if tell is not None:
            tell(f"structure {k} of {len(chosen)}: {structure.name or structure.formula}")
        sites = structure.sites_of(card.element)
        sites = sites[np.linspace(0, len(sites) - 1, min(thoroughness.sites, len(sites))).round().astype(int)]
        n_sites += len(sites)
        asked = _Asked(predictor, structure, sites, rng.normal(size=(N_DIRECTIONS, 3)))
        for part, values in asked.before.items():
            largest[part] = max(largest[part], float(values.abs().max()))
        motions = [Motion.drawn(name, structure.n_atoms, rng) for name in MOTIONS * thoroughness.repeats]
        found = [(motion.name, asked.missed(motion)) for motion in motions]
        if card.gives == "directional":
            found.append((REVERSAL, asked.missed_when_reversed()))
        for name, errors in found:
            row = missed.setdefault(name, {})
            for part, error in errors.items():
                row[part] = max(row.get(part, 0.0), error)
    least = max(1e-30, _LEAST_PART * max(largest.values()))
    return {
        "structures": [s.name or s.formula for s in chosen],
        "sites": n_sites,
        "repeats": thoroughness.repeats,
        "error": {
            name: {part: _rounded(error / max(largest[part], least)) for part, error in row.items()}
            for name, row in missed.items()
        },
    }


class _Asked:
    """What a network says of some sites of a structure, before and after motions."""

    def __init__(self, predictor: Predictor, structure: Structure, sites: np.ndarray, directions: np.ndarray) -> None:
        self._predictor, self._structure, self._sites = predictor, structure, sites
        self._directions = directions
        self._parts = PARTS[predictor.card.gives]
        self.before = self._answer(structure, sites, directions)

    def missed(self, motion: Motion) -> dict[str, float]:
        """Return the largest difference of each part between what is said and what should be."""
        moved, places = motion.moved(self._structure), motion.places(self._sites)
        after = self._answer(moved, places, self._directions @ motion.rotation.T)
        if self._parts == ("spectrum",):
            return _differences(after, self.before)
        wigner = wigner_matrix(motion.rotation)
        blocks = dict(zip(("l0", "l2"), (wigner[s, s] for s in IRREPS.slices()), strict=True))
        return _differences(after, {part: values @ blocks[part].T for part, values in self.before.items()})

    def missed_when_reversed(self) -> dict[str, float]:
        """Return the largest difference between light along n̂ and along −n̂."""
        return _differences(self._answer(self._structure, self._sites, -self._directions), self.before)

    def _answer(self, structure: Structure, sites: np.ndarray, directions: np.ndarray) -> dict[str, torch.Tensor]:
        """Return the parts of the spectra: l0 (S, E, 1) and l2 (S, E, 5), or spectrum (D, S, E)."""
        if self._parts == ("spectrum",):
            spectra = self._predictor.along_directions(structure, sites, directions)
            return {"spectrum": torch.from_numpy(np.asarray(spectra, float))}
        components = self._predictor.predict(structure, sites.tolist()).tensor.components
        return {part: irreps_part(components, 0 if part == "l0" else 2) for part in self._parts}


def wigner_matrix(rotation: np.ndarray) -> torch.Tensor:
    """Return D(R) (6, 6) of 0e + 2e for a rotation or rotoinversion (3, 3), in double precision."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)  # e3nn makes generators of rotations in the default precision
    try:
        return IRREPS.D_from_matrix(torch.from_numpy(rotation))
    finally:
        torch.set_default_dtype(before)


def irreps_part(components: np.ndarray, degree: int) -> torch.Tensor:
    """Return the part l = 0 or 2 of tensors (S, 6, E) in e3nn's basis, (S, E, 2l + 1); norms are Frobenius norms.

    The coupling of two vectors 1o ⊗ 1o → l is √(2l + 1) times e3nn's Wigner 3j symbol.
    """
    coupling = math.sqrt(2 * degree + 1) * o3.wigner_3j(1, 1, degree, dtype=torch.float64)
    matrices = torch.from_numpy(np.asarray(components, float)[:, _MATRIX])
    return torch.einsum("ijm,sije->sem", coupling, matrices)


def _differences(found: dict[str, torch.Tensor], expected: dict[str, torch.Tensor]) -> dict[str, float]:
    return {part: float((found[part] - expected[part]).abs().max()) for part in found}


def _smallest(structures: Sequence[Structure], thoroughness: Thoroughness) -> list[Structure]:
    by_size = sorted(structures, key=lambda s: s.n_atoms)
    molecules = [s for s in by_size if not s.is_periodic][: thoroughness.molecules]
    return molecules + [s for s in by_size if s.is_periodic][: thoroughness.periodic]


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")


def symmetry_table(name: str, found: dict) -> str:
    """Return what `measure_symmetry` found as text for a terminal."""
    structures = found["structures"]
    parts = list(next(iter(found["error"].values())))
    motions = f"every motion drawn {found['repeats']} ×"
    lines = [
        f"{name}: {counted(found['sites'], 'site')} of {counted(len(structures), 'structure')}, {motions}",
        f"  {'largest error / largest value':32s}" + "".join(f"{_TITLES[part]:>12s}" for part in parts),
    ]
    lines += [
        f"    {motion:30s}" + "".join(f"{row[part]:12.1e}" for part in parts) for motion, row in found["error"].items()
    ]
    return "\n".join([*lines, "  structures: " + ", ".join(structures)])
