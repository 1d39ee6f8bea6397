"""What the behaviour hears of a voice: stressed syllables, phrases, energy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..channels import RATE_HZ as FPS
from .noise import smooth

#: Loudness (over the clip's 95th percentile) from which a syllable nucleus counts as stressed.
STRESSED = 0.75
#: Mean of `energy` over read speech before it is scaled to 1 (LibriSpeech readers).
MEAN_ENERGY = 0.92
#: Differences between voices are small once the loudness is normalised: this power spreads them.
_SPREAD = 1.8


@dataclass
class Voice:
    """What the non-verbal part hears at 25 fps: loudness 0..1.3, speech 0/1, mood of the voice (name or
    None)."""

    loud: np.ndarray
    speech: np.ndarray
    mood: str | None


def stresses(voice: Voice) -> list[tuple[int, float]]:
    """(frame, strength 0.75..1.3) of loud syllable nuclei."""
    loud = voice.loud * voice.speech
    peak = (loud[1:-1] > loud[:-2]) & (loud[1:-1] >= loud[2:]) & (loud[1:-1] > STRESSED)
    return [(int(k), float(min(1.3, loud[k]))) for k in np.flatnonzero(peak) + 1]


def phrases(voice: Voice) -> tuple[np.ndarray, np.ndarray]:
    """First frames of the phrases, and the frames after their last."""
    edges = np.diff(voice.speech > 0.5, prepend=False, append=False)
    borders = np.flatnonzero(edges)
    return borders[::2], borders[1::2]


def energy(voice: Voice, accents: list[tuple[int, float]]) -> np.ndarray:
    """How much energy the voice has now, about 1, in 0.5..1.7: syllable rate and dynamics of the loudness.

    Loudness comes normalised, so that the level itself says nothing: an excited voice has many strong
    syllables with deep valleys between, a tired one few.
    """
    beats = np.zeros(len(voice.loud))
    for frame, strength in accents:
        beats[frame] += strength
    rate = smooth(smooth(beats, 0.8), 0.4) * FPS / 2.4
    dynamics = smooth(np.abs(np.diff(voice.loud * voice.speech, prepend=0.0)), 1.0) / 0.11
    heard = smooth(voice.speech, 0.8)
    level = (0.5 * rate + 0.5 * dynamics) / np.maximum(heard, 0.3) / MEAN_ENERGY
    return 1 + heard * (np.clip(level**_SPREAD, 0.5, 1.7) - 1)
