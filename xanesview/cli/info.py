"""``xanesview info``: what a file holds, what was assumed, its sites, networks that suit it; or of this machine."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.cli.arguments import add_frame, frame_asked
from xanesview.cli.measured import add_answers, check_answers
from xanesview.cli.molecules import add_relaxation
from xanesview.cli.telling import in_lines, say, say_lines, tell_error
from xanesview.domain.counts import counted
from xanesview.errors import UsageError, XanesviewError

if TYPE_CHECKING:
    import numpy as np

    from xanesview.domain.structure import Structure

_MOST_SITES = 60
_MOST_SCANS = 40
_MOST_SIGNALS = 12
_TOLD_FACTS = {
    "element.symbol": "element", "element.edge": "edge", "title": "title", "date": "date", "edge_ev": "edge, eV",
}  # fmt: skip
_MOST_ATOMS_FOR_CLASSES = 500


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    p.add_argument(
        "file",
        nargs="*",
        metavar="FILE",
        help="structure files, predictions, measured spectra, sessions, networks by name or path",
    )
    p.add_argument("--smiles", action="append", metavar="SMILES", help="a molecule by its SMILES or name")
    p.add_argument(
        "--bug", action="store_true", help="tell what a report of a bug needs: versions, OpenGL, device, folders"
    )
    add_relaxation(p, files=False)
    add_frame(p)
    add_answers(p)


def run_info(arguments: argparse.Namespace) -> int:
    """Print a summary of each input."""
    from xanesview.cli.molecules import built

    if arguments.bug:
        if arguments.file or arguments.smiles:
            raise UsageError("--bug tells of this machine, not of files.", "Give it alone.")
        from xanesview.gui.app import report

        say_lines(report(), end="")
        return 0
    if not arguments.file and not arguments.smiles:
        raise UsageError("Nothing was given to look at.", "Name a structure file, or give --smiles SMILES.")
    check_answers([Path(name).expanduser() for name in arguments.file], arguments)
    frame = frame_asked(arguments)
    inputs = [(name, lambda name=name: _file(name, frame, arguments)) for name in arguments.file]
    inputs += [(text, lambda t=text: in_lines(summary(built(t, arguments)))) for text in arguments.smiles or []]
    return _told_each(inputs)


def _told_each(inputs: Sequence[tuple[str, Callable[[], str]]]) -> int:
    """Print what is to be said of each input as it is read; one that can't be keeps no other from being told of."""
    failed = told = 0
    for name, read in inputs:
        try:
            text = read()
        except UsageError:
            raise
        except XanesviewError as error:
            if len(inputs) == 1:
                raise
            failed += 1
            tell_error(error, about="" if name in error.message else name)
            continue
        if told:
            say()
        say_lines(text, flush=True)
        told += 1
    return 1 if failed else 0


def _file(name: str, frame: int | None, arguments: argparse.Namespace) -> str:
    from xanesview.cli.networks import description
    from xanesview.io.recognition import kind_of_file
    from xanesview.io.spectra.registry import CURVES, PREDICTIONS, TENSORS, spectrum_format
    from xanesview.io.structures.registry import read_structure
    from xanesview.networks.card import CARD, find_bundle, look_up, names_path

    path = Path(name)
    if not path.is_file():
        is_bundle = path.is_dir() and (path / CARD).exists()
        info = look_up(name) if is_bundle or not names_path(name) else None
        if info is not None:
            return description(info)
        if is_bundle:
            find_bundle(name)  # tells how such a folder has to be named
    if kind_of_file(path) == "session":
        from xanesview.io.session_file import session_file

        return in_lines(session_file.summary(session_file.read_session_file(path), path.name))
    if kind_of_file(path) == "image":
        return in_lines(_image_summary(path))
    kind = spectrum_format(path)
    if kind is TENSORS:
        return in_lines(_tensor_summary(path))
    if kind is not None and kind not in (CURVES, PREDICTIONS) and kind_of_file(path) == "spectrum":
        return in_lines(_measured_summary(path, arguments))
    return in_lines(summary(read_structure(path, frame)))


def _image_summary(path: Path) -> list[str]:
    from xanesview.io.images.registry import read_image
    from xanesview.io.images.stack import described
    from xanesview.limits import size

    image = read_image(path)
    energies = image.energy_ev
    return [
        f"{path.name}: {image.label}, {described(image.axes)}, {size(image.n_bytes)} in memory",
        f"  energies      {energies[0]:.2f} to {energies[-1]:.2f} eV, {counted(len(energies), 'point')}",
        *(f"  {axis.label[:13]:<13} {axis.values[0]:.6g} to {axis.values[-1]:.6g}" for axis in image.axes),
        f"  dataset       {image.facts['dataset']}",
        *(f"  note          {notice.message}" for notice in image.notices),
    ]


def _measured_summary(path: Path, arguments: argparse.Namespace) -> list[str]:
    import numpy as np

    from xanesview.cli.measured import told_measurement

    found = told_measurement(path, arguments, all_scans=True)
    lines = [f"{path.name}: {found.format}, {counted(len(found.scans), 'scan')}"]
    for number, scan in enumerate(found.scans[:_MOST_SCANS], start=1):
        if len(found.scans) > 1:
            lines.append(f"  scan {number}: {scan.label}")
        energies = scan.energy_ev
        lines.append(f"  energies      {energies[0]:.2f} to {energies[-1]:.2f} eV, {counted(len(energies), 'point')}")
        lines.append(f"  made of       {scan.energy_from}")
        told = {key: value for key, value in scan.facts.items() if key in _TOLD_FACTS}
        lines += [f"  {_TOLD_FACTS[key]:<13} {value}" for key, value in told.items()]
        for k, signal in enumerate(scan.signals[:_MOST_SIGNALS]):
            finite = signal.values[np.isfinite(signal.values)]
            span = f"{finite.min():.5g} to {finite.max():.5g}" if finite.size else "no numbers"
            made = "" if signal.formula == signal.name else f" = {signal.formula}"
            lines.append(f"  {'signal' if k == 0 else '':<13} {signal.name}{made}: {span}")
        if len(scan.signals) > _MOST_SIGNALS:
            lines.append(f"  {'':<13} … and {len(scan.signals) - _MOST_SIGNALS} more")
        lines += [f"  notice        {notice.message}" for notice in scan.notices_of()]
    if len(found.scans) > _MOST_SCANS:
        lines.append(f"  … and {len(found.scans) - _MOST_SCANS} more scans")
    return lines


def _tensor_summary(path: Path) -> list[str]:
    from xanesview.io.spectra.tensor_file import read_tensor
    from xanesview.networks.identity import changed_networks

    found = read_tensor(path)
    tensor = found.tensor
    lines = [
        f"{path.name}: absorption tensors, {tensor.edge}",
        f"  sites         {' '.join(str(i) for i in tensor.sites.tolist())}",
        f"  energies      {tensor.energy_ev[0]:.2f} to {tensor.energy_ev[-1]:.2f} eV, {len(tensor.energy_ev)} points",
        f"  unit          {tensor.unit}; native width {tensor.native_fwhm_ev:.2f} eV",
    ]
    told = ("method", "network", "structure", "polarisation", "program", "date")
    lines += [f"  {key:<13} {found.attributes[key]}" for key in told if key in found.attributes]
    return lines + [f"  {sentence}" for sentence in changed_networks(found.attributes)]


def summary(structure: Structure) -> list[str]:
    """Return the lines that describe a structure."""
    from xanesview.domain.structure import bonds

    lines = [f"{structure.name or structure.formula}: {structure.formula}, {counted(structure.n_atoms, 'atom')}"]
    lines += [f"  {line}" for line in _frame(structure)]
    if structure.smiles:
        lines.append(f"  SMILES      {structure.smiles}")
    if structure.geometry_origin:
        lines.append(f"  geometry    {structure.geometry_origin}")
    if structure.charge or structure.multiplicity != 1:
        lines.append(f"  charge      {structure.charge:+d}, multiplicity {structure.multiplicity}")
    if structure.n_frames > 1:
        lines.append(f"  frame       {structure.frame + 1:,} of {structure.n_frames:,}")
    if structure.absorbers:
        marked = ", ".join(f"{structure.symbols[i]} {i}" for i in structure.absorbers)
        lines.append(f"  absorber    {marked}, as the file says")
    lines.append(f"  hash        {structure.content_hash}")
    for notice in structure.notices:
        lines.append(f"  notice      {notice.message}" + (f" {notice.hint}" if notice.hint else ""))
    shown = bonds(structure)
    for z in sorted(structure.elements, key=lambda z: (z == 1, z != 6, z)):
        if z != 1:
            lines += _element(structure, z, shown)
    return lines


def _frame(structure: Structure) -> list[str]:
    import numpy as np

    if not structure.is_periodic:
        size = np.ptp(structure.positions_angstrom, axis=0)
        return ["molecule    " + " × ".join(f"{length:.1f}" for length in size) + " Å"]
    lengths = np.linalg.norm(structure.cell_angstrom, axis=1)
    lines = [
        "cell        "
        + ", ".join(
            f"{name} = {length:.3f} Å{'' if periodic else ' (not periodic)'}"
            for name, length, periodic in zip("abc", lengths, structure.pbc)
        )
    ]
    normal = structure.surface_normal
    if normal is not None:
        lines.append("slab        surface normal " + _vector(normal))
    return lines


def _vector(v: np.ndarray) -> str:
    return "(" + ", ".join(f"{round(float(x), 3) + 0.0:.3f}" for x in v) + ")"


def _element(structure: Structure, z: int, shown: tuple) -> list[str]:
    import numpy as np

    from xanesview.domain.structure import SYMBOLS, site_description
    from xanesview.domain.symmetry import site_classes
    from xanesview.networks.card import networks_for

    symbol = SYMBOLS[z]
    sites = structure.sites_of(symbol)
    known = [info for info in networks_for(symbol) if set(structure.symbols) <= set(info.card.elements)]
    networks = ", ".join(info.name for info in known)
    lines = [f"  {symbol}: {counted(len(sites), 'site')}; networks: {networks or 'none'}"]
    classes = None
    if structure.n_atoms <= _MOST_ATOMS_FOR_CLASSES:
        classes = np.asarray(site_classes(structure, sites))
    for k, site in enumerate(sites[:_MOST_SITES].tolist()):
        kind = f"  class {classes[k]}" if classes is not None else ""
        lines.append(f"    {site:>5}  {site_description(structure, site, shown):<16}{kind}".rstrip())
    if len(sites) > _MOST_SITES:
        lines.append(f"    … and {len(sites) - _MOST_SITES} more")
    return lines
