"""The corpus on disk: flat arrays of all clips of a part, so that a training maps them and cuts where it
likes.

`work/corpus/<part>/`: pcm.npy (int16, 16 kHz), classes.npy (uint8 per 10 ms, 255 unknown), mouth.npy (float16
[frames, channels.MOUTH] at 25 fps), clips.npy (first frame, frames) and info.json (one entry per clip; `lead`
is the number of silent frames before the sound; `segments`, where kept, are [class, start, end] in seconds
from the end of the lead).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .articulation import Segments, articulate, frames_of, hop_classes, loudness
from .channels import FRAME_SAMPLES, MOUTH
from .phones import INDEX

#: Frames of silence before and after each clip.
LEAD, TAIL = 12, 20


@dataclass
class Clip:
    """One recording with its labels; `mouth` is [frames, 58], `classes` one per 10 ms."""

    pcm: np.ndarray
    classes: np.ndarray
    mouth: np.ndarray
    info: dict = field(default_factory=dict)


def label(pcm: np.ndarray, segments: Segments, info: dict) -> Clip:
    """Clip with articulation targets from its phones."""
    frames = frames_of(len(pcm))
    pcm = pcm[: frames * FRAME_SAMPLES]
    return Clip(pcm, hop_classes(segments, len(pcm)), articulate(segments, frames, loudness(pcm)), info)


def segment_rows(segments: Segments) -> list[list[float]]:
    """[class, start, end] of each phone, for evaluation."""
    return np.stack([segments.classes, segments.start, segments.end], 1).round(4).tolist()


def write(part: str, clips: Iterator[Clip], folder: Path) -> None:
    """Streams clips to disk. The part is made beside its place and moved there when whole, so that a training
    which has the old one mapped keeps it."""
    table, infos, at = [], [], 0
    fresh = folder / f".{part}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    widths = {"pcm": (FRAME_SAMPLES, np.int16), "classes": (4, np.uint8), "mouth": (None, np.float16)}
    streams = {name: (fresh / f"{name}.raw").open("wb") for name in widths}
    for clip in clips:
        frames = len(clip.mouth)
        total = frames + LEAD + TAIL
        pcm = np.zeros((total * FRAME_SAMPLES,), np.int16)
        pcm[LEAD * FRAME_SAMPLES : (LEAD + frames) * FRAME_SAMPLES] = np.clip(clip.pcm * 32767, -32768, 32767)
        classes = np.full(total * 4, INDEX["SIL"], np.uint8)
        classes[LEAD * 4 : (LEAD + frames) * 4] = clip.classes
        mouth = np.zeros((total, len(MOUTH)), np.float16)
        mouth[LEAD : LEAD + frames] = clip.mouth[:, MOUTH]
        for name, rows in (("pcm", pcm), ("classes", classes), ("mouth", mouth)):
            streams[name].write(rows.tobytes())
        table.append((at, total))
        infos.append({**clip.info, "lead": LEAD})
        at += total
    for name, (width, kind) in widths.items():
        streams[name].close()
        shape = (at * width,) if width else (at, len(MOUTH))
        raw = fresh / f"{name}.raw"
        with (fresh / f"{name}.npy").open("wb") as out, raw.open("rb") as source:
            header = {"descr": np.dtype(kind).str, "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(out, header)
            shutil.copyfileobj(source, out, 1 << 24)
        raw.unlink()
    np.save(fresh / "clips.npy", np.array(table, np.int64))
    (fresh / "info.json").write_text(json.dumps(infos))
    old = folder / f".{part}.old"
    shutil.rmtree(old, ignore_errors=True)
    if (folder / part).exists():
        (folder / part).rename(old)
    fresh.rename(folder / part)
    shutil.rmtree(old, ignore_errors=True)
    print(f"{part}: {len(table)} clips, {at / 25 / 3600:.2f} h", flush=True)
