"""Everything a face does besides articulating: head, gaze, blinks, brows, breath, emotion; and the control
track under which it does so.

All of it is drawn from distributions (BEHAVIOUR.md lists each one with its source); nothing loops. Each
process starts from the rest pose, so that the start of a clip teaches the cold start. One file per subject:
`voice` (what is heard), `listener` (what the user says), `style` (what differs between people), `head`, `gaze`, `blinks`, `brows`, `emotion`,
`lips` (contact that nothing breaks), `controls`.
"""

from __future__ import annotations

import numpy as np

from ..channels import CH
from .blinks import add_blinks, draw_onsets
from .brows import add_brows
from .controls import NEUTRAL_BLINK, control_track
from .emotion import EMOTION_MATRIX, EMOTION_SHAPES, Feeling
from .gaze import EYE_LOOK_RADIANS, add_gaze, turn_eyes
from .head import add_breath, add_head
from .listener import answer, laugh_along
from .lips import keep_contact, scale_articulation
from .scene import Scene
from .style import Style
from .voice import Voice

__all__ = [
    "EMOTION_MATRIX",
    "EMOTION_SHAPES",
    "EYE_LOOK_RADIANS",
    "NEUTRAL_BLINK",
    "Style",
    "Voice",
    "behave",
    "control_track",
]


def behave(
    rng: np.random.Generator,
    mouth: np.ndarray,
    voice: Voice,
    controls: np.ndarray,
    style: Style | None = None,
) -> np.ndarray:
    """Mouth coefficients [frames, 58] + behaviour under `controls` [frames, CONTROL_SIZE] → motion [frames, 58].

    `style` is the person; without one, a person is drawn.
    """
    out = mouth.astype(np.float64)
    lips = scale_articulation(out, controls)
    articulated = out.copy()
    scene = Scene.of(voice, controls, style or Style.draw(rng), Feeling.of(rng, voice, controls))
    add_head(rng, out, scene)
    answers = answer(rng, out, scene)
    blinks = draw_onsets(rng, scene)
    gaze = add_gaze(rng, out, scene, blinks)
    add_brows(rng, out, scene, answers)
    scene.feeling.show(rng, out, scene)
    laugh_along(rng, out, scene)
    add_breath(rng, out, scene)
    keep_contact(out, articulated, lips)
    turn_eyes(rng, out, gaze)
    add_blinks(rng, out, scene, blinks)
    out[:, : CH["headYaw"]] = np.clip(out[:, : CH["headYaw"]], 0, 1)
    return out.astype(np.float32)
