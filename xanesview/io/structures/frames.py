"""Files of several structures: which frame is read, and what is said of the others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from xanesview.domain.counts import counted
from xanesview.domain.structure import SEVERAL_FRAMES, Notice
from xanesview.errors import XanesviewError


def frames_notice(count: int, used: str) -> list[Notice]:
    """Return the notice for a file of several structures, of which one is used."""
    if count <= 1:
        return []
    return [
        Notice(
            SEVERAL_FRAMES,
            f"The file holds {counted(count, 'structure')}; the {used} one was read.",
            "Save another one into a file of its own to open it.",
        )
    ]


def cut_notice(is_cut: bool, asked: int | None) -> list[Notice]:
    """Return the notice for a file that ends amid a structure after complete ones, unless a frame was asked for."""
    if not is_cut or asked is not None:
        return []
    return [
        Notice(
            "cut-off",
            "The file ends amid another structure, which was left out.",
            "It is still being written, or was cut off.",
        )
    ]


def unended_notice(missing: str) -> list[Notice]:
    """Return the notice for a file whose only structure lacks what ends it, such as “ENDMDL”."""
    return [
        Notice(
            "cut-off",
            f"The file has no {missing}, so that atoms may be missing.",
            "It is cut off, or was written without its end.",
        )
    ]


def chosen_frame(path: Path, count: int, asked: int | None, default: int) -> dict[str, int]:
    """Return which frame of a trajectory to read, as fields of the structure: ``frame`` and ``n_frames``.

    Parameters
    ----------
    path : the file, for the error
    count : so many frames it holds
    asked : frame from 0, or from the end below 0; None for the default
    default : frame that the format is read at, likewise

    Raises
    ------
    XanesviewError
        If there is no such frame.
    """
    frame = default if asked is None else asked
    if not -count <= frame < count:
        raise XanesviewError(
            f"{path.name} holds {counted(count, 'structure')}; there is no frame {frame + 1:,}.",
            f"Give a frame from 1 to {count:,}." if count > 1 else "Leave the frame out.",
        )
    return {"frame": frame % count, "n_frames": count}


def frame_notice(fields: Mapping[str, int], asked: int | None) -> list[Notice]:
    """Return the notice for a file of several frames, of which none was asked for."""
    frame, count = fields["frame"], fields["n_frames"]
    if count <= 1 or asked is not None:
        return []
    return [
        Notice(
            SEVERAL_FRAMES,
            f"The file holds {counted(count, 'structure')}; the {'first' if frame == 0 else 'last'} one was read.",
            "Choose another one by its frame.",
        )
    ]
