/**
 * QUALITY C, ground truth: people that look photographed, path-traced. From their portrait and the motion frame alone,
 * how near does our picture come to the true one, and the plain piecewise-linear warp?
 *
 * Their shapes are the Face Units of MakeHuman's mesh; our face basis is the mean of those and ICT-FaceKit's, so half of
 * what both mean by a coefficient differs still, and counts as an error of ours, but for what common-terms.ts tells.
 */

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AvatarFactory } from '../../src/avatar/avatar-factory.ts';
import { squareFormat } from '../../src/contract/formats.ts';
import { MOTION_SIZE } from '../../src/contract/motion-frame.ts';
import { EYES } from '../../src/face/topology.ts';
import { createI420, type I420 } from '../../src/image/i420.ts';
import { readImageFile } from '../../src/image/image-file.ts';
import { BUILTIN_PACK, loadPack } from '../../src/model/pack.ts';
import { GraphLoader } from '../../src/model/providers.ts';
import { landmarksAt } from '../../src/render/warp/head/landmarks.ts';
import type { Rig } from '../../src/render/warp/rig.ts';
import { WarpRenderer } from '../../src/render/warp/warp-renderer.ts';
import type { Report } from '../report.ts';
import { inOurTerms } from './common-terms.ts';
import { haarSimilarity, responsesOf } from './haar-similarity.ts';
import { meanWithin, similarityMap, squaredError, toI420 } from './picture-measures.ts';
import { plainWarp } from './plain-warp.ts';
import { REGIONS, type Region, regionMasks } from './regions.ts';
import { byPerson, type Earlier, landmarkRows, pictureRows } from './rows.ts';
import { type Geometry, METHODS, type Method, type Score } from './score.ts';
import {
  FRAME_SIDE,
  MEASURED_PEOPLE,
  personNames,
  readPerson,
  type TrueFrame,
  type TruePerson,
} from './true-people.ts';

/** What the same people had on 2026-11-30, before they were there to be looked at. */
const EARLIER = fileURLToPath(new URL('before.json', import.meta.url));
/** An analysis lets all others go first; the bench may run on a busy machine. */
const PATIENCE_S = 900;

export interface GroundTruthOptions {
  /** Of the people, only so many. */
  limit?: number;
}

export async function benchGroundTruth({ limit }: GroundTruthOptions = {}): Promise<Report> {
  const pack = await loadPack(BUILTIN_PACK);
  const loader = await GraphLoader.choose('auto', pack.graphFiles.render);
  const renderer = await WarpRenderer.open(pack, loader);
  const factory = await AvatarFactory.create({ limits: { busyDeadlineS: PATIENCE_S } });
  const scores: Score[] = [];
  const geometry: Geometry[] = [];
  for (const name of (await personNames(MEASURED_PEOPLE)).slice(0, limit)) {
    const person = await readPerson(MEASURED_PEOPLE, name);
    const rig = (await factory.analyse(person.rest)).rig as Rig;
    for (const frame of person.frames) {
      const motion = inOurTerms(rig, person, frame);
      const [percent, literally] = [motion, frame.motion].map((told) =>
        geometryError(rig, person, frame, told),
      );
      geometry.push({ person: name, kind: frame.kind, percent, literally });
    }
    scores.push(...(await scorePerson(renderer, rig, person)));
  }
  await factory.close();
  await renderer.close();
  const earlier = existsSync(EARLIER) ? (JSON.parse(readFileSync(EARLIER, 'utf8')) as Earlier) : {};
  return {
    name: 'Ground truth (C)',
    rows: [...pictureRows(scores, earlier), ...landmarkRows(geometry, earlier)],
    details: byPerson(scores, geometry),
  };
}

async function scorePerson(renderer: WarpRenderer, rig: Rig, person: TruePerson): Promise<Score[]> {
  const avatar = renderer.prepare(rig, squareFormat(FRAME_SIDE));
  const drawn = createI420(FRAME_SIDE, FRAME_SIDE);
  const rest = await readImageFile(person.rest, FRAME_SIDE);
  const portrait = { points: rig.portrait, stride: 3 };
  const scores: Score[] = [];
  for (const frame of person.frames) {
    const truth = toI420(await frame.picture());
    const motion = inOurTerms(rig, person, frame);
    await avatar.draw(motion, drawn);
    const plain = plainWarp(rest, portrait, { points: landmarksAt(rig, motion), stride: 3 });
    const oracle = plainWarp(rest, portrait, {
      points: trueLandmarks(rig.portrait, person, frame),
      stride: 3,
    });
    const pictures: Record<Method, I420> = {
      ours: drawn,
      'plain warp': toI420(plain),
      'plain warp, true landmarks': toI420(oracle),
    };
    const masks = regionMasks(frame, FRAME_SIDE);
    const trueResponses = responsesOf(truth);
    for (const method of METHODS) {
      const picture = pictures[method];
      const similar = similarityMap(picture, truth);
      const responses = responsesOf(picture);
      scores.push({
        person: person.name,
        skin: person.skin,
        kind: frame.kind,
        method,
        error: byRegion((region) => squaredError(picture, truth, masks[region])),
        similarity: byRegion((region) => meanWithin(similar, masks[region])),
        likeness: byRegion((region) => haarSimilarity(responses, trueResponses, masks[region])),
      });
    }
  }
  return scores;
}

function byRegion<T>(of: (region: Region) => T): Record<Region, T> {
  return Object.fromEntries(REGIONS.map((region) => [region, of(region)])) as Record<Region, T>;
}

/** The portrait's landmarks [478·3], each moved as its point of the true person moves. */
function trueLandmarks(portrait: Float32Array, person: TruePerson, frame: TrueFrame): Float32Array {
  return portrait.map((value, i) => {
    if (i % 3 === 2) return value;
    const k = 2 * Math.floor(i / 3) + (i % 3);
    return value + frame.landmarks[k] - person.restLandmarks[k];
  });
}

/** How far the landmarks of our geometry are from where they truly move, in percent of the eyes' distance. */
function geometryError(rig: Rig, person: TruePerson, frame: TrueFrame, motion: Float32Array): number {
  const truth = trueLandmarks(landmarksAt(rig, new Float32Array(MOTION_SIZE)), person, frame);
  const ours = landmarksAt(rig, motion);
  const flat = (points: Float32Array) => points.filter((_, i) => i % 3 !== 2);
  return (100 * meanDistance(flat(ours), flat(truth))) / eyeDistance(person);
}

function eyeDistance({ restLandmarks }: TruePerson): number {
  const [a, b] = [2 * EYES.left.irisCentre, 2 * EYES.right.irisCentre];
  return Math.hypot(restLandmarks[a] - restLandmarks[b], restLandmarks[a + 1] - restLandmarks[b + 1]);
}

/** Of points `[n·2]`. */
function meanDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 2) sum += Math.hypot(a[i] - b[i], a[i + 1] - b[i + 1]);
  return (2 * sum) / a.length;
}
