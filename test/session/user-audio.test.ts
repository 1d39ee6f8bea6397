import { describe, expect, it } from 'vitest';
import { OpusDecoder } from '../../src/audio/opus.ts';
import { s16leToFloat } from '../../src/audio/pcm.ts';
import { type Packet, streamOf, USER_AUDIO, type UserAudioPacket } from '../../src/contract/outputs.ts';
import { UserAudio } from '../../src/session/user-audio.ts';
import { rms, tone } from '../support/signals.ts';

const sine = tone(16000, 1, (t) => 0.3 * Math.sin(2 * Math.PI * 300 * t));

function listened() {
  const packets: UserAudioPacket[] = [];
  const audio = new UserAudio((packet: Packet) => packets.push(packet as UserAudioPacket));
  return { audio, packets };
}

describe('UserAudio', () => {
  it('makes nothing that nobody takes', () => {
    const { audio, packets } = listened();
    audio.hear(sine, 1000);
    audio.setStreams([streamOf(USER_AUDIO.pcm)]);
    audio.setStreams([]);
    audio.hear(sine, 2000);
    expect(packets).toEqual([]);
    audio.close();
  });

  it('cuts what it hears into packets of 20 ms, however it comes, in both encodings', () => {
    const { audio, packets } = listened();
    audio.setStreams([streamOf(USER_AUDIO.pcm), streamOf(USER_AUDIO.opus)]);
    for (let at = 0; at < sine.length; at += 777) {
      const piece = sine.subarray(at, at + 777);
      audio.hear(piece, 5000 + (at + piece.length) / 16);
    }
    const of = (key: string) => packets.filter(({ stream }) => stream === key);
    const [pcm, opus] = [of('userAudio/pcm'), of('userAudio/opus')];
    expect(pcm.map(({ mediaTimeMs }) => mediaTimeMs)).toEqual(
      Array.from({ length: 50 }, (_, i) => 5000 + 20 * i),
    );
    expect(opus.map(({ mediaTimeMs }) => mediaTimeMs)).toEqual(pcm.map(({ mediaTimeMs }) => mediaTimeMs));
    const heard = Float32Array.from(pcm.flatMap(({ data }) => [...s16leToFloat(data)]));
    expect(rms(heard.map((sample, i) => sample - sine[i]))).toBeLessThan(1e-4);
    const decoder = new OpusDecoder();
    const decoded = opus.map(({ data }) => decoder.decode(data));
    expect(rms(decoded[30])).toBeCloseTo(0.3 / Math.SQRT2, 1);
    audio.close();
  });

  it('goes on in the time of the session after the microphone was gone, and bears what comes late or in bursts', () => {
    const { audio, packets } = listened();
    audio.setStreams([streamOf(USER_AUDIO.pcm)]);
    const piece = sine.subarray(0, 320);
    for (const atMs of [1020, 1150, 1150, 1150, 1080, 3020]) audio.hear(piece, atMs);
    expect(packets.map(({ mediaTimeMs }) => mediaTimeMs)).toEqual([1000, 1020, 1040, 1060, 1080, 3000]);
    audio.close();
  });
});
