"""The frame that shades are learned and kept in: the face basis at rest, seen from the front, in square cells.

The same cells as in src/render/warp/shade/canonical-frame.ts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates

ROOT = Path(__file__).parents[3]
WIDTH, HEIGHT = 80, 96
CELL_CM = 0.2
"""Side of a cell in the basis's centimetres."""
LANDMARKS = 478
SKIN_LANDMARKS = 468
LEAST_FACING = 0.15
"""A triangle that is seen this much narrower than from the front, or turned away, tells nothing."""
FACING = 0.4


@cache
def basis() -> np.ndarray:
    """Rest face [478, 3]: x to the person's left, y up, z out of the face."""
    values = np.fromfile(ROOT / "models/builtin/face-basis.bin", "<f4")
    return values[: 3 * LANDMARKS].reshape(LANDMARKS, 3)


@cache
def triangles() -> np.ndarray:
    """[n, 3], without eyes and mouth."""
    text = (ROOT / "src/face/triangles.ts").read_text().split("[] = [")[1]
    return np.array([int(v) for v in re.findall(r"\d+", text)]).reshape(-1, 3)


@dataclass
class Frame:
    """What each cell is made of."""

    triangle: np.ndarray
    """[HEIGHT, WIDTH], -1 where there is no skin"""
    shares: np.ndarray
    """[HEIGHT, WIDTH, 3] of its corners"""

    @property
    def skin(self) -> np.ndarray:
        return self.triangle >= 0


def places() -> np.ndarray:
    """[478, 2]: column and row of each landmark, the middle of the first cell at 0."""
    points = basis()[:, :2]
    skin = points[:SKIN_LANDMARKS]
    middle_y = 0.5 * (skin[:, 1].min() + skin[:, 1].max())
    return np.stack(
        [points[:, 0] / CELL_CM + (WIDTH - 1) / 2, (middle_y - points[:, 1]) / CELL_CM + (HEIGHT - 1) / 2], 1
    )


@cache
def frame() -> Frame:
    at = places()
    triangle = np.full((HEIGHT, WIDTH), -1)
    shares = np.zeros((HEIGHT, WIDTH, 3))
    deepest = np.full((HEIGHT, WIDTH), -np.inf)
    depth = basis()[:, 2]
    for number, corners in enumerate(triangles()):
        (ax, ay), (bx, by), (cx, cy) = at[corners]
        area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
        if abs(area) < 1e-9:
            continue
        columns = np.arange(max(0, int(np.ceil(min(ax, bx, cx)))), min(WIDTH - 1, int(max(ax, bx, cx))) + 1)
        rows = np.arange(max(0, int(np.ceil(min(ay, by, cy)))), min(HEIGHT - 1, int(max(ay, by, cy))) + 1)
        x, y = np.meshgrid(columns, rows)
        b = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) / area
        c = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) / area
        a = 1 - b - c
        z = a * depth[corners[0]] + b * depth[corners[1]] + c * depth[corners[2]]
        inside = (a >= -1e-6) & (b >= -1e-6) & (c >= -1e-6)
        inside &= z > deepest[y, x] if inside.size else inside
        triangle[y[inside], x[inside]] = number
        shares[y[inside], x[inside]] = np.stack([a, b, c], -1)[inside]
        deepest[y[inside], x[inside]] = z[inside]
    return Frame(triangle, shares)


def unwrap(picture: np.ndarray, landmarks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Picture [side, side] in the frame, by landmarks [478, 2 or more] in picture fractions; how sure 0..1."""
    f = frame()
    corners = triangles()[np.maximum(f.triangle, 0)]
    points = np.einsum("hwk,hwkx->hwx", f.shares, landmarks[:, :2][corners])
    side = len(picture)
    seen = map_coordinates(picture, (points[..., 1] * side - 0.5, points[..., 0] * side - 0.5), order=1, mode="nearest")
    inside = ((points > 0.005) & (points < 0.995)).all(-1)
    return seen, f.skin * inside * _facing(landmarks)[np.maximum(f.triangle, 0)]


def _facing(landmarks: np.ndarray) -> np.ndarray:
    """[triangles]: how much of each is seen, against the front, 0..1."""
    here, front = (
        _areas(points[:, :2], triangles()) for points in (landmarks, np.stack([basis()[:, 0], -basis()[:, 1]], 1))
    )
    size = np.sqrt(np.median(np.abs(here)) / np.median(np.abs(front)))
    share = here / front / size**2
    return np.where(np.isfinite(share), np.clip((share - LEAST_FACING) / (FACING - LEAST_FACING), 0, 1), 0)


def _areas(points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    a, b, c = (points[corners[:, k]] for k in range(3))
    return (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])


def smoothed(values: np.ndarray, weights: np.ndarray, cells: float) -> np.ndarray:
    """Means around each cell [..., h, w] by their weights."""
    sigma = (0,) * (values.ndim - 2) + (cells, cells)
    return gaussian_filter(values * weights, sigma) / np.maximum(gaussian_filter(weights, sigma), 1e-6)
