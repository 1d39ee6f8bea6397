"""Measures the generator itself: real readers joined to talks with pauses, neutral controls, several people;
and the same blink measure on the human recordings.

Run: python -m vultus_training.behaviour [--people 8] [--minutes 3]
"""

from __future__ import annotations

import argparse
import csv
import time

import numpy as np

from .. import measures
from ..channels import CH, CONTROL_SIZE, FRAME_SAMPLES, SIZE, STATES
from ..channels import RATE_HZ as FPS
from ..motion_data import voice_of
from ..paths import SPEECH, TAKES
from ..phones import UNKNOWN
from ..real_speech import load_16k
from . import NEUTRAL_BLINK, Voice, behave


def talk(rng: np.random.Generator, minutes: float) -> Voice:
    """Clips of one corpus of readers in random order, with pauses of 0.4–1.5 s."""
    files = sorted((SPEECH / "train_librispeech_train-clean-100").glob("*.*"))[:40]
    parts, samples = [], 0
    while samples < minutes * 60 * 16000:
        pcm = load_16k(files[rng.integers(len(files))])
        parts += [0.5 * pcm / np.abs(pcm).max(), np.zeros(int(16000 * rng.uniform(0.4, 1.5)), np.float32)]
        samples += len(parts[-1]) + len(parts[-2])
    pcm = np.concatenate(parts)[: int(minutes * 60 * FPS) * FRAME_SAMPLES]
    return voice_of(pcm, np.full(len(pcm) // FRAME_SAMPLES * 4, UNKNOWN, np.uint8), None, False)


def generated(people: int, minutes: float) -> dict[str, dict[str, np.ndarray]]:
    """Each measure for each person, by state."""
    out: dict[str, dict[str, np.ndarray]] = {}
    for state, name in enumerate(STATES):
        rows = []
        for seed in range(people):
            rng = np.random.default_rng(seed)
            frames = int(minutes * 60 * FPS)
            quiet = Voice(np.zeros(frames), np.zeros(frames), None)
            voice = talk(rng, minutes) if name == "speaking" else quiet
            controls = np.zeros((frames, CONTROL_SIZE), np.float32)
            controls[:, 11], controls[:, 12], controls[:, 13], controls[:, 14 + state] = (
                1,
                1,
                NEUTRAL_BLINK,
                1,
            )
            started = time.process_time()
            motion = behave(rng, np.zeros((frames, SIZE), np.float32), voice, controls)
            row = {"times_real_time": minutes * 60 / (time.process_time() - started)}
            row |= measures.life_measures(motion, 2)
            if name == "speaking":
                row |= measures.stress_measures(motion, voice)
            rows.append(row)
        out[name] = {key: np.array([row[key] for row in rows]) for key in rows[0]}
    return out


def human_blinks(rate_hz: float) -> np.ndarray:
    """(closing, opening) in ms of the blinks in the ARKit recordings, which have 30 rows a second."""
    found = []
    for path in sorted(TAKES.glob("arkit_range_of_motion_*.csv")):
        with path.open() as lines:
            lid = np.array([float(row["EyeBlinkLeft"]) for row in csv.DictReader(lines)])
        times = np.arange(int(len(lid) / 30 * rate_hz)) / rate_hz
        motion = np.zeros((len(times), SIZE))
        motion[:, CH["eyeBlinkLeft"]] = np.interp(times, np.arange(len(lid)) / 30, lid)
        found += measures.blinks(motion, rate_hz)
    return np.array(found) * 1000


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--minutes", type=float, default=3)
    options = parser.parse_args(arguments)
    for state, rows in generated(options.people, options.minutes).items():
        print(f"{state}: median (lowest, highest person)")
        for name, values in rows.items():
            print(f"  {name:40s} {np.median(values):8.2f} ({values.min():.2f}, {values.max():.2f})")
    for rate_hz in (30, 25):
        found = human_blinks(rate_hz)
        middle, low, high = (np.percentile(found, q, axis=0).round() for q in (50, 25, 75))
        print(
            f"human blinks at {rate_hz} fps: {len(found)}, closing and opening in ms: {middle}, {low}–{high}"
        )


if __name__ == "__main__":
    main()
