"""Ablations: the variants that a kind names, trained on equal budgets and tested alike."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from xanesview.errors import UsageError
from xanesview.io.atomic import atomic_write
from xanesview.training.data.structure_pairs import pairs_file
from xanesview.training.kinds import train, training_of
from xanesview.training.testing.evaluate import evaluate_bundle

BASELINE = "baseline"
TABLE = "ablation.csv"
_COLUMNS = (
    "mse_mean",
    "mse_median",
    "isotropic_mse",
    "isotropic_mse_median",
    "isotropic_gradient_mse",
    "isotropic_curvature_mse",
    "r2_molecule",
    "r2_molecule+composition",
    "r2_site",
    "r2_site+composition",
)


def ablate(
    kind: str,
    data: list[Path],
    config: Path | None,
    out: Path,
    minutes: float,
    only: Sequence[str] | None = None,
    split: str = "test",
) -> str:
    """Train the baseline and the variants of a kind, each with one seed and so many minutes of processor time.

    Finished variants are kept when it is started again.

    Parameters
    ----------
    minutes : processor time a variant; 0: as long as the configuration says
    only : names of variants (all by default)

    Returns
    -------
    str
        the table, which is also written to ``ablation.csv`` in the folder

    Raises
    ------
    UsageError
        for a variant that the kind does not have.
    """
    from xanesview.training.harness import RUNS  # brings Lightning with it

    known = {BASELINE: {}} | dict(training_of(kind).ABLATIONS)
    for name in only or ():
        if name not in known:
            raise UsageError(f"There is no variant “{name}” of {kind}.", f"Variants: {', '.join(known)}.")
    rows = []
    for name in only or known:
        folder = out / name.replace(" ", "_")
        train(kind, data, config, folder, True, variant(known[name], name, minutes))
        made = [pairs_file(path, folder / RUNS) if path.is_dir() else path for path in data]
        metrics = evaluate_bundle(folder, made, split)
        rows.append({"variant": name} | {k: metrics[k] for k in _COLUMNS if k in metrics})
    with atomic_write(out / TABLE) as temporary, Path(temporary).open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(dict.fromkeys(k for row in rows for k in row)))
        writer.writeheader()
        writer.writerows(rows)
    return table_text(rows)


def variant(changes: dict, name: str, minutes: float) -> dict:
    """Return the changes of a variant with its budget, one member and a name of its own."""
    tables = {table: dict(values) for table, values in changes.items()}
    training = tables.setdefault("training", {})
    training["members"] = 1
    if minutes:
        training |= {"minutes": float(minutes), "epochs": 1000, "patience": 1000}
    tables["bundle"] = {"name": name.replace(" ", "_")} | tables.get("bundle", {})
    return tables


def table_text(rows: Sequence[dict]) -> str:
    """Return rows of one name and some figures as aligned text."""
    columns = [k for k in rows[0] if k != "variant"]
    titles = [c.removeprefix("isotropic_") for c in columns]
    widths = [max(16, len(title) + 2) for title in titles]
    lines = [f"{'variant':30s}" + "".join(f"{t:>{w}s}" for t, w in zip(titles, widths, strict=True))]
    for row in rows:
        cells = (f"{row.get(c, float('nan')):{w}.5g}" for c, w in zip(columns, widths, strict=True))
        lines.append(f"{row['variant']:30s}" + "".join(cells))
    return "\n".join(lines)
