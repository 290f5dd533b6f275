"""What the command line asks of the window."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FIRST_EXAMPLE = "benzene"


@dataclass(frozen=True)
class Launch:
    """What the command line asks of the window.

    Attributes
    ----------
    files, smiles, example
        What to open; the first example where none is given.
    relax
        How molecules from SMILES are relaxed: "none", "mmff" or "gfn2".
    screenshot
        Picture to write once the spectrum stands; the program ends then.
    size
        Width and height of the window in device-independent pixels.
    """

    files: tuple[Path, ...] = ()
    smiles: str | None = None
    relax: str = "gfn2"
    example: str | None = None
    screenshot: Path | None = None
    theme: str | None = None
    fresh: bool = False
    size: tuple[int, int] | None = None
    network: str | None = None

    @property
    def shown_example(self) -> str:
        """The example to show where nothing else is named."""
        return self.example or FIRST_EXAMPLE
