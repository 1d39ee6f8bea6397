"""Gaze: fixations on the other's face, glances away, saccades; and how head and eyes share them."""

from __future__ import annotations

import numpy as np

from ..channels import CH, CUES_AT, pair
from ..channels import RATE_HZ as FPS
from ..speech_cues import CUES
from .listener import thinks
from .noise import smooth
from .scene import Scene

#: eyeLook coefficient 1 is this eye rotation in radians (30°, as in the Live Link CSV of the server; the
#: ARKit recordings give 31–35°).
EYE_LOOK_RADIANS = 0.5236
#: Share of a directed gaze that the head takes over (the drift guard of the exported model relies on it).
HEAD_SHARE = 0.36
# Mean seconds of a stay on the other's face and of a glance away by state: Lee et al. 2002 for speaking (3.1
# and 0.9) and listening (7.9 and 0.4); idle lies between.
_STAY = np.array([2.9, 5.5, 2.6])
_AWAY = np.array([0.93, 0.55, 1.3])
# Fixations on a face, in seconds: log-normal, as in reading faces and in conversation (Rogers et al. 2018).
_FIXATION_MEDIAN, _FIXATION_MEAN = 0.5, 0.6
_SHORTEST_FIXATION_S = 0.2
# How much sooner or later than due a shift may come to fall into a blink (Evinger et al. 1994: large gaze
# shifts bring a blink).
_NEAR_BLINK_S = 0.45
# Directions of glances, in eighths of a turn from right counter-clockwise (Lee et al. 2002), made the same
# for left and right.
_DIRECTION = np.array([16.15, 6.95, 17.7, 6.95, 16.15, 7.85, 20.4, 7.85])
_DIRECTION = _DIRECTION / _DIRECTION.sum()


def add_gaze(rng: np.random.Generator, out: np.ndarray, scene: Scene, blinks: list[int]) -> np.ndarray:
    """Gaze in space [frames, 2] (yaw to the left, pitch up, radians); the head goes part of the way."""
    controls = scene.controls
    times, aims, glance = _fixations(rng, scene, blinks)
    free = _saccades(rng, times, aims, scene.frames)
    shared = _saccades(rng, times, glance, scene.frames)
    directed = controls[:, 2:3] > 0.5
    # A directed gaze keeps the small fixations.
    near = free * (np.abs(free).max(1, keepdims=True) < 0.07)
    gaze = np.where(directed, controls[:, 0:2] + 0.7 * near, free)
    # The eyes arrive first and turn back as the head comes, some 0.2 s later; small glances are left to the
    # eyes alone.
    follow = np.where(directed, HEAD_SHARE * controls[:, 0:2], 0.3 * shared)
    follow = smooth(smooth(smooth(follow, 0.12), 0.10), 0.08)
    out[:, CH["headYaw"]] += follow[:, 0]
    out[:, CH["headPitch"]] -= follow[:, 1]
    out[:, CH["distance"]] += smooth(smooth(controls[:, 3], 0.3), 0.2)
    return gaze


def _fixations(rng, scene: Scene, blinks: list[int]) -> tuple[list[float], list, list]:
    """Start times (frames), gaze goals, and what of them the head may follow."""
    frames, feeling = scene.frames, scene.feeling
    speech, state = scene.voice.speech, scene.controls[:, 14:17]
    times, aims, glances = [0.0], [np.zeros(2)], [np.zeros(2)]
    # Speakers look away as they plan a phrase and begin it (Kendon 1967).
    planning = np.zeros(frames, bool)
    for start in scene.starts:
        planning[max(0, start - 12) : start + 12] = True
    thinking = thinks(rng, scene)
    thoughts = np.append(np.flatnonzero(np.diff(thinking.astype(int), prepend=0) > 0), np.inf)
    heard = scene.controls[:, CUES_AT + CUES.index("voice")]
    at = rng.uniform(0.15, 1.2) * FPS
    lids = np.array([*blinks, np.inf])
    while at < frames:
        # Eyes like to move while the lids come down: a shift due near a blink waits for it or hurries.
        blink = lids[np.searchsorted(lids, times[-1] + _SHORTEST_FIXATION_S * FPS)]
        near_blink = abs(at - blink) < _NEAR_BLINK_S * FPS
        if near_blink:
            at = blink + rng.uniform(0.6, 1.6)
        k = min(frames - 1, int(at))
        kind = state[k] / max(state[k].sum(), 1e-6)
        dart = feeling.dart[k]
        stay = kind @ _STAY * scene.style.gaze_contact / (1 + dart)
        # So many fixations lead away that stays on the face last as they should.
        leave = min(0.75, _FIXATION_MEAN / stay)
        if planning[k]:
            leave = max(leave, 0.38)
        if near_blink:
            leave = min(0.8, 1.5 * leave)
        if heard[k] > 0.3 and kind[1] > 0.5:
            leave *= 0.4
        if thinking[k]:
            leave = 0.85
        if rng.random() < leave:
            angle = (rng.choice(8, p=_DIRECTION) + rng.uniform(-0.5, 0.5)) * np.pi / 4
            size = np.radians(np.clip(4 + rng.exponential(6.5), 4.5, 21))
            aim = size * np.array([np.cos(angle), 0.6 * np.sin(angle)])
            if (planning[k] and speech[k] < 0.5 or thinking[k]) and rng.random() < 0.5:
                aim[1] = abs(aim[1])
            hold = 0.3 + rng.gamma(2.0, max(0.05, (kind @ _AWAY - 0.3) / 2))
            if thinking[k]:
                hold = rng.uniform(0.6, 1.5)
            glance = aim
        else:
            aim, glance = rng.normal(0, (0.027, 0.019)), np.zeros(2)
            hold = np.clip(rng.lognormal(np.log(_FIXATION_MEDIAN), 0.6), 0.2, 3.0)
        times.append(at)
        aims.append(aim + feeling.gaze_offset[k])
        glances.append(glance + feeling.gaze_offset[k] * 0.5)
        until = at + hold * FPS / (1 + 0.6 * dart)
        # A face that begins to think does not end its look first.
        turn = thoughts[np.searchsorted(thoughts, at, "right")]
        at = min(until, turn + rng.uniform(2, 9)) if turn < until else until
    return times, aims, glances


def _saccades(rng, times: list[float], aims: list, frames: int) -> np.ndarray:
    """Ballistic steps between the goals: 25 ms and 2.4 ms per degree (the main sequence)."""
    goals = np.array(aims)
    size = np.degrees(np.linalg.norm(np.diff(goals, axis=0), axis=1))
    start = np.array(times[1:])
    end = start + (0.025 + 0.0024 * size) * FPS
    knots = np.stack([start, end], 1).ravel()
    steps = np.stack([goals[:-1], goals[1:]], 1).reshape(-1, 2)
    frame = np.arange(frames)
    if not len(knots):
        return np.zeros((frames, 2))
    return np.stack([np.interp(frame, knots, steps[:, k]) for k in range(2)], 1)


def turn_eyes(rng: np.random.Generator, out: np.ndarray, gaze: np.ndarray) -> None:
    """Eyes make up for the head (vestibulo-ocular reflex), with a little drift; eyeLook shapes bring the
    lids along."""
    frames = len(out)
    tremor = rng.normal(0, 0.0025, (frames, 2))
    yaw = (gaze[:, 0] - out[:, CH["headYaw"]] + tremor[:, 0]) / EYE_LOOK_RADIANS
    pitch = (gaze[:, 1] + out[:, CH["headPitch"]] + tremor[:, 1]) / EYE_LOOK_RADIANS
    out[:, CH["eyeLookOutLeft"]] = out[:, CH["eyeLookInRight"]] = np.maximum(0, yaw)
    out[:, CH["eyeLookInLeft"]] = out[:, CH["eyeLookOutRight"]] = np.maximum(0, -yaw)
    out[:, pair("eyeLookUp")] = np.maximum(0, pitch)[:, None]
    out[:, pair("eyeLookDown")] = np.maximum(0, -pitch)[:, None]
    out[:, pair("eyeWide")] += (0.15 * np.maximum(0, pitch))[:, None]
