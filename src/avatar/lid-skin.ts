/** What colour a lid has where an open eye folds it away. */
import type { EyeTopology } from './face-topology.ts';
import { type ColourPlanes, clamp, smoothstep } from './planes.ts';

/** Where to look, from the lid's edge (0) to the crease (1): beside lashes and the crease's own line. */
const PLACES = [0.6, 0.85, 1.15];

/** Colours between lid and crease, where a lid that shuts unrolls; each the mean of a small square. */
export function lidSkin(picture: ColourPlanes, landmarks: Float32Array, eye: EyeTopology): Uint8Array {
  const [y, u, v] = flatSkin(picture, landmarks);
  /** Best is as bright as the face's skin and of its colour: no lash, no shadow, no white of the eye. */
  const likeness = (colour: number[]) =>
    Math.min(colour[0], 2 * y - colour[0]) - 2.5 * Math.hypot(colour[1] - u, colour[2] - v);
  const likestFirst = (a: number[], b: number[]) => likeness(b) - likeness(a);
  const raw = eye.upperLid.map((lid, i) => {
    const candidates = PLACES.map((share) => {
      const at = (axis: number) =>
        landmarks[3 * lid + axis] + share * (landmarks[3 * eye.crease[i] + axis] - landmarks[3 * lid + axis]);
      return meanColour(picture, at(0), at(1));
    });
    return candidates.sort(likestFirst)[0];
  });
  // A lash or a shadow must not make a stripe: what differs much from the typical colour is replaced by it.
  const typical = [...raw].sort(likestFirst)[2];
  return Uint8Array.from(
    raw.flatMap((colour) => {
      const off =
        Math.abs(colour[0] - typical[0]) + Math.hypot(colour[1] - typical[1], colour[2] - typical[2]);
      const own = 0.6 * (1 - smoothstep(8, 28, off));
      return colour.map((value, c) => own * value + (1 - own) * typical[c]);
    }),
  );
}

/** A drawing's skin is one colour: the median of nose and forehead (cheeks may blush). */
export function flatSkin(picture: ColourPlanes, landmarks: Float32Array): Uint8Array {
  const colours = [6, 197, 195, 151, 9, 108, 337].map((i) =>
    meanColour(picture, landmarks[3 * i], landmarks[3 * i + 1]),
  );
  const median = [0, 1, 2].map((c) => colours.map((colour) => colour[c]).sort((a, b) => a - b)[3]);
  return Uint8Array.from(Array.from({ length: 7 }, () => median).flat());
}

function meanColour({ size, channels }: ColourPlanes, x: number, y: number): number[] {
  const reach = Math.max(1, Math.round(size / 340));
  const cx = clamp(Math.floor(x * size), reach, size - 1 - reach);
  const cy = clamp(Math.floor(y * size), reach, size - 1 - reach);
  return channels.map((plane) => {
    let sum = 0;
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) sum += plane[(cy + dy) * size + cx + dx];
    }
    return sum / (2 * reach + 1) ** 2;
  });
}
