import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CloseReason, Connection } from '../../src/connection/connection.ts';
import { VultusError } from '../../src/errors.ts';
import type { SessionApi } from '../../src/session/session-api.ts';
import { ScriptedSession } from '../support/scripted-session.ts';

/** The other end of a connection, as a test sees it. */
export interface Peer {
  /** Attached; by then the peer has asked for video and voice, if it is the one to ask. */
  connection: Connection;
  /** Pictures and pieces of voice that have come. */
  received(): { video: number; voice: number };
  /** Codes of the errors that it was told, those of its end too. Undefined where there is no way to tell it. */
  told?(): string[];
  /** Goes away without a word. */
  leave(): unknown;
}

const PATIENCE = { timeout: 8000 };

/**
 * What every connection has to do, of whatever kind.
 * @param connect a peer that wants video and voice of this session
 * @param options `hearsSpeech`: whether it listens to what becomes of utterances
 */
export function describeConnection(
  kind: string,
  connect: (session: SessionApi) => Promise<Peer>,
  { hearsSpeech = true }: { hearsSpeech?: boolean } = {},
): void {
  describe(`as every connection, ${kind}`, () => {
    let session: ScriptedSession;
    const peers: Peer[] = [];
    beforeEach(() => {
      session = new ScriptedSession();
    });
    afterEach(async () => {
      vi.restoreAllMocks();
      for (const peer of peers.splice(0)) {
        peer.connection.close();
        await peer.leave();
      }
    });

    const open = async () => {
      const peer = await connect(session);
      peers.push(peer);
      await expect.poll(() => session.takers, PATIENCE).toBe(peers.length);
      const ends: [CloseReason, VultusError?][] = [];
      peer.connection.once('closed', (...why) => ends.push(why));
      return { ...peer, ends };
    };
    let mediaTimeMs = 0;
    const speak = () => {
      mediaTimeMs += 40;
      const timed = { mediaTimeMs, epoch: 0 };
      session.deliver({ kind: 'video', data: Uint8Array.of(0, 0, 0, 1, 0x65, 7, 7, 7), key: true, ...timed });
      session.deliver({ kind: 'voice', data: Uint8Array.of(0xfc, 0xff, 0xfe), ...timed });
    };

    it('takes the outputs that it asked for, and gets their packets', async () => {
      const { connection, received } = await open();
      expect(connection.closed).toBe(false);
      expect(session.calls[0]).toMatch(/^take (video,voice|voice,video)$/);
      // Voice may be held back while a sound device opens.
      await expect
        .poll(() => {
          speak();
          return Math.min(received().video, received().voice);
        }, PATIENCE)
        .toBeGreaterThan(2);
    });

    it('tells its peer when the session ends, and ends too', async () => {
      const { connection, ends, told } = await open();
      session.close();
      await expect.poll(() => ends.map(([why]) => why), PATIENCE).toEqual(['session closed']);
      expect(connection.closed).toBe(true);
      if (told) await expect.poll(told, PATIENCE).toContain('session_closed');
    });

    it('tells why, where the session has failed', async () => {
      const { told, ends } = await open();
      session.close(new VultusError('encoder_failed'));
      await expect.poll(() => ends, PATIENCE).toHaveLength(1);
      if (told) await expect.poll(told, PATIENCE).toContain('encoder_failed');
    });

    it('gives back what it took when its peer goes, and leaves the session alone', async () => {
      const { connection, ends, leave } = await open();
      await leave();
      await expect.poll(() => ends, PATIENCE).toHaveLength(1);
      expect(ends[0][0]).toMatch(/^(peer left|connection lost)$/);
      expect([connection.closed, session.takers, session.closed]).toEqual([true, 0, false]);
      expect(session.listenerCount('speech.ended')).toBe(0);
      connection.close();
      expect(ends).toHaveLength(1);
    });

    it('is closed once, however often it is closed', async () => {
      const { connection, ends, received } = await open();
      connection.close();
      connection.close();
      connection.close(new VultusError('shutting_down'));
      await expect.poll(() => ends, PATIENCE).toHaveLength(1);
      expect(ends[0][0]).toBe('closed');
      expect([session.takers, session.closed]).toEqual([0, false]);
      const before = received().video;
      speak();
      expect(received().video).toBe(before);
      expect(ends).toHaveLength(1);
    });

    it('takes nothing of a session that has ended', async () => {
      const { connection } = await open();
      connection.close();
      session.close();
      expect(() => connection.attach(session)).toThrow(expect.objectContaining({ code: 'session_closed' }));
    });

    it.skipIf(!hearsSpeech)(
      'ends by itself alone, with a code, where something goes wrong while it listens',
      async () => {
        const first = await open();
        const second = await open();
        const heard = vi.fn();
        session.on('speech.ended', heard);
        let broken = true;
        session.emit('speech.ended', {
          utterance: 1,
          playedMs: 20,
          get reason() {
            if (!broken) return 'completed' as const;
            broken = false;
            throw new Error('a mistake of our own');
          },
        });
        await expect.poll(() => first.ends, PATIENCE).toHaveLength(1);
        expect(first.ends[0]).toEqual(['failed', expect.objectContaining({ code: 'internal' })]);
        if (first.told) await expect.poll(first.told, PATIENCE).toContain('internal');
        expect(heard).toHaveBeenCalledOnce();
        expect([session.closed, second.connection.closed, session.takers]).toEqual([false, false, 1]);
        await expect
          .poll(() => {
            speak();
            return second.received().video;
          }, PATIENCE)
          .toBeGreaterThan(0);
      },
    );
  });
}
