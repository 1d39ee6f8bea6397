"""How much the student's head moves beside its teacher's: both from the same noise, in the same graph, on the
same voices, once as they were distilled and once with the head's noise hotter along the whole path.

The temperature of the exported graph is left out: it acts on the sampler's first step alone, which is one of
two for the student and one of seven for the teacher, so it is not the same temperature for both.

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

#: Sampling temperatures of the head, along the whole path.
TEMPERATURES = (1.0, 2.0)
CLIPS, CLIP_S, COLD_START_FRAMES = 6, 12, 25


def clips() -> list[np.ndarray]:
    """As many stretches of take 05 as of the validation readers."""
    parts = [human_take()[0], np.concatenate(validation()[0])]
    size = CLIP_S * 16000
    return [part[k * size : (k + 1) * size] for part in parts for k in range(CLIPS)]


def head_motion(streamer: Streamer, voices: list[np.ndarray], temperature: float) -> np.ndarray:
    """(mean speed in °/s, mean squared speed in (°/s)²) of each voice's head rotation [voices, 2]."""
    plain = streamer.sample

    def hot(noise, audio, cache, controls):
        noise = noise.copy()
        noise[:, :, CH["headYaw"] :] *= temperature
        return plain(noise, audio, cache, controls)

    streamer.sample = hot  # type: ignore[method-assign]
    motions = streamer.stream(voices)
    streamer.sample = plain  # type: ignore[method-assign]
    head = slice(CH["headYaw"], CH["headRoll"] + 1)
    turns = [np.degrees(np.diff(m[COLD_START_FRAMES:, head], axis=0)) * 25 for m in motions]
    squares = [(t.astype(np.float64) ** 2).sum(1) for t in turns]
    return np.array([(np.sqrt(s).mean(), s.mean()) for s in squares])


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pack", type=Path, default=PACK)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    voices = clips()
    plain = replace(Calibration.load(), head=np.ones((3, 3)))
    for temperature in TEMPERATURES:
        means = []
        for name, times in (("student", STUDENT_TIMES), ("teacher", TEACHER_TIMES)):
            streamer = torch_streamer(options.pack, plain, WORK / f"{name}.pt", times)
            moved = head_motion(streamer, voices, temperature)
            means.append(moved.mean(0))
            error = moved.std(0) / np.sqrt(len(moved))
            print(
                f"temperature {temperature} {name}: {means[-1][0]:.2f} ± {error[0]:.2f} °/s, "
                f"energy {means[-1][1]:.1f} ± {error[1]:.1f} (°/s)²",
                flush=True,
            )
        speed, energy = means[0] / means[1] - 1
        print(f"temperature {temperature} student over teacher: speed {speed:+.1%}, energy {energy:+.1%}")


if __name__ == "__main__":
    main()
