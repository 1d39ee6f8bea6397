/** A drawing's person where the segmenter, which has learnt people, sees none. */
import { CHIN, SKIN_POINTS } from '../../../../face/topology.ts';
import { type Plane, resizeSquare } from '../../../../image/planes.ts';
import { samplePlane } from '../../../../image/sample.ts';

/** Of the face so much has to be in a matte. */
const MOST_OF_FACE = 0.6;
/** The ground is told at so many pixels a side. */
const SIDE = 256;
/** It reaches over light and colours that change by less from pixel to pixel, and that differ less from where it began: levels. */
const NEXT = [7, 4] as const;
const ALL = [56, 24] as const;
/** A ground that reaches more of the face has come through a gap in its outline. */
const LEAK = 0.03;
/** So much of the picture is a person, at least and at most. */
const PERSON = [0.08, 0.97] as const;

/** Whether a matte, 0..1 `[size²]`, has the face. `landmarks [478·3]` in view fractions. */
export function holdsFace(matte: Plane, size: number, landmarks: Float32Array): boolean {
  return shareOfFace(matte, size, landmarks) > MOST_OF_FACE;
}

/**
 * All that cannot be reached from the picture's upper edges over an even ground, as outlines hold it together; the whole
 * picture where these do not tell a person. `yuv`: square planes 0..255. Returns a matte 0..1 at full size.
 */
export function matteOfDrawing(yuv: readonly Plane[], size: number, landmarks: Float32Array): Plane {
  const small = yuv.map((plane) => resizeSquare(plane, size, SIDE));
  const matte = beyondGround(small, Math.round(SIDE * landmarks[3 * CHIN + 1]));
  const share = matte.reduce((sum, value) => sum + value, 0) / matte.length;
  const told = share > PERSON[0] && share < PERSON[1] && shareOfFace(matte, SIDE, landmarks) > 1 - LEAK;
  return told ? resizeSquare(matte, SIDE, size) : new Float32Array(size * size).fill(1);
}

function shareOfFace(matte: Plane, size: number, landmarks: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < SKIN_POINTS; i++) {
    sum += samplePlane(matte, size, landmarks[3 * i], landmarks[3 * i + 1]);
  }
  return sum / SKIN_POINTS;
}

/** 0 where the ground is, which begins at the upper edge and, down to `lowest`, at both sides. */
function beyondGround([luma, u, v]: readonly Plane[], lowest: number): Plane {
  const matte = new Float32Array(SIDE * SIDE).fill(1);
  const alike = (i: number, k: number, [light, colour]: readonly [number, number]) =>
    Math.abs(luma[i] - luma[k]) < light && Math.hypot(u[i] - u[k], v[i] - v[k]) < colour;
  const sides = Array.from({ length: Math.min(lowest, SIDE) }, (_, y) => [y * SIDE, y * SIDE + SIDE - 1]);
  const edges = [...Array.from({ length: SIDE }, (_, x) => x), ...sides.flat()];
  for (const first of edges) {
    if (matte[first] === 0) continue;
    matte[first] = 0;
    const stack = [first];
    while (stack.length > 0) {
      const i = stack.pop()!;
      const x = i % SIDE;
      const beside = [x > 0 ? i - 1 : i, x < SIDE - 1 ? i + 1 : i, i - SIDE, i + SIDE];
      for (const next of beside) {
        if (!(matte[next] > 0) || !alike(next, i, NEXT) || !alike(next, first, ALL)) continue;
        matte[next] = 0;
        stack.push(next);
      }
    }
  }
  return matte;
}
