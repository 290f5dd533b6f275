"""What the library panel says of what it lists, in few words and in tips."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xanesview.domain.counts import counted
from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.gui.background.library_search import Answer
    from xanesview.io.spectra.stick_file import StickEntry
    from xanesview.reference.collection.entry import Entry
    from xanesview.reference.library.matching import Offer


def size_words(answer: Answer) -> str:
    """How much there is to search."""
    own = tr("{n} of your own").format(n=f"{answer.n_own:,}") if answer.n_own else ""
    if not answer.n_entries:
        return own
    molecules = counted(answer.n_entries, "molecule")
    text = f"{own} · {molecules}" if own else f"{molecules} · {', '.join(answer.edges)}"
    return f"{text} · {len(answer.problems)} unreadable" if answer.problems else text


def entry_line(entry: StickEntry) -> str:
    """The second line of a molecule."""
    shape = f"displaced by {entry.sigma_angstrom:.2f} Å · " if entry.is_displaced else ""
    return f"{shape}{entry.smiles}"


def offer_line(offer: Offer) -> str:
    """The second line of what there is for the loaded molecule."""
    known, total = len(offer.tensor.sites), len(offer.tensor.sites) + len(offer.missing)
    sites = counted(total, "site")
    if known < total:
        sites = f"{known} of {sites}"
    else:
        sites = f"all {sites}" if total > 1 else "its one site"
    return f"{sites} · follows the arrow"


def offer_tip(offer: Offer) -> str:
    """What laying it over does."""
    lines = [
        f"Its heavy atoms are within {offer.rms_angstrom:.2f} Å rms of the loaded ones.",
        "Double click overlays the spectra of this molecule's sites; they follow the arrow.",
    ]
    if offer.borrowed:
        atoms = ", ".join(f"{offer.entry.element}{atom}" for atom in offer.borrowed)
        lines.insert(1, f"{atoms}: taken from an atom with the same bonds but not quite the same surroundings.")
    return "\n".join(lines)


def own_line(entry: Entry) -> str:
    """The second line of one of the user's references: compound, tags, whom to cite."""
    told = entry.told
    compound = "" if told.compound == told.name else told.compound
    return " · ".join(filter(None, (compound, " ".join(f"#{tag}" for tag in told.tags), told.citation)))


def own_edge(entry: Entry) -> str:
    """Edge and angle of one of the user's references."""
    angle = "" if entry.told.angle_deg is None else f"{entry.told.angle_deg:g}°"
    return " · ".join(filter(None, (entry.told.edge_label, angle)))


def own_remark(entry: Entry) -> str:
    """What is said at the right of one of the user's references."""
    return tr("file missing") if entry.missing else tr(entry.kind)


def own_tip(entry: Entry) -> str:
    """All that is known of one of the user's references, and what a double click does."""
    energies = f"{entry.first_ev:.1f} to {entry.last_ev:.1f} eV"
    gone = "The file is missing; its spectrum is kept all the same." if entry.missing else ""
    return "\n".join(filter(None, (
        entry.told.name, entry.told.compound, energies, entry.told.citation, entry.source, gone,
        "Double click overlays it, and so does a drag onto the plot.",
    )))  # fmt: skip
