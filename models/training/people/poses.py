"""Poses that people are drawn under: a fixed list for measuring, random ones for training."""

from __future__ import annotations

import numpy as np

from .body import Pose, degrees


def both(name: str, value: float) -> Pose:
    return {f"{name}Left": value, f"{name}Right": value}


def gaze(left: float, up: float) -> Pose:
    """Both eyes, -1..1 to the person's left and up."""
    return {
        "eyeLookOutLeft": max(0.0, left),
        "eyeLookInRight": max(0.0, left),
        "eyeLookInLeft": max(0.0, -left),
        "eyeLookOutRight": max(0.0, -left),
        **both("eyeLookUp", max(0.0, up)),
        **both("eyeLookDown", max(0.0, -up)),
    }


# Visemes as in src/render/warp/sheet/poses.ts.
VISEMES: dict[str, Pose] = {
    "aa": {"jawOpen": 0.48, **both("mouthLowerDown", 0.15), **both("mouthUpperUp", 0.1)},
    "E": {
        "jawOpen": 0.28,
        **both("mouthStretch", 0.15),
        **both("mouthLowerDown", 0.2),
        **both("mouthUpperUp", 0.1),
    },
    "ou": {"jawOpen": 0.14, "mouthFunnel": 0.3, "mouthPucker": 0.6},
    "oh": {"jawOpen": 0.32, "mouthFunnel": 0.45, "mouthPucker": 0.15},
    "FF": {"jawOpen": 0.06, "mouthRollLower": 0.55, **both("mouthUpperUp", 0.3), "mouthShrugLower": 0.1},
    "PP": {**both("mouthPress", 0.35), "mouthRollLower": 0.25, "mouthRollUpper": 0.2},
}

MEASURED: list[tuple[str, str, Pose]] = [
    *[("mouth", name, pose) for name, pose in VISEMES.items()],
    ("expression", "smile", {**both("mouthSmile", 0.55), **both("cheekSquint", 0.3)}),
    (
        "expression",
        "grin",
        {
            "jawOpen": 0.08,
            **both("mouthSmile", 0.75),
            **both("cheekSquint", 0.5),
            **both("mouthUpperUp", 0.55),
            **both("mouthLowerDown", 0.5),
            **both("eyeSquint", 0.2),
        },
    ),
    (
        "expression",
        "laugh",
        {
            "jawOpen": 0.35,
            **both("mouthSmile", 0.85),
            **both("cheekSquint", 0.6),
            **both("mouthUpperUp", 0.25),
            **both("eyeSquint", 0.4),
        },
    ),
    (
        "expression",
        "sad",
        {**both("mouthFrown", 0.6), "mouthShrugLower": 0.3, "browInnerUp": 0.7, **both("eyeBlink", 0.15)},
    ),
    (
        "expression",
        "pout",
        {"mouthPucker": 0.45, "mouthShrugLower": 0.6, **both("mouthFrown", 0.25), **both("browDown", 0.2)},
    ),
    ("lids", "blink", both("eyeBlink", 1.0)),
    ("lids", "half lids", both("eyeBlink", 0.5)),
    ("gaze", "gaze left", gaze(0.7, 0.0)),
    ("gaze", "gaze up", gaze(-0.2, 0.6)),
    ("brows", "brows up", {"browInnerUp": 0.8, **both("browOuterUp", 0.8), **both("eyeWide", 0.4)}),
    ("brows", "brows down", {**both("browDown", 0.9), **both("eyeSquint", 0.3), **both("noseSneer", 0.3)}),
    ("turn", "yaw 12", {"headYaw": degrees(12)}),
    ("turn", "yaw -12", {"headYaw": degrees(-12)}),
    ("turn", "pitch 8", {"headPitch": degrees(8)}),
]
"""(kind, name, pose); every kind is a row of the bench's table."""


def random_pose(rng: np.random.Generator) -> Pose:
    """What a talking head does, and often more of it, so that the rare is seen as well."""
    pose: Pose = {}
    turn = rng.normal(0, [0.09, 0.06, 0.05]) * rng.choice([0.3, 1.0, 1.6])
    pose.update(zip(("headYaw", "headPitch", "headRoll"), np.clip(turn, -0.27, 0.27), strict=True))
    if rng.random() < 0.85:
        pose.update(_random_mouth(rng))
    if rng.random() < 0.4:
        pose.update(both("eyeBlink", float(rng.choice([1.0, rng.uniform(0.1, 0.95)]))))
    if rng.random() < 0.5:
        pose.update(gaze(*np.clip(rng.normal(0, 0.35, 2), -0.8, 0.8)))
    for name, chance in (("eyeSquint", 0.2), ("eyeWide", 0.15), ("cheekSquint", 0.3), ("noseSneer", 0.15)):
        if rng.random() < chance:
            pose.update(both(name, rng.uniform(0, 0.6)))
    if rng.random() < 0.3:
        pose.update(both("browDown", rng.uniform(0, 0.8)))
    elif rng.random() < 0.4:
        pose.update({"browInnerUp": rng.uniform(0, 0.9), **both("browOuterUp", rng.uniform(0, 0.9))})
    return {name: round(float(value), 4) for name, value in pose.items() if abs(value) > 1e-3}


def _random_mouth(rng: np.random.Generator) -> Pose:
    kind = rng.random()
    pose: Pose = {"jawOpen": float(rng.beta(1.1, 2.8)) * 0.8}
    if kind < 0.15:
        pose = {"mouthRollLower": rng.uniform(0, 0.6), "mouthRollUpper": rng.uniform(0, 0.3)}
        pose.update(both("mouthPress", rng.uniform(0, 0.5)))
    elif kind < 0.25:
        pose = {"jawOpen": rng.uniform(0, 0.1), "mouthRollLower": rng.uniform(0.3, 0.7)}
        pose.update(both("mouthUpperUp", rng.uniform(0.1, 0.4)))
    elif kind < 0.45:
        pose.update({"mouthFunnel": rng.uniform(0, 0.6), "mouthPucker": rng.uniform(0, 0.7)})
    else:
        pose.update(both("mouthStretch", rng.uniform(0, 0.35)))
        pose.update(both("mouthLowerDown", rng.uniform(0, 0.4)))
        pose.update(both("mouthUpperUp", rng.uniform(0, 0.35)))
    if kind > 0.25 and rng.random() < 0.45:
        pose.update(both("mouthSmile", rng.uniform(0, 0.9)))
    elif rng.random() < 0.2:
        pose.update({**both("mouthFrown", rng.uniform(0, 0.7)), "mouthShrugLower": rng.uniform(0, 0.5)})
    if kind > 0.45 and rng.random() < 0.12:
        pose["tongueOut"] = rng.uniform(0, 0.4)
    return pose
