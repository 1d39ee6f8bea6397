"""Songs of plain synthesisers: chords, a lead and drums by four ways of making a tone that `instruments` and
`bands` don't have. For the detector of talking: what is short, bright and struck at the pace of syllables."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.signal import lfilter

from .instruments import RATE, SCALES, room

_DEGREES = ((0, 3, 4, 0), (0, 5, 3, 4), (0, 4, 5, 3), (0, 0, 3, 4), (5, 3, 0, 4), (0, 6, 3, 4), (0, 2, 3, 4))
Tone = Callable[[float, int], np.ndarray]


def _modulated(rng: np.random.Generator) -> Tone:
    """Frequency modulation (Chowning, 1973): ratio and index of a patch, the index falls with each note."""
    ratio, index = rng.choice([0.5, 1, 1, 1.41, 2, 3, 3.5, 7]), rng.uniform(0.5, 7)
    fall, decay = rng.uniform(1, 15), rng.uniform(0.5, 8)

    def tone(hz: float, samples: int) -> np.ndarray:
        t = np.arange(samples) / RATE
        swing = index * np.exp(-t * fall) * np.sin(2 * np.pi * hz * ratio * t)
        return np.sin(2 * np.pi * hz * t + swing) * np.exp(-t * decay)

    return tone


def _filtered(rng: np.random.Generator) -> Tone:
    """Saw, or pulse of some width, through a resonance that closes or opens."""
    width, decay = rng.choice([0, 0.5, rng.uniform(0.1, 0.4)]), rng.uniform(0.3, 6)
    corner, sharp = np.exp(rng.uniform(np.log(400), np.log(5000))), rng.uniform(0.5, 0.97)

    def tone(hz: float, samples: int) -> np.ndarray:
        t = np.arange(samples) / RATE
        x = hz * t * (1 + 0.003 * rng.standard_normal()) % 1
        wave = 2 * x - 1 if width == 0 else np.where(x < width, 1.0, -1.0)
        turn = 2 * np.pi * min(corner, 7000) / RATE
        wave = lfilter([1 - sharp], [1, -2 * sharp * np.cos(turn), sharp**2], wave)
        return wave * np.exp(-t * decay)

    return tone


def _random_modes(rng: np.random.Generator) -> Tone:
    """Strings set off by anything: partials of random strength, the high ones die first."""
    decay, power = np.exp(rng.uniform(np.log(0.1), np.log(6))), rng.uniform(0.5, 2)
    damping, slope = np.exp(rng.uniform(np.log(0.01), np.log(0.6))), rng.uniform(0, 1)

    def tone(hz: float, samples: int) -> np.ndarray:
        t = np.arange(samples) / RATE
        out = np.zeros(samples)
        for k in range(1, int(min(40, 7600 // hz)) + 1):
            strength = rng.rayleigh() * k**-slope
            fading = np.exp(-t * (decay + damping * hz / 100 * k**power))
            out += strength * fading * np.sin(2 * np.pi * (hz * k * t + rng.random()))
        return out

    return tone


def _bellows(rng: np.random.Generator) -> Tone:
    """Drawbars: a few harmonics that are held, with tremolo."""
    bars = rng.random(8) ** 2
    hz_of_tremolo, depth = rng.uniform(3, 9), rng.uniform(0, 0.5)

    def tone(hz: float, samples: int) -> np.ndarray:
        t = np.arange(samples) / RATE
        heard = [(k, bar) for k, bar in zip((1, 2, 3, 4, 5, 6, 8, 10), bars, strict=True) if hz * k < 7600]
        out = sum(bar * np.sin(2 * np.pi * hz * k * t) for k, bar in heard)
        return out * (1 + depth * np.sin(2 * np.pi * hz_of_tremolo * t)) * np.minimum(1, t / 0.01)

    return tone


_TONES = (_modulated, _filtered, _random_modes, _random_modes, _bellows)


def _drum(rng: np.random.Generator) -> np.ndarray:
    t = np.arange(int(rng.uniform(0.05, 0.3) * RATE)) / RATE
    noise = rng.standard_normal(len(t)) * rng.uniform(0, 1)
    if rng.random() < 0.5:
        noise = np.diff(noise, prepend=0)
    sweep = 2 * np.pi * np.cumsum(rng.uniform(50, 300) * (1 + rng.uniform(0, 2) * np.exp(-t * 40))) / RATE
    return (noise + rng.uniform(0, 1) * np.sin(sweep)) * np.exp(-t * rng.uniform(15, 80))


def song(rng: np.random.Generator, samples: int) -> np.ndarray:
    """Peak 0.4. Every part may be missing but one."""
    chords, lead = (_TONES[rng.integers(len(_TONES))](rng) for _ in range(2))
    drums = [_drum(rng) for _ in range(3)]
    scale = SCALES[rng.integers(len(SCALES))]
    tonic = rng.uniform(36, 55)
    beat = int(np.exp(rng.uniform(np.log(0.12), np.log(0.7))) * RATE)
    ring = int(rng.uniform(0.3, 2) * RATE)
    has_chords, has_lead, has_drums = rng.random(3) < (0.75, 0.7, 0.6)
    has_chords |= not (has_lead or has_drums)
    strummed, busy = rng.uniform(0, 0.03) * RATE, rng.uniform(0.3, 1)
    progression = _DEGREES[rng.integers(len(_DEGREES))]
    out, step, degree = np.zeros(samples + 2 * RATE), 0, 7

    def hz(step_of_scale: int) -> float:
        octave, tone = divmod(step_of_scale, len(scale))
        return 440 * 2 ** ((tonic + 12 * octave + scale[tone] - 69) / 12)

    def add(at: int, sound: np.ndarray, gain: float) -> None:
        sound = sound[: len(out) - at]
        out[at : at + len(sound)] += gain * sound

    for at in range(0, samples, beat):
        root = progression[step // 4 % len(progression)]
        if has_chords and rng.random() < busy:
            for n, above in enumerate((0, 2, 4, 7)):
                if rng.random() < 0.8:
                    add(at + int(n * strummed), chords(hz(root + above), ring), 0.3 * rng.uniform(0.6, 1))
        if has_lead and rng.random() < busy:
            degree = int(np.clip(degree + round(rng.normal(0, 2)), 5, 22))
            add(at + (beat // 2 if rng.random() < 0.3 else 0), lead(hz(degree), ring), rng.uniform(0.3, 0.8))
        if has_drums:
            add(at, drums[rng.integers(3)], rng.uniform(0.1, 1))
        step += 1
    out = out[:samples]
    if rng.random() < 0.5:
        out = room(rng, out)
    return (out / (np.abs(out).max() + 1e-6) * 0.4).astype(np.float32)
