"""Formats of voice, and voice as it is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from .errors import VultusError

_LOWEST_RATE_HZ, _HIGHEST_RATE_HZ = 8000, 48_000
Law: TypeAlias = Literal["pcmu", "pcma"]
# Of the buffer protocol: bytes, and integers of 16 bits.
_BUFFERS = ("B", "b", "c", "h")


@dataclass(frozen=True, slots=True)
class Pcm:
    """Signed samples of 16 bits, little-endian, mono; 8000 to 48000 of them a second.

    Raises `VultusError` (`invalid_audio`) where it is another rate.
    """

    sample_rate_hz: int = 24_000

    def __post_init__(self) -> None:
        rate = self.sample_rate_hz
        if not isinstance(rate, int) or not _LOWEST_RATE_HZ <= rate <= _HIGHEST_RATE_HZ:
            raise VultusError(
                "invalid_audio",
                f"A sample rate is a whole number from {_LOWEST_RATE_HZ} to {_HIGHEST_RATE_HZ}, not {rate!r}.",
            )

    def to_wire(self) -> dict[str, object]:
        return {"encoding": "s16le", "sampleRateHz": self.sample_rate_hz}


@dataclass(frozen=True, slots=True)
class G711:
    """What telephones send (ITU-T G.711), mono, 8000 bytes a second: µ-law (`pcmu`) or A-law (`pcma`).

    Of voice that goes in; none comes back in it. Raises `VultusError` (`invalid_audio`) where it is another law.
    """

    law: Law = "pcmu"

    def __post_init__(self) -> None:
        if self.law not in get_args(Law):
            raise VultusError("invalid_audio", f"The laws of G.711 are 'pcmu' and 'pcma', not {self.law!r}.")

    def to_wire(self) -> dict[str, object]:
        return {"encoding": self.law, "sampleRateHz": _LOWEST_RATE_HZ}


@dataclass(frozen=True, slots=True)
class Opus:
    """Opus packets, mono, 48 kHz; one to a call of `speak`."""

    def to_wire(self) -> dict[str, object]:
        return {"encoding": "opus"}


AudioFormat: TypeAlias = Pcm | G711 | Opus
VoiceData: TypeAlias = bytes | bytearray | memoryview


def bytes_of(voice: VoiceData) -> bytes:
    """Voice as it goes over the wire; arrays of int16 will do. Raises `VultusError` (`invalid_audio`)."""
    try:
        view = memoryview(voice)
    except TypeError:
        raise VultusError("invalid_audio", _not_voice(type(voice).__name__)) from None
    if view.format not in _BUFFERS:
        raise VultusError("invalid_audio", _not_voice(f"a buffer of the format {view.format!r}"))
    return view.tobytes()


def _not_voice(what: str) -> str:
    return f"Voice is bytes (s16le samples, those of G.711, or an Opus packet) or an array of int16, not {what}."
