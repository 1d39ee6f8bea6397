"""Ways to comb hair: each maps positions [n, 3] and outward normals [n, 3] to directions [n, 3]."""

from __future__ import annotations

import numpy as np
from hair_grow import Field


def swept(side: float, back: float, up: float = 0.0) -> Field:
    """Combed to one side and back."""

    def comb(position: np.ndarray, outward: np.ndarray) -> np.ndarray:
        aim = np.empty_like(position)
        aim[:] = (side, up, -back)
        top = np.clip((position[:, 1:2] - 7.0) / 5.0, 0, 1)
        down = np.zeros_like(position)
        down[:] = (0.0, -1.0, -0.55)
        return top * aim + (1 - top) * down

    return comb


def downwards(position: np.ndarray, outward: np.ndarray) -> np.ndarray:
    aim = np.zeros_like(position)
    aim[:, 0] = 0.05 * position[:, 0]
    aim[:, 1] = -1.0
    return aim + 0.25 * outward


def parted(at_x: float, back: float = 0.35) -> Field:
    """A parting at x (cm); hair falls to both sides."""

    def comb(position: np.ndarray, outward: np.ndarray) -> np.ndarray:
        top = np.clip((position[:, 1:2] - 8.5) / 4.0, 0, 1)
        away = np.tanh((position[:, 0:1] - at_x) / 0.5)
        over = np.concatenate([away, np.full_like(away, -0.15), np.full_like(away, -back)], axis=1)
        down = np.concatenate(
            [0.06 * np.sign(away), np.full_like(away, -1.0), np.full_like(away, -0.06)], axis=1
        )
        return top * over + (1 - top) * down

    return comb


def outwards(position: np.ndarray, outward: np.ndarray) -> np.ndarray:
    """Straight away from the skull, as tight curls grow."""
    away = position - np.array([0.0, 5.0, 0.0])
    return away / np.linalg.norm(away, axis=1, keepdims=True) + 0.2 * outward
