"""Nonsense words that bring every phone into every neighbourhood: the rarer a triple of classes (before,
this, after) has been so far, the sooner a drill has it.

Lip contact counts most, so bilabials, f and v stand between all vowels, and N beside M in minimal pairs
("nap map"), as one is taken for the other.
"""

from __future__ import annotations

import numpy as np

from .articulation import Segments
from .phones import CLASSES, INDEX, NAMES, arpabet_classes

VOWELS = "AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split()
CONSONANTS = "P B M F V N T D S Z SH CH JH TH DH K G L R W Y HH ZH".split()
_SHARE = np.array([3, 3, 3, 2.5, 2.5, 3.5, *[1] * 16, 0.5])
_SHARE /= _SHARE.sum()
_ENDINGS = [name for name in CONSONANTS if name not in ("W", "Y", "HH")] + ["NG"]

#: espeak's English phoneme names, for texts in [[ ]].
_ESPEAK = dict(
    zip(
        [*VOWELS, *CONSONANTS, "NG"],
        "A: a V O: aU aI E 3: eI I i: oU OI U u: p b m f v n t d s z S tS dZ T D k g l r w j h Z N".split(),
        strict=True,
    )
)  # fmt: skip
Word = list[str]


class Coverage:
    """How often each triple of neighbouring classes was spoken."""

    def __init__(self) -> None:
        self.counts = np.zeros((CLASSES,) * 3, np.int64)

    def add(self, segments: Segments) -> None:
        """Counts an utterance's triples."""
        c = segments.classes
        np.add.at(self.counts, (c[:-2], c[1:-1], c[2:]), 1)

    def rarity(self, word: Word) -> float:
        """Mean of 1 / (1 + count) over the word's triples, spoken between pauses."""
        sil = INDEX["SIL"]
        c = [sil, *(cls for phone in word for cls in arpabet_classes(phone)), sil]
        return float(
            np.mean([1 / (1 + self.counts[triple]) for triple in zip(c, c[1:], c[2:], strict=False)])
        )

    def drill(self, rng: np.random.Generator) -> list[Word]:
        """Five to nine words with what is rarest so far, minimal pairs among them."""
        words: list[Word] = []
        for _ in range(rng.integers(5, 10)):
            tries = [_word(rng) for _ in range(12)]
            words.append(max(tries, key=self.rarity))
            if rng.random() < 0.3:
                words.append(_other_nasal(words[-1]))
        return words

    def report(self) -> dict[str, float]:
        """Share of the triples of vowel-consonant-vowel and consonant-vowel-consonant that were spoken ten
        times, and the least spoken contact between vowels."""
        vowel = np.isin(np.array(NAMES), "AA AE AH AO EH ER IH IY OW UH UW".split())
        # Between vowels: consonants but the pause and the glottal stop.
        other = ~np.isin(np.array(NAMES), ["SIL", "Q", "YY"]) & ~vowel
        vcv = self.counts[np.ix_(vowel, other, vowel)]
        cvc = self.counts[np.ix_(other, vowel, other)]
        contact = self.counts[np.ix_(vowel, np.isin(np.array(NAMES), ["P", "F"]), vowel)]
        return {
            "vcv": float((vcv >= 10).mean()),
            "cvc": float((cvc >= 10).mean()),
            "least_contact": int(contact.min()),
        }


def _word(rng: np.random.Generator) -> Word:
    def consonant() -> str:
        return str(rng.choice(CONSONANTS, p=_SHARE))

    def vowel() -> str:
        return str(rng.choice(VOWELS))

    shape = rng.integers(5)
    if shape == 0:
        return [consonant(), vowel(), str(rng.choice(_ENDINGS))]
    if shape == 1:
        return [vowel(), consonant(), vowel()]
    if shape == 2:
        return [consonant(), vowel(), consonant(), vowel()]
    if shape == 3:
        return [consonant(), vowel(), str(rng.choice(_ENDINGS)), consonant(), vowel()]
    return [vowel(), consonant(), vowel(), str(rng.choice(_ENDINGS))]


_SWAP = {"N": "M", "M": "N", "P": "T", "B": "D", "F": "TH", "V": "DH"}


def _other_nasal(word: Word) -> Word:
    """The word's minimal pair: lips against tongue."""
    return [_SWAP.get(phone, phone) for phone in word]


def for_espeak(rng: np.random.Generator, words: list[Word]) -> str:
    """Phonemes in double brackets, stress on a random vowel; commas here and there."""
    out = []
    for word in words:
        vowels = [k for k, phone in enumerate(word) if phone in VOWELS]
        stressed = rng.choice(vowels)
        spelt = "".join(("'" if k == stressed else "") + _ESPEAK[phone] for k, phone in enumerate(word))
        out.append(f"[[{spelt}]]" + ("," if rng.random() < 0.3 else ""))
    return " ".join(out)


def for_flite(rng: np.random.Generator, words: list[Word]) -> str:
    """Phone names for `flite -p`; pauses here and there."""
    spelt = ["pau"]
    for word in words:
        stressed = [phone.lower() + ("1" if phone in VOWELS else "") for phone in word]
        spelt += stressed + (["pau"] if rng.random() < 0.3 else [])
    return " ".join(spelt + ["pau"])
