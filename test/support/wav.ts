import { floatToS16le } from '../../src/audio/pcm.ts';

/** A 16-bit WAV file; every channel carries the same samples. */
export function wavFile(samples: Float32Array, rateHz: number, channels = 1): Buffer {
  const data = floatToS16le(
    Float32Array.from({ length: samples.length * channels }, (_, i) => samples[Math.floor(i / channels)]),
  );
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + data.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(rateHz, 24);
  header.writeUInt32LE(rateHz * channels * 2, 28);
  header.writeUInt16LE(channels * 2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}
