"""One random person before the camera: face, skin, hair, clothes, light, background."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from .draw import Camera, Mesh, Studio
from .face_model import (
    CHIN_LANDMARK,
    EYE_SOCKETS,
    FOREHEAD_LANDMARK,
    LASHES,
    MOUTH_SOCKET,
    SCLERAS,
    SKIN,
    SOFT_MOUTH,
    TEETH,
    FaceModel,
    Person,
    turn_head,
)
from .outfit import Surface, curtain, random_style, scalp_hair, torso
from .shaders import MATERIALS

INNER_LIPS = (5533, 5517)
IDENTITY_MODES = 60
IRIS_RADIUS_CM = 0.6
HAIR_TONES = [
    (0.07, 0.05, 0.045),
    (0.16, 0.10, 0.07),
    (0.30, 0.19, 0.12),
    (0.55, 0.40, 0.24),
    (0.75, 0.62, 0.42),
    (0.45, 0.18, 0.09),
    (0.62, 0.60, 0.58),
]
IRIS_TONES = [
    (0.25, 0.14, 0.07),
    (0.36, 0.22, 0.10),
    (0.30, 0.36, 0.22),
    (0.32, 0.44, 0.54),
    (0.42, 0.46, 0.48),
]


@dataclass
class Picture:
    rgb: np.ndarray
    """uint8 [side, side, 3]"""
    matte: np.ndarray
    """uint8 [side, side], the person"""
    landmarks: np.ndarray
    """[478, 2], picture fractions"""


class Portrait:
    """Draws itself in a studio under any motion frame."""

    def __init__(
        self, model: FaceModel, skin: np.ndarray, coordinates: np.ndarray, rng: np.random.Generator
    ) -> None:
        self.model = model
        self.coordinates = coordinates
        strength = rng.uniform(0.5, 0.95)
        self.person: Person = model.person(strength * rng.standard_normal(IDENTITY_MODES))
        self.skin = skin
        self.light = random_light(rng)
        self.surfaces = self._dress(rng)
        self.camera = self._place_camera(rng)
        self.background = random_background(rng)
        self.tone = rng.uniform([0.85, 0.75], [1.15, 1.15])
        self.material, self.local = self._materials()

    def _dress(self, rng: np.random.Generator) -> list[tuple[str, Surface]]:
        normals = self.model.normals(self.person.vertices)
        style = random_style(rng)
        surfaces = [("cloth", torso(rng))]
        if style.curtain_cm > 0:
            surfaces.append(("hair", curtain(self.person, style)))
        if rng.random() < 0.93:
            surfaces.append(
                ("hair", scalp_hair(self.person, self.model.neutral, normals, self.model.triangles, style))
            )
        return surfaces

    def _place_camera(self, rng: np.random.Generator) -> Camera:
        marks = self.model.landmarks(self.person.vertices)
        chin, forehead = marks[CHIN_LANDMARK], marks[FOREHEAD_LANDMARK]
        face = forehead[1] - chin[1]
        target = 0.5 * (chin + forehead) + [rng.normal(0, 0.04) * face, rng.uniform(-0.12, 0.05) * face, 0]
        return Camera(rng.uniform(110, 220), target, face / rng.uniform(0.36, 0.5))

    def _materials(self) -> tuple[np.ndarray, np.ndarray]:
        """Material of every vertex, and what the shader wants to know beside it, [n, 3]."""
        vertices = self.person.vertices
        material = np.full(len(vertices), -1.0)
        material[SKIN] = MATERIALS["skin"]
        material[EYE_SOCKETS] = MATERIALS["skin"]
        material[MOUTH_SOCKET] = MATERIALS["lining"]
        material[SOFT_MOUTH] = MATERIALS["gum"]
        material[TEETH] = MATERIALS["tooth"]
        material[LASHES] = MATERIALS["lash"]
        local = np.zeros((len(vertices), 3))
        inside = slice(MOUTH_SOCKET.start, TEETH.stop)
        front = vertices[list(INNER_LIPS), 2].mean()
        local[inside, 0] = np.maximum(0, front - 0.1 - vertices[inside, 2])
        for side, part in SCLERAS.items():
            centre, radius = self.person.eyes[side]
            material[part] = MATERIALS["eye"]
            local[part] = (vertices[part] - centre) / radius
        return material, local

    def landmarks(self, frame: np.ndarray) -> np.ndarray:
        """True landmarks [478, 2], picture fractions."""
        return self.camera.project(self.model.landmarks(self._posed(frame)))

    def _posed(self, frame: np.ndarray) -> np.ndarray:
        expressed = self.model.express(self.person, frame)
        return turn_head(expressed, self.person.head_share, self.person.joint, frame)

    def draw(self, studio: Studio, frame: np.ndarray, side: int) -> Picture:
        """`side`: pixels of the picture; the studio draws it larger."""
        posed = self._posed(frame)
        triangles = self.model.triangles
        kind = self.material[triangles[:, 0]]
        normals = self.model.normals(posed)

        def part(chosen: np.ndarray, blended: bool = False) -> Mesh:
            faces = triangles[chosen]
            return Mesh(posed, normals, self.coordinates, self.local, self.material, faces, blended)

        lash = kind == MATERIALS["lash"]
        meshes = [part((kind >= 0) & ~lash)]
        meshes += [self._surface_mesh(name, surface, frame) for name, surface in self.surfaces]
        meshes.insert(2, part(lash, blended=True))
        if studio.sitter is not self:
            studio.set_texture("skin", 0, self.skin)
            studio.sitter = self
        gap = np.linalg.norm(posed[INNER_LIPS[0]] - posed[INNER_LIPS[1]])
        light = {**self.light, "parted": np.clip(gap / 1.5, 0, 1), "iris_size": self._iris_size()}
        drawn = cv2.resize(
            studio.draw(meshes, self.camera, light), (side, side), interpolation=cv2.INTER_AREA
        )
        return Picture(self._finish(drawn), drawn[..., 3], self.camera.project(self.model.landmarks(posed)))

    def _iris_size(self) -> float:
        radius = self.person.eyes["Left"][1]
        return float(np.sqrt(1 - (IRIS_RADIUS_CM / radius) ** 2))

    def _surface_mesh(self, name: str, surface: Surface, frame: np.ndarray) -> Mesh:
        points = turn_head(surface.points, surface.head_share, self.person.joint, frame)
        faces = surface.triangles
        flat = np.cross(points[faces[:, 1]] - points[faces[:, 0]], points[faces[:, 2]] - points[faces[:, 0]])
        normals = np.stack(
            [np.bincount(faces.T.ravel(), np.tile(flat[:, axis], 3), len(points)) for axis in range(3)], 1
        )
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
        local = np.stack([surface.layer, surface.cover, np.zeros(len(points))], 1)
        material = np.full(len(points), float(MATERIALS[name]))
        return Mesh(points, normals, surface.texture, local, material, faces, blended=name == "hair")

    def _finish(self, drawn: np.ndarray) -> np.ndarray:
        side = drawn.shape[0]
        background = cv2.resize(self.background, (side, side), interpolation=cv2.INTER_CUBIC)
        alpha = drawn[..., 3:].astype(np.float32) / 255
        picture = drawn[..., :3] + (1 - alpha) * background
        contrast, saturation = self.tone
        grey = picture.mean(2, keepdims=True)
        picture = grey + saturation * (picture - grey)
        picture = 118 + contrast * (picture - 118)
        return np.clip(picture + 0.5, 0, 255).astype(np.uint8)


def random_light(rng: np.random.Generator) -> dict[str, object]:
    around, above = np.radians(rng.uniform(-65, 65)), np.radians(rng.uniform(5, 55))
    key = np.array([np.sin(around) * np.cos(above), np.sin(above), np.cos(around) * np.cos(above)])
    around = np.radians(-np.sign(around) * rng.uniform(20, 80))
    fill = np.array([np.sin(around), rng.uniform(-0.2, 0.5), np.cos(around)])
    warmth = rng.uniform(-0.15, 0.2)
    warm = np.array([1 + warmth, 1.0, 1 - 1.3 * warmth])
    cool = np.array([1 - 0.5 * warmth, 1.0, 1 + 0.6 * warmth])
    power = rng.uniform(0.55, 1.15)
    tone = (
        np.array(HAIR_TONES[rng.integers(len(HAIR_TONES))])
        * rng.uniform(0.7, 1.2)
        * rng.uniform(0.95, 1.05, 3)
    )
    eyes = np.array(IRIS_TONES[rng.integers(len(IRIS_TONES))]) * rng.uniform(0.8, 1.2)
    return {
        "key_direction": key,
        "key_colour": power * warm,
        "fill_direction": fill / np.linalg.norm(fill),
        "fill_colour": rng.uniform(0.08, 0.4) * cool,
        "sky": rng.uniform(0.2, 0.5) * cool,
        "ground": rng.uniform(0.1, 0.3) * warm,
        "skin_gain": rng.uniform(0.85, 1.15) * rng.uniform(0.94, 1.06, 3),
        "lips": np.array([0.62, 0.33, 0.31]) * rng.uniform(0.7, 1.2),
        "iris": eyes,
        "hair": tone,
        "cloth": rng.uniform(0.05, 0.9) * rng.uniform(0.4, 1.0, 3),
        "enamel": np.array([0.86, 0.82, 0.74]) * rng.uniform(0.75, 1.08),
        "gloss": rng.uniform(0.15, 0.9),
        "pores": rng.uniform(0.2, 1.2),
    }


def random_background(rng: np.random.Generator, side: int = 256) -> np.ndarray:
    """Soft colours with blurred things in them, float32 [side, side, 3]."""
    top = rng.uniform(30, 215) + rng.normal(0, 22, 3)
    bottom = top * rng.uniform(0.5, 1.3) + rng.normal(0, 10, 3)
    ramp = np.linspace(0, 1, side, dtype=np.float32)[:, None, None]
    picture = np.broadcast_to((1 - ramp) * top + ramp * bottom, (side, side, 3)).astype(np.float32).copy()
    for _ in range(rng.integers(0, 12)):
        corner = rng.integers(-40, side, 2)
        extent = rng.integers(10, 120, 2)
        colour = tuple(
            float(c)
            for c in np.clip(
                picture.mean((0, 1)) * rng.uniform(0.5, 1.5) * rng.uniform(0.85, 1.15, 3), 0, 255
            )
        )
        cv2.rectangle(
            picture, tuple(int(c) for c in corner), tuple(int(c) for c in corner + extent), colour, -1
        )
    return cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(2, 14)))
