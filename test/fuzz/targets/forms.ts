import fc from 'fast-check';
import { readForm } from '../../../src/server/form.ts';
import { coded } from '../coded.ts';
import { damaged } from '../damaged.ts';
import { fuzzTarget } from '../target.ts';

const part = (more: string, content: string) =>
  `--limit\r\nContent-Disposition: form-data; ${more}\r\n\r\n${content}\r\n`;
const SAMPLES = [
  `${part('name="livekit_url"', 'ws://127.0.0.1')}${part('name="avatar_image"; filename="a.png"', '\x89PNG\r\n--lim')}--limit--\r\n`,
  `before\r\n${part('name="__proto__"', '')}--limit--`,
  `${part('name="x"', 'y').repeat(32)}--limit--\r\n`,
].map((text) => new Uint8Array(Buffer.from(text, 'latin1')));
const TYPES = [
  'multipart/form-data; boundary=limit',
  'multipart/form-data; xboundary=other; BOUNDARY="limit"; charset=utf-8',
  'multipart/form-data; boundary=it',
];

/** A form is read or refused, whatever it looks like, and by its boundary alone. */
export const forms = fuzzTarget<{ bytes: number[]; type: string }>({
  name: 'forms',
  runsInSuite: 1000,
  inputs: fc.record({
    bytes: damaged(...SAMPLES).map((bytes) => [...bytes]),
    type: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...TYPES) }, fc.string()),
  }),
  attempt({ bytes, type }) {
    const form = coded(['invalid_request'], () => readForm(Buffer.from(bytes), type));
    if (!form) return;
    if (Object.getPrototypeOf(form) !== Object.prototype) throw new Error('its prototype is of the form');
    const sum = Object.values(form).reduce((length, { length: one }) => length + one, 0);
    if (sum > bytes.length) throw new Error('more comes out than went in');
  },
});
