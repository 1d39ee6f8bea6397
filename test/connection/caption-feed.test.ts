import { expect, it } from 'vitest';
import { type ServerMessage, serializeClientMessage, WIRE_VERSION } from '../../src/contract/wire.ts';
import { ScriptedSession } from '../support/scripted-session.ts';
import { openWebSocket } from '../support/websocket-peer.ts';

it('tells what is heard as WebVTT, each cue when it is complete, to those who ask for it', async () => {
  const session = new ScriptedSession();
  const { client, received, stop } = await openWebSocket(session);
  let pings = 0;
  const settled = async () => {
    const id = ++pings;
    client.send(serializeClientMessage({ type: 'ping', id }));
    await expect.poll(() => received).toContainEqual({ type: 'pong', id });
  };
  const say = (utterance: number, atMs: number, text: string) => {
    let index = 0;
    for (const word of text.split(' ')) {
      const startMs = 200 * index;
      const times = { startMs, endMs: startMs + 200, mediaTimeMs: atMs + startMs };
      session.emit('speech.word', { utterance, index: index++, text: word, ...times });
    }
  };
  const cues = () =>
    received.flatMap((message: ServerMessage) => (message.type === 'caption' ? [message.data] : []));

  say(1, 1000, 'Nobody asked for it.');
  client.send(
    serializeClientMessage({ type: 'hello', version: WIRE_VERSION, outputs: { captions: 'webvtt' } }),
  );
  await settled();
  say(2, 10_000, 'Hello. How are');
  await settled();
  expect(cues()).toEqual(['00:00:10.000 --> 00:00:10.200\nHello.\n\n']);
  session.emit('speech.ended', { utterance: 2, playedMs: 450, reason: 'interrupted' });
  await settled();
  expect(cues().at(-1)).toBe('00:00:10.200 --> 00:00:10.450\nHow are\n\n');
  // Nothing is held back while the voice does not come.
  say(3, 20_000, 'Well');
  session.emit('speech.stalled', { utterance: 3, mediaTimeMs: 20_200 });
  await settled();
  expect(cues().at(-1)).toBe('00:00:20.000 --> 00:00:20.200\nWell\n\n');
  client.send(serializeClientMessage({ type: 'hello', version: WIRE_VERSION, outputs: {} }));
  await settled();
  say(4, 30_000, 'No more.');
  await settled();
  expect(cues()).toHaveLength(3);
  await stop();
});
