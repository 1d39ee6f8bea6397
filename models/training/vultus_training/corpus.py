"""Step 1: the speech corpus with mouth targets.

Writes flat arrays into `work/corpus/<part>/`: pcm (int16, 16 kHz), classes (uint8 per 10 ms), mouth
(float16 at 25 fps, the channels of `channels.MOUTH`), clips (first frame, frames) and info (JSON per clip).
Clips are whole motion frames. Parts: `real` (aligned LibriSpeech readers), `takes` (human motion),
`espeak`, `flite`, `sounds` (not speech), `valid` (readers that training never hears), `valid_espeak`
(languages that training never hears), `valid_festival` (an engine that training never hears).

Run: python -m vultus_training.corpus [--espeak-hours 4] [--flite-hours 1] [--only real takes …]
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

from . import sounds, texts
from .articulation import Segments, articulate, frames_of, hop_classes, loudness
from .channels import FRAME_SAMPLES, MOUTH, SIZE
from .human_takes import load_take
from .paths import SPEECH, WORK
from .phones import INDEX, UNKNOWN, arpabet_classes
from .speech_engines import Espeak, festival, flite

VALID_READERS = 24


@dataclass
class Clip:
    """One recording with its labels; `mouth` is [frames, 58], `classes` one per 10 ms."""

    pcm: np.ndarray
    classes: np.ndarray
    mouth: np.ndarray
    info: dict = field(default_factory=dict)


def load_16k(path: Path) -> np.ndarray:
    """Mono float32 at 16 kHz."""
    pcm, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono = pcm.mean(1)
    return mono if rate == 16000 else resample_poly(mono, 16000, rate).astype(np.float32)


def label(pcm: np.ndarray, segments: Segments, info: dict) -> Clip:
    """Clip with articulation targets from its phones."""
    frames = frames_of(len(pcm))
    pcm = pcm[: frames * FRAME_SAMPLES]
    return Clip(pcm, hop_classes(segments, len(pcm)), articulate(segments, frames, loudness(pcm)), info)


def alignments() -> dict:
    """`alignments.json` without clips marked suspect."""
    entries = json.loads((SPEECH / "alignments.json").read_text())
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
        else:
            train.append(name)
    return train, valid


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


def real_clips(names: list[str]) -> Iterator[Clip]:
    """Aligned real readers."""
    entries = alignments()
    for name in names:
        entry = entries[name]
        rows = [row for row in entry["phones"]]
        yield label(
            load_16k(audio_path(name)), segments_of(entry), {"name": name, "real": True, "phones": rows}
        )


def take_clips(numbers: tuple[int, ...] = (1, 2, 3, 4)) -> Iterator[Clip]:
    """Human takes; phones are unknown there."""
    for number in numbers:
        pcm, mouth = load_take(number)
        classes = np.full(len(mouth) * 4, UNKNOWN, np.uint8)
        yield Clip(pcm, classes, mouth, {"name": f"take_{number:02d}", "real": True})


def segment_rows(segments: Segments) -> list[list[float]]:
    """[class, start, end] of each phone, for evaluation."""
    return np.stack([segments.classes, segments.start, segments.end], 1).round(4).tolist()


_STYLES = {  # words a minute, pitch, range of espeak; emotion that the voice suggests
    "neutral": ((105, 280), (5, 95), (25, 70), None),
    "happy": ((150, 280), (55, 99), (70, 100), "happy"),
    "sad": ((105, 150), (0, 45), (5, 25), "sad"),
    "angry": ((160, 280), (15, 75), (80, 100), "angry"),
}
_VARIANTS = (
    "m1 m2 m3 m4 m5 m6 m7 m8 f1 f2 f3 f4 f5 klatt klatt2 klatt3 klatt4 adam Alex Alicia Andrea Andy "
    "Annie belinda benjamin boris caleb david Denis ed edward Gene grandma grandpa iven john Lee linda "
    "Marco Mario max Michael norbert pablo paul pedro quincy rob robert sandro shelby steph travis "
    "victor whisper whisperf zac anika"
).split()


def espeak_clips(
    rng: np.random.Generator, hours: float, names: list[str], held_out: bool = False
) -> Iterator[Clip]:
    """Synthesised voices in many languages, variants, speeds, pitches and styles."""
    engine = Espeak()
    entries = alignments()
    transcripts = [entries[name]["text"] for name in names]
    pool, seconds = texts.languages(held_out), 0.0
    while seconds < hours * 3600:
        english = not held_out and rng.random() < 0.25
        language = str(rng.choice(["en-us", "en-gb", "en-gb-scotland", "en-us-nyc"] if english else pool))
        voice = language if rng.random() < 0.15 else f"{language}+{rng.choice(_VARIANTS)}"
        style = str(rng.choice(list(_STYLES), p=[0.64, 0.12, 0.12, 0.12]))
        (slow, fast), pitch, spread, emotion = _STYLES[style]
        made = engine.speak(
            texts.sentence(rng, language, transcripts),
            voice,
            int(rng.integers(slow, fast)),
            int(rng.integers(*pitch)),
            int(rng.integers(*spread)),
        )
        if made is None:
            continue
        pcm, segments = made
        if not 1.5 < len(pcm) / 16000 < 30 or np.abs(pcm).max() < 0.01:
            continue
        seconds += len(pcm) / 16000
        info = {"name": voice, "emotion": emotion, "language": language}
        if held_out:
            info["segments"] = segment_rows(segments)
        yield label(pcm, segments, info)


def flite_clips(rng: np.random.Generator, hours: float, names: list[str]) -> Iterator[Clip]:
    """flite's four voices at several speeds and pitches."""
    entries = alignments()
    transcripts = [entries[name]["text"] for name in names]
    seconds = 0.0
    while seconds < hours * 3600:
        voice = str(rng.choice(["slt", "awb", "rms", "kal16"]))
        made = flite(
            texts.sentence(rng, "en-us", transcripts),
            voice,
            1 / np.exp(rng.uniform(np.log(0.6), np.log(1.6))),
            rng.uniform(70, 320) if rng.random() < 0.7 else None,
        )
        seconds += len(made[0]) / 16000
        yield label(*made, {"name": voice})


def festival_clips(rng: np.random.Generator, count: int, names: list[str]) -> Iterator[Clip]:
    """festival's two voices in turn at several speeds, for evaluation only. `names` are validation readers,
    so that the sentences are unheard as well."""
    entries = alignments()
    transcripts = [entries[name]["text"].lower() for name in names]
    for k in range(count):
        voice = ("kal_diphone", "cmu_us_slt_arctic_hts")[k % 2]
        pcm, segments = festival(texts.sentence(rng, "en-us", transcripts), voice, rng.uniform(0.8, 1.3))
        yield label(pcm, segments, {"name": voice, "language": "en-us", "segments": segment_rows(segments)})


def sound_clips(rng: np.random.Generator, hours: float) -> Iterator[Clip]:
    """Not speech: the mouth stays shut."""
    for _ in range(int(hours * 3600 / 12)):
        samples = FRAME_SAMPLES * 300
        classes = np.full(1200, INDEX["SIL"], np.uint8)
        yield Clip(
            sounds.not_speech(rng, samples), classes, np.zeros((300, SIZE), np.float32), {"name": "sound"}
        )


def write(part: str, clips: Iterator[Clip], folder: Path) -> None:
    """Flat arrays of all clips, streamed to disk; each clip gets half a second of silence before it and 0.8 s
    after. The part is made beside its place and moved there when whole, so that a training which has the old
    one mapped keeps it."""
    lead, tail = 12, 20
    table, infos, at = [], [], 0
    fresh = folder / f".{part}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    shapes = {"pcm": (FRAME_SAMPLES, np.int16), "classes": (4, np.uint8), "mouth": (None, np.float16)}
    streams = {name: (fresh / f"{name}.raw").open("wb") for name in shapes}
    for clip in clips:
        frames = len(clip.mouth)
        total = frames + lead + tail
        pcm = np.zeros((total * FRAME_SAMPLES,), np.int16)
        pcm[lead * FRAME_SAMPLES : (lead + frames) * FRAME_SAMPLES] = np.clip(clip.pcm * 32767, -32768, 32767)
        classes = np.full(total * 4, INDEX["SIL"], np.uint8)
        classes[lead * 4 : (lead + frames) * 4] = clip.classes
        mouth = np.zeros((total, len(MOUTH)), np.float16)
        mouth[lead : lead + frames] = clip.mouth[:, MOUTH]
        for name, rows in (("pcm", pcm), ("classes", classes), ("mouth", mouth)):
            streams[name].write(rows.tobytes())
        table.append((at, total))
        infos.append({**clip.info, "lead": lead})
        at += total
    for name, (width, kind) in shapes.items():
        streams[name].close()
        shape = (at * width,) if width else (at, len(MOUTH))
        raw = fresh / f"{name}.raw"
        with (fresh / f"{name}.npy").open("wb") as out, raw.open("rb") as source:
            header = {"descr": np.dtype(kind).str, "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(out, header)
            shutil.copyfileobj(source, out, 1 << 24)
        raw.unlink()
    np.save(fresh / "clips.npy", np.array(table, np.int64))
    (fresh / "info.json").write_text(json.dumps(infos))
    old = folder / f".{part}.old"
    shutil.rmtree(old, ignore_errors=True)
    if (folder / part).exists():
        (folder / part).rename(old)
    fresh.rename(folder / part)
    shutil.rmtree(old, ignore_errors=True)
    print(f"{part}: {len(table)} clips, {at / 25 / 3600:.2f} h", flush=True)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--espeak-hours", type=float, default=4)
    parser.add_argument("--flite-hours", type=float, default=1)
    parser.add_argument("--sound-hours", type=float, default=0.7)
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    train, valid = split_readers()
    seed = options.seed
    parts = {
        "real": lambda: real_clips(train),
        "takes": take_clips,
        "valid": lambda: real_clips(valid),
        "sounds": lambda: sound_clips(np.random.default_rng(seed + 3), options.sound_hours),
        "flite": lambda: flite_clips(np.random.default_rng(seed + 2), options.flite_hours, train),
        "espeak": lambda: espeak_clips(np.random.default_rng(seed), options.espeak_hours, train),
        "valid_espeak": lambda: espeak_clips(np.random.default_rng(seed + 1), 0.3, train, held_out=True),
        "valid_festival": lambda: festival_clips(np.random.default_rng(seed + 4), 80, valid),
    }
    for part, make in parts.items():
        if not options.only or part in options.only:
            write(part, make(), WORK / "corpus")


if __name__ == "__main__":
    main()
