"""Streams voices through a pack with onnxruntime, as the server does: blocks, features, cache, few-step
sampler."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnxruntime

from .channels import CONTROL_SIZE, FRAME_SAMPLES, SIZE


def neutral_controls(state: str = "speaking") -> np.ndarray:
    """`NEUTRAL_CONTROLS` of the server as the motion graph takes them, without a user
    [CONTROL_SIZE]."""
    controls = np.zeros(CONTROL_SIZE, np.float32)
    controls[11], controls[12], controls[13] = 1, 1, 17 / 20
    controls[14 + ["speaking", "listening", "idle"].index(state)] = 1
    return controls


class Streamer:
    """A pack opened for streaming. `predict` may be replaced (the teacher is measured that way)."""

    def __init__(self, pack: Path, threads: int = 1) -> None:
        self.manifest = json.loads((pack / "pack.json").read_text())
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        graphs = self.manifest["graphs"]
        self.audio, self.motion = (
            onnxruntime.InferenceSession(
                str(pack / graphs[name]["file"]), options, providers=["CPUExecutionProvider"]
            )
            for name in ("audio", "motion")
        )
        motion = self.manifest["motion"]
        self.mean, self.std, self.low, self.high = (
            np.array(motion[name], np.float32) for name in ("mean", "std", "min", "max")
        )
        self.times = self.manifest["sampler"]["times"]
        self.cache = motion["cacheFrames"]
        self.left = self.manifest["audio"]["leftContextSamples"]
        self.ahead = self.manifest["audio"]["lookaheadFrames"]
        self.history = self.manifest["audio"]["historyFrames"]
        #: Frames of the lookahead that are really heard; silence takes the place of the others.
        self.heard_ahead = self.ahead
        #: By how much each channel's noise is scaled.
        self.noise_scale = np.ones(SIZE, np.float32)

    def predict(self, noisy, time, audio, cache, controls) -> np.ndarray:
        """One run of the motion graph."""
        return self.motion.run(
            None, {"noisy": noisy, "time": time, "audio": audio, "cache": cache, "controls": controls}
        )[0]

    def features(self, pcm: np.ndarray, frames: int, chunk: int = 50) -> np.ndarray:
        """Features [batch, history + frames, C]; what lies before the voice is silence, as the graph hears
        it."""
        batch = len(pcm)
        total = frames + self.history + chunk
        padded = np.zeros(
            (batch, self.left + (self.history + total + self.ahead) * FRAME_SAMPLES), np.float32
        )
        voice = pcm[:, : (frames + self.ahead) * FRAME_SAMPLES]
        at = self.left + self.history * FRAME_SAMPLES
        padded[:, at : at + voice.shape[1]] = voice
        out = []
        if self.heard_ahead < self.ahead:
            for first in range(0, self.history + frames):
                span = slice(first * FRAME_SAMPLES, self.left + (first + 1 + self.ahead) * FRAME_SAMPLES)
                window = padded[:, span].copy()
                window[:, -(self.ahead - self.heard_ahead) * FRAME_SAMPLES :] = 0
                out.append(self.audio.run(None, {"pcm": window})[0])
            return np.concatenate(out, 1)
        for first in range(0, self.history + frames, chunk):
            span = slice(first * FRAME_SAMPLES, self.left + (first + chunk + self.ahead) * FRAME_SAMPLES)
            out.append(self.audio.run(None, {"pcm": padded[:, span]})[0])
        return np.concatenate(out, 1)[:, : self.history + frames]

    def sample(
        self, noise: np.ndarray, audio: np.ndarray, cache: np.ndarray, controls: np.ndarray
    ) -> np.ndarray:
        """Noise [batch, block, 58] → frames in real units."""
        x = noise
        for k, t in enumerate(self.times):
            clean = self.predict(x, np.full(len(x), t, np.float32), audio, cache, controls)
            if k + 1 < len(self.times):
                to = self.times[k + 1]
                x = ((1 - to) * clean + to * (x - (1 - t) * clean) / t).astype(np.float32)
        return np.clip(clean * self.std + self.mean, self.low, self.high)

    def stream(
        self, voices: list[np.ndarray], controls: np.ndarray | None = None, block: int = 2, seed: int = 0
    ) -> list[np.ndarray]:
        """Motion [frames, 58] of each voice (16 kHz float32).

        `controls`: [CONTROL_SIZE] for all, [batch, CONTROL_SIZE] for each voice, or with frames between.
        """
        lengths = [len(v) // FRAME_SAMPLES for v in voices]
        frames = -(-max(lengths) // block) * block
        pcm = np.zeros((len(voices), (frames + self.ahead) * FRAME_SAMPLES), np.float32)
        for row, voice in zip(pcm, voices, strict=True):
            row[: len(voice)] = voice[: len(row)]
        heard = self.features(pcm, frames)
        controls = neutral_controls() if controls is None else controls
        while controls.ndim < 3:
            controls = controls[None] if controls.ndim == 1 else controls[:, None]
        controls = np.broadcast_to(controls, (len(voices), frames, CONTROL_SIZE)).astype(np.float32)
        rng = np.random.default_rng(seed)
        shown = np.zeros((len(voices), self.cache + frames, SIZE), np.float32)
        for at in range(0, frames, block):
            noise = rng.standard_normal((len(voices), block, SIZE)).astype(np.float32) * self.noise_scale
            audio = heard[:, at : at + self.history + block]
            shown[:, self.cache + at : self.cache + at + block] = self.sample(
                noise, audio, shown[:, at : at + self.cache], controls[:, at]
            )
        return [motion[self.cache : self.cache + n] for motion, n in zip(shown, lengths, strict=True)]
