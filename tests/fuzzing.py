"""Damaged files by hypothesis: for every format that is read, small good files, ways to damage them, and what reading
must do. `tests/fuzz.py` runs them for minutes, `tests/unit/io/test_fuzzed_files.py` for a moment.
"""

from __future__ import annotations

import gzip
import json
import re
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from tests import measured_files
from xanesview.errors import XanesviewError
from xanesview.io.spectra import registry as spectra
from xanesview.io.structures import registry as structures

DATA = Path(__file__).parent / "data"
LARGEST_SEED = 60_000
"""Bytes of a good file to begin with: damages of larger ones take long and find no more."""

WORDS = (
    b"", b"0", b"-1", b"nan", b"inf", b"1e400", b"-1e-400", b"9" * 400, b"1e308", b"0x1", b"1_0", b"1D5", b"1,5",
    "²".encode(), "١٢".encode(), "½".encode(), b"\0", b"\xff\xfe", b"'", b'"', b"\\", b"%", b"#", b"$x", b";", b"\r",
    b"\t", b" " * 300, b"(" * 300, b"[" * 300, b"{" * 300, b"<" * 50, b"C", b"Xx", b"null", b"true", b"x,y,z+1/0",
    b"&END", b"_loop", b"loop_", b"data_", b"M  END", b"$$$$", b"#S 1", b"2147483648", b"18446744073709551616",
)  # fmt: skip


@dataclass(frozen=True)
class Target:
    """A kind of file, small good ones by name, and what reads them."""

    name: str
    seeds: dict[str, bytes]
    read: Callable[[Path], object]


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _read_structure(path: Path) -> None:
    structure = structures.read_structure(path)
    assert np.isfinite(structure.positions_angstrom).all()
    assert len(structure.numbers) == len(structure.positions_angstrom) > 0


def _read_measurement(path: Path) -> None:
    from xanesview.io.spectra.measurement_file import read_measurement

    for scan in read_measurement(path).scans:
        curve = scan.spectrum()
        assert len(curve.energy_ev) == len(curve.intensity) > 0
        assert np.isfinite(curve.energy_ev).all()


def _read_spectrum(path: Path) -> None:
    from xanesview.io.spectra.spectrum_file import read_spectrum

    read_spectrum(path)


def _structure_targets() -> list[Target]:
    seeds: dict[str, dict[str, bytes]] = {}
    for path in sorted((DATA / "structures").iterdir()):
        if path.is_file() and path.stat().st_size <= LARGEST_SEED:
            try:
                fmt = structures.structure_format(path)
            except XanesviewError:
                continue
            if fmt is not None:
                seeds.setdefault(_slug(fmt.name), {})[path.name] = path.read_bytes()
    return [Target(name, files, _read_structure) for name, files in seeds.items()]


def _spectrum_targets() -> list[Target]:
    seeds: dict[str, dict[str, bytes]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, content in measured_files.files().items():
            path = Path(folder) / name
            path.write_bytes(content)
            fmt = spectra.measured_format(path) or spectra.COLUMNS
            seeds.setdefault(_slug(fmt.name), {})[name] = content
    energy = np.linspace(280.0, 320.0, 60)
    rows = "".join(f"{e:.3f},{y:.5f},{y:.5f}\n" for e, y in zip(energy, np.tanh(energy - 290) + 1))
    predicted = f"# edge: C K\n# native_fwhm_ev: 0.3\nenergy_ev,site_0,sum\n{rows}".encode()
    tensors = ",".join(["energy_ev", *(f"site_0_{c}" for c in ("xx", "yy", "zz", "yz", "xz", "xy"))])
    tensor = f"# edge: C K\n{tensors}\n" + "".join(f"{e:.3f}" + ",1.0" * 6 + "\n" for e in energy)
    return [
        *(Target(name, files, _read_measurement) for name, files in seeds.items()),
        Target("predicted-spectra", {"sum.csv": predicted, "tensor.csv": tensor.encode()}, _read_spectrum),
    ]


def _image_targets() -> list[Target]:
    from tests import spectrum_images

    few, energy = spectrum_images.cube((3, 4))[..., ::8], spectrum_images.ENERGY_EV[::8]
    made: dict[str, dict[str, bytes]] = {"hyperspy": {}, "images-in-nexus-and-hdf5": {}}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "image.hspy"
        for name, array_axis in (("even.hspy", False), ("odd.hspy", True)):
            values = spectrum_images.cube((3, 4)) if array_axis else few
            made["hyperspy"][name] = spectrum_images.write_hyperspy(path, values, array_axis).read_bytes()
        nexus = made["images-in-nexus-and-hdf5"]
        nexus["image.nxs"] = spectrum_images.write_nexus_image(path, few, energy=energy).read_bytes()
        nexus["packed.h5"] = spectrum_images.write_nexus_image(path, few, energy=energy, chunks=(1, 2, 4)).read_bytes()
        nexus["series.h5"] = spectrum_images.write_nexus_series(path, few[0], energy=energy).read_bytes()
    return [Target(name, files, _read_image) for name, files in made.items()]


def _read_image(path: Path) -> None:
    from xanesview.io.images.registry import read_image

    image = read_image(path)
    assert (np.diff(image.energy_ev) > 0.0).all()
    values = image.read(0, image.shape[0])
    assert values.shape == (*image.shape, len(image.energy_ev))


def _session_target() -> Target:
    from tests.random_work import RandomWork
    from xanesview.io.session_file.session_file import work_from_bytes, work_to_bytes

    seeds = {f"{seed}.xanesview": work_to_bytes(RandomWork(seed, n_atoms=3).work()) for seed in range(2)}
    return Target("session", seeds, lambda path: work_from_bytes(path.read_bytes(), path.name))


def _card_target() -> Target:
    from xanesview.networks.card import Card
    from xanesview.paths import resource

    text = json.loads(resource("networks/c_k_edge_properties/card.json").read_text(encoding="utf-8"))
    text.pop("metrics", None)
    text.pop("training", None)
    return Target("network-card", {"card.json": json.dumps(text).encode()}, Card.from_json)


def _recipe_target() -> Target:
    from xanesview.domain.processing.steps.energy_shift import EnergyShift
    from xanesview.domain.processing.steps.scale_and_offset import ScaleAndOffset
    from xanesview.io.recipe_file import read_recipe, write_recipe

    seeds = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in ("recipe.json", "recipe.toml"):
            path = Path(folder) / name
            write_recipe(path, (EnergyShift(0.3), ScaleAndOffset(2.0, 0.1)))
            seeds[name] = path.read_bytes()
    return Target("recipe", seeds, read_recipe)


def _template_target() -> Target:
    from xanesview.io.figures.spec import FigureSpec
    from xanesview.io.figures.template import Template, read_template, write_template

    spec = FigureSpec(energies_ev=(280.0, 305.0), energy_breaks=((290.0, 292.0),), inset_place="free", spacing=0.4)
    with tempfile.TemporaryDirectory() as folder:
        path = write_template(Path(folder) / "template.json", Template("Ours", spec))
        seeds = {path.name: path.read_bytes()}
    return Target("figure-template", seeds, read_template)


@cache
def targets() -> dict[str, Target]:
    """Return every kind of file by the name that `tests/fuzz.py` takes."""
    made = [*_structure_targets(), *_spectrum_targets(), *_image_targets(), _session_target(), _card_target(),
            _recipe_target(), _template_target()]  # fmt: skip
    return {target.name: target for target in made}


@st.composite
def edits(draw: st.DrawFn, content: bytes) -> bytes:
    """Draw a damaged copy of a file; what hypothesis shrinks are the damages, few and small."""
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        what = draw(st.sampled_from(("word", "number", "cut", "remove", "repeat", "bytes", "bit", "lines", "encoding")))
        if what == "word":
            content = content[:at] + draw(st.sampled_from(WORDS)) + content[at + draw(st.sampled_from((0, 1, 5))) :]
        elif what == "number":
            numbers = list(re.finditer(rb"[\d.]+", content[:20_000]))
            if numbers:
                one = draw(st.sampled_from(numbers))
                content = content[: one.start()] + draw(st.sampled_from(WORDS)) + content[one.end() :]
        elif what == "cut":
            content = content[:at]
        elif what == "remove":
            content = content[:at] + content[at + draw(st.integers(1, 400)) :]
        elif what == "repeat" and len(content) < 500_000:
            end = at + draw(st.integers(1, 100))
            content = content[:at] + content[at:end] * draw(st.sampled_from((2, 100, 1000))) + content[end:]
        elif what == "bytes":
            content = content[:at] + draw(st.binary(min_size=1, max_size=20)) + content[at:]
        elif what == "bit" and content:
            at = min(at, len(content) - 1)
            content = content[:at] + bytes([content[at] ^ (1 << draw(st.integers(0, 7)))]) + content[at + 1 :]
        elif what == "lines":
            lines = content.split(b"\n")
            first, second = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
            lines[first], lines[second] = lines[second], lines[first]
            content = b"\n".join(lines)
        elif what == "encoding":
            content = content.decode("latin-1").encode(draw(st.sampled_from(("utf-16", "utf-16-be", "utf-8-sig"))))
    return content


@st.composite
def damaged(draw: st.DrawFn, target: Target) -> tuple[str, bytes]:
    """Draw the name and the content of a damaged file; packed ones are damaged inside, too."""
    name = draw(st.sampled_from(sorted(target.seeds)))
    content = target.seeds[name]
    if content.startswith(b"\x1f\x8b") and draw(st.booleans()):
        return name, gzip.compress(draw(edits(gzip.decompress(content))), mtime=0)
    return name, draw(edits(content))


def check(target: Target, path: Path) -> bool:
    """Read a file: True if it could be read, False if one sentence with a hint refused it; all else is a failure."""
    refusal = None
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # numpy's warnings reach nobody who waits for a sentence
        try:
            target.read(path)
        except XanesviewError as error:
            refusal = error
    if refusal is None:
        return True
    assert refusal.message, "a refusal without a sentence"
    assert "\n" not in refusal.message, refusal.message
    assert len(refusal.message) < 800, refusal.message[:200]
    assert refusal.hint, f"no hint: {refusal.message}"
    return False
