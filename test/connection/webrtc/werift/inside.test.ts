import { describe, expect, it } from 'vitest';
import { inside } from '../../../../src/connection/webrtc/werift/inside.ts';

const missing = expect.objectContaining({ code: 'dependency_unsupported' });

describe('inside', () => {
  it('gives the object that has what is needed, its own or of its class', () => {
    class Thing {
      count = 1;
      maybe: string | undefined;
      act(): void {}
    }
    const thing = new Thing();
    expect(inside<object>(thing, 'Thing', { count: 'number', act: 'function', maybe: 'any' } as object)).toBe(
      thing,
    );
  });

  it.each([
    ['an object that is not there', undefined],
    ['one that lacks it', {}],
    ['one that has another kind of it', { count: 'one' }],
  ])('refuses %s', (_, object) => {
    expect(() => inside<{ count: number }>(object, 'Thing', { count: 'number' })).toThrow(missing);
  });
});
