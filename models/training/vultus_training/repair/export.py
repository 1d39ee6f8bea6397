"""Writes the trained repair networks as ONNX, `<part>.onnx`, with a batch axis.

Run: python -m vultus_training.repair.export --weights work/repair --out work/repair
"""

from __future__ import annotations

import argparse
from pathlib import Path

import onnx
import torch

from .network import Repair
from .parts import PARTS, PLANES, Part


def write(part: Part, network: Repair, target: Path) -> None:
    """Graph: `crop` float32 [n, 8, cells, cells], `motion` [n, channels] → `field` [n, 14, grid, grid]."""
    sample = (torch.zeros(2, PLANES, part.cells, part.cells), torch.zeros(2, part.motion))
    torch.onnx.export(
        network.eval(),
        sample,
        str(target),
        input_names=["crop", "motion"],
        output_names=["field"],
        dynamic_axes={name: {0: "n"} for name in ("crop", "motion", "field")},
        opset_version=17,
        dynamo=False,
    )
    onnx.checker.check_model(onnx.load(target), full_check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", type=Path, required=True, help="folder of vultus_training.repair.train")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for part in PARTS.values():
        weights = arguments.weights / f"{part.name}.pt"
        if not weights.exists():
            continue
        state = torch.load(weights)
        network = Repair(part, width=state["rise.bias"].numel())
        network.load_state_dict(state)
        target = arguments.out / f"{part.name}.onnx"
        write(part, network, target)
        print(f"{target}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
