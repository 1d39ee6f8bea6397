import { createSocket } from 'node:dgram';
import { afterEach, expect, it } from 'vitest';
import { createBudgets } from '../../../src/budget/budgets.ts';
import { RateBudget } from '../../../src/budget/rate-budget.ts';
import { VmcReceiver } from '../../../src/connection/vmc/vmc-receiver.ts';
import { randomNumbers } from '../../../src/random.ts';
import { PythonProgram, pythonLacks } from '../../support/python.ts';
import { ScriptedSession } from '../../support/scripted-session.ts';

const ENOUGH = { timeout: 15_000 };
const lacks = pythonLacks('pythonosc');
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function openReceiver() {
  const session = new ScriptedSession();
  // Less than a server has, so that it can be used up without filling the socket's buffer.
  const trackerBytes = new RateBudget(
    'tracker_bytes',
    { ratePerS: 20_000, burst: 200_000 },
    'bytes of trackers',
  );
  const { trackerFrames } = createBudgets();
  const asked: (string | undefined)[] = [];
  const receiver = await VmcReceiver.open(
    { host: '127.0.0.1', port: 0, avatar: 'Kit' },
    {
      sessions: async (avatar) => {
        asked.push(avatar);
        return [session];
      },
      budgets: { trackerBytes, trackerFrames },
    },
  );
  ends.push(() => receiver.close());
  return { session, receiver, trackerBytes, trackerFrames, asked };
}

async function openSocket(port: number) {
  const socket = createSocket('udp4');
  ends.push(() => socket.close());
  return (data: Uint8Array) =>
    new Promise<void>((resolve) => socket.send(data, port, '127.0.0.1', () => resolve()));
}

/** OSC by hand: an address, type tags, strings and floats. */
function osc(address: string, ...values: (string | number)[]): Buffer {
  const text = (value: string) => {
    const bytes = Buffer.from(`${value}\0`);
    return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
  };
  const number = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatBE(value);
    return bytes;
  };
  const tags = `,${values.map((value) => (typeof value === 'string' ? 's' : 'f')).join('')}`;
  const parts = values.map((value) => (typeof value === 'string' ? text(value) : number(value)));
  return Buffer.concat([text(address), text(tags), ...parts]);
}

it.skipIf(lacks)(
  'a real sender (python-osc) moves the face: Apple’s names, VRM’s, head and neck, lost',
  async () => {
    const { session, receiver, asked } = await openReceiver();
    const sender = new PythonProgram('vmc_sender.py', [String(receiver.port)]);
    ends.push(() => sender.close());
    const half = (degrees: number) => (degrees * Math.PI) / 360;
    // Unity's axes: to the avatar's right about y, down about x.
    const bones = {
      Neck: [0, Math.sin(half(10)), 0, Math.cos(half(10))],
      Head: [Math.sin(half(8)), 0, 0, Math.cos(half(8))],
    };
    const shapes = {
      jawOpen: 0.5,
      EyeBlinkLeft: 0.25,
      eyeBlink_R: 0.75,
      A: 0,
      Blink_R: 0.5,
      ou: 0.5,
      Hat: 1,
    };
    // The first finds out whom it moves.
    sender.tell({ id: 1, shapes, bones });
    await expect.poll(() => asked, ENOUGH).toEqual(['Kit']);
    sender.tell({ id: 2, shapes, bones });
    await expect.poll(() => session.motion.length, ENOUGH).toBe(1);
    const [{ shapes: seen, head }] = session.motion;
    expect(seen).toMatchObject({ jawOpen: 0.5, eyeBlinkLeft: 0.25, eyeBlinkRight: 0.75, mouthPucker: 0.35 });
    expect(head!.yaw).toBeCloseTo((-10 * Math.PI) / 180, 4);
    expect(head!.pitch).toBeCloseTo((8 * Math.PI) / 180, 4);
    expect(head!.roll).toBeCloseTo(0, 4);
    sender.tell({ id: 3, shapes: {}, tracked: 0 });
    await expect.poll(() => session.motion.length, ENOUGH).toBe(3);
    expect(session.motion[1]).not.toHaveProperty('shapes');
  },
);

it('takes no harm of garbage, numbers that are none, bundles in bundles and floods, and goes on', async () => {
  const { session, receiver, trackerBytes } = await openReceiver();
  const send = await openSocket(receiver.port);
  const random = randomNumbers(11);
  const good = [osc('/VMC/Ext/Blend/Val', 'JawOpen', 0.5), osc('/VMC/Ext/Blend/Apply')];
  for (const data of good) await send(data);
  for (let i = 0; i < 300; i++) {
    const data = Buffer.from(osc('/VMC/Ext/Blend/Val', 'JawOpen', 0.5));
    for (let k = 0; k < 3; k++) data[Math.floor(random() * data.length)] = Math.floor(256 * random());
    await send(data.subarray(0, Math.ceil(random() * data.length)));
  }
  let nested = osc('/VMC/Ext/Blend/Apply');
  for (let i = 0; i < 1000; i++) {
    const head = Buffer.alloc(20);
    head.write('#bundle\0');
    head.writeInt32BE(nested.length, 16);
    nested = Buffer.concat([head, nested]);
  }
  await send(nested);
  await send(osc('/VMC/Ext/Blend/Val', 'JawOpen', Number.NaN));
  await send(osc('/VMC/Ext/Blend/Val', '__proto__', 1));
  await send(osc('/VMC/Ext/Bone/Pos', 'Head', 0, 0, 0, Number.POSITIVE_INFINITY, 0, 0, 0));
  // What does not fit into the socket's buffer is lost, as datagrams are.
  const goOn = async () => {
    for (const data of good) await send(data);
    return session.motion.length;
  };
  await expect.poll(goOn, ENOUGH).toBeGreaterThanOrEqual(1);
  expect(session.motion.at(-1)).toMatchObject({ shapes: { jawOpen: 0.5 } });
  expect(session.motion.at(-1)).not.toHaveProperty('head');
  const flood = async () => {
    await send(Buffer.alloc(60_000, 1));
    return trackerBytes.refusals;
  };
  await expect.poll(flood, ENOUGH).toBeGreaterThan(0);
  expect(session.motion.every(({ shapes = {} }) => Object.keys(shapes).length <= 52)).toBe(true);
});

it('passes on no more frames than a face needs, however small the datagrams are that bring them', async () => {
  const { session, receiver, trackerFrames } = await openReceiver();
  const send = await openSocket(receiver.port);
  const startMs = performance.now();
  const flood = async () => {
    for (let i = 0; i < 100; i++) await send(osc('/VMC/Ext/Blend/Apply'));
    return trackerFrames.refusals;
  };
  await expect.poll(flood, ENOUGH).toBeGreaterThan(500);
  const seconds = (performance.now() - startMs) / 1000;
  expect(session.motion.length).toBeLessThanOrEqual(75 + 150 * seconds + 1);
});
