"""Where a camera stands, what it sees where. Decimetres; picture places in fractions, y down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .body import Body
from .camera import Camera
from .regions import Frame

FACE_BEFORE_MIDDLE = 0.8
"""The face lies so far before the body's middle."""


@dataclass
class View:
    origin: np.ndarray
    """[3]"""
    axes: np.ndarray
    """[3, 3]: rows to the right, up and back, towards who looks"""
    focal: float
    """focal length in sides of the sensor"""
    shift: tuple[float, float]
    """of the picture's middle, in its sides, right and up"""

    @staticmethod
    def of(camera: Camera, body: Body) -> View:
        """Its axis meets the middle of the face at rest."""
        chin = Frame.of(body.posed({})).from_cm(np.array([0.0, -7.5, 8.0]))[1]
        height = body.top - chin
        sy, cy, sp, cp = np.sin(camera.yaw), np.cos(camera.yaw), np.sin(camera.pitch), np.cos(camera.pitch)
        back = np.array([sy * cp, sp, cy * cp])
        right = np.array([cy, 0.0, -sy])
        middle = np.array([0.0, body.top - 0.5 * height, FACE_BEFORE_MIDDLE])
        focal = camera.distance * camera.face_share / height
        shift = (-camera.shift[0], -camera.shift[1])
        return View(
            middle + camera.distance * back, np.stack([right, np.cross(back, right), back]), focal, shift
        )

    def project(self, points: np.ndarray) -> np.ndarray:
        """[n, 3] → [n, 2]."""
        seen = (points - self.origin) @ self.axes.T
        xy = self.focal * seen[:, :2] / -seen[:, 2:] - self.shift
        return np.stack([0.5 + xy[:, 0], 0.5 - xy[:, 1]], axis=1)

    def rays(self, places: np.ndarray) -> np.ndarray:
        """Directions [n, 3] towards places [n, 2]."""
        xy = (np.stack([places[:, 0] - 0.5, 0.5 - places[:, 1]], axis=1) + self.shift) / self.focal
        return np.column_stack([xy, -np.ones(len(xy))]) @ self.axes
