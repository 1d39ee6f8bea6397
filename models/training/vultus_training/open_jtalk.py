"""Open JTalk, the Japanese engine, with exact phone times from its trace.

The program and its dictionary are Debian's (`open-jtalk`, `open-jtalk-mecab-naist-jdic`); the voice "Mei"
(Nagoya Institute of Technology, CC BY 3.0) comes in the package `pyopenjtalk-plus`, of which nothing else is
used. Another voice file: VULTUS_HTS_VOICE.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

from .articulation import Segments
from .phones import INDEX

DICTIONARY = Path("/var/lib/mecab/dic/open-jtalk/naist-jdic")

_PHONES = {
    "AA": "a A", "IY": "i I", "UW": "u U", "EH": "e E", "OW": "o O", "P": "p py b by m my", "F": "v",
    "T": "t ty d dy r ry", "N": "n ny", "S": "s z ts", "SH": "sh j ch", "K": "k ky g gy kw gw f",
    "HH": "h hy", "Y": "y", "W": "w", "SIL": "sil pau",
}  # fmt: skip
_CLASS = {symbol: INDEX[name] for name, symbols in _PHONES.items() for symbol in symbols.split()}


def voice() -> Path:
    """The HTS voice file. Throws FileNotFoundError where there is none."""
    named = os.environ.get("VULTUS_HTS_VOICE")
    package = importlib.util.find_spec("pyopenjtalk")
    found = Path(named) if named else None
    if found is None and package and package.origin:
        found = Path(package.origin).parent / "htsvoice" / "mei_normal.htsvoice"
    if found is None or not found.exists():
        raise FileNotFoundError("no HTS voice: pip install pyopenjtalk-plus, or name one in VULTUS_HTS_VOICE")
    return found


def phone_classes(symbols: list[str]) -> list[int]:
    """Classes of a sequence of Open JTalk's phones. The moraic nasal N takes the place of what follows it
    (the lips shut before p b m), a geminate stop `cl` is the closure of the next consonant."""
    out: list[int] = []
    for k in range(len(symbols) - 1, -1, -1):
        after = out[-1] if out else INDEX["SIL"]
        if symbols[k] == "N":
            out.append(
                {INDEX["P"]: INDEX["P"], INDEX["T"]: INDEX["N"], INDEX["N"]: INDEX["N"]}.get(
                    after, INDEX["K"]
                )
            )
        elif symbols[k] == "cl":
            out.append(INDEX["Q"] if after == INDEX["SIL"] else after)
        else:
            out.append(_CLASS[symbols[k]])
    return out[::-1]


def open_jtalk(
    text: str, speed: float = 1.0, half_tones: float = 0.0, all_pass: float = 0.55, melody: float = 1.0
) -> tuple[np.ndarray, Segments]:
    """One text (kana or kanji) at 16 kHz. `all_pass` warps the spectrum (0.55 is the voice as recorded, less
    is a longer throat), `melody` scales the pitch movements. Throws OSError where Open JTalk is not
    installed, ValueError where it makes no speech."""
    with tempfile.TemporaryDirectory() as folder:
        wav, trace, source = (Path(folder) / name for name in ("x.wav", "x.trace", "x.txt"))
        source.write_text(text + "\n")
        settings = {"-x": DICTIONARY, "-m": voice(), "-ow": wav, "-ot": trace, "-r": speed}
        settings |= {"-fm": half_tones, "-a": all_pass, "-jf": melody}
        command = ["open_jtalk", *(str(word) for pair in settings.items() for word in pair), str(source)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if not wav.exists() or not wav.stat().st_size:
            raise ValueError(f"Open JTalk made no speech: {done.stderr.strip()[-200:]}")
        pcm, rate_hz = soundfile.read(wav, dtype="float32")
        lines = trace.read_text().splitlines()
    rows = []
    for line in lines[lines.index("[Output label]") + 1 :]:
        if not line.strip():
            break
        start, end, context = line.split()[:3]
        # A full-context label is before-last^last-THIS+next=after-next/…; times are in 100 ns.
        rows.append((context.split("-", 1)[1].split("+", 1)[0], int(start) / 1e7, int(end) / 1e7))
    classes = phone_classes([name for name, _, _ in rows])
    segments = Segments.of([(cls, start, end) for cls, (_, start, end) in zip(classes, rows, strict=True)])
    return resample_poly(pcm, 16000, rate_hz).astype(np.float32), segments
