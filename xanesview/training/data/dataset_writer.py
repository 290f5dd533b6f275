"""Write stick spectra in the layout that `xanesview.training.data.dataset` reads, as compressed blocks that are never
rewritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import h5py
import numpy as np

from xanesview.errors import DamagedFileError, OddContent, XanesviewError, in_plain_words
from xanesview.io.hdf5 import written_h5
from xanesview.io.npz import read_npz

PROPERTY_NAMES = (
    "dipole_moment_debye",
    "polarisability_bohr3",
    "homo_ev",
    "lumo_ev",
    "gap_ev",
    "r2_bohr2",
    "zpve_ev",
    "u0_ev",
    "u298_ev",
    "h298_ev",
    "g298_ev",
    "cv298_mev_per_k",
)


KEPT_BITS = 14
"""Binary digits of a dipole after the first that a block keeps."""


@dataclass(frozen=True, eq=False)
class StickRecord:
    """One molecule as calculated.

    ``numbers`` (N,), ``positions_angstrom`` (N, 3), ``rank`` (N,), ``sites`` (S,) atom indices, ``ip_ev`` (S,)
    unshifted, ``sticks`` S pairs
    of energies (T,) in eV, unshifted, and dipoles (T, 3) in bohr; ``properties`` (12,), NaN where missing; ``diffuse``
    names the diffuse functions, ``identity`` and ``asked`` tell what was asked for (`reference.making.generation`), ""
    where the result doesn't.
    """

    name: str
    smiles: str
    split: str
    sigma_angstrom: float
    numbers: np.ndarray
    positions_angstrom: np.ndarray
    rank: np.ndarray
    sites: np.ndarray
    ip_ev: np.ndarray
    sticks: tuple[tuple[np.ndarray, np.ndarray], ...]
    properties: np.ndarray = field(default_factory=lambda: np.full(len(PROPERTY_NAMES), np.nan))
    diffuse: str = ""
    charge: int = 0
    identity: str = ""
    asked: str = ""

    @property
    def has_properties(self) -> bool:
        """Whether any property is known."""
        return bool(np.isfinite(self.properties).any())


def read_site_spectra(path: Path, split: str = "", properties: np.ndarray | None = None) -> StickRecord:
    """Read the .npz file of one molecule that the transition-potential programs write.

    Parameters
    ----------
    path : the file
    split : what the file itself says where it is empty
    properties : (12,) in place of the file's own

    Raises
    ------
    XanesviewError
        when the file is no such result, was cut off or changed.
    """
    path = Path(path)
    try:
        arrays = read_npz(path)
        if properties is None:
            properties = arrays.get("properties", np.full(len(PROPERTY_NAMES), np.nan))
        record = StickRecord(
            str(arrays["name"]),
            str(arrays["smiles"]),
            split or str(arrays.get("split", "")),
            float(arrays["sigma"]),
            arrays["z"],
            arrays["pos"],
            arrays["rank"],
            arrays["sites"],
            arrays["ip"],
            tuple((arrays["energy"][a:b], arrays["dipole"][a:b]) for a, b in pairwise(arrays["ptr"])),
            properties,
            str(arrays.get("diffuse", "")),
            int(arrays.get("charge", 0)),
            str(arrays.get("identity", "")),
            str(arrays.get("asked", "")),
        )
        _check(record, arrays)
        return record
    except (FileNotFoundError, DamagedFileError, KeyError, ValueError, TypeError, IndexError) as error:
        told = in_plain_words(error.__cause__ or error)
        raise DamagedFileError(
            f"{path.name} is not a result of a spectrum calculation ({told}).", "Leave it out, or compute it again."
        ) from error


def _check(record: StickRecord, arrays: Mapping[str, np.ndarray]) -> None:
    """Raise ValueError unless the arrays of a result fit together and hold numbers."""
    n_atoms, n_sites, pointer = len(record.numbers), len(record.sites), arrays["ptr"]
    wanted = {
        "pos": (n_atoms, 3), "rank": (n_atoms,), "sites": (n_sites,), "ip": (n_sites,), "ptr": (n_sites + 1,),
        "energy": (pointer[-1],), "dipole": (pointer[-1], 3),
    }  # fmt: skip
    for name, shape in wanted.items():
        if arrays[name].shape != shape or not np.isfinite(arrays[name]).all():
            raise OddContent(f"{name} has the shape {arrays[name].shape}, or holds what is no number")
    inside = n_sites and (record.sites >= 0).all() and (record.sites < n_atoms).all()
    ascending = pointer[0] == 0 and (np.diff(pointer) >= 0).all()
    if not inside or not ascending or record.properties.shape != (len(PROPERTY_NAMES),):
        raise OddContent("its parts do not fit together")


def rounded(values: np.ndarray) -> np.ndarray:
    """Return numbers in single precision of which `KEPT_BITS` bits are kept: what lies below is noise that won't pack.

    The relative error is at most 2^-(KEPT_BITS + 1), 3e-5; a spectrum is known to 1e-2.
    """
    bits = np.ascontiguousarray(values, dtype="<f4").view("<u4")
    cut = np.uint32(1 << (23 - KEPT_BITS))
    return ((bits + cut // 2) & ~(cut - np.uint32(1))).view("<f4")


def write_block(path: Path, records: Sequence[StickRecord], attributes: Mapping[str, object]) -> None:
    """Write molecules to a new HDF5 file.

    ``attributes`` must hold ``element``, ``edge`` and ``energy_offset_ev``.

    Raises
    ------
    XanesviewError
        when there is nothing to write or the file exists.
    """
    if not records:
        raise XanesviewError("There is no molecule to write.", "Compute some spectra first.")
    if path.exists():
        raise XanesviewError(f"{path.name} exists, and blocks are never rewritten.", "Choose another name.")
    sticks = [s for r in records for s in r.sticks]
    counts = [len(r.sites) for r in records]
    arrays = {
        "molecule/atom_ptr": np.cumsum([0] + [len(r.numbers) for r in records]),
        "molecule/z": np.concatenate([r.numbers for r in records]).astype("i2"),
        "molecule/pos_angstrom": np.concatenate([r.positions_angstrom for r in records]).astype("f4"),
        "molecule/rank": np.concatenate([r.rank for r in records]).astype("i2"),
        "molecule/sigma_angstrom": np.array([r.sigma_angstrom for r in records], "f4"),
        "molecule/properties": np.stack([r.properties for r in records]).astype("f8"),
        "site/molecule": np.repeat(np.arange(len(records)), counts).astype("i4"),
        "site/atom": np.concatenate([r.sites for r in records]).astype("i2"),
        "site/ip_ev": np.concatenate([r.ip_ev for r in records]).astype("f4"),
        "site/stick_ptr": np.cumsum([0] + [len(e) for e, _ in sticks]),
        "stick/energy_ev": np.concatenate([e for e, _ in sticks]).astype("f4"),
        "stick/dipole_bohr": rounded(np.concatenate([d for _, d in sticks])),
    }
    with written_h5(path) as f:
        f.attrs.update(dict(attributes), n_molecules=len(records), n_sites=int(sum(counts)))
        for name, values in arrays.items():
            f.create_dataset(name, data=values, compression="gzip", compression_opts=9, shuffle=True)
        for name in ("name", "smiles", "split"):
            f.create_dataset(f"molecule/{name}", data=[getattr(r, name) for r in records], dtype=h5py.string_dtype())
        f["molecule/properties"].attrs["names"] = list(PROPERTY_NAMES)
