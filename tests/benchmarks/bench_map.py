"""How long a spectrum image takes: reading it from its file, taking it apart, and reading properties of its pixels.

    python tests/benchmarks/bench_map.py [--size 256] [--energies 500] [--components 5] [--properties]

Written to a folder that is thrown away: float32, packed by gzip in chunks of one energy as microscopes do, and plain.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from time import perf_counter

import h5py
import numpy as np

from xanesview.domain.images.combination import combine
from xanesview.domain.images.design import CombineChoices
from xanesview.domain.spectrum import Spectrum
from xanesview.io.images.maps_file import write_maps
from xanesview.io.images.registry import read_image


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--energies", type=int, default=500)
    parser.add_argument("--components", type=int, default=5)
    parser.add_argument("--properties", action="store_true")
    asked = parser.parse_args()
    energy = np.linspace(280.0, 310.0, asked.energies)
    chance = np.random.default_rng(1)
    curves = [_curve(energy, chance) for _ in range(asked.components)]
    components = [Spectrum(energy, one, label=f"{k}") for k, one in enumerate(curves)]
    share = chance.dirichlet(np.full(asked.components, 0.5), (asked.size, asked.size)).astype(np.float32)
    values = share @ np.array(curves, np.float32)
    values += 0.02 * chance.standard_normal(values.shape, dtype=np.float32)
    size = f"{asked.size} × {asked.size} × {asked.energies}"
    print(f"{size}, {asked.components} components, {values.nbytes / 1e6:.0f} MB")
    choices = CombineChoices(area=False, step=True, largest_shift_ev=1.0)
    with tempfile.TemporaryDirectory() as folder:
        for name, packed in (("plain, energy last", False), ("gzip, energy first", True)):
            path = Path(folder) / "image.h5"
            _write(path, energy, values, packed)
            begun = perf_counter()
            image = read_image(path)
            opened = perf_counter()
            maps = combine(image, components, choices)
            done = perf_counter()
            error = np.abs(np.stack([maps[f"fraction_{k + 1}"].values for k in range(asked.components)], -1) - share)
            print(f"{name}: opened {opened - begun:.2f} s, fitted {done - opened:.2f} s, error {error.mean():.4f}, "
                  f"shift {maps.facts['shift_ev']} eV")  # fmt: skip
            for ending in ("h5", "csv", "tif"):
                begun = perf_counter()
                write_maps(Path(folder) / f"maps.{ending}", maps)
                print(f"  written as {ending}: {perf_counter() - begun:.2f} s")
        if asked.properties:
            from xanesview.inference.property_maps import property_maps
            from xanesview.inference.property_reader import load_property_reader

            reader = load_property_reader()
            begun = perf_counter()
            property_maps(read_image(path), reader)
            print(f"properties: {perf_counter() - begun:.2f} s")


def _curve(energy: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    places, heights = 284.5 + 6.0 * chance.random(4), chance.random(4)
    lines = sum(h * np.exp(-(((energy - at) / 0.6) ** 2)) for at, h in zip(places, heights, strict=True))
    broad = np.exp(-(((energy - 293.0 - 4.0 * chance.random()) / 4.0) ** 2))
    return lines + broad / (1.0 + np.exp(-2.0 * (energy - 287.0)))


def _write(path: Path, energy: np.ndarray, values: np.ndarray, packed: bool) -> None:
    with h5py.File(path, "w") as file:
        plot = file.create_group("data")
        axes = ["energy", "y", "x"] if packed else ["y", "x", "energy"]
        plot.attrs.update({"NX_class": "NXdata", "signal": "signal", "axes": axes})
        if packed:
            data = np.ascontiguousarray(np.moveaxis(values, -1, 0))
            plot.create_dataset("signal", data=data, chunks=(1, *data.shape[1:]), compression="gzip")
        else:
            plot["signal"] = values
        plot.create_dataset("energy", data=energy).attrs["units"] = "eV"


if __name__ == "__main__":
    main()
