"""Makes the mouth targets of the corpus anew from its phones, after `fit_articulation` changed what a phone
looks like.

Run: python -m vultus_training.relabel [part …]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from .articulation import Segments, articulate, loudness
from .channels import FRAME_SAMPLES, MOUTH
from .human_takes import load_take
from .paths import WORK
from .phones import INDEX, UNKNOWN


def segments_of_hops(classes: np.ndarray) -> Segments:
    """Runs of one class in [hops] of 10 ms → segments."""
    edges = np.flatnonzero(np.diff(classes)) + 1
    bounds = np.concatenate([[0], edges, [len(classes)]])
    rows = [
        (int(classes[a]), a / 100, b / 100)
        for a, b in zip(bounds[:-1], bounds[1:], strict=True)
        if classes[a] != INDEX["SIL"]
    ]
    return Segments.of(rows)


def mouth_of(pcm: np.ndarray, classes: np.ndarray, name: str) -> np.ndarray:
    """Mouth channels [frames, len(MOUTH)] of one clip without its silent margins."""
    if (classes == UNKNOWN).any():
        return load_take(int(name.rsplit("_", 1)[1]))[1][:, MOUTH]
    loud = loudness(pcm.astype(np.float32) / 32768)
    return articulate(segments_of_hops(classes), len(pcm) // FRAME_SAMPLES, loud)[:, MOUTH]


def relabel(folder: Path) -> None:
    """Writes mouth.npy of one part; a reader of the old file keeps it."""
    pcm, classes, old = (np.load(folder / f"{k}.npy", mmap_mode="r") for k in ("pcm", "classes", "mouth"))
    infos = json.loads((folder / "info.json").read_text())
    mouth = np.zeros_like(old)
    for (first, frames), info in zip(np.load(folder / "clips.npy"), infos, strict=True):
        hops = np.asarray(classes[first * 4 : (first + frames) * 4])
        spoken = np.flatnonzero(hops != INDEX["SIL"])
        if len(spoken) == 0:
            continue
        begin = int(first) + info["lead"]
        end = int(first) + max(spoken[-1] // 4 + 1, info["lead"] + 1)
        mouth[begin:end] = mouth_of(
            pcm[begin * FRAME_SAMPLES : end * FRAME_SAMPLES],
            np.asarray(classes[begin * 4 : end * 4]),
            info["name"],
        )
    np.save(folder / "mouth.new.npy", mouth)
    (folder / "mouth.new.npy").rename(folder / "mouth.npy")
    print(f"{folder.name}: {len(infos)} clips", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("parts", nargs="*")
    parts = parser.parse_args().parts
    for folder in sorted((WORK / "corpus").iterdir()):
        if (folder / "info.json").exists() and (not parts or folder.name in parts):
            relabel(folder)


if __name__ == "__main__":
    main()
