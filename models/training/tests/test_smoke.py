"""The whole pipeline on a few seconds of made-up speech: every step runs, and the pack streams."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest

from vultus_training import (
    articulation,
    augment,
    calibration,
    corpus,
    distill,
    encoder,
    export,
    measures,
    motion_data,
    motion_windows,
    phones,
    rollouts,
    sounds,
    streaming,
    train_encoder,
    train_teacher,
)
from vultus_training.channels import CH, SIZE


def random_segments(rng: np.random.Generator, seconds: float) -> articulation.Segments:
    rows, at = [], 0.2
    while at < seconds - 0.3:
        length = rng.uniform(0.05, 0.18)
        rows.append((int(rng.integers(0, phones.CLASSES)), at, at + length))
        at += length
    return articulation.Segments.of(rows)


def babble(rng: np.random.Generator, segments: articulation.Segments, seconds: float) -> np.ndarray:
    """A tone per phone class: enough for an encoder to tell classes apart."""
    pcm = np.zeros(int(seconds * 16000), np.float32)
    t = np.arange(len(pcm)) / 16000
    for cls, start, end in zip(segments.classes, segments.start, segments.end, strict=True):
        if cls:
            span = slice(int(start * 16000), int(end * 16000))
            pcm[span] = 0.3 * np.sin(2 * np.pi * (200 + 180 * cls) * t[span])
    return pcm + 0.001 * rng.standard_normal(len(pcm)).astype(np.float32)


def clips(rng: np.random.Generator, count: int) -> Iterator[corpus.Clip]:
    for _ in range(count):
        segments = random_segments(rng, 8)
        yield corpus.label(babble(rng, segments, 8), segments, {"name": "smoke", "real": True})


def test_closures_are_reached_and_silence_is_shut() -> None:
    rng = np.random.default_rng(0)
    face = measures.Face()
    rows = [
        (phones.INDEX[name], 0.3 + 0.12 * k, 0.42 + 0.12 * k)
        for k, name in enumerate(["AA", "P", "UW", "F", "IY"])
    ]
    segments = articulation.Segments.of(rows)
    motion = articulation.articulate(segments, 50)
    aperture = face.aperture(motion)
    middle = {
        name: aperture[int((0.36 + 0.12 * k) * 25)] for k, name in enumerate(["AA", "P", "UW", "F", "IY"])
    }
    assert middle["P"] < 0.05 * middle["AA"]
    assert middle["F"] < 0.4 * middle["AA"]
    assert face.rounding(motion)[int(0.6 * 25)] > face.rounding(motion)[int(0.84 * 25)] + 0.05
    assert aperture[-10:].max() < 0.01
    assert articulation.articulate(random_segments(rng, 4), 100).max() <= 1


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory):
    work = tmp_path_factory.mktemp("work")
    patch = pytest.MonkeyPatch()
    for module in (train_encoder, motion_data, motion_windows, train_teacher, rollouts, distill, export):
        patch.setattr(module, "WORK", work)
    for module in (calibration, distill):
        patch.setattr(module, "CALIBRATION", work / "calibration.npz")
    patch.setattr(augment, "BANK_SECONDS", 5.0)
    rng = np.random.default_rng(1)
    corpus.write("real", clips(rng, 6), work / "corpus")
    corpus.write("sounds", corpus.sound_clips(rng, 0.01), work / "corpus")
    short = ["--minutes", "0.05", "--batch", "4"]
    train_encoder.main([*short, "--workers", "0"])
    motion_data.main([])
    train_teacher.main(short)
    distill.main([*short])
    export.main(
        [
            "--out",
            str(work / "pack"),
            "--encoder",
            str(work / "encoder.pt"),
            "--student",
            str(work / "student.pt"),
        ]
    )
    yield work / "pack"
    patch.undo()


def test_pack_streams_in_every_block_size(pack) -> None:
    manifest = json.loads((pack / "pack.json").read_text())
    assert manifest["motion"]["channels"] == SIZE == len(manifest["motion"]["mean"])
    streamer = streaming.Streamer(pack)
    rng = np.random.default_rng(2)
    voice = sounds.melody(rng, 16000 * 3)
    for block in manifest["blocks"]:
        first, same = (streamer.stream([voice], block=block, seed=4)[0] for _ in range(2))
        assert first.shape == (75, SIZE)
        assert np.isfinite(first).all()
        assert np.array_equal(first, same), "a seed decides everything"
        assert not np.array_equal(first, streamer.stream([voice], block=block, seed=5)[0])
    assert first[:, : CH["headYaw"]].min() >= 0


def test_encoder_hears_no_more_than_its_lookahead() -> None:
    import torch

    model = encoder.AudioEncoder().eval()
    pcm = torch.randn(1, 60 * 640) * 0.1
    changed = pcm.clone()
    changed[:, 43 * 640 :] = 0
    with torch.no_grad():
        difference = (model(pcm) - model(changed))[0].abs().amax(1)
    assert difference[: 43 - encoder.LOOKAHEAD].max() == 0
    assert difference[43 - encoder.LOOKAHEAD] > 0
