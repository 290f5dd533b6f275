"""One door to files of images and series. A new format is a file with its functions and a line in `FORMATS`.

Readers are functions ``(path, signal, energy) -> list of Stack``, the one that is meant first.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.errors import XanesviewError
from xanesview.io import file_format
from xanesview.io.file_format import Format
from xanesview.io.text_file import HDF5_MAGIC, begins_with, check_is_file, read_head

if TYPE_CHECKING:
    from xanesview.domain.images.spectrum_image import SpectrumImage

_ROOM = "xanesview.io.images"
HYPERSPY = Format("HyperSpy", (".hspy",), f"{_ROOM}.hyperspy", "", "read_hyperspy", magic=HDF5_MAGIC,
                  recognise="is_hyperspy")  # fmt: skip
NEXUS = Format("Images in NeXus and HDF5", (".nxs", ".h5", ".hdf5"), f"{_ROOM}.nexus_stack", "", "read_stacks",
               magic=HDF5_MAGIC, recognise="is_image")  # fmt: skip
FORMATS = (HYPERSPY, NEXUS)
IMAGE_FILTERS = file_format.dialog_filter("Images and series", FORMATS)
"""For file dialogs."""


def is_image_file(path: str | Path) -> bool:
    """Tell by its content whether a file holds a spectrum image or a series of spectra."""
    return file_format.of_file(FORMATS, path) is not None


def read_image(path: str | Path, signal: str | None = None, energy: str | None = None, unit: str = "") -> SpectrumImage:
    """Return the image or series of a file; its spectra are read when they are wanted.

    Parameters
    ----------
    path : file
    signal : path of its dataset in HDF5, or name of the signal in a file of HyperSpy; the first one without
    energy : path or name of its energies
    unit : of the energies, where the file doesn't say it

    Raises
    ------
    XanesviewError
        With one sentence and a hint, for anything that can't be used.
    """
    from xanesview.domain.structure import Notice
    from xanesview.io.images.hyperspy import is_hyperspy
    from xanesview.io.images.stack import image_of

    path = Path(path).expanduser()
    check_is_file(path)
    if not begins_with(read_head(path), HDF5_MAGIC):
        raise XanesviewError(
            f"{path.name} is no HDF5 file, and images are read from those.", "Save it as HDF5, NeXus or .hspy."
        )
    found = HYPERSPY if is_hyperspy(path) else NEXUS
    stacks = found.function("read")(path, signal, energy)
    image = image_of(path, stacks[0], unit)
    if len(stacks) > 1:
        others = ", ".join(one.dataset for one in stacks[1:6])
        told = Notice("image-choice", f"{stacks[0].dataset} is shown; {path.name} has {others}, too.")
        image = image.replace(notices=(*image.notices, told), datasets=tuple(one.dataset for one in stacks))
    return image
