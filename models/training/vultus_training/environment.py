"""Sounds of places, machines, weather and animals, synthesised; all [samples] at 16 kHz, peak about 0.4."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.signal import butter, lfilter, sosfilt

from .instruments import RATE, room


def coloured_noise(rng: np.random.Generator, samples: int, slope: float | None = None) -> np.ndarray:
    """Noise whose spectrum falls by `slope` (0 white, 1 pink, 2 brown)."""
    slope = rng.uniform(0, 2.2) if slope is None else slope
    spectrum = np.fft.rfft(rng.standard_normal(samples))
    frequency = np.maximum(np.fft.rfftfreq(samples, 1 / RATE), 20)
    spectrum *= frequency ** (-slope / 2)
    noise = np.fft.irfft(spectrum, samples)
    return (noise / (np.abs(noise).std() + 1e-9) * 0.1).astype(np.float32)


def _band(rng: np.random.Generator, noise: np.ndarray, low: float, high: float) -> np.ndarray:
    return sosfilt(butter(2, [max(20, low), min(7900, high)], "band", fs=RATE, output="sos"), noise)


def _slow(rng: np.random.Generator, samples: int, hz: float) -> np.ndarray:
    """Random line in 0..1 that moves about `hz` times a second."""
    knots = max(4, int(samples / RATE * hz) + 3)
    return np.interp(np.linspace(0, knots - 1, samples), np.arange(knots), rng.random(knots))


def _scatter(
    rng: np.random.Generator, samples: int, rate_hz: float, make: Callable[[], np.ndarray]
) -> np.ndarray:
    """Events at random times, `rate_hz` a second."""
    out = np.zeros(samples)
    for at in np.sort(rng.integers(0, samples, max(1, rng.poisson(rate_hz * samples / RATE)))):
        event = make()[: samples - at]
        out[at : at + len(event)] += event * rng.uniform(0.3, 1)
    return out


def _burst(rng: np.random.Generator, low: float, high: float, seconds: float, decay: float) -> np.ndarray:
    t = np.arange(int(seconds * RATE)) / RATE
    return _band(rng, rng.standard_normal(len(t)), low, high) * np.exp(-t * decay)


def _ring(rng: np.random.Generator, low: float, high: float, seconds: float, modes: int) -> np.ndarray:
    """Struck object: inharmonic modes that die away, the high ones first."""
    t = np.arange(int(seconds * RATE)) / RATE
    hz = np.sort(np.exp(rng.uniform(np.log(low), np.log(high), modes)))
    decay = rng.uniform(3, 9) / seconds * (hz / hz[0]) ** 0.5
    return sum(
        rng.random() * np.exp(-t * d) * np.sin(2 * np.pi * f * t) for f, d in zip(hz, decay, strict=True)
    )


def applause(rng: np.random.Generator, samples: int) -> np.ndarray:
    low = rng.uniform(600, 1200)
    clap = [_burst(rng, low, low * rng.uniform(1.8, 3.5), 0.03, rng.uniform(120, 250)) for _ in range(12)]
    out = _scatter(rng, samples, np.exp(rng.uniform(1, 5.5)), lambda: clap[rng.integers(12)])
    return out * (0.2 + _slow(rng, samples, 0.3))


def engine(rng: np.random.Generator, samples: int) -> np.ndarray:
    """Firing pulses through pipes, with revs: harmonics of 20–120 Hz under noise."""
    hz = rng.uniform(18, 60) * 2 ** (2 * _slow(rng, samples, 0.5))
    phase = 2 * np.pi * np.cumsum(hz) / RATE
    pulse = np.exp(-6 * (1 - np.cos(phase))) + 0.4 * np.exp(-9 * (1 - np.cos(phase / 2)))
    out = _band(rng, pulse * (1 + 0.5 * rng.standard_normal(samples)), 40, rng.uniform(400, 3000))
    return out + coloured_noise(rng, samples, 1.5) * rng.uniform(0, 0.5)


def wind(rng: np.random.Generator, samples: int) -> np.ndarray:
    """Gusts: noise through a resonance that rises with the gust."""
    gust = _slow(rng, samples, 0.8) ** 2
    noise = coloured_noise(rng, samples, 1.6)
    howl = _band(rng, rng.standard_normal(samples), 300, 700) * gust**2
    return noise * (0.2 + gust) + howl * rng.uniform(0, 0.25)


def rain(rng: np.random.Generator, samples: int) -> np.ndarray:
    drop = [_ring(rng, 800, 6000, 0.02, 2) for _ in range(10)]
    hiss = coloured_noise(rng, samples, rng.uniform(0, 0.8))
    return hiss + 0.3 * _scatter(rng, samples, rng.uniform(5, 120), lambda: drop[rng.integers(10)])


def typing(rng: np.random.Generator, samples: int) -> np.ndarray:
    def key() -> np.ndarray:
        press = _burst(rng, 1500, 6500, 0.05, 140)
        press[: int(0.03 * RATE)] += 0.4 * _burst(rng, 150, 700, 0.03, 110)
        return press

    return _scatter(rng, samples, rng.uniform(3, 11), key)


def knocks(rng: np.random.Generator, samples: int) -> np.ndarray:
    out, at = np.zeros(samples), int(rng.uniform(0.1, 1) * RATE)
    body = _ring(rng, 80, 900, rng.uniform(0.08, 0.25), 6)
    while at < samples:
        for _ in range(rng.integers(1, 6)):
            hit = body[: max(0, samples - at)]
            out[at : at + len(hit)] += hit * rng.uniform(0.5, 1)
            at += int(rng.uniform(0.12, 0.4) * RATE)
        at += int(rng.uniform(0.5, 2.5) * RATE)
    return out


def _cry(rng: np.random.Generator, f0: np.ndarray, formants: tuple[float, ...], rough: float) -> np.ndarray:
    """Pulses of a throat through fixed resonances, as an animal's."""
    f0 = f0 * (1 + rough * np.repeat(rng.standard_normal(len(f0) // 80 + 1), 80)[: len(f0)])
    phase = np.cumsum(f0) / RATE
    source = 2 * (phase % 1) - 1 + rough * 4 * rng.standard_normal(len(f0))
    out = np.zeros(len(f0))
    for centre in formants:
        radius = np.exp(-np.pi * rng.uniform(120, 400) / RATE)
        out += lfilter([1 - radius], [1, -2 * radius * np.cos(2 * np.pi * centre / RATE), radius**2], source)
    return out * np.sin(np.pi * np.linspace(0, 1, len(f0))) ** 0.6


def dog(rng: np.random.Generator, samples: int) -> np.ndarray:
    size, throat = rng.uniform(220, 800), (rng.uniform(500, 900), rng.uniform(1200, 2400))

    def bark() -> np.ndarray:
        x = np.linspace(0, 1, int(rng.uniform(0.09, 0.28) * RATE))
        return _cry(rng, size * (0.7 + 0.7 * np.sin(np.pi * x**0.7)), throat, rng.uniform(0.05, 0.15))

    return _scatter(rng, samples, rng.uniform(0.5, 2.5), bark)


def cat(rng: np.random.Generator, samples: int) -> np.ndarray:
    size, throat = rng.uniform(420, 900), (rng.uniform(900, 1500), rng.uniform(2200, 3800))

    def meow() -> np.ndarray:
        x = np.linspace(0, 1, int(rng.uniform(0.4, 1.2) * RATE))
        return _cry(rng, size * (1 + 0.45 * np.sin(np.pi * x**0.8)), throat, rng.uniform(0.003, 0.02))

    return _scatter(rng, samples, rng.uniform(0.2, 0.7), meow)


def cough(rng: np.random.Generator, samples: int) -> np.ndarray:
    """A burst, a noisy tail, sometimes a second one."""
    centre = rng.uniform(500, 1500)

    def one() -> np.ndarray:
        first = _burst(rng, centre * 0.5, centre * 3, rng.uniform(0.12, 0.3), rng.uniform(12, 30))
        return np.concatenate([first, 0.4 * _burst(rng, centre, centre * 4, 0.15, 25)])

    return _scatter(rng, samples, rng.uniform(0.2, 1.2), one)


def radio_static(rng: np.random.Generator, samples: int) -> np.ndarray:
    t = np.arange(samples) / RATE
    hiss = _band(rng, rng.standard_normal(samples), 300, rng.uniform(2500, 5000)) * 0.3
    tuning = np.sin(2 * np.pi * np.cumsum(200 + 2500 * _slow(rng, samples, 0.7)) / RATE)
    crackle = _scatter(rng, samples, 15, lambda: _burst(rng, 500, 6000, 0.01, 300))
    hum = np.sign(np.sin(2 * np.pi * rng.choice([50, 60]) * t)) * 0.05
    return (
        hiss * (0.3 + _slow(rng, samples, 2))
        + tuning * 0.2 * (_slow(rng, samples, 0.5) > 0.6)
        + crackle
        + hum
    )


def sirens(rng: np.random.Generator, samples: int) -> np.ndarray:
    """Sirens, alarms, telephones, reversing lorries."""
    t = np.arange(samples) / RATE
    low, high = np.sort(rng.uniform(350, 3000, 2))
    swing = 2 * np.pi * rng.uniform(0.15, 9) * t
    shape = [0.5 + 0.5 * np.sin(swing), (np.sin(swing) > 0).astype(float), (swing / 6.283) % 1][
        rng.integers(3)
    ]
    tone = np.sin(2 * np.pi * np.cumsum(low + (high - low) * shape) / RATE)
    if rng.random() < 0.5:
        tone = np.tanh(tone * rng.uniform(1, 6))
    return tone * (
        np.ones(samples) if rng.random() < 0.5 else (t % rng.uniform(0.6, 3)) < rng.uniform(0.3, 0.6)
    )


def clatter(rng: np.random.Generator, samples: int) -> np.ndarray:
    """Dishes, keys, footsteps, doors: struck things."""
    low = np.exp(rng.uniform(np.log(60), np.log(3000)))
    things = [_ring(rng, low, min(7500, low * 6), rng.uniform(0.03, 0.6), 8) for _ in range(5)]
    return _scatter(rng, samples, np.exp(rng.uniform(-0.3, 2)), lambda: things[rng.integers(5)])


def fan(rng: np.random.Generator, samples: int) -> np.ndarray:
    """Fan, vacuum cleaner, fridge, train: steady noise with hum and a slow beat."""
    t = np.arange(samples) / RATE
    hum = sum(
        rng.random() / k * np.sin(2 * np.pi * k * rng.choice([50, 60, 100, 120]) * t) for k in range(1, 12)
    )
    beat = 1 + rng.uniform(0, 0.6) * np.sin(2 * np.pi * rng.uniform(0.5, 12) * t)
    return coloured_noise(rng, samples) * beat + hum * rng.uniform(0, 0.08)


def bird(rng: np.random.Generator, samples: int) -> np.ndarray:
    """Chirps: fast frequency sweeps between 1.5 and 6.5 kHz."""
    out = np.zeros(samples, np.float32)
    at = int(rng.uniform(0, 0.5) * RATE)
    while at < samples:
        t = np.arange(int(rng.uniform(0.03, 0.35) * RATE)) / RATE
        low, high = np.sort(rng.uniform(1500, 6500, 2))
        x = t / t[-1]
        sweep = [x, 1 - x, 0.5 + 0.5 * np.sin(2 * np.pi * rng.uniform(1, 12) * x)][rng.integers(3)]
        chirp = np.sin(2 * np.pi * np.cumsum(low + (high - low) * sweep) / RATE) * np.sin(np.pi * x)
        chirp = chirp[: samples - at]
        out[at : at + len(chirp)] += chirp * rng.uniform(0.2, 1)
        at += int(rng.choice([0.06, 0.12, 0.3, 1.0]) * RATE * rng.uniform(0.7, 1.5)) + len(chirp)
    return out * 0.3


KINDS = (
    applause, engine, wind, rain, typing, knocks, dog, cat, cough, radio_static, sirens, clatter, fan, bird,
)  # fmt: skip


def place(rng: np.random.Generator, samples: int) -> np.ndarray:
    """One kind of sound, often in a room, sometimes over a second one."""
    out = np.zeros(samples)
    for part in range(1 + (rng.random() < 0.25)):
        made = KINDS[rng.integers(len(KINDS))](rng, samples)
        out += made / (np.abs(made).max() + 1e-6) * (1 if part == 0 else rng.uniform(0.1, 0.5))
    if rng.random() < 0.5:
        out = room(rng, out)
    return (out / (np.abs(out).max() + 1e-6) * 0.4).astype(np.float32)
