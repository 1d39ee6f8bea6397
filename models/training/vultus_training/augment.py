"""What happens to a voice before a server hears it: level, tone, rooms, noise, music, telephones, clipping."""

from __future__ import annotations

import numpy as np
from scipy.signal import fftconvolve

from . import sounds

RATE = 16000
#: Length of each noise and music bank.
BANK_SECONDS = 40.0


class Augmenter:
    """Holds banks of noises, music and room responses; every call draws a new condition."""

    def __init__(self, rng: np.random.Generator, rooms: int = 24) -> None:
        self.rng = rng
        samples = int(BANK_SECONDS * RATE)
        self.noises = [sounds.coloured_noise(rng, samples, slope) for slope in (0, 0.5, 1, 1.5, 2)]
        self.noises += [sounds.place(rng, samples) for _ in range(10)]
        self.music = [sounds.music(rng, samples) for _ in range(6)] + [
            sounds.melody(rng, samples) for _ in range(4)
        ]
        self.rooms = [self._room() for _ in range(rooms)]

    def _room(self) -> np.ndarray:
        """Exponentially decaying noise after a direct sound; T60 0.1–0.7 s, direct-to-reverberant 0–15 dB."""
        rng = self.rng
        t60 = rng.uniform(0.1, 0.7)
        t = np.arange(int(min(t60, 0.5) * RATE)) / RATE
        tail = rng.standard_normal(len(t)) * np.exp(-6.9 * t / t60)
        tail[: int(0.002 * RATE)] = 0
        tail *= 10 ** (-rng.uniform(0, 15) / 20) / (np.sqrt((tail**2).sum()) + 1e-9)
        tail[0] = 1
        return tail.astype(np.float32)

    def _slice(self, bank: list[np.ndarray], samples: int) -> np.ndarray:
        source = bank[self.rng.integers(len(bank))]
        at = self.rng.integers(0, max(1, len(source) - samples))
        return np.resize(source[at : at + samples], samples)

    def __call__(self, pcm: np.ndarray, babble: np.ndarray | None = None) -> np.ndarray:
        """float32 in → float32 out of the same length, labels unchanged. `babble`: another voice to lay
        under."""
        rng = self.rng
        samples = len(pcm)
        out = pcm.astype(np.float32)
        level = np.sqrt((out**2).mean()) + 1e-5
        if rng.random() < 0.6:  # tone: random gains at a few frequencies, in one FFT
            spectrum = np.fft.rfft(out)
            knots = np.array([0, 150, 400, 1000, 2000, 4000, 8000])
            gains = np.cumsum(rng.normal(0, 2.5, len(knots)))
            if rng.random() < 0.15:  # telephone or cheap codec
                gains[[0, 1]] -= 25
                gains[-1] -= 40
            gains = np.interp(np.fft.rfftfreq(samples, 1 / RATE), knots, gains - gains[3])
            out = np.fft.irfft(spectrum * 10 ** (gains / 20), samples).astype(np.float32)
        if rng.random() < 0.35:
            out = fftconvolve(out, self.rooms[rng.integers(len(self.rooms))])[:samples].astype(np.float32)
        draw = rng.random()
        if draw < 0.5:
            out = out + self._at_snr(self._slice(self.noises, samples), level, rng.uniform(3, 40))
        elif draw < 0.68:
            out = out + self._at_snr(self._slice(self.music, samples), level, rng.uniform(0, 25))
        elif draw < 0.76 and babble is not None:
            out = out + self._at_snr(babble, level, rng.uniform(10, 25))
        out = out * (10 ** (np.clip(rng.normal(-6, 9), -30, 10) / 20) * 0.1 / max(level, 0.01))
        if rng.random() < 0.05:
            limit = np.abs(out).max() * rng.uniform(0.2, 0.7)
            out = np.clip(out, -limit, limit)
        return np.clip(out, -1, 1).astype(np.float32)

    def _at_snr(self, noise: np.ndarray, level: float, snr_db: float) -> np.ndarray:
        return noise * (level * 10 ** (-snr_db / 20) / (np.sqrt((noise**2).mean()) + 1e-6))
