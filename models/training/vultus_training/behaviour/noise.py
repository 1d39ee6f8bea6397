"""Building blocks of motion at 25 fps: followers, smooth random walks, pulses and steps."""

from __future__ import annotations

import numpy as np
from scipy.signal import lfilter

from ..channels import RATE_HZ as FPS


def smooth(x: np.ndarray, seconds: float) -> np.ndarray:
    """First-order follower along axis 0, starting at zero."""
    a = np.exp(-1 / (FPS * seconds))
    return lfilter([1 - a], [1, -a], x, axis=0)


def wander(rng: np.random.Generator, frames: int, seconds: float, columns: int | None = None) -> np.ndarray:
    """Smooth unit-variance random walk [frames(, columns)] with a time constant, starting at zero (second
    order, no corners)."""
    a, b = (np.exp(-1 / (FPS * s)) for s in (seconds, 0.6 * seconds))
    white = rng.standard_normal(frames if columns is None else (frames, columns))
    # Variance of white noise after the two followers, in closed form.
    variance = ((1 - a) * (1 - b)) ** 2 * (1 + a * b) / ((1 - a * a) * (1 - b * b) * (1 - a * b))
    return lfilter([(1 - a) * (1 - b) / np.sqrt(variance)], [1, -(a + b), a * b], white, axis=0)


def ease(x: np.ndarray) -> np.ndarray:
    """Minimum-jerk step from 0 at x ≤ 0 to 1 at x ≥ 1."""
    x = np.clip(x, 0, 1)
    return x**3 * (10 - 15 * x + 6 * x * x)


def add_pulse(track: np.ndarray, centre: float, half_width_s: float, height: float | np.ndarray) -> None:
    """Adds a smooth pulse to `track` [frames] or, with a vector `height`, [frames, columns]."""
    half = half_width_s * FPS
    first, last = max(0, int(centre - half)), min(len(track), int(centre + half) + 2)
    if first >= last:
        return
    x = (np.arange(first, last) - centre) / half
    pulse = (1 - np.minimum(x * x, 1)) ** 2
    track[first:last] += pulse[:, None] * height if track.ndim > 1 else pulse * height


def add_plateau(track: np.ndarray, start: float, hold_s: float, ramp_s: float, height: float) -> None:
    """Adds a hold between a minimum-jerk rise and a slower fall."""
    first = max(0, int(start))
    last = min(len(track), int(start + (hold_s + 3 * ramp_s) * FPS) + 2)
    t = (np.arange(first, last) - start) / FPS
    track[first:last] += height * (ease(t / ramp_s) - ease((t - ramp_s - hold_s) / (1.8 * ramp_s)))
