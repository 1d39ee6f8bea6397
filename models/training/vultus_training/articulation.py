"""Phones with times → mouth coefficients (ARKit) at 25 frames a second.

Coarticulation by dominance functions (Cohen & Massaro 1993) on separate tracks for jaw, rounding,
spreading, lips and tongue; lip closure (p b m) and lip-teeth contact (f v) are gates laid over the tracks,
so that contact is always reached whatever the vowels around want (Edwards et al., "JALI", 2016). The
amplitude of the jaw is that of the human takes (95th percentile 0.38), and follows the loudness of the
voice as theirs does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .channels import CH, FRAME_SAMPLES, RATE_HZ, SAMPLE_RATE_HZ, SIZE, pair
from .phones import INDEX, PHONES, TRACKS

TRACK_RATE_HZ = 100
_TARGET = np.array([phone.target for phone in PHONES])
_DOMINANCE = np.array([phone.dominance for phone in PHONES])
# Reach of a phone beyond its own borders in seconds: (before, after) for each track. Rounding is
# anticipated early.
_REACH_S = {
    "jaw": (0.045, 0.05),
    "pucker": (0.09, 0.07),
    "funnel": (0.08, 0.06),
    "spread": (0.07, 0.06),
    "lower": (0.05, 0.05),
    "upper": (0.05, 0.05),
    "tongue": (0.04, 0.04),
}
# Consonants give way sooner than vowels: their reach is this share of the track's.
_CONSONANT_REACH = 0.7
_VOWELS = {INDEX[name] for name in ("AA", "AE", "AH", "AO", "EH", "ER", "IH", "IY", "OW", "UH", "UW", "YY")}
# Change of the vertical lip gap (over mouth width) per unit of coefficient, from face-basis.bin.
GAP = {
    "jawOpen": 0.658,
    "mouthClose": -0.658,
    "mouthFunnel": 0.291,
    "mouthPucker": -0.004,
    "mouthRollLower": -0.105,
    "mouthRollUpper": 0.055,
    "mouthShrugLower": -0.135,
    "mouthPressLeft": -0.025,
    "mouthPressRight": -0.025,
    "mouthLowerDownLeft": 0.071,
    "mouthLowerDownRight": 0.070,
    "mouthUpperUpLeft": 0.075,
    "mouthUpperUpRight": 0.077,
}
#: mouthPress of a held closure.
PRESS = 0.24


@dataclass(frozen=True)
class Segments:
    """Phone classes with start and end in seconds, in order; gaps are silence."""

    classes: np.ndarray
    start: np.ndarray
    end: np.ndarray

    @staticmethod
    def of(rows: list[tuple[int, float, float]]) -> Segments:
        table = np.array(rows, dtype=np.float64).reshape(-1, 3)
        return Segments(table[:, 0].astype(int), table[:, 1], table[:, 2])


def loudness(pcm: np.ndarray, rate_hz: int = TRACK_RATE_HZ) -> np.ndarray:
    """Square root of the short-time RMS, over its 95th percentile in the clip, in 0..1.3 [len·rate/16000]."""
    hop = SAMPLE_RATE_HZ // rate_hz
    frames = len(pcm) // hop
    power = (pcm[: frames * hop].reshape(frames, hop).astype(np.float64) ** 2).mean(1)
    width = max(3, rate_hz // 10)
    power = np.convolve(power, np.hanning(width + 2)[1:-1] / np.hanning(width + 2).sum(), "same")
    root = power**0.25
    return np.clip(root / (np.percentile(root, 95) + 1e-6), 0, 1.3)


def _tracks(segments: Segments, times: np.ndarray) -> np.ndarray:
    """Dominance-blended tracks [times, tracks]; phones work only within half a second of themselves."""
    out = np.zeros((len(times), len(TRACKS)))
    weight = np.full((len(times), len(TRACKS)), 1e-4)
    for cls, start, end in zip(segments.classes, segments.start, segments.end, strict=True):
        first, last = np.searchsorted(times, (start - 0.5, end + 0.5))
        t = times[first:last]
        inset = min(0.25 * (end - start), 0.03)
        before = np.maximum(0.0, start + inset - t)
        after = np.maximum(0.0, t - (end - inset))
        for k, name in enumerate(TRACKS):
            give = 1.0 if cls in _VOWELS else _CONSONANT_REACH
            reach = (_REACH_S[name][0] * give, _REACH_S[name][1] * give)
            d = _DOMINANCE[cls, k] * np.exp(-before / reach[0] - after / reach[1])
            out[first:last, k] += d * _TARGET[cls, k]
            weight[first:last, k] += d
    return out / weight


def _gate(segments: Segments, times: np.ndarray, kind: str) -> np.ndarray:
    """1 while the contact is held, with raised-cosine ramps."""
    gate = np.zeros(len(times))
    for cls, start, end in zip(segments.classes, segments.start, segments.end, strict=True):
        if PHONES[cls].gate != kind:
            continue
        # The lips part before the sound of a stop or nasal ends; a contact shorter than 50 ms would fall
        # between
        # two frames at 25 fps.
        release = 0.025 if kind == "lips" else 0.005
        hold_start, hold_end = start + 0.005, end - release
        lack = 0.052 - (hold_end - hold_start)
        if lack > 0:
            hold_start, hold_end = hold_start - 0.6 * lack, hold_end + 0.4 * lack
        rise, fall = (0.060, 0.050) if kind == "lips" else (0.070, 0.060)
        first, last = np.searchsorted(times, (hold_start - rise, hold_end + fall))
        t = times[first:last]
        away = np.maximum((hold_start - t) / rise, (t - hold_end) / fall)
        ramp = 0.5 + 0.5 * np.cos(np.pi * np.clip(away, 0, 1))
        gate[first:last] = np.maximum(gate[first:last], ramp)
    return gate


def articulate(segments: Segments, frames: int, loud: np.ndarray | None = None) -> np.ndarray:
    """Mouth coefficients [frames, 58] (other channels zero); `loud` is `loudness()` at 100 Hz."""
    times = (np.arange(frames * TRACK_RATE_HZ // RATE_HZ) + 0.5) / TRACK_RATE_HZ
    tracks = _tracks(segments, times)
    if loud is not None:
        energy = np.zeros(len(times))
        energy[: len(loud)] = loud[: len(times)]
        tracks[:, 0] *= 0.72 + 0.36 * energy
    lips, teeth = _gate(segments, times, "lips"), _gate(segments, times, "teeth")
    # Frame n shows the face at (n + 0.5) · 40 ms; the two tracks around it are averaged.
    per = TRACK_RATE_HZ // RATE_HZ
    tracks = tracks.reshape(frames, per, -1)[:, 1:3].mean(1)
    lips, teeth = (gate.reshape(frames, per)[:, 1:3].mean(1) for gate in (lips, teeth))
    return compose(tracks, lips, teeth * (1 - lips))


def gap(motion: np.ndarray) -> np.ndarray:
    """Vertical lip gap over mouth width; below zero the lips would pass through each other."""
    return sum(rate * motion[:, CH[name]] for name, rate in GAP.items())


def compose(tracks: np.ndarray, lips: np.ndarray, teeth: np.ndarray) -> np.ndarray:
    """Tracks and contact gates → ARKit coefficients, with `mouthClose` solved so that a held gate has no
    gap."""
    jaw, pucker, funnel, spread, lower, upper, tongue = tracks.T
    jaw = jaw * (1 - 0.7 * lips)
    jaw = jaw * (1 - teeth) + np.minimum(jaw, 0.085) * teeth
    funnel = funnel * (1 - 0.85 * lips) * (1 - 0.6 * teeth)
    pucker = pucker * (1 - 0.25 * lips) * (1 - 0.5 * teeth)
    lower = lower * (1 - np.maximum(lips, teeth))
    upper = upper * (1 - lips) * (1 - 0.35 * teeth)
    out = np.zeros((len(jaw), SIZE), np.float32)
    out[:, CH["jawOpen"]] = jaw
    out[:, CH["mouthFunnel"]] = funnel
    out[:, CH["mouthPucker"]] = pucker
    out[:, pair("mouthStretch")] = (0.65 * spread)[:, None]
    out[:, pair("mouthSmile")] = (0.45 * spread)[:, None]
    out[:, pair("mouthLowerDown")] = lower[:, None]
    out[:, pair("mouthUpperUp")] = upper[:, None]
    wide = gap(out) * (1 - lips)
    out[:, CH["mouthRollLower"]] = 0.13 * teeth + 0.10 * lips
    out[:, CH["mouthRollUpper"]] = 0.09 * lips
    out[:, pair("mouthPress")] = (PRESS * lips)[:, None]
    out[:, CH["tongueOut"]] = tongue * (1 - lips)
    # Jaw and lips move apart from each other: what gap is left, mouthClose takes away. A jaw that is too
    # shut for
    # pressed lips is opened by the little that they need.
    left = gap(out) - wide
    contact = np.maximum(lips, teeth) > 0.02
    out[:, CH["mouthClose"]] = (
        np.where(contact, np.maximum(0, left) * lips + 0.013 * teeth, 0) / -GAP["mouthClose"]
    )
    out[:, CH["jawOpen"]] += np.where(contact, np.maximum(0, -left) * lips / GAP["jawOpen"], 0)
    return out


def hop_classes(segments: Segments, samples: int) -> np.ndarray:
    """Phone class of each 10 ms hop, uint8 [samples/160]."""
    hops = samples // 160
    classes = np.full(hops, INDEX["SIL"], np.uint8)
    for cls, start, end in zip(segments.classes, segments.start, segments.end, strict=True):
        classes[max(0, round(start * 100)) : max(0, round(end * 100))] = cls
    return classes


def frames_of(samples: int) -> int:
    """Whole motion frames in a clip."""
    return samples // FRAME_SAMPLES
