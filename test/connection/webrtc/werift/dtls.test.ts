import { generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RTCDtlsTransport } from 'werift';
import { epochOf, recordsOf, socketOf } from '../../../../src/connection/webrtc/werift/dtls-records.ts';
import { dropForgedRecords } from '../../../../src/connection/webrtc/werift/forged-records.ts';
import { sayGoodbye } from '../../../../src/connection/webrtc/werift/goodbye.ts';
import { renumberResends } from '../../../../src/connection/webrtc/werift/handshake-resends.ts';
import { verifyClient, verifyServer } from '../../../../src/connection/webrtc/werift/peer-signature.ts';
import { skipHandshakeRecords } from '../../../../src/connection/webrtc/werift/record-numbers.ts';
import { weriftPair } from '../../../support/werift-pair.ts';

const owned: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of owned.splice(0).reverse()) await thing.close();
});

function own<Thing extends { close(): unknown }>(thing: Thing): Thing {
  owned.push(thing);
  return thing;
}

/** Epoch and number of each record that goes out, in hex, of the types from `from`. */
function watchNumbers(transport: RTCDtlsTransport): string[] {
  const numbers: string[] = [];
  const { connection } = transport.iceTransport;
  const send = connection.send.bind(connection);
  connection.send = (data) => {
    if (data[0] >= 20 && data[0] <= 63)
      numbers.push(...recordsOf(data).map((record) => record.toString('hex', 3, 11)));
    return send(data);
  };
  return numbers;
}

const record = (type: number, epoch: number, body: Buffer) =>
  Buffer.concat([
    Buffer.from([type, 254, 253, 0, epoch, 0, 0, 0, 0, 0, 99, body.length >> 8, body.length & 0xff]),
    body,
  ]);

describe('skipHandshakeRecords', () => {
  it('leaves no number to be used twice', async () => {
    let numbers: string[] = [];
    const pair = own(
      await weriftPair((transport) => {
        numbers = watchNumbers(transport);
        skipHandshakeRecords(transport);
      }),
    );
    await pair.connected();
    for (let i = 0; i < 5; i++) await pair.transport.sendData(Buffer.from('data'));
    expect(numbers.length).toBeGreaterThan(8);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});

describe('renumberResends', () => {
  it('sends a flight again under other numbers', { timeout: 30_000 }, async () => {
    let numbers: string[] = [];
    const pair = own(
      await weriftPair((transport) => {
        numbers = watchNumbers(transport);
        renumberResends(transport);
        skipHandshakeRecords(transport);
      }),
    );
    // The peer's last flight is lost once: our own is sent again.
    const { connection } = pair.remote.iceTransport;
    const send = connection.send.bind(connection);
    const lost: number[] = [];
    connection.send = async (data) => {
      const last = recordsOf(data).some(
        (one) => one[0] === 20 || (one[0] === 22 && one.readUInt16BE(3) === 1),
      );
      if (last && lost.length < 2) lost.push(data[0]);
      else await send(data);
    };
    await pair.connected();
    expect(lost.length).toBe(2);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});

/** A certificate is no secret: anybody can show it, with a key of his own. */
function stolen(certificate: object) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return Object.assign(Object.create(Object.getPrototypeOf(certificate)), certificate, {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  });
}

describe('verifyServer', () => {
  it('lets a server in that has the key of its certificate', async () => {
    const pair = own(await weriftPair(verifyServer));
    await pair.connected();
    expect(pair.transport.role).toBe('client');
  });

  it('fails the handshake of one that shows the certificate of another', async () => {
    const pair = own(
      await weriftPair((transport, _, remote) => {
        verifyServer(transport);
        remote.localCertificate = stolen(remote.localCertificate!);
      }),
    );
    await vi.waitFor(() => expect(pair.transport.state).not.toMatch(/new|connecting/), 5000);
    expect(pair.transport.state).toBe('failed');
  });
});

describe('verifyClient', () => {
  it('lets a client in that has the key of its certificate', async () => {
    const pair = own(await weriftPair((_, __, remote) => verifyClient(remote)));
    await pair.connected();
    expect(pair.remote.role).toBe('server');
  });

  it('fails the handshake of one that shows the certificate of another', async () => {
    const pair = own(
      await weriftPair((transport, _, remote) => {
        verifyClient(remote);
        // The answer sets it anew.
        transport.onStateChange.subscribe((state) => {
          if (state === 'connecting') transport.localCertificate = stolen(transport.localCertificate!);
        });
      }),
    );
    await vi.waitFor(() => expect(pair.remote.state).not.toMatch(/new|connecting/), 5000);
    expect(pair.remote.state).toBe('failed');
  });
});

describe('sayGoodbye', () => {
  it('sends an alert that is encrypted, and what comes after it is none', async () => {
    const pair = own(await weriftPair());
    await pair.connected();
    const sent: Buffer[] = [];
    const { connection } = pair.transport.iceTransport;
    connection.send = async (data) => void sent.push(...recordsOf(data));
    sayGoodbye(pair.transport);
    await pair.transport.sendData(Buffer.from('data'));
    await vi.waitFor(() => expect(sent.length).toBeGreaterThan(1), 5000);
    const [alert, data] = sent.filter((one) => one[0] === 21 || one.length > 13 + 24 + 3);
    expect([alert[0], epochOf(alert), alert.length]).toEqual([21, 1, 13 + 8 + 2 + 16]);
    expect(data[0]).toBe(23);
  });
});

describe('dropForgedRecords', () => {
  const forged: [string, Buffer][] = [
    ['an alert that nobody has signed', record(21, 0, Buffer.from([1, 0]))],
    ['an alert that claims to be encrypted', record(21, 1, Buffer.from([1, 0]))],
    ['an unknown record', record(24, 0, Buffer.from([1, 0, 3]))],
    ['an unknown record in the epoch of the keys', record(63, 1, Buffer.alloc(40))],
  ];

  it.each(forged)('is not ended by %s', async (_, data) => {
    const pair = own(await weriftPair(dropForgedRecords));
    await pair.connected();
    socketOf(pair.transport).onData(data);
    expect(pair.transport.state).toBe('connected');
  });

  it('begins no other handshake, and keeps no parts of messages', async () => {
    const pair = own(await weriftPair(dropForgedRecords));
    await pair.connected();
    const handled = vi.fn(async () => {});
    const dtls = pair.transport.dtls as unknown as {
      onHandleHandshakes: (messages: object[]) => Promise<void>;
      bufferFragmentedHandshakes: object[];
    };
    dtls.onHandleHandshakes = handled;
    // RFC 6347 §4.2.2: type, length, sequence, offset and length of the part.
    const part = Buffer.concat([Buffer.from('0b0010000000000000000004', 'hex'), Buffer.alloc(4)]);
    const whole = Buffer.concat([Buffer.from('010000040000000000000004', 'hex'), Buffer.alloc(4)]);
    for (let i = 0; i < 50; i++) socketOf(pair.transport).onData(record(22, 0, part));
    socketOf(pair.transport).onData(record(22, 0, whole));
    expect(dtls.bufferFragmentedHandshakes).toEqual([]);
    expect(handled).not.toHaveBeenCalled();
  });
});
