"""What a notebook shows, tables for pandas and xarray, and atoms of ASE."""

from __future__ import annotations

import base64
import re
import sys
from io import BytesIO
from types import SimpleNamespace

import numpy as np
import pandas
import pytest
from ase import Atoms
from ase.calculators.calculator import PropertyNotImplementedError
from PIL import Image

import xanesview
from xanesview import notebook
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError

CO = Atoms("CO", [(0.0, 0.0, 0.0), (0.0, 0.0, 1.128)])


@pytest.fixture(scope="module")
def carbon_monoxide():
    return xanesview.from_ase(CO).predict("C K")


class Formatter:
    """As much of IPython's as types are told to."""

    def __init__(self) -> None:
        self.shown = {}

    def for_type_by_name(self, module, name, shown):
        self.shown[f"{module}.{name}"] = shown


@pytest.fixture
def formatters(monkeypatch):
    found = {"image/png": Formatter(), "text/html": Formatter()}
    shell = SimpleNamespace(display_formatter=SimpleNamespace(formatters=found))
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
        notebook.register()
    return found


def shown(formatters, kind, value):
    of = type(value)
    return formatters[kind].shown[f"{of.__module__}.{of.__qualname__}"](value)


def picture(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(content)).convert("RGB"))


def test_ipython_is_told_of_what_exists(formatters, carbon_monoxide):
    structure = carbon_monoxide.structure
    assert picture(shown(formatters, "image/png", structure)).std() > 5, "the atoms are drawn"
    assert picture(shown(formatters, "image/png", carbon_monoxide.spectrum())).std() > 5
    html = shown(formatters, "text/html", carbon_monoxide)
    images = [picture(base64.b64decode(one)) for one in re.findall(r"base64,([^\"]+)", html)]
    assert len(images) == 2
    assert "C K, 1 site" in html
    assert all(notice.message.split("<")[0][:20] in html for notice in carbon_monoxide.prediction.notices)
    assert "<img" in shown(formatters, "text/html", xanesview.from_ase(CO))


def test_without_ipython_nothing_happens(monkeypatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    notebook.register()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: None))
    notebook.register()


def test_a_machine_that_cannot_draw_leaves_the_text(formatters, monkeypatch, carbon_monoxide):
    def cannot(*_arguments, **_how):
        raise XanesviewError("This machine can't draw <3D>.")

    monkeypatch.setattr("xanesview.drawing3d.pictures.picture", cannot)
    assert shown(formatters, "image/png", carbon_monoxide.structure) is None
    assert "can&#x27;t draw &lt;3D&gt;" in shown(formatters, "text/html", carbon_monoxide)


def test_names_of_structures_are_no_html(formatters):
    named = xanesview.from_ase(Atoms("He", info={"name": "<script>alert(1)</script>"}))
    assert "<script>" not in shown(formatters, "text/html", named)


def test_short_words_for_terminals(carbon_monoxide):
    assert repr(carbon_monoxide).startswith("<Predicted C K of CO: 1 site, ")
    assert repr(xanesview.from_ase(CO)) == "<Opened CO: CO>"


def test_spectra_become_columns_over_the_first_ones_energies():
    first = Spectrum([1.0, 2.0, 3.0], [0.0, 1.0, 4.0], unit="Mb", label="film")
    second = Spectrum([1.5, 2.5], [1.0, 3.0], label="film")
    table = xanesview.to_pandas([first, second])
    assert isinstance(table, pandas.DataFrame)
    assert list(table.columns) == ["film", "film (2)"]
    assert table.index.name == "energy_ev"
    assert table.attrs["unit"] == "Mb"
    np.testing.assert_allclose(table["film"], [0.0, 1.0, 4.0])
    np.testing.assert_allclose(table["film (2)"], [np.nan, 2.0, np.nan])
    assert list(xanesview.to_pandas(first).columns) == ["film"]
    with pytest.raises(XanesviewError, match="no spectra"):
        xanesview.to_pandas([])


def test_tensors_become_labelled_arrays(carbon_monoxide):
    found = xanesview.to_xarray(carbon_monoxide)
    tensor = carbon_monoxide.tensor
    along_z = found.absorption.sel(site=0, component="zz")
    np.testing.assert_allclose(along_z, carbon_monoxide.spectrum((0, 0, 1)).intensity, atol=1e-12)
    assert found.attrs["edge"] == "C K"
    assert found.attrs["unit"] == tensor.unit
    np.testing.assert_allclose(found.e0_ev, tensor.ip_ev)


@pytest.mark.parametrize(("table", "package"), [("to_pandas", "pandas"), ("to_xarray", "xarray")])
def test_a_missing_package_is_named_with_what_installs_it(carbon_monoxide, monkeypatch, table, package):
    monkeypatch.setitem(sys.modules, package, None)
    of = carbon_monoxide if table == "to_xarray" else carbon_monoxide.spectrum()
    with pytest.raises(XanesviewError, match=f"needs the package {package}") as caught:
        getattr(xanesview, table)(of)
    assert "xanesview[notebook]" in caught.value.hint


def test_a_calculator_predicts_again_only_where_atoms_have_changed(carbon_monoxide):
    atoms = CO.copy()
    atoms.calc = xanesview.calculator("C K")
    spectrum = atoms.calc.get_spectrum(atoms, theta=20)
    np.testing.assert_allclose(spectrum.intensity, carbon_monoxide.spectrum(theta=20).intensity, atol=1e-9)
    before = atoms.calc.predicted
    assert atoms.calc.get_predicted(atoms) is before
    np.testing.assert_array_equal(atoms.calc.get_property("sites", atoms), [0])
    assert atoms.calc.get_property("absorption_tensor", atoms).shape == before.tensor.components.shape
    atoms.positions[1, 2] += 0.1
    assert atoms.calc.get_predicted(atoms) is not before
    turned = atoms.copy()
    turned.rotate(90, "x", rotate_cell=False)
    np.testing.assert_allclose(
        atoms.calc.get_spectrum(turned, (0, 1, 0)).intensity, atoms.calc.get_spectrum(atoms, (0, 0, 1)).intensity,
        atol=1e-4,
    )  # fmt: skip
    with pytest.raises(PropertyNotImplementedError):
        atoms.get_potential_energy()


def test_atoms_of_ase_are_checked_as_files_are():
    crystal = xanesview.from_ase(Atoms("Fe2", [(0, 0, 0), (1.43, 1.43, 1.43)], cell=[2.87] * 3, pbc=True)).structure
    assert crystal.pbc.all()
    np.testing.assert_allclose(np.diag(crystal.cell_angstrom), 2.87)
    charged = Atoms("OH", [(0, 0, 0), (0, 0, 0.97)])
    charged.set_initial_charges([-0.9, -0.1])
    assert xanesview.from_ase(charged).structure.charge == -1
    surface = Atoms("C", cell=[[2.46, 0, 0], [-1.23, 2.13, 0], [0, 0, 0]], pbc=[True, True, False])
    assert abs(np.linalg.det(xanesview.from_ase(surface).structure.cell_angstrom)) > 0
    with pytest.raises(XanesviewError, match="no atoms"):
        xanesview.from_ase(Atoms())
    with pytest.raises(XanesviewError):
        xanesview.from_ase(Atoms("CC", [(0, 0, 0), (0, 0, 0)]))
