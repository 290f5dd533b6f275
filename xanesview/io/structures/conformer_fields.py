"""What a frame of a file says of a conformer: energy above the lowest, share, how often it counts, temperature."""

from __future__ import annotations

from collections.abc import Mapping

from xanesview.domain.conformer import Conformer
from xanesview.errors import XanesviewError
from xanesview.io.text_file import number


def conformer_fields(conformer: Conformer) -> dict[str, str]:
    """Return what a file says of a conformer, by the names of its fields."""
    return {
        "energy_above_lowest": f"{conformer.above_lowest_ev:.6f}", "share": f"{conformer.share:.6f}",
        "counts": f"{conformer.times:g}", "temperature": f"{conformer.temperature_k:g}",
    }  # fmt: skip


def conformer_of(fields: Mapping[str, str]) -> Conformer | None:
    """Return the conformer of a file's fields; None where they don't tell of one, or of none that can be."""
    try:
        energy, share, times, kelvins = (
            number(fields[key], key) for key in ("energy_above_lowest", "share", "counts", "temperature")
        )
    except (KeyError, XanesviewError):
        return None
    sound = energy >= 0.0 and 0.0 <= share <= 1.0 and 0.0 < times < 1000.0 and 0.0 < kelvins < 1e5
    return Conformer(energy, share, times, kelvins) if sound else None
