"""``xanesview animate``: every frame the scene of its angle beside the spectrum of that angle."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.movie_pictures import pictures
from xanesview.cli.main import main
from xanesview.io.examples import find_example
from xanesview.io.movie_file import write_movie

BENZENE = str(find_example("benzene").path)


def test_a_gif_turns_the_arrow_and_the_spectrum_and_comes_back(tmp_path, capsys):
    out = tmp_path / "turn.gif"
    words = ["animate", BENZENE, "--theta", "0:90:45", "--size", "640x280", "--there-and-back", "--range", "283,292"]
    assert main([*words, "--sites", "0", "--out", str(out)]) == 0
    assert "4 pictures" in capsys.readouterr().out
    seen = pictures(out)
    assert [one.shape for one in seen] == [(280, 640, 3)] * 4
    scene, plot = seen[0][:, :280], seen[0][:, 300:]
    for other in (seen[1], seen[2]):
        assert np.abs(other[:, :280] - scene).max() > 100, "the arrow has turned"
        assert np.abs(other[:, 300:] - plot).max() > 100, "the spectrum has changed"
    np.testing.assert_allclose(seen[3], seen[1], atol=40)  # on the way back; GIF has 255 colours a frame
    assert "c_k_edge_tensor" in Image.open(out).info["comment"].decode()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--out", "x.avi"], "can't be written as"),
        (["--out", "x.gif", "--rate", "0"], "--rate is “0”"),
        (["--out", "x.gif", "--theta", "0:90:0.01"], "angles are too many"),
        (["--out", "x.gif", "--theta", "30"], "gives a series"),
        (["--out", "x.gif", "--size", "9x9"], ""),
    ],
)
def test_what_makes_no_movie_is_refused(more, said, capsys):
    theta = [] if "--theta" in more else ["--theta", "0:90:45"]
    assert main(["animate", BENZENE, *theta, *more]) == 2
    assert said in capsys.readouterr().err


def test_an_mp4_is_written_or_its_package_named(tmp_path, capsys):
    pictures = (np.full((64, 96, 3), level, np.uint8) for level in (0, 128, 255))
    target = tmp_path / "a.mp4"
    try:
        import imageio_ffmpeg  # noqa: F401
    except ImportError:
        assert main(["animate", BENZENE, "--theta", "0:90:45", "--out", str(target)]) == 2
        assert "extra “movie”" in capsys.readouterr().err
        return
    assert write_movie(target, pictures, 10.0) == 3
    assert target.read_bytes()[4:8] == b"ftyp"


def test_a_trajectory_goes_on(tmp_path, capsys):
    path, out = tmp_path / "turning.xyz", tmp_path / "turning.gif"
    turning = np.linspace(0.0, np.pi / 2, 4)
    path.write_text("".join(f"2\nf\nC 0 0 0\nO {1.13 * np.sin(a):.4f} 0 {1.13 * np.cos(a):.4f}\n" for a in turning))
    words = ["animate", str(path), "--frames", "1:4:3", "--polarisation", "0,0,1", "--size", "640x280", "--dark"]
    assert main([*words, "--out", str(out)]) == 0
    assert "frames 1 to 4, ε = (0.00, 0.00, 1.00), 2 pictures" in capsys.readouterr().out
    first, last = pictures(out)
    assert np.abs(first[:, :280] - last[:, :280]).max() > 100, "the molecule has turned"
    assert np.abs(first[:, 300:] - last[:, 300:]).max() > 100, "π* of CO lies across the bond"
    assert first[0, 0].max() < 100, "a dark ground"


@pytest.mark.parametrize("text", ["3", "2:1", "0:2", "1:9", "a:b", "1:2:0"])
def test_frames_that_are_not_there_are_refused(text, tmp_path, capsys):
    path = tmp_path / "two.xyz"
    path.write_text("2\nf\nC 0 0 0\nO 0 0 1.13\n" * 2)
    assert main(["animate", str(path), "--frames", text, "--out", str(tmp_path / "x.gif")]) == 2
    assert "frames" in capsys.readouterr().err


def test_one_structure_has_no_frames(tmp_path, capsys):
    assert main(["animate", BENZENE, "--frames", "all", "--out", str(tmp_path / "x.gif")]) == 2
    assert "holds one structure" in capsys.readouterr().err
