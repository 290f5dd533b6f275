"""A mean of scans is called after what their names have in common."""

from __future__ import annotations

import pytest

from xanesview.shown.scan_changes import common_name


@pytest.mark.parametrize(
    ("names", "common"),
    [
        (["film_scan1", "film_scan2", "film_scan10"], "film_scan"),
        (["Fe2O3 (1)", "Fe2O3 (2)"], "Fe2O3"),
        (["hematite.001", "hematite.002"], "hematite"),
        (["FeO", "Fe3O4"], ""),
        (["a", "b"], ""),
        (["film", "film 2"], "film"),
        (["run 110", "run 112"], "run"),
    ],
)
def test_common_names(names, common):
    assert common_name(names) == common
