"""The circumstances of a clip that every part of the behaviour reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..channels import CUES_AT
from .emotion import Feeling
from .noise import smooth
from .style import Style
from .voice import Voice, energy, phrases, stresses


@dataclass(frozen=True)
class Scene:
    """Voice, controls and person, with what follows from them at 25 fps."""

    voice: Voice
    controls: np.ndarray
    style: Style
    feeling: Feeling
    accents: list[tuple[int, float]]  # (frame, strength) of stressed syllables
    starts: np.ndarray  # first frame of each phrase
    ends: np.ndarray  # frame after the last of each phrase
    lively: np.ndarray  # expressiveness, times the energy of the voice where that is asked for
    speaking: np.ndarray
    listening: np.ndarray
    idle: np.ndarray
    arousal: np.ndarray  # energy of the voice above (or below) a common one
    active: np.ndarray  # share of the last half second that was speech
    microphone: np.ndarray  # whether the user is listened to, or there is nothing to answer

    @staticmethod
    def of(voice: Voice, controls: np.ndarray, style: Style, feeling: Feeling) -> Scene:
        accents = stresses(voice)
        arousal = energy(voice, accents) - 1
        starts, ends = phrases(voice)
        speaking, listening, idle = (smooth(controls[:, 14 + k], 0.4) for k in range(3))
        return Scene(
            voice=voice,
            controls=controls,
            style=style,
            feeling=feeling,
            accents=accents,
            starts=starts,
            ends=ends,
            lively=smooth(controls[:, 12] * (1 + 0.8 * controls[:, 11] * arousal), 0.25),
            speaking=speaking,
            listening=listening,
            idle=idle,
            arousal=arousal,
            active=smooth(voice.speech, 0.5),
            microphone=controls[:, CUES_AT].astype(float),
        )

    @property
    def frames(self) -> int:
        return len(self.controls)
