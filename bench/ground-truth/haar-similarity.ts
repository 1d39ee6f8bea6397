/**
 * HaarPSI (Reisenhofer, Bosse, Kutyniok & Wiegand, "A Haar wavelet-based perceptual similarity index for image quality
 * assessment", 2018), told for a part of a picture: how alike edges of two sizes are there, weighted by where there are
 * edges of a larger one, and how alike colours are.
 *
 * Why this one: PSNR forgives a blurred mouth and punishes an eyelash that is half a pixel off; SSIM sees contrast in
 * flat windows of one size. HaarPSI looks at where edges are and how strong, at several sizes, and at colour; of the
 * measures that need no training it ranked the pictures of four public databases nearest to how people ranked them. It
 * needs no network, so it gives the same figures everywhere, and it can be told of a part of a face.
 *
 * The paper halves pictures first, as they are seen from a distance; faces here are small and shown enlarged, so that
 * is left out.
 */

import type { I420 } from '../../src/image/i420.ts';
import type { Mask } from './regions.ts';

/** Constants of the paper. */
const C = 30;
const ALPHA = 4.2;
const FINE = [1, 2] as const;
const COARSE = 3;

/** 0..1 for the masked pixels; 1 is the same picture. */
export function haarSimilarity(a: Responses, b: Responses, mask: Mask): number {
  let [sum, weights] = [0, 0];
  const add = (similarity: number, weight: number) => {
    sum += weight * logistic(similarity);
    weights += weight;
  };
  for (let i = 0; i < mask.length; i++) {
    if (!mask[i]) continue;
    let both = 0;
    for (let way = 0; way < 2; way++) {
      const of = (size: number) => [a.edges[way][size - 1][i], b.edges[way][size - 1][i]] as const;
      const weight = Math.max(...of(COARSE));
      add(FINE.reduce((total, size) => total + similar(...of(size)), 0) / FINE.length, weight);
      both += weight / 2;
    }
    const [u, v] = a.chroma.map((plane, k) => similar(plane[i], b.chroma[k][i]));
    add((u + v) / 2, both);
  }
  if (weights === 0) return 1;
  const share = sum / weights;
  return (Math.log(share / (1 - share)) / ALPHA) ** 2;
}

function similar(a: number, b: number): number {
  return (2 * a * b + C) / (a * a + b * b + C);
}

function logistic(value: number): number {
  return 1 / (1 + Math.exp(-ALPHA * value));
}

export interface Responses {
  /** Across and down, of windows of 2, 4 and 8 pixels. */
  edges: Float32Array[][];
  /** How far from grey, U and V. */
  chroma: Float32Array[];
}

/** What is compared of a picture. */
export function responsesOf({ width, height, data }: I420): Responses {
  const sums = new Float64Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) {
      row += data[y * width + x];
      sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + row;
    }
  }
  const total = (left: number, top: number, right: number, bottom: number) => {
    const at = (x: number, y: number) =>
      sums[Math.min(height, Math.max(0, y)) * (width + 1) + Math.min(width, Math.max(0, x))];
    return at(right, bottom) - at(left, bottom) - at(right, top) + at(left, top);
  };
  const edges = [0, 1].map((way) =>
    [...FINE, COARSE].map((size) => {
      const half = 2 ** (size - 1);
      const plane = new Float32Array(width * height);
      for (let y = half; y <= height - half; y++) {
        for (let x = half; x <= width - half; x++) {
          const first =
            way === 0 ? total(x - half, y - half, x, y + half) : total(x - half, y - half, x + half, y);
          const both = total(x - half, y - half, x + half, y + half);
          const i = Math.min(height - 1, y) * width + Math.min(width - 1, x);
          plane[i] = Math.abs(both - 2 * first) / 2 ** size;
        }
      }
      return plane;
    }),
  );
  const chroma = [0, 1].map((k) => {
    const from = width * height * (1 + k / 4);
    return Float32Array.from({ length: width * height }, (_, i) =>
      Math.abs(data[from + (Math.floor(i / width) >> 1) * (width / 2) + ((i % width) >> 1)] - 128),
    );
  });
  return { edges, chroma };
}
