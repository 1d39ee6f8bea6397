import { X509Certificate } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { HANDSHAKE, RECORD } from '../../../../src/connection/webrtc/werift/dtls-records.ts';
import { orderHandshake } from '../../../../src/connection/webrtc/werift/handshake-order.ts';
import { numberRecords } from '../../../../src/connection/webrtc/werift/record-numbers.ts';
import { dtlsRecord, firstLost, isFinished, messageOf, onItsWay } from '../../../support/dtls-records.ts';
import { weriftPair } from '../../../support/werift-pair.ts';

const owned: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of owned.splice(0).reverse()) await thing.close();
});

function own<Thing extends { close(): unknown }>(thing: Thing): Thing {
  owned.push(thing);
  return thing;
}

/** A record of one whole message as records of its parts. */
function partsOf(whole: Buffer, count: number): Buffer[] {
  const [head, body] = [whole.subarray(13, 25), whole.subarray(25)];
  const bytes = Math.ceil(body.length / count);
  return Array.from({ length: count }, (_, i) => {
    const [part, partHead] = [body.subarray(i * bytes, (i + 1) * bytes), Buffer.from(head)];
    partHead.writeUIntBE(i * bytes, 6, 3);
    partHead.writeUIntBE(part.length, 9, 3);
    return dtlsRecord(RECORD.handshake, 0, Buffer.concat([partHead, part]));
  });
}

describe('orderHandshake', () => {
  it('a server that answers the first hello twice is connected to', async () => {
    const pair = own(
      await weriftPair((transport, _, remote) => {
        orderHandshake(transport);
        onItsWay(remote, (one) =>
          messageOf(one)?.type === HANDSHAKE.helloVerifyRequest ? [one, one] : [one],
        );
      }),
    );
    await pair.connected();
    expect(pair.transport.role).toBe('client');
  });

  it('a client whose last message is lost is connected to, as a server', async () => {
    const pair = own(
      await weriftPair((transport, _, remote) => {
        numberRecords(remote);
        orderHandshake(remote);
        onItsWay(transport, firstLost(isFinished));
      }),
    );
    await pair.connected();
    expect(pair.remote.role).toBe('server');
  });

  it('takes messages that overtook each other in their order', async () => {
    const pair = own(
      await weriftPair((transport, _, remote) => {
        orderHandshake(remote);
        const late: Buffer[] = [];
        onItsWay(transport, (one) => {
          const type = messageOf(one)?.type;
          if (type === HANDSHAKE.certificateVerify) return [one, ...late.splice(0)];
          if (type !== HANDSHAKE.certificate && type !== HANDSHAKE.clientKeyExchange) return [one];
          late.unshift(one);
          return [];
        });
      }),
    );
    await pair.connected();
    expect(pair.remote.role).toBe('server');
  });

  it('waits for a part of a message that is missing', async () => {
    const pair = own(
      await weriftPair((transport, _, remote) => {
        orderHandshake(transport);
        let times = 0;
        onItsWay(remote, (one) => {
          if (messageOf(one)?.type !== HANDSHAKE.certificate) return [one];
          const [first, middle, last] = partsOf(one, 3);
          return times++ === 0 ? [first, last] : [last, middle, first];
        });
      }),
    );
    await pair.connected();
  });

  it('takes no other certificate after the one that was proven', async () => {
    const pair = own(
      await weriftPair((transport, _, remote) => {
        orderHandshake(remote);
        const other = Buffer.from('000006000003123456', 'hex');
        onItsWay(transport, (one) => {
          if (messageOf(one)?.type !== HANDSHAKE.certificateVerify) return [one];
          const head = Buffer.alloc(12);
          head[0] = HANDSHAKE.certificate;
          head.writeUIntBE(other.length, 1, 3);
          head.writeUInt16BE(messageOf(one)!.number + 1, 4);
          head.writeUIntBE(other.length, 9, 3);
          return [one, dtlsRecord(RECORD.handshake, 0, Buffer.concat([head, other]))];
        });
      }),
    );
    await pair.connected();
    expect(pair.remote.dtls!.remoteCertificate).toEqual(
      new X509Certificate(pair.transport.localCertificate!.certPem).raw,
    );
  });
});
