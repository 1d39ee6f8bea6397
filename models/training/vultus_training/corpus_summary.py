"""What a corpus holds: hours, languages, voices, speeds and the neighbourhoods of phones, per part."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from .articulation import Segments
from .corpus_store import TAIL
from .drills import Coverage
from .phones import UNKNOWN


def _runs(classes: np.ndarray) -> Segments:
    """Phones of a clip from its classes per 10 ms (two equal neighbours count as one)."""
    known = classes[classes != UNKNOWN]
    starts = np.flatnonzero(np.diff(known, prepend=255))
    return Segments(known[starts].astype(int), starts / 100, np.append(starts[1:], len(known)) / 100)


def summarise_part(folder: Path) -> dict:
    """One part's figures. Hours are of sound, without the silence put around the clips."""
    infos = json.loads((folder / "info.json").read_text())
    table = np.load(folder / "clips.npy")
    classes = np.load(folder / "classes.npy", mmap_mode="r")
    coverage = Coverage()
    frames = 0
    for (at, total), info in zip(table, infos, strict=True):
        first, last = at + info["lead"], at + total - TAIL
        frames += last - first
        coverage.add(_runs(np.asarray(classes[first * 4 : last * 4])))
    speeds = [info["speed"] for info in infos if info.get("speed")]
    return {
        "clips": len(infos),
        "hours": round(float(frames) / 25 / 3600, 2),
        "languages": sorted({info["language"] for info in infos if info.get("language")}),
        "voices": len({info["name"] for info in infos}),
        "speeds": [min(speeds), max(speeds)] if speeds else None,
        "coverage": coverage.report(),
        "counts": coverage.counts,
    }


def summarise(corpus: Path, parts: list[str]) -> str:
    """Writes summary.json and returns it as a table."""
    rows, total, result = [], Coverage(), {}
    for part in parts:
        if not (corpus / part / "info.json").exists():
            continue
        figures = summarise_part(corpus / part)
        counts = figures.pop("counts")
        result[part] = figures
        if not part.startswith("valid"):
            total.counts += counts
        speeds = "–".join(f"{s:.2f}" for s in figures["speeds"]) if figures["speeds"] else ""
        cover = figures["coverage"]
        rows.append(
            f"{part:15}{figures['hours']:7.2f} h{figures['clips']:7}{len(figures['languages']):6}"
            f"{figures['voices']:8}  {speeds:12}"
            f"{cover['vcv']:6.0%}{cover['cvc']:6.0%}{cover['least_contact']:7}"
        )
    training = {part: row for part, row in result.items() if not part.startswith("valid")}
    hours = sum(row["hours"] for row in training.values())
    languages = {name for row in training.values() for name in row["languages"]}
    cover = total.report()
    rows.append(
        f"{'training':15}{hours:7.2f} h{sum(row['clips'] for row in training.values()):7}{len(languages):6}"
        f"{sum(training[p]['voices'] for p in ('real', 'espeak', 'flite', 'jtalk') if p in training):8}"
        f"  {'':12}{cover['vcv']:6.0%}{cover['cvc']:6.0%}{cover['least_contact']:7}"
    )
    result["training"] = {"hours": round(hours, 2), "languages": sorted(languages), "coverage": cover}
    (corpus / "summary.json").write_text(json.dumps(result, indent=1))
    head = (
        f"{'part':15}{'sound':>9}{'clips':>7}{'langs':>6}{'voices':>8}  {'speeds':12}"
        f"{'vcv':>6}{'cvc':>6}{'least':>7}"
    )
    note = (
        "vcv, cvc: triples of phone classes spoken ten times and more, of all that there are; "
        "least: the rarest P or F between two vowels"
    )
    return "\n".join([head, *rows, note])
