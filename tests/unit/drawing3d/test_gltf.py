"""Scene files: read back as glTF, they are the structure."""

from __future__ import annotations

import base64
import json
import struct
from pathlib import Path

import numpy as np
import pytest
import pyvista

from tests.unit.drawing3d.conftest import SIZE
from xanesview.domain.geometry.polarisation import PartialPolarisation, Unpolarised
from xanesview.domain.structure import Structure
from xanesview.drawing3d.drawing import Drawing, drawing_of
from xanesview.drawing3d.gltf import glb, gltf_document, write_glb, write_gltf
from xanesview.drawing3d.meshes import RING_BEYOND_ANGSTROM, pieces
from xanesview.gui.appearance.palette import LIGHT

_WIDTHS = {5126: ("<f4", 4), 5123: ("<u2", 2), 5125: ("<u4", 4)}
_COMPONENTS = {"VEC3": 3, "SCALAR": 1}


def opened(binary: bytes) -> tuple[dict, bytes]:
    """Return document and buffer of binary glTF, as its specification lays them out."""
    magic, version, length = struct.unpack_from("<4sII", binary)
    assert (magic, version, length) == (b"glTF", 2, len(binary))
    size, kind = struct.unpack_from("<I4s", binary, 12)
    assert kind == b"JSON"
    assert size % 4 == 0
    data_size, data_kind = struct.unpack_from("<I4s", binary, 20 + size)
    assert data_kind == b"BIN\0"
    assert 28 + size + data_size == len(binary)
    return json.loads(binary[20 : 20 + size]), binary[28 + size :]


def values(document: dict, data: bytes, number: int) -> np.ndarray:
    """Return what an accessor refers to."""
    accessor = document["accessors"][number]
    view = document["bufferViews"][accessor["bufferView"]]
    kind, width = _WIDTHS[accessor["componentType"]]
    count = accessor["count"] * _COMPONENTS[accessor["type"]]
    assert view["byteOffset"] % 4 == 0
    assert view["byteLength"] == count * width
    assert view["byteOffset"] + view["byteLength"] <= document["buffers"][0]["byteLength"]
    return np.frombuffer(data, kind, count, view["byteOffset"]).reshape(accessor["count"], -1)


def group(document: dict, name: str) -> list[dict]:
    """Return the nodes below the node of that name."""
    nodes = document["nodes"]
    return [nodes[k] for node in nodes if node["name"] == name for k in node["children"]]


def test_there_is_a_node_for_each_atom_where_the_structure_has_it(drawing: Drawing) -> None:
    document, _ = opened(glb(drawing))
    atoms = group(document, "atoms")
    assert [node["name"] for node in atoms] == [f"C{k}" for k in range(6)] + [f"H{k}" for k in range(6, 12)]
    places = np.array([node["translation"] for node in atoms])
    assert places == pytest.approx(drawing.shapes.positions_angstrom)
    assert [node["scale"][0] for node in atoms] == pytest.approx(drawing.shapes.radii_angstrom)
    assert len({node["mesh"] for node in atoms}) == 2  # one mesh an element
    root = document["nodes"][document["scenes"][0]["nodes"][0]]
    assert root["name"] == "Benzene"
    names = [document["nodes"][k]["name"] for k in root["children"]]
    assert names == ["atoms", "bonds", "polarisation", "sites", "view"]


@pytest.mark.parametrize("ending", ["glb", "gltf"])
def test_an_independent_reader_finds_the_structure_s_extent_with_y_upwards(
    rutile_slab: Structure, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"slab.{ending}"
    drawing = drawing_of(rutile_slab, LIGHT, SIZE)
    (write_glb if ending == "glb" else write_gltf)(drawing, path)
    read = pyvista.read(path)
    low, high = np.array(read.bounds).reshape(3, 2).T
    corners = np.vstack(
        [
            drawing.shapes.positions_angstrom - drawing.shapes.radii_angstrom[:, None],
            drawing.shapes.positions_angstrom + drawing.shapes.radii_angstrom[:, None],
            drawing.shapes.cell_edges.reshape(-1, 3),
            *[stick[None] for stick in drawing.shapes.sticks[1]],
        ]
    )
    expected = np.stack([corners.min(axis=0), corners.max(axis=0)])
    assert low == pytest.approx([expected[0, 0], expected[0, 2], -expected[1, 1]], abs=0.15)
    assert high == pytest.approx([expected[1, 0], expected[1, 2], -expected[0, 1]], abs=0.15)


def test_the_arrays_are_closed_surfaces_whose_normals_point_outwards(rutile_slab: Structure) -> None:
    geometry = PartialPolarisation((0.0, 0.6, 0.8), 0.7)
    document, data = opened(glb(drawing_of(rutile_slab, LIGHT, SIZE, geometry=geometry, rings={0: LIGHT.curves[0]})))
    inside_out = {node["mesh"] for node in group(document, "sites")}
    for number, mesh in enumerate(document["meshes"]):
        primitive = mesh["primitives"][0]
        points = values(document, data, primitive["attributes"]["POSITION"])
        normals = values(document, data, primitive["attributes"]["NORMAL"])
        corners = values(document, data, primitive["indices"]).reshape(-1, 3)
        accessor = document["accessors"][primitive["attributes"]["POSITION"]]
        assert points.min(axis=0) == pytest.approx(accessor["min"])
        assert points.max(axis=0) == pytest.approx(accessor["max"])
        assert np.linalg.norm(normals, axis=1) == pytest.approx(1.0, abs=1e-3)
        assert corners.max() < len(points)
        a, b, c = (points[corners[:, k]].astype(float) for k in range(3))
        facing = np.cross(b - a, c - a)
        assert (np.einsum("ij,ij->i", facing, normals[corners[:, 0]]) > 0).mean() > 0.99
        volume = np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6
        assert (volume < 0) == (number in inside_out)
    scale = group(document, "sites")[0]["scale"][0]
    assert scale == pytest.approx(group(document, "atoms")[0]["scale"][0] + RING_BEYOND_ANGSTROM)


def test_meshes_that_differ_are_never_taken_for_one_another(rutile_slab: Structure) -> None:
    drawing = drawing_of(rutile_slab, LIGHT, SIZE, geometry=Unpolarised((0.0, 0.0, 1.0)))
    document, data = opened(glb(drawing))
    nodes = {node["name"]: node for node in document["nodes"] if "mesh" in node}
    for piece in pieces(drawing):
        primitive = document["meshes"][nodes[piece.name]["mesh"]]["primitives"][0]
        points = values(document, data, primitive["attributes"]["POSITION"])
        assert np.array_equal(points, np.asarray(piece.mesh.points, np.float32)), piece.name


def test_colours_are_linear_and_the_disc_can_be_seen_through(benzene: Structure) -> None:
    geometry = Unpolarised((0.0, 0.0, 1.0))
    document, _ = gltf_document(drawing_of(benzene, LIGHT, SIZE, geometry=geometry))

    def material(name: str) -> dict:
        node = next(node for node in document["nodes"] if node["name"] == name)
        return document["materials"][document["meshes"][node["mesh"]]["primitives"][0]["material"]]

    base = material("head")["pbrMetallicRoughness"]["baseColorFactor"]
    accent = np.array([int(LIGHT.accent[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    assert np.array(base[:3]) ** (1 / 2.2) == pytest.approx(accent, abs=0.03)  # about what sRGB's curve does
    assert base[3] == 1.0
    assert material("disc")["alphaMode"] == "BLEND"
    assert material("disc")["pbrMetallicRoughness"]["baseColorFactor"][3] < 0.6
    assert "alphaMode" not in material("C0")
    assert document["extensionsUsed"] == ["KHR_materials_unlit"]


def test_the_camera_stands_where_the_view_s_does(drawing: Drawing) -> None:
    document, _ = gltf_document(drawing)
    node = next(node for node in document["nodes"] if node["name"] == "view")
    matrix = np.array(node["matrix"]).reshape(4, 4).T
    assert matrix[:3, 3] == pytest.approx(drawing.camera.position_angstrom)
    assert matrix[:3, 2] == pytest.approx(drawing.camera.rotation[2])
    lens = document["cameras"][node["camera"]]["perspective"]
    assert lens["aspectRatio"] == pytest.approx(4 / 3)
    depth = np.linalg.norm(drawing.camera.position_angstrom - drawing.shapes.structure.centre_angstrom)
    assert lens["znear"] < depth < lens["zfar"]


def test_text_and_binary_hold_the_same(drawing: Drawing, tmp_path: Path) -> None:
    write_gltf(drawing, tmp_path / "scene.gltf")
    text = json.loads((tmp_path / "scene.gltf").read_text(encoding="utf-8"))
    document, data = opened(glb(drawing))
    head, _, encoded = text["buffers"][0].pop("uri").partition(",")
    assert head == "data:application/octet-stream;base64"
    assert base64.b64decode(encoded) == data[: text["buffers"][0]["byteLength"]]
    assert text == document
    assert text["asset"]["extras"]["unit"] == "angstrom"


def test_a_lone_atom_without_bonds_or_cell_is_a_scene_too(tmp_path: Path) -> None:
    alone = Structure(numbers=[2], positions_angstrom=[[1, 2, 3]], cell_angstrom=np.zeros((3, 3)), pbc=[False] * 3)
    write_glb(drawing_of(alone, LIGHT, SIZE), tmp_path / "helium.glb")
    assert pyvista.read(tmp_path / "helium.glb").bounds[2:4] == pytest.approx((3 - 0.26, 3 + 0.26), abs=0.03)
