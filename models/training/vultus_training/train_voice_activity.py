"""Trains the detector of talking and writes `src/audio/voice-activity/weights.bin`.

`python -m vultus_training.train_voice_activity make 0 3500` writes the features of so many streams to the
work folder (several may run at once, each with its own numbers); `… train --minutes 14` learns from all."""

from __future__ import annotations

import argparse
import time

import numpy as np

from .paths import REPOSITORY, WORK
from .voice_activity_data import IGNORED, VOICE, Studio
from .voice_activity_features import FEATURES, features

FOLDER = WORK / "voice-activity"
WEIGHTS = REPOSITORY / "src" / "audio" / "voice-activity" / "weights.bin"
HIDDEN = 40
#: Frames of a stretch of voice by which it should be known, and what they count.
ONSET_FRAMES, ONSET_WEIGHT = (2, 12), 3.0
NO_VOICE_WEIGHT = 2.0
SHARD = 50
BATCH = 48
#: What is kept is the mean of the weights over about so many steps.
AVERAGED_STEPS = 100


def make(first: int, count: int) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    studio = Studio(np.random.default_rng(first))
    print("banks", time.process_time(), flush=True)
    for shard in range(first, first + count, SHARD):
        file = FOLDER / f"{shard:06}.npz"
        if file.exists():
            continue
        streams = [studio.stream() for _ in range(SHARD)]
        heard = np.stack([features(sound) for sound, _ in streams]).astype(np.float16)
        np.savez(file, heard=heard, label=np.stack([label for _, label in streams]))
        print(shard, time.process_time(), flush=True)


def _weights(label: np.ndarray) -> np.ndarray:
    """What each frame counts."""
    weight = np.where(label == IGNORED, 0, np.where(label == VOICE, 1, NO_VOICE_WEIGHT)).astype(np.float32)
    voiced = np.pad(label == VOICE, ((0, 0), (1, 0)))
    for stream, at in zip(*np.nonzero(voiced[:, 1:] & ~voiced[:, :-1]), strict=True):
        onset = weight[stream, at : at + ONSET_FRAMES[1]]
        onset[ONSET_FRAMES[0] :] *= ONSET_WEIGHT
        onset[: ONSET_FRAMES[0]] *= 0.3
    return weight


def train(minutes: float, resume: bool) -> None:
    import torch
    from torch import nn

    torch.manual_seed(1)
    torch.set_num_threads(1)
    shards = [np.load(file) for file in sorted(FOLDER.glob("*.npz"))]
    heard = np.concatenate([shard["heard"] for shard in shards])
    label = np.concatenate([shard["label"] for shard in shards])
    del shards
    weight = _weights(label)
    gru, out = nn.GRU(FEATURES, HIDDEN, batch_first=True), nn.Linear(HIDDEN, 1)
    parameters = [*gru.parameters(), *out.parameters()]
    if resume:
        gru.load_state_dict(torch.load(FOLDER / "gru.pt"))
        out.load_state_dict(torch.load(FOLDER / "out.pt"))
    rate = 2.5e-3 if resume else 4e-3
    optimiser = torch.optim.Adam(parameters, rate)
    mean = [parameter.detach().clone() for parameter in parameters]
    rng = np.random.default_rng(1)
    end, started, step, losses = time.time() + 60 * minutes, time.time(), 0, []
    while time.time() < end:
        share = (time.time() - started) / (60 * minutes)
        for group in optimiser.param_groups:
            group["lr"] = rate * (1 - share) + 1e-5
        pick = rng.integers(0, len(heard), BATCH)
        x = torch.from_numpy(heard[pick].astype(np.float32))
        # Louder or quieter as a whole.
        x[:, :, :-2] += torch.empty(BATCH, 1, 1).uniform_(-0.5, 0.4)
        y, w = torch.from_numpy((label[pick] == VOICE).astype(np.float32)), torch.from_numpy(weight[pick])
        logit = out(gru(x)[0])[..., 0]
        losses_of = nn.functional.binary_cross_entropy_with_logits(logit, y, reduction="none")
        loss = (losses_of * w).sum() / w.sum()
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        step += 1
        with torch.no_grad():
            for kept, parameter in zip(mean, parameters, strict=True):
                kept.lerp_(parameter, 1 / min(step, AVERAGED_STEPS))
        losses.append(loss.item())
        if step % 20 == 0:
            print(step, f"{np.mean(losses[-20:]):.4f}", f"{share:.2f}", flush=True)
    with torch.no_grad():
        for kept, parameter in zip(mean, parameters, strict=True):
            parameter.copy_(kept)
    torch.save(gru.state_dict(), FOLDER / "gru.pt")
    torch.save(out.state_dict(), FOLDER / "out.pt")
    parts = [gru.weight_ih_l0, gru.weight_hh_l0, gru.bias_ih_l0, gru.bias_hh_l0, out.weight, out.bias]
    flat = np.concatenate([part.detach().numpy().ravel() for part in parts]).astype("<f4")
    WEIGHTS.parent.mkdir(parents=True, exist_ok=True)
    flat.tofile(WEIGHTS)
    print(f"{len(flat)} weights → {WEIGHTS}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("make")
    making.add_argument("first", type=int)
    making.add_argument("count", type=int)
    training = commands.add_parser("train")
    training.add_argument("--minutes", type=float, default=10)
    training.add_argument("--resume", action="store_true")
    options = parser.parse_args()
    if options.command == "make":
        make(options.first, options.count)
    else:
        train(options.minutes, options.resume)
