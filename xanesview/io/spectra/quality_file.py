"""``quality.h5`` of a network bundle: errors of every tested site, exemplars with structures and spectra.

Layout (numbers little-endian, text UTF-8; written with gzip; no object or region references, nothing outside the file):

========================================= ============ ===============================================================
attributes                                             format "xanesview-quality", format_version 1, network, split,
                                                       data (names, one a line), polarised, scale, axis, unit, edge,
                                                       native_fwhm_ev
``energy_ev``                             (E,)         grid of all spectra, eV
``structure/name``, ``structure/smiles``  (M,)         structures of the split
``site/structure``, ``site/atom``         (S,)         row of its structure; absorber
``site/error``                            (3, S)       mean square error: spectrum, gradient (1/eV²), curvature (1/eV⁴)
``exemplar/site``                         (K,)         row of the site
``exemplar/direction``                    (K, 3)       polarisation; zeros for isotropic spectra
``exemplar/predicted``                    (K, E)       along the direction, in `unit`
``exemplar/reference``                    (K, 6, E)    xx, yy, zz, yz, xz, xy, in `unit`
``exemplar/e0_ev``                        (K, 2)       predicted (NaN where the network gives none) and reference
``exemplar/atom_ptr``                     (K+1,)       exemplar k owns atoms atom_ptr[k]:atom_ptr[k+1]
``exemplar/z``, ``exemplar/pos_angstrom`` (A,), (A, 3) atoms
``exemplar/cell_angstrom``, ``/pbc``      (K, 3, 3), (K, 3)
========================================= ============ ===============================================================
"""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.quality import RANKINGS, Exemplar, Quality
from xanesview.domain.structure import Structure
from xanesview.errors import OddContent, XanesviewError, in_plain_words
from xanesview.io.hdf5 import believed_h5, written_h5

QUALITY = "quality.h5"
FORMAT = "xanesview-quality"
FORMAT_VERSION = 1
LARGEST_BYTES = 20_000_000
LARGEST_TABLE = 160_000_000
_HINT = "Write it again with “xanesview evaluate NETWORK --data FILE --quality”, or fetch the bundle again."


def save_quality(path: str | Path, quality: Quality) -> None:
    """Write a quality file completely or not at all.

    Raises
    ------
    XanesviewError
        If it can't be written.
    """
    first = quality.exemplars[0].reference
    structures = list(dict.fromkeys(zip(quality.names, quality.smiles, strict=True)))
    number = {key: k for k, key in enumerate(structures)}
    packing = {"compression": "gzip", "compression_opts": 9, "shuffle": True}
    text = h5py.string_dtype()
    with written_h5(path, libver="latest") as f:
        f.attrs.update(
            format=FORMAT, format_version=FORMAT_VERSION, network=quality.network, split=quality.split,
            data="\n".join(quality.data), polarised=quality.polarised, scale=quality.scale, axis=first.axis,
            unit=first.unit, edge=first.edge, native_fwhm_ev=first.native_fwhm_ev,
        )  # fmt: skip
        f["energy_ev"] = first.energy_ev
        f.create_dataset("structure/name", data=[name for name, _ in structures], dtype=text)
        f.create_dataset("structure/smiles", data=[smiles for _, smiles in structures], dtype=text)
        owner = [number[key] for key in zip(quality.names, quality.smiles, strict=True)]
        f.create_dataset("site/structure", data=np.array(owner, "i4"), **packing)
        f.create_dataset("site/atom", data=quality.atoms.astype("i4"), **packing)
        errors = np.stack([quality.errors[r] for r in RANKINGS]).astype("f4")
        f.create_dataset("site/error", data=errors, **packing)
        _write_exemplars(f, quality.exemplars, packing)


def _write_exemplars(f: h5py.File, exemplars: tuple[Exemplar, ...], packing: dict) -> None:
    directions = [np.zeros(3) if e.direction is None else e.direction for e in exemplars]
    f["exemplar/site"] = np.array([e.row for e in exemplars], "i4")
    f["exemplar/direction"] = np.array(directions, "f4")
    f["exemplar/e0_ev"] = np.array(
        [[e.predicted_e0_ev, np.nan if e.reference.ip_ev is None else e.reference.ip_ev[0]] for e in exemplars]
    )
    f["exemplar/atom_ptr"] = np.cumsum([0, *(e.structure.n_atoms for e in exemplars)])
    arrays = {
        "predicted": np.stack([e.predicted for e in exemplars]).astype("f4"),
        "reference": np.stack([e.reference.components[0] for e in exemplars]).astype("f4"),
        "z": np.concatenate([e.structure.numbers for e in exemplars]).astype("u1"),
        "pos_angstrom": np.concatenate([e.structure.positions_angstrom for e in exemplars]).astype("f4"),
        "cell_angstrom": np.stack([e.structure.cell_angstrom for e in exemplars]),
        "pbc": np.stack([e.structure.pbc for e in exemplars]).astype("u1"),
    }
    for name, values in arrays.items():
        f.create_dataset(f"exemplar/{name}", data=values, **packing)


def read_quality(path: str | Path) -> Quality:
    """Read a quality file without trusting it: types, shapes, sizes and indices are checked, links not followed.

    Raises
    ------
    XanesviewError
        In one sentence, where the file is missing, damaged, too large or of another format.
    """
    path = Path(path)
    name = f"{path.parent.name}/{path.name}"
    if not path.is_file():
        raise XanesviewError(f"There is no quality file {name}.", _HINT)
    if path.stat().st_size > LARGEST_BYTES:
        raise XanesviewError(f"{name} is too large for a quality file.", _HINT)
    try:
        with believed_h5(path, LARGEST_TABLE) as f:
            if f.attrs.get("format") != FORMAT or int(f.attrs.get("format_version", 0)) != FORMAT_VERSION:
                raise OddContent("another format")
            return _quality(f)
    except (OSError, KeyError, ValueError, TypeError, IndexError, RuntimeError, XanesviewError) as error:
        raise XanesviewError(f"The quality file {name} is damaged ({in_plain_words(error)}).", _HINT) from error


def _quality(f: h5py.File) -> Quality:
    energy = _array(f, "energy_ev", (None,), float)
    owner, atoms = (_array(f, f"site/{k}", (None,), int) for k in ("structure", "atom"))
    n = len(atoms)
    errors = _array(f, "site/error", (len(RANKINGS), n), float)
    names, smiles = _text(f, "structure/name"), _text(f, "structure/smiles")
    if n == 0 or len(owner) != n or len(names) != len(smiles) or owner.min() < 0 or owner.max() >= len(names):
        raise OddContent("sites without a structure")
    if not np.isfinite(errors).all() or (errors < 0).any():
        raise OddContent("errors that are no numbers")
    return Quality(
        network=str(f.attrs["network"]),
        split=str(f.attrs["split"]),
        data=tuple(str(f.attrs["data"]).split("\n")),
        polarised=bool(f.attrs["polarised"]),
        scale=_positive(f.attrs["scale"]),
        names=tuple(names[k] for k in owner),
        smiles=tuple(smiles[k] for k in owner),
        atoms=atoms,
        errors=dict(zip(RANKINGS, errors, strict=True)),
        exemplars=_exemplars(f, energy, [(names[k], smiles[k]) for k in owner], atoms),
    )


def _exemplars(f: h5py.File, energy: np.ndarray, labels: list[tuple[str, str]], atoms: np.ndarray):
    rows = _array(f, "exemplar/site", (None,), int)
    k, e = len(rows), len(energy)
    if k == 0 or rows.min() < 0 or rows.max() >= len(atoms):
        raise OddContent("exemplars without a site")
    direction = _array(f, "exemplar/direction", (k, 3), float)
    predicted = _array(f, "exemplar/predicted", (k, e), float)
    reference = _array(f, "exemplar/reference", (k, 6, e), float)
    e0 = _array(f, "exemplar/e0_ev", (k, 2), float)
    begin = _array(f, "exemplar/atom_ptr", (k + 1,), int)
    z = _array(f, "exemplar/z", (None,), int)
    positions = _array(f, "exemplar/pos_angstrom", (len(z), 3), float)
    cells = _array(f, "exemplar/cell_angstrom", (k, 3, 3), float)
    pbc = _array(f, "exemplar/pbc", (k, 3), int).astype(bool)
    if begin[0] != 0 or begin[-1] != len(z) or (np.diff(begin) <= 0).any() or not np.isfinite(predicted).all():
        raise OddContent("exemplars that don't fit together")
    found = []
    for i, row in enumerate(rows):
        mine = slice(begin[i], begin[i + 1])
        label, text = labels[row]
        structure = Structure(
            z[mine], positions[mine], cells[i], pbc[i], name=label, smiles=text or None, source=f"test data: {label}"
        )
        if not 0 <= atoms[row] < structure.n_atoms:
            raise OddContent("an absorber outside its structure")
        tensor = AbsorptionTensor(
            energy_ev=energy, components=reference[i][None], sites=np.array([atoms[row]]), unit=str(f.attrs["unit"]),
            edge=str(f.attrs["edge"]), native_fwhm_ev=float(f.attrs["native_fwhm_ev"]),
            ip_ev=e0[i, 1:] if np.isfinite(e0[i, 1]) else None, axis=str(f.attrs["axis"]),
        )  # fmt: skip
        length = float(np.linalg.norm(direction[i]))
        along = direction[i] / length if length > 0.5 else None
        found.append(Exemplar(int(row), structure, int(atoms[row]), along, predicted[i], tensor, float(e0[i, 0])))
    return tuple(found)


def _dataset(f: h5py.File, name: str) -> h5py.Dataset:
    if not isinstance(f[name], h5py.Dataset):
        raise OddContent(f"{name} is no table")
    return f[name]


def _array(f: h5py.File, name: str, shape: tuple[int | None, ...], kind: type) -> np.ndarray:
    data = _dataset(f, name)
    numeric = data.dtype.kind in ("iu" if kind is int else "iuf")
    fits = data.ndim == len(shape) and all(n is None or n == m for n, m in zip(shape, data.shape, strict=True))
    if not numeric or not fits:
        raise OddContent(f"{name} has the shape {data.shape} of {data.dtype}")
    return data[()].astype(kind)


def _text(f: h5py.File, name: str) -> list[str]:
    data = _dataset(f, name)
    if h5py.check_string_dtype(data.dtype) is None or data.ndim != 1:
        raise OddContent(f"{name} is no text")
    return [str(one) for one in data.asstr()[()]]


def _positive(value: object) -> float:
    number = float(value)
    if not (np.isfinite(number) and number > 0):
        raise OddContent("a scale that is not positive")
    return number
