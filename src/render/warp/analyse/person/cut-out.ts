/** A person whom the file itself has cut out: its opacity is the matte, and what it was laid on is known. */
import { rgbToYuv } from '../../../../image/colour.ts';
import { clamp, type Plane } from '../../../../image/planes.ts';
import { pushPullInPlace } from '../../../../image/push-pull.ts';
import { NEUTRAL } from '../../../../image/transparency.ts';
import { type PersonLayers, quantise } from './person-layers.ts';

/** Shares of the person that are taken for nothing and for all: resampling swings by so much. */
const FAINT = 2 / 255;
/** Below this share a pixel tells too little of the person's colour. */
const LEAST_KNOWN = 0.1;
/** Luma of the studio paper that stands behind whoever was cut out, where no other ground is chosen: above and below. */
const PAPER = [214, 172] as const;
/** Its colour is the opposite of the person's, faintly, so that nobody is lost before it. */
const OPPOSITE = 0.3;
const MOST_COLOUR = 12;

/** `yuv`: square planes 0..255 of the person on the neutral ground; `alpha` 0..1. */
export function takeFromGround(yuv: readonly Plane[], alpha: Plane, size: number): PersonLayers {
  const ground = rgbToYuv(...NEUTRAL);
  const matte = alpha.map((value) => (value < FAINT ? 0 : value > 1 - FAINT ? 1 : value));
  const known = matte.map((value) => (value >= LEAST_KNOWN ? 1 : 0));
  const person = yuv.map((plane, c) =>
    plane.map((value, i) => (known[i] ? clamp(ground[c] + (value - ground[c]) / matte[i], 0, 255) : 0)),
  );
  pushPullInPlace(person, known, size);
  const background = paperFor(person, matte, size);
  return { person: quantise(person, size), background: quantise(background, size), matte };
}

function paperFor([, ...colours]: readonly Plane[], matte: Plane, size: number): Plane[] {
  const luma = matte.map((_, i) => PAPER[0] + ((PAPER[1] - PAPER[0]) * Math.floor(i / size)) / size);
  const whole = matte.reduce((sum, share) => sum + share, 0);
  const chroma = colours.map((plane) => {
    const mean = plane.reduce((sum, value, i) => sum + matte[i] * (value - 128), 0) / Math.max(1, whole);
    return new Float32Array(matte.length).fill(128 - clamp(OPPOSITE * mean, -MOST_COLOUR, MOST_COLOUR));
  });
  return [luma, ...chroma];
}
