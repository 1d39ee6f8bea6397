"""What is compared of student and teacher is the head's motion, in degrees a second."""

from __future__ import annotations

import numpy as np
import pytest

from vultus_training.channels import CH, SIZE
from vultus_training.head_fidelity import COLD_START_FRAMES, head_motion
from vultus_training.paths import PACK
from vultus_training.streaming import Streamer


def test_a_head_that_turns_steadily_has_its_speed_and_its_square() -> None:
    streamer = Streamer(PACK)
    given = []

    def turn(noise, audio, cache, controls):
        frames = np.zeros_like(noise)
        # 0.4° a frame after the cold start, which is not looked at.
        at = len(given) * noise.shape[1] + np.arange(noise.shape[1])
        frames[:, :, CH["headYaw"]] = np.radians(0.4) * np.maximum(0, at - COLD_START_FRAMES)
        frames[:, :, CH["jawOpen"]] = at % 2
        given.append(noise)
        return frames

    streamer.sample = turn  # type: ignore[method-assign]
    [(speed, energy)] = head_motion(streamer, [np.zeros(16000 * 3, np.float32)], 2)
    assert speed == pytest.approx(10, rel=1e-3)
    assert energy == pytest.approx(100, rel=1e-3)


def test_noise_is_scaled_channel_by_channel() -> None:
    streamer = Streamer(PACK)
    seen: list[np.ndarray] = []

    def show(noise, audio, cache, controls):
        seen.append(noise)
        return np.zeros_like(noise)

    streamer.sample = show  # type: ignore[method-assign]
    voices = [np.zeros(16000, np.float32)]
    streamer.stream(voices)
    plain = np.concatenate(seen, 1)
    seen.clear()
    streamer.noise_scale = np.ones(SIZE, np.float32)
    streamer.noise_scale[CH["headYaw"]] = 2
    streamer.stream(voices)
    scaled = np.concatenate(seen, 1)
    assert np.array_equal(scaled[:, :, CH["headYaw"]], 2 * plain[:, :, CH["headYaw"]])
    others = np.arange(SIZE) != CH["headYaw"]
    assert np.array_equal(scaled[:, :, others], plain[:, :, others])
