"""Conversations for the listener: a real reader as the user, whose voice is heard through the server's own detector
(`speech_cues`), and another clip of the corpus as the avatar, turn by turn; part `turns` of the motion data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import environment
from .augment import Augmenter
from .behaviour import NEUTRAL_BLINK, control_track
from .behaviour.voice import Voice
from .channels import CONTROL_SIZE, CUES_AT, FRAME_SAMPLES, MOUTH, SIZE
from .channels import RATE_HZ as FPS
from .phones import INDEX
from .sounds import coloured_noise
from .speech_cues import CUES, heard

SCENE_S = 40
#: The face goes on listening for so long after the user's last sound (session-state.ts, voice-activity.ts).
_LISTENING_S = 1.2
_SILENCE = INDEX["SIL"]


@dataclass
class Corpus:
    """One part of the corpus, mapped."""

    pcm: np.ndarray
    classes: np.ndarray
    mouth: np.ndarray
    clips: np.ndarray

    def cut(self, rng: np.random.Generator, most_s: float):
        """(pcm, classes, mouth) of the start of a clip, ended in one of its pauses if there is one."""
        k = int(rng.integers(len(self.clips)))
        first, frames = self.clips[k]
        classes = np.asarray(self.classes[first * 4 : (first + frames) * 4])
        quiet = (classes.reshape(-1, 4) == _SILENCE).all(1)
        ends = np.flatnonzero(quiet & (np.arange(frames) > 40))
        ends = ends[ends < most_s * FPS]
        last = int(rng.choice(ends)) if len(ends) else int(min(frames, most_s * FPS))
        pcm = self.pcm[first * FRAME_SAMPLES : (first + last) * FRAME_SAMPLES].astype(np.float32) / 32768
        mouth = np.asarray(self.mouth[first : first + last], np.float32)
        return pcm, classes[: last * 4], mouth


def laughter(rng: np.random.Generator) -> np.ndarray:
    """Somebody laughs: bursts of breath and voice at 4-6 Hz, falling in pitch and loudness, mono at 16 kHz."""
    hertz, count = rng.uniform(4.2, 6.2), int(rng.integers(4, 11))
    throat = (rng.uniform(500, 900), rng.uniform(1100, 1700), rng.uniform(2300, 3000))
    top, voiced = rng.uniform(180, 480), rng.random() < 0.8
    out = np.zeros(int((count + 1) / hertz * 16000))
    for k in range(count):
        length = rng.uniform(0.06, 0.11)
        x = np.linspace(0, 1, int(length * 16000))
        pitch = top * (1 - 0.05 * k) * (1 - 0.2 * x) * np.exp(0.05 * rng.standard_normal())
        voice = environment._cry(rng, pitch, throat, rng.uniform(0.05, 0.3)) if voiced else np.zeros(len(x))
        breath = environment._burst(rng, 500, 4000, length, 8)[: len(x)]
        one = np.zeros(len(x))
        for part, gain in ((voice, 1.0), (breath, 0.25 if voiced else 0.8)):
            one[: len(part)] += gain * part[: len(x)] / (np.abs(part).max() + 1e-6)
        one *= np.sin(np.pi * x) ** 0.5 * 0.93**k
        at = int((k + 0.06 * rng.standard_normal()) / hertz * 16000) if k else 0
        out[at : at + len(one)] += one[: len(out) - at]
    return (out / (np.abs(out).max() + 1e-6)).astype(np.float32)


@dataclass
class Conversation:
    """One scene: the avatar's own voice with its labels, and the controls with what was heard of the user."""

    pcm: np.ndarray
    classes: np.ndarray
    mouth: np.ndarray
    controls: np.ndarray


def converse(rng: np.random.Generator, users: Corpus, avatars: Corpus, augment: Augmenter) -> Conversation:
    """The user talks, the avatar thinks and answers, and so on."""
    frames = SCENE_S * FPS
    user, own = (np.zeros(frames * FRAME_SAMPLES, np.float32) for _ in range(2))
    classes, mouth = np.full(frames * 4, _SILENCE, np.uint8), np.zeros((frames, SIZE), np.float32)
    speaking = np.zeros(frames, bool)
    at = int(rng.uniform(0.3, 3) * FPS)
    reader = rng.uniform(0.1, 0.6)
    while at < frames:
        said = users.cut(rng, rng.uniform(3, 14))[0]
        said = reader * said / (np.abs(said).max() + 1e-6)
        if rng.random() < 0.25:
            said = np.concatenate([said, np.zeros(int(rng.uniform(0.1, 0.5) * 16000)), reader * laughter(rng)])
        place = slice(at * FRAME_SAMPLES, at * FRAME_SAMPLES + len(said))
        user[place] += said[: len(user[place])]
        at += int(len(said) / FRAME_SAMPLES + rng.uniform(0.2, 2.4) * FPS)
        if rng.random() < 0.7 and at < frames:
            pcm, heard_classes, moved = avatars.cut(rng, rng.uniform(2, 8))
            count = min(len(moved), frames - at)
            own[at * FRAME_SAMPLES : (at + count) * FRAME_SAMPLES] = pcm[: count * FRAME_SAMPLES]
            classes[at * 4 : (at + count) * 4] = heard_classes[: count * 4]
            mouth[at : at + count, MOUTH] = moved[:count]
            speaking[at : at + count] = True
            at += count + int(rng.uniform(0.1, 1.2) * FPS)
        if rng.random() < 0.25:
            at += int(rng.exponential(3) * FPS)
    microphone = augment(user) if rng.random() < 0.3 else user
    if rng.random() < 0.6:
        microphone = microphone + coloured_noise(rng, len(user)) * 10 ** (rng.uniform(-55, -28) / 20)
    return Conversation(own, classes, mouth, _controls(rng, heard(microphone), speaking))


def _controls(rng: np.random.Generator, cues: np.ndarray, speaking: np.ndarray) -> np.ndarray:
    frames = len(speaking)
    controls = np.zeros((frames, CONTROL_SIZE), np.float32)
    if rng.random() < 0.5:
        silent = Voice(np.zeros(frames), np.zeros(frames), None)
        controls = control_track(rng, silent)
    else:
        controls[:, 11], controls[:, 12], controls[:, 13] = 1, 1, NEUTRAL_BLINK
    talked = np.flatnonzero(cues[:, CUES.index("voice")] > 0.35)
    since = np.arange(frames) - np.concatenate([[-1000], talked])[np.searchsorted(talked, np.arange(frames), "right")]
    state = np.where(speaking, 0, np.where(since < _LISTENING_S * FPS, 1, 2))
    if rng.random() < 0.2:
        state = np.where(speaking, 0, 1)
    controls[:, 14:17] = np.eye(3)[state]
    controls[:, CUES_AT : CUES_AT + len(CUES)] = cues[:frames]
    return controls
