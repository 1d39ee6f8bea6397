/** Voice that could not be taken, told by an error as it came: how its utterance ends. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PeerVoice } from '../../src/connection/peer-voice.ts';
import { patient, stage, useStageClock, voice } from '../support/speech-stage.ts';

beforeEach(useStageClock);
afterEach(() => {
  vi.useRealTimers();
});

it('is not completed where the last of it was refused, but where that came again', async () => {
  const { session, run, told, close } = await stage();
  const bot = patient(session);
  const tooMuch = (id: string) => {
    expect(() => bot.push(voice(121_000), { id })).toThrow(
      expect.objectContaining({ code: 'audio_buffer_full' }),
    );
    run(1000);
  };
  for (const id of ['nothing', 'torn', 'whole']) {
    if (id !== 'nothing') bot.push(voice(100), { id });
    tooMuch(id);
    if (id === 'whole') bot.push(voice(100), { id });
    // Nothing is nothing better.
    bot.push(voice(0), { id });
    bot.end(id);
    run(1000);
  }
  bot.refuse('unreadable');
  bot.end('unreadable');
  run(1000);
  const ends = told.filter(({ name }) => name === 'ended').map(({ id, reason }) => `${id} ${reason}`);
  expect(ends).toEqual([
    'nothing interrupted',
    'torn interrupted',
    'whole completed',
    'unreadable interrupted',
  ]);
  close();
});

it('a sound file in place of its samples is not completed', async () => {
  const { session, run, told, close } = await stage();
  const peer = new PeerVoice(
    { session, speaker: patient(session) },
    { attempt: (action) => action(), warn: () => {} },
  );
  const wav = Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(4096)]);
  const samples = Buffer.alloc(9600, 1);
  const say = (id: string, data: Uint8Array) => peer.take(data, { live: false, id });
  say('speech', samples);
  peer.end('speech');
  expect(() => say('file', wav)).toThrow(/WAV file/);
  // What follows of the file is dropped with it.
  say('file', samples);
  peer.end('file');
  say('again', samples);
  peer.end('again');
  run(2000);
  const ends = told.filter(({ name }) => name === 'ended').map(({ id, reason }) => `${id} ${reason}`);
  expect(ends).toEqual(['speech completed', 'file interrupted', 'again completed']);
  peer.close();
  close();
});
