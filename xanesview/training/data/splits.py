"""Which structures train, choose and test: as the file says, or newly drawn for a question of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from xanesview.errors import UsageError, XanesviewError
from xanesview.networks.card import Card
from xanesview.networks.kinds import trained_kinds
from xanesview.training.configuration import TrainingConfig
from xanesview.training.data.labelled import LabelledStructure, SpectraDataset
from xanesview.training.recipe_fields import SPLITS

_SHARES = (("train", 0.8), ("val", 0.1), ("test", 0.1))


def resplit(structures: Sequence[LabelledStructure], how: str = "file", seed: int = 0) -> list[LabelledStructure]:
    """Return the structures with splits as asked for.

    Parameters
    ----------
    how
        "file": as they are; "random": 80/10/10 by parent, of a few parents one each; "scaffold": 80/10/10 by
        Bemis–Murcko scaffold, so that no ring system is in two splits; "size:N": structures of more than N heavy
        atoms test, one tenth of the others choose; "spectrum": 80/10/10 of the structures, copies of one parent
        wherever they fall (for comparison with works that split so).

    Raises
    ------
    UsageError
        for a split that is unknown.
    """
    if how == "file":
        return list(structures)
    if how == "random":
        return _by_group(structures, [s.parent for s in structures], seed)
    if how == "spectrum":
        return _by_group(structures, [str(i) for i in range(len(structures))], seed)
    if how == "scaffold":
        return _by_group(structures, [murcko_scaffold(s.smiles) for s in structures], seed)
    if how.startswith("size:") and how[5:].isdigit():
        return _by_size(structures, int(how[5:]), seed)
    raise UsageError(f"There is no split “{how}”.", f"Splits: {', '.join(SPLITS)}.")


def draws_own_split(card: Card, sources: Sequence[str]) -> bool:
    """Tell whether a network's recipe drew a new split from just these files."""
    how = card.training.get("recipe", {}).get("training", {}).get("split", "file")
    return how != "file" and list(card.data.get("files", ())) == list(sources)


def as_trained(structures: Sequence[LabelledStructure], sources: Sequence[str], card: Card) -> list[LabelledStructure]:
    """Return the structures split as a network was trained: newly drawn where its recipe says so and the data are the
    same files, else as they are."""
    if not draws_own_split(card, sources):
        return list(structures)
    choices = card.training["recipe"]["training"]
    return resplit(structures, choices["split"], choices["seed"])


def murcko_scaffold(smiles: str) -> str:
    """Return the SMILES of the ring systems and what joins them; empty for chains.

    Source: G. W. Bemis, M. A. Murcko, J. Med. Chem. 39, 2887 (1996), as RDKit has it.
    """
    from rdkit.Chem.Scaffolds import MurckoScaffold

    from xanesview.io.structures.smiles import parsed_smiles

    molecule = parsed_smiles(smiles)
    if molecule is None:
        return smiles
    return MurckoScaffold.MurckoScaffoldSmiles(mol=molecule, includeChirality=False)


def n_heavy_atoms(structure: LabelledStructure) -> int:
    """Return the number of atoms other than hydrogen."""
    return int((structure.numbers > 1).sum())


def _by_group(structures: Sequence[LabelledStructure], groups: Sequence[str], seed: int) -> list[LabelledStructure]:
    """Deal whole groups out, largest first to ``train`` where they would fill another split alone."""
    members = defaultdict(list)
    for i, group in enumerate(groups):
        members[group].append(i)
    sites = {g: sum(len(structures[i].sites) for i in rows) for g, rows in members.items()}
    total = sum(sites.values())
    order = [list(members)[i] for i in np.random.default_rng(seed).permutation(len(members))]
    room = {name: share * total for name, share in _SHARES}
    chosen: dict[str, str] = {}
    for group in order:
        open_splits = [n for n in ("test", "val") if room[n] > 0 and sites[group] <= total * dict(_SHARES)[n]]
        chosen[group] = open_splits[0] if open_splits else "train"
        room[chosen[group]] -= sites[group]
    for name in ("val", "test"):  # of a handful of groups none is small enough: the smallest stands for a tenth
        left = [group for group in order if chosen[group] == "train"]
        if name not in chosen.values() and len(left) > 1:
            chosen[min(left, key=sites.__getitem__)] = name
    return [replace(s, split=chosen[g]) for s, g in zip(structures, groups, strict=True)]


def _by_size(structures: Sequence[LabelledStructure], largest: int, seed: int) -> list[LabelledStructure]:
    parents = sorted({s.parent for s in structures})
    drawn = set(np.random.default_rng(seed).permutation(parents)[: max(1, len(parents) // 10)].tolist())

    def split(s: LabelledStructure) -> str:
        if n_heavy_atoms(s) > largest:
            return "test"
        return "val" if s.parent in drawn else "train"

    return [replace(s, split=split(s)) for s in structures]


def limited(structures: Sequence[LabelledStructure], n_sites: int) -> list[LabelledStructure]:
    """Return structures in a seeded order until they have so many sites (all for 0): learning curves."""
    if not n_sites:
        return list(structures)
    import torch

    kept, count = [], 0
    generator = torch.Generator().manual_seed(0)
    for i in torch.randperm(len(structures), generator=generator).tolist():
        if count >= n_sites:
            break
        kept.append(structures[i])
        count += len(structures[i].sites)
    return kept


def trained_splits(dataset: SpectraDataset, config: TrainingConfig) -> tuple[list, list]:
    """Return the structures that train and those that choose, split and limited as the configuration says.

    Raises
    ------
    XanesviewError
        when one of them is empty.
    """
    choices = config.training
    structures = resplit(dataset.structures, choices.split, choices.seed)
    train = limited([s for s in structures if s.split == "train"], choices.train_sites)
    val = [s for s in structures if s.split == "val"]
    if not train or not val:
        raise XanesviewError(
            "The data need structures in the splits 'train' and 'val'.",
            "Three structures or more make both, of different parents: variants of one stay together.",
        )
    return train, val


def polarised_splits(dataset: SpectraDataset, config: TrainingConfig) -> tuple[list, list]:
    """Return `trained_splits` without structures whose spectra are isotropic only.

    Raises
    ------
    XanesviewError
        when nothing is left in one of them.
    """
    train, val = (polarised_only(part) for part in trained_splits(dataset, config))
    if not train or not val:
        able = " or ".join(name for name, kind in trained_kinds().items() if kind.gives == "isotropic")
        raise XanesviewError("The data hold isotropic spectra only.", f"Train a network of kind {able} on them.")
    return train, val


def polarised_only(structures: Sequence[LabelledStructure]) -> list[LabelledStructure]:
    """Leave out sites of which only the average is known, and structures without others."""
    kept = []
    for m in structures:
        if m.polarised.all():
            kept.append(m)
        elif m.polarised.any():
            rows = m.polarised
            parts = {k: getattr(m, k)[rows] for k in ("sites", "e0_ev", "tensors", "polarised")}
            kept.append(replace(m, **parts))
    return kept
