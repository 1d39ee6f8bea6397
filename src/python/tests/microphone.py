"""A user's browser with a microphone, by aiortc: it talks, and is heard by the avatar."""

from __future__ import annotations

import asyncio
import fractions
import subprocess
from types import TracebackType
from typing import Self

import aiohttp
import numpy as np
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription
from av import AudioFrame

RATE_HZ = 48_000
SAMPLES = RATE_HZ // 50


def spoken(text: str) -> bytes:
    """By eSpeak, at 48 kHz: a hum is no speech."""
    wav = subprocess.run(["espeak-ng", "--stdout", text], check=True, capture_output=True).stdout
    # What streams has no true length in its header (44 bytes), but its rate.
    samples, rate_hz = np.frombuffer(wav[44:], "<i2"), int.from_bytes(wav[24:28], "little")
    at = np.arange(0, len(samples), rate_hz / RATE_HZ)
    return np.interp(at, np.arange(len(samples)), samples).astype("<i2").tobytes()


class Talk(MediaStreamTrack):
    """A voice, and silence from then on, 20 ms at a time."""

    kind = "audio"

    def __init__(self, voice: bytes) -> None:
        super().__init__()
        self._voice = np.frombuffer(voice, np.int16)
        self._at = 0

    async def recv(self) -> AudioFrame:
        await asyncio.sleep(0.02)
        said = self._voice[self._at : self._at + SAMPLES]
        frame = AudioFrame.from_ndarray(np.pad(said, (0, SAMPLES - len(said)))[None], "s16", "mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, self._at, fractions.Fraction(1, RATE_HZ)
        self._at += SAMPLES
        return frame


class Microphone:
    """Connects with the address that a page is given; `voice`: s16le at 48 kHz."""

    def __init__(self, url: str, voice: bytes) -> None:
        self._url = url
        self._voice = voice
        self._peer = RTCPeerConnection()

    async def __aenter__(self) -> Self:
        self._peer.addTrack(Talk(self._voice))
        self._peer.addTransceiver("video", direction="recvonly")
        await self._peer.setLocalDescription(await self._peer.createOffer())
        offer = {"type": "offer", "sdp": self._peer.localDescription.sdp, "voiceInput": "listen"}
        async with aiohttp.ClientSession() as http, http.post(self._url, json=offer) as answer:
            answer.raise_for_status()
            described = await answer.json()
        await self._peer.setRemoteDescription(RTCSessionDescription(described["sdp"], described["type"]))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._peer.close()
