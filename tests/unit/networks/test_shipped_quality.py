"""Every network that comes with the program and gives spectra shows how well it did on its test split."""

from __future__ import annotations

import pytest

from xanesview.domain.quality import PLACES, RANKINGS, place_of
from xanesview.io.spectra.quality_file import QUALITY, read_quality
from xanesview.networks.card import BundleInfo
from xanesview.networks.card import read_bundle_info as bundle_at
from xanesview.paths import resource

NETWORKS = sorted(path for path in resource("networks").iterdir() if path.is_dir())
SPECTRA = [info for info in map(bundle_at, NETWORKS) if info.card is not None and info.card.gives != "properties"]


@pytest.mark.parametrize("info", SPECTRA, ids=lambda info: info.name)
def test_quality_is_there_small_and_agrees_with_the_card(info: BundleInfo) -> None:
    path = info.path / QUALITY
    assert path.stat().st_size < 300_000
    quality, card = read_quality(path), info.card
    assert (quality.network, quality.split) == (card.name, "test")
    assert quality.polarised is (card.gives != "isotropic")
    assert quality.scale == pytest.approx(card.intensity_scale)
    told = card.metrics["test"]["mse_mean" if quality.polarised else "isotropic_mse"]
    assert quality.errors["spectrum"].mean() == pytest.approx(told, rel=0.05)
    for ranking in RANKINGS:
        stored = [place for place, _ in quality.stored(ranking)]
        assert {place_of(percent, quality.n_sites) for percent in PLACES.values()} <= set(stored)
    for exemplar in quality.exemplars:
        assert exemplar.structure.symbols[exemplar.atom] == card.element
        assert exemplar.reference.axis == card.axis
        difference = (exemplar.predicted - exemplar.reference_curve()) / quality.scale
        # along the one of 32 directions whose error is nearest to the site's own
        assert 0.5 < (difference**2).mean() / quality.errors["spectrum"][exemplar.row] < 2.0
