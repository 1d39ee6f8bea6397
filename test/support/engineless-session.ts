import type { ControlsPatch } from '../../src/contract/controls.ts';
import { squareFormat } from '../../src/contract/formats.ts';
import { outputKey, PCM_VOICE } from '../../src/contract/outputs.ts';
import type { PerformedFrame } from '../../src/contract/performed-motion.ts';
import { DEFAULT_SETTINGS } from '../../src/contract/session-settings.ts';
import type { NoticedUser } from '../../src/engine/messages.ts';
import type { EngineListener } from '../../src/engine/pool/engine-listener.ts';
import type { EnginePool } from '../../src/engine/pool/engine-pool.ts';
import { Session } from '../../src/session/session.ts';

const PACKET_SAMPLES = 960;

/** A real session whose engine makes nothing but what a test lets it say, and writes down when it was interrupted. */
export async function openEnginelessSession(controls: ControlsPatch = {}) {
  const startMs = performance.now();
  let listener: EngineListener | undefined;
  let streams: readonly { key: string }[] = [];
  const interrupted: number[] = [];
  const motion: PerformedFrame[] = [];
  const noticed: NoticedUser[] = [];
  let packets = 0;
  const line = {
    delayMs: 160,
    get mediaTimeMs() {
      return performance.now() - startMs;
    },
    setStreams(next: typeof streams) {
      streams = next;
    },
    interrupt(epoch: number) {
      interrupted.push(epoch);
    },
    assertRoom() {},
    setMotion(frame: PerformedFrame) {
      motion.push(frame);
    },
    ...{ beginSpeech() {}, pushVoice() {}, endSpeech() {}, requestKeyFrame() {}, setBitrate() {} },
    noticeUser(user: NoticedUser) {
      noticed.push(user);
    },
    ...{ resume() {}, close() {} },
  };
  const engine = {
    open: async (...options: unknown[]) => {
      listener = options.at(-1) as EngineListener;
      return line;
    },
  } as unknown as EnginePool;
  const settings = { ...DEFAULT_SETTINGS, ...squareFormat(256), avatarId: 'none', seed: 1 };
  const session = await Session.open(engine, 's1', undefined as never, settings, controls);
  return {
    session,
    interrupted,
    /** What was given to the engine of performers. */
    motion,
    /** What was given to it of the user. */
    noticed,
    /** `samples`: 20 ms at 48 kHz of the avatar's voice leave, to whoever takes it. */
    say(samples: Float32Array): void {
      const stream = outputKey(PCM_VOICE);
      if (!streams.some(({ key }) => key === stream)) return;
      const mediaTimeMs = (1000 * PACKET_SAMPLES * packets++) / 48000;
      const value = { kind: 'pcm', stream, mediaTimeMs, epoch: interrupted.at(-1) ?? 0, samples } as const;
      listener!.event({ name: 'packet', value });
    },
  };
}
