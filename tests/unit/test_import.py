"""Importing xanesview is light: neither Qt nor torch, so that the command line answers at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("PySide6", "shiboken6", "pyqtgraph", "pyvista", "vtkmodules", "torch", "torch_geometric", "e3nn", "matplotlib")
LIGHT_MODULES = [
    "xanesview",
    "xanesview.errors",
    "xanesview.paths",
    "xanesview.domain",
    "xanesview.io",
    "xanesview.networks",
    "xanesview.networks.card",
    "xanesview.training",
    "xanesview.inference",
    "xanesview.inference.predictor",
    "xanesview.gui",
    "xanesview.cli",
    "xanesview.cli.main",
    "xanesview.cli.render",
    "xanesview.drawing3d",
    "xanesview.drawing3d.drawing",
    "xanesview.drawing3d.export",
]


def _loaded_by(statement: str) -> set[str]:
    """Return the names of all modules that a fresh interpreter holds after a statement."""
    code = f"import sys; {statement}; print(*sys.modules)"
    environment = dict(os.environ, PYTHONPATH=str(ROOT))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize("module", LIGHT_MODULES)
def test_importing_loads_neither_qt_nor_torch(module):
    loaded = _loaded_by(f"import {module}")
    assert module in loaded
    assert sorted(loaded & set(HEAVY)) == []


def test_the_window_and_its_3d_view_do_without_pyvista():
    view = "xanesview.gui.view3d.view, xanesview.gui.view3d.canvas, xanesview.drawing3d.scene_actors"
    loaded = _loaded_by(f"import xanesview.gui.main_window, xanesview.gui.actions.exporting, {view}")
    assert "vtkmodules" in loaded
    assert sorted(loaded & {"pyvista", "pyvistaqt", "matplotlib", "torch"}) == []


def test_meshes_do_without_pyvista_s_plotting():
    loaded = _loaded_by("import xanesview.drawing3d.gltf, xanesview.drawing3d.page")
    assert "pyvista" in loaded
    assert "pyvista.plotting" not in loaded


def test_importing_the_package_loads_no_numpy_either():
    assert "numpy" not in _loaded_by("import xanesview")


def test_a_prediction_waits_for_no_package_of_training():
    asked = [
        (name, example, site)
        for example, site, names in (
            ("acetonitrile", 1, ("c_k_edge_tensor", "c_k_edge_isd_painn", "c_k_edge_xane3", "c_k_edge_xanesnet")),
            ("magnetite_001", 0, ("fe_k_edge_tensor",)),  # with a kernel regression
        )
        for name in names
    ]
    loaded = _loaded_by(
        "from xanesview.inference.predictor import load_predictor; from xanesview.io.examples import load_example; "
        f"[load_predictor(n, 'cpu').predict(load_example(e), [s]) for n, e, s in {asked}]"
    )
    assert "xanesview.networks.absorption_tensor.density_kernel" in loaded
    assert sorted(loaded & {"e3nn", "torch_geometric", "lightning"}) == []


def test_the_measure_sees_what_it_is_made_to_see():
    assert "torch" in _loaded_by("import types; sys.modules['torch'] = types.ModuleType('torch')")
