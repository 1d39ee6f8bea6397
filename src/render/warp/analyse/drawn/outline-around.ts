/** The line around a drawn eye: what is no skin next to its opening, with skin beyond it. Hair goes on. */
import type { Plane } from '../../../../image/planes.ts';

const SKIN = 0.5;
/** What lies before the eye by more than this is no outline of it. */
const COVERED = 0.3;

/**
 * `opening`, `likeness` (of skin) and `before`: 0..1 `[size²]`; `within`: it lies where this is 1; `reach`:
 * the line is so thick at most, texels. Returns 0 or 1.
 */
export function outlineAround(
  opening: Plane,
  {
    likeness,
    before,
    within,
    size,
    reach,
  }: { likeness: Plane; before: Plane; within: Plane; size: number; reach: number },
): Plane {
  const outline = new Float32Array(opening.length);
  const stack = [...opening.keys()].filter((i) => opening[i] > 0.5);
  const [middleX, middleY] = middleOf(stack, size);
  const seen = Uint8Array.from(opening, (value) => (value > 0.5 ? 1 : 0));
  while (stack.length > 0) {
    const i = stack.pop()!;
    for (const next of [i - 1, i + 1, i - size, i + size]) {
      if (next < 0 || next >= opening.length || seen[next]) continue;
      seen[next] = 1;
      if (!within[next] || likeness[next] > SKIN || before[next] > COVERED || !endsOnSkin(next)) continue;
      outline[next] = 1;
      stack.push(next);
    }
  }
  return outline;

  /** Outwards from the eye's middle. */
  function endsOnSkin(i: number): boolean {
    const [x, y] = [i % size, Math.floor(i / size)];
    const away = Math.max(1, Math.hypot(x - middleX, y - middleY));
    for (let k = 1; k <= reach; k++) {
      const [column, row] = [x + (k * (x - middleX)) / away, y + (k * (y - middleY)) / away].map(Math.round);
      if (column < 0 || row < 0 || column >= size || row >= size) return false;
      if (likeness[row * size + column] > SKIN) return true;
    }
    return false;
  }
}

function middleOf(texels: readonly number[], size: number): [number, number] {
  const count = Math.max(1, texels.length);
  const sum = (of: (i: number) => number) => texels.reduce((total, i) => total + of(i), 0) / count;
  return [sum((i) => i % size), sum((i) => Math.floor(i / size))];
}
