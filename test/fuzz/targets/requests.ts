import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { controlsSchema } from '../../../src/contract/controls-schema.ts';
import { avatarQuery, newSessionSchema, offerSchema, roleQuery } from '../../../src/server/schemas.ts';
import { fuzzTarget } from '../target.ts';
import { controls } from '../wire-inputs.ts';

const SCHEMAS = { controlsSchema, newSessionSchema, offerSchema, roleQuery, avatarQuery };
const NAMES = [
  'avatarId',
  'size',
  'width',
  'height',
  'fps',
  'controls',
  'codec',
  'gaze',
  'yaw',
  'head',
  'emotion',
];

/** Values of requests, most of them wrong. */
export const values = fc.oneof(
  controls,
  fc.record(
    {
      avatarId: fc.string(),
      size: fc.oneof(fc.integer(), fc.constantFrom(256, 512)),
      fps: fc.oneof(fc.integer(), fc.constant(25)),
      controls: fc.oneof(controls, fc.jsonValue()),
      background: fc.string(),
      seed: fc.double({ noNaN: true, noDefaultInfinity: true }),
    },
    { requiredKeys: [] },
  ),
  fc.dictionary(fc.oneof(fc.constantFrom(...NAMES), fc.string()), fc.jsonValue(), { noNullPrototype: true }),
  fc.jsonValue(),
);

/** What a schema takes it takes again, unchanged; numbers of it are numbers. */
export const requests = fuzzTarget<unknown>({
  name: 'requests',
  runsInSuite: 1000,
  inputs: values,
  attempt(value) {
    for (const [name, schema] of Object.entries(SCHEMAS)) {
      const first = schema.safeParse(value);
      if (!first.success) continue;
      const second = schema.safeParse(first.data);
      if (!second.success || !isDeepStrictEqual(first.data, second.data))
        throw new Error(`${name} takes this once: ${JSON.stringify(first.data)}`);
    }
  },
});
