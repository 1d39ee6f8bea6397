import { afterEach, describe, expect, it } from 'vitest';
import type { RTCDtlsTransport } from 'werift';
import { HANDSHAKE, recordsOf } from '../../../../src/connection/webrtc/werift/dtls-records.ts';
import { orderHandshake } from '../../../../src/connection/webrtc/werift/handshake-order.ts';
import { numberRecords } from '../../../../src/connection/webrtc/werift/record-numbers.ts';
import { firstLost, isFinished, messageOf, onItsWay } from '../../../support/dtls-records.ts';
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

describe('numberRecords', () => {
  it('leaves no number to be used twice', async () => {
    let numbers: string[] = [];
    const pair = own(
      await weriftPair((transport) => {
        numbers = watchNumbers(transport);
        numberRecords(transport);
      }),
    );
    await pair.connected();
    for (let i = 0; i < 5; i++) await pair.transport.sendData(Buffer.from('data'));
    expect(numbers.length).toBeGreaterThan(8);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('sends what was lost again under the next numbers', { timeout: 30_000 }, async () => {
    let numbers: string[] = [];
    const pair = own(
      await weriftPair((transport, _, remote) => {
        numbers = watchNumbers(transport);
        numberRecords(transport);
        orderHandshake(transport);
        // Our own are sent again, the first one twice.
        let answers = 0;
        onItsWay(remote, (one) =>
          messageOf(one)?.type === HANDSHAKE.helloVerifyRequest && answers++ < 2 ? [] : [one],
        );
        onItsWay(remote, firstLost(isFinished));
      }),
    );
    await pair.connected();
    for (let i = 0; i < 5; i++) await pair.transport.sendData(Buffer.from('data'));
    expect(numbers.length).toBeGreaterThan(16);
    for (const epoch of ['0000', '0001']) {
      const counted = numbers
        .filter((one) => one.startsWith(epoch))
        .map((one) => Number.parseInt(one.slice(4), 16));
      expect(counted).toEqual(counted.map((_, i) => counted[0] + i));
    }
  });
});
