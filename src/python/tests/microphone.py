"""A user's browser with a microphone, by aiortc: it talks, and is heard by the avatar."""

from __future__ import annotations

import asyncio
import fractions
from types import TracebackType
from typing import Self

import aiohttp
import numpy as np
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription
from av import AudioFrame

from .voice import tone

RATE_HZ = 48_000
SAMPLES = RATE_HZ // 50


class Hum(MediaStreamTrack):
    """Never silent, 20 ms at a time."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._voice = np.frombuffer(tone(1, RATE_HZ), np.int16)
        self._at = 0

    async def recv(self) -> AudioFrame:
        await asyncio.sleep(0.02)
        start = self._at % RATE_HZ
        frame = AudioFrame.from_ndarray(self._voice[None, start : start + SAMPLES], "s16", "mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, self._at, fractions.Fraction(1, RATE_HZ)
        self._at += SAMPLES
        return frame


class Microphone:
    """Connects with the address that a page is given."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._peer = RTCPeerConnection()

    async def __aenter__(self) -> Self:
        self._peer.addTrack(Hum())
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
