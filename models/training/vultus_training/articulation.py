"""Phones with times → mouth coefficients (ARKit) at 25 frames a second.

Coarticulation by dominance functions (Cohen & Massaro 1993) on separate tracks for jaw, rounding,
spreading, lips and tongue: each phone pulls a track towards its target with a strength that decays
exponentially away from the phone, so that a short phone undershoots. Targets, dominances, reaches and the
part of loudness are fitted to the human takes where those show the track (`fit_articulation`, which writes
`articulation.json`), else those of `phones`. Lip closure (p b m) and lip-teeth contact (f v) are gates laid
over the tracks, so that contact is always reached whatever the vowels around want (Edwards et al., "JALI",
2016).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.signal import lfilter

from .channels import CH, FRAME_SAMPLES, RATE_HZ, SAMPLE_RATE_HZ, SIZE, pair
from .phones import INDEX, NAMES, PHONES, TRACKS

TRACK_RATE_HZ = 100
FIT = Path(__file__).with_name("articulation.json")
VOWELS = np.isin(NAMES, "AA AE AH AO EH ER IH IY OW UH UW YY".split())
# How far a phone pulls beyond its own borders, in seconds (before, after), where nothing was fitted. Rounding
# is anticipated early; consonants give way sooner.
_REACH_S = {"pucker": (0.09, 0.07), "funnel": (0.08, 0.06), "spread": (0.07, 0.06)}
_CONSONANT_REACH = 0.7


@dataclass(frozen=True)
class Track:
    """One track: target and dominance of each class, reach in seconds [(vowel, consonant), (before, after)],
    and the gain base + slope · loudness."""

    target: np.ndarray
    dominance: np.ndarray
    reach_s: np.ndarray
    gain: tuple[float, float]

    @staticmethod
    def prior(name: str) -> Track:
        """What phonetics says, before any fit."""
        k = TRACKS.index(name)
        reach = np.array(_REACH_S.get(name, (0.045, 0.045)))
        return Track(
            np.array([phone.target[k] for phone in PHONES]),
            np.array([phone.dominance[k] for phone in PHONES]),
            np.stack([reach, reach * _CONSONANT_REACH]),
            (0.75, 0.35) if name == "jaw" else (1.0, 0.0),
        )

    @staticmethod
    def load() -> dict[str, Track]:
        """All tracks: fitted where `articulation.json` has them."""
        fitted = json.loads(FIT.read_text())["tracks"] if FIT.exists() else {}
        tracks = {}
        for name in TRACKS:
            tracks[name] = Track.prior(name)
            if name in fitted:
                row = fitted[name]
                target, dominance = (
                    np.array([row[key][phone] for phone in NAMES]) for key in ("target", "dominance")
                )
                tracks[name] = Track(target, dominance, np.array(row["reach_s"]), tuple(row["gain"]))
        return tracks

    def curve(self, present: np.ndarray, loud: np.ndarray) -> np.ndarray:
        """`present` [times, classes] at 100 Hz, 1 where a phone sounds → the blended track [times]."""
        total = np.full((2, len(present)), 1e-4)
        total[0] = 0
        for kind, (before_s, after_s) in zip((VOWELS, ~VOWELS), self.reach_s, strict=True):
            pull = present * (self.dominance * kind)
            both = np.stack([pull @ self.target, pull.sum(1)])
            after, before = (np.exp(-1 / (TRACK_RATE_HZ * s)) for s in (after_s, before_s))
            total += lfilter([1.0], [1.0, -after], both)
            total += lfilter([0.0, before], [1.0, -before], both[:, ::-1])[:, ::-1]
        return total[0] / total[1] * (self.gain[0] + self.gain[1] * loud)


_MODEL = Track.load()
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
#: The lower lip at the teeth: how far the jaw may be open, how far the lip is rolled.
TEETH_JAW, TEETH_ROLL = 0.085, 0.13


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


def present(segments: Segments, times: int) -> np.ndarray:
    """[times, classes] at 100 Hz: which phone sounds; silence where none does."""
    out = np.zeros((times, len(PHONES)))
    for cls, start, end in zip(segments.classes, segments.start, segments.end, strict=True):
        out[max(0, round(start * TRACK_RATE_HZ)) : max(0, round(end * TRACK_RATE_HZ)), cls] = 1
    out[:, INDEX["SIL"]] += out.sum(1) == 0
    return out


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


def articulate(
    segments: Segments, frames: int, loud: np.ndarray | None = None, style: float = 1.0
) -> np.ndarray:
    """Mouth coefficients [frames, 58] (other channels zero); `loud` is `loudness()` at 100 Hz; `style` scales
    the movements (a mumbler 0.7, an actor 1.3), contact is reached at any."""
    times = (np.arange(frames * TRACK_RATE_HZ // RATE_HZ) + 0.5) / TRACK_RATE_HZ
    energy = np.full(len(times), 0.8)
    if loud is not None:
        energy[:] = 0
        energy[: len(loud)] = loud[: len(times)]
    sounding = present(segments, len(times))
    tracks = style * np.stack([_MODEL[name].curve(sounding, energy) for name in TRACKS], 1)
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
    jaw = jaw * (1 - teeth) + np.minimum(jaw, TEETH_JAW) * teeth
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
    out[:, CH["mouthRollLower"]] = TEETH_ROLL * teeth + 0.10 * lips
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
