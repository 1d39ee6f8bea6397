"""Musical instruments, synthesised: blown, bowed, plucked and electric, solo phrases and ensembles.

A phrase is a line of pitch and one of loudness (tongued or slurred notes, bends, vibrato, swells), played by
a sum of harmonics whose spectrum gets brighter with loudness, as brass and reeds do (Risset & Mathews,
"Analysis of musical-instrument tones", 1969), through the resonances of a body that is drawn anew for each
phrase, with breath or bow noise, in a room.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import fftconvolve, lfilter

RATE = 16000
CONTROL_HZ = 1000
_STEP = RATE // CONTROL_HZ


@dataclass(frozen=True)
class Instrument:
    """Bounds from which each phrase draws: (low, high) unless said otherwise."""

    midi: tuple[int, int]
    #: Slope of the spectrum in dB per octave, played softly and loudly.
    slope: tuple[float, float]
    #: Hz above which the sound falls steeply, played softly and loudly.
    cutoff: tuple[float, float]
    attack_s: tuple[float, float] = (0.01, 0.06)
    #: Peaks of the body: (Hz, dB, octaves wide).
    peaks: tuple[tuple[float, float, float], ...] = ()
    even_db: float = 0.0
    noise_db: float = -38.0
    slur: float = 0.4
    vibrato_cents: float = 25.0
    #: Seconds in which a plucked or struck note falls by 1/e; none for a sustained one.
    decay_s: tuple[float, float] | None = None
    #: Partial k sounds at k·sqrt(1 + stiff·k²) of the fundamental.
    stiff: float = 0.0
    drive: float = 0.0
    voices: int = 1


INSTRUMENTS: dict[str, Instrument] = {
    "trumpet": Instrument((52, 84), (-12, 0), (1100, 2500), (0.008, 0.05), ((1200, 6, 1.2),), noise_db=-36),
    "muted trumpet": Instrument((54, 82), (-6, 2), (2500, 5000), (0.008, 0.04), ((1700, 12, 0.5),)),
    "flugelhorn": Instrument((50, 76), (-20, -7), (800, 1700), (0.02, 0.08), ((700, 5, 1.2),)),
    "trombone": Instrument((36, 70), (-14, -2), (800, 2200), (0.015, 0.07), ((600, 6, 1.2),), slur=0.6),
    "horn": Instrument((38, 74), (-18, -5), (600, 1800), (0.02, 0.09), ((450, 6, 1.0),)),
    "tuba": Instrument((26, 54), (-16, -6), (400, 1100), (0.03, 0.09), ((300, 6, 1.0),)),
    "brass section": Instrument((48, 79), (-12, -2), (1200, 3200), (0.015, 0.06), voices=4),
    "saxophone": Instrument(
        (44, 80), (-12, -3), (1800, 4500), (0.015, 0.07), ((700, 6, 0.7), (1500, 5, 0.6)), 0, -30, 0.65, 40
    ),
    "clarinet": Instrument((50, 88), (-12, -4), (1600, 3800), (0.02, 0.06), even_db=-16, slur=0.7),
    "oboe": Instrument(
        (58, 88), (-6, 0), (2500, 4500), (0.01, 0.04), ((1100, 9, 0.6), (2900, 6, 0.4)), slur=0.6,
    ),
    "bassoon": Instrument((34, 70), (-8, -3), (900, 2200), (0.01, 0.05), ((480, 9, 0.5), (1200, 5, 0.4))),
    "flute": Instrument((60, 96), (-22, -10), (2000, 5000), (0.03, 0.12), noise_db=-24, slur=0.6),
    "recorder": Instrument((65, 93), (-26, -16), (2000, 4000), (0.02, 0.05), noise_db=-28),
    "whistle": Instrument((77, 101), (-40, -30), (4000, 6000), (0.03, 0.12), noise_db=-22, slur=0.8),
    "violin": Instrument(
        (55, 96), (-9, -4), (3000, 6500), (0.02, 0.15), ((480, 6, 0.3), (1100, 5, 0.4), (2600, 7, 0.5)),
        0, -32, 0.55, 45,
    ),
    "cello": Instrument(
        (36, 74), (-10, -5), (1800, 4500), (0.03, 0.15), ((220, 5, 0.3), (600, 5, 0.5), (1900, 5, 0.5)),
        0, -32, 0.55, 40,
    ),
    "strings": Instrument((45, 88), (-10, -5), (2500, 5000), (0.08, 0.6), noise_db=-34, slur=0.8, voices=5),
    "harmonica": Instrument((58, 88), (-5, 0), (2500, 5000), (0.02, 0.07), ((1500, 6, 0.8),), noise_db=-28),
    "accordion": Instrument((48, 86), (-5, -1), (2500, 5500), (0.03, 0.09), voices=2, vibrato_cents=0),
    "organ": Instrument((40, 88), (-8, -6), (3000, 6000), (0.01, 0.04), even_db=4, vibrato_cents=10),
    "synth lead": Instrument((45, 88), (-8, -3), (900, 6000), (0.003, 0.03), vibrato_cents=30, slur=0.6),
    "synth pad": Instrument((45, 80), (-12, -6), (700, 3500), (0.2, 0.9), slur=0.8, voices=4),
    "electric guitar": Instrument(
        (40, 84), (-7, -4), (2500, 5000), (0.002, 0.006), ((400, 4, 1.0), (2300, 6, 0.8)), 0, -50, 0.3, 30,
        (0.8, 3.0), 2e-5, 12.0,
    ),
    "guitar": Instrument((40, 80), (-9, -5), (2500, 5000), (0.002, 0.006), ((110, 5, 0.3), (220, 5, 0.4)), 0,
                         -50, 0.1, 8, (0.3, 1.2), 4e-5),
    "piano": Instrument(
        (33, 96), (-12, -6), (2000, 6000), (0.002, 0.006), (), 0, -55, 0.0, 0, (0.4, 2.0), 3e-4,
    ),
    "bass": Instrument((26, 50), (-12, -7), (700, 2500), (0.003, 0.01), (), 0, -50, 0.2, 8, (0.4, 1.5)),
    "marimba": Instrument(
        (48, 88), (-24, -16), (3000, 6000), (0.002, 0.005), (), -30, -50, 0.0, 0, (0.1, 0.4), 0.05,
    ),
    "music box": Instrument(
        (72, 100), (-14, -9), (5000, 7500), (0.001, 0.003), (), 0, -60, 0.0, 0, (0.3, 1.2), 0.08,
    ),
}  # fmt: skip
#: The ones that sing: sustained, one note at a time, moving like a voice. They fool a speech detector first.
SOLO = tuple(name for name, made in INSTRUMENTS.items() if made.decay_s is None and made.voices == 1)

SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 3, 5, 6, 7, 10), (0, 2, 4, 7, 9))
_NOTE_S = (0.08, 0.12, 0.16, 0.2, 0.28, 0.4, 0.6, 0.9, 1.5, 2.6)


def room(rng: np.random.Generator, pcm: np.ndarray, t60_s: tuple[float, float] = (0.15, 2.2)) -> np.ndarray:
    """The sound in a room that is drawn anew, as long as it was."""
    t60 = float(np.exp(rng.uniform(*np.log(t60_s))))
    t = np.arange(int(min(t60, 1.2) * RATE)) / RATE
    tail = rng.standard_normal(len(t)) * np.exp(-6.9 * t / t60)
    pole = rng.uniform(0, 0.7)
    tail = lfilter([1 - pole], [1, -pole], tail)
    tail[: int(rng.uniform(0.001, 0.02) * RATE)] = 0
    tail *= 10 ** (-rng.uniform(-2, 18) / 20) / (np.sqrt((tail**2).sum()) + 1e-9)
    tail[0] = 1
    return fftconvolve(pcm, tail)[: len(pcm)].astype(np.float32)


def _wander(rng: np.random.Generator, steps: int, hz: float) -> np.ndarray:
    """Slow random line of unit deviation that moves about `hz` times a second."""
    knots = max(4, int(steps / CONTROL_HZ * hz * 2) + 3)
    return np.interp(np.linspace(0, knots - 1, steps), np.arange(knots), rng.standard_normal(knots))


Tune = tuple[np.ndarray, np.ndarray, np.ndarray]


def score(rng: np.random.Generator, instrument: Instrument, steps: int) -> Tune:
    """A tune at CONTROL_HZ: pitch (MIDI), loudness (0..1, 0 in rests) and the time since each note began
    (s)."""
    pitch, level, age = np.zeros(steps), np.zeros(steps), np.zeros(steps)
    scale = SCALES[rng.integers(len(SCALES))]
    low, high = instrument.midi
    tonic = rng.uniform(low, max(low + 1, high - 14))
    degree, count = int(rng.integers(0, len(scale))), int((high - tonic) / 12 * len(scale)) + 1
    tempo, rest = float(np.exp(rng.uniform(-0.5, 0.5))), rng.uniform(0.02, 0.3)
    dynamics = rng.uniform(0.55, 1) + 0.22 * _wander(rng, steps, 0.4)
    # Half of the tunes move as fast as syllables: those are the ones that are taken for speech.
    favourites = rng.choice(_NOTE_S[1:7] if rng.random() < 0.5 else _NOTE_S, 4)
    slurs = instrument.slur * rng.uniform(0, 1.6)
    at, slurred = int(rng.uniform(0, 0.4) * CONTROL_HZ), False
    last = tonic
    while at < steps:
        seconds = float(rng.choice(favourites)) * tempo * rng.uniform(0.85, 1.15)
        span = max(60, int(seconds * CONTROL_HZ))
        stop = min(steps, at + span)
        t = np.arange(stop - at) / CONTROL_HZ
        note = tonic + 12 * (degree // len(scale)) + scale[degree % len(scale)]
        if rng.random() < rest and not slurred:
            pitch[at:stop], age[at:stop] = last, 9
        else:
            glide = rng.uniform(0.006, 0.07)
            start = last if slurred else note + rng.normal(0, 0.5) * (rng.random() < 0.5)
            pitch[at:stop] = note + (start - note) * np.exp(-t / glide)
            slur_next = rng.random() < slurs
            attack = rng.uniform(*instrument.attack_s)
            shape = 1 - 0.3 * np.exp(-t / 0.04) if slurred else np.minimum(1, t / attack) ** 0.7
            if instrument.decay_s is None:
                bump, centre = rng.normal(0, 0.45), rng.uniform(0.05, 0.9)
                x = t / seconds
                shape = shape * (1 + bump * np.exp(-(((x - centre) / 0.35) ** 2)))
                shape = shape * np.exp(-x * max(0, rng.normal(0.2, 0.5)))
            else:
                shape = shape * np.exp(-t / (rng.uniform(*instrument.decay_s) * 2 ** ((60 - note) / 24)))
            if not slur_next:
                release = rng.uniform(0.02, 0.09)
                gap = rng.uniform(0, 0.06)
                shape = shape * np.clip((seconds - gap - t) / release, 0, 1)
            level[at:stop] = shape * rng.uniform(0.55, 1)
            age[at:stop] = t
            slurred, last = slur_next, note
        degree = int(np.clip(degree + round(rng.normal(0, 1.8)), 0, count))
        at = stop
    return pitch, np.clip(level * np.clip(dynamics, 0.15, 1.2), 0, 1.2), age


def _gain_db(instrument: Instrument, body: tuple, hz: np.ndarray, loud: np.ndarray, k: int) -> np.ndarray:
    """Level of partial k, which lies at `hz`, when played as loudly as `loud`."""
    slope = instrument.slope[0] + (instrument.slope[1] - instrument.slope[0]) * loud
    cutoff = instrument.cutoff[0] * (instrument.cutoff[1] / instrument.cutoff[0]) ** loud
    octaves = np.log2(np.maximum(hz, 20) / 440)
    db = slope * np.log2(k) - 15 * np.maximum(0, np.log2(np.maximum(hz, 20) / (cutoff * body[2])))
    for centre, height, width in body[0]:
        db = db + height * np.exp(-(((octaves - np.log2(centre / 440)) / width) ** 2))
    db = db + np.interp(octaves, body[1][0], body[1][1])
    return db + (instrument.even_db if k % 2 == 0 else 0)


def line(rng: np.random.Generator, instrument: Instrument, tune: Tune, samples: int) -> np.ndarray:
    """One player's rendering of a tune."""
    pitch, level, age = tune
    steps = len(pitch)
    t = np.arange(steps) / CONTROL_HZ
    depth = instrument.vibrato_cents * rng.uniform(0, 1.6) / 100 * (rng.random() < 0.75)
    rate = rng.uniform(4.2, 7) + 0.3 * _wander(rng, steps, 1)
    vibrato = np.sin(2 * np.pi * np.cumsum(rate) / CONTROL_HZ) * np.clip(
        (age - rng.uniform(0, 0.3)) / 0.3, 0, 1
    )
    midi = pitch + depth * vibrato + 0.05 * _wander(rng, steps, 4) + rng.normal(0, 0.12)
    loud = level * (1 + rng.uniform(0, 0.25) * vibrato) * (1 + 0.08 * _wander(rng, steps, 14))
    if rng.random() < 0.04 and instrument.decay_s is None:  # flutter tongue, growl, tremolo
        loud = loud * (1 + 0.6 * np.sin(2 * np.pi * rng.uniform(9, 32) * t))
    loud = np.clip(loud, 0, 1.3)
    f0 = 440 * 2 ** ((midi - 69) / 12)
    body = (
        [(c * rng.uniform(0.85, 1.2), h * rng.uniform(0.5, 1.3), w) for c, h, w in instrument.peaks],
        (np.linspace(-4.5, 4.2, 26), rng.normal(0, 2.5, 26)),
        float(np.exp(rng.normal(0, 0.3))),
    )
    grid = np.arange(samples) / _STEP
    phase = 2 * np.pi * np.cumsum(np.interp(grid, np.arange(steps), f0)) / RATE
    turn = np.exp(1j * phase)
    power, out = np.ones_like(turn), np.zeros(samples)
    unrest_db = rng.uniform(0.3, 2.5)  # no two partials rise and fall together
    partials = int(min(48, 7600 // max(60.0, np.percentile(f0, 5))))
    for k in range(1, partials + 1):
        stretch = np.sqrt(1 + instrument.stiff * k * k)
        hz = f0 * k * stretch
        db = _gain_db(instrument, body, hz, loud, k)
        amplitude = loud * 10 ** ((db + unrest_db * _wander(rng, steps, 9)) / 20) * (hz < 7600)
        if instrument.decay_s is not None:
            amplitude = amplitude * np.exp(-age * 1.2 * (k - 1))
        power = power * turn
        wave = power.imag if stretch == 1 else np.sin(phase * k * stretch)
        out += wave * np.interp(grid, np.arange(steps), amplitude)
    strength = np.interp(grid, np.arange(steps), loud)
    noise = rng.standard_normal(samples)
    pole = rng.uniform(0.2, 0.9)
    noise = lfilter([1 - pole], [1, -pole], noise)
    burst = np.interp(grid, np.arange(steps), np.exp(-age / 0.025) * (loud > 0))
    level_rms = out.std() / (noise.std() + 1e-9)
    hiss = 10 ** ((instrument.noise_db + rng.uniform(-6, 11)) / 20)
    out += noise * level_rms * strength * hiss * (1 + rng.uniform(0, 8) * burst)
    if instrument.drive:
        out = np.tanh(out / (np.abs(out).max() + 1e-9) * np.exp(rng.uniform(0, np.log(instrument.drive * 3))))
    return out


def phrase(rng: np.random.Generator, samples: int, name: str | None = None) -> np.ndarray:
    """A tune on one instrument (or its section), in a room, peak 0.4."""
    name = str(rng.choice(list(INSTRUMENTS))) if name is None else name
    instrument = INSTRUMENTS[name]
    tune = score(rng, instrument, samples // _STEP + 2)
    out = np.zeros(samples)
    for voice in range(instrument.voices):
        shifted = (tune[0] + (0 if voice == 0 else rng.choice([0, 0, 3, 4, 7, 12])), tune[1], tune[2])
        out += line(rng, instrument, shifted, samples)
    if instrument.drive and rng.random() < 0.5:  # power chord
        out += line(rng, instrument, (tune[0] + 7, tune[1], tune[2]), samples)
    if rng.random() < 0.85:
        out = room(rng, out)
    return (out / (np.abs(out).max() + 1e-6) * 0.4).astype(np.float32)


def solo(rng: np.random.Generator, samples: int) -> np.ndarray:
    """A phrase on an instrument that sings."""
    return phrase(rng, samples, str(rng.choice(SOLO, p=_SOLO_SHARE)))


_SOLO_SHARE = np.array([2.5 if name in ("trumpet", "saxophone", "violin") else 1.0 for name in SOLO])
_SOLO_SHARE /= _SOLO_SHARE.sum()
