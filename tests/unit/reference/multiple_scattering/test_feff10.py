"""FEFF10 itself on the smallest cluster that has a direction: slow, since it is a whole calculation."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.reference.multiple_scattering.test_cluster import rotation
from xanesview.domain.absorption import rotation_voigt
from xanesview.domain.structure import Structure
from xanesview.reference.multiple_scattering.site_processes import computed
from xanesview.reference.multiple_scattering.site_worker import job_of

pytest.importorskip("feff10", reason="the extra feff is not installed")


def octahedron() -> Structure:
    """Titanium in six oxygens, drawn out along z."""
    offsets = np.concatenate([np.eye(3), -np.eye(3)]) * [1.9, 1.9, 2.2]
    return Structure(np.array([22] + [8] * 6), np.concatenate([np.zeros((1, 3)), offsets]), name="octahedron")


@pytest.mark.slow
def test_the_tensor_has_the_symmetry_of_the_cluster_and_turns_with_it():
    r = rotation(4)
    jobs = [job_of(one, 0, "K", "fast") for one in (octahedron(), octahedron().rotated(r))]
    stages = []
    found = dict(computed(jobs, lambda place, stage, _seconds: stages.append((place, stage))))
    assert [answer.get("error") for answer in found.values()] == [None, None]
    assert {stage for place, stage in stages if place == 0} == {
        "potentials", "screening", "phases", "scattering", "directions",
    }  # fmt: skip
    here, there = (np.array(found[place]["tensor"]["components"]) for place in (0, 1))
    assert all(answer["tensor"]["missed"] < 1e-4 for answer in found.values())
    np.testing.assert_allclose(here[0], here[1], atol=1e-4)
    np.testing.assert_allclose(here[3:], 0.0, atol=1e-4)
    assert np.abs(here[2] - here[0]).max() > 0.05
    np.testing.assert_allclose(there, rotation_voigt(r) @ here, atol=2e-3)
    energy = np.array(found[0]["tensor"]["energy_ev"])
    assert here[:3].mean(axis=0)[energy > 60].mean() == pytest.approx(1.0, abs=0.1)
    assert here[:3].mean(axis=0)[energy < -20].max() < 0.02
