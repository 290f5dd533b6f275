"""Files as the X-ray Atlas and the XAS Data Library lay them out, with made-up spectra."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

ENERGY_EV = np.linspace(280.0, 310.0, 61)
NAME = "C(K)_TEY_ANSTO_SXR_Collins_1-Material"


def intensity(theta: float, energy_ev: np.ndarray = ENERGY_EV, edge_ev: float = 288.0) -> np.ndarray:
    """Return an edge with a resonance below it that grows with the angle."""
    step = 1.0 / (1.0 + np.exp(-(energy_ev - edge_ev)))
    return np.round(step + 0.5 * theta / 90.0 * np.exp(-(((energy_ev - edge_ev + 3.0) / 0.4) ** 2)), 6)


def write_molecule(path: Path, swapped: bool = False) -> Path:
    """Write a file of a molecule with two experiments; in some of the Atlas energies and intensities are swapped."""

    def columns(theta: float) -> dict[str, list[float]]:
        pair = [intensity(theta).tolist(), ENERGY_EV.tolist()]
        return dict(zip(("energy", "mu") if swapped else ("mu", "energy"), pair, strict=True))

    experiment = {
        "edge": "C (K)", "type": "TEY", "synchrotron": "ANSTO", "endstation": "SXR",
        "group": {"name": "Collins group", "link": "https://example.org/collins"},
        "units": {"en": "eV", "theta": "deg.", "mu": "arb. u."},
    }  # fmt: skip
    header = {"name": "P3HT", "formula": "(C10H14S)n", "vendor": "somebody", "cid": None, "cas": "156074-98-5"}
    content = {"header": header, "prep": "", "experiments": [
        {**experiment, "data": {str(theta): columns(theta) for theta in (30, 90)}},
        {**experiment, "type": "Trans", "data": {"90": columns(90)}},
    ]}  # fmt: skip
    path.write_text(json.dumps(content, indent=4))
    return path


def write_folder(folder: Path, tables: bool = True) -> Path:
    """Write ``MOLECULES`` with a catalogue and an experiment of a molecule, as JSON and as a table; return the JSON."""
    place = folder / "MOLECULES" / "ITIC"
    place.mkdir(parents=True)
    molecule = {"name": "ITIC", "chemical_formula": "C94H82N4O2S4", "SMILES": "CCO", "InChI": "InChI=1S/none"}
    (folder / "MOLECULES" / "INDEX.json").write_text(json.dumps([molecule]))
    (place / "METADATA.json").write_text(json.dumps({"molecule": {"name": "PBTTT", "data": []}}))
    content = {
        "user": {"name": "A. Measurer", "affiliation": "Some University", "group": "Collins", "email": "a@example.org",
                 "doi": "10.1000/none"},
        "instrument": {"facility": "ANSTO", "instrument": "SXR", "edge": "C(K)", "technique": "TEY",
                       "normalization_method": "0 - 1"},
        "sample": {"vendor": "1-Material", "preparation_method": {"method": "spin coating", "details": "of CF"}},
        "dataset": [
            {"geometry": {"e_field_azimuth": 0, "e_field_polar": theta}, "energy": {"signal": ENERGY_EV.tolist()},
             "intensity": {"signal": intensity(theta).tolist()}}
            for theta in (20, 90)
        ],
    }  # fmt: skip
    path = place / f"{NAME}.json"
    path.write_text(json.dumps(content))
    if tables:
        write_table(place / f"{NAME}.csv")
    return path


def write_table(path: Path, heading: str = "Energy [eV],mu,theta,phi") -> Path:
    """Write a table in which the columns θ and φ tell the spectra apart."""
    rows = [f"{e},{m},{theta},0" for theta in (20, 90) for e, m in zip(ENERGY_EV, intensity(theta), strict=True)]
    path.write_text("\n".join([heading, *rows]) + "\n")
    return path


def write_xdi(path: Path, *fields: str, name: str = "Fe2O3 powder", element: str = "Fe") -> Path:
    """Write an XDI file as the XAS Data Library holds them, of iron or of carbon."""
    edge_ev = {"Fe": 7125.0, "C": 288.0}[element]
    energy = np.linspace(7000.0, 7300.0, 121) if element == "Fe" else ENERGY_EV
    path.parent.mkdir(parents=True, exist_ok=True)
    head = ["XDI/1.0", "Column.1: energy eV", "Column.2: i0", "Column.3: itrans", "Beamline.name: APS 20BM",
            "Element.edge: K", f"Element.symbol: {element}", "Mono.d_spacing: 3.13550", "Sample.formula: Fe2O3",
            f"Sample.name: {name}", "Sample.reference: Fe foil", "Scan.start_time: 2001-08-10 11:45:00", *fields, "///",
            "data from a school, 2001", "-----", "energy i0 itrans"]  # fmt: skip
    rows = [
        f"{e:.4f} 1000.0 {1000.0 * np.exp(-m):.6f}" for e, m in zip(energy, intensity(0, energy, edge_ev), strict=True)
    ]
    path.write_text("\n".join([*(f"# {line}" for line in head), *rows]) + "\n")
    return path
