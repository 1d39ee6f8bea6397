"""Step 6: student and encoder → audio.onnx, motion.onnx, both with weights of 8 bits beside them, and their part
of pack.json (other keys stay).

Both graphs are checked with onnxruntime against torch, at several batch and block sizes.

Run: python -m vultus_training.export [--student work/student.pt] [--out ../builtin]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn

from .byte_weights import with_byte_weights
from .calibration import HEAD_BLOCKS, Calibration
from .channels import CH, CONTROL_SIZE, FRAME_SAMPLES, RATE_HZ, SIZE, pair
from .denoiser import CACHE, MEMORY, Denoiser
from .encoder import FEATURES, LEFT_SAMPLES, LOOKAHEAD, MEMORY_FRAMES, AudioEncoder
from .encoder import MEMORY as HEARING
from .graphs import AudioGraph, MotionGraph
from .pack_files import sha256, with_files
from .paths import PACK, WORK

OPSET = 20
#: Coefficients below these are rest to whoever shows them (src/model/settled-frame.ts). Measured on the student
#: under neutral controls, so that brows stand where the portrait has them in half of all frames of speech.
KNEES = np.zeros(SIZE)
KNEES[CH["browInnerUp"]] = 0.12
KNEES[pair("browOuterUp")] = 0.10
KNEES[[*pair("browDown"), *pair("eyeWide")]] = 0.05
# 0.2 in P B M and 0.02-0.06 in all else, where it would widen the mouth.
KNEES[pair("mouthPress")] = 0.12
#: Trained on 2-5; one at a time, for the lowest latency, measured as good (bench latency).
BLOCKS = [1, 2, 3, 4, 5]
PROVENANCE = (
    "Trained from scratch by models/training. Speech: LibriSpeech (CC BY 4.0, V. Panayotov et al., "
    "2014; 249 aligned clips of train-clean-100 and test-other readers), VCTK (CC BY 4.0, C. Veaux et al., "
    "2017; 19 aligned clips of four readers), synthesised speech (espeak-ng "
    "in 70 languages and accents, flite's four voices, Open JTalk with the HTS voice Mei, CC BY 3.0, "
    "Nagoya Institute of Technology), also sung, shouted and whispered, and synthesised sounds. Mouth: an "
    "articulation model fitted to takes 01-04 of FACEGOOD-Audio2Face (MIT), and these takes as human "
    "motion. Head, gaze, blinks, brows and emotion: drawn from distributions. No other recordings."
)


def _save(module: nn.Module, arguments: tuple, path: Path, names: list[str], outputs: list[str], axes: dict) -> None:
    torch.onnx.export(
        module,
        arguments,
        str(path),
        input_names=names,
        output_names=outputs,
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
    """Writes audio.onnx; returns the largest difference from torch, streamed against the whole clip."""
    graph = AudioGraph(encoder).eval()
    pcm = torch.randn(2, LEFT_SAMPLES + (3 + LOOKAHEAD) * FRAME_SAMPLES) * 0.1
    batch = torch.export.Dim("batch", min=2, max=4096)
    axes = {"pcm": {0: batch, 1: torch.export.Dim.DYNAMIC}, "memory": {0: batch}}
    example = (pcm, torch.randn(2, MEMORY_FRAMES, HEARING))
    _save(graph, example, path, ["pcm", "memory"], ["features", "remembered"], axes)
    session, worst = _session(path), 0.0
    for batch_size, blocks in ((1, (40, 2, 1, 5)), (3, (40, 1, 1, 4, 3))):
        clip = torch.randn(batch_size, LEFT_SAMPLES + (sum(blocks) + LOOKAHEAD) * FRAME_SAMPLES) * 0.05
        with torch.no_grad():
            want = encoder(clip)[:, LEFT_SAMPLES // FRAME_SAMPLES : -LOOKAHEAD].numpy()
        memory = np.zeros((batch_size, MEMORY_FRAMES, HEARING), np.float32)
        at = 0
        for block in blocks:
            span = slice(at * FRAME_SAMPLES, LEFT_SAMPLES + (at + block + LOOKAHEAD) * FRAME_SAMPLES)
            got, remembered = session.run(None, {"pcm": clip[:, span].numpy(), "memory": memory})
            assert got.shape == (batch_size, block, FEATURES), got.shape
            memory = np.concatenate([memory, remembered], 1)[:, -MEMORY_FRAMES:]
            # In the first block the memory is not that of any voice.
            if at > 0:
                worst = max(worst, float(np.abs(got - want[:, at : at + block]).max()))
            at += block
    return worst


def export_motion(
    denoiser: Denoiser, encoder: AudioEncoder, path: Path, calibration: Calibration | None = None
) -> float:
    """Writes motion.onnx, by default with the calibration that was measured; returns the largest difference
    from torch."""
    graph = MotionGraph(denoiser, encoder, calibration or Calibration.load()).eval()

    def inputs(batch: int, block: int, fresh: int) -> dict[str, Tensor]:
        return {
            "noise": torch.randn(batch, block, SIZE),
            "shown": torch.rand(batch, fresh + 1, SIZE) * 0.1,
            "audio": torch.randn(batch, fresh + 1 + block, FEATURES),
            "memory": torch.randn(batch, CACHE, MEMORY),
            "controls": torch.rand(batch, CONTROL_SIZE),
        }

    batch, block = torch.export.Dim("batch", min=2, max=4096), torch.export.Dim("block", min=2, max=5)
    axes = {
        "noise": {0: batch, 1: block},
        "shown": {0: batch, 1: torch.export.Dim.DYNAMIC},
        "audio": {0: batch, 1: torch.export.Dim.DYNAMIC},
        "memory": {0: batch},
        "controls": {0: batch},
    }
    example = inputs(3, 4, 3)
    _save(graph, tuple(example.values()), path, list(example), ["frames", "remembered"], axes)
    session, worst = _session(path), 0.0
    for size in ((1, 2, 1), (1, 3, 24), (2, 5, 2), (4, 4, 4), (3, 1, 1)):
        given = inputs(*size)
        with torch.no_grad():
            want = graph(*given.values())
        got = session.run(None, {name: value.numpy() for name, value in given.items()})
        for mine, theirs in zip(got, want, strict=True):
            worst = max(worst, float(np.abs(mine - theirs.numpy()).max()))
    return worst


def manifest(statistics: dict[str, np.ndarray], folder: Path) -> dict:
    """This step's keys of pack.json."""

    def entry(name: str, inputs: dict, outputs: dict, fp16: bool = False) -> dict:
        def tensors(shapes: dict) -> dict:
            return {name: {"type": "float32", "shape": shape} for name, shape in shapes.items()}

        def named(file: str) -> dict:
            return {"file": file, "sha256": sha256(folder / file)}

        return {
            **named(f"{name}.onnx"),
            "bytes": named(f"{name}-bytes.onnx"),
            "fp16": fp16,
            "inputs": tensors(inputs),
            "outputs": tensors(outputs),
        }

    rounded = {name: [round(float(v), 6) for v in statistics[name]] for name in ("mean", "std", "min", "max")}
    calibration = Calibration.load()

    def of_blocks(measured: np.ndarray) -> list:
        """[3, 3] of `HEAD_BLOCKS` → a row for each of `BLOCKS`"""
        rows = np.stack([np.interp(BLOCKS, HEAD_BLOCKS, state) for state in measured.T], 1)
        return rows.round(4).tolist()

    return {
        "name": "builtin",
        "version": "1.0.0",
        "licence": "Apache-2.0",
        "provenance": PROVENANCE,
        "motion": {
            "rateHz": RATE_HZ,
            "channels": SIZE,
            "memoryFrames": CACHE,
            "memorySize": MEMORY,
            **rounded,
            "knees": KNEES.tolist(),
            "gazePitch": of_blocks(calibration.gaze),
            "blinkFactor": of_blocks(calibration.blink_factor),
        },
        "audio": {
            "sampleRateHz": 16000,
            "leftContextSamples": LEFT_SAMPLES,
            "lookaheadFrames": LOOKAHEAD,
            "featureSize": FEATURES,
            "memoryFrames": MEMORY_FRAMES,
            "memorySize": HEARING,
        },
        "blocks": BLOCKS,
        "controls": {"size": CONTROL_SIZE},
        "graphs": {
            "audio": entry(
                "audio",
                {"pcm": ["batch", "samples"], "memory": ["batch", MEMORY_FRAMES, HEARING]},
                {
                    "features": ["batch", "block", FEATURES],
                    "remembered": ["batch", "block", HEARING],
                },
            ),
            "motion": entry(
                "motion",
                {
                    "noise": ["batch", "block", SIZE],
                    "shown": ["batch", "shown", SIZE],
                    "audio": ["batch", "heard", FEATURES],
                    "memory": ["batch", CACHE, MEMORY],
                    "controls": ["batch", CONTROL_SIZE],
                },
                {"frames": ["batch", "block", SIZE], "remembered": ["batch", "fresh", MEMORY]},
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
    print("motion.onnx differs by", export_motion(denoiser, encoder, options.out / "motion.onnx"))
    # Powers of a spectrum are too far apart for bytes.
    exact = [encoder.front.mel.numpy().T]
    for name in ("audio", "motion"):
        with_byte_weights(options.out / f"{name}.onnx", options.out / f"{name}-bytes.onnx", exact)
    statistics = dict(np.load(WORK / "statistics.npz"))
    # The network's own buffers are what it was trained with.
    statistics["mean"], statistics["std"] = denoiser.mean.numpy(), denoiser.std.numpy()
    path = options.out / "pack.json"
    pack = json.loads(path.read_text()) if path.exists() else {}
    graphs = pack.get("graphs", {})
    own = manifest(statistics, options.out)
    own["graphs"] = {**graphs, **own["graphs"]}
    path.write_text(json.dumps(with_files({**pack, **own}, options.out), indent=1) + "\n")
    sizes = {name: (options.out / name).stat().st_size / 1e6 for name in ("audio.onnx", "motion.onnx")}
    print("MB:", sizes)


if __name__ == "__main__":
    main()
