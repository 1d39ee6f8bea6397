"""Sounds that are not speech, and the accompaniment and noises that are mixed under speech (all synthesised,
see `instruments`, `bands` and `environment`)."""

from __future__ import annotations

import numpy as np

from .bands import band
from .environment import bird, coloured_noise, place
from .instruments import phrase, solo

__all__ = ["bird", "coloured_noise", "melody", "music", "not_speech", "place", "silence", "solo"]


def melody(rng: np.random.Generator, samples: int) -> np.ndarray:
    """A line of notes on any one instrument, with rests, peak 0.4."""
    return phrase(rng, samples)


def ensemble(rng: np.random.Generator, samples: int) -> np.ndarray:
    """One to four lines that know nothing of each other, sometimes swelling; peak 0.5."""
    out = sum(melody(rng, samples) * rng.uniform(0.3, 1) for _ in range(rng.integers(1, 5)))
    if rng.random() < 0.3:
        x = np.arange(samples) / samples
        out = out * 10 ** (rng.uniform(-25, 0) / 20 * (1 - np.sin(np.pi * x ** rng.uniform(0.5, 2))))
    return (out / (np.abs(out).max() + 1e-6) * 0.5).astype(np.float32)


def music(rng: np.random.Generator, samples: int) -> np.ndarray:
    """A band, or instruments that play at once; peak 0.5."""
    return (band if rng.random() < 0.65 else ensemble)(rng, samples)


def silence(rng: np.random.Generator, samples: int) -> np.ndarray:
    """Digital silence, or room noise at −70…−45 dB."""
    if rng.random() < 0.3:
        return np.zeros(samples, np.float32)
    return coloured_noise(rng, samples) * 10 ** (rng.uniform(-50, -25) / 20)


def not_speech(rng: np.random.Generator, samples: int) -> np.ndarray:
    """One clip of a random kind; solo instruments, which are most like a voice, and bands, which never fall
    silent, count most."""
    kinds = [silence, coloured_noise, solo, melody, music, place]
    return kinds[rng.choice(len(kinds), p=[0.08, 0.06, 0.26, 0.08, 0.34, 0.18])](rng, samples)
