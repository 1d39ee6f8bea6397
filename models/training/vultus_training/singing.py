"""Speech turned into song: vowels held on the notes of a tune, with vibrato, slides and the labels moved
along.

The voice is taken apart and put together by the WORLD vocoder (Morise et al. 2016). Consonants keep about
their length, a vowel is stretched in its middle, so that the way into and out of it stays that of speech.
"""

from __future__ import annotations

import numpy as np
import pyworld

from .articulation import VOWELS, Segments
from .instruments import SCALES
from .phones import INDEX

RATE = 16000
_FRAME_MS = 5.0
_FRAME_S = _FRAME_MS / 1000
#: How much of each end of a vowel is not stretched, at most.
_EDGE_S = 0.03


def _timeline(
    rng: np.random.Generator, segments: Segments, seconds: float, stretch: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(times in speech, the same in song, length of each segment in song)."""
    speech, song, lengths = [0.0], [0.0], []
    beat = float(np.exp(rng.uniform(np.log(0.18), np.log(0.6))))
    for cls, start, end in zip(segments.classes, segments.start, segments.end, strict=True):
        song.append(song[-1] + max(0.0, start - speech[-1]))
        speech.append(max(start, speech[-1]))
        span = max(end - speech[-1], 1e-3)
        if VOWELS[cls]:
            held = beat * rng.choice([0.5, 1, 1, 2, 3, 4])
            held = float(np.clip(held, span * stretch[0], span * stretch[1]))
            edge = min(_EDGE_S, span / 4)
            steps = ((edge, edge), (span - 2 * edge, max(held - 2 * edge, 0.01)), (edge, edge))
        elif cls == INDEX["SIL"]:
            steps = ((span, min(span, rng.uniform(0.1, 0.8))),)
        else:
            steps = ((span, span * rng.uniform(0.8, 1.35)),)
        before = song[-1]
        for source, target in steps:
            speech.append(speech[-1] + source)
            song.append(song[-1] + target)
        lengths.append(song[-1] - before)
    song.append(song[-1] + max(0.0, seconds - speech[-1]))
    speech.append(max(seconds, speech[-1]))
    return np.array(speech), np.array(song), np.array(lengths)


def _tune(
    rng: np.random.Generator, segments: Segments, starts: np.ndarray, frames: int, middle_hz: float
) -> np.ndarray:
    """Pitch in Hz every 5 ms: a note for each syllable (from the consonant that leads into it on), at times
    more than one, joined by slides, with vibrato."""
    scale = SCALES[rng.integers(len(SCALES))]
    tonic = 69 + 12 * np.log2(middle_hz / 440) - rng.uniform(3, 9)
    degree = int(rng.integers(0, len(scale) + 1))
    midi, age = np.zeros(frames), np.zeros(frames)
    vowels = np.flatnonzero(VOWELS[segments.classes])
    onsets = [
        starts[max(0, k - 1)] if k and not VOWELS[segments.classes[k - 1]] else starts[k] for k in vowels
    ]
    bounds = [0, *(int(t / _FRAME_S) for t in onsets[1:]), frames]
    for first, last in zip(bounds[:-1], bounds[1:], strict=True):
        parts = 1 + (last - first > 80) * int(rng.integers(0, 3))  # melisma
        for piece in np.array_split(np.arange(first, last), parts):
            if not len(piece):
                continue
            midi[piece] = tonic + 12 * (degree // len(scale)) + scale[degree % len(scale)]
            age[piece] = np.arange(len(piece)) * _FRAME_S
            degree = int(np.clip(degree + round(rng.normal(0, 1.6)), -3, 2 * len(scale)))
    slide = np.hanning(2 * max(2, int(rng.uniform(0.02, 0.09) / _FRAME_S)) + 1)
    midi = np.convolve(np.pad(midi, len(slide) // 2, "edge"), slide / slide.sum(), "valid")
    depth = rng.uniform(0, 0.9) * (rng.random() < 0.8)
    rate = rng.uniform(4.5, 6.8) * (1 + 0.05 * rng.standard_normal(frames))
    vibrato = np.sin(2 * np.pi * np.cumsum(rate) * _FRAME_S) * np.clip(
        (age - rng.uniform(0.1, 0.4)) / 0.3, 0, 1
    )
    drift = np.interp(
        np.arange(frames), np.arange(0, frames + 40, 40), rng.normal(0, 0.12, len(range(0, frames + 40, 40)))
    )
    return 440 * 2 ** ((midi + depth * vibrato + drift - 69) / 12)


def resynthesise(
    pcm: np.ndarray, speech: np.ndarray, song: np.ndarray, pitch, sheen_db: float, throat: float
) -> np.ndarray:
    """The voice on the new times; `pitch` gets (f0 of the speech on the new times, median f0) and returns the
    new f0; `throat` > 1 shortens the vocal tract."""
    x = pcm.astype(np.float64)
    f0, times = pyworld.dio(x, RATE, f0_floor=65, f0_ceil=500, frame_period=_FRAME_MS)
    f0 = pyworld.stonemask(x, f0, times, RATE)
    spectrum = pyworld.cheaptrick(x, f0, times, RATE)
    noise = pyworld.d4c(x, f0, times, RATE)
    frames = int(song[-1] / _FRAME_S)
    at = np.interp(np.arange(frames) * _FRAME_S, song, speech) / _FRAME_S
    low = np.clip(at.astype(int), 0, len(f0) - 2)
    share = np.clip(at - low, 0, 1)[:, None]
    spectrum = np.exp(np.log(spectrum[low] + 1e-14) * (1 - share) + np.log(spectrum[low + 1] + 1e-14) * share)
    noise = noise[low] * (1 - share) + noise[low + 1] * share
    near = np.clip(np.round(at).astype(int), 0, len(f0) - 1)
    voiced = f0[near] > 0
    median = float(np.median(f0[f0 > 0])) if (f0 > 0).any() else 160.0
    hz = np.linspace(0, RATE / 2, spectrum.shape[1])
    source = np.clip(hz / throat / hz[1], 0, len(hz) - 1.001)
    base, part = source.astype(int), source - source.astype(int)
    spectrum = spectrum[:, base] * (1 - part) + spectrum[:, base + 1] * part
    singers_formant = sheen_db * np.exp(-(((hz - 2900) / 500) ** 2))
    spectrum *= 10 ** (singers_formant / 10)
    new = np.where(voiced, pitch(f0[near], median), 0.0)
    return pyworld.synthesize(
        new, np.ascontiguousarray(spectrum), np.ascontiguousarray(noise), RATE, _FRAME_MS
    )


def moved(segments: Segments, speech: np.ndarray, song: np.ndarray) -> Segments:
    return Segments(
        segments.classes, np.interp(segments.start, speech, song), np.interp(segments.end, speech, song)
    )


def level_as(out: np.ndarray, pcm: np.ndarray) -> np.ndarray:
    return (out * np.abs(pcm).max() / (np.abs(out).max() + 1e-9)).astype(np.float32)


def sing(rng: np.random.Generator, pcm: np.ndarray, segments: Segments) -> tuple[np.ndarray, Segments]:
    """The utterance sung on a tune of its own."""
    longest = float(np.exp(rng.uniform(np.log(2), np.log(6))))
    speech, song, _ = _timeline(rng, segments, len(pcm) / RATE, (1.2, longest))
    sung = moved(segments, speech, song)
    register = float(np.exp(rng.uniform(np.log(0.85), np.log(2.2))))

    def pitch(f0: np.ndarray, median: float) -> np.ndarray:
        middle = float(np.clip(median * register, 90, 520))
        return _tune(rng, sung, sung.start, len(f0), middle)

    throat = float(np.exp(rng.normal(0, 0.07)))
    out = resynthesise(pcm, speech, song, pitch, rng.uniform(0, 10), throat)
    # A held tone breathes: slow swells, and quick small ones that a stretched spectrum lacks.
    seconds = len(out) / RATE
    for rate_hz, depth_db in ((1.0, 2.5), (14.0, 0.5)):
        knots = int(seconds * rate_hz) + 2
        swell = np.interp(np.linspace(0, knots - 1, len(out)), np.arange(knots), rng.standard_normal(knots))
        out = out * 10 ** (depth_db * swell / 20)
    return level_as(out, pcm), sung


def raise_voice(rng: np.random.Generator, pcm: np.ndarray, segments: Segments) -> tuple[np.ndarray, Segments]:
    """The utterance at the pitch and pace of calling out: higher, wider, vowels drawn out."""
    speech, song, _ = _timeline(rng, segments, len(pcm) / RATE, (1.0, rng.uniform(1.0, 1.6)))
    lift, width = rng.uniform(1.25, 2.0), rng.uniform(0.8, 1.6)

    def pitch(f0: np.ndarray, median: float) -> np.ndarray:
        middle = float(np.clip(median * lift, 120, 480))
        return np.clip(middle * (np.maximum(f0, 60) / median) ** width, 90, 800)

    out = resynthesise(pcm, speech, song, pitch, rng.uniform(0, 6), float(np.exp(rng.normal(0.02, 0.05))))
    return level_as(out, pcm), moved(segments, speech, song)
