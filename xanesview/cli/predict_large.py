"""``predict`` of very many sites: a portion at a time, kept in a folder beside the output until all are there.

Neither the edges of all atoms nor the tensors of all sites are ever in memory, and what was done before a stop is not
done again.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xanesview.cli.telling import say
from xanesview.domain.counts import counted

if TYPE_CHECKING:
    from xanesview.domain.geometry.weight_tensor import WeightTensor
    from xanesview.domain.structure import Structure
    from xanesview.inference.loaded_network import Prediction
    from xanesview.inference.portions import Portions
    from xanesview.predicted import Predicted

FROM_SITES = 12_000
_MOST_WORKERS = 4  # at once, 150 MB each
ROWS_AT_A_TIME = 1024
_SITE_S, _WRITE_S = 0.008, 3e-4  # of one core
_ASKED = "asked.json"


def goes_in_portions(
    arguments: argparse.Namespace, predictor: object, structure: Structure, sites: np.ndarray, as_table: bool
) -> bool:
    """Tell whether a prediction is so large, and so plain, that it is made in portions."""
    from xanesview.inference.tensor_predictor import TensorPredictor
    from xanesview.io.atomic import is_stream

    changed = (
        arguments.mean, arguments.orbits, arguments.axis, arguments.fwhm, arguments.recipe,
        arguments.drawn_as == "measured", arguments.layers, arguments.escape_depth, arguments.site_weights,
        arguments.tensor and as_table,
    )  # fmt: skip
    return (
        len(sites) >= FROM_SITES
        and not any(changed)
        and isinstance(predictor, TensorPredictor)
        and predictor.device.startswith("CPU")
        and not structure.is_periodic
        and not is_stream(Path(arguments.out))
    )


class PredictionInPortions:
    """A prediction of very many sites (S,), whose tensors are on the disk.

    Parameters
    ----------
    target : the file that is to be written
    progress : called with (sites done, sites in all), or None
    """

    def __init__(
        self, predictor: object, structure: Structure, sites: np.ndarray, target: Path,
        progress: Callable[[int, int], None] | None,
    ) -> None:  # fmt: skip
        from xanesview.inference.portions import portions_of

        self._predictor, self._structure, self._sites = predictor, structure, np.asarray(sites, int)
        self._folder = target.with_name(f".{target.name}.parts")
        self._plan: Portions = portions_of(structure, self._sites, predictor.config)
        self._progress = progress

    def tell(self) -> None:
        """Say on standard error what it takes."""
        sites, own = counted(len(self._sites), "site"), self._plan.count
        seconds = 5 + len(self._sites) * _WRITE_S + own * _SITE_S
        time = f"{round(seconds / 60)} min" if seconds > 90 else f"{round(seconds)} s"
        same = "" if own == len(self._sites) else f", {own:,} of which see something of their own"
        say(f"predicting {sites} of {counted(self._structure.n_atoms, 'atom')}{same}: about {time} of one core; what "
              f"is done is kept in {self._folder.name}", file=sys.stderr, flush=True)  # fmt: skip

    def predicted(self) -> Predicted:
        """Predict what is not there yet; return all but the tensors, which are those of no energy but the first."""
        from xanesview.domain.absorption import AbsorptionTensor
        from xanesview.predicted import Predicted

        last = self._predict()
        of_first = self._plan.of_first
        parts = [self._told(number) for number in range(len(self._plan.first))]
        kept = (np.load(self._path(number, "ip.npy"), allow_pickle=False) for number in range(len(parts)))
        ip_ev = np.concatenate(list(kept))[of_first]
        verdicts = [verdict for part in parts for verdict in part["verdicts"]]
        notices = {notice.kind: notice for part in parts for notice in part["notices"]}
        card = self._predictor.card
        tensor = AbsorptionTensor(
            energy_ev=card.energy_ev[:1], components=np.zeros((len(of_first), 6, 1), np.float32), sites=self._sites,
            unit=card.unit, edge=card.label, native_fwhm_ev=card.gaussian_fwhm_ev, ip_ev=ip_ev, axis=card.axis,
        )  # fmt: skip
        prediction = replace(
            last,
            tensor=tensor,
            verdicts=tuple(
                replace(verdicts[place], atom=int(atom)) for place, atom in zip(of_first, self._sites, strict=True)
            ),
            elapsed_s=sum(part["elapsed_s"] for part in parts),
            notices=tuple(notices.values()),
        )
        return Predicted(self._structure, prediction, self._predictor)

    def write(self, target: Path, header: dict[str, str], prediction: Prediction, weight: WeightTensor | None) -> None:
        """Write the tensors, or (CSV) the spectra of an experiment, and forget the portions."""
        from xanesview.io.spectra.registry import TENSORS
        from xanesview.io.spectra.tables import write_spectra_csv
        from xanesview.io.spectra.tensor_file import write_rows_h5

        energy_ev = np.asarray(self._predictor.card.energy_ev, float)
        if TENSORS.is_named_by(target):
            write_rows_h5(target, prediction.tensor, energy_ev, header, self._rows(), weight)
        else:
            each = np.empty((len(self._sites), len(energy_ev)))
            for rows, components in self._rows():
                each[rows] = np.einsum("v,sve->se", weight.voigt, components.astype(np.float64))
            write_spectra_csv(target, energy_ev, self._sites, each, header)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _rows(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield some of the sites, in their order, and their tensors (R, 6, E), until all were there."""
        of_first = self._plan.of_first
        bounds = np.cumsum([0, *map(len, self._plan.first)])
        for begin in range(0, len(of_first), ROWS_AT_A_TIME):
            places = of_first[begin : begin + ROWS_AT_A_TIME]
            part = np.searchsorted(bounds, places, side="right") - 1
            components = np.empty((len(places), 6, len(self._predictor.card.energy_ev)), np.float32)
            for number in np.unique(part).tolist():
                mine = part == number
                kept = np.load(self._path(number, "tensor.npy"), mmap_mode="r", allow_pickle=False)
                components[mine] = kept[places[mine] - bounds[number]]
            yield slice(begin, begin + len(places)), components

    def _predict(self) -> Prediction:
        from xanesview.inference.device import share_processor
        from xanesview.inference.portions import predicted_portions
        from xanesview.io.atomic import made_folder
        from xanesview.processes import cores

        made_folder(self._folder)
        self._forget_others()
        kept = {number for number in range(len(self._plan.first)) if self._path(number, "told.json").exists()}
        rest = [np.zeros(0, int) if k in kept else first for k, first in enumerate(self._plan.first)]
        workers = max(1, min(cores(), _MOST_WORKERS, len(rest) - len(kept)))
        done, last = sum(len(self._plan.first[k]) for k in kept), None
        if len(kept) == len(rest):  # only the facts of a prediction are missing
            rest[0] = self._plan.first[0][:1]
        share_processor(workers)
        try:
            for number, prediction in predicted_portions(self._predictor, self._structure, self._sites, rest, workers):
                last = prediction
                if number in kept:
                    continue
                self._keep(number, prediction)
                done += len(rest[number])
                if self._progress is not None:
                    self._progress(done, self._plan.count)
        finally:
            share_processor(1)
        return last

    def _forget_others(self) -> None:
        """Leave no portions of another structure, network or choice of sites."""
        from xanesview.io.atomic import atomic_write

        asked = {
            "structure": self._structure.content_hash, "network": self._predictor.identity,
            "sites": self._sites.tolist(), "portions": len(self._plan.first),
        }  # fmt: skip
        path = self._folder / _ASKED
        try:
            if json.loads(path.read_text(encoding="utf-8")) == asked:
                return
        except (OSError, ValueError):
            pass
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        with atomic_write(path) as temporary:
            temporary.write_text(json.dumps(asked), encoding="utf-8")

    def _path(self, number: int, what: str) -> Path:
        return self._folder / f"{number:05d}_{what}"

    def _keep(self, number: int, prediction: Prediction) -> None:
        """Write a portion; the file that says it is there comes last."""
        from xanesview.io.atomic import atomic_write

        for what, values in (("tensor.npy", prediction.tensor.components), ("ip.npy", prediction.tensor.ip_ev)):
            with atomic_write(self._path(number, what)) as temporary:
                np.save(temporary, values.astype(np.float32 if what == "tensor.npy" else np.float64))
        told = {
            "verdicts": [asdict(replace(verdict, measures=dict(verdict.measures))) for verdict in prediction.verdicts],
            "notices": [asdict(notice) for notice in prediction.notices],
            "elapsed_s": prediction.elapsed_s,
        }
        with atomic_write(self._path(number, "told.json")) as temporary:
            temporary.write_text(json.dumps(told), encoding="utf-8")

    def _told(self, number: int) -> dict:
        from xanesview.domain.structure import Notice
        from xanesview.inference.domain_check import SiteVerdict

        told = json.loads(self._path(number, "told.json").read_text(encoding="utf-8"))
        told["verdicts"] = [SiteVerdict(**{**one, "reasons": tuple(one["reasons"])}) for one in told["verdicts"]]
        told["notices"] = [Notice(**one) for one in told["notices"]]
        return told
