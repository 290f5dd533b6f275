"""``xanesview map``: what the spectra of an image or a series are made of, and what they tell, pixel by pixel."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.cli.arguments import add_drawn_as, add_frame, add_polarisation, add_width
from xanesview.cli.fitting import add_edge, check_edge
from xanesview.cli.numbers_asked import NumberIn, asked_range_ev
from xanesview.cli.telling import say, tell_notice
from xanesview.errors import UsageError, XanesviewError
from xanesview.limits import LARGEST_ENERGY_EV

if TYPE_CHECKING:
    from xanesview.domain.images.design import CombineChoices
    from xanesview.domain.images.maps import Maps
    from xanesview.domain.images.spectrum_image import SpectrumImage
    from xanesview.domain.spectrum import Spectrum


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    p.add_argument("image", metavar="IMAGE", help="spectrum image or series: HDF5, NeXus, HyperSpy (.hspy)")
    p.add_argument(
        "--components", nargs="+", action="extend", metavar="FILE", default=[],
        help="what the spectra are sums of: predictions, measured spectra, exported curves, or structures to predict",
    )  # fmt: skip
    p.add_argument(
        "--library", nargs="+", action="extend", metavar="MOLECULE", default=[],
        help="components of the computed library, by name, formula or SMILES",
    )  # fmt: skip
    p.add_argument("--network", metavar="NAME|PATH", help="network that predicts structures (default: one that fits)")
    add_edge(p)
    add_frame(p)
    add_polarisation(p)
    add_width(p)
    add_drawn_as(p)
    p.add_argument("--range", metavar="LOW,HIGH", help="energies that count, eV (default: all in common)")
    p.add_argument(
        "--largest-shift", type=NumberIn(0, 20, "eV"), default=0.0, metavar="EV",
        help="how far components may be moved, all by the same, ± eV (default 0: as they are)",
    )  # fmt: skip
    p.add_argument("--no-offset", action="store_true", help="fit no offset")
    p.add_argument("--step", action="store_true", help="fit an edge step beside the components")
    p.add_argument(
        "--e0", type=NumberIn(-LARGEST_ENERGY_EV, LARGEST_ENERGY_EV, "eV"), metavar="EV",
        help="where that edge step is (default: the steepest rise of the components' mean)",
    )  # fmt: skip
    p.add_argument("--sum-to-one", action="store_true", help="amounts add up to one, as those of normalised spectra do")
    p.add_argument(
        "--keep-scale", action="store_true",
        help="amounts of the curves as they are (default: each is first brought to a mean of one)",
    )  # fmt: skip
    p.add_argument("--properties", action="store_true", help="properties of the molecules, from C K-edge spectra")
    p.add_argument("--reader", metavar="NAME|PATH", help="network that reads them (default: c_k_edge_properties)")
    p.add_argument(
        "--out", action="append", required=True, metavar="OUT.h5|csv|tif|png|svg|pdf",
        help="maps as numbers, as pictures of numbers (TIFF), or as a figure; may be given more than once",
    )  # fmt: skip
    group = p.add_argument_group("what the file leaves open")
    group.add_argument("--signal", metavar="PATH", help="dataset in HDF5, or name of the signal in a file of HyperSpy")
    group.add_argument("--energy", metavar="PATH", help="its energies: dataset in HDF5, or name of the axis")
    group.add_argument("--unit", metavar="UNIT", default="", help="of the energies: eV, keV")


def run_map(arguments: argparse.Namespace) -> int:
    """Make the maps, print what each component has, and write them."""
    from xanesview.io.images.maps_file import write_maps
    from xanesview.io.images.registry import read_image
    from xanesview.io.images.stack import described

    targets = _checked(arguments)
    image = read_image(arguments.image, arguments.signal, arguments.energy, arguments.unit)
    if image.is_series and (picture := next((one for one in targets if one.suffix.lower() in (".tif", ".tiff")), None)):
        raise UsageError(f"{image.label} is a series, of which {picture.name} can't be made.", "End --out in .csv.")
    for notice in image.notices:
        tell_notice(notice.message, notice.hint)
    energies = f"{len(image.energy_ev)} energies from {image.energy_ev[0]:.2f} to {image.energy_ev[-1]:.2f} eV"
    say(f"{image.label}: {described(image.axes)}, {energies}")
    spectra = _components(arguments)
    from xanesview.domain.images.combination import combine

    maps = None
    if spectra:
        maps = combine(image, spectra, _choices(arguments), _Progress("fitted"))
    if arguments.properties:
        found = _properties(image, maps, arguments)
        maps = found if maps is None else maps.with_maps(found)
    _tell(maps)
    for target in targets:
        write_maps(target, maps, image.label)
        say(f"{target}: {len(maps.maps)} maps")
    return 0


def _checked(arguments: argparse.Namespace) -> list[Path]:
    """Return what is to be written, all else of the command line checked."""
    from xanesview.cli.sites import check_polarisation
    from xanesview.io.images.maps_file import check_maps_name

    if not (arguments.components or arguments.library or arguments.properties):
        raise UsageError("Nothing is to be mapped.", "Give --components or --library, or --properties.")
    if arguments.reader and not arguments.properties:
        raise UsageError("--reader belongs to --properties.", "Leave it out, or add --properties.")
    if arguments.e0 is not None and not arguments.step:
        raise UsageError("--e0 belongs to --step.", "Leave it out, or add --step.")
    targets = [Path(name).expanduser() for name in arguments.out]
    for target in targets:
        try:
            check_maps_name(target)
        except XanesviewError as error:
            raise UsageError(error.message, error.hint) from error
    check_polarisation(arguments)
    check_edge(arguments)
    return targets


def _choices(arguments: argparse.Namespace) -> CombineChoices:
    from xanesview.domain.images.design import CombineChoices

    hint = "Write the lower energy first, as in 280,305."
    return CombineChoices(
        window_ev=None if arguments.range is None else asked_range_ev(arguments.range, r"[,:\s]+", hint),
        offset=not arguments.no_offset, step=arguments.step, e0_ev=arguments.e0,
        largest_shift_ev=arguments.largest_shift, sum_to_one=arguments.sum_to_one,
        area=not (arguments.keep_scale or arguments.sum_to_one),
    )  # fmt: skip


def _components(arguments: argparse.Namespace) -> list[Spectrum]:
    """Return the curves of files and of the library."""
    from xanesview.cli.file_curves import curves_of, exported_curves_of

    of_files = argparse.Namespace(**vars(arguments))
    of_files.sites, of_files.axis, of_files.scan = "sum", None, None
    of_files.signal = of_files.energy = of_files.unit = of_files.d_spacing = None  # these are of the image
    of_files.network = [arguments.network] if arguments.network else None
    found: list[Spectrum] = []
    for name in arguments.components:
        path = Path(name).expanduser()
        exported = exported_curves_of(path, of_files)
        found += curves_of(path, of_files) if exported is None else exported
    return [*found, *_of_library(arguments)]


def _of_library(arguments: argparse.Namespace) -> list[Spectrum]:
    if not arguments.library:
        return []
    from xanesview.networks.card import networks_for
    from xanesview.reference.library.library import load_library
    from xanesview.reference.library.search import search
    from xanesview.shown.candidates import library_candidates

    element = (arguments.edge or "C K").split()[0]
    library = load_library()
    measured = None
    if arguments.drawn_as == "measured":
        cards = [one.card for one in networks_for(element) if one.card is not None and one.card.as_measured is not None]
        measured = cards[0].as_measured if cards else None
    entries = []
    for name in arguments.library:
        answers = [one.entry for one in search(library, name, len(library.entries)) if one.entry.element == element]
        if not answers:
            raise XanesviewError(
                f"The library has no {element} K spectrum of “{name}”.",
                "“xanesview reference search” lists what it holds.",
            )
        entries.append(answers[0])
    return [candidate.spectra[0] for candidate in library_candidates(entries, measured)]


def _properties(image: SpectrumImage, maps: Maps | None, arguments: argparse.Namespace) -> Maps:
    from xanesview.cli.telling import tell_of_network
    from xanesview.inference.property_maps import property_maps
    from xanesview.inference.property_reader import DEFAULT_READER, load_property_reader

    tell_of_network(arguments.reader or DEFAULT_READER)
    reader = load_property_reader(arguments.reader or DEFAULT_READER)
    background = None if maps is None or arguments.no_offset else maps["offset"].values
    return property_maps(image, reader, background=background, progress=_Progress("read"))


def _tell(maps: Maps) -> None:
    from xanesview.domain.images.maps import ImageMap

    def line(one: ImageMap) -> str:
        mean, unit = f"{one.mean():10.4g}".replace("-", "−"), f" {one.unit}" if one.unit else ""
        return f"  {one.title[:60]:<{width}}  {mean}{unit}"

    shown: Sequence[ImageMap] = maps.of_kind("fraction", "extra", "quality", "property")
    width = max(len(one.title[:60]) for one in shown)
    say(f"  {'map':<{width}}  {'mean':>10}")
    for one in shown:
        say(line(one))
    if "shift_ev" in maps.facts:
        shift = maps.facts["shift_ev"].replace("-", "−")
        say(f"Components moved by {shift} eV; {maps.facts['points']} energies, {maps.facts['energies_ev']} eV")
    for notice in maps.notices:
        tell_notice(notice)


class _Progress:
    """Says on a terminal how far it is, once every few seconds."""

    def __init__(self, word: str) -> None:
        from time import monotonic

        self._word, self._clock, self._last = word, monotonic, monotonic()

    def __call__(self, done: int, wanted: int) -> None:
        if self._clock() - self._last > 5.0 and done < wanted:
            self._last = self._clock()
            tell_notice(f"{100 * done / wanted:.0f} % of the pixels {self._word}.")
