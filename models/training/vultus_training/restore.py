"""The committed pack → encoder.pt, student.pt, statistics.npz and calibration.npz in `work`, so that training
and exporting can go on without the work folder of the run that made it.

The exporter folds and transposes weights under names of its own. Which initializer is which parameter is
found by exporting the same network with random weights and comparing. Of the encoder's heads the pack has
those for phones and voice, and five rows of that for the mouth; where `work/corpus` is, the rest of the
mouth and the human jaw are fitted to it, so that heads that know nothing don't spoil what they are fed with.
The head for moods starts anew.

Run: python -m vultus_training.restore [--pack ../builtin]
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from .calibration import HEAD_BLOCKS, Calibration
from .channels import CH, FRAME_SAMPLES, MOUTH, SIZE
from .denoiser import LAYERS, Denoiser
from .encoder import FEATURES, JAW_SCALE, MOUTH_SCALE, AudioEncoder
from .export import BLOCKS, export_audio, export_motion
from .graphs import READ, MotionGraph
from .paths import PACK, WORK

#: Layers of the encoder that audio.onnx hasn't.
HEADS = ("phones", "mouth", "take_jaw", "emotion", "voice")
#: Clips of each part of the corpus that heads are fitted to, and how firmly their weights are held.
_CLIPS, _RIDGE = 120, 1e-2


class Initializers:
    """Those of a graph of the pack, beside those of the same graph with the random weights of `module`."""

    def __init__(self, module: nn.Module, export: Callable[[Path], object], pack_file: Path) -> None:
        with torch.no_grad():
            for value in module.state_dict().values():
                value.copy_(torch.rand_like(value) * 0.1 + 0.05)
        with tempfile.TemporaryDirectory() as folder:
            probe = Path(folder) / "probe.onnx"
            export(probe)
            self._probe = _weights(probe)
        self._shipped = _weights(pack_file)

    def of(self, mine: Tensor) -> Tensor | None:
        """The pack's value of what is `mine` in the module, or None if the graph lacks it."""
        value = mine.detach().numpy()
        for key, theirs in self._probe.items():
            turned = theirs.shape == value.shape[::-1] and np.array_equal(theirs.T, value)
            if turned or (theirs.shape == value.shape and np.array_equal(theirs, value)):
                return torch.tensor(self._shipped[key].T if turned else self._shipped[key])
        return None

    def fill(self, module: nn.Module) -> list[str]:
        """Puts the pack's weights into `module`; returns the names of those that the graph lacks."""
        missing = []
        with torch.no_grad():
            for name, value in module.state_dict().items():
                found = self.of(value)
                if found is None:
                    missing.append(name)
                else:
                    value.copy_(found)
        return missing


def _weights(path: Path) -> dict[str, np.ndarray]:
    """Initializers by name; folded matrices, whose names count nodes, by their place among their like."""
    out: dict[str, np.ndarray] = {}
    for tensor in onnx.load(path).graph.initializer:
        value = numpy_helper.to_array(tensor)
        folded = value.ndim == 2 and "." not in tensor.name
        out[f"folded {sum(k.startswith('folded') for k in out)}" if folded else tensor.name] = value
    return out


def _restore_encoder(pack_file: Path) -> AudioEncoder:
    """All but the heads, which start anew."""
    encoder = AudioEncoder().eval()
    state = encoder.state_dict().items()
    heads = {name: value.clone() for name, value in state if name.split(".")[0] in HEADS}
    found = Initializers(encoder, partial(export_audio, encoder), pack_file)
    # The graph has them turned, for products; to be found before the weights that they were made from change.
    convolutions = [encoder.stem, encoder.stem2, *(block.conv for block in encoder.blocks)]
    products = [found.of(convolution.weight.transpose(1, 2)) for convolution in convolutions]
    missing = [name for name in found.fill(encoder) if not re.search(r"(stem2?|conv)\.weight$", name)]
    with torch.no_grad():
        for convolution, product in zip(convolutions, products, strict=True):
            convolution.weight.copy_(product.transpose(1, 2))
    print("encoder lacks", [name for name in missing if name not in heads])
    encoder.load_state_dict(heads, strict=False)
    return encoder


def _restore_motion(pack: Path, encoder: AudioEncoder) -> tuple[Denoiser, Calibration, dict]:
    """The student, what was measured of it, and its statistics; fills those heads of `encoder` that it
    reads."""
    motion = json.loads((pack / "pack.json").read_text())["motion"]
    statistics = {name: np.array(motion[name], np.float32) for name in ("mean", "std", "min", "max")}
    denoiser, rng = Denoiser().eval(), np.random.default_rng(0)
    probe = Calibration(
        blinks=np.cumsum(rng.uniform(0.1, 0.9, (8, 2)), 0),
        head=rng.uniform(1, 2, (3, 3)),
        reach=rng.uniform(0.1, 1, SIZE),
    )
    # Of the mouth's head the graph has some rows only, and those scaled: restored below, not by the module.
    mouth = encoder.mouth
    encoder.mouth = nn.Linear(FEATURES, len(MOUTH))
    read = nn.ModuleDict({"denoiser": denoiser, "phones": encoder.phones, "voice": encoder.voice})
    found = Initializers(
        read,
        lambda path: export_motion(denoiser, encoder, path, probe),
        pack / "motion.onnx",
    )
    graph = MotionGraph(denoiser, encoder, probe)
    encoder.mouth = mouth
    ratio = found.of(denoiser.std / denoiser.range)  # the exporter folds it into one constant
    # What the graph has of all layers in one table.
    shifts, biases = found.of(denoiser.shifts()), found.of(denoiser.bias_table())
    joint = [found.of(torch.cat([layer.query.bias, layer.own.bias])) for layer in denoiser.layers]
    known = r"range|shift|_bias$|(query|own)\.bias$"
    print("student lacks", [name for name in found.fill(read) if not re.search(known, name)])
    with torch.no_grad():
        for layer in denoiser.layers:
            layer.shift.zero_()
        shifts = (shifts - denoiser.shifts()).chunk(LAYERS)
        tables = zip(denoiser.layers, shifts, biases.t().chunk(LAYERS), joint, strict=True)
        for layer, shift, bias, of_both in tables:
            layer.query.bias.copy_(of_both[: len(layer.query.bias)])
            layer.own.bias.copy_(of_both[len(layer.query.bias) :])
            layer.shift.copy_(shift.view_as(layer.shift))
            layer.past_bias.copy_(bias[:, : layer.past_bias.shape[1]])
            layer.own_bias.copy_(bias[:, layer.past_bias.shape[1] :])
    denoiser.mean.copy_(torch.from_numpy(statistics["mean"]))
    denoiser.std.copy_(torch.from_numpy(statistics["std"]))
    denoiser.range.copy_(denoiser.std / ratio)
    rows = [MOUTH.index(channel) for channel in READ]
    with torch.no_grad():
        mouth.weight[rows] = found.of(graph.reading) / MOUTH_SCALE[rows][:, None]
        mouth.bias[rows] = found.of(graph.reading_bias) / MOUTH_SCALE[rows]
    return denoiser, _calibration(found, graph, denoiser, motion), statistics


def _calibration(found: Initializers, graph: MotionGraph, denoiser: Denoiser, motion: dict) -> Calibration:
    asked, step = found.of(graph.asked[:-1]), found.of(torch.diff(graph.asked))
    given = found.of(graph.base) + torch.cumsum(torch.cat([torch.zeros(1), found.of(graph.slope) * step]), 0)
    cold, _, hot = graph.heat
    measured = [BLOCKS.index(block) for block in HEAD_BLOCKS]
    heat = [found.of(cold), found.of(cold) + found.of(graph.heat[1] - cold), found.of(hot)]
    return Calibration(
        blinks=torch.stack([torch.cat([asked, asked[-1:] + step[-1:]]), given], 1).numpy(),
        head=1 + torch.stack(heat).numpy(),
        reach=found.of(graph.reach).numpy(),
        gaze=np.array(motion["gazePitch"])[measured],
        blink_factor=np.array(motion["blinkFactor"])[measured],
    )


@torch.no_grad()
def _clips(encoder: AudioEncoder, folder: Path) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """(features, mouth) of some of a part's clips."""
    pcm, mouth = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("pcm", "mouth"))
    clips = np.load(folder / "clips.npy")
    for at, frames in clips[:: max(1, len(clips) // _CLIPS)]:
        voice = pcm[at * FRAME_SAMPLES : (at + frames) * FRAME_SAMPLES].astype(np.float32) / 32768
        yield encoder(torch.from_numpy(voice)[None])[0].numpy(), mouth[at : at + frames].astype(np.float32)


def fit_heads(encoder: AudioEncoder, corpus: Path) -> None:
    """Mouth (but the rows that the pack has) and human jaw, by ridge regression on what the encoder hears."""
    there = [name for name in ("real", "takes") if (corpus / name).exists()]
    parts = {name: list(_clips(encoder, corpus / name)) for name in there}

    def fit(name: str, channels: list[int], scale: Tensor, head: nn.Linear, rows: list[int]) -> None:
        heard, shown = (np.concatenate(column) for column in zip(*parts[name], strict=True))
        inputs = np.concatenate([heard, np.ones((len(heard), 1), np.float32)], 1).astype(np.float64)
        square = inputs.T @ inputs + _RIDGE * np.eye(inputs.shape[1])
        weights = torch.from_numpy(np.linalg.solve(square, inputs.T @ (shown[:, channels] / scale.numpy())).T)
        with torch.no_grad():
            head.weight[rows], head.bias[rows] = weights[:, :-1].float(), weights[:, -1].float()

    rest = [row for row, channel in enumerate(MOUTH) if channel not in READ]
    if "real" in parts:
        fit("real", rest, MOUTH_SCALE[rest], encoder.mouth, rest)
    if "takes" in parts:
        fit("takes", [MOUTH.index(CH["jawOpen"])], torch.tensor([JAW_SCALE]), encoder.take_jaw, [0])


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pack", type=Path, default=PACK)
    pack = parser.parse_args(arguments).pack
    torch.set_num_threads(1)
    torch.manual_seed(0)
    WORK.mkdir(parents=True, exist_ok=True)
    encoder = _restore_encoder(pack / "audio.onnx")
    denoiser, calibration, statistics = _restore_motion(pack, encoder)
    fit_heads(encoder, WORK / "corpus")
    torch.save(encoder.state_dict(), WORK / "encoder.pt")
    torch.save(denoiser.state_dict(), WORK / "student.pt")
    np.savez(WORK / "statistics.npz", **statistics, range=denoiser.range.numpy())
    np.savez(WORK / "calibration.npz", **vars(calibration))


if __name__ == "__main__":
    main()
