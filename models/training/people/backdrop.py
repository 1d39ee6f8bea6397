"""What is behind a person, by seed: a wall, a studio's gradient, a room or trees out of focus. Linear."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter, zoom


def backdrop_of(seed: int, side: int) -> np.ndarray:
    """[side, side, 3]."""
    rng = np.random.default_rng([seed, 4])
    y, x = np.mgrid[0 : 1 : side * 1j, 0 : 1 : side * 1j]
    kind = rng.choice(["wall", "studio", "room", "outdoors"], p=[0.3, 0.25, 0.3, 0.15])
    base = rng.uniform(0.03, 0.6) * (1 + rng.normal(0, 0.12, 3))
    if kind == "studio":
        centre = rng.uniform([0.3, 0.2], [0.7, 0.6])
        fall = np.exp(-((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / rng.uniform(0.2, 0.8))
        return np.clip(base * (0.35 + fall)[..., None], 0, 1)
    if kind == "wall":
        slope = 1 + rng.uniform(-0.35, 0.35) * (x - 0.5) + rng.uniform(-0.3, 0.3) * (y - 0.5)
        return np.clip(base * slope[..., None] * (1 + 0.03 * _clouds(rng, side, 24)[..., None]), 0, 1)
    picture = np.ones((side, side, 3)) * base
    for _ in range(14 if kind == "room" else 40):
        left, top = rng.uniform(-0.2, 1.0, 2)
        size = rng.uniform(0.05, 0.5, 2) if kind == "room" else rng.uniform(0.03, 0.2, 2)
        inside = (x > left) & (x < left + size[0]) & (y > top) & (y < top + size[1])
        if kind == "outdoors":
            inside = ((x - left) / size[0]) ** 2 + ((y - top) / size[0]) ** 2 < 1
            colour = (
                rng.uniform(0.05, 0.5) * np.array([0.6, 1.0, 0.35])
                if top > 0.35
                else np.array([0.6, 0.7, 0.9])
            )
        else:
            colour = rng.uniform(0.02, 0.8) * (1 + rng.normal(0, 0.2, 3))
        picture[inside] = colour
    depth = rng.uniform(0.015, 0.05) * side
    return np.clip(gaussian_filter(picture, (depth, depth, 0)), 0, 1)


def _clouds(rng: np.random.Generator, side: int, cells: int) -> np.ndarray:
    grid = rng.normal(0, 1, (cells, cells))
    return zoom(grid, side / cells, order=3)[:side, :side]
