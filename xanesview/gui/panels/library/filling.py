"""What stands in the list of the library panel: this molecule, the user's own references, what else was found."""

from __future__ import annotations

from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.background.library_search import Answer
from xanesview.gui.panels.library.listing import LibraryList
from xanesview.gui.panels.library.words import (
    entry_line,
    offer_line,
    offer_tip,
    own_edge,
    own_line,
    own_remark,
    own_tip,
)
from xanesview.texts import tr

_FORMULA_DIGITS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def is_own(subject: object) -> bool:
    """Whether what a row stands for is one of the user's own references."""
    return hasattr(subject, "told")


def fill(listing: LibraryList, answer: Answer, searched: bool) -> None:
    """List this molecule first, where a search finds it; then the user's own references; then what else was found."""
    why_of = dict(answer.found or ())
    first = [offer for offer in answer.offers if not searched or offer.entry in why_of]
    if first:
        listing.add_heading("This molecule")
    for offer in first:
        remark = why_of[offer.entry] if searched else f"{offer.rms_angstrom:.2f} Å"
        _add(listing, offer.entry, offer_line(offer), remark, offer)
    _add_example(listing, answer)
    _add_own(listing, answer, searched)
    offered = {offer.entry for offer in first}
    rest = [(entry, why) for entry, why in why_of.items() if entry not in offered]
    if rest:
        listing.add_heading(f"Also found {len(rest)}" if searched and (first or answer.own) else answer.heading)
    for entry, why in rest:
        _add(listing, entry, entry_line(entry), why, entry)


def is_example(subject: object) -> bool:
    """Whether what a row stands for is an example that comes with the program."""
    return hasattr(subject, "thumbnail") and hasattr(subject, "title")


def _add_example(listing: LibraryList, answer: Answer) -> None:
    if answer.example is None:
        return
    from xanesview.reference.library.names import smiles_of

    listing.add_heading("An example of the program")
    line, title = tr("opens it, predicted"), answer.example.title
    listing.add_molecule(title, line, "", "", smiles_of(title) or "", answer.example)
    listing.item(listing.count() - 1).setToolTip(plain("Double click opens this molecule with its predicted spectrum."))


def _add(listing: LibraryList, entry, line: str, remark: str, subject: object) -> None:
    from xanesview.reference.library.library import edge_of, shown_name

    name = shown_name(entry)
    title = name.translate(_FORMULA_DIGITS) if name == entry.formula else name
    tip = [entry.smiles, f"{entry.formula}, {entry.name} in {entry.path.name}", entry.method]
    if subject is entry:
        tip.append("Double click overlays the isotropic spectrum per absorbing atom.")
    else:
        tip.append(offer_tip(subject))
    listing.add_molecule(title, line, edge_of(entry), remark, entry.smiles, subject)
    listing.item(listing.count() - 1).setToolTip(plain("\n".join(part for part in tip if part)))


def _add_own(listing: LibraryList, answer: Answer, searched: bool) -> None:
    if not answer.own:
        return
    if searched:
        heading = f"Of your own {len(answer.own)}"
    else:
        heading = "Your newest references" if answer.n_own > len(answer.own) else "Your references"
    listing.add_heading(heading)
    for entry in answer.own:
        listing.add_curve(entry.told.name, own_line(entry), own_edge(entry), own_remark(entry), entry.thumbnail, entry)
        listing.item(listing.count() - 1).setToolTip(plain(own_tip(entry)))
