"""How alike a measured curve and the prediction are, in one line."""

from __future__ import annotations

from xanesview.domain.comparison import scores, weighted_r_factor
from xanesview.domain.counts import percent
from xanesview.domain.session import ReferenceCurve
from xanesview.errors import XanesviewError
from xanesview.gui.session.curve_processing import PREDICTION
from xanesview.shown.curve import Subject
from xanesview.shown.processing import shown_window_ev
from xanesview.shown.residuals import prediction_beside
from xanesview.shown.shown import Shown
from xanesview.shown.spectra import reference_spectrum


def score_words(shown: Shown, subject: Subject) -> str:
    """Return the scores of a curve as it is drawn, or why it has none; empty where there is nothing to compare."""
    if subject == PREDICTION or subject.which >= len(shown.references):
        return ""
    placed = shown.references[subject.which]
    predicted = prediction_beside(shown, placed)
    if predicted is None:
        return ""
    drawn = reference_spectrum(shown, placed) if placed.is_placed else None
    if drawn is None:
        return ""
    window = shown_window_ev(shown)
    try:
        found, weighted = scores(drawn, predicted, window), weighted_r_factor(drawn, predicted, window)
    except XanesviewError as error:
        return error.message
    low, high = found.window_ev
    return (
        f"Cosine {found.cosine:.4f} · Pearson {found.pearson:.4f} · R {percent(found.r_factor)} · "
        f"weighted {percent(weighted)} · {low:.1f} to {high:.1f} eV{_at(shown, placed.reference)}"
    ).replace(" -", " −")


def _at(shown: Shown, reference: ReferenceCurve) -> str:
    """Return at which angle the prediction is that a curve of a series is compared with."""
    is_angled = bool(reference.series) and reference.angle_deg is not None and shown.gives != "isotropic"
    return f" · prediction at {reference.angle_deg:g}°" if is_angled else ""
