"""Predictions as a session file keeps them, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xanesview.domain.work import KeptPrediction
from xanesview.inference.domain_check import SiteVerdict
from xanesview.inference.loaded_network import Prediction


def kept(structure_hash: str, network: str, prediction: Prediction) -> KeptPrediction:
    """Return a prediction as a file keeps it."""
    verdicts = tuple(
        {
            "atom": one.atom, "inside": one.inside, "reasons": list(one.reasons), "uncertain": one.uncertain,
            "expected": one.expected,
        }
        for one in prediction.verdicts
    )  # fmt: skip
    return KeptPrediction(
        structure_hash, network, prediction.bundle, prediction.tensor, prediction.device, verdicts, prediction.notices
    )


def restored(one: KeptPrediction) -> Prediction:
    """Return a prediction that a file has kept; a verdict that can't be read says nothing of its site."""
    known = {int(site) for site in one.tensor.sites}
    told = [facts for facts in one.verdicts if isinstance(facts.get("atom"), int)]
    verdicts = tuple(_verdict(facts) for facts in told if facts["atom"] in known)
    return Prediction(one.tensor, verdicts, 0.0, one.device, one.network, one.notices, one.bundle)


def _verdict(facts: Mapping[str, Any]) -> SiteVerdict:
    reasons, expected = facts.get("reasons"), facts.get("expected")
    return SiteVerdict(
        int(facts["atom"]),
        bool(facts.get("inside", True)),
        tuple(str(reason) for reason in reasons) if isinstance(reasons, list | tuple) else (),
        bool(facts.get("uncertain", False)),
        float(expected) if isinstance(expected, int | float) else None,
    )
