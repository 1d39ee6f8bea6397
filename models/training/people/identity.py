"""Who a person is, drawn by seed: sex, age, descent, skin, hair, features, teeth, clothes, glasses, beard."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

import numpy as np

LIGHT_SKINS = {
    "female": ["young_lightskinned_female2", "young_lightskinned_female3", "middleage_lightskinned_female2"],
    "male": [
        "young_lightskinned_male",
        "young_lightskinned_male2",
        "young_lightskinned_male3",
        "middleage_lightskinned_male",
        "middleage_lightskinned_male2",
    ],
}
DARK_SKINS = ["young_darkskinned_male", "middleage_darkskinned_male", "old_darkskinned_male"]
"""With women too: nothing of a beard is in them."""
CLOTHES = {
    "female": [
        "female_casualsuit01",
        "female_elegantsuit01",
        "female_sportsuit01",
        "female_casualsuit01",
        None,
    ],
    "male": [
        "male_casualsuit04",
        "male_casualsuit06",
        "male_elegantsuit01",
        "male_worksuit01",
        None,
    ],
}
HAIR_COLOURS = {
    "black": (0.012, 0.010, 0.009),
    "dark brown": (0.035, 0.021, 0.013),
    "brown": (0.085, 0.048, 0.026),
    "auburn": (0.14, 0.05, 0.02),
    "blond": (0.34, 0.22, 0.10),
    "grey": (0.26, 0.25, 0.24),
    "white": (0.62, 0.60, 0.57),
}
"""linear albedo"""
HAIR_STYLES = ["bald", "shaved", "crop", "short", "swept", "bob", "long", "curls", "afro"]
TEETH = ["teeth_base", "teeth_shape01", "teeth_shape03", "teeth_shape04", "teeth_shape05"]
"""Not the second: its lower teeth stand before the upper ones."""
BEARDS = ["stubble", "short", "moustache", "goatee", "full"]


@dataclass
class Person:
    seed: int
    sex: str
    age: dict[str, float]
    """shares of young and old"""
    muscle: str
    race: dict[str, float]
    skin: str
    tint: tuple[float, float, float]
    """factors on the skin's linear albedo"""
    gloss: float
    """roughness of the skin, 0..1"""
    lips: float
    """how much redder and darker than painted the lips are, −1..1"""
    hair: str
    hair_colour: tuple[float, float, float]
    brows: str
    lashes: str
    iris: str | None
    """a texture; None is brown"""
    teeth: str
    teeth_tint: tuple[float, float, float]
    clothes: str | None
    clothes_tint: tuple[float, float, float]
    beard: str | None
    glasses: str | None
    targets: dict[str, float] = field(default_factory=dict)
    expression: dict[str, float] = field(default_factory=dict)
    """the portrait's own"""

    def to_json(self) -> dict:
        return asdict(self)


def person_of(seed: int) -> Person:
    """The same person for the same seed. Skins take turns, so that any run of seeds shows all."""
    rng = np.random.default_rng([seed, 1])
    dark = seed % 5 in (1, 3)
    sex = "female" if rng.random() < 0.5 else "male"
    if dark:
        skin = DARK_SKINS[(seed // 2) % 3]
    elif sex == "female" and rng.random() < 0.8:
        skin = LIGHT_SKINS["female"][seed % 3]
    else:
        skin = LIGHT_SKINS["male"][seed % 5]
    old = rng.uniform(0.55, 1.0) if "old_" in skin or rng.random() < 0.12 else 0.0
    if not old:
        old = rng.uniform(0.2, 0.6) if "middleage" in skin else rng.uniform(0.0, 0.15)
    tint, race = _tone(dark, rng)
    return Person(
        seed=seed,
        sex=sex,
        age={"young": round(1 - old, 3), "old": round(old, 3)},
        muscle="averagemuscle",
        race=race,
        skin=skin,
        tint=tint,
        gloss=round(float(rng.uniform(0.36, 0.55)), 3),
        lips=round(float(rng.uniform(0.2, 1.2 if sex == "female" else 0.8)), 3),
        hair=_hair(sex, dark, old, rng),
        hair_colour=_hair_colour(dark, race, old, rng),
        brows=f"eyebrow{rng.integers(1, 13):03d}",
        lashes=f"eyelashes{rng.integers(1, 5):02d}",
        iris=_iris(dark, race, rng),
        teeth=str(rng.choice(TEETH)),
        teeth_tint=_teeth_tint(old, rng),
        clothes=_one_of(CLOTHES[sex], rng),
        clothes_tint=_rounded(rng.uniform(0.25, 1.0, 3) * rng.uniform(0.4, 1.0)),
        beard=str(rng.choice(BEARDS)) if sex == "male" and rng.random() < 0.5 else None,
        glasses=str(rng.choice(["round", "square", "thin"])) if rng.random() < 0.25 else None,
        targets=_features(sex, old, rng),
        expression=_expression(rng),
    )


def _one_of(options: list, rng: np.random.Generator):
    return options[int(rng.integers(len(options)))]


def _rounded(values: np.ndarray) -> tuple[float, float, float]:
    return tuple(round(float(value), 4) for value in values)


def _tone(dark: bool, rng: np.random.Generator) -> tuple[tuple[float, float, float], dict[str, float]]:
    """The tint that spreads eleven skins over all that people have, and descent."""
    if dark:
        light = rng.uniform(0.9, 2.4)
        warmth = rng.normal(0, 0.05)
        share = round(float(rng.uniform(0.6, 1.0)), 3)
        race = {"african": share, str(rng.choice(["caucasian", "asian"])): round(1 - share, 3)}
    else:
        light = rng.uniform(0.42, 1.0)
        warmth = rng.normal(0.0, 0.05) + 0.12 * (1 - light)
        first = str(
            rng.choice(["caucasian", "asian", "caucasian", "asian", "african"], p=[0.4, 0.3, 0.1, 0.1, 0.1])
        )
        share = round(float(rng.uniform(0.55, 1.0)), 3)
        second = str(rng.choice([r for r in ("caucasian", "asian", "african") if r != first]))
        race = {first: share, second: round(1 - share, 3)}
    # Brighter brown skin is less saturated than a brightened picture of dark skin.
    pale = 0.12 * max(0.0, light - 1)
    return _rounded(light * np.array([1 + warmth, 1.0 + 0.4 * pale, 1 - 1.2 * warmth + pale])), race


def _hair(sex: str, dark: bool, old: float, rng: np.random.Generator) -> str:
    if sex == "female":
        options = ["bob", "long", "swept", "curls", "short", "afro" if dark else "long"]
    else:
        options = [
            "crop",
            "short",
            "swept",
            "shaved",
            "bald" if old > 0.4 or dark else "crop",
            "afro" if dark else "curls",
        ]
    return str(rng.choice(options))


def _hair_colour(
    dark: bool, race: dict[str, float], old: float, rng: np.random.Generator
) -> tuple[float, float, float]:
    if old > 0.5 and rng.random() < 0.75:
        name = str(rng.choice(["grey", "white", "grey"]))
    elif dark or race.get("asian", 0) > 0.5:
        name = str(rng.choice(["black", "black", "dark brown"]))
    else:
        name = str(rng.choice(["black", "dark brown", "brown", "brown", "auburn", "blond"]))
    return _rounded(np.array(HAIR_COLOURS[name]) * rng.uniform(0.8, 1.2))


def _iris(dark: bool, race: dict[str, float], rng: np.random.Generator) -> str | None:
    if dark or race.get("asian", 0) > 0.5 or rng.random() < 0.3:
        return "brownlight_eye" if rng.random() < 0.2 else None
    return str(
        rng.choice(["blue_eye", "bluegreen_eye", "brownlight_eye", "green_eye", "grey_eye", "lightblue_eye"])
    )


def _teeth_tint(old: float, rng: np.random.Generator) -> tuple[float, float, float]:
    yellow = rng.uniform(0.0, 0.22) + 0.15 * old
    return _rounded(rng.uniform(0.8, 1.0) * np.array([1.0, 1 - 0.35 * yellow, 1 - yellow]))


FEATURES = {
    "nose/nose-width1": 0.5,
    "nose/nose-width2": 0.4,
    "nose/nose-width3": 0.4,
    "nose/nose-hump": 0.4,
    "nose/nose-volume": 0.35,
    "nose/nose-scale-vert": 0.4,
    "nose/nose-point-width": 0.4,
    "nose/nose-scale-depth": 0.4,
    "mouth/mouth-scale-horiz": 0.45,
    "mouth/mouth-upperlip-height": 0.45,
    "mouth/mouth-lowerlip-height": 0.45,
    "mouth/mouth-upperlip-volume": 0.4,
    "mouth/mouth-lowerlip-volume": 0.4,
    "mouth/mouth-cupidsbow": 0.5,
    "chin/chin-width": 0.45,
    "chin/chin-height": 0.4,
    "chin/chin-prominent": 0.4,
    "chin/chin-bones": 0.4,
    "head/head-fat": 0.4,
    "head/head-scale-horiz": 0.25,
    "head/head-scale-vert": 0.25,
    "head/head-age": 0.25,
}
"""local targets with a decreasing and an increasing end, and how far they spread (standard deviation)"""
PAIRED_FEATURES = {
    "cheek/{}-cheek-bones": 0.5,
    "cheek/{}-cheek-volume": 0.45,
    "eyes/{}-eye-scale": 0.3,
    "eyes/{}-eye-height2": 0.3,
    "eyes/{}-eye-bag": 0.3,
}
UP_DOWN = {
    "mouth/mouth-angles": 0.25,
    "nose/nose-base": 0.35,
    "eyebrows/eyebrows-trans": 0.3,
    "nose/nose-point": 0.3,
}
HEAD_SHAPES = ["oval", "round", "square", "rectangular", "triangular", "invertedtriangular", "diamond"]
ASYMMETRIES = [
    "brown-1",
    "brown-2",
    "cheek-1",
    "cheek-2",
    "eye-1",
    "eye-3",
    "eye-5",
    "jaw-1",
    "jaw-2",
    "jaw-3",
    "mouth-1",
    "mouth-2",
    "nose-1",
    "nose-2",
    "nose-3",
]


def _features(sex: str, old: float, rng: np.random.Generator) -> dict[str, float]:
    targets: dict[str, float] = {}

    def put(stem: str, ends: tuple[str, str], spread: float, sides: tuple[str, ...] = ("",)) -> None:
        value = float(np.clip(rng.normal(0, 0.75 * spread), -0.6, 0.6))
        for side in sides:
            targets[f"{stem.format(side)}-{ends[value > 0]}"] = round(abs(value), 3)

    for stem, spread in FEATURES.items():
        put(stem, ("decr", "incr"), spread)
    for stem, spread in PAIRED_FEATURES.items():
        put(stem, ("decr", "incr"), spread, ("l", "r"))
    for stem, spread in UP_DOWN.items():
        put(stem, ("down", "up"), spread)
    targets[f"head/head-{rng.choice(HEAD_SHAPES)}"] = round(float(rng.uniform(0, 0.5)), 3)
    for name in rng.choice(ASYMMETRIES, 4, replace=False):
        targets[f"asym/asym-{name}-{rng.choice(['l', 'r'])}"] = round(float(rng.uniform(0, 0.5)), 3)
    return targets


def _expression(rng: np.random.Generator) -> dict[str, float]:
    """Nobody is quite neutral before a camera."""
    smile = float(rng.choice([0.0, rng.uniform(0, 0.35)]))
    brows = float(rng.uniform(-0.1, 0.1))
    expression = {
        "mouthSmileLeft": smile * rng.uniform(0.8, 1.0),
        "mouthSmileRight": smile * rng.uniform(0.8, 1.0),
        "browInnerUp": max(0.0, brows),
        "browDownLeft": max(0.0, -brows),
        "browDownRight": max(0.0, -brows),
    }
    return {name: round(float(value), 3) for name, value in expression.items() if value > 0.01}
