/** Plots to look at: the lips over the spectrogram with the phones, and a page of all that moves. */

import type { MotionChannel } from '../../src/contract/motion-frame.ts';
import type { MotionModel } from '../../src/model/motion-model.ts';
import type { Rig } from '../../src/render/renderer.ts';
import { galleryRig, repeated, sampleVoices } from '../fixtures.ts';
import { type Clip, hasHeldOutSpeech, heldOutSpeech } from '../held-out-speech.ts';
import { curve } from '../life-measures.ts';
import { mouthCurves } from '../lip-measures.ts';
import { type LiveMotion, liveMotion, openMotionModel } from '../live-motion.ts';
import { BILABIALS, LABIODENTALS, SILENCE } from '../phones.ts';
import type { Report, Row } from '../report.ts';
import { quantile } from '../statistics.ts';
import { axes, COLOURS, label, level, line, type Strip, span, text, writePage } from './canvas.ts';
import { spectrogram } from './spectrogram.ts';

const WIDTH = 1800;
const MARGIN = 60;
const CLIP_SECONDS = 8;
const PAGE_SECONDS = 60;
/** Of the held-out clips: two readers and JFK, who comes last. */
const CLIPS = [0, 12, 28];

const MOUTH: MotionChannel[] = [
  'jawOpen',
  'mouthClose',
  'mouthFunnel',
  'mouthPucker',
  'mouthRollLower',
  'mouthPressLeft',
];
const PAGE: [title: string, low: number, high: number, channels: MotionChannel[]][] = [
  ['head, radians (grey: not speaking)', -0.2, 0.2, ['headYaw', 'headPitch', 'headRoll']],
  ['place', -0.1, 0.1, ['headX', 'headY', 'distance']],
  ['lids', 0, 1, ['eyeBlinkLeft', 'eyeBlinkRight', 'eyeWideLeft', 'eyeSquintLeft']],
  ['gaze', 0, 0.6, ['eyeLookOutLeft', 'eyeLookInLeft', 'eyeLookUpLeft', 'eyeLookDownLeft']],
  ['brows', 0, 1, ['browInnerUp', 'browOuterUpLeft', 'browDownLeft']],
  ['jaw and lips', 0, 1, ['jawOpen', 'mouthClose', 'mouthPucker', 'mouthFunnel']],
  [
    'corners of the mouth and cheeks',
    0,
    1,
    ['mouthSmileLeft', 'mouthFrownLeft', 'mouthStretchLeft', 'cheekSquintLeft'],
  ],
];

export async function benchPlots(): Promise<Report> {
  const model = await openMotionModel();
  const files: string[] = [];
  const skipped: string[] = [];
  try {
    if (hasHeldOutSpeech()) {
      const rig = await galleryRig();
      let index = 0;
      for await (const clip of heldOutSpeech()) {
        if (CLIPS.includes(index++)) files.push(await plotLips(model, rig, clip));
      }
    } else skipped.push('lips over phones: the recordings of ../shared/data are not there');
    const voice = repeated(await sampleVoices(), PAGE_SECONDS);
    files.push(await plotMotion('motion', await liveMotion(model, voice)));
  } finally {
    await model.close();
  }
  const rows = files.map((file, i): Row => ({ measure: `plot ${i + 1}`, value: file }));
  return { name: 'Plots', rows, skipped };
}

async function plotLips(
  model: MotionModel,
  rig: Rig,
  { name, voice48k, voice16k, phones }: Clip,
): Promise<string> {
  const { frames } = await liveMotion(model, voice48k);
  const { aperture, rounding } = mouthCurves(rig, frames);
  const reference = quantile(aperture, 0.95);
  const strip = (top: number, height: number, low: number, high: number): Strip => {
    return { left: MARGIN, width: WIDTH - 2 * MARGIN, top, height, fromS: 0, toS: CLIP_SECONDS, low, high };
  };
  const [top, middle, bottom] = [strip(40, 260, 0, 0.4), strip(350, 240, -0.2, 0.4), strip(640, 240, 0, 1)];
  const heard = new Float32Array(CLIP_SECONDS * 16000);
  heard.set(voice16k.subarray(0, heard.length));
  const parts = [await spectrogram(heard, top)];
  for (const [phone, from, to] of phones) {
    if (to > CLIP_SECONDS || phone === SILENCE) continue;
    const colour = BILABIALS.has(phone) ? '#dc2626' : LABIODENTALS.has(phone) ? '#7c3aed' : undefined;
    for (const place of [top, middle, bottom]) if (colour) parts.push(span(place, from, to, colour, 0.2));
    parts.push(label(middle, from, to, middle.top + 14, phone, colour));
  }
  parts.push(
    axes(top, `${name}: lip aperture over the spectrogram (red: p b m, violet: f v)`),
    line(top, aperture, '#2563eb', 2.5),
    axes(middle, 'aperture (blue) with 15 % and 35 % of its 95th percentile, rounding (green)'),
    level(middle, 0.15 * reference, '#dc2626'),
    level(middle, 0.35 * reference, '#7c3aed'),
    line(middle, aperture, '#2563eb'),
    line(middle, rounding, '#059669'),
    axes(bottom, 'mouth'),
    ...curves(bottom, frames, MOUTH),
  );
  return writePage(`lips-${name}`, WIDTH, 920, parts);
}

async function plotMotion(name: string, { frames, states }: LiveMotion): Promise<string> {
  const parts: string[] = [];
  PAGE.forEach(([title, low, high, channels], i) => {
    const place = { left: MARGIN, width: WIDTH - 2 * MARGIN, top: 30 + 190 * i, height: 140 };
    const strip: Strip = { ...place, fromS: 0, toS: PAGE_SECONDS, low, high };
    for (const [k, { frame, state }] of states.entries()) {
      if (state === 'speaking') continue;
      parts.push(span(strip, frame / 25, (states[k + 1]?.frame ?? frames.length) / 25, '#999', 0.15));
    }
    parts.push(axes(strip, title), ...curves(strip, frames, channels));
  });
  return writePage(name, WIDTH, 190 * PAGE.length + 30, parts);
}

function curves(strip: Strip, frames: readonly Float32Array[], channels: readonly MotionChannel[]): string[] {
  return channels.flatMap((channel, i) => [
    line(strip, curve(frames, channel), COLOURS[i]),
    text(strip.left + strip.width - 8, strip.top + 14 + 14 * i, channel, {
      fill: COLOURS[i],
      anchor: 'end',
      size: 11,
    }),
  ]);
}
