"""What a scene can be written as, and what is said where it can't."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from xanesview.drawing3d import rendering
from xanesview.drawing3d.drawing import Drawing
from xanesview.drawing3d.export import FILTERS, KINDS, kind_of, write
from xanesview.errors import XanesviewError

_MAGIC = {".png": b"\x89PNG", ".jpg": b"\xff\xd8", ".glb": b"glTF", ".gltf": b"{", ".html": b"<!DOCTYPE html>"}


@pytest.fixture
def without_drivers(monkeypatch: pytest.MonkeyPatch):
    """A machine on which neither EGL nor X nor OSMesa draws."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", rendering.WINDOW_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("__EGL_VENDOR_LIBRARY_DIRS", "/nowhere")
    monkeypatch.setenv("LIBGL_DRIVERS_PATH", "/nowhere")
    rendering.rendering_window.cache_clear()
    yield
    rendering.rendering_window.cache_clear()


@pytest.mark.parametrize("ending", list(_MAGIC))
def test_the_ending_says_what_is_written(drawing: Drawing, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"Benzene{ending.upper()}"
    write(drawing, path)
    assert path.read_bytes().startswith(_MAGIC[ending])


def test_every_kind_is_offered_in_the_file_dialog() -> None:
    assert FILTERS.split(";;")[0] == "PNG picture (*.png)"
    assert all(f"*{ending}" in FILTERS for kind in KINDS for ending in kind.endings)


def test_an_ending_that_nothing_writes_is_told_with_those_there_are() -> None:
    with pytest.raises(XanesviewError) as caught:
        kind_of(Path("scene.stl"))
    assert "scene.stl" in caught.value.message
    assert ".png, .jpg, .glb, .gltf or .html" in caught.value.hint


def test_a_jpeg_cannot_be_transparent(drawing: Drawing, tmp_path: Path) -> None:
    with pytest.raises(XanesviewError, match="transparent"):
        write(drawing, tmp_path / "a.jpg", transparent=True)
    assert list(tmp_path.iterdir()) == []


def test_without_drivers_a_sentence_says_so_and_scenes_are_written_all_the_same(
    drawing: Drawing, tmp_path: Path, without_drivers: None
) -> None:
    with pytest.raises(XanesviewError) as caught:
        write(drawing, tmp_path / "a.png")
    assert caught.value.message == (
        "This machine can't draw pictures without a window: VTK found no OpenGL driver."
    )
    assert ".glb" in caught.value.hint
    assert list(tmp_path.iterdir()) == []
    write(drawing, tmp_path / "a.glb")
    assert (tmp_path / "a.glb").stat().st_size > 10_000


def test_the_choice_of_render_window_does_not_outlast_its_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(rendering.WINDOW_VARIABLE, raising=False)
    with rendering.windows_of("vtkEGLRenderWindow"):
        assert os.environ[rendering.WINDOW_VARIABLE] == "vtkEGLRenderWindow"
    assert rendering.WINDOW_VARIABLE not in os.environ
    with rendering.windows_of(""):
        assert rendering.WINDOW_VARIABLE not in os.environ
