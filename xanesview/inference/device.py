"""Which device computes, and what to do when its memory runs out."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from xanesview.errors import XanesviewError

SHARED_WORK_EDGES = 4000

#: What drivers of graphics processors put there on Linux: NVIDIA's, that of Windows for Linux in it, and AMD's.
_NODES = ("/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg", "/dev/kfd")


def may_have_gpu() -> bool:
    """Return whether it is worth loading torch, which takes seconds, to look for a graphics processor."""
    return not sys.platform.startswith("linux") or any(Path(node).exists() for node in _NODES)


def choose_device(wanted: str = "auto") -> str:
    """Return a torch device name: CUDA before MPS before CPU when ``auto``.

    Raises
    ------
    XanesviewError
        when a device asked for by name is not there.
    """
    import torch

    cuda, mps = torch.cuda.is_available(), torch.backends.mps.is_available()
    if wanted == "auto":
        return "cuda" if cuda else "mps" if mps else "cpu"
    kind = wanted.split(":")[0]
    if kind not in ("cpu", "cuda", "mps") or (kind == "cuda" and not cuda) or (kind == "mps" and not mps):
        raise XanesviewError(f"The device '{wanted}' is not available here.", "Use --device auto or cpu.")
    return wanted


#: What CUDA's libraries and Apple's say of full memory in errors that have no type of their own.
_FULL = ("out of memory", "STATUS_ALLOC_FAILED")


def ran_out_of_memory(error: RuntimeError) -> bool:
    """Tell whether an error of torch's says that a device's memory is full."""
    import torch

    return isinstance(error, torch.OutOfMemoryError) or any(words in str(error) for words in _FULL)


_sharing = 1


def share_processor(processes: int) -> None:
    """Say that so many processes, this one among them, compute at the same time: each takes its share of the cores."""
    global _sharing
    _sharing = processes


def processor_threads(n_edges: int | None = None) -> int:
    """Return how many threads to compute with: one core stays free for the window.

    A molecule's operations are too small to share (with two threads they took four times as long as with one), so a
    small graph
    gets one thread.
    """
    free = max(1, min(8, (os.cpu_count() or 2) // _sharing - (_sharing == 1)))
    return 1 if n_edges is not None and n_edges < SHARED_WORK_EDGES else free


def device_label(device: str) -> str:
    """Return the words the status bar shows."""
    import torch

    if device.startswith("cuda"):
        return f"GPU ({torch.cuda.get_device_name(device)})"
    if device.startswith("mps"):
        return "GPU (Apple)"
    n = processor_threads()
    return f"CPU, {n} thread{'s' if n > 1 else ''}"
