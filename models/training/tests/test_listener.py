"""What is heard of a user, and what the face does with it."""

from __future__ import annotations

import numpy as np
import torch

from vultus_training.behaviour import EYE_LOOK_RADIANS, NEUTRAL_BLINK, Voice, behave
from vultus_training.channels import AROUSAL, CH, CONTROL_SIZE, CUES_AT, SIZE
from vultus_training.denoiser import Denoiser
from vultus_training.speech_cues import CUES, Prosody, SpeechCues
from vultus_training.train_listener import hearing_only

MINUTE = 60 * 25
BANDS = np.zeros(24)


def conversation(seed: int, cue: str | None, every: int = 100, microphone: bool = True, state: int = 1) -> np.ndarray:
    """Motion [a minute, 58] of a silent face; the cue comes anew once in so many frames."""
    controls = np.zeros((MINUTE, CONTROL_SIZE), np.float32)
    controls[:, 11], controls[:, 12], controls[:, 13], controls[:, 14 + state] = 1, 1, NEUTRAL_BLINK, 1
    controls[:, CUES_AT] = microphone
    if cue:
        phase = np.arange(MINUTE) % every
        controls[:, CUES_AT + CUES.index(cue)] = np.maximum(0, 1 - phase / 30) * (np.arange(MINUTE) >= every)
    silent = Voice(np.zeros(MINUTE), np.zeros(MINUTE), None)
    return behave(np.random.default_rng(seed), np.zeros((MINUTE, SIZE), np.float32), silent, controls)


def lowest(motion: np.ndarray, every: int = 100) -> np.ndarray:
    """Mean course of the head's pitch over the cues, degrees [every]."""
    return np.degrees(motion[every:, CH["headPitch"]]).reshape(-1, every).mean(0)


def test_nods_answer_pauses_and_come_nowhere_else() -> None:
    course = np.mean([lowest(conversation(seed, "pause")) for seed in range(6)], 0)
    assert course[6:16].max() - course[[0, 1, 2, *range(70, 100)]].mean() > 1.5
    fast = [np.degrees(np.diff(conversation(seed, None)[:, CH["headPitch"]])).max() for seed in range(6)]
    alone = [
        np.degrees(np.diff(conversation(seed, None, microphone=False)[:, CH["headPitch"]])).max() for seed in range(6)
    ]
    assert np.mean(fast) < 0.6 * np.mean(alone)


def test_idle_faces_answer_nothing() -> None:
    course = np.mean([lowest(conversation(seed, "pause", state=2)) for seed in range(6)], 0)
    assert course[6:16].max() - course[70:].mean() < 0.8


def test_brows_rise_for_rising_ends() -> None:
    brows = [conversation(seed, "rise")[100:, CH["browInnerUp"]].reshape(-1, 100).mean(0) for seed in range(6)]
    course = np.mean(brows, 0)
    assert course[5:14].max() > course[60:].mean() + 0.08


def test_gaze_goes_away_when_the_turn_is_over() -> None:
    def away(cue: str | None) -> np.ndarray:
        motion = np.stack([conversation(seed, cue) for seed in range(6)])[:, 100:]
        out, in_, up, down = (motion[:, :, CH[f"eyeLook{way}Left"]] for way in ("Out", "In", "Up", "Down"))
        yaw = motion[:, :, CH["headYaw"]] + EYE_LOOK_RADIANS * (out - in_)
        pitch = EYE_LOOK_RADIANS * (up - down) - motion[:, :, CH["headPitch"]]
        return (np.degrees(np.hypot(yaw, pitch)) > 5).reshape(-1, 100).mean(0)

    assert away("turn")[10:35].mean() > 2 * away(None)[10:35].mean()


def test_laughter_brings_a_smile() -> None:
    smile = conversation(0, "laughter")[:, CH["mouthSmileLeft"]]
    assert smile.max() > conversation(0, None)[:, CH["mouthSmileLeft"]].max() + 0.2


def test_cues_come_when_they_are_due() -> None:
    cues = SpeechCues()

    def tell(frames: int, db: float, voice: bool) -> list[float]:
        for _ in range(frames):
            cues.hear(db, BANDS, 0.9 if voice else 0.1, 1.0, voice)
        return dict(zip(CUES, cues.row(), strict=True))

    assert tell(50, -90, False) == dict.fromkeys(CUES, 0.0) | {"microphone": 1.0}
    tell(75, -25, True)
    assert tell(12, -90, False)["pause"] == 0
    assert tell(1, -90, False)["pause"] == 1
    assert tell(21, -90, False)["turn"] == 0
    assert tell(1, -90, False)["turn"] == 1
    assert tell(20, -25, True)["turn"] == 0


def test_pitch_of_every_other_period_is_taken_for_the_voices_own() -> None:
    prosody = Prosody()
    for _ in range(100):
        prosody.hear(-25, 0.9, 1.2, True)
    prosody.hear(-25, 0.9, 0.25, True)
    assert prosody.high > 0


def test_only_what_hears_is_learnt() -> None:
    torch.manual_seed(0)
    student = Denoiser()
    with torch.no_grad():
        held = hearing_only(student)
    controls = torch.rand(2, 3, CONTROL_SIZE)
    deaf = controls.clone()
    deaf[:, :, CUES_AT:] = 0
    assert torch.equal(student.steer_in(controls), student.steer_in(deaf))
    before = [weight.detach().clone() for weight in held]
    (student.steer_in(controls).square().sum() + student.steer(controls).square().sum()).backward()
    torch.optim.Adam(held, lr=0.1).step()
    for old, new in zip(before, held, strict=True):
        assert torch.equal(old[:, :CUES_AT], new[:, :CUES_AT])
        assert not torch.equal(old[:, AROUSAL], new[:, AROUSAL])
