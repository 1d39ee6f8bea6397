import { type Controls, EMOTIONS, NEUTRAL_CONTROLS } from '../src/contract/controls.ts';
import { MOTION_RATE_HZ } from '../src/contract/motion-frame.ts';
import { DEFAULT_SETTINGS } from '../src/contract/session-settings.ts';
import { motionPlan } from '../src/engine/process/motion-plan.ts';
import type { MotionModel } from '../src/model/motion-model.ts';
import type { Rig } from '../src/render/renderer.ts';
import type { Rig as WarpRig } from '../src/render/warp/rig.ts';
import { laughingRows, seenRows } from './answering.ts';
import { emotionEffect } from './expressions.ts';
import { galleryRig, join, repeated, sampleVoices } from './fixtures.ts';
import { type Clip, hasHeldOutSpeech, heldOutSpeech } from './held-out-speech.ts';
import { blinks, borderSteps, CHANNEL_GROUPS, curve, drift, gaze, headMotion } from './life-measures.ts';
import { mouthCurves, PhoneScore } from './lip-measures.ts';
import { listeningRows } from './listening.ts';
import { type LiveMotion, type LiveOptions, liveMotion, openMotionModel } from './live-motion.ts';
import { atLeast, atMost, type Report, type Row, within } from './report.ts';
import { mean, pearson } from './statistics.ts';
import { risesPercent, syllables } from './stress.ts';
import { voiceExpressionRows } from './voice-expression.ts';

/** A stretch of voice that is streamed over and over: readings with pauses, and silence at its end. */
const STRETCH_S = 300;
const SILENCE_S = 15;
const SOAK_STRETCHES = 6;
const LISTENING_S = 180;
/** Held-out clips for the measures that are taken for each emotion, seed and block size. */
const CLIPS = 10;
const BLOCK_SIZES = [1, 2, 3, 4, 5];
/** Frames after a change of state within which the first block of the new state is shown. */
const STATE_CHANGE_FRAMES = 4;
const STRETCH_FRAMES = STRETCH_S * MOTION_RATE_HZ;

/** What is known of heads and eyes in conversation (sources in models/training/BEHAVIOUR.md). */
const TALKERS = { speed: [8, 15], yaw: [3, 6], pitch: [2, 4], roll: [2, 3] } as const;
const SACCADES_PER_MINUTE = [30, 180] as const;
/** Chosen: a shift of half a standard deviation, and spreads that differ by half, could be seen. */
const DRIFT_LIMIT = { meanShift: 0.5, ratio: 1.5 };
const BROW_RAISE = 0.1;
/** Two pixels of a face that is 200 pixels high, as in a picture of 512. */
const VISIBLE_PERCENT = 1;

/** QUALITY B on the stream that serves live sessions. */
export async function benchLife(): Promise<Report> {
  const rig = await galleryRig();
  const clips = await someClips();
  const voice = await stretch(clips);
  const model = await openMotionModel();
  const { block } = motionPlan(DEFAULT_SETTINGS.latency, model.manifest);
  const rows: Row[] = [];
  try {
    const soak = await liveMotion(model, repeated(voice, SOAK_STRETCHES * STRETCH_S));
    rows.push(...lifeRows('speaking', soak), ...stressRows(soak, voice), ...driftRows(rig, soak));
    rows.push(...stateRows(soak, block));
    const silence = new Float32Array(LISTENING_S * 48000);
    const listening = { ...NEUTRAL_CONTROLS, state: 'listening' } as const;
    rows.push(...lifeRows('listening', await liveMotion(model, silence, { controls: listening })));
    if (clips.length > 0)
      rows.push(
        ...(await listeningRows(model, clips)),
        ...(await laughingRows(model)),
        ...(await seenRows(model)),
        ...(await voiceExpressionRows(model, clips)),
      );
    rows.push(...lifeRows('idle', await liveMotion(model, silence)));
    rows.push(...(await seedRows(model, rig, voice, clips)));
    rows.push(...(await emotionRows(model, rig, voice, clips)));
  } finally {
    await model.close();
  }
  for (const block of BLOCK_SIZES) rows.push(...(await blockRows(block, rig, voice, clips)));
  const skipped =
    clips.length > 0 ? [] : ['B closures by emotion, seed and block: ../shared/data is not there'];
  return {
    name: `B. Life, ${(SOAK_STRETCHES * STRETCH_S) / 60} minutes of streaming and more`,
    rows,
    skipped,
  };
}

async function someClips(): Promise<Clip[]> {
  const clips: Clip[] = [];
  if (!hasHeldOutSpeech()) return clips;
  for await (const clip of heldOutSpeech()) {
    clips.push(clip);
    if (clips.length === CLIPS) break;
  }
  return clips;
}

async function stretch(clips: readonly Clip[]): Promise<Float32Array> {
  const pause = new Float32Array(1.5 * 48000);
  const readings = join([await sampleVoices(), ...clips.flatMap(({ voice48k }) => [voice48k, pause])]);
  return join([repeated(readings, STRETCH_S - SILENCE_S), new Float32Array(SILENCE_S * 48000)]);
}

function lifeRows(state: string, { frames }: LiveMotion): Row[] {
  const found = blinks(frames);
  const perMinute = (found.length * 60 * MOTION_RATE_HZ) / frames.length;
  const eyes = gaze(frames);
  return [
    within(`B ${state}: blinks a minute`, perMinute, 8, 30),
    within(`B ${state}: lid closes in`, mean(found.map(({ closingMs }) => closingMs)), 80, 150, 'ms'),
    within(`B ${state}: lid opens in`, mean(found.map(({ openingMs }) => openingMs)), 120, 300, 'ms'),
    ...headRows(state, frames),
    within(`B ${state}: saccades a minute`, eyes.saccadesPerMinute, ...SACCADES_PER_MINUTE),
    { measure: `B ${state}: fixations, median`, value: eyes.fixationMs, unit: 'ms' },
    { measure: `B ${state}: fixations, 90th percentile`, value: eyes.longFixationMs, unit: 'ms' },
  ];
}

/** Real talkers' spans hold while the avatar speaks; listening and idle heads may be calmer, but not still. */
function headRows(state: string, frames: LiveMotion['frames']): Row[] {
  const { meanSpeed, fastSpeed, yawSpread, pitchSpread, rollSpread, repetition } = headMotion(frames);
  const speaking = state === 'speaking';
  const span = (name: string, value: number, [from, to]: readonly [number, number], unit: string) =>
    within(`B ${state}: ${name}`, value, speaking ? from : from / 4, to, unit);
  return [
    span('head speed, mean', meanSpeed, TALKERS.speed, '°/s'),
    { measure: `B ${state}: head speed, 95th percentile`, value: fastSpeed, unit: '°/s' },
    span('yaw, standard deviation', yawSpread, TALKERS.yaw, '°'),
    span('pitch, standard deviation', pitchSpread, TALKERS.pitch, '°'),
    span('roll, standard deviation', rollSpread, TALKERS.roll, '°'),
    atMost(`B ${state}: yaw repeats itself beyond 5 s, r`, repetition, 0.5),
  ];
}

function stressRows({ frames }: LiveMotion, voice: Float32Array): Row[] {
  const { strong, weak } = syllables(voice);
  const brows = curve(frames.slice(0, STRETCH_FRAMES), 'browInnerUp');
  const [onStrong, onWeak] = [strong, weak].map((peaks) => risesPercent(brows, peaks, BROW_RAISE));
  return [
    { measure: 'B brows rise on strong syllables', value: onStrong, unit: '%' },
    atLeast('B brows rise on strong syllables, over how often on weak ones', onStrong / onWeak, 1.2, '×'),
  ];
}

/** First against last five minutes, in which the same is said. */
function driftRows(rig: Rig, { frames }: LiveMotion): Row[] {
  const [early, late] = [frames.slice(0, STRETCH_FRAMES), frames.slice(-STRETCH_FRAMES)];
  const rows: Row[] = Object.entries(CHANNEL_GROUPS).flatMap(([group, channels]) => {
    const { meanShift, spreadRatio, rangeRatio } = drift(early, late, channels);
    return [
      atMost(`B drift of ${group}: mean`, meanShift, DRIFT_LIMIT.meanShift, 'SD'),
      atMost(`B drift of ${group}: standard deviation`, spreadRatio, DRIFT_LIMIT.ratio, '×'),
      atMost(`B drift of ${group}: range`, rangeRatio, DRIFT_LIMIT.ratio, '×'),
    ];
  });
  const aperture = (part: readonly Float32Array[]) => mean(mouthCurves(rig, part).aperture);
  const silent = (part: readonly Float32Array[]) => aperture(part.slice(-(SILENCE_S - 5) * MOTION_RATE_HZ));
  const speech = aperture(early);
  rows.push(
    atMost('B aperture in the first silence, of that in speech', (100 * silent(early)) / speech, 5, '%'),
    atMost('B aperture in the last silence, of that in speech', (100 * silent(late)) / speech, 5, '%'),
  );
  return rows;
}

/** A change of state shows at the border of the next block or the one after it. */
function stateRows({ frames, states }: LiveMotion, block: number): Row[] {
  const borders = states
    .flatMap(({ frame }) => Array.from({ length: STATE_CHANGE_FRAMES }, (_, k) => frame + k))
    .filter((frame) => frame % block === 0);
  const { largest } = borderSteps(frames, borders);
  return [
    { measure: 'B changes of state', value: states.length },
    atMost('B largest step at a change of state over the 99.9th percentile elsewhere', largest, 1, '×'),
  ];
}

async function seedRows(
  model: MotionModel,
  rig: Rig,
  voice: Float32Array,
  clips: readonly Clip[],
): Promise<Row[]> {
  const minutes = voice.subarray(0, 120 * 48000);
  const [a, b] = [
    (await liveMotion(model, minutes, { seed: 1 })).frames,
    (await liveMotion(model, minutes, { seed: 2 })).frames,
  ];
  const likeness = (['headYaw', 'headPitch', 'headRoll'] as const).map((name) =>
    pearson(curve(a, name), curve(b, name)),
  );
  const blinkTimes = pearson(curve(a, 'eyeBlinkLeft'), curve(b, 'eyeBlinkLeft'));
  const [first, second] = [headMotion(a).meanSpeed, headMotion(b).meanSpeed];
  const rows = [
    atMost('B two seeds: likeness of yaw, pitch, roll, largest r', Math.max(...likeness), 0.5),
    atMost('B two seeds: likeness of blinks, r', blinkTimes, 0.5),
    atMost('B two seeds: head speed differs by', 100 * Math.abs(first / second - 1), 25, '%'),
  ];
  if (clips.length === 0) return rows;
  const closed: number[] = [];
  for (const seed of [1, 2]) {
    const { closedPercent } = await lipScore(model, rig, clips, { seed });
    closed.push(closedPercent);
    rows.push(atLeast(`B seed ${seed}: lips closed in P B M`, closedPercent, 88, '%'));
  }
  return rows;
}

async function emotionRows(
  model: MotionModel,
  rig: Rig,
  voice: Float32Array,
  clips: readonly Clip[],
): Promise<Row[]> {
  const minute = voice.subarray(0, 60 * 48000);
  const show = async (emotion: Controls['emotion']) => {
    const { frames } = await liveMotion(model, minute, { controls: { ...NEUTRAL_CONTROLS, emotion } });
    return frames.slice(2 * MOTION_RATE_HZ);
  };
  const neutral = await show({});
  const rows: Row[] = [];
  for (const emotion of EMOTIONS) {
    const { mark, shiftPercent } = emotionEffect(
      rig as WarpRig,
      emotion,
      neutral,
      await show({ [emotion]: 1 }),
    );
    rows.push(atLeast(`B ${emotion}: ${mark}, of the face's height`, shiftPercent, VISIBLE_PERCENT, '%'));
    if (clips.length === 0) continue;
    const controls = { ...NEUTRAL_CONTROLS, emotion: { [emotion]: 1 } };
    const { closedPercent, vowelClosedPercent } = await lipScore(model, rig, clips, { controls });
    rows.push(atLeast(`B ${emotion}: lips closed in P B M`, closedPercent, 88, '%'));
    rows.push(atMost(`B ${emotion}: vowels closed`, vowelClosedPercent, 5, '%'));
  }
  return rows;
}

async function blockRows(
  block: number,
  rig: Rig,
  voice: Float32Array,
  clips: readonly Clip[],
): Promise<Row[]> {
  const model = await openMotionModel([block]);
  try {
    const { frames } = await liveMotion(model, voice);
    const label = `B blocks of ${block}`;
    const rows: Row[] = [
      within(`${label}: head speed, mean`, headMotion(frames).meanSpeed, ...TALKERS.speed, '°/s'),
      ...(block > 1 ? borderRows(label, frames, block) : []),
    ];
    if (clips.length > 0) {
      const { closedPercent } = await lipScore(model, rig, clips);
      rows.push(atLeast(`${label}: lips closed in P B M`, closedPercent, 88, '%'));
    }
    return rows;
  } finally {
    await model.close();
  }
}

function borderRows(label: string, frames: LiveMotion['frames'], block: number): Row[] {
  const borders = Array.from({ length: Math.floor(frames.length / block) }, (_, i) => i * block);
  const { largest, usual } = borderSteps(frames, borders);
  return [
    atMost(`${label}: step at borders over steps elsewhere, 99.9th percentiles`, usual, 1, '×'),
    {
      measure: `${label}: largest step at a border over the 99.9th percentile elsewhere`,
      value: largest,
      unit: '×',
    },
  ];
}

async function lipScore(model: MotionModel, rig: Rig, clips: readonly Clip[], options: LiveOptions = {}) {
  const score = new PhoneScore();
  for (const { voice48k, phones } of clips) {
    score.add(mouthCurves(rig, (await liveMotion(model, voice48k, options)).frames), phones);
  }
  return score.result();
}
