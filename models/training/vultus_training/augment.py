"""What happens to a voice before a server hears it: whispered or shouted, tone, rooms, distance, noise,
music, other voices, clipping, codecs, level. Labels stay true: nothing here moves a sound in time.
"""

from __future__ import annotations

import warnings

import numpy as np
from scipy.signal import fftconvolve, lfilter

from . import codecs, sounds
from .vocal_effort import shout, whisper

RATE = 16000
#: Length of each noise and music bank.
BANK_SECONDS = 40.0
#: Every so many calls one bank is made anew.
RENEW_CALLS = 500
#: Shares of the voices that are whispered, shouted, and far away.
WHISPERED, SHOUTED, FAR = 0.07, 0.03, 0.08
#: Range of the output level against −20 dBFS.
GAIN_DB = (-30.0, 10.0)


class Augmenter:
    """Holds banks of noises, music and room responses; every call draws a new condition."""

    def __init__(self, rng: np.random.Generator, rooms: int = 24) -> None:
        self.rng = rng
        self.noises = [self._noise(slope) for slope in (0, 0.5, 1, 1.5, 2)] + [
            self._place() for _ in range(9)
        ]
        self.music = [self._music() for _ in range(12)]
        self.rooms = [self._room(-3, 15) for _ in range(rooms)]
        self.halls = [self._room(-9, 2) for _ in range(rooms // 2)]
        self.calls = 0
        self.has_opus = codecs.opus_library() is not None
        if not self.has_opus:
            warnings.warn("libopus is not installed: no Opus among the codecs", stacklevel=2)

    def _samples(self) -> int:
        return int(BANK_SECONDS * RATE)

    def _noise(self, slope: float | None = None) -> np.ndarray:
        return sounds.coloured_noise(self.rng, self._samples(), slope)

    def _place(self) -> np.ndarray:
        return sounds.place(self.rng, self._samples())

    def _music(self) -> np.ndarray:
        make = sounds.music if self.rng.random() < 0.7 else sounds.melody
        return make(self.rng, self._samples())

    def _renew(self) -> None:
        """Slowly replaces the banks, so that a long training does not learn them by heart."""
        self.calls += 1
        if self.calls % RENEW_CALLS == 0:
            self.noises[self.rng.integers(5, len(self.noises))] = self._place()
            self.music[self.rng.integers(len(self.music))] = self._music()
            self.rooms[self.rng.integers(len(self.rooms))] = self._room(-3, 15)
            self.halls[self.rng.integers(len(self.halls))] = self._room(-9, 2)

    def _room(self, least_db: float, most_db: float) -> np.ndarray:
        """A direct sound, a few early reflections, and noise that dies away; T60 0.1–1.2 s; the direct
        sound's energy over that of the rest lies in `least_db` … `most_db`."""
        rng = self.rng
        t60 = float(np.exp(rng.uniform(np.log(0.1), np.log(1.2))))
        t = np.arange(int(min(t60, 0.6) * RATE)) / RATE
        tail = rng.standard_normal(len(t)) * np.exp(-6.9 * t / t60)
        tail[: int(rng.uniform(0.002, 0.015) * RATE)] = 0
        early = rng.integers(int(0.001 * RATE), int(0.03 * RATE), 6)
        tail[early] += rng.choice([-1, 1], 6) * rng.uniform(0.5, 3, 6)
        tail *= 10 ** (-rng.uniform(least_db, most_db) / 20) / (np.sqrt((tail**2).sum()) + 1e-9)
        tail[0] = 1
        return tail.astype(np.float32)

    def _slice(self, bank: list[np.ndarray], samples: int) -> np.ndarray:
        source = bank[self.rng.integers(len(bank))]
        at = self.rng.integers(0, max(1, len(source) - samples))
        return np.resize(source[at : at + samples], samples)

    def __call__(
        self, pcm: np.ndarray, babble: np.ndarray | None = None, voice: bool = True, sung: bool = False
    ) -> np.ndarray:
        """float32 in → float32 out of the same length, labels unchanged. `babble`: other voices to lay
        under; `voice` false where the clip has none (it is not whispered or shouted then); a `sung` one is
        accompanied more often than not."""
        rng = self.rng
        self._renew()
        samples = len(pcm)
        out = pcm.astype(np.float32)
        if voice:
            out = self._effort(out)
        level = np.sqrt((out**2).mean()) + 1e-5
        if rng.random() < 0.6:
            out = self._tone(out)
        far = voice and rng.random() < FAR
        if far:
            out = self._far(out)
        elif rng.random() < 0.35:
            out = fftconvolve(out, self.rooms[rng.integers(len(self.rooms))])[:samples].astype(np.float32)
        draw = rng.random()
        if sung and draw < 0.6:
            out = out + self._at_snr(self._slice(self.music, samples), level, rng.uniform(-6, 16))
        elif babble is not None:
            out = out + self._at_snr(babble, level, rng.uniform(0, 15))
        elif draw < 0.5:
            out = out + self._at_snr(self._slice(self.noises, samples), level, rng.uniform(2, 30))
        elif draw < 0.65:
            out = out + self._at_snr(self._slice(self.music, samples), level, rng.uniform(0, 25))
        peak = np.abs(out).max() + 1e-6
        if rng.random() < 0.06:
            limit = peak * rng.uniform(0.2, 0.7)
            out = np.clip(out, -limit, limit)
        # A codec hears the voice at the level that its sender set; the level that reaches us is another one.
        sent = rng.uniform(0.25, 0.9) / peak
        out = self._codec(out * sent) / sent
        out = out * (10 ** (np.clip(rng.normal(-6, 10), *GAIN_DB) / 20) * 0.1 / max(level, 0.01))
        return np.clip(out, -1, 1).astype(np.float32)

    def _effort(self, pcm: np.ndarray) -> np.ndarray:
        draw = self.rng.random()
        if draw < WHISPERED:
            return whisper(self.rng, pcm)
        return shout(self.rng, pcm) if draw < WHISPERED + SHOUTED else pcm

    def _far(self, pcm: np.ndarray) -> np.ndarray:
        """From across a room: more of the room than of the voice, and its highs lost on the way."""
        keep = np.exp(-2 * np.pi * self.rng.uniform(900, 3500) / RATE)
        far = lfilter(
            [1 - keep], [1, -keep], fftconvolve(pcm, self.halls[self.rng.integers(len(self.halls))])
        )
        far = far[: len(pcm)].astype(np.float32)
        return far * np.float32(np.sqrt((pcm**2).mean() / ((far**2).mean() + 1e-12)))

    def _tone(self, pcm: np.ndarray) -> np.ndarray:
        """Random gains at a few frequencies, in one FFT."""
        spectrum = np.fft.rfft(pcm)
        knots = np.array([0, 150, 400, 1000, 2000, 4000, 8000])
        gains = np.cumsum(self.rng.normal(0, 2.5, len(knots)))
        gains = np.interp(np.fft.rfftfreq(len(pcm), 1 / RATE), knots, gains - gains[3])
        return np.fft.irfft(spectrum * np.float32(10) ** (gains / 20).astype(np.float32), len(pcm))

    def _codec(self, pcm: np.ndarray) -> np.ndarray:
        """`pcm` within ±1; a fifth of the clips come through a codec. The shares follow what a codec
        costs: a training waits for this."""
        draw = self.rng.random()
        if draw < 0.07 and self.has_opus:
            return codecs.random_opus(self.rng, pcm)
        if draw < 0.17:
            return codecs.telephone(self.rng, pcm)
        return codecs.mp3(self.rng, pcm) if draw < 0.19 else pcm

    def _at_snr(self, noise: np.ndarray, level: float, snr_db: float) -> np.ndarray:
        return noise * (level * 10 ** (-snr_db / 20) / (np.sqrt((noise**2).mean()) + 1e-6))
