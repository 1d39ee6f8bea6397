import fc from 'fast-check';
import { OpusEncoder } from '../../../src/audio/opus.ts';
import { VoiceBuffer } from '../../../src/audio/voice-buffer.ts';
import { VoiceDecoder } from '../../../src/audio/voice-decoder.ts';
import { tone } from '../../support/signals.ts';
import { coded } from '../coded.ts';
import { damaged } from '../damaged.ts';
import type { FuzzTarget } from '../target.ts';

interface Voice {
  /** 0: Opus. */
  rateHz: number;
  /** Messages; an empty one stands for the end of an utterance. */
  pieces: Uint8Array[];
}

/** RFC 6716: 120 ms, at 48 kHz. */
const MOST_OF_A_PACKET = 5760;
/** Beyond what a piece says: what a resampler has held back, and a head that was looked at. */
const HELD_BACK = 2000;

/** Voice as clients send it, cut anywhere and damaged: samples in proportion, or `unsupported_audio`. */
export const voice: FuzzTarget<Voice> = {
  name: 'voice',
  runsInSuite: 200,
  async open() {
    const encoder = new OpusEncoder();
    const samples = tone(48000, 0.08, (t) => 0.4 * Math.sin(2 * Math.PI * 200 * t));
    const packets = [0, 1, 2, 3].map((i) => encoder.encode(samples.slice(960 * i, 960 * (i + 1))));
    encoder.close();
    const packet = fc.oneof(damaged(...packets), fc.uint8Array({ maxLength: 60 }));
    const rate = fc.oneof(fc.constantFrom(8000, 16000, 44100, 48000), fc.integer({ min: 8000, max: 48_000 }));
    return {
      inputs: fc.oneof(
        fc.record({ rateHz: fc.constant(0), pieces: fc.array(packet, { maxLength: 40 }) }),
        fc.record({ rateHz: rate, pieces: fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 40 }) }),
      ),
      attempt(input) {
        decodeAll(input);
        if (input.rateHz === 0) receiveAll(input.pieces);
      },
    };
  },
};

function decodeAll({ rateHz, pieces }: Voice): void {
  const decoder = new VoiceDecoder(
    rateHz === 0 ? { encoding: 'opus' } : { encoding: 's16le', sampleRateHz: rateHz },
  );
  try {
    for (const piece of pieces) {
      const decode = () => (piece.length === 0 ? decoder.flush() : decoder.decode(piece));
      const decoded = coded(['unsupported_audio'], decode);
      const most = rateHz === 0 ? MOST_OF_A_PACKET : (piece.length / 2 / rateHz) * 48000 + HELD_BACK;
      expectSamples(decoded, most);
    }
  } finally {
    decoder.close();
  }
}

/** The same packets as they come by RTP, each after the one before. */
function receiveAll(pieces: readonly Uint8Array[]): void {
  const buffer = new VoiceBuffer((samples) => expectSamples(samples, MOST_OF_A_PACKET));
  for (const [i, piece] of pieces.entries()) {
    buffer.receive({ sequenceNumber: i, timestamp: 960 * i }, piece, 20 * i);
    if (buffer.playing) buffer.play(20 * i);
  }
}

function expectSamples(samples: Float32Array | undefined, most: number): void {
  if (!samples) return;
  if (samples.length > most) throw new Error(`${samples.length} samples, ${most} at most`);
  if (!samples.every((sample) => Math.abs(sample) <= 4)) throw new Error('samples out of all bounds');
}
