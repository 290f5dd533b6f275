"""Which molecules networks learnt from that are in no shipped block: a hash of their constitution, and their split."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from functools import lru_cache

from xanesview.paths import resource

TABLE = "first_data.tsv"
"""Lines of file, split and hash; ``python packaging/first_data.py FILE.h5`` writes it of a data file."""


def constitution_hash(key: str) -> str:
    """Return what a constitution (see `xanesview.reference.making.splits.constitution_key`) is called in the table."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    path = resource("reference") / TABLE
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        if line.strip() and not line.startswith("#"):
            file, split, digest = line.split("\t")
            found.setdefault(file, {})[digest] = split
    return found


def split_elsewhere(key: str, files: Collection[str] | None = None) -> str:
    """Return in which split of a data file that isn't shipped a constitution is: train, val, test; empty in none.

    Parameters
    ----------
    key : str
        The constitution.
    files : collection of str, optional
        Names of the files to look at; by default all.
    """
    digest = constitution_hash(key)
    splits = {table[digest] for file, table in _table().items() if digest in table and (files is None or file in files)}
    return next((split for split in ("train", "val", "test") if split in splits), "")
