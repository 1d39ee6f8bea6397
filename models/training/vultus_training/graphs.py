"""The graphs of a pack: the encoder for a block that is due, the student with what is put right around it."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .articulation import GAP, PRESS, TEETH_JAW, TEETH_ROLL
from .behaviour import EMOTION_MATRIX
from .behaviour.gaze import EYE_LOOK_RADIANS
from .behaviour.lips import EMOTION_GAP, articulation_amount
from .calibration import HEATED, Calibration
from .channels import CH, MOUTH, SIZE, pair
from .denoiser import CACHE, FREE, Denoiser
from .encoder import HOP, MOUTH_SCALE, WINDOW, AudioEncoder, left_context_samples
from .phones import CLASSES, INDEX
from .rollouts import STUDENT_TIMES

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


class AudioGraph(nn.Module):
    """pcm [batch, left + block·640 + lookahead·640] → features [batch, block, FEATURES]."""

    def __init__(self, encoder: AudioEncoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, pcm: Tensor) -> Tensor:
        front = self.encoder.front
        power, peak = front.level(pcm)
        # Only the receptive field of the block needs a spectrum.
        skip_hops = left_context_samples() // HOP - 4 * (AudioEncoder.LEFT_FRAMES + 1)
        window = pcm[:, skip_hops * HOP - (WINDOW - HOP) :]
        spectrum = F.conv1d(window.unsqueeze(1), front.dft, stride=HOP)
        bins = WINDOW // 2 + 1
        mel = (spectrum[:, :bins] ** 2 + spectrum[:, bins:] ** 2).transpose(1, 2) @ front.mel
        heard = front.features(mel, power[:, :, skip_hops:], peak[:, :, skip_hops:])
        return self.encoder.tokens(heard, padded=False)


class MotionGraph(nn.Module):
    """`Denoiser.stream` with what was measured of the student put right (see `Calibration`)."""

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
        self.register_buffer("reach", torch.tensor(calibration.reach, dtype=torch.float32) / denoiser.std)
        lids = torch.zeros(SIZE)
        lids[pair("eyeBlink")] = 1
        self.register_buffer("lids", lids)
        self.register_buffer("lid_rise", LID_RISE / denoiser.std)
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
        self.last_time = times[-1]
        # How much of the first step's noise the second one is given, against what it says is clean.
        self.noise_left = times[1] / (1 - times[1])
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
        matrix = torch.tensor(EMOTION_MATRIX, dtype=torch.float32)
        matrix[:, CH["headYaw"] :] = 0
        self.register_buffer("emotions", matrix)
        opposed = [
            (f"eyeLook{a}{side}", f"eyeLook{b}{side}")
            for side in ("Left", "Right")
            for a, b in (("In", "Out"), ("Up", "Down"))
        ]
        other = torch.arange(SIZE)
        look = torch.zeros(SIZE)
        for first, second in opposed:
            other[CH[first]], other[CH[second]] = CH[second], CH[first]
            look[[CH[first], CH[second]]] = 1
        ways = ("Down", "In", "Out", "Up")
        self.register_buffer(
            "eyes", torch.tensor([CH[f"eyeLook{way}{side}"] for side in ("Left", "Right") for way in ways])
        )
        self.register_buffer("other", other)
        self.register_buffer("look", look)

    def anchor(self, controls: Tensor, last: Tensor) -> Tensor:
        """Where the controls put the slow channels [batch, 58]: emotion, directed gaze (a third by the head,
        the eyes make up what the head of the `last` frame leaves of it)."""
        level = 0.5 + 0.5 * controls[:, 12:13]
        place = (controls[:, 4:11] * level) @ self.emotions
        yaw = 0.36 * controls[:, 0] * controls[:, 2]
        pitch = -0.36 * controls[:, 1] * controls[:, 2]
        head = torch.stack([yaw, pitch, yaw * 0, yaw * 0, yaw * 0, controls[:, 3]], 1)
        left = (controls[:, 0] - last[:, CH["headYaw"]]) / EYE_LOOK_RADIANS
        up = (controls[:, 1] + last[:, CH["headPitch"]]) / EYE_LOOK_RADIANS
        eyes = torch.stack([-up, -left, left, up], 1).clamp(0, 1)
        eyes = torch.cat([eyes[:, [0, 1, 2, 3]], eyes[:, [0, 2, 1, 3]]], 1)
        place = place.index_copy(1, self.eyes, eyes)
        return torch.cat([place[:, : CH["headYaw"]], head], 1)

    def carry_on(self, clean: Tensor, shown: Tensor, time: Tensor) -> Tensor:
        """At the last step of the sampler, part of the head's motion from frame to frame goes on into the
        next; `shown` [batch, 2, 58] normalised. Few steps leave the head rougher than its data."""
        frame = torch.arange(clean.shape[1], device=clean.device)
        since = (frame[:, None] - frame[None]).float()
        before = since >= 0
        share = torch.where(before, INERTIA ** since.clamp(min=0), 0.0)
        step = torch.diff(torch.cat([shown[:, 1:], clean], 1), dim=1)
        velocity = (1 - INERTIA) * (share @ step)
        velocity = velocity + INERTIA ** (frame[None, :, None] + 1.0) * (shown[:, 1:] - shown[:, :1])
        carried = shown[:, 1:] + before.float() @ velocity
        return torch.where(self.is_last(time) & (self.head > 0), carried, clean)

    def is_last(self, time: Tensor) -> Tensor:
        """Whether this is the last step of the sampler [batch, 1, 1]."""
        return (time < self.last_time + 0.01)[:, None, None]

    def hush(self, clean: Tensor, audio: Tensor) -> Tensor:
        """Lips stay shut where no voice is heard: instruments move as a voice does, and open them else."""
        surely = torch.sigmoid(self.voice(audio[:, CACHE + 1 - VOICE_FRAMES :]))
        heard = F.avg_pool1d(surely.transpose(1, 2), VOICE_FRAMES, 1).transpose(1, 2)
        open_ = ((heard - VOICE_FROM) / (VOICE_FULL - VOICE_FROM)).clamp(0, 1)
        shut = -self.denoiser.mean / self.denoiser.std
        carry = self.denoiser.carry
        return carry * clean + (1 - carry) * torch.lerp(shut.expand_as(clean), clean, open_)

    def agreed(self, clean: Tensor, audio: Tensor, controls: Tensor) -> Tensor:
        """Jaw and lips half way to what the encoder itself reads off the voice: two estimates that err apart.
        Not in contact, which would blur."""
        amount = articulation_amount(controls[:, 12])[:, None, None]
        read = (F.linear(audio[:, CACHE:], self.reading, self.reading_bias) * amount).clamp(0, 1)
        read = (read - self.denoiser.mean[READ]) / self.denoiser.std[READ]
        roll = CH["mouthRollLower"]
        contact = (clean[:, :, roll] * self.denoiser.std[roll] + self.denoiser.mean[roll]) / CONTACT_ROLL
        share = 0.5 * (1 - contact.clamp(0, 1))
        mixed = torch.lerp(clean[:, :, READ], read, share[:, :, None])
        return clean.index_copy(2, torch.tensor(READ, device=clean.device), mixed)

    def heard(self, audio: Tensor) -> tuple[Tensor, Tensor]:
        """How surely each class is heard in the mean of each frame of the block [batch, block, CLASSES], and
        how far the lips meet for what is heard of p b m [batch, block]."""
        hops = self.phones(audio[:, CACHE:]).unflatten(2, (-1, CLASSES)).softmax(3)
        halves = hops[:, :, :, INDEX["P"]].unflatten(2, (2, -1)).mean(3)
        return hops.mean(2), _ramp(torch.minimum(halves[:, :, 0], halves[:, :, 1]), LIPS_FROM, LIPS_FULL)

    def parted(self, clean: Tensor, sure: Tensor, lips: Tensor) -> Tensor:
        """Lips that the student closes part again where the encoder hears neither p b m nor f v nor
        silence."""
        wrongly = (1 - lips) * (1 - _ramp(sure[:, :, INDEX["F"]], *SHUT_FROM))
        wrongly = wrongly * (1 - _ramp(sure[:, :, INDEX["SIL"]], *SILENT_FROM))
        real = clean * self.denoiser.std + self.denoiser.mean
        return clean - wrongly[:, :, None] * self.contact * real / self.denoiser.std

    def narrowed(self, clean: Tensor, sure: Tensor, lips: Tensor) -> Tensor:
        """The lips meet where the encoder hears p b m, the lower lip goes to the teeth where it hears f or v
        (as in `articulation.compose`), the jaw up where it hears s z sh: the student alone opens short ones
        between vowels too far."""
        hiss = _ramp(sure[:, :, INDEX["S"]] + sure[:, :, INDEX["SH"]], HISS_FROM, HISS_FULL)
        teeth = _ramp(sure[:, :, INDEX["F"]], TEETH_FROM, TEETH_FULL)
        real = clean * self.denoiser.std + self.denoiser.mean
        real = torch.lerp(real, torch.minimum(real, self.hiss_high), hiss[:, :, None])
        there = torch.minimum(torch.maximum(real, self.teeth_low), self.teeth_high)
        real = torch.lerp(real, there, teeth[:, :, None])
        met = torch.minimum(torch.maximum(real, self.lips_low), self.lips_high)
        # What gap is left then, mouthClose takes away.
        close = torch.tensor([CH["mouthClose"]], device=met.device)
        met = met.index_add(2, close, (met @ self.gap).clamp(min=0)[:, :, None])
        return (torch.lerp(real, met, lips[:, :, None]) - self.denoiser.mean) / self.denoiser.std

    def given_back(self, clean: Tensor) -> Tensor:
        """The jaw opens by what emotions take of an opening (a sad chin a tenth of it: short vowels would be
        shut). Not in contact, and not where the mouth hardly opens."""
        real = clean * self.denoiser.std + self.denoiser.mean
        jaw = CH["jawOpen"]
        open_ = ((real[:, :, jaw] - JAW_FROM) / (JAW_FULL - JAW_FROM)).clamp(0, 1)
        open_ = open_ * (2 - real[:, :, CH["mouthRollLower"]] / CONTACT_ROLL).clamp(0, 1)
        more = open_ * (real @ self.taken).clamp(min=0) / self.denoiser.std[jaw]
        return clean.index_add(2, torch.tensor([jaw], device=clean.device), more[:, :, None])

    def joined(self, clean: Tensor, last: Tensor, few: Tensor) -> Tensor:
        """No step into a block is larger than steps inside of blocks are; and where no blink is asked for
        (`few` [batch, 1] is 1), lids don't begin to close."""
        frame = torch.arange(clean.shape[1], device=clean.device)[None, :, None] + 1
        rise = torch.lerp(self.reach.expand_as(last), self.lid_rise.expand_as(last), few[:, None] * self.lids)
        return last + torch.minimum(torch.maximum(clean - last, -frame * self.reach), frame * rise)

    def forward(self, noisy: Tensor, time: Tensor, audio: Tensor, cache: Tensor, controls: Tensor) -> Tensor:
        rate = controls[:, 13:14]
        few = ((FEW_BLINKS - rate) / (FEW_BLINKS / 2)).clamp(0, 1)
        begin = ((time - 0.98) / 0.02).clamp(0, 1)[:, None]
        noisy = noisy - (begin * few * LIDS_DOWN)[:, None] * self.lids
        part = (rate - self.asked[:-1]).clamp(min=0).minimum(torch.diff(self.asked))
        given = self.base + (part * self.slope).sum(1, keepdim=True)
        controls = torch.cat([controls[:, :13], given, controls[:, 14:]], 1)
        # The sampling temperature of the head; between the blocks for which it was measured (1, 2, 5) it goes
        # in straight lines. Nothing but noise is given at the first step; what of it is left to the steps
        # after it is the sampler's, so it is heated by way of what this step says is clean.
        size = torch.ones_like(noisy[0, :, 0]).sum()
        heat = torch.lerp(self.heat[0], self.heat[1], (size - 1).clamp(max=1))
        heat = torch.lerp(heat, self.heat[2], (size - 2).clamp(min=0) / 3)
        heat = controls[:, 14:17] @ heat
        added = noisy * ((begin[:, 0] * heat)[:, None, None] * self.head)
        clean = self.denoiser.stream(noisy + added, time, audio, cache, controls)
        frame = torch.arange(noisy.shape[1], device=noisy.device)[None, :, None] + 1
        away = (cache[:, -1] - self.anchor(controls, cache[:, -1])) / self.denoiser.std
        # A mood that is heard in the voice has no place of its own to go to: it is let go more slowly.
        leak = self.leak * (1 - 0.7 * controls[:, 11:12] * (self.leak > 0.03))
        # Eyes are held to a direction that is asked for, and free otherwise.
        leak = torch.maximum(leak, GAZE_LEAK * controls[:, 2:3] * self.look)
        clean = clean - frame * leak[:, None] * away[:, None]
        shown = (cache[:, -2:] - self.denoiser.mean) / self.denoiser.std
        sure, lips = self.heard(audio)
        agreed = self.agreed(self.parted(clean, sure, lips), audio, controls)
        spoken = self.given_back(self.narrowed(agreed, sure, lips))
        clean = torch.where(self.is_last(time), spoken, clean)
        clean = self.carry_on(self.hush(clean, audio), shown, time)
        # An eye can't look both ways: what opposed shapes share is taken off both.
        real = clean * self.denoiser.std + self.denoiser.mean
        shared = torch.minimum(real, real[:, :, self.other]).clamp(min=0) * self.look
        clean = clean - shared / self.denoiser.std + self.noise_left * added
        return torch.where(self.is_last(time), self.joined(clean, shown[:, 1:], few), clean)
