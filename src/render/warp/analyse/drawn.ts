/**
 * Whether a portrait is a drawing, told by its flat areas and its outlines. Smoothness tells nothing: airbrushed,
 * denoised and rendered skin has as little grain, but light goes on changing across a cheek. In doubt it is a
 * photograph.
 */
import { distance, position } from '../../../face/landmarks.ts';
import { EAR, NOSE_TIP } from '../../../face/topology.ts';
import { type ColourPlanes, clamp } from '../../../image/planes.ts';
import { samplePlane } from '../../../image/sample.ts';
import { isCloth } from './mouth/found-lips.ts';

/** Parts of cheeks, forehead and chin. */
const SKIN = [
  [50, 101, 205],
  [280, 330, 425],
  [50, 187, 123],
  [280, 411, 352],
  [151, 108, 337],
  [151, 9, 108],
  [151, 9, 337],
  [205, 207, 187],
  [425, 427, 411],
  [200, 32, 262],
  [118, 50, 101],
  [347, 280, 330],
];
const JAW = [172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397];
/** Lengths in face widths. Skin is flat where it has the same light so far on. */
const APART = 0.06;
const GRAIN = 0.008;
/** The same is what differs by less than this share of its light, or this many levels. */
const SAME_SHARE = 0.01;
const SAME_LEVELS = 0.7;
/** What is brighter may be a photograph's that has lost its modelling. */
const BURNT_OUT = 226;
/** A line is darker by this share of the light than all that is so near on both sides. It is looked for around the jaw. */
const LINE_DEPTH = 0.35;
const LINE_BESIDE = 0.024;
const REACH = 0.1;
const STEP = 0.002;
/** And the skin inside of it is even: its light varies by less than this share of the line's depth. A beard is all lines. */
const INSIDE = 0.07;
const EVEN = 0.3;
/**
 * Set on 11 drawings, 40 photographed, rendered and painted people, and denoised, airbrushed, compressed and enlarged
 * copies of them. Drawings are flat by 0.43 to 0.84 or, with freckles, blushes and soft shades, by 0.16 to 0.31 and
 * have an outline along 0.92 of the jaw. The others are flat by at most 0.35 and outlined by at most 0.23.
 */
const SURELY_FLAT = 0.45;
const FLAT = 0.15;
const OUTLINED = 0.6;

/** `landmarks`: `[478·3]` in view fractions. */
export function isDrawn(view: ColourPlanes, landmarks: Float32Array): boolean {
  // A mask may be as flat as a drawing, whoever wears it.
  if (isCloth(view, landmarks)) return false;
  const flat = flatShare(view, landmarks);
  return flat >= SURELY_FLAT || (flat >= FLAT && outlinedShare(view, landmarks) >= OUTLINED);
}

/** Share of the skin that has the same light a little farther right or down. */
function flatShare({ size, channels: [luma] }: ColourPlanes, landmarks: Float32Array): number {
  const faceWidth = distance(landmarks, EAR.right, EAR.left);
  const offsets = [-1, 0, 1].map((k) => k * GRAIN * faceWidth);
  const lightAt = (x: number, y: number) => {
    let sum = 0;
    for (const dx of offsets) for (const dy of offsets) sum += samplePlane(luma, size, x + dx, y + dy);
    return sum / 9;
  };
  let [flat, count] = [0, 0];
  for (const corners of SKIN) {
    const [a, b, c] = corners.map((i) => position(landmarks, i));
    for (let s = 0.1; s < 1; s += 0.15) {
      for (let t = 0.1; s + t < 1; t += 0.15) {
        const [x, y] = [0, 1].map((axis) => (1 - s - t) * a[axis] + s * b[axis] + t * c[axis]);
        const light = lightAt(x, y);
        const same = Math.max(SAME_LEVELS, SAME_SHARE * (light - 16));
        for (const [dx, dy] of [
          [APART, 0],
          [0, APART],
        ]) {
          const farther = lightAt(x + dx * faceWidth, y + dy * faceWidth);
          if (light < BURNT_OUT && Math.abs(farther - light) < same) flat++;
          count++;
        }
      }
    }
  }
  return flat / count;
}

/** Share of the jaw along which a line runs that has even skin inside. */
function outlinedShare({ size, channels: [luma] }: ColourPlanes, landmarks: Float32Array): number {
  const faceWidth = distance(landmarks, EAR.right, EAR.left);
  const [noseX, noseY] = position(landmarks, NOSE_TIP);
  const [beside, inside] = [LINE_BESIDE, INSIDE].map((length) => Math.round(length / STEP));
  const outlined = JAW.filter((point) => {
    const [x, y] = position(landmarks, point);
    const away = Math.hypot(x - noseX, y - noseY);
    const [dx, dy] = [x - noseX, y - noseY].map((value) => (value * STEP * faceWidth) / away);
    const first = -Math.round(REACH / STEP) - beside - inside;
    const profile = Array.from({ length: 2 * Math.round(REACH / STEP) + 2 * beside + inside }, (_, k) =>
      Math.max(0, samplePlane(luma, size, x + (first + k) * dx, y + (first + k) * dy) - 16),
    );
    let [deepest, place] = [0, 0];
    for (let k = beside + inside; k < profile.length - beside; k++) {
      const light = Math.min(
        Math.max(...profile.slice(k - beside, k)),
        Math.max(...profile.slice(k + 1, k + 1 + beside)),
      );
      if (light - profile[k] > deepest * clamp(light, 1, 255)) {
        deepest = (light - profile[k]) / clamp(light, 1, 255);
        place = k;
      }
    }
    const skin = profile.slice(place - beside - inside, place - beside).sort((a, b) => a - b);
    const varies = skin[Math.floor(0.9 * skin.length)] - skin[Math.floor(0.1 * skin.length)];
    return deepest >= LINE_DEPTH && varies < EVEN * deepest * skin[skin.length >> 1];
  });
  return outlined.length / JAW.length;
}
