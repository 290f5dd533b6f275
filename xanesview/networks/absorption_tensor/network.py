"""The absorption-tensor network: atoms in, σ(E) of every absorbing site out, equivariant under O(3).

Our own design. Atomic densities are products of radial functions, spherical harmonics and neighbour features, as in the
atomic cluster expansion (Drautz, Phys. Rev. B 99 (2019) 014104) and MACE (Batatia et al., arXiv 2206.07697); their
second and third powers at each node carry the angles, so that edges stay cheap. Only the last layer looks as far as
``absorber_cutoff_angstrom``, and only around absorbers. The readout gives an l = 0 and an l = 2 coefficient for each
smooth function of energy: I(E; n̂) is quadratic in n̂ by construction. With ``energy_shifts``, these functions move
along the energy axis by an amount that the network finds for each site: a chemical shift is learnt once, not anew in
every coefficient.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import nn

from xanesview.networks.configuration import Configuration
from xanesview.networks.irreps import (
    COMPONENT_L,
    DIMENSION,
    PATHS,
    PATHS_INTO,
    PRODUCT_DIMENSION,
    PRODUCT_PATH,
    SLICES,
    coupling_matrix,
    quadrupole_to_cartesian,
    spherical_harmonics,
)

EDGES_A_BLOCK = 256  # when predicting: messages of a block stay in the processor's cache
ATOMS_A_BLOCK = 2048  # receivers whose densities are held at a time, 9 kB each
SITES_A_BLOCK = 4  # likewise the functions of energy of a block of sites
FURTHEST_EXPONENT = 60.0  # e^-60 adds nothing; numbers below 1e-38 are many times slower to compute


@dataclass(frozen=True)
class AbsorptionTensorConfig(Configuration):
    """Sizes of the network.

    ``elements`` are atomic numbers; cutoffs in Å; ``basis_centres_ev`` and ``basis_sigma_ev`` (K,) the Gaussians in
    energy. ``energy_shifts`` G is how many sets of them a site has, each with a shift of its own; 0 is one set that
    stays. Shifts count in ``ip_scale_ev``, the spread of ionisation potentials.
    """

    elements: tuple[int, ...]
    basis_centres_ev: tuple[float, ...]
    basis_sigma_ev: tuple[float, ...]
    channels: int = 64
    layers: int = 2
    cutoff_angstrom: float = 5.0
    absorber_cutoff_angstrom: float = 7.0
    radial_functions: int = 8
    radial_hidden: int = 32
    readout_hidden: int = 128
    dropout: float = 0.0
    ip_mean_ev: float = 291.0
    ip_scale_ev: float = 1.5
    mean_coefficients: tuple[float, ...] = field(default=())
    energy_shifts: int = 0

    @property
    def known_elements(self) -> frozenset[int]:
        """Elements of the training data."""
        return frozenset(self.elements)


class RadialFunctions(nn.Module):
    """Bessel functions sin(kπr/r_c)/r under a smooth cutoff, mixed by a small network without biases."""

    def __init__(self, cutoff: float, n: int, hidden: int, outputs: int) -> None:
        super().__init__()
        self.cutoff = cutoff
        self.register_buffer("k", torch.arange(1, n + 1) * torch.pi / cutoff, persistent=False)
        self.first = nn.Linear(n, hidden, bias=False)
        self.second = nn.Linear(hidden, outputs, bias=False)

    def forward(self, r: torch.Tensor) -> torch.Tensor:
        """Map distances (P,) in Å to weights (P, outputs) that vanish smoothly at the cutoff."""
        x = (r / self.cutoff).clamp(max=1.0)
        envelope = (1.0 - x**3) ** 3  # two continuous derivatives at the cutoff; steep enough to keep near neighbours
        bessel = torch.sin(self.k * r[:, None]) / r[:, None].clamp(min=0.1)
        return self.second(nn.functional.silu(self.first(bessel * envelope[:, None]) * 2.0)) * envelope[:, None]


class ChannelMix(nn.Module):
    """One linear map an l between channels: equivariant, no bias on l > 0."""

    def __init__(self, inputs: int | tuple[int, int, int], outputs: int) -> None:
        super().__init__()
        inputs = (inputs,) * 3 if isinstance(inputs, int) else inputs
        self.weights = nn.ParameterList([nn.Parameter(torch.randn(n, outputs) / n**0.5) for n in inputs])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (N, 9, C) to (N, 9, C')."""
        return torch.cat([x[:, s] @ w for s, w in zip(SLICES, self.weights, strict=True)], dim=1)


class ProductMix(nn.Module):
    """All couplings of two features channel by channel, then a linear map an l over couplings and channels."""

    def __init__(self, channels: int, outputs: int) -> None:
        super().__init__()
        self.mix = nn.ParameterList(
            [nn.Parameter(torch.randn(p * channels, outputs) / (p * channels) ** 0.5) for p in PATHS_INTO]
        )
        self.register_buffer("coupling", coupling_matrix().to(torch.get_default_dtype()), persistent=False)

    def combine(self, product: torch.Tensor) -> torch.Tensor:
        """Map coupled features (N, 35, C) to (N, 9, C')."""
        n, _, c = product.shape
        parts, start = [], 0
        for l3, (count, w) in enumerate(zip(PATHS_INTO, self.mix, strict=True)):
            d = 2 * l3 + 1
            block = (
                product[:, start : start + count * d].reshape(n, count, d, c).transpose(1, 2).reshape(n, d, count * c)
            )
            parts.append(block @ w)
            start += count * d
        return torch.cat(parts, dim=1)

    def forward(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        """Map two features (N, 9, C) to their mixed products (N, 9, C')."""
        outer = (a[:, :, None, :] * b[:, None, :, :]).reshape(a.shape[0], DIMENSION * DIMENSION, a.shape[2])
        return self.combine(self.coupling @ outer)


class EquivariantNorm(nn.Module):
    """Scalars: layer norm. l > 0: divided by the root mean square over channels and components; one gain a channel."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.scalars = nn.LayerNorm(channels)
        self.gains = nn.Parameter(torch.ones(2, channels))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (N, 9, C) to (N, 9, C)."""
        parts = [self.scalars(x[:, :1])]
        for gain, s in zip(self.gains, SLICES[1:], strict=True):
            block = x[:, s]
            parts.append(block * torch.rsqrt(block.pow(2).mean(dim=(1, 2), keepdim=True) + 1e-2) * gain)
        return torch.cat(parts, dim=1)


class NodeUpdate(nn.Module):
    """Density → its second and third powers → norm → gated features."""

    def __init__(self, channels: int, n_elements: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.mix_density = ChannelMix(channels, channels)
        self.element_gains = nn.Embedding(n_elements, 3 * channels)
        nn.init.normal_(self.element_gains.weight, 1.0, 0.2)
        self.second = ProductMix(channels, channels)
        self.third = ProductMix(channels, channels)
        self.mix = ChannelMix(3 * channels, channels)
        self.skip = ChannelMix(channels, channels)
        self.norm = EquivariantNorm(channels)
        self.gate = nn.Sequential(
            nn.Linear(channels, hidden), nn.SiLU(), nn.Dropout(dropout), nn.Linear(hidden, 3 * channels)
        )
        self.register_buffer("component_l", COMPONENT_L, persistent=False)

    def forward(self, density: torch.Tensor, previous: torch.Tensor, element: torch.Tensor) -> torch.Tensor:
        """Map density (N, 9, C), previous features (N, 9, C) and element indices (N,) to features (N, 9, C)."""
        c = density.shape[2]
        gains = self.element_gains(element).reshape(-1, 3, c)[:, self.component_l]
        a = self.mix_density(density) * gains
        b = self.second(a, a)
        x = self.norm(self.mix(torch.cat([a, b, self.third(b, a)], dim=2)) + self.skip(previous))
        update, *gates = self.gate(x[:, 0]).reshape(-1, 3, c).unbind(1)
        return torch.cat(
            [(x[:, 0] + update)[:, None]]
            + [x[:, s] * (2.0 * torch.sigmoid(g))[:, None] for s, g in zip(SLICES[1:], gates, strict=True)],
            dim=1,
        )


class Interaction(nn.Module):
    """Messages along edges (all couplings of a neighbour's features with the edge's harmonics), summed at the
    receivers."""

    def __init__(self, config: AbsorptionTensorConfig, cutoff: float, scalars_only: bool, neighbours: float) -> None:
        super().__init__()
        c = config.channels
        self.scalars_only, self.scale = scalars_only, neighbours**-0.5
        self.sender = nn.Linear(c, c, bias=False) if scalars_only else ChannelMix(c, c)
        self.radial = RadialFunctions(
            cutoff, config.radial_functions, config.radial_hidden, c * (3 if scalars_only else len(PATHS))
        )
        self.collect = None if scalars_only else ProductMix(c, c)
        self.register_buffer("index", COMPONENT_L if scalars_only else PRODUCT_PATH, persistent=False)

    def forward(
        self, features: torch.Tensor, source: torch.Tensor, target: torch.Tensor, vectors: torch.Tensor, n_targets: int
    ) -> torch.Tensor:
        """Map features (N, 9, C) and edges (P,), (P,), (P, 3) in Å to densities (n_targets, 9, C)."""
        return self.gathered(self.sent(features), source, target, vectors, n_targets)

    def sent(self, features: torch.Tensor) -> torch.Tensor:
        """Return what atoms send to any neighbour."""
        return self.sender(features[:, 0]) if self.scalars_only else self.sender(features)

    def gathered(
        self, sent: torch.Tensor, source: torch.Tensor, target: torch.Tensor, vectors: torch.Tensor, n_targets: int
    ) -> torch.Tensor:
        """Return the densities that arrive of what was sent."""
        width = DIMENSION if self.scalars_only else PRODUCT_DIMENSION
        total = sent.new_zeros(n_targets, width, sent.shape[-1])
        step = max(len(source), 1) if self.training else EDGES_A_BLOCK
        for begin in range(0, len(source), step):
            block = slice(begin, begin + step)
            total = total.index_add_(0, target[block], self._messages(sent, source[block], vectors[block]))
        total = total * self.scale
        return total if self.scalars_only else self.collect.combine(total)

    def _messages(self, sent: torch.Tensor, source: torch.Tensor, vectors: torch.Tensor) -> torch.Tensor:
        """Return the messages (P, 9 or 35, C) of a block of edges."""
        r = torch.linalg.vector_norm(vectors, dim=1)
        y = spherical_harmonics(vectors / r[:, None].clamp(min=1e-6))
        weights = self.radial(r).reshape(len(r), -1, sent.shape[-1])
        if self.scalars_only:
            return weights[:, self.index] * y[:, :, None] * sent[source][:, None]
        coupling = self.collect.coupling.reshape(PRODUCT_DIMENSION * DIMENSION, DIMENSION)
        turned = (y @ coupling.T).reshape(len(r), PRODUCT_DIMENSION, DIMENSION)
        messages = torch.bmm(turned, sent[source])
        if torch.is_grad_enabled():
            return messages * weights[:, self.index]
        begin = 0
        for path, (_, _, l3) in enumerate(PATHS):  # in place: no copy of the weights a component
            messages[:, begin : begin + 2 * l3 + 1] *= weights[:, path : path + 1]
            begin += 2 * l3 + 1
        return messages


class AtomFeatures(NamedTuple):
    """Equivariant features of all atoms, (N, 9, C), and what they send to absorbers, (N, 9, C)."""

    own: torch.Tensor
    sent: torch.Tensor


class AbsorptionTensorNetwork(nn.Module):
    """σ(E) of absorbing sites as l = 0 and l = 2 coefficients of Gaussians in energy, and the site's ionisation
    potential.

    Intensities are in units of the isotropic mean over the training sites (the card's ``intensity_scale``).
    """

    def __init__(self, config: AbsorptionTensorConfig) -> None:
        super().__init__()
        self.config = config
        c, h, k = config.channels, config.readout_hidden, len(config.basis_centres_ev)
        sets = max(config.energy_shifts, 1)
        table = torch.full((120,), -1, dtype=torch.long)
        table[list(config.elements)] = torch.arange(len(config.elements))
        self.register_buffer("element_table", table, persistent=False)
        self.embedding = nn.Embedding(len(config.elements), c)
        reach = [config.cutoff_angstrom] * config.layers + [config.absorber_cutoff_angstrom]
        self.interactions = nn.ModuleList(
            Interaction(config, cutoff, scalars_only=i == 0, neighbours=16.0) for i, cutoff in enumerate(reach)
        )
        self.updates = nn.ModuleList(NodeUpdate(c, len(config.elements), h, config.dropout) for _ in reach)
        self.isotropic = nn.Sequential(
            nn.Linear(c, h), nn.SiLU(), nn.Dropout(config.dropout), nn.Linear(h, h), nn.SiLU(), nn.Linear(h, sets * k)
        )
        self.quadrupole_gate = nn.Sequential(
            nn.Linear(c, h), nn.SiLU(), nn.Dropout(config.dropout), nn.Linear(h, 2 * c)
        )
        self.quadrupole_in = nn.Parameter(torch.randn(c, 2 * c) / c**0.5)
        self.quadrupole_out = nn.Parameter(torch.randn(2 * c, sets * k) * 0.1 / (2 * c) ** 0.5)
        self.ionisation = nn.Sequential(nn.Linear(c, 64), nn.SiLU(), nn.Linear(64, 1))
        self.shift = (
            nn.Sequential(nn.Linear(c, 64), nn.SiLU(), nn.Linear(64, config.energy_shifts))
            if config.energy_shifts
            else None
        )
        mean = torch.tensor(config.mean_coefficients or [0.0] * k).repeat(sets) / sets
        with torch.no_grad():
            self.isotropic[-1].weight.mul_(0.3)
            self.isotropic[-1].bias.copy_(mean)
        self.register_buffer("to_cartesian", quadrupole_to_cartesian().to(torch.get_default_dtype()), persistent=False)

    def basis(self, energy_ev: torch.Tensor) -> torch.Tensor:
        """Return the Gaussians (..., K, E) of unit height on energies (..., E) in eV."""
        centres = torch.as_tensor(self.config.basis_centres_ev, dtype=energy_ev.dtype, device=energy_ev.device)
        sigma = torch.as_tensor(self.config.basis_sigma_ev, dtype=energy_ev.dtype, device=energy_ev.device)
        x = (energy_ev[..., None, :] - centres[:, None]) * (0.5**0.5 / sigma)[:, None]
        return torch.exp(-x.square().clamp(max=FURTHEST_EXPONENT))

    def atom_features(self, graph, pause: Callable[[], None] | None = None) -> AtomFeatures:
        """Return what the absorbers of a graph ask all its atoms for.

        Parameters
        ----------
        pause : called now and then when predicting; what it raises ends it
        """
        element = self.element_table[graph.numbers]
        features = torch.cat(
            [self.embedding(element)[:, None], self.embedding.weight.new_zeros(len(element), 8, self.config.channels)],
            dim=1,
        )
        source, target, vectors = graph.source, graph.target, graph.vectors_angstrom
        if self.training or len(element) <= ATOMS_A_BLOCK:
            for interaction, update in list(zip(self.interactions, self.updates, strict=True))[:-1]:
                if pause is not None:
                    pause()
                density = interaction.gathered(interaction.sent(features), source, target, vectors, len(element))
                features = update(density, features, element)
            return AtomFeatures(features, self.interactions[-1].sent(features))
        target, order = torch.sort(target)  # edges of a block of receivers lie together
        source, vectors = source[order], vectors[order]
        inner = list(zip(self.interactions, self.updates, strict=True))[:-1]
        for (interaction, update), needed in zip(inner, _needed(graph, len(inner)), strict=True):
            atoms = needed.nonzero()[:, 0]
            edges = needed[target].nonzero()[:, 0]
            place = needed.cumsum(0) - 1
            receivers = place[target[edges]]
            ends = torch.arange(0, len(atoms) + ATOMS_A_BLOCK, ATOMS_A_BLOCK, device=atoms.device)
            bounds = torch.searchsorted(receivers, ends).tolist()
            sent, updated = interaction.sent(features), torch.zeros_like(features)
            for k, (begin, end) in enumerate(itertools.pairwise(bounds)):
                if pause is not None:
                    pause()
                block, some = atoms[k * ATOMS_A_BLOCK : (k + 1) * ATOMS_A_BLOCK], edges[begin:end]
                arriving = source[some], receivers[begin:end] - k * ATOMS_A_BLOCK, vectors[some]
                density = interaction.gathered(sent, *arriving, len(block))
                updated[block] = update(density, features[block], element[block])
            features = updated
        return AtomFeatures(features, self.interactions[-1].sent(features))

    def site_features(self, graph, atoms: AtomFeatures | None = None) -> torch.Tensor:
        """Return the equivariant features (S, 9, C) of the absorbing sites of a graph, from those of all its atoms."""
        own, sent = self.atom_features(graph) if atoms is None else atoms
        density = self.interactions[-1].gathered(
            sent, graph.site_source, graph.site_target, graph.site_vectors_angstrom, len(graph.sites)
        )
        return self.updates[-1](density, own[graph.sites], self.element_table[graph.numbers[graph.sites]])

    def coefficients(
        self, graph, atoms: AtomFeatures | None = None
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor | None]:
        """Return l = 0 coefficients (S, G·K), l = 2 coefficients (S, 5, G·K), ionisation potentials (S,) and shifts
        (S, G) in eV, None where the functions of energy stay."""
        x = self.site_features(graph, atoms)
        scalars = x[:, 0]
        quadrupole = (x[:, SLICES[2]] @ self.quadrupole_in) * self.quadrupole_gate(scalars)[:, None]
        ip = self.config.ip_mean_ev + self.config.ip_scale_ev * self.ionisation(scalars)[:, 0]
        shift = None if self.shift is None else self.config.ip_scale_ev * self.shift(scalars)
        return self.isotropic(scalars), quadrupole @ self.quadrupole_out, ip, shift

    def forward(
        self, graph, energy_ev: torch.Tensor, atoms: AtomFeatures | None = None
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Evaluate a graph on energies (E,) in eV; `atoms` from `atom_features`, where they are known.

        Returns
        -------
        isotropic (S, E), quadrupole (S, 5, E) in e3nn's 2e order (norm = Frobenius norm of the traceless part), ip
        (S,) eV
        """
        iso, quad, ip, shift = self.coefficients(graph, atoms)
        if shift is None:
            basis = self.basis(energy_ev)
            return iso @ basis, quad @ basis, ip
        both = torch.cat([iso[:, None], quad], dim=1)
        step = max(len(both), 1) if self.training else SITES_A_BLOCK
        parts = [
            c @ self.basis(energy_ev - d[:, :, None]).flatten(1, 2)
            for c, d in zip(both.split(step), shift.split(step), strict=True)
        ]
        both = torch.cat(parts)
        return both[:, 0], both[:, 1:], ip

    def tensor(self, isotropic: torch.Tensor, quadrupole: torch.Tensor) -> torch.Tensor:
        """Return components (S, 6, E) in the order xx, yy, zz, yz, xz, xy."""
        traceless = torch.einsum("vm,sme->sve", self.to_cartesian.to(quadrupole.dtype), quadrupole)
        traceless[:, :3] += isotropic[:, None]
        return traceless


def _needed(graph, layers: int) -> list[torch.Tensor]:
    """Return of which atoms (N,) the features are needed after each layer, so that absorbers hear all they ask for."""
    kept = torch.zeros_like(graph.numbers, dtype=torch.bool)
    kept[graph.sites] = True
    kept[graph.site_source] = True
    found = [kept]
    for _ in range(layers - 1):
        kept = kept.clone()
        kept[graph.source[found[0][graph.target]]] = True
        found.insert(0, kept)
    return found
