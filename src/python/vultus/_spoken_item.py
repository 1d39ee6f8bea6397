"""Something that a model says, while it comes and is heard."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace

from .events import Word

# English, Spanish, German and French are spoken at 13 to 17 characters a second.
_MS_PER_CHARACTER = 65.0
# A transcript that seems further ahead of its voice is one that is spoken faster.
_MOST_AHEAD_MS = 2000.0
# What is whole of a transcript, and the beginning of the next word.
_CUT = re.compile(r"(.*\s|)(\S*)", re.DOTALL)


class Transcript:
    """Pieces of a transcript, which may begin and end anywhere, as whole words.

    Models tell no times of them, and give them before their voice or after it: each word is placed behind the one
    before, and no longer before the end of the voice that has come than it takes to say what came with it.
    """

    def __init__(self) -> None:
        self._rest = ""
        self._end_ms = 0.0

    def push(self, text: str, at_ms: float) -> list[Word]:
        """The words that are whole now. `at_ms`: how much voice has come."""
        whole, self._rest = _CUT.fullmatch(self._rest + text).groups()  # type: ignore[union-attr]
        return self._place(whole.split(), at_ms)

    def flush(self, at_ms: float) -> list[Word]:
        """The last word, which nothing follows."""
        rest, self._rest = self._rest, ""
        return self._place(rest.split(), at_ms)

    def _place(self, texts: list[str], at_ms: float) -> list[Word]:
        if not texts:
            return []
        durations = [_MS_PER_CHARACTER * (len(text) + 1) for text in texts]
        # A transcript that comes whole before its voice says nothing of how fast that is.
        most_ms = at_ms + _MOST_AHEAD_MS if at_ms > 0 else math.inf
        self._end_ms = max(min(self._end_ms, most_ms), at_ms - sum(durations))
        words: list[Word] = []
        for text, duration_ms in zip(texts, durations, strict=True):
            words.append(Word(text, self._end_ms, self._end_ms + duration_ms))
            self._end_ms += duration_ms
        return words


@dataclass(slots=True)
class _Part:
    """A part of an item that is one utterance: all of it, unless the connection broke or the voice ran dry."""

    utterance: str
    from_ms: float
    to_ms: float
    # When it began to be heard, on this side's clock; how much of it was heard, once its end is told.
    started_ms: float | None = None
    played_ms: float | None = None

    def heard_ms(self, now_ms: float | None) -> float:
        so_far = now_ms - self.started_ms if now_ms is not None and self.started_ms is not None else 0.0
        return max(0.0, min(so_far if self.played_ms is None else self.played_ms, self.to_ms - self.from_ms))


@dataclass(slots=True)
class SpokenItem:
    name: str
    bytes_per_ms: int
    complete: bool = False
    """Nothing more of it will come."""
    given: bool = False
    """Nothing more of it will be given to the face."""
    full: bool = False
    """More of it has come than can be kept: the rest is not said."""
    cut: bool = False
    """It was interrupted: what comes late is not said."""
    settled: bool = False
    """What becomes of it has been told to the model."""
    _parts: list[_Part] = field(default_factory=list)
    _words: list[Word] = field(default_factory=list)
    _transcript: Transcript = field(default_factory=Transcript)
    _bytes: int = 0
    _given_bytes: int = 0
    _broken: bool = False

    @property
    def length_ms(self) -> float:
        """So much of it has come."""
        return self._bytes / self.bytes_per_ms

    @property
    def held(self) -> bool:
        """Whether some of it has come that was not given to the face."""
        return self._given_bytes < self._bytes

    def ahead_ms(self, now_ms: float) -> float:
        """So much of it was given to the face and has not been heard."""
        if self.cut:
            return 0.0
        parts = [part for part in self._parts if part.played_ms is None]
        return sum(part.to_ms - part.from_ms - part.heard_ms(now_ms) for part in parts)

    def break_off(self) -> None:
        """What was said last belongs to an utterance that takes no more; the next voice begins another."""
        self._broken = True

    def assume_started(self, now_ms: float) -> None:
        """What is not known to have begun to be heard counts as if it had, until it is told."""
        for part in self._parts:
            if part.started_ms is None:
                part.started_ms = now_ms

    @property
    def utterance(self) -> str | None:
        """The one that is being spoken to."""
        return self._parts[-1].utterance if self._parts and not self._broken else None

    @property
    def waits(self) -> bool:
        """Whether some of it was given to the face that has not come to its end."""
        return any(part.played_ms is None for part in self._parts)

    @property
    def heard_whole(self) -> bool:
        return self.complete and not self.waits and self.heard_ms() >= math.floor(self.length_ms)

    def add(self, size: int) -> None:
        """So many bytes of its voice have come."""
        self._bytes += size

    def give(self, size: int, now_ms: float) -> str:
        """The next of it goes to the face. Returns the utterance to which it belongs."""
        from_ms = self._given_ms
        self._given_bytes += size
        if self._parts and not self._broken:
            last = self._parts[-1]
            if last.started_ms is not None:
                # Where the face had to wait for it, the clock has run ahead.
                last.started_ms = max(last.started_ms, now_ms - (last.to_ms - last.from_ms))
            last.to_ms = self._given_ms
            return last.utterance
        self._broken = False
        utterance = f"{self.name}#{len(self._parts) + 1}" if self._parts else self.name
        self._parts.append(_Part(utterance, from_ms, self._given_ms))
        return utterance

    def transcribe(self, text: str) -> None:
        self._words += self._transcript.push(text, self.length_ms)

    def end_transcript(self) -> None:
        self._words += self._transcript.flush(self.length_ms)

    def take_words(self) -> tuple[str, list[Word]] | None:
        """Words whose voice was given, with the utterance to which they belong."""
        words = [word for word in self._words if self.given or word.start_ms < self._given_ms]
        if not self._parts or not words:
            return None
        part = self._parts[-1]
        self._words = self._words[len(words) :]
        if part.played_ms is not None:
            return None

        def at(ms: float) -> float:
            # What is placed behind the end is said before it.
            return max(0.0, min(ms, self._given_ms - 1) - part.from_ms)

        return part.utterance, [replace(word, start_ms=at(word.start_ms), end_ms=at(word.end_ms)) for word in words]

    def started(self, utterance: str, now_ms: float) -> None:
        for part in self._parts:
            if part.utterance == utterance:
                part.started_ms = now_ms

    def ended(self, utterance: str, played_ms: float) -> bool:
        """Returns whether that was one of its utterances."""
        for part in self._parts:
            if part.utterance == utterance:
                part.played_ms = min(played_ms, part.to_ms - part.from_ms)
                if part is self._parts[-1]:
                    self.break_off()
                return True
        return False

    def heard_ms(self, now_ms: float | None = None) -> int:
        """How far into it the face was heard, in whole milliseconds, never beyond its length.

        `now_ms`: taken for what has no end of its own, where that will not be told any more.
        """
        heard = 0.0
        for part in self._parts:
            if (ms := part.heard_ms(now_ms)) > 0:
                heard = max(heard, part.from_ms + ms)
        return math.floor(min(heard, self.length_ms))

    @property
    def _given_ms(self) -> float:
        return self._given_bytes / self.bytes_per_ms
