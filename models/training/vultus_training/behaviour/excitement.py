"""What an excited voice does to the face that speaks with it, and a flat one: above all brows and lids."""

from __future__ import annotations

import numpy as np

from ..channels import CH, SIZE, pair

#: Added at arousal 1, and at −1.
EXCITED = {"browInnerUp": 0.75, "browOuterUp": 0.70, "eyeWide": 0.45, "mouthSmile": 0.20, "cheekSquint": 0.15}
FLAT = {"eyeSquint": 0.25, "browDown": 0.08}


def _row(shapes: dict[str, float]) -> np.ndarray:
    row = np.zeros(SIZE, np.float32)
    for shape, value in shapes.items():
        row[[CH[shape]] if shape in CH else pair(shape)] = value
    return row


EXCITED_ROW, FLAT_ROW = _row(EXCITED), _row(FLAT)
