"""Files that torch.save wrote: read as numbers and names only, never as code, and only where nothing is lost."""

from __future__ import annotations

import lzma
import pickle
import tarfile
import warnings
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError

from xanesview.errors import DamagedFileError, OddContent, XanesviewError, in_plain_words
from xanesview.io.atomic import write_bytes
from xanesview.io.text_file import refuse_pipe
from xanesview.limits import LARGEST_WEIGHTS, check_bytes, size

# Lists of losses may hold numbers of numpy, under its old or new name; these names build numbers and nothing else.
_HARMLESS = [
    np._core.multiarray.scalar,
    (np._core.multiarray.scalar, "numpy.core.multiarray.scalar"),
    np.dtype,
    np.dtypes.Float64DType,
    np.dtypes.Float32DType,
]
# How torch refuses formats that it reads only by running what they hold.
_RUNS_CODE = ("TorchScript", "legacy .tar", "``weights_only=True``", "weights_only=False")
_ARCHIVE = b"PK\x03\x04"
_PICKLED = b"\x80"
"""How files of torch begin, and those of its older format."""
#: To so many times its own size a file may unfold: parts of torch's archives lie there as they are.
_MOST_UNFOLDED = 2.0
_DAMAGE = (
    RuntimeError, EOFError, OSError, ValueError, KeyError, IndexError, AttributeError, TypeError, OverflowError,
    MemoryError, SafetensorError,  # torch reads files by the ending .safetensors, too
)  # fmt: skip


def write_torch_file(path: str | Path, content: object) -> None:
    """Write tensors, numbers and text, completely or not at all.

    Raises
    ------
    XanesviewError
        If the file can't be written.
    """
    stream = BytesIO()
    torch.save(content, stream)
    write_bytes(path, stream.getbuffer())


def read_torch_file(path: str | Path, in_place: bool = False) -> object:
    """Return what a file holds, on the CPU.

    Parameters
    ----------
    path : str or Path
        A file that `torch.save` wrote.
    in_place : bool
        Leave the tensors on the disk until they are used; the file must not change meanwhile.

    Raises
    ------
    FileNotFoundError
        If there is none.
    DamagedFileError
        If it was cut off or changed, or is no such file.
    XanesviewError
        If it holds more than numbers: reading it could run code.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(path)
    check_bytes(path.stat().st_size, 4 * LARGEST_WEIGHTS, path.name, "Choose another file.")  # with an optimiser's
    try:
        refuse_pipe(path)
        _check_sums(path)
        with torch.serialization.safe_globals(_HARMLESS), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what torch mutters of formats that are refused
            return torch.load(
                path, map_location="cpu", weights_only=True, mmap=(in_place and zipfile.is_zipfile(path)) or None
            )
    except pickle.UnpicklingError as error:
        raise XanesviewError(
            f"{path.name} was refused: it holds more than numbers, and reading it could run code.",
            "Use the file as its authors published it, or save its state_dict anew.",
        ) from error
    except OddContent as error:
        raise DamagedFileError(
            f"{path.name} is not a checkpoint that torch can read ({in_plain_words(error)}).", "Fetch the file again."
        ) from error
    except _DAMAGE as error:
        if any(words in str(error) for words in _RUNS_CODE):
            raise XanesviewError(
                f"{path.name} was refused: its format may hold code (TorchScript, or torch's oldest format).",
                "Save its state_dict anew with torch.save.",
            ) from error
        raise DamagedFileError(
            f"{path.name} is not a checkpoint that torch can read ({in_plain_words(error)}).",
            "Fetch the file again.",
        ) from error


def _check_sums(path: Path) -> None:
    """Compare the check sums of an archive, which torch itself does not: numbers that flipped would be believed.

    Raises
    ------
    OddContent
        If something was changed or cut off. What is no archive (torch's older format) has no sums.
    """
    with path.open("rb") as stream:
        head = stream.read(512)
    if not any(head):  # torch takes zeros for an archive of its oldest kind
        raise OddContent("it holds zeros only" if head else "it is empty")
    if not head.startswith(_ARCHIVE):
        known = path.suffix == ".safetensors" or head.startswith(_PICKLED) or tarfile.is_tarfile(path)
        if not known:  # torch tells its oldest kind, a tar, itself, and refuses it
            raise OddContent("it begins as no checkpoint does")
        return
    try:
        with zipfile.ZipFile(path) as archive:
            unfolded = sum(part.file_size for part in archive.infolist())
            if unfolded > _MOST_UNFOLDED * path.stat().st_size:  # torch packs nothing
                raise OddContent(f"its parts are packed, and unfold to {size(unfolded)}")
            changed = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError) as error:
        raise OddContent("it is cut off or changed") from error
    if changed is not None:
        raise OddContent(f"{changed} was changed")
