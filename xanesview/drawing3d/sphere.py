"""The unit sphere as triangles of nearly one size: a subdivided icosahedron."""

from __future__ import annotations

from functools import lru_cache

import numpy as np


@lru_cache(maxsize=8)
def icosphere(level: int) -> tuple[np.ndarray, np.ndarray]:
    """Return directions (V, 3) and triangles (T, 3), counter-clockwise seen from outside; V = 10·4^level + 2."""
    golden = (1.0 + 5.0**0.5) / 2.0
    points = [
        vector
        for a in (-1.0, 1.0)
        for b in (-golden, golden)
        for vector in ((0.0, a, b), (a, b, 0.0), (b, 0.0, a))
    ]
    corners = np.array(points)
    gaps = np.linalg.norm(corners[:, None] - corners[None, :], axis=-1)
    near = (gaps > 0.1) & (gaps < 2.1)
    triangles = [
        (i, j, k)
        for i in range(12)
        for j in range(i + 1, 12)
        for k in range(j + 1, 12)
        if near[i, j] and near[j, k] and near[i, k]
    ]
    faces = np.array([
        (i, j, k) if np.linalg.det(corners[[i, j, k]]) > 0.0 else (i, k, j) for i, j, k in triangles
    ])  # fmt: skip
    vertices = corners / np.linalg.norm(corners, axis=1, keepdims=True)
    for _ in range(level):
        vertices, faces = subdivided(vertices, faces)
    for array in (vertices, faces):
        array.setflags(write=False)
    return vertices, faces


def subdivided(vertices: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each triangle as four, with the middles of its sides on the sphere.

    Parameters
    ----------
    vertices : (V, 3) directions
    faces : (T, 3) triangles

    Returns
    -------
    (V + M, 3) directions, those that come new last, and (4T, 3) triangles
    """
    sides = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    unique, which = np.unique(sides, axis=0, return_inverse=True)
    middles = vertices[unique].sum(axis=1)
    middles /= np.linalg.norm(middles, axis=1, keepdims=True)
    ab, bc, ca = (len(vertices) + which.reshape(3, -1)).astype(faces.dtype)
    a, b, c = faces.T
    new = [np.stack(corners, axis=1) for corners in ((a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca))]
    return np.vstack([vertices, middles]), np.concatenate(new)
