"""What a connection is opened with."""

from __future__ import annotations

from dataclasses import dataclass

from . import wire


@dataclass(frozen=True, slots=True)
class Wishes:
    """Formats and outputs are named as on the wire."""

    path: str
    token: str | None
    audio: dict[str, object]
    outputs: dict[str, object]
    microphone: dict[str, object] | None
    voice_input: str | None
    reconnects: bool
    timeout_s: float

    def hello(self) -> bytes:
        """The first message."""
        return wire.pack(
            "hello",
            version=wire.VERSION,
            audio=self.audio,
            outputs=self.outputs,
            microphone=self.microphone,
            voiceInput=self.voice_input,
        )
