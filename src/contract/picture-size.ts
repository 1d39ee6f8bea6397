/** Which pictures are made. */

/** Of a side in pixels. Encoders work in blocks of 16; 1080 is no multiple of it, but what screens have. */
export const [SMALLEST_SIDE, LARGEST_SQUARE, LARGEST_SIDE] = [256, 1080, 1920];
/** In narrower pictures than this nothing but the middle of a face has room. */
const LONGEST_SHAPE = 2.5;

/** Whether pictures of these sides are made. */
export function isPictureSize(width: number, height: number): boolean {
  const isSide = (pixels: number) =>
    Number.isInteger(pixels) && pixels >= SMALLEST_SIDE && pixels <= LARGEST_SIDE && isWholeBlocks(pixels);
  return isSide(width) && isSide(height) && shapeProblem(width, height) === undefined;
}

export function isWholeBlocks(pixels: number): boolean {
  return pixels % 16 === 0 || pixels === LARGEST_SQUARE;
}

/** What is wrong with the shape of sides of which each for itself is right. */
export function shapeProblem(width: number, height: number): string | undefined {
  const [shorter, longer] = [Math.min(width, height), Math.max(width, height)];
  if (shorter > LARGEST_SQUARE) return `the shorter side is at most ${LARGEST_SQUARE}`;
  if (longer > LONGEST_SHAPE * shorter)
    return `the longer side is at most ${LONGEST_SHAPE} times the shorter one`;
  return undefined;
}
