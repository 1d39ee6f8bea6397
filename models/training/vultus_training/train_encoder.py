"""Step 2: trains the audio encoder on phone classes (10 ms), mouth coefficients and the human jaw (25 fps).

Lip contact counts more than its share of time: a missed closure is seen, a short one too many hardly.

Run: python -m vultus_training.train_encoder [--minutes 30] [--resume]
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, IterableDataset

from .augment import Augmenter
from .averaging import Checkpoint, descend, moving_average, timed_steps
from .channels import CH, FRAME_SAMPLES, MOUTH
from .encoder import JAW_SCALE, MOUTH_SCALE, AudioEncoder
from .paths import WORK
from .phones import CLASSES, INDEX, UNKNOWN

CROP = 112  # frames, 4.5 s
#: Share of the crops. The takes are seven minutes: more of them is learnt by heart.
PARTS = {
    "real": 0.26,
    "british": 0.05,
    "hurried": 0.07,
    "ages": 0.06,
    "espeak": 0.19,
    "flite": 0.04,
    "jtalk": 0.03,
    "singing": 0.08,
    "effort": 0.04,
    "takes": 0.06,
    "sounds": 0.12,
}
#: Share of the crops under which other voices talk, and how many at once at most.
BABBLE, CROWD = 0.12, 5
#: Frames before and after a phone that still count as voice.
VOICE_REACH = 3
EMOTION_INDEX = {"happy": 0, "sad": 1, "angry": 2}


class Crops(IterableDataset):
    """Random augmented crops: pcm, classes, mouth, take flag, emotion (−1 unknown)."""

    def __init__(self, seed: int = 0, without: set[str] | None = None) -> None:
        super().__init__()
        self.seed = seed
        self.without = without or set()

    def __iter__(self):
        torch.set_num_threads(1)
        info = torch.utils.data.get_worker_info()
        rng = np.random.default_rng([self.seed, info.id if info else 0, time.time_ns() % 2**31])
        parts = {}
        for name in set(PARTS) - self.without:
            folder = WORK / "corpus" / name
            if (folder / "info.json").exists():
                arrays = {
                    k: np.load(folder / f"{k}.npy", mmap_mode="r")
                    for k in ("pcm", "classes", "mouth", "clips")
                }
                arrays["info"] = json.loads((folder / "info.json").read_text())
                parts[name] = arrays
        names = list(parts)
        weights = np.array([PARTS[name] for name in names])
        weights /= weights.sum()
        augment = Augmenter(rng)
        while True:
            name = names[rng.choice(len(names), p=weights)]
            yield self._crop(rng, parts[name], name, augment, parts)

    def _crop(self, rng, part, name, augment, parts):
        # A resampled crop shifts the voice's pitch and formants together: another throat.
        warp = float(np.exp(rng.normal(0, 0.09))) if rng.random() < 0.6 and name != "sounds" else 1.0
        clip = rng.choice(len(part["clips"]))
        at, total = part["clips"][clip]
        need = int(np.ceil(CROP * warp)) + 2
        start = rng.integers(0, max(1, total - need + 1))
        span = min(need, total - start)
        first = int(at + start)
        pcm = part["pcm"][first * FRAME_SAMPLES : (first + span) * FRAME_SAMPLES].astype(np.float32) / 32768
        classes = np.asarray(part["classes"][first * 4 : (first + span) * 4])
        mouth = part["mouth"][first : first + span].astype(np.float32)
        positions = np.arange(CROP * FRAME_SAMPLES) * warp
        pcm = np.interp(positions, np.arange(len(pcm)), pcm, right=0).astype(np.float32)
        hop = ((np.arange(CROP * 4) + 0.5) * warp).astype(int)
        classes = np.where(hop < len(classes), classes[np.minimum(hop, len(classes) - 1)], INDEX["SIL"])
        frame = (np.arange(CROP) + 0.5) * warp - 0.5
        low = np.clip(np.floor(frame).astype(int), 0, span - 1)
        high = np.minimum(low + 1, span - 1)
        share = np.clip(frame - low, 0, 1)[:, None].astype(np.float32)
        mouth = mouth[low] * (1 - share) + mouth[high] * share
        mouth[frame > span - 0.5] = 0
        babble = None
        if rng.random() < BABBLE and name != "sounds":
            babble = _crowd(rng, parts["real"]["pcm"], len(pcm))
        clean = pcm
        pcm = augment(pcm, babble, voice=name != "sounds", sung=name == "singing")
        label = part["info"][clip].get("emotion")
        emotion = EMOTION_INDEX[label] if label else (-2 if name in ("espeak",) else -1)
        return clean, pcm, classes.astype(np.int64), mouth, np.float32(name == "takes"), np.int64(emotion)


def _crowd(rng: np.random.Generator, pcm: np.ndarray, samples: int) -> np.ndarray:
    """Some readers at once, equally loud."""
    crowd = np.zeros(samples, np.float32)
    for _ in range(rng.integers(1, CROWD + 1)):
        at = rng.integers(0, len(pcm) - samples)
        voice = pcm[at : at + samples].astype(np.float32) / 32768
        crowd += voice / (np.sqrt((voice**2).mean()) + 1e-4)
    return crowd


class Elder:
    """An encoder that hears each crop as it was recorded; what the one in training hears of the hardened copy
    is held to that. So it learns to hear through what was done to the voice, and whoever reads the features
    (the student of a pack) can go on reading them."""

    def __init__(self, path: Path) -> None:
        self.encoder = AudioEncoder().eval()
        self.encoder.load_state_dict(torch.load(path))
        self.scale: torch.Tensor | None = None

    @torch.no_grad()
    def hears(self, clean: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Features of the crops as recorded, and by how much each differs among frames."""
        features = self.encoder(clean).float()
        spread = features.flatten(0, 1).std(0)
        self.scale = spread if self.scale is None else 0.95 * self.scale + 0.05 * spread
        return features, self.scale


def losses(
    model: AudioEncoder, batch: list[torch.Tensor], elder: Elder | None = None
) -> dict[str, torch.Tensor]:
    """Weighted training losses of one batch."""
    clean, pcm, classes, mouth, take, emotion = batch
    features = model(pcm)
    logits = model.phones(features).reshape(len(pcm), -1, CLASSES)
    weight = torch.ones(CLASSES)
    weight[[INDEX["P"], INDEX["F"]]] = 2.5
    weight[INDEX["SIL"]] = 0.7
    known = classes != UNKNOWN
    phone = F.cross_entropy(logits[known], classes[known], weight=weight, label_smoothing=0.02)
    importance = mouth_importance(mouth)
    difference = (model.mouth(features) - mouth / MOUTH_SCALE) ** 2
    shape = (difference * importance).mean()
    jaw = mouth[:, :, MOUTH.index(CH["jawOpen"])]
    human = ((model.take_jaw(features)[:, :, 0] - jaw / JAW_SCALE) ** 2).mean(1)
    human = (human * take).sum() / take.sum().clamp(min=1)
    # The last second of a clip has heard enough for its mood.
    mood = model.emotion(features)[:, 60:]
    target = torch.stack([(emotion == k).float() for k in range(3)], 1)[:, None].expand_as(mood)
    known_mood = (emotion != -1).float()[:, None, None]
    mood = (F.binary_cross_entropy_with_logits(mood, target, reduction="none") * known_mood).mean()
    heard, certain = voiced(classes)
    voice = F.binary_cross_entropy_with_logits(model.voice(features)[:, :, 0], heard, reduction="none")
    voice = (voice * certain).sum() / certain.sum().clamp(min=1)
    parts = {"phone": phone, "mouth": shape, "human": human, "mood": mood, "voice": voice}
    if elder:
        as_clean, scale = elder.hears(clean)
        parts["elder"] = (((features - as_clean) / scale) ** 2).mean()
    return parts


def voiced(classes: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Classes [batch, hops] → whether somebody speaks in each frame, or within VOICE_REACH of it, and where
    that is known [batch, frames]. The lips move before and after the sound."""
    speaks = ((classes != INDEX["SIL"]) & (classes != UNKNOWN)).float()
    near = F.max_pool1d(speaks[:, None], 4 * (2 * VOICE_REACH + 1), 4, 4 * VOICE_REACH)[:, 0]
    return near, (classes[:, ::4] != UNKNOWN).float()


def mouth_importance(mouth: torch.Tensor) -> torch.Tensor:
    """Weight of each frame [batch, frames, 1]: frames with lip contact count four times."""
    press = mouth[:, :, MOUTH.index(CH["mouthPressLeft"])]
    roll = mouth[:, :, MOUTH.index(CH["mouthRollLower"])]
    return (1 + 3.0 * (press > 0.12).float() + 1.0 * (roll > 0.08).float())[:, :, None]


def _place_worker(_: int) -> None:
    """VULTUS_WORKER_CORE names the CPU core for the augmentation, beside the one that trains."""
    core = os.environ.get("VULTUS_WORKER_CORE")
    if core:
        os.sched_setaffinity(0, {int(core)})
        os.nice(10)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--rate", type=float, default=1.2e-3)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--without", nargs="*", default=[], help="parts to leave out")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--bf16", action="store_true")
    parser.add_argument("--elder", type=Path, help="checkpoint of an encoder whose features are kept")
    parser.add_argument("--elder-weight", type=float, default=0.4)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    torch.manual_seed(0)
    WORK.mkdir(exist_ok=True, parents=True)
    model = AudioEncoder()
    path = WORK / "encoder.pt"
    if options.resume and path.exists():
        model.load_state_dict(torch.load(path), strict=False)
    print(sum(p.numel() for p in model.parameters()) / 1e6, "M parameters", flush=True)
    averaged = moving_average(model, 0.998)
    optimizer = torch.optim.AdamW(model.parameters(), lr=options.rate, weight_decay=0.03, betas=(0.9, 0.98))
    loader = DataLoader(
        Crops(without=set(options.without)),
        batch_size=options.batch,
        num_workers=options.workers,
        worker_init_fn=_place_worker,
    )
    checkpoint = Checkpoint(averaged, path)
    elder = Elder(options.elder) if options.elder else None
    begun = time.time()
    sums: dict[str, float] = {}
    steps = timed_steps(options.minutes, optimizer, options.rate, 100)
    for (step, share), batch in zip(steps, loader, strict=False):
        with torch.autocast("cpu", torch.bfloat16, enabled=options.bf16):
            parts = losses(model, batch, elder)
        loss = parts["phone"] + 1.0 * parts["mouth"] + 0.2 * parts["human"] + 0.1 * parts["mood"]
        loss = loss + 0.3 * parts["voice"] + options.elder_weight * parts.get("elder", 0)
        descend(loss, model, optimizer, averaged)
        for key, value in parts.items():
            sums[key] = sums.get(key, 0) + value.item()
        if step % 50 == 49:
            rate = (step + 1) * options.batch * CROP / 25 / (time.time() - begun)
            text = " ".join(f"{key} {value / 50:.3f}" for key, value in sums.items())
            print(f"{step + 1} {text} {rate:.0f}x real time, {share:.0%}", flush=True)
            sums = {}
        checkpoint.save_if_due()
    checkpoint.save()


if __name__ == "__main__":
    main()
