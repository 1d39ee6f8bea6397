"""The people of the gallery: face, skin, hair, clothes, light."""

from __future__ import annotations

from dataclasses import dataclass, field

from clothes import Garment
from combs import downwards, outwards, parted, swept
from hair_grow import Style
from skin_paint import Skin


@dataclass
class Coat:
    """A style of hair and where it grows."""

    style: Style
    region: str = "scalp"
    """"scalp" or "beard" """
    recede: float = 0.0
    bald_top: float = 0.0


@dataclass
class Character:
    name: str
    seed: int
    identity: dict[int, float]
    skin: Skin
    iris: tuple[float, float, float]
    hair: tuple[float, float, float]
    coats: list[Coat]
    garment: Garment
    backdrop: tuple[tuple[float, float, float], tuple[float, float, float]]
    """centre and edge of the backdrop, sRGB"""
    expression: dict[str, float] = field(default_factory=dict)
    eye_scale: float = 1.06
    neck_scale: float = 1.0
    lash_length: float = 0.25
    """cm; long lashes over the lid smear when the avatar blinks"""
    hair_variety: float = 0.25
    shine: float = 0.65
    """share of the glossy hair model; tight curls look dusty with much of it"""
    scatter: float = 0.45
    roughness: float = 0.47
    exposure: float = 1.0
    rim: float = 1.0
    """strength of the two lights behind the head"""


FRIENDLY = {
    "mouthSmile_L": 0.4,
    "mouthSmile_R": 0.4,
    "cheekSquint_L": 0.1,
    "cheekSquint_R": 0.1,
    "eyeBlink_L": 0.1,
    "eyeBlink_R": 0.1,
}


RAFAEL = Character(
    name="Rafael",
    seed=11,
    identity={0: -0.6, 1: -0.4, 2: 0.5, 3: 0.6, 5: -0.4},
    skin=Skin(
        tone=(0.80, 0.60, 0.47),
        blush=(0.78, 0.40, 0.32),
        blush_strength=0.30,
        lips=(0.66, 0.36, 0.33),
        lips_strength=0.6,
        brows=(0.22, 0.15, 0.11),
        brow_thickness=1.05,
        brow_density=1.0,
        lash_line=0.6,
        age=0.28,
        scalp=(0.30, 0.21, 0.16),
        stubble=0.35,
        stubble_colour=(0.26, 0.20, 0.18),
    ),
    iris=(0.34, 0.19, 0.09),
    hair=(0.13, 0.085, 0.06),
    coats=[
        Coat(
            Style(
                count=30000,
                length=(3.2, 5.8),
                side_length=0.22,
                comb=swept(0.55, 0.8, 0.5),
                steps=16,
                lift=0.58,
                stiffness=0.78,
                volume=1.2,
                cling=0.25,
                clumps=900,
                clump=0.7,
                frizz=0.05,
                radius=0.0085,
            ),
            recede=0.15,
        ),
        Coat(
            Style(
                count=9000,
                length=(0.35, 0.75),
                comb=downwards,
                steps=5,
                lift=0.45,
                volume=0.15,
                clearance=0.05,
                clumps=0,
                clump=0,
                frizz=0.12,
                radius=0.006,
            ),
            region="beard",
        ),
    ],
    garment=Garment("crew", (0.20, 0.33, 0.38)),
    backdrop=((0.86, 0.76, 0.62), (0.55, 0.42, 0.33)),
    expression=FRIENDLY,
    lash_length=0.22,
)

AMARA = Character(
    name="Amara",
    seed=5,
    identity={0: 0.7, 2: -1.3, 4: -0.3},
    skin=Skin(
        tone=(0.47, 0.30, 0.215),
        blush=(0.52, 0.20, 0.16),
        blush_strength=0.35,
        lips=(0.50, 0.20, 0.20),
        lips_strength=0.75,
        brows=(0.11, 0.07, 0.055),
        brow_thickness=0.85,
        brow_density=1.0,
        lash_line=0.85,
        eye_shadow=(0.30, 0.15, 0.13),
        eye_shadow_strength=0.3,
    ),
    iris=(0.24, 0.13, 0.07),
    hair=(0.085, 0.05, 0.036),
    coats=[
        Coat(
            Style(
                count=16000,
                length=(4.2, 6.6),
                comb=outwards,
                steps=40,
                lift=0.9,
                stiffness=0.85,
                gravity=0.10,
                volume=0.5,
                clumps=900,
                clump=0.85,
                frizz=0.03,
                curl_radius=0.42,
                curl_turns_per_cm=0.55,
                radius=0.011,
            )
        ),
        Coat(
            Style(
                count=9000,
                length=(1.0, 2.2),
                comb=outwards,
                steps=16,
                lift=0.9,
                volume=0.3,
                clumps=900,
                clump=0.5,
                curl_radius=0.2,
                curl_turns_per_cm=0.8,
                radius=0.010,
            )
        ),
    ],
    garment=Garment("crew", (0.80, 0.56, 0.16)),
    backdrop=((0.42, 0.62, 0.62), (0.16, 0.30, 0.34)),
    expression=FRIENDLY,
    eye_scale=1.1,
    neck_scale=0.9,
    lash_length=0.36,
    roughness=0.52,
    shine=0.25,
    rim=0.7,
)

HENRIK = Character(
    name="Henrik",
    seed=23,
    identity={0: -0.7, 1: -0.6, 2: 1.5},
    skin=Skin(
        tone=(0.87, 0.67, 0.56),
        blush=(0.82, 0.42, 0.37),
        blush_strength=0.5,
        lips=(0.72, 0.44, 0.41),
        lips_strength=0.6,
        brows=(0.46, 0.43, 0.40),
        brow_thickness=1.15,
        brow_density=0.9,
        lash_line=0.4,
        age=1.0,
        stubble=0.3,
        stubble_colour=(0.72, 0.70, 0.68),
    ),
    iris=(0.27, 0.38, 0.46),
    hair=(0.68, 0.655, 0.63),
    coats=[
        Coat(
            Style(
                count=20000,
                length=(3.0, 5.0),
                side_length=0.6,
                comb=swept(-0.6, 0.9, 0.2),
                steps=14,
                lift=0.6,
                stiffness=0.75,
                volume=1.3,
                clumps=900,
                clump=0.6,
                frizz=0.06,
                radius=0.0085,
            ),
            recede=1.3,
            bald_top=0.25,
        ),
        Coat(
            Style(
                count=15000,
                length=(0.9, 1.9),
                comb=downwards,
                steps=8,
                lift=0.4,
                volume=0.35,
                clearance=0.05,
                clumps=700,
                clump=0.5,
                frizz=0.10,
                radius=0.0075,
            ),
            region="beard",
        ),
    ],
    garment=Garment("turtleneck", (0.20, 0.25, 0.36), knit=0.9),
    backdrop=((0.72, 0.74, 0.68), (0.38, 0.42, 0.40)),
    expression=FRIENDLY,
    eye_scale=1.04,
    lash_length=0.22,
    hair_variety=0.2,
    exposure=0.86,
)

MEI = Character(
    name="Mei",
    seed=31,
    identity={0: 0.9, 1: 1.3, 4: -0.9},
    skin=Skin(
        tone=(0.93, 0.745, 0.615),
        blush=(0.92, 0.47, 0.41),
        blush_strength=0.42,
        lips=(0.78, 0.42, 0.41),
        lips_strength=0.65,
        brows=(0.16, 0.115, 0.09),
        brow_thickness=0.95,
        brow_density=0.85,
        lash_line=0.8,
        scalp=(0.16, 0.12, 0.11),
        mottle=0.3,
    ),
    iris=(0.32, 0.18, 0.10),
    hair=(0.075, 0.05, 0.045),
    coats=[
        Coat(
            Style(
                count=34000,
                length=(24.0, 27.0),
                comb=parted(-1.8),
                steps=34,
                lift=0.1,
                stiffness=0.6,
                gravity=0.25,
                clearance=0.3,
                volume=1.5,
                clumps=420,
                clump=0.7,
                frizz=0.012,
                radius=0.009,
                cut_y=-7.0,
                part_x=-1.8,
                cling=0.45,
                rise_cm=8.0,
            )
        ),
    ],
    garment=Garment("collar", (0.93, 0.92, 0.90), knit=0.15, inner=(0.96, 0.95, 0.93)),
    backdrop=((0.86, 0.66, 0.58), (0.62, 0.40, 0.37)),
    expression=FRIENDLY,
    eye_scale=1.12,
    neck_scale=0.9,
    lash_length=0.36,
    exposure=0.84,
    rim=0.8,
)

NOOR = Character(
    name="Noor",
    seed=47,
    identity={0: 0.4, 1: -0.6, 2: 0.1, 3: -0.6, 6: 0.5},
    skin=Skin(
        tone=(0.74, 0.53, 0.40),
        blush=(0.70, 0.32, 0.27),
        blush_strength=0.35,
        lips=(0.60, 0.24, 0.25),
        lips_strength=0.8,
        brows=(0.19, 0.125, 0.095),
        brow_thickness=0.85,
        brow_density=0.7,
        lash_line=0.9,
        eye_shadow=(0.38, 0.20, 0.18),
        eye_shadow_strength=0.35,
        age=0.35,
        scalp=(0.24, 0.14, 0.10),
    ),
    iris=(0.36, 0.24, 0.10),
    hair=(0.16, 0.085, 0.06),
    coats=[
        Coat(
            Style(
                count=34000,
                length=(33.0, 38.0),
                comb=parted(0.0, back=0.5),
                steps=48,
                lift=0.1,
                stiffness=0.62,
                gravity=0.25,
                clearance=0.35,
                volume=2.0,
                clumps=380,
                clump=0.75,
                frizz=0.012,
                radius=0.009,
                cut_y=-9.2,
                part_x=0.0,
                cling=0.4,
                rise_cm=8.0,
                curl_radius=0.5,
                curl_turns_per_cm=0.11,
            )
        ),
    ],
    garment=Garment("vneck", (0.46, 0.15, 0.26), knit=0.4),
    backdrop=((0.94, 0.89, 0.77), (0.74, 0.65, 0.51)),
    expression=FRIENDLY,
    eye_scale=1.08,
    neck_scale=0.9,
    lash_length=0.36,
    exposure=1.15,
    rim=0.6,
)

CHARACTERS = {"amara": AMARA, "henrik": HENRIK, "mei": MEI, "noor": NOOR, "rafael": RAFAEL}
