"""The report of an evaluation: a folder with tables, figures and a page that shows them."""

from __future__ import annotations

import csv
import html
from collections.abc import Sequence
from math import erf
from pathlib import Path

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.quality import NOISE_LEVELS, PLACES, RANKINGS, Exemplar, Quality, place_of, with_noise
from xanesview.io.atomic import atomic_write, made_folder, write_text
from xanesview.io.cell_text import as_text
from xanesview.io.figures.figure_file import save_figure
from xanesview.io.figures.panels import Panel, PanelLine, PanelMark, draw_panels
from xanesview.io.json_text import json_text
from xanesview.training.testing.evaluate import GROUPS
from xanesview.training.testing.metrics import isotropic
from xanesview.training.testing.quality import quality_of
from xanesview.training.testing.split_comparison import SplitComparison

_UNITS = {"spectrum": "", "gradient": " (1/eV²)", "curvature": " (1/eV⁴)"}
#: An error of zero has no place on a logarithmic scale.
_SMALLEST = 1e-12
_DERIVATIVES = {"gradient": "dI/dE (1/eV)", "curvature": "d²I/dE² (1/eV²)"}


def write_report(folder: str | Path, comparison: SplitComparison, metrics: dict) -> Path:
    """Write a report and return its page.

    The folder gets ``index.html``, ``metrics.json``, ``sites.csv`` (one line a site with its errors in all rankings)
    and figures as PDF and PNG: sorted errors, overlays at best, median, 95th percentile and worst in each ranking, and
    known noise of mean square 0.01, 0.1, 1 and the network's own median; of an ensemble also how often its bands hold
    the reference.

    Raises
    ------
    XanesviewError
        If the folder can't be written.
    """
    folder = made_folder(Path(folder).expanduser())
    places = sorted(PLACES.values())
    quality = quality_of(comparison, places)
    figures = {"sorted_errors": sorted_error_figure(quality), "noise": noise_figure(quality)}
    if comparison.ratios is not None:
        figures["coverage"] = coverage_figure(comparison)
    figures |= {f"overlays_{ranking}": overlay_figure(quality, ranking) for ranking in RANKINGS}
    facts = {"network": quality.network, "split": quality.split, "data": ", ".join(quality.data)}
    for name, figure in figures.items():
        for ending in ("pdf", "png"):
            save_figure(figure, folder / f"{name}.{ending}", provenance=facts)
    _write_sites(folder / "sites.csv", comparison, quality)
    write_text(folder / "metrics.json", json_text(metrics, indent=2) + "\n")
    page = folder / "index.html"
    write_text(page, _page(quality, metrics))
    return page


# ---- figures ----


def sorted_error_figure(quality: Quality):
    """Return the errors of all sites, sorted, in the three rankings, with four places marked."""
    panels = []
    share = np.linspace(0.0, 100.0, quality.n_sites)
    for ranking in RANKINGS:
        errors = np.maximum(quality.sorted_errors(ranking), _SMALLEST)
        marks = tuple(
            PanelMark(share[k], errors[k], f"{name} {_number(errors[k])}")
            for name, k in ((name, place_of(p, quality.n_sites)) for name, p in PLACES.items())
        )
        panels.append(
            Panel(
                (PanelLine(share, errors),),
                title=f"ranked by {ranking}",
                x_title="Sites, best to worst (%)",
                y_title=f"MSE{_UNITS[ranking]}",
                marks=marks,
                logarithmic=True,
            )
        )
    return draw_panels(panels, 3)


def overlay_figure(quality: Quality, ranking: str):
    """Return predicted over reference spectra at four places of a ranking, with the derivative that it ranks below."""
    chosen = [quality.nearest(ranking, place_of(p, quality.n_sites)) for p in PLACES.values()]
    panels = []
    for name, (place, exemplar) in zip(PLACES, chosen, strict=True):
        error = quality.sorted_errors(ranking)[place]
        title = f"{name}: {_number(error)}{_UNITS[ranking]}\n{quality.site_label(exemplar.row)}"
        panels.append(_overlay(quality, exemplar, title, 0))
    if ranking != "spectrum":
        order = RANKINGS.index(ranking)
        panels += [_overlay(quality, exemplar, "", order) for _, exemplar in chosen]
    return draw_panels(panels, len(PLACES))


def _overlay(quality: Quality, exemplar: Exemplar, title: str, derivatives: int) -> Panel:
    energy = exemplar.reference.energy_ev
    curves = [exemplar.reference_curve() / quality.scale, exemplar.predicted / quality.scale]
    for _ in range(derivatives):
        curves = [np.gradient(curve, energy) for curve in curves]
    y_title = "Intensity / mean" if not derivatives else _DERIVATIVES[RANKINGS[derivatives]]
    return Panel(
        (
            PanelLine(energy, curves[0], "reference", "" if derivatives else "reference"),
            PanelLine(energy, curves[1], "predicted", "" if derivatives else "predicted"),
        ),
        title=title,
        x_title=axis_title(exemplar),
        y_title=y_title if quality.scale != 1.0 or derivatives else "Absorption (edge step)",
    )


def noise_figure(quality: Quality):
    """Return a real spectrum with known noise: what mean square errors of 0.01, 0.1 and 1 look like."""
    place, exemplar = quality.nearest("spectrum", place_of(50.0, quality.n_sites))
    own = float(quality.sorted_errors("spectrum")[place])
    curve = exemplar.reference_curve() / quality.scale
    energy = exemplar.reference.energy_ev
    panels = []
    levels = [(level, f"MSE {level:g}") for level in NOISE_LEVELS]
    levels.append((own, f"MSE {_number(own)}, the median here"))
    for level, title in levels:
        lines = (PanelLine(energy, with_noise(curve, level), "noisy"), PanelLine(energy, curve, "plain"))
        panels.append(Panel(lines, title=title, x_title=axis_title(exemplar), y_title="Intensity"))
    return draw_panels(panels, len(panels), (48.0, 42.0))


def coverage_figure(comparison: SplitComparison):
    """Return which share of the reference lies within a multiple of the drawn band, beside what a normal error says."""
    ratio = comparison.ratios.site_isotropic / max(comparison.scales.site_isotropic[0], 1e-12)
    widths = np.linspace(0.0, 4.0, 81)
    found = np.array([(ratio <= width).mean() for width in widths])
    expected = np.array([erf(width / np.sqrt(2.0)) for width in widths])
    mark = PanelMark(1.0, 100.0 * float((ratio <= 1.0).mean()), "as drawn")
    lines = (PanelLine(widths, 100 * expected, "reference", "normal errors"),
             PanelLine(widths, 100 * found, "predicted", "found"))  # fmt: skip
    panel = Panel(lines, "Bands", "Width of the band, as a multiple of the drawn one", "Reference inside (%)", (mark,))
    return draw_panels([panel], 1, (85.0, 60.0))


def axis_title(exemplar: Exemplar) -> str:
    """Return the title of the energy axis of an exemplar's curves."""
    return "Photon energy (eV)" if exemplar.reference.axis == "absolute" else "Energy from E₀ (eV)"


# ---- tables ----


def _write_sites(path: Path, c: SplitComparison, quality: Quality) -> None:
    iso = c.isotropic_errors
    with atomic_write(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(
            ["structure", "smiles", "parent", "atom", "mse", "gradient_mse_per_ev2", "curvature_mse_per_ev4",
             "isotropic_mse", "isotropic_gradient_mse_per_ev2", "isotropic_curvature_mse_per_ev4",
             "peak_ev", "predicted_peak_ev", "e0_ev", "predicted_e0_ev", "warning"]
        )  # fmt: skip
        peaks = [c.energy_ev[isotropic(values).argmax(1)] for values in (c.reference, c.predicted)]
        for row in range(quality.n_sites):
            labelled = c.structures[c.owner[row]]
            numbers = [quality.errors[r][row] for r in RANKINGS] + [iso[r][row] for r in RANKINGS]
            e0 = ["" if np.isnan(v[row]) else f"{v[row]:.3f}" for v in (c.reference_e0_ev, c.predicted_e0_ev)]
            writer.writerow(
                [as_text(labelled.name), labelled.smiles, as_text(labelled.parent), int(c.atoms[row]),
                 *(f"{v:.6g}" for v in numbers),
                 *(f"{p[row]:.3f}" for p in peaks), *e0, c.verdicts[row].warning]
            )  # fmt: skip


def _number(value: float) -> str:
    return f"{value:.3f}" if 0.01 <= abs(value) < 1000 else f"{value:.1e}"


# ---- page ----

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1d232b; background: #fff; max-width: 62rem; margin: 2rem auto;
  padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; } img { max-width: 100%; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .5rem 0; }
td, th { padding: .15rem .8rem .15rem 0; text-align: right; border-bottom: 1px solid #e6eaee; }
td:first-child, th:first-child { text-align: left; } th { font-weight: 600; color: #4b5560; } .note { color: #4b5560; }
"""


def _page(quality: Quality, metrics: dict) -> str:
    title = f"{quality.network}: {quality.split} of {', '.join(quality.data)}"
    what = "over 32 random directions a site" if quality.polarised else "of isotropic spectra"
    divided = f"Spectra are divided by {quality.scale:.5g}. " if quality.scale != 1.0 else ""
    parts = [
        f"<h1>{html.escape(title)}</h1>",
        f"<p>{counted(quality.n_sites, 'site')}. Mean square errors {what}. "
        f"{divided}Gradients and curvatures are per eV and eV². "
        '<span class="note">Every site is in <a href="sites.csv">sites.csv</a>, every number in '
        '<a href="metrics.json">metrics.json</a>.</span></p>',
        _picture("sorted_errors", "Errors of all sites, sorted"),
        "<h2>Predicted and reference</h2>",
        '<p class="note">Polarised spectra are shown along the random direction whose error is nearest to the '
        "site's own.</p>"
        if quality.polarised
        else "",
        *(_picture(f"overlays_{ranking}", f"Ranked by {ranking}") for ranking in RANKINGS),
        "<h2>What a mean square error looks like</h2>",
        '<p class="note">White noise of known mean square on a real spectrum (dark).</p>',
        _picture("noise", "Known noise"),
        "<h2>Bands</h2>" + _picture("coverage", "How often the bands hold the reference")
        if "band_holds_percent" in metrics
        else "",
        "<h2>Measures</h2>",
        _table(["measure", ""], [(k, _value(v)) for k, v in metrics.items() if isinstance(v, int | float)]),
        *_group_tables(metrics),
    ]
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f"<style>{_STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def _picture(name: str, text: str) -> str:
    return f'<p><a href="{name}.pdf"><img src="{name}.png" alt="{html.escape(text)}"></a></p>'


def _group_tables(metrics: dict) -> list[str]:
    tables = []
    for key, title in GROUPS.items():
        if key in metrics:
            rows = [
                (name, str(r["n_sites"]), *(_value(r[k]) for k in ("mse_mean", "mse_median", "isotropic_mse")))
                for name, r in metrics[key].items()
            ]
            tables.append(_table([title, "sites", "mean MSE", "median MSE", "isotropic MSE"], rows))
    return tables


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["<table><tr>" + "".join(f"<th>{html.escape(h)}</th>" for h in head) + "</tr>"]
    lines += ["<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows]
    return "\n".join([*lines, "</table>"])


def _value(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    return f"{value:.4f}" if value == 0 or abs(value) >= 0.01 else f"{value:.2e}"
