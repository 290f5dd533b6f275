"""A saved session on the command line and in scripts: its figure and its curves, without a window."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

import xanesview
from xanesview.cli.main import main
from xanesview.errors import XanesviewError
from xanesview.io.session_file.session_file import read_session_file, write_session_file
from xanesview.io.spectra.curves import exported_curves
from xanesview.io.spectra.measurement_file import read_tables

SESSION = Path(__file__).resolve().parents[2] / "data" / "session" / "version_0_2_0.xanesview"


def test_a_session_is_drawn_with_all_its_curves(tmp_path: Path, capsys) -> None:
    assert main(["plot", str(SESSION), "--out", str(tmp_path / "own.svg")]) == 0
    assert "6 curves" in capsys.readouterr().out
    svg = (tmp_path / "own.svg").read_text(encoding="utf-8")
    for told in ("isotropic average", "Benzene", "Angle (°)"):
        assert told in svg
    assert main(["plot", str(SESSION), "--title", "A film", "--preset", "double", "--range", "284,290",
                 "--out", str(tmp_path / "asked.svg")]) == 0  # fmt: skip
    svg = (tmp_path / "asked.svg").read_text(encoding="utf-8")
    assert ">A film<" in svg
    assert ">300<" not in svg


def test_its_curves_are_the_same_numbers_in_a_table_and_in_a_script(tmp_path: Path) -> None:
    assert main(["convert", str(SESSION), "--out", str(tmp_path / "curves.csv")]) == 0
    table, session = exported_curves(tmp_path / "curves.csv"), xanesview.open_session(SESSION)
    assert [one.label for one in table] == [one.label for one in session.spectra()]
    for one, two in zip(table, session.spectra(), strict=True):
        np.testing.assert_allclose(one.intensity, two.intensity, rtol=1e-6)
    shown = session.shown.structure.content_hash
    kept = next(one.tensor for one in session.work.predictions if one.structure_hash == shown)
    mean = session.spectra()[1]
    assert mean.label == "isotropic average"
    assert mean.provenance["drawn_as"].startswith("measured") is session.work.session.as_measured
    assert mean.energy_ev.size == kept.energy_ev.size
    assert repr(session).startswith("<OpenedSession version_0_2_0.xanesview: ")
    assert main(["convert", str(SESSION), "--out", str(tmp_path / "film.prj")]) == 0
    assert "film_20deg" in xanesview_groups(tmp_path / "film.prj")


def xanesview_groups(path: Path) -> str:
    import gzip

    return gzip.decompress(path.read_bytes()).decode() if path.read_bytes()[:2] == b"\x1f\x8b" else path.read_text()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--theta", "30"], "A polarisation does not change"),
        (["--network", "c_k_edge_tensor"], "--network does not change"),
        (["--unit", "eV"], "--unit does not change"),
        (["--sites", "all"], "--sites does not change"),
    ],
)
def test_what_a_session_has_decided_is_refused(tmp_path: Path, capsys, options, words) -> None:
    assert main(["plot", str(SESSION), *options, "--out", str(tmp_path / "a.pdf")]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "a.pdf").exists()


def test_a_session_stands_alone_and_other_files_are_told_apart(tmp_path: Path, capsys) -> None:
    other = tmp_path / "a.xyz"
    other.write_text("1\n\nC 0 0 0\n")
    assert main(["plot", str(SESSION), str(other), "--out", str(tmp_path / "a.pdf")]) == 2
    assert "makes a figure by itself" in capsys.readouterr().err
    with pytest.raises(XanesviewError, match="no session"):
        xanesview.open_session(other)


def test_a_session_in_the_place_of_another_file_is_called_by_its_name(tmp_path: Path, capsys) -> None:
    assert main(["predict", str(SESSION), "--out", str(tmp_path / "a.csv")]) == 1
    assert "a saved session, not a structure" in capsys.readouterr().err
    with pytest.raises(XanesviewError, match="a saved session"):
        xanesview.open(SESSION)
    with pytest.raises(XanesviewError, match="a saved session"):
        read_tables(SESSION)


@pytest.mark.parametrize("sites", ["x", "0 999999", "-1", "", "1 2 ²"])
def test_a_frozen_curve_whose_sites_are_garbled_is_named_otherwise(tmp_path: Path, sites: str) -> None:
    work = read_session_file(SESSION)
    garbled = [
        dataclasses.replace(one, spectrum=one.spectrum.replace(provenance={**one.spectrum.provenance, "sites": sites}))
        for one in work.session.frozen * 2
    ]
    path = tmp_path / "garbled.xanesview"
    write_session_file(path, work.replace(session=work.session.replace(frozen=tuple(garbled))))
    assert len(xanesview.open_session(path).spectra()) == 7
