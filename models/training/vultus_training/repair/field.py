"""What the network answers with, and how it changes a picture.

A field on a coarse grid: where each pixel should have been taken from, and a tone curve, piecewise linear
in luma. Both are smooth over many pixels, so that nothing is blurred: a tooth or an iris can be moved,
brightened or shaded, but not painted over. (Curves per place are those of a bilateral grid: Chen, Paris and
Durand 2007.)
"""

from __future__ import annotations

import torch
from torch.nn.functional import grid_sample, interpolate

KNOTS = (16.0, 89.0, 162.0, 235.0)
"""luma levels at which a tone curve is given"""
FLOW = 2
CHANNELS = FLOW + 3 * len(KNOTS)
"""flow x, y (shares of the crop); what is added to Y, U, V at each knot (levels)"""
FLOW_LIMIT, LUMA_LIMIT, CHROMA_LIMIT = 0.04, 24.0, 10.0
"""no correction is larger"""


def limits() -> torch.Tensor:
    knots = len(KNOTS)
    values = [FLOW_LIMIT] * FLOW + [LUMA_LIMIT] * knots + [CHROMA_LIMIT] * 2 * knots
    return torch.tensor(values)[:, None, None]


def applied(
    field: torch.Tensor, luma: torch.Tensor, chroma: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """`field` [n, 14, g, g], `luma` [n, 1, s, s], `chroma` [n, 2, s/2, s/2] in levels → both, repaired."""
    half = chroma.shape[-1]
    fine, coarse = upsampled(field, 2 * half), upsampled(field, half)
    luma, chroma = moved(luma, fine[:, :FLOW]), moved(chroma, coarse[:, :FLOW])
    knots = len(KNOTS)
    tones = fine[:, FLOW : FLOW + knots]
    changed = luma + (hats(luma) * tones).sum(1, keepdim=True)
    weights = hats(interpolate(luma, half, mode="area"))
    shifts = [coarse[:, FLOW + k * knots : FLOW + (k + 1) * knots] for k in (1, 2)]
    return changed, chroma + torch.stack([(weights * shift).sum(1) for shift in shifts], 1)


def upsampled(field: torch.Tensor, size: int) -> torch.Tensor:
    return interpolate(field, size, mode="bilinear", align_corners=False)


def moved(planes: torch.Tensor, flow: torch.Tensor) -> torch.Tensor:
    size = planes.shape[-1]
    ramp = (torch.arange(size, device=planes.device) + 0.5) * (2 / size) - 1
    base = torch.stack([ramp.expand(size, size), ramp[:, None].expand(size, size)], -1)
    place = base + 2 * flow.permute(0, 2, 3, 1)
    return grid_sample(planes, place, mode="bilinear", padding_mode="border", align_corners=False)


def hats(luma: torch.Tensor) -> torch.Tensor:
    """Share of each knot at these levels: [n, 1, …] → [n, 4, …]."""
    step = KNOTS[1] - KNOTS[0]
    place = ((luma - KNOTS[0]) / step).clamp(0, len(KNOTS) - 1)
    knots = torch.arange(len(KNOTS), device=luma.device).view(1, -1, 1, 1)
    return (1 - (place - knots).abs()).clamp(min=0)
