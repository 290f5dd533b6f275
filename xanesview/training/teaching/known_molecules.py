"""What a network learnt before, as far as it comes with the program: rehearsed while a copy learns, and tested on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xanesview.errors import XanesviewError
from xanesview.io.spectra.stick_file import StickEntry, read_entries, read_molecule
from xanesview.networks.card import Card
from xanesview.paths import resource
from xanesview.reference.library.first_data import split_elsewhere
from xanesview.reference.making.splits import constitution_key
from xanesview.training.data.dataset import opened_data
from xanesview.training.data.dataset_writer import StickRecord

SPLITS = ("train", "val", "test")


@dataclass(frozen=True)
class KnownMolecules:
    """The molecules that a network was trained on: those of the shipped blocks, by split, and names of other files."""

    by_split: dict[str, tuple[StickEntry, ...]]
    elsewhere: frozenset[str] = frozenset()

    def learnt(self, constitutions: Mapping[str, str]) -> set[str]:
        """Return which constitutions the network has seen, those that chose its weights included, shipped or not.

        Parameters
        ----------
        constitutions : formulas by constitution; only molecules of these formulas are looked at, since a key takes
            milliseconds
        """
        formulas = set(constitutions.values())
        alike = (one for split in ("train", "val") for one in self.by_split[split] if one.formula in formulas)
        here = {key for one in alike if (key := _key(one)) in constitutions}
        return here | {key for key in constitutions if split_elsewhere(key, self.elsewhere) in ("train", "val")}

    def drawn(self, split: str, most: int, seed: int, without: Collection[str] = ()) -> list[StickEntry]:
        """Return so many molecules of a split in a seeded order, none of some constitutions."""
        there = self.by_split[split]
        order = np.random.default_rng(seed).permutation(len(there)).tolist()
        found = []
        for row in order:
            if len(found) == most:
                break
            if _key(there[row]) not in without:
                found.append(there[row])
        return found


def known_molecules(card: Card, folder: Path | None = None) -> KnownMolecules:
    """Return what of a network's own training data is shipped, by the names of files on its card."""
    folder = resource("reference") if folder is None else folder
    found: dict[str, list[StickEntry]] = {split: [] for split in SPLITS}
    elsewhere = []
    for name in card.data.get("files", ()):
        path = folder / Path(str(name)).name
        if not path.is_file():
            elsewhere.append(path.name)
            continue
        entries = read_entries(path)
        with opened_data(path) as f:
            splits = f["molecule/split"].asstr()[:]
            wanted = (str(f.attrs["element"]), str(f.attrs["edge"])) == (card.element, card.edge)
        for entry in entries if wanted else ():
            if splits[entry.row] in found:
                found[splits[entry.row]].append(entry)
    return KnownMolecules({split: tuple(entries) for split, entries in found.items()}, frozenset(elsewhere))


def records(entries: Iterable[StickEntry], split: str) -> list[StickRecord]:
    """Return molecules of blocks as they were calculated, for a data file of a split."""
    found = []
    for entry in entries:
        one = read_molecule(entry)
        structure = one.structure
        found.append(
            StickRecord(
                entry.name, entry.smiles, split, entry.sigma_angstrom, structure.numbers, structure.positions_angstrom,
                one.rank, one.sites, one.ip_ev, one.sticks,
            )
        )  # fmt: skip
    return found


def _key(entry: StickEntry) -> str:
    try:
        return constitution_key(entry.smiles) if entry.smiles else ""
    except XanesviewError:
        return ""
