"""Everything a face does besides articulating: head, gaze, blinks, brows, breath, emotion; and the control
track.

All of it is drawn from distributions; nothing loops. Sources: blink intervals and phases after Bentivoglio
et al. 1997 (17 a minute at rest; closing 80–150 ms, opening 120–300 ms); gaze as fixations and saccades
after Lee, Badler & Badler, "Eyes Alive" (2002); head nods and brow raises on stressed syllables after
Munhall et al. (2004) and Krahmer & Swerts (2007); eyes turn against the head (vestibulo-ocular reflex).
Each process starts from the rest pose, so that the start of a clip teaches the cold start.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from .channels import CH, CONTROL_SIZE, EMOTIONS, SIZE, pair

FPS = 25
#: eyeLook coefficient 1 is this eye rotation in radians (30°, as in the Live Link CSV of the server).
EYE_LOOK_RADIANS = 0.5236
NEUTRAL_BLINK = 17 / 20

EMOTION_SHAPES: dict[str, dict[str, float]] = {
    "happy": {
        "mouthSmile": 0.55,
        "cheekSquint": 0.45,
        "eyeSquint": 0.22,
        "browOuterUp": 0.10,
        "mouthDimple": 0.12,
    },
    "sad": {
        "mouthFrown": 0.45,
        "browInnerUp": 0.60,
        "eyeSquint": 0.14,
        "mouthShrugLower": 0.08,
        "headPitch": 0.07,
    },
    "angry": {
        "browDown": 0.75,
        "eyeSquint": 0.32,
        "noseSneer": 0.30,
        "mouthFrown": 0.18,
        "mouthPress": 0.18,
        "jawForward": 0.10,
        "headPitch": 0.04,
    },
    "surprised": {"browInnerUp": 0.75, "browOuterUp": 0.70, "eyeWide": 0.65, "headPitch": -0.04},
    "afraid": {
        "browInnerUp": 0.75,
        "browOuterUp": 0.20,
        "eyeWide": 0.55,
        "mouthStretch": 0.35,
        "browDown": 0.15,
    },
    "disgusted": {
        "noseSneer": 0.70,
        "browDown": 0.40,
        "eyeSquint": 0.32,
        "cheekSquint": 0.28,
        "mouthFrown": 0.20,
        "mouthUpperUp": 0.14,
    },
    "contempt": {
        "mouthSmileRight": 0.42,
        "mouthDimpleRight": 0.38,
        "mouthSmileLeft": 0.06,
        "browOuterUpRight": 0.25,
        "browDownLeft": 0.18,
        "eyeSquint": 0.14,
        "headRoll": 0.03,
        "headPitch": -0.03,
    },
}


def _emotion_matrix() -> np.ndarray:
    matrix = np.zeros((len(EMOTIONS), SIZE))
    for row, name in enumerate(EMOTIONS):
        for shape, value in EMOTION_SHAPES[name].items():
            for channel in [CH[shape]] if shape in CH else pair(shape):
                matrix[row, channel] = value
    return matrix


EMOTION_MATRIX = _emotion_matrix()


def _smooth(x: np.ndarray, seconds: float) -> np.ndarray:
    """First-order follower along axis 0, starting at zero."""
    a = np.exp(-1 / (FPS * seconds))
    return lfilter([1 - a], [1, -a], x, axis=0)


def _wander(rng: np.random.Generator, frames: int, seconds: float) -> np.ndarray:
    """Smooth unit-variance random walk with a time constant, starting at zero (second order, no corners)."""
    out = _smooth(_smooth(rng.standard_normal(frames), seconds), seconds * 0.6)
    response = _smooth(_smooth(np.eye(1, 1000)[0], seconds), seconds * 0.6)
    return out / np.linalg.norm(response)


def _ease(frames: int, at: float, seconds: float) -> np.ndarray:
    """Minimum-jerk step from 0 to 1 that starts at frame `at`."""
    x = np.clip((np.arange(frames) - at) / (seconds * FPS), 0, 1)
    return x**3 * (10 - 15 * x + 6 * x * x)


def _bump(frames: int, centre: float, seconds: float) -> np.ndarray:
    """Smooth pulse of height 1."""
    x = (np.arange(frames) - centre) / (seconds * FPS)
    return np.where(np.abs(x) < 1, (1 - np.minimum(x * x, 1)) ** 2, 0)


@dataclass
class Voice:
    """What the non-verbal part hears at 25 fps: loudness 0..1.3, speech 0/1, mood of the voice (name or
    None)."""

    loud: np.ndarray
    speech: np.ndarray
    mood: str | None


def control_track(rng: np.random.Generator, voice: Voice) -> np.ndarray:
    """Random piecewise-constant controls [frames, 17], each group on its own clock."""
    frames = len(voice.loud)
    track = np.zeros((frames, CONTROL_SIZE), np.float32)

    def spans(mean_s: float):
        at = 0
        while at < frames:
            length = int(rng.exponential(mean_s) * FPS + 1.2 * FPS)
            yield slice(at, min(frames, at + length))
            at += length

    for span in spans(4):
        if rng.random() < 0.4:
            track[span, 0] = rng.uniform(-0.55, 0.55)
            track[span, 1] = rng.uniform(-0.35, 0.35)
            track[span, 2] = 1
    for span in spans(5):
        if rng.random() < 0.4:
            track[span, 3] = np.clip(rng.normal(0, 0.25), -0.5, 0.5)
    for span in spans(5):
        draw = rng.random()
        if draw < 0.4:
            track[span, 11] = 1
        elif draw < 0.78:
            chosen = rng.choice(7, 1 if rng.random() < 0.75 else 2, replace=False)
            track[span, 4 + chosen] = rng.uniform(0.2, 1, len(chosen))
    for span in spans(8):
        track[span, 12] = 1 if rng.random() < 0.5 else rng.uniform(0, 2)
    for span in spans(15):
        track[span, 13] = NEUTRAL_BLINK if rng.random() < 0.45 else rng.uniform(0, 3)
    for span in spans(5):
        speaking = voice.speech[span].mean() > 0.1
        state = 0 if speaking and rng.random() < 0.93 else int(rng.choice(3, p=[0.25, 0.4, 0.35]))
        track[span, 14 + state] = 1
    return track


def behave(rng: np.random.Generator, mouth: np.ndarray, voice: Voice, controls: np.ndarray) -> np.ndarray:
    """Mouth coefficients [frames, 58] + behaviour under `controls` [frames, 17] → motion [frames, 58]."""
    out = mouth.astype(np.float64).copy()
    lively = _smooth(controls[:, 12], 0.25)
    speaking, listening, idle = (_smooth(controls[:, 14 + k], 0.4) for k in range(3))
    active = _smooth(voice.speech.astype(float), 0.5)
    lips = np.clip(mouth[:, CH["mouthPressLeft"]] / 0.25, 0, 1)
    # Expressiveness opens and rounds the mouth more or less; contact stays.
    amount = 0.65 + 0.35 * controls[:, 12]
    for name in ("jawOpen", "mouthClose", "mouthFunnel", "mouthPucker", "tongueOut"):
        out[:, CH[name]] *= amount
    for name in ("mouthStretch", "mouthLowerDown", "mouthUpperUp"):
        out[:, pair(name)] *= amount[:, None]

    stress = _stresses(rng, voice)
    _head(rng, out, stress, voice, lively, speaking, listening, idle, active)
    gaze = _gaze(rng, out, controls, voice, idle)
    _brows(rng, out, stress, lively)
    _emotions(rng, out, voice, controls, lips)
    _eyes(rng, out, gaze, controls)
    out[:, : CH["headYaw"]] = np.clip(out[:, : CH["headYaw"]], 0, 1)
    return out.astype(np.float32)


def _stresses(rng: np.random.Generator, voice: Voice) -> list[tuple[int, float]]:
    """(frame, strength) of loud syllable nuclei."""
    loud = voice.loud * voice.speech
    peaks = np.flatnonzero((loud[1:-1] > loud[:-2]) & (loud[1:-1] >= loud[2:]) & (loud[1:-1] > 0.75)) + 1
    return [(int(k), float(min(1.3, loud[k]))) for k in peaks]


def _head(rng, out, stress, voice, lively, speaking, listening, idle, active) -> None:
    frames = len(out)
    pose = np.zeros((frames, 3))
    sway = 0.55 + 0.45 * active
    for axis, (sd, seconds) in enumerate(((0.034, 0.9), (0.020, 0.7), (0.020, 0.9))):
        pose[:, axis] = sd * sway * _wander(rng, frames, seconds)
    # Posture: now and then the head settles somewhere else.
    at = rng.uniform(0.5, 3) * FPS
    held = np.zeros(3)
    while at < frames:
        goal = rng.normal(0, (0.06, 0.028, 0.032))
        pose += _ease(frames, at, rng.uniform(0.45, 1.2))[:, None] * (goal - held)
        held = goal
        at += FPS * (1.0 + rng.exponential(2.2))
    for frame, strength in stress:
        if rng.random() < 0.5:
            pulse = _bump(frames, frame + rng.normal(1, 1.5), rng.uniform(0.14, 0.3)) * strength
            pose[:, 1] += rng.uniform(0.015, 0.06) * pulse
            if rng.random() < 0.35:
                pose[:, 0] += rng.normal(0, 0.03) * pulse
            if rng.random() < 0.3:
                pose[:, 2] += rng.normal(0, 0.02) * pulse
    # Chin lifts a little as a phrase begins and sinks at its end.
    edges = np.diff(voice.speech.astype(int), prepend=0)
    for frame in np.flatnonzero(edges):
        pose[:, 1] += -edges[frame] * rng.uniform(0, 0.035) * _bump(frames, frame, rng.uniform(0.3, 0.7))
    # Listening: groups of one to three nods.
    at = rng.exponential(2.5) * FPS + 10
    while at < frames - 5:
        hz, amount = rng.uniform(1.3, 2.4), rng.uniform(0.035, 0.09)
        for k in range(rng.integers(1, 4)):
            centre = at + k * FPS / hz
            if centre < frames:
                here = listening[min(frames - 1, int(centre))]
                pose[:, 1] += amount * 0.75**k * here * _bump(frames, centre, 0.5 / hz)
        at += FPS * (1.2 + rng.exponential(3.0))
    pose *= (lively * (0.75 * idle + 0.8 * listening + speaking))[:, None]
    out[:, CH["headYaw"] : CH["headRoll"] + 1] = pose
    breath = np.sin(2 * np.pi * np.cumsum(0.24 + 0.04 * _wander(rng, frames, 2.0)) / FPS)
    fade = 1 - np.exp(-np.arange(frames) / FPS)
    out[:, CH["headX"]] = lively * 0.006 * _wander(rng, frames, 1.1) + 0.05 * pose[:, 0] - 0.08 * pose[:, 2]
    out[:, CH["headY"]] = (
        fade * 0.0025 * breath + lively * 0.003 * _wander(rng, frames, 0.9) - 0.06 * pose[:, 1]
    )
    out[:, CH["distance"]] = lively * 0.010 * _wander(rng, frames, 1.2)


def _gaze(rng, out, controls, voice, idle) -> np.ndarray:
    """Gaze target in space [frames, 2] (yaw to the left, pitch up), with saccades; the head goes part of
    the way."""
    frames = len(out)
    target = np.zeros((frames, 2))
    here = np.zeros(2)
    at = rng.integers(4, 40)
    while at < frames:
        pausing = voice.speech[at] < 0.5
        away = rng.random() < (0.20 + 0.25 * idle[at] + (0.10 if pausing else 0))
        if away:
            here = np.array([rng.choice([-1, 1]) * rng.uniform(0.08, 0.34), rng.normal(-0.02, 0.10)])
            hold = rng.uniform(0.35, 1.3)
        else:
            here = rng.normal(0, (0.022, 0.016))
            hold = 0.3 + rng.exponential(0.9)
        target[at:] = here
        at += int(hold * FPS) + 1
    directed = controls[:, 2:3] > 0.5
    aimed = controls[:, 0:2] + 0.12 * (target * (np.abs(target) < 0.06))
    gaze = np.where(directed, aimed, target)
    # The head takes a third of a directed gaze, slowly; the eyes arrive at once and turn back as the head
    # comes.
    follow = _smooth(_smooth(np.where(directed, controls[:, 0:2], 0.18 * target), 0.22), 0.16) * 0.36
    out[:, CH["headYaw"]] += follow[:, 0]
    out[:, CH["headPitch"]] -= follow[:, 1]
    out[:, CH["distance"]] += _smooth(_smooth(controls[:, 3], 0.3), 0.2)
    return gaze


def _brows(rng, out, stress, lively) -> None:
    frames = len(out)
    for frame, strength in stress:
        if rng.random() < 0.22:
            pulse = _bump(frames, frame + rng.normal(0, 1.5), rng.uniform(0.2, 0.45)) * strength * lively
            height = rng.uniform(0.12, 0.5)
            out[:, CH["browInnerUp"]] += height * pulse
            out[:, pair("browOuterUp")] += (rng.uniform(0.4, 0.9) * height * pulse)[:, None]
        elif rng.random() < 0.06:
            pulse = _bump(frames, frame, rng.uniform(0.25, 0.5)) * lively
            out[:, pair("browDown")] += (rng.uniform(0.1, 0.3) * pulse)[:, None]
    out[:, CH["browInnerUp"]] += np.maximum(0, 0.03 * lively * _wander(rng, frames, 0.8))


def _emotions(rng, out, voice, controls, lips) -> None:
    weights = controls[:, 4:11].astype(float).copy()
    if voice.mood is not None:
        mood = np.zeros(len(EMOTIONS))
        mood[EMOTIONS.index(voice.mood)] = 0.6
        heard = np.minimum(1, np.cumsum(voice.speech) / FPS)[:, None]
        weights += controls[:, 11:12] * mood * heard
    level = 0.5 + 0.5 * controls[:, 12:13]
    weights = _smooth(_smooth(weights * level, 0.16), 0.12)
    # An emotion is not held like a mask: its intensity breathes.
    weights *= 1 + 0.12 * np.stack([_wander(rng, len(out), 1.0) for _ in EMOTIONS], 1)
    total = weights.sum(1, keepdims=True)
    weights = np.where(total > 1.3, weights * 1.3 / np.maximum(total, 1e-6), weights)
    offset = weights @ EMOTION_MATRIX
    # Lips that round can't spread as far, and what would part closed lips gives way to contact.
    round_ = np.clip(out[:, CH["mouthPucker"]] / 0.6, 0, 1)
    for name in ("mouthSmile", "mouthStretch", "mouthDimple", "mouthFrown"):
        offset[:, pair(name)] *= (1 - 0.6 * round_)[:, None]
    for name in ("mouthUpperUp",):
        offset[:, pair(name)] *= ((1 - lips) * np.clip(out[:, CH["jawOpen"]] / 0.06, 0, 1))[:, None]
    out += offset
    out[:, pair("mouthSmile")] += (0.05 * _smooth(controls[:, 15], 0.5))[:, None]


def _eyes(rng, out, gaze, controls) -> None:
    frames = len(out)
    yaw = gaze[:, 0] - out[:, CH["headYaw"]] + rng.normal(0, 0.003, frames)
    pitch = gaze[:, 1] + out[:, CH["headPitch"]] + rng.normal(0, 0.003, frames)
    yaw, pitch = yaw / EYE_LOOK_RADIANS, pitch / EYE_LOOK_RADIANS
    out[:, CH["eyeLookOutLeft"]] = out[:, CH["eyeLookInRight"]] = np.maximum(0, yaw)
    out[:, CH["eyeLookInLeft"]] = out[:, CH["eyeLookOutRight"]] = np.maximum(0, -yaw)
    out[:, pair("eyeLookUp")] = np.maximum(0, pitch)[:, None]
    out[:, pair("eyeLookDown")] = np.maximum(0, -pitch)[:, None]
    out[:, pair("eyeWide")] += (0.15 * np.maximum(0, pitch))[:, None]
    blink = np.maximum(0, -pitch) * 0.35
    jump = np.abs(np.diff(gaze, axis=0, prepend=gaze[:1])).sum(1) > 0.12
    time, until = 0.0, rng.exponential(1.0)
    for k in range(frames):
        rate = float(controls[k, 13]) * 20 / 60  # per second
        time += 1 / FPS
        # The rest of the mean interval after the refractory half second is exponential; saccades draw blinks.
        mean = max(1 / max(rate, 1e-3) - 0.5, 0.15)
        if time > 0.5:
            until -= (1 / FPS) / mean * (3.0 if jump[k] else 1.0)
        if until <= 0 and time > 0.5 and rate > 0.01:
            blink = np.maximum(blink, _blink(rng, frames, k + rng.uniform(0, 1)))
            time, until = 0.0, rng.exponential(1.0)
    for channel in pair("eyeBlink"):
        out[:, channel] = np.maximum(out[:, channel], blink)
    wide = 1 - np.clip(blink, 0, 1)
    out[:, pair("eyeWide")] *= wide[:, None]


def _blink(rng, frames: int, at: float) -> np.ndarray:
    """One blink that starts at frame `at`: closing, a short hold that 25 fps can see, a slower opening."""
    closing, hold, opening = rng.uniform(0.085, 0.15), rng.uniform(0.04, 0.06), rng.uniform(0.13, 0.3)
    t = (np.arange(frames) - at) / FPS
    down = 0.5 - 0.5 * np.cos(np.pi * np.clip(t / closing, 0, 1))
    up = 0.5 - 0.5 * np.cos(np.pi * np.clip((t - closing - hold) / opening, 0, 1))
    return (down - up) * rng.uniform(0.93, 1.0)
