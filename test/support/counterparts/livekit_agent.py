"""A scripted agent: the sending half of LiveKit's avatar contract, as livekit-agents has it.

    python livekit_agent.py

Told by lines of JSON: {"do": "connect", "url": …, "token": …}, {"do": "open", "avatar": identity, …}, say, flush, clear, sleep, settle, orders, plugin, leave.
Tells by lines of JSON what the sender is told.
"""

import asyncio
import json
import os
import random
import sys
from types import SimpleNamespace

import numpy as np
from livekit import rtc
from livekit.agents.voice.avatar import DataStreamAudioOutput

FRAME_S = 0.05


def tell(**event) -> None:
    print(json.dumps(event), flush=True)


class Agent:
    def __init__(self) -> None:
        self.url = ""
        self.room = rtc.Room()
        self.out: DataStreamAudioOutput | None = None
        self.finished = 0
        self.started = 0
        self.phase = 0

    async def connect(self, url: str, token: str) -> None:
        self.url = url
        os.environ.setdefault("LIVEKIT_URL", url)
        await self.room.connect(url, token, rtc.RoomOptions(auto_subscribe=False))
        tell(event="connected")

    def take(self, out: DataStreamAudioOutput) -> None:
        self.out = out
        out.on("playback_started", self.on_started)
        out.on("playback_finished", self.on_finished)

    def on_started(self, _event) -> None:
        self.started += 1
        tell(event="started")

    def on_finished(self, event) -> None:
        self.finished += 1
        tell(event="finished", position=event.playback_position, interrupted=event.interrupted)

    async def open(self, avatar: str, rate: int = 24000, announce: bool = True) -> None:
        out = DataStreamAudioOutput(
            self.room,
            destination_identity=avatar,
            sample_rate=rate,
            wait_remote_track=rtc.TrackKind.KIND_VIDEO,
            # Without a time-out of its own, nothing hides an end that does not come.
            clear_buffer_timeout=None,
            wait_playback_start=announce,
        )
        self.take(out)

    async def say(self, seconds: float, rate: int = 24000, channels: int = 1, hz: float = 300) -> None:
        """A tone, in frames, faster than it is heard."""
        left = round(seconds * rate)
        while left > 0:
            count = min(left, round(FRAME_S * rate))
            t = (np.arange(count) + self.phase) / rate
            self.phase += count
            tone = (8000 * np.sin(2 * np.pi * hz * t)).astype(np.int16)
            data = np.repeat(tone, channels).tobytes()
            await self.out.capture_frame(rtc.AudioFrame(data, rate, channels, count))
            left -= count
        tell(event="said")

    async def settle(self, limit: float = 30) -> None:
        """Waits until every segment has its end."""
        try:
            await asyncio.wait_for(self.out.wait_for_playout(), limit)
        except asyncio.TimeoutError:
            pass
        # One that comes twice would come now.
        await asyncio.sleep(0.2)
        segments = self.out.captured_playout_segments
        tell(event="settled", segments=segments, started=self.started, finished=self.finished)

    async def orders(self, count: int, seed: int, limit: float = 30) -> None:
        """Random orders of saying, ending and clearing; each has to settle."""
        draw = random.Random(seed)
        for order in range(count):
            for _ in range(draw.randint(2, 8)):
                what = draw.choice(["say", "say", "flush", "flush", "clear", "sleep"])
                if what == "say":
                    await self.say(draw.choice([0.01, 0.05, 0.2, 0.4]))
                elif what == "flush":
                    self.out.flush()
                elif what == "clear":
                    self.out.clear_buffer()
                else:
                    await asyncio.sleep(draw.choice([0.0, 0.02, 0.1, 0.3]))
            self.out.flush()
            await self.settle(limit)
            tell(event="order", order=order)

    async def plugin(self, name: str, avatar: str, **more) -> None:
        """An unchanged plugin for another avatar starts its session; addresses and keys are in the environment."""
        from livekit.agents import AgentSession, job

        identity = self.room.local_participant.identity
        context = SimpleNamespace(
            local_participant_identity=identity,
            room=self.room,
            add_shutdown_callback=lambda callback: None,
        )
        job._JobContextVar.set(context)
        session = AgentSession()
        kept = []
        session.output.replace_audio_tail = kept.append
        if name == "bey":
            from livekit.plugins import bey

            made = bey.AvatarSession(avatar_id=avatar)
        elif name == "anam":
            from livekit.plugins import anam

            made = anam.AvatarSession(persona_config=anam.PersonaConfig(name="x", avatarId=avatar))
        else:
            from livekit.plugins import bithuman

            made = bithuman.AvatarSession(avatar_id=avatar, **more) if avatar else bithuman.AvatarSession(**more)
        async with __import__("aiohttp").ClientSession() as http:
            made._ensure_http_session = lambda: http
            try:
                await made.start(session, self.room, livekit_url=self.url)
            except Exception as error:
                tell(event="refused", error=str(error), body=str(getattr(error, "body", "")))
                return
        self.take(kept[0])
        tell(event="plugin", identity=made.avatar_identity)

    async def leave(self) -> None:
        await self.room.disconnect()
        tell(event="left")

    async def flush(self) -> None:
        self.out.flush()

    async def clear(self) -> None:
        self.out.clear_buffer()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def main() -> None:
    agent = Agent()
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        told = json.loads(line)
        await getattr(agent, told.pop("do"))(**told)


asyncio.run(main())
