"""``xanesview rank``: which structure is it? Candidates in the order in which they fit measured spectra."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.cli.arguments import add_polarisation
from xanesview.cli.fitting import add_edge, check_edge, network_for
from xanesview.cli.measured import add_answers, check_answers
from xanesview.cli.numbers_asked import NumberIn, WholeIn, asked_range_ev
from xanesview.cli.size_told import tell_of_size
from xanesview.cli.telling import say, tell_notice, tell_of_network
from xanesview.domain.counts import counted
from xanesview.errors import UsageError, XanesviewError

if TYPE_CHECKING:
    from xanesview.domain.geometry.geometry import Geometry
    from xanesview.domain.ranking.candidate import Candidate, Ranking
    from xanesview.domain.ranking.ranking import RankChoices
    from xanesview.domain.spectrum import Spectrum
    from xanesview.io.structure_sources import StructureSource

_MOST_LISTED = 1000
_MOST_COMPARED = 200
_SILENT_S = 15.0
_ENDINGS = (".csv", ".json", ".svg", ".pdf", ".png")
_DRAWN = 3
"""So many candidates stand in the figure, and all that can't be told from the best, up to six."""


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    p.add_argument(
        "file", nargs="+", metavar="FILE|FOLDER",
        help="measured spectra (several: an angle series, with --theta), and the candidates: structure files of one "
        "or many, or folders of them",
    )  # fmt: skip
    p.add_argument("--list", metavar="FILE", help="candidates: text file with a line “name SMILES” a molecule")
    p.add_argument("--library", action="store_true", help="candidates: the molecules of the computed library")
    p.add_argument(
        "--formula", metavar="C7H8O", default="", help="with --library: those nearest in composition, isomers first"
    )
    p.add_argument(
        "--most", type=WholeIn(1, 1e6), metavar="N", help=f"with --library: so many (default {_MOST_COMPARED})"
    )
    p.add_argument("--network", metavar="NAME|PATH", help="network (default: one that fits the first structure)")
    add_edge(p)
    add_polarisation(p)
    p.add_argument("--range", metavar="LOW,HIGH", help="measured energies that count, eV (default: all in common)")
    p.add_argument(
        "--largest-shift", type=NumberIn(0, 20, "eV"), default=1.0, metavar="EV",
        help="how far candidates may be moved, ± eV: by how much energy scales differ (default 1)",
    )  # fmt: skip
    p.add_argument("--no-width", action="store_true", help="add no width to the candidates")
    p.add_argument("--no-step", action="store_true", help="allow for no edge step")
    p.add_argument("--no-offset", action="store_true", help="fit no offset")
    p.add_argument(
        "--mixtures", type=WholeIn(1, 3), choices=(1, 2, 3), default=1, metavar="N",
        help="mix up to 2 or 3 of them",
    )  # fmt: skip
    p.add_argument(
        "--conformers", action="store_true",
        help="the structures of a file are conformers of one molecule: one candidate, weighted by GFN2-xTB energies",
    )  # fmt: skip
    p.add_argument(
        "--temperature", type=NumberIn(0, 1e5, "K", above=True), metavar="K",
        help="with --conformers: of the weights exp(−E/kT) (default 298.15)",
    )  # fmt: skip
    p.add_argument(
        "--out", metavar="OUT.csv|json|svg|pdf|png", action="append", default=[],
        help="the list (CSV, JSON) or a figure of the best (SVG, PDF, PNG); may be given more than once",
    )  # fmt: skip
    add_answers(p)


def run_rank(arguments: argparse.Namespace) -> int:
    """Rank, print the list and write what was asked for."""
    from xanesview.domain.ranking.ranking import rank

    _check(arguments)
    measured_files, structure_files = _sorted_files(arguments)
    _check_predicted(arguments, structure_files)
    check_answers(measured_files, arguments)
    geometries = _geometries(arguments, len(measured_files))
    measured = [_measured(path, arguments) for path in measured_files]
    candidates = _candidates(arguments, structure_files, geometries)
    ranking = rank(measured, candidates, _choices(arguments), _progress())
    _tell(ranking)
    for name in arguments.out:
        _write(Path(name).expanduser(), ranking)
    return 0


def _progress() -> Callable[[int, int], None]:
    """Return what says now and then how far a long ranking is, to whom a log is all there is to see as well."""
    told = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told > _SILENT_S:
            told = time.monotonic()
            say(f"{done:,} of {counted(total, 'candidate')} compared", file=sys.stderr, flush=True)

    return tell


def _check(arguments: argparse.Namespace) -> None:
    if arguments.formula and not arguments.library:
        raise UsageError("--formula belongs to --library.", "Leave it out, or add --library.")
    if arguments.temperature is not None and not arguments.conformers:
        raise UsageError("--temperature belongs to --conformers.", "Leave it out, or add --conformers.")
    if arguments.most is not None and not arguments.library:
        raise UsageError("--most belongs to --library.", "Leave it out, or add --library.")
    for name in arguments.out:
        if Path(name).suffix.lower() not in _ENDINGS:
            raise UsageError(f"“{name}” is neither a list nor a figure.", f"End --out in one of {', '.join(_ENDINGS)}.")
    check_edge(arguments)


def _check_predicted(arguments: argparse.Namespace, sources: Sequence[StructureSource]) -> None:
    """Refuse what is said of structures where none is a candidate: the library is computed, and its molecules apart.

    Raises
    ------
    UsageError
        If something is said in vain.
    """
    given = {
        "--network": arguments.network and not (sources or arguments.list),
        "--conformers": arguments.conformers and not sources,
    }
    for option, in_vain in given.items():
        if in_vain:
            raise UsageError(
                f"{option} belongs to structures, and none is given.", "Leave it out, or name a file or folder of them."
            )


def _sorted_files(arguments: argparse.Namespace) -> tuple[list[Path], list[StructureSource]]:
    """Return the measured files, and the structures: of folders, and of files of one or many."""
    from xanesview.io.example_index import bundled
    from xanesview.io.recognition import kind_of_file
    from xanesview.io.structure_sources import structure_sources
    from xanesview.io.text_file import check_is_file

    measured, structures = [], []
    for name in arguments.file:
        path = bundled(name) or Path(name).expanduser()
        if not path.is_dir():
            check_is_file(path)
        (structures if path.is_dir() or kind_of_file(path) == "structure" else measured).append(path)
    if not measured:
        raise UsageError("No measured spectrum was given.", "Name one before the candidates.")
    sources = structure_sources(structures, every_frame=arguments.conformers)
    if not (sources or arguments.library or arguments.list):
        raise UsageError("No candidates were given.", "Name a folder of structures, or give --list or --library.")
    return measured, sources


def _geometries(arguments: argparse.Namespace, n_measured: int) -> list[argparse.Namespace]:
    """Return the options of one geometry a measured curve; one for all where one was given."""
    from xanesview.cli.sites import check_polarisation, one_an_angle

    each = one_an_angle(arguments)
    if len(each) not in (1, n_measured):
        raise UsageError(
            f"{counted(n_measured, 'measured curve')} can't have {counted(len(each), 'angle')}.",
            "Name a file a curve, in the order of the angles; one angle for all is possible, too.",
        )
    for one in each:
        check_polarisation(one)
    return each


def _measured(path: Path, arguments: argparse.Namespace) -> Spectrum:
    from xanesview.cli.measured import measured_spectra

    return measured_spectra(path, arguments)[0]


def _choices(arguments: argparse.Namespace) -> RankChoices:
    from xanesview.domain.ranking.ranking import RankChoices

    hint = "Write the lower energy first, as in 280,305."
    return RankChoices(
        window_ev=None if arguments.range is None else asked_range_ev(arguments.range, r"[,:\s]+", hint),
        largest_shift_ev=arguments.largest_shift, width=not arguments.no_width, step=not arguments.no_step,
        offset=not arguments.no_offset, most_mixed=arguments.mixtures,
    )  # fmt: skip


def _candidates(
    arguments: argparse.Namespace, sources: Sequence[StructureSource], options: Sequence[argparse.Namespace]
) -> list[Candidate]:
    found: list[Candidate] = []
    if sources or arguments.list:
        found += _predicted(arguments, sources, options)
    if arguments.library:
        if any(_geometry(one, None).uses for one in options):
            raise UsageError("Spectra of the library are averages over directions.", "Leave the polarisation out.")
        found += _of_library(arguments)
    return found


def _geometry(options: argparse.Namespace, normal: Sequence[float] | None) -> Geometry:
    from xanesview.cli.sites import asked_geometry

    return asked_geometry(options, normal)


def _predicted(
    arguments: argparse.Namespace, sources: Sequence[StructureSource], options: Sequence[argparse.Namespace]
) -> list[Candidate]:
    """Predict all structures with one network; one that can't be used is told and left out."""
    from xanesview import api
    from xanesview.cli.molecules import listed
    from xanesview.shown.candidates import predicted_candidate

    readers = [(one.name, one.read, one.name_of, one.path) for one in sources]
    if arguments.list:
        readers += [
            (name, lambda smiles=smiles: api.from_smiles(smiles, "mmff"), lambda _, name=name: name, Path(f"{k}"))
            for k, (name, smiles, *_) in enumerate(listed(Path(arguments.list).expanduser()))
        ]
    if arguments.network:
        tell_of_network(arguments.network)
    predictor, found, said = None, [], set()
    for name, read, name_of, path in readers:
        try:
            structure = read()
            name = name_of(structure)
            if predictor is None:
                predictor = api.predictor_of(arguments.network or network_for(structure, arguments))
            geometries = [_geometry(one, structure.surface_normal) for one in options]
            tell_of_size(structure, None, predictor.card)
            candidate, notices = predicted_candidate(name, structure, predictor, geometries)
        except UsageError:
            raise
        except XanesviewError as error:
            tell_notice(f"{name} is left out: {error.message}", error.hint)
            continue
        said.update(notices)
        found.append((path, structure, candidate))
    if not found:
        raise XanesviewError("None of the candidates could be predicted.", "The notices above say why.")
    if predictor is not None and predictor.card.as_measured is None:
        tell_notice(f"{predictor.card.name} was never fitted to measured spectra: candidates are as computed.")
    for notice in sorted(said)[:3]:
        tell_notice(notice)
    if not arguments.conformers:
        return [candidate for _, _, candidate in found]
    from xanesview.cli.averaged_files import averaged_files
    from xanesview.domain.conformer import ROOM_K

    return averaged_files(found, arguments.temperature or ROOM_K)


def _of_library(arguments: argparse.Namespace) -> list[Candidate]:
    from xanesview.networks.card import networks_for
    from xanesview.reference.library.library import load_library
    from xanesview.shown.candidates import library_candidates, nearest_in_composition

    element = (arguments.edge or "C K").split()[0]
    library = load_library()
    for problem in library.problems:
        tell_notice(problem)
    known = nearest_in_composition(library, element, arguments.formula, 1_000_000)
    entries = known[: arguments.most or _MOST_COMPARED]
    if len(entries) < len(known):
        which = f"those nearest in composition to {arguments.formula}" if arguments.formula else "the first by name"
        tell_notice(
            f"{counted(len(entries), 'molecule')} of the library's {len(known):,} with {element} K spectra "
            f"{'is' if len(entries) == 1 else 'are'} compared: {which}.",
            f"--most {len(known)} takes all." if arguments.formula
            else f"Give --formula for those nearest in composition, or --most {len(known)} for all.",
        )  # fmt: skip
    if not entries:
        edges = ", ".join(library.edges())
        raise XanesviewError(f"The library has no {element} K spectra.", f"It has those of {edges}.")
    cards = [info.card for info in networks_for(element) if info.card is not None and info.card.as_measured is not None]
    return library_candidates(entries, cards[0].as_measured if cards else None)


def _tell(ranking: Ranking) -> None:
    shown = ranking.ranked[:_MOST_LISTED]
    width = max(*(len(one.name[:40]) for one in shown), *(len(one.name) for one in ranking.mixtures), 0)
    say(f"  #  {'candidate':<{width}}  misfit          shift eV  added eV  edge step")
    for k, one in enumerate(shown, start=1):
        say(f"{k:>3}{'≈' if one.is_tied and k > 1 else ' '} {_line(one, width)}")
    for k, one in enumerate(ranking.mixtures):
        say(f"mix{'≈' if one.is_tied and k else ' '} {_line(one, width)}")
    for name, why in ranking.left_out:
        tell_notice(f"{name} could not be compared: {why}")
    say(ranking.verdict())


def _line(one, width: int) -> str:
    outside = one.candidates[0].facts.get("outside", "") if len(one.candidates) == 1 else ""
    text = (
        f"{one.name:<{width}}  {100 * one.misfit:5.1f} ± {100 * one.error:4.1f} %  {one.shift_ev:+8.2f}  "
        f"{one.fwhm_ev:8.2f}  {one.step_height * one.scale:9.3g}"
    ).replace("-", "−")
    return text + ("  shift at its limit" if one.at_limit else "") + (f"  outside: {outside}" if outside else "")


def _write(target: Path, ranking: Ranking) -> None:
    from xanesview.io.ranking_file import write_ranking_csv, write_ranking_json

    if target.suffix.lower() == ".csv":
        write_ranking_csv(target, ranking)
    elif target.suffix.lower() == ".json":
        write_ranking_json(target, ranking)
    else:
        _draw(target, ranking)
    say(f"{target}: written")


def _draw(target: Path, ranking: Ranking) -> None:
    """Draw the first measured curve with the best candidates laid over it."""
    from xanesview.io.figures import figure, figure_file

    tied = ranking.tied()
    best = [*ranking.mixtures[:1], *ranking.ranked[: max(_DRAWN, min(len(tied), 6))]]
    curves = []
    for k, measured in enumerate(ranking.measured):
        curves.append(measured)
        curves += [one.fitted[k].replace(label=f"{one.name}, {100 * one.misfit:.0f} %") for one in best]
    spec = figure.FigureSpec(width_mm=120.0, height_mm=80.0)
    drawn = figure.draw_spectra(curves, spec, title="")
    figure_file.save_figure(drawn, target, spec=spec, provenance=figure_file.collected_provenance(curves))
