"""``xanesview animate``: the structure beside its spectrum while an angle turns or atoms move, as a movie."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.cli.numbers_asked import NumberIn, asked_range_ev, asked_size
from xanesview.cli.series import add_series, asked_structure, checked_series, predicted_series
from xanesview.cli.telling import say, say_in_place
from xanesview.domain.counts import counted
from xanesview.errors import UsageError, XanesviewError
from xanesview.limits import check_address_space

if TYPE_CHECKING:
    import numpy as np

    from xanesview.drawing3d.movie import MovieFrame
    from xanesview.gui.appearance.palette import Colours

_LEAST_PX, _MOST_PX = 128, 3840
MOST_FRAMES = 2000


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    add_series(p, "structure")
    p.add_argument("--out", required=True, metavar="OUT.gif|webp|mp4", help="movie; MP4 with the extra “movie”")
    p.add_argument("--size", default="1280x560", metavar="WxH", help="pixels (default 1280x560)")
    p.add_argument("--rate", type=NumberIn(0.5, 60), default=12.0, metavar="F", help="frames a second (default 12)")
    p.add_argument("--there-and-back", action="store_true", help="turn back again, so that it can go on for ever")
    p.add_argument("--range", metavar="LOW,HIGH", help="energies to show, eV")
    p.add_argument("--frames", metavar="all|A:B:STEP", help="go through the frames of a trajectory, from 1")
    p.add_argument("--dark", action="store_true", help="the structure on a dark ground")
    p.add_argument("--quiet", action="store_true", help="say nothing on success")
    p.add_argument("--tell-progress", action="store_true", help=argparse.SUPPRESS)  # for the window
    p.epilog = "What turns is an angle given as from:to:step, such as --theta 0:90:3, or the --frames of a trajectory."


def run_animate(arguments: argparse.Namespace) -> int:
    """Predict what varies, draw its pictures and write the movie."""
    from xanesview.drawing3d.movie import movie_pictures
    from xanesview.gui.appearance.palette import DARK, LIGHT
    from xanesview.io.example_index import bundled
    from xanesview.io.movie_file import check_movie_name, write_movie
    from xanesview.io.recognition import kind_of_file

    check_address_space()
    arguments.tensor = False
    target = Path(arguments.out).expanduser()
    try:
        check_movie_name(target)
    except XanesviewError as error:
        raise UsageError(error.message, error.hint) from error
    size = asked_size(arguments.size, _LEAST_PX, _MOST_PX)
    hint = "Write the lower energy first, as in 280,305."
    shown = None if arguments.range is None else asked_range_ev(arguments.range, r"[,:\s]+", hint)
    varied = None if arguments.frames is not None else checked_series(arguments)
    path = bundled(arguments.file) or Path(arguments.file)
    arguments.file = str(path)
    if kind_of_file(path) != "structure":
        raise UsageError(f"{path.name} is no structure.", "A movie shows one; tensors alone do not.")
    frames, facts, told = _over_frames(arguments) if varied is None else _over_an_angle(arguments, *varied)
    colours = DARK if arguments.dark else LIGHT
    pictures = movie_pictures(
        frames, (size[0] // 2 * 2, size[1] // 2 * 2), colours, rings=_rings(facts, colours), energies_ev=shown,
        there_and_back=arguments.there_and_back, progress=_progress(arguments),
    )  # fmt: skip
    count = write_movie(target, pictures, arguments.rate, "; ".join(f"{k}: {v}" for k, v in facts.items()))
    if not arguments.quiet:
        say(f"{target}: {told}, {counted(count, 'picture')}, {size[0]} × {size[1]} pixels")
    return 0


def _over_an_angle(
    arguments: argparse.Namespace, varied: str, angles: np.ndarray
) -> tuple[list[MovieFrame], Mapping[str, str], str]:
    """Return the frames of a series over an angle, where its numbers come from, and what turns."""
    from xanesview.drawing3d.movie import MovieFrame

    series, _, facts = predicted_series(arguments, varied, angles)
    structure = asked_structure(arguments)
    unit = series.unit if series.unit == "°" else f" {series.unit}"
    frames = [
        MovieFrame(structure, geometry, one.replace(label=f"{series.name} = {angle:.1f}{unit}"))
        for geometry, one, angle in zip(series.geometries, series.spectra, series.angles)
    ]
    return frames, facts, f"{series.name} from {angles[0]:g} to {angles[-1]:g}{unit}"


def _over_frames(arguments: argparse.Namespace) -> tuple[list[MovieFrame], Mapping[str, str], str]:
    """Return the frames of a trajectory, where its numbers come from, and which they are."""
    from xanesview import api
    from xanesview.cli.experiment import asked_experiment, check_experiment
    from xanesview.cli.fitting import check_edge, network_for
    from xanesview.cli.layers import check_layers
    from xanesview.cli.sites import asked_sites
    from xanesview.cli.telling import tell_of_network
    from xanesview.drawing3d.movie import MovieFrame
    from xanesview.io.spectra.provenance import provenance
    from xanesview.networks.identity import network_facts

    check_experiment(arguments)
    check_layers(arguments)
    check_edge(arguments)
    if arguments.layers or arguments.escape_depth:
        raise UsageError("--frames goes without layers and escape depths.", "Leave them out.")
    first = api.read(arguments.file, 0)
    asked = _asked_frames(arguments.frames, first.n_frames)
    network = arguments.network or network_for(first, arguments)
    tell_of_network(network)
    predictor = api.predictor_of(network)
    element = predictor.card.element
    how = {"axis": arguments.axis, "fwhm_ev": arguments.fwhm, "as_measured": arguments.drawn_as == "measured"}
    frames, facts = [], {}
    for done, k in enumerate(asked):
        structure = api.read(arguments.file, k)
        geometry = asked_experiment(arguments, structure, element)
        predicted = api.predict_with(predictor, structure, asked_sites(arguments.sites, structure, element))
        spectrum = predicted.spectrum(geometry, **how)
        frames.append(MovieFrame(structure, geometry, spectrum.replace(label=f"frame {k + 1}")))
        _tell(arguments, f"predicted {done + 1} of {len(asked)}", done + 1 == len(asked))
        facts = provenance(
            structure, network=predicted.prediction.network, polarisation=geometry.describe(), unit=spectrum.unit,
            edge=predicted.tensor.edge, native_fwhm_ev=predicted.tensor.native_fwhm_ev,
            extra={**network_facts(predictor.card), "sites": " ".join(map(str, predicted.tensor.sites.tolist()))},
        )  # fmt: skip
    return frames, facts, f"frames {asked[0] + 1} to {asked[-1] + 1}, {geometry.describe()}"


def _asked_frames(text: str, count: int) -> list[int]:
    """Return the frames, from 0, that “all” or “first:last:step” (from 1) names.

    Raises
    ------
    UsageError
        For another form, frames that are not there, or a file of one structure.
    """
    if count < 2:
        raise UsageError("The file holds one structure, so no frame follows another.", "Vary an angle: --theta 0:90:3.")
    found = re.fullmatch(r"\s*(\d{1,9})\s*:\s*(\d{1,9})\s*(?::\s*(\d{1,9}))?\s*", text)
    words = ("1", str(count), "1") if text.strip().lower() == "all" else found and found.groups("1")
    if not words:
        raise UsageError(f"“{text}” names no frames.", "Give all, or first:last:step, such as 1:100:5.")
    first, last, step = map(int, words)
    if not 1 <= first < last <= count or step < 1:
        raise UsageError(f"“{text}” are not frames of this file.", f"It holds frames 1 to {count}.")
    chosen = list(range(first - 1, last, step))
    if len(chosen) > MOST_FRAMES:
        raise UsageError(f"{len(chosen)} frames are too many.", f"Give a step, so that {MOST_FRAMES} are left at most.")
    return chosen


def _rings(facts: Mapping[str, str], colours: Colours) -> dict[int, str]:
    sites = [int(word) for word in facts.get("sites", "").split()]
    return {} if len(sites) > len(colours.curves) else {site: colours.curve(k) for k, site in enumerate(sites)}


def _progress(arguments: argparse.Namespace) -> Callable[[int, int], None]:
    return lambda done, total: _tell(arguments, f"picture {done} of {total}", done == total)


def _tell(arguments: argparse.Namespace, words: str, is_last: bool) -> None:
    """Say how far it is: on a terminal in one line, for the window in a line each."""
    if arguments.tell_progress:
        say(words, file=sys.stderr, flush=True)
    elif not arguments.quiet and sys.stderr.isatty():
        say_in_place(words, is_last)
