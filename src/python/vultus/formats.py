"""Formats of voice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Pcm:
    """Signed samples of 16 bits, little-endian, mono; 8000 to 48000 of them a second."""

    sample_rate_hz: int = 24_000

    def to_wire(self) -> dict[str, object]:
        return {"encoding": "s16le", "sampleRateHz": self.sample_rate_hz}


@dataclass(frozen=True, slots=True)
class Opus:
    """Opus packets, mono, 48 kHz; one to a call of `speak`."""

    def to_wire(self) -> dict[str, object]:
        return {"encoding": "opus"}


AudioFormat: TypeAlias = Pcm | Opus
