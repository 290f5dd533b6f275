"""As measured: how computed spectra of an edge are drawn so that they look like measured ones."""

from __future__ import annotations

import dataclasses
from dataclasses import asdict, dataclass

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor

TAIL_EV = (5.0, 15.0)
"""Where above its ionisation potential a site's isotropic spectrum is averaged to its tail."""
STEP_WIDTH_EV = 6.0
_BEND_EV = 0.5
"""How softly the scale of term values ends at the ionisation potential: half of a bend's reach to either side."""


@dataclass(frozen=True)
class AsMeasured:
    """A shift of the energies, a Gaussian width to add, an edge step at each site's ionisation potential, and a scale
    of term values.

    Of an edge, not of a molecule: fitted to measured spectra of many. The step is an arctangent, the same along every
    direction, h·t·[½ + arctan(2 (E − IP)/w)/π] with the site's tail t: it stands for the continuum that a finite basis
    leaves out (Stöhr, NEXAFS Spectroscopy, ch. 7). Term values are energies below the ionisation potential, IP − E; the
    half core hole of the transition potential binds deep states too strongly, shallow ones too little, in proportion.
    A line moves with its area.

    Attributes
    ----------
    shift_ev : float
        Added to energies and ionisation potentials; it can't be seen on the relative axis.
    fwhm_ev : float
        Gaussian width to add in squares to the one that spectra come with.
    step_height : float
        h, as a share of the tail.
    step_width_ev : float
        w, full width at half maximum of the step's slope.
    term_scale : float
        What term values are multiplied by, 1 for as they are.
    """

    shift_ev: float = 0.0
    fwhm_ev: float = 0.0
    step_height: float = 0.0
    step_width_ev: float = STEP_WIDTH_EV
    term_scale: float = 1.0

    def applied(self, tensor: AbsorptionTensor) -> AbsorptionTensor:
        """Return tensors (S, 6, E) with the step and moved; the width is part of the total, see `total_fwhm_ev`.

        Where no ionisation potential is known there is no step, and term values are as they were.
        """
        tensor = self._with_scaled_terms(tensor)
        components, members = tensor.components, tensor.members
        step = self.step(tensor)
        if step is not None:
            components = components.copy(order="K")  # in the tensor's own layout, which is kept without a further copy
            components[:, :3] += step[:, None]
            components.setflags(write=False)
            if members is not None:
                members = members.copy(order="K")
                members[:, :, :3] += step[:, None].astype(members.dtype)
                members.setflags(write=False)
        return dataclasses.replace(
            tensor,
            energy_ev=tensor.energy_ev + (self.shift_ev if tensor.axis == "absolute" else 0.0),
            components=components,
            members=members,
            ip_ev=None if tensor.ip_ev is None else tensor.ip_ev + self.shift_ev,
        )

    def step(self, tensor: AbsorptionTensor) -> np.ndarray | None:
        """Return what the step adds to every diagonal component (S, E) before the shift, or None without one."""
        above = _above_ip(tensor)
        if not self.step_height or above is None:
            return None
        in_tail = (above >= TAIL_EV[0]) & (above <= TAIL_EV[1])
        tail = np.sum(tensor.isotropic() * in_tail, axis=1) / np.maximum(in_tail.sum(axis=1), 1)
        rise = 0.5 + np.arctan(2.0 * above / self.step_width_ev) / np.pi
        return self.step_height * np.maximum(tail, 0.0)[:, None] * rise

    def _with_scaled_terms(self, tensor: AbsorptionTensor) -> AbsorptionTensor:
        """Return tensors whose term values are scaled; the same tensor where they are not."""
        above = _above_ip(tensor)
        if self.term_scale == 1.0 or above is None:
            return tensor
        # A fine ladder of term values, where each goes, and how much closer together its neighbours come
        old = np.linspace(above.min() - 20.0, above.max(), 4 * above.shape[1])
        new = old + (1.0 - self.term_scale) * _BEND_EV * np.logaddexp(0.0, -old / _BEND_EV)
        was = np.interp(above, new, old)
        density = np.interp(was, old, 1.0 / np.gradient(new, old))[:, None]
        read = tensor.read_at(was - above + tensor.energy_ev, tensor.energy_ev, tensor.axis)
        return dataclasses.replace(
            read,
            components=read.components * density,
            members=None if read.members is None else read.members * density.astype(read.members.dtype),
        )

    def total_fwhm_ev(self, native_fwhm_ev: float, asked_ev: float | None = None) -> float:
        """Return the total width to draw: what comes of the native and the added one, or the larger one asked for."""
        return max(float(np.hypot(native_fwhm_ev, self.fwhm_ev)), asked_ev or 0.0)

    def as_dict(self) -> dict[str, float]:
        """Return plain values for cards."""
        return asdict(self)

    @property
    def in_short(self) -> str:
        """What is done, in a few words: "+0.18 eV · 0.4 eV wider · step 17 %"."""
        words = [f"{self.shift_ev:+.2f} eV".replace("-", "−")]
        if self.fwhm_ev:
            words.append(f"{self.fwhm_ev:.2g} eV wider")
        if self.step_height:
            words.append(f"step {100 * self.step_height:.0f} %")
        if self.term_scale != 1.0:
            words.append(f"term values × {self.term_scale:.2f}")
        return " · ".join(words)

    def __str__(self) -> str:
        words = [f"shifted by {self.shift_ev:+.2f} eV".replace("-", "−")]
        if self.fwhm_ev:
            words.append(f"{self.fwhm_ev:.2f} eV of Gaussian width added")
        if self.step_height:
            words.append(
                f"an arctangent step of {100 * self.step_height:.0f} % of the tail, {self.step_width_ev:g} eV wide, at "
                "each ionisation potential"
            )
        if self.term_scale != 1.0:
            words.append(f"energies below it from there multiplied by {self.term_scale:.2f}")
        return ", ".join(words)


def _above_ip(tensor: AbsorptionTensor) -> np.ndarray | None:
    """Return each site's energies from its ionisation potential (S, E), None where one is not known."""
    if tensor.ip_ev is None or not np.isfinite(tensor.ip_ev).all():
        return None
    origin = tensor.ip_ev if tensor.axis == "absolute" else 0.0 * tensor.ip_ev
    return tensor.energy_ev - origin[:, None]
