"""Where a face's own folds and wrinkles deepen with which coefficient: set by hand, after anatomy.

The people that teach have none that deepen: their skins wear them as colour, and their meshes are too coarse.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import distance_transform_edt

from .canonical import HEIGHT, WIDTH, places
from .groups import GROUPS

Point = tuple[float, float]
NASOLABIAL = [[203, 206, 216, 212], [423, 426, 436, 432]]
CROWS_FEET = [[226, 35, 143], [446, 265, 372]]
FOREHEAD = [[103, 104, 69, 108, 151, 337, 299, 333, 332]]
FROWN = [[8, 9], [107, 55], [336, 285]]
REACH_CELLS = {"nasolabial": 5.0, "crow's feet": 5.0, "forehead": 5.0, "frown": 3.5}
LINES = {"nasolabial": NASOLABIAL, "crow's feet": CROWS_FEET, "forehead": FOREHEAD, "frown": FROWN}
DEEPENS = {
    "mouthSmile": {"nasolabial": 1.5, "crow's feet": 0.5},
    "cheekSquint": {"nasolabial": 0.7, "crow's feet": 1.3},
    "mouthUpperUp": {"nasolabial": 0.8},
    "mouthStretch": {"nasolabial": 0.7},
    "noseSneer": {"nasolabial": 0.7, "frown": 0.5},
    "eyeSquint": {"crow's feet": 1.0},
    "browInnerUp": {"forehead": 1.4},
    "browOuterUp": {"forehead": 0.8},
    "browDown": {"frown": 1.7},
}
"""How much deeper a fold is at a whole coefficient, in shares of what the portrait shows of it."""


def near(lines: list[list[int]], reach: float) -> np.ndarray:
    """1 along lines through landmarks, falling off around them, [HEIGHT, WIDTH]."""
    far = np.ones((HEIGHT, WIDTH), bool)
    for line in lines:
        points = places()[line]
        for (x0, y0), (x1, y1) in zip(points[:-1], points[1:], strict=True):
            for share in np.linspace(0, 1, 50):
                far[round(y0 + share * (y1 - y0)), round(x0 + share * (x1 - x0))] = False
    return np.exp(-0.5 * (distance_transform_edt(far) / reach) ** 2)


def deepening() -> np.ndarray:
    """[groups, HEIGHT, WIDTH]"""
    maps = np.zeros((len(GROUPS), HEIGHT, WIDTH))
    for group, shares in DEEPENS.items():
        for name, share in shares.items():
            maps[list(GROUPS).index(group)] += share * near(LINES[name], REACH_CELLS[name])
    return maps
