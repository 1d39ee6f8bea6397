"""Client for Vultus, a real-time server for live avatars.

    async with Vultus("http://localhost:8080") as vultus:
        session = await vultus.create_session(avatar_id)
        async with session.connect(picture="rgb", voice=Pcm(24_000)) as connection:
            await connection.speak(samples)
            await connection.end_speech()
            async for event in connection:
                ...

`vultus.pipecat` has a service for Pipecat, `vultus.livekit` a plugin for LiveKit Agents; `vultus.openai_realtime` and
`vultus.gemini_live` give speech models a face.
"""

from .client import Avatar, Vultus
from .connection import Connection
from .errors import VultusError
from .events import (
    Caption,
    Event,
    Motion,
    Picture,
    Problem,
    Ready,
    Reconnected,
    Reconnecting,
    SpeechContinued,
    SpeechEnded,
    SpeechPaused,
    SpeechResumed,
    SpeechStalled,
    SpeechStarted,
    SpeechWord,
    StateChanged,
    Stats,
    UserAudio,
    UserEnded,
    UserStarted,
    Video,
    Voice,
    Warned,
    Word,
)
from .face_points import FacePoints
from .formats import G711, Opus, Pcm
from .push import Push
from .session import Session
from .settings import Controls, PerformedHead, SessionSettings

__all__ = [
    "G711",
    "Avatar",
    "Caption",
    "Connection",
    "Controls",
    "Event",
    "FacePoints",
    "Motion",
    "Opus",
    "Pcm",
    "PerformedHead",
    "Picture",
    "Problem",
    "Push",
    "Ready",
    "Reconnected",
    "Reconnecting",
    "Session",
    "SessionSettings",
    "SpeechContinued",
    "SpeechEnded",
    "SpeechPaused",
    "SpeechResumed",
    "SpeechStalled",
    "SpeechStarted",
    "SpeechWord",
    "StateChanged",
    "Stats",
    "UserAudio",
    "UserEnded",
    "UserStarted",
    "Video",
    "Voice",
    "Vultus",
    "VultusError",
    "Warned",
    "Word",
]
