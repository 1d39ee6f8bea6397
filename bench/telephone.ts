/** A.2 on voices that came by telephone: G.711, 8000 samples a second, against the same voices as they were recorded. */
import { type G711Law, g711ToFloat } from '../src/audio/g711.ts';
import { resampleAll } from '../src/audio/resampler.ts';
import { VoiceDecoder } from '../src/audio/voice-decoder.ts';
import { galleryRig, join } from './fixtures.ts';
import { hasHeldOutSpeech, heldOutSpeech } from './held-out-speech.ts';
import { mouthCurves, PhoneScore } from './lip-measures.ts';
import { openMotionModel } from './live-motion.ts';
import { atLeast, atMost, type Report, type Row } from './report.ts';
import { vultus } from './talkers.ts';

const NAME = 'A. Lip sync on voices that come by telephone (G.711)';
const WAYS = ['wideband', 'pcmu', 'pcma', 'pcmu, 300–3400 Hz'] as const;
/** How far a telephone may fall behind, in points. */
const WITHIN = 3;
const PACKET_OCTETS = 160;

/** QUALITY A.2 for the held-out voices through µ-law and A-law. */
export async function benchTelephone(): Promise<Report> {
  if (!hasHeldOutSpeech()) return { name: NAME, rows: [], skipped: ['A.2: the recordings are not there'] };
  const rig = await galleryRig();
  const scores = new Map(WAYS.map((way) => [way, new PhoneScore()]));
  const model = await openMotionModel();
  try {
    for await (const { voice48k, phones } of heldOutSpeech()) {
      for (const [way, score] of scores) {
        const heard = way === 'wideband' ? voice48k : byTelephone(voice48k, way);
        score.add(mouthCurves(rig, await vultus(model).speak(heard)), phones);
      }
    }
  } finally {
    await model.close();
  }
  return { name: NAME, rows: rowsOf(scores) };
}

function rowsOf(scores: ReadonlyMap<string, PhoneScore>): Row[] {
  const figures = [...scores].map(([way, score]) => ({ way, ...percentages(score) }));
  const [wide] = figures;
  return figures.flatMap(({ way, closed, vowels, teeth, aperture, rounding }) => {
    const isBand = way === wide.way;
    const more = (measure: string, value: number, from: number): Row =>
      isBand ? { measure, value, unit: '%' } : atLeast(measure, value, round(from - WITHIN), '%');
    const vowelRow = `${way}: vowels closed`;
    return [
      more(`${way}: lips closed in P B M`, closed, wide.closed),
      isBand
        ? { measure: vowelRow, value: vowels, unit: '%' }
        : atMost(vowelRow, vowels, round(wide.vowels + WITHIN), '%'),
      more(`${way}: lip at the teeth in F V`, teeth, wide.teeth),
      more(`${way}: aperture AUC × 100`, aperture, wide.aperture),
      more(`${way}: rounding AUC × 100`, rounding, wide.rounding),
    ];
  });
}

function percentages(score: PhoneScore) {
  const { closedPercent, vowelClosedPercent, atTeethPercent, openAuc, roundAuc } = score.result();
  return {
    closed: closedPercent,
    vowels: vowelClosedPercent,
    teeth: atTeethPercent,
    aperture: 100 * openAuc.perPhone,
    rounding: 100 * roundAuc.perPhone,
  };
}

const round = (value: number) => Number(value.toFixed(2));

/** `voice`: mono at 48 kHz. The same at 48 kHz, as a client's G.711 comes out of our decoder, in packets of 20 ms. */
function byTelephone(voice: Float32Array, way: Exclude<(typeof WAYS)[number], 'wideband'>): Float32Array {
  const encoding: G711Law = way === 'pcma' ? 'pcma' : 'pcmu';
  const narrow = resampleAll(voice, 48000, 8000);
  const octets = encode(way.includes('300') ? bandPass(narrow) : narrow, encoding);
  const decoder = new VoiceDecoder({ encoding, sampleRateHz: 8000 });
  const pieces: Float32Array[] = [];
  for (let at = 0; at < octets.length; at += PACKET_OCTETS) {
    pieces.push(decoder.decode(octets.subarray(at, at + PACKET_OCTETS)));
  }
  pieces.push(decoder.flush());
  decoder.close();
  const heard = new Float32Array(voice.length);
  heard.set(join(pieces).subarray(0, voice.length));
  return heard;
}

/** To the octet whose sample is nearest. */
function encode(samples: Float32Array, law: G711Law): Uint8Array {
  const values = g711ToFloat(
    Uint8Array.from({ length: 256 }, (_, octet) => octet),
    law,
  );
  const sorted = [...values.keys()].sort((a, b) => values[a] - values[b]);
  return Uint8Array.from(samples, (sample) => {
    let [low, high] = [0, 255];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (values[sorted[middle]] <= sample) low = middle;
      else high = middle;
    }
    const nearer = sample - values[sorted[low]] <= values[sorted[high]] - sample ? low : high;
    return sorted[nearer];
  });
}

/** What lines of old let through: a Butterworth band of fourth order on each side (bilinear transform). */
function bandPass(samples: Float32Array): Float32Array {
  let filtered = samples;
  for (const q of [0.541, 1.307]) {
    filtered = biquad(biquad(filtered, 300, q, 'high'), 3400, q, 'low');
  }
  return filtered;
}

function biquad(samples: Float32Array, hz: number, q: number, pass: 'high' | 'low'): Float32Array {
  const omega = (2 * Math.PI * hz) / 8000;
  const [cos, alpha] = [Math.cos(omega), Math.sin(omega) / (2 * q)];
  const edge = pass === 'low' ? (1 - cos) / 2 : (1 + cos) / 2;
  const b = [edge, pass === 'low' ? 2 * edge : -2 * edge, edge].map((value) => value / (1 + alpha));
  const a = [(-2 * cos) / (1 + alpha), (1 - alpha) / (1 + alpha)];
  const out = new Float32Array(samples.length);
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  for (let i = 0; i < samples.length; i++) {
    const x = samples[i];
    const y = b[0] * x + b[1] * x1 + b[2] * x2 - a[0] * y1 - a[1] * y2;
    [x2, x1, y2, y1] = [x1, x, y1, y];
    out[i] = y;
  }
  return out;
}
