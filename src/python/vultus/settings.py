"""What a session is opened with, and what may be steered while it runs."""

from __future__ import annotations

from typing import Literal, Required, TypedDict

EmotionName = Literal["happy", "sad", "angry", "surprised", "afraid", "disgusted", "contempt"]


class Gaze(TypedDict):
    """A direction in radians: yaw to the avatar's left, pitch up."""

    yaw: float
    pitch: float


class Head(TypedDict, total=False):
    """Offset of the head in radians, and amplitude 0..2 of its own motion."""

    yaw: float
    pitch: float
    roll: float
    amplitude: float


MotionSource = Literal["voice", "performer", "both"]


class Performer(TypedDict, total=False):
    """Whose motion each part of the face shows, where a performer gives some."""

    head: MotionSource
    eyes: MotionSource
    brows: MotionSource
    mouth: MotionSource


class PerformedHead(TypedDict, total=False):
    """Radians, as in `Head`; shift in fractions of face height; the natural logarithm of the scale."""

    yaw: Required[float]
    pitch: Required[float]
    roll: Required[float]
    x: float
    y: float
    distance: float


class Controls(TypedDict, total=False):
    """A change of some controls, named as on the wire; what is absent stays as it is."""

    gaze: Literal["camera"] | Gaze
    distance: float
    head: Head
    emotion: Literal["voice"] | dict[EmotionName, float]
    expressiveness: float
    blinkRate: float
    state: Literal["auto", "speaking", "listening", "idle"]
    bargeIn: bool
    performer: Performer


class SessionSettings(TypedDict, total=False):
    """Settings of a session; what is absent has the server's default."""

    width: int
    height: int
    size: int
    """Width and height of a square picture, instead of these."""
    fit: Literal["portrait", "shoulders", "head"]
    fps: Literal[25, 30, 40, 50, 60]
    codec: Literal["auto", "h264", "vp8", "vp9", "av1"]
    bitrate_kbps: int
    seed: int
    latency: Literal["low", "balanced", "quality"]
    background: str
    """`keep`, `blur`, `matte`, `#rrggbb`, or a picture as a data URL."""
    controls: Controls


def settings_to_wire(settings: SessionSettings) -> dict[str, object]:
    body: dict[str, object] = {**settings}
    if "bitrate_kbps" in body:
        body["bitrateKbps"] = body.pop("bitrate_kbps")
    return body


def join_controls(first: Controls, second: Controls) -> Controls:
    """Both changes as one, the second on top; inside `head` and `performer` each field on its own."""
    joined: Controls = {**first, **second}
    if "head" in first and "head" in second:
        joined["head"] = {**first["head"], **second["head"]}
    if "performer" in first and "performer" in second:
        joined["performer"] = {**first["performer"], **second["performer"]}
    return joined
