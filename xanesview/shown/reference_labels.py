"""What tells references of one name apart: structure, edge, method, basis, date, sites, file, else a number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath

from xanesview.domain.counts import counted
from xanesview.domain.session import ReferenceCurve
from xanesview.shown.names import numbered


def told_apart(references: Sequence[ReferenceCurve]) -> list[str]:
    """Return the label of each reference, with what differs behind those that have the same: "TP-DFT · benzene".

    A name that the user has given stays as it is.
    """
    unnamed = [reference for reference in references if not reference.look.name]
    labels = [reference.label for reference in unnamed]
    for aspect in _ASPECTS:
        labels = _with(labels, [aspect(reference) for reference in unnamed])
    told = iter(numbered(labels))
    return [reference.look.name or next(told) for reference in references]


def _with(labels: Sequence[str], values: Sequence[str]) -> list[str]:
    """Put values behind equal labels, where the values differ among these."""
    groups: dict[str, set[str]] = {}
    for label, value in zip(labels, values, strict=True):
        groups.setdefault(label, set()).add(value)
    return [
        f"{label} · {value}" if value and len(groups[label]) > 1 else label
        for label, value in zip(labels, values, strict=True)
    ]


def _fact(reference: ReferenceCurve, *names: str) -> str:
    own = {} if reference.spectrum is None else reference.spectrum.provenance
    facts = {**own, **reference.facts}
    return next((str(facts[name]) for name in names if facts.get(name)), "")


def _structure(reference: ReferenceCurve) -> str:
    return reference.computed_for or PurePath(_fact(reference, "structure", "formula")).stem


def _edge(reference: ReferenceCurve) -> str:
    return _fact(reference, "edge") if reference.tensor is None else reference.tensor.edge


def _method(reference: ReferenceCurve) -> str:
    return _fact(reference, "functional", "method").partition(" (")[0].partition(",")[0]


def _sites(reference: ReferenceCurve) -> str:
    if reference.tensor is None:
        return ""
    sites = reference.tensor.sites.tolist()
    return f"atoms {', '.join(map(str, sites))}" if len(sites) < 4 else counted(len(sites), "atom")


_ASPECTS: tuple[Callable[[ReferenceCurve], str], ...] = (
    _structure,
    _edge,
    _method,
    lambda reference: _fact(reference, "basis", "basis_set", "diffuse_set"),
    lambda reference: _fact(reference, "date", "made")[:10],
    _sites,
    lambda reference: PurePath(reference.source).name,
)
