"""The points of a drawn face, in the order of the network's answers (src/model/face/drawn-points.ts reads them)."""

from __future__ import annotations

import numpy as np

SHARES = np.arange(1, 6) / 6
"""where polylines between two corners have their points"""

EYE_POINTS = 22
"""outer and inner corner; five each, outer to inner: upper lid, lash line's upper edge, lower lid; iris: middle, then its
ends on the picture's left and right, upper and lower end"""
OUTER, INNER, UPPER, LASH_TOP, LOWER, IRIS = 0, 1, 2, 7, 12, 17

RIGHT_EYE, LEFT_EYE = 0, EYE_POINTS
"""of the character: its right is on the picture's left"""
RIGHT_BROW, LEFT_BROW = 44, 48
NOSE = 52
MOUTH_RIGHT, MOUTH_LEFT, MOUTH_UPPER, MOUTH_LOWER = 53, 54, 55, 60
FACE_LINE = 65
CHIN = FACE_LINE + 4
COUNT = 74


def _mirror() -> np.ndarray:
    order = np.arange(COUNT)
    swap = np.arange(EYE_POINTS)
    swap[[IRIS + 1, IRIS + 2]] = swap[[IRIS + 2, IRIS + 1]]
    order[:EYE_POINTS] = LEFT_EYE + swap
    order[LEFT_EYE : LEFT_EYE + EYE_POINTS] = RIGHT_EYE + swap
    order[RIGHT_BROW : RIGHT_BROW + 4] = np.arange(LEFT_BROW, LEFT_BROW + 4)
    order[LEFT_BROW : LEFT_BROW + 4] = np.arange(RIGHT_BROW, RIGHT_BROW + 4)
    order[[MOUTH_RIGHT, MOUTH_LEFT]] = [MOUTH_LEFT, MOUTH_RIGHT]
    order[MOUTH_UPPER : MOUTH_UPPER + 5] = np.arange(MOUTH_UPPER, MOUTH_UPPER + 5)[::-1]
    order[MOUTH_LOWER : MOUTH_LOWER + 5] = np.arange(MOUTH_LOWER, MOUTH_LOWER + 5)[::-1]
    order[FACE_LINE : FACE_LINE + 9] = np.arange(FACE_LINE, FACE_LINE + 9)[::-1]
    return order


MIRROR = _mirror()
"""in a mirrored picture the point i is the point MIRROR[i] of the picture before"""

GROUPS = {
    "corners": [0, 1, 22, 23],
    "upper lid": [*range(2, 7), *range(24, 29)],
    "lash top": [*range(7, 12), *range(29, 34)],
    "lower lid": [*range(12, 17), *range(34, 39)],
    "iris": [*range(17, 22), *range(39, 44)],
    "brows": [*range(44, 52)],
    "nose": [52],
    "mouth": [*range(53, 65)],
    "chin": [69],
    "face line": [*range(65, 74)],
}
"""for tables"""


def eye_distance(points: np.ndarray) -> np.ndarray:
    """`[..., 74, 2]`: of the middles between the corners."""
    right = 0.5 * (points[..., OUTER, :] + points[..., INNER, :])
    left = 0.5 * (points[..., LEFT_EYE + OUTER, :] + points[..., LEFT_EYE + INNER, :])
    return np.linalg.norm(left - right, axis=-1)
