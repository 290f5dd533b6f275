"""Geometries that GFN2-xTB gives, against measured ones; and what stands in its way."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
from ase import Atoms
from ase.build import fcc111
from scipy.spatial.transform import Rotation

from xanesview.domain.structure import Notice, Structure
from xanesview.domain.superposition import rms
from xanesview.errors import Cancelled, XanesviewError
from xanesview.io.structures.registry import structure_from_smiles
from xanesview.reference.engine import gfn2
from xanesview.reference.engine.gfn2 import changed_bond, is_relaxed, laid_back, relaxed
from xanesview.reference.engine.relaxation_worker import answer, job_of

#: Two thiophenes and a pyrrole fused in a row, with a methyl group: the wing of Y6's core.
WING = "Cn1c2ccsc2c2sccc21"


def distance(structure: Structure, i: int, j: int) -> float:
    return float(np.linalg.norm(structure.positions_angstrom[i] - structure.positions_angstrom[j]))


def out_of_plane(positions: np.ndarray) -> float:
    """Largest distance from the best plane, Å."""
    centred = positions - positions.mean(axis=0)
    return float(np.abs(centred @ np.linalg.svd(centred)[2][2]).max())


def test_triple_and_double_bonds_that_the_force_field_has_wrong():
    before = structure_from_smiles("N#N")
    assert distance(before, 0, 1) > 1.4, "MMFF94 takes it for something else"
    found = relaxed(before)
    assert distance(found.structure, 0, 1) == pytest.approx(1.10, abs=0.02)
    assert found.rms_angstrom == pytest.approx(rms(found.structure.positions_angstrom, before.positions_angstrom))
    assert found.largest_force <= gfn2.FORCE_TOLERANCE
    dioxide = relaxed(structure_from_smiles("O=C=O")).structure
    assert distance(dioxide, 0, 1) == pytest.approx(1.16, abs=0.02)
    assert distance(dioxide, 0, 2) == pytest.approx(2 * distance(dioxide, 0, 1), abs=1e-3), "linear"
    assert dioxide.notices == ()


def test_benzene_is_flat_and_lies_as_it_lay():
    benzene = relaxed(structure_from_smiles("c1ccccc1")).structure
    for i in range(6):
        assert distance(benzene, i, (i + 1) % 6) == pytest.approx(1.39, abs=0.01)
    assert np.abs(benzene.positions_angstrom[:, 2]).max() < 0.05
    assert is_relaxed(benzene)
    assert benzene.geometry_origin.startswith("GFN2-xTB (before: MMFF94; rms 0.0")


def test_biphenyl_is_twisted_and_a_fused_core_is_flat():
    biphenyl = relaxed(structure_from_smiles("c1ccccc1-c1ccccc1")).structure
    first, second = (np.linalg.svd(x - x.mean(axis=0))[2][2] for x in np.split(biphenyl.positions_angstrom[:12], 2))
    assert np.degrees(np.arccos(abs(first @ second))) == pytest.approx(44, abs=6)
    core = relaxed(structure_from_smiles(WING)).structure
    assert out_of_plane(core.positions_angstrom[core.numbers > 1]) < 0.05


@pytest.mark.parametrize(
    ("smiles", "i", "j", "length"),
    [
        ("CC(=O)[O-]", 1, 2, 1.25),  # both oxygens alike
        ("CC(=O)[O-]", 1, 3, 1.25),
        ("C[NH3+]", 0, 1, 1.51),
        ("[CH3]", 0, 1, 1.08),  # a radical
        ("[O][O]", 0, 1, 1.21),  # a triplet
    ],
)
def test_ions_and_radicals(smiles, i, j, length):
    before = structure_from_smiles(smiles)
    after = relaxed(before).structure
    assert distance(after, i, j) == pytest.approx(length, abs=0.03)
    assert (after.charge, after.multiplicity) == (before.charge, before.multiplicity)


def test_the_frame_is_kept_whatever_it_is():
    turn = Rotation.random(random_state=3).as_matrix()
    plain = structure_from_smiles("OCC")
    turned = plain.rotated(turn).translated((5, -3, 1))
    first, second = relaxed(plain).structure, relaxed(turned).structure
    expected = first.positions_angstrom @ turn.T + [5, -3, 1]
    assert rms(second.positions_angstrom, expected) < 0.02
    assert np.linalg.norm(second.centre_angstrom - turned.centre_angstrom) < 0.1


def test_one_atom_and_notices_that_are_past():
    helium = structure_from_smiles("[He]")
    assert relaxed(helium).structure is helium
    borane = structure_from_smiles("CB(C)C")
    assert [notice.kind for notice in borane.notices] == ["force-field"]
    after = relaxed(borane).structure
    assert after.notices == ()
    assert "before: UFF" in after.geometry_origin


def test_cancel_ends_it_between_two_steps():
    seen = []
    with pytest.raises(Cancelled):
        relaxed(
            structure_from_smiles("CCO"),
            progress=lambda step, force: seen.append((step, force)),
            cancelled=lambda: len(seen) == 3,
        )
    assert [step for step, _ in seen] == [0, 1, 2]
    assert all(force > 0 for _, force in seen)


def test_steps_and_time_that_run_out():
    ethanol = structure_from_smiles("CCO")
    short = relaxed(ethanol, most_steps=1)
    assert short.steps == 1
    assert [notice.kind for notice in short.structure.notices] == ["relaxation"]
    assert "after 1 step with" in short.structure.notices[0].message
    with pytest.raises(XanesviewError, match="takes too long"):
        relaxed(ethanol, most_seconds=0.0)


def test_electrons_that_do_not_converge(monkeypatch):
    from tblite.ase import TBLite

    made = gfn2._calculator_class
    monkeypatch.setattr(gfn2, "_calculator_class", lambda: lambda **how: TBLite(**how, max_iterations=1))
    with pytest.raises(XanesviewError, match="could not relax water") as told:
        relaxed(structure_from_smiles("O water"))
    assert told.value.message == "GFN2-xTB could not relax water: its energy could not be computed."
    assert told.value.hint
    assert made() is TBLite


def test_a_zwitterion_loses_its_charges_in_the_gas_phase_and_is_refused():
    with pytest.raises(XanesviewError, match=r"bonded \(N0–H\d breaks\)"):
        relaxed(structure_from_smiles("[NH3+]CC(=O)[O-]"))


def test_which_bonds_count_as_broken_or_formed():
    water = structure_from_smiles("O")
    stretched = water.positions_angstrom.copy()
    assert changed_bond(water, stretched) == ""
    stretched[1] += 0.2 * (stretched[1] - stretched[0])
    assert changed_bond(water, stretched) == ""
    stretched[1] += 1.0 * (stretched[1] - stretched[0])
    assert changed_bond(water, stretched) == "O0–H1 breaks"
    closed = water.positions_angstrom.copy()
    closed[2] = closed[1] + 0.3 * (closed[2] - closed[1])
    assert changed_bond(water, closed) == "H1–H2 forms"
    with pytest.raises(XanesviewError, match="H1–H2 forms"):
        laid_back(water, closed, 0.0, 1)


METHANE = structure_from_smiles("C")


@pytest.mark.parametrize(
    ("structure", "words"),
    [
        (METHANE.replace(cell_angstrom=10 * np.eye(3), pbc=[True] * 3), "is a crystal"),
        (Structure([6] * 201, 3.0 * np.arange(603).reshape(-1, 3)), "201 atoms"),
        (Structure([92, 9], [[0, 0, 0], [0, 0, 2.0]]), "no parameters for U"),
        (METHANE.replace(charge=1), "9 electrons"),
        (structure_from_smiles("C.C"), "separate parts"),
    ],
)
def test_what_cannot_be_relaxed_is_told_before_anything_is_computed(structure, words, monkeypatch):
    monkeypatch.setattr(gfn2, "minimum", None)
    with pytest.raises(XanesviewError, match=words) as told:
        relaxed(structure)
    assert told.value.hint


def test_a_process_gives_the_same_geometry_to_the_last_digit():
    formaldehyde = structure_from_smiles("C=O")
    worker = subprocess.Popen(
        [sys.executable, "-m", "xanesview.reference.engine.relaxation_worker"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    worker.stdin.write(json.dumps({"number": 5, **job_of(formaldehyde)}) + "\n")
    worker.stdin.flush()
    found = json.loads(worker.stdout.readline())
    worker.stdin.close()
    assert worker.wait(20) == 0
    worker.stdout.close()
    assert found.pop("number") == 5
    positions = np.array(found["positions_angstrom"])
    there = laid_back(formaldehyde, positions, found["largest_force"], found["steps"]).structure
    assert there.content_hash == relaxed(formaldehyde).structure.content_hash


def test_errors_of_the_process_are_answers_and_a_missing_package_ends_all_hope(monkeypatch):
    job = {"number": 1, **job_of(METHANE.replace(charge=1))}
    monkeypatch.setitem(sys.modules, "tblite.ase", None)
    found = answer(job)
    assert "tblite" in found["error"]
    assert found["hint"]
    assert found["hopeless"] is True
    monkeypatch.undo()
    monkeypatch.setattr("xanesview.reference.engine.relaxation_worker.minimum", lambda _: 1 / 0)
    found = answer(job)
    assert "ZeroDivisionError" in found["error"]
    assert "hopeless" not in found


def test_notices_of_other_kinds_stay():
    told = Notice("open", "Something else.")
    water = structure_from_smiles("O").replace(notices=(told, Notice("force-field", "Rough.")))
    assert relaxed(water).structure.notices == (told,)


def carbon_monoxide_on_copper(lift: float = 0.0) -> Structure:
    slab = fcc111("Cu", (2, 2, 2), vacuum=8.0)
    slab += Atoms("CO", slab.positions[-1] + np.array([[0.0, 0.0, 2.1 + lift], [0.0, 0.0, 3.2 + lift]]))
    return Structure(slab.numbers, slab.positions, slab.cell.array, [True, True, False], name="CO on Cu(111)")


def test_on_a_slab_the_molecule_moves_alone():
    """Measured, on top at a third of a layer: about 1.91 Å of carbon above copper and 1.14 Å of the bond."""
    before = carbon_monoxide_on_copper()
    found = relaxed(before)
    after = found.structure
    assert np.array_equal(after.positions_angstrom[:8], before.positions_angstrom[:8])
    assert distance(after, 7, 8) == pytest.approx(1.91, abs=0.05)
    assert distance(after, 8, 9) == pytest.approx(1.14, abs=0.03)
    assert after.geometry_origin.startswith("GFN1-xTB (before: the file; rms 0.")
    assert found.rms_angstrom == pytest.approx(rms(after.positions_angstrom[8:], before.positions_angstrom[8:]))


def test_the_process_relaxes_slabs_too():
    before = carbon_monoxide_on_copper()
    said = answer({"number": 3, **json.loads(json.dumps(job_of(before)))})
    after = np.array(said["positions_angstrom"])
    assert np.array_equal(after[:8], before.positions_angstrom[:8])
    assert said["largest_force"] <= gfn2.FORCE_TOLERANCE


def test_an_odd_slab_has_as_few_unpaired_electrons_as_can_be():
    even = carbon_monoxide_on_copper()
    odd = Structure(even.numbers[1:], even.positions_angstrom[1:], even.cell_angstrom, even.pbc)
    assert relaxed(odd, bonds_may_change=True).largest_force <= gfn2.FORCE_TOLERANCE


def test_a_bare_slab_and_one_that_is_too_large_are_refused():
    even = carbon_monoxide_on_copper()
    with pytest.raises(XanesviewError, match="slabs themselves are not relaxed"):
        relaxed(Structure(even.numbers[:8], even.positions_angstrom[:8], even.cell_angstrom, even.pbc))
    large = fcc111("Cu", (7, 7, 3), vacuum=8.0)
    large += Atoms("CO", large.positions[-1] + np.array([[0.0, 0.0, 1.9], [0.0, 0.0, 3.0]]))
    with pytest.raises(XanesviewError, match="up to 120 of a slab"):
        relaxed(Structure(large.numbers, large.positions, large.cell.array, [True, True, False]))
