"""Build the face, neck and eyes of one character from the ICT-FaceKit morphable model (MIT)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

# Vertex ranges of ICT-FaceKit's README: skin is face + head and neck; the rest sits inside or on it.
SKIN_END = 11248
EYE_SOCKETS = (13294, 14062)
EYEBALLS = ((21451, 23021), (23021, 24591))
LACRIMAL_FLUID = (24591, 24999)
LASHES = (25351, 26719)

# The face every character is scaled to, so that one camera and one set of clothes fits all of them (cm).
EYE_LINE_Y = 3.3
CHIN_Y = -7.5


@dataclass
class Head:
    """One head at rest, in ICT coordinates: x to the viewer's right, y up, z to the viewer, cm."""

    vertices: np.ndarray
    """[26719, 3]"""
    skin_faces: np.ndarray
    """[n, 4], -1 pads triangles"""
    socket_faces: np.ndarray
    lash_faces: np.ndarray
    landmarks: np.ndarray
    """[68, 3], Multi-PIE order"""
    eyes: list[tuple[np.ndarray, float]]
    """centre [3] and radius of both eyeballs, the viewer's left one first"""
    normals: np.ndarray
    """[11248, 3] outward normals of the skin"""


def build_head(
    model_path: Path,
    identity: dict[int, float],
    expression: dict[str, float],
    eye_scale: float = 1.0,
    neck_scale: float = 1.0,
) -> Head:
    """Mix identity modes (weights in standard deviations) and ARKit-like expressions into one head.

    `eye_scale` above 1 widens the eyes as illustrators do; lids, lashes and eyeballs grow together.
    `neck_scale` below 1 makes the neck slimmer.
    """
    model = np.load(model_path)
    vertices = model["neutral"].astype(np.float64)
    for mode, weight in identity.items():
        vertices = vertices + weight * model["identity_deltas"][mode].astype(np.float64)
    names = list(model["expression_names"])
    for name, weight in expression.items():
        vertices = vertices + weight * model["expression_deltas"][names.index(name)].astype(np.float64)

    indices = model["landmarks68"]
    eye_y = vertices[indices[36:48], 1].mean()
    scale = (EYE_LINE_Y - CHIN_Y) / (eye_y - vertices[indices[8], 1])
    vertices = (vertices - [0.0, eye_y, 0.0]) * scale + [0.0, EYE_LINE_Y, 0.0]
    vertices[:, 2] += 8.9 - vertices[indices[36:48], 2].mean()

    for side in (slice(36, 42), slice(42, 48)):
        centre = vertices[indices[side]].mean(axis=0)
        offset = vertices[:, :2] - centre[:2]
        near = np.exp(-((offset**2).sum(axis=1) / (2 * 2.1**2)))
        near *= np.clip((vertices[:, 2] - centre[2] + 6) / 3, 0, 1)
        vertices[:, :2] += offset * ((eye_scale - 1) * near)[:, None]

    below = np.clip((-7.0 - vertices[:, 1]) / 4.0, 0, 1) * np.clip((2.0 - vertices[:, 2]) / 6.0 + 1.0, 0, 1)
    vertices[:, 0] *= 1 + (neck_scale - 1) * below

    faces = model["faces"]
    first = faces[:, 0]
    eyes = [_fit_sphere(vertices[a : a + 770]) for a, _ in EYEBALLS]
    eyes.sort(key=lambda eye: eye[0][0])
    skin_faces = faces[faces.max(axis=1) < SKIN_END]
    return Head(
        vertices=vertices,
        skin_faces=skin_faces,
        socket_faces=faces[(first >= EYE_SOCKETS[0]) & (first < EYE_SOCKETS[1])],
        lash_faces=faces[(first >= LASHES[0]) & (first < LASHES[1])],
        landmarks=vertices[indices],
        eyes=eyes,
        normals=vertex_normals(vertices[:SKIN_END], skin_faces),
    )


def vertex_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Area-weighted unit normals [n, 3] of a mesh of triangles and quads (-1 pads triangles)."""
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    d = np.where(faces[:, 3:4] >= 0, vertices[faces[:, 3]], a)
    normal = np.cross(c - a, d - b) + np.where(faces[:, 3:4] >= 0, 0.0, np.cross(b - a, c - a))
    total = np.zeros_like(vertices)
    for k in range(4):
        used = faces[:, k] >= 0
        np.add.at(total, faces[used, k], normal[used])
    return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-9)


def _fit_sphere(points: np.ndarray) -> tuple[np.ndarray, float]:
    system = np.concatenate([2 * points, np.ones((len(points), 1))], axis=1)
    solution, *_ = np.linalg.lstsq(system, (points**2).sum(axis=1), rcond=None)
    centre = solution[:3]
    return centre, float(np.sqrt(solution[3] + centre @ centre))
