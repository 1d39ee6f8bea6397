"""The streaming audio encoder: PCM window → one feature vector per motion frame.

Log-mel at 10 ms (a DFT by matrix product, so that everything is inside the graph), measured against the
loudest tenth of a second of the last two seconds, so that gain changes nothing; four mel frames become one
token, then residual convolutions, causal but for two frames of lookahead.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .channels import FRAME_SAMPLES, MOUTH, NAMES
from .phones import CLASSES

HOP, WINDOW, MELS = 160, 400, 64
#: The level is the loudest stretch of so many hops, in the last so many.
SMOOTH_HOPS, LEVEL_HOPS = 10, 200
#: Before a hop, what its level is made from.
LEVEL_REACH_HOPS = SMOOTH_HOPS - 1 + LEVEL_HOPS - 1
LOOKAHEAD = 2
#: Reach of both stem convolutions together.
STEM_HOPS = 4
WIDTH, BLOCKS = 288, 5
#: Streamed, what lies at least LOOKAHEAD frames back is heard once and kept: what goes into each block.
MEMORY = BLOCKS * WIDTH
#: Of how many frames it is needed: the last block reaches 8 frames back, the LOOKAHEAD newest are heard anew.
MEMORY_FRAMES = 8 - LOOKAHEAD
#: Samples before a block that streaming needs.
LEFT_SAMPLES = (LEVEL_REACH_HOPS + STEM_HOPS) * HOP + LOOKAHEAD * FRAME_SAMPLES
FEATURES = 96
EMOTION_HEADS = 3  # happy, sad, angry
#: What the mouth head calls 1, by channel of `MOUTH`: how far each moves in speech.
_SCALE = {"jawOpen": 0.12, "mouthPucker": 0.10, "mouthFunnel": 0.06, "mouthClose": 0.03, "tongueOut": 0.08}
MOUTH_SCALE = torch.tensor([_SCALE.get(NAMES[channel], 0.06) for channel in MOUTH])
#: In which the head `take_jaw` tells the human jaw.
JAW_SCALE = 0.13
_FLOOR = 1e-6  # −60 dBFS: quieter windows are not raised further


def mel_matrix() -> np.ndarray:
    """Triangular mel filters [201, MELS], 60–7600 Hz, unit area."""

    def mel(hz: np.ndarray | float) -> np.ndarray:
        return 2595 * np.log10(1 + np.asarray(hz) / 700)

    edges = 700 * (10 ** (np.linspace(mel(60), mel(7600), MELS + 2) / 2595) - 1)
    bins = np.fft.rfftfreq(WINDOW, 1 / 16000)
    rise = (bins[:, None] - edges[None, :-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[None, 2:] - bins[:, None]) / (edges[2:] - edges[1:-1])
    weights = np.clip(np.minimum(rise, fall), 0, None)
    return (weights / np.maximum(weights.sum(0), 1e-6)).astype(np.float32)


class FrontEnd(nn.Module):
    """PCM [batch, samples] → [batch, hops, MELS + 2]; hop j ends at sample 160(j + 1)."""

    def __init__(self) -> None:
        super().__init__()
        n = np.arange(WINDOW)
        window = np.hanning(WINDOW)
        angle = 2 * np.pi * np.outer(n, np.arange(WINDOW // 2 + 1)) / WINDOW
        dft = np.concatenate([np.cos(angle), -np.sin(angle)], 1) * window[:, None]
        self.register_buffer("dft", torch.tensor(dft.T[:, None], dtype=torch.float32), persistent=False)
        self.register_buffer("mel", torch.tensor(mel_matrix() / WINDOW), persistent=False)
        self.register_buffer("window", torch.tensor(window, dtype=torch.float32), persistent=False)

    def level(self, pcm: Tensor) -> tuple[Tensor, Tensor]:
        """Mean power of each hop, and the loudest 100 ms of the last two seconds [batch, 1, hops]."""
        power = F.avg_pool1d((pcm * pcm).unsqueeze(1), HOP, HOP)
        smooth = F.avg_pool1d(F.pad(power, (SMOOTH_HOPS - 1, 0)), SMOOTH_HOPS, 1)
        peak = F.max_pool1d(F.pad(smooth, (LEVEL_HOPS - 1, 0)), LEVEL_HOPS, 1)
        return power, peak.clamp(min=_FLOOR)

    def features(self, mel: Tensor, power: Tensor, peak: Tensor) -> Tensor:
        """Mel power [batch, hops, MELS] against the level."""
        peak = peak.transpose(1, 2)
        power = power.transpose(1, 2)
        tone = torch.log(mel / peak + 1e-5) * 0.35 + 1.6
        loud = torch.log(power / peak + 1e-4) * 0.35 + 1.0
        return torch.cat([tone, loud, torch.log(peak) * 0.2 + 1.2], 2)

    def forward(self, pcm: Tensor) -> Tensor:
        """Whole clips (training): the FFT is faster than the matrix product there."""
        power, peak = self.level(pcm)
        frames = F.pad(pcm, (WINDOW - HOP, 0)).unfold(1, WINDOW, HOP)
        spectrum = torch.fft.rfft(frames * self.window)
        mel = (spectrum.real**2 + spectrum.imag**2) @ self.mel
        return self.features(mel, power, peak)


class Block(nn.Module):
    """Convolution (kernel 3 with its own left and right reach), then a pointwise layer, residual."""

    def __init__(self, width: int, dilation: int, right: int) -> None:
        super().__init__()
        self.pad = (2 * dilation - right, right)
        self.norm = nn.LayerNorm(width)
        self.conv = nn.Conv1d(width, width, 3, dilation=dilation)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        y = F.pad(self.norm(x).transpose(1, 2), self.pad)
        return x + self.out(F.gelu(self.conv(y)).transpose(1, 2))

    def whole(self, x: Tensor) -> Tensor:
        """The frames whose reach is whole: fewer by `pad` at both ends."""
        left, right = self.pad
        y = F.gelu(as_product(self.conv, self.norm(x)))
        return x[:, left : x.shape[1] - right] + self.out(y)


def as_product(conv: nn.Conv1d, x: Tensor) -> Tensor:
    """What `conv` makes of [batch, n, channels] without padding, as one matrix product: the few frames of a block
    take a processor half the time so, and its weights can be INT8."""
    (size,), (step,) = conv.kernel_size, conv.dilation
    whole = x.shape[1] - (size - 1) * step
    taps = torch.cat([x[:, k * step : k * step + whole] for k in range(size)], 2)
    return F.linear(taps, conv.weight.transpose(1, 2).flatten(1), conv.bias)


class AudioEncoder(nn.Module):
    """Features [batch, frames, FEATURES]; `heads` read phones, mouth, the human jaw, emotion and whether
    there is a voice at all from them."""

    def __init__(self, width: int = WIDTH, stem: int = 96) -> None:
        super().__init__()
        self.front = FrontEnd()
        self.stem = nn.Conv1d(MELS + 2, stem, 3)
        self.stem2 = nn.Conv1d(stem, stem, 3)
        self.patch = nn.Linear(4 * stem, width)
        # Right reach: 1 + 1 frames of lookahead. Left reach: 1 + 1 + 2 + 4 + 8 frames, and one for the stem.
        self.blocks = nn.ModuleList(
            [
                Block(width, 1, 1),
                Block(width, 1, 1),
                Block(width, 1, 0),
                Block(width, 2, 0),
                Block(width, 4, 0),
            ]
        )
        self.drop = nn.Dropout(0.1)
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, FEATURES)
        self.phones = nn.Linear(FEATURES, 4 * CLASSES)
        self.mouth = nn.Linear(FEATURES, len(MOUTH))
        self.take_jaw = nn.Linear(FEATURES, 1)
        self.emotion = nn.Linear(FEATURES, EMOTION_HEADS)
        self.voice = nn.Linear(FEATURES, 1)

    def stream(self, mel: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """The next block, its LOOKAHEAD frames and as many before it are heard anew; what lies further back is
        in `memory`.

        mel [batch, STEM_HOPS + 4·(LOOKAHEAD + block + LOOKAHEAD), MELS + 2], memory [batch, MEMORY_FRAMES,
        MEMORY] → features [batch, block, FEATURES], remembered [batch, block, MEMORY]: of the frames that the
        next block will not hear anew.
        """
        x = F.gelu(as_product(self.stem2, F.gelu(as_product(self.stem, mel))))
        x = self.patch(x.reshape(len(x), -1, 4 * x.shape[2]))
        size = x.shape[1] - 2 * LOOKAHEAD
        kept = []
        for block, past in zip(self.blocks, memory.split(WIDTH, 2), strict=True):
            kept.append(x[:, :size])
            # The last block reaches no further back than the frames it is due for allow.
            reach = min(block.pad[0], MEMORY_FRAMES)
            x = block.whole(torch.cat([past[:, MEMORY_FRAMES - reach :], x], 1))
        return self.out(self.norm(x)), torch.cat(kept, 2)

    def forward(self, pcm: Tensor) -> Tensor:
        """[batch, frames·640] → [batch, frames, FEATURES]."""
        mel = self.front(pcm)
        x = (mask_bands(mel) if self.training else mel).transpose(1, 2)
        for stem in (self.stem, self.stem2):
            x = F.gelu(stem(F.pad(x, (STEM_HOPS // 2, 0))))
        x = self.patch(x.transpose(1, 2).reshape(len(x), -1, 4 * x.shape[1]))
        for block in self.blocks:
            x = block(self.drop(x))
        return self.out(self.drop(self.norm(x)))


def mask_bands(mel: Tensor) -> Tensor:
    """Training only: hides bands and short stretches of each spectrogram (Park et al., "SpecAugment",
    2019)."""
    batch, hops, bins = mel.shape
    keep = torch.ones_like(mel)
    for _ in range(2):
        low, width = torch.rand(batch, 1, 1) * bins, torch.rand(batch, 1, 1) * 10
        band = torch.arange(bins)[None, None]
        keep = keep * ~((band >= low) & (band < low + width))
    for _ in range(3):
        start, length = torch.rand(batch, 1, 1) * hops, torch.rand(batch, 1, 1) * 6
        hop = torch.arange(hops)[None, :, None]
        keep = keep * ~((hop >= start) & (hop < start + length))
    return mel * keep

