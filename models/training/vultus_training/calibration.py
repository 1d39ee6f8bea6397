"""Step 7: what is measured of the student and put right around it in the exported graph: the blink rate that
it answers to each asked rate, how hot its head has to be sampled in each state to move as its data, and how
far it steps inside of blocks; and around the graph, by whoever runs it and shows its motion: how often it
has to be asked to blink at rest, and how high it looks.

Run after `export`, and then `export` again: python -m vultus_training.calibration [--pack ../builtin]
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .channels import CH, SIZE
from .measures import blinks, gaze_measures, head_measures
from .paths import PACK, WORK
from .real_speech import validation
from .streaming import Streamer, neutral_controls

#: Measured on one student, and stale with the next.
CALIBRATION = WORK / "calibration.npz"
#: Block sizes for which the head's temperature and the gaze are measured.
HEAD_BLOCKS = (1, 2, 5)
#: How fast the head is to be, of what it is in the training data. Chosen: beats there come with the voice,
#: more of the student's come by chance; it stays within the speeds of talkers (8-15 °/s).
SPEED_SHARE = 0.75
#: How far each channel follows the head's temperature: nods and tilts come out nearer to their data than
#: turns do.
HEATED = np.zeros(SIZE, np.float32)
HEATED[CH["headYaw"] :] = 1
HEATED[CH["headPitch"]], HEATED[CH["headRoll"]] = 0.6, 0.8


@dataclass(frozen=True)
class Calibration:
    """What was measured: `blinks`, rows (asked, given) of the blink-rate control, piecewise linear; `head`,
    the scale of the head's noise (its sampling temperature) for blocks of `HEAD_BLOCKS` frames [3] in
    each state [3]; `reach`, the largest step of each channel into a block [58]; `gaze`, how far above the
    viewer it looks for blocks of `HEAD_BLOCKS` frames in each state [3, 3], radians; `blink_factor`, how many
    times the wanted blink rate has to be asked for in these [3, 3]."""

    blinks: np.ndarray = field(default_factory=lambda: np.array([[0.0, 0.0], [3.0, 3.0]]))
    head: np.ndarray = field(default_factory=lambda: np.ones((3, 3)))
    reach: np.ndarray = field(default_factory=lambda: np.full(SIZE, 10.0))
    gaze: np.ndarray = field(default_factory=lambda: np.zeros((3, 3)))
    blink_factor: np.ndarray = field(default_factory=lambda: np.ones((3, 3)))

    @staticmethod
    def load() -> Calibration:
        """The measured one, or none."""
        return Calibration(**np.load(CALIBRATION)) if CALIBRATION.exists() else Calibration()


def calibrate_blinks(streamer: Streamer) -> np.ndarray:
    """Asked → given table: the control that makes the student blink at the asked rate (rates in 20 per
    minute)."""
    asked = np.array([0.0, 0.3, 0.6, 0.85, 1.2, 1.8, 2.4, 3.0])
    given = np.concatenate([[-2.0, -1.0, -0.5], asked, [3.6]])
    rows = []
    for value in given:
        row = neutral_controls("speaking")
        row[13] = value
        rows.append(row)
    voices, _ = validation()
    voice = np.concatenate(voices)[: 16000 * 240]
    motions = streamer.stream([voice] * len(rows), np.stack(rows), 2, 11)
    answered = np.array([len(blinks(m)) / (len(m) / 25 * 20 / 60) for m in motions])
    answered = np.maximum.accumulate(answered)
    print("blink control → answered:", np.round(np.stack([given, answered], 1), 2).tolist())
    # Where several controls answer alike (no blink at all), the one nearest to the others is given.
    table = np.interp(asked, answered - np.arange(len(answered))[::-1] * 1e-6, given)
    return np.stack([asked, table], 1)


def head_speed_of_data() -> np.ndarray:
    """Mean head speed of the training motion in each state, degrees a second, under neutral controls."""
    sums = np.zeros((3, 2))
    for folder in sorted((WORK / "motion").glob("*_0")):
        controls = np.load(folder / "controls.npy")[1:].astype(np.float32)
        head = np.load(folder / "motion.npy")[:, CH["headYaw"] : CH["headRoll"] + 1].astype(np.float32)
        speed = np.degrees(np.linalg.norm(np.diff(head, axis=0), axis=1)) * 25
        plain = (np.abs(controls[:, 12] - 1) < 0.01) & (controls[:, 2:11] == 0).all(1) & (speed < 200)
        for state in range(3):
            here = plain & (controls[:, 14 + state] > 0.5)
            sums[state] += speed[here].sum(), here.sum()
    return sums[:, 0] / sums[:, 1]


def calibrate_head(streamer: Streamer) -> np.ndarray:
    """Sampling temperature of the head for each block size in each state [3, 3] at which it moves as fast as
    it should."""
    voices, _ = validation()
    speech = np.concatenate(voices)[: 16000 * 120]
    sounds_ = [speech, np.zeros_like(speech), np.zeros_like(speech)]
    rows = np.stack([neutral_controls(state) for state in ("speaking", "listening", "idle")])

    def speeds(heat: float, block: int) -> np.ndarray:
        streamer.noise_scale = 1 + (heat - 1) * HEATED
        motions = streamer.stream(sounds_, rows, block, 7)
        streamer.noise_scale = np.ones_like(HEATED)
        return np.array([head_measures(m)["head_speed_deg_s"] for m in motions])

    wanted = SPEED_SHARE * head_speed_of_data()
    print("head speed wanted, °/s:", wanted.round(1))
    rows_of_heat = []
    for block in HEAD_BLOCKS:
        cold, hot = speeds(1.0, block), speeds(2.0, block)
        rows_of_heat.append(np.maximum(1, 1 + (wanted - cold) / (hot - cold)))
        print(f"blocks of {block}: at 1", cold.round(1), "at 2", hot.round(1), "→", rows_of_heat[-1].round(2))
    return np.stack(rows_of_heat)


def calibrate_reach(streamer: Streamer) -> np.ndarray:
    """How far each channel may move into a block [58]: what it moves inside of blocks at most (99.9th
    percentile in speech), and no more in its own standard deviations than all channels together do; the least
    of all block sizes, less a margin for other speech."""
    voices, _ = validation()
    speech = np.concatenate(voices)[: 16000 * 180]
    reach = []
    for block in [size for size in streamer.manifest["blocks"] if size > 1]:
        motion = streamer.stream([speech], block=block, seed=9)[0]
        inside = (np.arange(len(motion) - 1) + 1) % block != 0
        steps = np.abs(np.diff(motion, axis=0))[inside]
        scale = motion.std(0) + 0.01
        usual = np.quantile((steps / scale).max(1), 0.999)
        reach.append(np.minimum(np.quantile(steps, 0.999, axis=0), usual * scale))
    return np.maximum(0.87 * np.min(reach, axis=0), 1e-3)


def calibrate_gaze(streamer: Streamer, people: int = 32, seconds: int = 40) -> np.ndarray:
    """How high the student looks while it looks at the viewer, for each block size in each state [3, 3],
    radians: mean of so many people's medians, each of which stands apart by half a degree and more."""
    voices, _ = validation()
    speech = np.concatenate(voices)[: 16000 * seconds]

    def heights(state: str, block: int) -> list[float]:
        voice = speech if state == "speaking" else np.zeros_like(speech)
        motions = streamer.stream([voice] * people, neutral_controls(state), block, 13)
        return [gaze_measures(motion)["gaze_pitch_deg"] for motion in motions]

    states = ("speaking", "listening", "idle")
    rows = np.array([[np.mean(heights(state, block)) for state in states] for block in HEAD_BLOCKS])
    print(f"looks above the viewer in blocks of {HEAD_BLOCKS}, °:", rows.round(2).tolist())
    return np.radians(rows)


def calibrate_blink_factor(streamer: Streamer, people: int = 12, seconds: int = 100) -> np.ndarray:
    """How many times the usual blink rate has to be asked for so that it comes, for each block size in each
    state [3, 3]. `calibrate_blinks` is measured in speech, in blocks of 2: there it is 1. Without a voice the
    student blinks less, least in blocks of one frame, each of which hardly ever begins a blink."""
    asked = np.array([1.0, 1.5, 2.0, 2.5, 3.0])
    silence = np.zeros(16000 * seconds, np.float32)

    def factor(state: str, block: int) -> float:
        rows = np.repeat(neutral_controls(state)[None], len(asked) * people, 0)
        wanted = rows[0, 13]
        rows[:, 13] *= np.repeat(asked, people)
        motions = streamer.stream([silence] * len(rows), rows, block, 17)
        counts = np.array([len(blinks(motion)) for motion in motions]).reshape(len(asked), people).sum(1)
        rates = np.maximum.accumulate(counts / (people * seconds / 60 * 20))
        print(f"{state}, blocks of {block}: asked {asked.tolist()} → blinks a minute {(20 * rates).round(1).tolist()}")
        return float(np.interp(wanted, rates, asked))

    rest = [[factor(state, block) for state in ("listening", "idle")] for block in HEAD_BLOCKS]
    return np.concatenate([np.ones((len(HEAD_BLOCKS), 1)), np.array(rest)], 1)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pack", type=Path, default=PACK)
    streamer = Streamer(parser.parse_args(arguments).pack)
    np.savez(
        CALIBRATION,
        blinks=calibrate_blinks(streamer),
        head=calibrate_head(streamer),
        reach=calibrate_reach(streamer),
        gaze=calibrate_gaze(streamer),
        blink_factor=calibrate_blink_factor(streamer),
    )


if __name__ == "__main__":
    main()
