"""The temperature at which student and teacher are compared reaches the head, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from vultus_training.channels import CH
from vultus_training.head_fidelity import head_motion
from vultus_training.paths import PACK
from vultus_training.streaming import Streamer


def test_noise_twice_as_hot_turns_the_head_twice_as_fast() -> None:
    streamer = Streamer(PACK)
    heads = slice(CH["headYaw"], CH["headRoll"] + 1)
    # A sampler that shows a tenth of the noise itself, small enough to stay within the channels' limits.
    seen = []

    def show(noise, audio, cache, controls):
        seen.append(noise)
        return 0.1 * noise * streamer.std + streamer.mean

    streamer.sample = show  # type: ignore[method-assign]
    voices = [np.zeros(16000 * 3, np.float32)]
    [(cold_speed, cold_energy)] = head_motion(streamer, voices, 1)
    cold = np.concatenate(seen, 1)
    seen.clear()
    [(hot_speed, hot_energy)] = head_motion(streamer, voices, 2)
    hot = np.concatenate(seen, 1)
    assert cold_speed > 0
    assert hot_speed == pytest.approx(2 * cold_speed, rel=1e-3)
    assert hot_energy == pytest.approx(4 * cold_energy, rel=1e-3)
    assert np.allclose(hot[:, :, heads], 2 * cold[:, :, heads])
    assert np.array_equal(hot[:, :, : CH["headYaw"]], cold[:, :, : CH["headYaw"]])
