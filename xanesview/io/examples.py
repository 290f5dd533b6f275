"""The structures that come with the program, and the reference spectra that belong to them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.io.example_index import Example, examples, find_example

if TYPE_CHECKING:
    from xanesview.domain.absorption import AbsorptionTensor
    from xanesview.domain.structure import Structure
    from xanesview.io.spectra.tensor_file import TensorFile

__all__ = ["Example", "examples", "find_example", "load_example", "load_reference_file", "load_reference_tensor"]


def load_example(name: str) -> Structure:
    """Return the structure of a bundled example.

    Raises
    ------
    XanesviewError
        If there is none of that name.
    """
    from xanesview.io.structures.registry import read_structure

    return read_structure(find_example(name).path)


def load_reference_tensor(path: str | Path) -> AbsorptionTensor:
    """Return the polarised reference spectra of an HDF5 file; see `xanesview.io.spectra.tensor_file.read_tensor`."""
    return load_reference_file(path).tensor


def load_reference_file(path: str | Path) -> TensorFile:
    """Return the same with what the file says of itself, such as the structure it belongs to."""
    from xanesview.io.spectra.tensor_file import (
        read_tensor,  # h5py takes long to load, and lists of examples don't need it
    )

    return read_tensor(path)
