"""Where numbers come from: the header of every file the program writes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from xanesview.domain.file_names import writable
from xanesview.domain.structure import Structure
from xanesview.version import __version__


def provenance(
    structure: Structure | None = None,
    network: str = "",
    polarisation: str = "",
    unit: str = "",
    edge: str = "",
    native_fwhm_ev: float | None = None,
    extra: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the header of a file as ordered key and value; what is unknown is left out.

    Parameters
    ----------
    structure : what was predicted
    network : its name
    polarisation : in words, as `Geometry.describe` gives it
    unit : of the intensity
    edge : such as "C K"
    native_fwhm_ev : width the spectra already have, eV
    extra : further entries, put last
    """
    header = {"program": f"xanesview {__version__}"}
    header["date"] = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if network:
        header["network"] = network
    if edge:
        header["edge"] = edge
    if structure is not None:
        header["structure"] = structure.name or structure.formula
        header["formula"] = structure.formula
        header["structure_hash"] = structure.content_hash
        if structure.source:
            header["source"] = structure.source
        if structure.geometry_origin:
            header["geometry_origin"] = structure.geometry_origin
        if structure.smiles:
            header["smiles"] = structure.typed_smiles or structure.smiles  # sites count in its order
    if polarisation:
        header["polarisation"] = polarisation
    header["energy_unit"] = "eV"
    if unit:
        header["intensity_unit"] = unit
    if native_fwhm_ev is not None:
        header["native_fwhm_ev"] = f"{native_fwhm_ev:.4g}"
    if structure is not None and structure.notices:
        header["notices"] = " | ".join(notice.message for notice in structure.notices)
    for key, value in (extra or {}).items():
        header[key] = str(value)
    return {key: writable(" ".join(str(value).split())) for key, value in header.items()}
