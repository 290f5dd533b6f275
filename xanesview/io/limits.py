"""How much a file, a card or an option may ask for: the limits of all declared sizes, and the check against them.

A size is looked at where it is declared, before anything is made of it: a file of a few kilobytes can declare more than
any memory holds.
"""

from __future__ import annotations

MOST_ENERGIES = 10_000
"""Points of an energy grid, of a card or of a data file."""
