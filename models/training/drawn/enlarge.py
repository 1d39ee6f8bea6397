"""Enlarges drawings with their lines kept: a network that doubles luma, learnt from drawn characters.

`python -m drawn.enlarge --out DIR --minutes 40 [--resume]`, then `--export` writes `drawn-enlarge.onnx` for the pack."""

from __future__ import annotations

import argparse
import copy
import io
import math
import time
from pathlib import Path

import numpy as np
import onnx
import torch
from PIL import Image, ImageFilter
from torch import nn
from torch.nn import functional as F

from . import character as characters
from .canvas import Canvas
from .export import OPSET, halve
from .ground import ground
from .looks import STYLES, look_of
from .pool import TRAINING_SEEDS

SIDE = 512
"""pixels of a whole character, which is seen larger than those that the finder learns from"""
CUT = 128
WIDTH, BLOCKS = 24, 4
EDGE = 8
"""pixels of a cut's rim that are not asked for: what is beyond them is not seen"""
KINDS = (Image.Resampling.BOX, Image.Resampling.HAMMING, Image.Resampling.BILINEAR, Image.Resampling.BICUBIC,
    Image.Resampling.LANCZOS)  # fmt: skip


class Enlarger(nn.Module):
    """Luma `[n, 1, h, w]`, 0..1 → `[n, 1, 2h, 2w]`: what is missed by cubic interpolation (Shi et al., 2016)."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(1, WIDTH, 3, 1, 1)
        self.blocks = nn.ModuleList(nn.Conv2d(WIDTH, WIDTH, 3, 1, 1) for _ in range(BLOCKS))
        self.last = nn.Conv2d(WIDTH, 4, 3, 1, 1)
        nn.init.zeros_(self.last.weight)

    def forward(self, luma):
        x = F.relu(self.first(luma - 0.5))
        for a, b in zip(self.blocks[::2], self.blocks[1::2], strict=True):
            x = F.relu(x + b(F.relu(a(x))))
        smooth = F.interpolate(luma, scale_factor=2.0, mode="bicubic", align_corners=False)
        return smooth + F.pixel_shuffle(self.last(x), 2)


def luma_of(seed: int) -> np.ndarray:
    """A character without what becomes of it in files, `[SIDE, SIDE]` uint8."""
    rng = np.random.default_rng([seed, 21])
    look = look_of(STYLES[rng.integers(len(STYLES))], rng)
    canvas = Canvas(SIDE, rng)
    ground(canvas, rng, look.grey)
    characters._head(canvas, look, rng)
    return np.asarray(Image.fromarray(canvas.pixels()[..., :3]).convert("L"))


def pair(luma: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A cut at half size, as files have it, and the cut."""
    x, y = rng.integers(0, SIDE - CUT, 2)
    cut = luma[y : y + CUT, x : x + CUT]
    image = Image.fromarray(cut)
    if rng.uniform() < 0.4:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 0.9)))
    image = image.resize((CUT // 2, CUT // 2), KINDS[rng.integers(len(KINDS))])
    if rng.uniform() < 0.3:
        kept = io.BytesIO()
        image.save(kept, "JPEG", quality=int(rng.uniform(70, 96)))
        image = Image.open(kept)
    return np.asarray(image), cut


def made_pairs(count: int, first: int, rng: np.random.Generator):
    """`[n, 64, 64]` and `[n, 128, 128]` uint8; cuts in which nothing is are left out."""
    small, large = [], []
    seed = first
    while len(small) < count:
        luma = luma_of(seed)
        seed += 1
        for _ in range(24):
            a, b = pair(luma, rng)
            if b.std() > 8:
                small.append(a)
                large.append(b)
    return np.stack(small[:count]), np.stack(large[:count])


def turned(a: torch.Tensor, b: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mirrored, turned by quarters, inverted, in other contrast."""
    k, flip = int(torch.randint(4, ())), bool(torch.rand(()) < 0.5)
    a, b = (torch.rot90(t.flip(-1) if flip else t, k, (-2, -1)) for t in (a, b))
    gain = (0.5 + 0.6 * torch.rand(len(a), 1, 1, 1)) * torch.where(torch.rand(len(a), 1, 1, 1) < 0.2, -1.0, 1.0)
    return (a - 0.5) * gain + 0.5, (b - 0.5) * gain + 0.5


def loss_of(said: torch.Tensor, true: torch.Tensor) -> torch.Tensor:
    """Mean error of values, and of their slopes, so that lines are as sharp as they were drawn."""
    said, true = (t[..., EDGE:-EDGE, EDGE:-EDGE] for t in (said, true))
    off = said - true
    return off.abs().mean() + off.diff(dim=-1).abs().mean() + off.diff(dim=-2).abs().mean()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pairs", type=int, default=14_000)
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--export", type=Path, help="only writes the graph of an earlier run to this folder")
    options = parser.parse_args()
    torch.set_num_threads(1)
    network = Enlarger()
    file = options.out / "enlarge.pt"
    if options.resume or options.export:
        network.load_state_dict(torch.load(file))
    if options.export:
        export(network, options.export / "drawn-enlarge.onnx")
        return
    options.out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(1)
    kept = options.out / "enlarge-pairs.npz"
    if not kept.exists():
        small, large = made_pairs(options.pairs, TRAINING_SEEDS, rng)
        np.savez(kept, small=small, large=large)
    small, large = (torch.from_numpy(np.load(kept)[name]) for name in ("small", "large"))
    mean = copy.deepcopy(network)
    optimiser = torch.optim.Adam(network.parameters(), lr=options.rate)
    began = saved = time.time()
    total, step = 0.0, 0
    while (share := (time.time() - began) / (60 * options.minutes)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = options.rate * min(1, (step + 1) / 100) * max(0.01, 0.5 * (1 + math.cos(math.pi * share)))
        picked = torch.from_numpy(rng.integers(len(small), size=options.batch))
        a, b = turned(*(t[picked, None].float() / 255 for t in (small, large)))
        with torch.autocast("cpu", torch.bfloat16):
            said = network(a)
        loss = loss_of(said.float(), b)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        step += 1
        keep = min(0.998, (1 + step) / (20 + step))
        with torch.no_grad():
            for p, q in zip(mean.parameters(), network.parameters(), strict=True):
                p.lerp_(q, 1 - keep)
        total += float(loss)
        if step % 100 == 0:
            print(f"{step} {time.time() - began:.0f}s {total / 100:.4f}", flush=True)
            total = 0
        if time.time() - saved > 60 or share >= 1:
            saved = time.time()
            torch.save(mean.state_dict(), file)
    torch.save(mean.state_dict(), file)


def export(network: Enlarger, file: Path) -> None:
    sides = {"luma": {2: "height", 3: "width"}, "doubled": {2: "height2", 3: "width2"}}
    torch.onnx.export(network.eval(), torch.zeros(1, 1, 64, 64), str(file), input_names=["luma"],
        output_names=["doubled"], dynamic_axes=sides, opset_version=OPSET, dynamo=False)  # fmt: skip
    model = onnx.load(file)
    halve(model)
    onnx.checker.check_model(model)
    onnx.save(model, file)
    print(file.name, file.stat().st_size)


if __name__ == "__main__":
    main()
