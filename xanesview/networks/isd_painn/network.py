"""ISD-PaiNN: a PaiNN whose vectors start along the polarisation, so that the spectrum depends on direction.

After the description of isdpainn (PaiNN: Schütt, Unke and Gastegger, arXiv 2102.03150); modules have the names of its
files, so that a published state dictionary fits as it is. The output is even in n̂ and turns with the structure,
but nothing makes it a quadratic form of n̂: compare ``quadratic_form.fitted_tensor``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import nn

from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.networks.atom_graphs import AtomGraph
from xanesview.networks.configuration import Configuration
from xanesview.networks.radial import polynomial_envelope

REPRODUCIBLE_NEIGHBOURS = 50  # above it the published program keeps an arbitrary subset, this one all neighbours


@dataclass(frozen=True)
class IsdPainnConfig(Configuration):
    """Sizes and switches, named as the authors name them; the defaults are the published configuration.

    ``cutoff`` in Å; ``num_elements`` rows from hydrogen on. Switches of the ablations: ``direction_initialisation``
    False leaves out the direction (vectors start at zero), ``symmetric_message`` False is the plain message of PaiNN.
    ``max_neighbors`` is read and not used (see ``REPRODUCIBLE_NEIGHBOURS``). ``smooth_cutoff`` is ours: the published
    messages keep the bias of their radial weights up to the cutoff, so that a spectrum jumps when an atom crosses it;
    True puts the bias under the envelope as well.
    """

    hidden_channels: int = 512
    out_channels: int = 256
    num_layers: int = 8
    num_out_layers: int = 1
    num_rbf: int = 64
    cutoff: float = 8.0
    max_neighbors: int = 50
    num_elements: int = 9
    use_pbc: bool = False
    message_factor_normalize: bool = False
    symmetric_message: bool = True
    direction_initialisation: bool = True
    smooth_cutoff: bool = False

    @property
    def known_elements(self) -> frozenset[int]:
        """Elements with a row, from hydrogen on."""
        return frozenset(range(1, self.num_elements + 1))

    @property
    def is_linear_in_vectors(self) -> bool:
        """Whether a message is linear in the sender's vectors, which the fast evaluation needs."""
        return self.symmetric_message and not self.message_factor_normalize


class ScaledSiLU(nn.Module):
    """silu(x) / 0.6."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map any shape to the same shape."""
        return nn.functional.silu(x) / 0.6


class AtomEmbedding(nn.Module):
    """One row an element, from hydrogen on."""

    def __init__(self, channels: int, n_elements: int) -> None:
        super().__init__()
        self.embeddings = nn.Embedding(n_elements, channels)
        nn.init.uniform_(self.embeddings.weight, -math.sqrt(3), math.sqrt(3))

    def forward(self, numbers: torch.Tensor) -> torch.Tensor:
        """Map atomic numbers (N,) to (N, H)."""
        return self.embeddings(numbers - 1)


class GaussianBasis(nn.Module):
    """Gaussians on d / cutoff; their centres are a buffer of the published file."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.register_buffer("offset", torch.linspace(0.0, 1.0, n))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (P,) to (P, R)."""
        spacing = self.offset[1] - self.offset[0]  # of the stored numbers: 1/(n−1) itself differs by 1e-7
        return torch.exp(-0.5 / spacing**2 * (x[:, None] - self.offset) ** 2)


class RadialBasis(nn.Module):
    """Gaussians under a polynomial envelope of exponent 5, and what the bias of their weights is multiplied by."""

    def __init__(self, n: int, cutoff: float, smooth: bool) -> None:
        super().__init__()
        self.cutoff, self.smooth = cutoff, smooth
        self.rbf = GaussianBasis(n)

    def forward(self, distance: torch.Tensor) -> torch.Tensor:
        """Map distances (P,) in Å to (P, R + 1): the functions, then 1, or the envelope where that is smooth."""
        x = distance / self.cutoff
        envelope = polynomial_envelope(x)[:, None]
        return torch.cat([envelope * self.rbf(x), envelope if self.smooth else torch.ones_like(envelope)], dim=1)


class MessageLayer(nn.Module):
    """Scalars and vectors from neighbours."""

    def __init__(self, config: IsdPainnConfig) -> None:
        super().__init__()
        h = config.hidden_channels
        self.symmetric, self.sign_only = config.symmetric_message, config.message_factor_normalize
        self.x_proj = nn.Sequential(nn.Linear(h, h), ScaledSiLU(), nn.Linear(h, 3 * h))
        self.rbf_proj = nn.Linear(config.num_rbf, 3 * h)
        self.x_layernorm = nn.LayerNorm(h)
        for layer in (self.x_proj[0], self.x_proj[2], self.rbf_proj):
            _start(layer)

    def radial(self, basis: torch.Tensor) -> torch.Tensor:
        """Map what the radial basis says of edges (P, R + 1) to their weights (P, 3H)."""
        return nn.functional.linear(basis[:, :-1], self.rbf_proj.weight) + basis[:, -1:] * self.rbf_proj.bias

    def sent(self, x: torch.Tensor) -> torch.Tensor:
        """Map scalars (..., H) to what the senders contribute (..., 3H)."""
        return self.x_proj(self.x_layernorm(x))

    def forward(
        self, sent: torch.Tensor, v: torch.Tensor, radial: torch.Tensor, unit: torch.Tensor, source: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the messages of some edges.

        Parameters
        ----------
        sent (N, ..., 3H), v (N, ..., 3, H) : of all atoms; ``...`` is nothing or directions
        radial (P, 3H), unit (P, 3), source (P,) : of the edges

        Returns
        -------
        (P, ..., H) and (P, ..., 3, H)
        """
        several = sent.ndim == 3
        radial = radial[:, None] if several else radial
        unit = unit[:, None, :, None] if several else unit[:, :, None]
        m1, m2, m3 = (sent[source] * radial).chunk(3, dim=-1)
        v = v[source]
        if self.symmetric:
            along = (v * unit).sum(dim=-2)
            m3 = m3 * (torch.sign(along) if self.sign_only else along)
        h = m1.shape[-1]
        return m1, (v * (m2 / math.sqrt(3.0))[..., None, :] + unit * m3[..., None, :]) / math.sqrt(h)


class UpdateLayer(nn.Module):
    """Scalars and vectors of one atom mixed with each other."""

    def __init__(self, config: IsdPainnConfig) -> None:
        super().__init__()
        h = config.hidden_channels
        self.vec_proj = nn.Linear(h, 2 * h, bias=False)
        self.xvec_proj = nn.Sequential(nn.Linear(2 * h, h), ScaledSiLU(), nn.Linear(h, 3 * h))
        _start(self.xvec_proj[0])
        _start(self.xvec_proj[2])

    def forward(
        self, x: torch.Tensor, v: torch.Tensor, projected: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Map (..., H) and (..., 3, H) to their changes; ``projected`` (..., 3, 2H) where it is known already."""
        v1, v2 = (self.vec_proj(v) if projected is None else projected).chunk(2, dim=-1)
        dot = (v1 * v2).sum(dim=-2) / math.sqrt(x.shape[-1])
        a1, a2, a3 = self.xvec_proj(torch.cat([x, _length(v2)], dim=-1)).chunk(3, dim=-1)
        return (a1 + a2 * dot) / math.sqrt(2.0), a3[..., None, :] * v1


class ScaleFactor(nn.Module):
    """A number that multiplies the scalars; 0 in a file means that it was never fitted."""

    def __init__(self) -> None:
        super().__init__()
        self.scale_factor = nn.Parameter(torch.tensor(0.0), requires_grad=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map any shape to the same shape."""
        return x * torch.where(self.scale_factor == 0, 1.0, self.scale_factor)


class IsdPainn(nn.Module):
    """The network: atoms and a direction in, one spectrum an atom out (rows of other elements were never trained)."""

    def __init__(self, config: IsdPainnConfig) -> None:
        super().__init__()
        self.config = config
        h = config.hidden_channels
        self.invariant_atom_emb = AtomEmbedding(h, config.num_elements)
        if config.direction_initialisation:
            self.equivariant_atom_emb = AtomEmbedding(h, config.num_elements)
        self.radial_basis = RadialBasis(config.num_rbf, config.cutoff, config.smooth_cutoff)
        self.message_layers = nn.ModuleList(MessageLayer(config) for _ in range(config.num_layers))
        self.update_layers = nn.ModuleList(UpdateLayer(config) for _ in range(config.num_layers))
        for k in range(config.num_layers):
            self.add_module(f"upd_out_scalar_scale_{k}", ScaleFactor())
        inner = [m for _ in range(config.num_out_layers - 1) for m in (nn.Linear(h, h), ScaledSiLU())]
        self.out_invariant = nn.Sequential(*inner, nn.Linear(h, config.out_channels))

    def initial(self, numbers: torch.Tensor, direction: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return scalars (N, H) and vectors (N, 3, H); ``direction`` (N, 3) of unit length."""
        self.check_elements(numbers)
        x = self.invariant_atom_emb(numbers)
        if not self.config.direction_initialisation:
            return x, x.new_zeros(len(x), 3, x.shape[1])
        return x, direction[:, :, None] * self.equivariant_atom_emb(numbers)[:, None]

    def check_elements(self, numbers: torch.Tensor) -> None:
        """Raise XanesviewError for an element without a row."""
        largest = int(numbers.max())
        if largest > self.config.num_elements:
            raise XanesviewError(
                f"This ISD-PaiNN network knows elements 1 to {self.config.num_elements}; "
                f"the structure has atomic number {largest}.",
                "Choose a network trained on that element.",
            )

    def after_message(
        self, x: torch.Tensor, v: torch.Tensor, dx: torch.Tensor, dv: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Add summed messages."""
        return (x + dx) / math.sqrt(2.0), v + dv

    def updated(
        self, layer: int, x: torch.Tensor, v: torch.Tensor, projected: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Apply the update and the scale factor of a layer."""
        dx, dv = self.update_layers[layer](x, v, projected)
        return getattr(self, f"upd_out_scalar_scale_{layer}")(x + dx), v + dv

    def forward(self, graph: AtomGraph, direction: torch.Tensor) -> torch.Tensor:
        """Evaluate the structures of a graph, each for one direction; what training uses.

        Parameters
        ----------
        graph : edges shorter than the cutoff
        direction : (3,), or (G, 3) one a structure; of any length but zero

        Returns
        -------
        (N, out_channels)
        """
        direction = unit_directions(direction).to(graph.vectors_angstrom.dtype)
        if direction.shape[0] > 1:
            direction = direction[graph.structure]
        distance = torch.linalg.vector_norm(graph.vectors_angstrom, dim=1)
        unit = graph.vectors_angstrom / distance[:, None]
        rbf = self.radial_basis(distance)
        x, v = self.initial(graph.numbers, direction.expand(graph.n_atoms, 3))
        for k, message in enumerate(self.message_layers):
            m, mv = message(message.sent(x), v, message.radial(rbf), unit, graph.source)
            dx = torch.zeros_like(x).index_add(0, graph.target, m)
            dv = torch.zeros_like(v).index_add(0, graph.target, mv)
            x, v = self.updated(k, *self.after_message(x, v, dx, dv))
        return self.out_invariant(x)


def crowding_notice(graph: AtomGraph) -> Notice | None:
    """Return a notice where the published program would leave out neighbours, and so give other numbers."""
    most = graph.most_neighbours
    if most <= REPRODUCIBLE_NEIGHBOURS:
        return None
    return Notice(
        "outside-domain",
        f"An atom has {most} neighbours; the published program keeps an arbitrary {REPRODUCIBLE_NEIGHBOURS} of them.",
        "All are kept here, so numbers differ from the published program's.",
    )


def unit_directions(direction: torch.Tensor) -> torch.Tensor:
    """Return directions (D, 3) of unit length; the caller's tensor stays as it is.

    Raises
    ------
    XanesviewError
        for a direction of length zero.
    """
    direction = direction.reshape(-1, 3)
    length = torch.linalg.vector_norm(direction, dim=1, keepdim=True)
    if not bool((length > 0).all()):
        raise XanesviewError("A direction has no length.", "Give a vector other than (0, 0, 0).")
    return direction / length


def _length(v: torch.Tensor) -> torch.Tensor:
    """Return ‖v‖ over the components (..., 3, H); its gradient at zero is zero, not NaN."""
    squared = v.pow(2).sum(dim=-2)
    positive = squared > 0
    return torch.where(positive, torch.where(positive, squared, 1.0).sqrt(), 0.0)


def _start(layer: nn.Linear) -> None:
    """Start a layer as PaiNN does: Xavier, no bias."""
    nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)
