"""Simple glasses: two rims, a bridge, temples, and thin lenses, fitted to a body at rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .body import Body
from .regions import Frame
from .strands import unit

SHAPES = {"round": (2.35, 2.2, 2.0, 0.10), "square": (2.65, 1.95, 4.5, 0.16), "thin": (2.5, 1.6, 3.0, 0.06)}
"""half width, half height (cm), exponent of the superellipse, radius of the rim"""
RIM_POINTS, RING = 48, 8
DROP_CM = 0.35
"""Middles of the lenses below the pupils."""
HALF_DISTANCE_CM = 3.25


@dataclass
class Glasses:
    frame: np.ndarray
    """[n, 3]"""
    frame_faces: list[list[int]]
    lenses: np.ndarray
    lens_faces: list[list[int]]


def glasses_on(body: Body, shape: str) -> Glasses:
    half_width, half_height, exponent, radius = SHAPES[shape]
    vertices = body.posed({})
    frame = Frame.of(vertices)
    cm = frame.to_cm(vertices)
    plane = 8.9 + 1.15
    angles = np.linspace(0, 2 * np.pi, RIM_POINTS, endpoint=False)
    ellipse = np.stack(
        [np.sign(f) * np.abs(f) ** (2 / exponent) for f in (np.cos(angles), np.sin(angles))], axis=1
    )
    beside = (np.abs(cm[:, 1] - 3.5) < 0.8) & (cm[:, 2] > 2.2) & (cm[:, 2] < 4.5) & (np.abs(cm[:, 0]) < 9.0)
    temple_x = np.abs(cm[beside & body.is_skin, 0]).max() + 0.12
    tubes, lenses, lens_faces = [], [], []
    middle = max(HALF_DISTANCE_CM, half_width + 0.75)
    for side in (-1, 1):
        x = side * middle + half_width * ellipse[:, 0]
        rim = np.stack([x, 3.3 - DROP_CM + half_height * ellipse[:, 1], plane - 0.02 * x**2], axis=1)
        tubes.append((rim, True))
        start = len(lenses) * (RIM_POINTS + 1)
        lenses.append(np.vstack([rim, rim.mean(0) + [0, 0, 0.12]]))
        lens_faces += [
            [start + k, start + (k + 1) % RIM_POINTS, start + RIM_POINTS] for k in range(RIM_POINTS)
        ]
        outer = side * (middle + half_width)
        temple = np.array(
            [
                [outer, 3.6, plane - 0.02 * outer**2],
                [side * temple_x, 3.7, 4.5],
                [side * (temple_x - 0.2), 3.5, 0.0],
            ]
        )
        tubes.append((_along(temple, 12), False))
    inner = middle - half_width
    bridge = np.array([[-inner, 3.3, plane], [0, 3.75, plane + 0.35], [inner, 3.3, plane]])
    tubes.append((_along(bridge, 8), False))
    points, faces = [], []
    for path, closed in tubes:
        ring, quads = _tube(path, radius, closed, sum(len(p) for p in points))
        points.append(ring)
        faces += quads
    return Glasses(frame.from_cm(np.vstack(points)), faces, frame.from_cm(np.vstack(lenses)), lens_faces)


def _along(corners: np.ndarray, count: int) -> np.ndarray:
    """A quadratic curve through three points."""
    t = np.linspace(0, 1, count)[:, None]
    a, b, c = corners
    control = 2 * b - 0.5 * (a + c)
    return (1 - t) ** 2 * a + 2 * t * (1 - t) * control + t**2 * c


def _tube(path: np.ndarray, radius: float, closed: bool, first: int) -> tuple[np.ndarray, list[list[int]]]:
    forward = unit(np.roll(path, -1, 0) - np.roll(path, 1, 0) if closed else np.gradient(path, axis=0))
    across = unit(np.cross(forward, [0.03, 0.05, 1.0]) + 1e-6)
    up = np.cross(across, forward)
    turn = np.linspace(0, 2 * np.pi, RING, endpoint=False)
    rings = path[:, None] + radius * (
        np.cos(turn)[None, :, None] * across[:, None] + np.sin(turn)[None, :, None] * up[:, None]
    )
    count = len(path)
    faces = [
        [
            first + i * RING + k,
            first + i * RING + (k + 1) % RING,
            first + j * RING + (k + 1) % RING,
            first + j * RING + k,
        ]
        for i, j in ((i, (i + 1) % count) for i in range(count if closed else count - 1))
        for k in range(RING)
    ]
    return rings.reshape(-1, 3), faces
