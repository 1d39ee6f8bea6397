"""What a microphone hears, for the detector of talking (`train_voice_activity`): streams of eight seconds in
which people say something over a bed of silence, noise or music, and things happen that are no voice."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from scipy.signal import butter, sosfilt

from . import environment
from .instruments import RATE, phrase, room
from .paths import SPEECH
from .real_speech import alignments, audio_path, load_16k, split_readers
from .sounds import coloured_noise, music
from .synthesisers import song

STREAM_S = 8
FPS = 50
FRAMES = STREAM_S * FPS
#: Readers kept for `bench -- barge-in`, beside those that all of the training leaves out.
HELD_OUT = ("367-", "3080-", "p225_", "p227_")
#: After so many streams one sound of each kind is made anew.
RENEW_STREAMS = 8
#: A quieter voice in noise need not be known, decibels.
LEAST_SNR_DB = 1
IGNORED, NO_VOICE, VOICE = -1, 0, 1


@dataclass
class Clip:
    pcm: np.ndarray
    #: (start, end) of each stretch of voice, seconds.
    voiced: list[tuple[float, float]]
    words: list[tuple[float, float]]


def _stretches(phones: list) -> list[tuple[float, float]]:
    joined: list[tuple[float, float]] = []
    for symbol, start, end in phones:
        if symbol == "SIL":
            continue
        if joined and start - joined[-1][1] < 0.05:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def clips() -> list[Clip]:
    """Real voices of the readers that training may hear."""
    found = []
    vctk = json.loads((SPEECH / "vctk" / "alignments.json").read_text())
    entries = {**{name: alignments()[name] for name in split_readers()[0]}, **vctk}
    for name, entry in entries.items():
        if name.startswith(HELD_OUT) or entry.get("suspect"):
            continue
        pcm = load_16k(audio_path(name))
        level = np.sqrt((pcm**2).mean()) + 1e-6
        stretches = _stretches(entry["phones"])
        words = [(start, end) for _, start, end in entry["words"]] if "words" in entry else stretches
        found.append(Clip((pcm / level * 0.1).astype(np.float32), stretches, words))
    return found


def cough(rng: np.random.Generator, samples: int) -> np.ndarray:
    """A burst, a noisy phase, and in half of them a voiced end."""
    out = np.zeros(samples)
    throat = tuple(rng.uniform(low, high) for low, high in ((400, 1100), (1100, 2200), (2200, 3600)))
    at = int(rng.uniform(0, 1) * RATE)
    while at < samples:
        for _ in range(rng.integers(1, 5)):
            length = rng.uniform(0.15, 0.45)
            blow = environment._burst(rng, 200, 6000, rng.uniform(0.02, 0.08), rng.uniform(10, 40))
            breath = environment._burst(rng, throat[0] * 0.6, throat[2], length, rng.uniform(4, 14))
            parts = [blow, breath * rng.uniform(0.3, 0.8)]
            if rng.random() < 0.5:
                x = np.linspace(0, 1, int(rng.uniform(0.05, 0.2) * RATE))
                f0 = rng.uniform(150, 420) * (1 - 0.35 * x)
                voiced = environment._cry(rng, f0, throat, rng.uniform(0.05, 0.3))
                parts.append(voiced / (np.abs(voiced).max() + 1e-6) * rng.uniform(0.1, 0.5))
            gains = (1, 0.6, 0.4)
            one = np.concatenate(
                [part / (np.abs(part).max() + 1e-6) * gain for part, gain in zip(parts, gains, strict=False)]
            )
            one = one[: max(0, samples - at)]
            out[at : at + len(one)] += one
            at += len(one) + int(rng.uniform(0.05, 0.4) * RATE)
        at += int(rng.uniform(0.8, 4) * RATE)
    return out


class Studio:
    """Makes streams. Holds banks of sounds, of which some are renewed with every stream."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.clips = clips()
        length = 20 * RATE
        self.places = [kind(rng, length) for kind in environment.KINDS for _ in range(2)]
        self.coughs = [cough(rng, length) for _ in range(8)]
        self.music = [music(rng, length) for _ in range(6)] + [phrase(rng, length) for _ in range(6)]
        self.music += [song(rng, length) for _ in range(12)]
        self.made = 0

    def _place(self) -> np.ndarray:
        kind = environment.KINDS[self.rng.integers(len(environment.KINDS))]
        return kind(self.rng, 20 * RATE)

    def _renew(self) -> None:
        rng = self.rng
        self.made += 1
        if self.made % RENEW_STREAMS:
            return
        self.places[rng.integers(len(self.places))] = self._place()
        self.coughs[rng.integers(len(self.coughs))] = cough(rng, 20 * RATE)
        kept = self.music
        make = (music, phrase)[self.made // RENEW_STREAMS % 2]
        kept[rng.integers(12)] = make(rng, 20 * RATE)
        kept[rng.integers(12, len(kept))] = song(rng, 20 * RATE)

    def _bank(self, samples: int) -> np.ndarray:
        """A piece of a sound that is no voice, its loudest tenth of a second at 0 dB."""
        rng = self.rng
        bank = (self.places, self.coughs, self.music)[rng.choice(3, p=[0.4, 0.15, 0.45])]
        sound = bank[rng.integers(len(bank))]
        at = rng.integers(0, len(sound) - samples + 1)
        piece = sound[at : at + samples].astype(np.float64)
        if rng.random() < 0.3:
            piece = room(rng, piece)[:samples]
        power = np.convolve(piece**2, np.ones(1600) / 1600, "same")
        return piece / np.sqrt(power.max() + 1e-9)

    def _bed(self, samples: int) -> tuple[np.ndarray, float]:
        rng = self.rng
        draw = rng.random()
        if draw < 0.12:
            return np.zeros(samples), -120
        if draw < 0.7:
            level = rng.uniform(-80, -26)
            return coloured_noise(rng, samples) * 10 * 10 ** (level / 20), level
        level = rng.uniform(-65, -32)
        return self._bank(samples) * 10 ** (level / 20), level

    def stream(self) -> tuple[np.ndarray, np.ndarray]:
        """(float32 [8 s at 16 kHz], int8 [frames of 20 ms])."""
        rng = self.rng
        self._renew()
        samples = STREAM_S * RATE
        sound, bed_db = self._bed(samples)
        label = np.zeros(FRAMES, np.int8)
        talks = rng.random() < 0.55
        if not talks or rng.random() < 0.3:
            self._happen(sound)
        if talks:
            at = rng.uniform(0.3, 3)
            loud = rng.uniform(-42, -14)
            if bed_db > -50 and rng.random() < 0.7:
                loud = bed_db + rng.uniform(1, 16)
            while at < STREAM_S - 0.3:
                level = np.clip(loud + rng.normal(0, 2), bed_db, -10)
                at = self._talk(sound, label, at, level, level - bed_db)
                at += rng.choice([0.3, 1, 2.5]) * rng.uniform(0.7, 1.5)
        sound = self._channel(sound)
        return np.clip(sound, -1, 1).astype(np.float32), label

    def _happen(self, sound: np.ndarray) -> None:
        rng = self.rng
        for _ in range(rng.integers(1, 4)):
            length = int(rng.uniform(0.1, 6) * RATE)
            at = rng.integers(0, len(sound) - length)
            piece = self._bank(length) * 10 ** (rng.uniform(-45, -10) / 20)
            edge = min(length // 2, int(rng.choice([0.003, 0.05, 0.5]) * RATE))
            piece[:edge] *= np.linspace(0, 1, edge)
            piece[-edge:] *= np.linspace(1, 0, edge)
            sound[at : at + length] += piece

    def _talk(self, sound: np.ndarray, label: np.ndarray, at: float, level: float, snr: float) -> float:
        """Somebody says something from `at` on; returns when it is over."""
        rng = self.rng
        clip = self.clips[rng.integers(len(self.clips))]
        first, last_end = clip.words[rng.integers(len(clip.words))]
        if rng.random() < 0.5:
            first, last_end = clip.voiced[rng.integers(len(clip.voiced))]
        end = first + rng.uniform(0.6, 4)
        if rng.random() < 0.45:
            end = min(first + rng.uniform(0.2, 0.5), max(last_end, first + 0.2))
        speed = np.exp(rng.uniform(np.log(0.85), np.log(1.2)))
        lead, tail = 0.03, 0.04
        start = max(0, first - lead)
        piece = clip.pcm[int(start * RATE) : int((end + tail) * RATE)].astype(np.float64)
        count = int(len(piece) / speed)
        piece = np.interp(np.arange(count) * speed, np.arange(len(piece)), piece)
        edge = int(0.015 * RATE)
        piece[:edge] *= np.linspace(0, 1, edge)
        piece[-edge:] *= np.linspace(1, 0, edge)
        if rng.random() < 0.4:
            wet = room(rng, np.concatenate([piece, np.zeros(RATE // 4)]))
            piece = wet * (np.sqrt((piece**2).mean()) / (np.sqrt((wet[:count] ** 2).mean()) + 1e-9))
        active = np.sqrt((piece[:count] ** 2).mean()) + 1e-6
        begin = int(at * RATE)
        piece = piece[: len(sound) - begin]
        sound[begin : begin + len(piece)] += piece / active * 10 ** (level / 20)

        def frame(seconds: float) -> int:
            return int(round((at + (seconds - start) / speed) * FPS))

        stop = frame(end)
        # Where a word is cut, in echoes and just after, it is neither.
        label[frame(first) : stop + 12][label[frame(first) : stop + 12] == NO_VOICE] = IGNORED
        if snr < LEAST_SNR_DB:
            return stop / FPS
        for low, high in clip.voiced:
            low, high = max(low, first), min(high, end)
            if high > low:
                label[frame(low) : frame(high)] = VOICE
        return stop / FPS

    def _channel(self, sound: np.ndarray) -> np.ndarray:
        rng = self.rng
        if rng.random() < 0.25:
            sound = sosfilt(butter(4, rng.uniform(3000, 5500), "low", fs=RATE, output="sos"), sound)
        if rng.random() < 0.4:
            sound = sosfilt(butter(2, rng.uniform(60, 300), "high", fs=RATE, output="sos"), sound)
        if rng.random() < 0.5:
            spectrum = np.fft.rfft(sound)
            knots = [0, 150, 400, 1000, 2000, 4000, 8000]
            gains = np.cumsum(rng.normal(0, 2.5, len(knots)))
            gains = np.interp(np.fft.rfftfreq(len(sound), 1 / RATE), knots, gains - gains[3])
            sound = np.fft.irfft(spectrum * 10 ** (gains / 20), len(sound))
        return sound + rng.standard_normal(len(sound)) * 10 ** (rng.uniform(-110, -85) / 20)
