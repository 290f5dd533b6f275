"""Images and series as other programs write them, made of known spectra."""

import h5py
import numpy as np

ENERGY_EV = np.arange(280.0, 310.0, 0.25)


def peaks(*places, energy=ENERGY_EV, width=1.0):
    """Return a spectrum with lines at some energies and an edge step at 291 eV."""
    lines = sum(np.exp(-4.0 * np.log(2.0) * ((energy - at) / width) ** 2) for at in places)
    return lines + 0.4 * (0.5 + np.arctan(2.0 * (energy - 291.0) / 4.0) / np.pi)


FIRST, SECOND = peaks(285.0, 293.0), peaks(287.6, 296.0)


def shares(shape, seed=1):
    """Return how much of the first spectrum there is in each pixel."""
    return np.random.default_rng(seed).random(shape)


def cube(shape=(4, 5), noise=0.0, seed=1):
    """Return spectra (…, E) of pixels that are mixtures of two."""
    share = shares(shape, seed)[..., None]
    values = share * FIRST + (1.0 - share) * SECOND
    return values + noise * np.random.default_rng(seed + 1).standard_normal(values.shape)


def write_nexus_image(path, values=None, energy_first=True, unit="eV", chunks=None, energy=ENERGY_EV):
    """Write an image (rows, columns, E) as a microscope does: an NXdata, the energy first."""
    values = cube() if values is None else values
    data = np.moveaxis(values, -1, 0) if energy_first else values
    with h5py.File(path, "w") as file:
        entry = file.create_group("entry1")
        entry.attrs["NX_class"] = "NXentry"
        entry["title"] = "grains"
        plot = entry.create_group("counter0")
        plot.attrs["NX_class"] = "NXdata"
        plot.attrs["signal"] = "data"
        plot.attrs["axes"] = ["energy", "sample_y", "sample_x"] if energy_first else ["sample_y", "sample_x", "energy"]
        plot.create_dataset("data", data=data, chunks=chunks, compression="gzip" if chunks else None)
        plot.create_dataset("energy", data=energy / (1000.0 if unit == "keV" else 1.0)).attrs["units"] = unit
        for name, n in (("sample_y", values.shape[0]), ("sample_x", values.shape[1])):
            plot.create_dataset(name, data=10.0 + 0.5 * np.arange(n)).attrs["units"] = "um"
    return path


def write_nexus_series(path, values=None, energy=ENERGY_EV):
    """Write a series (times, E) as an NXdata."""
    values = cube((9,)) if values is None else values
    with h5py.File(path, "w") as file:
        plot = file.create_group("entry/data")
        file["entry"].attrs["NX_class"] = "NXentry"
        plot.attrs.update({"NX_class": "NXdata", "signal": "absorption", "axes": ["time", "energy"]})
        plot["absorption"] = values
        plot.create_dataset("energy", data=energy).attrs["units"] = "eV"
        plot.create_dataset("time", data=30.0 * np.arange(len(values))).attrs["units"] = "s"
    return path


def write_hyperspy(path, values=None, array_axis=False, units="eV", name="__unnamed__"):
    """Write spectra (…, E) as HyperSpy does: evenly spaced axes, or the energies as an array."""
    values = cube() if values is None else values
    with h5py.File(path, "w") as file:
        file.attrs["file_format"], file.attrs["file_format_version"] = "HyperSpy", "3.3"
        group = file.create_group(f"Experiments/{name}")
        group.create_dataset("data", data=values)
        group.create_group("metadata/General").attrs["title"] = "core loss"
        group.create_group("original_metadata")
        for k, n in enumerate(values.shape):
            axis = group.create_group(f"axis-{k}")
            is_energy = k == values.ndim - 1
            axis.attrs["navigate"] = not is_energy
            axis.attrs["name"] = "Energy loss" if is_energy else "yx"[k] if values.ndim == 3 else "time"
            axis.attrs["units"] = units if is_energy else "nm" if values.ndim == 3 else "s"
            if is_energy and array_axis:
                axis.attrs["_type"] = "DataAxis"
                axis.create_dataset("axis", data=ENERGY_EV)
            else:
                axis.attrs.update({"_type": "UniformDataAxis", "size": n})
                axis.attrs["offset"] = ENERGY_EV[0] if is_energy else 0.0
                axis.attrs["scale"] = 0.25 if is_energy else 0.1
    return path
