/** A labelled sheet of an avatar in many poses: what a user looks at to judge a portrait. */

import sharp, { type OverlayOptions } from 'sharp';
import { type Fit, squareFormat } from '../../../contract/formats.ts';
import { toRgb } from '../../../image/colour.ts';
import { createI420 } from '../../../image/i420.ts';
import type { Renderer, Rig } from '../../renderer.ts';
import { contactSheetPoses, type Pose, poseFrame } from './poses.ts';

export interface ContactSheetOptions {
  /** Side of each picture in pixels (a multiple of 16, at least 256), 256 if absent. */
  size?: number;
  columns?: number;
  /** How much of the person is seen, all of the portrait if absent. */
  fit?: Fit;
  poses?: readonly [label: string, pose: Pose][];
}

const LABEL_HEIGHT = 18;

/** Returns a PNG. */
export async function renderContactSheet(
  renderer: Renderer,
  rig: Rig,
  options: ContactSheetOptions = {},
): Promise<Uint8Array> {
  const { size = 256, columns = 8, fit = 'portrait', poses = contactSheetPoses() } = options;
  const avatar = renderer.prepare(rig, { ...squareFormat(size), fit });
  const picture = createI420(size, size);
  const cells: OverlayOptions[] = [];
  for (const [index, [label, pose]] of poses.entries()) {
    await avatar.draw(poseFrame(pose), picture);
    const left = (index % columns) * size;
    const top = Math.floor(index / columns) * (size + LABEL_HEIGHT);
    cells.push(
      {
        input: Buffer.from(toRgb(picture).data),
        raw: { width: size, height: size, channels: 3 },
        left,
        top: top + LABEL_HEIGHT,
      },
      { input: labelSvg(label, size), left, top },
    );
  }
  const rows = Math.ceil(poses.length / columns);
  const sheet = sharp({
    create: {
      width: columns * size,
      height: rows * (size + LABEL_HEIGHT),
      channels: 3,
      background: '#16181d',
    },
  });
  return new Uint8Array(await sheet.composite(cells).png().toBuffer());
}

function labelSvg(label: string, width: number): Buffer {
  const safe = label.replace(/[<>&]/g, ' ');
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${LABEL_HEIGHT}">` +
      `<text x="5" y="13" font-family="sans-serif" font-size="12" fill="#e8e8e8">${safe}</text></svg>`,
  );
}
