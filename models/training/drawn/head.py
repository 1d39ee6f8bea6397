"""Where the parts of a drawn head lie: a face frame (unit: half the face's width, eyes at 0, y down), turned, then laid
into the picture."""

from __future__ import annotations

import numpy as np


class Head:
    """`yaw` + to the character's left, `pitch` + down, `roll` + as the picture turns against the clock; radians."""

    def __init__(self, chin: float, yaw: float, pitch: float, roll: float, scale: float, middle, bulge: float) -> None:
        self.chin, self.yaw, self.pitch, self.roll = chin, yaw, pitch, roll
        self.scale = scale
        self.middle = np.asarray(middle, float)
        self.bulge = bulge

    def depth(self, p: np.ndarray) -> np.ndarray:
        """Out of the face, of places on its skin."""
        inside = 1 - (p[:, 0] / 1.06) ** 2 - ((p[:, 1] - 0.05) / 1.45) ** 2
        return self.bulge * np.sqrt(np.clip(inside, 0, 1))

    def place(self, points, lift: float = 0.0, depth: float | None = None) -> np.ndarray:
        """Of the face frame, in pixels of the picture. `lift`: above the skin; `depth`: where not on it."""
        p = np.atleast_2d(np.asarray(points, float))
        z = (self.depth(p) if depth is None else np.full(len(p), depth)) + lift
        x, y = p[:, 0], p[:, 1] - 0.1
        c, s = np.cos(self.yaw), np.sin(self.yaw)
        x, z = x * c + z * s, z * c - x * s
        c, s = np.cos(self.pitch), np.sin(self.pitch)
        y = y * c + z * s
        c, s = np.cos(self.roll), np.sin(self.roll)
        x, y = x * c + y * s, y * c - x * s
        return self.middle + self.scale * np.stack([x, y + 0.1], 1)
