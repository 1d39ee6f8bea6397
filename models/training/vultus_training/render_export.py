"""Writes the pixel pass of the renderer as ONNX: warps the person, lays it over the background, in I420.

Only the rectangle in which the picture differs from the still portrait is asked for (H × W cells of the map,
2H × 2W pixels); the person's planes are whole. N is the batch over sessions, S the side of the planes.

    map              float32 [N, 2, H, W]      for each cell the source x, y in -1..1 (pixel edges at ±1)
    personLuma       float32 [N, 2, S, S]      matte · Y, matte (0..255 and 0..1)
    personChroma     float32 [N, 3, S/2, S/2]  matte · U, matte · V, matte
    backgroundLuma   float32 [N, 1, 2H, 2W]    the rectangle of the background
    backgroundChroma float32 [N, 2, H, W]
Output:
    picture          uint8 [N, 6 * H * W]      the rectangle in I420: Y, then U, then V

Colours are premultiplied by the matte, so that filtering at the edge mixes no foreign colour in. The map must
stay inside the picture (GridSample is three times as fast without a rule for the border).

Run: python -m vultus_training.render_export --out ../builtin/render.onnx
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# GridSample says "bilinear" up to here, which every importer of TensorRT knows.
OPSET = 18


def build() -> onnx.ModelProto:
    nodes: list[onnx.NodeProto] = []
    weights: list[onnx.TensorProto] = []

    def constant(name: str, values: list, dtype: type = np.int64) -> str:
        weights.append(numpy_helper.from_array(np.array(values, dtype=dtype), name))
        return name

    def node(kind: str, inputs: list[str], output: str, **attributes: object) -> str:
        nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    zero, one, two = constant("zero", [0]), constant("one", [1]), constant("two", [2])
    three = constant("three", [3])
    flat = constant("flat", [0, -1])
    low, high = constant("low", 0.0, np.float32), constant("high", 255.0, np.float32)
    unit = constant("unit", 1.0, np.float32)
    map_head = node("Shape", ["map"], "map_head", start=0, end=2)

    planes = []
    for part, colours in (("Luma", 1), ("Chroma", 2)):
        person, background = f"person{part}", f"background{part}"
        fine = "map"  # chroma has the map's own resolution
        if part == "Luma":
            side = node("Shape", [background], "sideLuma", start=2, end=4)
            sizes = node("Concat", [map_head, side], "sizesLuma", axis=0)
            fine = node(
                "Resize",
                ["map", "", "", sizes],
                "fineLuma",
                mode="linear",
                coordinate_transformation_mode="half_pixel",
            )
        grid = node("Transpose", [fine], f"grid{part}", perm=[0, 2, 3, 1])
        warped = node(
            "GridSample",
            [person, grid],
            f"warped{part}",
            mode="bilinear",
            padding_mode="zeros",
            align_corners=0,
        )
        split = one if colours == 1 else two
        colour = node("Slice", [warped, zero, split, one], f"colour{part}")
        matte = node("Slice", [warped, split, three, one], f"matte{part}")
        rest = node("Sub", [unit, matte], f"uncovered{part}")
        behind = node("Mul", [rest, background], f"behind{part}")
        mixed = node("Add", [colour, behind], f"mixed{part}")
        planes.append(node("Reshape", [mixed, flat], f"plane{part}"))
    joined = node("Concat", planes, "joined", axis=1)
    half = constant("half", 0.5, np.float32)
    rounded = node("Clip", [node("Add", [joined, half], "shifted"), low, high], "clipped")
    nodes.append(helper.make_node("Cast", [rounded], ["picture"], to=TensorProto.UINT8))

    def tensor(name: str, shape: list[object], kind: int = TensorProto.FLOAT) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, kind, shape)

    graph = helper.make_graph(
        nodes,
        "render",
        [
            tensor("map", ["N", 2, "H", "W"]),
            tensor("personLuma", ["N", 2, "S", "S"]),
            tensor("personChroma", ["N", 3, "C", "C"]),
            tensor("backgroundLuma", ["N", 1, "H2", "W2"]),
            tensor("backgroundChroma", ["N", 2, "H", "W"]),
        ],
        [tensor("picture", ["N", "P"], TensorProto.UINT8)],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
    onnx.checker.check_model(model, full_check=True)
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    onnx.save(build(), arguments.out)
    print(f"{arguments.out}: {arguments.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
