"""LiveKit's own receiving half of the avatar contract, with a face that is a lamp: as bright as the voice is loud.

LIVEKIT_URL and LIVEKIT_TOKEN say which room, AGENT_IDENTITY whom it listens to.
"""

import asyncio
import os

import numpy as np
from livekit import rtc
from livekit.agents.voice.avatar import (
    AudioSegmentEnd,
    AvatarOptions,
    AvatarRunner,
    DataStreamAudioReceiver,
    VideoGenerator,
)

SIDE, FPS, RATE = 128, 25, 24000
PICTURE_SAMPLES = RATE // FPS


class Lamp(VideoGenerator):
    def __init__(self) -> None:
        self.queue: asyncio.Queue[rtc.AudioFrame | AudioSegmentEnd] = asyncio.Queue()
        self.rest = np.zeros(0, np.int16)

    async def push_audio(self, frame: rtc.AudioFrame | AudioSegmentEnd) -> None:
        await self.queue.put(frame)

    def clear_buffer(self) -> None:
        while not self.queue.empty():
            self.queue.get_nowait()
        self.rest = np.zeros(0, np.int16)

    def __aiter__(self):
        return self.frames()

    async def frames(self):
        while True:
            ended = False
            while len(self.rest) < PICTURE_SAMPLES and not ended:
                try:
                    frame = await asyncio.wait_for(self.queue.get(), 1 / FPS)
                except asyncio.TimeoutError:
                    break
                if isinstance(frame, AudioSegmentEnd):
                    ended = True
                else:
                    self.rest = np.concatenate([self.rest, np.frombuffer(frame.data, np.int16)])
            voice, self.rest = self.rest[:PICTURE_SAMPLES], self.rest[PICTURE_SAMPLES:]
            level = np.sqrt(np.mean(voice.astype(float) ** 2)) if len(voice) else 0
            yield self.picture(min(235, 16 + int(level / 20)))
            if len(voice):
                yield rtc.AudioFrame(voice.tobytes(), RATE, 1, len(voice))
            if ended:
                yield AudioSegmentEnd()

    def picture(self, luma: int) -> rtc.VideoFrame:
        data = bytes([luma]) * (SIDE * SIDE) + bytes([128]) * (SIDE * SIDE // 2)
        return rtc.VideoFrame(SIDE, SIDE, rtc.VideoBufferType.I420, data)


async def main() -> None:
    room = rtc.Room()
    await room.connect(os.environ["LIVEKIT_URL"], os.environ["LIVEKIT_TOKEN"])
    runner = AvatarRunner(
        room,
        audio_recv=DataStreamAudioReceiver(room, sender_identity=os.environ["AGENT_IDENTITY"]),
        video_gen=Lamp(),
        options=AvatarOptions(SIDE, SIDE, FPS, RATE, 1),
    )
    await runner.start()
    await runner.wait_for_complete()


asyncio.run(main())
