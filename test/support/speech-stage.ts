import { vi } from 'vitest';
import { squareFormat } from '../../src/contract/formats.ts';
import { PCM_VOICE } from '../../src/contract/outputs.ts';
import { DEFAULT_SETTINGS } from '../../src/contract/session-settings.ts';
import type { EnginePool } from '../../src/engine/pool/engine-pool.ts';
import { SessionLine } from '../../src/engine/pool/session-line.ts';
import { VultusError } from '../../src/errors.ts';
import { randomNumbers } from '../../src/random.ts';
import { Session } from '../../src/session/session.ts';
import type { Speaker } from '../../src/session/session-api.ts';
import { VoiceNode } from './voice-node.ts';

const STEP_MS = 5;
const SETTINGS = { ...DEFAULT_SETTINGS, ...squareFormat(256), avatarId: 'test', seed: 1 };

/** Of an utterance: what a listener hears of it, in order. */
export interface Told {
  name: 'started' | 'stalled' | 'continued' | 'ended' | 'paused' | 'resumed';
  utterance?: number;
  id?: string;
  playedMs?: number;
  reason?: string;
}

/** A session on an engine that can be killed; on vitest's clock, which `useStageClock` sets up. */
export async function stage(seed = 1) {
  const random = randomNumbers(seed);
  let line: SessionLine | undefined;
  let node: VoiceNode | undefined;
  const newNode = () =>
    new VoiceNode(
      (message, agoMs) => line!.receive(message, agoMs),
      () => 12 * random(),
    );
  const pool = {
    open: async (...[id, rig, settings, controls, listener]: Parameters<EnginePool['open']>) => {
      line = new SessionLine({ id, rig, settings, controls, listener, onEnd: () => {} });
      node = newNode();
      await line.openOn(node);
      return line;
    },
  };
  const session = await Session.open(pool as never, 's', {} as never, SETTINGS);
  const told: Told[] = [];
  const heard = new Set<number>();
  for (const name of ['started', 'stalled', 'continued', 'ended'] as const)
    session.on(`speech.${name}`, (event: Omit<Told, 'name'>) => told.push({ name, ...event }));
  for (const name of ['paused', 'resumed'] as const) session.on(`speech.${name}`, () => told.push({ name }));
  session.take([PCM_VOICE], {
    pcm: ({ samples }) => {
      // A fade begins with one whole sample.
      samples.forEach((sample, i) => {
        if (sample !== 0 && sample === samples[i + 1]) heard.add(sample);
      });
    },
  });
  let reopenInMs: number | undefined;
  return {
    session,
    told,
    /** Each value that was heard since this was last asked. */
    takeHeard: () => {
      const values = new Set(heard);
      heard.clear();
      return values;
    },
    run: (ms: number) => {
      for (let at = 0; at < ms; at += STEP_MS) {
        vi.advanceTimersByTime(STEP_MS);
        if (reopenInMs !== undefined) {
          reopenInMs -= STEP_MS;
          if (reopenInMs > 0) continue;
          reopenInMs = undefined;
          node = newNode();
          void line!.openOn(node);
        }
        node!.step();
      }
    },
    kill: () => {
      if (reopenInMs !== undefined || !line!.mayMove()) return;
      reopenInMs = 400 * random();
      void node!.close();
      line!.nodeLost(new VultusError('engine_failed'));
    },
    close: () => {
      session.close();
      void node!.close();
    },
  };
}

/** Of each piece of voice another value, which no fade makes of that of another piece. */
export const pieceValue = (piece: number) => Math.fround((1 + 30 * piece) / 65_536);
export const voice = (ms: number, piece = 0) => new Float32Array(Math.round(ms * 48)).fill(pieceValue(piece));
export const patient = (session: Session): Speaker => Object.assign(session.openSpeaker(), { patient: true });

/** To be called in `beforeEach`; `vi.useRealTimers()` ends it. */
export function useStageClock(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
}
