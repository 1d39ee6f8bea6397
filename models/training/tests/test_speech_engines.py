"""festival's phone times lie on its sound, and its tempo and errors come through."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from vultus_training.phones import INDEX
from vultus_training.speech_engines import festival

pytestmark = pytest.mark.skipif(not shutil.which("festival"), reason="festival is not installed")
# Every lip stop but the first between two vowels, no pause to confuse the dips with.
TEXT = "Papa appeased a happy puppy about a copper pepper"


@pytest.mark.parametrize("voice", ["kal_diphone", "cmu_us_slt_arctic_hts"])
def test_lip_closures_fall_on_dips_of_energy(voice: str) -> None:
    pcm, segments = festival(TEXT, voice)
    level_db = 10 * np.log10(np.convolve(np.square(pcm), np.ones(160) / 160, "same") + 1e-8)
    stops = [k for k in range(2, len(segments.classes)) if segments.classes[k] == INDEX["P"]]
    assert len(stops) >= 8

    def level(shift_s: float) -> float:
        spans = ((segments.start[k] + shift_s, segments.end[k] + shift_s) for k in stops)
        return float(np.mean([level_db[int(a * 16000) : int(b * 16000)].mean() for a, b in spans]))

    assert level(0) < level(-0.06) - 3
    assert level(0) < level(0.06) - 3
    slow, _ = festival(TEXT, voice, 1.3)
    assert 1.2 < len(slow) / len(pcm) < 1.4


def test_unknown_voice_and_empty_text_are_refused() -> None:
    with pytest.raises(ValueError, match="no speech"):
        festival(TEXT, "nobody")
    with pytest.raises(ValueError, match="no speech"):
        festival("", "kal_diphone")
