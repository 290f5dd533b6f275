"""HDF5 files of curves, each on its own grid: ``curve/0001/energy_ev``, ``intensity`` and, where known, ``band``.

The attributes of each group hold label, kind, unit, energy axis and native width, those of its group ``provenance``
where the curve comes from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import h5py

from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError, in_plain_words
from xanesview.io.hdf5 import believed_h5, read_h5, written_h5
from xanesview.io.spectra.checks import native_width_ev, told_of
from xanesview.io.spectra.provenance import provenance

_OWN = ("label", "kind", "intensity_unit", "axis", "native_fwhm_ev")


def write_curves_h5(path: str | Path, spectra: Sequence[Spectrum], header: Mapping[str, str] | None = None) -> None:
    """Write curves; `header` is added to the attributes of the file.

    Raises
    ------
    XanesviewError
        If there is no curve or the file can't be written.
    """
    if not spectra:
        raise XanesviewError("There is no curve to write.", "Predict a site or load a reference first.")
    with written_h5(path) as file:
        for key, value in provenance(extra=header).items():
            file.attrs[key] = value
        for number, spectrum in enumerate(spectra, start=1):
            group = file.create_group(f"curve/{number:04d}")
            group.create_dataset("energy_ev", data=spectrum.energy_ev)
            group.create_dataset("intensity", data=spectrum.intensity)
            if spectrum.band is not None:
                group.create_dataset("band", data=spectrum.band)
            facts = {
                "label": spectrum.label or f"curve {number}",
                "kind": spectrum.kind,
                "intensity_unit": spectrum.unit,
                "axis": spectrum.axis,
                "native_fwhm_ev": spectrum.native_fwhm_ev,
            }
            for key, value in facts.items():
                group.attrs[key] = value
            told = group.create_group("provenance")  # apart, so that no name of it can be one of the above
            for key, value in spectrum.provenance.items():
                told.attrs[key] = str(value)


def holds_curves(path: str | Path) -> bool:
    """Tell whether an HDF5 file holds curves as `write_curves_h5` writes them."""
    try:
        with read_h5(Path(path)) as file:
            return isinstance(file.get("curve"), h5py.Group)
    except (OSError, KeyError, ValueError, RuntimeError):  # no HDF5, or damaged: whoever reads it says so
        return False


def read_curves_h5(path: str | Path) -> list[Spectrum]:
    """Return the curves of a file that `write_curves_h5` wrote, with names, kinds and provenance.

    Raises
    ------
    XanesviewError
        If the file is damaged or holds something else.
    """
    path = Path(path)
    try:
        with told_of(path.name), believed_h5(path) as file:
            return [_read(path.name, file["curve"][name]) for name in sorted(file["curve"])]
    except (OSError, KeyError, ValueError, TypeError, AttributeError, RuntimeError) as error:
        raise XanesviewError(
            f"The curves of {path.name} can't be read ({in_plain_words(error)}).", "The file is damaged or cut off."
        ) from error


def _read(file: str, group: h5py.Group) -> Spectrum:
    attributes = group.attrs
    if "provenance" in group:
        told = {key: str(value) for key, value in group["provenance"].attrs.items()}
    else:  # an earlier version kept them beside the curve's own
        told = {key: str(value) for key, value in attributes.items() if key not in _OWN}
    return Spectrum(
        energy_ev=group["energy_ev"][:],
        intensity=group["intensity"][:],
        unit=str(attributes["intensity_unit"]),
        label=str(attributes["label"]),
        kind=str(attributes["kind"]),
        native_fwhm_ev=native_width_ev(attributes["native_fwhm_ev"], file),
        band=group["band"][:] if "band" in group else None,
        provenance=told,
        axis=str(attributes["axis"]),
    )
