"""Step 6: student and encoder → audio.onnx, motion.onnx, and their part of pack.json (other keys stay).

Both graphs are checked with onnxruntime against torch, at several batch and block sizes.

Run: python -m vultus_training.export [--student work/student.pt] [--out ../builtin]
"""

from __future__ import annotations

import argparse
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .behaviour import EMOTION_MATRIX
from .behaviour.gaze import EYE_LOOK_RADIANS
from .channels import CH, CONTROL_SIZE, FRAME_SAMPLES, RATE_HZ, SIZE, pair
from .denoiser import CACHE, FREE, Denoiser
from .distill import CALIBRATION, STUDENT_TIMES
from .encoder import FEATURES, HOP, LOOKAHEAD, WINDOW, AudioEncoder, left_context_samples
from .paths import PACK, WORK

OPSET = 18
#: Share of the head's step that goes on into the next frame. It takes the share of head speed² above 3.7 Hz
#: from 0.20 to 0.10, and that below 1.8 Hz from 0.38 to 0.61; the training data has 0.07 and 0.65.
INERTIA = 0.5
#: How much of the way to a direction that is asked for the eyes go each frame, beside what they do anyway.
GAZE_LEAK = 0.2
PROVENANCE = (
    "Trained from scratch by models/training. Speech: LibriSpeech (CC BY 4.0, V. Panayotov et al., "
    "2014; 249 aligned clips of train-clean-100 and test-other readers), synthesised speech (espeak-ng "
    "in 70 languages and accents, flite's four voices, Open JTalk with the HTS voice Mei, CC BY 3.0, "
    "Nagoya Institute of Technology), also sung, shouted and whispered, and synthesised sounds. Mouth: an "
    "articulation model fitted to takes 01-04 of FACEGOOD-Audio2Face (MIT), and these takes as human "
    "motion. Head, gaze, blinks, brows and emotion: drawn from distributions. No other recordings."
)


class AudioGraph(nn.Module):
    """pcm [batch, left + block·640 + lookahead·640] → features [batch, block, FEATURES]."""

    def __init__(self, encoder: AudioEncoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, pcm: Tensor) -> Tensor:
        front = self.encoder.front
        power, peak = front.level(pcm)
        # Only the receptive field of the block needs a spectrum.
        skip_hops = left_context_samples() // HOP - 4 * (AudioEncoder.LEFT_FRAMES + 1)
        window = pcm[:, skip_hops * HOP - (WINDOW - HOP) :]
        spectrum = F.conv1d(window.unsqueeze(1), front.dft, stride=HOP)
        bins = WINDOW // 2 + 1
        mel = (spectrum[:, :bins] ** 2 + spectrum[:, bins:] ** 2).transpose(1, 2) @ front.mel
        tokens = self.encoder.tokens(front.features(mel, power[:, :, skip_hops:], peak[:, :, skip_hops:]))
        return tokens[:, AudioEncoder.LEFT_FRAMES + 1 : -LOOKAHEAD]


class MotionGraph(nn.Module):
    """`Denoiser.stream` with what was measured of the student put right (see `Calibration`)."""

    def __init__(
        self, denoiser: Denoiser, calibration: Calibration, times: tuple[float, ...] = STUDENT_TIMES
    ) -> None:
        super().__init__()
        self.denoiser = denoiser
        self.last_time = times[-1]
        table = torch.tensor(calibration.blinks, dtype=torch.float32)
        self.register_buffer("heat", torch.tensor(calibration.head, dtype=torch.float32) - 1)
        head = torch.zeros(SIZE)
        head[CH["headYaw"] :] = 1
        # Tilts come out nearer to their data than turns and nods do.
        head[CH["headRoll"]] = 0.6
        self.register_buffer("head", head)
        self.register_buffer("asked", table[:, 0])
        self.register_buffer("slope", torch.diff(table[:, 1]) / torch.diff(table[:, 0]))
        self.register_buffer("base", table[0, 1])
        # Drift guard: how much of the way to where the controls put a channel is gone each frame.
        leak = torch.zeros(SIZE)
        leak[[k for k in range(SIZE) if EMOTION_MATRIX[:, k].any()]] = 0.04
        leak[[CH["browInnerUp"], *pair("browOuterUp"), CH["headX"], CH["headY"], CH["distance"]]] = 0.012
        leak[FREE] = 0
        leak[[CH["headYaw"], CH["headPitch"], CH["headRoll"]]] = 0.004
        self.register_buffer("leak", leak)
        matrix = torch.tensor(EMOTION_MATRIX, dtype=torch.float32)
        matrix[:, CH["headYaw"] :] = 0
        self.register_buffer("emotions", matrix)
        opposed = [
            (f"eyeLook{a}{side}", f"eyeLook{b}{side}")
            for side in ("Left", "Right")
            for a, b in (("In", "Out"), ("Up", "Down"))
        ]
        other = torch.arange(SIZE)
        look = torch.zeros(SIZE)
        for first, second in opposed:
            other[CH[first]], other[CH[second]] = CH[second], CH[first]
            look[[CH[first], CH[second]]] = 1
        ways = ("Down", "In", "Out", "Up")
        self.register_buffer(
            "eyes", torch.tensor([CH[f"eyeLook{way}{side}"] for side in ("Left", "Right") for way in ways])
        )
        self.register_buffer("other", other)
        self.register_buffer("look", look)

    def anchor(self, controls: Tensor, last: Tensor) -> Tensor:
        """Where the controls put the slow channels [batch, 58]: emotion, directed gaze (a third by the head,
        the eyes make up what the head of the `last` frame leaves of it)."""
        level = 0.5 + 0.5 * controls[:, 12:13]
        place = (controls[:, 4:11] * level) @ self.emotions
        yaw = 0.36 * controls[:, 0] * controls[:, 2]
        pitch = -0.36 * controls[:, 1] * controls[:, 2]
        head = torch.stack([yaw, pitch, yaw * 0, yaw * 0, yaw * 0, controls[:, 3]], 1)
        left = (controls[:, 0] - last[:, CH["headYaw"]]) / EYE_LOOK_RADIANS
        up = (controls[:, 1] + last[:, CH["headPitch"]]) / EYE_LOOK_RADIANS
        eyes = torch.stack([-up, -left, left, up], 1).clamp(0, 1)
        eyes = torch.cat([eyes[:, [0, 1, 2, 3]], eyes[:, [0, 2, 1, 3]]], 1)
        place = place.index_copy(1, self.eyes, eyes)
        return torch.cat([place[:, : CH["headYaw"]], head], 1)

    def carry_on(self, clean: Tensor, shown: Tensor, time: Tensor) -> Tensor:
        """At the last step of the sampler, part of the head's motion from frame to frame goes on into the
        next; `shown` [batch, 2, 58] normalised. Few steps leave the head rougher than its data."""
        frame = torch.arange(clean.shape[1], device=clean.device)
        since = (frame[:, None] - frame[None]).float()
        before = since >= 0
        share = torch.where(before, INERTIA ** since.clamp(min=0), 0.0)
        step = torch.diff(torch.cat([shown[:, 1:], clean], 1), dim=1)
        velocity = (1 - INERTIA) * (share @ step)
        velocity = velocity + INERTIA ** (frame[None, :, None] + 1.0) * (shown[:, 1:] - shown[:, :1])
        carried = shown[:, 1:] + before.float() @ velocity
        last = (time < self.last_time + 0.01)[:, None, None]
        return torch.where(last & (self.head > 0), carried, clean)

    def forward(self, noisy: Tensor, time: Tensor, audio: Tensor, cache: Tensor, controls: Tensor) -> Tensor:
        rate = controls[:, 13:14]
        part = (rate - self.asked[:-1]).clamp(min=0).minimum(torch.diff(self.asked))
        given = self.base + (part * self.slope).sum(1, keepdim=True)
        controls = torch.cat([controls[:, :13], given, controls[:, 14:]], 1)
        # The sampling temperature of the head, at the first step, where nothing but noise is given.
        longer = (torch.ones_like(noisy[0, :, 0]).sum() - 2) / 3
        heat = controls[:, 14:17] @ torch.lerp(self.heat[0], self.heat[1], longer)
        first = ((time - 0.98) / 0.02).clamp(0, 1) * heat
        noisy = noisy * (1 + first[:, None, None] * self.head)
        clean = self.denoiser.stream(noisy, time, audio, cache, controls)
        frame = torch.arange(noisy.shape[1], device=noisy.device)[None, :, None] + 1
        away = (cache[:, -1] - self.anchor(controls, cache[:, -1])) / self.denoiser.std
        # A mood that is heard in the voice has no place of its own to go to: it is let go more slowly.
        leak = self.leak * (1 - 0.7 * controls[:, 11:12] * (self.leak > 0.03))
        # Eyes are held to a direction that is asked for, and free otherwise.
        leak = torch.maximum(leak, GAZE_LEAK * controls[:, 2:3] * self.look)
        clean = clean - frame * leak[:, None] * away[:, None]
        clean = self.carry_on(clean, (cache[:, -2:] - self.denoiser.mean) / self.denoiser.std, time)
        # An eye can't look both ways: what opposed shapes share is taken off both.
        real = clean * self.denoiser.std + self.denoiser.mean
        shared = torch.minimum(real, real[:, :, self.other]).clamp(min=0) * self.look
        return clean - shared / self.denoiser.std


@dataclass(frozen=True)
class Calibration:
    """What `evaluate --calibrate` measured: `blinks`, rows (asked, given) of the blink-rate control,
    piecewise linear; `head`, sampling temperature of the head for blocks of 2 and of 5 frames [2] in each
    state [3], so that it moves as its data."""

    blinks: np.ndarray = field(default_factory=lambda: np.array([[0.0, 0.0], [3.0, 3.0]]))
    head: np.ndarray = field(default_factory=lambda: np.ones((2, 3)))

    @staticmethod
    def load() -> Calibration:
        """The measured one, or none."""
        return Calibration(**np.load(CALIBRATION)) if CALIBRATION.exists() else Calibration()


def _save(module: nn.Module, arguments: tuple, path: Path, names: list[str], output: str, axes: dict) -> None:
    torch.onnx.export(
        module,
        arguments,
        str(path),
        input_names=names,
        output_names=[output],
        dynamic_shapes=axes,
        opset_version=OPSET,
        dynamo=True,
        external_data=False,
        verbose=False,
    )
    model = onnx.load(path)
    onnx.checker.check_model(model)
    # Exporter notes (source paths) have no place in a released file.
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in [*model.graph.value_info, *model.graph.input, *model.graph.output, *model.graph.initializer]:
        del value.metadata_props[:]
    del model.metadata_props[:]
    del model.graph.metadata_props[:]
    onnx.save(model, path)


def _session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def export_audio(encoder: AudioEncoder, path: Path) -> float:
    """Writes audio.onnx; returns the largest difference from torch."""
    graph = AudioGraph(encoder).eval()
    left = left_context_samples()
    example = torch.randn(2, left + (3 + LOOKAHEAD) * FRAME_SAMPLES) * 0.1
    samples = torch.export.Dim("frames", min=3, max=4096) * FRAME_SAMPLES
    batch = torch.export.Dim("batch", min=1, max=4096)
    del samples  # the exporter derives the frame count itself
    axes = {"pcm": {0: batch, 1: torch.export.Dim.DYNAMIC}}
    _save(graph, (example,), path, ["pcm"], "features", axes)
    session, worst = _session(path), 0.0
    for batch_size, block in ((1, 2), (1, 5), (3, 1), (2, 4)):
        pcm = torch.randn(batch_size, left + (block + LOOKAHEAD) * FRAME_SAMPLES) * 0.05
        with torch.no_grad():
            want = encoder(pcm)[:, left // FRAME_SAMPLES : -LOOKAHEAD]
        got = session.run(None, {"pcm": pcm.numpy()})[0]
        assert got.shape == (batch_size, block, FEATURES), got.shape
        worst = max(worst, float(np.abs(got - want.numpy()).max()))
    return worst


def export_motion(denoiser: Denoiser, path: Path) -> float:
    """Writes motion.onnx; returns the largest difference from torch."""
    graph = MotionGraph(denoiser, Calibration.load()).eval()

    def inputs(batch: int, block: int) -> dict[str, Tensor]:
        return {
            "noisy": torch.randn(batch, block, SIZE),
            "time": torch.rand(batch),
            "audio": torch.randn(batch, CACHE + block, FEATURES),
            "cache": torch.rand(batch, CACHE, SIZE) * 0.1,
            "controls": torch.rand(batch, CONTROL_SIZE),
        }

    batch, block = torch.export.Dim("batch", min=1, max=4096), torch.export.Dim("block", min=2, max=5)
    axes = {
        "noisy": {0: batch, 1: block},
        "time": {0: batch},
        "audio": {0: batch, 1: block + CACHE},
        "cache": {0: batch},
        "controls": {0: batch},
    }
    example = inputs(3, 4)
    _save(graph, tuple(example.values()), path, list(example), "clean", axes)
    session, worst = _session(path), 0.0
    for size in ((1, 2), (1, 3), (2, 5), (4, 4)):
        given = inputs(*size)
        with torch.no_grad():
            want = graph(*given.values())
        got = session.run(None, {name: value.numpy() for name, value in given.items()})[0]
        worst = max(worst, float(np.abs(got - want.numpy()).max()))
    return worst


def manifest(statistics: dict[str, np.ndarray], folder: Path) -> dict:
    """This step's keys of pack.json."""

    def entry(file: str, inputs: dict, outputs: dict, fp16: bool = False) -> dict:
        digest = hashlib.sha256((folder / file).read_bytes()).hexdigest()

        def tensors(shapes: dict) -> dict:
            return {name: {"type": "float32", "shape": shape} for name, shape in shapes.items()}

        return {
            "file": file,
            "sha256": digest,
            "fp16": fp16,
            "inputs": tensors(inputs),
            "outputs": tensors(outputs),
        }

    rounded = {name: [round(float(v), 6) for v in statistics[name]] for name in ("mean", "std", "min", "max")}
    return {
        "format": 1,
        "name": "builtin",
        "version": "1.0.0",
        "licence": "Apache-2.0",
        "provenance": PROVENANCE,
        "motion": {"rateHz": RATE_HZ, "channels": SIZE, "cacheFrames": CACHE, **rounded},
        "audio": {
            "sampleRateHz": 16000,
            "leftContextSamples": left_context_samples(),
            "lookaheadFrames": LOOKAHEAD,
            "featureSize": FEATURES,
            "historyFrames": CACHE,
        },
        # Trained on 2-5; one at a time, for the lowest latency, measured as good (bench latency).
        "blocks": [1, 2, 3, 4, 5],
        "sampler": {"times": list(STUDENT_TIMES)},
        "controls": {"size": CONTROL_SIZE},
        "graphs": {
            "audio": entry(
                "audio.onnx", {"pcm": ["batch", "samples"]}, {"features": ["batch", "block", FEATURES]}
            ),
            "motion": entry(
                "motion.onnx",
                {
                    "noisy": ["batch", "block", SIZE],
                    "time": ["batch"],
                    "audio": ["batch", "frames", FEATURES],
                    "cache": ["batch", CACHE, SIZE],
                    "controls": ["batch", CONTROL_SIZE],
                },
                {"clean": ["batch", "block", SIZE]},
                # The encoder's spectra of quiet voices leave the range of FP16 (see half_precision.py).
                fp16=True,
            ),
        },
    }


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--encoder", type=Path, default=WORK / "encoder.pt")
    parser.add_argument("--student", type=Path, default=WORK / "student.pt")
    parser.add_argument("--out", type=Path, default=PACK)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    encoder, denoiser = AudioEncoder().eval(), Denoiser().eval()
    encoder.load_state_dict(torch.load(options.encoder))
    denoiser.load_state_dict(torch.load(options.student))
    print("audio.onnx differs by", export_audio(encoder, options.out / "audio.onnx"))
    print("motion.onnx differs by", export_motion(denoiser, options.out / "motion.onnx"))
    statistics = dict(np.load(WORK / "statistics.npz"))
    # The network's own buffers are what it was trained with.
    statistics["mean"], statistics["std"] = denoiser.mean.numpy(), denoiser.std.numpy()
    path = options.out / "pack.json"
    pack = json.loads(path.read_text()) if path.exists() else {}
    graphs = pack.get("graphs", {})
    own = manifest(statistics, options.out)
    own["graphs"] = {**graphs, **own["graphs"]}
    path.write_text(json.dumps({**pack, **own}, indent=1) + "\n")
    sizes = {name: (options.out / name).stat().st_size / 1e6 for name in ("audio.onnx", "motion.onnx")}
    print("MB:", sizes)


if __name__ == "__main__":
    main()
