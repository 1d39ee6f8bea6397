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
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .channels import CH, CONTROL_SIZE, MOUTH, SIZE
from .encoder import FEATURES, MOUTH_SCALE, AudioEncoder

CACHE = 24
MAX_BLOCK = 5
WIDTH, LAYERS, HEADS = 208, 4, 4
#: What is kept of a past frame: keys and values of every layer.
MEMORY = LAYERS * 2 * WIDTH
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

    def __init__(self, width: int = WIDTH, heads: int = HEADS) -> None:
        super().__init__()
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

    def forward(
        self, x: Tensor, past: tuple[Tensor, Tensor], modulation: tuple[Tensor, ...], bias: Tensor
    ) -> Tensor:
        """x [batch·tokens, WIDTH]; past: its keys and values [batch, HEADS, frames, WIDTH / HEADS]; modulation
        6 × [batch·tokens, WIDTH], where a scale is 1 more than what was learnt."""
        scale1, shift1, gate1, scale2, shift2, gate2 = modulation
        h = self.norm1(x) * scale1 + shift1
        weight = torch.cat([self.query.weight, self.own.weight])
        qkv = F.linear(h, weight, torch.cat([self.query.bias, self.own.bias]))
        q, k, v = split_heads(qkv, len(past[0]))
        weights = q @ torch.cat([past[0], k], 2).transpose(2, 3) / math.sqrt(q.shape[-1]) + bias
        mixed = weights.softmax(3) @ torch.cat([past[1], v], 2)
        x = x + gate1 * self.out(mixed.transpose(1, 2).reshape(-1, WIDTH))
        h = self.norm2(x) * scale2 + shift2
        return x + gate2 * self.down(F.gelu(self.up(h), approximate="tanh"))


def split_heads(x: Tensor, batch: int) -> tuple[Tensor, ...]:
    """[batch·n or batch, n, parts·WIDTH] → parts × [batch, HEADS, n, WIDTH / HEADS]."""
    heads = x.shape[-1] // (WIDTH // HEADS)
    return x.reshape(batch, -1, heads, WIDTH // HEADS).transpose(1, 2).split(HEADS, 1)


@dataclass
class Given:
    """What all steps of the sampler share for the tokens of a block, or of many."""

    base: Tensor
    """what the network's answer is relative to [batch, tokens, 58]"""
    token: Tensor
    """[batch·tokens, WIDTH]"""
    steer: Tensor
    """[batch, tokens or 1, WIDTH]"""
    past: list[tuple[Tensor, Tensor]]
    """of each layer, keys and values [batch, HEADS, frames, WIDTH / HEADS]"""
    bias: list[Tensor]
    """of each layer, by distance [HEADS, tokens, frames + tokens]"""


class Denoiser(nn.Module):
    """`stream` is the exported graph; `packed` trains many blocks of one window at once."""

    def __init__(self, width: int = WIDTH) -> None:
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
        self.layers = nn.ModuleList([Layer() for _ in range(LAYERS)])
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

    def shifts(self) -> Tensor:
        """Of all layers [LAYERS·6·WIDTH], with 1 added where a scale is."""
        unit = torch.tensor([1.0, 0, 0, 1, 0, 0])[:, None]
        return (torch.stack([layer.shift for layer in self.layers]) + unit).flatten()

    def modulation(self, time: Tensor, given: Given) -> tuple[Tensor, ...]:
        """`time` [batch or 1, tokens or 1] → LAYERS · 6 × [batch·tokens, WIDTH]."""
        angle = time[:, :, None] * self.frequencies
        c = self.time(torch.cat([angle.sin(), angle.cos()], 2)) + given.steer
        batch, tokens, _ = given.base.shape
        m = self.modulate(F.silu(c)).repeat(1, 1, LAYERS) + self.shifts()
        return m.expand(batch, tokens, -1).flatten(0, 1).split(WIDTH, 1)

    def read(self, past: Tensor) -> tuple[Tensor, Tensor]:
        """Past [batch, n + 1, 58] in units of `std` → values in their range and steps [batch, n, 2·58]."""
        value = past[:, 1:] * (self.std / self.range)
        return torch.cat([value, (past[:, 1:] - past[:, :-1]).clamp(-8, 8)], 2)

    def remember(self, past: Tensor, audio: Tensor) -> Tensor:
        """Past [batch, n + 1, 58] in units of `std`, what was heard in its last n frames → what is kept of these
        [batch, n, MEMORY]: it is the same for every block that looks back on them."""
        memory = self.shown(self.read(past)) + self.heard_past(audio)
        return torch.cat([layer.past(memory) for layer in self.layers], 2)

    def recall(self, kept: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Keys and values for each layer."""
        parts = split_heads(kept, len(kept))
        return list(zip(parts[::2], parts[1::2], strict=True))

    def given(self, audio, controls, last, last_read, place, past, bias) -> Given:
        """`last` [batch, tokens, 58] is the frame before the token's block, `last_read` how it is read. What is
        alike for all tokens may have one in their place."""
        token = self.heard(audio) + (self.last(last_read) + self.steer_in(controls)) + place
        base = self.carry * last + (1 - self.carry) * self.voice(audio)
        return Given(base, token.flatten(0, 1), self.steer(controls), past, bias)

    def predict(self, noisy: Tensor, time: Tensor, given: Given) -> Tensor:
        """One step for all tokens: noisy, clean [batch, tokens, 58] normalised; time as in `modulation`."""
        level = time[:, :, None]
        relative = noisy - (1 - level) * given.base
        skip, scale, _ = preconditioning(level)
        x = self.noisy((relative * scale).flatten(0, 1)) + given.token
        modulation = self.modulation(time, given)
        for k, layer in enumerate(self.layers):
            x = layer(x, given.past[k], modulation[6 * k : 6 * k + 6], given.bias[k])
        answer = self.clean(self.norm(x)).view_as(relative)
        return given.base + skip * relative + level * scale * answer

    def bias_table(self) -> Tensor:
        """What distance adds to attention, of all layers and heads [distances, LAYERS·HEADS]: to the past, then
        inside of a block."""
        tables = [torch.cat([layer.past_bias, layer.own_bias], 1) for layer in self.layers]
        return torch.cat(tables).t()

    def biases(self, past_at: Tensor, own_at: Tensor) -> list[Tensor]:
        """Of each layer [HEADS, tokens, past + own]; `*_at` index the tables of a layer."""
        at = torch.cat([past_at, own_at + CACHE + MAX_BLOCK], 1)
        found = F.embedding(at, self.bias_table())
        return list(found.permute(2, 0, 1).split(HEADS))

    def block_biases(self, block: int) -> list[Tensor]:
        """For a block behind `CACHE` frames."""
        i = torch.arange(block, device=self.mean.device)
        past_at = i[:, None] + torch.arange(CACHE - 1, -1, -1, device=i.device)
        return self.biases(past_at, i[:, None] - i[None] + MAX_BLOCK - 1)

    def stream(self, noisy: Tensor, time: Tensor, audio: Tensor, cache: Tensor, controls: Tensor) -> Tensor:
        """One step for a block: noisy, clean [batch, block, 58] normalised; audio [batch, CACHE + block, C]; cache
        [batch, CACHE, 58] in real units."""
        past = (cache - self.mean) / self.std
        # The oldest frame has no step.
        past = torch.cat([past[:, :1], past], 1)
        given = self.given(
            audio[:, CACHE:],
            controls[:, None],
            past[:, -1:],
            self.read(past[:, -2:]),
            self.place[: noisy.shape[1]],
            self.recall(self.remember(past, audio[:, :CACHE])),
            self.block_biases(noisy.shape[1]),
        )
        return self.predict(noisy, time[:, None], given)

    def packed(self, noisy, time, audio, memory_motion, controls, plan: Plan) -> Tensor:
        """Window of T frames cut into blocks by `plan`.

        noisy [batch, T, 58]; time [batch, T]; audio [batch, K + T, C]; memory_motion [batch, K + T, 58]
        normalised; controls [batch, T, CONTROL_SIZE] (constant within a block).
        """
        past = torch.cat([memory_motion[:, :1], memory_motion], 1)
        mask = torch.cat([plan.past_mask, plan.own_mask], 1)
        before = plan.start + CACHE - 1
        given = self.given(
            audio[:, CACHE:],
            controls,
            memory_motion[:, before],
            self.read(past)[:, before],
            self.place[plan.inside],
            self.recall(self.remember(past, audio)),
            [bias + mask for bias in self.biases(plan.past_at, plan.own_at)],
        )
        return self.predict(noisy, time, given)


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
