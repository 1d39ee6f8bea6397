"""A LiveKit server on loopback, and somebody who watches a room."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from types import TracebackType
from typing import Self

import numpy as np
from livekit import api, rtc

KEY, SECRET = "test-key", "a secret of the tests that is long enough"
_START_LIMIT_S = 60.0


def program() -> str | None:
    path = os.environ.get("VULTUS_LIVEKIT_SERVER", "")
    return path if os.path.exists(path) else None


def _free_port(kind: socket.SocketKind) -> int:
    with socket.socket(type=kind) as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


class LiveKitServer:
    def __init__(self) -> None:
        port = _free_port(socket.SOCK_STREAM)
        self.url = f"ws://127.0.0.1:{port}"
        config = {
            "port": port,
            "bind_addresses": ["127.0.0.1"],
            "keys": {KEY: SECRET},
            "rtc": {
                "node_ip": "127.0.0.1",
                "tcp_port": _free_port(socket.SOCK_STREAM),
                "udp_port": _free_port(socket.SOCK_DGRAM),
                "enable_loopback_candidate": True,
            },
        }
        command = [str(program()), "--config-body", json.dumps(config)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        give_up_at = time.monotonic() + _START_LIMIT_S
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}", timeout=5).close()
                break
            except (urllib.error.URLError, OSError) as error:
                if time.monotonic() > give_up_at or self._process.poll() is not None:
                    raise RuntimeError("the LiveKit server does not start") from error
                time.sleep(0.1)

    def token(self, identity: str, room: str, *, agent: bool = False) -> str:
        token = api.AccessToken(KEY, SECRET).with_identity(identity)
        token = token.with_grants(api.VideoGrants(room_join=True, room=room))
        return (token.with_kind("agent") if agent else token).to_jwt()

    async def join(self, identity: str, room: str, *, agent: bool = False) -> rtc.Room:
        joined = rtc.Room()
        await joined.connect(self.url, self.token(identity, room, agent=agent))
        return joined

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


class Viewer:
    """Watches and hears what is published in a room."""

    def __init__(self, server: LiveKitServer, room: str) -> None:
        self._server = server
        self._name = room
        self._tasks: set[asyncio.Task[None]] = set()
        self.pictures = 0
        # When it last heard something, and for how long in all.
        self.loud_at = 0.0
        self.loud_s = 0.0

    async def __aenter__(self) -> Self:
        self.room = rtc.Room()
        self.room.on("track_subscribed", self._subscribed)
        await self.room.connect(self._server.url, self._server.token("viewer", self._name))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await self.room.disconnect()

    def _subscribed(self, track: rtc.Track, *_: object) -> None:
        watch = self._see if track.kind == rtc.TrackKind.KIND_VIDEO else self._hear
        task = asyncio.create_task(watch(track))
        self._tasks.add(task)

    async def _see(self, track: rtc.Track) -> None:
        async for _ in rtc.VideoStream(track):
            self.pictures += 1

    async def _hear(self, track: rtc.Track) -> None:
        async for event in rtc.AudioStream(track, sample_rate=48_000, num_channels=1):
            samples = np.frombuffer(event.frame.data, dtype="<i2")
            if np.abs(samples).max(initial=0) > 1000:
                self.loud_at = time.monotonic()
                self.loud_s += len(samples) / 48_000
