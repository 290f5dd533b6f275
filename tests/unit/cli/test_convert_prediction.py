"""A prediction as an Athena project keeps its element and edge."""

from __future__ import annotations

import gzip

from xanesview.cli.main import main
from xanesview.io.examples import find_example


def test_the_element_of_a_prediction_goes_into_the_project(tmp_path) -> None:
    table, project = tmp_path / "o.csv", tmp_path / "o.prj"
    formaldehyde = str(find_example("formaldehyde").path)
    assert main(["predict", formaldehyde, "--edge", "O K", "--quiet", "--out", str(table)]) == 0
    assert main(["convert", str(table), "--out", str(project)]) == 0
    text = gzip.decompress(project.read_bytes()).decode()
    assert "'bkg_z','O'" in text
    assert "'fft_edge','k'" in text
