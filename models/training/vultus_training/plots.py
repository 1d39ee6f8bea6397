"""Pictures of what a pack does: aperture over spectrogram with phones, and a page of motion curves."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .channels import CH
from .measures import Face
from .real_speech import validation
from .streaming import Streamer


def plots(streamer: Streamer, folder: Path) -> None:
    """Aperture over spectrogram with phones for three voices, and a page of motion curves."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    folder.mkdir(parents=True, exist_ok=True)
    face = Face()
    voices, phones = validation()
    motions = streamer.stream(voices, seed=1)
    for k in (0, 10, len(voices) - 1):
        fig, axes = plt.subplots(2, 1, figsize=(22, 8), sharex=True)
        n = 16000 * 6
        axes[0].specgram(voices[k][:n] + 1e-6, 512, 16000, noverlap=352)
        t = (np.arange(150) + 0.5) / 25
        m = motions[k][:150]
        axes[0].twinx().plot(t[: len(m)], face.aperture(m), "w", lw=2)
        for name, start, end in phones[k]:
            if start < 6 and name != "SIL":
                axes[1].text(
                    (start + end) / 2,
                    0.95,
                    name,
                    ha="center",
                    fontsize=8,
                    color="r" if name in "PBMFV" else "k",
                    transform=axes[1].get_xaxis_transform(),
                )
                if name in "PBM":
                    axes[1].axvspan(start, end, color="r", alpha=0.15)
        for name in (
            "jawOpen",
            "mouthClose",
            "mouthPucker",
            "mouthFunnel",
            "mouthPressLeft",
            "mouthRollLower",
        ):
            axes[1].plot(t[: len(m)], m[:, CH[name]], label=name)
        axes[1].legend(loc="center right", fontsize=7)
        fig.tight_layout()
        fig.savefig(folder / f"lips-{k}.png", dpi=60)
        plt.close(fig)
    fig, axes = plt.subplots(5, 1, figsize=(22, 13), sharex=True)
    m = motions[0]
    groups = [
        ["headYaw", "headPitch", "headRoll"],
        ["headX", "headY", "distance"],
        ["eyeBlinkLeft", "eyeBlinkRight"],
        ["eyeLookOutLeft", "eyeLookInLeft", "eyeLookUpLeft", "eyeLookDownLeft"],
        ["browInnerUp", "browOuterUpLeft", "browDownLeft", "mouthSmileLeft"],
    ]
    for axis, names in zip(axes, groups, strict=True):
        for name in names:
            axis.plot(np.arange(len(m)) / 25, m[:, CH[name]], label=name)
        axis.legend(loc="upper right", fontsize=7)
    fig.tight_layout()
    fig.savefig(folder / "curves.png", dpi=60)
