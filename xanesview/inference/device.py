"""Which device computes, and what to do when its memory runs out."""

from __future__ import annotations

from xanesview.errors import XanesviewError


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


def device_label(device: str) -> str:
    """Return the words the status bar shows."""
    import torch

    if device.startswith("cuda"):
        return f"GPU ({torch.cuda.get_device_name(device)})"
    if device.startswith("mps"):
        return "GPU (Apple)"
    n = torch.get_num_threads()
    return f"CPU, {n} thread{'s' if n > 1 else ''}"
