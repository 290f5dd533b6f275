"""The scene as glTF 2.0 (Khronos, ISO/IEC 12113), which 3D viewers, browsers and modelling programs open.

One unit is one ångström, not the metre of the format: at 1e-10 no viewer would find a molecule. z points upwards in
the scene and y in glTF, so a root node turns it; below that, positions are those of the structure.
"""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyvista

from xanesview.domain.file_names import writable
from xanesview.drawing3d.camera import VIEW_ANGLE_DEG
from xanesview.drawing3d.drawing import Drawing
from xanesview.drawing3d.framing import depths_of
from xanesview.drawing3d.meshes import Piece, pieces
from xanesview.io.atomic import write_bytes, write_text
from xanesview.version import __version__

_FLOAT, _UINT16, _UINT32 = 5126, 5123, 5125
_VERTICES, _TRIANGLES = 34962, 34963
_Z_UP_TO_Y_UP = [-(0.5**0.5), 0.0, 0.0, 0.5**0.5]  # a quaternion: −90° about x
_ARROW_GLOW = 0.30  # of the arrow's colour, so that it stays the loudest in the shade, too


class _Document:
    """A glTF document being put together: what is shared is written once."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.json: dict[str, list] = {
            name: [] for name in ("nodes", "meshes", "materials", "accessors", "bufferViews", "cameras")
        }
        # by identity, so each mesh is kept: a new one might take the place of one that is gone
        self._buffers: dict[int, tuple[pyvista.PolyData, dict[str, int]]] = {}
        self._materials: dict[tuple, int] = {}
        self._meshes: dict[tuple[int, int], int] = {}

    def node(self, **fields: object) -> int:
        """Add a node; return its number."""
        return self._add("nodes", fields)

    def mesh(self, piece: Piece) -> int:
        """Return the number of a piece's mesh in its material."""
        material = self._material(piece)
        key = (id(piece.mesh), material)
        if key not in self._meshes:
            if id(piece.mesh) not in self._buffers:
                self._buffers[id(piece.mesh)] = (piece.mesh, self._written(piece.mesh))
            written = self._buffers[id(piece.mesh)][1]
            primitive = {
                "attributes": {"POSITION": written["points"], "NORMAL": written["normals"]},
                "indices": written["indices"],
                "material": material,
            }
            self._meshes[key] = self._add("meshes", {"primitives": [primitive]})
        return self._meshes[key]

    def camera(self, drawing: Drawing) -> int:
        """Add the camera that a drawing is seen with; return its node's number."""
        camera = drawing.camera
        depths = depths_of(camera, drawing.shapes, drawing.arrow)
        lens = {
            "yfov": float(np.radians(VIEW_ANGLE_DEG)),
            "aspectRatio": camera.width / camera.height,
            "znear": depths.near,
            "zfar": depths.far,
        }
        matrix = np.eye(4)
        matrix[:3, :3] = camera.rotation.T
        matrix[:3, 3] = camera.position_angstrom
        number = self._add("cameras", {"type": "perspective", "perspective": lens})
        return self.node(name="view", camera=number, matrix=matrix.T.ravel().tolist())

    def _add(self, kind: str, entry: dict) -> int:
        self.json[kind].append(entry)
        return len(self.json[kind]) - 1

    def _written(self, mesh: pyvista.PolyData) -> dict[str, int]:
        """Write a mesh's arrays; return the numbers of their accessors."""
        points = np.asarray(mesh.points, np.float32)
        faces = mesh.regular_faces
        kind, width = (_UINT16, np.uint16) if len(points) < 65535 else (_UINT32, np.uint32)
        extent = {"min": points.min(axis=0).tolist(), "max": points.max(axis=0).tolist()}
        normals = np.asarray(mesh.point_data.active_normals, np.float32)
        return {
            "points": self._accessor(points, _FLOAT, "VEC3", _VERTICES, **extent),
            "normals": self._accessor(normals, _FLOAT, "VEC3", _VERTICES),
            "indices": self._accessor(faces.ravel().astype(width), kind, "SCALAR", _TRIANGLES),
        }

    def _accessor(self, values: np.ndarray, component: int, shape: str, target: int, **extent: list[float]) -> int:
        self.data += b"\0" * (-len(self.data) % 4)
        view = {"buffer": 0, "byteOffset": len(self.data), "byteLength": values.nbytes, "target": target}
        self.data += np.ascontiguousarray(values).tobytes()
        number = self._add("bufferViews", view)
        entry = {"bufferView": number, "componentType": component, "count": len(values), "type": shape, **extent}
        return self._add("accessors", entry)

    def _material(self, piece: Piece) -> int:
        arrow = piece.group == "polarisation"
        key = (piece.colour, piece.opacity, piece.lit, arrow)
        if key not in self._materials:
            linear = [_linear(channel / 255) for channel in piece.colour]
            surface = {"baseColorFactor": [*linear, piece.opacity], "metallicFactor": 0.0, "roughnessFactor": 0.55}
            entry: dict[str, object] = {"pbrMetallicRoughness": surface}
            if piece.opacity < 1.0:
                entry["alphaMode"] = "BLEND"
            if not piece.lit:
                entry["extensions"] = {"KHR_materials_unlit": {}}
            elif arrow:
                entry["emissiveFactor"] = [_ARROW_GLOW * channel for channel in linear]
            self._materials[key] = self._add("materials", entry)
        return self._materials[key]


def gltf_document(drawing: Drawing) -> tuple[dict, bytes]:
    """Return a drawing as a glTF document and the buffer that it refers to.

    A node for each atom, named by element and index; the sticks of one colour are one; further ones for the cell, the
    surface normal, the parts of the arrow, the rings and the camera, each group below a node of its own.
    """
    document = _Document()
    groups: dict[str, list[int]] = {}
    for piece in pieces(drawing):
        groups.setdefault(piece.group, []).append(document.node(name=piece.name, mesh=document.mesh(piece)))
        if piece.matrix is not None:
            document.json["nodes"][-1] |= _placing(piece.matrix)
    children = [document.node(name=group, children=nodes) for group, nodes in groups.items()]
    children.append(document.camera(drawing))
    root = document.node(name=drawing.title, rotation=_Z_UP_TO_Y_UP, children=children)
    entries = {kind: values for kind, values in document.json.items() if values}
    found = {
        "asset": {
            "version": "2.0",
            "generator": f"xanesview {__version__}",
            "extras": {"unit": "angstrom", "title": drawing.title, "caption": drawing.caption, **drawing.facts},
        },
        "scene": 0,
        "scenes": [{"name": drawing.title, "nodes": [root]}],
        **entries,
        "buffers": [{"byteLength": len(document.data)}],
    }
    if any("extensions" in material for material in document.json["materials"]):
        found["extensionsUsed"] = ["KHR_materials_unlit"]
    return found, bytes(document.data)


def glb(drawing: Drawing) -> bytes:
    """Return a drawing as a binary glTF file: the document and its buffer in one."""
    document, data = gltf_document(drawing)
    text = writable(json.dumps(document, separators=(",", ":"), ensure_ascii=False)).encode()
    chunks = [_chunk(b"JSON", text, b" "), _chunk(b"BIN\0", data, b"\0")]
    return struct.pack("<4sII", b"glTF", 2, 12 + sum(map(len, chunks))) + b"".join(chunks)


def write_glb(drawing: Drawing, path: Path) -> None:
    """Write a drawing as binary glTF."""
    write_bytes(path, glb(drawing))


def write_gltf(drawing: Drawing, path: Path) -> None:
    """Write a drawing as glTF in text, its buffer within."""
    document, data = gltf_document(drawing)
    document["buffers"][0]["uri"] = "data:application/octet-stream;base64," + base64.b64encode(data).decode()
    write_text(path, json.dumps(document, ensure_ascii=False, indent=1))


def _chunk(kind: bytes, content: bytes, padding: bytes) -> bytes:
    content += padding * (-len(content) % 4)
    return struct.pack("<I4s", len(content), kind) + content


def _placing(matrix: np.ndarray) -> dict[str, Iterable[float]]:
    """Return what places a node: translation and scale where it isn't turned, as for all atoms, else a matrix."""
    scales = np.diag(matrix)[:3]
    if np.allclose(matrix[:3, :3], np.diag(scales)):
        return {"translation": matrix[:3, 3].tolist(), "scale": scales.tolist()}
    return {"matrix": matrix.T.ravel().tolist()}


def _linear(channel: float) -> float:
    """Return a channel of sRGB (IEC 61966-2-1), 0 to 1, as the linear one that glTF asks for."""
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
