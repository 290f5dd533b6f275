"""A process that draws movies for the window: VTK draws without a window there, and pictures take their time.

In:  ``{"number", "path", "size", "rate", "camera", "there_and_back", "energies_ev", "rings", "comment", "structures",
     "frames"}``; a frame is ``{"structure", "geometry", "spectrum"}``, its structure a place in the list
Out: ``{"number", "stage"}`` with "k/n" after each picture, then ``{"number", "pictures"}`` or
     ``{"number", "error", "hint"}``
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.geometry.kinds import geometry_from_dict
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import Structure
from xanesview.drawing3d.camera import OrbitCamera
from xanesview.drawing3d.movie import MovieFrame, movie_pictures
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.palette import LIGHT
from xanesview.io.movie_file import write_movie
from xanesview.reference.engine.worker import serve_group, told

if TYPE_CHECKING:
    from collections.abc import Sequence

log = logging.getLogger(__name__)  # to standard error, which the window reads


def main() -> None:
    """Serve jobs until the input ends."""
    serve_group(answer)


def job_of(frames: Sequence[MovieFrame], **how: object) -> dict:
    """Return the job that draws frames, without its number; a structure that stays is sent once."""
    structures: list[Structure] = []
    drawn = []
    for one in frames:
        if not structures or one.structure is not structures[-1]:
            structures.append(one.structure)
        spectrum = one.spectrum
        drawn.append({
            "structure": len(structures) - 1,
            "geometry": one.geometry.to_dict(),
            "spectrum": {
                "energy_ev": spectrum.energy_ev.tolist(), "intensity": spectrum.intensity.tolist(),
                "unit": spectrum.unit, "label": spectrum.label, "axis": spectrum.axis,
            },
        })  # fmt: skip
    return {"structures": [_fields(one) for one in structures], "frames": drawn, **how}


def camera_told(camera: OrbitCamera | None) -> dict | None:
    """Return a camera as a job has it."""
    if camera is None:
        return None
    return {
        "target_angstrom": np.asarray(camera.target_angstrom).tolist(),
        "rotation": np.asarray(camera.rotation).tolist(),
        "distance_angstrom": float(camera.distance_angstrom), "width": float(camera.width),
        "height": float(camera.height),
    }  # fmt: skip


def _camera(told: dict | None) -> OrbitCamera | None:
    if told is None:
        return None
    return OrbitCamera(**{key: np.array(value) if isinstance(value, list) else value for key, value in told.items()})


def _fields(structure: Structure) -> dict:
    return {
        "numbers": structure.numbers.tolist(), "positions_angstrom": structure.positions_angstrom.tolist(),
        "cell_angstrom": structure.cell_angstrom.tolist(), "pbc": structure.pbc.tolist(), "name": structure.name,
    }  # fmt: skip


def answer(job: dict, say: Callable[[dict], None]) -> dict:
    """Draw and write one movie; whatever goes wrong becomes an answer, too."""
    number = job["number"]
    try:
        structures = [
            Structure(**{k: np.array(v) if isinstance(v, list) else v for k, v in one.items()})
            for one in job["structures"]
        ]
        frames = [
            MovieFrame(structures[one["structure"]], geometry_from_dict(one["geometry"]), Spectrum(**one["spectrum"]))
            for one in job["frames"]
        ]
        pictures = movie_pictures(
            frames, tuple(job["size"]), LIGHT, energies_ev=job["energies_ev"], camera=_camera(job["camera"]),
            rings={int(atom): colour for atom, colour in job["rings"].items()}, there_and_back=job["there_and_back"],
            progress=lambda done, count: say({"number": number, "stage": f"{done}/{count}"}),
        )  # fmt: skip
        count = write_movie(job["path"], pictures, job["rate"], job["comment"])
    except (XanesviewError, MemoryError) as error:
        return {"number": number, **told(error)}
    except Exception as error:  # a bug must not end the process; the window says so
        log.exception("a movie failed")
        return {"number": number, **told(error)}
    return {"number": number, "pictures": count}


if __name__ == "__main__":
    main()
