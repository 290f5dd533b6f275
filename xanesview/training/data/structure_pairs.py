"""Folders of pairs, ``structures/NAME.xyz`` beside ``spectra/NAME.txt``, become data files that can be trained on.

This is how the XANESNET programs keep their data. Any absorber and any kind of spectrum will do, emission included:
what matters is that all spectra share a range of energies.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.site_spectra import SiteSpectra, StructureSpectra
from xanesview.errors import XanesviewError
from xanesview.io.atomic import made_folder
from xanesview.io.file_format import Format, of_name
from xanesview.io.spectra import registry as spectrum_formats
from xanesview.io.spectra.spectrum_file import read_spectrum
from xanesview.io.structures import registry as structure_formats
from xanesview.io.structures.registry import read_structure
from xanesview.training.data.dataset import opened_data, read_datasets
from xanesview.training.data.grid_dataset import common_grid, grid_size, written

STRUCTURES, SPECTRA = "structures", "spectra"
_SHARES = (("val", 0.1), ("test", 0.1))

log = logging.getLogger(__name__)


def is_pairs_folder(path: Path) -> bool:
    """Tell whether a path is a folder with ``structures`` and ``spectra`` in it."""
    return (path / STRUCTURES).is_dir() and (path / SPECTRA).is_dir()


def pairs_data_file(folder: Path, out: Path, absorber: int = 0, edge: str = "K", seed: int = 1) -> Path:
    """Return the data file made of a folder of pairs; one that was made of the same files before is kept.

    Parameters
    ----------
    folder : with ``structures`` and ``spectra``; what has no partner of the same stem is left out, and told
    out : folder to write the file ``NAME.h5`` into
    absorber : index of the absorbing atom in every structure
    edge : what the card is to say of the transition, such as "K" or "Kβ emission"
    seed : of the random split, 80/10/10 by stem

    Raises
    ------
    XanesviewError
        where there are fewer than three pairs, absorbers of several elements, or a file that can't be read.
    """
    pairs = _paired(folder)
    target = pairs_file(folder, out)
    made_of = f"{absorber} {edge} {seed} " + " ".join(stem for stem, _, _ in pairs)
    if target.is_file():
        if _made_of(target) == made_of:
            return target
        target.unlink()
    records, elements = [], {}
    for stem, structure_path, spectrum_path in pairs:
        structure = read_structure(structure_path)
        if not 0 <= absorber < structure.n_atoms:
            raise XanesviewError(
                f"{structure_path.name} has {counted(structure.n_atoms, 'atom')}, so no atom {absorber}.",
                "Set absorber in the configuration's table [training]; atoms are counted from 0.",
            )
        elements.setdefault(structure.symbols[absorber], stem)
        spectrum = read_spectrum(spectrum_path)
        site = SiteSpectra(absorber, spectrum.energy_ev, isotropic=spectrum.intensity)
        records.append(StructureSpectra(structure, (site,), stem))
    if len(elements) > 1:
        told = ", ".join(f"{symbol} ({stem})" for symbol, stem in elements.items())
        raise XanesviewError(f"Atom {absorber} is not one element: {told}.", "Train one absorber at a time.")
    grid = _even(common_grid([record.sites[0] for record in records]))
    made_folder(out)
    attributes = {
        "title": folder.name, "element": next(iter(elements)), "edge": edge, "unit": "arb. u.",
        "method": f"pairs of structures and spectra ({folder.name})", "pairs": made_of, "energy_offset_ev": 0.0,
    }  # fmt: skip
    with written(target, grid, attributes, from_unknown_e0=bool(grid[0] < 0.0)) as writer:
        for record, split in zip(records, _split(len(records), seed), strict=True):
            writer.add(record, split)
    return target


def _made_of(target: Path) -> str:
    """Return what a data file says it was made of; nothing where it can't be read to the end."""
    try:
        read_datasets([target])
        with opened_data(target) as f:
            return str(f.attrs.get("pairs", ""))
    except XanesviewError as error:
        log.warning("%s It is made anew.", error.message)
        return ""


def pairs_file(folder: Path, out: Path) -> Path:
    """Return where the data file of a folder of pairs lies, or will."""
    return out / f"{folder.resolve().name}.h5"


def _paired(folder: Path) -> list[tuple[str, Path, Path]]:
    """Return stem, structure and spectrum of each pair, in order of the stems."""
    if not is_pairs_folder(folder):
        raise XanesviewError(
            f"{folder.name} is a folder without “{STRUCTURES}” and “{SPECTRA}”.",
            "Give an HDF5 file, or a folder with structures/NAME.xyz and spectra/NAME.txt.",
        )
    structures = _by_stem(folder / STRUCTURES, structure_formats.FORMATS)
    spectra = _by_stem(folder / SPECTRA, spectrum_formats.MEASURED)
    both = sorted(set(structures) & set(spectra))
    alone = sorted(set(structures) ^ set(spectra))
    if alone:
        files = counted(len(alone), "file has", "files have")
        log.warning("%s no partner in %s and cannot be used, %s for one", files, folder.name, alone[0])
    if len(both) < 3:
        raise XanesviewError(
            f"{folder.name} holds {counted(len(both), 'pair')} of a structure and a spectrum of the same name; "
            "three are needed.",
            "Names must agree up to their endings: structures/a.xyz and spectra/a.txt.",
        )
    return [(stem, structures[stem], spectra[stem]) for stem in both]


def _by_stem(folder: Path, formats: Sequence[Format]) -> dict[str, Path]:
    files = (p for p in sorted(folder.iterdir()) if p.is_file() and of_name(formats, p) is not None)
    return {p.stem: p for p in files}


def _split(n: int, seed: int) -> list[str]:
    """Return 80/10/10 at random, at least one of each."""
    order = np.random.default_rng(seed).permutation(n)
    splits, begin = ["train"] * n, 0
    for name, share in _SHARES:
        count = max(1, round(share * n))
        for i in order[begin : begin + count]:
            splits[i] = name
        begin += count
    return splits


def _even(energy_ev: np.ndarray) -> np.ndarray:
    """Return the grid with even steps: an uneven one's range in its median step."""
    steps = np.diff(energy_ev)
    if np.allclose(steps, steps[0], rtol=1e-3):
        return np.linspace(energy_ev[0], energy_ev[-1], len(energy_ev))
    n = grid_size(float((energy_ev[-1] - energy_ev[0]) / np.median(steps)))
    return np.linspace(energy_ev[0], energy_ev[-1], n)
