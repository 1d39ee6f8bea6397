"""A face for Pipecat bots: `VultusVideoService`, to stand between the TTS service and `transport.output()`."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from dataclasses import dataclass
from typing import Any, Literal

from pipecat.audio.utils import create_stream_resampler
from pipecat.frames.frames import (
    CancelFrame,
    EndFrame,
    Frame,
    InterruptionFrame,
    OutputImageRawFrame,
    OutputTransportReadyFrame,
    TTSAudioRawFrame,
    TTSStoppedFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessorSetup
from pipecat.services.ai_service import AIService
from pipecat.services.settings import ServiceSettings

from .client import Vultus
from .connection import Connection
from .errors import VultusError
from .events import Event, Picture, Reconnected, Reconnecting, SpeechEnded, SpeechStarted, Voice
from .formats import Pcm
from .pipecat_media import Utterance, mono, pixels_of
from .session import Session
from .settings import SessionSettings

# The session is gone, by a restart of the server for instance: another one is opened.
_SESSION_OVER = frozenset({"session_not_found", "session_closed", "session_idle", "internal", "engine_failed"})
_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 8.0
# The first words wait for the face; those that come while it is away do not.
_FIRST_CONNECT_S = 10.0
# What is allowed at the end beyond the length of what is still to be heard.
_END_GRACE_S = 5.0
_GOODBYE_S = 2.0


@dataclass
class VultusVideoSettings(ServiceSettings):
    """Nothing can be changed while the pipeline runs."""


class VultusVideoService(AIService):
    """Swallows the audio of the TTS service, and gives back voice and pictures of the avatar that speaks it.

    Pictures come from the start on, also while nobody speaks. An `InterruptionFrame` silences the avatar at once.
    `TTSStoppedFrame` is passed on after the last sample has been heard. Where the server cannot be reached, or has no
    room, the audio goes by as it is: the bot is heard without a face until there is one again.
    """

    Settings = VultusVideoSettings
    _settings: VultusVideoSettings

    def __init__(
        self,
        *,
        avatar_id: str | None = None,
        url: str = "http://localhost:8080",
        api_key: str | None = None,
        session_settings: SessionSettings | None = None,
        picture: Literal["jpeg", "rgb"] = "jpeg",
        sync_with_audio: bool = False,
        settings: VultusVideoSettings | None = None,
        **kwargs: Any,
    ) -> None:
        """`avatar_id`: default is the first of the server's gallery. `session_settings`: size, latency, background, …

        `picture`: how pictures come from the server, 30 kB each that are decoded here, or 786 kB (of 512x512) that are
        not. `sync_with_audio`: pictures are shown by the transport when the audio before them is played; only for
        transports without `video_out_is_live`.
        """
        store = VultusVideoSettings(model=None)
        if settings is not None:
            store.apply_update(settings)
        super().__init__(settings=store, **kwargs)
        self._vultus = Vultus(url, api_key=api_key)
        self._avatar_id = avatar_id
        self._session_settings: SessionSettings = session_settings or {}
        self._encoding = picture
        self._sync_with_audio = sync_with_audio
        self._sample_rate = 24_000
        self._resampler = create_stream_resampler()
        self._task: asyncio.Task[None] | None = None
        self._session: Session | None = None
        self._connection: Connection | None = None
        self._tried = asyncio.Event()
        self._transport_ready = False
        self._numbers = itertools.count(1)
        # The one that is being received, and all that have not been heard to their end, in order.
        self._receiving: str | None = None
        self._unheard: dict[str, Utterance] = {}
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._speaking = False
        self._sounding = asyncio.Lock()
        # Whether anything was heard without the face.
        self._went_by = False

    def can_generate_metrics(self) -> bool:
        """TTFB: from the first TTS audio to the first sample of the avatar's voice."""
        return True

    @property
    def connected(self) -> bool:
        """Whether the avatar is there."""
        return self._face is not None

    @property
    def _face(self) -> Connection | None:
        return None if self._connection is None or self._connection.closed else self._connection

    async def setup(self, setup: FrameProcessorSetup) -> None:  # type: ignore[override]
        """Connects, in a task of its own."""
        await super().setup(setup)
        self._sample_rate = setup.audio_out_sample_rate
        self._task = self.create_task(self._run())

    async def stop(self, frame: EndFrame) -> None:
        """Lets the avatar finish what it has to say, and goes."""
        await super().stop(frame)
        await self._end_speech(None)
        left_s = sum(utterance.length_s for utterance in self._unheard.values())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(left_s + _END_GRACE_S):
                await self._quiet.wait()
        await self._leave()

    async def cancel(self, frame: CancelFrame) -> None:
        """Goes at once."""
        await super().cancel(frame)
        await self._leave()

    async def cleanup(self) -> None:
        await super().cleanup()  # type: ignore[no-untyped-call]
        await self._leave()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, TTSAudioRawFrame):
            await self._speak(frame)
            return
        if isinstance(frame, TTSStoppedFrame):
            await self._end_speech(frame)
            return
        if isinstance(frame, InterruptionFrame):
            await self._interrupt()
        elif isinstance(frame, OutputTransportReadyFrame):
            self._transport_ready = True
        await self.push_frame(frame, direction)

    async def _speak(self, frame: TTSAudioRawFrame) -> None:
        if not frame.audio:
            return
        if not self._tried.is_set():
            await self._wait_for_first_try()
        face = self._face
        if face is None:
            self._went_by = True
            await self.push_frame(frame)
            return
        if self._receiving is None:
            self._receiving = f"tts-{next(self._numbers)}"
            self._unheard[self._receiving] = Utterance(frame.context_id)
            self._quiet.clear()
            await self.start_ttfb_metrics()
        name = self._receiving
        audio = mono(frame)
        if frame.sample_rate != self._sample_rate:
            audio = await self._resampler.resample(audio, frame.sample_rate, self._sample_rate)
        utterance = self._unheard.get(name)
        if utterance:
            utterance.length_s += len(audio) / 2 / self._sample_rate
        await face.speak(audio, utterance=name)

    async def _wait_for_first_try(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FIRST_CONNECT_S):
                await self._tried.wait()
        self._tried.set()

    async def _end_speech(self, frame: TTSStoppedFrame | None) -> None:
        """`frame` follows the last sample."""
        name, self._receiving = self._receiving, None
        utterance = self._unheard.get(name) if name else None
        if self._face and utterance:
            utterance.stopped = frame
            await self._face.end_speech(utterance=name)
        elif frame:
            await self.push_frame(frame)

    async def _interrupt(self) -> None:
        said = bool(self._unheard) or self._speaking
        # A sample that is on its way must not come after the interruption.
        async with self._sounding:
            self._receiving = None
            self._forget()
        if self._face and said:
            await self._face.interrupt()

    def _forget(self) -> None:
        self._unheard.clear()
        self._speaking = False
        self._quiet.set()

    async def _run(self) -> None:
        """Keeps an avatar there, until there is no use in trying."""
        wait_s = _FIRST_WAIT_S
        told: str | None = None
        while True:
            try:
                await self._attend()
            except VultusError as error:
                if self._session:
                    wait_s, told, self._session = _FIRST_WAIT_S, None, None
                lasting = not error.passing and error.code not in _SESSION_OVER
                if lasting or error.code != told:
                    await self.push_error(f"No avatar: {error}", exception=error, force_treat_as_permanent=lasting)
                told = error.code
                self._tried.set()
                if lasting:
                    return
                # A conversation is over before a server's longest wait is.
                await asyncio.sleep(min(_LONGEST_WAIT_S, max(wait_s, error.retry_after_s or 0)))
                wait_s = min(_LONGEST_WAIT_S, 2 * wait_s)

    async def _attend(self) -> None:
        """One session, from its beginning to its end. Raises what it has ended with."""
        avatar_id = self._avatar_id or (await self._vultus.avatars())[0].id
        session = await self._vultus.create_session(avatar_id, **self._session_settings)
        self._session = session
        voice = Pcm(self._sample_rate)
        try:
            async with session.connect(audio=voice, picture=self._encoding, voice=voice) as face:
                self._connection = face
                self._tried.set()
                async for event in face:
                    await self._take(face, event)
        finally:
            await self._lose_face()

    async def _take(self, face: Connection, event: Event) -> None:
        match event:
            case Picture():
                await self._show(event)
            case Voice():
                # Silence between utterances is none of the transport's business; the first sample of an utterance
                # comes before the event that tells of it.
                async with self._sounding:
                    if self._speaking or (self._unheard and event.data.strip(b"\0")):
                        await self._sound(event)
            case SpeechStarted():
                self._speaking = True
                await self.stop_ttfb_metrics()
            case SpeechEnded():
                await self._ended(event)
            case Reconnecting():
                await self._lose_face()
            case Reconnected():
                self._connection = face
                if self._went_by:
                    # What is left there would be heard after what has been said since.
                    await face.interrupt()
                self._went_by = False
            case _:
                pass

    async def _show(self, picture: Picture) -> None:
        if not self._transport_ready:
            return
        frame = OutputImageRawFrame(pixels_of(picture, self._encoding), (picture.width, picture.height), "RGB")
        frame.sync_with_audio = self._sync_with_audio
        await self.push_frame(frame)

    async def _sound(self, voice: Voice) -> None:
        current = next(iter(self._unheard.values()), None)
        context_id = current.context_id if current else None
        await self.push_frame(TTSAudioRawFrame(voice.data, self._sample_rate, 1, context_id=context_id))

    async def _ended(self, event: SpeechEnded) -> None:
        utterance = self._unheard.pop(event.id, None) if event.id else None
        self._speaking = False
        if event.id is not None and event.id == self._receiving:
            self._receiving = None
        if not event.interrupted:
            stopped = utterance.stopped if utterance else None
            await self.push_frame(stopped or TTSStoppedFrame(context_id=utterance.context_id if utterance else None))
        if not self._unheard:
            self._quiet.set()

    async def _lose_face(self) -> None:
        """What it had to say is lost; those who wait for its end are told that it is over."""
        self._connection = None
        self._receiving = None
        stopped = [utterance.stopped for utterance in self._unheard.values() if utterance.stopped]
        self._forget()
        for frame in stopped:
            await self.push_frame(frame)

    async def _leave(self) -> None:
        task, self._task = self._task, None
        if task:
            await self.cancel_task(task)
        session, self._session = self._session, None
        if session:
            with contextlib.suppress(VultusError, TimeoutError):
                async with asyncio.timeout(_GOODBYE_S):
                    await session.close()
        await self._vultus.close()
