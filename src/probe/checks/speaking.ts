import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '../endpoint.ts';
import { lagOf, median, percentile, type Sample, smoothed } from '../measure/lag.ts';
import type { Mouth, MouthMeasure } from '../measure/mouth.ts';
import type { Recorder } from '../measure/recorder.ts';
import type { Finding } from '../report.ts';
import type { Piece, TestVoice } from '../voice.ts';

const PIECE_MS = 4000;
/** For the last picture and the last sound of a piece. */
const AFTER_MS = 600;
const END_LIMIT_MS = 10_000;
/** A mouth moves more slowly than a voice. */
const MOUTH_WINDOW_MS = 80;
/**
 * By so much lips lead loudness where both are of one moment: films of the built-in model, two voices (15 to 50 ms,
 * median 33). A lamp leads nothing.
 */
const LIPS_LEAD_MS = 33;
/** Lips are looked for so near to their sound: other syllables are like it too. */
const NEAR_MS = 350;
/** Drift is told from such a part of the beginning and of the end; of fewer pieces than these it is chance. */
const [SHARE, LEAST_PIECES] = [1 / 3, 5];

/** The contract's bars. */
const MOST_LIPS_MS = 250;
const MOST_OFFSET_MS = 45;

interface Round {
  soundMs: number | undefined;
  lipsMs: number | undefined;
}

/**
 * Speaks pieces of voice for so long: by how much sound and lips follow what is sent, how far they are apart, and
 * whether that stays so. Voice is sent as fast as it is taken, as agents do it, and heard from the moment on at which
 * its first chunk was sent.
 */
export async function checkSpeaking(
  endpoint: Endpoint,
  recorder: Recorder,
  { voice, mouth, minutes }: { voice: TestVoice; mouth: Mouth; minutes: number },
): Promise<Finding[]> {
  const rounds: Round[] = [];
  let measure: MouthMeasure | undefined;
  let missingEnds = 0;
  const endMs = performance.now() + 60_000 * minutes;
  for (let i = 0; performance.now() < endMs || i === 0; i++) {
    const piece = voice.cut(i * PIECE_MS, PIECE_MS);
    recorder.clean();
    recorder.keepsPictures = true;
    await sleep(AFTER_MS);
    const ends = recorder.ends.length;
    const sentMs = performance.now();
    await sendPiece(endpoint, piece);
    const ended = await recorder.until(() => recorder.ends.length > ends, piece.durationMs + END_LIMIT_MS);
    if (!ended) missingEnds++;
    await sleep(AFTER_MS);
    recorder.keepsPictures = false;
    if (recorder.lostWhy) break;
    const { pictures } = recorder;
    if (pictures[0]) measure ??= await mouth.look(pictures[0]);
    const openings = await mouth.measure(pictures);
    rounds.push(measureRound(piece, sentMs, { sounds: recorder.sounds, openings, measure }));
  }
  return findingsOf(rounds, measure, missingEnds);
}

export async function sendPiece(endpoint: Endpoint, piece: Piece): Promise<void> {
  for (const chunk of piece.chunks) await endpoint.say(chunk);
  await endpoint.endSegment();
}

function measureRound(
  { envelope }: Piece,
  sentMs: number,
  { sounds, openings, measure }: { sounds: Sample[]; openings: Sample[]; measure: MouthMeasure | undefined },
): Round {
  const soundMs = lagOf(envelope, sentMs, sounds);
  const range = soundMs === undefined ? {} : { leastMs: soundMs - NEAR_MS, mostMs: soundMs + NEAR_MS };
  const lipsMs = lagOf(smoothed(envelope, MOUTH_WINDOW_MS), sentMs, openings, range);
  const leadMs = measure === 'lips' ? LIPS_LEAD_MS : 0;
  return { soundMs, lipsMs: lipsMs === undefined ? undefined : lipsMs + leadMs };
}

function findingsOf(
  rounds: readonly Round[],
  measure: MouthMeasure | undefined,
  missingEnds: number,
): Finding[] {
  const known = (values: (number | undefined)[]) => values.filter((value) => value !== undefined);
  const sounds = known(rounds.map(({ soundMs }) => soundMs));
  const lips = known(rounds.map(({ lipsMs }) => lipsMs));
  const offsets = known(
    rounds.map(({ soundMs, lipsMs }) =>
      soundMs === undefined || lipsMs === undefined ? undefined : soundMs - lipsMs,
    ),
  );
  const of = `${rounds.length} pieces of voice`;
  const drifts = (name: string, values: number[]): Finding[] => {
    const note = 'median of the last third less that of the first';
    const value = driftOf(values);
    return value === undefined ? [] : [{ name, value, unit: 'ms', bar: MOST_OFFSET_MS, note }];
  };
  const whenAny = (values: number[], share: number) =>
    values.length > 0 ? percentile(values, share) : undefined;
  const seen = `in ${lips.length} of ${of}, by ${measure === 'lips' ? 'the distance of the inner lips' : 'the brightness of the picture: no face was found'}`;
  return [
    {
      name: 'audio → sound, median',
      value: whenAny(sounds, 0.5),
      unit: 'ms',
      note: `in ${sounds.length} of ${of}`,
    },
    { name: 'audio → sound, p95', value: whenAny(sounds, 0.95), unit: 'ms' },
    { name: 'audio → lips, median', value: whenAny(lips, 0.5), unit: 'ms', note: seen },
    { name: 'audio → lips, p95', value: whenAny(lips, 0.95), unit: 'ms', bar: MOST_LIPS_MS },
    {
      name: 'A − V, median',
      value: whenAny(offsets, 0.5),
      unit: 'ms',
      bar: MOST_OFFSET_MS,
      note: 'as they come, not as a player aligns them',
    },
    ...drifts('drift of the sound', sounds),
    ...drifts('drift of A − V', offsets),
    { name: 'pieces without an end', value: missingEnds, unit: '', bar: 0 },
  ];
}

function driftOf(values: readonly number[]): number | undefined {
  const part = Math.floor(values.length * SHARE);
  return part >= LEAST_PIECES ? median(values.slice(-part)) - median(values.slice(0, part)) : undefined;
}
