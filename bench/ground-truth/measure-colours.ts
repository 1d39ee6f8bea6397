/**
 * Colours of what faces show, to calibrate people that are path-traced by those that were photographed: skin, lips, the
 * eyes' white, teeth, tongue and throat, found by the face finder's points and, within the mouth, by colour.
 *
 * Run: node bench/ground-truth/measure-colours.ts <picture …> > measured.json; a table: --table a.json b.json
 *
 * Luma is told as a share of the cheeks' or of the eyes' white, both of which light and exposure change as well; chroma
 * as what it has more than they have, in levels of BT.601.
 */

import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { RgbPicture } from '../../src/contract/rgb-picture.ts';
import {
  EYES,
  INNER_LOWER_LIP,
  INNER_MOUTH_CORNER,
  INNER_UPPER_LIP,
  LOWER_LIP_MIDDLE,
  LOWER_LIP_RINGS,
  UPPER_LIP_MIDDLE,
} from '../../src/face/topology.ts';
import { rgbToYuv } from '../../src/image/colour.ts';
import { readImageFile } from '../../src/image/image-file.ts';
import { distanceInside, isInside, type Point } from '../../src/image/polygon.ts';
import { FaceFinder } from '../../src/model/face/face-finder.ts';
import { BUILTIN_PACK, loadPack } from '../../src/model/pack.ts';
import { quantile } from '../statistics.ts';

type Colour = [y: number, u: number, v: number];
type Measures = Record<string, number>;

/** Pictures are searched at this size. */
const SIDE = 768;
/** Middles of the cheeks, away from beard and shadow of the nose. */
const CHEEKS = [50, 280, 101, 330, 205, 425];
/** A mouth shows what is in it from this opening on, in shares of its width. */
const OPEN = 0.05;

const middle = (values: number[]) => quantile(values, 0.5);
const median = (colours: Colour[]): Colour =>
  [0, 1, 2].map((k) => middle(colours.map((c) => c[k]))) as Colour;

async function measure(finder: FaceFinder, file: string): Promise<Measures | undefined> {
  const picture = await readImageFile(await readFile(file), SIDE);
  const [face] = await finder.find(picture);
  if (!face) return undefined;
  const at = (i: number): Point => [face.landmarks[3 * i], face.landmarks[3 * i + 1]];
  const gap = (a: number, b: number) => Math.hypot(at(a)[0] - at(b)[0], at(a)[1] - at(b)[1]);
  const eyes = gap(EYES.left.irisCentre, EYES.right.irisCentre);
  const cheek = median(CHEEKS.flatMap((i) => within(picture, disc(at(i), 0.05 * eyes))));
  const whites = (['left', 'right'] as const).flatMap((side) => whiteOf(picture, at, side));
  if (whites.length < 20) return undefined;
  // Neither lashes and the lids' shadow nor what shines.
  const [from, to] = [0.65, 0.95].map((share) =>
    quantile(
      whites.map(([y]) => y),
      share,
    ),
  );
  const white = median(whites.filter(([y]) => y >= from && y <= to));
  const lip = median(
    within(picture, [...LOWER_LIP_RINGS[0].slice(2, 7), ...LOWER_LIP_RINGS[2].slice(2, 7).reverse()].map(at)),
  );
  const result: Measures = {
    'cheek, luma': cheek[0],
    'cheek, U': cheek[1] - 128,
    'cheek, V': cheek[2] - 128,
    'eyes’ white / cheek, luma': white[0] / cheek[0],
    'eyes’ white, darkest fifth / itself':
      quantile(
        whites.map(([y]) => y),
        0.2,
      ) / white[0],
    'eyes’ white − cheek, U': white[1] - cheek[1],
    'eyes’ white − cheek, V': white[2] - cheek[2],
    'lower lip / cheek, luma': lip[0] / cheek[0],
    'lower lip − cheek, U': lip[1] - cheek[1],
    'lower lip − cheek, V': lip[2] - cheek[2],
  };
  const width = gap(INNER_MOUTH_CORNER.left, INNER_MOUTH_CORNER.right);
  const opening = gap(UPPER_LIP_MIDDLE, LOWER_LIP_MIDDLE) / width;
  if (opening < OPEN) return result;
  return { ...result, opening, ...insideOf(picture, at, { cheek, white, lip }, opening * width, width) };
}

/** What an open mouth shows. */
function insideOf(
  picture: RgbPicture,
  at: (i: number) => Point,
  { cheek, white, lip }: Record<'cheek' | 'white' | 'lip', Colour>,
  height: number,
  width: number,
): Measures {
  const corners = [INNER_MOUTH_CORNER.right, INNER_MOUTH_CORNER.left].map(at);
  const outline = [
    corners[0],
    ...INNER_UPPER_LIP.map(at),
    corners[1],
    ...[...INNER_LOWER_LIP].reverse().map(at),
  ];
  const [upper, lower] = [at(UPPER_LIP_MIDDLE), at(LOWER_LIP_MIDDLE)];
  const [ax, ay] = [(corners[1][0] - corners[0][0]) / width, (corners[1][1] - corners[0][1]) / width];
  const pixels: { colour: Colour; across: number; down: number }[] = [];
  each(picture, outline, (colour, x, y) => {
    if (distanceInside(x, y, outline) < 0.06 * height) return;
    const [dx, dy] = [x - (upper[0] + lower[0]) / 2, y - (upper[1] + lower[1]) / 2];
    pixels.push({
      colour,
      across: (2 * Math.abs(dx * ax + dy * ay)) / width,
      down: 0.5 + (dy * ax - dx * ay) / height,
    });
  });
  if (pixels.length < 30) return {};
  // Teeth are nearer to the white than to the lip in chroma, and not as dark as the throat.
  const axis = [white[1] - lip[1], white[2] - lip[2]];
  const long = axis[0] ** 2 + axis[1] ** 2;
  const whiteness = ([, u, v]: Colour) => ((u - lip[1]) * axis[0] + (v - lip[2]) * axis[1]) / long;
  const isTooth = (c: Colour) => whiteness(c) > 0.45 && c[0] > 0.35 * white[0];
  const teeth = pixels.filter(({ colour }) => isTooth(colour));
  const others = pixels.filter(({ colour }) => !isTooth(colour));
  const result: Measures = { 'teeth, share of the inside': teeth.length / pixels.length };
  const luma = (chosen: typeof pixels) => middle(chosen.map(({ colour }) => colour[0]));
  const [front, aside] = [
    teeth.filter(({ across }) => across < 0.3),
    teeth.filter(({ across }) => across > 0.5),
  ];
  if (teeth.length > 0.15 * pixels.length) {
    const tooth = median((front.length > 20 ? front : teeth).map(({ colour }) => colour));
    result['front teeth / cheek, luma'] = tooth[0] / cheek[0];
    result['front teeth / eyes’ white, luma'] = tooth[0] / white[0];
    result['front teeth − eyes’ white, U'] = tooth[1] - white[1];
    result['front teeth − eyes’ white, V'] = tooth[2] - white[2];
    result['front teeth, brightest tenth / eyes’ white'] =
      quantile(
        teeth.map(({ colour }) => colour[0]),
        0.9,
      ) / white[0];
    if (aside.length > 20 && front.length > 20)
      result['side teeth / front teeth, luma'] = luma(aside) / luma(front);
    const top = front.filter(({ down }) => down < 0.2);
    const body = front.filter(({ down }) => down > 0.25 && down < 0.6);
    if (top.length > 10 && body.length > 10)
      result['under the upper lip / front teeth, luma'] = luma(top) / luma(body);
  }
  if (others.length > 0.15 * pixels.length) {
    result['darkest tenth of the inside / cheek, luma'] =
      quantile(
        pixels.map(({ colour }) => colour[0]),
        0.1,
      ) / cheek[0];
    const dark = median(
      others.filter(({ colour }) => colour[0] < 0.4 * cheek[0]).map(({ colour }) => colour),
    );
    if (Number.isFinite(dark[0])) {
      result['dark inside, U'] = dark[1] - 128;
      result['dark inside, V'] = dark[2] - 128;
    }
    const tongue = others.filter(
      ({ colour, down, across }) => down > 0.5 && across < 0.6 && colour[0] > 0.3 * cheek[0],
    );
    if (tongue.length > 0.08 * pixels.length) {
      const colour = median(tongue.map((pixel) => pixel.colour));
      result['tongue / cheek, luma'] = colour[0] / cheek[0];
      result['tongue − lip, U'] = colour[1] - lip[1];
      result['tongue − lip, V'] = colour[2] - lip[2];
    }
  }
  return result;
}

const isGrey = (found: Measures) => Math.abs(found['cheek, U']) + Math.abs(found['cheek, V']) < 4;

function lumaOnly(found: Measures): Measures {
  return Object.fromEntries(Object.entries(found).filter(([name]) => !/, [UV]$/.test(name)));
}

/** The eye's opening without its rim, iris and what is near it. */
function whiteOf(picture: RgbPicture, at: (i: number) => Point, side: 'left' | 'right'): Colour[] {
  const { outerCorner, innerCorner, upperLid, lowerLid, irisCentre, irisEdge } = EYES[side];
  const outline = [outerCorner, ...upperLid, innerCorner, ...[...lowerLid].reverse()].map(at);
  const [cx, cy] = at(irisCentre);
  const radius = middle(irisEdge.map((i) => Math.hypot(at(i)[0] - cx, at(i)[1] - cy)));
  const colours: Colour[] = [];
  each(picture, outline, (colour, x, y) => {
    if (Math.hypot(x - cx, y - cy) > 1.25 * radius && distanceInside(x, y, outline) > 0.12 * radius)
      colours.push(colour);
  });
  return colours;
}

function disc([x, y]: Point, radius: number): Point[] {
  return Array.from({ length: 12 }, (_, i) => [
    x + radius * Math.cos((Math.PI * i) / 6),
    y + radius * Math.sin((Math.PI * i) / 6),
  ]);
}

function within(picture: RgbPicture, outline: Point[]): Colour[] {
  const colours: Colour[] = [];
  each(picture, outline, (colour) => colours.push(colour));
  return colours;
}

function each(
  { width, height, data }: RgbPicture,
  outline: Point[],
  visit: (colour: Colour, x: number, y: number) => void,
): void {
  const [xs, ys] = [outline.map(([x]) => x), outline.map(([, y]) => y)];
  for (let y = Math.max(0, Math.floor(Math.min(...ys))); y <= Math.min(height - 1, Math.max(...ys)); y++) {
    for (let x = Math.max(0, Math.floor(Math.min(...xs))); x <= Math.min(width - 1, Math.max(...xs)); x++) {
      if (!isInside(x, y, outline)) continue;
      const i = 3 * (y * width + x);
      visit(rgbToYuv(data[i], data[i + 1], data[i + 2]) as Colour, x, y);
    }
  }
}

/** Percentiles of each measure in each file, as Markdown. */
async function table(files: string[]): Promise<void> {
  const sets = await Promise.all(
    files.map(async (file) =>
      Object.values(JSON.parse(await readFile(file, 'utf8')) as Record<string, Measures>),
    ),
  );
  const names = [...new Set(sets.flat().flatMap((one) => Object.keys(one)))];
  console.log(`| measure | ${files.map((file) => basename(file, '.json')).join(' | ')} |`);
  console.log(`|---|${files.map(() => '---|').join('')}`);
  for (const name of names) {
    const cells = sets.map((set) => {
      const values = set.map((one) => one[name]).filter(Number.isFinite);
      const digits = Math.abs(middle(values)) > 5 ? 0 : 2;
      const spread = [0.1, 0.5, 0.9].map((q) => quantile(values, q).toFixed(digits)).join(' / ');
      return values.length > 0 ? `${spread} (${values.length})` : '';
    });
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  }
}

const [first, ...rest] = process.argv.slice(2);
if (first === '--table') await table(rest);
else {
  const finder = await FaceFinder.open((await loadPack(BUILTIN_PACK)).files);
  const all: Record<string, Measures> = {};
  for (const file of [first, ...rest]) {
    const found = await measure(finder, file);
    if (found) all[file.split('/').slice(-2).join('/')] = isGrey(found) ? lumaOnly(found) : found;
  }
  console.log(JSON.stringify(all, undefined, 1));
}
