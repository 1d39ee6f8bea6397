"""Names and indices of the 58 motion channels (the same order as `src/contract/motion-frame.ts`)."""

from __future__ import annotations

from .face_basis import BLENDSHAPES

HEAD = ["headYaw", "headPitch", "headRoll", "headX", "headY", "distance"]
NAMES = [*BLENDSHAPES, *HEAD]
SIZE = len(NAMES)
CH = {name: index for index, name in enumerate(NAMES)}
RATE_HZ = 25
FRAME_SAMPLES = 640
SAMPLE_RATE_HZ = 16000

# Channels that speech moves: what the encoder regresses and the denoiser is held to most firmly.
MOUTH = [
    CH[name]
    for name in (
        "jawOpen mouthClose mouthFunnel mouthPucker mouthSmileLeft mouthSmileRight mouthStretchLeft "
        "mouthStretchRight mouthRollLower mouthRollUpper mouthShrugLower mouthShrugUpper mouthPressLeft "
        "mouthPressRight mouthLowerDownLeft mouthLowerDownRight mouthUpperUpLeft mouthUpperUpRight tongueOut"
    ).split()
]

EMOTIONS = ["happy", "sad", "angry", "surprised", "afraid", "disgusted", "contempt"]
#: Controls that callers set, then what is heard of the user (`speech_cues.CUES`), then how excited the own voice is.
CUES_AT = 17
AROUSAL = 25
CONTROL_SIZE = 26
STATES = ["speaking", "listening", "idle"]


def pair(name: str) -> list[int]:
    """Left and right channel of a shape."""
    return [CH[f"{name}Left"], CH[f"{name}Right"]]
