"""How much the student's head moves beside its teacher's: both from the same noise, in the same graph, on the
same voices, at the temperatures of the pack and at that of the noise as it is drawn.

Run: python -m vultus_training.head_fidelity [--pack ../builtin]
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from .calibration import Calibration
from .channels import CH
from .evaluate import human_take
from .paths import PACK, WORK
from .real_speech import validation
from .rollouts import STUDENT_TIMES, TEACHER_TIMES
from .streaming import Streamer
from .teacher_streamer import torch_streamer

CLIPS, CLIP_S, COLD_START_FRAMES = 6, 12, 25


def clips() -> list[np.ndarray]:
    """As many stretches of take 05 as of the validation readers."""
    parts = [human_take()[0], np.concatenate(validation()[0])]
    size = CLIP_S * 16000
    return [part[k * size : (k + 1) * size] for part in parts for k in range(CLIPS)]


def head_motion(streamer: Streamer, voices: list[np.ndarray], block: int) -> np.ndarray:
    """(mean speed in °/s, mean squared speed in (°/s)²) of each voice's head rotation [voices, 2]."""
    head = slice(CH["headYaw"], CH["headRoll"] + 1)
    turns = [
        np.degrees(np.diff(motion[COLD_START_FRAMES:, head].astype(np.float64), axis=0)) * 25
        for motion in streamer.stream(voices, block=block)
    ]
    squares = [(t**2).sum(1) for t in turns]
    return np.array([(np.sqrt(s).mean(), s.mean()) for s in squares])


def compare(label: str, pack: Path, calibration: Calibration, voices: list[np.ndarray], block: int) -> None:
    """Prints how the head moves of both, with the standard errors of the means over voices."""
    means = []
    for name, times in (("student", STUDENT_TIMES), ("teacher", TEACHER_TIMES)):
        moved = head_motion(torch_streamer(pack, calibration, WORK / f"{name}.pt", times), voices, block)
        means.append(moved.mean(0))
        error = moved.std(0) / np.sqrt(len(moved))
        print(
            f"{label}, {name}: {means[-1][0]:.2f} ± {error[0]:.2f} °/s, "
            f"energy {means[-1][1]:.1f} ± {error[1]:.1f} (°/s)²",
            flush=True,
        )
    speed, energy = means[0] / means[1] - 1
    print(f"{label}: student over teacher, speed {speed:+.1%}, energy {energy:+.1%}", flush=True)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pack", type=Path, default=PACK)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    voices = clips()
    calibrated = Calibration.load()
    cold = replace(calibrated, head=np.ones((3, 3)))
    for label, calibration in (("as drawn", cold), ("as hot as in the pack", calibrated)):
        for block in (2, 5):
            compare(f"noise {label}, blocks of {block}", options.pack, calibration, voices, block)


if __name__ == "__main__":
    main()
