"""From a carbon K-edge spectrum to properties of the molecule: a feed-forward network, sized by cross-validation."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from xanesview.errors import XanesviewError
from xanesview.networks.configuration import Configuration
from xanesview.networks.perceptron import check_activation, perceptron
from xanesview.networks.spectrum_properties.spectrum_vector import COMPOSITION, USABLE_R2, SpectrumWindow
from xanesview.networks.standardisation import Standardisation


@dataclass(frozen=True)
class PropertyDescription:
    """One property: its key in data files, what it is called, its unit."""

    key: str
    title: str
    unit: str


PROPERTIES = (
    PropertyDescription("dipole_moment_debye", "dipole moment", "D"),
    PropertyDescription("polarisability_bohr3", "isotropic polarisability", "bohr³"),
    PropertyDescription("homo_ev", "HOMO", "eV"),
    PropertyDescription("lumo_ev", "LUMO", "eV"),
    PropertyDescription("gap_ev", "HOMO–LUMO gap", "eV"),
    PropertyDescription("r2_bohr2", "electronic spatial extent", "bohr²"),
    PropertyDescription("zpve_ev", "zero-point energy", "eV"),
    PropertyDescription("u0_ev", "internal energy at 0 K", "eV"),
    PropertyDescription("u298_ev", "internal energy at 298 K", "eV"),
    PropertyDescription("h298_ev", "enthalpy at 298 K", "eV"),
    PropertyDescription("g298_ev", "free energy at 298 K", "eV"),
    PropertyDescription("cv298_mev_per_k", "heat capacity at 298 K", "meV/K"),
)


@dataclass(frozen=True)
class SpectrumPropertiesConfig(Configuration):
    """Sizes of the network; ``weight_decay`` belongs to training and is kept for the record."""

    properties: tuple[str, ...] = tuple(p.key for p in PROPERTIES)
    with_composition: bool = False
    hidden_layers: int = 3
    neurons: int = 256
    dropout: float = 0.0
    activation: str = "silu"
    weight_decay: float = 1e-4
    n_points: int = 240
    step_ev: float = 0.1
    before_ev: float = 0.0

    def __post_init__(self) -> None:
        if self.hidden_layers < 0 or self.neurons < 1 or not self.properties or self.n_points < 2:
            raise XanesviewError("A property network of this size makes no sense.", "Give positive sizes.")
        check_activation(self.activation)

    @property
    def window(self) -> SpectrumWindow:
        """The part of a spectrum that is read."""
        return SpectrumWindow(self.n_points, self.step_ev, self.before_ev)


def search_grid(
    base: SpectrumPropertiesConfig,
    hidden_layers: Sequence[int] = (1, 2, 3),
    neurons: Sequence[int] = (64, 256),
    weight_decay: Sequence[float] = (0.0, 1e-4, 1e-2),
) -> Iterator[SpectrumPropertiesConfig]:
    """Yield the configurations that cross-validation compares: layers, neurons and weight decay, as published."""
    for layers, width, decay in itertools.product(hidden_layers, neurons, weight_decay):
        yield SpectrumPropertiesConfig.from_dict(
            base.as_dict() | {"hidden_layers": layers, "neurons": width, "weight_decay": decay}
        )


class SpectrumProperties(nn.Module):
    """The network, with the scaling of inputs and properties inside.

    Where the composition is known, the part of a property that is a sum over atoms comes from a linear fit to the
    counts, and the perceptron learns what is left: an internal energy of hundreds of eV varies by a few eV between
    isomers.
    """

    def __init__(self, config: SpectrumPropertiesConfig) -> None:
        super().__init__()
        self.config = config
        inputs = config.n_points + len(COMPOSITION) * config.with_composition
        self.inputs = Standardisation(inputs)
        self.outputs = Standardisation(len(config.properties))
        if config.with_composition:
            self.register_buffer("per_atom", torch.zeros(len(COMPOSITION) + 1, len(config.properties)))
        hidden = (config.neurons,) * config.hidden_layers
        self.mlp = perceptron(inputs, hidden, len(config.properties), config.activation, config.dropout)

    def joined(self, spectra: torch.Tensor, composition: torch.Tensor | None) -> torch.Tensor:
        """Return spectra (n, V) and counts of atoms (n, 6) side by side, as the configuration asks.

        Raises
        ------
        XanesviewError
            when the composition is needed and not given, or the spectra have another length.
        """
        if spectra.shape[1] != self.config.n_points:
            raise XanesviewError(
                f"A spectrum has {spectra.shape[1]} points; this network reads {self.config.n_points}.",
                "Bring it onto the network's grid.",
            )
        if not self.config.with_composition:
            return spectra
        if composition is None:
            raise XanesviewError(
                "This network needs the composition of the molecule.", "Open the structure, or use the other network."
            )
        return torch.cat([spectra, composition.to(spectra)], dim=1)

    def fit_scaling(self, spectra: torch.Tensor, composition: torch.Tensor | None, values: torch.Tensor) -> None:
        """Learn what is standard from training spectra (n, V), counts (n, 6) and properties (n, P), NaN if unknown.

        Raises
        ------
        XanesviewError
            where no molecule has all properties.
        """
        self.inputs.fit(self.joined(spectra, composition))
        known = torch.isfinite(values).all(dim=1)
        if not known.any():
            raise XanesviewError("No molecule of the training data has all properties.", "Train on other data.")
        counts = None if composition is None else composition[known]
        if self.config.with_composition:
            self.per_atom.copy_(torch.from_numpy(sums_over_atoms(counts.cpu().numpy(), values[known].cpu().numpy())))
        left = values[known] - self.atomic_part(counts)
        self.outputs.fit(left)
        # A few molecules with "other" atoms lie far off; the usual spread is what should count as 1.
        usual = 1.4826 * (left - left.mean(dim=0)).abs().median(dim=0).values
        self.outputs.scale.copy_(torch.where(self.outputs.kept, usual.clamp(min=self.outputs.scale / 20), 1.0))

    def atomic_part(self, composition: torch.Tensor | None) -> torch.Tensor:
        """Return the part of the properties (n, P) that is a sum over atoms; 0 where the composition is not read."""
        if not self.config.with_composition:
            return torch.zeros(1, len(self.config.properties), device=self.outputs.mean.device)
        counts = composition.to(self.per_atom)
        return counts @ self.per_atom[:-1] + self.per_atom[-1]

    def standard_targets(self, values: torch.Tensor, composition: torch.Tensor | None = None) -> torch.Tensor:
        """Return what `standard_values` is to give for properties (n, P) in their units."""
        return self.outputs(values - self.atomic_part(composition))

    def standard_values(self, spectra: torch.Tensor, composition: torch.Tensor | None = None) -> torch.Tensor:
        """Return standardised properties (n, P): compare with `standard_targets` in training."""
        return self.mlp(self.inputs(self.joined(spectra, composition)))

    def forward(self, spectra: torch.Tensor, composition: torch.Tensor | None = None) -> torch.Tensor:
        """Map spectra (n, V) to properties (n, P) in their units."""
        return self.outputs.undo(self.standard_values(spectra, composition)) + self.atomic_part(composition)


def sums_over_atoms(counts: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return what an atom of each kind adds to each property, and a constant: (6 + 1, P), by least squares.

    Refitted five times with less weight for what lies far off (Huber, at three median deviations): "other" atoms
    differ too much in energy to share one number, and would spoil that of carbon.
    """
    design = np.concatenate([counts, np.ones((len(counts), 1))], axis=1).astype(float)
    found = np.linalg.lstsq(design, values.astype(float), rcond=None)[0]
    for _ in range(5):
        left = np.abs(values - design @ found)
        limit = 3.0 * np.median(left, axis=0) + 1e-9
        weights = np.sqrt(np.minimum(1.0, limit / np.maximum(left, 1e-12)))
        columns = [
            np.linalg.lstsq(design * w[:, None], w * y, rcond=None)[0] for w, y in zip(weights.T, values.T, strict=True)
        ]
        found = np.stack(columns, axis=1)
    return found


@dataclass(frozen=True)
class PropertyScore:
    """How well one property is known from spectra: R² and mean absolute error on spectra that were not trained on."""

    key: str
    r2: float
    mae: float

    @property
    def usable(self) -> bool:
        """Whether a value is worth showing."""
        return self.r2 >= USABLE_R2


def property_scores(keys: Sequence[str], predicted: torch.Tensor, true: torch.Tensor) -> list[PropertyScore]:
    """Return R² and MAE of each property from values (n, P); true ones that are NaN do not count."""
    predicted, true = predicted.double(), true.double()
    known = torch.isfinite(true)
    n = known.sum(dim=0).clamp(min=1)
    left = torch.where(known, true - predicted, 0.0)
    about_mean = torch.where(known, true - torch.where(known, true, 0.0).sum(dim=0) / n, 0.0)
    spread = about_mean.square().sum(dim=0)
    r2 = torch.where(spread > 0, 1.0 - left.square().sum(dim=0) / spread.clamp(min=1e-300), 0.0)
    mae = left.abs().sum(dim=0) / n
    return [PropertyScore(k, float(a), float(b)) for k, a, b in zip(keys, r2, mae, strict=True)]
