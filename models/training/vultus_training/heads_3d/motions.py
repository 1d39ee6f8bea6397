"""Motion frames that heads are drawn under: a fixed list for measuring, random ones for training."""

from __future__ import annotations

import numpy as np

from ..face_basis import BLENDSHAPES

CHANNELS = [*BLENDSHAPES, "headYaw", "headPitch", "headRoll", "headX", "headY", "distance"]
DEGREE = np.pi / 180
Pose = dict[str, float]


def both(name: str, value: float) -> Pose:
    return {f"{name}Left": value, f"{name}Right": value}


def gaze(left: float, up: float) -> Pose:
    """Both eyes, -1..1 to the head's left and up."""
    sideways = {
        "eyeLookOutLeft": max(0.0, left), "eyeLookInRight": max(0.0, left),
        "eyeLookInLeft": max(0.0, -left), "eyeLookOutRight": max(0.0, -left),
    }  # fmt: skip
    return {**sideways, **both("eyeLookUp", max(0.0, up)), **both("eyeLookDown", max(0.0, -up))}


AA = {"jawOpen": 0.48, **both("mouthLowerDown", 0.15), **both("mouthUpperUp", 0.1)}
OH = {"jawOpen": 0.32, "mouthFunnel": 0.45, "mouthPucker": 0.15}
EE = {
    "jawOpen": 0.16,
    **both("mouthSmile", 0.25),
    **both("mouthStretch", 0.15),
    **both("mouthLowerDown", 0.2),
}

MEASURED: list[tuple[str, Pose]] = [
    ("mouth", AA),
    ("mouth", EE),
    ("mouth", OH),
    ("mouth", {"jawOpen": 0.14, "mouthFunnel": 0.3, "mouthPucker": 0.6}),
    ("mouth", {"jawOpen": 0.06, "mouthRollLower": 0.55, **both("mouthUpperUp", 0.3)}),
    ("mouth", {**both("mouthPress", 0.35), "mouthRollLower": 0.25, "mouthRollUpper": 0.2}),
    ("expression", {**both("mouthSmile", 0.75), **both("cheekSquint", 0.5), **both("eyeSquint", 0.3)}),
    ("expression", {**both("browDown", 0.8), **both("noseSneer", 0.4), **both("mouthFrown", 0.4)}),
    ("expression", {"browInnerUp": 0.8, **both("browOuterUp", 0.8), **both("eyeWide", 0.6), "jawOpen": 0.2}),
    ("lids", both("eyeBlink", 0.5)),
    ("lids", both("eyeBlink", 1.0)),
    ("gaze", gaze(0.6, 0.0)),
    ("gaze", gaze(-0.6, 0.3)),
    ("gaze", gaze(0.0, -0.5)),
    ("turn", {"headYaw": 15 * DEGREE}),
    ("turn", {"headYaw": -15 * DEGREE}),
    ("turn", {"headPitch": 10 * DEGREE}),
    ("turn", {"headPitch": -10 * DEGREE}),
    ("turn", {"headRoll": 10 * DEGREE}),
    ("talk and turn", {**AA, "headYaw": 10 * DEGREE, "headPitch": -5 * DEGREE}),
    ("talk and turn", {**EE, "headYaw": -8 * DEGREE, "headRoll": 5 * DEGREE, **gaze(0.3, 0.0)}),
]  # fmt: skip
"""(kind, pose); every kind is a row of the bench's table"""


def to_frame(pose: Pose) -> np.ndarray:
    """A motion frame, float64 [58], that holds the given channels and is zero elsewhere."""
    frame = np.zeros(len(CHANNELS))
    for name, value in pose.items():
        frame[CHANNELS.index(name)] = value
    return frame


def random_pose(rng: np.random.Generator) -> Pose:
    """What a talking head does, and often more of it, so that the rare is seen as well."""
    pose: Pose = {}
    turn = rng.normal(0, [0.09, 0.06, 0.05]) * rng.choice([0.3, 1.0, 1.6])
    pose.update(zip(("headYaw", "headPitch", "headRoll"), np.clip(turn, -0.27, 0.27), strict=True))
    if rng.random() < 0.8:
        pose.update(random_mouth(rng))
    if rng.random() < 0.35:
        lids = float(rng.choice([1.0, rng.uniform(0.1, 0.95)]))
        pose.update(both("eyeBlink", lids))
    if rng.random() < 0.6:
        pose.update(gaze(*np.clip(rng.normal(0, 0.35, 2), -0.8, 0.8)))
    for name, chance in (("eyeSquint", 0.2), ("eyeWide", 0.15), ("cheekSquint", 0.2), ("noseSneer", 0.1)):
        if rng.random() < chance:
            pose.update(both(name, rng.uniform(0, 0.6)))
    if rng.random() < 0.3:
        pose.update(both("browDown", rng.uniform(0, 0.8)))
    elif rng.random() < 0.4:
        pose.update({"browInnerUp": rng.uniform(0, 0.9), **both("browOuterUp", rng.uniform(0, 0.9))})
    return {name: float(value) for name, value in pose.items()}


def random_mouth(rng: np.random.Generator) -> Pose:
    pose: Pose = {"jawOpen": float(rng.beta(1.1, 3.2)) * 0.8}
    if rng.random() < 0.2:
        pose = {"jawOpen": 0.0, "mouthRollLower": rng.uniform(0, 0.6), "mouthRollUpper": rng.uniform(0, 0.3)}
        pose.update(both("mouthPress", rng.uniform(0, 0.5)))
    elif rng.random() < 0.35:
        pose.update({"mouthFunnel": rng.uniform(0, 0.5), "mouthPucker": rng.uniform(0, 0.7)})
    else:
        pose.update(both("mouthStretch", rng.uniform(0, 0.35)))
        pose.update(both("mouthLowerDown", rng.uniform(0, 0.35)))
        pose.update(both("mouthUpperUp", rng.uniform(0, 0.3)))
    if rng.random() < 0.4:
        pose.update(both("mouthSmile", rng.uniform(0, 0.8)))
    elif rng.random() < 0.2:
        pose.update(both("mouthFrown", rng.uniform(0, 0.6)))
    return pose
