"""The command line of what draws characters by name."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from cel import Canvas


def draw_chosen(
    doc: str | None, drawings: Mapping[str, Callable[[Canvas], None]], write: Callable[[Canvas, Path], None]
) -> None:
    """`write` is given each canvas with the file's name without its ending."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("who", nargs="+", choices=sorted(drawings))
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    for who in options.who:
        canvas = Canvas()
        drawings[who](canvas)
        write(canvas, options.out / who)
