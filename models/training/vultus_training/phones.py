"""The phone inventory: ARPABET and IPA symbols → classes, and the articulatory targets of each class.

Targets are in ARKit coefficients at full strength; `dominance` says how firmly a phone holds a target
against its neighbours (Cohen & Massaro, "Modeling coarticulation in synthetic visual speech", 1993). A
dominance of zero lets the neighbours' lips and jaw pass through the phone.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

TRACKS = ("jaw", "pucker", "funnel", "spread", "lower", "upper", "tongue")


@dataclass(frozen=True)
class Phone:
    """Targets and dominances of one class; `gate` marks contact that is always reached."""

    name: str
    target: tuple[float, ...]
    dominance: tuple[float, ...]
    gate: str = ""  # "lips" (p b m) or "teeth" (f v)


def _phone(
    name: str,
    jaw: float,
    hold: float,
    pucker: float = 0.0,
    funnel: float = 0.0,
    spread: float = 0.0,
    lower: float = 0.0,
    upper: float = 0.0,
    tongue: float = 0.0,
    lips: float = 0.15,
    gate: str = "",
) -> Phone:
    """`hold` is the dominance of the jaw, `lips` that of rounding and spreading."""
    return Phone(
        name,
        (jaw, pucker, funnel, spread, lower, upper, tongue),
        (hold, lips, lips, lips, max(lips, 0.3), max(lips, 0.3), 0.6),
        gate,
    )


PHONES: tuple[Phone, ...] = (
    _phone("SIL", 0.0, 1.0, lips=0.5),
    # Vowels. Jaw targets: open vowels reach the 95th percentile of the human takes (0.38).
    _phone("AA", 0.44, 1.6, lips=0.5),
    _phone("AE", 0.41, 1.6, spread=0.14, lower=0.12, upper=0.08, lips=0.6),
    _phone("AH", 0.38, 1.7, lips=0.35),
    _phone("AO", 0.38, 1.6, pucker=0.28, funnel=0.22, lips=0.8),
    _phone("EH", 0.30, 1.4, spread=0.14, lower=0.14, upper=0.06, lips=0.6),
    _phone("ER", 0.20, 1.2, pucker=0.22, funnel=0.16, lips=0.6),
    _phone("IH", 0.20, 1.2, spread=0.12, lower=0.12, upper=0.04, lips=0.45),
    _phone("IY", 0.14, 1.2, spread=0.30, lower=0.18, upper=0.08, lips=0.9),
    _phone("OW", 0.27, 1.5, pucker=0.50, funnel=0.22, lips=1.1),
    _phone("UH", 0.18, 1.2, pucker=0.34, funnel=0.12, lips=0.7),
    _phone("UW", 0.12, 1.2, pucker=0.66, funnel=0.16, lips=1.2),
    _phone("YY", 0.14, 1.2, pucker=0.58, funnel=0.16, lips=1.1),
    # Glides and liquids.
    _phone("W", 0.07, 1.2, pucker=0.70, funnel=0.10, lips=1.8),
    _phone("Y", 0.10, 0.9, spread=0.18, lower=0.10, lips=0.4),
    _phone("R", 0.12, 0.9, pucker=0.26, funnel=0.20, lips=0.5),
    _phone("L", 0.15, 0.6, tongue=0.10),
    _phone("HH", 0.18, 0.15, lips=0.05),
    # Consonants.
    _phone("P", 0.05, 1.4, gate="lips"),
    _phone("F", 0.06, 1.5, upper=0.16, gate="teeth"),
    _phone("TH", 0.09, 1.0, lower=0.08, tongue=0.30),
    _phone("T", 0.065, 1.0, lower=0.08),
    _phone("N", 0.075, 0.9, lower=0.06),
    _phone("S", 0.03, 2.0, spread=0.10, lower=0.09, upper=0.03, lips=0.3),
    _phone("SH", 0.03, 2.0, pucker=0.18, funnel=0.15, lower=0.04, lips=0.9),
    _phone("K", 0.13, 0.5, lips=0.1),
    _phone("Q", 0.12, 0.1, lips=0.05),
)
NAMES = [phone.name for phone in PHONES]
INDEX = {name: index for index, name in enumerate(NAMES)}
CLASSES = len(PHONES)
UNKNOWN = 255

_ARPABET = {
    "AA": "AA", "AE": "AE", "AH": "AH", "AO": "AO", "AW": "AA UH", "AY": "AA IH", "EH": "EH", "ER": "ER",
    "EY": "EH IY", "IH": "IH", "IY": "IY", "OW": "OW", "OY": "AO IH", "UH": "UH", "UW": "UW",
    "B": "P", "P": "P", "M": "P", "F": "F", "V": "F", "TH": "TH", "DH": "TH", "T": "T", "D": "T", "N": "N",
    "S": "S", "Z": "S", "SH": "SH", "ZH": "SH", "CH": "SH", "JH": "SH", "K": "K", "G": "K", "NG": "K",
    "L": "L", "R": "R", "W": "W", "Y": "Y", "HH": "HH", "SIL": "SIL", "PAU": "SIL", "AX": "AH", "SPN": "SIL",
    # The rest of festival's radio set: taps, syllabic consonants, breath.
    "AXR": "ER", "DX": "T", "NX": "N", "HV": "HH", "EL": "L", "EM": "P", "EN": "N", "BRTH": "SIL",
    "H#": "SIL",
}  # fmt: skip

_IPA = {
    "AA": "aɑ", "AE": "æ", "AH": "ʌəɐɘɜɞ", "AO": "ɔɒ", "EH": "ɛeε", "ER": "ɚɝ", "IH": "ɪɨ", "IY": "i",
    "OW": "oɵ", "UH": "ʊɤ", "UW": "uɯʉ", "YY": "yøœʏɶ", "W": "wʍɥ", "Y": "jʝɰ", "R": "ɹɻ", "L": "lɫɭʎɬɮʟ",
    "HH": "hɦħʕ", "P": "pbmɓʙ", "F": "fvɱʋ", "TH": "θð", "T": "tdɗʈɖɾrɽʀ", "N": "nɳɲ", "S": "sz",
    "SH": "ʃʒʂʐɕʑ", "K": "kɡgqɢŋɴxɣχʁcɟɸβ", "Q": "ʔ",
}  # fmt: skip
_IPA_CLASS = {symbol: name for name, symbols in _IPA.items() for symbol in symbols}
_VOWELS = set("AA AE AH AO EH ER IH IY OW UH UW YY".split())


def arpabet_classes(symbol: str) -> list[int]:
    """Classes of one ARPABET phone (two for a diphthong), stress digits ignored."""
    return [INDEX[name] for name in _ARPABET[symbol.upper().rstrip("012")].split()]


def ipa_classes(symbol: str) -> list[int] | None:
    """Classes of one IPA phone: base letters in order, without diacritics; None if nothing is known.

    A nasalised or long vowel is its vowel; an affricate is its fricative (that is what the lips do); the
    labial fricatives β ɸ are left to the neighbours.
    """
    letters = unicodedata.normalize("NFD", symbol)
    names = [_IPA_CLASS[letter] for letter in letters if letter in _IPA_CLASS]
    if not names:
        return None
    if names[0] not in _VOWELS and len(names) > 1:
        fricatives = [name for name in names if name in ("S", "SH")]
        names = fricatives[:1] or (["P", "F"] if names[:2] == ["P", "F"] else names[:1])
    return [INDEX[name] for name in names[:2]]
