"""What a portrait of the gallery is made of: a person, hair, clothes, light, camera, a finish."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from hair_grow import Style
from human import Shape
from photo_skin import Complexion

RGB = tuple[float, float, float]


@dataclass
class Coat:
    style: Style
    region: str = "scalp"
    recede: float = 0.0
    bald_top: float = 0.0
    colour: RGB | None = None


Lamp = tuple[tuple[float, float, float], float, float, RGB]
"""place (cm), size (cm), watts, colour"""


@dataclass
class Sitter:
    seed: int
    shape: Shape
    look: Complexion
    finish: Callable[[np.ndarray, int], np.ndarray]
    hair: RGB
    coats: list[Coat]
    clothes: list[tuple[str, RGB | None]]
    """garments of ../shared/data/people/clothes; those of one colour are knitted in it"""
    brows: str = "eyebrow001"
    brow_colour: RGB | None = None
    brow_count: int = 420
    brow_cm: float = 0.75
    lashes: str = "eyelashes02"
    lash_cut: float = 0.4
    lash_opacity: float = 0.8
    eyes: str | None = None
    iris_tint: RGB = (1.0, 1.0, 1.0)
    hair_variety: float = 0.25
    shine: float = 0.6
    frame_cm: float = 32.0
    centre_y: float = 2.4
    f_number: float = 6.3
    exposure: float = 0.0
    lamps: list[Lamp] = field(default_factory=list)
    stone: RGB | None = None
    """all of one stone of this colour instead of skin, cloth and hair"""
    ambient: tuple[RGB, float] = ((0.8, 0.82, 0.88), 0.25)


def window_light(
    side: int = -1, key: float = 70000, fill: float = 11000, rim: float = 30000, warm: RGB = (1.0, 0.95, 0.88)
) -> list[Lamp]:
    """A large soft key high to one side, a weak fill, a rim from behind."""
    return [
        ((side * 58, 38, 96), 60, key, warm),
        ((-side * 85, 5, 80), 90, fill, (0.88, 0.94, 1.0)),
        ((-side * 50, 42, -62), 40, rim, (1.0, 0.95, 0.9)),
        ((side * 14, -34, 88), 28, 0.10 * key, (1.0, 0.97, 0.94)),
    ]


CALM = {
    "mouthSmileLeft": 0.28,
    "mouthSmileRight": 0.23,
    "cheekSquintLeft": 0.1,
    "cheekSquintRight": 0.1,
    "browInnerUp": 0.08,
    "browOuterUpLeft": 0.1,
    "browOuterUpRight": 0.12,
}
