"""The process that computes sites for the window, spoken to as the window does."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from xanesview.errors import XanesviewError
from xanesview.io.examples import load_example
from xanesview.reference.engine.site_worker import Engine


def job(number: int = 1, atom: int = 0, name: str = "formaldehyde") -> dict:
    structure = load_example(name)
    return {
        "number": number,
        "symbols": structure.symbols,
        "positions_angstrom": structure.positions_angstrom.tolist(),
        "charge": 0,
        "atom": atom,
    }


def test_a_process_answers_line_by_line_and_ends_with_its_input():
    pytest.importorskip("pyscf")
    jobs = "".join(json.dumps(job(number, atom)) + "\n" for number, atom in ((1, 0), (2, 1)))
    worker = subprocess.Popen(
        [sys.executable, "-m", "xanesview.reference.engine.site_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    worker.stdin.write(jobs)
    worker.stdin.flush()
    answers = [json.loads(worker.stdout.readline()) for _ in range(2)]
    worker.stdin.close()
    assert worker.wait(20) == 0
    worker.stdout.close()
    assert [answer["number"] for answer in answers] == [1, 2]
    carbon, oxygen = (answer["sticks"] for answer in answers)
    assert carbon["energy_ev"][0] == pytest.approx(292.5, abs=0.5)
    assert oxygen["energy_ev"][0] == pytest.approx(539.5, abs=0.5)
    assert np.shape(carbon["dipole_bohr"]) == (len(carbon["energy_ev"]), 3)


class Broken:
    def __init__(self, error: Exception):
        self.error = error

    def __call__(self, *molecule):
        raise self.error


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (XanesviewError("It is an open shell.", "Check the charge."), "It is an open shell."),
        (MemoryError(), "There is not enough memory for this molecule."),
        (ZeroDivisionError("by zero"), "The calculation stopped unexpectedly (ZeroDivisionError: by zero)."),
    ],
)
def test_errors_are_answers_with_a_hint(error, message):
    answer = Engine(Broken(error)).answer(job(7))
    assert (answer["number"], answer["error"], answer["scope"]) == (7, message, "molecule")
    assert answer["hint"]


def test_sites_of_a_molecule_share_what_was_made_for_it():
    made = []

    class Molecule:
        def __init__(self, symbols, positions, charge):
            made.append(symbols)

        def site(self, atom):
            raise XanesviewError("It did not converge.", "Relax it.")

    engine = Engine(Molecule)
    assert engine.answer(job(1, 0))["scope"] == "site"
    engine.answer(job(2, 1))
    engine.answer(job(3, 0, "benzene"))
    assert len(made) == 2
