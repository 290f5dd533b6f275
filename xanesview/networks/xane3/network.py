"""XANE(3): isotropic spectra of absorbers in molecules, crystals and slabs (arXiv 2604.12140).

Two forms, told apart everywhere. "public code" is what the public repository computes; parameters are named as in its
files. "paper" adds what only the paper has: equivariant layer norm, adaptive gated residual, a detached head for E0;
each has a switch of its own. Sizes that the paper leaves open are ours. The output does not know a direction.

In both published forms an absorber listens to all atoms of the structure, however far, so that a molecule at the other
end of the cell changes its spectrum, and a mean over neighbours jumps when one crosses the cutoff. ``attention_radius``
and ``smooth_mean`` mend that; they are ours, off by default, and on in the networks that we train.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import nn

from xanesview.errors import XanesviewError
from xanesview.networks.atom_graphs import AtomGraph
from xanesview.networks.configuration import Configuration
from xanesview.networks.irreps import irreps_text, multiplicities
from xanesview.networks.radial import polynomial_envelope
from xanesview.networks.xane3.edges import Edges, presence_in_clusters
from xanesview.networks.xane3.energy_basis import EnergyBasis
from xanesview.networks.xane3.layers import Features, Interaction

CHANNELS = ("mul_0", "mul_1", "mul_2")


@dataclass(frozen=True)
class Xane3Config(Configuration):
    """Sizes and switches; the first block has the published names (radii in Å, energies in eV from the edge).

    ``mul_0``, ``mul_1`` and ``mul_2`` are the channels of 0e, 1o and 2e; cards tell them as ``irreps``.
    ``radial_hidden``, the width of the radial networks, is 64 wherever published; time goes with it.
    ``dropout_at`` is "messages" (branch main) or "readout" (branch gauss_center and the paper). ``basis_start`` is
    "edge", "even" or "spaced", see ``energy_basis``. ``e0_mean_ev`` and ``e0_scale_ev`` are those of the training set.

    Ours: ``attention_radius`` in Å, how far from the absorber attention reaches (0, as published: the whole structure);
    ``smooth_mean`` counts neighbours by the envelope of the cutoff in the mean of messages, not as whole numbers;
    ``clusters`` cuts structures to the atoms within the radius of attention, one cluster an absorber, so that a crystal
    has the spectra of the clusters it is cut into.
    """

    mul_0: int = 32
    mul_1: int = 16
    mul_2: int = 8
    lmax: int = 2
    num_layers: int = 4
    num_radial: int = 12
    radial_hidden: int = 64
    radial_basis_type: str = "bessel"
    r_max: float = 5.0
    max_z: int = 92
    num_basis: int = 120
    basis_scales: tuple[float, ...] = (0.5, 0.75, 1.25, 2.0)
    global_bg: bool = True
    emin: float = -30.0
    emax: float = 100.0
    dropout: float = 0.1
    dropout_at: str = "messages"
    learnt_centres: bool = False
    basis_start: str = "edge"
    attention: bool = True
    layer_norm: bool = False
    gated_residual: bool = False
    gate_hidden: int = 128
    e0_head: bool = False
    e0_hidden: int = 64
    e0_mean_ev: float = 0.0
    e0_scale_ev: float = 1.0
    attention_radius: float = 0.0
    smooth_mean: bool = False
    clusters: bool = False

    def __post_init__(self) -> None:
        wrong = {
            **{name: getattr(self, name) < (name == "mul_0") for name in CHANNELS},  # spectra are read from scalars
            "lmax": self.lmax != 2,
            "radial_basis_type": self.radial_basis_type not in ("bessel", "gaussian"),
            "dropout_at": self.dropout_at not in ("messages", "readout"),
            "clusters": self.clusters and not (self.attention_radius and self.smooth_mean),
            "num_basis": self.num_basis < 2 * len(self.basis_scales),
        }
        for name, is_wrong in wrong.items():
            if is_wrong:
                raise XanesviewError(f"XANE(3) cannot have {name} = {getattr(self, name)!r}.", "Give another value.")

    @classmethod
    def public_code(cls, branch: str = "main", **values) -> Xane3Config:
        """Return the configuration of the public code's branch ``main`` or ``gauss_center``."""
        if branch == "gauss_center":
            values = {"dropout_at": "readout", "learnt_centres": True, "basis_start": "even"} | values
        return cls.from_dict(values)

    @classmethod
    def paper(cls, **values) -> Xane3Config:
        """Return the configuration of the paper, with switches or sizes replaced."""
        paper = {
            "num_radial": 16, "num_basis": 200, "basis_scales": (0.1, 0.5, 1.0, 2.0, 4.0), "dropout": 0.01,
            "dropout_at": "readout", "learnt_centres": True, "basis_start": "spaced", "layer_norm": True,
            "gated_residual": True, "e0_head": True,
        }  # fmt: skip
        return cls.from_dict(paper | values)

    @classmethod
    def from_dict(cls, values: Mapping) -> Xane3Config:
        """Return the configuration kept in a card; its channels stand there as irreps, in older cards as numbers.

        Raises
        ------
        XanesviewError
            for irreps that can't be read, or both.
        """
        values = dict(values)
        if "irreps" in values:
            if any(name in values for name in CHANNELS):
                raise XanesviewError("A configuration of XANE(3) tells its channels twice.", "Leave one of them out.")
            values |= zip(CHANNELS, multiplicities(values.pop("irreps")), strict=True)
        return super().from_dict(values)

    def as_dict(self) -> dict:
        """Return plain JSON values."""
        others = {name: value for name, value in super().as_dict().items() if name not in CHANNELS}
        return {"irreps": self.irreps} | others

    @property
    def known_elements(self) -> frozenset[int]:
        """Elements with a row, from hydrogen on."""
        return frozenset(range(1, self.max_z + 1))

    @property
    def graph_cutoffs(self) -> dict[str, float | None]:
        """The radii in Å that `atom_graph` takes: between atoms, and around absorbers where attention ends."""
        return {"cutoff_angstrom": self.r_max, "site_cutoff_angstrom": self.attention_radius or None}

    @property
    def form(self) -> str:
        """ "paper" when any part is on that only the paper has, else "public code"."""
        return "paper" if self.layer_norm or self.gated_residual or self.e0_head else "public code"

    @property
    def irreps(self) -> str:
        """The channels as e3nn writes them, such as ``32x0e+16x1o+8x2e``."""
        return irreps_text(self.multiplicities)

    @property
    def multiplicities(self) -> tuple[int, int, int]:
        """Channels of l = 0, 1, 2."""
        return self.mul_0, self.mul_1, self.mul_2


ABLATIONS = {
    "no background": {"global_bg": False},
    "no gated residual": {"gated_residual": False},
    "no attention": {"attention": False},
    "no layer norm": {"layer_norm": False},
    "no tensors": {"mul_0": 63, "mul_1": 0, "mul_2": 0},
}
"""The paper's ablations of the network; its sixth, no derivative loss, is one of training."""


@dataclass(frozen=True, eq=False)
class AbsorberGroups:
    """Which atoms each spectrum is read from.

    group, atom (Q,) int64, absorbs (Q,) bool: pair q says that atom ``atom[q]`` belongs to spectrum ``group[q]``.
    distance (Q,) in Å of graphs with edges around their absorbers: those edges are the pairs, images among them; None
    of others, where each atom of the structure makes one pair.
    """

    group: torch.Tensor
    atom: torch.Tensor
    absorbs: torch.Tensor
    n_groups: int
    distance: torch.Tensor | None = None

    @classmethod
    def of_structures(cls, graph: AtomGraph) -> AbsorberGroups:
        """One spectrum a structure, its absorbers pooled, as the public code does."""
        if graph.site_source is not None:
            return cls._around(graph, graph.structure[graph.sites], graph.n_structures)
        return cls(graph.structure, torch.arange(graph.n_atoms).to(graph.structure), graph.absorber, graph.n_structures)

    @classmethod
    def of_sites(cls, graph: AtomGraph) -> AbsorberGroups:
        """One spectrum an absorbing atom, in the order of the graph's sites; messages are shared."""
        sites = graph.sites
        if graph.site_source is not None:
            return cls._around(graph, torch.arange(len(sites)).to(sites), len(sites))
        size = torch.bincount(graph.structure, minlength=graph.n_structures)
        first = torch.cumsum(size, 0) - size
        mine = size[graph.structure[sites]]
        group = torch.repeat_interleave(torch.arange(len(sites)).to(sites), mine)
        within = torch.arange(len(group)).to(sites) - torch.repeat_interleave(torch.cumsum(mine, 0) - mine, mine)
        atom = first[graph.structure[sites]][group] + within
        return cls(group, atom, atom == sites[group], len(sites))

    @classmethod
    def _around(cls, graph: AtomGraph, group_of_site: torch.Tensor, n_groups: int) -> AbsorberGroups:
        """Return each absorber, then all that its edges reach; ``group_of_site`` (S,)."""
        reached = torch.linalg.vector_norm(graph.site_vectors_angstrom, dim=1)
        absorbs = torch.arange(len(graph.sites) + len(reached)).to(graph.sites) < len(graph.sites)
        return cls(
            torch.cat([group_of_site, group_of_site[graph.site_target]]),
            torch.cat([graph.sites, graph.site_source]),
            absorbs,
            n_groups,
            torch.cat([reached.new_zeros(len(graph.sites)), reached]),
        )


@dataclass(frozen=True, eq=False)
class Xane3Output:
    """coefficients (G, K), readout features (G, F), attention (Q,) of each pair of the groups, e0_ev (G,) or None."""

    coefficients: torch.Tensor
    readout: torch.Tensor
    attention: torch.Tensor
    e0_ev: torch.Tensor | None


class AbsorberQuery(nn.Module):
    """The absorber asks all other atoms what they are; without attention, their mean answers.

    Within a radius, atoms count the less the nearer they are to its end, and one share goes to no atom at all, that of
    the absorber's own pair: so nothing jumps when the last atom leaves.
    """

    def __init__(self, channels: int, attention: bool, radius: float) -> None:
        super().__init__()
        self.radius = radius
        self.attn_mlp = (
            nn.Sequential(nn.Linear(2 * channels, channels), nn.SiLU(), nn.Linear(channels, 1)) if attention else None
        )

    def forward(self, query: torch.Tensor, scalars: torch.Tensor, groups: AbsorberGroups) -> torch.Tensor:
        """Return the weight (Q,) of each pair; query (G, m0), scalars (Q, m0)."""
        if self.radius:
            return self._within_radius(query, scalars, groups)
        if self.attn_mlp is None:
            weight = (~groups.absorbs).to(scalars.dtype)
            total = weight.new_zeros(groups.n_groups).index_add(0, groups.group, weight)
            return weight / total[groups.group].clamp(min=1.0)
        score = self.attn_mlp(torch.cat([query[groups.group], scalars], dim=1))[:, 0]
        score = score.masked_fill(groups.absorbs, -1e9)
        most = score.new_full((groups.n_groups,), -torch.inf).scatter_reduce(0, groups.group, score, "amax")
        weight = torch.exp(score - most.detach()[groups.group])
        return weight / weight.new_zeros(groups.n_groups).index_add(0, groups.group, weight)[groups.group]

    def _within_radius(self, query: torch.Tensor, scalars: torch.Tensor, groups: AbsorberGroups) -> torch.Tensor:
        if groups.distance is None:
            raise ValueError("attention within a radius needs a graph with edges around its absorbers")
        score = groups.distance.new_zeros(len(groups.group))
        if self.attn_mlp is not None:
            score = self.attn_mlp(torch.cat([query[groups.group], scalars], dim=1))[:, 0]
        score = score.masked_fill(groups.absorbs, 0.0)
        most = score.new_zeros(groups.n_groups).scatter_reduce(0, groups.group, score, "amax").detach()
        weight = torch.exp(score - most[groups.group]) * polynomial_envelope(groups.distance / self.radius)
        total = weight.new_zeros(groups.n_groups).index_add(0, groups.group, weight)
        return torch.where(groups.absorbs, 0.0, weight / total[groups.group])


class AtomEmbedding(nn.Module):
    """One row an atomic number, counted from 0."""

    def __init__(self, max_z: int, channels: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(max_z + 1, channels)

    def forward(self, numbers: torch.Tensor) -> torch.Tensor:
        """Map (N,) to (N, m0)."""
        return self.embedding(numbers)


class Xane3(nn.Module):
    """The network: atoms and absorbers in, coefficients of an energy basis out."""

    def __init__(self, config: Xane3Config) -> None:
        super().__init__()
        self.config = config
        m0, m1, m2 = config.multiplicities
        self.embedding = AtomEmbedding(config.max_z, m0)
        self.layers = nn.ModuleList(Interaction(config, first=k == 0) for k in range(config.num_layers))
        self.pooling = AbsorberQuery(m0, config.attention, config.attention_radius)
        outputs = config.num_basis + config.global_bg
        width = 2 * m0 + m1 + m2
        drop = [nn.Dropout(config.dropout)] if config.dropout_at == "readout" else []
        self.readout_mlp = nn.Sequential(nn.Linear(width, 128), nn.SiLU(), *drop, nn.Linear(128, outputs))
        self.basis = EnergyBasis(config)
        if config.e0_head:
            self.e0_mlp = nn.Sequential(nn.Linear(width, config.e0_hidden), nn.SiLU(), nn.Linear(config.e0_hidden, 1))

    def node_features(self, graph: AtomGraph) -> Features:
        """Return the features of all atoms."""
        largest = int(graph.numbers.max())
        if largest > self.config.max_z:
            raise XanesviewError(
                f"This XANE(3) network knows elements up to {self.config.max_z}; the structure has {largest}.",
                "Choose a network trained on that element.",
            )
        scalars = self.embedding(graph.numbers)[:, None]
        x = (scalars, scalars.new_zeros(len(scalars), 3, 0), scalars.new_zeros(len(scalars), 5, 0))
        clusters = self.config.clusters
        edges = Edges.of(graph, presence_in_clusters(graph, self.config.attention_radius) if clusters else None)
        for layer in self.layers:
            x = layer(x, edges)
        return x

    def forward(self, graph: AtomGraph, groups: AbsorberGroups | None = None) -> Xane3Output:
        """Evaluate a graph, one spectrum a structure unless groups say otherwise."""
        groups = AbsorberGroups.of_structures(graph) if groups is None else groups
        x = self.node_features(graph)
        scalars = x[0][:, 0]
        query = _mean_of_absorbers(scalars, groups)
        attention = self.pooling(query, scalars[groups.atom], groups)
        context = query.new_zeros(query.shape).index_add(
            0, groups.group, attention[:, None] * scalars[groups.atom]
        )  # fmt: skip
        lengths = [_mean_of_absorbers(_length(part), groups) for part in x[1:]]
        readout = torch.cat([query, context, *lengths], dim=1)
        e0 = None
        if self.config.e0_head:
            relative = self.e0_mlp(readout.detach())[:, 0]  # E0 learns from the features and does not shape them
            e0 = self.config.e0_mean_ev + self.config.e0_scale_ev * relative
        return Xane3Output(self.readout_mlp(readout), readout, attention, e0)

    def spectra(self, output: Xane3Output, energy_ev: torch.Tensor) -> torch.Tensor:
        """Return intensities (G, E) on a grid (E,) in eV from the edge."""
        return output.coefficients @ self.basis(energy_ev)


def attention_weights(network: Xane3, graph: AtomGraph, site: int) -> torch.Tensor:
    """Return how much each atom of one structure counts for the spectrum of an absorber, (N,); they add up to 1.

    The absorber itself has 0; a network without attention weighs all other atoms alike. Within a radius an atom has the
    weights of its images together, as shares of what all atoms have, and all have 0 where there is none.

    Parameters
    ----------
    graph : with the absorber among its ``sites`` where attention has a radius
    site : index of the absorber
    """
    alone = graph.sites.new_tensor([site])
    if graph.site_source is None:
        tagged = replace(graph, sites=alone)
    else:
        mine = graph.sites[graph.site_target] == site
        tagged = replace(
            graph, sites=alone, site_source=graph.site_source[mine],
            site_target=torch.zeros_like(graph.site_target[mine]),
            site_vectors_angstrom=graph.site_vectors_angstrom[mine],
        )  # fmt: skip
    groups = AbsorberGroups.of_sites(tagged)
    with torch.inference_mode():
        pairs = network.eval()(tagged, groups).attention
        weights = pairs.new_zeros(graph.n_atoms).index_add(0, groups.atom, pairs)
        if groups.distance is None:
            return weights
        return weights / weights.sum().clamp(min=torch.finfo(weights.dtype).tiny)


def _mean_of_absorbers(values: torch.Tensor, groups: AbsorberGroups) -> torch.Tensor:
    """Return the mean (G, C) of atoms' values (N, C) over each group's absorbers."""
    group, atom = groups.group[groups.absorbs], groups.atom[groups.absorbs]
    count = torch.bincount(group, minlength=groups.n_groups).clamp(min=1)
    total = values.new_zeros(groups.n_groups, values.shape[1]).index_add(0, group, values[atom])
    return total / count[:, None]


def _length(x: torch.Tensor) -> torch.Tensor:
    """Return ‖x‖ (N, m) over the components (N, 2l+1, m); its gradient at zero is zero, not NaN."""
    squared = x.pow(2).sum(dim=1)
    positive = squared > 0
    return torch.where(positive, torch.where(positive, squared, 1.0).sqrt(), 0.0)
