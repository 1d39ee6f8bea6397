/** QUALITY B, listening: what the face does while a user talks, on readers that training never heard. */
import { VoiceActivity } from '../src/audio/voice-activity/voice-activity.ts';
import { type Controls, NEUTRAL_CONTROLS } from '../src/contract/controls.ts';
import { MOTION_RATE_HZ } from '../src/contract/motion-frame.ts';
import type { LiveSession } from '../src/engine/process/live-session.ts';
import type { MotionModel } from '../src/model/motion-model.ts';
import { randomNumbers } from '../src/random.ts';
import type { Clip } from './held-out-speech.ts';
import { curve, lookingAway, nods, rises } from './life-measures.ts';
import { type LiveMotion, liveMotion } from './live-motion.ts';
import { SILENCE } from './phones.ts';
import { risingEnds } from './pitch.ts';
import { atLeast, atMost, type Row, within } from './report.ts';
import { quantile } from './statistics.ts';

/** Of what a user says. */
export const RATE_HZ = 16000;
const PACKET_SAMPLES = 320;
const PACKET_MS = 20;
/** Of silence in a reading that counts as its pause. */
const PAUSE_S = 0.2;
/** After each reader, and before the first. */
const [GAP_S, LEAD_S] = [4, 3];
/** Listeners answer so long after a cue. */
const [ANSWER_FROM_S, ANSWER_TO_S] = [0.2, 1.2];
/** One answer is a group of nods that follow each other within this. */
const GROUP_S = 1;
const BROW_RAISE = 0.1;
const SEEDS = [1, 2, 3];
const NOISE_S = 120;
/** Of the room, so that a microphone is never digitally silent. */
const ROOM_LEVEL = 0.0005;
/** Where a thinking face looks away: so long after the last word of a turn. */
const [THINKING_FROM_S, THINKING_TO_S] = [0.7, 2.2];

/** A mouth that parts by this after it was shut draws breath. */
const BREATH = 0.03;
/** When, after the last word: a turn is known to be over after 0.7 s. */
const [BREATH_FROM_S, BREATH_TO_S] = [0.7, 2.4];

/** What a user says, at 16 kHz, and when there is something to answer, in seconds. */
interface UserTalk {
  sound: Float32Array;
  pauses: number[];
  rises: number[];
  /** From each reader's first word to the last. */
  turns: [from: number, to: number][];
}

/** @param clips what users say @param seeds one face each */
export async function listeningRows(
  model: MotionModel,
  clips: readonly Clip[],
  seeds: readonly number[] = SEEDS,
): Promise<Row[]> {
  const talk = talkOf(clips);
  const cues = [...talk.pauses, ...talk.rises];
  const heard = await Promise.all(seeds.map((seed) => listen(model, talk.sound, seed)));
  const seconds = talk.sound.length / RATE_HZ;
  const answers = heard.map(answersOf);
  const rows: Row[] = [
    {
      measure: `B listening: pauses and rising ends of ${clips.length} readings, a minute`,
      value: perMinute(cues, seconds),
    },
  ];
  for (const kind of ['nods', 'brows'] as const) {
    const times = answers.map((answer) => answer[kind]);
    const { inside, outside } = rates(times, cues, seconds);
    rows.push(
      { measure: `B listening: ${kind} a minute after pauses and rising ends`, value: inside },
      { measure: `B listening: ${kind} a minute elsewhere`, value: outside },
      atLeast(`B listening: ${kind} after pauses and rising ends, over elsewhere`, inside / outside, 2, '×'),
    );
    for (const [name, own] of [
      ['pauses', talk.pauses],
      ['rising ends', talk.rises],
    ] as const) {
      const apart = rates(times, own, seconds);
      rows.push({
        measure: `B listening: ${kind} after ${name}, over elsewhere`,
        value: apart.inside / apart.outside,
        unit: '×',
      });
    }
  }
  const delays = answers.flatMap(({ nods: times }) => delaysOf(times, talk.pauses));
  rows.push(
    within(
      'B listening: from the beginning of a pause to that of a nod, median',
      1000 * quantile(delays, 0.5),
      200,
      700,
      'ms',
    ),
    { measure: 'B listening: the same, 10th percentile', value: 1000 * quantile(delays, 0.1), unit: 'ms' },
    { measure: 'B listening: the same, 90th percentile', value: 1000 * quantile(delays, 0.9), unit: 'ms' },
  );
  rows.push(...gazeRows(heard, talk), breathRow(heard, talk));
  const noise = await listen(model, noiseOf(NOISE_S), 1);
  rows.push(atMost('B listening to noise: nods a minute', perMinute(answersOf(noise).nods, NOISE_S), 1));
  return rows;
}

function talkOf(clips: readonly Clip[]): UserTalk {
  const length = LEAD_S + clips.reduce((sum, { voice16k }) => sum + voice16k.length / RATE_HZ + GAP_S, 0);
  const sound = noiseOf(length);
  const talk: UserTalk = { sound, pauses: [], rises: [], turns: [] };
  let at = LEAD_S;
  for (const { voice16k, phones } of clips) {
    const first = Math.round(at * RATE_HZ);
    voice16k.forEach((value, i) => {
      sound[first + i] += value;
    });
    const inside = phones.slice(1, -1).filter(([name, from, to]) => name === SILENCE && to - from >= PAUSE_S);
    const said = phones.filter(([name]) => name !== SILENCE);
    const [from, last] = [said[0][1], said.at(-1)![2]];
    talk.pauses.push(...inside.map(([, from]) => at + from), at + last);
    talk.rises.push(...risingEnds(voice16k).map((time) => at + time));
    talk.turns.push([at + from, at + last]);
    at += voice16k.length / RATE_HZ + GAP_S;
  }
  return talk;
}

/** A room in which nobody says anything. */
export function noiseOf(seconds: number): Float32Array {
  const random = randomNumbers(1);
  return Float32Array.from({ length: Math.round(seconds * RATE_HZ) }, () => ROOM_LEVEL * (2 * random() - 1));
}

/** The face of an avatar that is silent while a microphone hears this. */
export async function listen(
  model: MotionModel,
  sound: Float32Array,
  seed: number,
  controls: Controls = NEUTRAL_CONTROLS,
): Promise<LiveMotion> {
  const activity = new VoiceActivity();
  let at = 0;
  const direct = (session: LiveSession, nowMs: number) => {
    if (nowMs === 0 || nowMs % PACKET_MS !== 0 || at >= sound.length) return;
    activity.push(sound.subarray(at, at + PACKET_SAMPLES));
    at += PACKET_SAMPLES;
    session.noticeUser({ heard: { talking: activity.talking, cues: activity.cues } });
  };
  const silence = new Float32Array(sound.length * 3);
  return liveMotion(model, silence, { seed, direct, controls });
}

/** When nods and raises of the brows begin, on the clock on which the microphone's sound came in, in seconds. */
function answersOf({ frames, shownMs }: LiveMotion) {
  const seconds = (index: number) => shownMs[Math.round(index)] / 1000;
  const nodTimes = nods(frames).map(seconds);
  return {
    nods: nodTimes.filter((time, i) => i === 0 || time - nodTimes[i - 1] > GROUP_S),
    brows: rises(curve(frames, 'browInnerUp'), BROW_RAISE).map(seconds),
  };
}

/** Events a minute in the windows after cues, and outside of them. */
function rates(times: readonly number[][], cues: readonly number[], seconds: number) {
  const answered = (time: number) =>
    cues.some((cue) => time >= cue + ANSWER_FROM_S && time < cue + ANSWER_TO_S);
  const steps = Array.from({ length: Math.floor(seconds * MOTION_RATE_HZ) }, (_, i) => i / MOTION_RATE_HZ);
  const share = steps.filter(answered).length / steps.length;
  const all = times.flat();
  const inside = all.filter(answered).length;
  const minutes = (times.length * seconds) / 60;
  return { inside: inside / (minutes * share), outside: (all.length - inside) / (minutes * (1 - share)) };
}

function perMinute(times: readonly number[], seconds: number): number {
  return (60 * times.length) / seconds;
}

/** From the last cue to each event that answers it. */
function delaysOf(times: readonly number[], cues: readonly number[]): number[] {
  return times.flatMap((time) => {
    const delay = time - (cues.findLast((cue) => cue < time) ?? Number.NEGATIVE_INFINITY);
    return delay < ANSWER_TO_S ? [delay] : [];
  });
}

function gazeRows(heard: readonly LiveMotion[], { turns }: UserTalk): Row[] {
  const away = { talking: [0, 0], thinking: [0, 0] };
  for (const { frames, shownMs } of heard) {
    lookingAway(frames).forEach((isAway, i) => {
      const time = shownMs[i] / 1000;
      const isIn = (fromS: number, toS: number) => time >= fromS && time < toS;
      const isTalking = turns.some(([from, to]) => isIn(from, to));
      const isThinking = turns.some(([, to]) => isIn(to + THINKING_FROM_S, to + THINKING_TO_S));
      if (!isTalking && !isThinking) return;
      const kind = isTalking ? away.talking : away.thinking;
      kind[0] += Number(isAway);
      kind[1]++;
    });
  }
  const percent = ([count, all]: number[]) => (100 * count) / all;
  return [
    atMost('B listening: looks away while the user talks, of the time', percent(away.talking), 12, '%'),
    atLeast(
      'B listening: looks away while it thinks of an answer, of the time',
      percent(away.thinking),
      25,
      '%',
    ),
  ];
}

function breathRow(heard: readonly LiveMotion[], { turns }: UserTalk): Row {
  const drawn = heard.flatMap(({ frames, shownMs }) => {
    const jaw = curve(frames, 'jawOpen');
    const most = (fromS: number, toS: number) =>
      Math.max(...jaw.filter((_, i) => shownMs[i] >= 1000 * fromS && shownMs[i] < 1000 * toS));
    return turns.map(
      ([, end]) => most(end + BREATH_FROM_S, end + BREATH_TO_S) - most(end, end + BREATH_FROM_S) > BREATH,
    );
  });
  const percent = (100 * drawn.filter(Boolean).length) / drawn.length;
  return within('B listening: draws breath when it is its turn', percent, 50, 90, '%');
}
