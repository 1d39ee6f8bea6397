"""Motion coefficients that have a map each; left and right share one, each on its side of the face."""

from __future__ import annotations

GROUPS: dict[str, tuple[str, ...]] = {
    "jawOpen": ("jawOpen",),
    "mouthSmile": ("mouthSmileLeft", "mouthSmileRight"),
    "cheekSquint": ("cheekSquintLeft", "cheekSquintRight"),
    "mouthFunnel": ("mouthFunnel",),
    "mouthPucker": ("mouthPucker",),
    "mouthStretch": ("mouthStretchLeft", "mouthStretchRight"),
    "mouthLowerDown": ("mouthLowerDownLeft", "mouthLowerDownRight"),
    "mouthUpperUp": ("mouthUpperUpLeft", "mouthUpperUpRight"),
    "mouthFrown": ("mouthFrownLeft", "mouthFrownRight"),
    "mouthRollLower": ("mouthRollLower",),
    "mouthShrugLower": ("mouthShrugLower",),
    "browInnerUp": ("browInnerUp",),
    "browOuterUp": ("browOuterUpLeft", "browOuterUpRight"),
    "browDown": ("browDownLeft", "browDownRight"),
    "noseSneer": ("noseSneerLeft", "noseSneerRight"),
    "eyeSquint": ("eyeSquintLeft", "eyeSquintRight"),
    "headYaw": ("headYaw",),
    "headPitch": ("headPitch",),
    "headRoll": ("headRoll",),
}
TURNS = ("headYaw", "headPitch", "headRoll")
WHOLE_TURN = 0.2
"""Radians that count as 1."""
MIRRORED = ("headYaw", "headRoll")
"""Have the other sign in a mirror."""
UPPER_FACE = ("browInnerUp", "browOuterUp", "browDown", "eyeSquint")
WHOLE_FACE = (*TURNS, "cheekSquint", "noseSneer")
"""All others move nothing above the cheeks."""
NUISANCES = ("eyeBlinkLeft", "eyeWideLeft", "eyeLookUpLeft", "eyeLookDownLeft", "tongueOut")
"""Change the pictures, too, but have no map."""


def coefficients(pose: dict[str, float], own: dict[str, float]) -> list[float]:
    """One a group: how far a pose is from the person at rest, whose `own` expression it replaces where it names it."""
    row = []
    for group, names in GROUPS.items():
        values = [pose[name] - own.get(name, 0.0) for name in names if name in pose]
        row.append(sum(values) / len(names) / (WHOLE_TURN if group in TURNS else 1.0))
    return row
