"""Below a figure: what was done to its curves, said once for those of which it is the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from xanesview.errors import printable
from xanesview.io.figures.curve_looks import MUTED, FigureCurve
from xanesview.io.figures.name_fitting import CurveNames, shortened, wrapped

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from xanesview.io.figures.spec import FigureSpec

DONE_FACT = "done"
"""Under which name the provenance of a curve says in a few words what was done to it."""
FOOT = "what-was-done"
"""Identity of the line in a figure."""
_PREDICTED = ("current", "isotropic", "site")
_MOST_NAMED, _LONGEST_NAME = 4, 60
_SHARE, _LEAST_PT = 0.7, 4.5  # of the size of titles
_LINE, _EDGE_PT = 1.25, 2.0
_HIGHEST = 0.2  # of the figure


def foot_of(curves: Sequence[FigureCurve]) -> str:
    """Return what was done to the curves: “FeO: +0.42 eV, edge step. Predicted: as measured (…)”; empty for nothing."""
    names: dict[str, dict[str, None]] = {}
    for (done, kind), some in _alike(curves).items():
        angles = [curve.angle_deg for curve in some]
        at_angles = None not in angles and len(set(angles)) > 1
        if kind == "current" or (kind == "compared" and at_angles):
            own = ["predicted"]
        elif at_angles:
            own = [f"{kind} at {min(angles):g}° to {max(angles):g}°"]
        else:
            own = [shortened(curve.spectrum.label, _LONGEST_NAME) or kind for curve in some]
        names.setdefault(done, {}).update(dict.fromkeys(own))
    if len(names) == 1 and len(curves) > 1 and all(curve.spectrum.provenance.get(DONE_FACT) for curve in curves):
        return printable(f"All: {next(iter(names))}")
    sentences = [f"{_listed(tuple(members))}: {done}" for done, members in names.items()]
    ours = ("predicted", "measured at", "frozen at")  # other names keep their letters
    return printable(". ".join(one[:1].upper() + one[1:] if one.startswith(ours) else one for one in sentences))


def _alike(curves: Sequence[FigureCurve]) -> dict[tuple[str, str], list[FigureCurve]]:
    """Return curves by what was done to them and their role; those of one prediction together."""
    groups: dict[tuple[str, str], list[FigureCurve]] = {}
    for curve in curves:
        if done := str(curve.spectrum.provenance.get(DONE_FACT, "")):
            kind = "current" if curve.role in _PREDICTED else curve.role
            groups.setdefault((done, kind), []).append(curve)
    return groups


def _listed(names: Sequence[str]) -> str:
    if len(names) < _MOST_NAMED:
        return ", ".join(names)
    if shared := CurveNames.of(names).title:
        return shared.removesuffix(" · as measured")  # that and how comes next
    return f"{', '.join(names[: _MOST_NAMED - 1])} and {len(names) - _MOST_NAMED + 1} more"


def write_foot(figure: Figure, text: str, spec: FigureSpec) -> None:
    """Write a line at the foot of a figure, in as many as it needs, and keep all else above it."""
    if not text:
        return
    size = min(max(_SHARE * spec.font_pt, _LEAST_PT), spec.font_pt)
    width_pt, height_pt = 72.0 * figure.get_figwidth(), 72.0 * figure.get_figheight()
    lines = wrapped(text, size, width_pt - 2 * _EDGE_PT).split("\n")
    most = max(int(_HIGHEST * height_pt / (_LINE * size)), 1)
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]}…"]
    left, low = _EDGE_PT / width_pt, _EDGE_PT / height_pt
    told = figure.text(left, low, "\n".join(lines), fontsize=size, color=MUTED, va="bottom", ha="left", linespacing=1.1)
    told.set_gid(FOOT)
    room = (len(lines) * _LINE * size + _EDGE_PT) / height_pt
    figure.get_layout_engine().set(rect=(0.0, room, 1.0, 1.0 - room))
