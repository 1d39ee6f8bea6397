import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModelSession } from '../../support/model-session.ts';

const FORMAT = { sample_rate: '24000', num_channels: '1' };
const bytes = (...values: number[]) => Uint8Array.from(values);

describe('segments', () => {
  const open = (options?: ConstructorParameters<typeof ModelSession>[0]) => new ModelSession(options);

  it('are said as they come, and told of once each', () => {
    const model = open();
    model.segments.header(1, FORMAT, 0);
    model.segments.chunk(1, bytes(1, 2), 10);
    model.segments.chunk(1, bytes(3, 4), 20);
    model.segments.trailer(1, 30);
    expect(model.calls).toEqual(['say 1: 1,2', 'say 1: 3,4', 'complete 1']);
    model.playAll();
    expect(model.told).toEqual(['started', 'finished 2']);
  });

  it('without any voice are finished at once', () => {
    const model = open();
    model.segments.header(1, FORMAT, 0);
    model.segments.trailer(1, 5);
    expect(model.calls).toEqual([]);
    expect(model.told).toEqual(['finished 0']);
  });

  it('are said one after the other, also when a newer one begins before the end of the older', () => {
    const model = open();
    model.segments.header(1, FORMAT, 0);
    model.segments.chunk(1, bytes(1, 1), 1);
    model.segments.header(2, FORMAT, 2);
    model.segments.chunk(2, bytes(2, 2), 3);
    // What was sent before may come late, as streams are handed over one by one.
    model.segments.chunk(1, bytes(1, 1), 4);
    model.segments.trailer(1, 5);
    model.segments.trailer(2, 6);
    expect(model.calls).toEqual(['say 1: 1,1', 'say 1: 1,1', 'complete 1', 'say 2: 2,2', 'complete 2']);
    model.playAll();
    expect(model.told).toEqual(['started', 'finished 2', 'started', 'finished 1']);
  });

  it('whose end is lost are whole soon after a newer one has begun', () => {
    const model = open();
    model.segments.header(1, FORMAT, 0);
    model.segments.chunk(1, bytes(1, 1), 0);
    model.segments.header(2, FORMAT, 100);
    model.segments.trailer(2, 110);
    expect(model.segments.dueMs).toBe(300);
    model.segments.tick(299);
    expect(model.calls).not.toContain('complete 1');
    model.segments.tick(300);
    model.playAll();
    expect(model.told).toEqual(['started', 'finished 1', 'finished 0']);
  });

  it('whose end is lost are whole after ten seconds without voice', () => {
    const model = open();
    model.segments.header(1, FORMAT, 0);
    model.segments.chunk(1, bytes(1, 1), 4000);
    expect(model.segments.dueMs).toBe(14_000);
    model.segments.tick(14_000);
    model.playAll();
    expect(model.told).toEqual(['started', 'finished 1']);
    expect(model.segments.dueMs).toBeUndefined();
  });

  it('are dropped by a clear, those too that wait, and what comes of them later is late', () => {
    const model = open();
    model.segments.header(1, FORMAT, 0);
    model.segments.chunk(1, bytes(1, 1), 0);
    model.segments.header(2, FORMAT, 1);
    model.segments.chunk(2, bytes(2, 2), 1);
    model.segments.clear(2);
    model.segments.chunk(1, bytes(9, 9), 3);
    model.segments.chunk(2, bytes(9, 9), 3);
    model.segments.trailer(1, 4);
    model.segments.trailer(2, 4);
    expect(model.calls).toEqual(['say 1: 1,1', 'drop 1']);
    model.playAll();
    expect(model.told).toEqual(['finished 0 interrupted', 'finished 0 interrupted']);
    model.segments.header(3, FORMAT, 5);
    model.segments.chunk(3, bytes(3, 3), 5);
    model.segments.trailer(3, 5);
    model.playAll();
    expect(model.told.slice(2)).toEqual(['started', 'finished 1']);
  });

  it('have nothing to clear where none has begun, nor where all are told of', () => {
    const model = open();
    model.segments.clear(0);
    model.segments.header(1, FORMAT, 1);
    model.segments.trailer(1, 1);
    model.segments.clear(2);
    expect(model.told).toEqual(['finished 0']);
  });

  it('that somebody else has interrupted are over, whatever still comes', () => {
    const model = open();
    model.segments.header(1, FORMAT, 0);
    model.segments.chunk(1, bytes(1, 1), 0);
    model.interruptAll();
    model.segments.chunk(1, bytes(1, 1), 1);
    model.segments.trailer(1, 2);
    expect(model.told).toEqual(['finished 0 interrupted']);
    expect(model.calls).toEqual(['say 1: 1,1']);
  });

  it.each([
    [{}, 'NaN'],
    [{ sample_rate: '7999', num_channels: '1' }, '7999 Hz'],
    [{ sample_rate: '1e4', num_channels: '1' }, 'NaN'],
    [{ sample_rate: '99999999999999999999', num_channels: '1' }, 'NaN'],
    [{ sample_rate: '24000', num_channels: '0' }, '0 channels'],
    [{ sample_rate: '24000', num_channels: '9' }, '9 channels'],
  ])('of a format that cannot be said are told to be over: %j', (attributes, named) => {
    const model = open();
    model.segments.header(1, attributes, 0);
    model.segments.chunk(1, bytes(1, 1), 0);
    model.segments.trailer(1, 0);
    expect(model.told).toEqual(['finished 0 interrupted']);
    expect(model.refusals).toEqual([['unsupported_audio', expect.stringContaining(named)]]);
  });

  it('wait for room in the session, in their order', () => {
    const model = open({ room: 1 });
    model.segments.header(1, FORMAT, 0);
    for (const value of [1, 2, 3]) model.segments.chunk(1, bytes(value, value), 0);
    model.segments.trailer(1, 0);
    expect(model.calls).toEqual(['say 1: 1,1']);
    expect(model.segments.waiting).toBe(true);
    model.room = 5;
    model.segments.tick(1);
    expect(model.calls.slice(1)).toEqual(['say 1: 2,2', 'say 1: 3,3', 'complete 1']);
    expect(model.segments.waiting).toBe(false);
  });

  it('keep no more than a few minutes: the rest of an endless one is not said, and it has its end all the same', () => {
    const model = open({ room: 0 });
    model.segments.header(1, FORMAT, 0);
    const megabyte = new Uint8Array(1_000_000);
    for (let i = 0; i < 40; i++) model.segments.chunk(1, megabyte, i);
    expect(model.refusals).toEqual([['audio_buffer_full', expect.stringContaining('rest of a segment')]]);
    model.room = 100;
    model.segments.tick(100);
    expect(model.calls.filter((call) => call.startsWith('say'))).toHaveLength(16);
    model.playAll();
    expect(model.told).toEqual(['started', 'finished 16']);
  });

  it('are no more than 64 at a time: those beyond are told to be over, in their turn', () => {
    const model = open();
    for (let stream = 1; stream <= 70; stream++) {
      model.segments.header(stream, FORMAT, 0);
      model.segments.chunk(stream, bytes(1, 1), 0);
    }
    expect(model.refusals).toHaveLength(6);
    expect(model.told).toEqual([]);
    model.segments.tick(20_000);
    model.playAll();
    const finished = model.told.filter((told) => told.startsWith('finished'));
    expect(finished).toHaveLength(70);
    expect(finished.slice(64)).toEqual(Array(6).fill('finished 0 interrupted'));
  });

  it('are said as far as they have come, when the sender is lost', () => {
    const model = open();
    model.segments.header(1, FORMAT, 0);
    model.segments.chunk(1, bytes(1, 1), 0);
    model.segments.cutOff(1);
    model.playAll();
    expect(model.told).toEqual(['started', 'finished 1']);
  });
});

/** What may happen to them; numbers are of the streams that were opened, by their place. */
const happening = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ type: 'header' as const }) },
  { weight: 1, arbitrary: fc.constant({ type: 'bad header' as const }) },
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant('chunk' as const), of: fc.nat(5), size: fc.nat(3) }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('trailer' as const), of: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.constant({ type: 'clear' as const }) },
  { weight: 1, arbitrary: fc.constant({ type: 'cut off' as const }) },
  { weight: 1, arbitrary: fc.constant({ type: 'interrupted by others' as const }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('play' as const), pieces: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('room' as const), pieces: fc.nat(6) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('time' as const),
      ms: fc.constantFrom(1, 150, 250, 5000, 11_000),
    }),
  },
);

it('whatever comes in whatever order, every header is finished exactly once, in order', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), fc.boolean(), (happenings, slow) => {
      // `slow`: the session tells the end of what was dropped later, as one in another process does.
      const model = new ModelSession({ slow });
      let [streams, nowMs] = [0, 0];
      const lately = (of: number) => streams - of;
      for (const one of happenings) {
        if (one.type === 'header') model.segments.header(++streams, FORMAT, nowMs);
        else if (one.type === 'bad header') model.segments.header(++streams, {}, nowMs);
        else if (one.type === 'chunk') model.segments.chunk(lately(one.of), new Uint8Array(one.size), nowMs);
        else if (one.type === 'trailer') model.segments.trailer(lately(one.of), nowMs);
        else if (one.type === 'clear') model.segments.clear(nowMs);
        else if (one.type === 'cut off') model.segments.cutOff(nowMs);
        else if (one.type === 'interrupted by others') model.interruptAll();
        else if (one.type === 'play') model.play(one.pieces);
        else if (one.type === 'room') model.room = one.pieces;
        else {
          nowMs += one.ms;
          model.segments.tick(nowMs);
        }
      }
      // In the end there is time and room for all.
      model.room = Number.POSITIVE_INFINITY;
      model.segments.tick(nowMs + 20_000);
      model.playAll();
      expect(model.finished).toBe(streams);
      expect(model.segments.open).toBe(0);
      expect(model.segments.waiting).toBe(false);
      expect(model.segments.dueMs).toBeUndefined();
      expect(model.started).toBeLessThanOrEqual(streams);
      expect(model.faults).toEqual([]);
    }),
    { numRuns: 3000 },
  );
});
