"""The graphs of a pack: the encoder for a block that is due, the student with what is put right around it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .articulation import GAP, PRESS, TEETH_JAW, TEETH_ROLL
from .behaviour import EMOTION_MATRIX
from .behaviour.gaze import EYE_LOOK_RADIANS
from .behaviour.lips import EMOTION_GAP, articulation_amount
from .calibration import HEATED, Calibration
from .channels import CH, MOUTH, SIZE, pair
from .denoiser import CACHE, FREE, Denoiser, Given
from .encoder import HOP, LEVEL_REACH_HOPS, MOUTH_SCALE, WINDOW, AudioEncoder
from .phones import CLASSES, INDEX
from .rollouts import STUDENT_TIMES, sample

#: Share of the head's step that goes on into the next frame. It takes the share of head speed² above 3.7 Hz
#: from 0.20 to 0.10, and that below 1.8 Hz from 0.38 to 0.61; the training data has 0.07 and 0.65.
INERTIA = 0.5
#: How much of the way to a direction that is asked for the eyes go each frame, beside what they do anyway.
GAZE_LEAK = 0.2
#: Asked for fewer blinks than this (in 20 a minute) the lids' noise, which decides whether one starts, is
#: held down, fully from half of it on; by how much it is held down, in its standard deviations.
FEW_BLINKS, LIDS_DOWN = 0.3, 1.6
#: How far lids may come down in a frame where no blink is asked for.
LID_RISE = 0.01
#: How surely a voice must be heard, in the mean of so many frames, before the lips begin to move, and
#: from where on they move in full. On songs and bands made anew, instruments open the mouth to 0.4 % of
#: speech (without this 5.8 %), pauses of a singer to 3 % (12 %); closures and vowels of readers stay.
VOICE_FRAMES, VOICE_FROM, VOICE_FULL = 3, 0.57, 0.87
#: What the encoder's own reading takes part in, and the roll of the lower lip from which on it does not.
READ = [CH[name] for name in "jawOpen mouthFunnel mouthPucker mouthLowerDownLeft mouthLowerDownRight".split()]
CONTACT_ROLL = 0.06
#: How surely f or v is heard, in the mean of a frame, when the lower lip sets out for the teeth, and when it
#: is there; the same of s z sh and a jaw that is nearly shut, and how far it is open then.
TEETH_FROM, TEETH_FULL = 0.1, 0.4
HISS_FROM, HISS_FULL, HISS_JAW = 0.3, 0.8, 0.10
#: How surely p b m is heard, in the less sure half of a frame, when the lips set out to meet, and when they
#: have met; how far the jaw is open and the lips are rolled then. Where less is heard, lips that the student
#: closes part again, unless f v or silence is heard so surely. Why halves: a frame in the middle of a short
#: vowel hears the p beside it for 20 ms. Chosen on hardened readers that training may hear: of p b m 94 % are
#: closed (by the student alone 88 %), of vowels 4.6 (5.1); lips meet for one frame alone 16 times a minute
#: (8), as for a short b.
LIPS_FROM, LIPS_FULL, LIPS_JAW, LIPS_ROLL = 0.08, 0.16, 0.05, (0.10, 0.09)
SHUT_FROM, SILENT_FROM = (0.02, 0.08), (0.1, 0.4)
#: From which jaw on a mouth is open, and from which on in full, where an emotion takes some of the opening.
JAW_FROM, JAW_FULL = 0.03, 0.09


def _ramp(value: Tensor, none: float, full: float) -> Tensor:
    """0 … 1 from `none` to `full`, which may lie below it."""
    return ((value - none) / (full - none)).clamp(0, 1)


def _mix(a: Tensor, b: Tensor, share: Tensor) -> Tensor:
    """`a` … `b`: as `torch.lerp`, which becomes eight operators in a graph."""
    return a + share * (b - a)


def _one_hot(channels: list[int]) -> Tensor:
    """[channels, 58], by which their values are put in their places."""
    return F.one_hot(torch.tensor(channels), SIZE).float()


class AudioGraph(nn.Module):
    """`AudioEncoder.stream` with PCM at 16 kHz as input, of which `LEFT_SAMPLES` lie before the block."""

    def __init__(self, encoder: AudioEncoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, pcm: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """pcm [batch, LEFT_SAMPLES + (block + LOOKAHEAD)·640], memory [batch, MEMORY_FRAMES, MEMORY] → features
        [batch, block, FEATURES], remembered [batch, block, MEMORY]."""
        front = self.encoder.front
        power, peak = front.level(pcm)
        # Only what is heard anew needs a spectrum.
        window = pcm[:, LEVEL_REACH_HOPS * HOP - (WINDOW - HOP) :]
        spectrum = F.conv1d(window.unsqueeze(1), front.dft, stride=HOP)
        bins = WINDOW // 2 + 1
        mel = (spectrum[:, :bins] ** 2 + spectrum[:, bins:] ** 2).transpose(1, 2) @ front.mel
        heard = front.features(mel, power[:, :, LEVEL_REACH_HOPS:], peak[:, :, LEVEL_REACH_HOPS:])
        return self.encoder.stream(heard, memory)


@dataclass
class Due:
    """A block that is due: what is alike in all steps of its sampler. Frames in real units."""

    controls: Tensor
    few: Tensor
    """[batch, 1], 1 where no blink is asked for"""
    heard: Tensor
    """[batch, block, FEATURES]"""
    before: Tensor
    """the two frames before it [batch, 2, 58]"""
    given: Given
    away: Tensor
    """[batch, block, 58], by what the drift guard takes it back"""
    open: Tensor
    """[batch, block, 1], how far lips may open for what is heard"""


class MotionGraph(nn.Module):
    """All steps of the sampler for the next block, with what was measured of the student put right (see
    `Calibration`)."""

    def __init__(
        self,
        denoiser: Denoiser,
        encoder: AudioEncoder,
        calibration: Calibration,
        times: tuple[float, ...] = STUDENT_TIMES,
    ) -> None:
        super().__init__()
        self.denoiser = denoiser
        self.voice, self.phones = encoder.voice, encoder.phones
        rows = [MOUTH.index(channel) for channel in READ]
        scale = MOUTH_SCALE[rows]
        self.register_buffer("reading", (encoder.mouth.weight[rows] * scale[:, None]).detach())
        self.register_buffer("reading_bias", (encoder.mouth.bias[rows] * scale).detach())
        self.register_buffer("reach", torch.tensor(calibration.reach, dtype=torch.float32))
        lids = torch.zeros(SIZE)
        lids[pair("eyeBlink")] = 1
        self.register_buffer("lids", lids)
        self.register_buffer("read_places", _one_hot(READ))
        self.register_buffer("jaw", _one_hot([CH["jawOpen"]])[0])
        self.register_buffer("close", _one_hot([CH["mouthClose"]])[0])
        free = torch.full((SIZE,), 1e3)
        low, high, hiss_high = -free, free.clone(), free.clone()
        low[CH["mouthRollLower"]], high[CH["jawOpen"]] = TEETH_ROLL, TEETH_JAW
        high[pair("mouthLowerDown")] = 0
        hiss_high[CH["jawOpen"]] = HISS_JAW
        lips_low, lips_high = -free, free.clone()
        lips_low[pair("mouthPress")] = PRESS
        lips_low[CH["mouthRollLower"]], lips_low[CH["mouthRollUpper"]] = LIPS_ROLL
        lips_high[CH["jawOpen"]], lips_high[CH["mouthFunnel"]] = LIPS_JAW, LIPS_JAW
        lips_high[[*pair("mouthLowerDown"), *pair("mouthUpperUp"), CH["tongueOut"]]] = 0
        gap, contact = torch.zeros(SIZE), torch.zeros(SIZE)
        gap[[CH[name] for name in GAP]] = torch.tensor(list(GAP.values()))
        contact[[CH["mouthClose"], CH["mouthRollLower"], CH["mouthRollUpper"]]] = 1
        self.register_buffer("teeth_low", low)
        self.register_buffer("teeth_high", high)
        self.register_buffer("hiss_high", hiss_high)
        self.register_buffer("lips_low", lips_low)
        self.register_buffer("lips_high", lips_high)
        self.register_buffer("gap", gap / -GAP["mouthClose"])
        self.register_buffer("contact", contact)
        taken = torch.zeros(SIZE)
        taken[[CH[name] for name in EMOTION_GAP]] = -torch.tensor(list(EMOTION_GAP.values()))
        self.register_buffer("taken", taken / GAP["jawOpen"])
        self.times = times
        table = torch.tensor(calibration.blinks, dtype=torch.float32)
        self.register_buffer("heat", torch.tensor(calibration.head, dtype=torch.float32) - 1)
        self.register_buffer("head", torch.tensor(HEATED, dtype=torch.float32))
        self.register_buffer("asked", table[:, 0])
        self.register_buffer("slope", torch.diff(table[:, 1]) / torch.diff(table[:, 0]))
        self.register_buffer("base", table[0, 1])
        # Drift guard: how much of the way to where the controls put a channel is gone each frame.
        leak = torch.zeros(SIZE)
        leak[[k for k in range(SIZE) if EMOTION_MATRIX[:, k].any()]] = 0.04
        leak[[CH["browInnerUp"], *pair("browOuterUp"), CH["headX"], CH["headY"], CH["distance"]]] = 0.012
        leak[FREE] = 0
        leak[[CH["headYaw"], CH["headPitch"], CH["headRoll"]]] = 0.004
        self.register_buffer("leak", leak)
        turn, head_of_aim, eyes_of_aim = torch.zeros(SIZE, 2), torch.zeros(2, SIZE), torch.zeros(2, SIZE)
        turn[CH["headYaw"], 0], turn[CH["headPitch"], 1] = 1, -1
        head_of_aim[0, CH["headYaw"]], head_of_aim[1, CH["headPitch"]] = 0.36, -0.36
        ways = {(0, 1): "OutLeft InRight", (0, -1): "InLeft OutRight"}
        ways |= {(1, 1): "UpLeft UpRight", (1, -1): "DownLeft DownRight"}
        for (axis, sign), names in ways.items():
            eyes_of_aim[axis, [CH[f"eyeLook{name}"] for name in names.split()]] = sign / EYE_LOOK_RADIANS
        look = (eyes_of_aim != 0).any(0)
        other = torch.arange(SIZE)
        for side in ("Left", "Right"):
            for a, b in (("In", "Out"), ("Up", "Down")):
                first, second = CH[f"eyeLook{a}{side}"], CH[f"eyeLook{b}{side}"]
                other[first], other[second] = second, first
        matrix = torch.tensor(EMOTION_MATRIX, dtype=torch.float32)
        matrix[:, CH["headYaw"] :] = 0
        matrix[:, look] = 0
        self.register_buffer("emotions", matrix)
        self.register_buffer("turn", turn)
        self.register_buffer("head_of_aim", head_of_aim)
        self.register_buffer("eyes_of_aim", eyes_of_aim)
        self.register_buffer("distance", _one_hot([CH["distance"]])[0])
        self.register_buffer("other", other)
        self.register_buffer("look", look.float())

    def anchor(self, controls: Tensor, last: Tensor) -> Tensor:
        """Where the controls put the slow channels [batch, 58]: emotion, directed gaze (a third by the head,
        the eyes make up what the head of the `last` frame leaves of it)."""
        level, aim = 0.5 + 0.5 * controls[:, 12:13], controls[:, :2]
        place = (controls[:, 4:11] * level) @ self.emotions
        head = (aim * controls[:, 2:3]) @ self.head_of_aim + controls[:, 3:4] * self.distance
        eyes = ((aim - last @ self.turn) @ self.eyes_of_aim).clamp(0, 1)
        return place + head + eyes

    def carry_on(self, clean: Tensor, before: Tensor) -> Tensor:
        """Part of the head's motion from frame to frame goes on into the next; `before` as in `Due`. Few steps
        leave the head rougher than its data."""
        frame = torch.arange(clean.shape[1], device=clean.device)
        since = (frame[:, None] - frame[None]).float()
        earlier = since >= 0
        share = torch.where(earlier, INERTIA ** since.clamp(min=0), 0.0)
        step = torch.diff(torch.cat([before[:, 1:], clean], 1), dim=1)
        velocity = (1 - INERTIA) * (share @ step)
        velocity = velocity + INERTIA ** (frame[None, :, None] + 1.0) * (before[:, 1:] - before[:, :1])
        carried = before[:, 1:] + earlier.float() @ velocity
        return torch.where(self.head > 0, carried, clean)

    def opened(self, heard: Tensor) -> Tensor:
        """How far the lips may open in each frame of a block [batch, block, 1]: not where no voice is heard;
        instruments move as a voice does, and open them else. `heard` of VOICE_FRAMES − 1 frames more, before."""
        surely = torch.sigmoid(self.voice(heard))
        surely = F.avg_pool1d(surely.transpose(1, 2), VOICE_FRAMES, 1).transpose(1, 2)
        return _ramp(surely, VOICE_FROM, VOICE_FULL)

    def hush(self, clean: Tensor, open_: Tensor) -> Tensor:
        """Lips are shut where they may not open."""
        return clean * (self.denoiser.carry + (1 - self.denoiser.carry) * open_)

    def apart(self, clean: Tensor) -> Tensor:
        """An eye can't look both ways: what opposed shapes share is taken off both."""
        return clean - torch.minimum(clean, clean.index_select(2, self.other)).clamp(min=0) * self.look

    def agreed(self, clean: Tensor, heard: Tensor, controls: Tensor) -> Tensor:
        """Jaw and lips half way to what the encoder itself reads off the voice: two estimates that err apart.
        Not in contact, which would blur."""
        amount = articulation_amount(controls[:, 12])[:, None, None]
        read = (F.linear(heard, self.reading, self.reading_bias) * amount).clamp(0, 1)
        contact = clean[:, :, CH["mouthRollLower"], None] / CONTACT_ROLL
        own = clean @ self.read_places.t()
        return clean + (0.5 * (1 - contact.clamp(0, 1)) * (read - own)) @ self.read_places

    def phones_in(self, heard: Tensor) -> tuple[Tensor, Tensor]:
        """How surely each class is heard in the mean of each frame of the block [batch, block, CLASSES], and
        how far the lips meet for what is heard of p b m [batch, block]."""
        hops = self.phones(heard).unflatten(2, (-1, CLASSES)).softmax(3)
        halves = hops[:, :, :, INDEX["P"]].unflatten(2, (2, -1)).mean(3)
        return hops.mean(2), _ramp(halves.amin(2), LIPS_FROM, LIPS_FULL)

    def parted(self, clean: Tensor, sure: Tensor, lips: Tensor) -> Tensor:
        """Lips that the student closes part again where the encoder hears neither p b m nor f v nor
        silence."""
        wrongly = (1 - lips) * (1 - _ramp(sure[:, :, INDEX["F"]], *SHUT_FROM))
        wrongly = wrongly * (1 - _ramp(sure[:, :, INDEX["SIL"]], *SILENT_FROM))
        return clean * (1 - wrongly[:, :, None] * self.contact)

    def narrowed(self, clean: Tensor, sure: Tensor, lips: Tensor) -> Tensor:
        """The lips meet where the encoder hears p b m, the lower lip goes to the teeth where it hears f or v
        (as in `articulation.compose`), the jaw up where it hears s z sh: the student alone opens short ones
        between vowels too far."""
        hiss = _ramp(sure[:, :, INDEX["S"]] + sure[:, :, INDEX["SH"]], HISS_FROM, HISS_FULL)
        teeth = _ramp(sure[:, :, INDEX["F"]], TEETH_FROM, TEETH_FULL)
        clean = _mix(clean, torch.minimum(clean, self.hiss_high), hiss[:, :, None])
        there = torch.minimum(torch.maximum(clean, self.teeth_low), self.teeth_high)
        clean = _mix(clean, there, teeth[:, :, None])
        met = torch.minimum(torch.maximum(clean, self.lips_low), self.lips_high)
        # What gap is left then, mouthClose takes away.
        met = met + (met @ self.gap).clamp(min=0)[:, :, None] * self.close
        return _mix(clean, met, lips[:, :, None])

    def given_back(self, clean: Tensor) -> Tensor:
        """The jaw opens by what emotions take of an opening (a sad chin a tenth of it: short vowels would be
        shut). Not in contact, and not where the mouth hardly opens."""
        open_ = _ramp(clean[:, :, CH["jawOpen"]], JAW_FROM, JAW_FULL)
        open_ = open_ * (2 - clean[:, :, CH["mouthRollLower"]] / CONTACT_ROLL).clamp(0, 1)
        return clean + (open_ * (clean @ self.taken).clamp(min=0))[:, :, None] * self.jaw

    def joined(self, clean: Tensor, last: Tensor, few: Tensor) -> Tensor:
        """No step into a block is larger than steps inside of blocks are; and where no blink is asked for
        (`few` [batch, 1] is 1), lids don't begin to close."""
        frame = torch.arange(clean.shape[1], device=clean.device)[None, :, None] + 1
        rise = _mix(self.reach, torch.full_like(self.reach, LID_RISE), few[:, None] * self.lids)
        return last + torch.minimum(torch.maximum(clean - last, -frame * self.reach), frame * rise)

    def hotter(self, block: Tensor, controls: Tensor) -> Tensor:
        """What is added to the noise, as a share of it [batch, 1, 58]: the sampling temperature of the head.
        Between the blocks for which it was measured (1, 2, 5) it goes in straight lines."""
        heat = _mix(self.heat[0], self.heat[1], (block - 1).clamp(max=1))
        heat = _mix(heat, self.heat[2], (block - 2).clamp(min=0) / 3)
        return (controls[:, 14:17] @ heat)[:, None, None] * self.head

    def due(self, shown: Tensor, audio: Tensor, kept: Tensor, controls: Tensor) -> Due:
        """`shown` and `audio` as in `forward`; `kept` of the last CACHE frames [batch, CACHE, MEMORY]."""
        denoiser = self.denoiser
        block = audio.shape[1] - shown.shape[1]
        rate = controls[:, 13:14]
        part = (rate - self.asked[:-1]).clamp(min=0).minimum(torch.diff(self.asked))
        given = self.base + (part * self.slope).sum(1, keepdim=True)
        controls = torch.cat([controls[:, :13], given, controls[:, 14:]], 1)
        before, heard = shown[:, -2:], audio[:, -block:]
        # A mood that is heard in the voice has no place of its own to go to: it is let go more slowly.
        leak = self.leak * (1 - 0.7 * controls[:, 11:12] * (self.leak > 0.03))
        # Eyes are held to a direction that is asked for, and free otherwise.
        leak = torch.maximum(leak, GAZE_LEAK * controls[:, 2:3] * self.look)
        away = leak * (before[:, 1] - self.anchor(controls, before[:, 1]))
        frame = torch.arange(block, device=shown.device)[None, :, None] + 1
        last = (before - denoiser.mean) / denoiser.std
        return Due(
            controls=controls,
            few=((FEW_BLINKS - rate) / (FEW_BLINKS / 2)).clamp(0, 1),
            heard=heard,
            before=before,
            given=denoiser.given(
                heard,
                controls[:, None],
                last[:, 1:],
                denoiser.read(last),
                denoiser.place[:block],
                denoiser.recall(kept),
                denoiser.block_biases(block),
            ),
            away=frame * away[:, None],
            open=self.opened(audio[:, 1 - VOICE_FRAMES - block :]),
        )

    def step(self, noisy: Tensor, time: float, due: Due) -> Tensor:
        """noisy [batch, block, 58] in units of `std` → what the step at this noise level, one of `times`, says is
        clean, in real units."""
        denoiser, later = self.denoiser, [t for t in self.times if t < time]
        added = torch.zeros(())
        if time == 1:
            noisy = noisy - due.few[:, None] * (LIDS_DOWN * self.lids)
            # Nothing but noise is given at the first step; what of it is left to the steps after it is the
            # sampler's, so the head is heated by way of what this step says is clean.
            added = noisy * self.hotter(torch.ones_like(noisy[0, :, 0]).sum(), due.controls)
        clean = denoiser.predict(noisy + added, torch.full((1, 1), time), due.given)
        clean = clean * denoiser.std + denoiser.mean - due.away
        if later:
            # How much of this step's noise the next one is given, against what this one says is clean.
            left = later[0] / (1 - later[0]) * denoiser.std
            return self.apart(self.hush(clean, due.open)) + left * added
        sure, lips = self.phones_in(due.heard)
        clean = self.agreed(self.parted(clean, sure, lips), due.heard, due.controls)
        clean = self.hush(self.given_back(self.narrowed(clean, sure, lips)), due.open)
        return self.joined(self.apart(self.carry_on(clean, due.before)), due.before[:, 1:], due.few)

    def forward(
        self, noise: Tensor, shown: Tensor, audio: Tensor, memory: Tensor, controls: Tensor
    ) -> tuple[Tensor, Tensor]:
        """The next block, on the linear path x(t) = (1 − t)·x0 + t·noise: each step predicts x0, and the next
        starts from it with the same noise at a lower level (deterministic, DDIM-like).

        noise [batch, block, 58]; shown [batch, n + 1, 58], the n last frames, of which nothing is kept yet, and
        the one before them; audio [batch, n + 1 + block, FEATURES], what was heard in these and in the block;
        memory [batch, CACHE, MEMORY] of the frames before the n → frames [batch, block, 58], remembered [batch,
        n, MEMORY] of the n. Frames in real units.
        """
        mean, std = self.denoiser.mean, self.denoiser.std
        remembered = self.denoiser.remember((shown - mean) / std, audio[:, 1 : shown.shape[1]])
        due = self.due(shown, audio, torch.cat([memory, remembered], 1)[:, -CACHE:], controls)

        def predict(x: Tensor, time: float) -> Tensor:
            clean = self.step(x, time, due)
            return clean if time == self.times[-1] else (clean - mean) / std

        return sample(predict, noise, self.times)[-1], remembered
