"""Serves pictures and voice from files over WebRTC with aiortc, as Python avatar servers do: H.264 and Opus.

Run: python aiortc_server.py '{"pictures": …, "voice": …, "size": 512, …}'; it prints its port.
"""

from __future__ import annotations

import asyncio
import fractions
import json
import sys
import time

import numpy as np
from aiohttp import web
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from av import AudioFrame, VideoFrame

SETTINGS = json.loads(sys.argv[1])
SIZE, FPS, RATE = SETTINGS["size"], SETTINGS["fps"], SETTINGS["sampleRateHz"]
CELL, BITS, CORNER = SETTINGS["clockCell"], SETTINGS["clockBits"], SETTINGS["flashCell"]
DARK, BRIGHT, MARK_MS = SETTINGS["dark"], SETTINGS["bright"], SETTINGS["markMs"]
PICTURES = np.fromfile(SETTINGS["pictures"], np.uint8).reshape(-1, SIZE * 3 // 2, SIZE)
VOICE = np.fromfile(SETTINGS["voice"], np.int16)
PACKET = RATE // 50
connections: set[RTCPeerConnection] = set()


class Paced(MediaStreamTrack):
    """Gives its n-th piece at `start` + n · `seconds`."""

    seconds: float

    def __init__(self, start: float) -> None:
        super().__init__()
        self.start, self.count = start, 0

    async def next(self) -> int:
        n = self.count
        self.count += 1
        await asyncio.sleep(max(0.0, self.start + n * self.seconds - time.monotonic()))
        return n


class Pictures(Paced):
    kind = "video"
    seconds = 1 / FPS

    async def recv(self) -> VideoFrame:
        n = await self.next()
        picture = PICTURES[n % len(PICTURES)].copy()
        wall_ms = int(time.time() * 1000)
        for bit in range(BITS):
            picture[:CELL, bit * CELL : (bit + 1) * CELL] = BRIGHT if wall_ms >> bit & 1 else DARK
        flash = n * 1000 / FPS % 1000 < MARK_MS
        picture[SIZE - CORNER : SIZE, SIZE - CORNER :] = BRIGHT if flash else DARK
        frame = VideoFrame.from_ndarray(picture, format="yuv420p")
        frame.pts, frame.time_base = n * 90000 // FPS, fractions.Fraction(1, 90000)
        return frame


class Voice(Paced):
    kind = "audio"
    seconds = PACKET / RATE

    async def recv(self) -> AudioFrame:
        n = await self.next()
        at = n * PACKET % len(VOICE)
        frame = AudioFrame.from_ndarray(VOICE[None, at : at + PACKET], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, n * PACKET, fractions.Fraction(1, RATE)
        return frame


async def answer(request: web.Request) -> web.Response:
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connections.add(peer)
    await peer.setRemoteDescription(RTCSessionDescription(await request.text(), "offer"))
    start = time.monotonic()
    peer.addTrack(Pictures(start))
    peer.addTrack(Voice(start))
    await peer.setLocalDescription(await peer.createAnswer())
    return web.Response(text=peer.localDescription.sdp)


async def blank(_: web.Request) -> web.Response:
    return web.Response(text="<!doctype html><title>peer</title>", content_type="text/html")


async def main() -> None:
    app = web.Application()
    app.router.add_post("/offer", answer)
    app.router.add_get("/", blank)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(site._server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
