"""Readers as other people would sound: in a hurry, as children, as the old. Labels move along."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .articulation import Segments
from .voices import Utterance

RATE = 16000
_WINDOW, _SEARCH = 400, 120
_HANN = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)


def _faster(pcm: np.ndarray, times: float) -> np.ndarray:
    """`times` as fast at the same pitch: waveform similarity overlap-add (Verhelst & Roelands 1993)."""
    half = _WINDOW // 2
    out = np.zeros(int(len(pcm) / times) + _WINDOW, np.float32)
    padded = np.pad(pcm.astype(np.float32), (_SEARCH, 2 * _WINDOW + _SEARCH))
    at = 0
    for start in range(0, len(out) - _WINDOW, half):
        wanted = min(int(start * times), len(pcm))
        near = padded[wanted : wanted + 2 * _SEARCH + _WINDOW]
        natural = padded[at + half + _SEARCH : at + half + _SEARCH + _WINDOW]
        at = wanted
        if start:
            at += int(np.argmax(np.correlate(near, natural, "valid"))) - _SEARCH
            at = max(0, at)
        out[start : start + _WINDOW] += _HANN * padded[at + _SEARCH : at + _SEARCH + _WINDOW]
    return out[: int(len(pcm) / times)]


def hurried(rng: np.random.Generator, readers: Iterator[Utterance]) -> Iterator[Utterance]:
    """1.15 to 1.7 times as fast."""
    for pcm, segments, info in readers:
        times = rng.uniform(1.15, 1.7)
        quick = Segments(segments.classes, segments.start / times, segments.end / times)
        yield Utterance(
            _faster(pcm, times), quick, {**info, "speed": round(times, 2), "performance": "hurried"}
        )


def ages(rng: np.random.Generator, readers: Iterator[Utterance]) -> Iterator[Utterance]:
    """Children have short throats and high voices; the old are slow, their voices shake and are hoarse."""
    from .singing import (
        level_as,
        moved,
        resynthesise,
    )  # needs the vocoder, which only the making of parts has to have

    for pcm, segments, info in readers:
        child = rng.random() < 0.6
        seconds = len(pcm) / RATE
        pace = rng.uniform(0.9, 1.2) if child else rng.uniform(1.05, 1.5)
        speech, slowed = np.array([0, seconds]), np.array([0, seconds * pace])
        lift = rng.uniform(1.2, 2.2) if child else rng.uniform(0.75, 1.2)
        throat = rng.uniform(1.12, 1.45) if child else rng.uniform(0.9, 1.02)
        shake = rng.uniform(0.003, 0.01) if child else rng.uniform(0.02, 0.07)

        def pitch(f0: np.ndarray, median: float, lift=lift, shake=shake) -> np.ndarray:
            tremor = np.convolve(rng.standard_normal(len(f0) + 20), np.ones(21) / 21**0.5, "valid")
            low, high = 70, 480
            return np.clip(f0 * np.clip(lift, low / median, high / median) * (1 + shake * tremor), low, high)

        out = resynthesise(pcm, speech, slowed, pitch, 0, throat)
        if not child:
            hoarse = rng.uniform(0, 0.25)
            out = out * (1 + hoarse * rng.standard_normal(len(out)))
        who = "child" if child else "old"
        yield Utterance(level_as(out, pcm), moved(segments, speech, slowed), {**info, "performance": who})
