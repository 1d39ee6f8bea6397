"""Voices that tests make by themselves."""

from __future__ import annotations

import functools
import math
import struct


def tone(seconds: float, rate_hz: int = 24_000) -> bytes:
    """A hum that comes and goes three times a second, never quite silent; s16le."""
    second = _second(rate_hz)
    return (second * math.ceil(seconds))[: 2 * round(seconds * rate_hz)]


def telephone_tone(seconds: float) -> bytes:
    """The same by telephone: µ-law."""
    hum = struct.unpack(f"<{round(seconds * 8000)}h", tone(seconds, 8000))
    return bytes(map(_mu_law, hum))


def _mu_law(sample: int) -> int:
    """ITU-T G.711."""
    size = min(abs(sample), 32_635) + 132
    exponent = size.bit_length() - 8
    return ~((sample < 0) << 7 | exponent << 4 | size >> exponent + 3 & 15) & 0xFF


@functools.cache
def _second(rate_hz: int) -> bytes:
    def sample(n: int) -> int:
        loudness = 0.3 + 0.3 * math.sin(6 * math.pi * n / rate_hz)
        return int(20_000 * loudness * math.sin(600 * math.pi * n / rate_hz)) or 1

    return struct.pack(f"<{rate_hz}h", *map(sample, range(rate_hz)))
