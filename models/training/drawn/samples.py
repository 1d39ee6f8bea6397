"""What the networks learn from: cuts of drawn characters, turned, shifted, mirrored, in other light."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from . import points as P
from .character import SIDE
from .network import CELL, DETECTOR_SIDE, POINTS_SIDE
from .pool import Pool

REGION = 1.45
"""side of the cut that shows a face, in face sizes"""


def region_of(points: np.ndarray) -> tuple[float, float, float, float]:
    """The face's middle, size and roll (clockwise in the picture, radians)."""
    right = 0.5 * (points[P.OUTER] + points[P.INNER])
    left = 0.5 * (points[P.LEFT_EYE] + points[P.LEFT_EYE + 1])
    eyes, chin = 0.5 * (right + left), points[P.CHIN]
    wide = np.linalg.norm(points[P.FACE_LINE] - points[P.FACE_LINE + 8])
    size = max(wide, 1.5 * np.linalg.norm(eyes - chin))
    x, y = 0.55 * eyes + 0.45 * chin
    dx, dy = left - right
    return x, y, size, math.atan2(dy, dx)


def cut(picture: np.ndarray, x, y, side, angle, size: int, mirrored: bool) -> Image.Image:
    """As cutRegion of src/model/face/region.ts, with means of what is made smaller; black outside of the picture."""
    reach = 0.75 * side + 8
    low = np.clip(np.floor([x - reach, y - reach]).astype(int), 0, SIDE - 16)
    high = np.clip(np.ceil([x + reach, y + reach]).astype(int), low + 16, SIDE)
    image = Image.fromarray(picture[low[1] : high[1], low[0] : high[0]])
    smaller = max(1, round(side / size))
    if smaller > 1:
        image = image.reduce(smaller)
    step = side / size / smaller
    c, s, m = math.cos(angle) * step, math.sin(angle) * step, -1 if mirrored else 1
    half = 0.5 * size
    x, y = (x - low[0]) / smaller, (y - low[1]) / smaller
    way = (m * c, -s, x - half * (m * c - s), m * s, c, y - half * (m * s + c))
    return image.transform((size, size), Image.Transform.AFFINE, way, Image.Resampling.BILINEAR)


def to_cut(points: np.ndarray, x, y, side, angle, size: int, mirrored: bool) -> np.ndarray:
    d = (points - (x, y)) / side
    c, s = math.cos(angle), math.sin(angle)
    q = np.stack([d[:, 0] * c + d[:, 1] * s, d[:, 1] * c - d[:, 0] * s], 1)
    if mirrored:
        q = q * (-1, 1)
    q = (q + 0.5) * size
    return q[P.MIRROR] if mirrored and len(q) == P.COUNT else q


def detector_sample(pool: Pool, index: int, rng: np.random.Generator):
    """Cut `[128, 128, 3]`, and what is to be said of its cells, `[7 · 16 · 16]`: weight, then the six values."""
    u = rng.uniform
    side = SIDE * np.exp(u(np.log(0.45), np.log(1.3)))
    x, y = SIDE * (0.5 + rng.normal(0, 0.16, 2))
    angle, mirrored = float(rng.normal(0, 0.2)), bool(u() < 0.5)
    labels = pool.labels[index]
    picture = np.asarray(cut(pool.pictures[index], x, y, side, angle, DETECTOR_SIDE, mirrored))
    cells = DETECTOR_SIDE // CELL
    target = np.zeros((7, cells, cells), np.float32)
    if labels[-1]:
        points = to_cut(labels[: 2 * P.COUNT].reshape(P.COUNT, 2), x, y, side, angle, DETECTOR_SIDE, mirrored)
        fx, fy, size, roll = region_of(points)
        px, py = np.meshgrid(np.arange(cells) + 0.5, np.arange(cells) + 0.5)
        dx, dy = fx / CELL - px, fy / CELL - py
        seen = 0 < fx < DETECTOR_SIDE and 0 < fy < DETECTOR_SIDE
        spread = max(0.7, 0.09 * size / CELL)
        heat = np.exp(-0.5 * (dx**2 + dy**2) / spread**2) * seen
        target = np.stack([heat > 0.4, heat, dx, dy, np.full_like(dx, math.log(size / CELL)),
            np.full_like(dx, math.cos(roll)), np.full_like(dx, math.sin(roll))]).astype(np.float32)  # fmt: skip
    return picture, target.ravel()


def points_sample(pool: Pool, index: int, rng: np.random.Generator):
    """Cut `[128, 128, 3]`, and its labels `[74 · 2 + 6]`: points in its pixels, then what is said of the whole face."""
    u = rng.uniform
    labels = pool.labels[index]
    points = labels[: 2 * P.COUNT].reshape(P.COUNT, 2).astype(float)
    is_face = bool(labels[-1])
    if is_face:
        x, y, size, angle = region_of(points)
        if u() < 0.12:
            is_face, turn = False, u(0, 2 * np.pi)
            far = u(0.6, 1.6) * size
            x, y, size = x + far * np.cos(turn), y + far * np.sin(turn), size * np.exp(u(-0.5, 0.5))
    else:
        x, y, size, angle = (
            *u(0.1 * SIDE, 0.9 * SIDE, 2),
            SIDE * np.exp(u(np.log(0.1), np.log(0.6))),
            rng.normal(0, 0.3),
        )
    side = REGION * size * np.exp(rng.normal(0, 0.11))
    x, y = np.array([x, y]) + size * rng.normal(0, 0.06, 2)
    angle += rng.normal(0, 0.12)
    mirrored = bool(u() < 0.5)
    picture = np.asarray(cut(pool.pictures[index], x, y, side, angle, POINTS_SIDE, mirrored))
    yaw, pitch, _, right, left, mouth = labels[2 * P.COUNT : 2 * P.COUNT + 6]
    if mirrored:
        yaw, right, left = -yaw, left, right
    placed = to_cut(points, x, y, side, angle, POINTS_SIDE, mirrored)
    return picture, np.concatenate([placed.ravel(), [yaw, pitch, is_face, right, left, mouth]]).astype(np.float32)
