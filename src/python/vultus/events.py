"""What a connection tells. Milliseconds of media time count from the start of the session, without gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from .errors import VultusError


@dataclass(frozen=True, slots=True)
class Ready:
    """The connection is there; `delay_ms`: by how much voice and picture follow the voice that was sent."""

    session_id: str
    width: int
    height: int
    fps: float
    delay_ms: float
    token: str | None = None
    """Opens the next connection to this session."""


@dataclass(frozen=True, slots=True)
class Reconnecting:
    """The connection broke, and is being made again. Voice that is given meanwhile is lost."""

    attempt: int
    error: VultusError


@dataclass(frozen=True, slots=True)
class Reconnected:
    """It is there again, on the same session."""

    ready: Ready


@dataclass(frozen=True, slots=True)
class StateChanged:
    state: Literal["speaking", "listening", "idle"]


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The first sample of an utterance has left. `id`: the name that it was given."""

    utterance: int
    media_time_ms: float
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A word, and when it is spoken from the beginning of its utterance."""

    text: str
    start_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True)
class SpeechWord:
    """The first sample of a word is heard, where its sender gave words; `index` counts those of the utterance."""

    utterance: int
    index: int
    word: Word
    media_time_ms: float
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Caption:
    """A WebVTT cue block, where captions were asked for."""

    media_time_ms: float
    data: str


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """Exactly once for each utterance, after its last sample; `played_ms` of it were heard."""

    utterance: int
    played_ms: float
    interrupted: bool
    reason: str
    """`completed`, `interrupted` or `underrun`."""
    id: str | None = None
    last_word: str | None = None
    """The text of the last that was heard, where there were words."""


@dataclass(frozen=True, slots=True)
class SpeechStalled:
    """The voice of an utterance does not come in time."""

    utterance: int
    media_time_ms: float
    id: str | None = None


@dataclass(frozen=True, slots=True)
class SpeechContinued:
    utterance: int
    media_time_ms: float
    id: str | None = None


@dataclass(frozen=True, slots=True)
class SpeechPaused:
    media_time_ms: float


@dataclass(frozen=True, slots=True)
class SpeechResumed:
    media_time_ms: float


@dataclass(frozen=True, slots=True)
class UserStarted:
    """The user began to talk, on a microphone that the avatar listens to."""


@dataclass(frozen=True, slots=True)
class UserEnded:
    talked_ms: float


@dataclass(frozen=True, slots=True)
class UserAudio:
    """20 ms of what the user says, by whichever microphone: s16le at 16 kHz, mono, or an Opus packet.

    `media_time_ms` is that of the voice which left the server as it came in; a jump is a gap.
    """

    media_time_ms: float
    data: bytes


@dataclass(frozen=True, slots=True)
class Stats:
    """Once a second; the fields are named as on the wire."""

    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Warned:
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Problem:
    """An error that the server reports; the connection goes on."""

    error: VultusError


@dataclass(frozen=True, slots=True)
class Picture:
    """A whole picture in the encoding that was asked for: `rgb` [height, width, 3], `i420`, or a JPEG file."""

    media_time_ms: float
    epoch: int
    width: int
    height: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Voice:
    """About 20 ms of what is heard: samples or one Opus packet."""

    media_time_ms: float
    epoch: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Video:
    """One encoded picture."""

    media_time_ms: float
    epoch: int
    key: bool
    data: bytes


@dataclass(frozen=True, slots=True)
class Motion:
    """58 little-endian float32: 52 ARKit blendshapes, then the head."""

    media_time_ms: float
    epoch: int
    data: bytes


Event: TypeAlias = (
    Ready
    | Reconnecting
    | Reconnected
    | StateChanged
    | SpeechStarted
    | SpeechWord
    | SpeechEnded
    | Caption
    | SpeechStalled
    | SpeechContinued
    | SpeechPaused
    | SpeechResumed
    | UserStarted
    | UserEnded
    | UserAudio
    | Stats
    | Warned
    | Problem
    | Picture
    | Voice
    | Video
    | Motion
)
