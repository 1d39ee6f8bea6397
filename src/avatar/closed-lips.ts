/**
 * The face mesh sees closed lips a little apart: brought together, they would move towards each other and swallow
 * the seam between them. Here both rims of lips that touch are put where the picture has the seam.
 */
import { INNER_LOWER_LIP, INNER_UPPER_LIP, MOUTH_CORNER } from './face-topology.ts';
import { type ColourPlanes, clamp } from './planes.ts';

/**
 * Lips that the mesh sees apart by less than this share of their width touch: of 35 portraits the closed mouths have
 * 0.01 to 0.05, the others 0.07 and more.
 */
const MAX_GAP = 0.058;
/** The seam is looked for so far beyond the rims, in shares of the lips' width. */
const SEARCH_MARGIN = 0.008;
const SAMPLES = 24;

/** Returns landmarks `[478·3]` with closed lips closed, or the same ones where the lips are apart. */
export function fitClosedLips(picture: ColourPlanes, landmarks: Float32Array): Float32Array {
  // As the picture shows them: the mesh's depth is too coarse for lips that touch.
  const distance = (a: number, b: number) =>
    Math.hypot(landmarks[3 * a] - landmarks[3 * b], landmarks[3 * a + 1] - landmarks[3 * b + 1]);
  const width = distance(MOUTH_CORNER.right, MOUTH_CORNER.left);
  const gaps = INNER_UPPER_LIP.map((upper, i) => distance(upper, INNER_LOWER_LIP[i]));
  if (gaps.toSorted((a, b) => a - b)[gaps.length >> 1] > MAX_GAP * width) return landmarks;
  const result = landmarks.slice();
  const seams = INNER_UPPER_LIP.map((_, i) => {
    const margin = (SEARCH_MARGIN * width) / Math.max(gaps[i], SEARCH_MARGIN * width);
    return seamBetween(picture, landmarks, i, margin);
  });
  seams.forEach((seam, i) => {
    // A seam has no steps: neighbours help where a lip's own wrinkle is darker.
    const smooth = 0.25 * ((seams[i - 1] ?? seam) + 2 * seam + (seams[i + 1] ?? seam));
    const [upper, lower] = [3 * INNER_UPPER_LIP[i], 3 * INNER_LOWER_LIP[i]];
    for (let axis = 0; axis < 2; axis++) {
      const place = landmarks[upper + axis] + smooth * (landmarks[lower + axis] - landmarks[upper + axis]);
      result[upper + axis] = place;
      result[lower + axis] = place;
    }
  });
  return result;
}

/** Place of the dark seam in one column: 0 on the upper rim, 1 on the lower one; the middle where nothing is dark. */
function seamBetween(
  { size, channels }: ColourPlanes,
  landmarks: Float32Array,
  column: number,
  margin: number,
): number {
  const [upper, lower] = [3 * INNER_UPPER_LIP[column], 3 * INNER_LOWER_LIP[column]];
  const places = Array.from(
    { length: SAMPLES },
    (_, k) => -margin + (1 + 2 * margin) * ((k + 0.5) / SAMPLES),
  );
  const lumas = places.map((t) => {
    const [x, y] = [0, 1].map((axis) => {
      const at = landmarks[upper + axis] + t * (landmarks[lower + axis] - landmarks[upper + axis]);
      return clamp(Math.floor(at * size), 0, size - 1);
    });
    return channels[0][y * size + x];
  });
  const brightest = Math.max(...lumas);
  let [sum, weights] = [0.5, 1];
  places.forEach((place, k) => {
    const weight = (brightest - lumas[k]) ** 2;
    sum += weight * place;
    weights += weight;
  });
  return sum / weights;
}
