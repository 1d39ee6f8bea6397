"""What a Pipecat TTS service says, and what its transport shows."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image
from pipecat.frames.frames import TTSAudioRawFrame, TTSStoppedFrame

from .events import Picture


@dataclass
class Utterance:
    """One that has not been heard to its end. `stopped` follows its last sample."""

    context_id: str | None
    length_s: float = 0.0
    stopped: TTSStoppedFrame | None = None


def mono(frame: TTSAudioRawFrame) -> bytes:
    """Its samples as one channel."""
    if frame.num_channels == 1:
        return frame.audio
    whole = len(frame.audio) - len(frame.audio) % (2 * frame.num_channels)
    samples = np.frombuffer(frame.audio[:whole], dtype="<i2").reshape(-1, frame.num_channels)
    return bytes(samples.mean(axis=1).astype("<i2").tobytes())


def pixels_of(picture: Picture, encoding: str) -> bytes:
    """RGB."""
    if encoding == "rgb":
        return picture.data
    with Image.open(io.BytesIO(picture.data)) as image:
        return image.convert("RGB").tobytes()
