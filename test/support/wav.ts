import { floatToS16le } from '../../src/audio/pcm.ts';

/** A 16-bit WAV file; every channel carries the same samples. */
export function wavFile(samples: Float32Array, rateHz: number, channels = 1): Buffer {
  const data = floatToS16le(
    Float32Array.from({ length: samples.length * channels }, (_, i) => samples[Math.floor(i / channels)]),
  );
  return wavOf(data, { rateHz, channels });
}

/** A WAV file (of 16-bit samples, or of float32) with these bytes of sound, and a header that may not fit them. */
export function wavOf(
  data: Uint8Array,
  header: { rateHz: number; channels?: number; float?: boolean; dataBytes?: number },
): Buffer {
  const { rateHz, channels = 1, float = false, dataBytes = data.length } = header;
  const sampleBytes = float ? 4 : 2;
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(36 + dataBytes, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(float ? 3 : 1, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(rateHz, 24);
  head.writeUInt32LE(rateHz * channels * sampleBytes, 28);
  head.writeUInt16LE(channels * sampleBytes, 32);
  head.writeUInt16LE(8 * sampleBytes, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(dataBytes, 40);
  return Buffer.concat([head, data]);
}
