"""Converts MediaPipe's selfie segmenter (Apache-2.0) from TensorFlow Lite to ONNX.

The network ships inside the npm package `@mediapipe/selfie_segmentation` as `selfie_segmentation.tflite`;
this module translates the operators that it uses. Needs `tflite` (the flatbuffer schema) beside onnx.

Graph: `picture` float32 [1, 3, 256, 256] RGB 0..1 → `matte` float32 [1, 1, 256, 256], 1 = person.

Run: python -m vultus_training.matte_export selfie_segmentation.tflite ../builtin/matte.onnx
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import tflite
from onnx import TensorProto, helper, numpy_helper

ACTIVATIONS = {1: "Relu"}  # tflite.ActivationFunctionType


def options(operator: tflite.Operator, kind: type) -> object:
    table = operator.BuiltinOptions()
    result = kind()
    result.Init(table.Bytes, table.Pos)
    return result


class Converter:
    """Walks the operators once; tensors stay in NCHW, constants are transposed as they are met."""

    def __init__(self, data: bytes) -> None:
        self.model = tflite.Model.GetRootAs(data, 0)
        self.graph = self.model.Subgraphs(0)
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self.constants: dict[int, np.ndarray] = {}
        self.codes = {value: key for key, value in vars(tflite.BuiltinOperator).items() if key.isupper()}

    def constant(self, index: int) -> np.ndarray | None:
        if index in self.constants:
            return self.constants[index]
        tensor = self.graph.Tensors(index)
        buffer = self.model.Buffers(tensor.Buffer())
        if buffer.DataLength() == 0:
            return None
        kind = {0: np.float32, 1: np.float16, 2: np.int32}[tensor.Type()]
        return np.frombuffer(buffer.DataAsNumpy().tobytes(), kind).reshape(tensor.ShapeAsNumpy())

    def weight(self, name: str, value: np.ndarray) -> str:
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value, dtype=np.float32), name))
        return name

    def operand(self, index: int) -> str:
        """Name of an activation, or of a constant in NCHW."""
        value = self.constant(index)
        if value is None:
            return f"t{index}"
        if value.ndim == 4:
            value = value.transpose(0, 3, 1, 2)
        return self.weight(f"c{index}", value)

    def add(
        self, kind: str, inputs: list[str], output: str, activation: int = 0, **attributes: object
    ) -> None:
        target = f"{output}_linear" if activation else output
        self.nodes.append(helper.make_node(kind, inputs, [target], **attributes))
        if activation:
            self.nodes.append(helper.make_node(ACTIVATIONS[activation], [target], [output]))

    def convert(self, operator: tflite.Operator) -> None:
        code = self.model.OperatorCodes(operator.OpcodeIndex())
        kind = self.codes[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
        inputs = [int(i) for i in operator.InputsAsNumpy()]
        result = int(operator.OutputsAsNumpy()[0])
        output = f"t{result}"
        if kind == "DEQUANTIZE":
            self.constants[result] = self.constant(inputs[0]).astype(np.float32)
        elif kind in ("CONV_2D", "DEPTHWISE_CONV_2D"):
            depthwise = kind == "DEPTHWISE_CONV_2D"
            settings = options(operator, tflite.DepthwiseConv2DOptions if depthwise else tflite.Conv2DOptions)
            kernel = self.constant(inputs[1])
            kernel = kernel.transpose(3, 0, 1, 2) if depthwise else kernel.transpose(0, 3, 1, 2)
            self.add(
                "Conv",
                [f"t{inputs[0]}", self.weight(f"w{result}", kernel), self.operand(inputs[2])],
                output,
                settings.FusedActivationFunction(),
                group=kernel.shape[0] if depthwise else 1,
                strides=[settings.StrideH(), settings.StrideW()],
                auto_pad="SAME_UPPER" if settings.Padding() == tflite.Padding.SAME else "VALID",
            )
        elif kind == "CUSTOM":  # Convolution2DTransposeBias, 2×2 kernel, stride 2
            kernel = self.constant(inputs[1]).transpose(3, 0, 1, 2)
            names = [f"t{inputs[0]}", self.weight(f"w{result}", kernel), self.operand(inputs[2])]
            self.add("ConvTranspose", names, output, strides=[2, 2])
        elif kind == "AVERAGE_POOL_2D":
            self.add("GlobalAveragePool", [f"t{inputs[0]}"], output)
        elif kind == "RESIZE_BILINEAR":
            settings = options(operator, tflite.ResizeBilinearOptions)
            mode = "half_pixel" if settings.HalfPixelCenters() else "asymmetric"
            mode = "align_corners" if settings.AlignCorners() else mode
            scales = self.weight(f"s{result}", np.array([1, 1, 2, 2]))
            names = [f"t{inputs[0]}", "", scales]
            self.add("Resize", names, output, mode="linear", coordinate_transformation_mode=mode)
        elif kind == "HARD_SWISH":
            self.add("HardSwish", [f"t{inputs[0]}"], output)
        else:
            simple = {"RELU": "Relu", "LOGISTIC": "Sigmoid", "ADD": "Add", "MUL": "Mul"}
            activation = 0
            if kind == "ADD":
                activation = options(operator, tflite.AddOptions).FusedActivationFunction()
            elif kind == "MUL":
                activation = options(operator, tflite.MulOptions).FusedActivationFunction()
            self.add(simple[kind], [self.operand(i) for i in inputs], output, activation)

    def run(self) -> onnx.ModelProto:
        for i in range(self.graph.OperatorsLength()):
            self.convert(self.graph.Operators(i))
        self.nodes.insert(0, helper.make_node("Identity", ["picture"], [f"t{self.graph.Inputs(0)}"]))
        self.nodes.append(helper.make_node("Identity", [f"t{self.graph.Outputs(0)}"], ["matte"]))
        picture = helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 3, 256, 256])
        matte = helper.make_tensor_value_info("matte", TensorProto.FLOAT, [1, 1, 256, 256])
        graph = helper.make_graph(self.nodes, "matte", [picture], [matte], self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(model, full_check=True)
        return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    onnx.save(Converter(arguments.source.read_bytes()).run(), arguments.out)


if __name__ == "__main__":
    main()
