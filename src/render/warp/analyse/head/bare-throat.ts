/** Whether a portrait shows the skin of the throat: what a collar, a beard or the lower edge covers does not move. */
import { headUp } from '../../../../face/landmarks.ts';
import { CHIN } from '../../../../face/topology.ts';
import { type ColourPlanes, type Plane, smoothstep } from '../../../../image/planes.ts';
import { nearestColour, nearestPixel } from '../../../../image/sample.ts';
import type { FaceGeometry } from '../face-geometry.ts';
import { skinColour } from '../skin-colour.ts';

/** Looked at from the chin, in face heights: so far down, and so far to both sides. */
const DOWN = [0.18, 0.24, 0.3, 0.36, 0.42];
const ASIDE = [-0.12, -0.06, 0, 0.06, 0.12];
/** Skin is of the face's hue, and neither a beard's nor a shirt's luma. */
const HUE_DISTANCE = 14;
const LUMA_SHARES = [0.4, 1.4] as const;
/** In a picture of so little colour cloth looks like skin. */
const LEAST_COLOUR = 8;
const BARE = [0.6, 0.85] as const;

/** 0 covered .. 1 bare. `matte`: 0..1. */
export function bareThroat(
  view: ColourPlanes,
  landmarks: Float32Array,
  matte: Plane,
  { axes, faceHeight }: Pick<FaceGeometry, 'axes' | 'faceHeight'>,
): number {
  const [luma, ...hue] = skinColour(view, landmarks);
  if (Math.hypot(hue[0] - 128, hue[1] - 128) < LEAST_COLOUR) return 0;
  const [x, y] = headUp(axes);
  const length = Math.hypot(x, y);
  const up = [x / length, y / length];
  let bare = 0;
  for (const down of DOWN) {
    for (const aside of ASIDE) {
      const px = landmarks[3 * CHIN] + faceHeight * (aside * up[1] - down * up[0]);
      const py = landmarks[3 * CHIN + 1] - faceHeight * (aside * up[0] + down * up[1]);
      if (px < 0 || px >= 1 || py < 0 || py >= 1 || matte[nearestPixel(view.size, px, py)] < 0.98) continue;
      const [shade, u, v] = nearestColour(view, px, py);
      const share = shade / luma;
      if (share < LUMA_SHARES[0] || share > LUMA_SHARES[1]) continue;
      if (Math.hypot(u - hue[0], v - hue[1]) < HUE_DISTANCE) bare++;
    }
  }
  return smoothstep(BARE[0], BARE[1], bare / (DOWN.length * ASIDE.length));
}
