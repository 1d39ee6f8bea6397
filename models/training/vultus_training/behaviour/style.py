"""What differs between people and holds for a clip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: SD of log(left / right) by region, from the ARKit recordings where a shape is active.
ASYMMETRY = {"mouth": 0.12, "cheek": 0.15, "brow": 0.05, "eye": 0.04, "nose": 0.05}


def _factor(rng: np.random.Generator, sd: float, limit: float = 2.0) -> float:
    """Log-normal factor with median 1, cut at `limit` standard deviations."""
    return float(np.exp(sd * np.clip(rng.standard_normal(), -limit, limit)))


@dataclass(frozen=True)
class Style:
    """One person's way of moving."""

    amount: float  # of head motion
    tempo: float  # of all head motion; above 1 is quicker
    axes: np.ndarray  # weight of yaw, pitch, roll
    beat_chance: float  # that a stressed syllable gets a head beat
    brow_chance: float  # that one gets a brow raise
    brow_amount: float
    coupling: float  # roll that goes along with yaw
    gaze_contact: float  # above 1 looks away less
    answers: float  # chance that a cue of the user is answered
    side: int  # +1 or −1: preferred side of tilts
    asymmetry: dict[str, float]  # log(left / right) of the shapes of a region

    @staticmethod
    def draw(rng: np.random.Generator) -> Style:
        return Style(
            amount=_factor(rng, 0.20),
            tempo=_factor(rng, 0.15),
            axes=np.array([_factor(rng, 0.2) for _ in range(3)]),
            beat_chance=rng.uniform(0.35, 0.75),
            brow_chance=rng.uniform(0.15, 0.38),
            brow_amount=_factor(rng, 0.20),
            coupling=0.2 * rng.standard_normal(),
            gaze_contact=_factor(rng, 0.3),
            answers=rng.uniform(0.8, 1.0),
            side=int(rng.choice([-1, 1])),
            asymmetry={k: sd * float(np.clip(rng.standard_normal(), -2, 2)) for k, sd in ASYMMETRY.items()},
        )
