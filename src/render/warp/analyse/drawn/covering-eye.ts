/** Hair and glasses before a drawn eye: what comes into it from outside and is neither skin nor lashes. */
import { boxBlur, type Plane } from '../../../../image/planes.ts';
import { type CutOut, grown, medianColour } from './patch.ts';

/** Levels of luma and of chroma: two texels of one strand; a strand and its first texel; ink of the lash line. */
const NEXT = [16, 6] as const;
const STRAND = [38, 14] as const;
const SAME_INK = [34, 16] as const;
/** An eye of which more is covered stays as it is drawn. */
const MOST = 0.5;
/** The ink of a lash line is the darkest of where it is: this share. */
const DARKEST = 0.1;
/** What has the colour of ink is hair where so much around is of it, within this share of the patch: lines are thin. */
const SOLID = 0.75;
const SOLID_REACH = 1 / 28;
/** Strands as dark as pupils, or as white as an eye's white, are not told from these. */
const [PUPIL, WHITE, WHITE_TINT] = [70, 190, 14];
/** Nor are strands of which so much of the iris seems to be made. */
const MOST_OF_IRIS = 0.35;
/** Who covers more than the first of the lash line and less than the second of the opening is that line. */
const MOSTLY_LASHES = [0.3, 0.02] as const;
/**
 * Soft edges of the eye's own lines look like strands. These are thinner than twice this share of the patch, run for so
 * much of their length beside ink or the opening, and reach no deeper than that into it: a crease has skin on both sides.
 */
const THIN = 1 / 90;
const BESIDE_LINE = 0.5;
/** Strands have outlines, so many texels wide. */
const OUTLINE = 1;

interface Places {
  opening: Plane;
  lashRoom: Plane;
  /** Both, with what is next to them. */
  zone: Plane;
  likeness: Plane;
  /** 1 within the iris. */
  iris: Plane;
}

/** Coverage 0..1 `[size²]`; undefined for an eye that is behind it. */
export function coveringEye(
  patch: CutOut,
  { opening, lashRoom, zone, likeness, iris }: Places,
): Plane | undefined {
  const { planes, size } = patch;
  const [luma, u, v] = planes;
  const eye = opening.map((value, i) => (value > 0.5 || lashRoom[i] > 0 ? 1 : 0));
  const dark = [...eye.keys()].filter((i) => lashRoom[i] > 0).sort((a, b) => luma[a] - luma[b]);
  const ink = dark.slice(0, Math.max(1, Math.floor(DARKEST * dark.length)));
  const inkColour = medianColour(planes, ink);
  const near = (i: number, colour: readonly number[], [light, tint]: readonly [number, number]) =>
    Math.abs(luma[i] - colour[0]) < light && Math.hypot(u[i] - colour[1], v[i] - colour[2]) < tint;
  const inked = luma.map((_, i) => (near(i, inkColour, SAME_INK) ? 1 : 0));
  const solid = boxBlur(inked, size, size, Math.max(2, Math.round(SOLID_REACH * size)));
  const isLine = (i: number) => inked[i] > 0 && solid[i] < SOLID;
  const beside = grown(zone, size, 2);
  const covered = new Float32Array(eye.length);
  const isOwnEdge = ownEdges(
    opening,
    inked.map((value, i) => value * beside[i]),
    size,
  );
  const seen = new Uint8Array(eye.length);
  for (let first = 0; first < eye.length; first++) {
    const outside = beside[first] && !zone[first];
    if (!outside || seen[first] || likeness[first] > 0.25 || isLine(first)) continue;
    const colour = planes.map((plane) => plane[first]);
    const tint = Math.hypot(colour[1] - 128, colour[2] - 128);
    const isOwn = colour[0] < PUPIL || (colour[0] > WHITE && tint < WHITE_TINT);
    const strand = [first];
    seen[first] = 1;
    for (const i of strand) {
      const own = planes.map((plane) => plane[i]);
      for (const next of [i - 1, i + 1, i - size, i + size]) {
        if (next < 0 || next >= eye.length || seen[next] || !beside[next]) continue;
        if (!near(next, own, NEXT) || !near(next, colour, STRAND)) continue;
        if (likeness[next] > 0.25 || isLine(next) || (isOwn && opening[next] > 0)) continue;
        seen[next] = 1;
        strand.push(next);
      }
    }
    if (!isOwnEdge(strand)) for (const i of strand) covered[i] = 1;
  }
  const shown = iris.map((value, i) => value * Number(opening[i] > 0.5));
  const onIris = sum(covered.map((value, i) => value * shown[i]));
  if (onIris > MOST_OF_IRIS * sum(shown)) {
    opening.forEach((value, i) => {
      if (value > 0) covered[i] = 0;
    });
  }
  // Lash lines are as dark as hair, and may touch it; what lies before an eye lies before more than these.
  if (shareOf(lashRoom) > MOSTLY_LASHES[0] && shareOf(opening) < MOSTLY_LASHES[1]) {
    const columns = new Set([...opening.keys()].filter((i) => opening[i] > 0.5).map((i) => i % size));
    lashRoom.forEach((value, i) => {
      if (value > 0 && columns.has(i % size)) covered[i] = 0;
    });
  }
  const inside = covered.map((value, i) => value * eye[i]);
  const share = sum(inside) / Math.max(1, sum(eye));
  if (share > MOST) return undefined;
  if (share === 0) return new Float32Array(eye.length);
  return boxBlur(grown(covered, size, OUTLINE), size, size, 1);

  function shareOf(place: Plane): number {
    return sum(covered.map((value, i) => value * place[i])) / Math.max(1, sum(place));
  }
}

/** Whether texels that hang together are the edge of a line of the eye's own. `inked`: 1 where the lash line is. */
function ownEdges(opening: Plane, inked: Plane, size: number): (strand: readonly number[]) => boolean {
  const reach = Math.max(1, Math.round(THIN * size));
  const deep = boxBlur(opening, size, size, 2 * reach);
  const line = grown(
    inked.map((value, i) => Math.max(value, Number(opening[i] > 0.5))),
    size,
    reach,
  );
  const self = new Float32Array(opening.length);
  return (strand) => {
    if (strand.some((i) => deep[i] > 0.99)) return false;
    const besideLine = strand.filter((i) => line[i] > 0).length;
    if (besideLine < BESIDE_LINE * strand.length) return false;
    for (const i of strand) self[i] = 1;
    const isThin = !strand.some((i) => isWhole(self, i, size, reach));
    for (const i of strand) self[i] = 0;
    return isThin;
  };
}

/** Whether all is there so far around a texel. */
function isWhole(plane: Plane, texel: number, size: number, reach: number): boolean {
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) if (!plane[texel + y * size + x]) return false;
  }
  return true;
}

function sum(plane: Plane): number {
  return plane.reduce((total, value) => total + value, 0);
}
