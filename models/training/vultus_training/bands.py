"""Bands: several players who share a key, a tempo and chords, as under a singer.

Plucked strings, keys, bass and drums repeat one- or two-bar patterns over a progression of chords; at times
a lead plays on top. Single lines (`instruments`) fool a speech detector by moving like a voice; a band does
by never falling silent: its strings strike as often as syllables do, and its chords fill every band.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .instruments import RATE, SCALES, phrase, room


@dataclass(frozen=True)
class Pluck:
    """A struck or plucked string: seconds in which the fundamental of middle C falls by 1/e, how much faster
    each partial falls, spectrum in dB per octave, share of the click of the pick, strings per note."""

    decay_s: tuple[float, float]
    damping: tuple[float, float]
    slope_db: tuple[float, float]
    pick: tuple[float, float]
    lowest_midi: tuple[int, int]
    strings: int = 1
    stiff: float = 4e-5


PLUCKED = {
    "steel guitar": Pluck((0.5, 1.6), (0.08, 0.25), (-6, -2), (0.05, 0.4), (40, 50)),
    "nylon guitar": Pluck((0.3, 0.9), (0.2, 0.5), (-10, -5), (0.02, 0.2), (40, 50)),
    "muted guitar": Pluck((0.05, 0.2), (0.2, 0.6), (-8, -3), (0.1, 0.6), (40, 52)),
    "banjo": Pluck((0.12, 0.45), (0.05, 0.2), (-4, 0), (0.1, 0.5), (48, 58)),
    "mandolin": Pluck((0.15, 0.5), (0.06, 0.2), (-5, -1), (0.1, 0.5), (55, 64), 2),
    "ukulele": Pluck((0.15, 0.5), (0.2, 0.5), (-9, -4), (0.02, 0.2), (58, 66)),
    "clean guitar": Pluck((0.8, 2.5), (0.1, 0.4), (-8, -3), (0.02, 0.15), (42, 54)),
    "harp": Pluck((0.6, 2.0), (0.2, 0.5), (-11, -6), (0.0, 0.08), (45, 60)),
    "piano": Pluck((0.6, 2.2), (0.1, 0.35), (-10, -4), (0.0, 0.1), (38, 55), 2, 2e-4),
    "electric piano": Pluck((0.8, 2.2), (0.3, 0.9), (-14, -7), (0.0, 0.1), (42, 55)),
    "harpsichord": Pluck((0.5, 1.2), (0.05, 0.15), (-4, 0), (0.05, 0.3), (42, 55), 2),
    "bass": Pluck((0.4, 1.8), (0.15, 0.6), (-12, -5), (0.0, 0.2), (26, 34)),
}
_CHORDS = ((0, 3, 4, 3), (0, 5, 3, 4), (0, 4, 5, 3), (5, 3, 0, 4), (0, 0, 3, 4), (0, 3, 0, 4), (1, 4, 0, 0))


def _note(rng: np.random.Generator, kind: Pluck, midi: float, body: np.ndarray) -> np.ndarray:
    """One string let ring for up to 2 s; `body` is dB at 26 points from 80 Hz to 8 kHz."""
    samples = int(RATE * min(2.0, 5 * kind.decay_s[1]))
    t = np.arange(samples) / RATE
    decay = rng.uniform(*kind.decay_s) * 2 ** ((60 - midi) / 30)
    damping, slope = rng.uniform(*kind.damping), rng.uniform(*kind.slope_db)
    place = rng.uniform(0.08, 0.3)  # where the string is struck: partials with a node there are weak
    out = np.zeros(samples)
    for _ in range(kind.strings):
        f0 = 440 * 2 ** ((midi - 69 + rng.normal(0, 0.04)) / 12)
        for k in range(1, int(min(30, 7600 // f0)) + 1):
            hz = f0 * k * np.sqrt(1 + kind.stiff * k * k)
            if hz > 7700:
                break
            db = slope * np.log2(k) + np.interp(np.log2(hz / 80), np.linspace(0, 6.65, 26), body)
            level = 10 ** (db / 20) * abs(np.sin(np.pi * k * place)) * rng.uniform(0.6, 1.2)
            fall = decay / (1 + damping * (k - 1))
            length = min(samples, int(7 * fall * RATE) + 1)
            wave = np.sin(2 * np.pi * hz * t[:length] + rng.uniform(0, 2 * np.pi))
            out[:length] += level * wave * np.exp(-t[:length] / fall)
    out *= np.minimum(1, t / 0.002)
    click = rng.standard_normal(samples) * np.exp(-t / rng.uniform(0.002, 0.012))
    out += click * rng.uniform(*kind.pick) * np.abs(out).max()
    fade = np.clip((samples - np.arange(samples)) / (0.05 * RATE), 0, 1)
    return out * fade / (np.abs(out).max() + 1e-9)


@dataclass(frozen=True)
class Piece:
    """What all players share: seconds of a sixteenth, start of each (s), scale, tonic (MIDI) and the degree
    of the chord of each bar of 16 sixteenths."""

    sixteenth_s: float
    times_s: np.ndarray
    scale: tuple[int, ...]
    tonic: float
    chords: tuple[int, ...]

    @staticmethod
    def compose(rng: np.random.Generator, seconds: float) -> Piece:
        sixteenth = 60 / rng.uniform(65, 170) / 4
        swing = rng.choice([0, 0, rng.uniform(0.1, 0.5)])
        count = int(seconds / sixteenth) + 2
        times = (np.arange(count) + swing * (np.arange(count) % 2)) * sixteenth
        times = times + rng.normal(0, 0.006, count)
        scale = tuple(SCALES[rng.choice([0, 0, 0, 1])])
        chords = tuple(_CHORDS[rng.integers(len(_CHORDS))])
        return Piece(sixteenth, times, scale, rng.uniform(-6, 6), chords)

    def chord(self, sixteenth: int) -> list[int]:
        """Semitones of the triad over the tonic."""
        root = self.chords[sixteenth // 16 % len(self.chords)]
        degrees = (root, root + 2, root + 4)
        return [12 * (d // len(self.scale)) + self.scale[d % len(self.scale)] for d in degrees]


def _pattern(rng: np.random.Generator, density: float, bars: int = 2) -> np.ndarray:
    """Loudness of each sixteenth of a pattern; the beat is stronger and more often struck."""
    weight = np.tile([1.0, 0.35, 0.75, 0.35], 4 * bars)
    struck = rng.random(16 * bars) < np.clip(density * weight * 1.6, 0, 1)
    struck[0] = True
    return struck * weight**0.5 * rng.uniform(0.5, 1, 16 * bars)


class _Player:
    """Lays notes of one instrument into a track; each pitch is made once and struck often."""

    def __init__(self, rng: np.random.Generator, kind: Pluck, samples: int) -> None:
        self.rng, self.kind = rng, kind
        body = rng.normal(0, 3.5, 26)
        self.note = lru_cache(None)(lambda midi: _note(rng, kind, midi, body))
        self.low = int(rng.integers(*kind.lowest_midi))
        self.track = np.zeros(samples)
        self.damped = rng.random() < 0.3

    def strike(self, midi: float, at_s: float, level: float, longest_s: float) -> None:
        at = int(at_s * RATE)
        sound = self.note(round(midi, 2))
        if self.damped:
            length = min(len(sound), int(longest_s * RATE))
            sound = sound[:length] * np.clip((length - np.arange(length)) / (0.02 * RATE), 0, 1)
        span = min(len(sound), len(self.track) - at)
        if at >= 0 and span > 0:
            self.track[at : at + span] += sound[:span] * level


def _strummed(rng: np.random.Generator, piece: Piece, player: _Player) -> None:
    """Chords over all strings, down on the beats and up between them."""
    pattern, spread = _pattern(rng, rng.uniform(0.3, 0.9)), rng.uniform(0.002, 0.02)
    for k, at in enumerate(piece.times_s):
        level = pattern[k % len(pattern)]
        if level:
            low = player.low + (piece.tonic - player.low) % 12
            tones = [low + c + 12 * octave for octave in range(2) for c in piece.chord(k)]
            tones = tones[:: 1 if k % 4 == 0 or rng.random() < 0.5 else -1][: rng.integers(3, 7)]
            for n, midi in enumerate(tones):
                player.strike(midi, at + n * spread, level * rng.uniform(0.6, 1), piece.sixteenth_s * 2)


def _picked(rng: np.random.Generator, piece: Piece, player: _Player) -> None:
    """One string after the other, in a roll that repeats."""
    pattern = _pattern(rng, rng.uniform(0.4, 1.0))
    roll = rng.integers(0, 6, len(pattern))
    for k, at in enumerate(piece.times_s):
        level = pattern[k % len(pattern)]
        if level:
            tone = int(roll[k % len(roll)])
            low = player.low + (piece.tonic - player.low) % 12
            midi = low + piece.chord(k)[tone % 3] + 12 * (tone // 3)
            player.strike(midi, at, level, piece.sixteenth_s * 2)


def _bass(rng: np.random.Generator, piece: Piece, player: _Player) -> None:
    """Root and fifth on the beats."""
    every = int(rng.choice([2, 4, 4, 8]))
    low = player.low + (piece.tonic - player.low) % 12
    for k in range(0, len(piece.times_s), every):
        tone = 2 if (k // every) % 2 and rng.random() < 0.7 else 0
        midi = low + piece.chord(k)[tone] % 12
        player.strike(midi, piece.times_s[k], rng.uniform(0.7, 1), piece.sixteenth_s * every)


def _hit(rng: np.random.Generator, kind: str) -> np.ndarray:
    t = np.arange(int(0.35 * RATE)) / RATE
    noise = rng.standard_normal(len(t))
    if kind == "kick":
        drop = rng.uniform(45, 75) * t + rng.uniform(4, 12) / 40 * (1 - np.exp(-t * 40))
        return np.sin(2 * np.pi * drop) * np.exp(-t * rng.uniform(10, 25)) + 0.05 * noise * np.exp(-t * 200)
    if kind == "snare":
        tone = np.sin(2 * np.pi * rng.uniform(150, 260) * t) * np.exp(-t * 30)
        return 0.5 * tone + 0.7 * noise * np.exp(-t * rng.uniform(12, 35))
    bright = np.diff(noise, prepend=0)
    swell = np.minimum(1, t / 0.015) if kind == "shaker" else 1.0
    return bright * swell * np.exp(-t * rng.uniform(15, 90))


def drum_set(rng: np.random.Generator, piece: Piece, samples: int) -> np.ndarray:
    """Kick, snare, and hats or a shaker on the grid of the piece."""
    out = np.zeros(samples)
    backbeat = np.zeros(32)
    backbeat[4::8] = 1
    kicks = _pattern(rng, 0.25)
    kicks[4::8] = 0
    hats = _pattern(rng, rng.uniform(0.4, 1.0))
    for kind, pattern, level in (
        ("kick", kicks, rng.uniform(0.5, 1)),
        ("snare", backbeat, rng.uniform(0.2, 0.9)),
        (str(rng.choice(["hat", "shaker"])), hats, rng.uniform(0.05, 0.4)),
    ):
        if rng.random() < 0.2:
            continue
        sound = _hit(rng, kind)
        for k, at_s in enumerate(piece.times_s):
            at, loud = int(max(0, at_s) * RATE), pattern[k % len(pattern)]
            span = min(len(sound), samples - at)
            if loud and span > 0:
                out[at : at + span] += sound[:span] * loud * level * rng.uniform(0.7, 1)
    return out


def band(rng: np.random.Generator, samples: int) -> np.ndarray:
    """One to three chord players, with or without bass, drums and a lead; in a room, squeezed as mixes are;
    peak 0.5."""
    piece = Piece.compose(rng, samples / RATE)
    names = [name for name in PLUCKED if name != "bass"]
    out = np.zeros(samples)
    for _ in range(int(rng.choice([1, 2, 3], p=[0.45, 0.4, 0.15]))):
        player = _Player(rng, PLUCKED[str(rng.choice(names))], samples)
        (_strummed if rng.random() < 0.6 else _picked)(rng, piece, player)
        out += player.track / (np.abs(player.track).max() + 1e-9) * rng.uniform(0.4, 1)
    if rng.random() < 0.7:
        player = _Player(rng, PLUCKED["bass"], samples)
        _bass(rng, piece, player)
        out += player.track / (np.abs(player.track).max() + 1e-9) * rng.uniform(0.2, 0.9)
    if rng.random() < 0.6:
        out += drum_set(rng, piece, samples) * rng.uniform(0.2, 1)
    if rng.random() < 0.25:
        out += phrase(rng, samples) * rng.uniform(0.5, 2.5)
    if rng.random() < 0.8:
        out = room(rng, out)
    out = out / (np.abs(out).max() + 1e-9)
    if rng.random() < 0.6:
        out = np.tanh(out * rng.uniform(1, 5))
    return (out / (np.abs(out).max() + 1e-9) * 0.5).astype(np.float32)
