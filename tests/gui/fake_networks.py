"""An analytic stand-in for the networks, so that tests know every number the window shows."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.errors import Cancelled, XanesviewError
from xanesview.inference.domain_check import SiteVerdict
from xanesview.inference.loaded_network import Prediction
from xanesview.networks.card import BundleInfo, Card

ENERGY_EV = np.linspace(280.0, 320.0, 201)
PI_EV, SIGMA_EV = 285.0, 293.0


def _gauss(centre_ev: float, width_ev: float) -> np.ndarray:
    return np.exp(-0.5 * ((ENERGY_EV - centre_ev) / width_ev) ** 2)


def card(name: str = "fake", gives: str = "tensor", element: str = "C", **more) -> Card:
    """A card as the product would read it."""
    return Card(
        name=name,
        title=f"Analytic {element} K",
        kind=more.pop("kind", "analytic"),
        gives=gives,
        element=element,
        edge="K",
        energy_ev=ENERGY_EV,
        unit=more.pop("unit", "Mb/eV"),
        native_fwhm_ev=0.6,
        elements=("H", "C", "N", "O"),
        licence="BSD-3-Clause",
        path=Path(name),
        **more,
    )


def site_tensor(atom: int) -> np.ndarray:
    """Components (6, E): π* along z, σ* in the xy plane, both moved up a little with the atom's number."""
    shift = 0.05 * atom
    pi, sigma = _gauss(PI_EV + shift, 0.4), 0.7 * _gauss(SIGMA_EV + shift, 1.5) + 0.1 * (ENERGY_EV > 290)
    zero = np.zeros_like(pi)
    return np.array([sigma, sigma, pi, zero, zero, zero])


class FakePredictor:
    """Gives `site_tensor` for every site; can be held up, made to fail, or told of sites outside training."""

    def __init__(self, own_card: Card, networks: FakeNetworks) -> None:
        self.card = own_card
        self.device = "CPU"
        self._networks = networks

    def predict(self, structure, sites, *, progress=None, cancelled=None) -> Prediction:
        """Answer like a network does, in the thread of the worker."""
        networks = self._networks
        networks.threads.add(threading.current_thread())
        networks.asked.append(tuple(sites))
        while not networks.gate.wait(0.01):
            if cancelled is not None and cancelled():
                networks.step.wait(20.0)
                raise Cancelled
        if networks.error is not None:
            raise networks.error
        components = np.array([site_tensor(int(i)) for i in sites])
        if self.card.gives == "isotropic":
            mean = components[:, :3].mean(axis=1, keepdims=True)
            components = np.concatenate([np.repeat(mean, 3, axis=1), np.zeros_like(components[:, 3:])], axis=1)
        if progress is not None:
            progress(len(sites), len(sites))
        tensor = AbsorptionTensor(
            energy_ev=ENERGY_EV,
            components=components,
            sites=np.array(sites, dtype=int),
            unit="Mb/eV",
            edge="C K",
            native_fwhm_ev=0.6,
            ip_ev=np.full(len(sites), 290.2),
            members=np.stack([0.95 * components, components, 1.05 * components]),
        )
        verdicts = tuple(
            SiteVerdict(atom=int(i), inside=not networks.outside, reasons=tuple(networks.outside)) for i in sites
        )
        return Prediction(
            tensor=tensor, verdicts=verdicts, elapsed_s=0.012, device="CPU", network=self.card.name, notices=()
        )


class FakeNetworks:
    """Two C K networks (a tensor and an isotropic one) and one for N K.

    Attributes
    ----------
    gate
        Predictions wait until it is set.
    step
        What is cancelled ends once it is set, as a network between two of its steps.
    error
        Raised by the next predictions.
    outside
        Reasons for which all sites count as outside training.
    asked
        Sites of every request that reached a predictor.
    kept
        Predictions of an earlier session.
    threads
        Threads that predictions ran in.
    """

    def __init__(self) -> None:
        self.gate, self.step = threading.Event(), threading.Event()
        self.step.set()
        self.gate.set()
        self.error: Exception | None = None
        self.outside: list[str] = []
        self.asked: list[tuple[int, ...]] = []
        self.threads: set[threading.Thread] = set()
        self.kept: dict[tuple[str, str], Prediction] = {}
        self.n_kept = 0
        self._cards = {
            "fake": card(),
            "isotropic": card("isotropic", gives="isotropic"),
            "nitrogen": card("nitrogen", element="N"),
        }

    def bundles(self) -> list[BundleInfo]:
        """What the toolbar lists."""
        found = [BundleInfo(name, Path(name), one) for name, one in self._cards.items()]
        return [*found, BundleInfo("broken", Path("broken"), None, "The card of broken can't be read.")]

    def card(self, name: str) -> Card:
        """A card by name."""
        if name not in self._cards:
            raise XanesviewError(f"There is no network '{name}'.", "Choose another network.")
        return self._cards[name]

    def recall(self, structure_hash: str, name: str) -> Prediction | None:
        """What stands in `kept`."""
        return self.kept.get((structure_hash, name))

    def keep(self, structure_hash: str, name: str, prediction: Prediction) -> None:
        """Only count: each test begins knowing nothing."""
        self.n_kept += 1

    def load(self, name: str) -> FakePredictor:
        """A predictor by name."""
        return FakePredictor(self.card(name), self)


def e0_ev(atom: int) -> float:
    """E0 that the relative network gives an atom, eV."""
    return 290.0 + 0.1 * atom


RELATIVE_EV = np.linspace(-10.0, 20.0, 301)


def relative_spectrum(atom: int) -> np.ndarray:
    """Isotropic spectrum (E,) of the relative network: a peak 5 eV below E0."""
    return np.exp(-0.5 * ((RELATIVE_EV + 5.0) / 0.8) ** 2) + 0.01 * atom


def direct_spectrum(atom: int, weight) -> np.ndarray:
    """What the directional network answers: its tensor and something that no tensor has."""
    away = weight.voigt[0] * weight.voigt[2]
    return weight.voigt @ site_tensor(atom) + 0.5 * away * _gauss(300.0, 1.0)


class RelativePredictor(FakePredictor):
    """Isotropic spectra from E0, in a unit of its own."""

    def predict(self, structure, sites, *, progress=None, cancelled=None) -> Prediction:
        """Answer like XANE(3) does."""
        prediction = super().predict(structure, sites, progress=progress, cancelled=cancelled)
        unit = np.array([1.0, 1.0, 1.0, 0.0, 0.0, 0.0])[:, None]
        tensor = AbsorptionTensor(
            energy_ev=RELATIVE_EV, components=np.array([unit * relative_spectrum(int(i)) for i in sites]),
            sites=np.array(sites, dtype=int), unit="edge steps", edge="C K", native_fwhm_ev=0.6,
            ip_ev=np.array([e0_ev(int(i)) for i in sites]), axis="relative",
        )  # fmt: skip
        return replace(prediction, tensor=tensor)


class DirectionalPredictor(FakePredictor):
    """Asked anew for each direction; `networks.turns` may be cleared to hold answers up."""

    def along(self, structure, sites, weight, cancelled=None) -> np.ndarray:
        """Answer along one direction."""
        while not self._networks.turns.wait(0.01):
            if cancelled is not None and cancelled():
                raise Cancelled
        self._networks.directions.append(weight)
        return np.array([direct_spectrum(int(i), weight) for i in sites])


class BarePredictor(FakePredictor):
    """Knows neither E0 nor a band."""

    def predict(self, structure, sites, *, progress=None, cancelled=None) -> Prediction:
        """Answer without them."""
        prediction = super().predict(structure, sites, progress=progress, cancelled=cancelled)
        return replace(prediction, tensor=replace(prediction.tensor, ip_ev=None, members=None, unit="arb. u."))


class ManyNetworks(FakeNetworks):
    """Also a relative, a directional, a bare and a crystal network, and one that fails."""

    def __init__(self) -> None:
        super().__init__()
        self.turns = threading.Event()
        self.turns.set()
        self.directions: list = []
        metrics = {"test": {"isotropic_mse_median": 0.031, "ip_mae_ev": 0.3}}
        more = {
            "relative": card("relative", "isotropic", kind="xane3", axis="relative", metrics=metrics),
            "directional": card("directional", "directional", kind="isd-painn"),
            "slabs": card("slabs", data={"periodic": True}),
            "failing": card("failing"),
            "bare": card("bare", unit="arb. u."),
            "reader": card("reader", "properties", kind="spectrum-properties"),
        }
        self._cards |= {name: replace(one, energy_ev=RELATIVE_EV) if name == "relative" else one
                        for name, one in more.items()}  # fmt: skip

    def load(self, name: str) -> FakePredictor:
        """A predictor by name."""
        if name == "failing":
            raise XanesviewError("The weights of failing cannot be read.", "Fetch the bundle again.")
        kinds = {"relative": RelativePredictor, "bare": BarePredictor, "directional": DirectionalPredictor}
        return kinds.get(name, FakePredictor)(self.card(name), self)
