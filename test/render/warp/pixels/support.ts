import { Framing } from '../../../../src/render/warp/head/framing.ts';
import { SourceMap } from '../../../../src/render/warp/pixels/rasterise-map.ts';

/** Of a picture that shows the portrait as it is: `cells` a side, `presence [cells·cells]`. */
export function wholeMap(cells: number, presence: Uint8Array): SourceMap {
  const size = { width: 2 * cells, height: 2 * cells };
  const framing = new Framing(size, size.height, 0, 0);
  return new SourceMap(framing, { ...size, before: 0, ends: [false, false], presence });
}
