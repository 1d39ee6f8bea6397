import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { squareFormat } from '../../../src/contract/formats.ts';
import { OPUS_VOICE, usualVideo } from '../../../src/contract/outputs.ts';
import { DEFAULT_SETTINGS } from '../../../src/contract/session-settings.ts';
import { EnginePool, type EnginePoolSettings } from '../../../src/engine/pool/engine-pool.ts';
import type { VultusError } from '../../../src/errors.ts';
import { VideoDecoder } from '../../../src/media/video-decoder.ts';
import { BUILTIN_PACK } from '../../../src/model/pack.ts';
import type { Rig } from '../../../src/render/renderer.ts';
import { Session } from '../../../src/session/session.ts';
import { engineProcesses, runningEngines } from '../../support/engine-processes.ts';
import { galleryRig } from '../../support/gallery.ts';
import { sampleVoice } from '../../support/sample-voice.ts';

/** Processes are started, on a machine that may be busy. */
const SLOW_MS = 120_000;
const PATIENCE_MS = 50_000;
const SETTINGS = { packDirectory: BUILTIN_PACK, provider: 'cpu', threads: 1, processes: 1 } as const;

let rig: Rig;
beforeAll(async () => {
  rig = await galleryRig();
});
const pictures = (session: Session, wanted: number) =>
  new Promise<void>((resolve) => {
    let seen = 0;
    session.take([usualVideo(session.settings)], { video: () => ++seen === wanted && resolve() });
  });

const settings = { ...DEFAULT_SETTINGS, avatarId: 'test', seed: 1, ...squareFormat(256) };
const failures: [VultusError, number][] = [];
let crew: EnginePool;
let first: number;
const start = async (processes: number, change: Partial<EnginePoolSettings> = {}) => {
  first = engineProcesses.length;
  failures.length = 0;
  crew = await EnginePool.start({
    ...SETTINGS,
    processes,
    onFailure: (error, sessions) => failures.push([error, sessions]),
    ...change,
  });
};
afterEach(() => crew.close());
const crash = (child: ChildProcess) => child.kill('SIGKILL');
const open = (id: string) => Session.open(crew, id, rig, settings);
/** Others tell of a busy machine. */
const moves = (session: Session) => {
  const codes: string[] = [];
  session.on('warning', ({ code }) => code === 'session_moved' && codes.push(code));
  return codes;
};

it('sessions go on elsewhere: the voice that was not played, once, and pictures from a key frame on', {
  timeout: SLOW_MS,
}, async () => {
  await start(2);
  const healthy = await open('healthy');
  const moved = await open('moved');
  const gaps: number[] = [];
  let lastMs: number | undefined;
  healthy.take([usualVideo(settings), OPUS_VOICE], {
    voice: ({ mediaTimeMs }) => {
      gaps.push(mediaTimeMs - (lastMs ?? mediaTimeMs - 20));
      lastMs = mediaTimeMs;
    },
  });
  const codes = moves(moved);
  const speech: unknown[] = [];
  const voiceTimes: number[] = [];
  const video: { key: boolean; mediaTimeMs: number; epoch: number; data: Uint8Array }[] = [];
  moved.on('speech.started', (event) => speech.push({ started: event.utterance }));
  moved.on('speech.ended', (event) => speech.push(event));
  moved.take([usualVideo(settings), OPUS_VOICE], {
    voice: ({ mediaTimeMs }) => voiceTimes.push(mediaTimeMs),
    video: ({ key, mediaTimeMs, epoch, data }) => {
      if (codes.length > 0) video.push({ key, mediaTimeMs, epoch, data });
    },
  });
  const speaker = moved.openSpeaker();
  speaker.patient = true;
  speaker.interrupt();
  moved.setControls({ emotion: { happy: 0.5 } });
  moved.setBackground({ kind: 'colour', red: 255, green: 255, blue: 255 });
  speaker.push((await sampleVoice(3)).slice(), { id: 'before' });
  speaker.end('before');
  speaker.push(new Float32Array(4800));
  speaker.end();
  await expect.poll(() => speech.length, { timeout: PATIENCE_MS }).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const beforeMs = voiceTimes.at(-1)!;
  crash(engineProcesses[first + 1]);
  await expect.poll(() => codes, { timeout: PATIENCE_MS }).toEqual(['session_moved']);
  await expect.poll(() => speech.length, { timeout: PATIENCE_MS }).toBe(4);
  expect(speech).toEqual([
    { started: 1 },
    { utterance: 1, id: 'before', playedMs: 3000, reason: 'completed' },
    { started: 2 },
    { utterance: 2, playedMs: 100, reason: 'completed' },
  ]);
  // The media time goes on, and nothing of it comes twice.
  expect(voiceTimes.every((time, i) => i === 0 || time > voiceTimes[i - 1])).toBe(true);
  expect(voiceTimes.at(-1)).toBeGreaterThan(beforeMs + 2000);
  // On a machine that is too busy for pictures the first one may come after the last word.
  await expect.poll(() => video[0], { timeout: PATIENCE_MS }).toMatchObject({ key: true, epoch: 1 });
  expect(video[0].mediaTimeMs).toBeGreaterThan(beforeMs - 40);
  const decoder = new VideoDecoder('h264');
  const picture = decoder.decode(video[0].data)!;
  decoder.close();
  expect(picture.data[4 * picture.width + 4]).toBeGreaterThan(228);
  expect(new Set(gaps)).toEqual(new Set([20]));
  expect(failures).toEqual([[expect.objectContaining({ code: 'engine_failed' }), 1]]);
  expect([crew.sessionCount, healthy.closed, moved.closed]).toEqual([2, false, false]);
  speaker.interrupt();
  await expect.poll(() => video.at(-1)?.epoch, { timeout: PATIENCE_MS }).toBe(2);
});

it('a process that hangs is ended, and its sessions go on elsewhere', { timeout: SLOW_MS }, async () => {
  await start(1, { silenceS: 3 });
  const session = await open('hung');
  const codes = moves(session);
  // One that has not come as far as its first voice ends with its process.
  await pictures(session, 5);
  const exit = once(engineProcesses[first], 'exit');
  engineProcesses[first].kill('SIGSTOP');
  await expect.poll(() => codes, { timeout: PATIENCE_MS }).toEqual(['session_moved']);
  await pictures(session, 5);
  expect(failures).toEqual([
    [expect.objectContaining({ code: 'engine_failed', detail: expect.stringContaining('hung') }), 1],
  ]);
  expect([crew.sessionCount, session.closed]).toEqual([1, false]);
  await exit;
  expect(failures).toHaveLength(1);
});

it('no process is blamed while the server itself stood still', { timeout: SLOW_MS }, async () => {
  await start(1, { silenceS: 2 });
  const session = await open('calm');
  await pictures(session, 1);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5000);
  await pictures(session, 25);
  expect(failures).toEqual([]);
});

it('the session of the only process waits for the replacement, paused as it was; after three it ends', {
  timeout: SLOW_MS,
}, async () => {
  await start(1);
  const session = await open('only');
  const codes = moves(session);
  const closed = new Promise<VultusError | undefined>((resolve) => session.once('closed', resolve));
  const errors: unknown[] = [];
  const speech: unknown[] = [];
  session.on('error', (error) => errors.push(error));
  session.on('speech.ended', (event) => speech.push(event));
  await pictures(session, 1);
  const speaker = session.openSpeaker();
  speaker.push((await sampleVoice(3)).slice(0, 24_000));
  speaker.end();
  session.pause();
  await pictures(session, 5);
  crash(engineProcesses[first]);
  await expect.poll(() => codes, { timeout: PATIENCE_MS }).toEqual(['session_moved']);
  await pictures(session, 5);
  expect(speech).toEqual([]);
  session.resume();
  await expect.poll(() => speech, { timeout: PATIENCE_MS }).toHaveLength(1);
  expect(speech).toEqual([{ utterance: 1, playedMs: 500, reason: 'completed' }]);
  crash(engineProcesses[first + 1]);
  await expect.poll(() => codes, { timeout: PATIENCE_MS }).toHaveLength(2);
  await pictures(session, 1);
  crash(engineProcesses[first + 2]);
  const reason = await closed;
  expect(reason).toMatchObject({ code: 'engine_failed', detail: expect.stringContaining('SIGKILL') });
  expect(errors).toEqual([reason]);
  expect(failures.map(([, sessions]) => sessions)).toEqual([1, 1, 1]);
  const next = await open('next');
  await pictures(next, 1);
  expect(crew.sessionCount).toBe(1);
});

it('new sessions do not wait for a replacement while another process runs', {
  timeout: SLOW_MS,
}, async () => {
  await start(2);
  crash(engineProcesses[first]);
  await expect.poll(() => failures, { timeout: PATIENCE_MS }).toHaveLength(1);
  const session = await open('new');
  expect(crew.processCount).toBe(1);
  await pictures(session, 1);
  await expect.poll(() => crew.processCount, { timeout: PATIENCE_MS }).toBe(2);
  expect(failures).toEqual([[expect.objectContaining({ detail: 'its process ended by SIGKILL' }), 0]]);
});

it('a session for which no other process has room waits for the replacement', {
  timeout: SLOW_MS,
}, async () => {
  await start(2, { mostLoad: 0.01 });
  const sessions = [await open('one'), await open('other')];
  await Promise.all(sessions.map((session) => pictures(session, 3)));
  await expect(open('third')).rejects.toMatchObject({ code: 'at_capacity' });
  const codes = moves(sessions[0]);
  crash(engineProcesses[first]);
  await expect.poll(() => codes, { timeout: PATIENCE_MS }).toEqual(['session_moved']);
  expect(crew.processCount).toBe(2);
  await pictures(sessions[0], 3);
});

it('closing leaves no process behind, not even one that is only starting', { timeout: SLOW_MS }, async () => {
  await start(2);
  const session = await open('last');
  await pictures(session, 1);
  crash(engineProcesses[first]);
  await expect.poll(() => engineProcesses.length, { timeout: PATIENCE_MS }).toBe(first + 3);
  await crew.close();
  await expect.poll(() => runningEngines().length, { timeout: 1000 }).toBe(0);
  await expect(open('late')).rejects.toMatchObject({ code: 'engine_failed' });
});
