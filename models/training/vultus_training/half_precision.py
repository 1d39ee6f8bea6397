"""What each graph of a pack loses in FP16, measured against FP32 on a voice: which may run in half precision.

There is FP16 arithmetic only on accelerators; here every weight, and every tensor between two operators, is
rounded to FP16, while an operator adds up in FP32. Inputs and outputs stay FP32.

Run: python -m vultus_training.half_precision --voice FILE [--pack ../builtin]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import soundfile
from onnx import TensorProto, helper, numpy_helper

from .channels import CH, SIZE
from .paths import PACK
from .streaming import Streamer, neutral_controls

BLOCK = 2
SECONDS = 10
#: As recorded, and as a quiet microphone gives it: squares of small samples leave the range of FP16 first.
GAINS = (1.0, 0.03)
SIDE = 512


def rounded(model: onnx.ModelProto) -> onnx.ModelProto:
    """The graph with its weights, and each operator's outputs, rounded to FP16."""
    model = onnx.shape_inference.infer_shapes(model)
    graph = model.graph
    values = [*graph.value_info, *graph.output]
    floats = {value.name for value in values if value.type.tensor_type.elem_type == TensorProto.FLOAT}
    for weight in graph.initializer:
        if weight.data_type == TensorProto.FLOAT:
            half = numpy_helper.to_array(weight).astype(np.float16)
            weight.CopyFrom(numpy_helper.from_array(half.astype(np.float32), weight.name))
    nodes = []
    for node in graph.node:
        nodes.append(node)
        for i, name in enumerate(node.output):
            if name in floats:
                exact, half = f"{name}.exact", f"{name}.half"
                node.output[i] = exact
                nodes.append(helper.make_node("Cast", [exact], [half], to=TensorProto.FLOAT16))
                nodes.append(helper.make_node("Cast", [half], [name], to=TensorProto.FLOAT))
    nodes = [onnx.NodeProto.FromString(node.SerializeToString()) for node in nodes]
    del graph.node[:], graph.value_info[:]
    graph.node.extend(nodes)
    return model


def session(path: Path, half: bool) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    model = onnx.load(path)
    if half:
        model = rounded(model)
        # Fused operators would not round in between.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def read_voice(path: Path) -> np.ndarray:
    """Mono at 16 kHz [1, samples]; linear interpolation is good enough to compare two precisions."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono = samples.mean(1)
    at = np.arange(0, min(len(mono) / rate, SECONDS), 1 / 16000)
    return np.interp(at, np.arange(len(mono)) / rate, mono).astype(np.float32)[None]


def stream(streamer: Streamer, pcm: np.ndarray) -> np.ndarray:
    """Motion frames [frames, 58] as the server makes them, each block on top of the last."""
    frames = pcm.shape[1] // 640 // BLOCK * BLOCK
    features = streamer.features(pcm, frames)
    noise = np.random.default_rng(1).standard_normal((1, frames, SIZE)).astype(np.float32)
    cache = np.zeros((1, streamer.cache, SIZE), np.float32)
    controls = neutral_controls()[None]
    out = []
    for first in range(0, frames, BLOCK):
        audio = features[:, first : first + streamer.cache + BLOCK]
        block = streamer.sample(noise[:, first : first + BLOCK], audio, cache, controls).astype(np.float32)
        cache = np.concatenate([cache, block], 1)[:, -streamer.cache :]
        out.append(block[0])
    return np.concatenate(out)


def render_inputs() -> dict[str, np.ndarray]:
    """A sharp-edged picture and a gentle warp of it."""
    random = np.random.default_rng(2)
    half = SIDE // 2
    y, x = np.meshgrid(*[(np.arange(half) + 0.5) / half * 2 - 1] * 2, indexing="ij")
    warp = np.stack([x + 0.02 * np.sin(5 * y), y + 0.02 * np.cos(4 * x)])[None]
    luma = np.kron(random.uniform(16, 235, (SIDE // 8, SIDE // 8)), np.ones((8, 8)))
    chroma = np.kron(random.uniform(16, 240, (2, half // 8, half // 8)), np.ones((1, 8, 8)))
    inputs = {
        "map": np.clip(warp, -0.99, 0.99),
        "personLuma": np.stack([luma, np.ones_like(luma)])[None],
        "personChroma": np.concatenate([chroma, np.ones((1, half, half))])[None],
        "backgroundLuma": np.zeros((1, 1, SIDE, SIDE)),
        "backgroundChroma": np.zeros((1, 2, half, half)),
    }
    return {name: value.astype(np.float32) for name, value in inputs.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--voice", type=Path, required=True)
    parser.add_argument("--pack", type=Path, default=PACK)
    arguments = parser.parse_args()
    full = Streamer(arguments.pack)
    files = {name: arguments.pack / graph["file"] for name, graph in full.manifest["graphs"].items()}
    audio, motion = session(files["audio"], half=True), session(files["motion"], half=True)
    for gain in GAINS:
        pcm = gain * read_voice(arguments.voice)
        want = stream(full, pcm)
        for name, graphs in {"audio": (audio, full.motion), "motion": (full.audio, motion)}.items():
            other = Streamer(arguments.pack)
            other.audio, other.motion = graphs
            off = np.abs(stream(other, pcm) - want)
            jaw, yaw = off[:, CH["jawOpen"]], np.degrees(off[:, CH["headYaw"]])
            print(
                f"{name}, voice × {gain}, {len(want)} frames: shapes off by at most {off[:, :52].max():.4f}, "
                f"jaw {jaw.max():.4f} (mean {jaw.mean():.5f}), yaw {yaw.max():.3f}°"
            )

    inputs = render_inputs()
    want = session(files["render"], half=False).run(None, inputs)[0].astype(int)
    got = session(files["render"], half=True).run(None, inputs)[0].astype(int)
    off = np.abs(got - want)
    psnr = 10 * np.log10(255**2 / max((off**2).mean(), 1e-9))
    print(
        f"render: off by at most {off.max()} of 255, {100 * (off > 2).mean():.2f} % by more than 2, "
        f"PSNR {psnr:.1f} dB"
    )


if __name__ == "__main__":
    main()
