import { expect, it } from 'vitest';
import { Sealed } from '../../src/server/sealed.ts';

it('is opened by whoever sealed it, as long as it is valid, and only as it was', () => {
  let nowMs = 0;
  const sealed = new Sealed<{ of: string }>(1000, () => nowMs);
  const text = sealed.seal({ of: 'a room' });
  expect(text).toMatch(/^[\w-]+$/);
  expect(text).not.toContain(Buffer.from('a room').toString('base64url'));
  expect(sealed.open(text)).toEqual({ of: 'a room' });
  expect(new Sealed(1000, () => nowMs).open(text)).toBeUndefined();
  for (let i = 0; i < text.length; i += 7) {
    const other = text[i] === 'A' ? 'Q' : 'A';
    expect(sealed.open(text.slice(0, i) + other + text.slice(i + 1))).toBeUndefined();
  }
  for (const none of ['', 'x', 'a secret key', text.slice(1), text.slice(0, -4)])
    expect(sealed.open(none)).toBeUndefined();
  nowMs = 1000;
  expect(sealed.open(text)).toBeUndefined();
});
