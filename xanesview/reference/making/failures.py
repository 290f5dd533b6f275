"""``failures.tsv``: what could not be computed, a line each, so that it isn't tried again unasked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xanesview.io.atomic import append_text

FAILURES = "failures.tsv"


@dataclass(frozen=True)
class Failure:
    """A line: the result's file, the SMILES, what is told, what a library said, and what was asked for.

    ``identity`` is empty in lines of former versions.
    """

    file_name: str
    smiles: str
    message: str
    details: str = ""
    identity: str = ""


def write_failure(folder: Path, failure: Failure) -> None:
    """Add a line to a folder's ``failures.tsv``."""
    words = (failure.file_name, failure.smiles, failure.message, failure.details, failure.identity)
    append_text(folder / FAILURES, "\t".join(" ".join(word.split()) for word in words) + "\n")


def read_failures(folder: Path) -> dict[str, list[Failure]]:
    """Return what went wrong in earlier runs, by the name of the result's file."""
    path = folder / FAILURES
    if not path.is_file():
        return {}
    found: dict[str, list[Failure]] = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        words = line.split("\t")
        if line.strip():
            found.setdefault(words[0], []).append(Failure(*(words + [""] * 5)[:5]))
    return found


def failed_before(failures: list[Failure], identity: str, smiles: str) -> bool:
    """Tell whether one of the failures under a name is of just this; lines of former versions tell the SMILES only."""
    return any(one.identity == identity if one.identity else bool(smiles) and one.smiles == smiles for one in failures)
