"""Step 5: the few-step student.

The student starts as the teacher. It rolls out on its own output (streaming, block by block), and on that
past its two-step sample from a noise ε is drawn to the end of the teacher's deterministic many-step path
from the same ε and the same past; so it learns the teacher's distribution where it will really be. Guidance
(classifier-free on the controls) is folded into the target. The mouth is also held to the labels, which the
voice nearly determines.

Run: python -m vultus_training.distill [--minutes 20] [--resume]
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import torch

from .averaging import Checkpoint, descend, moving_average, timed_steps
from .calibration import CALIBRATION
from .channels import CH, MOUTH, SIZE
from .coupling import LIDS, couple_blinks, couple_moves
from .denoiser import CACHE, Denoiser, Plan
from .motion_windows import MotionData, channel_weights, contact_weights, gap_loss
from .paths import WORK
from .rollouts import STUDENT_TIMES, TEACHER_TIMES, rollout, sample
from .train_teacher import memory_noise, step_loss

FRAMES = 60
#: Guidance only where the noise is high (Kynkäänniemi et al. 2024): it decides what happens, not how finely.
GUIDED_FROM = 0.7


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--batch", type=int, default=12)
    parser.add_argument("--rate", type=float, default=4e-4)
    parser.add_argument("--guidance", type=float, default=1.15)
    parser.add_argument("--truth", type=float, default=0.5, help="weight of the labels on the mouth")
    parser.add_argument("--follow", type=float, default=0.25, help="weight of the teacher on the mouth")
    parser.add_argument("--contact", type=float, default=2.0, help="extra weight of frames with contact")
    parser.add_argument("--gap", type=float, default=0.3, help="weight of the gap between the lips")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--bf16", action="store_true")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    data = MotionData(seed=int(time.time()))
    teacher, student = Denoiser().eval(), Denoiser()
    teacher.load_state_dict(torch.load(WORK / "teacher.pt"))
    path = WORK / "student.pt"
    student.load_state_dict(torch.load(path if options.resume and path.exists() else WORK / "teacher.pt"))
    weights = channel_weights()
    lids = torch.zeros(SIZE)
    lids[LIDS] = 1
    mouth = torch.zeros(SIZE)
    mouth[MOUTH] = 1
    # The voice nearly determines the mouth: there the labels teach better than the teacher's own samples.
    follow = weights * torch.where(mouth > 0, options.follow, 1.0)
    step_weight = torch.full((SIZE,), 0.1)
    step_weight[CH["headYaw"] :] = 0.5
    averaged = moving_average(student, 0.99)
    optimizer = torch.optim.AdamW(student.parameters(), lr=options.rate, weight_decay=0, betas=(0.9, 0.98))
    checkpoint = Checkpoint(averaged, path)
    begun = time.time()
    sums = np.zeros(4)
    for step, share in timed_steps(options.minutes, optimizer, options.rate, 50):
        windows = data.batch(options.batch, FRAMES)
        plan = Plan(data.rng, FRAMES)
        controls = plan.hold(windows.controls)
        own_past = data.rng.random() < 0.6
        with torch.autocast("cpu", torch.bfloat16, enabled=options.bf16):
            if own_past:
                memory = rollout(student, windows, plan, controls).float()
            else:
                memory = memory_noise((windows.motion - student.mean) / student.std)
            noise = torch.randn_like(memory[:, CACHE:])
            if not own_past:
                clean = (windows.motion - student.mean) / student.std
                noise = couple_blinks(couple_moves(noise, clean, plan), windows.motion, controls, plan)

            def teach(x, t, memory=memory, windows=windows, plan=plan, controls=controls):
                time_ = torch.full(x.shape[:2], t)
                clean = teacher.packed(x, time_, windows.audio, memory, controls, plan).float()
                if options.guidance != 1 and t >= GUIDED_FROM:
                    free = teacher.packed(
                        x, time_, windows.audio, memory, torch.zeros_like(controls), plan
                    ).float()
                    clean = torch.lerp(free, clean, options.guidance)
                return clean

            with torch.no_grad():
                target = sample(teach, noise, TEACHER_TIMES)[-1]

            def learn(x, t, memory=memory, windows=windows, plan=plan, controls=controls):
                return student.packed(
                    x, torch.full(x.shape[:2], t), windows.audio, memory, controls, plan
                ).float()

            first, last = sample(learn, noise, STUDENT_TIMES)
        truth = (windows.motion[:, CACHE:] - student.mean) / student.std
        contact = contact_weights(windows.motion[:, CACHE:], options.contact)
        if not own_past:
            # On the true past, lids have true targets: the noise knows which blink is meant.
            target = torch.where(lids > 0, truth, target)
        match = ((last - target) ** 2 * follow).mean() + 0.25 * ((first - target) ** 2 * follow).mean()
        label = ((last - truth) ** 2 * weights * mouth * contact).mean()
        previous = memory[:, plan.start + CACHE - 1]
        steps = step_loss(last, target, previous, plan, step_weight)
        gap = gap_loss(last * student.std + student.mean, windows.motion[:, CACHE:], options.contact)
        loss = match + options.truth * (label + options.gap * gap) + steps
        descend(loss, student, optimizer, averaged)
        sums += [match.item(), label.item(), steps.item(), gap.item()]
        if step % 25 == 24:
            m, t, s, g = sums / 25
            print(
                f"{step + 1} match {m:.4f} label {t:.4f} steps {s:.4f} gap {g:.4f} "
                f"{(time.time() - begun) / (step + 1):.2f} s/step {share:.0%}",
                flush=True,
            )
            sums[:] = 0
        checkpoint.save_if_due()
    checkpoint.save()
    CALIBRATION.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
