"""The light on a face, told by its own skin, as src/render/warp/analyse/head/skin-light.ts tells it."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.ndimage import map_coordinates, uniform_filter

from .canonical import basis, triangles
from .topology import BARE, LIP_RINGS

LEVEL = 8.0
REACH = 1 / 100
PASSES = 12
RIDGE = 0.003
OUTLYING = 3.0
EXPLAINED = (0.1, 0.4)
STRONGEST = 0.9


@cache
def areas() -> np.ndarray:
    """Vector areas around each landmark of the face basis at rest [478, 3]: right, down, out; none of the lips'."""
    points = basis() * [1, -1, 1]
    skin = triangles()[~np.isin(triangles(), LIP_RINGS).any(1)]
    a, b, c = (points[skin[:, k]] for k in range(3))
    sums = np.zeros_like(points)
    for k in range(3):
        np.add.at(sums, skin[:, k], np.cross(c - a, b - a))
    return sums


def light_of(luma: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """[3] of a picture [side, side] by landmarks [478, 2] in picture fractions."""
    side = len(luma)
    blurred = uniform_filter(luma, 2 * max(1, round(REACH * side)) + 1, mode="nearest")
    at = landmarks[BARE] * side - 0.5
    values = np.log(map_coordinates(blurred, (at[:, 1], at[:, 0]), order=0, mode="nearest") + LEVEL)
    facing = areas()[BARE]
    sizes = np.maximum(0, facing[:, 2])
    sizes = sizes / sizes.mean()
    facing = facing / np.maximum(1e-9, np.linalg.norm(facing, axis=1, keepdims=True))
    rows = np.column_stack([np.ones(len(BARE)), facing[:, 0], facing[:, 1], facing[:, 2] - 1])
    weights = sizes
    found = np.zeros(4)
    ridge = np.diag([0, *[RIDGE * len(BARE)] * 3])
    for _ in range(PASSES):
        found = np.linalg.solve((rows * weights[:, None]).T @ rows + ridge, (rows * weights[:, None]).T @ values)
        off = np.abs(values - rows @ found)
        usual = 1.48 * np.median(off) + 0.01
        weights = sizes * (1 - np.clip(off / (OUTLYING * usual), 0, 1) ** 2) ** 2
    total = weights @ (values - weights @ values / weights.sum()) ** 2
    left = weights @ (values - rows @ found) ** 2
    share = np.clip((1 - left / max(1e-6, total) - EXPLAINED[0]) / (EXPLAINED[1] - EXPLAINED[0]), 0, 1)
    light = share * share * (3 - 2 * share) * found[1:]
    return light * min(1.0, STRONGEST / max(1e-6, np.linalg.norm(light)))
