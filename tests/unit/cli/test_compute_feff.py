"""``xanesview compute --engine feff`` and what follows: one file a site, a data file, a network."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest

from tests.unit.reference.multiple_scattering.test_cluster import rutile
from tests.unit.reference.multiple_scattering.test_kept_sites import site
from xanesview.cli.main import main
from xanesview.io.structures.cif_writer import cif_text
from xanesview.reference.making.site_results import SiteJob, SiteResult, read_result, write_result
from xanesview.reference.multiple_scattering import site_processes
from xanesview.reference.multiple_scattering.offsets import EDGE_OFFSET_EV
from xanesview.training.data.dataset import read_datasets


@pytest.fixture
def crystal(tmp_path) -> Path:
    path = tmp_path / "rutile.cif"
    path.write_text(cif_text(rutile()), encoding="utf-8")
    return path


@pytest.fixture
def engine(monkeypatch) -> list[dict]:
    """Stands for FEFF: gives the jobs that it was asked for."""
    asked = []

    def computed(jobs, told, goes_on, at_a_time):
        for place, job in enumerate(jobs):
            asked.append(job)
            told(place, "scattering", 1.0)
            if job["atom"] == 3:
                yield place, {"number": place, "error": "No self-consistency.", "hint": "Try.", "scope": "site"}
                continue
            one = site(job["atom"], 4898.0 + job["atom"])
            tensor = {
                "energy_ev": one.energy_ev.tolist(), "components": one.components.tolist(), "e0_ev": one.e0_ev,
                "missed": 1e-6,
            }  # fmt: skip
            yield place, {"number": place, "tensor": tensor, "seconds": 30.0}

    monkeypatch.setattr(site_processes, "computed", computed)
    return asked


def compute(crystal: Path, out: Path, *more: str) -> int:
    return main(["compute", str(crystal), "--edge", "Ti K", "--engine", "feff", "--out", str(out), *more])


def test_one_site_an_orbit_is_computed_and_a_second_run_computes_nothing(crystal, engine, tmp_path, capsys):
    out = tmp_path / "out"
    assert compute(crystal, out, "--preset", "fast") == 0
    assert [(job["atom"], job["preset"], job["shell"]) for job in engine] == [(0, "fast", "K")]
    (path,) = out.glob("*.npz")
    found = read_result(path)
    assert (path.name, found.job.multiplicity) == ("feff_Ti-K_rutile_0000.npz", 2)
    told = capsys.readouterr().out
    assert "FEFF10: 1 site, about" in told
    assert "rutile Ti0: 30 s; 1 of 1" in told
    assert compute(crystal, out, "--preset", "fast") == 0
    assert len(engine) == 1
    told = capsys.readouterr().err
    assert "1 of 1 site is done already" in told
    assert "preset" not in told
    assert compute(crystal, out, "--preset", "careful") == 2
    told = capsys.readouterr().err
    assert "computed with the preset fast, not careful" in told
    assert "another folder" in told


def test_the_time_of_every_preset_is_told_before_anything_is_computed(crystal, engine, tmp_path, capsys):
    assert compute(crystal, tmp_path / "out", "--preset", "fast") == 0
    first = capsys.readouterr().out.splitlines()[0]
    told, _, place = first.partition("; ")
    assert re.fullmatch(r"FEFF10: 1 site, about .+ with fast \(standard about .+, careful about .+\)", told)
    assert place == f"a file a site in {tmp_path / 'out'}"


def test_l3_edges_are_computed_and_those_of_3d_metals_with_a_warning(crystal, engine, tmp_path, capsys):
    assert main(["compute", str(crystal), "--edge", "Ti L3", "--out", str(tmp_path / "out")]) == 0
    assert [(job["atom"], job["shell"]) for job in engine] == [(0, "L3")]
    assert "multiplets" in capsys.readouterr().err
    (path,) = (tmp_path / "out").glob("*.npz")
    assert path.name == "feff_Ti-L3_rutile_0000.npz"
    assert main(["dataset", "build", str(tmp_path / "out"), "--edge", "Ti L3", "--out", str(tmp_path / "l3.h5")]) == 0
    assert read_datasets([tmp_path / "l3.h5"]).edge == "L3"


def test_the_edge_alone_chooses_feff_where_the_other_engine_has_none(crystal, engine, tmp_path):
    assert main(["compute", str(crystal), "--edge", "O K", "--out", str(tmp_path / "out"), "--sites", "2,4"]) == 0
    assert [job["atom"] for job in engine] == [2, 4]


def test_a_site_that_fails_is_recorded_and_not_tried_again(crystal, engine, tmp_path, capsys):
    out = tmp_path / "out"
    command = ["compute", str(crystal), "--edge", "O K", "--engine", "feff", "--sites", "3,4", "--out", str(out)]
    assert main(command) == 1
    assert "No self-consistency." in (out / "failures.tsv").read_text(encoding="utf-8")
    assert "No self-consistency." in capsys.readouterr().err
    assert main(command) == 0
    assert [job["atom"] for job in engine] == [3, 4]
    assert main([*command, "--retry"]) == 1
    assert [job["atom"] for job in engine] == [3, 4, 3]


def test_a_damaged_result_is_set_aside_and_computed_again(crystal, engine, tmp_path, capsys):
    out = tmp_path / "out"
    compute(crystal, out)
    (path,) = out.glob("*.npz")
    path.write_bytes(path.read_bytes()[:100])
    assert compute(crystal, out) == 0
    assert len(engine) == 2
    assert path.with_name(path.name + ".damaged").exists()
    read_result(path)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--edge", "Ti L2"], "K and L3 edges"),
        (["--sites", "2"], "not Ti"),
        (["--edge", "Fe K"], "no Fe atom"),
        (["--edge", "Ti K", "--engine", "molecules"], "engine for molecules"),
        (["--displace"], "belongs to the engine for molecules"),
    ],
)
def test_what_can_not_be_asked_is_told(crystal, engine, tmp_path, capsys, more, words):
    assert compute(crystal, tmp_path / "out", *more) != 0
    assert words in capsys.readouterr().err
    assert engine == []


def test_results_become_a_data_file_from_each_sites_fermi_level(tmp_path, capsys):
    folder, out = tmp_path / "results", tmp_path / "ti.h5"
    folder.mkdir()
    for name in ("rutile", "anatase__rattled", "anatase__ideal"):
        for atom in (0, 1):
            job = SiteJob(name, rutile(), atom, "Ti", "K", "fast", 1)
            write_result(folder, SiteResult(job, site(atom, 4898.0 + atom, 200), 1e-6))
    (folder / "feff_Ti-K_broken_0000.npz").write_bytes(b"cut off")
    assert main(["dataset", "build", str(folder), "--edge", "Ti K", "--out", str(out)]) == 0
    captured = capsys.readouterr()
    assert "3 structures, 6 sites" in captured.out
    assert "feff_Ti-K_broken_0000.npz" in captured.err
    data = read_datasets([out])
    assert (data.element, data.edge, data.axis, data.unit) == ("Ti", "K", "relative", "edge step")
    assert data.energy_ev[[0, -1]].tolist() == [-30.0, 100.0], "so that blocks join one another"
    first = next(one for one in data.structures if one.name == "anatase__ideal")
    assert (first.parent, first.pbc.all()) == ("anatase", True)
    near_edge = np.array([4898.0, 4899.0]) + EDGE_OFFSET_EV["Ti"]
    np.testing.assert_allclose(first.e0_ev, near_edge, err_msg="on the scale that the window draws")
    one = site(1, points=200)
    expected = [np.interp(data.energy_ev, one.energy_ev, row) for row in one.components]
    np.testing.assert_allclose(first.tensors[1], expected, atol=2e-3)
    assert main(["dataset", "info", str(out)]) == 0
    assert "as tensors" in capsys.readouterr().out


def test_presets_are_not_mixed(tmp_path, capsys):
    for preset in ("fast", "standard"):
        job = SiteJob(f"rutile_{preset}", rutile(), 0, "Ti", "K", preset, 1)
        write_result(tmp_path, SiteResult(job, site(), 1e-6))
    assert main(["dataset", "build", str(tmp_path), "--edge", "Ti K", "--out", str(tmp_path / "x.h5")]) != 0
    assert "fast and standard" in capsys.readouterr().err


def test_files_of_one_name_and_edited_ones_are_kept_apart(crystal, engine, tmp_path, capsys):
    shift = np.zeros((6, 3))
    shift[2, 0] = 0.05
    moved = dataclasses.replace(rutile(), positions_angstrom=rutile().positions_angstrom + shift)
    other = tmp_path / "other" / "rutile.cif"
    other.parent.mkdir()
    other.write_text(cif_text(moved), encoding="utf-8")
    out = tmp_path / "out"
    files = [str(crystal), str(other), str(crystal)]
    assert main(["compute", *files, "--edge", "Ti K", "--sites", "0", "--out", str(out)]) == 0
    told = capsys.readouterr()
    assert "2 sites in" in told.out
    assert "rutile as rutile_2" in told.err
    assert "rutile is given more than once" in told.err
    names = sorted(path.name for path in out.glob("*.npz"))
    assert names == ["feff_Ti-K_rutile_0000.npz", "feff_Ti-K_rutile_2_0000.npz"]
    hashes = {read_result(path).job.structure.content_hash for path in out.glob("*.npz")}
    assert len(hashes) == 2
    crystal.write_bytes(other.read_bytes())
    assert compute(crystal, out, "--sites", "0") == 0
    assert "1 of 1 site is done already" in capsys.readouterr().err
    assert len(engine) == 2


def test_a_failure_of_another_structure_or_preset_is_no_failure_of_this(crystal, engine, tmp_path, capsys):
    command = ["compute", str(crystal), "--edge", "O K", "--sites", "3", "--out", str(tmp_path / "out")]
    assert main(command) == 1
    assert main(command) == 0
    assert "1 of 1 site had failed before and is left out" in capsys.readouterr().err
    assert main([*command, "--preset", "fast"]) == 1
    longer = rutile().cell_angstrom * [1, 1, 1.01]
    crystal.write_text(cif_text(dataclasses.replace(rutile(), cell_angstrom=longer)), encoding="utf-8")
    assert main(command) == 1
    assert len(engine) == 3
