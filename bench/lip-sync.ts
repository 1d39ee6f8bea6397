import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { readAudioFile } from '../src/audio/read-audio-file.ts';
import type { Rig } from '../src/avatar/rig.ts';
import { offlineMotion } from '../src/engine/offline-render.ts';
import { NEUTRAL_CONTROLS } from '../src/model/controls.ts';
import { MotionModel } from '../src/model/motion-model.ts';
import { BUILTIN_PACK, loadPack } from '../src/model/pack.ts';
import { GraphLoader } from '../src/model/providers.ts';
import { lipAperture, mouthWidth } from '../src/render/landmarks.ts';
import { galleryRig, sharedFile } from './fixtures.ts';
import { bestCorrelation, jawOpen, type MouthCurves, type Phone, PhoneScore } from './lip-measures.ts';
import { readNpy } from './npy.ts';
import { atLeast, atMost, type Report, type Row } from './report.ts';

/** Column of jaw opening in the takes, and their rate (human-motion/README.md). */
const JAW_COLUMN = 74;
const TAKE_RATE_HZ = 30;
const HELD_OUT_READERS = 24;
const SETTINGS = { fps: 25, seed: 1, latency: 'low' } as const;

/** QUALITY A.1, A.2 and A.4 on the stream that serves live sessions. */
export async function benchLipSync(): Promise<Report> {
  const name = 'A. Lip sync on voices that training never heard';
  const speech = sharedFile('speech/alignments.json');
  const take = sharedFile('human-motion/take_05.npy');
  if (!speech || !take) return { name, rows: [], skipped: ['the speech of ../shared/data is not there'] };

  const pack = await loadPack(BUILTIN_PACK);
  const loader = await GraphLoader.choose('auto', pack.graphFiles.motion);
  const model = await MotionModel.open(pack, loader);
  const rig = await galleryRig();
  const rows: Row[] = [];
  try {
    rows.push(...(await againstHuman(model, take)));
    const { rows: phoneRows, speechAperture } = await againstPhones(model, rig, speech);
    rows.push(...phoneRows, ...(await notSpeech(model, rig, speechAperture)));
  } finally {
    await model.close();
  }
  return { name, rows };
}

async function againstHuman(model: MotionModel, take: string): Promise<Row[]> {
  const { data, shape } = readNpy(await readFile(take));
  const frames = await motionOf(model, take.replace(/npy$/, 'wav'));
  const human = Float64Array.from(frames, (_, i) => {
    const at = ((i + 0.5) * TAKE_RATE_HZ) / 25;
    const row = Math.min(shape[0] - 2, Math.floor(at));
    const value = (offset: number) => data[(row + offset) * shape[1] + JAW_COLUMN];
    return value(0) + (at - row) * (value(1) - value(0));
  });
  const { r, lag } = bestCorrelation(jawOpen(frames), human, 3);
  return [atLeast('A.1 jaw against the actress, r', r, 0.88), atMost('A.1 lag', Math.abs(lag), 1, 'frames')];
}

async function againstPhones(model: MotionModel, rig: Rig, alignmentFile: string) {
  const alignments = JSON.parse(await readFile(alignmentFile, 'utf8')) as Record<
    string,
    { phones: Phone[]; suspect: boolean }
  >;
  const score = new PhoneScore();
  let total = 0;
  let count = 0;
  for (const file of heldOutClips()) {
    const alignment = alignments[basename(file).replace(/\.\w+$/, '')];
    if (!alignment || alignment.suspect) continue;
    const curves = curvesOf(rig, await motionOf(model, file));
    score.add(curves, alignment.phones);
    total += curves.aperture.reduce((sum, value) => sum + value, 0);
    count += curves.aperture.length;
  }
  const { closedPercent, vowelClosedPercent, atTeethPercent, openAuc, roundAuc } = score.result();
  return {
    speechAperture: total / count,
    rows: [
      atLeast('A.2 lips closed in P B M', closedPercent, 88, '%'),
      atMost('A.2 vowels closed', vowelClosedPercent, 5, '%'),
      atLeast('A.2 lip at the teeth in F V', atTeethPercent, 85, '%'),
      atLeast('A.2 aperture AUC', openAuc, 0.93),
      atLeast('A.2 rounding AUC', roundAuc, 0.92),
    ],
  };
}

async function notSpeech(model: MotionModel, rig: Rig, speechAperture: number): Promise<Row[]> {
  const share = async (frames: Float32Array[]) => {
    const { aperture } = curvesOf(rig, frames);
    return (100 * aperture.reduce((sum, value) => sum + value, 0)) / aperture.length / speechAperture;
  };
  const noise = Float32Array.from({ length: 480000 }, () => 0.01 * (Math.random() * 2 - 1));
  const rows = [
    atMost(
      'A.4 aperture in silence',
      await share(await motionOfVoice(model, new Float32Array(480000))),
      5,
      '%',
    ),
    atMost('A.4 aperture in room noise', await share(await motionOfVoice(model, noise)), 5, '%'),
  ];
  const trumpet = sharedFile('speech/nonspeech_solo_trumpet.ogg');
  if (trumpet)
    rows.push(atMost('A.4 aperture to a trumpet', await share(await motionOf(model, trumpet)), 5, '%'));
  return rows;
}

/** The readers with the highest ids, LJ Speech and JFK: kept out of training. */
function heldOutClips(): string[] {
  const readerOf = (file: string) => Number(basename(file).split('-')[0]);
  const folder = sharedFile('speech/train_librispeech_train-clean-100')!;
  const readers = globSync(`${folder}/*.flac`).sort((a, b) => readerOf(a) - readerOf(b));
  const others = [...globSync(`${sharedFile('speech/ljspeech')}/*.wav`), sharedFile('speech/jfk.wav')];
  return [...readers.slice(-HELD_OUT_READERS), ...others.filter((file) => file !== undefined)];
}

async function motionOf(model: MotionModel, file: string): Promise<Float32Array[]> {
  return motionOfVoice(model, (await readAudioFile(file)).voice48k);
}

async function motionOfVoice(model: MotionModel, voice: Float32Array): Promise<Float32Array[]> {
  const frames: Float32Array[] = [];
  for await (const { frame } of offlineMotion(model, voice, SETTINGS, NEUTRAL_CONTROLS)) frames.push(frame);
  return frames;
}

function curvesOf(rig: Rig, frames: Float32Array[]): MouthCurves {
  const rest = mouthWidth(rig, new Float32Array(frames[0].length));
  return {
    aperture: Float64Array.from(frames, (frame) => lipAperture(rig, frame)),
    rounding: Float64Array.from(frames, (frame) => 1 - mouthWidth(rig, frame) / rest),
  };
}
