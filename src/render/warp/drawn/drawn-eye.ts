/**
 * Draws an eye in a drawing's own manner: its lash line comes down as the shape that it is, the lid behind it is flat
 * skin, the iris moves under it. As long as neither lid nor iris has moved, the drawing's own pixels stay.
 */
import { CHANNEL, type MotionChannel } from '../../../contract/motion-frame.ts';
import { gazeOf } from '../../../face/gaze.ts';
import type { I420 } from '../../../image/i420.ts';
import { clamp, smoothstep } from '../../../image/planes.ts';
import { type Bounds, drawOverlay } from '../pixels/overlay.ts';
import { layOver, type Sprite, type Yuva } from '../pixels/sprite.ts';
import type { DrawnEyeRig } from './drawing.ts';
import { happiness, LidLines, type LidState } from './lid-lines.ts';
import {
  boundsOfBox,
  boxOf,
  coverageSprite,
  opaqueSprite,
  type PatchPlaces,
  toSprite,
} from './patch-places.ts';

/** An iris goes so far for a look of one radian: shares of the eye's width and of its height. */
const GAZE = { across: 0.36, upright: 0.34 } as const;
/** Highlights are the light's image: they follow by this share. */
const HIGHLIGHT_FOLLOWS = 0.35;
/** Squinting closes an eye by so much; looking down lowers its lid, per radian. */
const SQUINT = 0.22;
const LOOKING_DOWN = 0.35;
/** Less than this is no move. */
const LEAST_CLOSURE = 0.025;
const LEAST_SHIFT_PIXELS = 0.2;
/** The lower line goes as lids shut from here on, what goes round the eye above the lid sooner. */
const LOWER_LINE_GOES = [0.7, 0.95] as const;
const OUTLINE_GOES = [0.1, 0.4] as const;
/** Of the lash line so much lies below the lid's edge, in heights of the opening. */
const LASH_BELOW = 0.25;
/** The lid's shade on a closing eye: its strength, and its depth in heights of the opening. */
const LID_SHADE = { strength: 0.22, depth: 0.12 } as const;

export interface DrawnEyeLayers {
  rig: DrawnEyeRig;
  lids: LidLines;
  skin: Sprite;
  lash: Sprite;
  iris: Sprite;
  highlights: Sprite;
  /** Its colours: coverage of what lids carry, of all around the eye, and of what lies before it. */
  coverage: Sprite;
  box: Bounds;
}

export function prepareDrawnEye(rig: DrawnEyeRig): DrawnEyeLayers {
  const { size } = rig;
  return {
    rig,
    lids: new LidLines(rig.lines),
    skin: opaqueSprite(rig.skin, size),
    lash: toSprite(rig.lash, size),
    iris: toSprite(rig.irisColours, size),
    highlights: toSprite(rig.highlights, size),
    coverage: coverageSprite([rig.carried, rig.around, rig.before], size),
    box: boxOf(rig.around, size),
  };
}

/** What a frame does to the lids of one eye. */
export function lidState(frame: Float32Array, side: 'left' | 'right'): LidState {
  const at = (name: string) =>
    frame[CHANNEL[`${name}${side === 'left' ? 'Left' : 'Right'}` as MotionChannel]];
  const down = Math.max(0, -gazeOf(frame, side).pitch);
  const closure = at('eyeBlink') + SQUINT * at('eyeSquint') * (1 - at('eyeBlink')) + LOOKING_DOWN * down;
  return {
    closure: clamp(closure - at('eyeWide') * (1 - at('eyeBlink')), -1, 1),
    happy: happiness(at('mouthSmile'), Math.max(at('cheekSquint'), at('eyeSquint'))),
  };
}

export function drawDrawnEye(
  picture: I420,
  { rig, lids, skin, lash, iris, highlights, coverage, box }: DrawnEyeLayers,
  side: 'left' | 'right',
  frame: Float32Array,
  places: PatchPlaces,
): void {
  const state = lidState(frame, side);
  const gaze = gazeOf(frame, side);
  const { upper, lower, left, right } = rig.lines;
  const shift = [
    GAZE.across * (right - left) * Math.sin(gaze.yaw),
    -GAZE.upright * lids.height * Math.sin(gaze.pitch),
  ];
  const isStill =
    Math.abs(state.closure) < LEAST_CLOSURE && Math.hypot(...shift) < LEAST_SHIFT_PIXELS * places.soft;
  if (isStill) return;
  lids.set(state);
  const { edge, stretch, height } = lids;
  const lowerLineGoes = smoothstep(...LOWER_LINE_GOES, state.closure);
  const outlineGoes = smoothstep(...OUTLINE_GOES, state.closure);
  // Beyond the corners lashes hang down, too.
  const lashReach = LASH_BELOW * height;
  const line = rig.line * smoothstep(0.1, 0.5, state.closure);
  const shaded = LID_SHADE.strength * smoothstep(0.1, 0.6, state.closure);
  const colour: Yuva = [0, 0, 0, 0];
  const seen: Yuva = [0, 0, 0, 0];
  drawOverlay(picture, boundsOfBox(rig, box, places), (px, py, out) => {
    out[3] = 0;
    if (!places.locate(px, py)) return;
    const { x, y, soft } = places;
    const at = Math.min(Math.max(x - 0.5, 0), upper.length - 1.001);
    const i = Math.floor(at);
    const f = at - i;
    const lid = edge[i] + f * (edge[i + 1] - edge[i]);
    const own = upper[i] + f * (upper[i + 1] - upper[i]);
    coverage.sample(x, y, seen);
    const before = seen[2];
    const under = y - lid;
    const over = lower[i] + f * (lower[i + 1] - lower[i]) - y;
    const open =
      lids.shut || x <= left || x >= right
        ? 0
        : clamp(under / soft + 0.5, 0, 1) * clamp(over / soft + 0.5, 0, 1);
    const bare = seen[0] + (under < 0 ? outlineGoes : lowerLineGoes) * (seen[1] - seen[0]);
    if (bare > 0 && open < 1) {
      skin.sample(x, y, colour);
      layOver(colour, bare, out);
    }
    if (open > 0) {
      look(x, y, under, seen);
      layOver(seen, open, out);
    }
    if (under < lashReach) {
      const drawn = own + under * (stretch[i] + f * (stretch[i + 1] - stretch[i]));
      lash.sample(x, drawn, colour);
      if (colour[3] > 0) layOver(colour, colour[3], out);
    }
    if (line > 0 && x > left && x < right) {
      const thin = clamp((0.5 * line - Math.abs(under)) / soft + 0.5, 0, 1);
      if (thin > 0) layOver(rig.ink, thin, out);
    }
    out[3] *= 1 - before;
  });

  /** What the eyeball shows, `under` texels below the lid. */
  function look(x: number, y: number, under: number, into: Yuva): void {
    const { white } = rig;
    const depth = clamp((under / height) * white.length - 0.5, 0, white.length - 1.001);
    const k = Math.floor(depth);
    for (let c = 0; c < 3; c++) into[c] = white[k][c] + (depth - k) * (white[k + 1][c] - white[k][c]);
    iris.sample(x - shift[0], y - shift[1], colour);
    for (let c = 0; c < 3; c++) into[c] += colour[3] * (colour[c] - into[c]);
    const onIris = colour[3];
    if (onIris > 0) {
      highlights.sample(x - HIGHLIGHT_FOLLOWS * shift[0], y - HIGHLIGHT_FOLLOWS * shift[1], colour);
      for (let c = 0; c < 3; c++) into[c] += onIris * colour[3] * (colour[c] - into[c]);
    }
    if (shaded > 0) {
      const shade = shaded * Math.exp(-Math.max(0, under) / (LID_SHADE.depth * height));
      into[0] = 16 + (1 - shade) * (into[0] - 16);
    }
  }
}
