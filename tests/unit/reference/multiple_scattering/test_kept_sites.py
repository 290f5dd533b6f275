"""Sites of FEFF10 on disk, their tensors, and how long they take."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.reference.multiple_scattering.test_cluster import rotation, rutile
from xanesview.domain.absorption import EDGE_STEP
from xanesview.domain.geometry.polarisation import linear
from xanesview.errors import DamagedFileError, XanesviewError
from xanesview.reference.making.site_results import (
    SiteJob,
    SiteResult,
    parent_of,
    read_result,
    structure_spectra,
    write_result,
)
from xanesview.reference.multiple_scattering import access, feasibility, kept
from xanesview.reference.multiple_scattering.settings import PRESETS


def site(atom: int = 0, e0: float = 4898.0, points: int = 30) -> kept.ScatteringSite:
    rng = np.random.default_rng(atom)
    energy = np.linspace(-30.0, 100.0, points)
    return kept.ScatteringSite(atom, energy, rng.normal(size=(6, points)), e0, 12.0)


def test_sites_come_back_as_they_were_kept_by_structure_edge_and_preset():
    structure = rutile()
    kept.keep(structure, "Ti", "K", "fast", {0: site(0), 1: site(1, 4899.0)})
    found = kept.read_kept(structure, "Ti", "K", "fast")
    assert set(found) == {0, 1}
    np.testing.assert_allclose(found[1].components, site(1).components, atol=1e-6)
    assert (found[1].e0_ev, found[0].seconds) == (4899.0, 12.0)
    assert kept.read_kept(structure, "Ti", "K", "standard") == {}
    assert kept.read_kept(structure, "O", "K", "fast") == {}


def test_a_damaged_file_counts_as_nothing_kept():
    structure = rutile()
    kept.keep(structure, "Ti", "K", "fast", {0: site(0)})
    kept._path(structure, "Ti", "K", "fast").write_bytes(b"cut off")
    assert kept.read_kept(structure, "Ti", "K", "fast") == {}


def test_the_tensor_is_in_edge_steps_on_either_axis():
    sites = {0: site(0, 4898.0), 1: site(1, 4899.5)}
    relative = kept.scattering_tensor(sites, "Ti", axis="relative")
    assert (relative.unit, relative.edge, relative.axis) == (EDGE_STEP, "Ti K", "relative")
    assert relative.ip_ev.tolist() == [4898.0, 4899.5]
    np.testing.assert_array_equal(relative.components, [sites[0].components, sites[1].components])
    absolute = kept.scattering_tensor({0: sites[0]}, "Ti")
    assert absolute.energy_ev[0] == 4898.0 - 30.0


def test_sites_of_other_grids_are_interpolated():
    fine = site(1, points=261)
    fine = kept.ScatteringSite(1, fine.energy_ev, np.tile(np.sin(fine.energy_ev / 8.0), (6, 1)), 4898.0, 1.0)
    tensor = kept.scattering_tensor({0: site(0), 1: fine}, "Ti", axis="relative")
    np.testing.assert_allclose(tensor.components[1, 0], np.sin(tensor.energy_ev / 8.0), atol=1e-4)


def test_an_equivalent_site_sees_the_turned_direction_as_this_one_the_direction():
    r, n = rotation(), np.array([0.3, -0.5, 0.8])
    here = kept.scattering_tensor({0: site(0)}, "Ti")
    there = kept.scattering_tensor({4: site(0).moved(4, r)}, "Ti")
    np.testing.assert_allclose(here.contract(linear(n)), there.contract(linear(r @ n)), atol=1e-12)
    assert there.sites.tolist() == [4]


def result(atom: int = 0, name: str = "rutile__110_rattle01") -> SiteResult:
    return SiteResult(SiteJob(name, rutile(), atom, "Ti", "K", "fast", 2), site(atom), 3e-6)


def test_a_result_comes_back_with_its_structure(tmp_path):
    write_result(tmp_path, result())
    (path,) = tmp_path.iterdir()
    assert path.name == "feff_Ti-K_rutile__110_rattle01_0000.npz"
    found = read_result(path)
    assert found.job.structure.content_hash == rutile().content_hash
    assert (found.job.multiplicity, found.job.preset, found.missed) == (2, "fast", 3e-6)
    np.testing.assert_allclose(found.site.components, site().components, atol=1e-6)


@pytest.mark.parametrize("change", [{"components": np.zeros((6, 3))}, {"atom": np.array(3)}, {"z": None}])
def test_a_file_that_is_no_result_is_told(tmp_path, change):
    write_result(tmp_path, result())
    (path,) = tmp_path.iterdir()
    arrays = {k: v for k, v in (dict(np.load(path)) | change).items() if v is not None}
    np.savez(path, **arrays)
    with pytest.raises(DamagedFileError):
        read_result(path)


def test_variants_of_one_parent_share_its_name_and_their_tensors_are_whole():
    assert parent_of("rutile__110_rattle03") == "rutile"
    assert parent_of("anatase") == "anatase"
    record = structure_spectra([result(1), result(0)])
    assert (record.parent, [s.atom for s in record.sites]) == ("rutile", [0, 1])
    assert {s.kind for s in record.sites} == {"tensor"}
    assert record.sites[0].multiplicity == 2


def test_more_atoms_and_more_kinds_take_longer():
    structure = rutile()
    times = [feasibility.site_seconds(structure, 0, PRESETS[name]) for name in ("fast", "standard", "careful")]
    assert times == sorted(times)
    assert 5.0 < times[0] < 600.0
    assert {element for element, _ in feasibility.computable_edges(structure)} == {"O", "Ti"}


def test_without_the_package_the_way_to_it_is_told(monkeypatch):
    monkeypatch.setattr(access, "find_spec", lambda _name: None)
    with pytest.raises(XanesviewError) as caught:
        feasibility.check_scattering(rutile(), "Ti")
    assert "feff10-rs" in caught.value.message
    assert "xanesview[feff]" in caught.value.hint
