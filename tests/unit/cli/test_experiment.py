"""``xanesview predict`` in the terms of a beamline, a microscope and a sample."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ase.build import fcc111

from tests.unit.cli.conftest import expected_components
from xanesview.cli.main import main
from xanesview.domain.geometry.average import MosaicSpread, TiltDistribution, TwinnedDomains
from xanesview.domain.geometry.beam import PolarisedBeam
from xanesview.domain.geometry.frames import plane_normal
from xanesview.domain.geometry.kinds import geometry_from_header
from xanesview.domain.geometry.momentum_transfer import ElectronEnergyLoss
from xanesview.domain.geometry.polarisation import LinearPolarisation, PartialPolarisation, Unpolarised
from xanesview.domain.layers import slab_layers
from xanesview.domain.symmetry import orbits
from xanesview.io.examples import find_example
from xanesview.io.spectra.tables import PredictionTable, read_prediction_csv
from xanesview.io.structures.registry import read_structure

pytestmark = pytest.mark.usefixtures("formula")

ACETONITRILE = str(find_example("acetonitrile").path)
BENZENE = str(find_example("benzene").path)
FILM = str(find_example("benzene_film").path)
X, Z = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)
GRAZING = PolarisedBeam.at_grazing


def predicted(folder: Path, file: str, *words: str) -> PredictionTable:
    out = folder / "out.csv"
    assert main(["predict", file, *words, "--quiet", "--out", str(out)]) == 0
    return read_prediction_csv(out)


@pytest.mark.parametrize(
    ("words", "geometry"),
    [
        (["--grazing", "20"], LinearPolarisation((np.sin(np.deg2rad(20)), 0, np.cos(np.deg2rad(20))))),
        (["--incidence", "70°"], GRAZING(20.0)),
        (["--grazing", "35", "--azimuth", "-40", "--field", "s"], GRAZING(35.0, -40.0, 90.0)),
        (["--grazing", "35", "--field", "-30", "--degree", "0,9"], GRAZING(35.0, 0.0, -30.0, 0.9)),
        (["--grazing", "90", "--azimuth", "25", "--degree", "0.9"], GRAZING(90.0, 25.0, degree=0.9)),
        (["--beam", "0,0,-1"], LinearPolarisation(X)),
        (["--beam", "0,0,-1", "--polarisation", "1,1,5"], LinearPolarisation((1, 1, 0))),
        (["--beam", "-1,0,0", "--degree", "0.5"], Unpolarised(X)),
        (["--beam", "1,2,3", "--experiment", "unpolarised"], Unpolarised((1, 2, 3))),
        (["--grazing", "40", "--experiment", "partial", "--degree", "0.8"],
         PartialPolarisation(GRAZING(40.0).direction, 0.8)),
        (["--grazing", "20", "--normal", "1,0,0"], GRAZING(20.0, normal=X)),
        (["--theta", "20", "--normal", "x"], GRAZING(20.0, normal=X)),
        (["--theta", "20", "--average", "film"], GRAZING(20.0).with_average(TiltDistribution(0.0))),
        (["--grazing", "20", "--average", "tilt:10@35"], GRAZING(20.0).with_average(TiltDistribution(10.0, 35.0))),
        (["--grazing", "20", "--average", "mosaic:8"], GRAZING(20.0).with_average(MosaicSpread(8.0))),
        (["--grazing", "20", "--average", "domains:0,90"], GRAZING(20.0).with_average(TwinnedDomains((0.0, 90.0)))),
        (["--experiment", "elnes", "--beam", "0,0,1"], ElectronEnergyLoss(Z)),
        (["--experiment", "elnes", "--beam", "0,3,4", "--beam-energy", "300", "--collection", "1.5",
          "--convergence", "10", "--detector-offset", "4", "--detector-azimuth", "-30", "--energy-loss", "286"],
         ElectronEnergyLoss((0, 3, 4), energy_loss_ev=286.0, beam_energy_kev=300.0, collection_semi_angle_mrad=1.5,
                            convergence_semi_angle_mrad=10.0, detector_offset_mrad=4.0, detector_azimuth_deg=-30.0)),
        (["--experiment", "elnes", "--grazing", "90", "--without-relativity"],
         ElectronEnergyLoss(Z, relativistic=False)),
    ],
)  # fmt: skip
def test_experiments_as_typed(tmp_path, words, geometry):
    table = predicted(tmp_path, ACETONITRILE, *words)
    expected = geometry.weight().voigt @ expected_components(0)
    np.testing.assert_allclose(table.columns["site_0"], expected, atol=1e-9)
    kept = geometry_from_header(table.header).weight().matrix
    np.testing.assert_allclose(kept, geometry.weight().matrix, atol=1e-9)


def test_a_normal_by_miller_index_and_by_atoms(tmp_path):
    cell = str(find_example("cu2o").path)
    structure = read_structure(FILM)
    found = predicted(tmp_path, FILM, "--sites", "0", "--theta", "0", "--normal", "atoms:0,1,2")
    normal = [float(x) for x in found.header["surface_normal"].split(",")]
    expected = LinearPolarisation(normal).weight().voigt @ expected_components(0)
    np.testing.assert_allclose(found.columns["site_0"], expected, atol=1e-9)
    assert read_structure(cell).is_periodic
    of_plane = predicted(tmp_path, FILM, "--sites", "0", "--theta", "0", "--normal", "hkl:1,1,0")
    expected = LinearPolarisation(plane_normal(structure, (1, 1, 0))).weight().voigt @ expected_components(0)
    np.testing.assert_allclose(of_plane.columns["site_0"], expected, atol=1e-9)


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["--grazing", "20", "--incidence", "70"], "exclude each other"),
        (["--grazing", "20", "--theta", "20"], "--theta and a beam"),
        (["--grazing", "95"], "grazing angle"),
        (["--grazing", "-5"], "from the surface, 0 to 90°, so −5° does not exist"),
        (["--incidence", "120"], "from the normal, 0 to 90°, so 120° does not exist"),
        (["--beam", "0,0,1", "--polarisation", "0,0,-1"], "along the beam"),
        (["--grazing", "steep"], "no angle"),
        (["--grazing", "20", "--degree", "2"], "does not exist"),
        (["--grazing", "20", "--experiment", "powder"], "has no beam"),
        (["--grazing", "20", "--powder"], "exclude each other"),
        (["--grazing", "20", "--field", "p", "--polarisation", "1,0,0"], "exclude each other"),
        (["--beam", "0,0,1", "--azimuth", "20"], "exclude each other"),
        (["--beam", "0,0,1", "--experiment", "unpolarised", "--degree", "0.5"], "has no --degree"),
        (["--beam", "0,0,1", "--experiment", "linear", "--degree", "0.5"], "has no --degree"),
        (["--azimuth", "20"], "needs a beam"),
        (["--field", "s"], "needs a beam"),
        (["--experiment", "elnes"], "needs a beam"),
        (["--experiment", "beam"], "needs a beam"),
        (["--collection", "5", "--beam", "0,0,1"], "belongs to --experiment elnes"),
        (["--experiment", "elnes", "--beam", "0,0,1", "--collection", "wide"], "not a number"),
        (["--experiment", "elnes", "--beam", "0,0,1", "--collection", "0"], "collection semi-angle"),
        (["--experiment", "elnes", "--beam", "0,0,1", "--field", "s"], "has no --field"),
        (["--normal", "hkl:1,1", "--theta", "20"], "no surface normal"),
        (["--average", "films", "--theta", "20"], "no average"),
        (["--average", "film"], "needs a polarisation"),
        (["--escape-depth", "-3"], "--escape-depth is “-3”"),
        (["--tolerance", "0.1"], "belongs to --orbits"),
        (["--escape-depth", "20", "--tensor"], "without weights"),
    ],
)
def test_what_makes_no_experiment_is_told(tmp_path, capsys, words, part):
    assert main(["predict", ACETONITRILE, *words, "--out", str(tmp_path / "out.csv")]) == 2
    assert part in capsys.readouterr().err


def test_layers_choose_sites_and_depth_weighs_them(tmp_path):
    atoms = fcc111("C", (1, 1, 4), a=3.6, vacuum=6.0)
    slab = tmp_path / "slab.extxyz"
    atoms.write(slab)
    structure = read_structure(slab)
    carbons = structure.sites_of("C")
    layers = slab_layers(structure, carbons)
    assert predicted(tmp_path, str(slab), "--layers", "surface").sites == layers.chosen(["surface"]).tolist()
    assert predicted(tmp_path, str(slab), "--layers", "1,underside", "--sites", "0,3").sites == [0, 3]
    words = ["--escape-depth", "5", "--theta", "20"]
    table = predicted(tmp_path, str(slab), *words)
    weight = LinearPolarisation((np.sin(np.deg2rad(20)), 0, np.cos(np.deg2rad(20)))).weight()
    rows = [w * (weight.voigt @ expected_components(int(i))) for w, i in zip(layers.escape_weights(5.0), carbons)]
    np.testing.assert_allclose(table.columns["sum"], np.sum(rows, axis=0), atol=1e-8)
    np.testing.assert_allclose(table.columns[f"site_{carbons[0]}"], rows[0], atol=1e-8)
    assert table.header["escape_depth_angstrom"] == "5"
    assert len(table.header["site_weights"].split()) == len(carbons)


def test_layers_of_what_is_no_slab_are_told(tmp_path, capsys):
    assert main(["predict", ACETONITRILE, "--layers", "surface", "--out", str(tmp_path / "out.csv")]) == 1
    assert "Only a slab has layers" in capsys.readouterr().err


def test_one_site_an_orbit_is_predicted_and_turned(tmp_path):
    table = predicted(tmp_path, BENZENE, "--orbits", "--polarisation", "1,0,0")
    assert table.header["symmetry"] == "D6h"
    assert table.header["orbits"] == "0×6"
    [orbit] = orbits(read_structure(BENZENE), range(6))
    for site, r in zip(orbit.members, orbit.rotations):
        expected = LinearPolarisation(r.T @ X).weight().voigt @ expected_components(0)
        np.testing.assert_allclose(table.columns[f"site_{site}"], expected, atol=1e-6)


def test_the_tolerance_of_orbits_is_the_user_s(tmp_path):
    structure = read_structure(ACETONITRILE)
    assert len(orbits(structure, structure.sites_of("C"))) == 2
    table = predicted(tmp_path, ACETONITRILE, "--orbits", "--tolerance", "0.3")
    assert table.header["tolerance_angstrom"] == "0.3"
    assert table.header["orbits"] == "0×1 1×1"


def test_a_beam_from_below_is_taken_with_a_word_and_once(tmp_path, capsys):
    assert main(["predict", ACETONITRILE, "--beam", "1,0,0.5", "--out", str(tmp_path / "below.csv")]) == 0
    told = capsys.readouterr().err
    assert told.count("notice: The beam comes through the back of the sample, 26.6° from below the surface.") == 1
    assert main(["predict", ACETONITRILE, "--beam", "1,0,-0.5", "--out", str(tmp_path / "above.csv")]) == 0
    assert "through the back" not in capsys.readouterr().err
