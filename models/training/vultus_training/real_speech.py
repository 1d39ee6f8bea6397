"""The recorded voices: LibriSpeech readers, LJ Speech, JFK and British readers of VCTK, with aligned phones
(`alignments.json`)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

from .articulation import Segments
from .paths import SPEECH
from .phones import arpabet_classes

VALID_READERS = 24
#: Readers of VCTK that may be learnt from; the other six are kept out for ever.
BRITISH = ("p228", "p233", "p243", "p259")


def load_16k(path: Path) -> np.ndarray:
    """Mono float32 at 16 kHz."""
    pcm, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono = pcm.mean(1)
    return mono if rate == 16000 else resample_poly(mono, 16000, rate).astype(np.float32)


def alignments() -> dict:
    """`alignments.json`, that of VCTK too, without clips marked suspect."""
    entries = json.loads((SPEECH / "alignments.json").read_text())
    british = SPEECH / "vctk" / "alignments.json"
    if british.exists():
        entries |= json.loads(british.read_text())
    return {name: entry for name, entry in entries.items() if not entry.get("suspect")}


def split_readers() -> tuple[list[str], list[str]]:
    """(training clips, validation clips): the 24 train-clean readers with the highest ids, LJ and JFK are
    kept out."""
    entries = alignments()
    clean = {p.stem for p in (SPEECH / "train_librispeech_train-clean-100").glob("*.flac")}
    readers = sorted({int(name.split("-")[0]) for name in clean})
    held = set(readers[-VALID_READERS:])
    train, valid = [], []
    for name in entries:
        if name in clean:
            (valid if int(name.split("-")[0]) in held else train).append(name)
        elif name.startswith("LJ") or "jfk" in name.lower():
            valid.append(name)
        elif not name.startswith("p"):
            train.append(name)
    return train, valid


def british_readers() -> list[str]:
    """The clips of VCTK that may be learnt from."""
    return [name for name in alignments() if name.startswith(BRITISH)]


@cache
def audio_path(name: str) -> Path:
    """File of an aligned clip."""
    found = sorted(p for p in SPEECH.rglob(f"{name}.*") if p.suffix in (".flac", ".wav", ".ogg"))
    if not found:
        raise FileNotFoundError(f"no audio for {name}")
    return found[0]


def segments_of(entry: dict) -> Segments:
    """Alignment rows → classes; diphthongs are cut at 55 %."""
    rows: list[tuple[int, float, float]] = []
    for symbol, start, end in entry["phones"]:
        classes = arpabet_classes(symbol)
        if len(classes) == 2:
            middle = start + 0.55 * (end - start)
            rows += [(classes[0], start, middle), (classes[1], middle, end)]
        else:
            rows.append((classes[0], start, end))
    return Segments.of(rows)


def validation() -> tuple[list[np.ndarray], list[list]]:
    """Voices and phones of the readers that training never heard."""
    entries = alignments()
    names = split_readers()[1]
    return [load_16k(audio_path(name)) for name in names], [entries[name]["phones"] for name in names]
