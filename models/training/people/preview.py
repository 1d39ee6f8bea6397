"""A sheet of people under a few poses: python -m people.preview out.png --seeds 1,2 --poses rest,laugh."""

from __future__ import annotations

import argparse
import time

import numpy as np
from PIL import Image

from .camera import to_image
from .picture import Sitting
from .poses import MEASURED


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out")
    parser.add_argument("--seeds", default="0,1,2,3")
    parser.add_argument("--poses", default="rest,aa,laugh,blink")
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--samples", type=int, default=12)
    arguments = parser.parse_args()
    poses = {"rest": {}, **{name: pose for _, name, pose in MEASURED}}
    rows = []
    for seed in (int(part) for part in arguments.seeds.split(",")):
        start = time.process_time()
        sitting = Sitting.of(seed, arguments.side, arguments.samples)
        built = time.process_time()
        names = arguments.poses.split(",")
        rows.append(np.hstack([np.asarray(to_image(sitting.picture(poses[name])[0])) for name in names]))
        drawn = (time.process_time() - built) / len(names)
        who = sitting.person
        print(
            f"{seed} {who.sex} {who.skin} {who.hair} {who.beard} {who.glasses}"
            f" {sitting.light.kind} {sitting.camera.kind}"
            f" gain {sitting.gain:.2f}; set-up {built - start:.1f}, a picture {drawn:.1f} s of work",
            flush=True,
        )
        Image.fromarray(np.vstack(rows)).save(arguments.out)


if __name__ == "__main__":
    main()
