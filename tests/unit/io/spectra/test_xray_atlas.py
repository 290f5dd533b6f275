"""Files of the X-ray Atlas: every layout gives spectra with sample, edge, angle and whom to cite."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests import atlas_files
from xanesview.errors import XanesviewError
from xanesview.io.recognition import kind_of_file
from xanesview.io.spectra.angle_files import angled
from xanesview.io.spectra.measurement_file import read_measurement


@pytest.mark.parametrize("swapped", [False, True])
def test_a_file_of_a_molecule_gives_all_angles_of_all_experiments(tmp_path: Path, swapped: bool) -> None:
    path = atlas_files.write_molecule(tmp_path / "P3HT.json", swapped)
    assert kind_of_file(path) == "spectrum"
    found = read_measurement(path)
    assert found.format == "X-ray Atlas"
    assert [scan.label for scan in found.scans] == ["P3HT C K TEY 30°", "P3HT C K TEY 90°", "P3HT C K Trans 90°"]
    np.testing.assert_allclose(found.scans[0].energy_ev, atlas_files.ENERGY_EV)
    np.testing.assert_allclose(found.scans[0].signals[0].values, atlas_files.intensity(30))
    facts = found.scans[0].facts
    assert (facts["sample.formula"], facts["element.symbol"], facts["element.edge"]) == ("(C10H14S)n", "C", "K")
    assert (facts["sample.theta"], facts["facility.name"]) == ("30", "ANSTO")
    assert facts["citation"] == ("Collins group, https://example.org/collins, X-ray Atlas (https://xrayatlas.wsu.edu)")
    assert [notice.kind for notice in found.scans[0].notices] == (["spectrum-swapped"] if swapped else [])


def test_an_experiment_is_of_the_molecule_that_the_catalogue_knows_by_its_folder(tmp_path: Path) -> None:
    found = read_measurement(atlas_files.write_folder(tmp_path))
    assert [scan.label for scan in found.scans] == ["ITIC C K TEY 20°", "ITIC C K TEY 90°"]
    facts = found.scans[0].facts
    assert (facts["sample.name"], facts["sample.smiles"]) == ("ITIC", "CCO")
    assert facts["sample.prep"] == "spin coating, of CF"
    assert facts["citation"].startswith("A. Measurer, Collins group, Some University, doi:10.1000/none, X-ray Atlas")
    assert "a@example.org" not in str(facts)


@pytest.mark.parametrize("heading", ["Energy [eV],mu,theta,phi", "energy_eV,mu,theta_deg,phi_deg"])
def test_a_table_is_parted_by_its_angles(tmp_path: Path, heading: str) -> None:
    atlas_files.write_folder(tmp_path)
    path = atlas_files.write_table(tmp_path / "MOLECULES" / "ITIC" / f"{atlas_files.NAME}.csv", heading)
    found = read_measurement(path)
    assert [scan.facts["sample.theta"] for scan in found.scans] == ["20", "90"]
    np.testing.assert_allclose(found.scans[1].signals[0].values, atlas_files.intensity(90))
    assert found.scans[0].facts["citation"].startswith("Collins group, X-ray Atlas")


def test_angles_of_one_experiment_are_a_series_and_those_of_several_are_none(tmp_path: Path) -> None:
    series = angled([atlas_files.write_folder(tmp_path)])
    assert [one.angle_deg for one in series] == [20.0, 90.0]
    assert angled([atlas_files.write_molecule(tmp_path / "P3HT.json")]) is None


def test_a_table_of_nobody_knows_whom_claims_no_citation(tmp_path: Path) -> None:
    facts = read_measurement(atlas_files.write_table(tmp_path / "film.csv")).scans[0].facts
    assert (facts["sample.name"], facts.get("citation")) == ("film", None)


@pytest.mark.parametrize(
    "text", ['{"header": {}, "experiments": []}', '{"header": {}, "experiments": [{"data": {"30": {"mu": [1]}}}]}',
             '{"instrument": 1, "dataset": [{"energy": "no"}]}', '{"header": {}, "experiments": [', "{}"],
)  # fmt: skip
def test_what_holds_no_spectrum_is_refused_in_a_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "damaged.json"
    path.write_text(text)
    with pytest.raises(XanesviewError) as told:
        read_measurement(path)
    assert told.value.message.endswith(".")
    assert told.value.hint
