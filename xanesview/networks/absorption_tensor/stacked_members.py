"""All members of an ensemble at once, for predictions of molecules: what only depends on the places of atoms is made
once for all of them, and their weights stand side by side in one product.

The same numbers as `AbsorptionTensorNetwork` gives member by member, but for rounding. Features have the component
first, (M, 9, N, C) of M members, so that each l is one product of matrices without a copy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import nn

from xanesview.networks.absorption_tensor.network import SITES_A_BLOCK, AbsorptionTensorNetwork, Interaction, NodeUpdate
from xanesview.networks.irreps import (
    DIMENSION,
    PATHS_INTO,
    PRODUCT_DIMENSION,
    SLICES,
    spherical_harmonics,
)

EDGES_A_BLOCK = 64  # messages of all members stay in the processor's cache
_INTO = [  # of each l: where its couplings begin, how many there are, and of how many components
    (sum(PATHS_INTO[k] * (2 * k + 1) for k in range(l3)), count, 2 * l3 + 1) for l3, count in enumerate(PATHS_INTO)
]


class Geometry(NamedTuple):
    """What edges are, whichever network asks: harmonics (P, 9), Bessel functions (P, K) and the envelope (P, 1)."""

    source: torch.Tensor
    target: torch.Tensor
    harmonics: torch.Tensor
    bessel: torch.Tensor
    envelope: torch.Tensor


def _linear(layers: Sequence[nn.Linear]) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Return weights (M, C, C') and biases (M, 1, C') of the members."""
    weights = torch.stack([layer.weight.detach().T for layer in layers]).contiguous()
    return weights, None if layers[0].bias is None else torch.stack([layer.bias.detach() for layer in layers])[:, None]


def _applied(x: torch.Tensor, weights: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
    return torch.bmm(x, weights) if bias is None else torch.baddbmm(bias, x, weights)


def _perceptron(members: Sequence[nn.Sequential]) -> list[tuple[torch.Tensor, torch.Tensor | None]]:
    """Return the linear layers of perceptrons; between them is SiLU, and dropout that predictions leave out."""
    return [_linear(layers) for layers in zip(*members, strict=True) if isinstance(layers[0], nn.Linear)]


def _answer(x: torch.Tensor, layers: list[tuple[torch.Tensor, torch.Tensor | None]]) -> torch.Tensor:
    for k, layer in enumerate(layers):
        x = _applied(nn.functional.silu(x) if k else x, *layer)
    return x


def _rows(x: torch.Tensor, begin: int, end: int) -> torch.Tensor:
    """Return components of features (M, L, N, C) as rows (M, (end − begin)·N, C), without a copy."""
    members, _, n, channels = x.shape
    return x[:, begin:end].reshape(members, (end - begin) * n, channels)


class _Mix:
    """`ChannelMix` of all members."""

    def __init__(self, mixes: Sequence) -> None:
        self.weights = [torch.stack([w.detach() for w in same]) for same in zip(*(m.weights for m in mixes))]

    def add(self, x: torch.Tensor, out: torch.Tensor, first: int = 0) -> torch.Tensor:
        """Add what features (M, 9, N, C) give, as channels from `first` on, to `out` (M, 9, N, C')."""
        for s, w in zip(SLICES, self.weights, strict=True):
            rows = _rows(out, s.start, s.stop)
            rows.baddbmm_(_rows(x, s.start, s.stop), w[:, first : first + x.shape[3]])
        return out

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        out = x.new_empty(*x.shape[:3], self.weights[0].shape[2])
        for s, w in zip(SLICES, self.weights, strict=True):
            torch.bmm(_rows(x, s.start, s.stop), w, out=_rows(out, s.start, s.stop))
        return out


class _Product:
    """`ProductMix` of all members."""

    def __init__(self, mixes: Sequence) -> None:
        channels = mixes[0].mix[0].shape[1]
        self.weights = [
            torch.stack([w.detach() for w in same]).unflatten(1, (-1, channels)).transpose(0, 1).contiguous()
            for same in zip(*(m.mix for m in mixes))
        ]
        self.coupling = mixes[0].coupling

    def combine(self, product: torch.Tensor) -> torch.Tensor:
        """Map coupled features (M, 35, N, C) to (M, 9, N, C)."""
        members, _, n, _ = product.shape
        out = product.new_empty(members, DIMENSION, n, self.weights[0].shape[3])
        for s, (start, count, d), w in zip(SLICES, _INTO, self.weights, strict=True):
            rows = _rows(out, s.start, s.stop)
            for k in range(count):
                part = _rows(product, start + k * d, start + (k + 1) * d)
                if k:
                    rows.baddbmm_(part, w[k])
                else:
                    torch.bmm(part, w[k], out=rows)
        return out

    def __call__(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        members, _, n, channels = a.shape
        outer = (a[:, :, None] * b[:, None]).reshape(members, DIMENSION * DIMENSION, n * channels)
        product = torch.bmm(self.coupling.expand(members, -1, -1), outer)
        return self.combine(product.reshape(members, PRODUCT_DIMENSION, n, channels))


class _Update:
    """`NodeUpdate` of all members."""

    def __init__(self, updates: Sequence[NodeUpdate]) -> None:
        self.mix_density = _Mix([u.mix_density for u in updates])
        self.second, self.third = _Product([u.second for u in updates]), _Product([u.third for u in updates])
        self.mix, self.skip = _Mix([u.mix for u in updates]), _Mix([u.skip for u in updates])
        self.gate = _perceptron([u.gate for u in updates])
        self.gains = torch.stack([u.element_gains.weight.detach() for u in updates])
        self.norm_weight = torch.stack([u.norm.scalars.weight.detach() for u in updates])[:, None]
        self.norm_bias = torch.stack([u.norm.scalars.bias.detach() for u in updates])[:, None]
        self.norm_eps = updates[0].norm.scalars.eps
        self.norm_gains = torch.stack([u.norm.gains.detach() for u in updates])

    def __call__(self, density: torch.Tensor, previous: torch.Tensor, element: torch.Tensor) -> torch.Tensor:
        """Map density and previous features (M, 9, N, C) and element indices (N,) to features (M, 9, N, C)."""
        channels = density.shape[3]
        gains = self.gains[:, element].unflatten(2, (3, channels))
        a = self.mix_density(density)
        for k, s in enumerate(SLICES):
            a[:, s] *= gains[:, None, :, k]
        b = self.second(a, a)
        x = self.skip(previous)
        for k, part in enumerate((a, b, self.third(b, a))):
            self.mix.add(part, x, k * channels)
        scalars = nn.functional.layer_norm(x[:, 0], (channels,), eps=self.norm_eps) * self.norm_weight + self.norm_bias
        update, *gates = _answer(scalars, self.gate).unflatten(2, (3, channels)).unbind(2)
        x[:, 0] = scalars + update
        for k, (s, gate) in enumerate(zip(SLICES[1:], gates, strict=True)):
            block = x[:, s]
            size = torch.rsqrt(block.pow(2).mean(dim=(1, 3), keepdim=True) + 1e-2)
            block *= size * (2.0 * torch.sigmoid(gate) * self.norm_gains[:, None, k])[:, None]
        return x


class _Interaction:
    """`Interaction` of all members."""

    def __init__(self, interactions: Sequence[Interaction]) -> None:
        one = interactions[0]
        self.scalars_only = one.scalars_only
        self.sender = (
            _linear([i.sender for i in interactions]) if one.scalars_only else _Mix([i.sender for i in interactions])
        )
        self.first = 2.0 * torch.cat([i.radial.first.weight.detach() for i in interactions]).T.contiguous()
        self.second = _linear([i.radial.second for i in interactions])[0] * one.scale
        self.collect = None if one.scalars_only else _Product([i.collect for i in interactions])

    def sent(self, features: torch.Tensor) -> torch.Tensor:
        """Return what atoms send to any neighbour: (N, M·C), or (N, 9, M·C)."""
        if self.scalars_only:
            return _applied(features[:, 0], *self.sender).transpose(0, 1).flatten(1)
        return self.sender(features).permute(2, 1, 0, 3).flatten(2)

    def gathered(self, sent: torch.Tensor, edges: Geometry, n_targets: int, step: int) -> torch.Tensor:
        """Return the densities (M, 9, N, C) that arrive of what was sent."""
        members, _, width = self.second.shape
        paths = 3 if self.scalars_only else sum(PATHS_INTO)
        channels = width // paths
        total = sent.new_zeros(n_targets, DIMENSION if self.scalars_only else PRODUCT_DIMENSION, members * channels)
        for begin in range(0, len(edges.source), step):
            block = Geometry(*(part[begin : begin + step] for part in edges))
            hidden = nn.functional.silu(block.bessel @ self.first) * block.envelope
            weights = torch.bmm(hidden.unflatten(1, (members, -1)).transpose(0, 1), self.second)
            weights = weights.unflatten(2, (paths, channels)).permute(1, 2, 0, 3)  # (P, paths, M, C)
            total.index_add_(0, block.target, self._messages(sent[block.source], block.harmonics, weights))
        total = total.unflatten(2, (members, channels)).permute(2, 1, 0, 3).contiguous()
        return total if self.scalars_only else self.collect.combine(total)

    def _messages(self, sent: torch.Tensor, y: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        n, _, members, channels = weights.shape
        if self.scalars_only:
            scaled = weights * sent.unflatten(1, (members, channels))[:, None]
            out = scaled.new_empty(n, DIMENSION, members * channels)
            for k, s in enumerate(SLICES):
                torch.mul(y[:, s, None], scaled[:, k].reshape(n, 1, -1), out=out[:, s])
            return out
        coupling = self.collect.coupling.reshape(PRODUCT_DIMENSION * DIMENSION, DIMENSION)
        turned = (y @ coupling.T).reshape(n, PRODUCT_DIMENSION, DIMENSION)
        out = torch.bmm(turned, sent)
        path = 0
        for start, count, d in _INTO:
            part = out[:, start : start + count * d].unflatten(1, (count, d)).unflatten(3, (members, channels))
            part *= weights[:, path : path + count, None]
            path += count
        return out


class StackedMembers:
    """The members of an ensemble of one architecture, asked together."""

    def __init__(self, networks: Sequence[AbsorptionTensorNetwork]) -> None:
        one = networks[0]
        self.config, self.count = one.config, len(networks)
        self._table, self._basis, self._to_cartesian = one.element_table, one.basis, one.to_cartesian
        self._embedding = torch.stack([n.embedding.weight.detach() for n in networks])
        self._interactions = [_Interaction(same) for same in zip(*(n.interactions for n in networks))]
        self._updates = [_Update(same) for same in zip(*(n.updates for n in networks))]
        self._waves = [i.radial.k for i in one.interactions]
        self._cutoffs = [i.radial.cutoff for i in one.interactions]
        self._isotropic = _perceptron([n.isotropic for n in networks])
        self._gate = _perceptron([n.quadrupole_gate for n in networks])
        self._in = torch.stack([n.quadrupole_in.detach() for n in networks])
        self._out = torch.stack([n.quadrupole_out.detach() for n in networks])
        self._ionisation = _perceptron([n.ionisation for n in networks])
        self._shift = None if one.shift is None else _perceptron([n.shift for n in networks])

    def _geometry(self, layer: int, source: torch.Tensor, target: torch.Tensor, vectors: torch.Tensor) -> Geometry:
        r = torch.linalg.vector_norm(vectors, dim=1, keepdim=True)
        x = (r / self._cutoffs[layer]).clamp(max=1.0)
        envelope = (1.0 - x**3) ** 3
        bessel = torch.sin(self._waves[layer] * r) / r.clamp(min=0.1) * envelope
        return Geometry(source, target, spherical_harmonics(vectors / r.clamp(min=1e-6)), bessel, envelope)

    def __call__(
        self, graph, energy_ev: torch.Tensor, pause: Callable[[], None] = lambda: None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return components (M, S, 6, E), in units of the card's intensity scale, and ionisation potentials (M, S).

        Parameters
        ----------
        pause : called now and then; what it raises ends it
        """
        step = EDGES_A_BLOCK if energy_ev.device.type == "cpu" else max(len(graph.source), len(graph.site_source), 1)
        element = self._table[graph.numbers]
        n = len(element)
        features = self._embedding.new_zeros(self.count, DIMENSION, n, self.config.channels)
        features[:, 0] = self._embedding[:, element]
        edges = self._geometry(0, graph.source, graph.target, graph.vectors_angstrom)
        for interaction, update in zip(self._interactions[:-1], self._updates[:-1], strict=True):
            pause()
            features = update(interaction.gathered(interaction.sent(features), edges, n, step), features, element)
        pause()
        edges = self._geometry(-1, graph.site_source, graph.site_target, graph.site_vectors_angstrom)
        last, sites = self._interactions[-1], graph.sites
        density = last.gathered(last.sent(features), edges, len(sites), step)
        x = self._updates[-1](density, features[:, :, sites], element[sites])
        pause()
        return self._spectra(x, energy_ev)

    def _spectra(self, x: torch.Tensor, energy_ev: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        scalars, config = x[:, 0], self.config
        members, _, n, _ = x.shape
        quadrupole = torch.bmm(_rows(x, SLICES[2].start, SLICES[2].stop), self._in).unflatten(1, (5, n))
        quadrupole *= _answer(scalars, self._gate)[:, None]
        quadrupole = torch.bmm(quadrupole.flatten(1, 2), self._out).unflatten(1, (5, n)).transpose(1, 2)
        ip = config.ip_mean_ev + config.ip_scale_ev * _answer(scalars, self._ionisation)[:, :, 0]
        both = torch.cat([_answer(scalars, self._isotropic)[:, :, None], quadrupole], dim=2).flatten(0, 1)
        if self._shift is None:
            curves = both @ self._basis(energy_ev)
        else:
            shift = config.ip_scale_ev * _answer(scalars, self._shift).flatten(0, 1)
            step = SITES_A_BLOCK if energy_ev.device.type == "cpu" else max(len(both), 1)
            curves = torch.cat([
                c @ self._basis(energy_ev - d[:, :, None]).flatten(1, 2)
                for c, d in zip(both.split(step), shift.split(step), strict=True)
            ])  # fmt: skip
        tensor = torch.matmul(self._to_cartesian.to(curves.dtype), curves[:, 1:])
        tensor[:, :3] += curves[:, :1]
        return tensor.unflatten(0, (members, n)), ip
