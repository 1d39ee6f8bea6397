"""Random controls for training, so that each is learnt over its whole range."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..channels import CONTROL_SIZE, EMOTIONS
from ..channels import RATE_HZ as FPS
from .voice import Voice

#: Blink-rate control (1 is 20 a minute) of a face at rest: 17 a minute (Bentivoglio et al. 1997).
NEUTRAL_BLINK = 17 / 20


def _spans(rng: np.random.Generator, frames: int, mean_s: float) -> Iterator[slice]:
    """Cuts a clip into spans of at least 1.2 s."""
    at = 0
    while at < frames:
        length = int(rng.exponential(mean_s) * FPS + 1.2 * FPS)
        yield slice(at, min(frames, at + length))
        at += length


def _blink_rate(rng: np.random.Generator) -> float:
    """A third neutral; none at all and very many are frequent, or the network never learns the ends."""
    draw = rng.random()
    if draw < 0.34:
        return NEUTRAL_BLINK
    if draw < 0.54:
        return 0.0
    if draw < 0.66:
        return float(rng.uniform(2, 3))
    return float(rng.uniform(0, 2))


def control_track(rng: np.random.Generator, voice: Voice) -> np.ndarray:
    """Random piecewise-constant controls [frames, CONTROL_SIZE], each group on its own clock."""
    frames = len(voice.loud)
    track = np.zeros((frames, CONTROL_SIZE), np.float32)
    for span in _spans(rng, frames, 4):
        if rng.random() < 0.4:
            # Mirrored draws: left and right get the same share.
            track[span, 0] = rng.choice([-1, 1]) * rng.uniform(0, 0.55)
            track[span, 1] = rng.choice([-1, 1]) * rng.uniform(0, 0.35)
            track[span, 2] = 1
    for span in _spans(rng, frames, 5):
        if rng.random() < 0.4:
            track[span, 3] = np.clip(rng.normal(0, 0.25), -0.5, 0.5)
    for span in _spans(rng, frames, 5):
        draw = rng.random()
        if draw < 0.4:
            track[span, 11] = 1
        elif draw < 0.78:
            chosen = rng.choice(len(EMOTIONS), 1 if rng.random() < 0.75 else 2, replace=False)
            track[span, 4 + chosen] = rng.uniform(0.2, 1, len(chosen))
    for span in _spans(rng, frames, 8):
        track[span, 12] = 1 if rng.random() < 0.5 else rng.uniform(0, 2)
    for span in _spans(rng, frames, 12):
        track[span, 13] = _blink_rate(rng)
    for span in _spans(rng, frames, 5):
        speaking = voice.speech[span].mean() > 0.1
        state = 0 if speaking and rng.random() < 0.93 else int(rng.choice(3, p=[0.25, 0.4, 0.35]))
        track[span, 14 + state] = 1
    return track
