"""The mean over the frames of a file, for ``xanesview predict --mean``: conformers by their shares, others alike."""

from __future__ import annotations

import argparse
import dataclasses
from typing import TYPE_CHECKING

from xanesview.errors import UsageError, XanesviewError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xanesview.domain.structure import Structure
    from xanesview.predicted import Predicted


def add_mean(p: argparse.ArgumentParser) -> None:
    """Add the option."""
    p.add_argument(
        "--mean", action="store_true",
        help="the mean over all frames of the file: of conformers by their shares, else all alike",
    )  # fmt: skip


def check_mean(arguments: argparse.Namespace) -> None:
    """Refuse what a mean over frames can't be had with.

    Raises
    ------
    UsageError
        With --frame, --orbits or --smiles.
    """
    if not arguments.mean:
        return
    for option, given in (
        ("--frame", arguments.frame is not None), ("--orbits", arguments.orbits), ("--smiles", arguments.smiles),
    ):  # fmt: skip
        if given:
            raise UsageError(f"--mean and {option} exclude each other.", "Leave one of them out.")


def frames_of(structure: Structure) -> list[Structure]:
    """Return all frames of the file of a structure, the first one first.

    Raises
    ------
    XanesviewError
        Where the file holds one structure only, or frames of different atoms.
    """
    from xanesview.io.structures.registry import read_structure

    if structure.n_frames < 2:
        raise XanesviewError(f"{structure.name} is one structure; there is no mean of frames.", "Leave --mean out.")
    frames = [read_structure(structure.source, k) for k in range(structure.n_frames)]
    other = next((k for k, one in enumerate(frames) if one.symbols != frames[0].symbols), None)
    if other is not None:
        raise XanesviewError(
            f"Frame {other + 1} is {frames[other].formula} or has its atoms in another order.",
            "A mean is of frames of the same atoms.",
        )
    return frames


def shares_of(frames: Sequence[Structure]) -> list[float] | None:
    """Return the shares of conformers; None where frames don't tell them, so that all count alike."""
    known = [one.conformer for one in frames]
    return None if None in known else [one.share for one in known]


def averaged(predicted: Predicted, frames: Sequence[Structure]) -> Predicted:
    """Return the mean over frames of what is predicted of the first of them."""
    from xanesview.inference.mean_prediction import mean_prediction

    sites = [int(k) for k in predicted.tensor.sites]
    others = [predicted.predictor.predict(one, sites) for one in frames[1:]]
    return dataclasses.replace(
        predicted, prediction=mean_prediction([predicted.prediction, *others], shares_of(frames))
    )


def mean_facts(frames: Sequence[Structure]) -> dict[str, str]:
    """Return for a file's header of how many frames it is the mean, and with which shares."""
    shares = shares_of(frames)
    told = {} if shares is None else {"shares": " ".join(f"{share:.4f}" for share in shares)}
    return {"frames": str(len(frames)), **told}
