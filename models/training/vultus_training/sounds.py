"""Sounds that are not speech, and the accompaniment and noises that are mixed under speech (all
synthesised)."""

from __future__ import annotations

import numpy as np
from scipy.signal import lfilter

RATE = 16000


def coloured_noise(rng: np.random.Generator, samples: int, slope: float | None = None) -> np.ndarray:
    """Noise whose spectrum falls by `slope` (0 white, 1 pink, 2 brown)."""
    slope = rng.uniform(0, 2.2) if slope is None else slope
    spectrum = np.fft.rfft(rng.standard_normal(samples))
    frequency = np.maximum(np.fft.rfftfreq(samples, 1 / RATE), 20)
    spectrum *= frequency ** (-slope / 2)
    noise = np.fft.irfft(spectrum, samples)
    return (noise / (np.abs(noise).std() + 1e-9) * 0.1).astype(np.float32)


def _note(rng: np.random.Generator, hz: float, seconds: float, kind: str) -> np.ndarray:
    """One note: brass, bowed, plucked, flute or organ, with attack, vibrato and its own spectrum."""
    t = np.arange(int(seconds * RATE)) / RATE
    vibrato = rng.uniform(0, 0.012) * np.sin(2 * np.pi * rng.uniform(4.5, 6.5) * t) * np.minimum(1, t / 0.4)
    phase = 2 * np.pi * np.cumsum(hz * (1 + vibrato)) / RATE
    harmonics = int(min(24, 7200 // hz))
    attack = {"brass": 0.05, "bow": 0.12, "pluck": 0.004, "flute": 0.08, "organ": 0.03}[kind]
    level = np.minimum(1, t / attack) * np.minimum(1, (seconds - t) / 0.05)
    out = np.zeros_like(t)
    for k in range(1, harmonics + 1):
        weight = {
            "brass": np.exp(-((k * hz - 1400) ** 2) / (2 * 1300**2)) + 0.25 / k,
            "bow": 1 / k,
            "pluck": 1 / k**1.2,
            "flute": 1 / k**2.6,
            "organ": float(k in (1, 2, 3, 4, 6, 8)) / k**0.6,
        }[kind]
        decay = np.exp(-t * (2.0 + 1.2 * k)) if kind == "pluck" else 1 - np.exp(-t * 30 / k)
        out += weight * decay * np.sin(k * phase + rng.uniform(0, 6.28))
    if kind in ("flute", "brass"):
        out += 0.03 * rng.standard_normal(len(t))
    return (out * level).astype(np.float32)


def melody(rng: np.random.Generator, samples: int, kind: str | None = None) -> np.ndarray:
    """A line of notes on one instrument, with rests."""
    kinds = ["brass", "bow", "pluck", "flute", "organ"]
    kind = kinds[rng.integers(len(kinds))] if kind is None else kind
    out = np.zeros(samples, np.float32)
    scale = np.array([0, 2, 3, 5, 7, 8, 10]) if rng.random() < 0.5 else np.array([0, 2, 4, 5, 7, 9, 11])
    degree, tonic = int(rng.integers(0, 7)), rng.uniform(36, 62)
    at = 0
    while at < samples:
        seconds = float(rng.choice([0.12, 0.2, 0.3, 0.4, 0.6, 0.9, 1.6]))
        if rng.random() > 0.12:
            midi = tonic + 12 * (degree // 7) + scale[degree % 7]
            note = _note(rng, 440 * 2 ** ((midi - 69) / 12), seconds, kind)[: samples - at]
            out[at : at + len(note)] += note * rng.uniform(0.5, 1)
        degree = int(np.clip(degree + rng.integers(-3, 4), 0, 14))
        at += int(seconds * RATE * rng.uniform(0.8, 1.1))
    return out / (np.abs(out).max() + 1e-6) * 0.4


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
    """One to four lines, with or without drums."""
    out = sum(melody(rng, samples) * rng.uniform(0.3, 1) for _ in range(rng.integers(1, 5)))
    if rng.random() < 0.6:
        out = out + drums(rng, samples) * rng.uniform(0.3, 1)
    return (out / (np.abs(out).max() + 1e-6) * 0.5).astype(np.float32)


def bird(rng: np.random.Generator, samples: int) -> np.ndarray:
    """Chirps: fast frequency sweeps between 1.5 and 6.5 kHz."""
    out = np.zeros(samples, np.float32)
    at = int(rng.uniform(0, 0.5) * RATE)
    while at < samples:
        t = np.arange(int(rng.uniform(0.03, 0.35) * RATE)) / RATE
        low, high = np.sort(rng.uniform(1500, 6500, 2))
        shape = rng.integers(3)
        x = t / t[-1]
        sweep = (
            x
            if shape == 0
            else 1 - x
            if shape == 1
            else 0.5 + 0.5 * np.sin(2 * np.pi * rng.uniform(1, 12) * x)
        )
        chirp = np.sin(2 * np.pi * np.cumsum(low + (high - low) * sweep) / RATE) * np.sin(np.pi * x)
        chirp = chirp[: samples - at]
        out[at : at + len(chirp)] += chirp * rng.uniform(0.2, 1)
        at += int(rng.choice([0.06, 0.12, 0.3, 1.0]) * RATE * rng.uniform(0.7, 1.5)) + len(chirp)
    return out * 0.3


def effects(rng: np.random.Generator, samples: int) -> np.ndarray:
    """Claps, knocks, beeps, sirens, hum and whirr."""
    out = np.zeros(samples, np.float32)
    kind = rng.integers(4)
    t_all = np.arange(samples) / RATE
    if kind == 0:
        hz = 60 * rng.integers(1, 9) + 400 * np.sin(2 * np.pi * rng.uniform(0.1, 1) * t_all) * (
            rng.random() < 0.5
        )
        out += np.sign(np.sin(2 * np.pi * np.cumsum(hz) / RATE)) * 0.2
    for at in np.sort(rng.integers(0, samples, rng.integers(3, 25))):
        t = np.arange(min(int(rng.uniform(0.02, 0.4) * RATE), samples - at)) / RATE
        if kind in (1, 2):
            burst = rng.standard_normal(len(t)) * np.exp(-t * rng.uniform(15, 90))
            pole = rng.uniform(0, 0.95)
            burst = lfilter([1 - pole], [1, -pole], burst)
        else:
            burst = np.sin(2 * np.pi * rng.uniform(200, 4000) * t)
        out[at : at + len(t)] += burst * rng.uniform(0.2, 1)
    return (out / (np.abs(out).max() + 1e-6) * 0.4).astype(np.float32)


def silence(rng: np.random.Generator, samples: int) -> np.ndarray:
    """Digital silence, or room noise at −70…−45 dB."""
    if rng.random() < 0.3:
        return np.zeros(samples, np.float32)
    return coloured_noise(rng, samples) * 10 ** (rng.uniform(-50, -25) / 20)


def not_speech(rng: np.random.Generator, samples: int) -> np.ndarray:
    """One clip of a random kind."""
    kinds = [silence, coloured_noise, melody, music, bird, effects]
    return kinds[rng.choice(len(kinds), p=[0.22, 0.16, 0.22, 0.2, 0.1, 0.1])](rng, samples)
