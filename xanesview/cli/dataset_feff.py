"""``xanesview dataset build --edge "Ti K"``: results of FEFF10 become one HDF5 data file of spectra on a grid."""

from __future__ import annotations

import argparse
from pathlib import Path

from xanesview.cli.dataset_import import parse_grid, split_of_record
from xanesview.cli.telling import say, tell_damaged, tell_notice
from xanesview.domain.counts import counted
from xanesview.errors import DamagedFileError, UsageError, XanesviewError

STEP_EV = 0.5
"""Of the grid that networks learn on; FEFF's own is denser near the edge and coarser beyond."""


def run_build_feff(arguments: argparse.Namespace) -> int:
    """Write the sites of an edge; energies count from each site's Fermi level, which is kept beside them."""
    import numpy as np

    from xanesview.domain.absorption import EDGE_STEP
    from xanesview.reference.making.site_results import structure_spectra
    from xanesview.reference.multiple_scattering.kept import METHOD
    from xanesview.reference.multiple_scattering.offsets import edge_offset_ev
    from xanesview.reference.multiple_scattering.settings import HIGHEST_EV, broadening_ev, parse_edge
    from xanesview.training.data.grid_dataset import written

    element, shell = parse_edge(arguments.edge)
    if arguments.properties:
        raise UsageError("--properties belongs to molecules.", "Leave it out.")
    structures = _by_structure(arguments.folder, element, shell)
    sites = [one for results in structures for one in results]
    presets = sorted({one.job.preset for one in sites})
    if len(presets) > 1:
        raise UsageError(f"The results were computed with the presets {' and '.join(presets)}.", "Build them apart.")
    low = max(float(one.site.energy_ev[0]) for one in sites)
    high = min([HIGHEST_EV, *(float(one.site.energy_ev[-1]) for one in sites)])
    grid = np.arange(np.ceil(low), np.floor(high) + 0.5 * STEP_EV, STEP_EV)
    if arguments.energy is not None:
        grid = parse_grid(arguments.energy)
    attributes = {
        "title": f"{element} {shell}-edge absorption tensors", "element": element, "edge": shell, "method": METHOD,
        "unit": EDGE_STEP, "energy_offset_ev": edge_offset_ev(element, shell),
        "energy_axis": "relative to each site's Fermi level, site/e0_ev on FEFF's absolute scale",
        "native_broadening": f"core hole and what was added, {broadening_ev(element, shell)[1]:.2f} eV FWHM, "
        "and the losses of the Hedin–Lundqvist self-energy",
        "preset": presets[0], "licence": "spectra computed with FEFF10 (J. J. Kas, F. D. Vila, C. D. Pemmaraju, "
        "T. S. Tan, J. J. Rehr, J. Synchrotron Rad. 28 (2021) 1801)",
    }  # fmt: skip
    out = Path(arguments.out).expanduser()
    with written(out, grid, attributes) as writer:
        for results in structures:
            record = structure_spectra(results)
            e0 = [one.site.e0_ev for one in sorted(results, key=lambda r: r.site.atom)]
            writer.add(record, split_of_record(record), {"site/e0_ev": np.array(e0)})
        told = f"{counted(writer.n_structures, 'structure')}, {counted(len(sites), 'site')}"
    say(f"{out}: {told}, {out.stat().st_size / 1e6:.1f} MB")
    return 0


def _by_structure(folders: list[str], element: str, shell: str) -> list[list]:
    """Return the results of all folders, those of one structure together; what can't be read is told."""
    from xanesview.reference.making.site_results import read_result, result_names

    groups: dict[tuple[str, str], dict[int, object]] = {}
    damaged: dict[str, str] = {}
    count = 0
    for name in folders:
        folder = Path(name).expanduser()
        if not folder.is_dir():
            raise UsageError(f"There is no folder {name}.", "Give folders that “xanesview compute” wrote.")
        for path in sorted(folder.glob(result_names(element, shell))):
            count += 1
            try:
                found = read_result(path)
            except DamagedFileError as error:
                damaged[path.name] = error.message
                continue
            sites = groups.setdefault((found.job.name, found.job.structure.content_hash), {})
            if found.job.atom in sites:
                tell_notice(f"{found.job.name}, atom {found.job.atom}, is there twice; the second is left out.")
            sites.setdefault(found.job.atom, found)
    tell_damaged(damaged, count, "left out")
    if not groups:
        raise XanesviewError(
            f"There is no result of the {element} {shell} edge in these folders.",
            f"“xanesview compute --edge {element}-{shell} --engine feff” makes them.",
        )
    return [list(sites.values()) for _, sites in sorted(groups.items())]
