"""Brows: raises and frowns on stressed syllables, arcs over phrases, small motion in between."""

from __future__ import annotations

import numpy as np

from ..channels import CH, pair
from ..channels import RATE_HZ as FPS
from .noise import add_plateau, add_pulse, smooth, wander
from .scene import Scene

#: From the ARKit recordings, where brows are raised: outer per inner brow, and upper lid per inner brow (0.62
#: there, in deliberate raises; half as much here).
OUTER, WIDE = 0.86, 0.30


def add_brows(rng: np.random.Generator, out: np.ndarray, scene: Scene, answers: np.ndarray) -> None:
    """Adds brow motion to `out` [frames, 58]; `answers` [frames]: raises in answer to what the user says."""
    style, frames = scene.style, scene.frames
    raise_, frown = np.zeros(frames), np.zeros(frames)
    for frame, strength in scene.accents:
        draw = rng.random()
        if draw < style.brow_chance:
            height = rng.lognormal(np.log(0.25), 0.45) * strength
            add_pulse(raise_, frame + rng.normal(1.0, 1.2), rng.uniform(0.20, 0.42), min(height, 0.6))
        elif draw < style.brow_chance + 0.07:
            add_pulse(frown, frame + 1, rng.uniform(0.25, 0.5), rng.uniform(0.12, 0.35))
    # Some phrases are spoken with brows up or drawn together throughout.
    for first, last in zip(scene.starts, scene.ends, strict=True):
        draw = rng.random()
        if draw < 0.28:
            add_plateau(
                raise_, first, (last - first) / FPS * rng.uniform(0.4, 1), 0.25, rng.uniform(0.1, 0.35)
            )
        elif draw < 0.40:
            add_plateau(
                frown, first, (last - first) / FPS * rng.uniform(0.4, 1), 0.3, rng.uniform(0.08, 0.25)
            )
    # Brows go along with the loudness of the syllables a little, without a break.
    loud = scene.voice.loud * scene.voice.speech
    raise_ += 0.35 * np.maximum(0, smooth(loud, 0.06) - smooth(loud, 0.4))
    talk = scene.lively * scene.speaking
    raise_, frown = raise_ * talk, frown * talk
    # Where no user is heard, a listener's brows answer now and then.
    answer, at = np.zeros(frames), rng.exponential(4) * FPS
    while at < frames:
        add_pulse(answer, at, rng.uniform(0.25, 0.6), rng.uniform(0.1, 0.4))
        at += FPS * (1.5 + rng.exponential(5))
    raise_ += answer * scene.lively * (scene.listening + 0.3 * scene.idle) * (1 - scene.microphone)
    raise_ += answers * scene.lively
    raise_ += np.maximum(0, 0.035 * scene.lively * wander(rng, frames, 0.8))
    raise_ *= style.brow_amount
    held = scene.feeling.brow_held
    raise_, frown = raise_ * (1 - held), frown + 0.35 * raise_ * held
    left = np.exp(0.5 * style.asymmetry["brow"])
    out[:, CH["browInnerUp"]] += raise_
    outer = OUTER * raise_ * (0.96 + 0.12 * np.tanh(wander(rng, frames, 1.5)))
    out[:, CH["browOuterUpLeft"]] += outer * left
    out[:, CH["browOuterUpRight"]] += outer / left
    out[:, pair("browDown")] += frown[:, None]
    out[:, pair("eyeWide")] += (WIDE * np.maximum(0, raise_ - 0.1))[:, None]
    out[:, pair("eyeSquint")] += (0.3 * frown)[:, None]
