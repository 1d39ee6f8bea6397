import { describe, expect, it, vi } from 'vitest';
import { Containment } from '../src/containment.ts';
import { VultusError } from '../src/errors.ts';

describe('Containment', () => {
  it('keeps inside what is thrown, and says it once', () => {
    const failed = vi.fn();
    const walls = new Containment(failed);
    walls.run(() => {
      throw new RangeError('a mistake');
    });
    walls.run(() => {
      throw new Error('another one');
    });
    expect(failed.mock.calls).toEqual([[expect.objectContaining({ code: 'internal' })]]);
    expect(failed.mock.calls[0][0].cause).toBeInstanceOf(RangeError);
  });

  it('leaves errors with a code as they are', () => {
    const failed = vi.fn();
    const error = new VultusError('encoder_failed');
    new Containment(failed).run(() => {
      throw error;
    });
    expect(failed).toHaveBeenCalledExactlyOnceWith(error);
  });

  it('gives the caller what an action returns or throws that is only entered', () => {
    const failed = vi.fn();
    const walls = new Containment(failed);
    expect(walls.enter(() => 7)).toBe(7);
    expect(() =>
      walls.enter(() => {
        throw new Error('the caller is to blame');
      }),
    ).toThrow('the caller is to blame');
    expect(failed).not.toHaveBeenCalled();
  });

  it('is around all that begins inside, the innermost one first', async () => {
    const [outer, inner] = [1, 2].map(() => new Containment(() => {}));
    const seen = await outer.enter(async () => {
      const within = inner.enter(() => Containment.current);
      await new Promise((resolve) => setTimeout(resolve));
      return [within, Containment.current];
    });
    expect(seen).toEqual([inner, outer]);
    expect(Containment.current).toBeUndefined();
  });
});
