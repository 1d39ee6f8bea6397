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
    """A pack opened for streaming. `make` may be replaced (the teacher is measured that way)."""

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
        self.low, self.high = (np.array(motion[name], np.float32) for name in ("min", "max"))
        self.cache = motion["memoryFrames"]
        self.memory_size = motion["memorySize"]
        audio = self.manifest["audio"]
        self.left, self.ahead = audio["leftContextSamples"], audio["lookaheadFrames"]
        self.hearing_shape = audio["memoryFrames"], audio["memorySize"]
        #: Frames of the lookahead that are really heard; silence takes the place of the others.
        self.heard_ahead = self.ahead
        #: By how much each channel's noise is scaled.
        self.noise_scale = np.ones(SIZE, np.float32)

    def make(self, noise, shown, audio, memory, controls) -> np.ndarray:
        """One run of the motion graph: frames [batch, block, 58]."""
        inputs = {"noise": noise, "shown": shown, "audio": audio, "memory": memory, "controls": controls}
        return self.motion.run(["frames"], inputs)[0]

    def features(self, pcm: np.ndarray, frames: int, chunk: int = 50) -> np.ndarray:
        """Features [batch, cache + frames, C]; what lies before the voice is silence, as the graph hears it."""
        before = chunk + self.cache
        total = -(-(before + frames) // chunk) * chunk
        padded = np.zeros((len(pcm), self.left + (total + self.ahead) * FRAME_SAMPLES), np.float32)
        voice = pcm[:, : (frames + self.ahead) * FRAME_SAMPLES]
        at = self.left + before * FRAME_SAMPLES
        padded[:, at : at + voice.shape[1]] = voice
        missing = (self.ahead - self.heard_ahead) * FRAME_SAMPLES
        step = 1 if missing else chunk
        memory = np.zeros((len(pcm), *self.hearing_shape), np.float32)
        out = []
        for first in range(0, total, step):
            span = slice(first * FRAME_SAMPLES, self.left + (first + step + self.ahead) * FRAME_SAMPLES)
            window = padded[:, span].copy()
            window[:, window.shape[1] - missing :] = 0
            heard, remembered = self.audio.run(None, {"pcm": window, "memory": memory})
            memory = np.concatenate([memory, remembered], 1)[:, -memory.shape[1] :]
            out.append(heard)
        # The first chunk of silence is heard on top of a memory of nothing.
        return np.concatenate(out, 1)[:, chunk : before + frames]

    def sample(
        self, noise: np.ndarray, audio: np.ndarray, cache: np.ndarray, controls: np.ndarray
    ) -> np.ndarray:
        """Noise [batch, block, 58] → frames in real units; nothing of the past is remembered."""
        shown, heard = (np.concatenate([past[:, :1], past], 1) for past in (cache, audio))
        memory = np.zeros((len(noise), self.cache, self.memory_size), np.float32)
        return np.clip(self.make(noise, shown, heard, memory, controls), self.low, self.high)

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
            audio = heard[:, at : at + self.cache + block]
            shown[:, self.cache + at : self.cache + at + block] = self.sample(
                noise, audio, shown[:, at : at + self.cache], controls[:, at]
            )
        return [motion[self.cache : self.cache + n] for motion, n in zip(shown, lengths, strict=True)]
