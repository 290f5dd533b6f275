"""Properties of a molecule read from a carbon K-edge spectrum, each with the error that tests found."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import SYMBOLS
from xanesview.errors import XanesviewError, in_plain_words
from xanesview.inference.domain_check import SiteVerdict
from xanesview.inference.finite import check_finite
from xanesview.networks.card import CARD, Card, find_bundle
from xanesview.networks.spectrum_properties.spectrum_vector import (
    COMPOSITION,
    USABLE_R2,
    SpectrumDomain,
    composition_counts,
    spectrum_vector,
    threshold_ev,
)
from xanesview.networks.torch_access import need_torch

DEFAULT_READER = "c_k_edge_properties"
SITE, MOLECULE = "site", "molecule"
#: Groups of test molecules: of atoms that are counted one by one, and with others.
PLAIN, OTHER = "H, C, N, O, F", "with other atoms"
#: Extra Gaussian widths (eV) tried on measured spectra, which are sharper than the computed ones of the training.
MEASURED_EXTRA_EV = (0.0, 0.6, 0.9, 1.2, 1.6)
#: … and the least is taken that brings one this near, in units of the domain's limit.
FAMILIAR = 0.7
#: Where carbon's K-edge begins (eV); below the second number energies are taken to count from the edge.
CARBON_EV, FROM_EDGE_EV = (265.0, 315.0), 100.0
_CARBON = 6


@dataclass(frozen=True)
class PropertyValue:
    """A property with its unit; ``error``: mean absolute error in the test; ``r2``: share of the variance explained."""

    key: str
    title: str
    unit: str
    value: float
    error: float
    r2: float

    @property
    def usable(self) -> bool:
        """Whether the spectrum tells enough of it."""
        return self.r2 >= USABLE_R2

    @property
    def texts(self) -> tuple[str, str]:
        """Value and error as text: the error with two digits that count, the value with as many decimals."""
        decimals = 0
        if self.error > 0 and math.isfinite(self.error):
            decimals = max(0, 1 - math.floor(math.log10(self.error)))
        number = f"{self.value:.{decimals}f}"
        if float(number) == 0:
            number = number.lstrip("-")
        return number.replace("-", "−"), f"{self.error:.{decimals}f}"


@dataclass(frozen=True)
class PropertyReading:
    """What a network reads from one spectrum.

    ``reasons`` why it is outside the training domain (empty: inside); ``extra_fwhm_ev`` by which a measured spectrum
    was broadened first; ``tested_on`` in words.
    """

    variant: str
    values: tuple[PropertyValue, ...]
    reasons: tuple[str, ...]
    threshold_ev: float
    extra_fwhm_ev: float
    tested_on: str

    @property
    def inside(self) -> bool:
        """Whether the spectrum resembles those of the training."""
        return not self.reasons


@dataclass(frozen=True, eq=False)
class _Variant:
    networks: list
    spectrum: str
    with_composition: bool


class PropertyReader:
    """The networks of one bundle.

    Raises
    ------
    XanesviewError
        for a broken bundle, one that gives no properties, or a PyTorch that can't be loaded.
    """

    def __init__(self, path: Path) -> None:
        need_torch()
        from xanesview.networks.bundle import load_weights
        from xanesview.networks.members import load_members

        self.card = Card.from_json(path / CARD)
        if self.card.gives != "properties" or "variants" not in self.card.raw:
            raise XanesviewError(
                f"{self.card.name} gives {self.card.gives} spectra, not properties.",
                "Choose a network that reads properties.",
            )
        weights = load_weights(path)
        self._variants: dict[str, _Variant] = {}
        for number, said in enumerate(self.card.raw["variants"]):
            prefix = f"{said['name']}." if number else ""
            own = {k.removeprefix(prefix): v for k, v in weights.items() if k.startswith(prefix)}
            card = replace(self.card, raw={**self.card.raw, "network": said["network"]})
            networks = load_members(card, own)
            self._variants[said["name"]] = _Variant(networks, said["spectrum"], bool(said["with_composition"]))
        self.window = next(iter(self._variants.values())).networks[0].config.window
        self._domains = {kind: self._domain(kind, weights) for kind in (MOLECULE, SITE)}

    def _domain(self, kind: str, weights: Mapping) -> SpectrumDomain:
        own = {k.removeprefix(f"{kind}."): v.numpy() for k, v in weights.items() if k.startswith(f"{kind}.domain.")}
        try:
            return SpectrumDomain.from_arrays(own, self.window.n_points)
        except ValueError as error:
            raise XanesviewError(
                f"Card and weights of {self.card.name} do not belong together: {kind}, {in_plain_words(error)}.",
                "Fetch the bundle again.",
            ) from error

    @property
    def variants(self) -> tuple[str, ...]:
        """Names of the networks: "molecule", "molecule+composition", "site", "site+composition"."""
        return tuple(self._variants)

    def read(self, spectrum: Spectrum, kind: str = MOLECULE, numbers: Sequence[int] | None = None) -> PropertyReading:
        """Read the properties from an isotropic spectrum.

        Parameters
        ----------
        spectrum : predicted, computed or measured; shift and unit do not matter
        kind : "molecule" (mean over all carbon atoms) or "site"
        numbers : (N,) atomic numbers where the composition is known

        Raises
        ------
        XanesviewError
            if the spectrum has no edge, begins above it, does not reach far enough, or is of another edge; if the
            composition has no carbon, whose spectrum it would be.
        """
        threshold = _carbon_threshold_ev(spectrum)
        numbers = None if numbers is None else np.asarray(numbers, int)
        if numbers is not None and not has_carbon(numbers):
            raise XanesviewError(
                "The composition has no carbon, so no C K-edge spectrum is of it.",
                "Give the composition of the molecule that was measured, or read the spectrum alone.",
            )
        name = kind + ("" if numbers is None else "+composition")
        extra, vector = self._vector(spectrum, kind)
        values = self.values(vector[None], name, numbers if numbers is None else composition_counts(numbers)[None])[0]
        tested_on, scores = self._scores(name, spectrum.kind, numbers)
        properties = tuple(
            PropertyValue(p["key"], p["title"], p["unit"], float(v), float(scores[p["key"]]["mae"]),
                          float(scores[p["key"]]["r2"]))
            for p, v in zip(self.card.raw["properties"], values, strict=True)
        )  # fmt: skip
        reasons = (*self._spectrum_reasons(vector, kind, spectrum), *self._composition_reasons(numbers))
        return PropertyReading(name, properties, reasons, threshold, extra, tested_on)

    def values(self, vectors: np.ndarray, variant: str, composition: np.ndarray | None = None) -> np.ndarray:
        """Return properties (n, P) of spectra (n, V) on the window's grid, the mean over the ensemble."""
        import torch

        chosen = self._variants.get(variant)
        if chosen is None:
            known = ", ".join(self._variants)
            raise XanesviewError(f"{self.card.name} has no network for “{variant}”.", f"It has: {known}.")
        with torch.inference_mode():
            x = torch.as_tensor(vectors, dtype=torch.float32)
            counts = None if composition is None else torch.as_tensor(composition, dtype=torch.float32)
            found = torch.stack([n(x, counts) for n in chosen.networks]).mean(0).numpy()
        check_finite(found, chosen.networks, "Look for values in the spectrum that no measurement gives.")
        return found

    def distance(self, vectors: np.ndarray, kind: str) -> np.ndarray:
        """Return how far spectra (n, V) are from the training set, 1 at its limit: (n,)."""
        domain = self._domains[kind]
        return domain.distance(vectors) / domain.limit

    def _vector(self, spectrum: Spectrum, kind: str) -> tuple[float, np.ndarray]:
        """Return the spectrum on the window's grid, and by how much a sharper one was broadened to be familiar.

        Measured spectra are often sharper than those of the training, and so are those of some networks.
        """
        plain = spectrum_vector(spectrum.energy_ev, spectrum.intensity, self.window)
        is_sharp = 0.0 < spectrum.native_fwhm_ev < 0.9 * self.card.native_fwhm_ev
        if spectrum.kind != "measured" and not is_sharp:
            return 0.0, plain
        tried = [(extra, _broadened(spectrum, extra, self.window)) for extra in MEASURED_EXTRA_EV]
        tried = [(extra, vector) for extra, vector in tried if vector is not None]
        far = [float(self.distance(vector, kind)[0]) for _, vector in tried]
        familiar = next((k for k, distance in enumerate(far) if distance <= FAMILIAR), int(np.argmin(far)))
        return tried[familiar]

    def _scores(self, variant: str, kind: str, numbers: np.ndarray | None) -> tuple[str, Mapping]:
        """Return on what the network was tested, in words, and R² and MAE.

        Tests on predicted spectra where it reads one; errors of molecules of the same kind where the composition is
        known.
        """
        metrics = self.card.metrics.get("test") or self.card.metrics.get("val") or {}
        predicted = metrics.get("from_predicted", {}) if kind in ("predicted", "frozen") else {}
        found = predicted.get(variant) or metrics.get("variants", {}).get(variant)
        described = [p["key"] for p in self.card.raw["properties"]]
        if found is None or not found["properties"].keys() >= set(described):
            raise XanesviewError(f"{self.card.name} was never tested.", "Train it again to the end.")
        words = "predicted" if variant in predicted else "computed"
        group = None if numbers is None else OTHER if composition_counts(numbers)[-1] else PLAIN
        alike = found.get("by_composition", {}).get(group)
        if alike is not None and alike["properties"].keys() >= set(described):
            # R² of a group says how alike its molecules are; only the error is its own.
            scores = {k: {"mae": alike["properties"][k]["mae"], "r2": found["properties"][k]["r2"]} for k in described}
            return f"{alike['n']} {words} test spectra, molecules {_of(group)}", scores
        return f"{found['n']} {words} test spectra", found["properties"]

    def _spectrum_reasons(self, vector: np.ndarray, kind: str, spectrum: Spectrum) -> tuple[str, ...]:
        distance = float(self.distance(vector, kind)[0])
        if distance <= 1.0:
            return ()
        what = "the mean spectra of molecules" if kind == MOLECULE else "spectra of carbon sites"
        reason = f"the spectrum is unlike {what} in the training data ({distance:.1f} × the usual limit)"
        if spectrum.kind == "measured":
            reason += "; a background or a polarisation may be left in it"
        return (reason,)

    def _composition_reasons(self, numbers: np.ndarray | None) -> tuple[str, ...]:
        if numbers is None:
            return ()
        reasons = []
        limits = self.card.domain.get("composition", {})
        for name, count in zip(COMPOSITION, composition_counts(numbers), strict=True):
            most = limits.get(name, (0, 0))[1]
            if count > most:
                what = "atoms other than H, C, N, O, F" if name == "other" else f"{name} atoms"
                reasons.append(f"{int(count)} {what}; at most {most} in the training data")
        unknown = sorted({SYMBOLS[z] for z in numbers} - set(self.card.elements))
        if unknown:
            reasons.append(f"{', '.join(unknown)}: in few or no training molecules")
        return tuple(reasons)


def has_carbon(numbers: Sequence[int]) -> bool:
    """Tell whether a molecule with these atomic numbers (N,) has a C K-edge."""
    return bool(np.any(np.asarray(numbers) == _CARBON))


def outside_reasons(verdicts: Sequence[SiteVerdict], sites: Sequence[int]) -> tuple[str, ...]:
    """Return why a predicted spectrum of sites (atom indices) is not to be trusted, in one sentence, or nothing."""
    wanted = set(sites)
    outside = [v for v in verdicts if v.atom in wanted and not v.inside]
    if not outside:
        return ()
    first = outside[0].reasons[0] if outside[0].reasons else "unfamiliar surroundings"
    count = "" if len(wanted) == 1 else f" at {len(outside)} of {len(wanted)} sites"
    return (f"the predicted spectrum is itself outside training{count}: {first}",)


def _carbon_threshold_ev(spectrum: Spectrum) -> float:
    """Return where the spectrum begins; energies from zero must begin at carbon's edge."""
    threshold = threshold_ev(spectrum.energy_ev, spectrum.intensity)
    if threshold > FROM_EDGE_EV and not CARBON_EV[0] <= threshold <= CARBON_EV[1]:
        raise XanesviewError(
            f"This spectrum begins at {threshold:.1f} eV; properties are read from C K-edge spectra, which begin "
            "near 285 eV.",
            "Choose a spectrum of the C K-edge, with its energies in eV.",
        )
    return threshold


def _of(group: str) -> str:
    return group if group == OTHER else f"of {group}"


def _broadened(spectrum: Spectrum, extra_ev: float, window) -> np.ndarray | None:
    """Return a measured spectrum with more width on the window's grid, or None where it then does not fit."""
    if not extra_ev:
        return spectrum_vector(spectrum.energy_ev, spectrum.intensity, window)
    from xanesview.domain.processing.broadening import gaussian

    good = np.isfinite(spectrum.intensity)
    energy, first = np.unique(spectrum.energy_ev[good], return_index=True)
    try:
        return spectrum_vector(energy, gaussian(energy, spectrum.intensity[good][first], extra_ev), window)
    except XanesviewError:
        return None


_loaded: dict[str, PropertyReader] = {}


def load_property_reader(name_or_path: str | Path = DEFAULT_READER) -> PropertyReader:
    """Return a reader, loaded once a process.

    Raises
    ------
    XanesviewError
        when the network is unknown or broken.
    """
    path = find_bundle(name_or_path)
    key = str(path.resolve())
    if key not in _loaded:
        _loaded[key] = PropertyReader(path)
    return _loaded[key]
