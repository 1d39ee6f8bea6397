import { expect, it } from 'vitest';
import { pointedTo } from '../../src/connection/dial-request.ts';

it.each([
  ['https://a.example/whip', '/seat', 'https://a.example/seat'],
  ['https://a.example/whip', 'https://b.example/seat', 'https://b.example/seat'],
  ['http://a.example/whip', 'https://a.example/seat', 'https://a.example/seat'],
  ['http://a.example/whip', 'seat/1', 'http://a.example/seat/1'],
  ['https://a.example/whip', 'http://a.example/seat', undefined],
  ['https://a.example/whip', 'file:///etc/passwd', undefined],
  ['https://a.example/whip', 'http://[', undefined],
  ['https://a.example/whip', undefined, undefined],
])('from %s, %s leads to %s: never from https to anything else', (from, location, to) => {
  expect(pointedTo(from, location)).toBe(to);
});
