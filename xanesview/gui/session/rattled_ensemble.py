"""Mean and spread of the spectra of copies, frames or conformers, predicted beside the window: a frozen curve."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from xanesview.domain.session import FrozenCurve, Session
from xanesview.domain.structure import Notice, Structure
from xanesview.errors import Cancelled, XanesviewError
from xanesview.gui.background.latest_work import LatestWork
from xanesview.shown.overlay_changes import with_frozen

if TYPE_CHECKING:
    from xanesview.inference.loaded_network import Prediction, Predictor
    from xanesview.shown.shown import Shown


KIND = "copies"
"""Of the notices that tell of them."""


@dataclasses.dataclass(frozen=True, eq=False)
class Ensemble:
    """What came of copies.

    Attributes
    ----------
    mean : FrozenCurve
        With one standard deviation between copies as its band.
    intensities : (N, E) float
        Of each copy, on the energies of the mean.
    """

    mean: FrozenCurve
    intensities: np.ndarray


class RattledEnsemble(QObject):
    """Asks the network that is shown for the picked sites of copies, one after the other.

    Parameters
    ----------
    session
        Gives the session that is shown.
    load
        Makes a predictor from a network's name; called in a thread of its own.
    shown_with
        What a session shows with a prediction in the place of its own.
    change
        Takes another session as one undo step, with its text and gesture.
    """

    changed = Signal()
    told = Signal(object)  # a Notice
    averaged = Signal(object)  # an Ensemble that was to be told of and not drawn

    def __init__(
        self,
        session: Callable[[], Session],
        load: Callable[[str], Predictor],
        shown_with: Callable[[Session, Prediction], Shown],
        change: Callable[[Session, str, int | None], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session, self._load, self._shown_with, self._push = session, load, shown_with, change
        self._asked: tuple[Session, str, np.ndarray | None] | None = None
        self._draws = True
        self._gesture: int | None = None
        self.done = 0
        self.count = 0
        self._work = LatestWork("copies", "The copies could not be predicted", self)
        self._work.done.connect(self._take)
        self._work.failed.connect(self._fail)
        self._work.busy_changed.connect(lambda _busy: self.changed.emit())

    @property
    def is_busy(self) -> bool:
        """Whether copies are being predicted."""
        return self._work.is_busy

    def ask(
        self,
        copies: Sequence[Structure],
        name: str,
        shares: Sequence[float] | None = None,
        *,
        draws: bool = True,
        gesture: int | None = None,
    ) -> None:
        """Predict the picked sites of copies of the structure shown; `name` is what their mean is called.

        With shares (N,) each copy counts by its own. The mean is drawn, or only told of by `averaged`. A mean that came
        of a gesture is one step with it, and none where that has been undone meanwhile.
        """
        session = self._session()
        sites, network = session.picked, session.network
        if not sites or not copies:
            self.told.emit(Notice(KIND, "No site is picked whose spectrum could be averaged.", "Pick a site."))
            return
        weights = None if shares is None else np.asarray(shares, float) / np.sum(shares)
        self._asked, self.done, self.count = (session, name, weights), 0, len(copies)
        self._draws, self._gesture = draws, gesture

        def predict(cancelled: Callable[[], bool]) -> list[Any]:
            predictor, found = self._load(network), []
            for one in copies:
                if cancelled():
                    raise Cancelled
                found.append(predictor.predict(one, sites, cancelled=cancelled))
                self.done = len(found)
            return found

        self._work.ask(predict)

    def cancel(self) -> None:
        """Give up what is being predicted."""
        self._work.forget()

    def shutdown(self) -> None:
        """The window closes."""
        self._work.shutdown()

    def _take(self, predictions: list[Prediction]) -> None:
        session, name, weights = self._asked
        try:
            result = _ensemble(session, [self._shown_with(session, one) for one in predictions], name, weights)
        except XanesviewError as error:
            self._fail(error.message, error.hint)
            return
        if result is None:
            return
        if self._draws and (self._gesture is None or self._is_open(session.structure)):
            self.draw(result)
        elif not self._draws:
            self.averaged.emit(result)

    def _is_open(self, structure: Structure) -> bool:
        """Whether a structure, or another frame of its file, is still open."""
        return any(one.source == structure.source for one in self._session().structures)

    def draw(self, result: Ensemble) -> None:
        """Keep the mean as a frozen curve, as one step."""
        self._push(with_frozen(self._session(), result.mean), f"add {result.mean.look.name}", self._gesture)

    def _fail(self, message: str, hint: str) -> None:
        if message:
            self.told.emit(Notice(KIND, message, hint))


def _ensemble(
    session: Session, shown: Sequence[Shown], name: str, weights: np.ndarray | None
) -> Ensemble | None:
    """Return what is drawn of copies and their mean, with one standard deviation between copies as its band."""
    from xanesview.shown.spectra import frozen_curve

    curves = [frozen_curve(one) for one in shown]
    if any(curve is None for curve in curves):
        return None
    first = curves[0]
    mean = _averaged([curve.spectrum for curve in curves], weights)
    others = [curve.other for curve in curves]
    other = None if any(one is None for one in others) else _averaged(others, weights)
    structure = session.structure
    facts = {
        **first.spectrum.provenance, "structure_hash": structure.content_hash,
        "copies": str(len(curves)), "geometry_origin": name,
    }  # fmt: skip
    if weights is not None:
        facts["shares"] = ", ".join(f"{weight:.4f}" for weight in weights)
    label = f"{structure.name or structure.formula} · {name}"
    spectrum = mean.replace(provenance=facts, label=label)
    look = dataclasses.replace(first.look, name=name)
    mean_curve = dataclasses.replace(first, spectrum=spectrum, other=other, look=look)
    return Ensemble(mean_curve, _rows([curve.spectrum for curve in curves]))


def _rows(spectra: Sequence[Any]) -> np.ndarray:
    """Return intensities (N, E); what is counted from each copy's own E0 is brought to the first one's energies."""
    grid = spectra[0].energy_ev
    if all(np.array_equal(one.energy_ev, grid) for one in spectra):
        return np.array([one.intensity for one in spectra])
    return np.array([np.interp(grid, one.energy_ev, one.intensity) for one in spectra])


def _averaged(spectra: Sequence[Any], weights: np.ndarray | None) -> Any:
    """Return the mean with the deviation of a sample as its band; weighted, with that of the whole of them."""
    values = _rows(spectra)
    if not np.isfinite(values).all():
        raise XanesviewError("A copy has no finite spectrum.", "Give a smaller σ.")
    if weights is None:
        spread = 1 if len(values) > 1 else 0
        return spectra[0].replace(intensity=values.mean(axis=0), band=values.std(axis=0, ddof=spread))
    mean = weights @ values
    return spectra[0].replace(intensity=mean, band=np.sqrt(weights @ (values - mean) ** 2))
