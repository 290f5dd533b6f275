"""process: the same numbers as the domain's, provenance, and files that fail don't stop the others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.synthetic_scans import SCANS, energies, intensities
from xanesview.cli.main import main
from xanesview.domain.processing.applied import apply, processed
from xanesview.io.recipe_file import read_recipe
from xanesview.io.spectra.curves import exported_curves
from xanesview.io.spectra.spectrum_file import read_spectrum
from xanesview.paths import resource

SCAN = SCANS[0]


def guide_recipe() -> str:
    """Return the recipe that the guide's page shows, as it stands there."""
    lines = resource("docs", "processing.md").read_text(encoding="utf-8").splitlines()
    first = lines.index("    # recipe.toml")
    last = next(k for k in range(first, len(lines)) if lines[k] and not lines[k].startswith("    "))
    return "\n".join(line[4:] for line in lines[first:last]) + "\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for k in range(3):
        np.savetxt(tmp_path / f"scan_{k}.dat", np.column_stack([energies(SCAN), intensities(SCAN, seed=k)]))
    (tmp_path / "recipe.toml").write_text(guide_recipe(), encoding="utf-8")
    return tmp_path


def test_the_guide_s_recipe_gives_the_numbers_of_the_domain(folder, capsys):
    scans = [str(folder / f"scan_{k}.dat") for k in range(3)]
    assert main(["process", *scans, "--recipe", str(folder / "recipe.toml"), "--out", str(folder / "out")]) == 0
    steps = read_recipe(folder / "recipe.toml")
    assert [step.kind for step in steps] == ["deglitch", "e0", "edge_step"]
    for k in range(3):
        raw = read_spectrum(folder / f"scan_{k}.dat")
        energy, mu, facts = apply(steps, raw.energy_ev, raw.intensity)
        (written,) = exported_curves(folder / "out" / f"scan_{k}.csv")
        np.testing.assert_array_equal(written.energy_ev, energy)
        np.testing.assert_array_equal(written.intensity, mu)
        assert written.unit == "edge steps"
        assert written.provenance["recipe"] == "recipe.toml"
        assert written.provenance["file"] == f"scan_{k}.dat"
        for number, line in enumerate(facts["lines"], start=1):
            assert written.provenance[f"step {number}"] == line
    out = capsys.readouterr().out
    assert out.count("3 steps, E0 711") == 3
    assert "edge step 0.9" in out


def test_what_was_processed_is_read_and_processed_again(folder):
    recipe = folder / "second.json"
    recipe.write_text('{"steps": [{"kind": "gaussian", "fwhm_ev": 2.0}]}', encoding="utf-8")
    scan, out = str(folder / "scan_0.dat"), folder / "out"
    assert main(["process", scan, "--recipe", str(folder / "recipe.toml"), "--out", str(out), "--quiet"]) == 0
    again = ["process", str(out / "scan_0.csv"), "--recipe", str(recipe), "--out", str(folder / "again")]
    assert main(again) == 0
    (once,), (twice,) = exported_curves(out / "scan_0.csv"), exported_curves(folder / "again" / "scan_0.csv")
    np.testing.assert_array_equal(twice.intensity, processed(once, read_recipe(recipe)).intensity)
    assert twice.native_fwhm_ev == 2.0


def test_a_file_that_fails_is_told_and_the_others_are_written(folder, capsys):
    np.savetxt(folder / "flat.dat", np.column_stack([energies(SCAN), np.ones(len(energies(SCAN)))]))
    names = [str(folder / name) for name in ("flat.dat", "missing.dat", "scan_0.dat")]
    assert main(["process", *names, "--recipe", str(folder / "recipe.toml"), "--out", str(folder / "out")]) == 1
    told = capsys.readouterr()
    assert "error: flat.dat: Step 2, e0: The intensity rises nowhere" in told.err
    assert "missing.dat" in told.err
    assert "2 of 3 files could not be processed" in told.err
    assert [path.name for path in (folder / "out").iterdir()] == ["scan_0.csv"]


def test_scans_are_merged_and_the_outlier_is_named(folder, capsys):
    np.savetxt(folder / "odd.dat", np.column_stack([energies(SCAN), intensities(SCAN) ** 2]))
    names = [str(folder / name) for name in ("scan_0.dat", "scan_1.dat", "scan_2.dat", "odd.dat")]
    arguments = ["process", *names, "--recipe", str(folder / "recipe.toml"), "--out", str(folder / "out"), "--merge"]
    assert main(arguments) == 0
    assert "Unlike the other scans, but in the mean: odd.dat" in capsys.readouterr().err
    (mean,) = exported_curves(folder / "out" / "merged.csv")
    each = [exported_curves(folder / "out" / f"{Path(name).stem}.csv")[0].intensity for name in names]
    np.testing.assert_allclose(mean.intensity, np.mean(each, axis=0))
    assert mean.band is not None


def test_a_mean_holds_the_steps_and_the_e0_of_its_scans(folder):
    names = [str(folder / f"scan_{k}.dat") for k in range(3)]
    arguments = ["process", *names, "--recipe", str(folder / "recipe.toml"), "--out", str(folder / "out"), "--merge"]
    assert main(arguments) == 0
    (mean,) = exported_curves(folder / "out" / "merged.csv")
    each = [exported_curves(folder / "out" / f"scan_{k}.csv")[0] for k in range(3)]
    lines = [step.describe() for step in read_recipe(folder / "recipe.toml")]
    assert [mean.provenance[f"step {k}"][: len(line)] for k, line in enumerate(lines, start=1)] == lines
    found = [float(one.provenance["processed e0_ev"]) for one in each]
    assert float(mean.provenance["processed e0_ev"]) == pytest.approx(np.mean(found))
    assert [float(word) for word in mean.provenance["processed e0_ev of each scan"].split(",")] == found
    assert mean.provenance["recipe"] == "recipe.toml"
    assert "file" not in mean.provenance


def test_curves_that_a_recipe_names_are_files_beside_it_or_on_the_line(folder):
    np.savetxt(folder / "i0.dat", np.column_stack([energies(SCAN), np.full(len(energies(SCAN)), 4.0)]))
    (folder / "kept").mkdir()
    recipe = folder / "recipe.toml"
    recipe.write_text('[[steps]]\nkind = "i0"\ncurve = "i0.dat"\n', encoding="utf-8")
    line = ["process", str(folder / "scan_0.dat"), "--recipe", str(recipe), "--out", str(folder / "out")]
    assert main(line) == 0
    (beside,) = exported_curves(folder / "out" / "scan_0.csv")
    np.testing.assert_allclose(beside.intensity, read_spectrum(folder / "scan_0.dat").intensity / 4.0)
    recipe.write_text('[[steps]]\nkind = "subtract"\ncurve = "scan_0"\n', encoding="utf-8")
    assert main(line) == 0
    np.testing.assert_array_equal(exported_curves(folder / "out" / "scan_0.csv")[0].intensity, 0.0)


def test_what_a_file_leaves_open_is_answered_on_the_line(folder):
    mu = intensities(SCAN, seed=0)
    first, transmitted = np.full(len(mu), 5.0e5), 5.0e5 * np.exp(-mu)
    columns = np.column_stack([energies(SCAN), first, transmitted, 7.0 * mu])
    np.savetxt(folder / "beam.dat", columns, header="energy I0 It other", comments="# ")
    (folder / "nothing.toml").write_text('[[steps]]\nkind = "crop"\n', encoding="utf-8")
    line = ["process", str(folder / "beam.dat"), "--recipe", str(folder / "nothing.toml"), "--out", str(folder / "out")]
    for signal, expected in (("ln(I0/It)", mu), ("other", 7.0 * mu)):
        assert main([*line, "--signal", signal]) == 0
        (found,) = exported_curves(folder / "out" / "beam.csv")
        np.testing.assert_allclose(found.intensity, expected, atol=1e-6 * np.abs(expected).max())


def test_wrong_lines_are_told(folder, capsys):
    scan, recipe = str(folder / "scan_0.dat"), str(folder / "recipe.toml")
    assert main(["process", scan, "--recipe", recipe, "--out", str(folder / "out.csv")]) == 2
    assert "is no folder" in capsys.readouterr().err
    assert main(["process", scan, "--recipe", str(folder / "none.toml"), "--out", str(folder / "out")]) == 1
    assert main(["process", scan, "--out", str(folder / "out")]) == 2
    np.savetxt(folder / "scan_0.csv", np.column_stack([energies(SCAN), intensities(SCAN)]), delimiter=",")
    assert main(["process", str(folder / "scan_0.csv"), "--recipe", recipe, "--out", str(folder)]) == 2
    assert "not written over" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["../scan_1.dat", "/etc/passwd", "sub/scan_1.dat"])
def test_a_curve_that_a_recipe_names_lies_beside_it(folder, capsys, name):
    recipe = folder / "recipe.toml"
    recipe.write_text(f'[[steps]]\nkind = "subtract"\ncurve = "{name}"\n', encoding="utf-8")
    words = [str(folder / "scan_0.dat"), "--recipe", str(recipe), "--out", str(folder / "out")]
    assert main(["process", *words]) == 1
    assert "neither on the command line nor beside it" in capsys.readouterr().err
