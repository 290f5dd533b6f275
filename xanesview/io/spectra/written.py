"""Which formats scans are written in, by the ending of a file's name; and files of this program's own as scans."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from xanesview.domain.geometry.geometry import exact
from xanesview.domain.measurement import KIND_KEY, UNIT_KEY, WIDTH_KEY, Scan, Signal
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.io.spectra.axis_header import AXIS_KEY, mean_e0_ev
from xanesview.io.spectra.curves import exported_curves
from xanesview.io.spectra.registry import PREDICTIONS, TENSORS, spectrum_format
from xanesview.io.spectra.tables import read_prediction_csv
from xanesview.io.spectra.tensor_file import read_tensor
from xanesview.io.text_file import check_is_file

_ROOM = "xanesview.io.spectra"


@dataclass(frozen=True)
class Writer:
    """One format that scans are written in.

    ``says_axis`` tells whether it says that energies count from E0; for all others they are made absolute.
    """

    name: str
    endings: tuple[str, ...]
    module: str
    function: str
    holds_several: bool = False
    says_axis: bool = False

    def write(self, path: Path, scans: Sequence[Scan]) -> None:
        """Write scans; raise XanesviewError where they can't be held or the file can't be written."""
        held = scans if self.says_axis else on_absolute_energies(scans, self.name)
        getattr(importlib.import_module(self.module), self.function)(path, held)


WRITERS = (
    Writer("CSV", (".csv",), f"{_ROOM}.measured_writers", "write_csv", says_axis=True),
    Writer("XAS Data Interchange", (".xdi",), f"{_ROOM}.measured_writers", "write_xdi"),
    Writer("NeXus", (".h5", ".hdf5", ".nxs", ".nx5"), f"{_ROOM}.nexus_writer", "write_nexus", holds_several=True),
    Writer("Athena project", (".prj",), f"{_ROOM}.measured_writers", "write_athena", holds_several=True),
)


def writer_of(path: Path) -> Writer:
    """Return the writer that a file's ending names.

    Raises
    ------
    XanesviewError
        If scans are not written so.
    """
    found = next((writer for writer in WRITERS if path.suffix.lower() in writer.endings), None)
    if found is None:
        endings = ", ".join(writer.endings[0] for writer in WRITERS)
        raise XanesviewError(f"Spectra are not written as “{path.suffix or path.name}”.", f"End the name in {endings}.")
    return found


def on_absolute_energies(scans: Sequence[Scan], format_name: str) -> list[Scan]:
    """Return scans whose energies count from E0 with E0 added: their own, else that of another scan beside them.

    Raises
    ------
    XanesviewError
        where nothing tells E0.
    """
    known = [e0 for scan in scans if scan.axis == "relative" and (e0 := _e0_ev(scan)) is not None]
    found = []
    for scan in scans:
        if scan.axis != "relative":
            found.append(scan)
            continue
        own = _e0_ev(scan)
        e0 = own if own is not None else known[0] if known else None
        if e0 is None:
            raise XanesviewError(
                f"Energies of “{scan.label}” count from an E0 that its file doesn't tell, and {format_name} holds "
                "absolute ones.",
                "Write CSV, which says so, or export the curve on absolute energies.",
            )
        facts = _without_axis(scan.facts)
        signals = tuple(replace(one, facts=_without_axis(one.facts)) for one in scan.signals)
        told = "; ".join(filter(None, (scan.energy_from, f"counted from E0; {e0:.4f} eV added")))
        energy = scan.energy_ev + e0
        found.append(replace(scan, energy_ev=energy, axis="absolute", facts=facts, signals=signals, energy_from=told))
    return found


def _e0_ev(scan: Scan) -> float | None:
    return mean_e0_ev({**scan.signals[0].facts, **scan.facts})


def _without_axis(facts: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in facts.items() if key != AXIS_KEY}


def scans_of_own(path: Path) -> list[Scan] | None:
    """Return the curves or predictions of a file that this program wrote, as scans; None for any other file.

    Raises
    ------
    XanesviewError
        If it is such a file and damaged.
    """
    check_is_file(path)
    curves = exported_curves(path)
    if curves is not None:
        return together(curves)
    kind = spectrum_format(path)
    if kind is PREDICTIONS:
        table = read_prediction_csv(path)
        names = sorted(table.columns, key=lambda name: name != "sum")
        signals = tuple(Signal(name, name, table.columns[name], "absorption") for name in names)
        axis = "relative" if "relative" in table.header.get("energies", "") else "absolute"
        return [Scan(path.stem, table.energy_ev, signals, facts=table.header, kind="predicted", axis=axis)]
    if kind is TENSORS:
        found = read_tensor(path)
        values = found.total if found.total is not None else found.tensor.components[:, :3].mean(axis=1).sum(axis=0)
        formula = "sum" if found.total is not None else "sum of (σxx + σyy + σzz)/3"
        signal = Signal("sum", formula, np.asarray(values), "absorption")
        return [Scan(path.stem, found.tensor.energy_ev, (signal,), facts=found.attributes, kind="predicted",
                     axis=found.tensor.axis)]  # fmt: skip
    return None


def together(curves: Sequence[Spectrum]) -> list[Scan]:
    """Return curves as scans, those of the same energies as signals of one; what is known of one alone stays with it.

    Curves that count from E0 share a scan where they have the same.
    """
    groups: list[list[Spectrum]] = []
    for curve in curves:
        same = next((one for one in groups if _share_energies(one[0], curve)), None)
        if same is None:
            groups.append([curve])
        else:
            same.append(curve)
    return [_of_curves(group) for group in groups]


def _share_energies(one: Spectrum, two: Spectrum) -> bool:
    if one.axis != two.axis or not np.array_equal(one.energy_ev, two.energy_ev):
        return False
    return one.axis == "absolute" or mean_e0_ev(one.provenance) == mean_e0_ev(two.provenance)


def _of_curves(group: Sequence[Spectrum]) -> Scan:
    energy, first = np.unique(group[0].energy_ev, return_index=True)
    told = [_told_of(curve) for curve in group]
    shared = {key: value for key, value in told[0].items() if all(one.get(key) == value for one in told)}
    signals = []
    for k, (curve, facts) in enumerate(zip(group, told), start=1):
        name = curve.label or f"curve {k}"
        own = {key: value for key, value in facts.items() if key not in shared}
        if curve.kind != group[0].kind:
            own[KIND_KEY] = curve.kind
        signals.append(Signal(name, name, curve.intensity[first], "absorption", own))
        if curve.band is not None:
            name = f"{name} (half width of the band)"
            signals.append(Signal(name, name, curve.band[first], "raw"))
    return Scan(group[0].label or "curve", energy, tuple(signals), facts=shared, kind=group[0].kind, axis=group[0].axis)


def _told_of(curve: Spectrum) -> dict[str, str]:
    """Return the provenance of a curve with its unit and its width."""
    facts = {str(key): str(value) for key, value in curve.provenance.items()}
    if curve.unit != "arb. u.":
        facts[UNIT_KEY] = curve.unit
    if curve.native_fwhm_ev:
        facts[WIDTH_KEY] = exact(curve.native_fwhm_ev)
    return facts
