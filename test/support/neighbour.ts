import { expect } from 'vitest';
import type { LiveConnection } from '../../src/client/index.ts';
import type { TestServer } from './server.ts';

/** A session beside all that a test does to others; it must feel nothing of it. */
export class Neighbour {
  readonly #live: LiveConnection;
  readonly #voiceTimes: number[] = [];
  readonly #errors: string[] = [];
  #closed = false;

  private constructor(live: LiveConnection) {
    this.#live = live;
    live.on('voice', ({ mediaTimeMs }) => this.#voiceTimes.push(mediaTimeMs));
    live.on('error', ({ code }) => this.#errors.push(code));
    live.on('closed', () => {
      this.#closed = true;
    });
  }

  static async open(server: TestServer): Promise<Neighbour> {
    const session = await server.vultus.sessions.create({ avatarId: server.avatar.id, size: 256 });
    return new Neighbour(
      await session.connectWebSocket({
        audio: { encoding: 's16le', sampleRateHz: 48000 },
        outputs: { video: true, voice: true },
      }),
    );
  }

  /** It still lives, has heard every packet of its voice, and speaks a whole utterance: `voice`, one second. */
  async expectUnharmed(voice: Float32Array): Promise<void> {
    const ended = new Promise<{ playedMs: number; interrupted: boolean }>((resolve) => {
      this.#live.once('speech.ended', resolve);
    });
    this.#live.speak(voice);
    this.#live.endSpeech();
    expect(await ended).toMatchObject({ interrupted: false, playedMs: expect.closeTo(1000, 0) });
    expect(this.#errors).toEqual([]);
    expect(this.#closed).toBe(false);
    this.#voiceTimes.forEach((time, i) => {
      expect(time).toBe(this.#voiceTimes[0] + 20 * i);
    });
  }
}
