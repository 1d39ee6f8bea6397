"""The cues of a voice, heard here and by the server: one sound, the same cues."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import resample_poly

from vultus_training.paths import REPOSITORY
from vultus_training.speech_cues import CUES, heard
from vultus_training.turns import laughter

RATE = 16000
HEAR = """
import { readFileSync, writeFileSync } from 'node:fs';
const [module, sound, heard] = process.argv.slice(1);
const { VoiceActivity } = await import(module);
const samples = new Float32Array(readFileSync(sound).buffer.slice(0));
const activity = new VoiceActivity();
const rows = [];
for (let at = 0; at + 640 <= samples.length; at += 640) {
  activity.push(samples.subarray(at, at + 640));
  rows.push(...activity.cues);
}
writeFileSync(heard, Float32Array.from(rows));
"""


def talk(rng: np.random.Generator) -> np.ndarray:
    """Some of the page's readers, each with a pause after, then laughter, in a quiet room."""
    pieces = []
    for name in ("english-clara", "english-owen", "spanish-lucia"):
        voice, rate = soundfile.read(REPOSITORY / f"client-demo/public/voices/{name}.mp3")
        voice = resample_poly(voice, RATE, rate)
        # Wound up and down, so that some of its ends rise.
        time = np.arange(len(voice)) / RATE
        wound = np.interp(time + 0.06 * np.sin(2 * np.pi * 0.9 * time), time, voice)
        pieces += [wound, np.zeros(RATE)]
    for _ in range(4):
        pieces += [0.5 * laughter(rng), np.zeros(RATE)]
    sound = np.concatenate(pieces)
    return (sound + 2e-4 * rng.standard_normal(len(sound))).astype(np.float32)


def heard_by_the_server(sound: np.ndarray, folder: Path) -> np.ndarray:
    node = shutil.which("node24") or shutil.which("node")
    if not node:
        pytest.skip("Node is not there")
    sound.tofile(folder / "sound")
    module = (REPOSITORY / "src/audio/voice-activity/voice-activity.ts").as_uri()
    command = [node, "--input-type=module", "-e", HEAR, module, str(folder / "sound"), str(folder / "heard")]
    subprocess.run(command, check=True, timeout=120)
    return np.fromfile(folder / "heard", np.float32).reshape(-1, len(CUES))


def test_the_server_hears_what_training_hears(tmp_path: Path) -> None:
    sound = talk(np.random.default_rng(3))
    ours, servers = heard(sound), heard_by_the_server(sound, tmp_path)
    frames = min(len(ours), len(servers))
    assert len(servers) - frames < 3
    for name in ("pause", "rise", "laughter", "turn"):
        assert ours[:, CUES.index(name)].max() > 0.8, f"no {name} in this sound"
    assert np.abs(ours[:frames] - servers[:frames]).max() < 0.01
