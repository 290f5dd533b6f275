"""Counts in sentences agree with their nouns, and no sentence of the program counts past the helper."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import xanesview
from xanesview.domain.counts import counted, percent

PACKAGE = Path(xanesview.__file__).parent
_COUNTED = re.compile(
    r"\s(?:more |of other |whole )?(?:sites|atoms|structures|molecules|spectra|files|pairs|results|crystals|steps"
    r"|electrons|rows|columns|hydrogens|substances|parents|places|pages|elements)\b"
)
#: Numbers that can't be one where they are told, or are told to who writes programs.
_NEVER_ONE = {
    "domain/processing/step_lists.py: len(used) steps", "domain/processing/steps/registry.py: len(values) steps",
    "domain/absorption.py: self.n_sites sites", "domain/bands.py: n_sites sites",
    "domain/structure.py: len(numbers) atoms", "cli/predict.py: total sites",
    "io/structures/labels.py: len(labels) atoms",
    "inference/property_reader.py: len(wanted) sites", "shown/names.py: len(sites) sites",
    "io/imported/ase_database.py: len(values) spectra", "io/imported/feff.py: len(found.absorbers) atoms",
    "io/imported/column_table.py: len(words) columns", "io/structures/feff.py: len(found.absorbers) atoms",
    "io/spectra/tables.py: len(names) columns", "io/structures/checks.py: len(numbers) atoms",
    "io/structures/checks.py: count structures", "io/structures/poscar.py: sum(counts) atoms",
    "io/structures/xyz.py: count atoms", "reference/engine/gfn2.py: structure.n_atoms atoms",
    "shown/overlays.py: len(picked) sites", "reference/multiple_scattering/cluster.py: len(offsets) atoms",
    "reference/multiple_scattering/cluster.py: len(kept()) elements",
    "gui/window/drop_hint.py: len(paths) files", "gui/window/first_of_many.py: count structures",
    "gui/actions/opening_failures.py: len(self._found) files",
}  # fmt: skip


def uncounted(source: str) -> Iterator[str]:
    """Yield what an f-string counts by putting a number before a plural."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.JoinedStr):
            continue
        for value, after in zip(node.values, node.values[1:]):
            if isinstance(value, ast.FormattedValue) and isinstance(after, ast.Constant):
                number = ast.unparse(value.value)
                told = _COUNTED.match(after.value)
                is_count = re.fullmatch(r"len\(.*\)( - .*)?|.*\bn_\w+|\w*counts?\w*.*|sum\(.*\)|sites|total", number)
                if told and is_count:
                    yield f"{number}{told[0]}"


@pytest.mark.parametrize(
    ("n", "one", "many", "told"),
    [
        (0, "site", "", "0 sites"),
        (1, "site", "", "1 site"),
        (1205, "molecule", "", "1,205 molecules"),
        (1, "atom is", "atoms are", "1 atom is"),
        (2, "atom is", "atoms are", "2 atoms are"),
    ],
)
def test_a_count_agrees_with_its_noun(n: int, one: str, many: str, told: str) -> None:
    assert counted(n, one, many) == told


def test_no_sentence_counts_without_it() -> None:
    found = {
        f"{path.relative_to(PACKAGE).as_posix()}: {what}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for what in uncounted(path.read_text(encoding="utf-8"))
    }
    assert found <= _NEVER_ONE


def test_a_count_past_it_would_be_found() -> None:
    assert list(uncounted('told = f"{path}: {tensor.n_sites} sites, {len(found)} more pairs"'))


def test_a_share_is_told_to_two_digits_without_powers_of_ten() -> None:
    assert [percent(share) for share in (4.4, 0.044, 0.0031, 0.4, 31.0, 0.0)] == [
        "440 %", "4.4 %", "0.31 %", "40 %", "3,100 %", "0.00 %"
    ]  # fmt: skip
    assert percent(float("nan")) == "–"
