"""Blinks: when they come and how the lids move."""

from __future__ import annotations

import numpy as np

from ..channels import RATE_HZ as FPS
from ..channels import pair
from .scene import Scene

#: CV 0.87 of the log-normal intervals: skewed, as Bentivoglio et al. 1997 found.
_SIGMA = 0.75
_SHORTEST_S = 0.45
_PHRASE_END_PULL = 5.0
# Medians of the fit to 54 blinks of the ARKit recordings: 80 ms closing, 30 ms hold, 220 ms opening; the
# opening starts fast and ends slowly (power of its time).
_CLOSING, _HOLD, _OPENING, _POWER = 0.083, 0.032, 0.245, 0.5


def add_blinks(rng: np.random.Generator, out: np.ndarray, scene: Scene, onsets: list[int]) -> None:
    """Adds a blink at each of `onsets` (first frames) to `out` [frames, 58]."""
    lid = np.zeros(scene.frames)
    slow = scene.feeling.slow_lids
    for frame in onsets:
        _add_blink(rng, lid, frame, 1 + slow[frame])
    for channel in pair("eyeBlink"):
        out[:, channel] = np.maximum(out[:, channel], lid)
    # The globe dips as the lid comes down, and wide eyes are wide no more.
    out[:, pair("eyeLookDown")] += (0.06 * lid * (out[:, pair("eyeLookUp")].max(1) == 0))[:, None]
    out[:, pair("eyeWide")] *= (1 - np.clip(lid, 0, 1))[:, None]


def draw_onsets(rng: np.random.Generator, scene: Scene) -> list[int]:
    """First frame of each blink at the rate of control 13, none where it is 0: log-normal intervals in a
    time that runs with the rate asked for, and faster at the ends of phrases. Gaze shifts come with blinks
    too: see `gaze`."""
    frames = scene.frames
    pull = np.ones(frames)
    for frame in scene.ends:
        pull[max(0, frame - 1) : frame + 6] = _PHRASE_END_PULL
    pull /= pull.mean()
    clock = np.cumsum(scene.controls[:, 13] * 20 / 60 / FPS * pull * scene.feeling.blink_factor)
    # The first wait is drawn as in the middle of an interval.
    waits = np.exp(_SIGMA * rng.standard_normal(int(clock[-1] * 3 + 12)) - _SIGMA**2 / 2)
    waits[0] *= rng.uniform(0, 1)
    onsets, last = [], -np.inf
    for due in np.searchsorted(clock, np.cumsum(waits)):
        frame = int(max(due, np.ceil(last + _SHORTEST_S * FPS)))
        if due >= frames or frame >= frames:
            break
        if scene.controls[frame, 13] > 0.01:
            onsets.append(frame)
            last = frame
    return onsets


def blink_curve(
    t: np.ndarray, closing_s: float, hold_s: float, opening_s: float, power: float = _POWER
) -> np.ndarray:
    """Lid 0..1 at `t` seconds after onset."""
    down = 0.5 - 0.5 * np.cos(np.pi * np.clip(t / closing_s, 0, 1))
    up = np.clip((t - closing_s - hold_s) / opening_s, 0, 1) ** power
    return down * (0.5 + 0.5 * np.cos(np.pi * up))


def _add_blink(rng: np.random.Generator, lid: np.ndarray, frame: int, slow: float) -> None:
    """One blink whose first visible frame is `frame`. The onset lies far enough before it that the lid has
    risen by 0.05 there: that is how training tells blocks in which a blink starts (`coupling`)."""
    closing = np.clip(_CLOSING * np.exp(0.13 * rng.standard_normal()), 0.070, 0.115) * slow
    hold = np.clip(_HOLD * np.exp(0.25 * rng.standard_normal()), 0.02, 0.06)
    opening = np.clip(_OPENING * np.exp(0.22 * rng.standard_normal()), 0.15, 0.34) * slow
    start = frame - rng.uniform(0.17 * closing * FPS, 1.0)
    last = min(len(lid), frame + int((closing + hold + opening) * FPS) + 2)
    t = (np.arange(frame, last) - start) / FPS
    height = rng.uniform(0.93, 1.0)
    lid[frame:last] = np.maximum(lid[frame:last], height * blink_curve(t, closing, hold, opening))
