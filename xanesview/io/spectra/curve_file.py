"""HDF5 files of curves, each on its own grid: ``curve/0001/energy_ev``, ``intensity`` and, where known, ``band``.

The attributes of each group hold label, kind, unit, energy axis, native width and provenance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.io.hdf5 import written_h5
from xanesview.io.spectra.provenance import provenance


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
                **spectrum.provenance,
            }
            for key, value in facts.items():
                group.attrs[key] = value
