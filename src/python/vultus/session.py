"""One session: an avatar that is live."""

from __future__ import annotations

from typing import Any, Literal

from .connection import Connection
from .errors import VultusError
from .formats import AudioFormat, Opus, Pcm
from .http import Http
from .push import Push
from .wishes import Wishes

Role = Literal["control", "view"]


class Session:
    """A session on the server. It lives there, however many of these objects there are."""

    def __init__(self, http: Http, answer: dict[str, Any]) -> None:
        self._http = http
        self.id: str = answer["id"]
        self.avatar_id: str = answer["avatarId"]
        self.settings: dict[str, Any] = answer["settings"]
        """Named as on the wire."""
        self.stream_path: str = answer["streamUrl"]
        """Of the WebSocket, from the server's root, with a token for this session where the server wants a key."""
        self.webrtc_path: str = answer["webrtcUrl"]
        """The same of WebRTC: what the user's browser needs, for `Session.fromUrls` of @vultus/client."""
        self.token: str | None = answer.get("token")
        """Enough to connect to this session, in place of the API key."""

    def connect(
        self,
        *,
        audio: AudioFormat | None = None,
        picture: Literal["rgb", "i420", "jpeg"] | None = None,
        voice: Pcm | Opus | None = None,
        video: bool = False,
        motion: bool = False,
        captions: bool = False,
        user_audio: Literal["pcm", "opus"] | None = None,
        voice_input: Literal["speak", "listen"] | None = None,
        microphone: AudioFormat | None = None,
        role: Role = "control",
        reconnects: bool = True,
        timeout_s: float = 10.0,
    ) -> Connection:
        """A connection, to be used as `async with session.connect(...) as connection`.

        `audio`: of the voice to come (default: 24 kHz). `picture`, `voice`, `video`, `motion`, `captions`: what to send
        back; `user_audio`: what the user says too, on whichever connection, as `UserAudio` (not for viewers).
        `voice_input`: what `hear` is for, the avatar's voice (default) or the user's; `microphone`: its format, where
        it is not that of `audio`. It connects itself anew when it breaks, unless `reconnects` is False.
        """
        outputs: dict[str, object] = {"video": video, "motion": motion}
        if captions:
            outputs["captions"] = "webvtt"
        if picture:
            outputs["picture"] = picture
        if voice:
            outputs["voice"] = voice.to_wire() if isinstance(voice, Pcm) else True
        if user_audio:
            outputs["userAudio"] = user_audio
        path = self.stream_path.split("?")[0] + ("?role=view" if role == "view" else "")
        wishes = Wishes(
            path=path,
            token=self.token,
            audio=(audio or Pcm()).to_wire(),
            outputs=outputs,
            microphone=microphone.to_wire() if microphone else None,
            voice_input=voice_input,
            reconnects=reconnects,
            timeout_s=timeout_s,
        )
        return Connection(self._http, wishes)

    async def create_token(self, role: Role = "view") -> str:
        """A token for somebody who connects to this session, in place of the API key."""
        answer = await self._http.json("POST", f"/v1/sessions/{self.id}/tokens", {"role": role}, token=self.token)
        return str(answer["token"])

    async def push(self, url: str, *, bearer_token: str | None = None) -> Push:
        """Publishes picture and voice to a WHIP endpoint (RFC 9725), beside whoever watches. Takes the API key.

        Returns once media goes out; goes on until `Push.stop`, the end of the session, or the endpoint's refusal.
        `bearer_token`: what the endpoint asks for; it goes to that address's origin alone. Raises `VultusError`:
        `address_not_allowed`, `address_unknown`, `push_refused`, `push_unreachable`, `too_many_viewers`.
        """
        body = {"url": url} if bearer_token is None else {"url": url, "bearerToken": bearer_token}
        return Push(self._http, self.id, await self._http.json("POST", f"/v1/sessions/{self.id}/pushes", body))

    async def pushes(self) -> list[Push]:
        """Where it is published to now."""
        answer = await self._http.json("GET", f"/v1/sessions/{self.id}/pushes")
        return [Push(self._http, self.id, one) for one in answer["pushes"]]

    async def close(self) -> None:
        """Ends the session and its connections. Nothing happens where it has ended."""
        try:
            await self._http.read("DELETE", f"/v1/sessions/{self.id}", token=self.token)
        except VultusError as error:
            if error.code not in ("session_not_found", "session_closed"):
                raise
