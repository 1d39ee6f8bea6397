import sharp from 'sharp';
import type { PortraitView } from '../../../../src/render/warp/analyse/portrait-view.ts';

/** What a view shows, with a shape laid over it; its coordinates are pixels of the view. */
export async function withShape(
  { picture: { data, width, height } }: PortraitView,
  shape: string,
): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shape}</svg>`;
  return sharp(data, { raw: { width, height, channels: 3 } })
    .composite([{ input: Buffer.from(svg) }])
    .png()
    .toBuffer();
}

/** Where a landmark lies, pixels of the view. */
export function placeOf({ picture, landmarks }: PortraitView, point: number): [x: number, y: number] {
  return [picture.width * landmarks[3 * point], picture.width * landmarks[3 * point + 1]];
}

const MASK = [195, 118, 227, 132, 58, 172, 150, 148, 152, 377, 379, 397, 288, 361, 447, 347];

/** A mask from the nose to the chin, with or without folds. */
export function maskOn(seen: PortraitView, colour: string, folds = false): string {
  const outline = MASK.map((point) => placeOf(seen, point).join(' ')).join(' L');
  const [[left, top], [right], [, bottom]] = [132, 361, 152].map((point) => placeOf(seen, point));
  const fold = (share: number) => {
    const y = top + share * (bottom - top);
    return `<path d="M${left} ${y} Q${(left + right) / 2} ${y + 8} ${right} ${y}" fill="none" stroke="#000" stroke-opacity="0.25" stroke-width="2.5"/>`;
  };
  return `<path d="M${outline} Z" fill="${colour}"/>${folds ? [0.3, 0.5, 0.7].map(fold).join('') : ''}`;
}

/** Four fingers before the mouth, of the cheek's colour. */
export function handOn(seen: PortraitView): string {
  const [x, y] = placeOf(seen, 13);
  const width = placeOf(seen, 291)[0] - placeOf(seen, 61)[0];
  const [column, row] = placeOf(seen, 205).map(Math.round);
  const i = 3 * (row * seen.picture.width + column);
  const rgb = [...seen.picture.data.subarray(i, i + 3)];
  const colour = (light: number) => `rgb(${rgb.map((value) => Math.min(255, light * value)).join()})`;
  const fingers = [-0.42, -0.14, 0.14, 0.42].map(
    (place) =>
      `<rect transform="rotate(${30 * place - 20} ${x} ${y})" x="${x - width}" y="${y + (1.05 * place - 0.145) * width}" width="${1.9 * width}" height="${0.29 * width}" rx="${0.14 * width}" fill="${colour(1)}" stroke="${colour(0.55)}" stroke-width="2"/>`,
  );
  return fingers.join('');
}

/** A finger over the left half of the mouth, in better light than the face. */
export function fingerOn(seen: PortraitView): string {
  const [x, y] = placeOf(seen, 13);
  const width = placeOf(seen, 291)[0] - placeOf(seen, 61)[0];
  return `<rect x="${x + 0.1 * width}" y="${y - 0.3 * width}" width="${0.45 * width}" height="${0.6 * width}" rx="${0.2 * width}" fill="#f0dcd0"/>`;
}
