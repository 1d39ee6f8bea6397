/**
 * What of the world a picture shows: a rectangle about the head, in units of the portrait's square view. It may reach
 * beyond the portrait at its sides and above it, never below: there the portrait cuts the body off.
 */
import type { PictureFormat } from '../../../contract/formats.ts';
import { CHIN } from '../../../face/topology.ts';
import { clamp } from '../../../image/planes.ts';
import type { Rig } from '../rig.ts';

/** Of the picture's height the head takes, chin to crown, and of its width; above it is so much of what is left. */
const CLOSE = { height: 0.76, width: 0.9, above: 0.42 } as const;
const SHOULDERS = { height: 0.6, width: 0.72, above: 0.3 } as const;
/** More room above a head than this share of the picture looks as if the camera had been left to itself. */
const MOST_ABOVE = 0.17;
/** A head that the portrait's upper edge cuts off, by so much of the face's width, is not shown from above it. */
const CUT_OFF = 0.02;
/** In view fractions: heads end no nearer to the edge than this, where the portrait does not. */
const UNCUT = 0.004;

export class Framing {
  readonly width: number;
  readonly height: number;
  /** Even, as all else here: texels of the portrait then lie on pixels, of chroma, too. */
  readonly pixelsPerView: number;
  /** The upper left corner in pixels from the portrait's own. */
  readonly x: number;
  readonly y: number;

  constructor(size: { width: number; height: number }, pixelsPerView: number, x: number, y: number) {
    this.width = size.width;
    this.height = size.height;
    this.pixelsPerView = pixelsPerView;
    this.x = x;
    this.y = y;
  }

  /** All in view fractions. */
  get left(): number {
    return this.x / this.pixelsPerView;
  }

  get top(): number {
    return this.y / this.pixelsPerView;
  }

  get right(): number {
    return (this.x + this.width) / this.pixelsPerView;
  }

  get bottom(): number {
    return (this.y + this.height) / this.pixelsPerView;
  }
}

/** The portrait as it is, one unit a side: for those who count in view fractions. */
export const WHOLE_VIEW: Framing = Object.freeze(new Framing({ width: 1, height: 1 }, 1, 0, 0));

/** In a square, `portrait` is all of the portrait and nothing else. */
export function frameHead(rig: Pick<Rig, 'head' | 'portrait' | 'limits'>, format: PictureFormat): Framing {
  const { head, portrait } = rig;
  const aspect = format.width / format.height;
  const chin = portrait[3 * CHIN + 1];
  const cut = head.top < UNCUT || rig.limits.headCutOff > CUT_OFF;
  // So high, with its bottom on the portrait's, that there is not too much above the head.
  const highest = cut ? 1 : Math.max(1, (1 - head.top) / (1 - MOST_ABOVE));
  let height = clamp(1 / aspect, 1, highest);
  let top = 1 - height;
  if (format.fit !== 'portrait') {
    const shares = format.fit === 'head' ? CLOSE : SHOULDERS;
    const headHeight = chin - head.top;
    const fitting = Math.max(headHeight / shares.height, (head.right - head.left) / (shares.width * aspect));
    height = Math.min(height, fitting);
    top = Math.min(head.top - shares.above * (height - headHeight), 1 - height);
    if (cut) top = Math.max(0, top);
  }
  const pixelsPerView = even(format.height / height);
  const width = format.width / pixelsPerView;
  const centre = 0.5 * (head.left + head.right);
  // Within the portrait, or it within the picture, as far as the head can stay in the middle.
  const slack = Math.abs(1 - width) / 2;
  const middle = format.fit === 'portrait' || width < 1 ? clamp(centre, 0.5 - slack, 0.5 + slack) : centre;
  const x = even((middle - width / 2) * pixelsPerView);
  const lowest = pixelsPerView - format.height;
  return new Framing(format, pixelsPerView, x, Math.min(even(top * pixelsPerView), even(lowest)));
}

function even(value: number): number {
  // Adding 0 makes −0 a plain 0.
  return 2 * Math.round(value / 2) + 0;
}
