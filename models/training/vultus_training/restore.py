"""The committed pack → `work/encoder.pt` and `work/student.pt`, so that training can go on without the work
folder of the run that made it.

The exporter folds and transposes weights under names of its own. Which initializer is which parameter is
found by exporting the same network with random weights and comparing. The training heads of the encoder are
not in the pack and start anew.

Run: python -m vultus_training.restore [--pack ../builtin]
"""

from __future__ import annotations

import argparse
import json
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

from .denoiser import Denoiser
from .encoder import AudioEncoder
from .export import export_audio, export_motion
from .paths import PACK, WORK

#: Layers of the encoder that only its training reads.
HEADS = ("phones", "mouth", "take_jaw", "emotion", "voice")


def _weights(path: Path) -> dict[str, np.ndarray]:
    """Initializers by name; folded matrices, whose names count nodes, by their place among their like."""
    out: dict[str, np.ndarray] = {}
    for tensor in onnx.load(path).graph.initializer:
        value = numpy_helper.to_array(tensor)
        folded = value.ndim == 2 and "." not in tensor.name
        out[f"folded {sum(k.startswith('folded') for k in out)}" if folded else tensor.name] = value
    return out


def restore(model: nn.Module, export, pack_file: Path) -> list[str]:
    """Fills `model` from the graph; returns the names of parameters and buffers that the graph lacks."""
    with torch.no_grad():
        for value in model.state_dict().values():
            value.copy_(torch.rand_like(value) * 0.1 + 0.05)
    with tempfile.TemporaryDirectory() as folder:
        probe = Path(folder) / "probe.onnx"
        export(model.eval(), path=probe)
        exported = _weights(probe)
    shipped, missing = _weights(pack_file), []
    # The exporter folds std / range into one constant.
    ratio = model.std / model.range if isinstance(model, Denoiser) else None
    for name, value in model.state_dict().items():
        mine = value.numpy() if name != "range" else ratio.numpy()
        for key, theirs in exported.items():
            turned = theirs.shape == mine.shape[::-1] and np.array_equal(theirs.T, mine)
            if turned or (theirs.shape == mine.shape and np.array_equal(theirs, mine)):
                found = shipped[key].T if turned else shipped[key]
                value.copy_(torch.tensor(found))
                break
        else:
            missing.append(name)
    return missing


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pack", type=Path, default=PACK)
    pack = parser.parse_args().pack
    torch.set_num_threads(1)
    torch.manual_seed(0)
    WORK.mkdir(parents=True, exist_ok=True)
    encoder, denoiser = AudioEncoder(), Denoiser()
    print("encoder lacks", restore(encoder, export_audio, pack / "audio.onnx"))
    heads = AudioEncoder().state_dict()
    encoder.load_state_dict(
        {
            name: heads[name] if name.split(".")[0] in HEADS else value
            for name, value in encoder.state_dict().items()
        }
    )
    torch.save(encoder.state_dict(), WORK / "encoder.pt")
    print(
        "denoiser lacks", restore(denoiser, partial(export_motion, encoder=encoder), pack / "motion.onnx")
    )
    motion = json.loads((pack / "pack.json").read_text())["motion"]
    statistics = {name: np.array(motion[name], np.float32) for name in ("mean", "std", "min", "max")}
    denoiser.mean.copy_(torch.from_numpy(statistics["mean"]))
    denoiser.std.copy_(torch.from_numpy(statistics["std"]))
    denoiser.range.copy_(denoiser.std / denoiser.range)
    torch.save(denoiser.state_dict(), WORK / "student.pt")
    np.savez(WORK / "statistics.npz", **statistics, range=denoiser.range.numpy())


if __name__ == "__main__":
    main()
