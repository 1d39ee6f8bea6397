import { type G711Law, g711ToFloat } from '../../src/audio/g711.ts';

const OCTETS = Uint8Array.from({ length: 256 }, (_, octet) => octet);

/** At 8 kHz, to the octets whose samples are nearest. */
export function g711Encoded(samples: Float32Array, law: G711Law): Uint8Array {
  const values = [...g711ToFloat(OCTETS, law)];
  const distance = (sample: number, octet: number) => Math.abs(values[octet] - sample);
  return Uint8Array.from(samples, (sample) =>
    OCTETS.reduce((best, octet) => (distance(sample, octet) < distance(sample, best) ? octet : best)),
  );
}
