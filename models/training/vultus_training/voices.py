"""Utterances with known phones: what the engines say, endlessly and in every variety, and what the aligned
readers said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from . import drills, texts
from .articulation import Segments
from .open_jtalk import open_jtalk
from .real_speech import alignments, audio_path, load_16k, segments_of
from .speech_engines import GuardedEspeak, flite


class Utterance(NamedTuple):
    """16 kHz sound, its phones, and what is known of it (`name`, `language`, `speed`, `emotion`, …)."""

    pcm: np.ndarray
    segments: Segments
    info: dict


#: One in so many English sentences is a drill.
_DRILLS = 0.3
_STYLES = {  # words a minute (175 is speed 1), pitch, range of espeak; emotion that the voice suggests
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


def transcripts(names: list[str]) -> list[str]:
    """What the readers said."""
    entries = alignments()
    return [entries[name]["text"] for name in names]


def readers(names: list[str]) -> Iterator[Utterance]:
    """Aligned real readers, each clip once."""
    entries = alignments()
    for name in names:
        info = {"name": name, "language": "en", "speed": 1.0, "real": True, "phones": entries[name]["phones"]}
        yield Utterance(load_16k(audio_path(name)), segments_of(entries[name]), info)


def espeak(rng: np.random.Generator, spoken: list[str], held_out: bool = False) -> Iterator[Utterance]:
    """Many languages, variants, speeds, pitches and styles; English also in drills. `held_out`: the languages
    that training never hears."""
    engine, coverage = GuardedEspeak(), drills.Coverage()
    pool = texts.languages(held_out)
    while True:
        english = not held_out and rng.random() < 0.25
        language = str(rng.choice(["en-us", "en", "en-gb-scotland", "en-us-nyc"] if english else pool))
        voice = language if rng.random() < 0.15 else f"{language}+{rng.choice(_VARIANTS)}"
        style = str(rng.choice(list(_STYLES), p=[0.64, 0.12, 0.12, 0.12]))
        (slow, fast), pitch, spread, emotion = _STYLES[style]
        words_a_minute = int(rng.integers(slow, fast + 1))
        if english and rng.random() < _DRILLS:
            text = drills.for_espeak(rng, coverage.drill(rng))
        else:
            text = texts.sentence(rng, language, spoken)
        made = engine.speak(
            text, voice, words_a_minute, int(rng.integers(*pitch)), int(rng.integers(*spread))
        )
        if made is None:
            continue
        pcm, segments = made
        if not 1.5 < len(pcm) / 16000 < 30 or np.abs(pcm).max() < 0.01:
            continue
        coverage.add(segments)
        speed = round(words_a_minute / 175, 2)
        yield Utterance(
            pcm, segments, {"name": voice, "emotion": emotion, "language": language, "speed": speed}
        )


def flite_voices(rng: np.random.Generator, spoken: list[str]) -> Iterator[Utterance]:
    """flite's four voices at many speeds and pitches, sentences and drills."""
    coverage = drills.Coverage()
    while True:
        voice = str(rng.choice(["slt", "awb", "rms", "kal16"]))
        speed = float(np.exp(rng.uniform(np.log(0.6), np.log(1.6))))
        pitch_hz = rng.uniform(70, 320) if rng.random() < 0.7 else None
        drill = rng.random() < _DRILLS
        text = drills.for_flite(rng, coverage.drill(rng)) if drill else texts.sentence(rng, "en-us", spoken)
        pcm, segments = flite(text, voice, 1 / speed, pitch_hz, phones=drill)
        coverage.add(segments)
        yield Utterance(pcm, segments, {"name": voice, "language": "en-us", "speed": round(speed, 2)})


def japanese(rng: np.random.Generator) -> Iterator[Utterance]:
    """Open JTalk at many speeds and pitches, with throats longer and shorter than the recorded one."""
    while True:
        speed = float(np.exp(rng.uniform(np.log(0.6), np.log(1.6))))
        throat = round(float(rng.uniform(0.48, 0.62)), 2)
        pcm, segments = open_jtalk(
            texts.japanese(rng), speed, rng.uniform(-10, 8), throat, rng.uniform(0.5, 1.6)
        )
        info = {"name": f"mei+{throat:.2f}", "language": "ja", "speed": round(speed, 2)}
        yield Utterance(pcm, segments, info)
