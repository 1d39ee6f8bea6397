"""Trains the repair of one part on pairs of drawn and true crops, and says what it gains on heads kept apart.

The pairs come from `heads_3d.make` and bench/ground-truth/repair/make-pairs.ts; the best state so far is
always in the file of weights.

Run: python -m vultus_training.repair.train --part mouth --heads work/heads-3d/train --out work/repair
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import avg_pool2d, relu

from .field import FLOW, FLOW_LIMIT, applied
from .network import Repair
from .pairs import Batch, Pairs, read_heads
from .parts import PARTS, Part

RATE = 2e-3
LOST_DETAIL = 2.0
"""weight of detail that the truth has and the repaired picture has not"""
CHECK_STEPS = 200
WINDOW = 8
"""pixels over which detail is compared"""


def slopes(luma: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    return luma[..., :-1, 1:] - luma[..., :-1, :-1], luma[..., 1:, :-1] - luma[..., :-1, :-1]


def detail(luma: torch.Tensor) -> torch.Tensor:
    """Mean steepness of small windows."""
    across, down = slopes(luma)
    return avg_pool2d(across.abs() + down.abs(), WINDOW)


def loss_of(network: Repair, batch: Batch) -> torch.Tensor:
    """Levels: absolute error, that of the slopes, detail that is lost, and flow that is not smooth."""
    field = network(batch.crop, batch.motion)
    luma, chroma = applied(field, batch.luma, batch.chroma)
    truth = batch.true_luma
    error = (luma - truth).abs().mean() + 0.5 * (chroma - batch.true_chroma).abs().mean()
    sloped = sum((a - b).abs().mean() for a, b in zip(slopes(luma), slopes(truth), strict=True))
    lost = relu(detail(truth) - detail(luma)).mean()
    across, down = slopes(field[:, :FLOW] / FLOW_LIMIT)
    return error + 0.5 * sloped + LOST_DETAIL * lost + 2 * (across.square() + down.square()).mean()


@torch.no_grad()
def gains(network: Repair, held_out: Pairs) -> dict[str, tuple[float, float]]:
    """Drawn and repaired: mean PSNR of the luma of the crops, dB, and their detail against the truth's."""
    errors, details = [], []
    for rows in torch.arange(len(held_out)).split(64):
        batch = held_out.chosen(rows)
        repaired, _ = applied(network(batch.crop, batch.motion), batch.luma, batch.chroma)
        both = (batch.luma, repaired)
        errors.append([(x - batch.true_luma).square().mean((1, 2, 3)) for x in both])
        true_detail = detail(batch.true_luma)
        details.append([detail(x).sum() / true_detail.sum() for x in both])
    decibels = [
        float(10 * torch.log10(255**2 / torch.cat(side)).mean()) for side in zip(*errors, strict=True)
    ]
    shares = [float(torch.stack(side).mean()) for side in zip(*details, strict=True)]
    return {"PSNR": tuple(decibels), "detail": tuple(shares)}


def train(part: Part, network: Repair, data: Pairs, held_out: Pairs, steps: int, out: Path) -> None:
    optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=0.01)
    best = -np.inf
    for step in range(1, steps + 1):
        rate = RATE * min(1, step / 50) * (0.5 + 0.5 * np.cos(np.pi * step / steps))
        optimiser.param_groups[0]["lr"] = rate
        batch = data.chosen(torch.randint(len(data), (8,))).recoloured()
        if part.mirrored_motion and step % 2:
            batch = batch.mirrored(part)
        loss = loss_of(network, batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % CHECK_STEPS == 0 or step == steps:
            measured = gains(network, held_out)
            if measured["PSNR"][1] > best:
                best = measured["PSNR"][1]
                torch.save(network.state_dict(), out)
            text = ", ".join(f"{name} {a:.3f} → {b:.3f}" for name, (a, b) in measured.items())
            print(f"{part.name} {step} of {steps}: loss {loss.item():.3f}, {text}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", choices=PARTS, required=True)
    parser.add_argument("--heads", type=Path, required=True, help="folder of heads with pairs")
    parser.add_argument("--held-out", type=int, default=24, help="the last heads, which are only measured")
    parser.add_argument("--steps", type=int, default=20000, help="about 13 a second on one core")
    parser.add_argument("--width", type=int, default=16)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--out", type=Path, required=True, help="folder of the weights")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    part = PARTS[arguments.part]
    folders = sorted(path.parent for path in arguments.heads.glob(f"*/pairs-{part.files[-1]}.u8"))
    training, held_out = folders[: -arguments.held_out], folders[-arguments.held_out :]
    network = Repair(part, arguments.width)
    arguments.out.mkdir(parents=True, exist_ok=True)
    weights = arguments.out / f"{part.name}.pt"
    if arguments.resume:
        network.load_state_dict(torch.load(weights))
    count = sum(p.numel() for p in network.parameters())
    print(f"{part.name}: {count} parameters, {len(training)} heads, {len(held_out)} kept apart", flush=True)
    data, checks = read_heads(training, part), read_heads(held_out, part)
    train(part, network, data, checks, arguments.steps, weights)


if __name__ == "__main__":
    main()
