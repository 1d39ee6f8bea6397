"""ICT-FaceKit with random identities, moved by motion frames (src/contract/motion-frame.ts has the axes).

Centimetres; x to the head's left, y up, z out of the face.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from ..face_basis import (
    BLENDSHAPES,
    IRIS,
    align,
    cornea,
    ict_deltas,
    landmark_weights,
    read_canonical,
    similarity,
)

SKIN = slice(0, 11248)
MOUTH_SOCKET = slice(11248, 13294)
EYE_SOCKETS = slice(13294, 14062)
SOFT_MOUTH = slice(14062, 17039)
TEETH = slice(17039, 21451)
SCLERAS = {"Left": slice(21451, 22221), "Right": slice(23021, 23791)}
EYEBALLS = {"Left": slice(21451, 23021), "Right": slice(23021, 24591)}
LASHES = slice(25351, 26719)
"""Vertices of the parts; the cornea is part of the sclera and hides ICT's iris, which is left out."""
EAR_LANDMARKS = (234, 454)
CHIN_LANDMARK, FOREHEAD_LANDMARK = 152, 10
JOINT_BELOW_EARS_CM, JOINT_BEHIND_EARS_CM = 7.5, 1.0
"""Where the renderer puts the neck joint (src/render/warp/analyse/face-geometry.ts)."""
BODY_SHARE = 0.05
GAZE_RANGE = np.pi / 6
"""Eye rotation at coefficient 1, as in src/render/warp/head/face-motion.ts; ICT's eyeLook shapes move only the lids."""
EYE_LOOK = {
    side: [BLENDSHAPES.index(f"eyeLook{way}{side}") for way in ("In", "Out", "Up", "Down")]
    for side in SCLERAS
}


@dataclass
class Person:
    """One identity at rest."""

    vertices: np.ndarray
    """[26719, 3]"""
    joint: np.ndarray
    """[3], about which the head turns"""
    head_share: np.ndarray
    """[26719], how much of the head's turn each vertex takes"""
    eyes: dict[str, tuple[np.ndarray, float]]
    """centre [3] and radius of the eyeballs"""


class FaceModel:
    def __init__(self, meshes: Path) -> None:
        with np.load(meshes / "ict-facekit" / "ict-facekit.npz") as archive:
            kit = {key: archive[key] for key in archive.files}
        self.canonical = read_canonical(meshes / "mediapipe" / "face_model_with_iris.obj")
        self.neutral = kit["neutral"].astype(np.float64)
        self.identity_deltas = kit["identity_deltas"]
        self.expression_deltas = ict_deltas(kit).astype(np.float32)
        self.landmark_ids, self.landmark_weights = landmark_weights(kit, self.canonical)
        aligned, _ = align(kit, self.canonical)
        self.corneas = {side: cornea(aligned, side) for side in SCLERAS}
        quads = kit["faces"]
        whole = quads[quads[:, 3] >= 0]
        self.triangles = np.concatenate([quads[:, :3], whole[:, [0, 2, 3]]])

    def person(self, modes: np.ndarray) -> Person:
        """`modes`: weights of the first identity modes in standard deviations."""
        vertices = self.neutral.copy()
        for weight, delta in zip(modes, self.identity_deltas, strict=False):
            vertices += weight * delta.astype(np.float64)
        marks = self.landmarks(vertices)
        scale, _, _ = similarity(self.canonical[:468], marks[:468])
        ears = marks[list(EAR_LANDMARKS)].mean(0)
        joint = ears - scale * np.array([0.0, JOINT_BELOW_EARS_CM, JOINT_BEHIND_EARS_CM])
        chin = marks[CHIN_LANDMARK, 1]
        eyes = {side: fit_sphere(vertices[part]) for side, part in SCLERAS.items()}
        for side, (centre, radius) in eyes.items():
            # Without the cornea's bulge, which pokes through the shut lids of other identities.
            outwards = vertices[SCLERAS[side]] - centre
            length = np.linalg.norm(outwards, axis=1, keepdims=True)
            vertices[SCLERAS[side]] = centre + radius * outwards / length
        return Person(vertices, joint, neck_share(vertices[:, 1], chin), eyes)

    def express(self, person: Person, frame: np.ndarray) -> np.ndarray:
        """Vertices [26719, 3] under the 52 coefficients of a motion frame, the head at rest."""
        vertices = person.vertices.copy()
        for channel in np.flatnonzero(np.abs(frame[:52]) > 1e-4):
            vertices += frame[channel] * self.expression_deltas[channel]
        for side, (centre, _) in person.eyes.items():
            inwards, outwards, up, down = frame[EYE_LOOK[side]]
            yaw = (outwards - inwards) * (1 if side == "Left" else -1)
            turn = head_rotation(GAZE_RANGE * yaw, GAZE_RANGE * (down - up), 0.0)
            ball = EYEBALLS[side]
            vertices[ball] = centre + (vertices[ball] - centre) @ turn.T
        return vertices

    def landmarks(self, vertices: np.ndarray) -> np.ndarray:
        """The 478 landmarks [478, 3] as points of the surface."""
        points = np.zeros((478, 3))
        points[:468] = np.einsum("lkx,lk->lx", vertices[self.landmark_ids], self.landmark_weights)
        for side, ids in self.corneas.items():
            points[list(IRIS[side])] = vertices[ids].mean(0)
        return points

    @cached_property
    def _normal_sums(self) -> csr_matrix:
        count = len(self.triangles)
        rows = self.triangles.T.ravel()
        columns = np.tile(np.arange(count), 3)
        return csr_matrix((np.ones(3 * count), (rows, columns)), (len(self.neutral), count))

    def normals(self, vertices: np.ndarray) -> np.ndarray:
        a, b, c = (vertices[self.triangles[:, k]] for k in range(3))
        total = self._normal_sums @ np.cross(b - a, c - a)
        return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-9)


def turn_head(points: np.ndarray, share: np.ndarray, joint: np.ndarray, frame: np.ndarray) -> np.ndarray:
    """Turns points [n, 3] by yaw, pitch and roll of the frame, each by its share [n]."""
    turned = joint + (points - joint) @ head_rotation(*frame[52:55]).T
    return points + share[:, None] * (turned - points)


def head_rotation(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """Roll about z, then pitch about x, then yaw about y, right-handed."""
    (cy, cp, cr), (sy, sp, sr) = np.cos([yaw, pitch, roll]), np.sin([yaw, pitch, roll])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return about_y @ about_x @ about_z


def neck_share(height: np.ndarray, chin: float, reach: float = 7.0) -> np.ndarray:
    """Share of the head's turn by height: 1 above the chin, little below the neck, `reach` cm lower."""
    t = np.clip((height - (chin - reach)) / (reach - 0.5), 0, 1)
    return BODY_SHARE + (1 - BODY_SHARE) * t * t * (3 - 2 * t)


def fit_sphere(points: np.ndarray) -> tuple[np.ndarray, float]:
    system = np.concatenate([2 * points, np.ones((len(points), 1))], axis=1)
    solution, *_ = np.linalg.lstsq(system, (points**2).sum(axis=1), rcond=None)
    centre = solution[:3]
    return centre, float(np.sqrt(solution[3] + centre @ centre))
