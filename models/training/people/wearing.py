"""Triangles and normals of a body, and strands that follow its skin from pose to pose."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .assets import BASE_MESH, read_obj
from .body import Body, Pose
from .regions import Frame
from .strands import Skull, Style, grow, mirrored, unit


def triangles_of(body: Body) -> np.ndarray:
    """Of the skin that is drawn, [n, 3]."""
    faces = read_obj(BASE_MESH).faces
    rows = [corner for i in body.skin_faces for corner in ((0, 1, 2), (0, 2, 3))[: len(faces[i]) - 2]]
    which = [i for i in body.skin_faces for _ in range(len(faces[i]) - 2)]
    return np.array([[faces[i][k] for k in row] for i, row in zip(which, rows, strict=True)])


def normals_of(vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Area-weighted, of vertices [n, 3]."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    total = np.zeros_like(vertices)
    for k in range(3):
        np.add.at(total, triangles[:, k], np.cross(b - a, c - a))
    return unit(total)


@dataclass
class Strands:
    """Strands that are carried by the triangles that they grow on."""

    body: Body
    corners: np.ndarray
    """[strands, 3] vertices of each root's triangle"""
    shares: np.ndarray
    """[strands, 3] of its corners"""
    local: np.ndarray
    """[strands, steps, 3] from the root, in the frame of the triangle at rest"""

    @property
    def steps(self) -> int:
        return self.local.shape[1]

    def points(self, pose: Pose) -> np.ndarray:
        vertices = self.body.posed(pose)
        root = np.einsum("nk,nkx->nx", self.shares, vertices[self.corners])
        world = np.einsum("nsk,nkx->nsx", self.local, _frames(vertices, self.corners))
        return (root[:, None] + world).reshape(-1, 3)


def _frames(vertices: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Tangent, bitangent, normal of triangles: [n, 3 (axis), 3]."""
    a, b, c = (vertices[corners[:, k]] for k in range(3))
    tangent = unit(b - a)
    normal = unit(np.cross(b - a, c - a))
    return np.stack([tangent, np.cross(normal, tangent), normal], axis=1)


def strands_on(
    body: Body, density: np.ndarray, style: Style, walls: bool, rng: np.random.Generator
) -> Strands:
    """`density`: 0..1 for each vertex."""
    vertices, triangles = body.posed({}), triangles_of(body)
    frame = Frame.of(vertices)
    normals = normals_of(vertices, triangles)
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    weight = np.linalg.norm(np.cross(b - a, c - a), axis=1) * density[triangles].mean(axis=1)
    chosen = triangles[rng.choice(len(triangles), style.count, p=weight / weight.sum())]
    shares = rng.dirichlet([1, 1, 1], style.count)
    if rng.random() < 0.5:
        style = replace(style, comb=mirrored(style.comb))
    roots = np.einsum("nk,nkx->nx", shares, vertices[chosen])
    outward = unit(np.einsum("nk,nkx->nx", shares, normals[chosen]))
    used = np.unique(triangles)
    skull = Skull(frame.to_cm(vertices[used]), normals[used], walls)
    grown = frame.from_cm(grow(frame.to_cm(roots), outward, style, skull, rng))
    local = np.einsum("nsx,nkx->nsk", grown - roots[:, None], _frames(vertices, chosen))
    return Strands(body, chosen, shares, local)
