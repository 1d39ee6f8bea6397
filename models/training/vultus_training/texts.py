"""Texts for the synthesised voices.

Languages in Latin script read the words of the training transcripts by their own rules, with their own
letters mixed in: the words mean nothing there, but the sounds, their order and the melody are the
language's own. Other scripts read random syllables.
"""

from __future__ import annotations

import numpy as np

LATIN: dict[str, str] = {
    "en-us": "",
    "en": "",
    "en-gb-scotland": "",
    "en-us-nyc": "",
    "en-gb-x-rp": "",
    "en-029": "",
    "de": "äöüß",
    "fr": "éèàçêœ",
    "es": "ñáéíó",
    "es-419": "ñáé",
    "it": "àèìò",
    "pt": "ãõçéâ",
    "pt-br": "ãõçê",
    "nl": "ë",
    "sv": "åäö",
    "nb": "øåæ",
    "da": "øåæ",
    "fi": "äö",
    "et": "õäöü",
    "hu": "őűáéö",
    "pl": "łśćżąęó",
    "cs": "řěščžý",
    "sk": "ľščťžý",
    "sl": "čšž",
    "hr": "čćšžđ",
    "ro": "ăâîșț",
    "ca": "çàè",
    "eu": "",
    "tr": "şğıöüç",
    "az": "əşğ",
    "id": "",
    "ms": "",
    "sw": "",
    "vi": "ươđạêô",
    "sq": "ëç",
    "lt": "ėšžų",
    "lv": "āēīšž",
    "cy": "ŵŷ",
    "ga": "áéí",
    "is": "þðæö",
    "mt": "ħġż",
    "af": "ê",
    "eo": "ĉĝŝŭ",
    "la": "",
    "gn": "",
    "haw": "",
    "ht": "",
    "tn": "",
    "cmn-latn-pinyin": "",
    "fa-latn": "",
    "lb": "äëé",
    "bs": "čćšž",
    "gd": "àèù",
    "qu": "ñ",
    "ku": "êîûçş",
    "mi": "āēī",
    "pap": "",
    "an": "ñé",
    "uz": "",
}

# Consonants and vowels of scripts that are read as they stand.
SYLLABLES: dict[str, tuple[str, str]] = {
    "ru": ("бвгджзклмнпрстфхцчшм", "аеиоуыяюэ"),
    "bg": ("бвгджзклмнпрстфхм", "аеиоу"),
    "uk": ("бвгджзклмнпрстфхм", "аеиоуі"),
    "sr": ("бвгджзклмнпрстфм", "аеиоу"),
    "mk": ("бвгдзклмнпрстфм", "аеиоу"),
    "kk": ("бгдзклмнпрстшм", "аеиоуүіө"),
    "el": ("βγδζθκλμνπρστφχμ", "αεηιουω"),
    "ka": ("ბგდვზთკლმნპრსტფქშჩმ", "აეიოუ"),
    "hy": ("բգդզթլխկմնպսվտրփքֆմ", "աեիոու"),
    "he": ("בגדזטלמנספקרשתמ", "איוה"),
    "ja": (
        "",
        "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわばびぶべぼぱぴぷ",
    ),
}
_INDIC: dict[str, int] = {
    "hi": 0x0900,
    "bn": 0x0980,
    "gu": 0x0A80,
    "ta": 0x0B80,
    "te": 0x0C00,
    "kn": 0x0C80,
    "pa": 0x0A00,
    "ml": 0x0D00,
    "ne": 0x0900,
}
_PINYIN_INITIALS = "b p m f d t n l g k h j q x zh ch sh r z c s y w".split() + ["b", "p", "m", "f"]
_PINYIN_FINALS = "a o e i u ai ei ao ou an en ang eng ong ia ie iao in ing ua uo ui uan un".split()
HELD_OUT_LANGUAGES = ["es-419", "nb", "cs", "ro", "ca", "uk", "te", "lv", "ms", "el"]


def languages(held_out: bool = False) -> list[str]:
    """Languages for training, or the ten kept for evaluation."""
    every = [*LATIN, *SYLLABLES, *_INDIC, "ko"]
    return HELD_OUT_LANGUAGES if held_out else [name for name in every if name not in HELD_OUT_LANGUAGES]


def sentence(rng: np.random.Generator, language: str, transcripts: list[str]) -> str:
    """A text of about 10–25 words or syllable groups, with commas."""
    if language == "cmn-latn-pinyin":
        words = [
            "".join(
                str(rng.choice(_PINYIN_INITIALS)) + str(rng.choice(_PINYIN_FINALS)) + str(rng.integers(1, 5))
                for _ in range(rng.integers(1, 3))
            )
            for _ in range(rng.integers(8, 18))
        ]
    elif language in LATIN:
        words = transcripts[rng.integers(len(transcripts))].split()
        first = rng.integers(0, max(1, len(words) - 22))
        words = words[first : first + rng.integers(10, 23)]
        extra = LATIN[language]
        if extra:
            words = [_accent(rng, word, extra) for word in words]
    elif language in SYLLABLES:
        consonants, vowels = SYLLABLES[language]
        words = [
            "".join(
                (str(rng.choice(list(consonants))) if consonants else "")
                + str(rng.choice(list(vowels)))
                + (str(rng.choice(list(consonants))) if consonants and rng.random() < 0.2 else "")
                for _ in range(rng.integers(1, 5))
            )
            for _ in range(rng.integers(8, 18))
        ]
    elif language == "ko":
        words = [
            "".join(
                chr(
                    0xAC00
                    + int(rng.integers(19)) * 588
                    + int(rng.integers(21)) * 28
                    + int(rng.choice([0, 0, 0, 1, 4, 8, 16, 17, 21]))
                )
                for _ in range(rng.integers(1, 4))
            )
            for _ in range(rng.integers(8, 16))
        ]
    else:
        base = _INDIC[language]
        consonants = [
            base + k
            for k in (
                0x15,
                0x17,
                0x1A,
                0x1C,
                0x1F,
                0x24,
                0x28,
                0x2A,
                0x2E,
                0x2F,
                0x30,
                0x32,
                0x35,
                0x38,
                0x39,
                0x2E,
                0x2A,
            )
        ]
        signs = ["", chr(base + 0x3E), chr(base + 0x3F), chr(base + 0x40), chr(base + 0x41), chr(base + 0x47)]
        words = [
            "".join(
                chr(int(rng.choice(consonants))) + str(rng.choice(signs)) for _ in range(rng.integers(1, 5))
            )
            for _ in range(rng.integers(8, 18))
        ]
    return "".join(
        word + (", " if rng.random() < 0.08 else ". " if rng.random() < 0.05 else " ") for word in words
    )


_WORDS_JA = (
    "わたし あなた みんな 友達 学校 先生 新聞 電話 仕事 今日 明日 昨日 "
    "天気 時間 場所 番組 音楽 映画 散歩 写真 勉強 料理 野菜 果物 "
    "牛乳 珈琲 お茶 切符 切手 雑誌 結婚 出発 発表 一般 実験 信号 "
    "案内 本当 全部 夢 山 海 空 花 ファイル フィルム フェリー フォーク "
    "テレビ パソコン ビデオ ヴァイオリン スポーツ メモ プログラム マンボ バンパー 新しい 面白い 美しい "
    "静かな 丈夫な 変な 食べる 飲む 見る 読む 書く 話す 走る 歩く 買う "
    "作る 待つ 選ぶ 休む 運ぶ "
).split()
_PARTICLES_JA = "は が を に で と も から まで より".split()
_SMALL_JA = [row + small for row in "きしちにひみりぎじびぴ" for small in "ゃゅょ"]


def japanese(rng: np.random.Generator) -> str:
    """Words with particles, every third one nonsense of all kana (geminates and the moraic nasal as well)."""
    kana = list(SYLLABLES["ja"][1]) + _SMALL_JA
    text = ""
    for _ in range(rng.integers(5, 13)):
        if rng.random() < 0.35:
            text += "".join(
                str(rng.choice(kana)) + str(rng.choice(["", "ん", "っ"], p=[0.8, 0.12, 0.08]))
                for _ in range(rng.integers(2, 5))
            ).rstrip("っ")
        else:
            text += str(rng.choice(_WORDS_JA))
        text += str(rng.choice(_PARTICLES_JA)) + str(rng.choice(["", "、"], p=[0.85, 0.15]))
    return text + str(rng.choice(["です。", "ます。", "ました。", "でしょうか。"]))


def _accent(rng: np.random.Generator, word: str, extra: str) -> str:
    """Now and then puts a letter of the language over a vowel."""
    if rng.random() > 0.35:
        return word
    vowels = [k for k, letter in enumerate(word) if letter in "aeiou"]
    if not vowels:
        return word
    k = int(rng.choice(vowels))
    return word[:k] + str(rng.choice(list(extra))) + word[k + 1 :]
