"""Trains one of the two networks: `python -m drawn.train points --pool DIR --out DIR --minutes 45 --bf16 [--resume]`."""

from __future__ import annotations

import argparse
import copy
import math
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from . import points as P
from .cuts import PARTS as CUTS
from .cuts import Cuts, values_of
from .network import CELL, DETECTOR_SIDE, POINTS_CELL, POINTS_SIDE, Detector, PointFinder

FACE_EYES = 0.25
"""lower bound of the eyes' distance that errors are measured by, in cuts; eyes seen from the side are near each other"""


def relit(pictures: torch.Tensor) -> torch.Tensor:
    """`[n, 128, 128, 3]` uint8 → `[n, 3, 128, 128]` 0..1: in other light, other colours, or grey."""
    n = len(pictures)
    mix = torch.eye(3).repeat(n, 1, 1)
    chance = torch.rand(n)
    swapped = (chance >= 0.15) & (chance < 0.4)
    mix[swapped] = (
        torch.eye(3)[torch.stack([torch.randperm(3) for _ in range(int(swapped.sum()))])]
        if swapped.any()
        else mix[swapped]
    )
    mix[chance < 0.15] = 1 / 3
    gain = torch.where(
        torch.rand(n, 1) < 0.5, 0.75 + 0.45 * torch.rand(n, 3), 0.7 + 0.5 * torch.rand(n, 1).expand(n, 3)
    )
    mix = mix * gain[:, :, None]
    shift = 0.24 * torch.rand(n, 1) - 0.12 + 0.5 - 0.5 * mix.sum(-1)
    lit = torch.baddbmm(shift[:, None], pictures.flatten(1, 2).float() / 255, mix.transpose(1, 2)).clamp(0, 1)
    return lit.unflatten(1, pictures.shape[1:3]).permute(0, 3, 1, 2)


def detector_loss(network, pictures, labels):
    cells = DETECTOR_SIDE // CELL
    target = labels.view(-1, 7, cells, cells)
    answer = network(pictures).float()
    inside, heat = target[:, 0], target[:, 1]
    odds = answer[:, 0]
    p = odds.sigmoid()
    focal = (heat - p).abs() ** 2 * F.binary_cross_entropy_with_logits(odds, heat, reduction="none")
    focal = focal * (1 + 8 * heat)
    off = (answer[:, 1:] - target[:, 2:]).abs() * torch.tensor([1, 1, 2, 1, 1.0])[:, None, None]
    count = inside.sum().clamp(min=1)
    place = (off.sum(1) * inside).sum() / count
    return focal.sum() / count + 0.3 * place, {"heat": focal.sum() / count, "place": place}


def points_loss(network, pictures, labels):
    points, whole = labels[:, : 2 * P.COUNT].view(-1, P.COUNT, 2), labels[:, 2 * P.COUNT :]
    maps, said = network.maps(pictures)
    answer, heat = network.read(maps)
    said = said.float()
    is_face = whole[:, 2]
    right = 0.5 * (points[:, P.OUTER] + points[:, P.INNER])
    left = 0.5 * (points[:, P.LEFT_EYE] + points[:, P.LEFT_EYE + 1])
    unit = (left - right).norm(dim=-1).clamp(min=FACE_EYES * POINTS_SIDE)
    inside = ((points > 0) & (points < POINTS_SIDE)).all(-1).float() * is_face[:, None]
    off = (answer[..., :2] - points).norm(dim=-1) / unit[:, None]
    count = inside.sum().clamp(min=1)
    doubt = answer[..., 2].clamp(-6, 2)
    unsure = ((off.detach() * torch.exp(-doubt) + doubt) * inside).sum() / count
    robust = ((0.02 + off.detach()) ** -0.5).clamp(max=5)
    near = (off * robust * inside).sum() / count
    side = POINTS_SIDE // POINTS_CELL
    at = (points / POINTS_CELL - 0.5).clamp(0, side - 1)
    ax = torch.exp(-0.5 * (torch.arange(side) - at[..., :1]) ** 2)
    ay = torch.exp(-0.5 * (torch.arange(side) - at[..., 1:]) ** 2)
    blot = (ay[..., :, None] * ax[..., None, :]).flatten(2)
    blot = blot / blot.sum(-1, keepdim=True)
    spread = (-(blot * heat.log_softmax(-1)).sum(-1) * inside).sum() / count
    pose = ((said[:, :2] - whole[:, :2]).abs().sum(-1) * is_face).sum() / is_face.sum().clamp(min=1)
    flags = F.binary_cross_entropy_with_logits(said[:, 3:], whole[:, 3:], reduction="none").sum(-1)
    flags = (flags * is_face).sum() / is_face.sum().clamp(min=1)
    face = F.binary_cross_entropy_with_logits(said[:, 2], is_face)
    loss = 4 * near + 0.1 * spread + 0.05 * unsure + 0.3 * pose + 0.1 * flags + 0.2 * face
    return loss, {"off": (off * inside).sum() / count, "spread": spread, "pose": pose, "flags": flags, "face": face}


PARTS = {"detector": (Detector, detector_loss), "points": (PointFinder, points_loss)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--pool", type=Path, required=True)
    parser.add_argument("--count", type=int, default=6000)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=45)
    parser.add_argument("--rate", type=float, default=2.5e-3)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--bf16", action="store_true")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--way", type=float, default=1.0, help="so much of the way from where it resumes is gone")
    options = parser.parse_args()
    torch.set_num_threads(1)
    make, loss_of = PARTS[options.part]
    network = make().to(memory_format=torch.channels_last)
    file = options.out / f"{options.part}.pt"
    if options.resume:
        network.load_state_dict(torch.load(file)["mean"])
    mean, began_with = copy.deepcopy(network), copy.deepcopy(network.state_dict())
    optimiser = torch.optim.AdamW(network.parameters(), lr=options.rate, weight_decay=1e-2, betas=(0.9, 0.98))
    cuts = Cuts(options.pool, options.part, CUTS[options.part][1] * options.count, values_of(options.part))
    rng = np.random.default_rng()
    began = saved = time.time()
    sums: dict[str, float] = {}
    step = 0
    while (share := (time.time() - began) / (60 * options.minutes)) < 1:
        rate = options.rate * min(1, (step + 1) / 100) * max(0.01, 0.5 * (1 + math.cos(math.pi * share)))
        for group in optimiser.param_groups:
            group["lr"] = rate
        indices = np.sort(rng.integers(cuts.ready[0], size=options.batch))
        pictures, labels = (torch.from_numpy(part[indices]) for part in (cuts.pictures, cuts.labels))
        with torch.autocast("cpu", torch.bfloat16, enabled=options.bf16):
            loss, parts = loss_of(network, relit(pictures), labels)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimiser.step()
        step += 1
        keep = min(0.998, (1 + step) / (20 + step))
        with torch.no_grad():
            for a, b in zip(mean.state_dict().values(), network.state_dict().values(), strict=True):
                if a.dtype.is_floating_point:
                    a.lerp_(b, 1 - keep)
                else:
                    a.copy_(b)
        for name, value in parts.items():
            sums[name] = sums.get(name, 0) + float(value)
        if step % 50 == 0:
            said = " ".join(f"{name} {value / 50:.4f}" for name, value in sums.items())
            print(f"{step} {time.time() - began:.0f}s {time.process_time():.0f}s {cuts.ready[0]} {said}", flush=True)
            sums = {}
        if time.time() - saved > 120:
            saved = time.time()
            torch.save({"mean": mean.state_dict(), "step": step}, file)
    # What a few more characters teach is not to cost what was learnt of all others (Wortsman et al. 2022).
    last = mean.state_dict()
    for name, value in last.items():
        if value.dtype.is_floating_point:
            last[name] = began_with[name].lerp(value, options.way)
    torch.save({"mean": last, "step": step}, file)


if __name__ == "__main__":
    main()
