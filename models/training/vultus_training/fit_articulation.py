"""Fits the articulation tracks to the human takes 01–04 → `articulation.json`, which `articulation` reads.

The takes have no transcript, so the phones are those that the audio encoder hears in them. The fit is the
model of `articulation.Track` itself, by gradient descent: targets, dominances, reaches and loudness gain of
the tracks that the takes show, held near the phonetic priors of `phones` where the takes say little. The
recorded motion trails the voice by some tens of milliseconds, differently in each take; that delay is fitted
along with the jaw, and `corpus` takes it off. How well it does is printed on a take left out of the fit.

Needs `work/encoder.pt` (trained with whatever labels there were before).

Run: python -m vultus_training.fit_articulation
"""

from __future__ import annotations

import json

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .articulation import FIT, TRACK_RATE_HZ, VOWELS, Track, loudness
from .channels import CH
from .encoder import AudioEncoder
from .human_takes import load_take
from .paths import WORK
from .phones import CLASSES, NAMES

NUMBERS = (1, 2, 3, 4)
#: Track → channels of the take (as `take_mouth` maps them) that show it. Corners hardly move in the takes.
SHOWN = {
    "jaw": ["jawOpen"],
    "pucker": ["mouthPucker"],
    "funnel": ["mouthFunnel"],
    "lower": ["mouthLowerDownLeft", "mouthLowerDownRight"],
    "upper": ["mouthUpperUpLeft", "mouthUpperUpRight"],
}
_REACH = 40  # hops of 10 ms to each side
#: How firmly targets and dominances are held near the priors (per squared unit).
TARGET_PULL, DOMINANCE_PULL = 1e-2, 1e-4
#: Sounds that need a narrow mouth keep the prior's jaw: what is heard of them is short and blurred, and would
#: open them.
NARROW = torch.from_numpy(np.isin(NAMES, ["P", "F", "S", "SH"]))
#: The heard phones have blurred borders, which the fit makes up for by long reaches. On exact borders these
#: reaches are too long: with 0.6 of them (and narrow sounds 1.5 times as dominant) the jaw agrees with the
#: actress nearly as well (r 0.86, was 0.87) and open vowels stand out from fricatives (AUC 0.965, was 0.948).
JAW_REACH, NARROW_DOMINANCE = 0.6, 1.5


class Take:
    """One take at 100 Hz: which phone is heard (one-hot), loudness, and the shown tracks."""

    def __init__(self, number: int, encoder: AudioEncoder) -> None:
        pcm, mouth = load_take(number, TRACK_RATE_HZ, delay=0)
        with torch.no_grad():
            logits = encoder.phones(encoder(torch.from_numpy(pcm)[None]))[0].reshape(-1, CLASSES)
        heard = F.avg_pool1d(logits.softmax(1).T[None], 3, 1, 1)[0].T
        self.heard = F.one_hot(heard.argmax(1), CLASSES).float()
        self.loud = torch.from_numpy(loudness(pcm)[: len(heard)]).float()
        self.shown = {
            name: torch.from_numpy(mouth[:, [CH[c] for c in channels]].mean(1))
            for name, channels in SHOWN.items()
        }


class FittedTrack(nn.Module):
    """`Track.curve` with parameters, and a delay of each take in hops."""

    def __init__(self, name: str) -> None:
        super().__init__()
        prior = Track.prior(name)
        self.target0 = torch.tensor(prior.target).float()
        self.dominance0 = torch.tensor(prior.dominance).float().clamp(min=0.05).log()
        self.target = nn.Parameter(self.target0.clone())
        self.dominance = nn.Parameter(self.dominance0.clone())
        self.reach = nn.Parameter(torch.tensor(prior.reach_s).float().log())
        self.gain = nn.Parameter(torch.tensor(prior.gain))

    def forward(self, take: Take) -> Tensor:
        """[hops] of the track without delay."""
        t = torch.arange(-_REACH, _REACH + 1) / TRACK_RATE_HZ
        total = torch.zeros(2, len(take.heard))
        for kind, reach in zip((VOWELS, ~VOWELS), self.reach.exp(), strict=True):
            # Convolution flips: positive t is the time before the phone.
            kernel = torch.where(
                t > 0, torch.exp(-t.clamp(min=0) / reach[0]), torch.exp(t.clamp(max=0) / reach[1])
            )
            pull = take.heard * (self.dominance.exp() * torch.from_numpy(kind))
            both = torch.stack([pull @ self.target, pull.sum(1)])
            total = total + F.conv1d(both[:, None], kernel[None, None], padding=_REACH)[:, 0]
        return total[0] / (total[1] + 1e-4) * (self.gain[0] + self.gain[1] * take.loud)

    def distance(self) -> Tensor:
        """How far the fit is from the priors."""
        target = ((self.target - self.target0) ** 2).sum()
        dominance = ((self.dominance - self.dominance0) ** 2).sum()
        return TARGET_PULL * target + DOMINANCE_PULL * dominance


def delayed(curve: Tensor, hops: Tensor) -> Tensor:
    """`curve` later by a fractional number of hops."""
    at = (torch.arange(len(curve)) - hops).clamp(0, len(curve) - 1.001)
    low = at.floor().long()
    return curve[low] * (1 - (at - low)) + curve[low + 1] * (at - low)


def fit(name: str, takes: list[Take], delays: Tensor, learn_delays: bool, steps: int = 250) -> FittedTrack:
    """Fits one track to `takes`; `delays` (hops, one a take) are refined in place where asked."""
    track = FittedTrack(name)
    delays.requires_grad_(learn_delays)
    groups = [
        {"params": [track.target, track.gain], "lr": 0.01},
        {"params": [track.dominance, track.reach], "lr": 0.03},
        {"params": [delays], "lr": 0.2},
    ]
    optimizer = torch.optim.Adam(groups[: 3 if learn_delays else 2])
    for _ in range(steps):
        errors = [
            ((delayed(track(take), delay) - take.shown[name]) ** 2).mean()
            for take, delay in zip(takes, delays, strict=True)
        ]
        optimizer.zero_grad()
        (torch.stack(errors).mean() + track.distance()).backward()
        optimizer.step()
        if name == "jaw":
            track.target.data[NARROW] = track.target0[NARROW]
    delays.requires_grad_(False)
    return track


@torch.no_grad()
def correlation(track: FittedTrack, take: Take, name: str) -> float:
    """Pearson r of the fitted track with a take, at the best delay of −20…80 ms."""
    curve = track(take)
    found = [
        np.corrcoef(delayed(curve, torch.tensor(float(d)))[50:-50], take.shown[name][50:-50])[0, 1]
        for d in range(-2, 9)
    ]
    return float(max(found))


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    encoder = AudioEncoder().eval()
    encoder.load_state_dict(torch.load(WORK / "encoder.pt"))
    takes = [Take(number, encoder) for number in NUMBERS]
    delays = torch.full((len(takes),), 3.0)
    out: dict = {"tracks": {}, "fit": {}}
    for name in SHOWN:
        # Each take in turn is left out, to know what the fit is worth.
        left_out = []
        for k, take in enumerate(takes):
            rest = [other for other in takes if other is not take]
            near = delays[[i for i in range(len(takes)) if i != k]].clone()
            left_out.append(correlation(fit(name, rest, near, name == "jaw", 150), take, name))
        track = fit(name, takes, delays, learn_delays=name == "jaw")
        track.requires_grad_(False)
        if name == "jaw":
            track.reach += np.log(JAW_REACH)
            track.dominance[NARROW] += np.log(NARROW_DOMINANCE)
        before = [correlation(FittedTrack(name), take, name) for take in takes]
        after = [correlation(track, take, name) for take in takes]
        row = {"r_prior": np.mean(before), "r_left_out": np.mean(left_out), "r": np.mean(after)}
        out["fit"][name] = {key: round(float(value), 3) for key, value in row.items()}
        print(
            name, out["fit"][name], "reach", track.reach.exp().detach().numpy().round(3).tolist(), flush=True
        )
        out["tracks"][name] = {
            "target": {n: round(float(v), 3) for n, v in zip(NAMES, track.target, strict=True)},
            "dominance": {n: round(float(v), 3) for n, v in zip(NAMES, track.dominance.exp(), strict=True)},
            "reach_s": [[round(float(v), 4) for v in row] for row in track.reach.exp()],
            "gain": [round(float(v), 3) for v in track.gain],
        }
    out["take_delay_s"] = {
        f"{n:02d}": round(float(d) / TRACK_RATE_HZ, 4) for n, d in zip(NUMBERS, delays, strict=True)
    }
    print("delays", out["take_delay_s"])
    FIT.write_text(json.dumps(out, indent=1) + "\n")


if __name__ == "__main__":
    main()
