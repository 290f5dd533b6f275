"""One door to structure files: the format is told by content first, by the name where the content leaves it open.

`FORMATS` is the only list of formats and endings. A new format is a file with its functions and a line here.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.errors import XanesviewError
from xanesview.io import file_format
from xanesview.io.example_index import bundled
from xanesview.io.file_format import Format
from xanesview.io.session_mark import refuse_session
from xanesview.io.text_file import read_head, read_text

if TYPE_CHECKING:
    from xanesview.domain.structure import Structure

_ROOM = "xanesview.io.structures"

FORMATS = (
    Format(
        "CIF", (".cif", ".mcif", ".mmcif"), f"{_ROOM}.cif", "looks_like_cif", "read_cif", "write_cif",
        mime=("chemical/x-cif", "chemical/x-mmcif"), has_frames=True,
    ),
    Format(
        "PDB", (".pdb", ".ent"), f"{_ROOM}.pdb", "looks_like_pdb", "read_pdb", mime=("chemical/x-pdb",),
        has_frames=True,
    ),
    Format(
        "MOL and SDF", (".mol", ".sdf", ".sd", ".mdl"), f"{_ROOM}.molfile", "looks_like_molfile", "read_molfile",
        mime=("chemical/x-mdl-molfile", "chemical/x-mdl-sdfile"), has_frames=True,
    ),
    Format(
        "MOL2", (".mol2",), f"{_ROOM}.mol2", "looks_like_mol2", "read_mol2", mime=("chemical/x-mol2",), has_frames=True
    ),
    Format("Chemical JSON", (".cjson",), f"{_ROOM}.cjson", "looks_like_cjson", "read_cjson"),
    Format("FEFF input", (), f"{_ROOM}.feff", "looks_like_feff", "read_feff", names=("*feff*.inp",)),
    Format("SHELX", (".res", ".ins"), f"{_ROOM}.shelx", "looks_like_shelx", "read_shelx"),
    Format("CASTEP cell", (".cell",), f"{_ROOM}.castep", "looks_like_castep", "read_castep"),
    Format("FHI-aims geometry", (), f"{_ROOM}.aims", "looks_like_aims", "read_aims", names=("*geometry*.in*",)),
    Format("Quantum ESPRESSO input", (".pwi", ".in"), f"{_ROOM}.espresso", "looks_like_espresso", "read_espresso"),
    Format(
        "Gaussian input", (".gjf", ".com"), f"{_ROOM}.gaussian", "looks_like_gaussian", "read_gaussian",
        has_frames=True,
    ),
    Format("XSF and AXSF", (".xsf", ".axsf"), f"{_ROOM}.xsf", "looks_like_xsf", "read_xsf", has_frames=True),
    Format(
        "ASE trajectory", (".traj",), f"{_ROOM}.ase_trajectory", read="read_trajectory", magic=b"- of Ulm",
        has_frames=True,
    ),
    Format(
        "ASE database", (".db",), f"{_ROOM}.ase_database", read="read_database", magic=b"SQLite format 3\0",
        has_frames=True,
    ),
    Format(
        "POSCAR and CONTCAR", (".poscar", ".vasp"), f"{_ROOM}.poscar", "looks_like_poscar", "read_poscar",
        names=("*POSCAR*", "*CONTCAR*", "*XDATCAR*"), has_frames=True,
    ),
    Format(
        "XYZ and extended XYZ", (".xyz", ".extxyz"), f"{_ROOM}.xyz", "looks_like_xyz", "read_xyz", "write_xyz",
        mime=("chemical/x-xyz",), has_frames=True,
    ),
)  # fmt: skip
"""All formats of structures; where a file's content could be several, the first that its name allows."""

ENDINGS = file_format.endings_of(FORMATS)
STRUCTURE_FILTERS = file_format.dialog_filter("Structures", FORMATS)
"""For file dialogs."""
FORMATS_IN_WORDS = file_format.words_of(FORMATS)


def read_structure(path: str | Path, frame: int | None = None) -> Structure:
    """Return the structure of a file of any of the `FORMATS`.

    Parameters
    ----------
    path : file, or ``example:NAME`` for one that comes with the program
    frame : int, optional
        Which structure of a file of several, from 0, or from the end below 0; by default the last of XYZ files, else
        the first.

    Raises
    ------
    XanesviewError
        With one sentence and a hint, for anything that can't be used.
    """
    path = bundled(path) or Path(path).expanduser()
    binary = file_format.of_magic(FORMATS, read_head(path))
    if binary is not None:
        return binary.function("read")(path, **_frame(path, binary, frame))
    refuse_session(path)
    text = read_text(path)
    found = file_format.of_content(FORMATS, path, text) or _of_name(path)
    if found is None:
        raise XanesviewError(
            f"The format of {path.name} is not known.", f"Structures are read from {FORMATS_IN_WORDS} files."
        )
    return found.function("read")(path, text, **_frame(path, found, frame))


def _frame(path: Path, found: Format, frame: int | None) -> dict[str, int]:
    """Return the frame as a reader takes it; the first is all there is to ask of formats without frames."""
    if frame is None or (not found.has_frames and frame == 0):
        return {}
    if not found.has_frames:
        raise XanesviewError(
            f"Frames of {found.name} files can't be chosen ({path.name}).", "Save the structure into a file of its own."
        )
    return {"frame": frame}


def structure_from_smiles(smiles: str, seed: int | None = None, force_field: bool = True) -> Structure:
    """Return a 3D molecule from a SMILES string; see `embedding.structure_from_smiles`."""
    from xanesview.io.structures import embedding

    return embedding.structure_from_smiles(smiles, embedding.SEED if seed is None else seed, force_field)


def structure_format(path: str | Path) -> Format | None:
    """Return the format of a structure file by its content, else by its name, or None.

    What a file holds outweighs what it is called; a file of no clear content is what its name says, so that its
    reader can tell what is wrong with it.
    """
    return file_format.of_file(FORMATS, path) or _of_name(Path(path))


def write_structure(path: str | Path, structure: Structure) -> None:
    """Write a structure in the format that the file's ending names.

    Raises
    ------
    XanesviewError
        For an ending that is not written, a molecule as CIF, or a place that can't be written.
    """
    path = Path(path).expanduser()
    written = [fmt for fmt in FORMATS if fmt.write]
    found = next((fmt for fmt in written if path.suffix.lower() in fmt.endings), None)
    if found is None:
        raise XanesviewError(
            f"Structures are not written as “{path.suffix or path.name}”.",
            f"Choose one of {', '.join(file_format.endings_of(written))}.",
        )
    found.function("write")(path, structure)


def _of_name(path: Path) -> Format | None:
    """Return the text format that a file is named after; a binary format is only what begins like one."""
    return file_format.of_name([fmt for fmt in FORMATS if not fmt.magic], path)
