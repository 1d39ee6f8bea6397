import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebRtcConnection } from '../../../src/connection/webrtc/webrtc-connection.ts';
import { parseServerMessage } from '../../../src/contract/wire.ts';
import { ScriptedSession } from '../../support/scripted-session.ts';
import { offerOfWerift } from '../../support/werift-peer.ts';

const owned: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of owned.splice(0).reverse()) await thing.close();
});

async function accept(sdp: string) {
  const session = new ScriptedSession();
  owned.push(session);
  const accepted = await WebRtcConnection.accept(session, sdp, { voiceInput: 'speak' });
  owned.push(accepted.connection);
  accepted.connection.attach(session);
  return accepted;
}

describe('who is the DTLS server (RFC 8842)', () => {
  it('a peer that wants to be, and names no address of its own, is connected (FFmpeg)', async () => {
    const { peer, channel, sdp } = await offerOfWerift();
    owned.push(peer);
    const { answerSdp } = await accept(
      sdp
        .replaceAll('a=setup:actpass', 'a=setup:passive')
        .replaceAll(/^a=(candidate|end-of-candidates).*\r\n/gm, ''),
    );
    expect(answerSdp.match(/^a=setup:.*$/gm)).toEqual(Array(3).fill('a=setup:active'));
    const received: string[] = [];
    channel.onMessage.subscribe((data) => received.push(parseServerMessage(data as Buffer).type));
    await peer.setRemoteDescription({ type: 'answer', sdp: answerSdp });
    await vi.waitFor(() => expect(received).toContain('ready'), 10_000);
    expect(peer.dtlsTransports[0].role).toBe('server');
  });

  it('a peer that can only be the client is connected too, and proves that it has the key', async () => {
    const { peer, channel, sdp } = await offerOfWerift();
    owned.push(peer);
    const { answerSdp } = await accept(sdp.replaceAll('a=setup:actpass', 'a=setup:active'));
    expect(answerSdp.match(/^a=setup:.*$/gm)).toEqual(Array(3).fill('a=setup:passive'));
    const received: string[] = [];
    channel.onMessage.subscribe((data) => received.push(parseServerMessage(data as Buffer).type));
    await peer.setRemoteDescription({ type: 'answer', sdp: answerSdp });
    await vi.waitFor(() => expect(received).toContain('ready'), 10_000);
    expect(peer.dtlsTransports[0].role).toBe('client');
  });
});
