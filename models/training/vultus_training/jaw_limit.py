"""How well the actress's jaw can be told from her voice at all: QUALITY.md A.1 without any network.

Kernel ridge regression (Gaussian kernel) from 0.4 s of log-mel spectrogram and from loudness over up to 10 s,
with two frames of lookahead. Each of takes 01–04 is told from one, two and all three of the others,
and take 05 from all four. What more takes would bring shows in the first three lines.

Run: python -m vultus_training.jaw_limit
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import torch
from scipy.linalg import cho_factor, cho_solve

from .channels import CH
from .encoder import LOOKAHEAD, MELS, FrontEnd
from .human_takes import load_take
from .measures import human_measure

LEARNT = (1, 2, 3, 4)
BANDS, BEFORE = 16, 8
#: Windows of past loudness in frames: their means, and from half a second on their peaks.
WINDOWS = (1, 3, 6, 12, 25, 50, 125, 250)
#: Variance of what the voice does not tell over that of what it tells; larger is smoother.
NOISE = 1.0


def _inputs(pcm: np.ndarray) -> np.ndarray:
    """One row per frame."""
    frames = len(pcm) // 640
    with torch.no_grad():
        mel = FrontEnd()(torch.from_numpy(pcm[: frames * 640])[None])[0, :, :MELS].numpy()
    mel = mel.reshape(frames, 4, BANDS, MELS // BANDS).mean((1, 3))
    level = (pcm[: frames * 640].reshape(frames, 640).astype(np.float64) ** 2).mean(1) ** 0.25
    level /= np.percentile(level, 95)
    columns = [level]
    for window in WINDOWS:
        past = np.lib.stride_tricks.sliding_window_view(np.pad(level, (window - 1, 0), "edge"), window)
        columns += [past.mean(1), past.max(1)] if window >= 12 else [past.mean(1)]
    near = np.pad(np.column_stack([mel, level]), ((BEFORE, LOOKAHEAD), (0, 0)), "edge")
    columns += [near[k : k + frames] for k in range(BEFORE + 1 + LOOKAHEAD)]
    return np.column_stack(columns).astype(np.float32)


def _kernel(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    distance = (a * a).sum(1)[:, None] + (b * b).sum(1)[None] - 2 * a @ b.T
    return np.exp(-np.maximum(distance, 0) / a.shape[1])


def told(heard: list[tuple[np.ndarray, np.ndarray]], voice: np.ndarray) -> np.ndarray:
    """The jaw of `voice` [frames, inputs], learnt from (inputs, jaw) of other takes; every second frame of
    these, which are much alike."""
    inputs = np.concatenate([x[::2] for x, _ in heard])
    jaw = np.concatenate([y[::2] for _, y in heard])
    mean, std = inputs.mean(0), inputs.std(0) + 1e-6
    inputs, voice = (inputs - mean) / std, (voice - mean) / std
    factor = cho_factor(_kernel(inputs, inputs) + NOISE * np.eye(len(inputs), dtype=np.float32))
    return _kernel(voice, inputs) @ cho_solve(factor, jaw - jaw.mean()) + jaw.mean()


def main() -> None:
    torch.set_num_threads(1)
    takes = {}
    for number in (*LEARNT, 5):
        pcm, mouth = load_take(number)
        takes[number] = (_inputs(pcm), mouth[:, CH["jawOpen"]])

    def r(heard: tuple[int, ...], number: int) -> float:
        voice, jaw = takes[number]
        return human_measure(told([takes[k] for k in heard], voice), jaw)["r"]

    for count in (1, 2, 3):
        folds = []
        for number in LEARNT:
            others = combinations([k for k in LEARNT if k != number], count)
            folds.append(np.mean([r(heard, number) for heard in others]))
        print(f"takes 01-04 from {count} other: {np.round(folds, 3)} mean {np.mean(folds):.3f}", flush=True)
    print(f"take 05 from 01-04: {r(LEARNT, 5):.3f}")


if __name__ == "__main__":
    main()
