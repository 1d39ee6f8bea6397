/** Sizes of pictures that the page offers, as `width×height`: squares, upright ones, wide ones. */
export const SIZES = [
  ...['256×256', '384×384', '512×512', '768×768', '1024×1024'],
  ...['432×768', '720×1280', '1080×1920'],
  ...['768×432', '1280×720', '1920×1080'],
] as const;
export type Size = (typeof SIZES)[number];

export function sidesOf(size: Size): { width: number; height: number } {
  const [width, height] = size.split('×').map(Number);
  return { width, height };
}

/** As people read it. */
export function describeSize(size: Size): string {
  return size.replace('×', ' × ');
}
