"""The repair of mouth and eyes: an empty field changes nothing, training learns, the export answers alike."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from vultus_training.repair import export, train
from vultus_training.repair.field import CHANNELS, FLOW, KNOTS, applied
from vultus_training.repair.network import Repair
from vultus_training.repair.pairs import Pairs, read_heads
from vultus_training.repair.parts import EYES, MOUTH, PARTS, PLANES, Part


def picture(side: int = 64) -> tuple[torch.Tensor, torch.Tensor]:
    ramp = torch.linspace(20, 230, side)
    return ramp.expand(1, 1, side, side), torch.full((1, 2, side // 2, side // 2), 120.0)


def test_a_field_of_nothing_changes_nothing() -> None:
    luma, chroma = picture()
    same, same_chroma = applied(torch.zeros(1, CHANNELS, 8, 8), luma, chroma)
    assert torch.allclose(same, luma, atol=1e-3) and torch.allclose(same_chroma, chroma)


def test_flow_says_where_a_pixel_is_taken_from_and_knots_what_is_added() -> None:
    luma, chroma = picture()
    field = torch.zeros(1, CHANNELS, 8, 8)
    field[:, 0] = 2 / 64
    moved, _ = applied(field, luma, chroma)
    assert torch.allclose(moved[..., :-2], luma[..., 2:], atol=1e-2)
    field = torch.zeros(1, CHANNELS, 8, 8)
    field[:, FLOW + 3] = 10.0
    brightened, _ = applied(field, torch.full_like(luma, KNOTS[3]), chroma)
    untouched, _ = applied(field, torch.full_like(luma, KNOTS[1]), chroma)
    assert torch.allclose(brightened, torch.full_like(luma, KNOTS[3] + 10))
    assert torch.allclose(untouched, torch.full_like(luma, KNOTS[1]))


def write_head(folder: Path, part: Part, rng: np.random.Generator, frames: int = 4) -> None:
    """A head whose truth is brighter than what was drawn."""
    folder.mkdir(parents=True)
    side = part.pixels
    for number in part.files:
        crops = rng.standard_normal((frames, PLANES, part.cells, part.cells)).astype("<f4")
        crops.tofile(folder / f"crops-{number}.f32")
        rng.random((frames, part.motion)).astype("<f4").tofile(folder / f"motion-{number}.f32")
        drawn = rng.integers(60, 180, (frames, 1, side * side * 3 // 2)).astype(np.uint8)
        truth = drawn.copy()
        truth[..., : side * side] += 12
        np.concatenate([drawn, truth], 1).tofile(folder / f"pairs-{number}.u8")


SMALL_PARTS = [replace(part, cells=16) for part in PARTS.values()]


@pytest.mark.parametrize("part", SMALL_PARTS, ids=PARTS)
def test_training_learns_and_the_export_answers_alike(part: Part, tmp_path: Path) -> None:
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    folders = [tmp_path / f"{k:04d}" for k in range(2)]
    for folder in folders:
        write_head(folder, part, rng)
    data, held_out = read_heads(folders[:1], part), read_heads(folders[1:], part)
    network = Repair(part, width=8)
    before, _ = train.gains(network, held_out)["PSNR"]
    train.train(part, network, data, held_out, steps=150, out=tmp_path / f"{part.name}.pt")
    assert train.gains(network, held_out)["PSNR"][1] > before + 1
    target = tmp_path / f"{part.name}.onnx"
    export.write(part, network, target)
    answer = onnxruntime.InferenceSession(str(target)).run(
        ["field"], {"crop": held_out.crops.numpy(), "motion": held_out.motion.numpy()}
    )[0]
    with torch.no_grad():
        expected = network(held_out.crops, held_out.motion).numpy()
    assert np.allclose(answer, expected, atol=1e-3)


def test_a_mirrored_mouth_is_that_of_a_mirrored_head() -> None:
    rng = torch.Generator().manual_seed(1)
    crops = torch.rand(1, PLANES, MOUTH.cells, MOUTH.cells, generator=rng)
    motion = torch.rand(1, MOUTH.motion, generator=rng)
    side = MOUTH.pixels
    i420 = torch.randint(0, 255, (1, side * side * 3 // 2), dtype=torch.uint8, generator=rng)
    batch = Pairs(crops, motion, i420, i420).chosen(torch.tensor([0]))
    mirrored = batch.mirrored(MOUTH)
    assert torch.equal(mirrored.motion[:, 4], motion[:, 5]) and torch.equal(
        mirrored.motion[:, 18], -motion[:, 18]
    )
    # The left sample of a cell becomes the right one of the cell across.
    assert torch.equal(mirrored.crop[0, 0, :, 0], crops[0, 1, :, -1])
    twice = mirrored.mirrored(MOUTH)
    assert torch.equal(twice.crop, crops) and torch.equal(twice.luma, batch.luma)
    assert not EYES.mirrored_motion
