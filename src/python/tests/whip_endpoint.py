"""A WHIP endpoint (RFC 9725) of aiortc."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web


class WhipEndpoint:
    def __init__(self) -> None:
        self.url = ""
        self.refuses = False
        self.requests: list[tuple[str, str | None]] = []
        """Method and authorization of each."""
        self.kinds: list[str] = []
        """Of the tracks that have come."""

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[WhipEndpoint]:
        aiortc = pytest.importorskip("aiortc")
        sdp = pytest.importorskip("aiortc.sdp")
        peer = aiortc.RTCPeerConnection()
        peer.on("track", lambda track: self.kinds.append(track.kind))

        async def publish(request: web.Request) -> web.Response:
            self.requests.append((request.method, request.headers.get("Authorization")))
            if self.refuses:
                return web.Response(status=403)
            offer = aiortc.RTCSessionDescription(await request.text(), "offer")
            await peer.setRemoteDescription(offer)
            await peer.setLocalDescription(await peer.createAnswer())
            headers = {"Location": "/seat", "Content-Type": "application/sdp"}
            return web.Response(status=201, text=peer.localDescription.sdp, headers=headers)

        async def trickle(request: web.Request) -> web.Response:
            self.requests.append((request.method, request.headers.get("Authorization")))
            for line in (await request.text()).splitlines():
                if line.startswith("a=candidate:"):
                    candidate = sdp.candidate_from_sdp(line.removeprefix("a=candidate:"))
                    candidate.sdpMLineIndex = 0
                    await peer.addIceCandidate(candidate)
            return web.Response(status=204)

        async def leave(request: web.Request) -> web.Response:
            self.requests.append((request.method, request.headers.get("Authorization")))
            return web.Response()

        app = web.Application()
        app.add_routes([web.post("/whip", publish), web.patch("/seat", trickle), web.delete("/seat", leave)])
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/whip"
        try:
            yield self
        finally:
            await peer.close()
            await runner.cleanup()
