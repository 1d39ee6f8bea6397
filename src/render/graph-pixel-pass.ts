/** The pixel pass as the pack's `render.onnx`, for accelerators (graph: models/training/vultus_training/render_export.py). */
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { createI420, type I420 } from '../media/i420.ts';
import type { PreparedRig } from './prepared-rig.ts';
import type { MapArea } from './rasterise-map.ts';
import { matteLuma, type Scene } from './scene.ts';

/** Draws an area of the map into the picture, which shows the still portrait so far; less a margin. */
export async function drawWithGraph(
  session: InferenceSession,
  prepared: PreparedRig,
  { background }: Pick<Scene, 'background'>,
  area: MapArea,
  picture: I420,
): Promise<void> {
  const { size, person, map } = prepared;
  const { left, top, width, height } = area;
  const half = size / 2;
  const luma = new Float32Array(4 * width * height);
  cutRows(
    background.luma,
    size,
    { left: 2 * left, top: 2 * top, width: 2 * width, height: 2 * height },
    luma,
    0,
  );
  const chroma = new Float32Array(2 * width * height);
  cutRows(background.u, half, area, chroma, 0);
  cutRows(background.v, half, area, chroma, width * height);
  const { picture: drawn } = await session.run({
    map: new Tensor('float32', map.cut(area), [1, 2, height, width]),
    personLuma: new Tensor('float32', person.luma, [1, 2, size, size]),
    personChroma: new Tensor('float32', person.chroma, [1, 3, half, half]),
    backgroundLuma: new Tensor('float32', luma, [1, 1, 2 * height, 2 * width]),
    backgroundChroma: new Tensor('float32', chroma, [1, 2, height, width]),
  });
  const pixels = drawn.data as Uint8Array;
  const planes = [
    { scale: 2, source: 0, target: 0, stride: size },
    { scale: 1, source: 4 * width * height, target: size * size, stride: half },
    { scale: 1, source: 5 * width * height, target: size * size + half * half, stride: half },
  ];
  // The outermost cells were filtered without their neighbours: they stay the still picture's.
  const inset = (edge: number) => (edge > 0 ? 1 : 0);
  const x0 = inset(left);
  const x1 = width - inset(half - left - width);
  const y0 = inset(top);
  const y1 = height - inset(half - top - height);
  for (const { scale, source, target, stride } of planes) {
    for (let row = scale * y0; row < scale * y1; row++) {
      const from = source + row * scale * width + scale * x0;
      picture.data.set(
        pixels.subarray(from, from + scale * (x1 - x0)),
        target + (scale * top + row) * stride + scale * (left + x0),
      );
    }
  }
}

/** One run for a picture of this size, with nothing in it. */
export async function runBlank(session: InferenceSession, size: number): Promise<void> {
  const half = size / 2;
  const blank = (...shape: number[]) =>
    new Tensor('float32', new Float32Array(shape.reduce((product, length) => product * length)), shape);
  await session.run({
    map: blank(1, 2, half, half),
    personLuma: blank(1, 2, size, size),
    personChroma: blank(1, 3, half, half),
    backgroundLuma: blank(1, 1, size, size),
    backgroundChroma: blank(1, 2, half, half),
  });
}

/** Draws the matte of the same area: a white person before black, by the same graph. */
export async function drawMatteWithGraph(
  session: InferenceSession,
  prepared: PreparedRig,
  area: MapArea,
  matte: Uint8Array,
): Promise<void> {
  const { size, person } = prepared;
  const pixels = size * size;
  const white = person.luma.slice();
  for (let i = 0; i < pixels; i++) white[i] = matteLuma(1) * white[pixels + i];
  const black = {
    luma: new Float32Array(pixels).fill(matteLuma(0)),
    u: new Float32Array(pixels / 4),
    v: new Float32Array(pixels / 4),
  };
  const drawn = createI420(size, size);
  drawn.data.set(matte);
  const painted = { ...prepared, person: { luma: white, chroma: person.chroma } };
  await drawWithGraph(session, painted, { background: black }, area, drawn);
  matte.set(drawn.data.subarray(0, pixels));
}

function cutRows(
  source: Float32Array,
  stride: number,
  area: MapArea,
  target: Float32Array,
  offset: number,
): void {
  for (let row = 0; row < area.height; row++) {
    const from = (area.top + row) * stride + area.left;
    target.set(source.subarray(from, from + area.width), offset + row * area.width);
  }
}
