"""How much a file, a card or an option may ask for: all limits on declared sizes, and the checks against them.

A size is looked at where it is declared, before anything is made of it: a file of a few kilobytes, or eleven letters on
a command line, can ask for more than any memory holds.
"""

from __future__ import annotations

from xanesview.errors import DamagedFileError, XanesviewError

MOST_ENERGIES = 10_000
"""Points of an energy grid, of a card or of a data file."""
MOST_ATOMS = 200_000
"""Of a structure, a formula or a list of sites."""
LONGEST_SMILES = 4_000
"""Characters; geometries are built of molecules with far shorter ones."""
LONGEST_TITLE = 300
"""Characters of a title in a figure."""
MOST_LAYERS = 200
"""Of a slab that is cut from a crystal."""
LARGEST_VACUUM_ANGSTROM = 500
"""Above it."""
MOST_COPIES = 1000
"""Of a structure, rattled."""
LARGEST_SIGMA_ANGSTROM = 0.5
"""By which a coordinate of a copy is displaced."""
KELVINS, DEBYE_KELVINS = (0, 5000), (10, 5000)
"""Least and most of a temperature, and of a Debye temperature."""
LARGEST_SEED = 2_000_000_000
"""Of random numbers; generators take 32 bits, and none below zero."""
SMALLEST_TOLERANCE_ANGSTROM, LARGEST_TOLERANCE_ANGSTROM = 0.001, 0.5
"""By which atoms may be off their places in a search for symmetry; bonds to hydrogen are hardly longer than twice that,
and a larger one would take different atoms for the same."""
LARGEST_HEIGHT_ANGSTROM = 20
"""Of a molecule on a surface."""
LARGEST_MOVE_ANGSTROM = 1_000_000
"""Of an atom, along an axis."""
HEAVIEST_SITE = 1_000_000
"""Largest weight of one site among others, each of which has 1 unless another one is given."""
LARGEST_ENERGY_EV = 1_000_000
"""Either way from zero; K edges end at 150 keV."""
WIDEST_EV = 1000
"""Of what a spectrum is broadened by."""
MOST_CURVES = 1000
"""Of one figure: its lines lie on one another long before."""
MOST_REFERENCES = 100
"""Of a window's plot: each has a row, an undo step and a part in every draft of the picture."""
MOST_PIXELS = 100_000_000
"""Of a picture: 400 MB while it is drawn."""
LARGEST_TABLE = 2_000_000_000
"""Bytes of one table of a file that is opened, unpacked."""
LARGEST_IMAGE = 64_000_000_000
"""Bytes of a spectrum image, which is read in pieces."""
MOST_IMAGE_PIXELS = 16_000_000
"""Of a spectrum image; maps of five components take 100 bytes a pixel."""
LARGEST_SHOWN_IMAGE = 2_000_000_000
"""Bytes of a spectrum image that the window holds."""
LARGEST_TRAINING_TABLE = 32_000_000_000
"""Bytes of one table of data to train on."""
LARGEST_SETTINGS = 4_000_000
"""Bytes of a card, a recipe or a configuration; cards that come with the program have up to 70 kB."""
LARGEST_SESSION_TEXT = 100_000_000
"""Bytes of what a session file says beside its arrays; a slab of 200 atoms with 20 references has about 100 kB."""
MOST_MEMBERS = 100_000
"""Of an archive."""
LARGEST_RECIPE = 100_000
"""Bytes of a recipe to train by; those that come with the program have up to 2 kB."""
LARGEST_WEIGHTS = 2_000_000_000
"""Bytes of a network's weights."""
LARGEST_MATRIX = 1_000_000_000
"""Bytes of what is made in between."""

TORCH_BYTES = 1_000_000_000
"""Of address space: networks predict in that, and torch ends the process in 0.7 GB."""
DRAWING_BYTES = 3_000_000_000
"""Of address space: the window and pictures of structures are drawn in 3.0 GB, and end without a word in 2.0 GB."""

_SMALL = 1_000_000
_BEST_PACKED = 1100
"""Deflate makes nothing smaller than a 1032nd; a table that declares more than is stored is empty or a trap."""
_BESIDE_OTHERS = 100
"""A table that is mostly empty may be so many times as large as the file that others fill."""
_DAMAGED = "It is damaged or cut off; write it again."


def check_count(n: int, most: int, what: str, hint: str, error: type[XanesviewError] = XanesviewError) -> None:
    """Check a number of things that is asked for.

    Parameters
    ----------
    n, most : how many, and how many there may be
    what : their name in the plural, such as “energies”
    hint : what to do about it
    error : what is raised

    Raises
    ------
    XanesviewError
        where they are too many.
    """
    if n > most:
        raise error(f"{n:,} {what} are too many; up to {most:,} are taken.", hint)


def check_range_ev(low: float, high: float, hint: str, error: type[XanesviewError] = XanesviewError) -> None:
    """Check the two ends of a range of energies that is asked for; infinities and NaN are no ends.

    Raises
    ------
    XanesviewError
        where they are too large or not in order; `error` is what is raised.
    """
    if not (abs(low) <= LARGEST_ENERGY_EV and abs(high) <= LARGEST_ENERGY_EV):
        most = f"{LARGEST_ENERGY_EV:,} eV"
        raise error(f"{low:g} to {high:g} eV are no energies; they lie between −{most} and {most}.", hint)
    if not low < high:
        raise error(f"The range from {low:g} to {high:g} eV is empty.", hint)


def is_width_ev(fwhm_ev: float) -> bool:
    """Tell whether a number can be the width of a spectrum, or what it is broadened by: 0 to `WIDEST_EV`."""
    return 0.0 <= fwhm_ev <= WIDEST_EV


def check_width_ev(fwhm_ev: float) -> None:
    """Check a width that is asked for.

    Raises
    ------
    XanesviewError
        where it is none.
    """
    if not is_width_ev(fwhm_ev):
        raise XanesviewError(f"{fwhm_ev:g} eV is no width.", f"Give one from 0 to {WIDEST_EV} eV.")


def size(n_bytes: float) -> str:
    """Return a number of bytes as people write it, to three digits: “120 kB”, “3.2 MB”, “1,500 GB”."""
    for factor, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if n_bytes >= 0.9995 * factor:
            value = n_bytes / factor
            return f"{value:,.0f} {unit}" if value >= 99.95 else f"{value:.3g} {unit}"
    return f"{n_bytes:.0f} bytes"


def check_bytes(n_bytes: int, most: int, what: str, hint: str) -> None:
    """Check how much memory something takes that is asked for; ``what`` is its name, such as “The figure”.

    Raises
    ------
    XanesviewError
        where it is too much.
    """
    if n_bytes > most:
        raise XanesviewError(f"{what} would take {size(n_bytes)}; up to {size(most)} are taken.", hint)


def check_table(file: str, table: str, declared: int, stored: int, in_file: int, most: int = LARGEST_TABLE) -> None:
    """Check the bytes that a table of a file declares against those that are stored of it, and in the whole file.

    Raises
    ------
    DamagedFileError
        where it declares far more than can be there.
    XanesviewError
        where it is too large to be opened.
    """
    if declared > max(_SMALL, _BEST_PACKED * stored, _BESIDE_OTHERS * in_file):
        raise DamagedFileError(f"{file} declares {declared:,} bytes in {table} but holds far fewer.", _DAMAGED)
    check_bytes(declared, most, f"{table} of {file}", "Split the file into smaller ones.")


def check_address_space(least: int = DRAWING_BYTES, what: str = "to draw structures") -> None:
    """Check that this process may have the memory that something takes: OpenGL, VTK and torch end it without.

    Parameters
    ----------
    least : bytes of address space
    what : that it is for

    Raises
    ------
    XanesviewError
        Where it was started with a limit below that (``ulimit -v``).
    """
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    most, _ = resource.getrlimit(resource.RLIMIT_AS)
    if most != resource.RLIM_INFINITY and most < least:
        raise XanesviewError(
            f"Programs started here may have {size(most)} of memory, too little {what}.",
            f"Allow at least {size(least)} (ulimit -v).",
        )
