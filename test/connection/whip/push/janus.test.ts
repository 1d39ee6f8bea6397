import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { DialPolicy } from '../../../../src/connection/dial-policy.ts';
import { WhipPush } from '../../../../src/connection/whip/push/whip-push.ts';
import { Janus, noJanus } from '../../../support/janus.ts';
import { ScriptedSession } from '../../../support/scripted-session.ts';

const owned: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of owned.splice(0).reverse()) await thing.close();
});

/** Of an RTP packet without extensions of its own in the way (RFC 3550 §5.1). */
function payloadOf(packet: Buffer): Buffer {
  const sources = 12 + 4 * (packet[0] & 0x0f);
  const extension = packet[0] & 0x10 ? 4 + 4 * packet.readUInt16BE(sources + 2) : 0;
  return packet.subarray(sources + extension);
}

describe.skipIf(noJanus)('Janus, behind simple-whip-server', { timeout: 240_000 }, () => {
  it('takes what is published, knows its sender by the token, and lets it leave and come again', async () => {
    const janus = await Janus.start();
    owned.push(janus);
    const session = new ScriptedSession();
    const policy = new DialPolicy(['127.0.0.1']);
    const open = async (bearerToken: string) => {
      const push = new WhipPush({ url: janus.url, bearerToken }, { policy, timeoutMs: 60_000 });
      owned.push(push);
      const ended = once(push, 'closed');
      push.attach(session);
      await Promise.race([once(push, 'live'), ended]);
      return { push, ended };
    };
    const stranger = await open('a-guess');
    expect((await stranger.ended)[1]).toMatchObject({ code: 'push_refused' });

    let mediaTimeMs = 0;
    const [picture, voice] = [Uint8Array.of(0, 0, 0, 1, 0x65, 7, 7, 7), Uint8Array.of(0xfc, 0xff, 0xfe)];
    for (let times = 0; times < 2; times++) {
      const { push } = await open(janus.token);
      expect(push.video?.codec).toBe('h264');
      for (let i = 0; i < 100; i++) {
        mediaTimeMs += 20;
        const timed = { mediaTimeMs, epoch: 0 };
        session.deliver({ kind: 'voice', data: voice, ...timed });
        if (i % 2) session.deliver({ kind: 'video', data: picture, key: true, ...timed });
        await sleep(20);
      }
      push.close();
      await push.goodbye;
    }

    // Janus closes its files in the background.
    await expect.poll(async () => (await janus.recordings()).length, { timeout: 20_000 }).toBe(4);
    const recordings = await janus.recordings();
    expect(recordings.map(({ codec }) => codec).toSorted()).toEqual(['h264', 'h264', 'opus', 'opus']);
    for (const { codec, packets } of recordings) {
      expect(packets.length).toBeGreaterThan(20);
      const sent = codec === 'opus' ? voice : picture.subarray(4);
      for (const packet of packets) expect(payloadOf(packet)).toEqual(Buffer.from(sent));
    }
  });
});
