"""Kernel regression of absorption tensors on the density of atoms around the absorber: strong where spectra are few.

Neighbours of each element are expanded in Gaussian radial functions times spherical harmonics up to l = 3; products
of two expansions coupled to l = 0 and l = 2 are the features (λ-SOAP: Grisafi et al., Phys. Rev. Lett. 120 (2018)
036002). The l = 0 part of the spectrum is a kernel sum over the training sites, the l = 2 part a sum of covariant
kernels, so σ(E) turns with the structure exactly. Every weight follows from linear algebra: nothing is iterated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import nn

from xanesview.errors import OddContent
from xanesview.networks.card import Card
from xanesview.networks.configuration import Configuration
from xanesview.networks.irreps import octupole_harmonics, sphere_quadrature, spherical_harmonics
from xanesview.networks.members import no_larger_than, with_weights

KERNEL = "kernel."
"""Prefix of the kernel regression's tensors in a bundle."""
L_MAX = 3
PARTS = tuple(slice(degree * degree, (degree + 1) ** 2) for degree in range(L_MAX + 1))
PAIRS = tuple(
    (a, b)
    for a in range(L_MAX + 1)
    for b in range(a, L_MAX + 1)
    if (a + b) % 2 == 0 and b - a <= 2 <= a + b  # parity and triangle of a coupling to l = 2
)


@dataclass(frozen=True)
class DensityKernelConfig(Configuration):
    """Sizes of a kernel regression.

    ``elements`` are atomic numbers; ``radial`` Gaussians stand between ``nearest_angstrom`` and the cutoff, each
    ``width`` times their spacing wide; neighbours count by 1 / (1 + (r / ``decay_angstrom``)^``decay_power``);
    ``density_weight`` weighs the plain density beside its products; ``power`` sharpens the kernel. ``n_sites`` and
    ``n_energies`` are those of the training data.
    """

    elements: tuple[int, ...]
    cutoff_angstrom: float
    n_sites: int
    n_energies: int
    radial: int = 12
    nearest_angstrom: float = 1.6
    width: float = 0.6
    decay_angstrom: float = 3.0
    decay_power: float = 3.0
    density_weight: float = 1.0
    power: float = 2.0


class DensityKernel(nn.Module):
    """The regression: sites of a graph in, isotropic and quadrupole parts of σ(E) on the training grid out.

    ``share`` of the prediction is its, where it stands beside an ensemble of networks.

    Buffers, empty until `xanesview.training.absorption_tensor.kernel` fills them: features of the training sites,
    ``invariants`` (n, F) and ``covariants`` (n, 5, F'), and what each adds to a spectrum, ``isotropic`` (n, E),
    ``quadrupole`` (n, 5, E), ``mean`` (E,).
    """

    def __init__(self, config: DensityKernelConfig, share: float = 1.0) -> None:
        super().__init__()
        if not 0.0 <= share <= 1.0:
            raise OddContent(f"its kernel has the share {share}")
        self.config, self.share = config, share
        n, e, c = config.n_sites, config.n_energies, config.radial * len(config.elements)
        triangle = c * (c + 1) // 2
        covariant = c + sum(triangle if a == b else c * c for a, b in PAIRS)
        for name, shape in (
            ("invariants", (n, c + (L_MAX + 1) * triangle)),
            ("covariants", (n, 5, covariant)),
            ("isotropic", (n, e)),
            ("quadrupole", (n, 5, e)),
            ("mean", (e,)),
            ("covariant_scale", ()),
        ):
            self.register_buffer(name, torch.zeros(shape))
        table = torch.full((120,), -1, dtype=torch.long)
        table[list(config.elements)] = torch.arange(len(config.elements))
        self.register_buffer("element_table", table, persistent=False)
        points, weights = sphere_quadrature()
        y = torch.cat([spherical_harmonics(points), octupole_harmonics(points)], dim=-1)
        for a, b in PAIRS:
            gaunt = torch.einsum("p,pk,pi,pj->kij", weights, y[:, PARTS[2]], y[:, PARTS[a]], y[:, PARTS[b]])
            gaunt = (gaunt / gaunt.norm()).to(torch.get_default_dtype())
            self.register_buffer(f"coupling{a}{b}", gaunt, persistent=False)

    def density(self, graph) -> torch.Tensor:
        """Return the expansion (S, C, 16) around each site, channels by element and radial function."""
        c = self.config
        species = self.element_table[graph.numbers[graph.site_source]]
        r = torch.linalg.vector_norm(graph.site_vectors_angstrom, dim=1)
        kept = (species >= 0) & (r < c.cutoff_angstrom)
        species, r, target = species[kept], r[kept], graph.site_target[kept]
        unit = graph.site_vectors_angstrom[kept] / r[:, None]
        centres = torch.linspace(c.nearest_angstrom, c.cutoff_angstrom, c.radial).to(r)
        sigma = c.width * (centres[1] - centres[0])
        weight = 0.5 * (1.0 + torch.cos(torch.pi * r / c.cutoff_angstrom))
        weight = weight / (1.0 + (r / c.decay_angstrom) ** c.decay_power)
        radial = torch.exp(-0.5 * ((r[:, None] - centres) / sigma) ** 2) * weight[:, None]
        y = torch.cat([spherical_harmonics(unit), octupole_harmonics(unit)], dim=-1)
        n_elements, n_sites = len(c.elements), len(graph.sites)
        total = r.new_zeros(n_sites * n_elements, c.radial, y.shape[1])
        total.index_add_(0, target * n_elements + species, radial[:, :, None] * y[:, None])
        return total.reshape(n_sites, n_elements * c.radial, -1)

    def features(self, graph) -> tuple[torch.Tensor, torch.Tensor]:
        """Return invariants (S, F) of unit length and covariants (S, 5, F')."""
        density = self.density(graph)
        rows, columns = torch.triu_indices(density.shape[1], density.shape[1]).to(density.device)
        part = [density[:, :, s] for s in PARTS]
        flat = [(x @ x.transpose(1, 2) / x.shape[2] ** 0.5)[:, rows, columns] for x in part]
        invariants = torch.cat([*flat, self.config.density_weight * part[0][:, :, 0]], dim=1)
        found = []
        for a, b in PAIRS:
            product = torch.einsum("kij,sni,smj->sknm", getattr(self, f"coupling{a}{b}"), part[a], part[b])
            found.append(product[:, :, rows, columns] if a == b else product.flatten(2))
        found.append(self.config.density_weight * part[2].transpose(1, 2))
        length = torch.linalg.vector_norm(invariants, dim=1, keepdim=True).clamp(min=1e-12)
        return invariants / length, torch.cat(found, dim=2)

    def kernels(self, invariants: torch.Tensor, covariants: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return kernels with the training sites: (S, n) of l = 0 and (S·5, n·5) of l = 2."""
        scalar = (invariants @ self.invariants.T).clamp(min=0.0) ** self.config.power
        tensor = covariants.flatten(0, 1) @ self.covariants.flatten(0, 1).T / self.covariant_scale
        tensor = tensor.reshape(len(invariants), 5, -1, 5) * scalar[:, None, :, None]
        return scalar, tensor.flatten(2).flatten(0, 1)

    def forward(self, graph) -> tuple[torch.Tensor, torch.Tensor]:
        """Return isotropic (S, E) and quadrupole (S, 5, E) on the training grid, as the networks do."""
        scalar, tensor = self.kernels(*self.features(graph))
        quadrupole = tensor @ self.quadrupole.flatten(0, 1)
        return scalar @ self.isotropic + self.mean, quadrupole.reshape(len(scalar), 5, -1)


def load_kernel(card: Card, tensors: Mapping[str, torch.Tensor]) -> DensityKernel | None:
    """Return the kernel regression that stands beside the ensemble of a bundle, None for most.

    Raises
    ------
    XanesviewError
        naming the first part that is missing, unknown or of another shape.
    """
    values = card.raw.get("kernel")
    if values is None:
        return None
    with no_larger_than(card, tensors):
        kernel = DensityKernel(DensityKernelConfig.from_dict(values["network"]), float(values["share"]))
    return with_weights(kernel, card, tensors, KERNEL)
