"""Layers of XANE(3): messages by tensor products with learnt radial weights, gates, and what the paper adds to them.

Features are three tensors: scalars (N, 1, m0), vectors (N, 3, m1), quadrupoles (N, 5, m2); components in e3nn's order.
"""

from __future__ import annotations

import math

import torch
from torch import nn

from xanesview.networks.irreps import (
    DIMENSION,
    PATHS,
    PRODUCT_DIMENSION,
    SLICES,
    coupling_matrix,
)
from xanesview.networks.xane3.edges import Edges

# They make second moments 1 for normal inputs; e3nn finds them by sampling, and these are the numbers it found.
SILU_SCALE = 1.6791767923989418
SIGMOID_SCALE = 1.8467055342154763
NORM_EPSILON = 1e-5
ATOMS_A_BLOCK = 32  # when predicting: sums of a block stay in the processor's cache

Features = tuple[torch.Tensor, torch.Tensor, torch.Tensor]
Multiplicities = tuple[int, int, int]


class ScaledLinear(nn.Module):
    """x W / √inputs without bias."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(inputs, outputs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (..., inputs) to (..., outputs)."""
        return x @ self.weight / math.sqrt(self.weight.shape[0])


class RadialNetwork(nn.Module):
    """Radial functions to the weights of all paths, two layers without biases."""

    def __init__(self, inputs: int, hidden: int, outputs: int) -> None:
        super().__init__()
        self.layer0 = ScaledLinear(inputs, hidden)
        self.layer1 = ScaledLinear(hidden, outputs)

    def hidden(self, radial: torch.Tensor) -> torch.Tensor:
        """Map (..., inputs) to (..., hidden)."""
        return SILU_SCALE * nn.functional.silu(self.layer0(radial))

    def last(self, order: torch.Tensor) -> torch.Tensor:
        """Return the second layer (hidden, outputs), outputs in another order (one gather, not one an edge)."""
        return self.layer1.weight[:, order] / math.sqrt(self.layer1.weight.shape[0])


class TensorProduct(nn.Module):
    """Neighbour's features × harmonics of the edge → one message, paths weighted edge by edge.

    The published order of weights is kept: by input irrep, then harmonic, then output block; of the outputs, three
    blocks of m0, m1 and m2 scalars come first (features and gates).
    """

    def __init__(self, inputs: Multiplicities, outputs: Multiplicities) -> None:
        super().__init__()
        self.inputs = inputs
        self.out = (sum(outputs), outputs[1], outputs[2])
        self.wide = tuple(sum(inputs[path[0]] for path in _paths_into(degree, inputs)) for degree in range(3))
        self.register_buffer("order", self._order(outputs), persistent=False)
        coupling = coupling_matrix().reshape(PRODUCT_DIMENSION, DIMENSION, DIMENSION)
        first = 0
        for path in PATHS:
            rows = slice(first, first + 2 * path[2] + 1)
            coupling[rows] /= math.sqrt(max(self.wide[path[2]], 1))
            first = rows.stop
        # rows of one input irrep together: component of the product, of the first factor, of the harmonic
        by_input = [
            torch.cat([coupling[rows, SLICES[degree]] for path, rows in _rows() if path[0] == degree])
            for degree in range(3)
        ]
        for degree, block in enumerate(by_input):
            self.register_buffer(f"coupling{degree}", block.to(torch.get_default_dtype()), persistent=False)

    @property
    def n_weights(self) -> int:
        """Weights an edge."""
        return len(self.order)

    def _order(self, outputs: Multiplicities) -> torch.Tensor:
        """Return where each weight of the three products (inputs by outputs, flat) stands in the published order."""
        pieces: dict[tuple[int, int, int], torch.Tensor] = {}
        n = 0
        for first in range(3):
            for second in range(3):
                for block, degree in enumerate((0, 0, 0, 1, 2)):
                    if (first, second, degree) not in PATHS or not self.inputs[first]:
                        continue
                    width = outputs[block] if degree == 0 else outputs[degree]
                    size = self.inputs[first] * width
                    pieces[first, second, block] = torch.arange(n, n + size).reshape(self.inputs[first], width)
                    n += size
        parts = []
        for degree, blocks in ((0, (0, 1, 2)), (1, (3,)), (2, (4,))):
            for first, second, _ in _paths_into(degree, self.inputs):
                parts.append(torch.cat([pieces[first, second, block] for block in blocks], dim=1))
        return torch.cat([part.reshape(-1) for part in parts])

    def products(self, sent: Features, harmonics: torch.Tensor) -> Features:
        """Couple senders' features (P, 2l+1, m) with harmonics (P, 9), paths into one output side by side.

        Returns
        -------
        (P, 1, u0), (P, 3, u1), (P, 5, u2), with as many channels as all paths into that output bring
        """
        found: dict[tuple[int, int, int], torch.Tensor] = {}
        for degree, x in enumerate(sent):
            if not self.inputs[degree]:
                continue
            coupling = getattr(self, f"coupling{degree}")
            rows, columns, _ = coupling.shape
            turned = harmonics @ coupling.reshape(-1, DIMENSION).T
            turned = turned.reshape(-1, rows, columns)
            block = turned * x if columns == 1 else turned @ x
            start = 0
            for path, _ in _rows():
                if path[0] == degree:
                    found[path] = block[:, start : start + 2 * path[2] + 1]
                    start += 2 * path[2] + 1
        return tuple(
            torch.cat([found[path] for path in _paths_into(degree, self.inputs)], dim=2)
            if self.wide[degree]
            else harmonics.new_zeros(len(harmonics), 2 * degree + 1, 0)
            for degree in range(3)
        )

    def mixing(self, weights: torch.Tensor) -> Features:
        """Split weights (..., W), in the order of ``order``, into (..., u, outputs) for each of the three outputs."""
        sizes = [u * out for u, out in zip(self.wide, self.out, strict=True)]
        parts = weights.split(sizes, dim=-1)
        return tuple(p.unflatten(-1, (u, o)) for p, u, o in zip(parts, self.wide, self.out, strict=True))


def _rows() -> list[tuple[tuple[int, int, int], slice]]:
    """Return each path with its rows in the coupling matrix."""
    found, first = [], 0
    for path in PATHS:
        found.append((path, slice(first, first + 2 * path[2] + 1)))
        first += 2 * path[2] + 1
    return found


def _paths_into(degree: int, inputs: Multiplicities) -> list[tuple[int, int, int]]:
    return [path for path in PATHS if path[2] == degree and inputs[path[0]]]


class SelfConnection(nn.Module):
    """One linear map an l between channels, W / √m; the weights of all l stand in one row, as published."""

    def __init__(self, multiplicities: Multiplicities) -> None:
        super().__init__()
        self.multiplicities = multiplicities
        self.weight = nn.Parameter(torch.randn(sum(m * m for m in multiplicities)))

    def forward(self, x: Features) -> Features:
        """Map features to features."""
        mapped, begin = [], 0
        for m, part in zip(self.multiplicities, x, strict=True):
            w = self.weight[begin : begin + m * m].reshape(m, m)
            mapped.append(part @ w / math.sqrt(max(m, 1)))
            begin += m * m
        return tuple(mapped)


class EquivariantLayerNorm(nn.Module):
    """The paper's norm: scalars by layer norm, l > 0 by their root mean square over channels and components.

    One gain a channel and no bias on l > 0. Features and gates share one layer norm: our reading.
    """

    def __init__(self, multiplicities: Multiplicities) -> None:
        super().__init__()
        self.scalars = nn.LayerNorm(sum(multiplicities), eps=NORM_EPSILON)
        self.gains = nn.ParameterList([nn.Parameter(torch.ones(m)) for m in multiplicities[1:]])

    def forward(self, x: Features) -> Features:
        """Map messages to messages."""
        normed = [self.scalars(x[0])]
        for gain, part in zip(self.gains, x[1:], strict=True):
            if part.shape[2]:
                square = part.pow(2).mean(dim=(1, 2), keepdim=True)
                part = part * torch.rsqrt(square + NORM_EPSILON) * gain
            normed.append(part)
        return tuple(normed)


class ResidualGate(nn.Module):
    """The paper's adaptive residual: g W h + (1 − g) m, g from the scalars of node and message; sizes are ours."""

    def __init__(self, multiplicities: Multiplicities, hidden: int) -> None:
        super().__init__()
        m0 = multiplicities[0]
        self.multiplicities = multiplicities
        self.network = nn.Sequential(nn.Linear(2 * m0, hidden), nn.SiLU(), nn.Linear(hidden, sum(multiplicities)))

    def forward(self, kept: Features, new: Features, node_scalars: torch.Tensor) -> Features:
        """Blend features (each (N, 2l+1, m)); ``node_scalars`` (N, 1, m0)."""
        gates = torch.sigmoid(self.network(torch.cat([node_scalars, new[0]], dim=2)))
        parts = gates.split(self.multiplicities, dim=2)
        return tuple(g * a + (1.0 - g) * b for g, a, b in zip(parts, kept, new, strict=True))


class Interaction(nn.Module):
    """One layer: messages from neighbours, their mean, norm, gate, and what a node keeps of itself."""

    def __init__(self, config, first: bool) -> None:
        super().__init__()
        out = config.multiplicities
        self.out, self.gaussian, self.r_max = out, config.radial_basis_type == "gaussian", config.r_max
        self.smooth_mean = config.smooth_mean
        self.dropout = config.dropout if config.dropout_at == "messages" else 0.0
        if self.gaussian:
            self.register_buffer("gaussian_means", torch.linspace(0.0, config.r_max, config.num_radial))
            self.register_buffer("gaussian_std", torch.tensor(config.r_max / max(config.num_radial - 1, 1)))
        else:
            self.register_buffer("bessel_freqs", torch.arange(1, config.num_radial + 1) * (math.pi / config.r_max))
        self.product = TensorProduct((out[0], 0, 0) if first else out, out)
        self.fc = RadialNetwork(config.num_radial, config.radial_hidden, self.product.n_weights)
        self.sc = None if first else SelfConnection(out)
        self.norm = EquivariantLayerNorm(out) if config.layer_norm else None
        self.residual = ResidualGate(out, config.gate_hidden) if config.gated_residual and not first else None

    def radial(self, distance: torch.Tensor) -> torch.Tensor:
        """Map distances (...) in Å to radial functions (..., R) that vanish at the cutoff."""
        d = self._shifted(distance)
        if self.gaussian:
            functions = torch.exp(-0.5 * ((d[..., None] - self.gaussian_means) / self.gaussian_std) ** 2)
        else:
            phase = d[..., None] * self.bessel_freqs
            functions = torch.sin(phase) / phase
        return functions * self._envelope(d)[..., None]

    def _shifted(self, distance: torch.Tensor) -> torch.Tensor:
        return distance.clamp(max=2.0 * self.r_max) + 1e-8

    def _envelope(self, d: torch.Tensor) -> torch.Tensor:
        return torch.where(d < self.r_max, 0.5 * (torch.cos(math.pi * d / self.r_max) + 1.0), 0.0)

    def _radial(self, edges: Edges) -> torch.Tensor:
        functions = self.radial(edges.distance)
        return functions if edges.presence is None else functions * edges.presence[..., None]

    def _count(self, edges: Edges) -> torch.Tensor:
        """Return what sums of messages are divided by, (N,): whole neighbours, or one and the neighbours' envelopes."""
        if not self.smooth_mean:
            return edges.neighbours
        envelope = self._envelope(self._shifted(edges.distance))
        return 1.0 + (envelope if edges.presence is None else envelope * edges.presence).sum(dim=1)

    def forward(self, x: Features, edges: Edges) -> Features:
        """Map features of all atoms to features."""
        total = self._summed_with_dropout if self.training and self.dropout else self._summed
        step = max(len(x[0]), 1) if self.training else ATOMS_A_BLOCK
        blocks = [edges.block(slice(begin, begin + step)) for begin in range(0, len(x[0]), step)]
        sums = [total(x, block) for block in blocks]
        count = self._count(edges)[:, None, None]
        mean = tuple(torch.cat(parts) / count for parts in zip(*sums, strict=True))
        new = self._gated(mean if self.norm is None else self.norm(mean))
        if self.sc is None:
            return new
        kept = self.sc(x)
        if self.residual is not None:
            return self.residual(kept, new, x[0])
        return tuple(a + b for a, b in zip(kept, new, strict=True))

    def _load_from_state_dict(self, state_dict: dict, prefix: str, *more: object) -> None:
        if self.gaussian:
            self._name_gaussians(state_dict, prefix)
        super()._load_from_state_dict(state_dict, prefix, *more)

    def _name_gaussians(self, state_dict: dict, prefix: str) -> None:
        """Give the centres and the width of the Gaussians in a file the names that they have here.

        The published description tells what they are and not what its files call them, so they are known by their
        sizes among what is no part of ours: as many numbers as functions, and one number, below zero where it is
        −1/2σ². A file without them has those of the description.
        """
        own = {name for name, _ in self.named_buffers()} | {name for name, _ in self.named_parameters()}
        found = {"gaussian_means": self.gaussian_means, "gaussian_std": self.gaussian_std}
        strange = [
            key for key in state_dict
            if key.startswith(prefix) and key.removeprefix(prefix) not in own and not key.endswith("output_mask")
        ]  # fmt: skip
        for key in strange:
            value = state_dict[key]
            if key == f"{prefix}bessel_freqs":
                del state_dict[key]  # kept by an earlier form, and of no use
            elif value.numel() == len(self.gaussian_means):
                found["gaussian_means"] = state_dict.pop(key).reshape(-1)
            elif value.numel() == 1:
                width = state_dict.pop(key).reshape(())
                found["gaussian_std"] = width if width > 0 else torch.sqrt(-0.5 / width)
        for name, value in found.items():
            state_dict.setdefault(prefix + name, value)

    def _products(self, x: Features, edges: Edges) -> Features:
        sent = tuple(part[edges.source.reshape(-1)] for part in x)
        return self.product.products(sent, edges.harmonics.reshape(-1, DIMENSION))

    def _summed(self, x: Features, edges: Edges) -> Features:
        """Return the sums of messages at each atom.

        The weights of an edge are linear in the hidden layer of the radial network, and so are the sums: products are
        summed with each hidden function first, and the large second layer then meets atoms instead of edges.
        """
        n, width = edges.source.shape
        hidden = self.fc.hidden(self._radial(edges))
        sums = []
        for degree, (product, mixing) in enumerate(
            zip(self._products(x, edges), self.product.mixing(self.fc.last(self.product.order)), strict=True)
        ):
            flat = product.reshape(n, width, (2 * degree + 1) * product.shape[2])
            summed = (flat.transpose(1, 2) @ hidden).reshape(n, 2 * degree + 1, -1)
            sums.append(summed @ mixing.transpose(0, 1).flatten(0, 1))
        return tuple(sums)

    def _summed_with_dropout(self, x: Features, edges: Edges) -> Features:
        """Return the same, edge by edge, so that channels of single messages can be dropped."""
        weights = self.fc.hidden(self._radial(edges).flatten(0, 1)) @ self.fc.last(self.product.order)
        messages = (a @ b for a, b in zip(self._products(x, edges), self.product.mixing(weights), strict=True))
        return tuple(self._dropped(m).unflatten(0, edges.source.shape).sum(dim=1) for m in messages)

    def _dropped(self, message: torch.Tensor) -> torch.Tensor:
        """Drop whole channels, so that what is left still turns with the structure."""
        if not (self.training and self.dropout):
            return message
        keep = nn.functional.dropout(message.new_ones(len(message), 1, message.shape[2]), self.dropout)
        return message * keep

    def _gated(self, message: Features) -> Features:
        scalars, first, second = message[0].split(self.out, dim=2)
        return (
            SILU_SCALE * nn.functional.silu(scalars),
            SIGMOID_SCALE * torch.sigmoid(first) * message[1],
            SIGMOID_SCALE * torch.sigmoid(second) * message[2],
        )
