"""What references of one name are called."""

from __future__ import annotations

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.session import ReferenceCurve
from xanesview.domain.spectrum import Spectrum
from xanesview.shown.reference_labels import told_apart


def computed(edge: str = "C K", sites: tuple[int, ...] = (0,), source: str = "", **facts: str) -> ReferenceCurve:
    tensor = AbsorptionTensor(np.arange(4.0), np.ones((len(sites), 6, 4)), np.array(sites), "Mb", edge, 0.5)
    return ReferenceCurve(tensor=tensor, label="TP-DFT", source=source, facts=facts)


def test_one_of_a_name_keeps_it() -> None:
    measured = ReferenceCurve(spectrum=Spectrum([1.0, 2.0], [0.0, 1.0]), label="film")
    assert told_apart([computed(structure="benzene.xyz"), measured]) == ["TP-DFT", "film"]


def test_what_differs_is_told_and_nothing_else() -> None:
    both = told_apart([computed(structure="benzene.xyz", date="2024-01-02"), computed(structure="pyridine.xyz")])
    assert both[0] == "TP-DFT · benzene"
    assert both[1] == "TP-DFT · pyridine"
    assert told_apart([computed(), computed("N K")]) == ["TP-DFT · C K", "TP-DFT · N K"]
    dates = told_apart([computed(date="2024-01-02T10:00"), computed(date="2024-03-04T10:00")])
    assert dates == ["TP-DFT · 2024-01-02", "TP-DFT · 2024-03-04"]
    assert told_apart([computed(basis="pc-2"), computed(basis="pc-3")]) == ["TP-DFT · pc-2", "TP-DFT · pc-3"]
    assert told_apart([computed(sites=(1, 2)), computed(sites=(3,))]) == ["TP-DFT · atoms 1, 2", "TP-DFT · atoms 3"]


def test_what_nothing_tells_apart_is_numbered() -> None:
    assert told_apart([computed(), computed()]) == ["TP-DFT (1)", "TP-DFT (2)"]
