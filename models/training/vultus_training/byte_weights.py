"""The same graph with weights of 8 bits, for processors that multiply bytes.

A run for one or two frames reads every weight once: most of what it costs is to fetch them. Each stretch of
`STRETCH` inputs of a weight matrix has a scale of its own, and so has what it is multiplied with, whose bytes
are made as the graph runs (ONNX Runtime's MatMulNBits with accuracy_level 4).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import NodeProto, helper, numpy_helper

STRETCH = 128
#: Smaller matrices are not worth it.
LEAST_WEIGHTS = 8192
_DOMAIN = "com.microsoft"


def _folded(path: Path, folded: Path) -> onnx.ModelProto:
    """Matrices that are put together from several parameters become one, as when the graph is opened."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(folded)
    onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return onnx.load(folded)


def _product(node: NodeProto, weights: dict[str, np.ndarray]) -> tuple[np.ndarray, list[str]] | None:
    """Of a product with a constant matrix: that matrix [outputs, inputs], and the name of its bias if any."""
    if node.op_type not in ("MatMul", "Gemm") or node.input[1] not in weights:
        return None
    matrix, turned = weights[node.input[1]], False
    for attribute in node.attribute:
        value = helper.get_attribute_value(attribute)
        turned = turned or (attribute.name == "transB" and value == 1)
        if (attribute.name in ("alpha", "beta") and value != 1) or (attribute.name == "transA" and value):
            return None
    if matrix.ndim != 2 or matrix.size < LEAST_WEIGHTS:
        return None
    return (matrix if turned else matrix.T), list(node.input[2:])


def to_bytes(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """[outputs, inputs] → bytes around 128 [outputs, stretches, STRETCH], scales [outputs · stretches]."""
    outputs, inputs = matrix.shape
    stretches = -(-inputs // STRETCH)
    padded = np.zeros((outputs, stretches * STRETCH), np.float32)
    padded[:, :inputs] = matrix
    parts = padded.reshape(outputs, stretches, STRETCH)
    scales = np.maximum(np.abs(parts).max(2), 1e-12) / 127
    return (np.round(parts / scales[:, :, None]) + 128).astype(np.uint8), scales.astype(np.float32).ravel()


def with_byte_weights(path: Path, out: Path, exact: list[np.ndarray]) -> None:
    """Writes the graph of `path` to `out`; the matrices `exact` stay as they are."""
    model = _folded(path, out)
    graph = model.graph
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    nodes, made = [], set()
    for node in graph.node:
        product = _product(node, weights)
        if product is None or any(np.array_equal(product[0], matrix) for matrix in exact):
            nodes.append(node)
            continue
        matrix, bias = product
        name = node.input[1]
        if name not in made:
            made.add(name)
            for suffix, value in zip(("bytes", "scales"), to_bytes(matrix), strict=True):
                graph.initializer.append(numpy_helper.from_array(value, f"{name}.{suffix}"))
        nodes.append(
            helper.make_node(
                "MatMulNBits",
                [node.input[0], f"{name}.bytes", f"{name}.scales", *(["", "", *bias] if bias else [])],
                [node.output[0]],
                domain=_DOMAIN,
                N=matrix.shape[0],
                K=matrix.shape[1],
                bits=8,
                block_size=STRETCH,
                accuracy_level=4,
            )
        )
    nodes = [NodeProto.FromString(node.SerializeToString()) for node in nodes]
    del graph.node[:]
    graph.node.extend(nodes)
    used = {name for node in nodes for name in node.input}
    kept = [tensor for tensor in graph.initializer if tensor.name in used]
    del graph.initializer[:]
    graph.initializer.extend(kept)
    if not any(entry.domain == _DOMAIN for entry in model.opset_import):
        model.opset_import.append(helper.make_opsetid(_DOMAIN, 1))
    onnx.save(model, out)
