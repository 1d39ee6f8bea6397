/** Lets the detector hear what a microphone brings, 20 ms at a time, as a session does. */
import { VoiceActivity } from '../../src/audio/voice-activity/voice-activity.ts';
import { type FirstWord, RATE_HZ } from './words.ts';

const PACKET = 320;
/** Of the bed, before each word: that the last one is over, and the room is known. */
const BEFORE_S = 2.2;
/** From the onset of a word to the end of the packet with which it is told. */
export const IN_TIME_MS = 250;

/** What the microphone hears, and what the avatar says meanwhile, both mono at 16 kHz. */
export interface Scene {
  heard: Float32Array;
  played?: Float32Array;
}

/** Seconds at which talking was told. */
export function starts({ heard, played }: Scene): number[] {
  const activity = new VoiceActivity();
  const told: number[] = [];
  for (let at = 0; at + PACKET <= heard.length; at += PACKET) {
    if (played) activity.play(played.subarray(at, at + PACKET));
    if (activity.push(heard.subarray(at, at + PACKET)).includes('started'))
      told.push((at + PACKET) / RATE_HZ);
  }
  return told;
}

/** The words, each after a while of the bed. `db`: RMS of each. `bed`: as long as is asked for. */
export function sceneOf(words: readonly FirstWord[], db: number, bed: (seconds: number) => Scene) {
  const gapS = BEFORE_S;
  const seconds = words.reduce((sum, { sound }) => sum + gapS + sound.length / RATE_HZ, gapS);
  const scene = bed(Math.ceil(seconds));
  const onsets: number[] = [];
  let at = Math.round(gapS * RATE_HZ);
  for (const { sound } of words) {
    onsets.push(at / RATE_HZ);
    for (let i = 0; i < sound.length; i++) scene.heard[at + i] += sound[i] * 10 ** (db / 20);
    at += sound.length + Math.round(gapS * RATE_HZ);
  }
  return { scene, onsets };
}

/** How many were told in time, and the delays of those that were told at all, milliseconds. */
export function score(onsets: readonly number[], told: readonly number[]) {
  const delaysMs = onsets.flatMap((onset) => {
    const first = told.find((at) => at > onset && at < onset + 1);
    return first === undefined ? [] : [1000 * (first - onset)];
  });
  const inTime = delaysMs.filter((delay) => delay <= IN_TIME_MS).length;
  return { percent: (100 * inTime) / onsets.length, delaysMs: delaysMs.sort((a, b) => a - b) };
}
