"""A person's body at rest and under a pose: base mesh hm08, targets, ARKit shapes, the head's turn.

Decimetres, axes as in assets.py.
"""

from __future__ import annotations

import math

import numpy as np

from . import regions
from .assets import (
    BASE_MESH,
    MAKEHUMAN,
    TARGETS,
    Target,
    Worn,
    face_units,
    local_target,
    read_obj,
    read_target,
    read_worn,
)
from .identity import Person

Pose = dict[str, float]
"""ARKit names 0..1; headYaw, headPitch, headRoll in radians, as in src/contract/motion-frame.ts"""

EYES = MAKEHUMAN / "eyes" / "high-poly" / "high-poly.mhclo"
NECK_JOINT_BELOW_TOP = 2.1
TURN_FADES = (2.7, 0.9)
"""The head's turn fades into the shoulders: nothing of it so far below the top, all of it so much higher."""
LIDS_OVERLAP = 0.006
LIPS_BEFORE_TEETH, TEETH_BELOW_LIP = 0.012, 0.013
LOWER_TEETH_FOLLOW = np.array([0.0, 0.75, 0.15])
"""People's upper incisors show a millimetre or two where the lips part."""
VISIBLE_BELOW_TOP = 5.0
"""What lies lower is left out."""


def add_target(vertices: np.ndarray, target: Target, weight: float) -> None:
    ids, deltas = target
    vertices[ids] += weight * deltas


def head_rotation(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """Roll about z, then pitch about x, then yaw about y, right-handed, [3, 3]."""
    (cy, cp, cr), (sy, sp, sr) = np.cos([yaw, pitch, roll]), np.sin([yaw, pitch, roll])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return about_y @ about_x @ about_z


class Body:
    """One person's shape."""

    def __init__(self, person: Person) -> None:
        mesh = read_obj(BASE_MESH)
        vertices = mesh.vertices.copy()
        for age, of_age in person.age.items():
            build = f"universal-{person.sex}-{age}-{person.muscle}-averageweight.target.gz"
            add_target(vertices, read_target(TARGETS / "macrodetails" / build), of_age)
            for race, of_race in person.race.items():
                path = TARGETS / "macrodetails" / f"{race}-{person.sex}-{age}.target.gz"
                add_target(vertices, read_target(path), of_age * of_race)
        for name, weight in person.targets.items():
            add_target(vertices, local_target(name), weight)
        self.neutral = vertices
        self.own_expression = person.expression
        self.blink_reach = {side: self._blink_reach(side) for side in regions.LID_RIMS}
        skin = np.array([g == "body" for g in mesh.groups])
        ids = np.unique(np.concatenate([mesh.faces[i] for i in np.flatnonzero(skin)]))
        self.is_skin = np.zeros(len(vertices), bool)
        self.is_skin[ids] = True
        self.top = float(vertices[ids, 1].max())
        low = self.top - VISIBLE_BELOW_TOP
        self.skin_faces = [i for i in np.flatnonzero(skin) if vertices[mesh.faces[i], 1].min() > low]
        """polygons of the base mesh that are drawn"""
        neck = ids[np.abs(vertices[ids, 1] - (self.top - NECK_JOINT_BELOW_TOP)) < 0.1]
        self.joint = np.array([0.0, self.top - NECK_JOINT_BELOW_TOP, vertices[neck, 2].mean()])
        start, length = TURN_FADES
        share = np.clip((vertices[:, 1] - (self.top - start)) / length, 0, 1)
        self.head_share = share * share * (3 - 2 * share)
        """[vertices], of the head's turn"""
        self.eyes = read_worn(EYES)
        self._eyes_neutral = self.eyes.on(vertices)
        self._last: tuple[tuple, np.ndarray] | None = None
        self.eye_side = np.sign(self._eyes_neutral[:, 0])

    def expressed(self, pose: Pose) -> np.ndarray:
        """Vertices [n, 3] under the coefficients alone; what the pose doesn't name is the person's own."""
        vertices = self.neutral.copy()
        units = face_units()
        for name, weight in {**self.own_expression, **pose}.items():
            if name in units and weight:
                add_target(
                    vertices, units[name], weight * self.blink_reach.get(name.removeprefix("eyeBlink"), 1.0)
                )
        return vertices

    def _blink_reach(self, side: str) -> float:
        """What of the shape shuts this person's lids: whole, it draws most people's over the lower one."""
        upper, lower = regions.LID_RIMS[side]
        ids, deltas = face_units()[f"eyeBlink{side}"]
        moved = {int(i): delta[1] for i, delta in zip(ids, deltas, strict=True)}
        closes = moved.get(lower, 0.0) - moved[upper]
        return min(1.0, (self.neutral[upper, 1] - self.neutral[lower, 1] + LIDS_OVERLAP) / closes)

    def eyes_on(self, vertices: np.ndarray) -> np.ndarray:
        """Eyeballs [n, 3] on an expressed body: the shapes shear them, people turn them."""
        moved = self.eyes.on(vertices)
        for side in (-1, 1):
            own = self.eye_side == side
            before, after = self._eyes_neutral[own], moved[own]
            u, _, vt = np.linalg.svd((after - after.mean(0)).T @ (before - before.mean(0)))
            turn = u @ np.diag([1, 1, np.sign(np.linalg.det(u @ vt))]) @ vt
            moved[own] = (before - before.mean(0)) @ turn.T + after.mean(0)
        return moved

    @staticmethod
    def _rotation(pose: Pose) -> np.ndarray:
        return head_rotation(*(pose.get(f"head{axis}", 0.0) for axis in ("Yaw", "Pitch", "Roll")))

    def turn(self, points: np.ndarray, share: np.ndarray | float, pose: Pose) -> np.ndarray:
        """Turns points [n, 3] about the neck's joint, each by its share [n] of the pose's head angles."""
        turned = (points - self.joint) @ self._rotation(pose).T + self.joint
        return points + np.reshape(share, (-1, 1)) * (turned - points)

    def posed(self, pose: Pose) -> np.ndarray:
        """Vertices [n, 3] of the base mesh under a pose; not to be changed."""
        key = tuple(sorted(pose.items()))
        if self._last is None or self._last[0] != key:
            self._last = key, self.turn(self.expressed(pose), self.head_share, pose)
        return self._last[1]

    def teeth_shift(self, teeth: Worn) -> np.ndarray:
        """[vertices, 3]: the assets' teeth lie up to 7 mm behind the lips; people's lips rest on them."""
        own = teeth.on(self.neutral)
        falls = own[:, 1] - teeth.on(self.expressed({"jawOpen": 1.0}))[:, 1]
        incisors = (np.abs(own[:, 0]) < 0.08) & (own[:, 2] > own[:, 2].max() - 0.1) & (falls < 0.1)
        _, seam_y, seam_z = self.neutral[regions.LIPS_INSIDE].mean(0)
        forwards = seam_z - LIPS_BEFORE_TEETH - own[:, 2].max()
        shift = np.array([0.0, seam_y - TEETH_BELOW_LIP - own[incisors, 1].min(), max(0.0, forwards)])
        # The lower gums would come through the chin.
        return np.where(falls[:, None] < 0.1, shift, shift * LOWER_TEETH_FOLLOW)

    def worn(self, worn: Worn, pose: Pose, shift: np.ndarray | float = 0.0) -> np.ndarray:
        """A worn mesh [n, 3] under a pose; `shift`, [n, 3] or [3], in the head's axes."""
        return worn.on(self.posed(pose)) + (np.zeros(3) + shift) @ self._rotation(pose).T

    def eyes_posed(self, pose: Pose) -> np.ndarray:
        return self.turn(self.eyes_on(self.expressed(pose)), 1.0, pose)


def degrees(value: float) -> float:
    return value * math.pi / 180
