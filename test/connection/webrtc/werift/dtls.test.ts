import { generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { epochOf, recordsOf, socketOf } from '../../../../src/connection/webrtc/werift/dtls-records.ts';
import { dropForgedRecords } from '../../../../src/connection/webrtc/werift/forged-records.ts';
import { sayGoodbye } from '../../../../src/connection/webrtc/werift/goodbye.ts';
import { verifyClient, verifyServer } from '../../../../src/connection/webrtc/werift/peer-signature.ts';
import { dtlsRecord as record } from '../../../support/dtls-records.ts';
import { weriftPair } from '../../../support/werift-pair.ts';

const owned: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of owned.splice(0).reverse()) await thing.close();
});

function own<Thing extends { close(): unknown }>(thing: Thing): Thing {
  owned.push(thing);
  return thing;
}

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
