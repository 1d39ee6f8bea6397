"""Converts the face networks of the npm package `@vladmandic/human` from TensorFlow.js to ONNX.

Detector (BlazeFace, back camera), face mesh and iris are MediaPipe's (Apache-2.0); `faceres` (HSE FaceRes)
tells people apart and is needed by the benches only. Each graph is read from `NAME.json` and `NAME.bin`; only
what the kept outputs need is converted.

Every graph takes `picture` float32 [n, 3, side, side], RGB 0..1; lengths are in pixels of that input:

    face-detector   256 → `scores` [1, 896, 1] 0..1, `boxes` [1, 896, 16] from the anchors
    face-mesh       192 → `mesh` [n, 468, 3], `score` [n, 1] 0..1
    iris             64 → `points` [n, 76, 3]: 71 about the eye, 5 of the iris
    face-descriptor 224 → `descriptor` [n, 1024]

Weights are stored as float16 and cast when a session opens: all but those of `iris` were float16 before.

Run: python -m vultus_training.face_models …/node_modules/@vladmandic/human/models ../builtin
"""

from __future__ import annotations

import argparse
import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

#: As the JSON has it: `name`, `op`, `input`, `attr`.
TfNode = dict[str, Any]
#: From NHWC to NCHW, and from the axes of the one to those of the other.
TO_NCHW = (0, 3, 1, 2)
CHANNEL_OF_AXIS = {0: 0, 1: 2, 2: 3, 3: 1}
#: Shorter constants stay float32: halving them would save nothing.
MIN_HALVED = 16


@dataclass(frozen=True)
class Result:
    """An output of a graph: nodes of the source, put one after the other, with what comes after them."""

    name: str
    sources: tuple[str, ...]
    shape: tuple[int | str, ...]
    after: str | None = None


@dataclass(frozen=True)
class FaceModel:
    """`scale` and `shift` turn a picture of 0..1 into what the network was trained on."""

    source: str
    target: str
    side: int
    results: tuple[Result, ...]
    batch: int | str = "n"
    scale: float = 1
    shift: float = 0


MODELS = (
    FaceModel(
        source="blazeface",
        target="face-detector",
        side=256,
        results=(
            Result("scores", ("Identity", "Identity_1"), (1, 896, 1), after="Sigmoid"),
            Result("boxes", ("Identity_2", "Identity_3"), (1, 896, 16)),
        ),
        batch=1,
        scale=2,
        shift=-1,
    ),
    FaceModel(
        source="facemesh",
        target="face-mesh",
        side=192,
        results=(
            Result("mesh", ("Identity_2",), ("n", 468, 3)),
            Result("score", ("Identity_1",), ("n", 1)),
        ),
    ),
    FaceModel(
        source="iris",
        target="iris",
        side=64,
        results=(Result("points", ("Identity",), ("n", 76, 3)),),
    ),
    FaceModel(
        source="faceres",
        target="face-descriptor",
        side=224,
        results=(Result("descriptor", ("global_pooling/Mean",), ("n", 1024)),),
        scale=255,
    ),
)


class Source:
    """A TensorFlow.js graph model: its nodes by name, its weights as arrays."""

    def __init__(self, folder: Path, name: str) -> None:
        description = json.loads((folder / f"{name}.json").read_text())
        self.nodes: dict[str, TfNode] = {node["name"]: node for node in description["modelTopology"]["node"]}
        self.weights = read_weights(description["weightsManifest"], folder)

    def inputs(self, node: TfNode) -> list[str]:
        return [name.removesuffix(":0") for name in node.get("input", [])]

    def needed(self, outputs: list[str]) -> list[TfNode]:
        """The nodes that `outputs` depend on, in an order in which they can be computed."""
        ordered: dict[str, TfNode] = {}

        def visit(name: str) -> None:
            if name in ordered or name in self.weights:
                return
            for source in self.inputs(self.nodes[name]):
                visit(source)
            ordered[name] = self.nodes[name]

        for output in outputs:
            visit(output)
        return list(ordered.values())


def read_weights(manifest: list[dict], folder: Path) -> dict[str, np.ndarray]:
    weights: dict[str, np.ndarray] = {}
    for group in manifest:
        data = b"".join((folder / path).read_bytes() for path in group["paths"])
        offset = 0
        for entry in group["weights"]:
            quantised = entry.get("quantization", {})
            stored = np.dtype(quantised.get("dtype", entry["dtype"]))
            count = prod(entry["shape"])
            values = np.frombuffer(data, stored, count, offset).reshape(entry["shape"])
            offset += count * stored.itemsize
            if "scale" in quantised:
                values = values * np.float64(quantised["scale"]) + quantised["min"]
            weights[entry["name"]] = values.astype(entry["dtype"])
    return weights


def numbers(node: TfNode, key: str) -> list[int]:
    return [int(value) for value in node["attr"][key]["list"]["i"]]


def text(node: TfNode, key: str) -> str:
    return base64.b64decode(node["attr"][key]["s"]).decode()


def texts(node: TfNode, key: str) -> list[str]:
    return [base64.b64decode(value).decode() for value in node["attr"][key]["list"]["s"]]


class Converter:
    """Emits ONNX nodes in NCHW; tensors have names t0, t1, … in the order of their making."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []
        self.names: dict[str, str] = {}
        self.count = 0
        self.rules: dict[str, Callable[[TfNode, list[str]], str]] = {
            "Conv2D": self.convolution,
            "_FusedConv2D": self.convolution,
            "DepthwiseConv2dNative": self.depthwise,
            "MaxPool": self.max_pool,
            "Prelu": self.prelu,
            "Pad": self.pad,
            "Reshape": self.reshape,
            "ConcatV2": self.concat,
            "Mean": self.mean,
            "Identity": lambda _node, inputs: self.names[inputs[0]],
            "Relu": self.plain("Relu"),
            "Sigmoid": self.plain("Sigmoid"),
            "Add": self.plain("Add"),
            "AddV2": self.plain("Add"),
            "Mul": self.plain("Mul"),
            "Minimum": self.plain("Min"),
            "Maximum": self.plain("Max"),
        }

    # -- Pieces of a graph

    def emit(self, kind: str, inputs: list[str], name: str | None = None, **attributes: Any) -> str:
        if name is None:
            name = f"t{self.count}"
            self.count += 1
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def constant(self, values: np.ndarray) -> str:
        name = f"c{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def weight(self, values: np.ndarray) -> str:
        """Float weights, kept in half the space; a session folds the cast when it opens."""
        if values.size < MIN_HALVED:
            return self.constant(values.astype(np.float32))
        half = self.constant(values.astype(np.float16))
        return self.emit("Cast", [half], to=TensorProto.FLOAT)

    def operand(self, name: str) -> str:
        """A tensor, or a constant that holds a value for each channel or one for all."""
        if name not in self.source.weights:
            return self.names[name]
        values = self.source.weights[name]
        return self.weight(values.reshape(-1, 1, 1) if values.size > 1 else values.reshape(()))

    # -- Rules, one for each kind of node

    def plain(self, kind: str) -> Callable[[TfNode, list[str]], str]:
        return lambda _node, inputs: self.emit(kind, [self.operand(name) for name in inputs])

    def convolution(self, node: TfNode, inputs: list[str]) -> str:
        kernel = self.source.weights[inputs[1]].transpose(3, 2, 0, 1)
        fused = texts(node, "fused_ops") if node["op"] == "_FusedConv2D" else []
        operands = [self.names[inputs[0]], self.weight(kernel)]
        if fused:
            assert fused[0] == "BiasAdd"
            operands.append(self.weight(self.source.weights[inputs[2]]))
        result = self.emit("Conv", operands, **window(node, kernel.shape[2:]))
        if fused[1:] == ["Relu"]:
            return self.emit("Relu", [result])
        if fused[1:] == ["Prelu"]:
            return self.emit("PRelu", [result, self.operand(inputs[3])])
        assert not fused[1:], fused
        return result

    def depthwise(self, node: TfNode, inputs: list[str]) -> str:
        kernel = self.source.weights[inputs[1]]
        height, width, channels, multiplier = kernel.shape
        kernel = kernel.transpose(2, 3, 0, 1).reshape(channels * multiplier, 1, height, width)
        operands = [self.names[inputs[0]], self.weight(kernel)]
        return self.emit("Conv", operands, group=channels, **window(node, (height, width)))

    def max_pool(self, node: TfNode, inputs: list[str]) -> str:
        size = numbers(node, "ksize")[1:3]
        return self.emit("MaxPool", [self.names[inputs[0]]], **window(node, size))

    def prelu(self, _node: TfNode, inputs: list[str]) -> str:
        return self.emit("PRelu", [self.operand(name) for name in inputs])

    def pad(self, _node: TfNode, inputs: list[str]) -> str:
        amounts = self.source.weights[inputs[1]][list(TO_NCHW)]
        return self.emit("Pad", [self.names[inputs[0]], self.constant(amounts.T.flatten().astype(np.int64))])

    def reshape(self, _node: TfNode, inputs: list[str]) -> str:
        """Values are counted in the order of NHWC."""
        shape = self.source.weights[inputs[1]].astype(np.int64)
        flat = self.emit("Transpose", [self.names[inputs[0]]], perm=[0, 2, 3, 1])
        return self.emit("Reshape", [flat, self.constant(shape)])

    def concat(self, _node: TfNode, inputs: list[str]) -> str:
        axis = CHANNEL_OF_AXIS[int(self.source.weights[inputs[-1]])]
        return self.emit("Concat", [self.names[name] for name in inputs[:-1]], axis=axis)

    def mean(self, _node: TfNode, inputs: list[str]) -> str:
        assert self.source.weights[inputs[1]].tolist() == [1, 2]
        return self.emit("ReduceMean", [self.names[inputs[0]]], axes=[2, 3], keepdims=0)

    # -- The whole graph

    def normalised(self, model: FaceModel) -> str:
        tensor = "picture"
        if model.scale != 1:
            tensor = self.emit("Mul", [tensor, self.constant(np.array(model.scale, np.float32))])
        if model.shift != 0:
            tensor = self.emit("Add", [tensor, self.constant(np.array(model.shift, np.float32))])
        return tensor

    def finish(self, result: Result) -> None:
        tensor = self.names[result.sources[0]]
        if len(result.sources) > 1:
            tensor = self.emit("Concat", [self.names[name] for name in result.sources], axis=1)
        if result.after:
            tensor = self.emit(result.after, [tensor])
        shape = [-1 if isinstance(size, str) else size for size in result.shape]
        self.emit("Reshape", [tensor, self.constant(np.array(shape, np.int64))], result.name)

    def run(self, model: FaceModel) -> onnx.ModelProto:
        outputs = [name for result in model.results for name in result.sources]
        for node in self.source.needed(outputs):
            name = str(node["name"])
            if node["op"] == "Placeholder":
                self.names[name] = self.normalised(model)
            else:
                self.names[name] = self.rules[str(node["op"])](node, self.source.inputs(node))
        for result in model.results:
            self.finish(result)
        shape = [model.batch, 3, model.side, model.side]
        graph = helper.make_graph(
            self.nodes,
            model.target,
            [helper.make_tensor_value_info("picture", TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info(r.name, TensorProto.FLOAT, r.shape) for r in model.results],
            self.initializers,
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def window(node: TfNode, size: tuple[int, ...] | list[int]) -> dict[str, Any]:
    padding = {"SAME": "SAME_UPPER", "VALID": "VALID"}[text(node, "padding")]
    return {"kernel_shape": list(size), "strides": numbers(node, "strides")[1:3], "auto_pad": padding}


def clipped(graph: onnx.GraphProto) -> None:
    """Relu, minimum and maximum after one another become one Clip."""
    constants = {entry.name: numpy_helper.to_array(entry) for entry in graph.initializer}
    users: dict[str, list[onnx.NodeProto]] = {}
    for node in graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)
    for relu in [node for node in graph.node if node.op_type == "Relu"]:
        minimum = only(users.get(relu.output[0], []), "Min")
        maximum = minimum and only(users.get(minimum.output[0], []), "Max")
        if not minimum or not maximum or constants[maximum.input[1]] != 0:
            continue
        low, high = maximum.input[1], minimum.input[1]
        relu.CopyFrom(helper.make_node("Clip", [relu.input[0], low, high], [maximum.output[0]]))
        graph.node.remove(minimum)
        graph.node.remove(maximum)


def only(nodes: list[onnx.NodeProto], kind: str) -> onnx.NodeProto | None:
    return nodes[0] if len(nodes) == 1 and nodes[0].op_type == kind else None


def convert(folder: Path, model: FaceModel) -> onnx.ModelProto:
    converted = Converter(Source(folder, model.source)).run(model)
    clipped(converted.graph)
    onnx.checker.check_model(converted, full_check=True)
    return converted


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("models", type=Path, help="the folder `models` of @vladmandic/human")
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", nargs="*", choices=[model.target for model in MODELS])
    arguments = parser.parse_args()
    for model in MODELS:
        if arguments.only and model.target not in arguments.only:
            continue
        target = arguments.out / f"{model.target}.onnx"
        onnx.save(convert(arguments.models, model), target)
        print(f"{target}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
