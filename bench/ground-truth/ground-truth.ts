/**
 * QUALITY C, ground truth: heads drawn in 3-D. From their picture at rest and the motion frame alone, how near does
 * our picture come to the true one, and the plain piecewise-linear warp?
 *
 * The heads' expression shapes are those of the face basis (both ICT-FaceKit's), so what the landmarks of our geometry
 * miss in the mouth and the lids is only what the identity changes; turns are measured without such help.
 */

import { fileURLToPath } from 'node:url';
import { AvatarFactory } from '../../src/avatar/avatar-factory.ts';
import { squareFormat } from '../../src/contract/formats.ts';
import { MOTION_SIZE } from '../../src/contract/motion-frame.ts';
import type { RgbPicture } from '../../src/contract/rgb-picture.ts';
import { CHIN, EYES, FACE_OVAL, FOREHEAD, LANDMARK_COUNT } from '../../src/face/topology.ts';
import { toRgb } from '../../src/image/colour.ts';
import { cutAndScale, type Rectangle } from '../../src/image/cut-and-scale.ts';
import { createI420, type I420 } from '../../src/image/i420.ts';
import { readImageFile } from '../../src/image/image-file.ts';
import { clamp } from '../../src/image/planes.ts';
import { FaceFinder } from '../../src/model/face/face-finder.ts';
import { BUILTIN_PACK, loadPack } from '../../src/model/pack.ts';
import { GraphLoader } from '../../src/model/providers.ts';
import { landmarksAt } from '../../src/render/warp/head/landmarks.ts';
import type { Rig } from '../../src/render/warp/rig.ts';
import { WarpRenderer } from '../../src/render/warp/warp-renderer.ts';
import { atMost, type Report, type Row } from '../report.ts';
import { mean } from '../statistics.ts';
import {
  detail,
  meanWithin,
  psnr,
  REGIONS,
  type Region,
  regionMasks,
  similarityMap,
  squaredError,
  toI420,
} from './picture-measures.ts';
import { plainWarp } from './plain-warp.ts';
import { learnedRows } from './repair/learned-rows.ts';
import { Repair } from './repair/repair.ts';
import { METHODS, type Measured, type Method, type Score } from './score.ts';
import {
  FRAME_SIDE,
  HELD_OUT_HEADS,
  headNames,
  MEASURED_HEADS,
  readHead,
  type TrueFrame,
  type TrueHead,
} from './true-heads.ts';

/** Trained on other heads: models/training/vultus_training/repair. */
const LEARNED_WEIGHTS = fileURLToPath(new URL('repair/weights', import.meta.url));
/** Landmark error in shares of the distance of the eyes. */
const LANDMARK_BAR_PERCENT = 2;
const SEARCH_SIDE = 640;
const FACE_MARGIN = 1.6;

export async function benchGroundTruth(): Promise<Report> {
  const pack = await loadPack(BUILTIN_PACK);
  const loader = await GraphLoader.choose('auto', pack.graphFiles.render);
  const renderer = await WarpRenderer.open(pack, loader);
  const factory = await AvatarFactory.create();
  const finder = await FaceFinder.open(pack.files);
  const repair = await Repair.open(LEARNED_WEIGHTS, loader);
  const measure = async (folder: string): Promise<Measured> => {
    const measured: Measured = { scores: [], repairMs: [], geometry: [] };
    for (const name of await headNames(folder)) {
      const head = await readHead(folder, name);
      const rig = (await factory.analyse(head.rest)).rig as Rig;
      for (const frame of head.frames) {
        measured.geometry.push({ kind: frame.kind, percent: geometryError(rig, head, frame) });
      }
      const { scores, repairMs } = await scoreHead({ renderer, finder, repair }, rig, head);
      measured.scores.push(...scores);
      measured.repairMs.push(...repairMs);
    }
    return measured;
  };
  const usual = await measure(MEASURED_HEADS);
  const heldOut = await measure(HELD_OUT_HEADS);
  await factory.close();
  await renderer.close();
  await repair.close();
  const kinds = [...new Set(usual.scores.map(({ kind }) => kind))];
  return {
    name: 'Ground truth (C)',
    rows: [
      ...pictureRows(usual, kinds),
      ...landmarkRows(usual, kinds),
      ...learnedRows(usual),
      ...[...pictureRows(heldOut), ...landmarkRows(heldOut), ...learnedRows(heldOut)].map((row) => ({
        ...row,
        measure: `held out: ${row.measure}`,
      })),
    ],
  };
}

interface Tools {
  renderer: WarpRenderer;
  finder: FaceFinder;
  repair: Repair;
}

async function scoreHead(
  { renderer, finder, repair }: Tools,
  rig: Rig,
  head: TrueHead,
): Promise<Omit<Measured, 'geometry'>> {
  const avatar = renderer.prepare(rig, squareFormat(FRAME_SIDE));
  const drawn = createI420(FRAME_SIDE, FRAME_SIDE);
  const repaired = createI420(FRAME_SIDE, FRAME_SIDE);
  const rest = await readImageFile(head.rest, FRAME_SIDE);
  const portrait = { points: rig.portrait, stride: 3 };
  const scores: Score[] = [];
  const repairMs: number[] = [];
  for (const frame of head.frames) {
    const truePicture = await frame.picture();
    const truth = toI420(truePicture);
    await avatar.draw(frame.motion, drawn);
    repaired.data.set(drawn.data);
    const before = process.cpuUsage();
    await repair.apply(repaired, avatar.posed, frame.motion);
    const { user, system } = process.cpuUsage(before);
    repairMs.push((user + system) / 1000);
    const plain = plainWarp(rest, portrait, { points: landmarksAt(rig, frame.motion), stride: 3 });
    const oracle = plainWarp(rest, portrait, { points: trueLandmarks(rig.portrait, head, frame), stride: 3 });
    const pictures: Record<Method, I420> = {
      ours: drawn,
      'plain warp': toI420(plain),
      'plain warp, true landmarks': toI420(oracle),
      repaired,
    };
    const looked: Partial<Record<Method, RgbPicture>> = {
      ours: toRgb(drawn),
      'plain warp': plain,
    };
    const masks = regionMasks(frame, FRAME_SIDE);
    const seenInTruth = await seenLandmarks(finder, truePicture, frame);
    for (const method of METHODS) {
      const picture = pictures[method];
      const similar = similarityMap(picture, truth);
      const rgb = looked[method];
      const seen = rgb && (await seenLandmarks(finder, rgb, frame));
      scores.push({
        head: head.name,
        kind: frame.kind,
        method,
        error: byRegion((region) => squaredError(picture, truth, masks[region])),
        similarity: byRegion((region) => meanWithin(similar, masks[region])),
        detail: byRegion((region) => detail(picture, masks[region]) / detail(truth, masks[region])),
        seenPercent:
          seen && seenInTruth ? (100 * meanDistance(seen, seenInTruth)) / eyeDistance(head) : Number.NaN,
      });
    }
  }
  return { scores, repairMs };
}

function byRegion<T>(of: (region: Region) => T): Record<Region, T> {
  return Object.fromEntries(REGIONS.map((region) => [region, of(region)])) as Record<Region, T>;
}

/** The portrait's landmarks [478·3], each moved as its point of the true head moves. */
function trueLandmarks(portrait: Float32Array, head: TrueHead, frame: TrueFrame): Float32Array {
  return portrait.map((value, i) => {
    if (i % 3 === 2) return value;
    const k = 2 * Math.floor(i / 3) + (i % 3);
    return value + frame.landmarks[k] - head.restLandmarks[k];
  });
}

/** How far the landmarks of our geometry are from where they truly move, in percent of the eyes' distance. */
function geometryError(rig: Rig, head: TrueHead, frame: TrueFrame): number {
  const truth = trueLandmarks(landmarksAt(rig, new Float32Array(MOTION_SIZE)), head, frame);
  const ours = landmarksAt(rig, frame.motion);
  const flat = (points: Float32Array) => points.filter((_, i) => i % 3 !== 2);
  return (100 * meanDistance(flat(ours), flat(truth))) / eyeDistance(head);
}

function eyeDistance({ restLandmarks }: TrueHead): number {
  const [a, b] = [2 * EYES.left.irisCentre, 2 * EYES.right.irisCentre];
  return Math.hypot(restLandmarks[a] - restLandmarks[b], restLandmarks[a + 1] - restLandmarks[b + 1]);
}

/** Of points `[n·2]`. */
function meanDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 2) sum += Math.hypot(a[i] - b[i], a[i + 1] - b[i + 1]);
  return (2 * sum) / a.length;
}

/** What the face finder sees in the area of the true face: `[478·2]`, picture fractions. */
async function seenLandmarks(
  finder: FaceFinder,
  picture: RgbPicture,
  { landmarks }: TrueFrame,
): Promise<Float32Array | undefined> {
  const area = faceArea(landmarks, picture.width);
  const [face] = await finder.find(await cutAndScale(picture, area, SEARCH_SIDE));
  if (!face) return undefined;
  const scale = area.width / SEARCH_SIDE;
  return Float32Array.from({ length: 2 * LANDMARK_COUNT }, (_, i) => {
    const value = face.landmarks[3 * Math.floor(i / 2) + (i % 2)];
    return (scale * value + (i % 2 === 0 ? area.left : area.top)) / picture.width;
  });
}

function faceArea(landmarks: Float32Array, side: number): Rectangle {
  const height = landmarks[2 * CHIN + 1] - landmarks[2 * FOREHEAD + 1];
  const width = Math.min(side, Math.round(FACE_MARGIN * height * side));
  const place = (axis: number) => {
    const middle = mean(FACE_OVAL.map((i) => landmarks[2 * i + axis])) * side;
    return Math.round(clamp(middle - width / 2, 0, side - width));
  };
  return { left: place(0), top: place(1), width, height: width };
}

/** `kinds`: of frames, which get rows of their own. */
function pictureRows({ scores }: Measured, kinds: readonly string[] = []): Row[] {
  const groups: [string, Region, (score: Score) => boolean][] = [
    ...REGIONS.map((region): [string, Region, () => boolean] => [region, region, () => true]),
    ...kinds.map((kind): [string, Region, (score: Score) => boolean] => [
      `face, ${kind}`,
      'face',
      (score) => score.kind === kind,
    ]),
  ];
  return groups.flatMap(([label, region, belongs]) => {
    const of = (method: Method) => scores.filter((score) => score.method === method && belongs(score));
    const decibels = (method: Method) => mean(of(method).map(({ error }) => psnr(error[region])));
    const similarity = (method: Method) => mean(of(method).map((score) => score.similarity[region]));
    return [compared(`PSNR ${label}`, decibels, 1, 'dB'), compared(`SSIM ${label}`, similarity, 3)];
  });
}

/** One row: ours, and in its bar what the baseline reaches. */
function compared(measure: string, of: (method: Method) => number, digits: number, unit = ''): Row {
  const [ours, plain, oracle] = METHODS.map(of);
  return {
    measure,
    value: ours,
    unit,
    bar: `> plain warp ${plain.toFixed(digits)}; told the true landmarks it has ${oracle.toFixed(digits)}`,
    met: ours > plain,
  };
}

function landmarkRows({ scores, geometry }: Measured, kinds: readonly string[] = []): Row[] {
  const seen = (method: Method) =>
    mean(scores.filter((s) => s.method === method && !Number.isNaN(s.seenPercent)).map((s) => s.seenPercent));
  const missed = (method: Method) =>
    scores.filter((s) => s.method === method && Number.isNaN(s.seenPercent)).length;
  const [ours, plain] = METHODS.map(seen);
  return [
    atMost(
      'landmarks of our geometry',
      mean(geometry.map(({ percent }) => percent)),
      LANDMARK_BAR_PERCENT,
      '%',
    ),
    ...kinds.map((kind) => ({
      measure: `  of it ${kind}`,
      value: mean(geometry.filter((entry) => entry.kind === kind).map(({ percent }) => percent)),
      unit: '%',
    })),
    atMost('landmarks seen on our picture', ours, LANDMARK_BAR_PERCENT, '%'),
    {
      measure: 'landmarks seen on the plain warp',
      value: plain,
      unit: '%',
      bar: `> ours ${ours.toFixed(3)}`,
      met: plain > ours,
    },
    {
      measure: 'pictures without a face seen, ours / plain warp',
      value: `${missed('ours')} / ${missed('plain warp')}`,
    },
  ];
}
