"""One person before one camera: pictures under poses, developed as that camera does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter, uniform_filter

from .backdrop import backdrop_of
from .body import Body, Pose
from .camera import LUMA, Camera, camera_of, developed, recorded
from .cast import put_on
from .identity import Person, person_of
from .light import Light, light_of
from .regions import Frame
from .stage import Box, Stage
from .view import View
from .wearing import triangles_of

FEATHER_PX = 4
BALANCE_ADAPTS = 0.75
FACE_LEVEL, FACE_ADAPTS = 0.42, 0.5
"""Cameras expose for faces: linear luma of a face that has this stays, others come so much of the way."""


def _balance(light: Light) -> np.ndarray:
    """Automatic white balance, which goes most of the way."""
    colour = np.array(light.sky) + sum(lamp.strength * np.array(lamp.colour) for lamp in light.lamps)
    factors = (colour / (colour @ LUMA)) ** -BALANCE_ADAPTS
    return factors / (factors @ LUMA)


def _without_speckles(linear: np.ndarray) -> np.ndarray:
    """The denoiser leaves coverage as it is: strands at the edge of hair are smoothed a little."""
    soft = gaussian_filter(linear, (0.7, 0.7, 0))
    cover = np.clip(linear[..., 3], 0, 1)
    share = np.clip(gaussian_filter(4 * cover * (1 - cover), 1.0), 0, 1)[..., None]
    return linear + share * (soft - linear)


@dataclass
class Sitting:
    """A person on the stage, lit, before a camera."""

    person: Person
    light: Light
    camera: Camera
    body: Body
    view: View
    stage: Stage
    backdrop: np.ndarray
    gain: float = 0.0
    """of the exposure, set by the picture at rest"""
    balance: np.ndarray | float = 1.0
    """factors by which the camera answers the light's colour [3]"""
    rest: np.ndarray | None = None
    """linear light and coverage at rest"""

    @staticmethod
    def of(seed: int, side: int, samples: int, threads: int = 2) -> Sitting:
        return Sitting.arranged(
            person_of(seed), light_of(seed), camera_of(seed), seed, side, samples, threads
        )

    @staticmethod
    def arranged(
        person: Person, light: Light, camera: Camera, seed: int, side: int, samples: int, threads: int = 2
    ) -> Sitting:
        body, stage = Body(person), Stage(side, samples, threads)
        put_on(stage, person, body)
        view = View.of(camera, body)
        stage.set_light(light, body)
        stage.set_camera(view)
        return Sitting(
            person, light, camera, body, view, stage, backdrop_of(seed, side), balance=_balance(light)
        )

    def picture(self, pose: Pose) -> tuple[np.ndarray, np.ndarray]:
        """Developed picture, float 0..255 [side, side, 3], and how much of each pixel is the person 0..1."""
        linear = _without_speckles(self._rendered(pose))
        light, cover = linear[..., :3], linear[..., 3:]
        both = self.gain * self.balance * light + (1 - cover) * self.backdrop
        return developed(both, self.camera), cover[..., 0]

    def _rendered(self, pose: Pose) -> np.ndarray:
        """Only what moves against the picture at rest is path-traced anew."""
        if self.rest is None:
            self.rest = self.stage.render({})
            self.gain = self._exposure(self.rest[..., :3])
        if not pose:
            return self.rest
        if any(name.startswith("head") for name in pose):
            return self.stage.render(pose)
        box = self._moving(pose)
        side = self.stage.side
        left, top, right, bottom = (round(part * side) for part in box)
        inside = np.zeros((side, side))
        inside[top + FEATHER_PX : bottom - FEATHER_PX, left + FEATHER_PX : right - FEATHER_PX] = 1
        share = uniform_filter(inside, 2 * FEATHER_PX - 1)[..., None]
        return self.rest + share * (self.stage.render(pose, box) - self.rest)

    def _moving(self, pose: Pose) -> Box:
        """Around all vertices that move by more than a tenth of a millimetre."""
        shown = np.unique(triangles_of(self.body))
        before = np.vstack([self.body.posed({})[shown], self.body.eyes_posed({})])
        after = np.vstack([self.body.posed(pose)[shown], self.body.eyes_posed(pose)])
        moved = np.linalg.norm(after - before, axis=1) > 0.001
        places = self.view.project(np.vstack([before[moved], after[moved]]))
        margin = 0.025 + 2 * FEATHER_PX / self.stage.side
        low, high = np.clip(places.min(0) - margin, 0, 1), np.clip(places.max(0) + margin, 0, 1)
        return (*low, *high)

    def as_file(self, picture: np.ndarray) -> np.ndarray:
        """What an upload of it would be: with noise, through a JPEG: uint8."""
        return recorded(picture, self.camera, np.random.default_rng([self.person.seed, 6]))

    def _exposure(self, light: np.ndarray) -> float:
        """By the middle of the face."""
        frame = Frame.of(self.body.posed({}))
        places = np.array([[x, y, 8.5] for x in (-3, -2, 2, 3) for y in (-1.5, -0.5)] + [[0.0, 7.0, 8.8]])
        xy = self.view.project(frame.from_cm(places)) * self.stage.side
        near = [light[int(y) - 1 : int(y) + 2, int(x) - 1 : int(x) + 2].reshape(-1, 3) for x, y in xy]
        level = float(np.median(np.concatenate(near) @ LUMA))
        wanted = FACE_LEVEL * (level / FACE_LEVEL) ** FACE_ADAPTS
        return self.camera.exposure * wanted / max(level, 1e-4)
