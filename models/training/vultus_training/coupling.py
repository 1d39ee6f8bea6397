"""Which noise belongs to which motion.

What a face does of itself, a blink, a glance, a turn of the head, starts at no sign from outside: the
noise alone decides. Left to itself a small network learns that decision last, and few steps blur it: lids
freeze and heads hardly move. So training pairs noise and data as optimal transport would (Tong et al.,
"Minibatch optimal transport", 2023), and the noise as a whole stays standard normal.
"""

from __future__ import annotations

import numpy as np
import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from .channels import CH, SIZE, pair
from .denoiser import CACHE, Plan

LIDS = pair("eyeBlink")
GAZE = [CH[f"eyeLook{way}{side}"] for way in ("Up", "Down", "In", "Out") for side in ("Left", "Right")]
HEAD = list(range(CH["headYaw"], SIZE))


def couple_blinks(noise: Tensor, motion: Tensor, controls: Tensor, plan: Plan) -> Tensor:
    """Noise [b, T, 58] → the same with its lid part coupled to `motion` [b, K + T, 58] (real units).

    The noise of the lids in a block, summed to one normal number, lies above the quantile of the blink rate
    where the data blinks, and below it elsewhere. The chance of a blink in a block follows from the rate
    asked for in `controls` [b, T, CONTROL_SIZE].
    """
    out = noise.clone()
    lid = motion[:, :, CH["eyeBlinkLeft"]]
    normal = torch.distributions.Normal(0.0, 1.0)
    for start, end in zip(plan.bounds[:-1], plan.bounds[1:], strict=True):
        before, earlier = lid[:, start + CACHE - 1], lid[:, start + CACHE - 2]
        rise = lid[:, start + CACHE : end + CACHE].amax(1) - before
        onset = (rise > 0.05) & (before < 0.3) & (before - earlier < 0.03)
        rate = controls[:, start, 13] * 20 / 60
        mean = (1 / rate.clamp(min=1e-3) - 0.5).clamp(min=0.15)
        chance = (1 - torch.exp(-(end - start) / 25 / mean)).clamp(1e-4, 0.6)
        # Uniform above 1 − chance where a blink starts, below elsewhere.
        u = torch.rand(len(noise))
        u = torch.where(onset, 1 - chance * u, (1 - chance) * u)
        wanted = normal.icdf(u.clamp(1e-6, 1 - 1e-6))
        part = out[:, start:end, LIDS]
        count = part[0].numel()
        shift = (wanted - part.sum((1, 2)) / count**0.5) / count**0.5
        out[:, start:end, LIDS] = part + shift[:, None, None]
    return out


def couple_moves(noise: Tensor, past: Tensor, plan: Plan) -> Tensor:
    """Noise [b, T, 58] → the same with its gaze and head parts dealt anew among the blocks of the batch,
    each to the block whose motion away from its last shown frame it resembles; `past` [b, K + T, 58]
    normalised."""
    out = noise.clone()
    lengths: dict[int, list[int]] = {}
    for start, end in zip(plan.bounds[:-1], plan.bounds[1:], strict=True):
        lengths.setdefault(end - start, []).append(start)
    for channels in (GAZE, HEAD):
        for length, starts in lengths.items():
            at = torch.tensor(starts)[:, None] + torch.arange(length)
            moved = past[:, at + CACHE][..., channels] - past[:, at[:, :1] + CACHE - 1][..., channels]
            own = noise[:, at][..., channels]
            likeness = moved.flatten(2).flatten(0, 1).clamp(-4, 4) @ own.flatten(2).flatten(0, 1).T
            _, given = linear_sum_assignment(likeness.float().numpy(), maximize=True)
            dealt = own.flatten(0, 1)[torch.from_numpy(np.asarray(given))].reshape(own.shape)
            for k, channel in enumerate(channels):
                out[:, at, channel] = dealt[..., k]
    return out
