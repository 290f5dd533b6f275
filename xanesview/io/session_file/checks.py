"""What must hold between the parts of a session: a file that was changed is told of, and no window fails by it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.curve_look import CurveLook
from xanesview.domain.session import FrozenCurve, KeptStructure, ReferenceCurve, Session
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import Structure
from xanesview.domain.work import Work
from xanesview.errors import OddContent, XanesviewError
from xanesview.io.spectra.axis_header import mean_e0_ev, told_e0
from xanesview.io.structures.checks import check_cell
from xanesview.io.text_file import LARGEST
from xanesview.limits import HEAVIEST_SITE, LARGEST_ENERGY_EV, MOST_ATOMS, is_width_ev

_COLOUR = re.compile("#[0-9a-fA-F]{6}")
_MOST = 10_000
_WIDEST_BAND = 1e6


def check_work(work: Work) -> None:
    """Check the parts of a file against one another.

    Raises
    ------
    OddContent
        Saying what doesn't fit.
    """
    session = work.session
    check_session(session)
    for one in work.predictions:
        _check_tensor(one.tensor)
    atoms = {one.content_hash: one.n_atoms for one in session.structures}
    for one in work.predictions:
        _check_sites(one.tensor.sites.tolist(), atoms.get(one.structure_hash, MOST_ATOMS))
    for one in (*work.computations, *work.predictions):
        if not one.structure_hash:
            raise OddContent("tensors belong to no structure")
    if any(before.symbols != after.symbols for before, after in work.geometries):
        raise OddContent("a molecule has other atoms after its relaxation")
    if work.fit is not None and not 0 <= work.fit.reference < max(1, len(session.references)):
        raise OddContent("the fit is to none of the references")


def check_session(session: Session) -> None:
    """Check the parts of a session against one another.

    Raises
    ------
    OddContent
        Saying what doesn't fit.
    """
    _check_structure(session)
    for one in session.kept:
        _check_structure(one)
    if len(session.kept) > _MOST or not 0 <= session.place <= len(session.kept):
        raise OddContent("the place of the structure shown is none")
    looks = [*session.looks.values(), *(one.look for one in (*session.references, *session.frozen))]
    if any(not _is_look(one) for one in looks):
        raise OddContent("the look of a curve can't be")
    if session.broadening_fwhm_ev is not None and not is_width_ev(session.broadening_fwhm_ev):
        raise OddContent("the energy resolution is no width")
    if session.window_ev is not None and not session.window_ev[0] < session.window_ev[1]:
        raise OddContent("the window of the comparison is empty")
    tolerance = session.orbit_tolerance_angstrom
    if tolerance is not None and not 0.0 < tolerance <= 1.0:  # also refuses NaN
        raise OddContent("the tolerance of orbits is none")
    if session.axis not in (None, "absolute", "relative"):
        raise OddContent("there is no such energy axis")
    for one in session.frozen:
        _check_frozen(one)
    for one in _tensors(session):
        _check_tensor(one)


def _check_structure(one: Session | KeptStructure) -> None:
    if one.structure is not None and one.structure.is_periodic:
        found = one.structure
        try:
            check_cell(found.numbers, found.cell_angstrom, found.pbc, f"the structure {found.name or found.formula}")
        except XanesviewError as error:  # no window could draw it, nor find its neighbours
            raise OddContent(error.message) from error
    n_atoms = 0 if one.structure is None else one.structure.n_atoms
    _check_sites((*one.picked, *one.hidden_sites, *one.site_weights), n_atoms)
    if len(set(one.picked)) < len(one.picked):
        raise OddContent("a site is picked twice")
    if any(not 0.0 <= weight <= HEAVIEST_SITE for weight in one.site_weights.values()):
        raise OddContent("the weight of a site is none")
    for reference in one.references:
        _check_reference(reference, one.structure)


def _check_reference(reference: ReferenceCurve, structure: Structure | None) -> None:
    if reference.spectrum is not None:
        _check_spectrum(reference.spectrum)
    if reference.tensor is not None:
        n_atoms = MOST_ATOMS if structure is None else structure.n_atoms
        _check_sites([site for site in reference.tensor.sites.tolist() if site != -1], n_atoms)


def _tensors(session: Session) -> Iterator[AbsorptionTensor]:
    for references in (session.references, *(one.references for one in session.kept)):
        yield from (one.tensor for one in references if one.tensor is not None)


def _check_tensor(tensor: AbsorptionTensor) -> None:
    largest = np.abs(tensor.components).max(initial=0.0)
    factors = [factor for name in vars(tensor.bands) for factor in getattr(tensor.bands, name)]
    right = largest <= LARGEST and np.abs(tensor.energy_ev).max() <= LARGEST_ENERGY_EV
    if not right or not is_width_ev(tensor.native_fwhm_ev) or any(not 0.0 <= one <= _WIDEST_BAND for one in factors):
        raise OddContent("a number of a tensor can't be")


def _check_spectrum(spectrum: Spectrum) -> None:
    known = spectrum.intensity[~np.isnan(spectrum.intensity)]
    right = np.abs(known).max(initial=0.0) <= LARGEST and np.abs(spectrum.energy_ev).max() <= LARGEST_ENERGY_EV
    if not right or not is_width_ev(spectrum.native_fwhm_ev):
        raise OddContent("a number of a spectrum can't be")


def _check_frozen(frozen: FrozenCurve) -> None:
    for one in (frozen.spectrum, frozen.other, frozen.done, frozen.done_other):
        if one is not None:
            _check_spectrum(one)
    if not 0.0 < frozen.n_atoms < LARGEST:
        raise OddContent("a frozen curve is of no atoms")
    facts = frozen.spectrum.provenance
    if told_e0(facts) and mean_e0_ev(facts) is None:
        raise OddContent("E0 of a frozen curve is no number")


def _check_sites(sites: Iterable[int], n_atoms: int) -> None:
    if any(not 0 <= site < n_atoms for site in sites):
        raise OddContent("a site is none of the atoms")


def _is_look(look: CurveLook) -> bool:
    return not look.colour or _COLOUR.fullmatch(look.colour) is not None
