// @ts-nocheck: it stands on packages that are not installed here.
/** An agent of `@livekit/agents` in a room, with a face of ours: says things, and prints what a viewer heard of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, AgentSession, initializeLogger } from '@livekit/agents';
import { AudioFrame, AudioStream, Room, RoomEvent, TrackKind } from '@livekit/rtc-node';
import { Vultus } from '@vultus/client';
import { AvatarSession } from '@vultus/client/livekit';
import { AccessToken } from 'livekit-server-sdk';

initializeLogger({ pretty: false, level: 'silent' });
const { url, apiKey, apiSecret, vultus } = JSON.parse(process.argv[2]);

async function join(identity, kind) {
  const token = new AccessToken(apiKey, apiSecret, { identity });
  token.addGrant({ roomJoin: true, room: 'room' });
  token.kind = kind;
  const room = new Room();
  const joined = room.connect(url, await token.toJwt(), { autoSubscribe: true, dynacast: false });
  return { room, joined };
}

/** Faster than it is spoken, as TTS services give it. */
function voice(seconds) {
  const tone = Int16Array.from(
    { length: 2400 },
    (_, n) => 12_000 * Math.sin((2 * Math.PI * 300 * n) / 24_000),
  );
  return new ReadableStream({
    start(controller) {
      for (let i = 0; i < 10 * seconds; i++) controller.enqueue(new AudioFrame(tone, 24_000, 1, 2400));
      controller.close();
    },
  });
}

const viewer = await join('viewer', 'standard');
let heardS = 0;
viewer.room.on(RoomEvent.TrackSubscribed, async (track) => {
  if (track.kind !== TrackKind.KIND_AUDIO) return;
  for await (const { data } of new AudioStream(track, 48_000, 1))
    if (data.some((sample) => Math.abs(sample) > 1000)) heardS += data.length / 48_000;
});
await viewer.joined;
const agent = await join('agent', 'agent');
await agent.joined;

const session = new AgentSession({ vad: null, turnHandling: { turnDetection: null } });
const avatar = new AvatarSession({ url: vultus, settings: { size: 256 } });
await avatar.start(session, agent.room, {
  livekitUrl: url,
  livekitApiKey: apiKey,
  livekitApiSecret: apiSecret,
});
await session.start({ agent: new Agent({ instructions: '' }), room: agent.room });

async function say(seconds, whileSaid = async () => {}) {
  const before = heardS;
  const speech = session.say('…', { audio: voice(seconds) });
  await whileSaid(speech, async () => {
    while (heardS < before + 0.5) await sleep(20);
  });
  await speech.waitForPlayout();
  await sleep(500);
  return { speech, heardS: heardS - before };
}

const whole = await say(1.5);
const long = await say(30, async (speech, heard) => {
  await heard();
  speech.interrupt(true);
});
// The avatar goes while it speaks.
await say(30, async (_, heard) => {
  await heard();
  const { sessions } = new Vultus({ url: vultus });
  for (const { id } of await sessions.list()) await sessions.delete(id);
});
const again = await say(1);
await avatar.aclose();
while (viewer.room.remoteParticipants.has(avatar.avatarIdentity)) await sleep(50);
console.log(
  JSON.stringify({
    wholeInterrupted: whole.speech.interrupted,
    wholeHeardS: whole.heardS,
    longInterrupted: long.speech.interrupted,
    heardAfterInterruptionS: long.heardS - 0.5,
    heardAgainS: again.heardS,
    gone: true,
  }),
);
process.exit(0);
