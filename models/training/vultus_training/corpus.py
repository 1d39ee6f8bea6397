"""Step 1: the speech corpus with mouth targets, in `work/corpus/<part>/` (format: `corpus_store`).

| Part | What |
|---|---|
| `real` | aligned LibriSpeech readers |
| `british` | aligned readers of VCTK |
| `hurried` | readers at up to 1.7 times their speed |
| `ages` | readers as children and as the old |
| `takes` | human motion 01–04 with its voice |
| `espeak` | many languages, voice variants, speeds, pitches, moods; drills of rare phone neighbours |
| `flite` | four English voices at many speeds and pitches; drills |
| `jtalk` | Open JTalk, Japanese |
| `singing` | readers and engines on melodies, half of them with music that plays on while nobody sings |
| `effort` | readers and engines shouting and whispering |
| `sounds` | silence, noise, music, instruments, places, animals: not speech |
| `valid` | readers that training never hears |
| `valid_espeak` | languages that training never hears |
| `valid_festival` | an engine that training never hears, in ten languages and more |

Run: python -m vultus_training.corpus [--scale 1] [--only real takes …]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np

from . import other_people, performances, voices
from .corpus_store import Clip, label, segment_rows, write
from .corpus_summary import summarise
from .festival_voices import held_out_engine
from .human_takes import load_take
from .paths import WORK
from .phones import UNKNOWN
from .real_speech import british_readers, split_readers

#: Hours of sound of the parts that are generated.
HOURS = {
    "espeak": 12.0,
    "flite": 2.0,
    "jtalk": 0.7,
    "hurried": 0.7,
    "ages": 0.7,
    "singing": 2.0,
    "effort": 1.0,
    "sounds": 2.0,
    "valid_espeak": 0.3,
}
#: Clips of each voice of the engine that is held out.
HELD_OUT_CLIPS = 12


def _hours(clips: Iterator[Clip], hours: float) -> Iterator[Clip]:
    seconds = 0.0
    for clip in clips:
        seconds += len(clip.pcm) / 16000
        yield clip
        if seconds >= hours * 3600:
            return


def _labelled(utterances: Iterator[voices.Utterance], segments: bool = False) -> Iterator[Clip]:
    """`segments`: the phones are kept in the clip's info, for evaluation."""
    for pcm, phones, info in utterances:
        yield label(pcm, phones, {**info, "segments": segment_rows(phones)} if segments else info)


def take_clips(numbers: tuple[int, ...] = (1, 2, 3, 4)) -> Iterator[Clip]:
    """Human takes; phones are unknown there."""
    for number in numbers:
        pcm, mouth = load_take(number)
        classes = np.full(len(mouth) * 4, UNKNOWN, np.uint8)
        yield Clip(pcm, classes, mouth, {"name": f"take_{number:02d}", "language": "en", "real": True})


def sound_clips(rng: np.random.Generator, hours: float) -> Iterator[Clip]:
    """Not speech: the mouth stays shut."""
    return islice(performances.not_speech(rng), max(1, int(hours * 3600 / 12)))


def _again(rng: np.random.Generator, names: list[str]) -> Iterator[voices.Utterance]:
    """The readers over and over, in ever new order."""
    while True:
        yield from voices.readers([names[k] for k in rng.permutation(len(names))])


def _performers(rng: np.random.Generator, train: list[str]) -> Iterator[voices.Utterance]:
    """The readers over and over, and the engines, as singers, shouters and whisperers."""
    spoken = voices.transcripts(train)

    sources = [
        _again(rng, train),
        voices.espeak(rng, spoken),
        voices.flite_voices(rng, spoken),
        voices.japanese(rng),
    ]
    return performances.any_of(rng, sources, [0.4, 0.4, 0.1, 0.1])


def plan(seed: int, scale: float) -> dict[str, Callable[[], Iterator[Clip]]]:
    """What makes each part; `scale` multiplies the hours of the generated ones."""
    train, valid = split_readers()
    british = british_readers()
    readers = train + british
    spoken = voices.transcripts(train)

    def rng(number: int) -> np.random.Generator:
        return np.random.default_rng(seed + number)

    made: dict[str, Callable[[], Iterator[Clip]]] = {
        "espeak": lambda: _labelled(voices.espeak(rng(0), spoken)),
        "flite": lambda: _labelled(voices.flite_voices(rng(2), spoken)),
        "jtalk": lambda: _labelled(voices.japanese(rng(5))),
        "hurried": lambda: _labelled(other_people.hurried(rng(10), _again(rng(11), readers))),
        "ages": lambda: _labelled(other_people.ages(rng(12), _again(rng(13), readers))),
        "singing": lambda: performances.songs(rng(6), _performers(rng(7), train)),
        "effort": lambda: performances.efforts(rng(8), _performers(rng(9), train)),
        "sounds": lambda: performances.not_speech(rng(3)),
        "valid_espeak": lambda: _labelled(voices.espeak(rng(1), spoken, held_out=True), segments=True),
    }
    limited = {
        part: (lambda part=part, make=make: _hours(make(), HOURS[part] * scale))
        for part, make in made.items()
    }
    return {
        "real": lambda: _labelled(voices.readers(train)),
        "british": lambda: _labelled(voices.readers(british)),
        "takes": take_clips,
        "valid": lambda: _labelled(voices.readers(valid)),
        **limited,
        "valid_festival": lambda: _labelled(
            held_out_engine(rng(4), voices.transcripts(valid), HELD_OUT_CLIPS), segments=True
        ),
    }


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--scale", type=float, default=1, help="times the hours of the generated parts")
    parser.add_argument("--only", nargs="*", help="parts to make; the others stay as they are")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    parts = plan(options.seed, options.scale)
    unknown = set(options.only or []) - set(parts)
    if unknown:
        parser.error(f"no such part: {' '.join(sorted(unknown))}; there are {' '.join(parts)}")
    for part, make in parts.items():
        if not options.only or part in options.only:
            begun = time.time()
            write(part, make(), WORK / "corpus")
            print(f"  {time.time() - begun:.0f} s", flush=True)
    print(summarise(WORK / "corpus", list(parts)))


if __name__ == "__main__":
    main()
