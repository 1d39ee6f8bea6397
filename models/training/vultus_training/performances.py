"""Utterances sung, shouted and whispered, and what is not speech."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from . import sounds
from .articulation import Segments
from .channels import FRAME_SAMPLES, SIZE
from .corpus_store import Clip, label
from .phones import INDEX
from .vocal_effort import shout, whisper
from .voices import Utterance

RATE = 16000


def phrase(rng: np.random.Generator, utterance: Utterance, longest_s: float) -> Utterance:
    """A stretch of whole phones out of an utterance."""
    segments = utterance.segments
    first = int(rng.integers(0, max(1, len(segments.classes) - 20)))
    begin = segments.start[first]
    last = int(np.searchsorted(segments.end, begin + longest_s, "right"))
    last = max(last, min(first + 5, len(segments.classes)))
    part = slice(first, last)
    pcm = utterance.pcm[int(begin * RATE) : int(segments.end[last - 1] * RATE)]
    cut = Segments(segments.classes[part], segments.start[part] - begin, segments.end[part] - begin)
    return Utterance(pcm, cut, utterance.info)


def any_of(
    rng: np.random.Generator, sources: list[Iterator[Utterance]], share: list[float]
) -> Iterator[Utterance]:
    """Endlessly from the sources by their share; one that ends is not taken from again."""
    sources, share = list(sources), list(share)
    while sources:
        k = int(rng.choice(len(sources), p=np.array(share) / sum(share)))
        try:
            yield next(sources[k])
        except StopIteration:
            del sources[k], share[k]


def _accompanied(rng: np.random.Generator, voice: np.ndarray, whole: int) -> np.ndarray:
    music = sounds.music(rng, whole) if rng.random() < 0.85 else sounds.melody(rng, whole)
    level = np.sqrt((voice[voice != 0] ** 2).mean()) if (voice != 0).any() else 0.05
    snr_db = rng.uniform(-5, 20)
    return voice + music * (level * 10 ** (-snr_db / 20) / (np.sqrt((music**2).mean()) + 1e-6))


def songs(rng: np.random.Generator, utterances: Iterator[Utterance]) -> Iterator[Clip]:
    """Two or three sung phrases with pauses before, between and after; half of them over music that plays on
    through the pauses."""
    from .singing import sing  # needs the vocoder, which only the making of this part has to have

    for utterance in utterances:
        if "whisper" in utterance.info["name"] or not len(utterance.segments.classes):
            continue
        music = rng.random() < 0.55
        pieces, rows, at = [], [], 0.0
        for _ in range(int(rng.integers(1, 4))):
            rest = rng.uniform(0.2, 4) if music else rng.uniform(0.1, 1)
            pieces.append(np.zeros(int(rest * RATE), np.float32))
            at += len(pieces[-1]) / RATE
            line = phrase(rng, utterance, rng.uniform(1.2, 3.5))
            sung, segments = sing(rng, line.pcm, line.segments)
            rows += [
                (int(c), a + at, b + at)
                for c, a, b in zip(segments.classes, segments.start, segments.end, strict=True)
            ]
            pieces.append(sung)
            at += len(sung) / RATE
        pieces.append(np.zeros(int(rng.uniform(0.2, 3) * RATE), np.float32))
        voice = np.concatenate(pieces)
        info = {**utterance.info, "music": music, "performance": "sung"}
        info.pop("phones", None)
        clip = label(voice, Segments.of(rows), info)
        if music:
            mixed = _accompanied(rng, clip.pcm, len(clip.pcm))
            clip.pcm = mixed / max(1.0, np.abs(mixed).max())
        yield clip


def efforts(rng: np.random.Generator, utterances: Iterator[Utterance]) -> Iterator[Clip]:
    """Shouted (two of three) or whispered phrases of up to eight seconds."""
    from .singing import raise_voice

    for utterance in utterances:
        if "whisper" in utterance.info["name"] or not len(utterance.segments.classes):
            continue
        pcm, segments, info = phrase(rng, utterance, 8)
        kind = "shouted" if rng.random() < 0.67 else "whispered"
        if kind == "shouted":
            pcm, segments = raise_voice(rng, pcm, segments)
            pcm = shout(rng, pcm)
        else:
            pcm = whisper(rng, pcm)
        info = {**info, "performance": kind}
        info.pop("phones", None)
        yield label(pcm / max(1.0, np.abs(pcm).max()), segments, info)


def not_speech(rng: np.random.Generator) -> Iterator[Clip]:
    """Not speech: the mouth stays shut."""
    while True:
        frames = 300
        pcm = sounds.not_speech(rng, FRAME_SAMPLES * frames)
        classes = np.full(frames * 4, INDEX["SIL"], np.uint8)
        yield Clip(pcm, classes, np.zeros((frames, SIZE), np.float32), {"name": "sound"})
