import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Speaker } from '../../src/session/session-api.ts';
import { patient, pieceValue, stage, useStageClock, voice } from '../support/speech-stage.ts';

beforeEach(useStageClock);
afterEach(() => {
  vi.useRealTimers();
});

const word = (text: string, startMs: number, endMs = startMs + 100) => ({ text, startMs, endMs });

describe('words of utterances', () => {
  it('are told as their voice is heard, over a gap and a pause; those after its end never are', async () => {
    const { session, run, close } = await stage();
    const bot = patient(session);
    const told: string[] = [];
    session.on('speech.word', ({ text, index, id }) => told.push(`${index} ${text} ${id}`));
    const ended: unknown[] = [];
    session.on('speech.ended', ({ lastWord }) => ended.push(lastWord));
    bot.addWords([word('one', 0), word('two', 300), word('three', 600), word('never', 900)], 'a');
    bot.push(voice(500), { id: 'a' });
    run(450);
    expect(told).toEqual(['0 one a']);
    session.pause();
    run(5000);
    expect(told).toEqual(['0 one a']);
    session.resume();
    run(1500);
    expect(told).toEqual(['0 one a', '1 two a']);
    run(5000);
    bot.push(voice(400), { id: 'a' });
    bot.end('a');
    run(1000);
    expect(told).toEqual(['0 one a', '1 two a', '2 three a']);
    expect(ended).toEqual([{ index: 2, text: 'three' }]);
    close();
  });

  it('come after the end of their utterance too, and for one that waits; not when it is over', async () => {
    const { session, run, close } = await stage();
    const bot = patient(session);
    const told: string[] = [];
    session.on('speech.word', ({ text }) => told.push(text));
    for (const id of ['a', 'b']) {
      bot.push(voice(500), { id });
      bot.end(id);
    }
    expect(bot.addWords([word('b', 100)], 'b')).toBe(true);
    expect(bot.addWords([word('a', 100)], 'a')).toBe(true);
    run(400);
    // Some of it is over: the rest is taken.
    expect(bot.addWords([word('late', 0), word('a2', 400)], 'a')).toBe(false);
    run(1500);
    expect(told).toEqual(['a', 'a2', 'b']);
    expect(bot.addWords([word('over', 0)], 'a')).toBe(false);
    run(100);
    expect(told).toHaveLength(3);
    close();
  });

  it('without a name belong to what is being received, or begin it; not to what somebody else interrupted', async () => {
    const { session, run, close } = await stage();
    const bot = patient(session);
    const told: unknown[] = [];
    session.on('speech.word', ({ utterance, text }) => told.push([utterance, text]));
    bot.addWords([word('one', 0)]);
    bot.push(voice(200));
    bot.end();
    run(600);
    bot.push(voice(300));
    session.openSpeaker().interrupt();
    expect(bot.addWords([word('late', 0)])).toBe(false);
    bot.end();
    bot.push(voice(200));
    bot.addWords([word('three', 0)]);
    run(600);
    expect(told).toEqual([
      [1, 'one'],
      [3, 'three'],
    ]);
    close();
  });

  it('wait up to 2000 at a time, whatever utterances they belong to, and make room as they are heard', async () => {
    const { session, run, close } = await stage();
    const bot = patient(session);
    const many = (count: number) => Array.from({ length: count }, (_, i) => word('w', i / 10, i / 10));
    bot.addWords(many(1500), 'a');
    bot.push(voice(200), { id: 'a' });
    expect(() => bot.addWords(many(501), 'b')).toThrow(
      expect.objectContaining({ code: 'words_buffer_full' }),
    );
    bot.addWords(many(500), 'b');
    expect(() => bot.addWords(many(1), 'b')).toThrow(expect.objectContaining({ code: 'words_buffer_full' }));
    run(600);
    bot.addWords(many(1500), 'b');
    bot.interrupt();
    bot.addWords(many(2000), 'c');
    close();
  });
});

describe('utterances of a session', () => {
  it('late voice of one that was interrupted is dropped, and each ends once', async () => {
    const { session, told, run, takeHeard, close } = await stage();
    const bot = patient(session);
    const user = session.openSpeaker();
    expect(bot.push(voice(500, 1), { id: 'a' })).toBe(true);
    run(600);
    user.interrupt();
    run(50);
    takeHeard();
    expect(bot.push(voice(500, 2), { id: 'a' })).toBe(false);
    bot.end('a');
    run(500);
    expect([...takeHeard()]).toEqual([]);
    bot.push(voice(100, 3), { id: 'b' });
    bot.end('b');
    bot.interrupt('a');
    run(600);
    expect(takeHeard()).toContain(pieceValue(3));
    expect(told).toMatchObject([
      { name: 'started', utterance: 1, id: 'a' },
      { name: 'ended', utterance: 1, id: 'a', reason: 'interrupted' },
      { name: 'started', utterance: 2, id: 'b' },
      { name: 'ended', utterance: 2, id: 'b', reason: 'completed', playedMs: 100 },
    ]);
    close();
  });

  it.each([
    ['its end', (bot: Speaker) => bot.end()],
    ['its own interruption', (bot: Speaker) => bot.interrupt()],
    ['a new name', (bot: Speaker) => bot.push(voice(20), { id: 'new' })],
  ])('voice without a name is dropped after an interruption of somebody else, until %s', async (_, begin) => {
    const { session, run, takeHeard, close } = await stage();
    const bot = patient(session);
    bot.push(voice(300, 1));
    run(300);
    session.openSpeaker().interrupt();
    run(100);
    takeHeard();
    for (let i = 0; i < 3; i++) {
      expect(bot.push(voice(100, 2))).toBe(false);
      run(2000);
    }
    expect(takeHeard()).not.toContain(pieceValue(2));
    begin(bot);
    expect(bot.push(voice(100, 3))).toBe(true);
    run(600);
    expect(takeHeard()).toContain(pieceValue(3));
    close();
  });

  it('what follows on the own interruption is new, and so is what a microphone hears after any', async () => {
    const { session, run, takeHeard, close } = await stage();
    const bot = patient(session);
    bot.push(voice(300, 1));
    bot.interrupt();
    bot.push(voice(100, 2));
    run(400);
    expect(takeHeard()).toEqual(new Set([pieceValue(2)]));
    bot.end();
    run(300);
    const page = patient(session);
    page.push(voice(60, 3), { live: true });
    run(100);
    bot.interrupt();
    expect(page.push(voice(60, 4), { live: true })).toBe(true);
    run(400);
    expect(takeHeard()).toContain(pieceValue(4));
    close();
  });

  it('a gap is told once, and speech goes on; without its end the utterance ends after ten seconds', async () => {
    const { session, told, run, kill, close } = await stage();
    const bot = patient(session);
    bot.push(voice(200), { id: 'a' });
    run(5000);
    kill();
    run(3000);
    bot.push(voice(200), { id: 'a' });
    run(9000);
    expect(told.map(({ name }) => name)).toEqual(['started', 'stalled', 'continued', 'stalled']);
    run(2000);
    expect(told.slice(4)).toMatchObject([{ name: 'ended', id: 'a', reason: 'underrun', playedMs: 400 }]);
    expect(bot.push(voice(200), { id: 'a' })).toBe(false);
    // One without a name begins another.
    bot.push(voice(100));
    run(400);
    expect(told[5]).toMatchObject({ name: 'started', utterance: 2 });
    bot.close();
    run(200);
    expect(told.at(-1)).toMatchObject({ name: 'ended', utterance: 2, reason: 'underrun' });
    close();
  });

  it('a pause keeps the one that has stalled waiting', async () => {
    const { session, told, run, close } = await stage();
    const bot = patient(session);
    bot.push(voice(200), { id: 'a' });
    run(2000);
    session.pause();
    run(30_000);
    session.resume();
    run(9000);
    expect(told.map(({ name }) => name)).toEqual(['started', 'stalled', 'paused', 'resumed']);
    run(2000);
    expect(told.at(-1)).toMatchObject({ name: 'ended', reason: 'underrun' });
    close();
  });

  it('for a speaker of version 1 an utterance is complete after a second, and an interruption begins another', async () => {
    const { session, told, run, close } = await stage();
    const bot = session.openSpeaker();
    bot.push(voice(200));
    run(900);
    expect(told.map(({ name }) => name)).toEqual(['started']);
    run(300);
    bot.push(voice(200));
    session.openSpeaker().interrupt();
    bot.push(voice(100));
    bot.end();
    run(600);
    expect(told).toMatchObject([
      { name: 'started', utterance: 1 },
      { name: 'ended', utterance: 1, reason: 'completed', playedMs: 200 },
      { name: 'ended', utterance: 2, reason: 'interrupted', playedMs: 0 },
      { name: 'started', utterance: 3 },
      { name: 'ended', utterance: 3, reason: 'completed', playedMs: 100 },
    ]);
    close();
  });

  it('two that speak at once are heard one after the other; a microphone gives way to both', async () => {
    const { session, told, run, takeHeard, close } = await stage();
    const [bot, other, page] = [patient(session), patient(session), patient(session)];
    page.push(voice(40, 9), { live: true });
    for (let i = 0; i < 5; i++) {
      bot.push(voice(40, 1), { id: 'a' });
      other.push(voice(40, 2), { id: 'a' });
      page.push(voice(40, 3), { live: true });
    }
    bot.end('a');
    other.end('a');
    run(400);
    expect(takeHeard()).toEqual(new Set([pieceValue(9), pieceValue(1)]));
    run(600);
    expect(takeHeard()).not.toContain(pieceValue(3));
    page.push(voice(40, 4), { live: true });
    run(400);
    expect(takeHeard()).toContain(pieceValue(4));
    expect(told.filter(({ name }) => name === 'ended')).toMatchObject([
      { utterance: 1, playedMs: 40 },
      { utterance: 2, id: 'a', playedMs: 200 },
      { utterance: 3, id: 'a', playedMs: 200 },
    ]);
    close();
  });

  it('one that is dropped before its turn ends after those that began before it, of which nothing has come yet', async () => {
    const { told, session, run, close } = await stage();
    const [bot, other] = [patient(session), patient(session)];
    session.pause();
    bot.push(voice(50), { id: 'a' });
    other.interrupt('b');
    run(100);
    session.resume();
    bot.end();
    run(600);
    expect(told.filter(({ name }) => name === 'ended')).toMatchObject([
      { id: 'a', reason: 'completed' },
      { id: 'b', reason: 'interrupted', playedMs: 0 },
    ]);
    close();
  });

  it('what is too much is refused with the figures, once a second', async () => {
    const { session, run, close } = await stage();
    const bot = patient(session);
    bot.push(voice(119_000));
    const push = () => bot.push(voice(2000));
    expect(push).toThrow(/120 s of voice are kept, 119 s wait, 2 s came/);
    push();
    run(1000);
    expect(push).toThrow(expect.objectContaining({ code: 'audio_buffer_full' }));
    bot.interrupt();
    run(100);
    for (let i = 0; i < 1000; i++) bot.end(`${i}`);
    expect(() => bot.end('one more')).toThrow(/1000 utterances/);
    expect(() => bot.refuse('one more')).not.toThrow();
    close();
  });
});
