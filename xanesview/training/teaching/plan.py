"""How much a copy goes through where nobody says otherwise; apart, so that the window needs no torch to tell the time.

``repeats``: how often an epoch goes through each new molecule. ``rehearsed`` molecules of the network's own training
data are gone through once each, ``watched`` of its validation data are only looked at after each epoch, and ``tested``
of its test data are predicted before and after.
"""

from __future__ import annotations

PLAN = {"epochs": 9, "repeats": 6, "rehearsed": 96, "watched": 24, "tested": 60, "batch_structures": 8}
