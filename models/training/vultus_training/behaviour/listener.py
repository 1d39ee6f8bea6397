"""What a listener does with what the user says: nods and brows at pauses and rising ends, gaze and breath when the
turn is over, a smile for laughter. The cues are those of `speech_cues`, columns of the controls."""

from __future__ import annotations

import numpy as np

from ..channels import CH, CUES_AT, pair
from ..channels import RATE_HZ as FPS
from ..speech_cues import CUES
from .head import add_nods
from .noise import add_pulse, smooth
from .scene import Scene

#: From a cue, which is told 0.26 s after a pause began, to the lowest point of the first nod, and to the highest of a
#: brow: people answer 0.2-0.7 s after a pause begins.
_NOD_S, _NOD_SD_S, _BROW_S = 0.40, 0.06, 0.34
_SHORTEST_S = 0.20
#: Groups of nods don't follow each other faster.
_NOD_GAP_S = 1.4
#: Chance that brows go up with an answer at a pause and at a rising end.
_BROW_CHANCE = {"pause": 0.35, "rise": 0.6}
#: How long a thinking face looks away from when the turn is over on, and how often it does.
_THINKING_S, _THINKING_CHANCE = 1.0, 0.8


def onsets(scene: Scene, cue: str) -> np.ndarray:
    """Frames in which a cue that fades comes anew."""
    track = scene.controls[:, CUES_AT + CUES.index(cue)]
    return np.flatnonzero(np.diff(track, prepend=0) > 0.2)


def answer(rng: np.random.Generator, out: np.ndarray, scene: Scene) -> np.ndarray:
    """Adds nods, and a breath before the answer, to the head of `out` [frames, 58]; returns raises of the brows
    [frames]."""
    frames = scene.frames
    pose, brows, lift = np.zeros((frames, 3)), np.zeros(frames), np.zeros(frames)
    cues = sorted((int(k), name) for name in _BROW_CHANCE for k in onsets(scene, name))
    last = -np.inf
    for frame, name in cues:
        if scene.listening[frame] < 0.3 or frame - last < _NOD_GAP_S * FPS or rng.random() > scene.style.answers:
            continue
        last = frame
        draw = rng.random()
        brow_too = draw < _BROW_CHANCE[name]
        # A few answers are brows alone.
        if not brow_too or draw > 0.12:
            at = max(_SHORTEST_S, rng.normal(_NOD_S, _NOD_SD_S)) * FPS
            add_nods(rng, pose, frame + at)
        if brow_too:
            at = max(_SHORTEST_S, rng.normal(_BROW_S, _NOD_SD_S)) * FPS
            add_pulse(brows, frame + at, rng.uniform(0.25, 0.5), rng.uniform(0.25, 0.5))
    for frame in onsets(scene, "turn"):
        if rng.random() < 0.7:
            add_pulse(lift, frame + rng.uniform(0.25, 0.6) * FPS, rng.uniform(0.4, 0.6), rng.uniform(0.5, 1.0))
    share = (scene.lively * scene.listening)[:, None] * scene.style.amount
    pose *= share
    # The chin and the shoulders rise as the breath is drawn.
    lift *= np.minimum(1, scene.lively) * (1 - scene.speaking)
    out[:, CH["headYaw"] : CH["headRoll"] + 1] += pose
    out[:, CH["headPitch"]] -= 0.035 * lift
    out[:, CH["headY"]] += 0.010 * lift - 0.06 * pose[:, 1]
    out[:, CH["distance"]] += 0.015 * smooth(scene.listening * scene.microphone, 0.5)
    out[:, CH["headX"]] -= 0.08 * pose[:, 2]
    return brows * scene.listening + 0.15 * lift


def thinks(rng: np.random.Generator, scene: Scene) -> np.ndarray:
    """Whether gaze is drawn away [frames]: people look away while they plan an answer."""
    out = np.zeros(scene.frames, bool)
    for frame in onsets(scene, "turn"):
        if rng.random() < _THINKING_CHANCE:
            out[frame : frame + int(_THINKING_S * FPS)] = True
    return out & (scene.controls[:, 14] < 0.5)


def laugh_along(rng: np.random.Generator, out: np.ndarray, scene: Scene) -> None:
    """A smile, and small bounces of the head, for the user's laughter."""
    laughter = scene.controls[:, CUES_AT + CUES.index("laughter")] * (1 - scene.speaking)
    if laughter.max() < 0.1:
        return
    smile = smooth(smooth(laughter, 0.15), 0.15) * np.minimum(1.3, scene.lively) * rng.uniform(0.8, 1.2)
    out[:, pair("mouthSmile")] += (0.55 * smile)[:, None]
    out[:, pair("cheekSquint")] += (0.40 * smile)[:, None]
    out[:, pair("eyeSquint")] += (0.20 * smile)[:, None]
    phase = 2 * np.pi * rng.uniform(3.5, 5) * np.arange(scene.frames) / FPS
    out[:, CH["headPitch"]] += 0.010 * smile * np.sin(phase)
