"""Sounds that are not speech, and the accompaniment and noises that are mixed under speech (all synthesised,
see `instruments` and `environment`)."""

from __future__ import annotations

import numpy as np

from .environment import bird, coloured_noise, place
from .instruments import RATE, phrase, solo

__all__ = ["bird", "coloured_noise", "drums", "melody", "music", "not_speech", "place", "silence", "solo"]


def melody(rng: np.random.Generator, samples: int) -> np.ndarray:
    """A line of notes on any one instrument, with rests, peak 0.4."""
    return phrase(rng, samples)


def drums(rng: np.random.Generator, samples: int) -> np.ndarray:
    """Bass drum, snare and cymbal on a beat."""
    out = np.zeros(samples, np.float32)
    beat = int(RATE * rng.uniform(0.25, 0.6))
    for k, at in enumerate(range(0, samples, beat // 2)):
        t = np.arange(min(int(0.2 * RATE), samples - at)) / RATE
        hit = 0.15 * rng.standard_normal(len(t)) * np.exp(-t * 60)
        if k % 4 == 0:
            hit += np.sin(2 * np.pi * 60 * t + 8 * np.exp(-t * 40)) * np.exp(-t * 18)
        if k % 4 == 2:
            hit += 0.6 * rng.standard_normal(len(t)) * np.exp(-t * 25)
        out[at : at + len(t)] += hit
    return out / (np.abs(out).max() + 1e-6) * 0.4


def music(rng: np.random.Generator, samples: int) -> np.ndarray:
    """One to four lines, with or without drums, sometimes swelling; peak 0.5."""
    out = sum(melody(rng, samples) * rng.uniform(0.3, 1) for _ in range(rng.integers(1, 5)))
    if rng.random() < 0.5:
        out = out + drums(rng, samples) * rng.uniform(0.3, 1)
    if rng.random() < 0.3:
        x = np.arange(samples) / samples
        out = out * 10 ** (rng.uniform(-25, 0) / 20 * (1 - np.sin(np.pi * x ** rng.uniform(0.5, 2))))
    return (out / (np.abs(out).max() + 1e-6) * 0.5).astype(np.float32)


def silence(rng: np.random.Generator, samples: int) -> np.ndarray:
    """Digital silence, or room noise at −70…−45 dB."""
    if rng.random() < 0.3:
        return np.zeros(samples, np.float32)
    return coloured_noise(rng, samples) * 10 ** (rng.uniform(-50, -25) / 20)


def not_speech(rng: np.random.Generator, samples: int) -> np.ndarray:
    """One clip of a random kind; solo instruments, which are most like a voice, count most."""
    kinds = [silence, coloured_noise, solo, melody, music, place]
    return kinds[rng.choice(len(kinds), p=[0.10, 0.08, 0.32, 0.12, 0.16, 0.22])](rng, samples)
