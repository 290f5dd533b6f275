"""Training and testing of the networks: data, losses, Lightning modules, metrics."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xanesview.errors import UsageError

KINDS = ("tensor",)


def cli_train(
    kind: str, data: Sequence[str | Path], config: str | Path | None, out: str | Path, resume: bool = True
) -> Path:
    """Train a network of a kind from a configuration file and write its bundle.

    Raises
    ------
    UsageError
        for an unknown kind.
    """
    if kind not in KINDS:
        raise UsageError(f"There is no network of kind '{kind}' to train.", f"Kinds: {', '.join(KINDS)}.")
    from xanesview.training.tensor_training import train_tensor

    return train_tensor([Path(p) for p in data], Path(config) if config else None, Path(out), resume=resume)
