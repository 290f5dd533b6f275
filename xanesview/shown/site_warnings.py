"""Warnings of single sites in words: what the chips of the plot, the terminal and the headers of files say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xanesview.inference.domain_check import SiteVerdict

MOST_NAMED = 8
WARNED_SITES = ("outside_training_domain", "uncertain_sites")
"""Keys of a header under which the atoms of each kind of warning stand."""
_MEANING = {
    "outside": "outside the training data",
    "uncertain": "uncertain",
}


@dataclass(frozen=True)
class SiteWarning:
    """What is told of all sites with one kind of warning.

    ``kind`` "outside" or "uncertain"; ``atoms`` their indices; ``reason`` the first one; ``sentence`` all of it.
    """

    kind: str
    atoms: tuple[int, ...]
    reason: str
    sentence: str


def site_warnings(verdicts: Iterable[SiteVerdict], name: Callable[[int], str]) -> list[SiteWarning]:
    """Return one warning a kind that occurs, outside first.

    Parameters
    ----------
    verdicts : of the sites that are shown
    name : of a site by its atom index
    """
    found = []
    every = list(verdicts)
    for kind in _MEANING:
        mine = [verdict for verdict in every if verdict.warning == kind]
        if not mine:
            continue
        mine.sort(key=lambda verdict: -(verdict.expected or 0.0) if kind == "uncertain" else 0.0)  # the worst speaks
        reasons = list(dict.fromkeys(reason for verdict in mine for reason in verdict.reasons))
        told = reasons if kind == "outside" else reasons[:1]
        atoms = tuple(sorted(verdict.atom for verdict in mine))
        names = ", ".join(map(name, atoms[:MOST_NAMED])) + ("…" if len(atoms) > MOST_NAMED else "")
        why = "; ".join(told) or "unfamiliar surroundings"
        if kind == "outside":
            rest = f"{why}; the curve may be wrong in ways its band does not show"
        else:
            rest = why if len(mine) == 1 else f"{why} at {name(mine[0].atom)}, less at others"
        found.append(SiteWarning(kind, atoms, (told or [why])[0], f"{names}: {_MEANING[kind]}, as {rest}."))
    return found


def warning_of(verdict: SiteVerdict) -> str:
    """Return the warning of one site in a line; empty where there is none."""
    if verdict.warning == "none":
        return ""
    meaning = _MEANING[verdict.warning]
    return f"{meaning[:1].upper()}{meaning[1:]}: {'; '.join(verdict.reasons) or 'unfamiliar surroundings'}"


def warning_facts(verdicts: Iterable[SiteVerdict]) -> dict[str, str]:
    """Return what the header of a file says: atoms that are outside, that are uncertain, and why each is."""
    warned = [verdict for verdict in verdicts if verdict.warning != "none"]
    facts = {}
    for kind, key in zip(_MEANING, WARNED_SITES, strict=True):
        atoms = [str(verdict.atom) for verdict in warned if verdict.warning == kind]
        if atoms:
            facts[key] = " ".join(atoms)
    if warned:
        facts["warnings"] = " | ".join(f"atom {verdict.atom}: {'; '.join(verdict.reasons)}" for verdict in warned)
    return facts
