"""Where lips, beard and scalp are on the base mesh: a share 0..1 for each of its vertices.

Places are told in centimetres of a head with its eyes at y 3.3, z 8.9 and its chin at y −7.5 (`Frame`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from .assets import BASE_MESH, face_units, read_obj

EYE_Y, EYE_Z, CHIN_Y = 3.3, 8.9, -7.5
LIPS_INSIDE = [520, 540]
"""Vertices of the middle of the upper and the lower lip, where the insides of both meet."""
LID_RIMS = {"Left": (13352, 13370), "Right": (6756, 6774)}
"""Vertices of the middle of the upper and the lower lid's rim."""
SKULL_CENTRE = np.array([0.0, 5.5, 0.5])


@dataclass
class Frame:
    """Between a body's decimetres and the centimetres of the head that hair is combed on."""

    origin: np.ndarray
    scale: float

    @staticmethod
    def of(vertices: np.ndarray) -> Frame:
        """Of a body at rest [n, 3]."""
        eyes = vertices[_ids("eyes")]
        eye_y, eye_z = eyes[:, 1].mean(), eyes[:, 2].max()
        scale = (EYE_Y - CHIN_Y) / (eye_y - vertices[_chin(), 1])
        return Frame(np.array([0.0, eye_y - EYE_Y / scale, eye_z - EYE_Z / scale]), scale)

    def to_cm(self, points: np.ndarray) -> np.ndarray:
        return (points - self.origin) * self.scale

    def from_cm(self, points: np.ndarray) -> np.ndarray:
        return points / self.scale + self.origin


@cache
def _ids(part: str) -> np.ndarray:
    mesh = read_obj(BASE_MESH)
    names = {"eyes": ("helper-l-eye", "helper-r-eye"), "skin": ("body",)}[part]
    return np.unique(
        np.concatenate([np.array(f) for f, g in zip(mesh.faces, mesh.groups, strict=True) if g in names])
    )


@cache
def _chin() -> int:
    """The foremost vertex of the middle of the chin's lower edge."""
    v, skin = read_obj(BASE_MESH).vertices, _ids("skin")
    near = skin[(np.abs(v[skin, 0]) < 0.06) & (v[skin, 2] > 1.0) & (v[skin, 1] > 5.9) & (v[skin, 1] < 6.6)]
    return int(near[np.argmin(v[near, 1] - 0.6 * v[near, 2])])


@cache
def base_cm() -> np.ndarray:
    vertices = read_obj(BASE_MESH).vertices
    return Frame.of(vertices).to_cm(vertices)


def _ramp(value: np.ndarray, low: float, high: float) -> np.ndarray:
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


@cache
def lips() -> np.ndarray:
    """[vertices]: what rolls inwards with the lips."""
    moved = np.zeros(len(base_cm()))
    for name in ("mouthRollLower", "mouthRollUpper"):
        ids, deltas = face_units()[name]
        length = np.linalg.norm(deltas, axis=1)
        moved[ids] = np.maximum(moved[ids], length / length.max())
    return _ramp(moved, 0.35, 0.7)


@cache
def beard(style: str) -> np.ndarray:
    """[vertices]: how densely it grows."""
    x, y, z = np.abs(base_cm()[:, 0]), base_cm()[:, 1], base_cm()[:, 2]
    line = np.interp(x, [0, 2.6, 3.4, 5.5, 7.0], [-4.9, -4.9, -3.4, -1.6, 2.2])
    jaw = _ramp(line - y, 0.0, 1.0) * _ramp(z, -0.5, 1.5) * _ramp(y, -11.0, -8.6)
    moustache = _ramp(y, -3.0, -2.5) * _ramp(-y, 0.9, 1.5) * _ramp(-x, -3.4, -2.6) * _ramp(z, 6.0, 7.0)
    beside = _ramp(x, 2.3, 2.7) * _ramp(-x, -3.9, -3.3) * _ramp(-y, 2.2, 2.8) * _ramp(y, -7.5, -6.0)
    goatee = np.maximum(jaw * _ramp(-x, -3.2, -2.2), beside * _ramp(z, 5.0, 6.0))
    of = {
        "moustache": moustache,
        "goatee": np.maximum(goatee, moustache),
        "stubble": np.maximum(jaw, moustache),
        "short": np.maximum(np.maximum(jaw, moustache), beside),
        "full": np.maximum(np.maximum(jaw, moustache), beside),
    }[style]
    return of * (1 - lips())


@cache
def scalp(recede: float = 0.0) -> np.ndarray:
    """[vertices]: how densely hair grows, up to the hairline."""
    points = base_cm()
    offset = points - SKULL_CENTRE
    azimuth = np.degrees(np.arctan2(np.abs(offset[:, 0]), offset[:, 2]))
    angles = [0, 22, 38, 52, 64, 76, 84, 104, 116, 140, 180]
    heights = [9.6, 9.8, 9.8, 8.2, 5.4, 2.6, 4.6, 4.6, 0.5, -3.5, -4.5]
    lift = np.interp(azimuth, [0, 15, 34, 52, 64, 76, 180], [0.35, 0.5, 1.4, 1.0, 0.2, 0, 0])
    edge = np.interp(azimuth, angles, heights) + recede * lift
    density = np.clip((points[:, 1] - edge) / 1.3 + 0.25, 0, 1) ** 1.3
    ear = (np.abs(points[:, 0]) > 7.4) & (points[:, 1] < 5.0) & (points[:, 1] > -4)
    density[ear | (points[:, 1] < -6)] = 0
    skin = np.zeros(len(points), bool)
    skin[_ids("skin")] = True
    return density * skin
