"""Writes both networks for the pack: `python -m drawn.export --run DIR [--out ../builtin]`. Weights are kept in half
precision and widened when they are loaded."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from . import points as P
from .network import DETECTOR_SIDE, POINTS_SIDE, Detector, PointFinder

OPSET = 17
LEAST_HALVED = 256
"""smaller tensors stay as they are"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[2] / "builtin")
    parser.add_argument("--doubt", type=float, default=1.0, help="errors that points are said to have, times this")
    options = parser.parse_args()
    for name, network, side, outputs in (
        ("detector", Detector(), DETECTOR_SIDE, ["cells"]),
        ("points", PointFinder(), POINTS_SIDE, ["points", "whole"]),
    ):
        network.load_state_dict(torch.load(options.run / f"{name}.pt", map_location="cpu")["mean"])
        if name == "points":
            # What was learnt by heart is thought too certain.
            with torch.no_grad():
                network.head[0].bias[P.COUNT :] += math.log(options.doubt)
        file = options.out / f"drawn-{name}.onnx"
        torch.onnx.export(network.eval(), torch.zeros(1, 3, side, side), str(file), input_names=["picture"],
            output_names=outputs, opset_version=OPSET, dynamo=False, do_constant_folding=True)  # fmt: skip
        model = onnx.load(file)
        halve(model)
        onnx.checker.check_model(model)
        onnx.save(model, file)
        print(file.name, file.stat().st_size)


def halve(model: onnx.ModelProto) -> None:
    """Weights in FP16, each with a Cast back, which ONNX Runtime folds when it loads the graph."""
    graph = model.graph
    casts = []
    for weight in graph.initializer:
        if weight.data_type != TensorProto.FLOAT or np.prod(weight.dims) < LEAST_HALVED:
            continue
        name = weight.name
        halved = numpy_helper.from_array(numpy_helper.to_array(weight).astype(np.float16), f"{name}_half")
        weight.CopyFrom(halved)
        casts.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)


if __name__ == "__main__":
    main()
