"""The human takes of FACEGOOD-Audio2Face: an actress's voice and the motion of her mouth.

The recorded motion trails the voice by some tens of milliseconds, differently in each take;
`fit_articulation` measures by how much against what the phones say, and `load_take` takes it off, so that
all labels of the corpus keep the same time.
"""

from __future__ import annotations

import json

import numpy as np
import soundfile

from .articulation import FIT
from .channels import CH, FRAME_SAMPLES, RATE_HZ, SIZE, pair
from .paths import TAKES

TAKE_RATE_HZ = 30
#: Column of the jaw. Column i holds the shape that channel_names[i-1] names.
JAW = 74


def delay_s(number: int) -> float:
    """By how much the motion of a take trails its voice; 0 where it was not fitted."""
    fitted = json.loads(FIT.read_text())["take_delay_s"] if FIT.exists() else {}
    return fitted.get(f"{number:02d}", 0.0)


def mouth_track(weights: np.ndarray, frames: int, rate_hz: float, delay: float) -> np.ndarray:
    """FACEGOOD weights [n, 116] at 30 fps, later by `delay` seconds → ARKit [frames, 58] at `rate_hz`.

    The jaw is taken over one to one, so that amplitude and timing are the actress's; lip shapes with a
    counterpart are mapped onto it.
    """
    # Row k is the face at k/30 s; a motion frame shows its middle.
    at = ((np.arange(frames) + 0.5) / rate_hz + delay) * TAKE_RATE_HZ
    source = np.stack(
        [np.interp(at, np.arange(len(weights)), weights[:, c]) for c in range(weights.shape[1])], 1
    )
    out = np.zeros((frames, SIZE), np.float32)
    out[:, CH["jawOpen"]] = source[:, JAW]
    oo, oh = source[:, 64], source[:, 63]
    out[:, CH["mouthFunnel"]] = np.clip(0.8 * source[:, 42:46].mean(1) + 0.4 * oh, 0, 0.7)
    out[:, CH["mouthPucker"]] = np.clip(source[:, 68:70].mean(1) + 0.8 * oo + 0.3 * oh, 0, 0.9)
    for name, columns in {
        "mouthSmile": (53, 54),
        "mouthStretch": (57, 58),
        "mouthLowerDown": (59, 60),
        "mouthUpperUp": (79, 80),
        "mouthPress": (66, 67),
    }.items():
        out[:, pair(name)] = source[:, columns]
    out[:, CH["mouthRollLower"]] = 0.5 * source[:, 75:77].mean(1)
    out[:, CH["mouthRollUpper"]] = 0.5 * source[:, 77:79].mean(1)
    return np.clip(out, 0, 1)


def load_take(
    number: int, rate_hz: float = RATE_HZ, delay: float | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """(voice at 16 kHz in whole motion frames, mouth [frames at `rate_hz`, 58]); `delay` is taken off."""
    pcm, _ = soundfile.read(TAKES / f"take_{number:02d}.wav", dtype="float32")
    weights = np.load(TAKES / f"take_{number:02d}.npy")
    seconds = min(len(pcm) // FRAME_SAMPLES, int(len(weights) / TAKE_RATE_HZ * RATE_HZ)) / RATE_HZ
    frames = round(seconds * rate_hz)
    off = delay_s(number) if delay is None else delay
    return pcm[: round(seconds * 16000)], mouth_track(weights, frames, rate_hz, off)
