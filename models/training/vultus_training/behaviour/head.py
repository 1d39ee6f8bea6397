"""Head motion: posture, drift, what goes with the voice, beats on stress, nods without a user, breath."""

from __future__ import annotations

import numpy as np

from ..channels import CH
from ..channels import RATE_HZ as FPS
from .noise import add_pulse, ease, smooth, wander
from .scene import Scene

#: SD in radians of yaw, pitch, roll of each part, for a person of amount 1 who speaks.
POSTURE = np.array([0.075, 0.036, 0.034])
DRIFT = np.array([0.030, 0.020, 0.018])
VOICED = np.array([0.0085, 0.0095, 0.0065])
#: Share of the motion left in the states.
LISTENING, IDLE = 0.85, 0.9
#: Small motion that is left without a voice, over that in loud speech.
QUIET = 0.35
# Beats don't come faster than a head can make them.
_BEAT_GAP_S = 0.3
# The head turns about the neck: its centre moves along, in face heights per radian.
_PIVOT_X, _PIVOT_X_ROLL, _PIVOT_Y = 0.05, -0.08, -0.06


def add_head(rng: np.random.Generator, out: np.ndarray, scene: Scene) -> None:
    """Adds yaw, pitch, roll and the translation that goes with them to `out` [frames, 58]."""
    style, frames = scene.style, scene.frames
    state = scene.speaking + LISTENING * scene.listening + IDLE * scene.idle
    talk = scene.active * scene.speaking
    pose = _posture(rng, scene)
    for axis, seconds in enumerate((0.9, 0.7, 0.8)):
        pose[:, axis] += DRIFT[axis] * (0.7 + 0.3 * talk) * wander(rng, frames, seconds / style.tempo)
    busy = talk * scene.voice.loud + QUIET * (1 - talk)
    pose += busy[:, None] * VOICED * wander(rng, frames, 0.14 / style.tempo, 3)
    pose[:, 1] += _melody(scene) * talk
    pose += _beats(rng, scene) * scene.speaking[:, None]
    pose += _phrase_ends(rng, scene) * scene.speaking[:, None]
    pose *= style.axes * style.amount
    pose[:, 2] += style.coupling * pose[:, 0]
    nods = np.zeros((frames, 3))
    _nods(rng, nods, scene)
    pose += nods * (scene.listening * (1 - scene.microphone))[:, None]
    feeling = scene.feeling
    pose *= (scene.lively * state * feeling.head_amount)[:, None]
    pose += feeling.head_pose(rng, scene) * np.minimum(scene.lively, 1)[:, None]
    out[:, CH["headYaw"] : CH["headRoll"] + 1] += pose
    drift = wander(rng, frames, 1.1, 3) * scene.lively[:, None] * (0.5 + 0.5 * state)[:, None]
    out[:, CH["headX"]] += 0.006 * drift[:, 0] + _PIVOT_X * pose[:, 0] + _PIVOT_X_ROLL * pose[:, 2]
    out[:, CH["headY"]] += 0.003 * drift[:, 1] + _PIVOT_Y * pose[:, 1]
    out[:, CH["distance"]] += 0.010 * drift[:, 2] + feeling.lean


def _posture(rng: np.random.Generator, scene: Scene) -> np.ndarray:
    """The head settles somewhere else: at the borders of phrases, and now and then between."""
    frames, pose, held = scene.frames, np.zeros((scene.frames, 3)), np.zeros(3)
    borders = np.concatenate([scene.starts, scene.ends]) + rng.normal(2, 4, 2 * len(scene.starts))
    borders = borders[rng.random(len(borders)) < 0.7]
    loose, at = [], rng.uniform(0.4, 2.0) * FPS
    while at < frames:
        loose.append(at)
        at += FPS * (0.8 + rng.exponential(2.8)) / scene.style.tempo
    moves = np.sort(np.concatenate([borders, loose]))
    last = -np.inf
    for at in moves:
        if at - last < 0.5 * FPS or at < 0:
            continue
        last = at
        # Half of the way back home on average: a head that has turned tends to return.
        goal = rng.normal(0, POSTURE) * (1.0 if rng.random() < 0.75 else 0.3)
        seconds = rng.uniform(0.35, 0.6) + 2.5 * abs(goal[0] - held[0]) * rng.uniform(0.6, 1.4)
        start = int(at)
        progress = ease((np.arange(start, frames) - at) / (seconds * FPS / scene.style.tempo))
        pose[start:] += progress[:, None] * (goal - held)
        held = goal
    return pose


def _melody(scene: Scene) -> np.ndarray:
    """Pitch that follows the loudness of the syllables, a frame later: heads keep moving while they speak
    (Hadar et al. 1983)."""
    loud = scene.voice.loud * scene.voice.speech
    band = smooth(loud, 0.05) - smooth(loud, 0.35)
    return 0.042 * band


def _beats(rng: np.random.Generator, scene: Scene) -> np.ndarray:
    """Nods on stressed syllables, some with a turn or a tilt; a small lift prepares the stronger ones."""
    beats, style, last = np.zeros((scene.frames, 3)), scene.style, -np.inf
    for frame, strength in scene.accents:
        if frame - last < _BEAT_GAP_S * FPS or rng.random() >= style.beat_chance:
            continue
        last = frame
        width = rng.uniform(0.18, 0.34) / style.tempo
        centre = frame + rng.normal(1.5, 1.2)
        nod = rng.lognormal(np.log(0.034), 0.40) * strength
        turn = rng.normal(0, 0.036) if rng.random() < 0.4 else 0.0
        tilt = rng.normal(0, 0.026) if rng.random() < 0.35 else 0.0
        add_pulse(beats, centre, width, np.array([turn, nod, tilt]))
        if nod > 0.04:
            add_pulse(beats, centre - width * FPS, width, np.array([0.0, -0.3 * nod, 0.0]))
    return beats


def _phrase_ends(rng: np.random.Generator, scene: Scene) -> np.ndarray:
    """The chin lifts as a phrase begins; a nod falls on its last syllable (Ishi et al. 2008)."""
    out = np.zeros((scene.frames, 3))
    for frame in scene.starts:
        add_pulse(out, frame + 2, rng.uniform(0.3, 0.7), np.array([0, -rng.uniform(0, 0.05), 0]))
    for frame in scene.ends:
        nod = rng.uniform(0.02, 0.07) if rng.random() < 0.6 else 0.0
        add_pulse(out, frame - 1, rng.uniform(0.25, 0.5), np.array([0, nod, 0]))
    return out


def _nods(rng: np.random.Generator, pose: np.ndarray, scene: Scene) -> None:
    """Listening without a microphone: nods now and then."""
    at = rng.exponential(2.0) * FPS + 10
    while at < len(pose) - 5:
        add_nods(rng, pose, at)
        at += FPS * (1.4 + rng.exponential(2.8))


def add_nods(rng: np.random.Generator, pose: np.ndarray, at: float) -> None:
    """A group of one to four dying nods, the first one lowest at frame `at`, now and then with a tilt that is held."""
    hz, nod = rng.uniform(1.4, 2.6), rng.lognormal(np.log(0.075), 0.35)
    for k in range(rng.choice([1, 2, 3, 4], p=[0.35, 0.35, 0.2, 0.1])):
        add_pulse(pose, at + k * FPS / hz, 0.52 / hz, np.array([0, nod * 0.72**k, 0]))
    if rng.random() < 0.3:
        tilt = rng.choice([-1, 1]) * rng.uniform(0.03, 0.09)
        add_pulse(pose, at + FPS, rng.uniform(0.8, 1.8), np.array([0, 0, tilt]))


def add_breath(rng: np.random.Generator, out: np.ndarray, scene: Scene) -> None:
    """Breath lifts the head a little at 12–18 a minute; faster in fear, slower in sadness."""
    hertz = (0.24 + 0.04 * wander(rng, scene.frames, 2.0)) * scene.feeling.breath
    breath = np.sin(2 * np.pi * np.cumsum(hertz) / FPS)
    fade = 1 - np.exp(-np.arange(scene.frames) / FPS)
    out[:, CH["headY"]] += fade * 0.0028 * breath
    out[:, CH["headPitch"]] -= fade * 0.0035 * breath
