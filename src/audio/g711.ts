/** The voice of telephones: 8 bits of a sample, 8000 of them a second (ITU-T G.711), to float32 −1..1. */

/** What G.711 is sampled at. */
export const G711_RATE_HZ = 8000;

export type G711Law = 'pcmu' | 'pcma';

const SCALE = 32768;

/** Sample of each octet; as G.711 has them, at the top of 16 bits. */
const SAMPLES: Readonly<Record<G711Law, Float32Array>> = {
  pcmu: Float32Array.from({ length: 256 }, (_, octet) => muLawSample(octet) / SCALE),
  pcma: Float32Array.from({ length: 256 }, (_, octet) => aLawSample(octet) / SCALE),
};

/** µ-law (table 2a of G.711) or A-law (table 1a). `Float32Array [octets]`. */
export function g711ToFloat(octets: Uint8Array, law: G711Law): Float32Array {
  const table = SAMPLES[law];
  const samples = new Float32Array(octets.length);
  for (let i = 0; i < samples.length; i++) samples[i] = table[octets[i]];
  return samples;
}

function muLawSample(octet: number): number {
  // All bits are sent inverted; 33 (of 14 bits) is added before the segment is taken.
  const bits = ~octet & 0xff;
  const magnitude = ((((bits & 0x0f) << 1) | 33) << ((bits >> 4) & 7)) - 33;
  return 4 * (bits & 0x80 ? 0 - magnitude : magnitude);
}

function aLawSample(octet: number): number {
  // Even bits are sent inverted; the first segment has no bit before its own.
  const bits = octet ^ 0x55;
  const segment = (bits >> 4) & 7;
  const step = ((bits & 0x0f) << 1) | 1;
  const magnitude = segment === 0 ? step : (step | 32) << (segment - 1);
  return 8 * (bits & 0x80 ? magnitude : -magnitude);
}
