"""The film of the first view and the strip of the README, from `vultus render`: `python film.py --work DIR`.

Needs PyAV (`av`) beside what the portraits need, and Node 24 for the server's own renderer.
"""

from __future__ import annotations

import argparse
import subprocess
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

ROOT = Path(__file__).resolve().parents[3]
PUBLIC = ROOT / "client-demo/public"
FPS, SIZE = 25, 448
SCENE_S, FADE_S = 2.08, 0.24
CAST = [
    ("kwame", "english-owen", "happy=0.35"),
    ("mei", "english-clara", "happy=0.4"),
    ("yuki", "english-clara", "happy=0.3"),
    ("noor", "english-clara", "happy=0.3"),
    ("anton", "english-owen", "happy=0.3"),
]
STRIP = ["kwame", "yuki", "noor", "anton", "mei", "lin"]


def render(name: str, voice: str, emotion: str, work: Path, node: str) -> list[np.ndarray]:
    """Pictures [SIZE, SIZE, 3] of a portrait that speaks a sample voice."""
    film = work / f"{name}.mp4"
    if not film.exists():
        arguments = [PUBLIC / f"gallery/{name}.jpg", PUBLIC / f"voices/{voice}.mp3", "-o", film]
        options = ["--size", str(SIZE), "--emotion", emotion, "--expressiveness", "1.2", "--seed", "7"]
        command = [node, str(ROOT / "src/main.ts"), "render", *map(str, arguments), *options]
        subprocess.run(command, check=True, cwd=ROOT)
    with av.open(str(film)) as source:
        return [frame.to_ndarray(format="rgb24") for frame in source.decode(video=0)]


def join(scenes: list[list[np.ndarray]]) -> list[np.ndarray]:
    """One after the other, each fading into the next and the last into the first."""
    length, fade = round(SCENE_S * FPS), round(FADE_S * FPS)
    pictures = []
    for k, scene in enumerate(scenes):
        following = scenes[(k + 1) % len(scenes)]
        for i in range(length - fade):
            pictures.append(scene[fade + i])
        for i in range(fade):
            share = (i + 1) / (fade + 1)
            pictures.append(cv2.addWeighted(scene[length + i], 1 - share, following[i], share, 0))
    return pictures


def write_webm(pictures: list[np.ndarray], path: Path) -> None:
    with av.open(str(path), "w") as sink:
        stream = sink.add_stream("libvpx-vp9", rate=FPS)
        stream.width = stream.height = SIZE
        stream.pix_fmt, stream.time_base = "yuv420p", Fraction(1, FPS)
        stream.options = {"crf": "27", "b": "0", "cpu-used": "4", "row-mt": "1"}
        for picture in pictures:
            sink.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        sink.mux(stream.encode())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="where the single films are kept")
    parser.add_argument("--node", default="node")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    scenes = {}
    for name, voice, emotion in CAST:
        scenes[name] = render(name, voice, emotion, options.work, options.node)
    pictures = join([scenes[name] for name, _, _ in CAST])
    write_webm(pictures, PUBLIC / "film.webm")
    cv2.imwrite(str(PUBLIC / "film.jpg"), pictures[0][..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])
    for name in STRIP:
        if name not in scenes:
            scenes[name] = render(name, "english-clara", "happy=0.3", options.work, options.node)
    # Each in the middle of a word: the picture whose lips differ most from the first.
    chosen = []
    for name in STRIP:
        middle = slice(round(0.62 * SIZE), round(0.85 * SIZE)), slice(round(0.35 * SIZE), round(0.65 * SIZE))
        first = scenes[name][0][middle].astype(np.int16)
        open_ = max(scenes[name][10:110], key=lambda picture: np.abs(picture[middle] - first).mean())
        chosen.append(cv2.resize(open_, (267, 267), interpolation=cv2.INTER_AREA))
    strip = np.hstack(chosen)[..., ::-1]
    cv2.imwrite(str(ROOT / ".github/strip.jpg"), strip, [cv2.IMWRITE_JPEG_QUALITY, 86])


if __name__ == "__main__":
    main()
