"""Whether a file of weights is whole, found from its head alone, without torch and without reading the weights."""

from __future__ import annotations

from pathlib import Path

from safetensors import SafetensorError, safe_open

from xanesview.errors import XanesviewError
from xanesview.limits import LARGEST_WEIGHTS, check_bytes


def check_weights(path: Path) -> None:
    """Check a file of weights: its head tells which tensors lie where, and they must fill the file.

    Raises
    ------
    XanesviewError
        for a file that is missing, damaged, cut off, or larger than any network that this program reads.
    """
    bundle = path.parent.name
    try:
        if not path.is_file():
            raise XanesviewError(f"The weights ({path.name}) are missing.", f"Fetch {bundle} again.")
        check_bytes(path.stat().st_size, LARGEST_WEIGHTS, f"The weights of {bundle}", "Choose another network.")
        with safe_open(str(path), framework="numpy"):
            pass
    except (SafetensorError, OSError, ValueError) as error:
        raise XanesviewError(f"The weights of {bundle} cannot be read ({error}).", "Fetch the bundle again.") from error
