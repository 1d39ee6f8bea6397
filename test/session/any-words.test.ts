/** What is true of the words of utterances, whenever they come and whatever becomes of voice and engine. */
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PCM_VOICE } from '../../src/contract/outputs.ts';
import type { WordEvent } from '../../src/contract/session-events.ts';
import { patient, pieceValue, stage, useStageClock, voice } from '../support/speech-stage.ts';

beforeEach(useStageClock);
afterEach(() => {
  vi.useRealTimers();
});

/** A fade hides so much of the beginning of a piece. */
const FADE_MS = 5;
/** What the engine plays between an interruption and hearing of it, and until it is told how far it had come. */
const ON_THE_WAY_MS = 60;
/** How far the voice has come is told once a packet: a gap within one moves what began before it by as much. */
const PACKET_MS = 20;

interface Piece {
  utterance: string;
  value: number;
  startMs: number;
  endMs: number;
  /** Whether its word was given no later than its voice. */
  inTime: boolean;
  /** Undefined where its word was not given yet. */
  taken: boolean | undefined;
}

const speaker = fc.nat({ max: 1 });
const say = fc.record({
  do: fc.constant('say' as const),
  who: speaker,
  ms: fc.integer({ min: 1, max: 700 }),
  begins: fc.boolean(),
  word: fc.constantFrom('before', 'after', 'later'),
});
const act = fc.oneof(
  { weight: 6, arbitrary: say },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('give what is missing' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('end' as const), who: speaker }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('interrupt' as const), who: speaker, all: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('pause', 'resume', 'kill') }) },
);
const scene = fc.array(
  fc.record({
    act,
    thenMs: fc.oneof(
      { weight: 6, arbitrary: fc.nat({ max: 500 }) },
      { weight: 1, arbitrary: fc.nat({ max: 13_000 }) },
    ),
  }),
  { maxLength: 40 },
);

it('a word is told once, when its voice is heard, and the last one with the end; none of what is dropped', async () => {
  await fc.assert(
    fc.asyncProperty(scene, fc.nat(), async (acts, seed) => {
      const { session, run, kill, close } = await stage(seed);
      const speakers = [patient(session), patient(session)];
      const pieces: Piece[] = [];
      const told: (WordEvent & { id?: string })[] = [];
      const ends = new Map<string, { playedMs: number; reason: string; lastWord?: object }>();
      const dropped = new Set<string>();
      const heardMs = new Map<number, { first: number; last: number }>();
      const names = ['a', 'b'];
      let count = 0;
      session.on('speech.word', (event) => {
        expect(dropped.has(event.id!), 'a word after its utterance was dropped').toBe(false);
        expect(ends.has(event.id!), 'a word after the end').toBe(false);
        told.push(event);
      });
      session.on('speech.ended', (event) => ends.set(event.id!, event));
      session.take([PCM_VOICE], {
        pcm: ({ samples, mediaTimeMs }) => {
          samples.forEach((sample, i) => {
            if (sample === 0 || sample !== samples[i + 1]) return;
            const at = mediaTimeMs + i / 48;
            heardMs.set(sample, { first: heardMs.get(sample)?.first ?? at, last: at });
          });
        },
      });
      const give = (who: number, piece: Piece) => {
        const { value, startMs, endMs } = piece;
        piece.taken = speakers[who].addWords([{ text: String(value), startMs, endMs }], piece.utterance);
      };
      for (const { act, thenMs } of acts) {
        switch (act.do) {
          case 'say': {
            const { who, ms, word } = act;
            if (act.begins) names[who] = `${who} ${++count}`;
            const utterance = names[who];
            if (!speakers[who].accepts(utterance)) break;
            const startMs = pieces.filter((one) => one.utterance === utterance).at(-1)?.endMs ?? 0;
            const endMs = startMs + Math.round(ms * 48) / 48;
            const number = pieces.length + 1;
            const value = pieceValue(number);
            const inTime = word !== 'later';
            const piece: Piece = { utterance, value, startMs, endMs, inTime, taken: undefined };
            pieces.push(piece);
            if (word === 'before') give(who, piece);
            speakers[who].push(voice(ms, number), { id: utterance });
            if (word === 'after') give(who, piece);
            break;
          }
          case 'give what is missing':
            for (const who of [0, 1])
              for (const piece of pieces)
                if (piece.utterance === names[who] && piece.taken === undefined) give(who, piece);
            break;
          case 'end':
            speakers[act.who].end(names[act.who]);
            break;
          case 'interrupt':
            speakers[act.who].interrupt(act.all ? undefined : names[act.who]);
            for (const { utterance } of pieces)
              if (act.all || utterance === names[act.who]) dropped.add(utterance);
            break;
          case 'kill':
            kill();
            break;
          default:
            session[act.do as 'pause' | 'resume']();
        }
        run(thenMs);
      }
      session.resume();
      for (const one of speakers) one.close();
      run(pieces.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0) + 3000);

      const wordsOf = (utterance: string) => told.filter(({ id }) => id === utterance);
      for (const { utterance, value, startMs, endMs, inTime, taken } of pieces) {
        const words = wordsOf(utterance).filter(({ text }) => text === String(value));
        const { playedMs, reason } = ends.get(utterance)!;
        expect(words.length).toBeLessThanOrEqual(1);
        if (!taken) expect(words.length).toBe(0);
        else if (reason !== 'interrupted') expect(words.length, `told at ${startMs} ms`).toBe(1);
        else if (inTime && startMs < playedMs - ON_THE_WAY_MS) expect(words.length).toBe(1);
        if (words.length === 0) continue;
        expect(words[0]).toMatchObject({ startMs, endMs });
        expect(startMs).toBeLessThan(playedMs);
        const heard = heardMs.get(value);
        // Packets that are under way in an interruption are not heard.
        if (!heard) continue;
        const unheardMs = dropped.size > 0 ? ON_THE_WAY_MS : FADE_MS;
        expect(words[0].mediaTimeMs).toBeGreaterThanOrEqual(heard.first - unheardMs - 0.1);
        expect(words[0].mediaTimeMs).toBeLessThanOrEqual(heard.last + PACKET_MS);
      }
      for (const [utterance, { lastWord }] of ends) {
        const last = wordsOf(utterance).at(-1);
        expect(lastWord).toEqual(last && { index: last.index, text: last.text });
      }
      close();
    }),
    { numRuns: 60 },
  );
}, 120_000);
