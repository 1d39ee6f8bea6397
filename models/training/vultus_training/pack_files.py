"""Lists the files of a model pack in its pack.json: what analysis and drawing read, each with its SHA-256.

Run after face_basis, mouth_atlas, matte_export or render_export have written one of them (export does it too):
python -m vultus_training.pack_files [--pack ../builtin]
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

from .paths import PACK

FORMAT = 3
RENDERER = "warp"
FILES = {
    "faceBasis": "face-basis.bin",
    "matte": "matte.onnx",
    "mouthAtlas": "mouth-atlas.png",
    "faceDetector": "face-detector.onnx",
    "faceMesh": "face-mesh.onnx",
    "iris": "iris.onnx",
    "drawnDetector": "drawn-detector.onnx",
    "drawnPoints": "drawn-points.onnx",
    "drawnEnlarge": "drawn-enlarge.onnx",
}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def with_files(pack: dict, folder: Path) -> dict:
    """`pack` (the content of pack.json) with the files that are in the folder; graphs get their hashes anew."""
    entries = dict(pack.get("files", {}))
    for name, file in FILES.items():
        if (folder / file).exists():
            entries[name] = {**entries.get(name, {}), "file": file, "sha256": sha256(folder / file)}
    graphs = {
        name: {**graph, "sha256": sha256(folder / graph["file"])}
        for name, graph in pack.get("graphs", {}).items()
    }
    return {**pack, "format": FORMAT, "renderer": RENDERER, "graphs": graphs, "files": entries}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pack", type=Path, default=PACK)
    folder = parser.parse_args().pack
    path = folder / "pack.json"
    path.write_text(json.dumps(with_files(json.loads(path.read_text()), folder), indent=1) + "\n")


if __name__ == "__main__":
    main()
