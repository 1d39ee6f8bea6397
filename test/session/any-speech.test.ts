/** What is true of the speech of a session, whatever two connections say and whatever becomes of its engine. */
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { patient, pieceValue, stage, useStageClock, voice } from '../support/speech-stage.ts';

beforeEach(useStageClock);
afterEach(() => {
  vi.useRealTimers();
});

const id = fc.constantFrom('a', 'b', 'c', 'd', undefined);
const act = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('say' as const), ms: fc.integer({ min: 1, max: 700 }), id }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('end' as const), id }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('interrupt' as const), id }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('pause', 'resume', 'kill') }) },
);
const scene = fc.array(
  fc.record({
    who: fc.nat({ max: 1 }),
    act,
    thenMs: fc.oneof(
      { weight: 6, arbitrary: fc.nat({ max: 500 }) },
      { weight: 1, arbitrary: fc.nat({ max: 13_000 }) },
    ),
  }),
  { maxLength: 40 },
);

it('whatever two connections say: one end for each, in order, and nothing of what is dropped is heard', async () => {
  await fc.assert(
    fc.asyncProperty(scene, fc.nat(), fc.boolean(), async (acts, seed, bothPatient) => {
      const { session, told, run, kill, takeHeard, close } = await stage(seed);
      const speakers = [patient(session), bothPatient ? patient(session) : session.openSpeaker()];
      let piece = 0;
      let saidMs = 0;
      let interruptions = 0;
      const dropped = new Set<number>();
      const said: { who: number; id: string | undefined; value: number; ms: number }[] = [];
      const drop = (which: (entry: (typeof said)[number]) => boolean) => {
        for (const entry of said) if (which(entry)) dropped.add(entry.value);
      };
      for (const { who, act, thenMs } of acts) {
        const speaker = speakers[who];
        const name = 'id' in act && speaker.patient ? act.id : undefined;
        takeHeard();
        switch (act.do) {
          case 'say': {
            const value = pieceValue(++piece);
            if (speaker.push(voice(act.ms, piece), { id: name })) {
              said.push({ who, id: name, value, ms: Math.round(act.ms * 48) / 48 });
              saidMs += Math.round(act.ms * 48) / 48;
            } else dropped.add(value);
            break;
          }
          case 'end':
            speaker.end(name);
            break;
          case 'interrupt':
            speaker.interrupt(name);
            interruptions++;
            drop((entry) => name === undefined || (entry.who === who && entry.id === name));
            break;
          case 'pause':
            session.pause();
            break;
          case 'resume':
            session.resume();
            break;
          case 'kill':
            kill();
        }
        run(thenMs);
        for (const value of takeHeard()) expect(dropped.has(value), `piece of ${value}`).toBe(false);
      }
      session.resume();
      for (const speaker of speakers) speaker.close();
      run(saidMs + 3000);

      const ended = told.filter(({ name }) => name === 'ended');
      expect(ended.map(({ utterance }) => utterance)).toEqual(ended.map((_, i) => i + 1));
      expect(session.stats.queuedMs).toBe(0);
      // Each name that was taken has one end, with no more than was sent.
      for (const who of [0, 1]) {
        for (const id of new Set(said.filter((entry) => entry.who === who).map((entry) => entry.id))) {
          if (id !== undefined) expect(ended.filter((event) => event.id === id).length).toBeGreaterThan(0);
        }
      }
      const playedMs = ended.reduce((sum, event) => sum + event.playedMs!, 0);
      expect(playedMs).toBeLessThanOrEqual(saidMs + 0.01);
      if (interruptions === 0) expect(playedMs).toBeCloseTo(saidMs, 1);
      // Between its start and its end, gaps open and close.
      for (const { utterance, playedMs } of ended) {
        const names = told.filter((event) => event.utterance === utterance).map(({ name }) => name);
        const order = names.join(' ');
        expect(order).toMatch(/^(stalled )?(started )?(continued )?(stalled continued )*(stalled )?ended$/);
        if (playedMs! > 0) expect(names).toContain('started');
      }
      close();
    }),
    { numRuns: 60 },
  );
}, 120_000);
