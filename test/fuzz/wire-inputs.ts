/** What clients may send as wire messages, and what they may not. */
import fc from 'fast-check';
import { CONTROL_RANGES, EMOTIONS } from '../../src/contract/controls.ts';
import { BLENDSHAPES } from '../../src/contract/motion-frame.ts';
import { MOTION_SOURCES, PERFORMED_RANGES } from '../../src/contract/performed-motion.ts';
import { type ClientMessageInput, serializeClientMessage } from '../../src/contract/wire.ts';
import { damaged } from './damaged.ts';

const within = ([min, max]: readonly [number, number]) => fc.double({ min, max, noNaN: true });
const angle = within(CONTROL_RANGES.angleRadians);
const optional = { requiredKeys: [] as [] };

const source = fc.constantFrom(...MOTION_SOURCES);

export const controls = fc.record(
  {
    gaze: fc.oneof(fc.constant('camera' as const), fc.record({ yaw: angle, pitch: angle })),
    distance: within(CONTROL_RANGES.distance),
    head: fc.record(
      { yaw: angle, pitch: angle, roll: angle, amplitude: within(CONTROL_RANGES.headAmplitude) },
      optional,
    ),
    emotion: fc.oneof(
      fc.constant('voice' as const),
      fc.dictionary(fc.constantFrom(...EMOTIONS), within([0, 1]), { noNullPrototype: true }),
    ),
    expressiveness: within(CONTROL_RANGES.expressiveness),
    blinkRate: within(CONTROL_RANGES.blinkRate),
    state: fc.constantFrom('auto', 'speaking', 'listening', 'idle'),
    bargeIn: fc.boolean(),
    performer: fc.record({ head: source, eyes: source, brows: source, mouth: source }, optional),
  },
  optional,
);

const audioFormat = fc.oneof(
  fc.record({
    encoding: fc.constant('s16le' as const),
    sampleRateHz: fc.integer({ min: 8000, max: 48_000 }),
  }),
  fc.record({ encoding: fc.constantFrom('pcmu', 'pcma'), sampleRateHz: fc.constant(8000 as const) }),
  fc.constant({ encoding: 'opus' as const }),
);

const utterance = fc.string({ minLength: 1, maxLength: 64 });

const hello = fc.record(
  {
    type: fc.constant('hello' as const),
    version: fc.constantFrom(1 as const, 2 as const),
    audio: audioFormat,
    microphone: audioFormat,
    outputs: fc.record(
      {
        video: fc.boolean(),
        voice: fc.boolean(),
        motion: fc.boolean(),
        userAudio: fc.constantFrom('pcm', 'opus'),
      },
      optional,
    ),
    voiceInput: fc.constantFrom('speak', 'listen'),
  },
  { requiredKeys: ['type', 'version'] },
);

const audio = fc.record(
  {
    type: fc.constant('audio' as const),
    data: fc.uint8Array({ maxLength: 4000, size: 'max' }),
    live: fc.boolean(),
    utterance,
  },
  { requiredKeys: ['type', 'data'] },
);

const timeMs = fc.double({ min: 0, max: 14_400_000, noNaN: true });
const words = fc.record(
  {
    type: fc.constant('words' as const),
    words: fc.array(
      fc
        .record({ text: fc.string({ minLength: 1, maxLength: 100 }), startMs: timeMs, lastsMs: timeMs })
        .map(({ text, startMs, lastsMs }) => ({
          text,
          startMs,
          endMs: Math.min(14_400_000, startMs + lastsMs),
        })),
      { minLength: 1, maxLength: 200 },
    ),
    utterance,
  },
  { requiredKeys: ['type', 'words'] },
);

const turned = within(PERFORMED_RANGES.angleRadians);
const shift = within(PERFORMED_RANGES.shift);
const motion = fc.record(
  {
    type: fc.constant('motion' as const),
    timeMs: within([-1e12, 1e12]),
    shapes: fc.dictionary(fc.constantFrom(...BLENDSHAPES), within([0, 1]), { noNullPrototype: true }),
    head: fc.record(
      {
        ...{ yaw: turned, pitch: turned, roll: turned, x: shift, y: shift },
        distance: within(PERFORMED_RANGES.distance),
      },
      { requiredKeys: ['yaw', 'pitch', 'roll'] },
    ),
  },
  { requiredKeys: ['type', 'timeMs'] },
);

/** Any that fits the schema. */
export const clientMessage = fc.oneof(
  hello,
  audio,
  words,
  fc.constantFrom('speech.end', 'interrupt', 'pause', 'resume', 'keyframe').map((type) => ({ type })),
  fc.record({ type: fc.constantFrom('speech.end', 'interrupt'), utterance }),
  fc.record({ type: fc.constant('control' as const), controls }),
  motion,
  fc.record({
    type: fc.constant('background' as const),
    background: fc.oneof(fc.constantFrom('keep', 'blur', 'matte', '#12aBcd'), fc.string()),
  }),
  fc.record({ type: fc.constant('ping' as const), id: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
) as fc.Arbitrary<ClientMessageInput>;

/** MessagePack heads (type byte, then a big-endian length) that promise more, or deeper, than there is. */
const promises = fc
  .tuple(
    fc.constantFrom('91', '81', 'c6', 'c9', 'db', 'dd', 'df', 'dc', 'de', 'd9', 'c7', 'd8'),
    fc.constantFrom('', 'ff', 'ffff', 'ffffffff', '7fffffff', '00010000', '80000000'),
    fc.integer({ min: 1, max: 20_000 }),
  )
  .map(([head, length, times]) => new Uint8Array(Buffer.from((head + length).repeat(times), 'hex')));

/** Messages as bytes: whole, damaged, cut, nested, and such as never were any. */
export const wireBytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 6, arbitrary: clientMessage.chain((message) => damaged(serializeClientMessage(message))) },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  { weight: 1, arbitrary: promises },
);
