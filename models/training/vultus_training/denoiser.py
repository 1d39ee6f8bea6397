"""The motion model: a block-causal diffusion transformer that predicts the clean block (x0).

Linear path x_t = (1 − t)·x0 + t·ε, in units of how far a channel moves in three frames (`std`). What the
network adds is relative to a base: for the lips, what the encoder reads off the voice (`voice`); for all
other channels, the last shown frame. A head turns by a tenth of its range in such a time: in units of the
range, few steps would lose that motion in the noise of the last step, and the head would freeze. A block of
2–5 frames is denoised at once: its tokens attend to each other and to the last K shown frames (with what was
heard then). Past frames are embedded once and read through each layer's keys and values, so a block costs
little more than its own frames. In training one window holds many blocks: the clean past is shared, and a
mask gives every block exactly the past it would have when streaming.

Teacher and student have this same shape; time and controls modulate every layer (adaLN-single, PixArt-α
2023).
"""

from __future__ import annotations

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .channels import CH, CONTROL_SIZE, MOUTH, SIZE
from .encoder import FEATURES, MOUTH_SCALE, AudioEncoder

CACHE = 24
MAX_BLOCK = 5
#: Channels that speech sets anew in every frame; all others continue from the last shown frame.
FREE = [
    CH[name]
    for name in (
        "jawOpen mouthClose mouthFunnel mouthPucker mouthRollLower mouthRollUpper mouthPressLeft "
        "mouthPressRight mouthLowerDownLeft mouthLowerDownRight mouthUpperUpLeft mouthUpperUpRight tongueOut"
    ).split()
]


def preconditioning(time: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Skip, scale and loss weight of a noise level (Karras et al. 2022; here for the linear path).

    clean = skip · x + (t · scale) · network(scale · x): with little noise the input passes through as it is,
    so that motion which few steps can't foresee keeps its energy.
    """
    power = (1 - time) ** 2 + time**2
    return (1 - time) / power, power.rsqrt(), (power / (time**2).clamp(min=1e-6)).clamp(1, 8)


class Layer(nn.Module):
    """Attention of the block to past and itself, then a pointwise network; both modulated."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width, elementwise_affine=False)
        self.norm2 = nn.LayerNorm(width, elementwise_affine=False)
        self.query = nn.Linear(width, width)
        self.own = nn.Linear(width, 2 * width)
        self.past = nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)
        self.shift = nn.Parameter(torch.zeros(6, width))
        # Bias by distance in frames: to the past 1 … K + block, inside the block −4 … 4.
        self.past_bias = nn.Parameter(torch.zeros(heads, CACHE + MAX_BLOCK))
        self.own_bias = nn.Parameter(torch.zeros(heads, 2 * MAX_BLOCK - 1))

    def _split(self, x: Tensor) -> Tensor:
        return x.reshape(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)

    def forward(
        self,
        x: Tensor,
        memory: Tensor,
        modulation: Tensor,
        past_at: Tensor,
        own_at: Tensor,
        past_mask: Tensor | None,
        own_mask: Tensor | None,
    ) -> Tensor:
        """`modulation` [batch, tokens, 6, width]; `*_at` index the bias tables; masks are 0 or −∞."""
        m = modulation + self.shift
        h = self.norm1(x) * (1 + m[:, :, 0]) + m[:, :, 1]
        q = self._split(self.query(h))
        own_k, own_v = (self._split(part) for part in self.own(h).chunk(2, 2))
        past_k, past_v = (self._split(part) for part in self.past(memory).chunk(2, 2))
        scale = 1 / math.sqrt(q.shape[-1])
        past = q @ past_k.transpose(2, 3) * scale + self.past_bias[:, past_at]
        own = q @ own_k.transpose(2, 3) * scale + self.own_bias[:, own_at]
        if past_mask is not None:
            past, own = past + past_mask, own + own_mask
        weights = torch.cat([past, own], 3).softmax(3)
        mixed = weights @ torch.cat([past_v, own_v], 2)
        x = x + m[:, :, 2] * self.out(mixed.transpose(1, 2).flatten(2))
        h = self.norm2(x) * (1 + m[:, :, 3]) + m[:, :, 4]
        return x + m[:, :, 5] * self.down(F.gelu(self.up(h), approximate="tanh"))


class Denoiser(nn.Module):
    """`stream` is the exported graph; `packed` trains many blocks of one window at once."""

    def __init__(self, width: int = 208, layers: int = 4, heads: int = 4) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(SIZE))
        self.register_buffer("std", torch.ones(SIZE))
        # Standard deviation of the values themselves: the scale in which the past is read.
        self.register_buffer("range", torch.ones(SIZE))
        carry = torch.ones(SIZE)
        carry[FREE] = 0
        self.register_buffer("carry", carry, persistent=False)
        self.noisy = nn.Linear(SIZE, width)
        self.heard = nn.Linear(FEATURES, width)
        self.shown = nn.Linear(2 * SIZE, width)
        self.heard_past = nn.Linear(FEATURES, width)
        self.last = nn.Linear(2 * SIZE, width)
        self.voice = nn.Linear(FEATURES, SIZE)
        self.place = nn.Parameter(torch.randn(MAX_BLOCK, width) * 0.02)
        self.time = nn.Sequential(nn.Linear(64, width), nn.SiLU(), nn.Linear(width, width))
        self.steer = nn.Sequential(nn.Linear(CONTROL_SIZE, width), nn.SiLU(), nn.Linear(width, width))
        self.steer_in = nn.Linear(CONTROL_SIZE, width)
        self.modulate = nn.Linear(width, 6 * width)
        nn.init.zeros_(self.modulate.weight)
        nn.init.zeros_(self.modulate.bias)
        self.layers = nn.ModuleList([Layer(width, heads) for _ in range(layers)])
        for layer in self.layers:
            nn.init.constant_(layer.shift[2], 0.3)
            nn.init.constant_(layer.shift[5], 0.3)
        self.norm = nn.LayerNorm(width)
        self.clean = nn.Linear(width, SIZE)
        nn.init.zeros_(self.voice.weight)
        nn.init.zeros_(self.voice.bias)
        nn.init.zeros_(self.clean.weight)
        nn.init.zeros_(self.clean.bias)
        self.register_buffer("frequencies", torch.exp(torch.linspace(0, math.log(200), 32)), persistent=False)

    @torch.no_grad()
    def adopt_voice(self, encoder: AudioEncoder) -> None:
        """The base of the lips starts as the encoder's own reading of them, and what the network adds at
        zero."""
        for row, channel in enumerate(MOUTH):
            if channel in FREE:
                scale = MOUTH_SCALE[row] / self.std[channel]
                self.voice.weight[channel] = encoder.mouth.weight[row] * scale
                self.voice.bias[channel] = (
                    encoder.mouth.bias[row] * scale - self.mean[channel] / self.std[channel]
                )
                self.clean.weight[channel] = 0
                self.clean.bias[channel] = 0

    def condition(self, time: Tensor, controls: Tensor) -> Tensor:
        """[batch, tokens], [batch, tokens, CONTROL_SIZE] → modulation [batch, tokens, 6, width]."""
        angle = time[:, :, None] * self.frequencies
        c = self.time(torch.cat([angle.sin(), angle.cos()], 2)) + self.steer(controls)
        return self.modulate(F.silu(c)).unflatten(2, (6, -1))

    def read(self, past: Tensor) -> tuple[Tensor, Tensor]:
        """Past [batch, n + 1, 58] in units of `std` → values in their range and steps [batch, n, 2·58]."""
        value = past[:, 1:] * (self.std / self.range)
        return torch.cat([value, (past[:, 1:] - past[:, :-1]).clamp(-8, 8)], 2)

    def predict(
        self,
        noisy,
        audio,
        controls,
        time,
        last,
        last_read,
        place,
        memory,
        past_at,
        own_at,
        past_mask,
        own_mask,
    ):
        """All tokens at once; `last` [batch, tokens, 58] is the frame before the token's block."""
        base = self.carry * last + (1 - self.carry) * self.voice(audio)
        relative = noisy - (1 - time[:, :, None]) * base
        skip, scale, _ = preconditioning(time[:, :, None])
        x = (
            self.noisy(relative * scale)
            + self.heard(audio)
            + self.last(last_read)
            + self.steer_in(controls)
            + place
        )
        modulation = self.condition(time, controls)
        for layer in self.layers:
            x = layer(x, memory, modulation, past_at, own_at, past_mask, own_mask)
        return base + skip * relative + time[:, :, None] * scale * self.clean(self.norm(x))

    def stream(self, noisy: Tensor, time: Tensor, audio: Tensor, cache: Tensor, controls: Tensor) -> Tensor:
        """The pack's motion graph: noisy, clean [batch, block, 58] normalised; cache in real units."""
        past = (cache - self.mean) / self.std
        block = noisy.shape[1]
        # The oldest frame has no step.
        read = self.read(torch.cat([past[:, :1], past], 1))
        memory = self.shown(read) + self.heard_past(audio[:, :CACHE])
        i = torch.arange(block, device=noisy.device)
        past_at = i[:, None] + CACHE - torch.arange(CACHE, device=noisy.device)[None] - 1
        own_at = i[:, None] - i[None] + MAX_BLOCK - 1
        return self.predict(
            noisy,
            audio[:, CACHE:],
            controls[:, None].expand(-1, block, -1),
            time[:, None].expand(-1, block),
            past[:, -1:].expand(-1, block, -1),
            read[:, -1:].expand(-1, block, -1),
            self.place[:block],
            memory,
            past_at,
            own_at,
            None,
            None,
        )

    def packed(self, noisy, time, audio, memory_motion, controls, plan: Plan) -> Tensor:
        """Window of T frames cut into blocks by `plan`.

        noisy [batch, T, 58]; time [batch, T]; audio [batch, K + T, C]; memory_motion [batch, K + T, 58]
        normalised; controls [batch, T, CONTROL_SIZE] (constant within a block).
        """
        read = self.read(torch.cat([memory_motion[:, :1], memory_motion], 1))
        memory = self.shown(read) + self.heard_past(audio)
        before = plan.start + CACHE - 1
        return self.predict(
            noisy,
            audio[:, CACHE:],
            controls,
            time,
            memory_motion[:, before],
            read[:, before],
            self.place[plan.inside],
            memory,
            plan.past_at,
            plan.own_at,
            plan.past_mask,
            plan.own_mask,
        )


class Plan:
    """How a window of `frames` is cut into blocks, with the masks that follow."""

    def __init__(self, rng: np.random.Generator, frames: int, fixed: int | None = None) -> None:
        starts, at = [], 0
        while at < frames:
            starts.append(at)
            at += fixed or int(rng.choice([2, 3, 4, 5], p=[0.4, 0.2, 0.2, 0.2]))
        self.bounds = [*starts, frames]
        index = np.searchsorted(starts, np.arange(frames), side="right") - 1
        self.block = torch.from_numpy(index)
        self.start = torch.tensor(starts)[self.block]
        frame = torch.arange(frames)
        self.inside = frame - self.start
        memory = torch.arange(frames + CACHE) - CACHE
        distance = frame[:, None] - memory[None]
        visible = (memory[None] < self.start[:, None]) & (memory[None] >= self.start[:, None] - CACHE)
        self.past_at = (distance - 1).clamp(0, CACHE + MAX_BLOCK - 1)
        self.past_mask = torch.where(visible, 0.0, float("-inf"))
        same = self.block[:, None] == self.block[None]
        self.own_at = (frame[:, None] - frame[None] + MAX_BLOCK - 1).clamp(0, 2 * MAX_BLOCK - 2)
        self.own_mask = torch.where(same, 0.0, float("-inf"))

    def hold(self, controls: Tensor) -> Tensor:
        """Controls of each block's first frame for the whole block: the runtime reads them once per block."""
        return controls[:, self.start]
