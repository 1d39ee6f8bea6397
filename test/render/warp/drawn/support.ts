/** A drawn face with known lines, and what is drawn of it over itself. */
import sharp from 'sharp';
import { toYuvPlanes } from '../../../../src/image/colour.ts';
import { createI420, type I420 } from '../../../../src/image/i420.ts';
import { type ColourPlanes, halve, toBytes } from '../../../../src/image/planes.ts';
import type { DrawnLines } from '../../../../src/render/warp/analyse/drawn/drawn-lines.ts';
import { takeDrawing } from '../../../../src/render/warp/analyse/drawn/take-drawing.ts';
import type { Drawing } from '../../../../src/render/warp/drawn/drawing.ts';
import { drawDrawnEye, prepareDrawnEye } from '../../../../src/render/warp/drawn/drawn-eye.ts';
import { drawDrawnMouth, prepareDrawnMouth } from '../../../../src/render/warp/drawn/drawn-mouth.ts';
import { PatchPlaces } from '../../../../src/render/warp/drawn/patch-places.ts';
import { SourcePlaces } from '../../../../src/render/warp/drawn/source-places.ts';
import { Framing } from '../../../../src/render/warp/head/framing.ts';
import type { SourceMap } from '../../../../src/render/warp/pixels/rasterise-map.ts';

export const SIDE = 384;
/** Places of the right eye, which is on the picture's left; the left one is as far to the right. */
export const EYE = { x: 128, y: 150, across: 34, up: 26, down: 20, lash: 8 };
export const APART = 128;
export const MOUTH = { x: 192, y: 262, half: 24 };
/** Of the chin's line where it is low. */
export const LOW_CHIN = MOUTH.y + 24;
export const COLOURS = {
  skin: '#f6d3bd',
  ink: '#3a2430',
  iris: '#4a78c0',
  hair: '#c8a048',
  red: '#8a3038',
  shade: '#b4917c',
};

export interface DrawnOptions {
  /** A strand of hair before the right eye. */
  strand?: boolean;
  /** The mouth is drawn open, with a strip of teeth. */
  open?: boolean;
  /** The chin's line runs through the lower rim of the open mouth, and a shade lies beside that. */
  lowChin?: boolean;
  /** A line goes all around the eyes. */
  ringed?: boolean;
}

/** The picture, its lines as a network would find them, and its eyes and mouth. */
export async function drawnCharacter(options: DrawnOptions = {}): Promise<{
  view: ColourPlanes;
  still: I420;
  lines: DrawnLines;
  drawing: Drawing;
}> {
  const { data, info } = await sharp(Buffer.from(svgOf(options)))
    .flatten({ background: COLOURS.skin })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const channels = toYuvPlanes({ data, width: info.width, height: info.height });
  const view = { size: SIDE, channels };
  const still = createI420(SIDE, SIDE);
  still.data.set(toBytes(channels[0]));
  still.data.set(toBytes(halve(channels[1], SIDE)), SIDE * SIDE);
  still.data.set(toBytes(halve(channels[2], SIDE)), SIDE * SIDE * 1.25);
  const lines = linesOf(options);
  const bare = 200 * SIDE + 192;
  const skin = channels.map((plane) => plane[bare]) as unknown as readonly [number, number, number];
  return { view, still, lines, drawing: takeDrawing(view, lines, skin) };
}

/** What a motion frame makes of eyes and mouth, on a head that does not move. */
export function drawnOver(still: I420, drawing: Drawing, frame: Float32Array): I420 {
  const picture = { ...still, data: still.data.slice() };
  const half = SIDE / 2;
  const values = new Float32Array(2 * half * half);
  for (let i = 0; i < half * half; i++) {
    values[i] = (2 * ((i % half) + 0.5)) / half - 1;
    values[half * half + i] = (2 * (Math.floor(i / half) + 0.5)) / half - 1;
  }
  const map = { width: half, height: half, values, toView: { x: 0.5, from: -1 } };
  const places = new SourcePlaces(map as unknown as SourceMap);
  const pose = {
    framing: new Framing({ width: SIDE, height: SIDE }, SIDE, 0, 0),
    rotation: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1),
    pivot: [0, 0, 0],
    shift: [0, 0],
    scale: 1,
    anchor: [0, 0],
    cameraDistance: 7,
  } as const;
  for (const side of ['left', 'right'] as const) {
    const rig = drawing.eyes[side];
    if (!rig) continue;
    drawDrawnEye(picture, prepareDrawnEye(rig), side, frame, new PatchPlaces(rig, 0, places, pose));
  }
  const { mouth } = drawing;
  drawDrawnMouth(picture, prepareDrawnMouth(mouth), frame, new PatchPlaces(mouth, 0, places, pose));
  return picture;
}

/** Luma at a pixel. */
export const lumaAt = ({ data }: I420, x: number, y: number) => data[Math.round(y) * SIDE + Math.round(x)];

/** Height of the upper lid's lower edge and of the lower lid at a place from −1 to 1 across an eye. */
const upperAt = (t: number) => EYE.y - EYE.up * (1 - t * t);
const lowerAt = (t: number) => EYE.y + EYE.down * (1 - t * t);

function linesOf({ open = false, lowChin = false }: DrawnOptions): DrawnLines {
  const shares = [1, 2, 3, 4, 5].map((k) => k / 6);
  const at = (x: number, y: number) => [x / SIDE, y / SIDE] as const;
  const eye = (middle: number, outwards: 1 | -1) => {
    const row = (height: (t: number) => number) =>
      shares.map((share) => {
        const t = 1 - 2 * share;
        return at(middle + outwards * t * EYE.across, height(t));
      });
    return {
      outerCorner: at(middle + outwards * EYE.across, EYE.y),
      innerCorner: at(middle - outwards * EYE.across, EYE.y),
      upperLid: row(upperAt),
      lashTop: row((t) => upperAt(t) - EYE.lash),
      lowerLid: row(lowerAt),
      iris: { centre: at(middle, EYE.y - 4), radiusX: 15 / SIDE, radiusY: 20 / SIDE },
      closed: 0,
    };
  };
  const lip = (height: number) =>
    shares.map((share) => {
      const t = 2 * share - 1;
      return at(MOUTH.x + t * MOUTH.half, MOUTH.y + (open ? height : 4) * (1 - t * t));
    });
  return {
    eyes: { right: eye(EYE.x, -1), left: eye(EYE.x + APART, 1) },
    mouth: {
      rightCorner: at(MOUTH.x - MOUTH.half, MOUTH.y),
      leftCorner: at(MOUTH.x + MOUTH.half, MOUTH.y),
      upper: lip(2),
      lower: lip(22),
      open: open ? 1 : 0,
    },
    faceLine: {
      line: Array.from({ length: 9 }, (_, k) => {
        const t = (k - 4) / 4;
        return at(MOUTH.x + 150 * t, (lowChin ? LOW_CHIN : MOUTH.y + 70) - 130 * t ** 4);
      }),
    },
  };
}

function svgOf({ strand, open, lowChin, ringed }: DrawnOptions): string {
  const { skin, ink, iris, hair, red, shade } = COLOURS;
  const eye = (x: number) => {
    const [a, b] = [x - EYE.across, x + EYE.across];
    const top = EYE.y - 2 * EYE.up;
    const lens = `M${a} ${EYE.y} Q${x} ${top} ${b} ${EYE.y} Q${x} ${EYE.y + 2 * EYE.down} ${a} ${EYE.y} Z`;
    return `<clipPath id="e${x}"><path d="${lens}"/></clipPath><path d="${lens}" fill="#fff"/>
      <g clip-path="url(#e${x})"><ellipse cx="${x}" cy="${EYE.y - 4}" rx="15" ry="20" fill="${iris}"/>
      <ellipse cx="${x}" cy="${EYE.y - 4}" rx="6" ry="9" fill="#1a1420"/><circle cx="${x - 6}" cy="${EYE.y - 12}" r="4" fill="#fff"/></g>
      <path d="M${a} ${EYE.y} Q${x} ${top} ${b} ${EYE.y} Q${x} ${top - 2 * EYE.lash} ${a} ${EYE.y} Z" fill="${ink}"/>
      ${ringed ? `<path d="${lens}" fill="none" stroke="${ink}" stroke-width="20"/>` : ''}`;
  };
  const [left, right] = [MOUTH.x - MOUTH.half, MOUTH.x + MOUTH.half];
  const closed = `<path d="M${left} ${MOUTH.y} Q${MOUTH.x} ${MOUTH.y + 8} ${right} ${MOUTH.y}" fill="none" stroke="${ink}" stroke-width="3" stroke-linecap="round"/>`;
  const opened = `<path d="M${left} ${MOUTH.y} Q${MOUTH.x} ${MOUTH.y + 4} ${right} ${MOUTH.y} Q${MOUTH.x} ${MOUTH.y + 44} ${left} ${MOUTH.y} Z" fill="${red}" stroke="${ink}" stroke-width="3"/>
    <path d="M${left + 6} ${MOUTH.y + 3} L${right - 6} ${MOUTH.y + 3} L${right - 12} ${MOUTH.y + 9} L${left + 12} ${MOUTH.y + 9} Z" fill="#fff"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}">
    <rect width="${SIDE}" height="${SIDE}" fill="${skin}"/>
    ${lowChin ? `<path d="M0 ${MOUTH.y + 8} L${MOUTH.x - 12} ${MOUTH.y + 8} L${MOUTH.x - 12} ${LOW_CHIN} L0 ${LOW_CHIN} Z" fill="${shade}"/>` : ''}
    ${lowChin ? `<path d="M0 ${LOW_CHIN} H${SIDE}" stroke="${ink}" stroke-width="6"/>` : ''}
    ${eye(EYE.x)}${eye(EYE.x + APART)}${open ? opened : closed}
    ${strand ? `<path d="M112 60 L126 60 L112 230 Z" fill="${hair}" stroke="${ink}" stroke-width="2"/>` : ''}</svg>`;
}
