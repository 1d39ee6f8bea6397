"""Somebody in front of a browser, by aiortc: watches, hears and types."""

from __future__ import annotations

import asyncio
import json
import time
from types import TracebackType
from typing import Any, Self

import aiohttp
import numpy as np
from aiortc import RTCPeerConnection, RTCSessionDescription
from av import AudioFrame, VideoFrame


class User:
    def __init__(self, url: str) -> None:
        self._url = url
        self._peer = RTCPeerConnection()
        self._channel = self._peer.createDataChannel("messages")
        self._tasks: set[asyncio.Task[None]] = set()
        self.answers: list[str] = []
        # When it came, what came.
        self.pictures: list[tuple[float, VideoFrame]] = []
        self.loudness: list[tuple[float, int]] = []
        self.keeps_pictures = False

    async def __aenter__(self) -> Self:
        self._peer.addTransceiver("audio", direction="recvonly")
        self._peer.addTransceiver("video", direction="recvonly")
        self._peer.on("track", self._take)
        self._channel.on("message", self._read)
        await self._peer.setLocalDescription(await self._peer.createOffer())
        offer = self._peer.localDescription
        async with aiohttp.ClientSession() as http:
            answer = await http.post(f"{self._url}/offer", json={"sdp": offer.sdp, "type": offer.type})
            described = await answer.json()
        await self._peer.setRemoteDescription(RTCSessionDescription(described["sdp"], described["type"]))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._peer.close()
        for task in self._tasks:
            task.cancel()

    def type(self, text: str) -> None:
        self._channel.send(json.dumps({"type": "typed", "text": text}))

    def loud(self, since: float = 0.0) -> list[float]:
        return [at for at, loudness in self.loudness if loudness > 1000 and at >= since]

    def _read(self, message: str) -> None:
        read = json.loads(message)
        if read.get("type") == "answer":
            self.answers.append(read["text"])

    def _take(self, track: Any) -> None:
        self._tasks.add(asyncio.create_task(self._see(track) if track.kind == "video" else self._hear(track)))

    async def _see(self, track: Any) -> None:
        while True:
            frame = await track.recv()
            if not self.keeps_pictures:
                self.pictures.clear()
            self.pictures.append((time.perf_counter(), frame))

    async def _hear(self, track: Any) -> None:
        while True:
            frame: AudioFrame = await track.recv()
            self.loudness.append((time.perf_counter(), int(np.abs(frame.to_ndarray()).max())))
