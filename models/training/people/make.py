"""Makes people: a folder each, resumable; what is there already is kept.

    rest.webp, 01.webp …   the portrait as uploaded (noise, JPEG) and what each pose looks like (without them)
    mattes.webp            the person, 128 × 128 for each pose, stacked downwards (lossless)
    head.json              {"person", "light", "camera", "frames": [{"kind", "name", "pose"}, …]}; last
    landmarks.bin          by people.place, afterwards: nothing has to be drawn for it

Run: python -m people.make --out ../../bench/ground-truth/people --seeds 9000:9024 --measured
     python -m people.make --out /somewhere/train --seeds 0:150 --poses 10 --side 256
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.ndimage import zoom

from .body import Pose
from .camera import to_image
from .picture import Sitting
from .poses import MEASURED, random_pose

MATTE_SIDE = 128


def write_person(
    folder: Path,
    seed: int,
    poses: list[tuple[str, str, Pose]],
    side: int,
    samples: int,
    quality: int,
    threads: int,
) -> None:
    """`poses`: (kind, name, pose)."""
    if (folder / "head.json").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    sitting = Sitting.of(seed, side, samples, threads)
    mattes = []
    for number, (_, _, pose) in enumerate([("rest", "rest", {}), *poses]):
        name = f"{number:02d}" if number else "rest"
        picture_file, matte_file = folder / f"{name}.webp", folder / f"{name}-matte.png"
        if number == 0 or not matte_file.exists():
            picture, cover = sitting.picture(pose)
            shown = picture if number else sitting.as_file(picture)
            to_image(shown).save(picture_file, quality=quality, method=6)
            to_image(255 * zoom(cover, MATTE_SIDE / side, order=1)).save(matte_file)
        if number:
            mattes.append(np.asarray(Image.open(matte_file)))
    Image.fromarray(np.concatenate(mattes)).convert("RGB").save(folder / "mattes.webp", lossless=True)
    frames = [
        {"kind": kind, "name": name, "pose": {k: round(v, 5) for k, v in pose.items() if v}}
        for kind, name, pose in poses
    ]
    about = {
        "person": sitting.person.to_json(),
        "light": sitting.light.to_json(),
        "camera": sitting.camera.to_json(),
    }
    (folder / "head.json").write_text(json.dumps({**about, "frames": frames}, indent=1) + "\n")
    for matte_file in folder.glob("*-matte.png"):
        matte_file.unlink()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", default="0:150", help="from:to; 9000 and above are for measuring only")
    parser.add_argument("--poses", type=int, default=10, help="random ones for each person")
    parser.add_argument("--measured", action="store_true", help="the bench's poses instead of random ones")
    parser.add_argument("--side", type=int, default=320)
    parser.add_argument("--samples", type=int, default=8)
    parser.add_argument("--quality", type=int, default=88)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    first, last = (int(part) for part in arguments.seeds.split(":"))
    for seed in range(first, last):
        folder = arguments.out / f"{seed:04d}"
        if (folder / "head.json").exists():
            continue
        rng = np.random.default_rng([seed, 7])
        poses = (
            MEASURED
            if arguments.measured
            else [("random", f"{i}", random_pose(rng)) for i in range(arguments.poses)]
        )
        start, work = time.monotonic(), time.process_time()
        write_person(
            folder, seed, poses, arguments.side, arguments.samples, arguments.quality, arguments.threads
        )
        print(
            f"{folder}: {time.monotonic() - start:.0f} s, {time.process_time() - work:.0f} s of work",
            flush=True,
        )


if __name__ == "__main__":
    main()
