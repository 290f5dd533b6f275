"""HDF5 files of absorption tensors: predictions that the program writes, references that come with it.

Layout: ``energy_ev`` (E,), ``site/atom`` (S,), ``site/tensor`` (S, 6, E) in the order xx, yy, zz, yz, xz, xy,
``site/ip_ev`` (S,) where known (with the attribute ``axis`` "relative" energies count from it); where a polarisation
was asked for, ``site/intensity`` (S, E) and ``sum`` (E,).
The attributes hold unit, edge, widths and provenance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from xanesview.domain.absorption import COMPONENTS, AbsorptionTensor, PolarisedSpectra
from xanesview.domain.geometry.weight_tensor import WeightTensor
from xanesview.errors import OddContent, XanesviewError, in_plain_words
from xanesview.io.hdf5 import believed_h5, written_h5
from xanesview.io.spectra.checks import native_width_ev, told_of
from xanesview.io.text_file import check_is_file
from xanesview.limits import LARGEST_ENERGY_EV, MOST_ATOMS

_PACKING = {"compression": "gzip", "compression_opts": 4, "shuffle": True}
_ROWS_A_CHUNK = 32


@dataclass(frozen=True, eq=False)
class TensorFile:
    """What an HDF5 file holds: the tensor, the attributes as text, and the asked-for sum (E,) where it has one."""

    tensor: AbsorptionTensor
    attributes: dict[str, str]
    intensity: np.ndarray | None = None
    total: np.ndarray | None = None


def write_prediction_h5(
    path: str | Path, tensor: AbsorptionTensor, header: Mapping[str, str], spectra: PolarisedSpectra | None = None
) -> None:
    """Write a prediction as HDF5, and beside the tensors the spectra of one polarisation and their sum, if given.

    Raises
    ------
    XanesviewError
        If the file can't be written.
    """
    with written_h5(path) as file:
        values = file.create_dataset("site/tensor", data=np.asarray(tensor.components), **_PACKING)
        if spectra is not None:
            file.create_dataset("site/intensity", data=spectra.each, **_PACKING)
            file.create_dataset("sum", data=spectra.total)
        _describe(file, values, tensor, tensor.energy_ev, header, None if spectra is None else spectra.weight)


def write_rows_h5(
    path: str | Path,
    frame: AbsorptionTensor,
    energy_ev: np.ndarray,
    header: Mapping[str, str],
    rows: Iterable[tuple[slice, np.ndarray]],
    weight: WeightTensor | None = None,
) -> None:
    """Write the same file from portions that are never in memory together.

    Parameters
    ----------
    frame : what there is to say of the tensors and their sites (S,); its components and energies are not looked at
    rows : which of the sites, one after the other, and their components (R, 6, E)
    weight : of the spectra to write beside the tensors, if any

    Raises
    ------
    XanesviewError
        If the file can't be written.
    """
    n_sites, n_energies = frame.n_sites, len(energy_ev)
    shape, rows_a_chunk = (len(COMPONENTS), n_energies), min(n_sites, _ROWS_A_CHUNK)
    with written_h5(path) as file:
        values = file.create_dataset(
            "site/tensor", (n_sites, *shape), np.float64, chunks=(rows_a_chunk, *shape), **_PACKING
        )
        each, total = None, np.zeros(n_energies)
        if weight is not None:
            each = file.create_dataset(
                "site/intensity", (n_sites, n_energies), np.float64, chunks=(rows_a_chunk, n_energies), **_PACKING
            )
        for some, components in rows:
            values[some] = components
            if each is not None:
                each[some] = spectra = np.einsum("v,sve->se", weight.voigt, components.astype(np.float64))
                total += spectra.sum(0)
        if each is not None:
            file.create_dataset("sum", data=total)
        _describe(file, values, frame, energy_ev, header, weight)


def _describe(
    file: h5py.File, values: h5py.Dataset, tensor: AbsorptionTensor, energy_ev: np.ndarray,
    header: Mapping[str, str], weight: WeightTensor | None,
) -> None:  # fmt: skip
    """Write all that stands beside the tensors and spectra."""
    file.create_dataset("energy_ev", data=np.asarray(energy_ev, np.float64))
    file.create_dataset("site/atom", data=np.asarray(tensor.sites, np.int64))
    values.attrs["components"] = " ".join(COMPONENTS)
    values.attrs["unit"] = tensor.unit
    if tensor.ip_ev is not None and np.isfinite(tensor.ip_ev).all():
        file.create_dataset("site/ip_ev", data=np.asarray(tensor.ip_ev, np.float64))
    if weight is not None:
        file.attrs["weight"] = weight.matrix
    file.attrs["unit"] = tensor.unit
    file.attrs["edge"] = tensor.edge
    file.attrs["axis"] = tensor.axis
    file.attrs["native_fwhm_ev"] = tensor.native_fwhm_ev
    for key, value in header.items():
        if key not in file.attrs:
            file.attrs[key] = value


def read_tensor(path: str | Path) -> TensorFile:
    """Return the absorption tensor of an HDF5 file.

    Raises
    ------
    XanesviewError
        If the file is missing, is no HDF5 file, or has another layout.
    """
    path = Path(path)
    check_is_file(path)
    try:
        with told_of(path.name), believed_h5(path) as file:
            for name in ("energy_ev", "site/tensor", "site/atom", "site/ip_ev", "site/intensity", "sum"):
                if name in file:
                    _check_numbers(file[name])
            attributes = {key: _text(value) for key, value in file.attrs.items()}
            edge = attributes.get("edge", "")
            element = attributes.get("element", "")
            tensor = AbsorptionTensor(
                energy_ev=file["energy_ev"][:],
                components=file["site/tensor"][:],
                sites=file["site/atom"][:].astype(int),
                unit=attributes.get("unit", "arb. u."),
                edge=f"{element} {edge}" if element and " " not in edge else edge,
                native_fwhm_ev=native_width_ev(file.attrs.get("native_fwhm_ev"), path.name),
                ip_ev=file["site/ip_ev"][:] if "site/ip_ev" in file else None,
                axis=attributes.get("axis", "absolute"),
            )
            intensity = file["site/intensity"][:] if "site/intensity" in file else None
            total = file["sum"][:] if "sum" in file else None
        _check_sites(tensor)
    except OSError as error:
        raise XanesviewError(
            f"{path.name} cannot be read as HDF5 ({in_plain_words(error)}).",
            "It may be damaged or cut off.",
        ) from error
    except (KeyError, ValueError, TypeError, AttributeError, RuntimeError) as error:
        raise XanesviewError(
            f"{path.name} holds no absorption tensors ({in_plain_words(error)}).",
            "The file needs energy_ev, site/atom and site/tensor (sites, 6, energies).",
        ) from error
    return TensorFile(tensor, attributes, intensity, total)


def _check_sites(tensor: AbsorptionTensor) -> None:
    """Refuse sites that are no atoms, or the same one twice, and values of E0 that are none; −1 is a sum, alone."""
    sites = tensor.sites
    no_atom = (sites < 0) | (sites >= MOST_ATOMS)
    if no_atom.any() and sites.tolist() != [-1]:
        raise OddContent(f"site/atom holds {int(sites[no_atom][0])}, which is no atom")
    atoms, counts = np.unique(sites, return_counts=True)
    if (counts > 1).any():
        raise OddContent(f"site/atom holds {int(atoms[counts > 1][0])} twice")
    if tensor.ip_ev is not None and not (np.abs(tensor.ip_ev) <= LARGEST_ENERGY_EV).all():  # also refuses NaN
        raise OddContent("site/ip_ev holds no energy")


def _check_numbers(table: h5py.Dataset) -> None:
    """Refuse a table of other things than numbers."""
    if table.dtype.kind not in ("iu" if table.name == "/site/atom" else "iuf"):
        raise TypeError(f"{table.name} holds {table.dtype}")


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return str(value)
