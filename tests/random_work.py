"""Sessions with everything in them at random, by the types that fields declare: a further field is filled, too."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from typing import Any, Union

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.comparison import Scores
from xanesview.domain.curve_look import LINES, CurveLook
from xanesview.domain.geometry.average import TiltDistribution
from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.geometry.kinds import KINDS
from xanesview.domain.orientation.study import AngleStudy
from xanesview.domain.processing.fitted_prediction import FittedCurve, FittedValue, PredictionFit
from xanesview.domain.processing.steps.crop import Crop
from xanesview.domain.processing.steps.energy_shift import EnergyShift
from xanesview.domain.processing.steps.scale_and_offset import ScaleAndOffset
from xanesview.domain.processing.steps.step import Step
from xanesview.domain.session import FrozenCurve, KeptStructure, ReferenceCurve, Session
from xanesview.domain.spectrum import KINDS as SPECTRUM_KINDS
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import Notice, Structure
from xanesview.domain.work import KeptComputation, KeptFit, KeptHistory, KeptPrediction, KeptStep, NetworkUsed, Work
from xanesview.io.session_file import values

WORDS = ("", "C K", "σ∥", "with “quotes” and \\ backslash", "line\nend", "naïve", "x" * 200, "\udc80 no UTF-8")


class RandomWork:
    """Makes random things; the same seed makes the same.

    Parameters
    ----------
    seed : int
    n_atoms : of the first structure
    """

    def __init__(self, seed: int, n_atoms: int = 0) -> None:
        self.draw = np.random.default_rng(seed)
        self._n_atoms = n_atoms or int(self.draw.integers(1, 12))

    def work(self) -> Work:
        """Return a session with all that belongs to it."""
        session = self.session()
        hashes = [one.content_hash for one in session.structures]
        return Work(
            session,
            networks=(NetworkUsed("c_k_edge_tensor", "2.1", "ab12", "C K"),),
            predictions=tuple(
                KeptPrediction(key, "c_k_edge_tensor", "id", self.tensor(1), "CPU", ({"atom": 0, "inside": True},),
                               (Notice("device", "A sentence."),))
                for key in hashes
            ),
            computations=tuple(KeptComputation(key, 0, "C", {"atom": np.arange(3)}) for key in hashes[:1]),
            fit=self.fit() if session.references else None,
            geometries=((session.structure, session.structure.rotated(np.diag([1.0, -1.0, -1.0]))),),
            view={"camera": {"distance": 3.5}, "pins": [285.0, 290.1], "tab": "Curves"},
            origin="/a/folder/work.xanesview",
            history=self.history(session),
        )  # fmt: skip

    def history(self, session: Session) -> KeptHistory:
        """Return steps to undo and redo about a session."""
        undo = [KeptStep("pick a site", session.replace(picked=())), KeptStep("“open”", Session(network="other"))]
        redo = [KeptStep("remove references", session.replace(references=(), frozen=()))]
        return KeptHistory(tuple(undo), tuple(redo), left_out=3)

    def session(self) -> Session:
        """Return a session in which no field is left as by default, where that can be."""
        structure = self.structure(self._n_atoms)
        kept = tuple(self._kept() for _ in range(self._below(3)))
        known = {
            "structure": structure,
            "references": tuple(self.reference(structure.n_atoms) for _ in range(self._below(4))),
            "kept": kept,
            "place": self._below(len(kept) + 1),
            "window_ev": (280.0, 280.0 + self.positive()),
            "axis": self.one_of((None, "absolute", "relative")),
            "broadening_fwhm_ev": self.one_of((None, 0.7)),
            "orbit_tolerance_angstrom": self.one_of((None, 0.05)),
            **self._sites(structure),
        }
        others = {
            name: self.value(hint) for name, hint in values.fields_of(Session).items() if name not in known
        }
        return Session(**known, **others)

    def value(self, hint: Any) -> Any:
        """Return a random value of a declared type."""
        origin, inner = typing.get_origin(hint), typing.get_args(hint)
        if origin in (Union, types.UnionType):
            plain = [one for one in inner if one is not type(None)]
            return None if type(None) in inner and self._below(4) == 0 else self.value(self.one_of(plain))
        simple = {
            bool: lambda: bool(self._below(2)), int: lambda: self._below(1000), float: self.number, str: self.word,
            Structure: self.structure, Spectrum: self.spectrum, Geometry: self.geometry, Step: self.step,
            CurveLook: self.look, FrozenCurve: self.frozen, AbsorptionTensor: lambda: self.tensor(1),
            np.ndarray: lambda: self.draw.normal(size=(2, 3)), Any: self.word, AngleStudy: self.study,
        }  # fmt: skip
        if hint in simple:
            return simple[hint]()
        if origin is tuple and Ellipsis in inner:
            return tuple(self.value(inner[0]) for _ in range(self._below(3)))
        if origin is tuple:
            return tuple(self.value(one) for one in inner)
        if origin is frozenset:
            return frozenset(self.value(inner[0]) for _ in range(self._below(3)))
        if origin in (Mapping, dict):
            return {self.value(inner[0]): self.value(inner[1]) for _ in range(self._below(3))}
        if dataclasses.is_dataclass(hint):
            return hint(**{name: self.value(one) for name, one in values.fields_of(hint).items()})
        raise TypeError(f"nothing random of the type {hint}")

    # ---- single things ----

    def study(self) -> AngleStudy:
        low = self.number()
        return AngleStudy(
            varied=self.word(), angles=self.one_of(("0:90:15", "20,55,90")), window_ev=(low, low + self.positive()),
            measure="height", background="none", orbital="plane",
            degree=float(self.draw.uniform()), order=self.one_of((None, 0.5)),
        )  # fmt: skip

    def structure(self, n_atoms: int = 0) -> Structure:
        n_atoms = n_atoms or int(self.draw.integers(1, 6))
        periodic = bool(self._below(2))
        return Structure(
            self.draw.integers(1, 30, n_atoms),
            self.draw.normal(scale=5.0, size=(n_atoms, 3)),
            np.diag(self.draw.uniform(5.0, 30.0, 3)) if periodic else np.zeros((3, 3)),
            np.array([periodic, periodic, False]),
            name=self.word(), charge=self._below(3) - 1, smiles=self.one_of((None, "CC")), source=self.word(),
            notices=(Notice("overlap", self.word(), "hint"),), absorbers=(0,), geometry_origin="MMFF94", n_frames=3,
        )  # fmt: skip

    def spectrum(self, kind: str = "") -> Spectrum:
        n = int(self.draw.integers(3, 40))
        intensity = self.draw.normal(size=n)
        intensity[0] = np.nan if self._below(2) else 0.0
        return Spectrum(
            np.sort(self.draw.uniform(270.0, 330.0, n)), intensity, self.word(), self.word(),
            kind or self.one_of(SPECTRUM_KINDS), min(900.0, abs(self.number())), self.one_of((None, np.ones(n))),
            {self.word(): self.word()}, self.one_of(("absolute", "relative")),
        )  # fmt: skip

    def tensor(self, n_sites: int, members: bool = True) -> AbsorptionTensor:
        n = 7
        return AbsorptionTensor(
            np.cumsum(self.draw.uniform(0.1, 1.0, n)), self.draw.normal(size=(n_sites, 6, n)), np.arange(n_sites),
            "Mb/eV", "C K", 0.6, self.draw.normal(size=n_sites),
            self.draw.normal(size=(3, n_sites, 6, n)).astype(np.float32) if members else None,
        )  # fmt: skip

    def geometry(self) -> Geometry:
        kind = self.one_of(tuple(KINDS.values()))
        fields = {one.name for one in dataclasses.fields(kind)}
        asked = {"direction": tuple(self.draw.normal(size=3)), "degree": float(self.draw.uniform())}
        asked["average"] = self.one_of((None, TiltDistribution(20.0, 35.0)))
        return kind(**{name: value for name, value in asked.items() if name in fields})

    def step(self) -> Step:
        shift, scale = EnergyShift(self.number()), ScaleAndOffset(self.positive(), self.number())
        return self.one_of((shift, scale, Crop(280.0, None), Crop(on=False)))

    def look(self) -> CurveLook:
        return CurveLook(
            self.word(), self.one_of(("", "#12ab9f")), self.one_of(("", *LINES)), self.number(),
            self.one_of((None, 2)), 1, bool(self._below(2)), self.one_of((None, 4)),
        )  # fmt: skip

    def frozen(self) -> FrozenCurve:
        return FrozenCurve(
            self.spectrum("frozen"), bool(self._below(2)), self.one_of((None, self.spectrum())), self.look(), 2.5
        )

    def reference(self, n_atoms: int) -> ReferenceCurve:
        steps = tuple(self.step() for _ in range(self._below(3)))
        of = {"tensor": self.tensor(n_atoms, members=False)} if self._below(2) else {"spectrum": self.spectrum()}
        return ReferenceCurve(
            **of, label=self.word(), steps=steps, visible=bool(self._below(2)), statement=self.word(),
            source=self.word(), structure_hash="ab", scaled_to=("a", "b", "c"), computed_for=self.word(),
            look=self.look(), facts={"element.symbol": "C"}, angle_deg=self.one_of((None, 35.5)), series=self.word(),
        )  # fmt: skip

    def fit(self) -> KeptFit:
        scores = Scores(0.9, 0.8, 0.7, 0.1, 0.02, float("nan"), 3.0, 1.5, (280.0, 300.0), 12)
        curve = FittedCurve(self.spectrum(), self.spectrum(), self.spectrum(), scores, 0.01)
        fitted = FittedValue("scale", "Scale", "", 1.5, self.one_of((None, 0.1)))
        found = PredictionFit((fitted,), ("scale",), np.eye(1), (curve,), 290.0, 1.0, 1.0, 12, ("A sentence.",))
        return KeptFit(0, self.word(), found, (self.step(),), ())

    def _kept(self) -> KeptStructure:
        structure = self.structure()
        references = (self.reference(structure.n_atoms),) if self._below(2) else ()
        geometry = self.one_of((None, self.geometry()))
        return KeptStructure(structure, self.word(), geometry=geometry, references=references, **self._sites(structure))

    def _sites(self, structure: Structure) -> dict[str, Any]:
        order = self.draw.permutation(structure.n_atoms).tolist()
        some = order[: self._below(structure.n_atoms + 1)]
        return {
            "picked": tuple(some), "site_weights": {atom: self.positive() for atom in some},
            "hidden_sites": frozenset(some[:1]),
        }  # fmt: skip

    def number(self) -> float:
        return float(self.draw.normal()) * 10.0 ** int(self.draw.integers(-6, 6))

    def positive(self) -> float:
        return abs(self.number()) + 0.1

    def word(self) -> str:
        return self.one_of(WORDS)

    def one_of(self, choices: typing.Sequence[Any]) -> Any:
        return choices[self._below(len(choices))]

    def _below(self, n: int) -> int:
        return int(self.draw.integers(n))


def assert_same(one: Any, two: Any, where: str = "work") -> None:
    """Check that two things are equal to the last bit, and say where not."""
    assert type(one) is type(two) or {type(one), type(two)} <= {dict, types.MappingProxyType}, where
    if isinstance(one, np.ndarray):
        assert one.dtype == two.dtype, where
        np.testing.assert_array_equal(one, two, where)
    elif dataclasses.is_dataclass(one):
        for field in dataclasses.fields(one):
            assert_same(getattr(one, field.name), getattr(two, field.name), f"{where}.{field.name}")
    elif isinstance(one, Mapping):
        assert list(one) == list(two), where
        for key in one:
            assert_same(one[key], two[key], f"{where}[{key!r}]")
    elif isinstance(one, tuple | list):
        assert len(one) == len(two), where
        for k, (a, b) in enumerate(zip(one, two, strict=True)):
            assert_same(a, b, f"{where}[{k}]")
    else:
        assert one == two or (one != one and two != two), f"{where}: {one!r} is not {two!r}"
