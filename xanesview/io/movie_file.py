"""Movies as files: GIF and WebP by Pillow, MP4 by ffmpeg where the extra “movie” is installed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xanesview.errors import XanesviewError, extra_hint
from xanesview.io.atomic import atomic_write, write_bytes

if TYPE_CHECKING:
    from PIL import Image

ENDINGS = (".gif", ".webp", ".mp4")


def check_movie_name(path: Path) -> None:
    """Refuse a name that no movie has, and MP4 without what writes it.

    Raises
    ------
    XanesviewError
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise XanesviewError(f"A movie can't be written as “{path.name}”.", f"End the name in {', '.join(ENDINGS)}.")
    if ending == ".mp4":
        _ffmpeg()


def write_movie(path: str | Path, frames: Iterable[np.ndarray], frames_per_second: float, comment: str = "") -> int:
    """Write pictures one after the other as a movie, completely or not at all; returns how many.

    Parameters
    ----------
    path : ends with .gif, .webp or .mp4
    frames : (H, W, 3) uint8 arrays of one size, H and W even
    frames_per_second : float
    comment : what the movie shows, for the file's own metadata (GIF)

    Raises
    ------
    XanesviewError
        For another ending, no frame, or where the file can't be written.
    """
    path = Path(path)
    check_movie_name(path)
    frames = iter(frames)
    first = next(frames, None)
    if first is None:
        raise XanesviewError("A movie needs a picture.", "Give a series of angles.")
    if path.suffix.lower() == ".mp4":
        with atomic_write(path) as target:
            return _write_mp4(target, chain([first], frames), first.shape, frames_per_second)
    content, count = _packed(path.suffix.lower(), first, frames, frames_per_second, comment)
    write_bytes(path, content)
    return count


def _packed(
    ending: str, first: np.ndarray, frames: Iterator[np.ndarray], rate: float, comment: str
) -> tuple[memoryview, int]:
    """Return a GIF or WebP as bytes, and how many pictures it holds."""
    count = 1

    def others() -> Iterator[Image.Image]:
        nonlocal count
        for frame in frames:
            count += 1
            yield _picture(frame, ending)

    told = {"comment": comment.encode("utf-8", "replace")} if comment and ending == ".gif" else {}
    packed = BytesIO()
    _picture(first, ending).save(
        packed, format=ending[1:].upper(), save_all=True, append_images=others(), duration=round(1000.0 / rate), loop=0,
        **told,
    )  # fmt: skip
    return packed.getbuffer(), count


def _picture(frame: np.ndarray, ending: str) -> Image.Image:
    from PIL import Image

    picture = Image.fromarray(frame)
    # One table of colours a frame, without dither: flat grounds stay flat, and files small.
    return picture.quantize(colors=255, dither=Image.Dither.NONE) if ending == ".gif" else picture


def _write_mp4(target: Path, frames: Iterable[np.ndarray], shape: tuple[int, ...], rate: float) -> int:
    height, width = shape[:2]
    writer = _ffmpeg().write_frames(str(target), (width, height), fps=rate, quality=8, macro_block_size=2)
    writer.send(None)
    count = 0
    try:
        for frame in frames:
            writer.send(np.ascontiguousarray(frame))
            count += 1
    finally:
        writer.close()
    return count


def _ffmpeg():
    try:
        import imageio_ffmpeg
    except ImportError as error:
        raise XanesviewError(
            "MP4 needs the package imageio-ffmpeg.", f"{extra_hint('movie')} GIF and WebP need nothing."
        ) from error
    return imageio_ffmpeg
