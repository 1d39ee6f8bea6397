"""Emotion as behaviour of the whole face over time: shapes, intensity, and what head, gaze and lids do with
it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..channels import CH, EMOTIONS, SIZE, pair
from ..channels import RATE_HZ as FPS
from .noise import add_pulse, smooth, wander
from .voice import Voice

#: Shapes at full intensity. Ratios of what moves together are those of the ARKit recordings where a face
#: there does the same: outer per inner brow 0.86, squint per lowered brow 0.7, cheek per sneer 0.9.
EMOTION_SHAPES: dict[str, dict[str, float]] = {
    "happy": {
        "mouthSmile": 0.60,
        "cheekSquint": 0.45,
        "eyeSquint": 0.22,
        "browOuterUp": 0.10,
        "mouthDimple": 0.14,
        "mouthUpperUp": 0.10,
    },
    "sad": {
        "mouthFrown": 0.48,
        "browInnerUp": 0.62,
        "browDown": 0.10,
        "eyeSquint": 0.14,
        "mouthShrugLower": 0.14,
        "headPitch": 0.07,
    },
    "angry": {
        "browDown": 0.80,
        "eyeSquint": 0.38,
        "noseSneer": 0.24,
        "cheekSquint": 0.14,
        "mouthFrown": 0.18,
        "mouthPress": 0.18,
        "jawForward": 0.06,
        "headPitch": 0.04,
    },
    "surprised": {"browInnerUp": 0.78, "browOuterUp": 0.70, "eyeWide": 0.65, "headPitch": -0.04},
    "afraid": {
        "browInnerUp": 0.78,
        "browOuterUp": 0.28,
        "browDown": 0.18,
        "eyeWide": 0.72,
        "mouthStretch": 0.36,
    },
    "disgusted": {
        "noseSneer": 0.60,
        "browDown": 0.45,
        "eyeSquint": 0.36,
        "cheekSquint": 0.40,
        "mouthFrown": 0.22,
        "mouthUpperUp": 0.14,
        "mouthShrugLower": 0.18,
    },
    "contempt": {
        "mouthSmileRight": 0.44,
        "mouthDimpleRight": 0.38,
        "mouthSmileLeft": 0.06,
        "browOuterUpRight": 0.26,
        "browDownLeft": 0.18,
        "eyeSquint": 0.15,
        "headRoll": 0.03,
        "headPitch": -0.03,
    },
}
#: What else an emotion changes: (head motion, blink rate, slower lids, breath) as changes of a factor, (gaze
#: yaw and pitch, lean as log distance) in their units, and restless gaze.
_HEAD = np.array([0.20, -0.35, 0.12, 0.05, -0.20, -0.15, -0.20])
_BLINK = np.array([0.0, -0.05, -0.35, -0.25, 0.35, 0.10, -0.10])
_SLOW = np.array([0.0, 0.30, 0.0, 0.0, 0.0, 0.0, 0.15])
_BREATH = np.array([0.1, -0.15, 0.25, 0.2, 0.45, 0.0, 0.0])
_GAZE_PITCH = np.array([0.0, -0.11, 0.0, 0.0, 0.0, -0.04, -0.035])
_LEAN = np.array([0.008, -0.010, 0.025, -0.012, -0.022, -0.022, -0.010])
_DART = np.array([0.0, 0.0, 0.0, 0.0, 1.6, 0.2, 0.0])
#: How far it holds the brows down: they can't be raised as well (in the ARKit recordings never both).
_BROW_HELD = np.array([0.0, 0.0, 0.8, 0.0, 0.0, 0.6, 0.1])
# A blend is not the sum of its parts: their sum bends towards this.
_LARGEST_SUM = 1.45
# Weight of the mood that a voice suggests, where the controls ask for it.
_HEARD_MOOD = 0.75


def _emotion_matrix() -> np.ndarray:
    matrix = np.zeros((len(EMOTIONS), SIZE))
    for row, name in enumerate(EMOTIONS):
        for shape, value in EMOTION_SHAPES[name].items():
            for channel in [CH[shape]] if shape in CH else pair(shape):
                matrix[row, channel] = value
    return matrix


EMOTION_MATRIX = _emotion_matrix()


def _regions() -> dict[str, list[tuple[int, int]]]:
    """(left, right) channels by region, for the asymmetry of a face."""
    out: dict[str, list[tuple[int, int]]] = {k: [] for k in ("mouth", "cheek", "brow", "nose", "eye")}
    for name in CH:
        if name.endswith("Left") and name[:-4] + "Right" in CH and not name.startswith(("eyeLook", "jaw")):
            out[next(k for k in out if name.startswith(k))].append((CH[name], CH[name[:-4] + "Right"]))
    return out


_REGIONS = _regions()


@dataclass(frozen=True)
class Feeling:
    """Intensity of the seven emotions over time [frames, 7], and of what goes with them."""

    weights: np.ndarray

    @staticmethod
    def of(rng: np.random.Generator, voice: Voice, controls: np.ndarray) -> Feeling:
        asked = controls[:, 4:11].astype(float)
        if voice.mood is not None:
            heard = np.minimum(1, np.cumsum(voice.speech) / FPS)
            mood = EMOTIONS.index(voice.mood)
            asked[:, mood] += controls[:, 11] * _HEARD_MOOD * heard
        asked *= 0.5 + 0.5 * controls[:, 12:13]
        # Attack in about 0.3 s, with the slight overshoot of a flash; release three times as slow.
        quick = smooth(smooth(asked, 0.13), 0.10)
        weights = np.maximum(quick, smooth(smooth(asked, 0.42), 0.30))
        flash = np.maximum(0, quick - smooth(smooth(asked, 0.7), 0.5))
        weights = weights + flash * np.where(np.array(EMOTIONS) == "surprised", 0.45, 0.15)
        # It is not held like a mask: it breathes, and swells with the stressed part of what is said.
        weights *= 1 + 0.15 * wander(rng, len(asked), 1.1, len(EMOTIONS))
        swell = smooth(smooth(voice.loud * voice.speech, 0.15), 0.25)
        weights *= (0.94 + 0.12 * swell)[:, None]
        weights = np.maximum(0, weights)
        total = weights.sum(1, keepdims=True)
        return Feeling(weights * (1.05 / (1 + (total / _LARGEST_SUM) ** 4) ** 0.25))

    @property
    def head_amount(self) -> np.ndarray:
        return np.clip(1 + self.weights @ _HEAD, 0.5, 1.4)

    @property
    def blink_factor(self) -> np.ndarray:
        return np.clip(1 + self.weights @ _BLINK, 0.4, 1.6)

    @property
    def brow_held(self) -> np.ndarray:
        return np.minimum(1, self.weights @ _BROW_HELD)

    @property
    def slow_lids(self) -> np.ndarray:
        return self.weights @ _SLOW

    @property
    def breath(self) -> np.ndarray:
        return np.clip(1 + self.weights @ _BREATH, 0.6, 1.6)

    @property
    def lean(self) -> np.ndarray:
        return self.weights @ _LEAN

    @property
    def dart(self) -> np.ndarray:
        return self.weights @ _DART

    @property
    def gaze_offset(self) -> np.ndarray:
        """[frames, 2] yaw and pitch."""
        return np.stack([np.zeros(len(self.weights)), self.weights @ _GAZE_PITCH], 1)

    def head_pose(self, rng: np.random.Generator, scene) -> np.ndarray:
        """[frames, 3]: joy tilts and bounces, disgust turns away, fear trembles."""
        frames = scene.frames
        happy, afraid, disgusted = (
            self.weights[:, EMOTIONS.index(n)] for n in ("happy", "afraid", "disgusted")
        )
        pose = np.zeros((frames, 3))
        if happy.max() > 0.05:
            bounce, at = np.zeros(frames), rng.exponential(1.2) * FPS
            while at < frames:
                for k in range(rng.integers(1, 4)):
                    add_pulse(bounce, at + k * FPS / 2.8, 0.2, 0.03 * 0.8**k)
                at += FPS * (1 + rng.exponential(2.0))
            pose[:, 1] += happy * (bounce * scene.active - 0.012)
            pose[:, 2] += happy * 0.045 * scene.style.side * (1 + 0.4 * wander(rng, frames, 2.0))
        if disgusted.max() > 0.05:
            pose[:, 0] += disgusted * 0.06 * scene.style.side
        if afraid.max() > 0.05:
            pose += afraid[:, None] * 0.004 * wander(rng, frames, 0.05, 3)
        return pose

    def show(self, rng: np.random.Generator, out: np.ndarray, scene) -> None:
        """Adds the shapes to `out` [frames, 58]."""
        offset = self.weights @ EMOTION_MATRIX
        # Lips that round can't spread as far.
        round_ = np.clip(out[:, CH["mouthPucker"]] / 0.6, 0, 1)
        for name in ("mouthSmile", "mouthStretch", "mouthDimple", "mouthFrown"):
            offset[:, pair(name)] *= (1 - 0.6 * round_)[:, None]
        # The upper lip rises over an open mouth only.
        gap = np.clip(out[:, CH["jawOpen"]] / 0.06, 0, 1)
        offset[:, pair("mouthUpperUp")] *= gap[:, None]
        for region, channels in _REGIONS.items():
            left = np.exp(0.5 * scene.style.asymmetry[region])
            for a, b in channels:
                offset[:, a] *= left
                offset[:, b] /= left
        # What is raised already has less to go.
        for channel in (CH["browInnerUp"], *pair("browOuterUp"), *pair("eyeWide")):
            offset[:, channel] *= 1 - np.clip(out[:, channel], 0, 1)
        out += offset
        # Energy of the voice colours a face that listens to it, even where no mood is named.
        excited = scene.controls[:, 11] * scene.active * np.clip(scene.arousal, -0.5, 0.7)
        up, down = smooth(np.maximum(0, excited), 0.3), smooth(np.maximum(0, -excited), 0.3)
        out[:, CH["browInnerUp"]] += 0.25 * up
        out[:, pair("browOuterUp")] += (0.22 * up)[:, None]
        out[:, pair("eyeWide")] += (0.15 * up)[:, None]
        out[:, pair("mouthSmile")] += (0.10 * up)[:, None]
        out[:, pair("eyeSquint")] += (0.15 * down)[:, None]
        out[:, pair("mouthSmile")] += (0.05 * smooth(scene.controls[:, 15], 0.5))[:, None]
