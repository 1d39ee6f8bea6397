"""The engine that training never hears: festival's voices, each with its own phone set, for evaluation.

Debian packages: festvox-{kallpc16k,kdlpc16k,us-slt-hts,italp16k,itapc16k,ca-ona-hts,hi-nsk,mr-nsk,te-nsk},
festvox-suopuhe-{lj,mv}, festvox-czech-{dita,krb,machac,ph}. Not festvox-ru: it joins whole
recorded units, and neither its planned times nor those of its units lie on the sound (its lip stops are
40–60 ms off).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import texts
from .phones import INDEX, arpabet_classes, ipa_classes
from .speech_engines import festival
from .texts_held_out import SENTENCES
from .voices import Utterance

VOICES = Path("/usr/share/festival/voices")

_CZECH = "c ts, c~ tʃ, ch x, d~ ɟ, dz dz, dz~ dʒ, e ɛ, e: ɛ, h ɦ, n* ŋ, n~ ɲ, r~ ʒ, r~* ʃ, s~ ʃ, t~ c, z~ ʒ"
_INDIAN = (
    "a ə, aa a, ih ɪ, iy i, uh ʊ, uw u, eh ɛ, ee e, ay aɪ, oh o, oo o, aw aʊ, ch tʃ, T ʈ, D ɖ, N ɳ, th t, "
    "dh d, y j, v ʋ, L ɭ, R ɽ, sh ʃ, j dʒ, ksh ʃ, sri ʃ, kh k, gh g, td ʈ, tth t, ddh d, bh b, zh ʒ, @ æ"
)
_ITALIAN = "E ɛ, O ɔ, S ʃ, Z ʒ, ts ts, tS tʃ, dz dz, dZ dʒ, J ɲ, ng ŋ, nf ɱ, L ʎ"
_FINNISH = "@ æ, 7 ø, & ə, T θ, D ð, S ʃ, Z ʒ, N ŋ, L l, v ʋ"
_CATALAN = "ax ə, E ɛ, O ɔ, J ɲ, L ʎ, rr r, S ʃ, Z ʒ"
_PAUSES = {"#", "##", "_", "pau", "x"}


def _reader(table: str) -> Callable[[str], list[int]]:
    """From "name ipa, …" to a function from phone to classes; stress digits and length marks fall away,
    what is not in the table is IPA as it stands."""
    ipa = dict(pair.split() for pair in table.split(", "))

    def classes(name: str) -> list[int]:
        if name in _PAUSES:
            return [INDEX["SIL"]]
        bare = name.rstrip("123:")
        symbol = ipa.get(name, ipa.get(bare, bare))
        found = ipa_classes(symbol)
        if found is None:
            raise ValueError(f"festival's phone {name} has no class")
        return found

    return classes


@dataclass(frozen=True)
class Voice:
    """One voice of festival: its folder, the function that reads its phones, the encoding of its texts, the
    languages that it reads."""

    name: str
    classes: Callable[[str], list[int]]
    encoding: str
    languages: tuple[str, ...]


_TABLE = (
    (arpabet_classes, "utf-8", ("en-us",), "kal_diphone ked_diphone cmu_us_slt_arctic_hts"),
    (_reader(_ITALIAN), "latin-1", ("it", "la"), "lp_diphone pc_diphone"),
    (_reader(_CZECH), "iso-8859-2", ("cs", "sk"), "czech_dita czech_krb czech_machac czech_ph"),
    (_reader(_FINNISH), "latin-1", ("fi",), "suo_fi_lj_diphone hy_fi_mv_diphone"),
    (_reader(_CATALAN), "latin-1", ("ca",), "upc_ca_ona_hts"),
    (_reader(_INDIAN), "utf-8", ("hi",), "hindi_NSK_diphone"),
    (_reader(_INDIAN), "utf-8", ("mr",), "marathi_NSK_diphone"),
    (_reader(_INDIAN), "utf-8", ("te",), "telugu_NSK_diphone"),
)


def installed() -> list[Voice]:
    """The voices that are there. Throws FileNotFoundError where there is none."""
    here = {folder.name for folder in VOICES.glob("*/*")}
    found = [
        Voice(name, classes, encoding, languages)
        for classes, encoding, languages, names in _TABLE
        for name in names.split()
        if name in here
    ]
    if not found:
        raise FileNotFoundError(f"festival has no voice in {VOICES}")
    return found


def held_out_engine(rng: np.random.Generator, english: list[str], each: int) -> Iterator[Utterance]:
    """`each` clips of every voice and language at several speeds; `english` are transcripts that training
    never heard."""
    for voice in installed():
        for k in range(each):
            language = voice.languages[k % len(voice.languages)]
            if language == "en-us":
                text = texts.sentence(rng, language, [line.lower() for line in english])
            else:
                text = " ".join(rng.choice(SENTENCES[language], 2, replace=False))
            speed = float(rng.uniform(0.75, 1.3))
            pcm, segments = festival(text, voice.name, 1 / speed, voice.classes, voice.encoding)
            info = {"name": voice.name, "language": language, "speed": round(speed, 2)}
            yield Utterance(pcm, segments, info)
