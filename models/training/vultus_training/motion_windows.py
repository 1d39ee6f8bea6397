"""Windows of training data for teacher and student, and the weights of their losses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .articulation import GAP
from .channels import CH, CONTROL_SIZE, CUES_AT, MOUTH, SIZE, pair
from .denoiser import CACHE, FREE
from .paths import WORK

PARTS = {
    "real": 0.42,
    "takes": 0.06,
    "espeak": 0.21,
    "flite": 0.05,
    "jtalk": 0.04,
    "singing": 0.07,
    "effort": 0.03,
    "sounds": 0.12,
}
FRAMES = 96


@dataclass
class Windows:
    """Batch: audio [b, K + T, C], motion [b, K + T, 58] in real units, controls [b, T, CONTROL_SIZE]."""

    audio: Tensor
    motion: Tensor
    controls: Tensor


class MotionData:
    """All passes of `parts` in memory (float16); windows start anywhere, 15 % at the cold start of a clip.
    Unless it `hears`, the controls have neither cues of a user nor arousal."""

    def __init__(
        self, seed: int = 0, device: str = "cpu", parts: dict[str, float] = PARTS, hears: bool = False
    ) -> None:
        self.hears = hears
        self.rng = np.random.default_rng(seed)
        self.device = device
        self.passes = []
        for folder in sorted((WORK / "motion").iterdir()):
            if (folder / "clips.npy").exists():
                arrays = {
                    k: np.load(folder / f"{k}.npy") for k in ("features", "motion", "controls", "clips")
                }
                arrays["part"] = folder.name.rsplit("_", 1)[0]
                self.passes.append(arrays)
        count = {name: sum(p["part"] == name for p in self.passes) for name in parts}
        self.passes = [p for p in self.passes if p["part"] in parts]
        share = np.array([parts[p["part"]] / count[p["part"]] for p in self.passes])
        self.share = share / share.sum()
        self.quiet = np.load(WORK / "motion" / "quiet.npy")

    def statistics(self) -> dict[str, np.ndarray]:
        """mean, std (how far a channel moves in three frames), range (its own deviation), min and max."""
        every = np.concatenate([p["motion"][::3].astype(np.float32) for p in self.passes])
        moves = np.concatenate(
            [p["motion"][3::7].astype(np.float32) - p["motion"][:-3:7] for p in self.passes]
        )
        floor = np.full(SIZE, 0.012, np.float32)
        floor[CH["headYaw"] :] = 0.0008
        low, high = np.percentile(every, 0.01, axis=0), np.percentile(every, 99.99, axis=0)
        low[: CH["headYaw"]] = 0
        high[: CH["headYaw"]] = np.clip(high[: CH["headYaw"]] * 1.02, 0.001, 1)
        high[pair("eyeBlink")] = 1
        deviation = every.std(0)
        std = np.maximum(np.sqrt((moves**2).mean(0)), floor)
        std[FREE] = np.maximum(deviation[FREE], floor[FREE])
        return {
            "mean": every.mean(0),
            "std": std,
            "range": np.maximum(deviation, std),
            "min": low,
            "max": high,
        }

    def batch(self, size: int, frames: int = FRAMES) -> Windows:
        rng = self.rng
        audio = np.empty((size, CACHE + frames, self.quiet.shape[0]), np.float32)
        motion = np.zeros((size, CACHE + frames, SIZE), np.float32)
        controls = np.empty((size, frames, CONTROL_SIZE), np.float32)
        for k in range(size):
            p = self.passes[rng.choice(len(self.passes), p=self.share)]
            first, total = p["clips"][rng.integers(len(p["clips"]))]
            while total < frames:
                first, total = p["clips"][rng.integers(len(p["clips"]))]
            start = 0 if rng.random() < 0.15 else int(rng.integers(0, total - frames + 1))
            have = min(CACHE, start)
            source = slice(first + start - have, first + start + frames)
            audio[k, : CACHE - have] = self.quiet
            audio[k, CACHE - have :] = p["features"][source]
            motion[k, CACHE - have :] = p["motion"][source]
            controls[k] = p["controls"][first + start : first + start + frames]
        if not self.hears:
            controls[:, :, CUES_AT:] = 0
        return Windows(*(torch.from_numpy(x).to(self.device) for x in (audio, motion, controls)))


def channel_weights() -> Tensor:
    """Importance of each channel in the loss (normalised space)."""
    weight = torch.full((SIZE,), 0.6)
    weight[MOUTH] = 1.2
    weight[CH["jawOpen"]] = 4.0
    weight[[CH["mouthClose"], CH["mouthPucker"], CH["mouthFunnel"]]] = 2.5
    weight[pair("eyeBlink")] = 1.0
    weight[CH["headYaw"] :] = 1.0
    for unused in ("jawRight", "jawLeft", "mouthRight", "mouthLeft", "cheekPuff", "mouthShrugUpper"):
        weight[CH[unused]] = 0.05
    return weight


CONTACT = [
    CH[name]
    for name in (
        "jawOpen mouthClose mouthFunnel mouthRollLower mouthRollUpper mouthPressLeft mouthPressRight".split()
    )
]


def contact_weights(motion: Tensor, gain: float = 2.0) -> Tensor:
    """[b, t, 58]: frames with lip or tooth contact weigh more on the channels that make it."""
    # An angry mouth presses too: it is the rolled lip that shows contact.
    contact = (motion[:, :, CH["mouthRollLower"]] > 0.07) * gain
    weight = torch.ones_like(motion)
    weight[:, :, CONTACT] += contact[:, :, None]
    return weight


_GAP_ROW = torch.zeros(SIZE)
for _name, _rate in GAP.items():
    _GAP_ROW[CH[_name]] = _rate
#: What counts as one unit of a wrong lip gap, in mouth widths: lips this far apart are seen to be open.
_GAP_UNIT = 0.03


def gap_loss(motion: Tensor, truth: Tensor, contact: float = 2.0) -> Tensor:
    """Squared error of the gap between the lips, both [b, t, 58] in real units; frames with lip contact weigh
    more by `contact`. Jaw and lips may share a movement in other parts than the label's, if only the lips
    meet and part when they should."""
    wrong = ((motion - truth) @ _GAP_ROW / _GAP_UNIT) ** 2
    pressed = (truth[:, :, CH["mouthPressLeft"]] > 0.12) & (truth[:, :, CH["mouthRollLower"]] > 0.07)
    return (wrong * (1 + contact * pressed)).mean()
