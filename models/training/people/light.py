"""Light by seed: how people are lit before webcams, windows and in studios."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

Vector = tuple[float, float, float]
KINDS = ["studio", "window", "office", "ring", "overcast", "evening"]


@dataclass
class Lamp:
    place: Vector
    """decimetres from the middle of the face; x to the person's left, y up, z to the viewer"""
    size: float
    """side of the square that shines, decimetres"""
    strength: float
    """how much light falls onto the face, in units of the exposure"""
    colour: Vector


@dataclass
class Light:
    kind: str
    lamps: list[Lamp]
    sky: Vector
    """linear colour from above"""
    ground: Vector
    """linear colour from below"""

    def to_json(self) -> dict:
        return asdict(self)


def colour_of(kelvin: float) -> Vector:
    """Of a black body, linear, roughly (Planckian locus in sRGB), the brightest part 1."""
    t = kelvin / 100
    red = 1.0 if t <= 66 else 1.293 * (t - 60) ** -0.1332
    green = 0.390 * np.log(t) - 0.632 if t <= 66 else 1.130 * (t - 60) ** -0.0755
    blue = 1.0 if t >= 66 else 0.543 * np.log(max(1.1, t - 10)) - 1.196
    values = np.clip([red, green, blue], 0, 1) ** 2.2
    return tuple(round(float(v), 4) for v in values / values.max())


def light_of(seed: int) -> Light:
    rng = np.random.default_rng([seed, 2])
    kind = str(rng.choice(KINDS, p=[0.28, 0.22, 0.2, 0.08, 0.14, 0.08]))
    side = float(rng.choice([-1, 1]))

    def lamp(place: tuple[float, float, float], size: float, strength: float, kelvin: float) -> Lamp:
        jitter = np.array(place) * rng.uniform(0.85, 1.15, 3)
        return Lamp(
            tuple(round(float(v), 3) for v in jitter), size, round(float(strength), 3), colour_of(kelvin)
        )

    def ambient(level: float, kelvin: float, below: float) -> tuple[Vector, Vector]:
        colour = np.array(colour_of(kelvin)) * level
        return _triple(colour), _triple(colour * below)

    if kind == "studio":
        sky, ground = ambient(rng.uniform(0.1, 0.3), 5600, 0.7)
        lamps = [
            lamp((side * rng.uniform(3, 8), rng.uniform(2, 6), 8), 5, rng.uniform(0.7, 1.0), 5600),
            lamp((-side * 8, 1, 7), 6, rng.uniform(0.15, 0.5), 5600),
            lamp((-side * 5, 5, -7), 4, rng.uniform(0.2, 0.9), 5600),
        ]
    elif kind == "window":
        sky, ground = ambient(rng.uniform(0.15, 0.4), rng.uniform(3500, 6500), 0.6)
        lamps = [
            lamp(
                (side * rng.uniform(5, 10), rng.uniform(0, 4), rng.uniform(2, 8)),
                12,
                rng.uniform(0.6, 1.0),
                rng.uniform(5500, 8000),
            )
        ]
    elif kind == "office":
        sky, ground = ambient(rng.uniform(0.35, 0.6), rng.uniform(3600, 5200), 0.55)
        lamps = [
            lamp(
                (side * rng.uniform(1, 5), 11, rng.uniform(2, 6)),
                7,
                rng.uniform(0.35, 0.7),
                rng.uniform(3600, 5200),
            ),
            lamp((0.5, -1.5, 6), 4, rng.uniform(0.1, 0.35), 6500),
        ]
    elif kind == "ring":
        sky, ground = ambient(rng.uniform(0.15, 0.3), 5000, 0.8)
        lamps = [lamp((0.2, 1.2, 9), 4, rng.uniform(0.7, 1.0), rng.uniform(4500, 6000))]
    elif kind == "overcast":
        sky, ground = ambient(rng.uniform(0.7, 0.9), rng.uniform(6000, 7500), rng.uniform(0.25, 0.5))
        lamps = [lamp((side * 3, 12, 6), 14, rng.uniform(0.1, 0.35), 6500)]
    else:
        sky, ground = ambient(rng.uniform(0.1, 0.25), rng.uniform(2700, 3500), 0.6)
        lamps = [
            lamp(
                (side * rng.uniform(4, 9), rng.uniform(1, 5), rng.uniform(3, 7)),
                3,
                rng.uniform(0.6, 0.9),
                rng.uniform(2700, 3400),
            ),
            lamp((-side * 0.5, -1.0, 6), 4, rng.uniform(0.1, 0.3), 6500),
        ]
    return Light(kind, lamps, sky, ground)


def _triple(values: np.ndarray) -> Vector:
    return tuple(round(float(v), 4) for v in values)
