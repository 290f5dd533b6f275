"""ISD-PaiNN for many directions: what does not depend on n̂ is computed once a structure.

Up to the first update the scalars do not know n̂ and the vectors are linear in it, so that three unit directions give
all others. For later layers the radial weights of all pairs are kept, and all directions share each pass over them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

from xanesview.networks.atom_graphs import AtomGraph
from xanesview.networks.isd_painn.network import IsdPainn, unit_directions

PAIR_KERNEL_BYTES = 256 * 2**20  # above it (about 70 atoms at the published size) messages go edge by edge
EDGES_A_BLOCK = 256  # of the edge-by-edge way: what belongs to a block stays in the processor's cache
RECEIVERS_A_BLOCK = 8  # of the way by pairs


@dataclass(frozen=True, eq=False)
class PreparedStructure:
    """A structure as far as it can be evaluated without a direction.

    scalars (N, H); vectors (N, 3, 3, H) for the unit directions x, y, z (second axis) with components (third axis);
    projected (N, 3, 3, 2H) or None: ``vectors`` under the first update's projection, where the first message is done.
    unit (P, 3), rbf (P, R + 1) of the edges; kernels: a layer (N, N, 3H) sender by receiver, or None for large
    structures; pair_unit (N, N, 3).
    """

    graph: AtomGraph
    unit: torch.Tensor
    rbf: torch.Tensor
    kernels: tuple[torch.Tensor, ...] | None
    pair_unit: torch.Tensor | None
    scalars: torch.Tensor
    vectors: torch.Tensor
    projected: torch.Tensor | None


@torch.no_grad()
def prepared(network: IsdPainn, graph: AtomGraph) -> PreparedStructure:
    """Compute all that does not depend on the direction, of a graph with edges shorter than the network's cutoff."""
    network.check_elements(graph.numbers)
    config = network.config
    distance = torch.linalg.vector_norm(graph.vectors_angstrom, dim=1)
    unit, rbf = graph.vectors_angstrom / distance[:, None], network.radial_basis(distance)
    x = network.invariant_atom_emb(graph.numbers)
    v = x.new_zeros(len(x), 3, 3, x.shape[1])
    if config.direction_initialisation:
        v[:, range(3), range(3)] = network.equivariant_atom_emb(graph.numbers)[:, None]
    kernels, pair_unit = _pair_kernels(network, graph, rbf, unit)
    structure = PreparedStructure(graph, unit, rbf, kernels, pair_unit, x, v, None)
    if not config.is_linear_in_vectors:
        return structure
    dx, dv = _summed_messages(network, structure, 0, x[:, None].expand(-1, 3, -1), v)
    x, v = network.after_message(x, v, dx[:, 0], dv)
    return PreparedStructure(graph, unit, rbf, kernels, pair_unit, x, v, network.update_layers[0].vec_proj(v))


@torch.no_grad()
def spectra_along(network: IsdPainn, structure: PreparedStructure, directions: torch.Tensor) -> torch.Tensor:
    """Evaluate a prepared structure.

    Parameters
    ----------
    directions : (D, 3), of any length but zero

    Returns
    -------
    (D, N, out_channels)
    """
    x = scalars_along(network, structure, directions)
    return network.out_invariant(x).transpose(0, 1).expand(len(directions), -1, -1)


@torch.no_grad()
def scalars_along(network: IsdPainn, structure: PreparedStructure, directions: torch.Tensor) -> torch.Tensor:
    """Return the last scalars of a prepared structure, from which spectra are read: (N, D, H); D is 1 where nothing
    depends on the direction.

    Parameters
    ----------
    directions : (D, 3), of any length but zero
    """
    n = unit_directions(directions).to(structure.scalars.dtype)
    if not network.config.direction_initialisation:
        n = n[:1]  # nothing depends on it
    x = structure.scalars[:, None].expand(-1, len(n), -1)
    v, projected = _along(n, structure.vectors), structure.projected
    if projected is not None:
        x, v = network.updated(0, x, v, _along(n, projected))
    for k in range(0 if projected is None else 1, network.config.num_layers):
        dx, dv = _summed_messages(network, structure, k, x, v)
        x, v = network.updated(k, *network.after_message(x, v, dx, dv))
    return x


def _along(n: torch.Tensor, basis: torch.Tensor) -> torch.Tensor:
    """Return vectors (N, D, 3, C) along directions (D, 3) from those along x, y, z (N, 3, 3, C)."""
    return (n @ basis.flatten(2)).unflatten(2, basis.shape[2:])


def _pair_kernels(
    network: IsdPainn, graph: AtomGraph, rbf: torch.Tensor, unit: torch.Tensor
) -> tuple[tuple[torch.Tensor, ...] | None, torch.Tensor | None]:
    """Return the radial weights of all pairs a layer, zero where there is no edge, and the pairs' unit vectors."""
    config, n = network.config, graph.n_atoms
    size = 3 * config.hidden_channels * n * n * config.num_layers * rbf.element_size()
    place = graph.source * n + graph.target
    if not config.is_linear_in_vectors or size > PAIR_KERNEL_BYTES or len(torch.unique(place)) < len(place):
        return None, None  # of periodic structures, several edges may join the same two atoms
    kernels = []
    for message in network.message_layers:
        kernel = rbf.new_zeros(n * n, 3 * config.hidden_channels)
        kernel[place] = message.radial(rbf)
        kernels.append(kernel.reshape(n, n, -1))
    u = unit.new_zeros(n * n, 3)
    u[place] = unit
    return tuple(kernels), u.reshape(n, n, 3)


def _summed_messages(
    network: IsdPainn, structure: PreparedStructure, layer: int, x: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return what arrives at each atom in a layer: (N, D, H) and (N, D, 3, H)."""
    message = network.message_layers[layer]
    sent = message.sent(x)
    if structure.kernels is not None:
        return _by_pairs(structure.kernels[layer], structure.pair_unit, sent, v)
    dx, dv = torch.zeros_like(x), torch.zeros_like(v)
    source, target = structure.graph.source, structure.graph.target
    for begin in range(0, len(source), EDGES_A_BLOCK):
        block = slice(begin, begin + EDGES_A_BLOCK)
        radial = message.radial(structure.rbf[block])
        m, mv = message(sent, v, radial, structure.unit[block], source[block])
        dx.index_add_(0, target[block], m)
        dv.index_add_(0, target[block], mv)
    return dx, dv


def _by_pairs(
    kernel: torch.Tensor, unit: torch.Tensor, sent: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Sum over neighbours: kernel (N, N, 3H) sender by receiver, unit (N, N, 3), sent (N, D, 3H), v (N, D, 3, H)."""
    n, d, _, h = v.shape
    k1, k2, k3 = kernel.chunk(3, dim=-1)
    a1, a2, a3 = sent.chunk(3, dim=-1)
    parallel = (v * (a2 / math.sqrt(3.0))[:, :, None]).transpose(1, 2).reshape(n, 3 * d, h)
    sources = (v * a3[:, :, None]).transpose(1, 2).reshape(n, 3, d * h)
    dx, dv = sent.new_zeros(n, d, h), sent.new_zeros(n, 3 * d, h)
    for s in range(n):
        dx.addcmul_(k1[s][:, None], a1[s])
        dv.addcmul_(k2[s][:, None], parallel[s])
    dv = dv.reshape(n, 3, d * h)
    for begin in range(0, n, RECEIVERS_A_BLOCK):
        block = slice(begin, begin + RECEIVERS_A_BLOCK)
        along = torch.bmm(unit[:, block], sources)  # u·v of each pair
        along.view(n, -1, d, h).mul_(k3[:, block, None])
        dv[block] += torch.bmm(unit[:, block].permute(1, 2, 0), along.transpose(0, 1))
    return dx, (dv / math.sqrt(h)).reshape(n, 3, d, h).transpose(1, 2).contiguous()
