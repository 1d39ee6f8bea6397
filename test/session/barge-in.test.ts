import { expect, it } from 'vitest';
import { openEnginelessSession } from '../support/engineless-session.ts';
import { sampleVoice } from '../support/sample-voice.ts';
import { rms } from '../support/signals.ts';

const PACKET = 960;
const ECHO_MS = 220;

function atLevel(sound: Float32Array, level: number): Float32Array {
  const gain = level / rms(sound);
  return sound.map((value) => gain * value);
}
const later = (sound: Float32Array, ms: number, gain: number) =>
  sound.map((_, i) => gain * (sound[i - ms * 48] ?? 0));
/** Where it first is as loud as its mean. */
function onset(voice: Float32Array): number {
  const mean = rms(voice);
  for (let at = 0; at < voice.length; at += 480) if (rms(voice.subarray(at, at + 480)) > mean) return at;
  return 0;
}

it('takes the avatar’s own voice from a loudspeaker for no user, and a first word over it for one', async () => {
  const { session, interrupted, say } = await openEnginelessSession({ bargeIn: true });
  const told: number[] = [];
  let heardMs = 0;
  session.on('user.started', () => told.push(heardMs));
  const avatar = atLevel(await sampleVoice(6), 0.1);
  const user = await sampleVoice(4, 1);
  const first = onset(user);
  const word = atLevel(user.slice(first, first + 0.35 * 48000), 0.05);
  const heard = later(avatar, ECHO_MS, 0.1);
  const at = 5 * 48000;
  word.forEach((value, i) => {
    heard[at + i] += value;
  });
  session.openSpeaker().push(avatar);
  for (let i = 0; i + PACKET <= heard.length; i += PACKET) {
    say(avatar.slice(i, i + PACKET));
    heardMs = (i + PACKET) / 48;
    session.hearUser(heard.slice(i, i + PACKET));
  }
  expect(told.length).toBe(1);
  expect(told[0] - 5000).toBeGreaterThan(0);
  expect(told[0] - 5000).toBeLessThanOrEqual(250);
  expect(interrupted.length).toBe(1);
  session.close();
});
